/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap.h - what to do when: steps laid over quarters (maturity.md 6.11).
 *
 * A step raises one practice by one level. Which steps are done, and in which quarter, is an
 * integer program (Pritsker, Watters and Wolfe 1969: one 0/1 variable a step and quarter):
 *
 *     maximise    sum of x[s,q] left(q) (P(s) V(s) + lambda I(s) W - C(s)) + sum of z[q] left(q) W
 *     so that     each step begins once at most, after the steps that it needs;
 *                 the hours of every role and the money of every quarter suffice;
 *                 z[q] <= every condition of the stage (essentials, quorum, dimensions) in q.
 *
 *     left(q)     years of the horizon left after a step of quarter q is in place, on average in
 *                 its middle: (Q - q - 1/2) / 4
 *     P(s)        that the step works: mean of Beta(succeeded + 1, failed + 1), .5 at first
 *     V(s)        median gain a year: the practice's share of the joint gain (which may be added),
 *                 spread evenly over its steps to the target
 *     I(s)        Birnbaum importance of the practice, spread likewise; where the stage is too far
 *                 off for the draws to tell, a floor by what the stage asks (roadmap_worth.c)
 *     W           what reaching the stage is worth: the joint gain a year. 1 where no money is
 *                 known; then V and C are 0, and the plan seeks the stage alone
 *     C(s)        tools a year, where their money can be compared with the gain
 *     lambda      1/4
 *
 * The prerequisites of a step: prerequisite_level(). What is unknown counts as level 1, and the
 * step says so. A step longer than a quarter of its role is spread over as few quarters as hold it.
 *
 * Wishes of the owner (pins, what has begun) come first. Where they cannot all be met the plan
 * leaves out as few of them as possible and tells what else would have to give.
 *
 * Pure but for the time limit: the same input gives the same plan whenever the search ends before
 * it; otherwise the best found is returned with its proven gap. GLPK has one state a process here:
 * calls from several threads wait for one another.
 */
#ifndef TM_MATURITY_ROADMAP_H
#define TM_MATURITY_ROADMAP_H

#include "maturity/money.h"
#include "maturity/plan.h"
#include "maturity/sensitivity.h"

/* How often a practice's steps have worked before in this shop (store/steps.h). */
struct success_prior {
    int succeeded, failed;
};
/* Mean of Beta(succeeded + 1, failed + 1). */
double success_mean(const struct success_prior *prior);

/* What a step is in the plan for. */
enum road_why {
    ROAD_BEGUN,  /* it has begun */
    ROAD_PINNED, /* the owner wants it there */
    ROAD_STAGE,  /* the target stage cannot be reached without it */
    ROAD_OPENS,  /* another step of the plan (`opens`) needs it */
    ROAD_COUNTS, /* it counts towards the share or the area that the stage asks for */
    ROAD_GAIN,   /* what it brings */
    ROAD_SAFETY  /* it makes the stage surer */
};

/* Why it does not come a quarter earlier. */
enum road_hold {
    HOLD_NOTHING,  /* it is in the first quarter */
    HOLD_WAITS,    /* for another step: `waits_for` */
    HOLD_CAPACITY, /* the hours of its role in the quarter before are used by better steps */
    HOLD_BUDGET,   /* the money of an earlier quarter is */
    HOLD_PIN,      /* the owner wants it there */
    HOLD_DATE,     /* the owner wants it no earlier: not_before */
    HOLD_CHOICE    /* nothing is in the way: it brings no more earlier */
};

/* How the next assessment will prove or refute a step. */
struct road_check {
    const char *measure;
    size_t indicator; /* of the practice */
    double cut;       /* with the shop's factor; in the indicator's unit */
    int64_t day;      /* first one on which it can be measured in full */
    double sample;    /* cases needed to confirm the level at .9 when the share stands half-way
                         between this cut and the next; NAN where the form has no such number */
    double now;       /* NAN: unknown */
};

