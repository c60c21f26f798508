/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include <gsl/gsl_randist.h>

#include "tap.h"

/* How often a 90 % interval around k of n holds the true rate, summed over all k. */
static double coverage(unsigned n, double rate)
{
    double sum = 0;

    for (unsigned k = 0; k <= n; k++) {
        struct posterior p = posterior_share(k, n);
        double low, high;

        posterior_interval(&p, 0.90, &low, &high);
        if (low <= rate && rate <= high)
            sum += gsl_ran_binomial_pdf(k, rate, n);
    }
    return sum;
}

static void jeffreys_coverage(void)
{
    CHECK_NEAR(coverage(30, 0.03), 0.940, 5e-4);
    CHECK_NEAR(coverage(30, 0.10), 0.884, 5e-4);
    CHECK_NEAR(coverage(300, 0.02), 0.899, 5e-4);
}

/* A repeat rate of 30 % against cuts of 15 %, 27 % and 40 % (design table of the method). */
static void repeat_rate(void)
{
    static const struct {
        double k, n, low, high, p[4];
    } rows[] = {
        {3, 10, .12, .56, {.10, .30, .34, .27}},
        {30, 100, .23, .38, {.00, .25, .73, .02}},
        {60, 200, .25, .36, {.00, .17, .83, .00}},
        {300, 1000, .28, .32, {.00, .02, .98, .00}},
    };
    static const double cuts[5] = {0, .15, .27, .40, 1};

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        struct posterior p = posterior_share(rows[i].k, rows[i].n);
        double low, high;

        posterior_interval(&p, 0.90, &low, &high);
        CHECK_NEAR(low, rows[i].low, .0051);
        CHECK_NEAR(high, rows[i].high, .0051);
        for (int l = 0; l < 4; l++)
            CHECK_NEAR(posterior_above(&p, cuts[l]) - posterior_above(&p, cuts[l + 1]),
                       rows[i].p[l], .0061);
    }
}

static void first_buyers_needed(void)
{
    CHECK_REL(cases_to_confirm(.35, .27, .9, .8, 1e6), 150, .09);
    CHECK_REL(cases_to_confirm(.32, .27, .9, .8, 1e6), 370, .06);
    CHECK_REL(cases_to_confirm(.30, .27, .9, .8, 1e6), 1100, .10);
    CHECK_REL(cases_to_confirm(.29, .27, .9, .8, 1e6), 2300, .06);
    CHECK(isinf(cases_to_confirm(.27, .27, .9, .8, 1e6)));
    CHECK(isinf(cases_to_confirm(.27001, .27, .9, .8, 1e6)));
    CHECK_NEAR(cases_to_confirm(.65, .73, .9, .8, 1e6), cases_to_confirm(.35, .27, .9, .8, 1e6), 0);
    CHECK(cases_to_confirm(0, .01, .9, .8, 1e6) < 200);
}

static void shares_at_the_ends(void)
{
    struct posterior none = posterior_share(0, 20), all = posterior_share(20, 20);
    double low, high;

    posterior_interval(&none, 0.90, &low, &high);
    CHECK(low == 0 && high > 0.05 && high < 0.2);
    posterior_interval(&all, 0.90, &low, &high);
    CHECK(high == 1 && low > 0.8 && low < 0.95);
    CHECK(posterior_above(&none, 0) == 1 && posterior_above(&none, 1) == 0);
    CHECK_NEAR(posterior_above(&none, .05) + posterior_below(&none, .05), 1, 1e-12);
}

/* Quantiles undo probabilities, also where there are very many or hardly any cases. */
static void quantiles(void)
{
    static const double cases[][2] = {{0, 1},     {1, 1},        {3, 10},
                                      {9, 10000}, {2e6, 1.05e8}, {5e7, 1e8}};
    static const double probs[] = {.001, .05, .3, .95, .9999};

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct posterior p[] = {posterior_share(cases[i][0], cases[i][1]),
                                posterior_rate(cases[i][0], cases[i][1])};
        double worst = 0;

        for (size_t j = 0; j < TM_COUNT(probs); j++)
            for (size_t m = 0; m < TM_COUNT(p); m++)
                worst =
                    fmax(worst, fabs(posterior_below(&p[m], posterior_quantile(&p[m], probs[j])) -
                                     probs[j]));
        CHECK_MSG(worst < 1e-6, "quantiles at %g of %g are off by %g", cases[i][0], cases[i][1],
                  worst);
    }
}

static struct ratio_sums sums_of(const double *u, const double *d, size_t n)
{
    struct ratio_sums s = {.clusters = (double)n};

    for (size_t i = 0; i < n; i++) {
        s.su += u[i];
        s.sd += d[i];
        s.suu += u[i] * u[i];
        s.sud += u[i] * d[i];
        s.sdd += d[i] * d[i];
    }
    return s;
}

/* By hand: u = 1 2 3 4, d = 2 4 6 12: R = 10/24; residuals 1/6 1/3 1/2 -1; their squares sum to
 * 1/36 + 1/9 + 1/4 + 1 = 50/36; v = 4/3 * (50/36) / 576; n_eff = 576 / 200. */
