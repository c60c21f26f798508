/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake_run.h"

#include <unistd.h>

enum { COLUMNS_MAX = 64, RECORDS_MAX = 200, FIELDS_MAX = 64 };

struct import_run {
    const struct importer *importer;
    struct fake_options options;
    struct str *header; /* in file_arena */
    size_t header_n;
    int bound[COLUMNS_MAX];
    struct buf preamble;
    struct arena row_arena, file_arena;
    struct read_style style;
    void *state;
    bool evidence, rejected, skipped;
};

struct kept {
    enum record_kind kind;
    char *fields[FIELDS_MAX];
};

static struct fake_result result;
static struct kept kept[RECORDS_MAX];
static size_t kept_n;

void *import_state(struct import_run *run)
{
    return run->state;
}

struct arena *import_row_arena(struct import_run *run)
{
    return &run->row_arena;
}

struct arena *import_file_arena(struct import_run *run)
{
    return &run->file_arena;
}

struct str import_cell(const struct import_run *run, const struct csv_row *row, size_t column)
{
    int at = run->bound[column];
    struct str s;

    if (at < 0 || (size_t)at >= row->n)
        return STR_NONE;
    s = str_trim(row->cells[at]);
    return s.n && s.p[0] == '\'' ? (struct str){s.p + 1, s.n - 1} : s;
}

bool import_has_column(const struct import_run *run, size_t column)
{
    return run->bound[column] >= 0;
}

struct str import_column_name(const struct import_run *run, size_t column)
{
    return run->bound[column] < 0 ? STR_NONE : run->header[run->bound[column]];
}

struct str import_preamble(const struct import_run *run)
{
    return buf_str(&run->preamble);
}

size_t import_header_count(const struct import_run *run)
{
    return run->header_n;
}

struct str import_header_cell(const struct import_run *run, size_t i)
{
    return i < run->header_n ? run->header[i] : STR_NONE;
}

static bool name_matches(struct str cell, const char *name)
{
    size_t n = strlen(name), i = 0;

    for (; i < n && name[i] != '*'; i++) {
        char a = i < cell.n ? cell.p[i] : '\0', b = name[i];

        if (tolower((unsigned char)(a == '_' ? ' ' : a)) !=
            tolower((unsigned char)(b == '_' ? ' ' : b)))
            return false;
    }
    return i < n || cell.n == n;
}

bool import_rebind(struct import_run *run, const struct csv_row *row)
{
    int bound[COLUMNS_MAX];

    for (size_t c = 0; c < run->importer->column_count; c++) {
        const struct import_column *column = &run->importer->columns[c];

        bound[c] = -1;
        for (size_t k = 0; k < TM_COUNT(column->names) && column->names[k] && bound[c] < 0; k++)
            for (size_t i = 0; i < row->n && bound[c] < 0; i++)
                if (name_matches(str_trim(row->cells[i]), column->names[k]))
                    bound[c] = (int)i;
        if (bound[c] < 0 && column->required)
            return false;
    }
    run->header = arena_alloc(&run->file_arena, row->n * sizeof(*run->header));
    for (size_t i = 0; i < row->n; i++)
        run->header[i] = arena_str(&run->file_arena, str_trim(row->cells[i]));
    run->header_n = row->n;
    memcpy(run->bound, bound, sizeof(bound));
    return true;
}

struct read_style *import_style(struct import_run *run)
{
    return &run->style;
}

const char *import_currency(const struct import_run *run)
{
    return run->options.currency ? run->options.currency : "";
}

const char *import_country(const struct import_run *run)
{
    return run->options.country ? run->options.country : "";
}

enum err_code import_need_currency(struct import_run *run, const char **out_code, struct err *err)
{
    *out_code = import_currency(run);
    return **out_code ? ERR_OK : err_set(err, ERR_AMBIGUOUS, "no currency");
}

static char *field_text(const struct record_column *c, const void *record)
{
    const char *at = (const char *)record + c->offset;
    char text[64] = "";
    struct str s;
    double x;
    int64_t n;

    if (c->type == COL_STR) {
        char *copy;

        memcpy(&s, at, sizeof(s));
        copy = xcalloc(s.n + 1, 1);
        memcpy(copy, s.p, s.n);
        return copy;
    }
    if (c->type == COL_REAL) {
        memcpy(&x, at, sizeof(x));
        if (!isnan(x))
            snprintf(text, sizeof(text), "%g", x);
        return xstrdup(text);
    }
    memcpy(&n, at, sizeof(n));
    if (c->type == COL_DAY && n != 0) {
        int y, m, d;

        civil_from_days(n, &y, &m, &d);
        snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
    } else if (c->type == COL_TIME && n != TIME_NONE) {
        TM_CLEANUP(buf_release) struct buf b = BUF_INIT(60);

        timestamp_add_iso(&b, n);
        snprintf(text, sizeof(text), "%s", buf_cstr(&b));
    } else if (c->type != COL_DAY && c->type != COL_TIME && n != AMOUNT_NONE) {
        snprintf(text, sizeof(text), "%" PRId64, n);
    }
    return xstrdup(text);
}

