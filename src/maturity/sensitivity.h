/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sensitivity.h - what would flip the stage (maturity.md 6.9).
 *
 * Eight views of one assessment: what binds, the smallest sets of steps that reach the next stage,
 * gaps in natural units, what is fragile, which practice unlocks, which evidence would settle the
 * stage, and how far thresholds, weights and definitions decide it. Formulas: docs/method.md.
 *
 * "The profile" is each practice at its level_best; what is unknown stands at level 1, as in the
 * rule of the stage. Where the profile would already reach the target but the stage is missed by
 * many small doubts, levels count only when sure at .90 (`doubt`).
 *
 * Pure: no I/O, no clock; the same assessment gives the same numbers to the last bit. All memory
 * belongs to the result: sensitivity_free(), or TM_CLEANUP(sensitivity_freep). It points into the
 * assessment (ids of practices, measures), which must live longer. Not shared between threads
 * while it is made; read-only afterwards.
 */
#ifndef TM_MATURITY_SENSITIVITY_H
#define TM_MATURITY_SENSITIVITY_H

#include "maturity/score.h"

/* Practices are indices of model->practices, dimensions of model->dimensions. */

/* A practice that is raised. from == to: the level is there but rests on evidence that cannot open
 * the gate of the target stage; proof is asked for, no work (hours 0). */
struct upgrade {
    size_t practice;
    int from, to;
    bool unknown; /* nothing is known of it: it may be done already; `from` is 1 */
    bool forced;  /* every set has it: essential, or an essential practice rests on it */
    double hours; /* effort of the levels from + 1 .. to */
};

struct upgrade_set {
    struct upgrade *steps; /* by index of practice */
    size_t n;
    double hours;
    double worth; /* of the steps that reach the target level, added up; NAN: none is known */
};

/* 1: what stands in the way of the target stage, in the profile. */
struct unmet_essential {
    size_t practice;
    int level;    /* now; 0 unknown */
    int needed;   /* the target stage */
    bool unknown; /* nothing is known */
    bool proof;   /* the level is reached, but the evidence may not open this gate */
};
struct short_dimension {
    size_t dimension;
    double mean;   /* weighted mean level in the profile */
    double needed; /* target - 1 */
    double levels; /* weight x levels short, over the dimension's mean weight: about how many
                      one-level steps */
};
struct binding {
    struct unmet_essential *essentials;
    size_t essential_count;
    double quorum_share;   /* of the weight of all that applies, at the target level or above */
    double quorum_needed;  /* q_s */
    double quorum_deficit; /* share missing; 0 when met */
    double quorum_weight;  /* the same in the model's weights */
    struct short_dimension *dimensions;
    size_t dimension_count;
    bool claims_only; /* everything rests on claims: stage 2 is the most that can be shown */
};

/* 3: a cut in the units of its measure. `more` is how much further k (SHARE, RATE), numerator
 * (FRACTION, RATIO: in units of u, money in minor units) or value (VALUE) takes the printed figure
 * to the cut, the denominator unchanged; negative where less is better or a band is passed at its
 * top. `more_confirmed` takes P(the cut is met) to .90. NAN: cannot be said, or cannot be reached
 * with so few cases. */
struct natural_unit {
    size_t practice, indicator;
    enum indicator_form form;
    int level;    /* the cut leads to */
    double cut;   /* with the shop's multiplier; the upper end of a band when that is what binds */
    double k, n;  /* SHARE, RATE: k of n. FRACTION, RATIO: sums. VALUE: k is the value */
    double value; /* as printed */
    bool met;     /* the printed figure meets the cut */
    double more, more_confirmed;
};

/* 4: a practice whose drop by one level would lower the stage. */
struct fragility {
    size_t practice;
    double p_drop;       /* P(level < level_best) today */
    double p_drop_trend; /* P(it is below level_best in 91 days), from the line through earlier
                            assessments; NAN with fewer than 3 of them */
    int stage_after;     /* best stage with the level one lower */
};

/* 5, 6: from the joint draws as if everything that applies were known and provable: what is
 * unknown is drawn from a prior of .40 .30 .20 .10 over levels 1 to 4 (for simulation only), and
 * every level may open its gate. */
