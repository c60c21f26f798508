/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/again.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/person.h"
#include "privacy/again.h"
#include "store/home.h"

const char *again_notice(void)
{
    return _("The workspace was copied, moved or brought back: who was erased since is in it "
             "again.");
}

const char *again_advice(void)
{
    return _("Apply the erasures done since (tidemark people erasures --apply FILE), or say that "
             "there were none (tidemark people erasures --none-since).");
}

enum err_code again_export(struct workspace *ws, const struct again_wish *wish, struct buf *print,
                           struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(ERASURES_FILE_MAX);
    struct json_writer w = JSON_WRITER(print);
    int64_t n = 0;

    TRY(store_erasures_write(ws->store, &text, &n, err));
    if (strcmp(wish->out, "-") == 0)
        return cmd_print(&text, err);
    TRY(file_replace(wish->out, buf_str(&text), err));
    if (!wish->json) {
        buf_addf(print,
                 _("Erasures: %s; written to %s. It names nobody to who has not this workspace's "
                   "key.\n"),
                 cmd_number(n).text, wish->out);
        return ERR_OK;
    }
    json_begin_object(&w);
    json_key_int(&w, "erasures", n);
    json_key_stringz(&w, "file", wish->out);
    json_end_object(&w);
    buf_addc(print, '\n');
    return ERR_OK;
}

static void show_json(const struct again_counts *n, bool dry_run, struct buf *print)
{
    struct json_writer w = JSON_WRITER(print);

    json_begin_object(&w);
    json_key_bool(&w, "dry_run", dry_run);
    json_key_int(&w, "erasures", n->people);
    json_key_int(&w, "known", n->known);
    json_key_int(&w, "present", n->present);
    json_key_int(&w, "absent", n->absent);
    json_key_int(&w, "sources", n->sources);
    json_key_int(&w, "messages", n->messages);
    json_key_int(&w, "records", n->records);
    json_key_int(&w, "orders", n->orders);
    json_key_int(&w, "searched_bytes", n->searched_bytes);
    json_key_int(&w, "searched_files", n->searched_files);
    json_end_object(&w);
    buf_addc(print, '\n');
}

static void show(const struct again_counts *n, bool dry_run, struct buf *print)
{
    buf_addf(print,
             dry_run ? _("Erasures of people in the file: %s; on record here already: %s; found "
                         "here and to be erased again: %s; of whom nothing is here: %s.\n")
                     : _("Erasures of people in the file: %s; on record here already: %s; found "
                         "here and erased again: %s; of whom nothing was here: %s.\n"),
             cmd_number(n->people).text, cmd_number(n->known).text, cmd_number(n->present).text,
             cmd_number(n->absent).text);
    if (!dry_run && n->present)
        buf_addf(print,
                 _("Records that went: %s; orders that stay for the books without the person: %s; "
                   "live messages: %s. Nothing of these people was found any more in the "
                   "workspace's %s files.\n"),
                 cmd_number(n->records).text, cmd_number(n->orders).text,
                 cmd_number(n->messages).text, cmd_number(n->searched_files).text);
    if (n->sources)
        buf_addf(print,
                 _("Sources of live data that were forgotten there and are here: %s. Forget them "
                   "again: tidemark sources forget %s\n"),
                 cmd_number(n->sources).text, cmd_number(n->first_source).text);
}

static enum err_code apply(struct workspace *ws, const struct again_wish *wish, struct buf *print,
                           struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(ERASURES_FILE_MAX);
    const struct erase_ctx ctx = person_erase_ctx(ws);
    const struct target target = engine_target_door(ws->target);
    struct erasures_filed filed = {0};
    struct again_counts counts = {0};
    enum err_code rc;

    TRY(import_recover(ws->store, &target, err));
    rc = file_read(wish->in, ERASURES_FILE_MAX, &text, err);
    if (rc == ERR_OK)
        rc = store_erasures_read(ws->store, buf_str(&text), &filed, err);
    if (rc != ERR_OK)
        err_context(err, "%s", wish->in);
    if (rc == ERR_OK)
        rc = again_apply(&ctx, &filed, wish->dry_run, &counts, err);
    progress_clear();
    erasures_filed_release(&filed);
    TRY(rc);
    if (wish->json)
        show_json(&counts, wish->dry_run, print);
    else
        show(&counts, wish->dry_run, print);
    return ERR_OK;
}

enum err_code again_run(struct workspace *ws, const struct again_wish *wish, struct buf *print,
                        struct err *err)
{
    if (wish->in)
        TRY(apply(ws, wish, print, err));
    else if (!wish->json)
        buf_addz(print, _("Kept: nobody was erased since this copy was made.\n"));
    return wish->dry_run ? ERR_OK : store_stay(ws->store, err);
}
