/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

#include <gsl/gsl_cdf.h>

/* The least k of n that shows, with `confidence`, theta > cut; n + 1 when not even all would. */
static double least_k(double n, double cut, double confidence)
{
    double low = 0, high = n + 1;

    while (low < high) {
        double k = floor(0.5 * (low + high));
        struct posterior p = posterior_share(fmin(k, n), n);

        if (posterior_above(&p, cut) >= confidence)
            high = k;
        else
            low = k + 1;
    }
    return low;
}

static double power_at(double n, double rate, double cut, double confidence)
{
    double k = least_k(n, cut, confidence);
    double sd = sqrt(n * rate * (1 - rate));

    if (k > n)
        return 0;
    if (n > 1e6) /* the exact sum is slow there and no better */
        return normal_cdf((n * rate - (k - 0.5)) / sd);
    return k < 1 ? 1 : gsl_cdf_binomial_Q((unsigned)k - 1, rate, (unsigned)n);
}

/* rate > cut. Starts from the normal approximation, then brackets and halves to half a per cent. */
static double cases_above(double rate, double cut, double confidence, double power, double most)
{
    double need = normal_quantile(confidence) * sqrt(cut * (1 - cut)) +
                  normal_quantile(power) * sqrt(rate * (1 - rate));
    double low = 0, high = fmax(4, ceil(need * need / ((rate - cut) * (rate - cut))));

    while (high <= most && power_at(high, rate, cut, confidence) < power) {
        low = high;
        high = ceil(1.5 * high);
    }
    if (high > most)
        return INFINITY;
    while (high - low > fmax(1, 0.005 * high)) {
        double mid = floor(0.5 * (low + high));

        if (mid < 1 || power_at(mid, rate, cut, confidence) < power)
            low = mid;
        else
            high = mid;
    }
    return high;
}

double cases_to_confirm(double rate, double cut, double confidence, double power, double most)
{
    assert(rate >= 0 && rate <= 1 && confidence > 0.5 && confidence < 1 && power > 0 && power < 1);
    if (cut <= 0 || cut >= 1)
        return rate > cut ? 1 : INFINITY;
    if (fabs(rate - cut) < 1e-9)
        return INFINITY;
    if (rate > cut)
        return cases_above(rate, cut, confidence, power, most);
    return cases_above(1 - rate, 1 - cut, confidence, power, most);
}
