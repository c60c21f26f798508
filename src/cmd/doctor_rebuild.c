/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doctor_rebuild.c - the engine made anew from the journal and from files that are still there. */
#include "cmd/doctor_parts.h"

#include "base/input.h"

#include <unistd.h>

static bool is_there(const struct import_entry *entry)
{
    struct err ignored = ERR_INIT;
    char digest[65];

    return access(entry->path, R_OK) == 0 &&
           input_digest(entry->path, NULL, digest, &ignored) == ERR_OK &&
           strcmp(digest, entry->digest) == 0;
}

/* ---- what cannot be made again ------------------------------------------------------------ */

struct lost {
    size_t n;
    int64_t rows;
    struct buf names;
};

static void add_lost(struct lost *lost, const struct import_entry *entry)
{
    lost->n++;
    lost->rows += entry->stored;
    /* TRANSLATORS: a file, and how many of its rows are stored */
    buf_addf(&lost->names, _("  \"%s\": %s rows\n"), entry->name, cmd_number(entry->stored).text);
}

/* Whether its records are to be made anew. Without an engine: all are. */
static bool is_lacking(const struct visit *v, const struct import_entry *entry)
{
    return store_import_of_file(entry) && (!v->ws.engine || doctor_lacks(v, entry) != 0);
}

static enum err_code ask(const struct visit *v, const struct lost *lost, struct err *err)
{
    static const struct cmd_question question = {
        .word = "rebuild",
        .prompt = N_("Put the files back first, or type \"rebuild\" to go on without them: "),
        .unasked = N_("some files cannot be read again: put them back, or say --yes to go on "
                      "without them"),
        .refused = N_("nothing was changed"),
    };
    TM_CLEANUP(buf_release) struct buf nothing = BUF_INIT(1);

    progress_clear();
    fprintf(stderr,
            P_("%s import cannot be read again (%s rows): its file is not where it was, or has "
               "changed.\n",
               "%s imports cannot be read again (%s rows): their files are not where they were, or "
               "have changed.\n",
               lost->n),
            cmd_number((int64_t)lost->n).text, cmd_number(lost->rows).text);
    fputs(buf_cstr(&lost->names), stderr);
    return v->wish.yes ? ERR_OK : cmd_confirm(&question, &nothing, err);
}

/* Before anything is changed. */
static enum err_code agree(struct visit *v, struct err *err)
{
    struct lost lost = {.names = BUF_INIT(1 << 20)};
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < v->import_count && !v->agreed; i++)
        if (is_lacking(v, &v->imports[i]) && !is_there(&v->imports[i]))
            add_lost(&lost, &v->imports[i]);
    if (lost.n)
        rc = ask(v, &lost, err);
    v->agreed = rc == ERR_OK;
    buf_release(&lost.names);
    return rc;
}

/* ---- files -------------------------------------------------------------------------------- */

static void tell_gone(struct visit *v, const struct import_entry *entry)
{
    struct finding *f = doctor_find(v, "rebuild", FINDING_WRONG);

    SAY(f, _("\"%s\" is gone from the analytics engine, and the file is not where it was."),
        entry->name);
    ADVISE(f, _("Import the file again."));
}

static enum err_code read_file(struct visit *v, const struct import_entry *entry, struct err *err)
{
    const char *path = entry->path;
    const struct import_options how = {0};
    struct import_report report = {0};
    struct finding *f;
    enum err_code rc = workspace_import(&v->ws, &how, &path, 1, &report, err);

    if (rc == ERR_OK && import_report_code(&report) != ERR_OK) {
        f = doctor_find(v, "rebuild", FINDING_WRONG);
        SAY(f, _("\"%s\" could not be read again."), entry->name);
        ADVISE(f, _("Import the file again, with the options it had the first time."));
    } else if (rc == ERR_OK) {
        SAY(doctor_find(v, "rebuild", FINDING_MENDED), _("\"%s\" was read again."), entry->name);
    }
    import_report_release(&report);
    return rc;
}

static enum err_code set_status(struct visit *v, struct import_entry *entry,
                                enum import_status status, struct err *err)
{
    entry->status = status;
    return store_import_update(v->ws.store, entry, err);
}

