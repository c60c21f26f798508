/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money_levers.h - which number of a practice moves what in the funnel, by the `lever` that the
 * model names (docs/method.md, "What a gap is worth").
 */
#ifndef TM_MATURITY_MONEY_LEVERS_H
#define TM_MATURITY_MONEY_LEVERS_H

#include "insight/economics.h"
#include "maturity/money_funnel.h"

struct lever {
    const char *name;
    uint32_t needs; /* figures without which nothing can be said: 1 << enum figure_id */
    /* The practice's number goes from `now` up to `cut`, now < cut. */
    void (*move)(const struct funnel *f, double now, double cut, struct funnel_move *m);
};

extern const struct lever levers[];
extern const size_t lever_count;
/* NULL: there is none of that name. */
const struct lever *lever_find(const char *name);

#endif
