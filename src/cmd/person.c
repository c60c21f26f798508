/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/person.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "cmd/cmd.h"
#include "privacy/export.h"

/* ---- export ------------------------------------------------------------------------------- */

static enum err_code make_export(struct workspace *ws, const struct who *who,
                                 struct person_export *out, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    struct export_ctx ctx = {.store = ws->store, .engine = ws->engine, .settings = &ws->settings};

    TRY(journal_open_kept(ws->store, &journal, err));
    ctx.journal = journal;
    return export_person(&ctx, who, out, err);
}

static enum err_code put_export(const struct person_export *made, const char *to, struct buf *print,
                                struct err *err)
{
    const struct buf *document = &made->files[0].text;

    if (strcmp(to, "-") == 0)
        return cmd_print(document, err);
    if (str_ends(str_of(to), ".json"))
        TRY(file_replace(to, buf_str(document), err));
    else
        TRY(export_write(made, to, err));
    buf_addf(print, _("Records: %s, live messages: %s; written to %s.\n"),
             cmd_number(made->records).text, cmd_number(made->messages).text, to);
    return ERR_OK;
}

enum err_code person_export_to(struct workspace *ws, const struct person_wish *wish,
                               struct buf *print, struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct person_export *made = xcalloc(1, sizeof(*made));
    enum err_code rc = ERR_OK;

    if (!wish->out)
        rc = err_set(err, ERR_USAGE, "name a folder or a file for the export with --out");
    if (rc == ERR_OK)
        rc = who_find(ws->engine, wish->who, ws->settings.country, &who, err);
    if (rc == ERR_OK)
        rc = make_export(ws, &who, made, err);
    if (rc == ERR_OK)
        rc = put_export(made, wish->out, print, err);
    person_export_release(made);
    free(made);
    return rc;
}

/* ---- erase -------------------------------------------------------------------------------- */

static void show_step(void *ctx, enum erasure_step step)
{
    static const char *const labels[] = {
        N_("erasing: live messages"), N_("erasing: records"), N_("erasing: what is made of them"),
        N_("erasing: the store"),     N_("erasing: files"),   N_("looking everywhere once more"),
    };

    (void)ctx;
    progress_show(_(labels[step]), (double)step / ERASE_DONE);
}

struct erase_ctx person_erase_ctx(struct workspace *ws)
{
    return (struct erase_ctx){
        .store = ws->store, .engine = ws->engine, .settings = &ws->settings, .progress = show_step};
}

static void tell_files(const struct erasure *e, struct buf *print)
{
    if (!e->files[0])
        return;
    buf_addz(print, _("These files are yours and still name the person; clean or delete them:\n"));
    buf_addz(print, e->files);
}

static void tell_count(const struct erasure *e, struct buf *print)
{
    buf_addf(print,
             _("Identifiers: %s; records that go: %s; orders that stay for the books without the "
               "person: %s; live messages: %s.\n"),
             cmd_number(e->identifiers).text, cmd_number(e->records).text,
             cmd_number(e->orders).text, cmd_number(e->messages).text);
}

static enum err_code confirm(const struct erasure *found, struct err *err)
{
    static const struct cmd_question question = {
        .word = "erase",
        .prompt = N_("This cannot be undone. Type \"erase\" to go on: "),
        .unasked = N_("an erasure cannot be undone: say --yes to go on"),
        .refused = N_("nothing was erased"),
    };
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(16384);

    tell_count(found, &text);
    return cmd_confirm(&question, &text, err);
}

static enum err_code do_erase(struct workspace *ws, const struct who *who, struct erasure *e,
                              struct err *err)
{
    struct erase_ctx ctx = person_erase_ctx(ws);
    const struct target target = engine_target_door(ws->target);
    struct erasure *kept = xcalloc(1, sizeof(*kept));
    int64_t n = 0;
    enum err_code rc;

