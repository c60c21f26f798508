/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows out of RowBinaryWithNamesAndTypes, decoded as they arrive. */
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/transfer.h"
#include "engine/type.h"

enum { MAX_COLUMNS = 1024, READ_TRIES = 3, RETRY_MS = 100 };

struct column {
    char *name, *type; /* owned */
    struct cell_type as;
};

struct cell {
    bool null;
    union {
        int64_t i;
        uint64_t u;
        double d;
        struct str text;
    };
    uint64_t *items; /* owned; of an array, doubles by their bits */
    size_t n, cap;
};

struct result {
    struct transfer *transfer; /* owned */
    struct column *columns;    /* owned */
    struct cell *cells;        /* owned */
    size_t count;
    size_t row_bytes; /* of the current row, still in the transfer */
    bool has_row;
    struct err err; /* of the stream */
};

/* Reads from bytes that may end in the middle of a value: `lacking` then. */
struct reader {
    const char *p, *end;
    bool lacking;
};

static const char *take(struct reader *r, size_t n)
{
    const char *at = r->p;

    if (r->lacking || (size_t)(r->end - r->p) < n) {
        r->lacking = true;
        return NULL;
    }
    r->p += n;
    return at;
}

static uint64_t take_varint(struct reader *r)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        const char *at = take(r, 1);

        if (!at)
            return 0;
        v |= (uint64_t)(*at & 0x7F) << shift;
        if (!(*at & 0x80))
            break;
    }
    return v;
}

static struct str take_text(struct reader *r)
{
    uint64_t n = take_varint(r);
    const char *at = take(r, n > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)n);

    return at ? (struct str){at, (size_t)n} : STR_NONE;
}

/* A little-endian number, widened to 64 bits by its kind; doubles by their bits. */
static uint64_t widen(const char *p, const struct cell_type *t)
{
    uint64_t u = 0;
    unsigned unused = (unsigned)(64 - 8 * t->width);

    memcpy(&u, p, t->width);
    if (t->kind == CELL_INT && unused)
        return (uint64_t)((int64_t)(u << unused) >> unused);
    if (t->kind == CELL_REAL && t->width == 4) {
        float f;
        double d;

        memcpy(&f, p, 4);
        d = (double)f;
        memcpy(&u, &d, 8);
    }
    return u;
}

static void read_array(struct reader *r, const struct cell_type *t, struct cell *cell)
{
    uint64_t n = take_varint(r);
    const char *at;

    if (r->lacking)
        return;
    if (t->width == 0) { /* Array(Nothing): the empty array */
        cell->n = 0;
        return;
    }
    at = n <= SIZE_MAX / 2 / 8 ? take(r, (size_t)n * t->width) : NULL;
    if (!at) {
        r->lacking = true;
        return;
    }
    if (n > cell->cap) {
        cell->cap = (size_t)n;
        cell->items = xrealloc(cell->items, cell->cap * sizeof(*cell->items));
    }
    cell->n = (size_t)n;
    for (size_t i = 0; i < cell->n; i++)
        cell->items[i] = widen(at + i * t->width, t);
}

static void set_null(struct cell *cell, enum cell_kind kind)
{
    cell->null = true;
    if (kind == CELL_TEXT)
        cell->text = STR_NONE;
    else if (kind == CELL_REAL)
        cell->d = (double)NAN;
    else
        cell->i = AMOUNT_NONE;
}

static void read_cell(struct reader *r, const struct cell_type *t, struct cell *cell)
{
    const char *at;

    cell->null = false;
    if (t->array) {
        read_array(r, t, cell);
        return;
    }
    if (t->nullable) {
        at = take(r, 1);
        if (at && *at) {
            set_null(cell, t->kind);
            return;
        }
    }
    if (t->kind == CELL_TEXT && t->width == 0) {
        cell->text = take_text(r);
        return;
    }
    at = take(r, t->width);
    if (!at)
        return;
    if (t->kind == CELL_TEXT)
        cell->text = (struct str){at, t->width};
    else
        cell->u = widen(at, t);
}

/* Reads the names and types in front of the rows; false when more bytes are needed. */
static bool read_columns(struct result *res, enum err_code *out_code, struct err *err)
{
    struct str data = transfer_data(res->transfer), text;
    struct reader r = {data.p, data.p + data.n, false};
    uint64_t count = take_varint(&r);
    struct reader start = r;

    *out_code = ERR_OK;
    if (!r.lacking && (count == 0 || count > MAX_COLUMNS)) {
        *out_code = err_set(err, ERR_ENGINE, "the engine's answer has %" PRIu64 " columns", count);
        return true;
    }
    for (uint64_t i = 0; i < 2 * count && !r.lacking; i++)
        take_text(&r);
    if (r.lacking)
        return false;
    res->columns = xcalloc(count, sizeof(*res->columns));
    res->cells = xcalloc(count, sizeof(*res->cells));
    res->count = (size_t)count;
    for (size_t i = 0; i < 2 * res->count; i++) {
        struct column *c = &res->columns[i % res->count];
        char **to = i < res->count ? &c->name : &c->type;

        text = take_text(&start);
        *to = xmalloc(text.n + 1);
        memcpy(*to, text.p, text.n);
        (*to)[text.n] = '\0';
    }
    for (size_t i = 0; i < res->count && *out_code == ERR_OK; i++)
        *out_code = cell_type_parse(res->columns[i].type, &res->columns[i].as, err);
    transfer_take(res->transfer, data.n - (size_t)(start.end - start.p));
    return true;
}

