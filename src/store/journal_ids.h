/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal_ids.h - which messages the journal has, by hash: files journal.ids.N beside it.
 *
 * Ids come in no order. In a B-tree each would change a page of its own, and the write-ahead log
 * would take a page for every message: four times what the message itself takes. Here each changes
 * 16 bytes of a table that the system writes when it likes.
 *
 * An entry is a hash and the number of a record, and no more than a hint: who finds one looks at
 * the record. So entries of what was undone or has gone do no harm; only a missing one would. What
 * a loss of power takes away is at most what came after the last sync; the files say how far that
 * is
 * (`covered`), and the journal enters later records again when it opens. Files that are lost, odd
 * or of another journal are made anew.
 *
 * Each file is a table that is never made larger: when one is two thirds full the next begins, four
 * times as large at first, then of a fixed size; old ones go when their records have gone. They are
 * read through the system's cache (mmap). By one thread at a time, but for journal_ids_sync().
 */
#ifndef TM_STORE_JOURNAL_IDS_H
#define TM_STORE_JOURNAL_IDS_H

#include "base/base.h"

enum { JOURNAL_IDS_KEY = 16 };

struct journal_ids;
/* *out_covered: records up to there are in it for good. `path` is the journal's, without ".ids.N".
 */
TM_MUST_CHECK enum err_code journal_ids_open(const char *path,
                                             const unsigned char key[JOURNAL_IDS_KEY],
                                             struct journal_ids **out, int64_t *out_covered,
                                             struct err *err);
void journal_ids_close(struct journal_ids *ids); /* NULL is fine */

uint64_t journal_ids_hash(const struct journal_ids *ids, int64_t source, struct str id);

/* Where a search is; {0} at first. */
struct journal_ids_search {
    size_t files, slot;
};
/* The next record that may have that hash, the newest files first; 0: no more. */
int64_t journal_ids_next(const struct journal_ids *ids, uint64_t hash,
                         struct journal_ids_search *search);
/* ERR_NO_SPACE; ERR_IO. */
TM_MUST_CHECK enum err_code journal_ids_add(struct journal_ids *ids, uint64_t hash, int64_t seq,
                                            struct err *err);
/* Puts what was added on stable storage, all records up to `seq` being among it. May go on beside
 * the others, but twice at a time. An error is for good. */
TM_MUST_CHECK enum err_code journal_ids_sync(struct journal_ids *ids, int64_t seq, struct err *err);
/* Records up to `seq` have gone. Not beside a sync. */
void journal_ids_prune(struct journal_ids *ids, int64_t seq);

#endif
