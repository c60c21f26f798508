/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <pthread.h>

static pthread_once_t gsl_once = PTHREAD_ONCE_INIT;

/* GSL ends the program where a tail underflows, unless told to return what it has. */
static void gsl_quieten(void)
{
    gsl_set_error_handler_off();
}

double normal_cdf(double z)
{
    return gsl_cdf_ugaussian_P(z);
}

double normal_quantile(double p)
{
    return gsl_cdf_ugaussian_Pinv(p);
}

double student_cdf(double t, double df)
{
    pthread_once(&gsl_once, gsl_quieten);
    if (isinf(t))
        return t < 0 ? 0 : 1;
    return gsl_cdf_tdist_P(t, df);
}

struct posterior posterior_point(double value)
{
    return (struct posterior){.kind = POSTERIOR_POINT, .point = value, .n_eff = INFINITY};
}

struct posterior posterior_share(double k, double n)
{
    assert(n > 0 && k >= 0 && k <= n);
    return (struct posterior){
        .kind = POSTERIOR_BETA, .point = k / n, .a = k + 0.5, .b = n - k + 0.5, .n_eff = n};
}

struct posterior posterior_rate(double x, double t)
{
    assert(x >= 0 && t > 0);
    return (struct posterior){
        .kind = POSTERIOR_GAMMA, .point = x / t, .a = x + 0.5, .b = t, .n_eff = t};
}

/* Standard error of su / sd; negative when one cluster leaves it open. */
static double ratio_se(const struct ratio_sums *s, double r)
{
    double rest = s->suu - 2 * r * s->sud + r * r * s->sdd;

    if (s->clusters < 2)
        return -1;
    return sqrt(s->clusters / (s->clusters - 1) * fmax(rest, 0)) / s->sd;
}

static double kish(const struct ratio_sums *s)
{
    return s->sdd > 0 ? fmin(s->sd * s->sd / s->sdd, s->clusters) : s->clusters;
}

struct posterior posterior_fraction(const struct ratio_sums *s)
{
    double r, se, n_eff;

    assert(s->sd > 0 && s->clusters >= 1);
    r = fmin(fmax(s->su / s->sd, 0), 1);
    se = ratio_se(s, r);
    n_eff = fmax(kish(s), 1);
    if (r <= 0 || r >= 1 || se < 0)
        return posterior_share(r * n_eff, n_eff);
    if (se <= 1e-12 * r)
        return posterior_point(r);
    return (struct posterior){.kind = POSTERIOR_LOGIT_T,
                              .point = r,
                              .a = log(r / (1 - r)),
                              .b = se / (r * (1 - r)),
                              .df = fmax(n_eff - 1, 3),
                              .n_eff = n_eff};
}

struct posterior posterior_ratio(const struct ratio_sums *s)
{
    double r, se, n_eff;

    assert(s->sd > 0 && s->clusters >= 1);
    r = s->su / s->sd;
    if (r <= 0)
        return posterior_point(fmax(r, 0));
    se = ratio_se(s, r);
    n_eff = fmax(kish(s), 1);
    if (se < 0)
        se = r;
    if (se <= 1e-12 * r)
        return posterior_point(r);
    return (struct posterior){.kind = POSTERIOR_LOG_T,
                              .point = r,
                              .a = log(r),
                              .b = se / r,
                              .df = fmax(n_eff - 1, 3),
                              .n_eff = n_eff};
}

/* Past ten million cases GSL's continued fraction may give up; the normal shape is exact to
 * four digits there. */
static double beta_below(double a, double b, double x)
{
    double p, mean, sd;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    p = gsl_cdf_beta_P(x, a, b);
    if (!isnan(p))
        return p;
    mean = a / (a + b);
    sd = sqrt(mean * (1 - mean) / (a + b + 1));
    return normal_cdf((x - mean) / sd);
}

static double beta_above(double a, double b, double x)
{
    return beta_below(b, a, 1 - x);
}

static double fact_tolerance(double x)
{
    return 1e-9 * fmax(1, fabs(x));
}

