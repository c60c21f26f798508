/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* members.h - segments asked of everybody, by the engine.
 *
 * The tables sql/schema/audience_* hold what segments ask for, sorted by person. They are made of
 * the resolved records when they are first needed after these were made anew. People are gone
 * through in ranges of their numbers, so that memory does not grow with their number.
 *
 * A call may be ended by engine_cancel() at any time.
 */
#ifndef TM_AUDIENCE_MEMBERS_H
#define TM_AUDIENCE_MEMBERS_H

#include "audience/load.h"
#include "engine/engine.h"

#define AUDIENCE_ALL SIZE_MAX

/* Makes the tables unless they are fresh. ERR_NOT_FOUND when no records are resolved. */
TM_MUST_CHECK enum err_code audience_prepare(struct engine *engine, struct err *err);
/* Whether they are fresh, without making them. */
TM_MUST_CHECK enum err_code audience_is_ready(struct engine *engine, bool *out, struct err *err);
/* Makes them of records that are being resolved aside (insight/resolve.h), so that they are shown
 * together; `zone` is that of the shop. After the resolving audience_note() says so. */
TM_MUST_CHECK enum err_code audience_make_aside(struct engine *engine, const char *zone,
                                                struct err *err);
TM_MUST_CHECK enum err_code audience_note(struct engine *engine, struct err *err);
/* Now, in the shop's zone; the time of the newest record where that is more than two days ago, so
 * that exports of last month can be asked "in the last 30 days". */
TM_MUST_CHECK enum err_code audience_now_read(struct engine *engine, struct audience_now *out,
                                              struct err *err);

/* After audience_prepare(). How many belong to each segment, or to `only` one: out_counts[i] is
 * that of segment i, -1 of a broken one; *out_people, how many people there are. A segment that the
 * engine fails at is marked as broken; the others are counted. */
TM_MUST_CHECK enum err_code audience_count(struct engine *engine, struct audience_set *set,
                                           const struct audience_now *now, size_t only,
                                           int64_t *out_counts, int64_t *out_people,
                                           struct err *err);
/* The same, and writes the members down (table audience_member), by the segments' ids. It goes step
 * by step, and a step takes seconds: where `go_on` ends it in between, a call with the same set,
 * tables and `io` goes on after the steps that were done. */
struct audience_rebuilding {
    size_t steps; /* done; 0 to begin */
    /* NULL, or asked before each step: ERR_OK to go on. */
    enum err_code (*go_on)(void *ctx, double done, struct err *err);
    void *ctx;
};
TM_MUST_CHECK enum err_code audience_rebuild(struct engine *engine, struct audience_set *set,
                                             const struct audience_now *now,
                                             struct audience_rebuilding *io, int64_t *out_counts,
                                             int64_t *out_people, struct err *err);
/* The members of a segment that were written down, by number as signed; some may come twice. */
TM_MUST_CHECK enum err_code audience_members(struct engine *engine, int64_t segment,
                                             struct result **out, struct err *err);
/* After audience_prepare(). The people of segment `in` who are not in segment `out` (AUDIENCE_ALL:
 * whoever they are), range by range with ascending numbers; *out_left: how many `out` took away.
 * Unlike the above, what the engine fails at is an error. */
typedef enum err_code audience_take(void *ctx, const uint64_t *people, size_t n, struct err *err);
TM_MUST_CHECK enum err_code audience_list(struct engine *engine, const struct audience_set *set,
                                          const struct audience_now *now, size_t in, size_t out,
                                          audience_take *take, void *ctx, int64_t *out_left,
                                          struct err *err);

#endif
