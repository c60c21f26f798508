/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/workspace.h"

#include "base/file.h"
#include "base/log.h"
#include "cmd/again.h"
#include "cmd/cmd.h"
#include "cmd/import_view.h"
#include "cmd/language.h"
#include "intake/consents.h"
#include "intake/live/drain.h"
#include "intake/live/urgent.h"
#include "outreach/results/sent.h"
#include "privacy/erase.h"
#include "store/home.h"
#include "store/people.h"

#include <unistd.h>

const char *workspace_named(const char *option)
{
    const char *named = option ? option : getenv("TIDEMARK_WORKSPACE");

    return named && named[0] ? named : NULL;
}

static enum err_code require_workspace(const char *dir, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf word = BUF_INIT(8192);
    char path[2048];

    snprintf(path, sizeof(path), "%s/store.db", dir);
    if (access(path, F_OK) == 0)
        return ERR_OK;
    err_set(err, ERR_NOT_FOUND, "\"%s\" is not a workspace", dir);
    buf_add_shell(&word, str_of(dir));
    err_hint(err, "Make one with: tidemark init %s", buf_cstr(&word));
    return ERR_NOT_FOUND;
}

enum err_code workspace_open_store(const char *dir, struct store **out_store, struct err *err)
{
    TRY(require_workspace(dir, err));
    return store_open(dir, out_store, err);
}

enum err_code workspace_open_beside(const char *dir, struct store **out_store, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code rc = workspace_open_store(dir, out_store, &why);

    if (rc == ERR_BUSY)
        return store_open_beside(dir, out_store, err);
    if (rc != ERR_OK)
        *err = why;
    return rc;
}

struct decided {
    struct identity_decision *list;
    size_t n;
};

static enum err_code take_decision(void *ctx, const struct people_decision *decision,
                                   struct err *err)
{
    struct decided *decided = ctx;

    (void)err;
    if (!decision->stands)
        return ERR_OK;
    decided->list = xrealloc(decided->list, (decided->n + 1) * sizeof(*decided->list));
    decided->list[decided->n++] =
        (struct identity_decision){decision->a, decision->b, decision->apart};
    return ERR_OK;
}

enum err_code workspace_sync_decisions(struct store *store, struct engine *engine, struct err *err)
{
    struct decided decided = {0};
    enum err_code rc = store_people_each(store, take_decision, &decided, err);

    if (rc == ERR_OK)
        rc = identity_put_decisions(engine, decided.list, decided.n, err);
    free(decided.list);
    return rc;
}

enum err_code workspace_pairs(struct store *store, struct engine *engine, double least,
                              struct pairs *out, struct err *err)
{
    struct decided decided = {0};
    enum err_code rc = store_people_each(store, take_decision, &decided, err);

    if (rc == ERR_OK)
        rc = pairs_find(engine, decided.list, decided.n, least, out, err);
    out->decided = NULL;
    free(decided.list);
    return rc;
}

/* Before anything is read or brought in: what an interrupted erasure left. One that cannot be
 * finished holds nobody up, unless records are half gone. */
static enum err_code finish_erasures(struct workspace *ws, struct err *err)
{
    const struct erase_ctx ctx = {
        .store = ws->store, .engine = ws->engine, .settings = &ws->settings};
    struct erasure *open = xcalloc(1, sizeof(*open));
    bool found = false, planned = false;
    int64_t n = 0;
    enum err_code rc = store_erasure_open(ws->store, open, &found, err);

    if (rc == ERR_OK && found) {
        rc = erase_resume(&ctx, &n, err);
        if (rc != ERR_OK && rc != ERR_CANCELLED &&
            store_erasure_planned(ws->store, open->id, &planned, NULL) == ERR_OK && !planned) {
            log_line(LOG_ERROR, "privacy", "erasure=%" PRId64 " not finished: %s", open->id,
                     err->msg);
            *err = ERR_INIT;
            rc = ERR_OK;
        }
    }
    free(open);
    return rc;
}

enum err_code workspace_wake(struct workspace *ws, struct err *err)
{
    char dir[2048];
    struct engine_options options = {.dir = dir, .memory_bytes = ws->settings.memory_bytes};

    TRY(store_path(ws->store, "engine", dir, sizeof(dir), err));
    TRY(engine_open(&options, &ws->engine, err));
    if (engine_added(ws->engine)[0])
        fprintf(stderr,
                _("tidemark: this version keeps more of an export than the one that filled the "
                  "workspace (%s). Files imported before lack it; to have it, import them into a "
                  "new workspace.\n"),
                engine_added(ws->engine));
    if (!ws->erases_itself)
        TRY(finish_erasures(ws, err));
    TRY(workspace_sync_decisions(ws->store, ws->engine, err));
    ws->target = engine_target_new(ws->engine);
    return ERR_OK;
}

void workspace_sleep(struct workspace *ws)
{
    engine_target_free(ws->target);
    engine_close(ws->engine);
    ws->target = NULL;
    ws->engine = NULL;
}

enum err_code workspace_open_asleep(const char *dir, struct workspace *out, struct err *err)
{
    enum err_code rc;

    memset(out, 0, sizeof(*out));
    if (dir) {
        TRY(require_workspace(dir, err));
        snprintf(out->dir, sizeof(out->dir), "%s", dir);
    } else {
        TRY(folder_temporary(out->dir, sizeof(out->dir), err));
        out->temporary = true;
    }
    rc = store_open(out->dir, &out->store, err);
    if (rc == ERR_OK)
        rc = settings_of(out->store, &out->settings, err);
    if (rc == ERR_OK)
        language_take_settings(&out->settings);
    if (rc == ERR_OK && !out->temporary)
        rc = store_has_moved(out->store, &out->moved, err);
    if (rc != ERR_OK)
        workspace_close(out);
    return rc;
}

