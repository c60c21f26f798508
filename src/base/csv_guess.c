/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/csv_guess.h"

enum { GUESS_ROWS = 64 };

/* How a delimiter cuts the sample. */
struct cut {
    size_t rows;
    size_t columns; /* the most frequent number of cells above one; 0 when there is none */
    size_t support; /* rows that have it */
    size_t first;   /* the first of them that is followed by another */
    size_t numeric; /* cells of the last row that begin like a number */
};

static size_t count_numeric(const struct csv_scan *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->cells[i].n && strchr("0123456789.-", s->cells[i].p[0]) != NULL;
    return n;
}

static struct cut cut_sample(struct str sample, bool last, char d, struct csv_scan *s)
{
    const char *p = sample.p, *end = sample.p + sample.n;
    size_t counts[GUESS_ROWS] = {0};
    struct cut c = {0};

    while (c.rows < GUESS_ROWS && csv_scan_row(s, p, end, last, d) == CSV_FOUND_ROW) {
        p += s->size;
        if (s->n == 0)
            continue;
        counts[c.rows++] = s->n;
        c.numeric = count_numeric(s);
    }
    for (size_t i = 0; i < c.rows; i++) {
        size_t alike = 0;

        for (size_t j = 0; j < c.rows; j++)
            alike += counts[j] == counts[i];
        if (counts[i] > 1 && (alike > c.support || (alike == c.support && counts[i] > c.columns))) {
            c.columns = counts[i];
            c.support = alike;
        }
    }
    for (c.first = 0; c.first < c.rows; c.first++)
        if (counts[c.first] == c.columns &&
            (c.first + 1 == c.rows || counts[c.first + 1] == c.columns))
            break;
    return c;
}

char csv_guess(struct str sample, bool last, struct csv_scan *scratch)
{
    /* Where two cut equally well the comma comes last: it is the one that decimals use. */
    static const char candidates[] = {'\t', ';', '|', ','};
    struct cut cuts[TM_COUNT(candidates)], blanks;
    size_t most = 0, first = SIZE_MAX;
    char best = ',';

    for (size_t i = 0; i < TM_COUNT(candidates); i++) {
        cuts[i] = cut_sample(sample, last, candidates[i], scratch);
        if (cuts[i].support > most)
            most = cuts[i].support;
    }
    for (size_t i = 0; i < TM_COUNT(candidates); i++) {
        if (cuts[i].support == 0 || cuts[i].support * 5 < most * 4 || cuts[i].first >= first)
            continue;
        first = cuts[i].first;
        best = candidates[i];
    }
    if (most > 0)
        return best;
    blanks = cut_sample(sample, last, CSV_BLANKS, scratch);
    if (blanks.columns >= 3 && blanks.support == blanks.rows &&
        blanks.numeric * 2 >= blanks.columns)
        return CSV_BLANKS;
    return ',';
}
