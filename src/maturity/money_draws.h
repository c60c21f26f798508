/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money_draws.h - draws of the shop's figures and of what messages bring, one row a figure.
 *
 * Each number draws from a stream of its own, named by the input's hash and the number's name:
 * what is known of one never changes the draws of another. Draws come from the central 99 % of a
 * posterior, so that the long tail of a ratio from few customers cannot carry a mean away.
 */
#ifndef TM_MATURITY_MONEY_DRAWS_H
#define TM_MATURITY_MONEY_DRAWS_H

#include "base/arena.h"
#include "insight/economics.h"
#include "maturity/money_funnel.h"

/* What a margin that is not known is drawn from, evenly. Contribution margins before marketing of
 * shops differ about so much; our own assumption, and said to be one. */
#define MONEY_MARGIN_LOW .20
#define MONEY_MARGIN_HIGH .60

struct money_draws {
    size_t n;
    double *figures[FIGURE_COUNT]; /* NULL: not known */
    double *margin;
    double *incrementality;
    double *finished;
    bool incrementality_own;
};

/* n draws of a posterior into `out`. */
TM_MUST_CHECK enum err_code money_draw_posterior(const struct posterior *posterior,
                                                 const char *input_hash, const char *name, size_t n,
                                                 double *out, struct err *err);
/* `margin` NAN: not known. Rows are in the arena. */
TM_MUST_CHECK enum err_code money_draws_make(const struct economics *e, double margin,
                                             const char *input_hash, size_t n, struct arena *arena,
                                             struct money_draws *out, struct err *err);
/* The shop in draw i. */
struct funnel money_draws_funnel(const struct money_draws *d, size_t i);

#endif
