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

/* d - D over its standard error is between low and high. */
struct bounds {
    double low, high, se;
};

/* ---- each group by itself ----------------------------------------------------------------- */

/* Hall (1992): y = x + a x^2 + a^2 x^3 / 3 + a / 2, turned round. a: a third of the skewness. */
static double unskewed(double y, double a)
{
    if (fabs(a) < 1e-9)
        return y;
    return (cbrt(1 + 3 * a * (y - a / 2)) - 1) / a;
}

/* Welch (1947): the degrees of freedom of a sum of two variances. */
static double freedom(double v1, double df1, double v2, double df2)
{
    double v = v1 + v2;

    return v * v / (v1 * v1 / df1 + v2 * v2 / df2);
}

static bool apart(const struct lift_arm *treated, const struct lift_arm *held_out, double mass,
                  struct bounds *out)
{
    struct mean_of t = mean_of(treated), h = mean_of(held_out);
    double variance = t.variance + h.variance, se = sqrt(variance), q, a;

    if (!(variance > 0))
        return false;
    q = gsl_cdf_tdist_Pinv(
        0.5 + mass / 2, freedom(t.variance, treated->people - 1, h.variance, held_out->people - 1));
    a = (t.third - h.third) / (variance * se) / 3;
    *out = (struct bounds){.low = unskewed(-q, a), .high = unskewed(q, a), .se = se};
    return true;
}

/* ---- the shape of what payers spend, of both groups --------------------------------------- */

/* Of what payers spent, over the geometric mean of their group: moments about zero, and its
 * covariance with its logarithm. */
struct shape {
    double m1, m2, m3, with_log;
};

static double scale_of(const struct lift_arm *arm)
{
    return exp(arm->logs / arm->payers);
}

static double spread_of_logs(const struct lift_arm *arm)
{
    return fmax(arm->logs2 - arm->logs * arm->logs / arm->payers, 0) / (arm->payers - 1);
}

/* Whether the groups' logarithms are as widely spread (F test). */
static bool share_a_shape(const struct lift_arm *a, const struct lift_arm *b)
{
    double va = spread_of_logs(a), vb = spread_of_logs(b), lo = fmin(va, vb), hi = fmax(va, vb);
    double n_hi = va > vb ? a->payers : b->payers, n_lo = va > vb ? b->payers : a->payers;

    if (hi < 1e-9) /* one price */
        return true;
    return gsl_cdf_fdist_Q(hi / fmax(lo, 1e-12), n_hi - 1, n_lo - 1) >= LIFT_SHAPES_DIFFER / 2;
}

static struct shape shape_of(const struct lift_arm *a, const struct lift_arm *b)
{
    double ga = scale_of(a), gb = scale_of(b), n = a->payers + b->payers;

    return (struct shape){
        .m1 = (a->sum / ga + b->sum / gb) / n,
        .m2 = (a->sum2 / (ga * ga) + b->sum2 / (gb * gb)) / n,
        .m3 = (a->sum3 / (ga * ga * ga) + b->sum3 / (gb * gb * gb)) / n,
        .with_log = ((a->with_logs - a->sum * a->logs / a->payers) / ga +
                     (b->with_logs - b->sum * b->logs / b->payers) / gb) /
                    (n - 2),
    };
}

/* `swing`: of the mean with the relative error of its own standard error, which the group's share
 * of payers and its scale make. */
struct shaped {
    double variance, third, swing;
};

static struct shaped shaped(const struct lift_arm *arm, const struct shape *s)
{
    double n = arm->people, p = arm->payers / n, g = scale_of(arm), e1 = p * g * s->m1,
           e2 = p * g * g * s->m2, e3 = p * g * g * g * s->m3;

    return (struct shaped){.variance = (e2 - e1 * e1) / (n - 1),
                           .third = (e3 - 3 * e1 * e2 + 2 * e1 * e1 * e1) / (n * n),
                           .swing = g * (s->with_log + s->m1 * (1 - p) / 2) / n};
}

/* Cornish and Fisher (1938) with the first and third cumulants of d over its estimated error. */
static bool together(const struct lift_arm *treated, const struct lift_arm *held_out, double mass,
                     struct bounds *out)
{
    struct shape s = shape_of(treated, held_out);
    struct shaped t = shaped(treated, &s), h = shaped(held_out, &s);
    double variance = t.variance + h.variance, se = sqrt(variance), q, swing, skew, shift;

    if (!(t.variance > 0 && h.variance > 0))
        return false;
    q = gsl_cdf_tdist_Pinv(
        0.5 + mass / 2, freedom(t.variance, treated->payers - 1, h.variance, held_out->payers - 1));
    swing = (t.variance * t.swing - h.variance * h.swing) / (variance * se);
    skew = (t.third - h.third) / (variance * se) - 6 * swing;
    shift = skew * (q * q - 1) / 6 - swing;
    *out = (struct bounds){.low = shift - q, .high = shift + q, .se = se};
    return true;
}

static bool is_enough(const struct lift_arm *arm)
{
    return arm->people >= LIFT_PEOPLE_MIN && arm->buyers >= LIFT_BUYERS_MIN;
}

static bool has_shape(const struct lift_arm *arm)
{
    return arm->payers >= LIFT_BUYERS_MIN && arm->sum > 0;
}

struct lift lift_of_means(const struct lift_arm *treated, const struct lift_arm *held_out,
                          double mass)
{
    struct lift lift = {.value = NAN, .low = NAN, .high = NAN};
    struct bounds b;
    bool one_shape, found;

    if (treated->people < 1 || held_out->people < 1)
        return lift;
    lift.value = treated->sum / treated->people - held_out->sum / held_out->people;
    if (!is_enough(treated) || !is_enough(held_out))
        return lift;
    one_shape = has_shape(treated) && has_shape(held_out) && share_a_shape(treated, held_out);
    found = one_shape ? together(treated, held_out, mass, &b) : apart(treated, held_out, mass, &b);
    if (found) {
        lift.low = lift.value - b.high * b.se;
        lift.high = lift.value - b.low * b.se;
    }
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