static enum err_code read_header(struct result *res, struct err *err)
{
    enum err_code rc;

    for (;;) {
        if (transfer_data(res->transfer).n && read_columns(res, &rc, err))
            return rc;
        if (res->transfer->done) {
            if (transfer_data(res->transfer).n == 0)
                return ERR_OK; /* a statement without a result */
            return err_set(err, ERR_ENGINE, "the engine's answer ends too early");
        }
        TRY(transfer_more(res->transfer, err));
    }
}

static bool is_read(const struct statement *s)
{
    static const char *const words[] = {"SELECT", "WITH", "DESCRIBE", "EXPLAIN", "SHOW"};
    struct str text = str_of(s->text);

    while (str_starts(text = str_trim(text), "--")) {
        const char *end = memchr(text.p, '\n', text.n);

        if (!end)
            return false;
        text = (struct str){end, (size_t)(text.p + text.n - end)};
    }
    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (text.n > strlen(words[i]) && str_ieqz((struct str){text.p, strlen(words[i])}, words[i]))
            return true;
    return false;
}

static enum err_code try_query(struct engine *engine, const struct request *request,
                               struct result **out_result, bool *out_again, struct err *err)
{
    struct result *res = xcalloc(1, sizeof(*res));
    enum err_code rc = transfer_open(engine, request, &res->transfer, err);

    *out_again = false;
    if (rc == ERR_OK)
        rc = read_header(res, err);
    if (rc != ERR_OK) {
        *out_again = res->transfer && transfer_retryable(res->transfer);
        result_free(res);
        return rc;
    }
    *out_result = res;
    return ERR_OK;
}

static enum err_code find(struct engine *engine, const char *name,
                          const struct statement **out_statement, struct err *err)
{
    *out_statement = catalogue_find(engine->catalogue, name);
    if (!*out_statement)
        return err_set(err, ERR_INTERNAL, "there is no statement %s in sql/", name);
    return ERR_OK;
}

enum err_code request_rows(struct engine *engine, const struct request *request,
                           struct result **out_result, struct err *err)
{
    const char *name = request->statement->name;
    struct err failure = ERR_INIT;
    enum err_code rc;
    bool again;

    for (int i = 1;; i++) {
        rc = try_query(engine, request, out_result, &again, &failure);
        if (rc == ERR_OK)
            return ERR_OK;
        if (!again || i == READ_TRIES || !is_read(request->statement) ||
            node_check(engine->node, 0, NULL) != ERR_OK)
            break;
        log_line(LOG_DEBUG, "engine", "statement %s is sent again: %s", name, failure.msg);
        nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000L * i}, NULL);
    }
    err_context(&failure, "statement %s", name);
    if (err)
        *err = failure;
    return rc;
}

enum err_code engine_query(struct engine *engine, const char *statement, const struct param *params,
                           size_t n, struct result **out_result, struct err *err)
{
    struct request r = {.params = params, .n = n};

    TRY(find(engine, statement, &r.statement, err));
    return request_rows(engine, &r, out_result, err);
}

enum err_code request_run(struct engine *engine, const struct request *request, struct err *err)
{
    int64_t from_us = timestamp_now();
    struct transfer *t = NULL;
    enum err_code rc = transfer_open(engine, request, &t, err);

    while (rc == ERR_OK && !t->done) {
        transfer_take(t, transfer_data(t).n);
        rc = transfer_more(t, err);
    }
    transfer_close(t);
    log_line(LOG_DEBUG, "engine", "statement %s took %" PRId64 " ms", request->statement->name,
             (timestamp_now() - from_us) / 1000);
    if (rc != ERR_OK)
        err_context(err, "statement %s", request->statement->name);
    return rc;
}

enum err_code engine_run(struct engine *engine, const char *statement, const struct param *params,
                         size_t n, struct err *err)
{
    struct request r = {.params = params, .n = n};

    TRY(find(engine, statement, &r.statement, err));
    return request_run(engine, &r, err);
}

/* A statement without parameters is one whose types are told all the same. */
static struct request request_of(const struct statement *made, const struct param *params,
                                 const char *const *types, size_t n)
{
    static const char *const none[] = {NULL};

    return (struct request){
        .statement = made, .params = params, .n = n, .types = types ? types : none};
}

