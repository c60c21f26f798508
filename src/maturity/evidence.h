/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* evidence.h - what is known about each practice, before it is judged.
 *
 * Made by measuring (measure.h) and from the owner's answers (answers.h); judged by score.h, which
 * does no I/O. One entry a practice of the model, in the model's order.
 */
#ifndef TM_MATURITY_EVIDENCE_H
#define TM_MATURITY_EVIDENCE_H

#include "base/timestamp.h"
#include "maturity/model.h"

/* maturity.md 6.2: classes of evidence. */
enum evidence_class { CLASS_NONE, CLASS_MEASURED, CLASS_OBSERVED, CLASS_ATTESTED, CLASS_CLAIMED };

/* What one indicator's measure found. Which fields count follows from the indicator's form. */
struct finding {
    bool known;   /* the data needed is there; false is not the same as zero */
    double k, n;  /* SHARE: k of n. RATE: k events in n months. VALUE: n = things looked at */
    double value; /* VALUE */
    /* FRACTION, RATIO: sums over clusters c of numerator u and denominator d. */
    double clusters, su, sd, suu, sud, sdd;
    int slot; /* row in evidence_set.sigma; -1: drawn on its own */
};

enum answer_kind {
    ANSWER_NONE,
    ANSWER_LEVEL,
    ANSWER_DONT_KNOW,
    ANSWER_NOT_APPLICABLE,
    ANSWER_LATER
};

struct answer {
    enum answer_kind kind;
    int level;            /* ANSWER_LEVEL: 1..4 */
    bool attested;        /* evidence is attached and dated */
    const char *evidence; /* file or words; "" when none */
    int64_t answered_at;
    const char *reason; /* ANSWER_NOT_APPLICABLE: why; "" is not accepted */
    int64_t until;      /* ANSWER_NOT_APPLICABLE: to be asked again */
};

struct evidence {
    const struct practice *practice;
    enum evidence_class measured; /* CLASS_MEASURED or CLASS_OBSERVED when all findings are known */
    struct finding findings[INDICATORS_MAX];
    struct answer answer;
    bool applicable; /* the model's own predicate (applies_if) */
    int64_t window_from, window_to;
    int64_t newest_at; /* newest record that went in; ageing starts here */
    char fingerprint[17];
    const char *sources; /* "shopify, klaviyo"; "" when none */
};

/* The factors of a cut such as RET-1's vertical median. */
struct evidence_factors {
    double vertical_repeat_median;
};

struct evidence_set {
    const struct model *model;
    int64_t as_of;
    struct evidence *items; /* owned; model->practice_count of them */
    size_t slots;           /* FRACTION and RATIO findings that share customers as clusters */
    double *sigma; /* owned; slots x slots, row-major: covariance of the ratio estimates themselves
                      (sum over clusters of psi psi'), psi_c = (u_c - R d_c) / sum d */
    struct evidence_factors factors;
    const bool *connected; /* per kind of data of model->needs: is it there; NULL: not known */
    char input_hash[65]; /* SHA-256 over what was imported, answers and settings; seeds the draws */
    struct arena arena;
};

/* Nothing known yet, everything applicable. `model` is borrowed and must live longer. */
struct evidence_set *evidence_set_new(const struct model *model);
/* The same evidence, to be changed; texts and `connected` stay those of `set`, which must live
 * longer. */
struct evidence_set *evidence_set_copy(const struct evidence_set *set);
void evidence_set_free(struct evidence_set *set);
void evidence_set_freep(struct evidence_set **set);

#endif
