/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rng.h - chance, the same on every machine and in every run.
 *
 * xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64 from the user's seed and a
 * purpose, so that one subject's draws do not shift another's. rng_mix() is a hash: it gives a
 * person's unchanging traits (name, city, devices) without storing them.
 */
#ifndef TM_SIMULATE_RNG_H
#define TM_SIMULATE_RNG_H

#include "base/base.h"

enum rng_purpose {
    RNG_SHOP = 1,
    RNG_PEOPLE,
    RNG_ORDERS,
    RNG_MAIL,
    RNG_VISITS,
    RNG_ADS,
    RNG_TEAM,
    RNG_PURPOSES
};

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed, uint64_t purpose);
uint64_t rng_mix(uint64_t a, uint64_t b);

static inline uint64_t rng_rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t result = rng_rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rng_rotl(r->s[3], 45);
    return result;
}

/* In [0, 1). */
static inline double rng_uniform(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

static inline bool rng_chance(struct rng *r, double p)
{
    return rng_uniform(r) < p;
}

/* In 0..n-1; n > 0. */
static inline int rng_below(struct rng *r, int n)
{
    return (int)((rng_next(r) >> 32) * (uint64_t)n >> 32);
}

double rng_exponential(struct rng *r, double mean);
/* Whole numbers around `mean`: Poisson; its normal approximation from 60 on. */
int rng_poisson(struct rng *r, double mean);
/* An index chosen in proportion to the weights; at least one must be positive. */
int rng_pick(struct rng *r, const double *weights, int n);

#endif