/* The import no longer counts, so that its file can come in again. Until it has, the store says
 * that it is to be. */
static enum err_code import_again(struct visit *v, struct import_entry *entry, struct err *err)
{
    struct import_entry *other = xcalloc(1, sizeof(*other));
    bool done = false;
    enum err_code rc = target_drop_moved(v->ws.engine, entry->id, NULL, NULL, err);

    if (rc == ERR_OK)
        rc = store_import_find(v->ws.store, entry->digest, entry->member, other, &done, err);
    free(other);
    TRY(rc);
    if (!done && is_there(entry))
        TRY(read_file(v, entry, err));
    else if (!done)
        tell_gone(v, entry);
    return set_status(v, entry, IMPORT_FAILED, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err_code rebuild_live(struct visit *v, struct err *err)
{
    struct drain_summary told;
    const struct drain_ctx ctx = {.store = v->ws.store,
                                  .journal = v->journal,
                                  .engine = v->ws.engine,
                                  .target = engine_target_door(v->ws.target),
                                  .settings = &v->ws.settings,
                                  .cancel = &cmd_cancelled};

    if (!v->journal)
        return ERR_OK;
    TRY(drain(&ctx, &told, err));
    if (told.messages)
        SAY(doctor_find(v, "rebuild", FINDING_MENDED),
            _("%s live messages were brought into the analytics engine from the journal."),
            cmd_number(told.messages).text);
    return ERR_OK;
}

/* One that another import already brought in once more is over. */
static enum err_code rebuild_files(struct visit *v, struct err *err)
{
    for (size_t i = 0; i < v->import_count; i++)
        if (is_lacking(v, &v->imports[i]))
            TRY(set_status(v, &v->imports[i], IMPORT_AGAIN, err));
    TRY(doctor_read_state(v, err));
    for (size_t i = 0; i < v->again_count; i++)
        TRY(import_again(v, &v->again[i], err));
    return ERR_OK;
}

enum err_code doctor_rebuild(struct visit *v, struct err *err)
{
    TRY(doctor_read_state(v, err));
    TRY(agree(v, err));
    for (size_t i = 0; i < v->holdings.n; i++)
        if (!doctor_knows(v, v->holdings.list[i].import_id))
            TRY(target_drop_moved(v->ws.engine, v->holdings.list[i].import_id, NULL, NULL, err));
    TRY(rebuild_files(v, err));
    TRY(rebuild_live(v, err));
    TRY(workspace_take_sent(&v->ws, &cmd_cancelled, err));
    return workspace_note_consents(&v->ws, &cmd_cancelled, err);
}

/* ---- an engine that does not start -------------------------------------------------------- */

/* An engine that does not start: with `again` its folder is put aside and a new one begun. */
enum err_code doctor_wake(struct visit *v, struct err *err)
{
    char from[1100], to[1200];
    struct finding *f;
    enum err_code rc = workspace_wake(&v->ws, err);

    if (rc == ERR_OK || rc == ERR_CANCELLED)
        return rc;
    workspace_sleep(&v->ws);
    if (v->wish.rebuild) {
        TRY(doctor_read_state(v, err));
        TRY(agree(v, err));
        TRY(store_path(v->ws.store, "engine", from, sizeof(from), err));
        snprintf(to, sizeof(to), "%s.aside-%" PRId64, from, timestamp_now() / US_PER_SECOND);
        if (rename(from, to) != 0)
            return err_errno(err, "putting \"%s\" aside", from);
        SAY(doctor_find(v, "rebuild", FINDING_MENDED),
            _("The analytics engine did not start; its folder was put aside as \"%.300s\"."), to);
        return workspace_wake(&v->ws, err);
    }
    f = doctor_find(v, "engine", FINDING_WRONG);
    SAY(f, _("The analytics engine does not start: %s"), err->msg);
    ADVISE(f, _("Run: tidemark doctor --rebuild. It puts the engine's folder aside and makes it "
                "anew."));
    *err = ERR_INIT;
    return ERR_OK;
}
