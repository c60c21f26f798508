/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stats.h - the front of src/stats: what numbers from few customers do and do not say.
 *
 * Pure kernels: no I/O, no clock, no state; randomness comes from a seed that the caller names,
 * and the same seed gives the same numbers on every machine. Arguments are finite; what is asked
 * of them stands at each function and is asserted. docs/method.md gives the reasons.
 */
#ifndef TM_STATS_STATS_H
#define TM_STATS_STATS_H

#include "base/base.h"

/* Standard normal. */
double normal_cdf(double z);
double normal_quantile(double p); /* 0 < p < 1 */
/* Student's t with df > 0 degrees of freedom. */
double student_cdf(double t, double df);

/* Sums over clusters c (customers, or days of spend) of numerator u and denominator d. */
struct ratio_sums {
    double clusters, su, sd, suu, sud, sdd;
};

enum posterior_kind {
    POSTERIOR_POINT,   /* a plain fact */
    POSTERIOR_BETA,    /* a, b: shapes */
    POSTERIOR_GAMMA,   /* a: shape, b: rate */
    POSTERIOR_LOGIT_T, /* logit(theta) = a + b t(df) */
    POSTERIOR_LOG_T    /* ln(theta) = a + b t(df) */
};

/* What is known about one number: a distribution, and the value that is printed. */
struct posterior {
    enum posterior_kind kind;
    double point;
    double a, b, df;
    double n_eff; /* cases it rests on; for ratios Kish's effective number of clusters */
};

struct posterior posterior_point(double value);

/* k of n with Jeffreys' prior: theta ~ Beta(k + 1/2, n - k + 1/2). 0 <= k <= n, n > 0.
 * Brown, Cai, DasGupta (2001), Statistical Science 16(2), 101-133. */
struct posterior posterior_share(double k, double n);

/* x events in t > 0 units of time: lambda ~ Gamma(x + 1/2, t). */
struct posterior posterior_rate(double x, double t);

/* Ratio of sums R = su / sd, sd > 0, clusters >= 1, with
 *     v = n / (n - 1) * sum (u_c - R d_c)^2 / (sum d_c)^2      (linearised variance)
 *     n_eff = (sum d_c)^2 / sum d_c^2                          (Kish 1965)
 *     (g(theta) - g(R)) / se ~ t(max(n_eff - 1, 3))
 * g = logit for a fraction within (0,1), se = sqrt(v) / (R (1 - R)); g = ln for a positive ratio,
 * se = sqrt(v) / R. A fraction of 0 or 1, or of one cluster, is judged as n_eff cases of a share;
 * a positive ratio of one cluster is given a coefficient of variation of 1, because one cluster
 * says nothing about spread; a ratio of 0 or less is a plain fact. */
struct posterior posterior_fraction(const struct ratio_sums *s);
struct posterior posterior_ratio(const struct ratio_sums *s);

/* P(theta <= x) and P(theta >= x); for a plain fact with a tolerance of 1e-9. */
double posterior_below(const struct posterior *p, double x);
double posterior_above(const struct posterior *p, double x);
double posterior_quantile(const struct posterior *p, double prob); /* 0 < prob < 1 */
/* Equal tails; `mass` = .90 leaves 5 % on either side. Always holds the point, and reaches the
 * end of the scale where k = 0 or k = n (Brown et al. 2001, section 4.1). */
void posterior_interval(const struct posterior *p, double mass, double *out_low, double *out_high);

/* How many cases it takes until k of n shows, with `confidence`, that a true rate lies on its
 * side of `cut`, in a share `power` of all cases. About: the exact number jumps by a few from n
 * to n + 1. INFINITY past `most`, and when rate and cut are equal. */
double cases_to_confirm(double rate, double cut, double confidence, double power, double most);

/* Self-report: how far this shop's answers lie from what was measured, as counts of
 * measured - claimed in {-2, -1, 0, +1} on top of 1, 3, 6, 0.7 cases that stand for all shops. */
struct selfreport {
    double counts[4];
};
void selfreport_add(struct selfreport *s, int claimed, int measured);
/* P(level = 1..4 | claimed). */
void selfreport_levels(const struct selfreport *s, int claimed, double out_p[4]);

/* In place: covariances (n x n, row-major) become correlations. Rows without variance stand on
 * their own. */
void correlation_of(double *m, size_t n);
/* In place: the lower triangle of a Cholesky factor of a correlation matrix; the upper becomes 0.
 * Pivots below `tolerance` count as 0 and rows are scaled back to length 1, so that a matrix
 * which is only semi-definite, or a hair less, still gives unit variances. Returns the rank. */
size_t cholesky_correlation(double *m, size_t n, double tolerance);