struct practice_sensitivity {
    double birnbaum;         /* P(S >= target) with the practice at the target level at least, less
                                the same with it one below: 0..1; 0 when not applicable */
    double birnbaum_given;   /* P(S >= target | L >= target) - P(S >= target | L < target) as drawn;
                                NAN where one side is drawn in less than 1 of 200 draws */
    double information_bits; /* I(S; L): what knowing the level would tell about the stage */
    double information_share; /* of stage_bits; 0 when there is no doubt */
    double information_worth; /* share x money at stake (wish->worth); NAN unknown */
};

/* A kind of data not yet connected: what knowing its practices would tell. The greatest of its
 * practices' bits is a lower bound of what they tell together. */
struct connection_value {
    size_t need;     /* index in model->needs */
    double bits;     /* I(S; levels of its best practice) */
    double share;    /* of stage_bits */
    double worth;    /* NAN unknown */
    size_t practice; /* that one */
};

/* 7: 500 draws of cuts (log-normal, sd 10 %; level 4 never below 3 below 2) and weights (Dirichlet
 * around the model's, each with a coefficient of variation of 30 %). */
struct robustness {
    size_t draws;
    double same_stage;      /* share with the same best stage, both perturbed */
    double thresholds_same; /* only cuts */
    double weights_same;    /* only weights */
    double stage_share[4];  /* best stage 1..4, both perturbed */
};

/* 8: a practice measured by another definition. One entry for each practice that a variant
 * re-measured and whose level, or being known, differs; entries of one variant stand together. */
struct definition_change {
    const char *id; /* of the variant: "window_90", "window_365", "refunds_in", "guests_apart" */
    size_t practice;
    int level, level_then;    /* level_best; 0 unknown */
    double value, value_then; /* first indicator; NAN unknown */
};
struct definition_variant {
    const char *id;
    size_t measured; /* practices measured anew */
    size_t changed;  /* of these, with another level */
    int stage_then;  /* best stage with all of them changed */
};

/* An earlier assessment of the same shop under the same scoring. */
struct sensitivity_past {
    int64_t as_of;
    const double *continuous; /* per practice; NAN unknown */
};

/* Everything optional: zero for none. */
struct sensitivity_wish {
    const struct score_history *history;
    /* Per practice: money a year that the target level brings; NAN unknown. Give shares of the
     * joint gain (practice_money.share.median): single gains overlap and must not be added. */
    const double *worth;
    const struct sensitivity_past *past;
    size_t past_count;
    const struct evidence_set *const *variants; /* measure_variant() */
    const char *const *variant_ids;
    size_t variant_count;
};

struct sensitivity {
    int target; /* stage that 1, 2 and 5 are about: the assessment's */
    bool doubt; /* see above */
    struct binding binding;
    struct upgrade_set sets[3]; /* 2: least hours first; each leaves out at least one practice of
                                   every one before it */
    size_t set_count; /* 0 at stage 4, and where no practice is short but many are unsure */
    bool sets_proven; /* no set of fewer hours exists; false: search was cut short */
    struct natural_unit *units; /* by practice, indicator, level; up to the level it needs next */
    size_t unit_count;
    struct fragility *fragile; /* most likely drop first */
    size_t fragile_count;
    struct practice_sensitivity *practices; /* per practice */
    struct connection_value *connections;   /* most bits first */
    size_t connection_count;
    double stage_bits;       /* H(S) as drawn for 5 and 6 */
    double stage_bits_shown; /* H(S) of the stage as shown (assessment.stage_p) */
    struct robustness robustness;
    struct definition_change *definitions;
    size_t definition_count;
    struct definition_variant *variants; /* one a variant of the wish */
    size_t variant_count;
    struct arena arena;
};

/* `wish` may be NULL. The assessment must come from score(), with its draws. */
TM_MUST_CHECK enum err_code sensitivity(const struct assessment *a,
                                        const struct sensitivity_wish *wish,
                                        struct sensitivity **out_sensitivity, struct err *err);
void sensitivity_free(struct sensitivity *s);
void sensitivity_freep(struct sensitivity **s);

/* Hours of work from one level of a practice to another. */
double upgrade_hours(const struct practice *practice, int from, int to);

#endif
