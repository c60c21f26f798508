/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/text_distance.h"

static const double PREFIX_WEIGHT = .1;
enum { PREFIX_MAX = 4 };

static struct text16 cut(struct text16 t)
{
    return (struct text16){t.p, t.n < DISTANCE_TEXT_MAX ? t.n : DISTANCE_TEXT_MAX};
}

/* Marks the units that both have within `window` places of each other; returns how many. */
static size_t mark_common(struct text16 a, struct text16 b, bool *in_a, bool *in_b)
{
    size_t longer = a.n > b.n ? a.n : b.n, window = longer > 3 ? longer / 2 - 1 : 0, common = 0;

    for (size_t i = 0; i < a.n; i++) {
        size_t from = i > window ? i - window : 0;
        size_t to = i + window + 1 < b.n ? i + window + 1 : b.n;

        for (size_t k = from; k < to; k++) {
            if (in_b[k] || a.p[i] != b.p[k])
                continue;
            in_a[i] = in_b[k] = true;
            common++;
            break;
        }
    }
    return common;
}

static size_t out_of_order(struct text16 a, struct text16 b, const bool *in_a, const bool *in_b)
{
    size_t moved = 0, k = 0;

    for (size_t i = 0; i < a.n; i++) {
        if (!in_a[i])
            continue;
        while (!in_b[k])
            k++;
        moved += a.p[i] != b.p[k++];
    }
    return moved;
}

double distance_jaro_winkler(struct text16 a, struct text16 b)
{
    bool in_a[DISTANCE_TEXT_MAX] = {0}, in_b[DISTANCE_TEXT_MAX] = {0};
    size_t common, prefix = 0;
    double m, s;

    a = cut(a);
    b = cut(b);
    if (a.n == 0 || b.n == 0)
        return a.n == b.n;
    common = mark_common(a, b, in_a, in_b);
    if (common == 0)
        return 0;
    m = (double)common;
    s = (m / (double)a.n + m / (double)b.n + (m - (double)out_of_order(a, b, in_a, in_b) / 2) / m) /
        3;
    while (prefix < PREFIX_MAX && prefix < a.n && prefix < b.n && a.p[prefix] == b.p[prefix])
        prefix++;
    return s + (double)prefix * PREFIX_WEIGHT * (1 - s);
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

unsigned distance_edits(struct text16 a, struct text16 b)
{
    /* Rows of the table: the one before the last, the last, this one. */
    uint8_t rows[3][DISTANCE_TEXT_MAX + 1];
    uint8_t *before = rows[0], *last = rows[1], *now = rows[2];

    a = cut(a);
    b = cut(b);
    for (size_t k = 0; k <= b.n; k++)
        last[k] = (uint8_t)k;
    for (size_t i = 1; i <= a.n; i++) {
        uint8_t *spare = before;

        now[0] = (uint8_t)i;
        for (size_t k = 1; k <= b.n; k++) {
            bool same = a.p[i - 1] == b.p[k - 1];

            now[k] =
                least((uint8_t)(last[k - 1] + !same), (uint8_t)(least(last[k], now[k - 1]) + 1));
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
                now[k] = least(now[k], (uint8_t)(before[k - 2] + 1));
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b.n];
}
