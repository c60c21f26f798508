/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* model.h - the maturity model as data: dimensions, practices, cuts, questions, texts.
 *
 * Read from YAML (model/tidemark.yaml is built in; shops and agencies may bring their own) and
 * checked: a mistake is reported with file, line and field. A loaded model is read-only and may
 * be shared between threads. All text belongs to the model.
 *
 * `content_hash` is SHA-256 over the file's bytes; `scoring_hash` covers only what can change a
 * score (cuts, weights, essentials, prerequisites, applicability, measures), in canonical form.
 */
#ifndef TM_MATURITY_MODEL_H
#define TM_MATURITY_MODEL_H

#include "base/arena.h"
#include "base/i18n.h"

/* The same text in the three languages, UTF-8. */
struct text3 {
    const char *in[LANG_COUNT];
};

/* How a measured number becomes a distribution over levels (docs/method.md). */
enum indicator_form {
    FORM_SHARE,    /* k of n, independent: Beta posterior */
    FORM_FRACTION, /* ratio of sums over clusters, within (0,1): t on the logit */
    FORM_RATIO,    /* ratio of sums over clusters, positive: t on the logarithm */
    FORM_RATE,     /* x events in t months: Gamma posterior, per month */
    FORM_VALUE     /* a plain fact: a count of things, an age; no sampling error */
};

/* cuts[0..2] lead to levels 2, 3, 4. NAN: this indicator asks nothing at that level.
 * With `lower_is_better` a level needs value <= cut, otherwise value >= cut. `upper` closes a band
 * (a level needs cut <= value <= upper); NAN: open. `strict` levels need > instead of >=.
 * `multiplier` names a setting that the cuts are multiples of ("vertical_repeat_median"). */
struct indicator {
    const char *measure; /* sql/measure/<measure>.sql */
    enum indicator_form form;
    bool lower_is_better;
    bool strict[3];
    double cuts[3];
    double upper[3];
    const char *multiplier; /* NULL: none */
    const char *unit;       /* percent, times, per_month, months, days, hours, count, level */
    struct text3 title;     /* what the figure counts, in a few words; empty: as the practice */
};

/* Where a practice's cuts come from. mark: V1 V2 V3 P U as in docs/method.md, or "int", "own". */
struct citation {
    const char *basis; /* pub, int, own, presence, coverage */
    const char *source;
    int year; /* 0: none */
    const char *mark;
    struct text3 note; /* empty: none */
};

enum evidence_class_bit { CLASS_BIT_M = 1, CLASS_BIT_C = 2, CLASS_BIT_Q = 4 };

struct choice {
    int level; /* 1..4 */
    struct text3 text;
};

enum { INDICATORS_MAX = 4, CHOICES_MAX = 4, PREREQUISITES_MAX = 6, TRAITS_MAX = 8, NEEDS_MAX = 8 };

struct practice {
    const char *id; /* "RET-1" */
    size_t dimension;
    struct text3 title;                          /* a few words */
    struct text3 what;                           /* what is looked at, in plain words */
    struct text3 why;                            /* why it matters */
    struct text3 how;                            /* the first step up */
    unsigned classes;                            /* evidence_class_bit */
    struct indicator indicators[INDICATORS_MAX]; /* the level is the least that all allow */
    size_t indicator_count;
    int essential; /* 0, or the stage that needs it */
    double weight;
    int window_days;
    int ttl_days;           /* half-life of evidence */
    double n_min;           /* below: THIN */
    const char *applies_if; /* always, sends_email, spends_on_ads, open_24_months, ... */
    size_t prerequisites[PREREQUISITES_MAX]; /* indices of practices */
    size_t prerequisite_count;
    const char *needs[NEEDS_MAX]; /* kinds of data: orders, sessions, messages, ... */
    size_t need_count;
    double effort_hours[3]; /* to levels 2, 3, 4 */
    size_t role;            /* index of who does it */
    double cost[3];         /* of tools at levels 2, 3, 4, in US dollars a month, all in all */
    const char *lever;      /* money lever of 6.10, or "" */
    struct citation citation;
    const char *traits[TRAITS_MAX]; /* S2.5, O7 */
    size_t trait_count;
    struct text3 question; /* empty when nothing is asked */
    struct choice choices[CHOICES_MAX];
    size_t choice_count;
};

struct dimension {
    const char *id; /* "RET" */
    struct text3 title;
    struct text3 what;
    double weight;
};

/* What to connect: a kind of data that practices need. */
struct data_need {
    const char *id; /* "messages" */
    struct text3 title;
    struct text3 how; /* which export, from where */
};

/* Who does the work. */
struct role {
    const char *id; /* "marketer" */
    struct text3 title;
    double hours; /* a quarter, where the owner's plan says nothing */
};

/* A kind of shop, and what is usual there. */
struct vertical {
    const char *id; /* "beauty" */
    struct text3 title;
    double repeat_median; /* second purchase within 365 days of the first */
};

struct model {
    const char *id;
    const char *version; /* semver */
    char content_hash[65];
    char scoring_hash[65];
    struct dimension *dimensions;
    size_t dimension_count;
    struct practice *practices;
    size_t practice_count;
    struct data_need *needs;
    size_t need_count;
    struct role *roles;
    size_t role_count;
    struct text3 stages[4];        /* names of stages 1..4 */
    struct text3 stage_what[4];    /* what the stage means, a sentence or two */
    double quorum[3];              /* q_s of stages 2..4 */
    double evidence_floor[3];      /* kappa_s */
    double vertical_repeat_median; /* of a shop whose kind is not known */
    struct vertical *verticals;
    size_t vertical_count;
    size_t untranslated[LANG_COUNT]; /* texts in which English stands in */
    struct arena arena;              /* owns everything above */
};

/* `path` NULL: the built-in model. */
TM_MUST_CHECK enum err_code model_load(const char *path, struct model **out_model, struct err *err);
void model_free(struct model *model);
void model_freep(struct model **model);
/* Index, or SIZE_MAX. */
size_t model_practice(const struct model *model, const char *id);
size_t model_dimension(const struct model *model, const char *id);
size_t model_vertical(const struct model *model, const char *id);
size_t model_role(const struct model *model, const char *id);
/* Is this kind of data among what the practice needs? */
bool practice_needs(const struct practice *practice, const char *need);
/* The level (2..3) at which the prerequisites of a practice must stand before its step to level
 * `to` (2..4): in place, and no more than one level behind. */
int prerequisite_level(int to);
/* What is usual for this kind of shop; for "" or an unknown one the model's general median. */

#endif
