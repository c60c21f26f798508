/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money.h - what a gap is worth a year (maturity.md 6.10; docs/method.md, "What a gap is worth").
 *
 * Pure: no I/O, no clock; draws are seeded from the input hash, so that the same input gives the
 * same numbers to the last bit. Amounts are contribution margin a year in minor units of the
 * reporting currency: estimates with a spread, therefore no integers; a report rounds them.
 *
 * A lever is a practice whose number moves one parameter of one simulated funnel (money_levers.c,
 * money_funnel.c). In each draw every lever's present place comes from the practice's posterior
 * and its place after from the cut of the level needed. Levers overlap: their single gains must
 * never be added. What all bring together is `joint`, and `share` splits it (Shapley 1953): shares
 * may be added, and add up to the joint gain in every draw.
 */
#ifndef TM_MATURITY_MONEY_H
#define TM_MATURITY_MONEY_H

#include "insight/economics.h"
#include "maturity/score.h"

enum { MONEY_DRAWS = 1000 };

/* 5, 50 and 95 % of the draws. */
struct estimate {
    double low, median, high;
};

struct lever_money {
    const char *lever;     /* as in the model: "second_purchase" */
    size_t practice;       /* index in the model */
    int level;             /* the level that is asked for */
    double now, cut;       /* point now, and what that level asks, in the indicator's unit */
    struct estimate alone; /* this lever alone, everything else as it is */
    struct estimate share; /* its Shapley share of the joint gain */
    bool known;
    const char *missing; /* what data lacks, to be translated; NULL when known */
};

struct practice_money {
    struct estimate gain;  /* the lever alone; for one step. Overlaps: do not add */
    struct estimate share; /* of the joint gain: may be added */
    double at_stake;       /* expected gain a year while the gap stays: mean of the draws alone */
    bool known;            /* false: no lever, or no data for it */
    const char *missing;   /* to be translated; NULL when known or when the practice has no lever */
};

struct money {
    char currency[4];
    int decimals;
    int level;                      /* the level asked of every practice: the target stage's */
    double margin;                  /* the mean that was used */
    double margin_low, margin_high; /* the range drawn from; equal to margin when it is known */
    bool margin_known;
    struct estimate joint;
    double revenue; /* of the last 365 days; NAN: unknown. Beside it stands the joint gain */
    struct lever_money *levers;
    size_t lever_count;
    struct practice_money *practices; /* per practice of the model */
    size_t draw_count;
    double *joint_draws;               /* draw_count */
    double *alone_draws, *share_draws; /* a row of draw_count for each lever */
    double incrementality;             /* mean share of messages' sales that is their doing */
    double incrementality_low, incrementality_high; /* 5 and 95 % */
    bool incrementality_own;                        /* from the shop's own hold-out */
    struct arena arena;
};

struct money_wish {
    double margin; /* 0..1; NAN: unknown */
    int level;     /* 0: that of the assessment's target stage */
    size_t draws;  /* 0: MONEY_DRAWS */
    /* Per practice: the level that it is moved to, 0 where it is not; only these levers are pulled.
     * NULL: all of them, to `level`. */
    const int *levels;
};

TM_MUST_CHECK enum err_code money(const struct assessment *a, const struct economics *e,
                                  const struct money_wish *wish, struct money **out_money,
                                  struct err *err);
void money_free(struct money *m);
void money_freep(struct money **m);

#endif
