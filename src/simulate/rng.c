/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/rng.h"

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t rng_mix(uint64_t a, uint64_t b)
{
    uint64_t state = a ^ rng_rotl(b, 32) ^ (b * UINT64_C(0xD6E8FEB86659FD93));

    return splitmix(&state);
}

void rng_seed(struct rng *r, uint64_t seed, uint64_t purpose)
{
    uint64_t state = rng_mix(seed, purpose);

    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix(&state);
}

double rng_exponential(struct rng *r, double mean)
{
    return -mean * log1p(-rng_uniform(r));
}

/* Box and Muller, 1958; one of the pair is enough here. */
static double rng_normal(struct rng *r)
{
    double u = 1.0 - rng_uniform(r), v = rng_uniform(r);

    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

int rng_poisson(struct rng *r, double mean)
{
    double limit, product = 1.0;
    int n = 0;

    if (!(mean > 0.0))
        return 0;
    if (mean >= 60.0) {
        double x = mean + sqrt(mean) * rng_normal(r) + 0.5;

        return x > 0.0 ? (int)x : 0;
    }
    limit = exp(-mean);
    for (;;) {
        product *= rng_uniform(r);
        if (product <= limit)
            return n;
        n++;
    }
}

int rng_pick(struct rng *r, const double *weights, int n)
{
    double sum = 0.0, at;

    for (int i = 0; i < n; i++)
        sum += weights[i];
    at = rng_uniform(r) * sum;
    for (int i = 0; i < n - 1; i++) {
        at -= weights[i];
        if (at < 0.0)
            return i;
    }
    return n - 1;
}
