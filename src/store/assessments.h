/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assessments.h - every assessment of a workspace, with the evidence that it was judged by.
 *
 * One is known by what went in (input_hash) and how it was scored (scoring_hash): made again by
 * the same program it is the same assessment, seen once more. A newer program may measure better:
 * then its result takes the old one's place, under the same number.
 */
#ifndef TM_STORE_ASSESSMENTS_H
#define TM_STORE_ASSESSMENTS_H

#include "base/arena.h"
#include "store/store.h"

enum {
    STORE_EVIDENCE_MAX = 16 << 20, /* bytes of one assessment's evidence */
    STORE_ASSESSMENTS_LISTED = 500 /* the newest of them */
};

/* NAN where something is not known. */
struct kept_practice {
    char id[48];
    char state[24]; /* "MEASURED" */
    int level_best, level_confirmed;
    double continuous;
    double p[4];  /* P(level = 1..4) */
    double value; /* of its first indicator, in the indicator's unit */
};

struct kept_dimension {
    char id[48];
    double value, low, high;
};

struct assessment_entry {
    int64_t id; /* given by the store */
    int64_t as_of, made_us;
    int64_t seen, seen_us; /* how often it was made, and when last */
    char program[32];      /* version of Tidemark */
    char model[48], model_version[32];
    char content_hash[65], scoring_hash[65], input_hash[65], result_hash[65];
    int stage_best, stage_confirmed;
    bool stage_claimed;
    double stage_p[4];
    double index, index_low, index_high; /* 0..100; index may be NAN */
    double coverage;
    const struct kept_practice *practices;
    size_t practice_count;
    const struct kept_dimension *dimensions;
    size_t dimension_count;
};

/* Keeps it with its evidence (JSON of maturity/evidence_io.h), all or nothing; sets id, made_us,
 * seen and seen_us of `entry` to what is kept. */
TM_MUST_CHECK enum err_code store_assessment_put(struct store *store,
                                                 struct assessment_entry *entry,
                                                 struct str evidence, struct err *err);
/* The newest STORE_ASSESSMENTS_LISTED, the oldest of them first, in order of as_of and then of
 * making. In `arena`. */
TM_MUST_CHECK enum err_code store_assessments_list(struct store *store, struct arena *arena,
                                                   struct assessment_entry **out_entries,
                                                   size_t *out_count, struct err *err);
/* ERR_NOT_FOUND when there is no such assessment. */
TM_MUST_CHECK enum err_code store_assessment_evidence(struct store *store, int64_t id,
                                                      struct buf *out_evidence, struct err *err);

#endif
