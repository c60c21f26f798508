/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The way of a view's rows: from a result or from C, to a sink; and the sinks for JSON and CSV. */
#include "insight/view_run.h"

#include "base/json_write.h"
#include "base/money.h"

enum { DAY_MAX = 2932896 }; /* 9999-12-31 */

static void read_cell(const struct result *res, size_t i, enum view_kind kind, char id[24],
                      struct view_cell *out)
{
    *out = (struct view_cell){.none = result_null(res, i)};
    switch (kind) {
    case VIEW_KIND_TEXT:
    case VIEW_KIND_WORD:
        out->text = result_text(res, i);
        break;
    case VIEW_KIND_ID:
        *out = view_cell_id(result_uint(res, i), id);
        break;
    case VIEW_KIND_DAY:
        *out = view_cell_day(out->none ? 0 : result_int(res, i));
        break;
    case VIEW_KIND_TIME: /* 1970 stands for never, and nothing lies beyond the year 9999 */
        out->i = result_int(res, i);
        out->none = out->none || out->i <= 0 || out->i > DAY_MAX * US_PER_DAY;
        break;
    case VIEW_KIND_COUNT:
    case VIEW_KIND_MONEY:
        out->i = result_int(res, i);
        break;
    case VIEW_KIND_REAL:
    case VIEW_KIND_SHARE:
        out->d = result_real(res, i);
        out->none = out->none || !isfinite(out->d);
        break;
    }
}

struct view_cell view_cell_day(int64_t day)
{
    return (struct view_cell){.none = day <= 0 || day > DAY_MAX, .i = day};
}

struct view_cell view_cell_id(uint64_t number, char id[24])
{
    snprintf(id, 24, "%" PRIu64, number);
    return (struct view_cell){.text = str_of(id)};
}

enum err_code view_page(struct view_run *run, const char *statement, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const char *names[VIEW_COLUMNS_MAX];
    struct view_cell cells[VIEW_COLUMNS_MAX];
    char ids[VIEW_COLUMNS_MAX][24];
    size_t n;

    TRY(view_query(run, statement, &res, err));
    n = result_column_count(res);
    assert(n <= VIEW_COLUMNS_MAX);
    for (size_t i = 0; i < n; i++)
        names[i] = result_column_name(res, i);
    view_begin(run, names, n);
    while (result_next(res)) {
        for (size_t i = 0; i < n; i++)
            read_cell(res, i, view_column_find(names[i])->kind, ids[i], &cells[i]);
        view_row(run, cells, n);
    }
    return result_status(res, err);
}

void view_begin(struct view_run *run, const char *const *names, size_t n)
{
    const struct view_column *columns[VIEW_COLUMNS_MAX];

    assert(n <= VIEW_COLUMNS_MAX);
    for (size_t i = 0; i < n; i++)
        columns[i] = view_column_find(names[i]);
    run->sink->begin(run->sink->ctx, columns, n);
}

/* The row past the page only says that there is another one. */
void view_row(struct view_run *run, const struct view_cell *cells, size_t n)
{
    if ((int64_t)run->end->rows < run->limit) {
        run->sink->row(run->sink->ctx, cells, n);
        run->end->rows++;
    } else {
        snprintf(run->end->next_cursor, sizeof(run->end->next_cursor), "%016" PRIx64 "-%" PRId64,
                 run->request->context->fingerprint, run->offset + run->limit);
    }
}

struct writer {
    const struct view_context *context;
    struct json_writer json;
    struct buf *out;
    const struct view_column *columns[VIEW_COLUMNS_MAX];
};

static struct str day_text(int64_t day, struct buf *scratch)
{
    buf_reset(scratch);
    timestamp_add_date(scratch, day * US_PER_DAY);
    return buf_str(scratch);
}

static void json_day(struct json_writer *w, int64_t day)
{
    TM_CLEANUP(buf_release) struct buf scratch = BUF_INIT(64);

    json_string(w, day_text(day, &scratch));
}

static void json_time(struct json_writer *w, int64_t at)
{
    TM_CLEANUP(buf_release) struct buf scratch = BUF_INIT(64);

    timestamp_add_iso(&scratch, at);
    json_string(w, buf_str(&scratch));
}

static void json_cell(struct json_writer *w, enum view_kind kind, const struct view_cell *cell)
{
    if (cell->none)
        json_null(w);
    else if (kind <= VIEW_KIND_ID)
        json_string(w, cell->text);
    else if (kind == VIEW_KIND_DAY)
        json_day(w, cell->i);
    else if (kind == VIEW_KIND_TIME)
        json_time(w, cell->i);
    else if (kind == VIEW_KIND_REAL || kind == VIEW_KIND_SHARE)
        json_double(w, cell->d);
    else
        json_int(w, cell->i);
}

