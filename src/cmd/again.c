/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/again.h"

#include "base/file.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/person.h"
#include "privacy/again.h"
#include "privacy/filed.h"
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

    TRY(store_erasures_write(ws->store, NULL, &text, &n, err));
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
                 dry_run ? _("Sources of live data that were forgotten there and are to be "
                             "forgotten here: %s.\n")
                         : _("Sources of live data that were forgotten there and were forgotten "
                             "here: %s.\n"),
                 cmd_number(n->sources).text);
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

/* ---- by itself ---------------------------------------------------------------------------- */

static enum err_code apply_filed(struct workspace *ws, const struct erasures_filed *filed,
                                 struct again_counts *out, struct err *err)
{
    const struct erase_ctx ctx = person_erase_ctx(ws);
    const struct target target = engine_target_door(ws->target);
    enum err_code rc = import_recover(ws->store, &target, err);

    if (rc == ERR_OK)
        rc = again_apply(&ctx, filed, false, out, err);
    progress_clear();
    return rc;
}

static enum err_code wake_and_apply(struct workspace *ws, const struct erasures_filed *filed,
                                    struct again_counts *out, struct err *err)
{
    enum err_code rc;

    if (ws->engine)
        return apply_filed(ws, filed, out, err);
    TRY(workspace_wake(ws, err));
    cmd_engine_working(ws->engine);
    rc = workspace_drain_own(ws, err);
    if (rc == ERR_OK)
        rc = apply_filed(ws, filed, out, err);
    cmd_engine_working(NULL);
    workspace_sleep(ws);
    return rc;
}

static enum err_code any_unknown(struct workspace *ws, const struct erasures_filed *filed,
                                 bool *out, struct err *err)
{
    bool known = true;

    for (size_t i = 0; i < filed->n && known; i++)
        TRY(store_erasure_known(ws->store, filed, &filed->list[i], &known, err));
    *out = !known;
    return ERR_OK;
}

static enum err_code apply_new(struct workspace *ws, struct err *err)
{
    struct erasures_filed filed;
    struct again_counts n = {0};
    bool any = false;
    enum err_code rc = filed_read(ws->store, &ws->settings, &filed, err);

    if (rc == ERR_OK)
        rc = any_unknown(ws, &filed, &any, err);
    if (rc == ERR_OK && any)
        rc = wake_and_apply(ws, &filed, &n, err);
    erasures_filed_release(&filed);
    TRY(rc);
    if (n.present + n.absent + n.sources)
        log_line(LOG_INFO, "privacy",
                 "applied again: erased=%" PRId64 " noted=%" PRId64 " sources=%" PRId64, n.present,
                 n.absent, n.sources);
    if (!any || !ws->moved)
        return ERR_OK;
    ws->moved = false;
    return store_stay(ws->store, err);
}

enum err_code again_by_itself(struct workspace *ws, struct err *err)
{
    enum filed_state state;

    TRY(filed_look(ws->store, &ws->settings, &state, err));
    if (state == FILED_OTHER)
        TRY(apply_new(ws, err));
    return state == FILED_OTHER || state == FILED_MISSING
               ? filed_write(ws->store, &ws->settings, 0, err)
               : ERR_OK;
}
