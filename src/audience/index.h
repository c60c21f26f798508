/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* index.h - what each segment of a set reads, so that after an event only those are asked that it
 * can change.
 *
 * A segment reads columns of the person's own row, rows of a source, or of these only those with
 * certain names (events), fates (messages) or channels (consent); what the segments read that it
 * speaks of it reads, too. Time changes a segment that counts days when the day is another one, and
 * one that counts hours from the moment on that its last answer tells. Pure: no I/O, no clock.
 */
#ifndef TM_AUDIENCE_INDEX_H
#define TM_AUDIENCE_INDEX_H

#include "audience/facts.h"

enum { TOUCHED_PARTS = 32 };

/* What has changed of a person. */
struct audience_touched {
    uint64_t own;           /* columns of the own row: a bit each, by its place */
    bool whole[FROM_COUNT]; /* any row of the source may be another one */
    struct touched_part {   /* or only rows that are called that */
        enum word_source source;
        uint64_t name;
    } parts[TOUCHED_PARTS];
    size_t n;
};
/* A row of the source came, went or changed; `name`: its text, folded, in the source's column of
 * names (audience_name_column() of reads.h). */
void audience_touch(struct audience_touched *touched, enum word_source source, struct str name);

struct audience_index;
/* The set is linked, borrowed, and stays as it is. */
struct audience_index *audience_index_new(const struct audience_set *set);
void audience_index_free(struct audience_index *index); /* NULL is fine */

/* What a person is in, and until when that holds if nothing comes. */
struct audience_verdicts {
    unsigned char *in;       /* owned; of each segment 1 or 0; NULL: not known */
    int64_t at_us, until_us; /* when it was asked, and from when time may change it */
    int64_t today;
};
void audience_verdicts_release(struct audience_verdicts *verdicts);

/* Brings `io` up to the facts as they are now. All are asked when it is not known what they were;
 * else those that `touched` (NULL: nothing) and time can have changed. Returns how many. */
size_t audience_judge(const struct audience_index *index, const struct audience_facts *facts,
                      const struct audience_now *now, const struct audience_touched *touched,
                      struct audience_verdicts *io);

#endif
