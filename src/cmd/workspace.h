/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* workspace.h - a shop's folder, opened for a command: store, settings and engine together. */
#ifndef TM_CMD_WORKSPACE_H
#define TM_CMD_WORKSPACE_H

#include "cmd/live_inputs.h"
#include "engine/engine.h"
#include "identity/pairs.h"
#include "intake/import.h"
#include "store/settings.h"
#include "store/store.h"

struct workspace {
    char dir[1024];
    bool temporary;
    bool moved; /* a copy, or brought back, and nobody has said yet what is to be done about it */
    struct store *store;
    struct settings settings;
    struct engine *engine;
    struct engine_target *target;
    struct live_inputs live; /* as of the last drain */
    bool erases_itself;      /* waking does not go on with erasures: the journal is in use */
};

/* The folder that --workspace or TIDEMARK_WORKSPACE names; NULL when neither does. */
const char *workspace_named(const char *option);

/* Opens `dir`, which must hold a workspace (ERR_NOT_FOUND with what to do otherwise), or makes a
 * temporary one when dir is NULL. Starts the engine. */
TM_MUST_CHECK enum err_code workspace_open(const char *dir, struct workspace *out, struct err *err);
/* The same without the engine, which wakes and sleeps as often as wanted. */
TM_MUST_CHECK enum err_code workspace_open_asleep(const char *dir, struct workspace *out,
                                                  struct err *err);
TM_MUST_CHECK enum err_code workspace_wake(struct workspace *ws, struct err *err);
void workspace_sleep(struct workspace *ws);
/* Its store alone, without settings and engine. */
TM_MUST_CHECK enum err_code workspace_open_store(const char *dir, struct store **out_store,
                                                 struct err *err);
/* The same, or beside a server that has the workspace: what is kept is looked at and changed as
 * over its API, and it sees by itself that it was. */
TM_MUST_CHECK enum err_code workspace_open_beside(const char *dir, struct store **out_store,
                                                  struct err *err);
/* Ends the engine; removes a temporary workspace. */
void workspace_close(struct workspace *ws);

/* Tells the engine what the store's people decided; done when the engine starts, and after each
 * new decision. */
TM_MUST_CHECK enum err_code workspace_sync_decisions(struct store *store, struct engine *engine,
                                                     struct err *err);

/* Brings the messages that came live into the engine; workspace_open() has done so. `in_haste`:
 * what is not needed for that waits for the next time. */
struct journal;
TM_MUST_CHECK enum err_code workspace_drain(struct workspace *ws, struct journal *journal,
                                            bool in_haste, const volatile sig_atomic_t *cancel,
                                            struct err *err);

/* What was sent from here goes among the records, and the ledger of consent has seen that;
 * workspace_drain() and workspace_drain_own() have done so. */
TM_MUST_CHECK enum err_code
workspace_take_sent(struct workspace *ws, const volatile sig_atomic_t *cancel, struct err *err);

/* From the workspace's own journal, when it has one; nobody else has that open. */
TM_MUST_CHECK enum err_code workspace_drain_own(struct workspace *ws, struct err *err);

/* Takes what imports and live messages say of consent into the ledger; workspace_drain() and
 * workspace_import() have done so. A temporary workspace has none. */
TM_MUST_CHECK enum err_code
workspace_note_consents(struct workspace *ws, const volatile sig_atomic_t *cancel, struct err *err);
/* What came live and is not in the ledger yet goes there, engine or not: before suppression is read
 * by who has not drained. */
TM_MUST_CHECK enum err_code workspace_note_urgent(struct workspace *ws, struct err *err);
/* After each resolving: suppression follows who is one person. */
TM_MUST_CHECK enum err_code workspace_join_consents(struct workspace *ws, struct err *err);

/* People who may be one, as likely as `least`, but those that the store says are two. The caller
 * releases `out`, also after an error. */
#define PAIRS_LIKELY 0.9
TM_MUST_CHECK enum err_code workspace_pairs(struct store *store, struct engine *engine,
                                            double least, struct pairs *out, struct err *err);

/* Imports paths with a progress line. */
TM_MUST_CHECK enum err_code workspace_import(struct workspace *ws,
                                             const struct import_options *options,
                                             const char *const *paths, size_t n,
                                             struct import_report *out_report, struct err *err);

#endif