    snprintf(kept->actor, sizeof(kept->actor), "command line");
    rc = import_recover(ws->store, &target, err);
    if (rc == ERR_OK)
        rc = erase_begin(&ctx, who, kept, err);
    if (rc == ERR_OK)
        rc = erase_resume(&ctx, &n, err);
    if (rc == ERR_OK)
        rc = person_erasure_get(ws->store, kept->id, e, err);
    progress_clear();
    free(kept);
    return rc;
}

static enum err_code erase_found(struct workspace *ws, const struct person_wish *wish,
                                 const struct who *who, struct erasure *e, struct buf *print,
                                 struct err *err)
{
    const struct erase_ctx ctx = person_erase_ctx(ws);
    struct json_writer w = JSON_WRITER(print);

    TRY(erase_count(&ctx, who, e, NULL, err));
    if (!wish->dry_run) {
        if (!wish->yes)
            TRY(confirm(e, err));
        TRY(do_erase(ws, who, e, err));
    }
    if (wish->json) {
        erasure_json(e, &w);
        buf_addc(print, '\n');
        return ERR_OK;
    }
    tell_count(e, print);
    if (!wish->dry_run)
        buf_addz(print, _("Erased, and nothing of the person was found any more in the workspace's "
                          "files. Orders stay for the books, without the person: sums of revenue "
                          "are what they were.\n"));
    tell_files(e, print);
    return ERR_OK;
}

enum err_code person_erase(struct workspace *ws, const struct person_wish *wish, struct buf *print,
                           struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct erasure *e = xcalloc(1, sizeof(*e));
    enum err_code rc = who_find(ws->engine, wish->who, ws->settings.country, &who, err);

    if (rc == ERR_OK)
        rc = erase_found(ws, wish, &who, e, print, err);
    free(e);
    return rc;
}

/* ---- what was erased ---------------------------------------------------------------------- */

struct getting {
    int64_t id;
    struct erasure *out;
    bool found;
};

static enum err_code get_one(void *ctx, const struct erasure *one, struct err *err)
{
    struct getting *g = ctx;

    (void)err;
    if (one->id == g->id) {
        *g->out = *one;
        g->found = true;
    }
    return ERR_OK;
}

enum err_code person_erasure_get(struct store *store, int64_t id, struct erasure *out,
                                 struct err *err)
{
    struct getting g = {.id = id, .out = out};

    TRY(store_erasures_each(store, false, get_one, &g, err));
    return g.found ? ERR_OK : err_set(err, ERR_NOT_FOUND, "there is no erasure %" PRId64, id);
}

struct listing {
    struct buf *print;
    struct json_writer w;
    bool json;
    int64_t n;
};

static enum err_code list_one(void *ctx, const struct erasure *one, struct err *err)
{
    struct listing *list = ctx;
    TM_CLEANUP(buf_release) struct buf at = BUF_INIT(64);

    (void)err;
    list->n++;
    if (list->json) {
        erasure_json(one, &list->w);
        return ERR_OK;
    }
    timestamp_add_iso(&at, one->requested_us);
    buf_addf(list->print, "%4" PRId64 "  %s  ", one->id, buf_cstr(&at));
    if (one->step == ERASE_DONE)
        buf_addz(list->print, _("done"));
    else
        buf_addf(list->print, _("under way (%s)"), erasure_step_name(one->step));
    if (one->source)
        buf_addf(list->print, _("  everything of source %s"), cmd_number(one->source).text);
    buf_addf(list->print, "%s%s\n", one->problem[0] ? "  " : "", one->problem);
    return ERR_OK;
}

enum err_code person_erasures(struct workspace *ws, bool json, struct buf *print, struct err *err)
{
    struct listing list = {print, JSON_WRITER(print), json, 0};

    if (json)
        json_begin_array(&list.w);
    TRY(store_erasures_each(ws->store, false, list_one, &list, err));
    if (json) {
        json_end_array(&list.w);
        buf_addc(print, '\n');
    } else if (!list.n) {
        buf_addz(print, _("Nobody was erased yet.\n"));
    }
    return ERR_OK;
}
