/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include "tap.h"

enum { N = 20000 };

static double x[N], y[N];

static void streams(void)
{
    struct stream a = stream_of("seed", "RET-1", NULL), b = stream_of("seed", "RET-2", NULL);
    struct stream c = stream_of("seedRET", "-1", NULL);
    double mean = 0, square = 0, product = 0;

    CHECK(memcmp(&a, &b, sizeof(a)) != 0 && memcmp(&a, &c, sizeof(a)) != 0);
    stream_uniforms(&a, x, N);
    stream_uniforms(&a, y, 100);
    CHECK(memcmp(x, y, 100 * sizeof(*x)) == 0);
    stream_uniforms(&b, y, N);
    for (int i = 0; i < N; i++) {
        mean += x[i] / N;
        product += (x[i] - .5) * (y[i] - .5) * 12 / N;
        if (!(x[i] > 0 && x[i] < 1))
            CHECK(x[i] > 0 && x[i] < 1);
    }
    CHECK_NEAR(mean, .5, .01);
    CHECK_NEAR(product, 0, .03);
    stream_normals(&b, y, N);
    mean = 0;
    for (int i = 0; i < N; i++) {
        mean += y[i] / N;
        square += y[i] * y[i] / N;
    }
    CHECK_NEAR(mean, 0, .03);
    CHECK_NEAR(square, 1, .04);
    /* The same on every machine, in every release: results of old inputs must come out again. */
    stream_uniforms(&a, x, 2);
    CHECK_NEAR(x[0], 0.354646795732, 1e-12);
}

static void cholesky(void)
{
    double m[9] = {4, 2, 0, 2, 9, 0, 0, 0, 0};
    double twice[4] = {2, 2, 2, 2};
    double odd[9] = {1, .9, -.9, .9, 1, .9, -.9, .9, 1}; /* no such correlations exist */

    correlation_of(m, 3);
    CHECK_NEAR(m[1], 2.0 / 6, 1e-15);
    CHECK(m[8] == 1 && m[2] == 0);
    CHECK_INT(cholesky_correlation(m, 3, 1e-10), 3);
    CHECK_NEAR(m[3], 1.0 / 3, 1e-15);
    CHECK_NEAR(m[4], sqrt(8.0 / 9), 1e-15);
    CHECK(m[1] == 0);
    correlation_of(twice, 2);
    CHECK_INT(cholesky_correlation(twice, 2, 1e-10), 1);
    CHECK(twice[2] == 1 && twice[3] == 0);
    correlation_of(odd, 3);
    CHECK_INT(cholesky_correlation(odd, 3, 1e-10), 2);
    for (size_t i = 0; i < 3; i++)
        CHECK_NEAR(odd[3 * i] * odd[3 * i] + odd[3 * i + 1] * odd[3 * i + 1] +
                       odd[3 * i + 2] * odd[3 * i + 2],
                   1, 1e-12);
}

static void selfreports(void)
{
    struct selfreport s = {0};
    double p[4];

    selfreport_levels(&s, 3, p);
    CHECK_NEAR(p[0], 1 / 10.7, 1e-15);
    CHECK_NEAR(p[1], 3 / 10.7, 1e-15);
    CHECK_NEAR(p[2], 6 / 10.7, 1e-15);
    CHECK_NEAR(p[3], .7 / 10.7, 1e-15);
    selfreport_levels(&s, 1, p);
    CHECK_NEAR(p[0], 10 / 10.7, 1e-15);
    for (int i = 0; i < 10; i++)
        selfreport_add(&s, 4, 1); /* three too many counts as two */
    selfreport_levels(&s, 3, p);
    CHECK_NEAR(p[0], 11 / 20.7, 1e-15);
    selfreport_add(&s, 1, 4);
    CHECK(s.counts[3] == 1);
}

int main(void)
{
    streams();
    cholesky();
    selfreports();
    return tap_done();
}
