/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* load.h - facts of people out of the tables that members.h makes. A call may be ended by
 * engine_cancel() at any time.
 */
#ifndef TM_AUDIENCE_LOAD_H
#define TM_AUDIENCE_LOAD_H

#include "audience/reads.h"
#include "engine/engine.h"

/* All facts of one person, by one query. ERR_NOT_FOUND when nobody has that number. */
TM_MUST_CHECK enum err_code audience_load(struct engine *engine, uint64_t person,
                                          struct audience_facts **out_facts, struct err *err);
/* Of everybody from `low` to `high`: `each` owns the facts. */
typedef enum err_code audience_each(void *ctx, uint64_t person, struct audience_facts *facts,
                                    struct err *err);
TM_MUST_CHECK enum err_code audience_load_each(struct engine *engine, uint64_t low, uint64_t high,
                                               audience_each *each, void *ctx, struct err *err);

/* What is loaded of people. */
struct audience_loading {
    const uint64_t *people;
    size_t n;
    /* NULL: all rows. Else of events, messages and lines those alone that are read so, and each
     * one's last event, by which visits are told apart. */
    const struct audience_rows *rows;
    int64_t today;
    size_t most; /* rows of one person's */
};
/* Of these people, as many as are found; of who has more than `most` rows `each` gets NULL. */
TM_MUST_CHECK enum err_code audience_load_some(struct engine *engine,
                                               const struct audience_loading *loading,
                                               audience_each *each, void *ctx, struct err *err);

/* Whose belonging may change as time goes by although nothing comes: who has a row that is younger
 * than the hours that some segment counts. *out is the caller's; `most` at most. */
TM_MUST_CHECK enum err_code audience_load_timed(struct engine *engine,
                                                const struct audience_rows *rows, int64_t now_us,
                                                size_t most, uint64_t **out, size_t *out_n,
                                                struct err *err);

#endif