/* Days are counted from 1970-01-01. */
struct road_step {
    size_t practice;
    int from, to;
    bool unknown;       /* nothing is known of the practice: look first, it may be done */
    int quarter;        /* from 0: it begins */
    int last;           /* from 0: it ends */
    size_t role;        /* of the model */
    const char *owner;  /* "" when not named */
    int64_t not_before; /* as wished; PLAN_NO_DAY */
    int64_t start_day, end_day;
    double hours;         /* that are left to do */
    double cost;          /* of its tools within the horizon, major units of `currency` */
    struct estimate gain; /* a year, of this step; NAN unknown */
    double p_success, birnbaum;
    double priority; /* formula of 6.11, per day of 8 hours */
    bool quick_win;  /* 16 hours at most, and the low end of the gain above 0 */
    bool pinned, begun;
    enum road_why why;
    enum road_hold hold;
    size_t opens;     /* step of the plan that needs it; SIZE_MAX */
    size_t waits_for; /* step of the plan; SIZE_MAX */
    struct road_check check;
};

/* A step that is not in the plan. */
enum road_left_why {
    LEFT_FORBIDDEN,
    LEFT_BEHIND, /* a step that it needs is not in the plan */
    LEFT_HOURS,  /* the hours of its role do not reach */
    LEFT_BUDGET,
    LEFT_DATE, /* the owner wants it later than the plan reaches */
    LEFT_WORTH /* it brings less than it costs, or nothing that is known */
};
struct road_left {
    size_t practice;
    int from, to;
    size_t role;
    double hours;
    enum road_left_why why;
};

/* What would have to give for a wish. */
enum road_demand_kind { DEMAND_HOURS, DEMAND_BUDGET, DEMAND_DROP_PIN, DEMAND_DROP_BEGUN };
struct road_demand {
    enum road_demand_kind kind;
    int quarter;     /* HOURS, BUDGET */
    size_t role;     /* HOURS */
    double amount;   /* hours, or major units of `currency` */
    size_t practice; /* DROP_... */
};
struct road_demands {
    struct road_demand *items;
    size_t n;
    bool possible; /* false: no hours and money would do */
};

/* A role's hours, used and there, and the money, a quarter. */
struct road_load {
    double used[PLAN_QUARTERS_MAX], have[PLAN_QUARTERS_MAX];
};

struct roadmap {
    const struct model *model;
    int target; /* stage */
    int quarters;
    int64_t quarter_days[PLAN_QUARTERS_MAX + 1]; /* first days; the last is the end */
    struct road_step *steps;                     /* by start, then in the model's order */
    size_t step_count;
    struct road_left *left;
    size_t left_count;
    bool already;                 /* the levels make up the stage; what lacks is certainty */
    int reached;                  /* quarter at whose end the stage is reached; -1 not within */
    struct road_demands to_reach; /* least more for the stage within the horizon, when it is not */
    bool feasible;                /* all wishes could be met */
    struct road_demands to_fit;   /* least more hours and money for all wishes, when not */
    struct road_demands to_drop;  /* fewest wishes to drop instead; the plan is without them */
    size_t *proofs;               /* practices whose level suffices but whose evidence may not
                                     open the stage: bring proof or data */
    size_t proof_count;
    struct road_load *roles;      /* a role of the model */
    struct road_load budget;      /* `have` is NAN when there is no limit */
    const char *currency;         /* of costs: the plan's, or USD */
    const char *gain_currency;    /* of gains: "" when no money is known */
    double objective, bound, gap; /* of the integer program; gap: proven, relative; 0 optimal */
    double seconds;               /* taken */
    struct arena arena;
};

/* `s`, `m` and `priors` (per practice) may be NULL. `plan` and the model live on in the result:
 * both must live longer. */
TM_MUST_CHECK enum err_code roadmap(const struct assessment *a, const struct sensitivity *s,
                                    const struct money *m, const struct plan *plan,
                                    const struct success_prior *priors,
                                    struct roadmap **out_roadmap, struct err *err);
void roadmap_free(struct roadmap *map);
void roadmap_freep(struct roadmap **map);

#endif