/* A stream of random numbers with a name: streams of other names do not depend on it. */
struct stream {
    unsigned char seed[32];
};
/* The seed is SHA-256 over the parts, NULL-terminated list of strings. */
struct stream stream_of(const char *first, ...) __attribute__((sentinel));
/* n numbers in (0, 1), 53 bits each, from ChaCha20 (Bernstein 2008). */
void stream_uniforms(const struct stream *s, double *out, size_t n);
void stream_normals(const struct stream *s, double *out, size_t n);

/* The share to whom something has happened by a time, when not all could be watched so long
 * (Kaplan and Meier 1958), and its interval on the log-log scale from Greenwood's variance
 * (Kalbfleisch and Prentice 1980). Rows ascend in time; at one time events come before endings. */
struct survival_row {
    double at, events, ended;
};
struct survival_point {
    double
        at_risk; /* to whom it had not happened before that time, and who were watched up to it */
    double share, low, high; /* NAN bounds while nothing, or everything, has happened */
};
struct survival_point survival_at(const struct survival_row *rows, size_t n, double at,
                                  double mass);

/* What the next `horizon` days of a daily series come to: the same days 52 weeks before times the
 * growth of the last 13 weeks over the same 13 weeks a year before (seasonal naive with drift); in
 * a younger series the mean of the last eight weeks. The band holds `mass` of the errors that the
 * same method made in the past at origins a week apart, by order statistics: Hyndman and
 * Athanasopoulos (2021), Forecasting, sections 5.2, 5.5, 5.10. The origins overlap, so that the
 * band is rough; below FORECAST_TRIES_MIN of them there is none (NAN). False: too short. */
enum { FORECAST_TRIES = 60, FORECAST_TRIES_MIN = 10 };
struct forecast {
    double value, low, high;
    bool seasonal;
    size_t tries;
    double ratios[FORECAST_TRIES]; /* what came over what was said, ascending */
};
bool forecast_sum(const double *x, size_t n, size_t horizon, double mass, struct forecast *out);
/* The chance that it comes to so much, by the same errors; NAN where there is no band. */
double forecast_chance(const struct forecast *f, double at_least);

/* What messages brought, out of people of whom some by lot got none: means (of what each spent) and
 * shares (who ordered at all), those who got them less those held out, with an interval of `mass`.
 *
 * Spending is mostly nothing and now and then a lot, so the mean's t statistic T = (d - D) / se is
 * skewed, and a small group that by chance has no large order has too small an error. So the shape
 * of what payers spend, over the geometric mean of their group, is taken of both groups together,
 * and the groups differ in their share of payers and in scale. T's first and third cumulants follow
 * from both (Hall 1992, The Bootstrap and Edgeworth Expansion, 2.3 and 2.4), its quantiles from
 * them (Cornish and Fisher 1938, Revue de l'Institut International de Statistique 5(4), 307-320),
 * with Welch's degrees of freedom (1947) of payers. Where the groups' logarithms are not as widely
 * spread (F test at LIFT_SHAPES_DIFFER), each group stands for itself: the skewness goes out by
 * Hall's monotone cubic (1992, Journal of the Royal Statistical Society B 54, 221-228), as Zhou and
 * Dinh (2005, Biostatistics 6(2), 187-200) do for two groups. Below LIFT_PEOPLE_MIN people or
 * LIFT_BUYERS_MIN buyers in a group there is none (NAN). Shares: Newcombe's method 10 (1998,
 * Statistics in Medicine 17, 873-890) from Wilson's intervals. */
enum { LIFT_PEOPLE_MIN = 50, LIFT_BUYERS_MIN = 10 };
#define LIFT_SHAPES_DIFFER 0.01
struct lift_arm {
    double people, buyers;
    double sum, sum2, sum3; /* of what each person spent, its square and its cube */
    /* Of those who spent more than nothing: their number, the logarithms, their squares, and each
     * logarithm times what was spent. */
    double payers, logs, logs2, with_logs;
};
struct lift {
    double value, low, high;
};
struct lift lift_of_means(const struct lift_arm *treated, const struct lift_arm *held_out,
                          double mass);
struct lift lift_of_shares(const struct lift_arm *treated, const struct lift_arm *held_out,
                           double mass);

/* One change of the mean: the split with the largest F, at least `margin` values on either side
 * (Andrews 1993, Econometrica 61(4), 821-856). p is the share of shuffles of blocks of `block`
 * neighbours that show as large an F (Kirch 2007, Statistics and Decisions 25, 101-126), so that
 * values that hang together for less than a block raise no alarm of themselves. */
struct change_point {
    size_t at; /* values before the change */
    double before, after, f, p;
};
struct change_point change_point_find(const double *x, size_t n, size_t margin, size_t block,
                                      size_t shuffles, const struct stream *stream);

#endif
