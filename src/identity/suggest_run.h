/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suggest_run.h - the parts of suggest.h: values, candidate pairs, weights; inside src/identity
 * only. */
#ifndef TM_IDENTITY_SUGGEST_RUN_H
#define TM_IDENTITY_SUGGEST_RUN_H

#include "base/buf.h"
#include "identity/suggest.h"
#include "identity/text_distance.h"

/* How a field is compared. */
enum suggest_kind { SUGGEST_WORD, SUGGEST_CODE, SUGGEST_DATE, SUGGEST_HANDLE };

struct suggest_field_rule {
    enum suggest_kind kind;
    bool household; /* shared by people who live together */
    int swaps_with; /* a field that people confuse it with; -1: none */
};
extern const struct suggest_field_rule suggest_field_rules[SUGGEST_FIELD_COUNT];

/* The distinct values of one field. Value 0 is "not known". */
struct suggest_value {
    uint32_t offset; /* of its units in `units` */
    uint16_t length;
    uint32_t count; /* records that have it */
};
struct suggest_values {
    struct suggest_value *list;
    uint32_t count, cap;
    uint32_t *slots; /* open addressing; 0 = free */
    size_t slot_mask;
    uint16_t *units;
    size_t unit_count, unit_cap;
};

struct suggest_record {
    uint64_t id;
    uint32_t values[SUGGEST_FIELD_COUNT];
};

struct suggester {
    struct suggest_values fields[SUGGEST_FIELD_COUNT];
    struct suggest_record *records; /* sorted by id when a run begins */
    size_t count, cap;
};

struct suggest_levels {
    uint8_t of[SUGGEST_FIELD_COUNT];
};

/* Values (suggest_values.c). */
TM_MUST_CHECK enum err_code suggest_values_add(struct suggest_values *values,
                                               enum suggest_kind kind, struct str text,
                                               uint32_t *out_value, struct err *err);
void suggest_values_free(struct suggest_values *values);
struct text16 suggest_text(const struct suggester *s, const struct suggest_record *r, int field);
void suggest_compare(const struct suggester *s, const struct suggest_record *a,
                     const struct suggest_record *b, struct suggest_levels *out);

/* Candidates (suggest_pairs.c): calls `pair` once for each two records that share a key. */
struct suggest_pairs {
    void *ctx;
    void (*pair)(void *ctx, const struct suggest_record *a, const struct suggest_record *b);
};
void suggest_pairs_each(const struct suggester *s, const struct suggest_pairs *each,
                        uint64_t *out_pairs, uint64_t *out_skipped);

/* Weights (suggest_weights.c). */
struct suggest_weights {
    double m[SUGGEST_FIELD_COUNT][SUGGEST_LEVEL_COUNT];
    double u[SUGGEST_FIELD_COUNT][SUGGEST_LEVEL_COUNT];
    double prior_log_odds;
};
void suggest_weights_learn(const struct suggester *s, struct suggest_weights *out);
/* Probability; out_bits may be NULL. `a` and `b` give the frequencies of equal values. */
double suggest_weigh(const struct suggester *s, const struct suggest_weights *w,
                     const struct suggest_record *a, const struct suggest_levels *levels,
                     double out_bits[SUGGEST_FIELD_COUNT]);

#endif
