/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* history.h - one assessment after the other: the trend, what changed, and the past judged anew.
 *
 * Pure: what was kept comes from store/assessments.h, which the caller reads.
 */
#ifndef TM_MATURITY_HISTORY_H
#define TM_MATURITY_HISTORY_H

#include "maturity/score.h"
#include "store/assessments.h"

enum { HISTORY_BYTES_MAX = 64 << 20 }; /* of all that is listed */

/* A practice that stands elsewhere than in the assessment before. */
struct trend_change {
    const char *practice; /* its id */
    int from, to;         /* level_best; 0: not known */
    double c_from, c_to;  /* continuous levels; NAN: not known */
};

struct trend_point {
    int64_t id, as_of;
    const char *model, *model_version;
    int stage_best, stage_confirmed;
    bool stage_claimed;
    double stage_p[4];
    double index, index_low, index_high; /* index is NAN below 60 % coverage */
    double coverage;
    const double *dimensions; /* trend.dimension_count values; NAN where not known */
    bool model_changed;       /* other scoring than the point before: levels are not comparable */
    const struct trend_change *up, *down; /* against the point before, with the largest first */
    size_t up_count, down_count;
    size_t known, lost; /* practices that became known, and that are no longer */
};

struct trend {
    struct trend_point *points; /* the oldest first */
    size_t count;
    const char *const *dimension_ids; /* of the newest point */
    size_t dimension_count;
    struct arena arena;
};

/* Of all assessments, or with `model` those of models with that id. */
TM_MUST_CHECK enum err_code trend_make(const struct assessment_entry *entries, size_t n,
                                       const char *model, struct trend **out_trend,
                                       struct err *err);
void trend_free(struct trend *trend);
void trend_freep(struct trend **trend);

/* What the store keeps of an assessment; id, made_us and seen are the store's. Everything lies in
 * `arena`. */
TM_MUST_CHECK enum err_code history_entry(const struct assessment *a, struct arena *arena,
                                          struct assessment_entry *out_entry, struct err *err);

#endif
