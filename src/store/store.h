/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store.h - the front of src/store: what a workspace must not lose.
 *
 * A workspace is a folder: tidemark.yaml (settings.h), store.db (this store), engine/ (derived
 * data) and imports/. The store keeps which files were imported and how that went, the levels
 * that were published, and small values by name. SQLite in WAL mode with synchronous=FULL: what
 * a call has returned ERR_OK for survives a loss of power (but see store_write_later()).
 *
 * Opening takes a lock on the folder, so that two processes never write one workspace; the
 * second gets ERR_BUSY. One thread at a time.
 */
#ifndef TM_STORE_STORE_H
#define TM_STORE_STORE_H

#include "base/buf.h"

struct store;

/* Opens the workspace in `dir`, which is made when it is missing. */
TM_MUST_CHECK enum err_code store_open(const char *dir, struct store **out_store, struct err *err);
/* Beside another process that has the workspace open, and its lock: for what each statement does by
 * itself. ERR_STORE when that may be of another version. */
TM_MUST_CHECK enum err_code store_open_beside(const char *dir, struct store **out_store,
                                              struct err *err);
/* A second connection to the same workspace, for another thread of this process. Closed before the
 * first. */
TM_MUST_CHECK enum err_code store_again(const struct store *first, struct store **out_store,
                                        struct err *err);
/* With `later`, what this connection writes from now on survives the end of the process at once,
 * but a loss of power only after the next store_settle(), of whichever connection. The disk is not
 * waited for. */
TM_MUST_CHECK enum err_code store_write_later(struct store *store, bool later, struct err *err);
/* Takes what was written into the file itself; nobody waits for it but the caller. */
TM_MUST_CHECK enum err_code store_settle(struct store *store, struct err *err);
void store_close(struct store *store); /* NULL is fine */
void store_closep(struct store **store);
const char *store_dir(const struct store *store);
/* A path inside the workspace: "engine", "tidemark.yaml". */
TM_MUST_CHECK enum err_code store_path(const struct store *store, const char *name, char *out_path,
                                       size_t size, struct err *err);

/* SQLite's own check of the whole file; "" when all is well. */
TM_MUST_CHECK enum err_code store_check(struct store *store, char *out_problem, size_t size,
                                        struct err *err);

/* Files. A file's content is known by its SHA-256 and, in an archive, the member's number.
 * staging: its records are being read; committing: they are complete and on their way into the
 * tables, which a later process must finish; done, failed: over; again: its records are lost, and
 * whoever rebuilds the engine reads the file anew. Ids are never used twice. */
enum import_status { IMPORT_STAGING, IMPORT_COMMITTING, IMPORT_DONE, IMPORT_FAILED, IMPORT_AGAIN };

enum { STORE_KINDS = 16, STORE_REJECTS_KEPT = 1000 };

struct import_entry {
    uint32_t id;
    char path[1024];
    char name[256]; /* as shown: "orders.csv", "x.zip/orders.csv" */
    char digest[65];
    int64_t member;
    int64_t size; /* bytes on the disk */
    char format[64];
    char source[64];
    enum import_status status;
    int64_t rows, stored, merged, rejected, skipped;
    int64_t records[STORE_KINDS]; /* put, by record kind */
    char encoding[32];
    char delimiter;    /* 0 for JSON */
    char style[64];    /* how dates and numbers were read */
    int64_t newest_us; /* of its records; TIME_NONE without any */
    int64_t started_us, ended_us;
};

/* What comes live (ranges.h) and what was sent from here (sent.h) are imports of these formats, of
 * which there is no file. */
#define STORE_FORMAT_LIVE "live"
#define STORE_FORMAT_SENT "sent"
bool store_import_of_file(const struct import_entry *entry);

/* Gives it a new id and the status staging. */
TM_MUST_CHECK enum err_code store_import_begin(struct store *store, struct import_entry *entry,
                                               struct err *err);
/* Writes everything but id and path anew. */
TM_MUST_CHECK enum err_code store_import_update(struct store *store,
                                                const struct import_entry *entry, struct err *err);
/* The entry of that content with status done; *out_found false when there is none. */
TM_MUST_CHECK enum err_code store_import_find(struct store *store, const char *digest,
                                              int64_t member, struct import_entry *out_entry,
                                              bool *out_found, struct err *err);
/* Whether a done entry has that size on the disk: only then can a file's content be known. */
TM_MUST_CHECK enum err_code store_import_has_size(struct store *store, int64_t size,
                                                  bool *out_found, struct err *err);
/* Calls `each` for the entries with that status, or all for status -1, by id. `each` must not
 * call the store. */
TM_MUST_CHECK enum err_code store_import_each(
    struct store *store, int status,
    enum err_code (*each)(void *ctx, const struct import_entry *entry, struct err *err), void *ctx,
    struct err *err);
/* Keeps the first STORE_REJECTS_KEPT of an import, as one transaction. */
struct store_reject {
    int64_t line;
    const char *reason;
};
TM_MUST_CHECK enum err_code store_rejects_add(struct store *store, uint32_t import_id,
                                              const struct store_reject *rejects, size_t n,
                                              struct err *err);
TM_MUST_CHECK enum err_code store_rejects_each(struct store *store, uint32_t import_id,
                                               enum err_code (*each)(void *ctx, int64_t line,
                                                                     struct str reason,
                                                                     struct err *err),
                                               void *ctx, struct err *err);

/* What a file held and what became of it, as JSON of the caller's. */
TM_MUST_CHECK enum err_code store_import_report_put(struct store *store, uint32_t import_id,
                                                    struct str report, struct err *err);
TM_MUST_CHECK enum err_code store_import_report_get(struct store *store, uint32_t import_id,
                                                    struct buf *out_report, bool *out_found,
                                                    struct err *err);

/* The level last published of each practice, with the scoring that gave it: what hysteresis
 * starts from. */
struct published_level {
    char practice[32];
    int level;
    char scoring[65]; /* hash of the model's scoring part */
    int64_t at_us;
};
/* All in one transaction. */
TM_MUST_CHECK enum err_code store_levels_put(struct store *store,
                                             const struct published_level *levels, size_t n,
                                             struct err *err);
/* *out_found false when the practice was never published. */
TM_MUST_CHECK enum err_code store_level_get(struct store *store, const char *practice,
                                            struct published_level *out_level, bool *out_found,
                                            struct err *err);

/* Small values by name; an absent one is "" and *out_found false. */
TM_MUST_CHECK enum err_code store_put(struct store *store, const char *key, struct str value,
                                      struct err *err);
TM_MUST_CHECK enum err_code store_get(struct store *store, const char *key, struct buf *out_value,
                                      bool *out_found, struct err *err);

#endif