enum err_code import_put(struct import_run *run, enum record_kind kind, const void *record,
                         struct err *err)
{
    const struct record_layout *layout = record_layout(kind);

    (void)err;
    if (run->evidence)
        return ERR_OK;
    result.records++;
    if (run->options.keep_nothing || kept_n == RECORDS_MAX)
        return ERR_OK;
    kept[kept_n].kind = kind;
    for (size_t i = 0; i < layout->column_count; i++)
        kept[kept_n].fields[i] = field_text(&layout->columns[i], record);
    kept_n++;
    return ERR_OK;
}

void import_reject(struct import_run *run, int64_t line, const char *fmt, ...)
{
    va_list ap;

    (void)line;
    run->rejected = true;
    if (result.reject[0])
        return;
    va_start(ap, fmt);
    vsnprintf(result.reject, sizeof(result.reject), fmt, ap);
    va_end(ap);
}

void import_merged(struct import_run *run)
{
    (void)run;
}

void import_skipped(struct import_run *run)
{
    run->skipped = true;
}

void import_note(struct import_run *run, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    size_t n = strlen(result.notes);

    (void)run;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (!strstr(result.notes, text))
        snprintf(result.notes + n, sizeof(result.notes) - n, "%s\n", text);
}

void import_total(struct import_run *run, const char *name, const char *currency, int64_t minor)
{
    (void)run;
    (void)name;
    (void)currency;
    (void)minor;
}

static enum err_code judged(struct import_run *run, enum err_code code, const struct err *cell_err,
                            bool *out_ok, struct err *err)
{
    *out_ok = code == ERR_OK || (code == ERR_AMBIGUOUS && run->evidence);
    if (*out_ok)
        return ERR_OK;
    if (code == ERR_AMBIGUOUS) {
        *err = *cell_err;
        return code;
    }
    import_reject(run, 0, "%s", cell_err->msg);
    return ERR_OK;
}

#define PARSER(name, type, none, call)                                                             \
    enum err_code name(struct import_run *run, const struct csv_row *row, size_t column,           \
                       type *out, bool *out_ok, struct err *err)                                   \
    {                                                                                              \
        struct err e = ERR_INIT;                                                                   \
        struct str s = import_cell(run, row, column);                                              \
                                                                                                   \
        *out = none;                                                                               \
        return judged(run, call(s, &run->style, out, &e), &e, out_ok, err);                        \
    }

PARSER(import_micros, int64_t, AMOUNT_NONE, parse_micros)
PARSER(import_count, int64_t, AMOUNT_NONE, parse_count)
PARSER(import_real, double, (double)NAN, parse_real)
PARSER(import_time, int64_t, TIME_NONE, parse_time)
PARSER(import_day, int64_t, 0, parse_day)

enum err_code import_money(struct import_run *run, const struct csv_row *row, size_t column,
                           const char *currency, int64_t *out_minor, bool *out_ok, struct err *err)
{
    struct err e = ERR_INIT;
    int decimals = currency_decimals(str_of(currency));

    *out_minor = AMOUNT_NONE;
    if (decimals < 0) {
        import_reject(run, 0, "\"%s\" is not a currency", currency);
        *out_ok = false;
        return ERR_OK;
    }
    return judged(run,
                  parse_money(import_cell(run, row, column), decimals, &run->style, out_minor, &e),
                  &e, out_ok, err);
}

static void after_row(struct import_run *run)
{
    result.rows++;
    result.skipped += run->skipped;
    result.rejected += run->rejected;
    run->skipped = run->rejected = false;
    arena_reset(&run->row_arena);
}

static enum err_code read_csv(struct import_run *run, struct input *input, struct err *err)
{
    TM_CLEANUP(csv_closep) struct csv_reader *reader = NULL;
    struct csv_row row;
    bool more, header = true;
    enum err_code code;

