/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The least of the sorted x up to which at least a share q of the weight lies. */
static double weighted_quantile(const double *x, const double *w, size_t n, double q)
{
    double total = 0, sum = 0;

    for (size_t i = 0; i < n; i++)
        total += w[i];
    for (size_t i = 0; i < n; i++) {
        sum += w[i];
        if (sum >= q * total)
            return x[i];
    }
    return x[n - 1];
}

static double sorted_at(const double *x, size_t n, double prob)
{
    size_t i = (size_t)(prob * (double)n);

    return x[i < n ? i : n - 1];
}

void bootstrap_quantile(double *x, size_t n, double q, const struct stream *s, size_t draws,
                        double mass, double *work, double *out_point, double *out_low,
                        double *out_high)
{
    double *w = work, *found = work + n, tail = 0.5 * (1 - mass);

    assert(n >= 1 && draws >= 1 && q > 0 && q < 1);
    qsort(x, n, sizeof(*x), compare_doubles);
    for (size_t i = 0; i < n; i++)
        w[i] = 1;
    *out_point = weighted_quantile(x, w, n, q);
    for (size_t d = 0; d < draws; d++) {
        struct stream part = *s;

        for (size_t byte = 0; byte < 8; byte++) /* a stream of its own for each draw */
            part.seed[byte] ^= (unsigned char)((uint64_t)d >> (8 * byte));
        stream_uniforms(&part, w, n);
        for (size_t i = 0; i < n; i++)
            w[i] = -log(w[i]);
        found[d] = weighted_quantile(x, w, n, q);
    }
    qsort(found, draws, sizeof(*found), compare_doubles);
    *out_low = fmin(sorted_at(found, draws, tail), *out_point);
    *out_high = fmax(sorted_at(found, draws, 1 - tail), *out_point);
}
