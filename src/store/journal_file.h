/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal_file.h - the file of the journal, as its writing and its reading see it. */
#ifndef TM_STORE_JOURNAL_FILE_H
#define TM_STORE_JOURNAL_FILE_H

#include "store/journal.h"
#include "store/sqlite.h"

const char *journal_path(const struct journal *journal);
/* A connection; its `db` is the caller's to close, on errors too. */
TM_MUST_CHECK enum err_code journal_connect(const char *path, struct store *store, struct err *err);
/* Of every column but the checksum itself. */
int64_t journal_checksum(const struct journal_entry *entry);

/* A statement that reads, on a connection of its own. */
struct journal_reading {
    struct store store;
    struct stmt s;
};
TM_MUST_CHECK enum err_code journal_begin_reading(struct journal *journal, const char *sql,
                                                  struct journal_reading *r, struct err *err);
/* rc, or what went wrong in reading. Called after an error, too. */
TM_MUST_CHECK enum err_code journal_end_reading(struct journal_reading *r, enum err_code rc,
                                                struct err *err);

/* Runs `work` as the only one that writes; it may begin and end one transaction on the writer. */
TM_MUST_CHECK enum err_code journal_alone(struct journal *journal,
                                          enum err_code (*work)(struct journal *journal, void *ctx,
                                                                struct err *err),
                                          void *ctx, struct err *err);
struct store *journal_writer(struct journal *journal);
struct journal_ids;
struct journal_ids *journal_ids_of(struct journal *journal); /* for such work */
TM_MUST_CHECK enum err_code journal_begin(struct journal *journal, struct err *err);
/* Commits when rc is ERR_OK, else undoes it; returns the first error. */
TM_MUST_CHECK enum err_code journal_end(struct journal *journal, enum err_code rc, struct err *err);

#endif
