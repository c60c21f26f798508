/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/nearest.h"

#include <ctype.h>

enum { WORD_MAX = 64, ALWAYS_NEAR = 2 };

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Of words of up to WORD_MAX bytes. */
static size_t edits(struct str a, struct str b)
{
    size_t row[WORD_MAX + 1];

    for (size_t k = 0; k <= b.n; k++)
        row[k] = k;
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t k = 0; k < b.n; k++) {
            size_t best = corner + !same(a.p[i], b.p[k]);

            corner = row[k + 1];
            best = best < row[k] + 1 ? best : row[k] + 1;
            row[k + 1] = best < corner + 1 ? best : corner + 1;
        }
    }
    return row[b.n];
}

struct nearest nearest_to(struct str word)
{
    size_t most = word.n / 3 > ALWAYS_NEAR ? word.n / 3 : ALWAYS_NEAR;

    return (struct nearest){.word = word, .edits = most + 1};
}

void nearest_consider(struct nearest *n, const char *candidate)
{
    struct str there = str_of(candidate);
    size_t d;

    if (n->word.n > WORD_MAX || there.n > WORD_MAX)
        return;
    d = edits(n->word, there);
    if (d < n->edits && d < there.n && d < n->word.n) {
        n->edits = d;
        n->best = candidate;
    }
}

const char *nearest_of(struct str word, const char *const *candidates, size_t count)
{
    struct nearest n = nearest_to(word);

    for (size_t i = 0; i < count; i++)
        nearest_consider(&n, candidates[i]);
    return n.best;
}