    TRY(csv_open(input, 0, &reader, err));
    for (;;) {
        TRY(csv_next(reader, &row, &more, err));
        if (!more)
            break;
        if (header) {
            if (import_rebind(run, &row) &&
                (!run->importer->matches || run->importer->matches(run))) {
                header = false;
                if (run->importer->begin)
                    TRY(run->importer->begin(run, err));
                continue;
            }
            for (size_t i = 0; i < row.n; i++) {
                buf_addz(&run->preamble, i ? "," : "");
                buf_adds(&run->preamble, row.cells[i]);
            }
            buf_addc(&run->preamble, '\n');
            continue;
        }
        code = run->importer->row(run, &row, err);
        if (code && !(code == ERR_AMBIGUOUS && run->evidence))
            return code;
        after_row(run);
    }
    return header ? err_set(err, ERR_UNRECOGNISED, "no header found") : ERR_OK;
}

static enum err_code read_json(struct import_run *run, struct input *input, struct err *err)
{
    struct json_parser *parser = json_parser_new(1 << 20);
    struct json_value value;
    struct str line;
    int64_t number;
    bool more = true;
    enum err_code code = ERR_OK;

    while (!code) {
        code = input_line(input, 1 << 20, &line, &number, &more, err);
        if (code || !more)
            break;
        code = json_parse(parser, line, &value, err);
        if (!code && number == 1 && !run->importer->matches_json(value))
            code = err_set(err, ERR_UNRECOGNISED, "no such object");
        if (!code)
            code = run->importer->object(run, value, number, err);
        after_row(run);
    }
    json_parser_free(parser);
    return code;
}

static enum err_code read_pass(struct import_run *run, const char *path, bool evidence,
                               struct err *err)
{
    TM_CLEANUP(input_closep) struct input *input = NULL;
    enum err_code code;

    run->evidence = evidence;
    fake_release();
    arena_release(&run->row_arena);
    arena_release(&run->file_arena);
    buf_reset(&run->preamble);
    run->state = xcalloc(1, run->importer->state_size);
    code = input_open(path, 0, &input, err);
    if (!code)
        code = run->importer->columns ? read_csv(run, input, err) : read_json(run, input, err);
    if (!code && run->importer->end)
        code = run->importer->end(run, err);
    free(run->state);
    return code;
}

static enum err_code read_file(struct import_run *run, const char *path, struct err *err)
{
    enum err_code code = read_pass(run, path, false, err);

    if (code != ERR_AMBIGUOUS || !(run->style.ambiguous_date || run->style.ambiguous_number))
        return code;
    TRY(read_pass(run, path, true, err));
    TRY(read_style_settle(&run->style, err));
    return read_pass(run, path, false, err);
}

const struct fake_result *fake_import_bytes(const struct importer *importer, const char *text,
                                            size_t n, struct fake_options options)
{
    struct import_run run = {.importer = importer,
                             .options = options,
                             .preamble = BUF_INIT(65536),
                             .row_arena = ARENA_INIT(1 << 20),
                             .file_arena = ARENA_INIT(1 << 20)};
    char path[] = "/tmp/marketing-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    if (!f || fwrite(text, 1, n, f) != n || fclose(f) != 0)
        abort();
    struct err err = ERR_INIT;
    clock_t started = clock();
    enum err_code code = read_file(&run, path, &err);

    result.err = err;
    result.code = code;
    result.cpu_us = (int64_t)(clock() - started) * 1000000 / CLOCKS_PER_SEC;
    unlink(path);
    buf_release(&run.preamble);
    arena_release(&run.row_arena);
    arena_release(&run.file_arena);
    return &result;
}

const struct fake_result *fake_import(const struct importer *importer, const char *text,
                                      struct fake_options options)
{
    return fake_import_bytes(importer, text, strlen(text), options);
}

const char *fake_field(size_t i, const char *column)
{
    if (i >= kept_n)
        return "(no such record)";
    const struct record_layout *layout = record_layout(kept[i].kind);

    for (size_t c = 0; c < layout->column_count; c++)
        if (strcmp(layout->columns[c].name, column) == 0)
            return kept[i].fields[c];
    return "(no such column)";
}

const char *fake_kind(size_t i)
{
    return i < kept_n ? record_layout(kept[i].kind)->name : "(no such record)";
}

void fake_release(void)
{
    for (size_t i = 0; i < kept_n; i++)
        for (size_t c = 0; c < FIELDS_MAX; c++) {
            free(kept[i].fields[c]);
            kept[i].fields[c] = NULL;
        }
    kept_n = 0;
    result = (struct fake_result){.code = ERR_OK};
}
