/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suggest.h - people who may be one, by name, address and birth date: suggestions, never links.
 *
 * Record linkage after Fellegi and Sunter (1969, JASA 64, 1183-1210). Pairs that share one of a few
 * keys are compared field by field; each field is the same, nearly the same, somewhat alike or
 * different, or one of the two lacks it and it says nothing. With m(level) the share among pairs
 * of one person and u(level) the share among pairs of two,
 *
 *     log odds = log(prior / (1 - prior)) + sum over fields of log(m(level) / u(level))
 *
 * - u comes from pairs drawn at random; for the same value it is that value's own frequency, so
 *   that a rare name tells more than a common one (Winkler 1989, Frequency-based matching).
 * - m and the prior come from the data themselves by expectation and maximisation (Winkler 1988).
 * - People of one household share family name and address. What the fields of a household say
 *   together is capped at even odds: without something of the person's own, two records stay two
 *   people. (This cap is ours; Fellegi and Sunter take fields as independent.)
 *
 * The outcome depends on the records alone, not on their order. One thread. About 60 bytes a
 * record besides its distinct values.
 */
#ifndef TM_IDENTITY_SUGGEST_H
#define TM_IDENTITY_SUGGEST_H

#include "base/base.h"

enum suggest_field {
    SUGGEST_GIVEN_NAME,
    SUGGEST_FAMILY_NAME,
    SUGGEST_BIRTH_DATE, /* year, month, day in this order; "1985-04-09" */
    SUGGEST_NUMBER,     /* of the person's own: loyalty card, tax number */
    SUGGEST_EMAIL_NAME, /* what stands before the @ */
    SUGGEST_PHONE,
    SUGGEST_STREET_NUMBER,
    SUGGEST_STREET,
    SUGGEST_STREET_MORE, /* building, floor */
    SUGGEST_TOWN,
    SUGGEST_POSTCODE,
    SUGGEST_REGION,
    SUGGEST_FIELD_COUNT
};

enum suggest_level {
    SUGGEST_DIFFERENT,
    SUGGEST_ALIKE,
    SUGGEST_NEARLY,
    SUGGEST_SAME,
    SUGGEST_LEVEL_COUNT,
    SUGGEST_MISSING = SUGGEST_LEVEL_COUNT
};

extern const char *const suggest_field_names[SUGGEST_FIELD_COUNT];

struct suggestion {
    uint64_t a, b;      /* the records, a < b */
    double probability; /* that they are one person */
    uint8_t levels[SUGGEST_FIELD_COUNT];
    double bits[SUGGEST_FIELD_COUNT]; /* log2(m / u): what each field said, before the cap */
};

struct suggest_sink {
    void *ctx;
    void (*give)(void *ctx, const struct suggestion *suggestion);
};

struct suggest_summary {
    uint64_t records, compared;
    uint64_t keys_skipped; /* shared by more than SUGGEST_BLOCK_MAX records: too common to tell */
    double expected; /* pairs of one person among all compared, by the method's own estimate */
};

enum { SUGGEST_BLOCK_MAX = 400, SUGGEST_RECORDS_MAX = 20000000 };

struct suggester;
struct suggester *suggester_new(void);
void suggester_free(struct suggester *s);
void suggester_freep(struct suggester **s);
/* Copies what it needs. `record` is a number of the caller's, unique. Values are UTF-8 as people
 * wrote them, empty when not known. ERR_TOO_LARGE past SUGGEST_RECORDS_MAX. */
TM_MUST_CHECK enum err_code suggester_add(struct suggester *s, uint64_t record,
                                          const struct str values[SUGGEST_FIELD_COUNT],
                                          struct err *err);
/* Gives every pair of at least this probability, ordered by (a, b). Once, after all were added. */
TM_MUST_CHECK enum err_code suggester_run(struct suggester *s, double probability_min,
                                          const struct suggest_sink *sink,
                                          struct suggest_summary *out_summary, struct err *err);

#endif
