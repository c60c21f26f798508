/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

/* Measured minus claimed level: -2, -1, 0, +1. Owners tend to claim too much. */
static const double prior_counts[4] = {1, 3, 6, 0.7};

void selfreport_add(struct selfreport *s, int claimed, int measured)
{
    int shift = measured - claimed;

    assert(claimed >= 1 && claimed <= 4 && measured >= 1 && measured <= 4);
    shift = shift < -2 ? -2 : shift > 1 ? 1 : shift;
    s->counts[shift + 2] += 1;
}

void selfreport_levels(const struct selfreport *s, int claimed, double out_p[4])
{
    double total = 0;

    assert(claimed >= 1 && claimed <= 4);
    for (int l = 0; l < 4; l++)
        out_p[l] = 0;
    for (int i = 0; i < 4; i++) {
        int level = claimed + i - 2;
        double w = prior_counts[i] + s->counts[i];

        level = level < 1 ? 1 : level > 4 ? 4 : level;
        out_p[level - 1] += w;
        total += w;
    }
    for (int l = 0; l < 4; l++)
        out_p[l] /= total;
}