static void json_begin(void *ctx, const struct view_column *const *columns, size_t n)
{
    struct writer *w = ctx;

    memcpy(w->columns, columns, n * sizeof(*columns));
    json_key(&w->json, "columns");
    json_begin_array(&w->json);
    for (size_t i = 0; i < n; i++)
        json_stringz(&w->json, columns[i]->name);
    json_end_array(&w->json);
    json_key(&w->json, "rows");
    json_begin_array(&w->json);
}

static void json_row(void *ctx, const struct view_cell *cells, size_t n)
{
    struct writer *w = ctx;

    json_begin_object(&w->json);
    for (size_t i = 0; i < n; i++) {
        json_key(&w->json, w->columns[i]->name);
        json_cell(&w->json, w->columns[i]->kind, &cells[i]);
    }
    json_end_object(&w->json);
}

static void json_end(struct json_writer *w, const struct view_end *end)
{
    const char *p = end->missing;

    json_end_array(w);
    json_key_stringz(w, "next_cursor", end->next_cursor[0] ? end->next_cursor : NULL);
    json_key(w, "missing");
    json_begin_array(w);
    while (*p) {
        size_t n = strcspn(p, " ");

        json_string(w, (struct str){p, n});
        p += n + (p[n] == ' ');
    }
    json_end_array(w);
    json_end_object(w);
    buf_addc(w->out, '\n');
}

static void json_unconverted(struct writer *w)
{
    json_key(&w->json, "unconverted");
    json_begin_array(&w->json);
    for (size_t i = 0; i < w->context->unconverted_count; i++) {
        const struct unconverted *lost = &w->context->unconverted[i];

        json_begin_object(&w->json);
        json_key_stringz(&w->json, "currency", lost->currency);
        json_key_int(&w->json, "orders", (int64_t)lost->orders);
        json_key_int(&w->json, "records", (int64_t)lost->records);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
}

static void json_head(struct writer *w, const struct view *view)
{
    json_begin_object(&w->json);
    json_key_stringz(&w->json, "view", view->name);
    json_key_bool(&w->json, "fresh", w->context->fresh);
    json_key_stringz(&w->json, "currency", w->context->currency[0] ? w->context->currency : NULL);
    json_key_int(&w->json, "decimals", w->context->decimals);
    json_key(&w->json, "as_of");
    if (w->context->fingerprint)
        json_time(&w->json, w->context->as_of);
    else
        json_null(&w->json);
    json_unconverted(w);
}

void view_add_stale(struct buf *out, struct str answer)
{
    static const char said[] = "\"fresh\": true";
    const char *at = memmem(answer.p, answer.n, said, sizeof(said) - 1);
    size_t before = at ? (size_t)(at - answer.p) : 0;

    assert(at);
    buf_add(out, answer.p, before);
    buf_addz(out, "\"fresh\": false");
    buf_add(out, at + sizeof(said) - 1, answer.n - before - (sizeof(said) - 1));
}

static void csv_begin(void *ctx, const struct view_column *const *columns, size_t n)
{
    struct writer *w = ctx;

    memcpy(w->columns, columns, n * sizeof(*columns));
    for (size_t i = 0; i < n; i++)
        buf_addf(w->out, "%s%s", i ? "," : "", columns[i]->name);
    buf_addz(w->out, "\r\n");
}

static void csv_cell(struct writer *w, enum view_kind kind, const struct view_cell *cell)
{
    if (cell->none)
        return;
    if (kind <= VIEW_KIND_ID)
        buf_add_csv(w->out, cell->text);
    else if (kind == VIEW_KIND_DAY)
        timestamp_add_date(w->out, cell->i * US_PER_DAY);
    else if (kind == VIEW_KIND_TIME)
        timestamp_add_iso(w->out, cell->i);
    else if (kind == VIEW_KIND_MONEY)
        money_add_plain(w->out, cell->i, w->context->decimals);
    else if (kind == VIEW_KIND_COUNT)
        buf_addf(w->out, "%" PRId64, cell->i);
    else
        buf_addf(w->out, "%.10g", cell->d);
}

static void csv_row(void *ctx, const struct view_cell *cells, size_t n)
{
    struct writer *w = ctx;

    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_addc(w->out, ',');
        csv_cell(w, w->columns[i]->kind, &cells[i]);
    }
    buf_addz(w->out, "\r\n");
}

enum err_code view_answer(const struct view *view, const struct view_request *request,
                          enum view_format format, struct buf *out, struct err *err)
{
    struct writer w = {.context = request->context, .json = JSON_WRITER(out), .out = out};
    struct view_sink sink = {&w, format == VIEW_JSON ? json_begin : csv_begin,
                             format == VIEW_JSON ? json_row : csv_row};
    struct view_end end;

    if (format == VIEW_JSON)
        json_head(&w, view);
    TRY(view_send(view, request, &sink, &end, err));
    if (format == VIEW_JSON)
        json_end(&w.json, &end);
    return buf_check(out, err);
}