static void show_live(void *ctx, int64_t messages)
{
    (void)ctx;
    (void)messages;
    progress_show(_("bringing in what came live"), 0);
}

enum err_code workspace_drain(struct workspace *ws, struct journal *journal, bool in_haste,
                              const volatile sig_atomic_t *cancel, struct err *err)
{
    const struct drain_ctx ctx = {.store = ws->store,
                                  .journal = journal,
                                  .engine = ws->engine,
                                  .target = engine_target_door(ws->target),
                                  .settings = &ws->settings,
                                  .cancel = cancel,
                                  .in_haste = in_haste,
                                  .progress = show_live};
    struct drain_summary told;

    TRY(drain(&ctx, &told, err));
    progress_clear();
    if (told.messages)
        log_line(LOG_INFO, "intake",
                 "live messages=%" PRId64 " records=%" PRId64 " rejected=%" PRId64
                 " again=%" PRId64,
                 told.messages, told.records, told.rejected, told.again);
    TRY(live_inputs_read(ws->store, journal, &ws->live, err));
    if (in_haste)
        return ERR_OK;
    TRY(workspace_take_sent(ws, cancel, err));
    return workspace_note_consents(ws, cancel, err);
}

enum err_code workspace_take_sent(struct workspace *ws, const volatile sig_atomic_t *cancel,
                                  struct err *err)
{
    const struct sent_ctx ctx = {.store = ws->store,
                                 .engine = ws->engine,
                                 .target = engine_target_door(ws->target),
                                 .settings = &ws->settings,
                                 .cancel = cancel};
    struct sent_summary told;

    TRY(sent_take_in(&ctx, &told, err));
    if (told.blocks)
        log_line(LOG_INFO, "outreach", "sent blocks=%" PRId64 " records=%" PRId64, told.blocks,
                 told.records);
    return told.blocks ? workspace_note_consents(ws, cancel, err) : ERR_OK;
}

enum err_code workspace_note_consents(struct workspace *ws, const volatile sig_atomic_t *cancel,
                                      struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    int64_t n = 0;

    if (ws->temporary)
        return ERR_OK;
    TRY(consents_open(ws->store, &ledger, err));
    TRY(consents_take_in(ws->store, ws->engine, ledger, cancel, &n, err));
    if (n)
        log_line(LOG_INFO, "intake", "consent entries=%" PRId64, n);
    return ERR_OK;
}

enum err_code workspace_note_urgent(struct workspace *ws, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    int64_t seq = 0, n = 0;

    TRY(journal_open_kept(ws->store, &journal, err));
    return journal ? urgent_note(ws->store, journal, &ws->settings, &seq, &n, err) : ERR_OK;
}

enum err_code workspace_join_consents(struct workspace *ws, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    int64_t n = 0;

    if (ws->temporary)
        return ERR_OK;
    TRY(consents_open(ws->store, &ledger, err));
    TRY(consents_join(ws->engine, ledger, &n, err));
    if (n)
        log_line(LOG_INFO, "intake", "suppressed with another address of theirs=%" PRId64, n);
    return ERR_OK;
}

/* A workspace that nothing came to live has no journal, and gets none. */
enum err_code workspace_drain_own(struct workspace *ws, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;

    TRY(journal_open_kept(ws->store, &journal, err));
    return journal ? workspace_drain(ws, journal, false, &cmd_cancelled, err)
                   : workspace_take_sent(ws, &cmd_cancelled, err);
}

enum err_code workspace_open(const char *dir, struct workspace *out, struct err *err)
{
    enum err_code rc;

    TRY(workspace_open_asleep(dir, out, err));
    rc = workspace_wake(out, err);
    if (rc == ERR_OK) {
        cmd_engine_working(out->engine);
        rc = workspace_drain_own(out, err);
    }
    if (rc == ERR_OK && !out->temporary)
        rc = again_by_itself(out, err);
    if (rc != ERR_OK)
        workspace_close(out);
    return rc;
}

void workspace_close(struct workspace *ws)
{
    cmd_engine_working(NULL);
    workspace_sleep(ws);
    live_inputs_release(&ws->live);
    store_close(ws->store);
    if (ws->temporary)
        folder_remove(ws->dir);
    memset(ws, 0, sizeof(*ws));
}

static enum err_code check_paths(const char *const *paths, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (access(paths[i], F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
            return err_set(err, ERR_NOT_FOUND, "there is no file or folder \"%s\"", paths[i]);
    return ERR_OK;
}

static void show_import(void *ctx, const char *name, uint64_t done, uint64_t total)
{
    (void)ctx;
    progress_show(name, total ? (double)done / (double)total : 0);
}

enum err_code workspace_import(struct workspace *ws, const struct import_options *options,
                               const char *const *paths, size_t n, struct import_report *out_report,
                               struct err *err)
{
    struct import_ctx ctx = {
        .store = ws->store,
        .target = engine_target_door(ws->target),
        .settings = &ws->settings,
        .options = *options,
        .progress = cmd_shows_progress() ? show_import : NULL,
        .cancel = &cmd_cancelled,
    };
    enum err_code rc;

    TRY(check_paths(paths, n, err));
    rc = import_paths(&ctx, paths, n, out_report, err);
    if (rc == ERR_OK && !ws->temporary)
        rc = import_view_keep(out_report, ws->store, err);
    if (rc == ERR_OK)
        rc = workspace_note_consents(ws, &cmd_cancelled, err);
    progress_clear();
    return rc;
}
