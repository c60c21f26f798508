/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* reads.h - which of a person's rows a set of segments reads: those of certain names, of the last
 * days, or all of them; and which of them time alone can let go out of a segment or bring in.
 * Pure: no I/O, no clock.
 */
#ifndef TM_AUDIENCE_READS_H
#define TM_AUDIENCE_READS_H

#include "audience/facts.h"

struct node;

/* Rows that one condition, function or step of a sequence reads. */
struct audience_read {
    enum word_source source;
    struct str name;         /* folded, in the source's column of names; "": whatever it is */
    const struct node *rows; /* a function's or step's; NULL: an attribute reads all of them */
    int64_t within_us;       /* of the step before one that is not to follow so long; 0 */
};
/* Of a linked segment, and of those that it speaks of. */
void audience_each_read(const struct audience_set *set, size_t segment,
                        void (*each)(void *ctx, const struct audience_read *read), void *ctx);

/* The column by which rows of a source are told apart; -1: none. */
int audience_name_column(enum word_source source);

/* All that a set reads, each source and name once. */
struct audience_rows {
    struct audience_row_read {
        enum word_source source;
        char *name; /* owned; "": whatever it is */
        size_t name_n;
        bool all_days;
        int64_t back_days; /* else from so many days ago, or from that day on, whichever is first */
        int64_t first_day;
        int64_t span_us; /* time alone counts for those that are not older; 0: for none */
    } * list;            /* owned */
    size_t n, room;
};
void audience_rows_of(const struct audience_set *set, struct audience_rows *out);
void audience_rows_release(struct audience_rows *rows);

#endif
