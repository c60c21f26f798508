/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include <gsl/gsl_cdf.h>

/* Of what the people of an arm spent: its mean, the variance of that mean, and its third cumulant.
 */
struct mean_of {
    double mean, variance, third;
};

static struct mean_of mean_of(const struct lift_arm *arm)
{
    double n = arm->people, m = arm->sum / n, second = arm->sum2 / n - m * m,
           third = arm->sum3 / n - 3 * m * arm->sum2 / n + 2 * m * m * m;

    return (struct mean_of){.mean = m,
                            .variance = fmax(second, 0) / (n - 1),
                            .third = n > 2 ? third / ((n - 1) * (n - 2)) : 0};
}

/* Hall (1992): y = x + a x^2 + a^2 x^3 / 3 + a / 2, turned round. a: a third of the skewness. */
static double unskewed(double y, double a)
{
    if (fabs(a) < 1e-9)
        return y;
    return (cbrt(1 + 3 * a * (y - a / 2)) - 1) / a;
}

static bool is_enough(const struct lift_arm *arm)
{
    return arm->people >= LIFT_PEOPLE_MIN && arm->buyers >= LIFT_BUYERS_MIN;
}

struct lift lift_of_means(const struct lift_arm *treated, const struct lift_arm *held_out,
                          double mass)
{
    struct lift lift = {.value = NAN, .low = NAN, .high = NAN};
    struct mean_of t, h;
    double variance, se, df, q, a;

    if (treated->people < 1 || held_out->people < 1)
        return lift;
    lift.value = treated->sum / treated->people - held_out->sum / held_out->people;
    if (!is_enough(treated) || !is_enough(held_out))
        return lift;
    t = mean_of(treated);
    h = mean_of(held_out);
    variance = t.variance + h.variance;
    if (variance <= 0)
        return lift;
    se = sqrt(variance);
    df = variance * variance /
         (t.variance * t.variance / (treated->people - 1) +
          h.variance * h.variance / (held_out->people - 1));
    q = gsl_cdf_tdist_Pinv(0.5 + mass / 2, df);
    a = (t.third - h.third) / (variance * se) / 3;
    lift.low = lift.value - unskewed(q, a) * se;
    lift.high = lift.value - unskewed(-q, a) * se;
    return lift;
}

/* Wilson (1927). */
static void wilson(double k, double n, double z, double *out_low, double *out_high)
{
    double p = k / n, mid = (p + z * z / (2 * n)) / (1 + z * z / n),
           half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);

    *out_low = mid - half;
    *out_high = mid + half;
}

struct lift lift_of_shares(const struct lift_arm *treated, const struct lift_arm *held_out,
                           double mass)
{
    struct lift lift = {.value = NAN, .low = NAN, .high = NAN};
    double z = normal_quantile(0.5 + mass / 2), p1, p2, l1, u1, l2, u2;

    if (treated->people < 1 || held_out->people < 1)
        return lift;
    p1 = treated->buyers / treated->people;
    p2 = held_out->buyers / held_out->people;
    lift.value = p1 - p2;
    if (treated->people < LIFT_PEOPLE_MIN || held_out->people < LIFT_PEOPLE_MIN)
        return lift;
    wilson(treated->buyers, treated->people, z, &l1, &u1);
    wilson(held_out->buyers, held_out->people, z, &l2, &u2);
    lift.low = lift.value - sqrt((p1 - l1) * (p1 - l1) + (u2 - p2) * (u2 - p2));
    lift.high = lift.value + sqrt((u1 - p1) * (u1 - p1) + (p2 - l2) * (p2 - l2));
    return lift;
}
