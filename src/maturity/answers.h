/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* answers.h - what the owner tells: facts of the shop, and answers to the model's questions.
 *
 * answers.yaml is written with every question and its choices as comments, in the language of
 * the owner, and read back strictly: a mistake is reported with file, line and field.
 *
 *     answered: 2026-11-20        # the day of the answers that have no date of their own
 *     facts: {margin: 40 %, currency: EUR, ...}
 *     answers:
 *       RET-1: {answer: 3}
 *       EML-1: {answer: 4, evidence: calendar.pdf, date: 2026-11-01}
 *       OMN-5: {answer: does not apply, reason: no ads, until: 2027-06-30}
 *
 * An answer is 1 to 4, or in any of the languages the words for don't know, does not apply and
 * later; digits may be ASCII, Arabic-Indic or Thai. Read-only once read; one may be shared
 * between threads.
 */
#ifndef TM_MATURITY_ANSWERS_H
#define TM_MATURITY_ANSWERS_H

#include "base/buf.h"
#include "maturity/evidence.h"

/* "" and NAN and TIME_NONE where the owner said nothing. */
struct shop_facts {
    const char *shop;     /* name */
    double margin;        /* share of sales left after goods, shipping and fees, before marketing */
    const char *currency; /* ISO 4217 */
    const char *time_zone; /* IANA */
    const char *country;   /* ISO 3166, two letters */
    const char *vertical;  /* id of one of the model's verticals */
    int64_t opened_at;     /* first day of business, midnight UTC */
    bool not_open;         /* the shop has not opened yet */
};

struct answers {
    struct answer *items; /* model->practice_count of them, in the model's order */
    size_t count;
    int64_t answered_at; /* day of the answers without a date of their own; TIME_NONE: not said */
    struct shop_facts facts;
    struct arena arena; /* owns everything above */
};

/* Nothing answered. */
struct answers *answers_new(const struct model *model);
TM_MUST_CHECK enum err_code answers_read(const char *path, const struct model *model,
                                         struct answers **out_answers, struct err *err);
/* The same from text; `name` of the file stands in messages. */
TM_MUST_CHECK enum err_code answers_parse(struct str text, const char *name,
                                          const struct model *model, struct answers **out_answers,
                                          struct err *err);
void answers_free(struct answers *answers);
void answers_freep(struct answers **answers);

/* The file to fill in, with what `current` (may be NULL) holds already; the caller checks the
 * buffer. What it writes answers_read() reads back to the same answers. */
void answers_write_template(const struct model *model, enum language language,
                            const struct answers *current, struct buf *out);

/* What is written for an answer other than a level, in each language. */
extern const struct text3 answer_words[ANSWER_LATER + 1]; /* by enum answer_kind */
extern const struct text3 answer_not_open;                /* "not yet" */

#endif
