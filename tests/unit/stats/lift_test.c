/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What messages brought: intervals that cover the truth as often as they say, on spending as shops
 * have it, mostly nothing and now and then a lot. */
#include "stats/stats.h"
#include "tap.h"

enum { RUNS = 1000 };

/* A shop's people: one in `one_in` orders, for exp(normal) times the median. */
struct shop {
    double treated, held_out, buys, median, spread;
    double more;        /* who got messages orders so many times as often */
    double dearer;      /* and for so many times as much; 0: for as much */
    double spread_held; /* of those held out; 0: the same */
};

static void add(struct lift_arm *arm, double x)
{
    arm->people++;
    arm->buyers += x > 0;
    arm->sum += x;
    arm->sum2 += x * x;
    arm->sum3 += x * x * x;
    if (x > 0) {
        arm->payers++;
        arm->logs += log(x);
        arm->logs2 += log(x) * log(x);
        arm->with_logs += x * log(x);
    }
}

static struct lift_arm draw(const char *name, int run, double n, double buys, double median,
                            double spread)
{
    struct lift_arm arm = {0};
    char number[16];
    struct stream lots, sums;
    size_t count = (size_t)n;
    double *u = xcalloc(count, sizeof(*u)), *z = xcalloc(count, sizeof(*z));

    snprintf(number, sizeof(number), "%d", run);
    lots = stream_of("lift", name, number, "lots", NULL);
    sums = stream_of("lift", name, number, "sums", NULL);
    stream_uniforms(&lots, u, count);
    stream_normals(&sums, z, count);
    for (size_t i = 0; i < count; i++)
        add(&arm, u[i] < buys ? median * exp(spread * z[i]) : 0);
    free(u);
    free(z);
    return arm;
}

/* How many of the runs' intervals hold the truth, and how many there are. */
static void cover(const char *what, const struct shop *shop, double least)
{
    double dearer = shop->dearer > 0 ? shop->dearer : 1, m = shop->median, s0 = shop->spread,
           s1 = shop->spread_held > 0 ? shop->spread_held : s0,
           truth = shop->buys * (shop->more * dearer * m * exp(s0 * s0 / 2) - m * exp(s1 * s1 / 2)),
           share = shop->buys * (shop->more - 1);
    int told = 0, held = 0, shares = 0, below = 0;

    for (int run = 0; run < RUNS; run++) {
        struct lift_arm t = draw(what, run, shop->treated, shop->buys * shop->more, m * dearer, s0),
                        h = draw(what, -1 - run, shop->held_out, shop->buys, m, s1);
        struct lift d = lift_of_means(&t, &h, 0.95), s = lift_of_shares(&t, &h, 0.95);

        told += !isnan(d.low);
        held += d.low <= truth && truth <= d.high;
        below += d.high < truth;
        shares += s.low <= share && share <= s.high;
    }
    printf("# %s: %d of %d hold the mean (%d lie below), %d of %d the share\n", what, held, told,
           below, shares, RUNS);
    CHECK_MSG(told > 0.5 * RUNS, "%s: an interval in %d of %d", what, told, RUNS);
    CHECK_MSG(held >= least * told && held <= 0.975 * told, "%s: the mean in %d of %d", what, held,
              told);
    CHECK_MSG(shares >= 0.93 * RUNS && shares <= 0.98 * RUNS, "%s: the share in %d of %d", what,
              shares, RUNS);
}

static void test_cover(void)
{
    cover("nothing", &(struct shop){3600, 400, 0.06, 4000, 0.7, 1, 0, 0}, 0.93);
    cover("nothing, even", &(struct shop){1000, 1000, 0.04, 4000, 0.7, 1, 0, 0}, 0.93);
    cover("half more", &(struct shop){3600, 400, 0.08, 4000, 0.7, 1.5, 0, 0}, 0.93);
    /* One order in twenty of five times the median: 40 buyers do not show that always. */
    cover("a fifth more, uneven", &(struct shop){4500, 500, 0.08, 3000, 1.0, 1.2, 0, 0}, 0.93);
    cover("a fifth more, very uneven", &(struct shop){4500, 500, 0.08, 3000, 1.5, 1.2, 0, 0}, 0.92);
    cover("more and cheaper", &(struct shop){4500, 500, 0.08, 3000, 1.0, 1.3, 0.8, 0}, 0.92);
    /* Where the groups differ in shape, each stands for itself. */
    cover("more even", &(struct shop){9000, 1000, 0.08, 3000, 0.7, 1.2, 0, 1.0}, 0.91);
}

/* Newcombe (1998), table II, a: 56/70 - 48/80. */
static void test_shares(void)
{
    const struct lift_arm t = {.people = 70, .buyers = 56}, h = {.people = 80, .buyers = 48};
    struct lift s = lift_of_shares(&t, &h, 0.95);

    CHECK(fabs(s.value - 0.2) < 1e-12);
    CHECK(fabs(s.low - 0.0524) < 5e-5);
    CHECK(fabs(s.high - 0.3339) < 5e-5);
}

/* Two groups whose skewness cancels: Welch's interval. Of 100 people 20 spend 10 each. */
static void test_even(void)
{
    struct lift_arm t = {0}, h = {0};
    struct lift m;

    for (int i = 0; i < 100; i++) {
        add(&t, i < 20 ? 10 : 0);
        add(&h, i < 20 ? 10 : 0);
    }
    m = lift_of_means(&t, &h, 0.95);
    /* se = sqrt(2 * 10^2 * 0.2 * 0.8 / 99) = 0.568535; t(38) = 2.024394 of 20 payers in each */
    CHECK(fabs(m.value) < 1e-12);
    CHECK(fabs(m.low + 1.150939) < 1e-4);
    CHECK(fabs(m.high - 1.150939) < 1e-4);
    /* t(198) = 1.972017 where nothing is known of the shape */
    t.payers = h.payers = 0;
    m = lift_of_means(&t, &h, 0.95);
    CHECK(fabs(m.low + 1.121161) < 1e-4);
    CHECK(fabs(m.high - 1.121161) < 1e-4);
}

static void test_few(void)
{
    struct lift_arm t = {.people = 5000, .buyers = 300, .sum = 3e5, .sum2 = 4e8, .sum3 = 5e11},
                    h = {.people = 400, .buyers = 9, .sum = 9e3, .sum2 = 1e7, .sum3 = 1e10};

    CHECK(isnan(lift_of_means(&t, &h, 0.95).low));
    CHECK(!isnan(lift_of_means(&t, &h, 0.95).value));
    h.buyers = 10;
    CHECK(!isnan(lift_of_means(&t, &h, 0.95).low));
    h.people = 0;
    CHECK(isnan(lift_of_means(&t, &h, 0.95).value));
    CHECK(isnan(lift_of_shares(&t, &h, 0.95).value));
}

int main(void)
{
    test_shares();
    test_even();
    test_few();
    test_cover();
    return tap_done();
}
