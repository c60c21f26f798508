/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/forget.h"

#include "cmd/cmd.h"
#include "cmd/person.h"
#include "privacy/forget_source.h"

static void tell_count(const struct forget_counts *n, struct buf *print)
{
    buf_addf(print,
             _("Live messages: %s; records that go: %s, orders among them: %s; addresses and "
               "phones that only this source knew: %s; entries of consent that lose who they were "
               "of: %s.\n"),
             cmd_number(n->messages).text, cmd_number(n->records).text, cmd_number(n->orders).text,
             cmd_number(n->identifiers).text, cmd_number(n->entries).text);
    if (n->unclear)
        buf_addf(print,
                 _("Of the records %s may be another connection's of the same system: their "
                   "messages are kept no longer. They go, too.\n"),
                 cmd_number(n->unclear).text);
}

static enum err_code confirm(const struct forget_counts *counts, struct err *err)
{
    static const struct cmd_question question = {
        .word = "forget",
        .prompt = N_("This cannot be undone. Type \"forget\" to go on: "),
        .unasked = N_("what is forgotten is gone: say --yes to go on"),
        .refused = N_("nothing was forgotten"),
    };
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(16384);

    tell_count(counts, &text);
    return cmd_confirm(&question, &text, err);
}

static enum err_code forget(struct workspace *ws, const struct forget_wish *wish, struct err *err)
{
    const struct erase_ctx ctx = person_erase_ctx(ws);
    const struct target target = engine_target_door(ws->target);
    struct erasure *kept = xcalloc(1, sizeof(*kept));
    int64_t n = 0;
    enum err_code rc;

    snprintf(kept->actor, sizeof(kept->actor), "command line");
    rc = import_recover(ws->store, &target, err);
    if (rc == ERR_OK)
        rc = forget_source_begin(&ctx, wish->source, kept, err);
    if (rc == ERR_OK)
        rc = erase_resume(&ctx, &n, err);
    progress_clear();
    free(kept);
    return rc;
}

static void show_json(const struct forget_wish *wish, const struct forget_counts *n,
                      struct buf *print)
{
    struct json_writer w = JSON_WRITER(print);

    json_begin_object(&w);
    json_key_int(&w, "source", wish->source);
    json_key_bool(&w, "dry_run", wish->dry_run);
    json_key_int(&w, "messages", n->messages);
    json_key_int(&w, "records", n->records);
    json_key_int(&w, "orders", n->orders);
    json_key_int(&w, "identifiers", n->identifiers);
    json_key_int(&w, "entries", n->entries);
    json_key_int(&w, "unclear", n->unclear);
    json_end_object(&w);
    buf_addc(print, '\n');
}

static enum err_code work(struct workspace *ws, const struct forget_wish *wish, struct buf *print,
                          struct err *err)
{
    const struct erase_ctx ctx = person_erase_ctx(ws);
    struct forget_counts counts;

    TRY(forget_source_count(&ctx, wish->source, &counts, err));
    if (!wish->dry_run) {
        if (!wish->yes)
            TRY(confirm(&counts, err));
        TRY(forget(ws, wish, err));
    }
    if (wish->json) {
        show_json(wish, &counts, print);
        return ERR_OK;
    }
    tell_count(&counts, print);
    if (!wish->dry_run)
        buf_addz(print, _("Forgotten, and nothing of it was found any more in the workspace's "
                          "files. The source takes nothing any more.\n"));
    return ERR_OK;
}

enum err_code forget_source(const char *dir, const struct forget_wish *wish, struct buf *print,
                            struct err *err)
{
    struct workspace ws;
    enum err_code rc;

    TRY(workspace_open(dir, &ws, err));
    rc = work(&ws, wish, print, err);
    workspace_close(&ws);
    return rc;
}
