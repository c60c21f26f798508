/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money_shapley.h - to split a joint gain fairly over those who brought it (Shapley 1953).
 *
 * A share is the mean of what one adds, over all orders in which they may come:
 *     phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))
 * Shares add up to v(all) - v(none); one that never adds anything gets 0. Pure.
 */
#ifndef TM_MATURITY_MONEY_SHAPLEY_H
#define TM_MATURITY_MONEY_SHAPLEY_H

#include "stats/stats.h"

enum { SHAPLEY_EXACT_MAX = 12, SHAPLEY_MAX = 32, SHAPLEY_ORDERS = 128 };

/* `v` has 2^n values by set (bit i: i is in it), n <= SHAPLEY_EXACT_MAX; `out` has n. */
void shapley_exact(const double *v, size_t n, double *out);

/* Orders to sample when there are more: random ones, each also backwards. */
struct shapley_orders {
    unsigned char order[SHAPLEY_ORDERS][SHAPLEY_MAX];
};
void shapley_orders_make(const struct stream *stream, size_t n, struct shapley_orders *out);
/* The mean over the orders; the shares add up all the same. `value` is asked for sets. */
void shapley_sampled(const struct shapley_orders *orders, size_t n,
                     double (*value)(const void *ctx, uint32_t set), const void *ctx, double *out);

#endif
