/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which format a file has: by the names in its header, never by its own name. */
#include "intake/import/read.h"
#include "intake/import/table.h"

#include "base/input_bytes.h"

enum { CLOSEST_MIN = 2, NAMES_MAX = 300 };

/* The best format so far that lacks something, for the message. */
struct closest {
    const struct importer *importer;
    size_t bound, missing;
    char lacks[NAMES_MAX];
};

static void keep_closest(struct closest *closest, const struct importer *importer, const int *bound,
                         size_t bound_count, size_t missing)
{
    size_t n = 0;

    if (missing == 0 || bound_count < CLOSEST_MIN ||
        (closest->importer && bound_count <= closest->bound))
        return;
    *closest = (struct closest){importer, bound_count, missing, ""};
    for (size_t i = 0; i < importer->column_count && n < NAMES_MAX; i++)
        if (bound[i] < 0 && importer->columns[i].required)
            n += (size_t)snprintf(closest->lacks + n, NAMES_MAX - n, "%s\"%s\"", n ? ", " : "",
                                  importer->columns[i].names[0]);
}

static bool matches(struct import_run *run, const struct importer *importer,
                    const struct csv_row *row)
{
    run->importer = importer;
    return header_take(&run->header, importer, row) &&
           (!importer->matches || importer->matches(run));
}

/* Tries one row as the header of every candidate. */
static const struct candidate *try_row(struct import_run *run, const struct csv_row *row,
                                       char delimiter, struct candidates candidates,
                                       struct closest *closest)
{
    const struct candidate *best = NULL;
    size_t best_bound = 0;

    for (size_t i = 0; i < candidates.n; i++) {
        const struct candidate *c = &candidates.list[i];
        int bound[IMPORT_COLUMNS_MAX];
        size_t missing, found;

        if (!c->importer->columns || c->names || (c->delimiter && c->delimiter != delimiter))
            continue;
        if (best && best->is_mapping && !c->is_mapping)
            continue;
        found = header_bind(c->importer, row->cells, row->n, bound, &missing);
        keep_closest(closest, c->importer, bound, found, missing);
        if (missing == 0 && found > best_bound && matches(run, c->importer, row)) {
            best = c;
            best_bound = found;
        }
    }
    return best;
}

/* Looks for a header in the first rows with one delimiter (0: the reader's choice). */
static enum err_code try_delimiter(struct import_run *run, struct input *input, char delimiter,
                                   struct candidates candidates, struct closest *closest,
                                   const struct candidate **out_found, struct err *err)
{
    TM_CLEANUP(csv_closep) struct csv_reader *reader = NULL;
    struct csv_row row;
    bool more;

    buf_reset(&run->preamble);
    TRY(csv_open(input, delimiter, &reader, err));
    for (int i = 0; i < TABLE_HEADER_ROWS; i++) {
        TRY(csv_next(reader, &row, &more, err));
        if (!more)
            break;
        *out_found = try_row(run, &row, csv_delimiter(reader), candidates, closest);
        if (*out_found) {
            run->file->entry.delimiter = csv_delimiter(reader);
            return ERR_OK;
        }
        table_add_preamble(run, &row);
    }
    return ERR_OK;
}

static enum err_code unrecognised(const struct import_run *run, const struct closest *closest,
                                  struct err *err)
{
    err_set(err, ERR_UNRECOGNISED, "the format of %s is not recognised", run_name(run));
    if (closest->importer)
        err_hint(err, "the closest format is \"%s\", but these columns are missing: %s",
                 closest->importer->title, closest->lacks);
    else
        err_hint(err, "describe its columns in a mapping file (docs/formats.md) and give it with "
                      "--mapping");
    return ERR_UNRECOGNISED;
}

static enum err_code recognise_table(struct import_run *run, struct input *input,
                                     struct candidates candidates,
                                     const struct candidate **out_found, struct err *err)
{
    static const char delimiters[] = {0, ',', ';', '\t', '|'};
    struct closest closest = {NULL, 0, 0, ""};

    for (size_t i = 0; i < candidates.n; i++) { /* a mapping without header was chosen by name */
        if (candidates.list[i].names) {
            *out_found = &candidates.list[i];
            run->file->entry.delimiter = candidates.list[i].delimiter;
            return ERR_OK;
        }
    }
    for (size_t i = 0; i < candidates.n; i++) { /* delimiters that mappings name */
        if (candidates.list[i].delimiter) {
            struct candidates one = {&candidates.list[i], 1};

            TRY(try_delimiter(run, input, one.list->delimiter, one, &closest, out_found, err));
            TRY(input_reopen(input, err));
            if (*out_found)
                return ERR_OK;
        }
    }
    for (size_t i = 0; i < TM_COUNT(delimiters); i++) {
        TRY(try_delimiter(run, input, delimiters[i], candidates, &closest, out_found, err));
        TRY(input_reopen(input, err));
        if (*out_found)
            return ERR_OK;
    }
    return unrecognised(run, &closest, err);
}

static enum err_code recognise_json(struct import_run *run, struct input *input,
                                    struct candidates candidates,
                                    const struct candidate **out_found, struct err *err)
{
    struct json_parser *parser = json_parser_new(TABLE_LINE_MAX);
    struct json_value first = {NULL, 0};
    struct str line;
    int64_t number = 0;
    bool more = false;
    enum err_code rc;

    do
        rc = input_line(input, TABLE_LINE_MAX, &line, &number, &more, err);
    while (rc == ERR_OK && more && str_trim(line).n == 0);
    if (rc == ERR_OK && json_parse(parser, line, &first, &run->cell_err) != ERR_OK)
        rc = read_bad_json(run, number, err);
    for (size_t i = 0; rc == ERR_OK && i < candidates.n && !*out_found; i++)
        if (candidates.list[i].importer->matches_json &&
            candidates.list[i].importer->matches_json(first))
            *out_found = &candidates.list[i];
    json_parser_free(parser);
    TRY(rc);
    TRY(input_reopen(input, err));
    return *out_found ? ERR_OK : unrecognised(run, &(struct closest){NULL, 0, 0, ""}, err);
}

/* The first character that is no blank; 0 when there is none near the beginning. */
static enum err_code first_character(struct input *input, char *out_c, struct err *err)
{
    struct str text;

    *out_c = 0;
    do {
        TRY(input_read(input, &text, err));
        struct str rest = str_trim(text);
        if (rest.n > 0)
            *out_c = rest.p[0];
    } while (text.n > 0 && *out_c == 0);
    return input_reopen(input, err);
}

enum err_code read_recognise(struct import_run *run, struct input *input,
                             struct candidates candidates, const struct candidate **out_candidate,
                             struct err *err)
{
    enum err_code rc;
    char c;

    *out_candidate = NULL;
    TRY(first_character(input, &c, err));
    if (!c)
        return input_bytes_empty(run_name(run), err);
    rc = c == '{' ? recognise_json(run, input, candidates, out_candidate, err)
                  : recognise_table(run, input, candidates, out_candidate, err);
    run->importer = rc == ERR_OK ? (*out_candidate)->importer : NULL;
    return rc;
}
