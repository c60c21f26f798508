/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* csv.h - rows of delimited text (RFC 4180 and what shops' tools make of it).
 *
 * Delimiters: comma, semicolon, tab, pipe, or runs of blanks (white-space separated tables);
 * chosen from the first lines when not given. Quoted cells may hold delimiters, doubled quotes
 * and line ends. A row's cells are views into the reader's buffer, valid until the next row.
 * Caps: CSV_CELL_MAX bytes a cell, CSV_COLUMNS_MAX cells a row, CSV_ROW_MAX bytes a row; beyond
 * them the error names file and line. A quote that is never closed is ERR_TRUNCATED and names
 * the line on which it was opened. Empty lines are passed over.
 */
#ifndef TM_BASE_CSV_H
#define TM_BASE_CSV_H

#include "base/input.h"

enum {
    CSV_COLUMNS_MAX = 4096,
    CSV_CELL_MAX = 1 << 20,
    CSV_ROW_MAX = 4 << 20,
    CSV_BLANKS = ' ' /* as a delimiter: one or more blanks or tabs */
};

struct csv_row {
    const struct str *cells; /* not trimmed; quotes undone */
    size_t n;
    int64_t line; /* on which the row begins, from 1 */
    bool unended; /* the text ends with it, without a line end */
};

struct csv_reader;

/* `delimiter` 0: find out. The input is borrowed. */
TM_MUST_CHECK enum err_code csv_open(struct input *input, char delimiter,
                                     struct csv_reader **out_reader, struct err *err);
void csv_close(struct csv_reader *reader);
void csv_closep(struct csv_reader **reader);
char csv_delimiter(const struct csv_reader *reader);
TM_MUST_CHECK enum err_code csv_next(struct csv_reader *reader, struct csv_row *out_row,
                                     bool *out_more, struct err *err);

#endif
