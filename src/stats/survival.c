/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

struct survival_point survival_at(const struct survival_row *rows, size_t n, double at, double mass)
{
    double left = 0, kept = 1, greenwood = 0, z = normal_quantile(.5 + mass / 2);
    struct survival_point p = {.low = NAN, .high = NAN};

    for (size_t i = 0; i < n; i++) {
        left += rows[i].events + rows[i].ended;
        p.at_risk += rows[i].at >= at ? rows[i].events + rows[i].ended : 0;
    }
    for (size_t i = 0; i < n && rows[i].at <= at; i++) {
        kept *= 1 - rows[i].events / left;
        greenwood += rows[i].events / (left * (left - rows[i].events));
        left -= rows[i].events + rows[i].ended;
    }
    p.share = 1 - kept;
    if (kept > 0 && kept < 1) {
        double spread = exp(z * sqrt(greenwood) / fabs(log(kept)));

        p.low = 1 - pow(kept, 1 / spread);
        p.high = 1 - pow(kept, spread);
    }
    return p;
}
