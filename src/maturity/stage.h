/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stage.h - the stage as a whole, from joint draws of levels (maturity.md 6.7).
 *
 * Stage s holds in a draw if stage s - 1 does and
 *     G1  every applicable essential practice of stage s or below is at level s, on evidence that
 *         may satisfy that gate;
 *     G2  practices at level s carry a share q_s of the weight of all applicable ones;
 *     G3  the weighted mean level of every dimension is s - 1 or more.
 * What is unknown counts as not reached: it fails G1 and stands at level 1 in G2 and G3. So data
 * that is withheld never raises a stage and an answer never lowers one. A run that rests on
 * claims alone stays at stage 2 at most (I10).
 *
 * The stage shown is the highest that is reached more likely than not. The most frequent stage
 * would mostly be the same, but can fall when a practice gets better (.33 .33 .34 against
 * .28 .38 .34), which I1 forbids.
 */
#ifndef TM_MATURITY_STAGE_H
#define TM_MATURITY_STAGE_H

#include "maturity/draw.h"

enum stage_variant {
    STAGE_AS_IS,
    STAGE_WITHOUT_CLAIMS, /* claims count as unknown */
    STAGE_WITHOUT_NA      /* what the owner declared not applicable counts as unknown */
};

/* Shares of weight are sums of decimals such as .7; a tie is a pass. */
#define STAGE_SLACK 1e-9

struct stage_view {
    double p[4];
    int best; /* stage_best_of(p) */
    struct stage_check checks[3];
    const uint8_t *stages; /* of each draw; in the arena */
};

/* max s : P(S >= s) >= .50 */
int stage_best_of(const double p[4]);

/* `out_behind`: a row of 3 for each dimension (dimension_result.p_behind), or NULL. */
TM_MUST_CHECK enum err_code stage_judge(const struct model *model,
                                        const struct practice_result *results,
                                        const struct draws *draws, enum stage_variant variant,
                                        struct arena *arena, struct stage_view *out_view,
                                        double (*out_behind)[3], struct err *err);
/* The highest s with P(S >= s) >= .80 and the evidence floors up to s met; 1 on claims alone. */
int stage_confirmed(const struct stage_view *view, const struct practice_result *results,
                    size_t count);

#endif
