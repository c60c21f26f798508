/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/read.h"

#include "intake/import/table.h"
#include "intake/import/team.h"

enum { PASSES_MAX = 3, PROGRESS_ROWS = 4096 };

void table_add_preamble(struct import_run *run, const struct csv_row *row)
{
    size_t need = 1;

    for (size_t i = 0; i < row->n; i++)
        need += row->cells[i].n + 1;
    if (need > PREAMBLE_MAX - run->preamble.n)
        return;
    for (size_t i = 0; i < row->n; i++) {
        if (i > 0)
            buf_addc(&run->preamble, ',');
        buf_adds(&run->preamble, row->cells[i]);
    }
    buf_addc(&run->preamble, '\n');
}

/* In a reading for evidence an ambiguity is what is looked for. */
static enum err_code pass_over(const struct import_run *run, enum err_code rc)
{
    return rc == ERR_AMBIGUOUS && run->evidence ? ERR_OK : rc;
}

static enum err_code give_row(struct import_run *run, struct input *input,
                              const struct csv_row *row, struct err *err)
{
    enum err_code rc;

    if (run->file->entry.rows % PROGRESS_ROWS == 0)
        TRY(run_check_time(run, input, err));
    run_row_begin(run, row->line);
    rc = pass_over(run, run->importer->row(run, row, err));
    run_row_end(run);
    return rc;
}

/* Skips to the row below the header. */
static enum err_code skip_header(struct import_run *run, struct csv_reader *reader,
                                 const struct candidate *candidate, struct err *err)
{
    struct csv_row row;
    bool more;

    if (candidate->names) {
        bool taken = header_take(&run->header, run->importer, candidate->names);
        assert(taken);
        return ERR_OK;
    }
    for (int i = 0; i < TABLE_HEADER_ROWS; i++) {
        TRY(csv_next(reader, &row, &more, err));
        if (!more)
            break;
        if (header_take(&run->header, run->importer, &row) &&
            (!run->importer->matches || run->importer->matches(run)))
            return ERR_OK;
        table_add_preamble(run, &row);
    }
    return err_set(err, ERR_IO, "%s changed while it was read", run_name(run));
}

static enum err_code cut_off(const struct import_run *run, const struct csv_row *row,
                             struct err *err)
{
    err_set(err, ERR_TRUNCATED,
            "%s, line %" PRId64 ": the file ends in the middle of this row (%zu of %zu cells)",
            run_name(run), row->line, row->n, run->header.n);
    err_hint(err, "The file seems to be cut off: export or copy it again. If it is whole, end its "
                  "last line with a line break.");
    return ERR_TRUNCATED;
}

/* A last row that ends before all others did, and without a line end, is a file that was cut off:
 * how much of it is missing cannot be known. */
static enum err_code read_rows(struct import_run *run, struct input *input,
                               struct csv_reader *reader, struct err *err)
{
    size_t columns = run->header.n, fewest = columns; /* cells of the rows so far */
    struct csv_row row;
    enum err_code rc;
    bool more;

    for (;;) {
        TRY(csv_next(reader, &row, &more, err));
        if (!more)
            return ERR_OK;
        rc = give_row(run, input, &row, err);
        if (row.unended && row.n < fewest &&
            (rc == ERR_AMBIGUOUS || (rc == ERR_OK && run->fate != ROW_SKIPPED)))
            return cut_off(run, &row, err);
        TRY(rc);
        if (run->header.n != columns) /* another table of the same file begins */
            columns = fewest = run->header.n;
        else if (run->fate != ROW_SKIPPED && row.n < fewest)
            fewest = row.n;
    }
}

static enum err_code read_table(struct import_run *run, struct input *input,
                                const struct candidate *candidate, struct err *err)
{
    TM_CLEANUP(csv_closep) struct csv_reader *reader = NULL;

    TRY(csv_open(input, run->file->entry.delimiter, &reader, err));
    TRY(skip_header(run, reader, candidate, err));
    run->file->entry.delimiter = csv_delimiter(reader);
    if (run->importer->begin)
        TRY(pass_over(run, run->importer->begin(run, err)));
    return read_rows(run, input, reader, err);
}

enum err_code read_bad_json(const struct import_run *run, int64_t line, struct err *err)
{
    err_set(err, run->cell_err.code, "%s, line %" PRId64 ": %s", run_name(run), line,
            run->cell_err.msg);
    err_hint(err, "Each line must be one whole JSON object. If the file was cut off, export or "
                  "copy it again.");
    return run->cell_err.code;
}

