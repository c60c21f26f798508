/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* came.h - how much came in live, hour by hour, in the journal's file.
 *
 * Written in the commit that takes the messages, so that from the table's first hour on the hours
 * add up to the journal's tallies, whether or not the journal still has the records. `what` is
 * "stored", "repeated" or the reason for which it was refused.
 */
#ifndef TM_STORE_CAME_H
#define TM_STORE_CAME_H

#include "store/journal.h"

#define CAME_STORED "stored"
#define CAME_REPEATED "repeated"

enum { CAME_WHAT = 32, CAME_KEEP_DAYS = 400 };

struct came_hour {
    int64_t source, hour; /* hour: since 1970, UTC */
    char what[CAME_WHAT];
    int64_t n;
};

/* From that hour on, in order of hours. `each` must not call the journal. */
TM_MUST_CHECK enum err_code
journal_hours(struct journal *journal, int64_t from_hour,
              enum err_code (*each)(void *ctx, const struct came_hour *hour, struct err *err),
              void *ctx, struct err *err);

/* Records after that number (0: all, which reads the file), by source. `each` must not call the
 * journal. */
TM_MUST_CHECK enum err_code journal_after(struct journal *journal, int64_t seq,
                                          enum err_code (*each)(void *ctx, int64_t source,
                                                                int64_t n, struct err *err),
                                          void *ctx, struct err *err);

/* The newest records, at most `most`, the oldest of them first. */
TM_MUST_CHECK enum err_code
journal_newest(struct journal *journal, int64_t most,
               enum err_code (*each)(void *ctx, const struct journal_entry *entry, struct err *err),
               void *ctx, struct err *err);

/* ---- for the journal's writer ------------------------------------------------------------- */

/* What one commit adds. */
struct came {
    struct came_hour *list; /* owned */
    size_t n, room, at;     /* at: the last one used */
};
void came_count(struct came *came, const struct journal_record *record);
/* Within the commit. Frees the list in any case. */
TM_MUST_CHECK enum err_code came_write(struct came *came, struct store *writer, struct err *err);
/* Its table; one that is new counts what the journal has. Within a transaction. */
TM_MUST_CHECK enum err_code came_make(struct store *writer, struct err *err);

#endif
