/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* csv_scan.h - finds the cells of one row in memory; the inner loop of csv.h.
 *
 * A scan changes nothing, so that it can be repeated when a row turns out to be incomplete;
 * csv_scan_unquote() then undoes the quotes in place.
 */
#ifndef TM_BASE_CSV_SCAN_H
#define TM_BASE_CSV_SCAN_H

#include "base/csv.h"

#define CSV_DELIMITERS ",;\t| "

struct csv_scan {
    size_t n;               /* cells; 0 for an empty line */
    size_t size;            /* bytes with the line end */
    size_t longest;         /* bytes of the longest cell, also of one that is incomplete */
    const char *open_quote; /* that is not closed where the text ends; NULL for none */
    int64_t line_ends;
    bool quoted; /* some cell is */
    size_t mend_count;
    uint16_t mend[CSV_COLUMNS_MAX]; /* cells with doubled quotes, or text after the quotes */
    struct str cells[CSV_COLUMNS_MAX];
};

enum csv_found {
    CSV_FOUND_ROW,
    CSV_FOUND_PART,    /* the text ends before the row does */
    CSV_FOUND_END,     /* there is no text */
    CSV_FOUND_TOO_MANY /* cells */
};

/* `last`: no text follows after `end`, which then ends the row too. */
enum csv_found csv_scan_row(struct csv_scan *scan, const char *at, const char *end, bool last,
                            char delimiter);
/* Only for text that the caller may change. */
void csv_scan_unquote(struct csv_scan *scan);
/* LF, CR LF and CR in the first n bytes. */
int64_t csv_line_ends(const char *p, size_t n);

#endif