enum err_code read_object(struct import_run *run, struct json_parser *parser, struct str line,
                          int64_t number, struct err *err)
{
    struct json_value value;
    enum err_code rc;

    rc = json_parse(parser, line, &value, &run->cell_err);
    if (rc != ERR_OK)
        return read_bad_json(run, number, err);
    run_row_begin(run, number);
    rc = pass_over(run, run->importer->object(run, value, number, err));
    run_row_end(run);
    return rc;
}

static enum err_code read_lines(struct import_run *run, struct input *input,
                                struct json_parser *parser, struct err *err)
{
    struct str line;
    int64_t number;
    bool more;

    for (;;) {
        if (run->file->entry.rows % PROGRESS_ROWS == 0)
            TRY(run_check_time(run, input, err));
        TRY(input_line(input, TABLE_LINE_MAX, &line, &number, &more, err));
        if (!more)
            return ERR_OK;
        if (str_trim(line).n > 0)
            TRY(read_object(run, parser, line, number, err));
    }
}

static enum err_code read_objects(struct import_run *run, struct input *input, struct err *err)
{
    struct json_parser *parser;
    enum err_code rc = ERR_OK;

    run->file->entry.delimiter = 0;
    if (team_wanted(run, input))
        return team_read(run, input, err);
    parser = json_parser_new(TABLE_LINE_MAX);
    if (run->importer->begin)
        rc = pass_over(run, run->importer->begin(run, err));
    if (rc == ERR_OK)
        rc = read_lines(run, input, parser, err);
    json_parser_free(parser);
    return rc;
}

static enum err_code read_pass(struct import_run *run, struct input *input,
                               const struct candidate *candidate, struct err *err)
{
    if (run->importer->columns)
        TRY(read_table(run, input, candidate, err));
    else
        TRY(read_objects(run, input, err));
    if (run->importer->end)
        TRY(pass_over(run, run->importer->end(run, err)));
    return arena_check(&run->file_arena, err);
}

/* The whole file once more, only for what its dates and numbers prove. */
static enum err_code settle_style(struct import_run *run, struct input *input,
                                  const struct candidate *candidate, struct err *err)
{
    enum err_code rc;

    run_restart(run, true);
    TRY(input_reopen(input, err));
    TRY(read_pass(run, input, candidate, err));
    rc = read_style_settle(&run->style, err);
    if (rc != ERR_OK) {
        run_restart(run, true); /* what could not be read yet is no fault of the rows */
        err_context(err, "reading %s", run_name(run));
    }
    return rc;
}

static void write_style(const struct import_run *run)
{
    static const char *const dates[] = {"", "day first", "month first"};
    static const char *const decimals[] = {"", "decimal point", "decimal comma"};
    struct import_entry *e = &run->file->entry;
    const char *d = dates[run->style.dates], *m = decimals[run->style.decimals];

    snprintf(e->style, sizeof(e->style), "%s%s%s%s", d, d[0] && m[0] ? ", " : "", m,
             run->style.buddhist ? ", Buddhist years" : "");
}

static enum err_code check_used(const struct import_run *run, struct err *err)
{
    const struct import_entry *e = &run->file->entry;

    if (e->rows == 0) {
        err_set(err, ERR_INVALID, "%s has no row of data", run_name(run));
        err_hint(err, "Export it again for a longer period, or leave it out.");
        return ERR_INVALID;
    }
    if (e->rejected == 0 || e->stored + e->merged > 0)
        return ERR_OK;
    err_set(err, ERR_INVALID, "none of the %" PRId64 " rows of %s could be used", e->rejected,
            run_name(run));
    err_hint(err, "line %" PRId64 ": %s", run->file->rejects[0].line, run->file->rejects[0].reason);
    return ERR_INVALID;
}

enum err_code read_all(struct import_run *run, struct input *input,
                       const struct candidate *candidate, struct err *err)
{
    const struct target *target = &run->ctx->target;
    struct import_entry *e = &run->file->entry;
    enum err_code rc = ERR_INTERNAL;

    for (int pass = 0; pass < PASSES_MAX; pass++) {
        run_restart(run, false);
        TRY(target->begin(target->ctx, e->id, e->source, pass, err));
        rc = read_pass(run, input, candidate, err);
        if (rc != ERR_AMBIGUOUS || (!run->style.ambiguous_date && !run->style.ambiguous_number))
            break;
        TRY(settle_style(run, input, candidate, err));
        TRY(input_reopen(input, err));
    }
    TRY(rc);
    snprintf(e->encoding, sizeof(e->encoding), "%s", input_encoding(input));
    write_style(run);
    return check_used(run, err);
}
