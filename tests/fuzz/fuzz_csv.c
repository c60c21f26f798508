/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "base/csv.h"
#include "base/csv_scan.h"

/* A row found in the beginning of a text is the row found in the whole. */
static void scan_in_parts(struct str text, size_t cut, char delimiter)
{
    static struct csv_scan part, whole;
    enum csv_found found;

    if (cut > text.n ||
        csv_scan_row(&part, text.p, text.p + cut, false, delimiter) != CSV_FOUND_ROW)
        return;
    found = csv_scan_row(&whole, text.p, text.p + text.n, true, delimiter);
    MUST(found == CSV_FOUND_ROW && part.n == whole.n && part.size == whole.size);
    MUST(part.line_ends == whole.line_ends && part.mend_count == whole.mend_count);
    for (size_t i = 0; i < part.n; i++)
        MUST(part.cells[i].p == whole.cells[i].p && part.cells[i].n == whole.cells[i].n);
}

static void read_rows(struct input *input, char delimiter)
{
    TM_CLEANUP(csv_closep) struct csv_reader *csv = NULL;
    struct err err = ERR_INIT;
    struct csv_row row;
    bool more = true;
    int64_t line = 0;
    size_t bytes = 0;

    if (csv_open(input, delimiter, &csv, &err) != ERR_OK)
        return;
    while (csv_next(csv, &row, &more, &err) == ERR_OK && more) {
        MUST(row.n > 0 && row.n <= CSV_COLUMNS_MAX && row.line > line);
        line = row.line;
        for (size_t i = 0; i < row.n; i++)
            for (size_t k = 0; k < row.cells[i].n; k++)
                bytes += (unsigned char)row.cells[i].p[k];
    }
    MUST(!more || (err.code && err.msg[0]));
    MUST(bytes < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {0, ',', ';', '\t', '|', CSV_BLANKS};
    TM_CLEANUP(input_closep) struct input *input = NULL;
    char delimiter;

    if (size < 3)
        return 0;
    delimiter = delimiters[data[0] % TM_COUNT(delimiters)];
    if (delimiter)
        scan_in_parts((struct str){(const char *)data + 2, size - 2}, data[1], delimiter);
    if (input_open(fuzz_file(data + 2, size - 2), 0, &input, NULL) == ERR_OK)
        read_rows(input, delimiter);
    return 0;
}