static void ratios_by_hand(void)
{
    static const double u[] = {1, 2, 3, 4}, d[] = {2, 4, 6, 12};
    struct ratio_sums s = sums_of(u, d, 4);
    struct posterior ratio = posterior_ratio(&s), fraction = posterior_fraction(&s);
    double v = 4.0 / 3 * (50.0 / 36) / 576, r = 10.0 / 24;

    CHECK_REL(ratio.point, r, 1e-14);
    CHECK_REL(ratio.n_eff, 2.88, 1e-14);
    CHECK_REL(ratio.df, 3, 1e-14);
    CHECK_REL(ratio.b, sqrt(v) / r, 1e-12);
    CHECK_REL(fraction.b, sqrt(v) / (r * (1 - r)), 1e-12);
    CHECK_NEAR(posterior_above(&ratio, r), .5, 1e-12);
    CHECK_NEAR(posterior_below(&fraction, r), .5, 1e-12);
    /* Student's t with 3 degrees of freedom: 5 % lie above 2.353363 (published tables). */
    CHECK_NEAR(posterior_above(&ratio, r * exp(2.353363 * ratio.b)), .05, 1e-6);
    CHECK_REL(posterior_quantile(&ratio, .95), r * exp(2.353363 * ratio.b), 1e-6);
}

/* Simulated shops: baskets log-normal with sd 1, each customer buys her own share from messages,
 * half of them none. A 90 % interval should hold the true share, .30, in about 90 % of shops. */
static void ratio_coverage(size_t customers, double low_limit, double high_limit)
{
    enum { SHOPS = 2000, MOST = 400 };
    struct stream s = stream_of("shops", NULL);
    static double z[SHOPS * MOST], q[SHOPS * MOST];
    double u[MOST], d[MOST], held = 0;

    stream_normals(&s, z, SHOPS * customers);
    s = stream_of("shares", NULL);
    stream_uniforms(&s, q, SHOPS * customers);
    for (size_t shop = 0; shop < SHOPS; shop++) {
        struct ratio_sums sums;
        struct posterior p;
        double low, high;

        for (size_t c = 0; c < customers; c++) {
            double share = q[shop * customers + c];

            d[c] = exp(z[shop * customers + c]);
            u[c] = share < .5 ? 0 : d[c] * (.2 + 1.6 * (share - .5)); /* .2 to 1, mean .6 */
        }
        sums = sums_of(u, d, customers);
        p = posterior_fraction(&sums);
        posterior_interval(&p, .90, &low, &high);
        held += low <= .30 && .30 <= high;
    }
    CHECK_MSG(held / SHOPS > low_limit && held / SHOPS < high_limit,
              "%zu customers: the interval holds in %.3f of shops", customers, held / SHOPS);
}

static void ratios_at_the_ends(void)
{
    struct ratio_sums none = {.clusters = 40, .sd = 40, .sdd = 40};
    struct ratio_sums one = {.clusters = 1, .su = 3, .sd = 4, .suu = 9, .sud = 12, .sdd = 16};
    struct ratio_sums minus = {.clusters = 3, .su = -3, .sd = 4, .suu = 9, .sud = -6, .sdd = 6};
    struct posterior p = posterior_fraction(&none);

    CHECK(p.kind == POSTERIOR_BETA && p.point == 0);
    CHECK(posterior_above(&p, .10) < .01 && posterior_above(&p, .001) > .5);
    p = posterior_ratio(&none);
    CHECK(p.kind == POSTERIOR_POINT && posterior_above(&p, .1) == 0);
    p = posterior_ratio(&one);
    CHECK_NEAR(p.b, 1, 1e-15);
    p = posterior_fraction(&one);
    CHECK(p.kind == POSTERIOR_BETA && p.point == .75 && p.n_eff == 1);
    p = posterior_ratio(&minus);
    CHECK(p.point == 0);
}

/* Gamma(10.5, 6): ten campaigns in six months. */
static void rates(void)
{
    struct posterior p = posterior_rate(10, 6);

    CHECK_REL(p.point, 10.0 / 6, 1e-15);
    /* chi-square with 21 degrees of freedom: 32.6706 is its .95 quantile (published tables). */
    CHECK_NEAR(posterior_below(&p, 32.6706 / 12), .95, 1e-5);
    CHECK(posterior_above(&p, 0) == 1);
    p = posterior_rate(0, 6);
    CHECK(posterior_above(&p, 400) < 1e-9); /* an underflow in the tail ends nothing */
}

static void facts(void)
{
    struct posterior p = posterior_point(.1 + .2);

    CHECK(posterior_above(&p, .3) == 1 && posterior_below(&p, .3) == 1);
    CHECK(posterior_above(&p, .3001) == 0 && posterior_below(&p, .2999) == 0);
}

int main(void)
{
    jeffreys_coverage();
    repeat_rate();
    first_buyers_needed();
    shares_at_the_ends();
    quantiles();
    ratios_by_hand();
    ratio_coverage(25, .86, .93);
    ratio_coverage(60, .87, .93);
    ratio_coverage(400, .88, .92);
    ratios_at_the_ends();
    rates();
    facts();
    return tap_done();
}
