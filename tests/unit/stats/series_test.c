/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Survival curves, forecasts and change points: published figures, and false alarms counted. */
#include "stats/stats.h"

#include "tap.h"

/* Weeks of remission of 21 patients on 6-MP (Gehan 1965, Biometrika 52, 203-223). */
static void remission(void)
{
    static const struct survival_row rows[] = {{6, 3, 1},  {7, 1, 0},  {9, 0, 1},  {10, 1, 1},
                                               {11, 0, 1}, {13, 1, 0}, {16, 1, 0}, {17, 0, 1},
                                               {19, 0, 1}, {20, 0, 1}, {22, 1, 0}, {23, 1, 0},
                                               {25, 0, 1}, {32, 0, 2}, {34, 0, 1}, {35, 0, 1}};
    static const struct {
        double at, kept, at_risk;
    } published[] = {{6, .8571, 21},  {7, .8067, 17}, {10, .7529, 15}, {13, .6902, 12},
                     {16, .6275, 11}, {22, .5378, 7}, {23, .4482, 6}};
    struct survival_point p;

    for (size_t i = 0; i < TM_COUNT(published); i++) {
        p = survival_at(rows, TM_COUNT(rows), published[i].at, .95);
        CHECK_NEAR(1 - p.share, published[i].kept, 5e-5);
        CHECK_NEAR(p.at_risk, published[i].at_risk, 0);
        CHECK(p.low < p.share && p.share < p.high);
    }
    /* The log-log interval at 23 weeks, as R's survival package gives it: .188 to .680. */
    CHECK_NEAR(1 - p.high, .188, 5e-4);
    CHECK_NEAR(1 - p.low, .680, 5e-4);
    p = survival_at(rows, TM_COUNT(rows), 5, .95);
    CHECK(p.share == 0 && isnan(p.low));
    CHECK(survival_at(rows, TM_COUNT(rows), 36, .95).at_risk < 1);
}

static const double nile[] = {
    1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
    960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
    874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
    1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
    1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
    1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};

/* Cobb (1978), Biometrika 65, 243-251: the flow fell after 1898. */
static void river(void)
{
    struct stream s = stream_of("nile", NULL);
    struct change_point c = change_point_find(nile, TM_COUNT(nile), 15, 4, 999, &s);

    CHECK_INT(c.at, 28);
    CHECK_NEAR(c.before, 1097.75, 1e-9);
    CHECK_NEAR(c.after, 849.9722, 5e-5);
    CHECK_NEAR(c.f, 75.92976943, 1e-6);
    CHECK_NEAR(c.p, .001, 1e-12);
}

/* Series without a change: the alarm is raised no more often than promised. Values that hang
 * together a little may not raise it much more often. */
static void false_alarms(double hang, double allowed)
{
    enum { SERIES = 300, N = 52 };
    struct stream s = stream_of("series", hang > 0 ? "ar" : "iid", NULL);
    double x[SERIES * N];
    int alarms = 0;

    stream_normals(&s, x, SERIES * N);
    for (size_t i = 0; i < SERIES; i++) {
        for (size_t k = 1; k < N; k++)
            x[i * N + k] += hang * x[i * N + k - 1];
        alarms += change_point_find(x + i * N, N, 6, 3, 199, &s).p <= .05;
    }
    printf("# %d alarms of %d at a level of .05, autocorrelation %.1f\n", alarms, SERIES, hang);
    CHECK(alarms > 0 && alarms <= allowed * SERIES);
}

static void forecasts(void)
{
    static double x[1000];
    struct forecast f;

    for (size_t i = 0; i < TM_COUNT(x); i++) /* weeks alike, twice as much a year later */
        x[i] = (double)(1 + i % 7) * pow(2, (double)(i / 364));
    CHECK(forecast_sum(x, 728 + 100, 28, .8, &f) && f.seasonal);
    CHECK_NEAR(f.value, 4 * 28 * 4, 1e-6);
    CHECK_INT(f.tries, 50);
    CHECK(f.low <= f.value && f.value <= f.high);
    for (size_t i = 0; i < TM_COUNT(x); i++)
        x[i] = (double)(1 + i % 7);
    CHECK(forecast_sum(x, 200, 30, .8, &f) && !f.seasonal);
    CHECK_NEAR(f.value, 120, 1e-9);
    CHECK(f.tries >= FORECAST_TRIES_MIN && f.low <= 120 && f.high >= 120);
    CHECK_NEAR(forecast_chance(&f, 1000), .5 / ((double)f.tries + 1), 1e-12);
    CHECK(forecast_sum(x, 60, 30, .8, &f) && isnan(f.low) && isnan(forecast_chance(&f, 1)));
    CHECK(!forecast_sum(x, 55, 30, .8, &f));
}

int main(void)
{
    remission();
    river();
    false_alarms(0, .075);
    false_alarms(.3, .15);
    forecasts();
    return tap_done();
}