enum err_code engine_query_made(struct engine *engine, const struct statement *made,
                                const struct param *params, const char *const *types, size_t n,
                                struct result **out_result, struct err *err)
{
    const struct request r = request_of(made, params, types, n);

    return request_rows(engine, &r, out_result, err);
}

enum err_code engine_run_made(struct engine *engine, const struct statement *made,
                              const struct param *params, const char *const *types, size_t n,
                              struct err *err)
{
    const struct request r = request_of(made, params, types, n);

    return request_run(engine, &r, err);
}

static bool read_row(struct result *res)
{
    struct str data = transfer_data(res->transfer);
    struct reader r = {data.p, data.p + data.n, false};

    if (data.n == 0)
        return false;
    for (size_t i = 0; i < res->count && !r.lacking; i++)
        read_cell(&r, &res->columns[i].as, &res->cells[i]);
    if (r.lacking)
        return false;
    res->row_bytes = (size_t)(r.p - data.p);
    res->has_row = true;
    return true;
}

bool result_next(struct result *result)
{
    transfer_take(result->transfer, result->row_bytes);
    result->row_bytes = 0;
    result->has_row = false;
    while (result->err.code == ERR_OK && result->count) {
        if (read_row(result))
            return true;
        if (result->transfer->done) {
            if (transfer_data(result->transfer).n)
                err_set(&result->err, ERR_ENGINE,
                        "the engine's answer ends in the middle of a row");
            break;
        }
        if (transfer_more(result->transfer, &result->err) != ERR_OK)
            break;
    }
    if (result->err.code != ERR_OK && !*result->err.context)
        err_context(&result->err, "statement %s", result->transfer->statement->name);
    return false;
}

enum err_code result_status(struct result *result, struct err *err)
{
    if (result->err.code != ERR_OK && err)
        *err = result->err;
    return result->err.code;
}

void result_free(struct result *result)
{
    if (!result)
        return;
    transfer_close(result->transfer);
    for (size_t i = 0; i < result->count; i++) {
        free(result->columns[i].name);
        free(result->columns[i].type);
        free(result->cells[i].items);
    }
    free(result->columns);
    free(result->cells);
    free(result);
}

void result_freep(struct result **result)
{
    result_free(*result);
}

size_t result_column_count(const struct result *result)
{
    return result->count;
}

const char *result_column_name(const struct result *result, size_t column)
{
    assert(column < result->count);
    return result->columns[column].name;
}

const char *result_column_type(const struct result *result, size_t column)
{
    assert(column < result->count);
    return result->columns[column].type;
}

size_t result_column(const struct result *result, const char *name)
{
    size_t i = 0;

    while (i < result->count && strcmp(result->columns[i].name, name) != 0)
        i++;
    assert(i < result->count); /* else the statement has no column of that name */
    return i;
}

static const struct cell *cell_at(const struct result *result, size_t column, bool array)
{
    assert(result->has_row && column < result->count);
    assert(result->columns[column].as.array == array);
    return &result->cells[column];
}

static enum cell_kind kind_of(const struct result *result, size_t column)
{
    return result->columns[column].as.kind;
}

bool result_null(const struct result *result, size_t column)
{
    assert(result->has_row && column < result->count);
    return result->cells[column].null;
}

int64_t result_int(const struct result *result, size_t column)
{
    const struct cell *c = cell_at(result, column, false);

    assert(kind_of(result, column) != CELL_TEXT && kind_of(result, column) != CELL_REAL);
    return kind_of(result, column) == CELL_UINT && c->u > INT64_MAX ? INT64_MAX : c->i;
}

uint64_t result_uint(const struct result *result, size_t column)
{
    const struct cell *c = cell_at(result, column, false);

    assert(kind_of(result, column) == CELL_UINT);
    return c->null ? 0 : c->u;
}

double result_real(const struct result *result, size_t column)
{
    const struct cell *c = cell_at(result, column, false);

    assert(kind_of(result, column) != CELL_TEXT);
    if (c->null)
        return (double)NAN;
    if (kind_of(result, column) == CELL_REAL)
        return c->d;
    return kind_of(result, column) == CELL_UINT ? (double)c->u : (double)c->i;
}

struct str result_text(const struct result *result, size_t column)
{
    const struct cell *c = cell_at(result, column, false);

    assert(kind_of(result, column) == CELL_TEXT);
    return c->text;
}

const uint64_t *result_uints(const struct result *result, size_t column, size_t *out_n)
{
    const struct cell *c = cell_at(result, column, true);

    assert(kind_of(result, column) != CELL_REAL);
    *out_n = c->n;
    return c->items;
}

const double *result_reals(const struct result *result, size_t column, size_t *out_n)
{
    const struct cell *c = cell_at(result, column, true);

    assert(kind_of(result, column) == CELL_REAL || kind_of(result, column) == CELL_NOTHING);
    *out_n = c->n;
    return (const double *)(const void *)c->items;
}
