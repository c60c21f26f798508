/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/money_shapley.h"

void shapley_exact(const double *v, size_t n, double *out)
{
    double of_size[SHAPLEY_EXACT_MAX + 1] = {0}; /* of a set of s others: s! (n - s - 1)! / n! */
    double weight[1 << SHAPLEY_EXACT_MAX];
    size_t sets = (size_t)1 << n;

    assert(n <= SHAPLEY_EXACT_MAX);
    for (size_t s = 0; s < n; s++)
        of_size[s] = s == 0 ? 1 / (double)n : of_size[s - 1] * (double)s / (double)(n - s);
    for (size_t set = 0; set < sets; set++)
        weight[set] = of_size[__builtin_popcountl(set)];
    for (size_t i = 0; i < n; i++) {
        size_t bit = (size_t)1 << i;

        out[i] = 0;
        for (size_t block = 0; block < sets; block += 2 * bit)
            for (size_t set = block; set < block + bit; set++)
                out[i] += weight[set] * (v[set + bit] - v[set]);
    }
}

void shapley_orders_make(const struct stream *stream, size_t n, struct shapley_orders *out)
{
    double u[SHAPLEY_ORDERS / 2 * SHAPLEY_MAX];

    assert(n > 0 && n <= SHAPLEY_MAX);
    stream_uniforms(stream, u, TM_COUNT(u));
    for (size_t o = 0; o < SHAPLEY_ORDERS; o += 2) {
        unsigned char *order = out->order[o];

        for (size_t i = 0; i < n; i++)
            order[i] = (unsigned char)i;
        for (size_t i = n - 1; i > 0; i--) {
            size_t j = (size_t)(u[o / 2 * SHAPLEY_MAX + i] * (double)(i + 1));
            unsigned char swap = order[i];

            order[i] = order[j];
            order[j] = swap;
        }
        for (size_t i = 0; i < n; i++)
            out->order[o + 1][i] = order[n - 1 - i];
    }
}

void shapley_sampled(const struct shapley_orders *orders, size_t n,
                     double (*value)(const void *ctx, uint32_t set), const void *ctx, double *out)
{
    double none = value(ctx, 0);

    assert(n <= SHAPLEY_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = 0;
    for (size_t o = 0; o < SHAPLEY_ORDERS; o++) {
        double before = none;
        uint32_t set = 0;

        for (size_t i = 0; i < n; i++) {
            size_t next = orders->order[o][i];
            double after;

            set |= UINT32_C(1) << next;
            after = value(ctx, set);
            out[next] += (after - before) / SHAPLEY_ORDERS;
            before = after;
        }
    }
}