/* x on the scale of the t distribution; infinite outside the parameter's range. */
static double t_score(const struct posterior *p, double x)
{
    if (x <= 0)
        return -INFINITY;
    if (p->kind == POSTERIOR_LOG_T)
        return (log(x) - p->a) / p->b;
    return x >= 1 ? INFINITY : (log(x / (1 - x)) - p->a) / p->b;
}

double posterior_below(const struct posterior *p, double x)
{
    pthread_once(&gsl_once, gsl_quieten);
    switch (p->kind) {
    case POSTERIOR_POINT:
        return p->point <= x + fact_tolerance(x);
    case POSTERIOR_BETA:
        return beta_below(p->a, p->b, x);
    case POSTERIOR_GAMMA:
        return x <= 0 ? 0 : gsl_cdf_gamma_P(x, p->a, 1 / p->b);
    case POSTERIOR_LOGIT_T:
    case POSTERIOR_LOG_T:
        return student_cdf(t_score(p, x), p->df);
    }
    return NAN;
}

double posterior_above(const struct posterior *p, double x)
{
    pthread_once(&gsl_once, gsl_quieten);
    switch (p->kind) {
    case POSTERIOR_POINT:
        return p->point >= x - fact_tolerance(x);
    case POSTERIOR_BETA:
        return x <= 0 ? 1 : beta_above(p->a, p->b, x);
    case POSTERIOR_GAMMA:
        return x <= 0 ? 1 : gsl_cdf_gamma_Q(x, p->a, 1 / p->b);
    case POSTERIOR_LOGIT_T:
    case POSTERIOR_LOG_T:
        return student_cdf(-t_score(p, x), p->df);
    }
    return NAN;
}

static double density(const struct posterior *p, double x)
{
    return p->kind == POSTERIOR_BETA ? gsl_ran_beta_pdf(x, p->a, p->b)
                                     : gsl_ran_gamma_pdf(x, p->a, 1 / p->b);
}

/* Newton steps kept within a shrinking bracket: GSL's own inverses may fail to converge. */
static double solve_quantile(const struct posterior *p, double prob)
{
    bool beta = p->kind == POSTERIOR_BETA;
    double mean = beta ? p->a / (p->a + p->b) : p->a / p->b;
    double sd = beta ? sqrt(mean * (1 - mean) / (p->a + p->b + 1)) : sqrt(p->a) / p->b;
    double low = 0, high = beta ? 1 : mean + 60 * sd;
    double x = mean + sd * normal_quantile(prob);

    for (int step = 0; step < 100; step++) {
        double gap, slope;

        if (!(x > low && x < high))
            x = 0.5 * (low + high);
        gap = posterior_below(p, x) - prob;
        if (gap > 0)
            high = x;
        else
            low = x;
        slope = density(p, x);
        if (fabs(gap) < 1e-12 || high - low < 1e-15 * high)
            break;
        x = slope > 0 ? x - gap / slope : 0.5 * (low + high);
    }
    return fmin(fmax(x, low), high);
}

double posterior_quantile(const struct posterior *p, double prob)
{
    double eta;

    assert(prob > 0 && prob < 1);
    pthread_once(&gsl_once, gsl_quieten);
    switch (p->kind) {
    case POSTERIOR_POINT:
        return p->point;
    case POSTERIOR_BETA:
    case POSTERIOR_GAMMA:
        return solve_quantile(p, prob);
    case POSTERIOR_LOGIT_T:
    case POSTERIOR_LOG_T:
        break;
    }
    eta = p->a + p->b * gsl_cdf_tdist_Pinv(prob, p->df);
    return p->kind == POSTERIOR_LOG_T ? exp(eta) : 1 / (1 + exp(-eta));
}

void posterior_interval(const struct posterior *p, double mass, double *out_low, double *out_high)
{
    double tail = 0.5 * (1 - mass);
    double low = posterior_quantile(p, tail), high = posterior_quantile(p, 1 - tail);

    if ((p->kind == POSTERIOR_BETA || p->kind == POSTERIOR_GAMMA) && p->point <= 0)
        low = 0;
    if (p->kind == POSTERIOR_BETA && p->point >= 1)
        high = 1;
    *out_low = fmin(low, p->point);
    *out_high = fmax(high, p->point);
}
