/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* units.h - how far a cut is away, in the units of what was counted (maturity.md 6.9, 3).
 *
 *     SHARE     further k among the same n: ceil(t n) - k; for certainty the smallest k with
 *               1 - I(t; k + 1/2, n - k + 1/2) >= .90
 *     RATE      further events in the same months, likewise with the Gamma posterior
 *     FRACTION  further numerator over the same denominator: t sum(d) - sum(u); for certainty the
 *     RATIO     same to that R whose t interval, at today's standard error on its scale, lies
 *               above t at .90
 *     VALUE     t - value; a plain fact needs no more for certainty
 *
 * Where less is better the numbers are negative: so many fewer. Pure.
 */
#ifndef TM_MATURITY_UNITS_H
#define TM_MATURITY_UNITS_H

#include "maturity/level.h"

struct unit_gap {
    double cut;            /* the one that binds: the level's, or the upper end of its band */
    double value;          /* as printed */
    bool met;              /* the printed value meets the cut */
    double more;           /* to the cut; 0 when met */
    double more_confirmed; /* to P(met) >= .90; 0 when it is; NAN out of reach */
};

/* `level` 2..4 with a cut of its own. The finding must be usable. */
struct unit_gap unit_gap(const struct indicator *indicator, const struct cuts *cuts,
                         const struct finding *finding, int level);

#endif
