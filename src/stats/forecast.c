/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

enum { YEAR = 364, QUARTER = 91, LEVEL = 56 }; /* whole weeks */

static double sum(const double *x, size_t from, size_t n)
{
    double s = 0;

    for (size_t i = from; i < from + n; i++)
        s += x[i];
    return s;
}

/* What the `horizon` days from `at` on come to, known only what lies before; NAN where that is too
 * little. */
static double predict(const double *x, size_t at, size_t horizon, bool seasonal)
{
    double then, now;

    if (!seasonal)
        return at >= LEVEL ? sum(x, at - LEVEL, LEVEL) / LEVEL * (double)horizon : NAN;
    if (at < YEAR + QUARTER || horizon > YEAR)
        return NAN;
    then = sum(x, at - YEAR - QUARTER, QUARTER);
    now = sum(x, at - QUARTER, QUARTER);
    return then > 0 && now > 0 ? sum(x, at - YEAR, horizon) * now / then : NAN;
}

static size_t past_ratios(const double *x, size_t n, size_t horizon, bool seasonal,
                          double out[FORECAST_TRIES])
{
    size_t count = 0;

    for (size_t at = n - horizon; count < FORECAST_TRIES; at -= 7) {
        double said = predict(x, at, horizon, seasonal);

        if (!(said > 0))
            break;
        out[count++] = sum(x, at, horizon) / said;
        if (at < 7)
            break;
    }
    return count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

bool forecast_sum(const double *x, size_t n, size_t horizon, double mass, struct forecast *out)
{
    struct forecast f = {.low = NAN, .high = NAN};

    assert(horizon > 0 && mass > 0 && mass < 1);
    f.seasonal = true;
    f.value = predict(x, n, horizon, true);
    if (!(f.value > 0)) {
        f.seasonal = false;
        f.value = predict(x, n, horizon, false);
    }
    if (!isfinite(f.value))
        return false;
    if (n > horizon)
        f.tries = past_ratios(x, n, horizon, f.seasonal, f.ratios);
    qsort(f.ratios, f.tries, sizeof(f.ratios[0]), by_size);
    if (f.tries >= FORECAST_TRIES_MIN) {
        double cut = (double)(f.tries + 1) * (1 - mass) / 2;
        size_t skip = cut < 1 ? 0 : (size_t)cut - 1;

        f.low = f.value * fmin(f.ratios[skip], 1);
        f.high = f.value * fmax(f.ratios[f.tries - 1 - skip], 1);
    }
    *out = f;
    return true;
}

double forecast_chance(const struct forecast *f, double at_least)
{
    size_t reached = 0;

    if (f->tries < FORECAST_TRIES_MIN)
        return NAN;
    for (size_t i = 0; i < f->tries; i++)
        reached += f->value * f->ratios[i] >= at_least;
    return ((double)reached + .5) / ((double)f->tries + 1);
}
