/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

/* The split of x that explains most, by F; before and after are the means. F grows with what lies
 * between the two, so that only splits with more of it are looked at. weights: 1/k + 1/(n - k). */
static struct change_point best_split(const double *x, size_t n, size_t margin,
                                      const double *weights)
{
    struct change_point best = {0};
    double mean = 0, all = 0, left = 0, most = 0;

    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        all += (x[i] - mean) * (x[i] - mean);
    for (size_t k = 1; k <= n - margin; k++) {
        double a = (double)k, b = (double)(n - k), between, f;

        left += x[k - 1] - mean;
        between = left * left * weights[k];
        if (k < margin || between <= most)
            continue;
        most = between;
        f = all > between ? between / ((all - between) / (double)(n - 2))
            : between > 0 ? INFINITY
                          : 0;
        if (f > best.f)
            best = (struct change_point){k, mean + left / a, mean - left / b, f, 1};
    }
    return best;
}

/* Blocks in another order, drawn by Fisher and Yates; the rest that fills no block stays at the
 * end. */
static void shuffle(const double *x, size_t n, size_t block, const double *draws, size_t *order,
                    double *out)
{
    size_t blocks = n / block;

    for (size_t i = 0; i < blocks; i++)
        order[i] = i;
    for (size_t i = blocks; i > 1; i--) {
        size_t j = (size_t)(draws[i - 1] * (double)i), keep = order[i - 1];

        order[i - 1] = order[j];
        order[j] = keep;
    }
    for (size_t i = 0; i < blocks; i++)
        memcpy(out + i * block, x + order[i] * block, block * sizeof(*x));
    memcpy(out + blocks * block, x + blocks * block, (n - blocks * block) * sizeof(*x));
}

struct change_point change_point_find(const double *x, size_t n, size_t margin, size_t block,
                                      size_t shuffles, const struct stream *stream)
{
    struct change_point best;
    size_t blocks, as_large = 0, *order;
    double *draws, *mixed, *weights;

    assert(margin >= 1 && n >= 2 * margin && n > 2 && block >= 1 && block <= n);
    weights = xcalloc(n, sizeof(*weights));
    for (size_t k = 1; k < n; k++)
        weights[k] = 1 / (double)k + 1 / (double)(n - k);
    best = best_split(x, n, margin, weights);
    blocks = n / block;
    draws = xcalloc(shuffles * blocks, sizeof(*draws));
    mixed = xcalloc(n, sizeof(*mixed));
    order = xcalloc(blocks, sizeof(*order));
    stream_uniforms(stream, draws, shuffles * blocks);
    for (size_t i = 0; i < shuffles; i++) {
        shuffle(x, n, block, draws + i * blocks, order, mixed);
        as_large += best_split(mixed, n, margin, weights).f >= best.f;
    }
    best.p = ((double)as_large + 1) / ((double)shuffles + 1);
    free(weights);
    free(order);
    free(mixed);
    free(draws);
    return best;
}
