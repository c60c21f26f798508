/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* score.h - from evidence to levels, stage and profile (maturity.md 6.3 to 6.8).
 *
 * Pure: no I/O, no clock, no global state; the same evidence and model give the same result to
 * the last bit. The random draws are seeded from the input hash.
 */
#ifndef TM_MATURITY_SCORE_H
#define TM_MATURITY_SCORE_H

#include "maturity/evidence.h"

enum state {
    STATE_MEASURED,
    STATE_OBSERVED,
    STATE_ATTESTED,
    STATE_CLAIMED,
    STATE_STALE,
    STATE_THIN,
    STATE_UNKNOWN,
    STATE_NOT_APPLICABLE,
    STATE_CONFLICT
};
const char *state_name(enum state state); /* "MEASURED" */

/* What the level rests on is CLASS_MEASURED, CLASS_OBSERVED, CLASS_ATTESTED or CLASS_CLAIMED, also
 * where the state is STALE, THIN or CONFLICT; CLASS_NONE when UNKNOWN or NOT_APPLICABLE. */

enum { SCORE_DRAWS = 20000 };

struct interval {
    double low, mid, high;
};

struct practice_result {
    const struct practice *practice;
    const struct evidence *evidence;
    enum state state;
    enum evidence_class rests_on;
    double p[4];         /* P(level = 1..4), after reliability and ageing */
    int level_best;      /* max l: P(L >= l) >= .50; 0 when unknown or not applicable */
    int level_confirmed; /* max l: P(L >= l) >= .90 */
    int level_published; /* with hysteresis against the last published level */
    double continuous;   /* c in [1,4]; NAN when unknown */
    struct interval value[INDICATORS_MAX]; /* point and 90 % interval, in the indicator's unit */
    double needed_more; /* about how many further cases would settle the level (SHARE); 0: it is
                           settled; NAN: unknown, or more than a million */
    int claimed_level;  /* the owner's answer; 0 none */
    int optimism_gap;   /* claimed - measured when they differ by >= 1; else 0 */
    bool gate_ok[3];    /* may it satisfy the essential gate of stages 2, 3, 4 (class, staleness) */
    bool na_refused;    /* "does not apply" was answered but is not accepted: no reason, no date
                           to come, or past the 15 % of weight that may be declared so */
};

struct dimension_result {
    const struct dimension *dimension;
    double value;       /* C_d over known practices; NAN when none is known */
    double low, high;   /* unknown ones at 1 and at 4 */
    double coverage;    /* weight known / weight applicable */
    double p_behind[3]; /* P(mean level < s - 1) for s = 2..4: G3 */
    double target;      /* mean level that the target stage asks for at least; NAN: none applies */
};

enum gap_reason { GAP_ESSENTIAL, GAP_QUORUM, GAP_DIMENSION };

/* A practice that stands between the shop and its target stage. */
struct gap {
    size_t practice;
    enum gap_reason reason;
    int target;   /* level needed */
    double p_met; /* P(level >= target) */
    bool unknown; /* nothing is known: connect or answer first */
    double more;  /* natural units to reach the cut: further k of the same n (fewer: negative);
                     NAN when not SHARE or not known */
};

/* A kind of data to connect next, by the weight it would make known. */
struct connection {
    size_t need;      /* index in model->needs */
    size_t practices; /* it would help to measure */
    size_t essential; /* of these, essential for the target stage or below */
    double weight;    /* share of all applicable weight */
};

struct draws;

struct stage_check {
    double p_essentials; /* P(G1) */
    double p_quorum;     /* P(G2) */
    double p_dimensions; /* P(G3) */
    double quorum_share; /* expected share of weight at level s or above, all applicable */
    double evidence;     /* weight share of MEASURED, OBSERVED, ATTESTED */
    double floor;        /* kappa_s */
    bool floor_met;
};

struct assessment {
    const struct evidence_set *evidence;
    double stage_p[4];            /* P(S = 1..4) */
    int stage_best;               /* max s: P(S >= s) >= .50 */
    int stage_confirmed;          /* max s: P(S >= s) >= .80 and evidence floor met */
    bool stage_claimed;           /* stage_best rests on claims: shown "claimed" */
    struct stage_check checks[3]; /* stages 2..4 */
    struct practice_result *practices;
    struct dimension_result *dimensions;
    struct gap *gaps; /* to the next stage, nearest first */
    size_t gap_count;
    int target;                     /* the stage the gaps lead to: best + 1, at most 4 */
    struct connection *connections; /* most telling first */
    size_t connection_count;
    double index, index_low, index_high; /* 0..100; index is NAN below 60 % coverage */
    double coverage;
    double na_weight;     /* share of the model's weight declared not applicable (at most 15 %) */
    int stage_without_na; /* stage_best if every "does not apply" counted as unknown */
    char result_hash[65];
    const struct draws *draws; /* the joint draws of levels behind it all (draw.h) */
    struct arena arena;
};

/* Last published levels and self-report counts of this shop, for hysteresis (6.6) and
 * calibration (6.4); zero where nothing is known. */
struct score_history {
    int *published; /* per practice, or NULL */
};

TM_MUST_CHECK enum err_code score(const struct evidence_set *evidence,
                                  const struct score_history *history,
                                  struct assessment **out_assessment, struct err *err);
void assessment_free(struct assessment *a);
void assessment_freep(struct assessment **a);

#endif
