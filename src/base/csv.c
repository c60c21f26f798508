/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/csv.h"

#include "base/i18n.h"
#include "base/csv_guess.h"
#include "base/csv_scan.h"

enum { BUFFER_START = 512 * 1024, BUFFER_MAX = 2 * CSV_ROW_MAX, GUESS_BYTES = 64 * 1024 };

struct csv_reader {
    struct input *input; /* borrowed */
    char delimiter;
    bool ended;     /* the input has no more */
    int64_t line;   /* of data[at] */
    size_t at, end; /* what of data[] is not read yet */
    size_t cap;
    char *data;
    struct csv_scan scan;
};

/* Appends the next piece; the unread rest moves to the front when room is short. */
static enum err_code fill(struct csv_reader *r, struct err *err)
{
    struct str piece;
    size_t rest = r->end - r->at;

    TRY(input_read(r->input, &piece, err));
    if (piece.n == 0)
        r->ended = true;
    if (r->end + piece.n > r->cap) {
        memmove(r->data, r->data + r->at, rest);
        r->at = 0;
        r->end = rest;
    }
    assert(rest + piece.n <= BUFFER_MAX); /* rows beyond CSV_ROW_MAX were refused before */
    while (r->end + piece.n > r->cap) {
        r->cap *= 2;
        r->data = xrealloc(r->data, r->cap);
    }
    memcpy(r->data + r->end, piece.p, piece.n);
    r->end += piece.n;
    return ERR_OK;
}

enum err_code csv_open(struct input *input, char delimiter, struct csv_reader **out_reader,
                       struct err *err)
{
    struct csv_reader *r = xcalloc(1, sizeof(*r));
    enum err_code code;

    assert(delimiter == 0 || strchr(CSV_DELIMITERS, delimiter));
    r->input = input;
    r->line = 1;
    r->cap = BUFFER_START;
    r->data = xmalloc(r->cap);
    /* A short file as a whole, so that its last row counts too. */
    do
        code = fill(r, err);
    while (!code && !r->ended && r->end < GUESS_BYTES);
    if (code) {
        csv_close(r);
        return code;
    }
    r->delimiter = delimiter;
    if (!delimiter)
        r->delimiter = csv_guess((struct str){r->data, r->end}, r->ended, &r->scan);
    *out_reader = r;
    return ERR_OK;
}

void csv_close(struct csv_reader *r)
{
    if (!r)
        return;
    free(r->data);
    free(r);
}

void csv_closep(struct csv_reader **reader)
{
    csv_close(*reader);
}

char csv_delimiter(const struct csv_reader *r)
{
    return r->delimiter;
}

static int64_t open_quote_line(const struct csv_reader *r)
{
    const char *row = r->data + r->at;

    return r->line + csv_line_ends(row, (size_t)(r->scan.open_quote - row));
}

static enum err_code too_large(const struct csv_reader *r, const char *what, int limit,
                               const char *unit, struct err *err)
{
    err_set(err, ERR_TOO_LARGE, "%s, line %" PRId64 ": %s exceeds the limit of %d %s",
            input_name(r->input), r->line, _(what), limit, _(unit));
    if (r->scan.open_quote)
        err_hint(err, "A quotation mark opened on line %" PRId64 " may never be closed.",
                 open_quote_line(r));
    else
        err_hint(err, "No usual export has that: the file may be damaged, or something else. "
                      "Export it again as CSV.");
    return ERR_TOO_LARGE;
}

/* A row is incomplete: reads on, or tells what is wrong with it. */
static enum err_code need_more(struct csv_reader *r, struct err *err)
{
    if (r->scan.longest > CSV_CELL_MAX)
        return too_large(r, N_("a cell"), CSV_CELL_MAX, N_("bytes"), err);
    if (r->end - r->at > CSV_ROW_MAX)
        return too_large(r, N_("the row"), CSV_ROW_MAX, N_("bytes"), err);
    return fill(r, err);
}

static enum err_code unclosed(const struct csv_reader *r, struct err *err)
{
    err_set(err, ERR_TRUNCATED,
            "%s, line %" PRId64 ": the quotation mark opened here is never closed",
            input_name(r->input), open_quote_line(r));
    err_hint(err, "The file may be cut off: export it again. Or close the quotation mark.");
    return ERR_TRUNCATED;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

enum err_code csv_next(struct csv_reader *r, struct csv_row *out_row, bool *out_more,
                       struct err *err)
{
    for (;;) {
        enum csv_found found =
            csv_scan_row(&r->scan, r->data + r->at, r->data + r->end, r->ended, r->delimiter);

        if (found == CSV_FOUND_PART) {
            if (r->ended)
                return unclosed(r, err);
            TRY(need_more(r, err));
            continue;
        }
        if (found == CSV_FOUND_TOO_MANY)
            return too_large(r, N_("the row"), CSV_COLUMNS_MAX, N_("columns"), err);
        if (found == CSV_FOUND_END) {
            *out_more = false;
            return ERR_OK;
        }
        if (r->scan.longest > CSV_CELL_MAX)
            return too_large(r, N_("a cell"), CSV_CELL_MAX, N_("bytes"), err);
        if (r->scan.size > CSV_ROW_MAX)
            return too_large(r, N_("the row"), CSV_ROW_MAX, N_("bytes"), err);
        *out_row = (struct csv_row){.cells = r->scan.cells, .n = r->scan.n, .line = r->line};
        r->at += r->scan.size;
        out_row->unended = out_row->n > 0 && !is_line_end(r->data[r->at - 1]);
        r->line += r->scan.line_ends;
        if (out_row->n == 0)
            continue;
        csv_scan_unquote(&r->scan);
        *out_more = true;
        return ERR_OK;
    }
}
