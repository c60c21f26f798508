/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What views are made of beforehand gives the same, to the last bit, as asking the records directly
 * (direct/): over a simulated shop, for spans of days of all lengths. */
#include "live.h"

#include "insight/view_run.h"
#include "intake/import.h"
#include "simulate/simulate.h"
#include "stats/stats.h"

enum { ORDERS = 600, SPANS = 12, CELLS_MAX = 24 };

static const char rfm_cells[] =
    "['lost','lost','hibernating','at_risk','cannot_lose',"
    "'hibernating','hibernating','at_risk','at_risk','cannot_lose',"
    "'needs_attention','needs_attention','needs_attention','loyal','loyal',"
    "'promising','promising','loyal','loyal','champions',"
    "'recent','promising','loyal','champions','champions']";

static struct engine *engine;
static struct view_context context;
static struct view_memory *memory;
static struct buf made = BUF_INIT(64 << 20), direct = BUF_INIT(64 << 20);

/* Rows as text, each value to its last bit. */
static const struct view_column *columns[CELLS_MAX];

static void begin(void *ctx, const struct view_column *const *given, size_t n)
{
    (void)ctx;
    memcpy(columns, given, n * sizeof(*given));
}

static void add_cell(struct buf *out, const struct view_cell *cell, enum view_kind kind)
{
    if (cell->none)
        buf_addz(out, "-");
    else if (kind <= VIEW_KIND_ID)
        buf_adds(out, cell->text);
    else if (kind == VIEW_KIND_REAL || kind == VIEW_KIND_SHARE)
        buf_addf(out, "%a", cell->d);
    else
        buf_addf(out, "%" PRId64, cell->i);
    buf_addc(out, '|');
}

static void add_row(void *ctx, const struct view_cell *cells, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        add_cell(&made, &cells[i], columns[i]->kind);
    buf_addc(&made, '\n');
}

/* The view's rows, with "name=value" arguments, into `made`. */
static void make(const char *view, const char *const *given)
{
    struct view_request request = {engine, memory, &context, NULL, 0};
    const struct view_sink sink = {NULL, begin, add_row};
    struct view_arg args[6];
    struct view_end end;
    char names[6][32];

    request.args = args;
    for (; given[request.arg_count]; request.arg_count++) {
        const char *one = given[request.arg_count];
        size_t n = strcspn(one, "=");

        snprintf(names[request.arg_count], 32, "%.*s", (int)n, one);
        args[request.arg_count] = (struct view_arg){names[request.arg_count], str_of(one + n + 1)};
    }
    buf_reset(&made);
    live_err = ERR_INIT;
    CHECK_OK(view_send(view_find(view), &request, &sink, &end, &live_err), live_err);
}

static void cell_of(const struct result *res, size_t i, enum view_kind kind, char id[24],
                    struct view_cell *out)
{
    *out = (struct view_cell){.none = result_null(res, i)};
    if (kind == VIEW_KIND_ID)
        *out = view_cell_id(result_uint(res, i), id);
    else if (kind < VIEW_KIND_ID)
        out->text = result_text(res, i);
    else if (kind == VIEW_KIND_REAL || kind == VIEW_KIND_SHARE)
        out->d = result_real(res, i);
    else
        out->i = result_int(res, i);
    if (kind == VIEW_KIND_DAY || kind == VIEW_KIND_TIME)
        out->none = out->none || out->i <= 0;
}

/* Parameters that any of the statements has. */
struct asked {
    const char *group, *sort, *q;
    uint64_t person;
    int64_t from, to, weeks;
};

static struct result *ask(const char *statement, const struct asked *a)
{
    char person[24];
    int n_person = snprintf(person, sizeof(person), "%" PRIu64, a->person);
    const struct param all[] = {PARAM_AT("as_of", context.as_of),
                                PARAM_STRZ("tz", context.time_zone),
                                PARAM_I64("limit", 1000000),
                                PARAM_I64("offset", 0),
                                PARAM_I64("from", a->from),
                                PARAM_I64("to", a->to),
                                PARAM_STRZ("groups", rfm_cells),
                                PARAM_STRZ("group", a->group ? a->group : "all"),
                                PARAM_STRZ("sort", a->sort ? a->sort : "revenue"),
                                PARAM_STRZ("q", a->q ? a->q : ""),
                                PARAM_STRZ("person", person),
                                PARAM_I64("weeks", a->weeks)};
    struct param picked[TM_COUNT(all)];
    size_t n = engine_pick_params(engine, statement, all, TM_COUNT(all), picked);
    struct result *res = NULL;

    CHECK(n_person > 0);
    live_err = ERR_INIT;
    CHECK_OK(engine_query(engine, statement, picked, n, &res, &live_err), live_err);
    return res;
}

/* The statement's rows into `direct`, and that they are the view's. */
static void same(const char *statement, const struct asked *a, const char *what)
{
    struct result *res = ask(statement, a);
    size_t rows = 0;

    buf_reset(&direct);
    for (; res && result_next(res); rows++) {
        for (size_t i = 0; i < result_column_count(res); i++) {
            enum view_kind kind = view_column_find(result_column_name(res, i))->kind;
            struct view_cell cell;
            char id[24];

            cell_of(res, i, kind, id, &cell);
            add_cell(&direct, &cell, kind);
        }
        buf_addc(&direct, '\n');
    }
    result_free(res);
    CHECK_MSG(strcmp(buf_cstr(&made), buf_cstr(&direct)) == 0, "%s %s: %zu rows", statement, what,
              rows);
}

static const char *day(int64_t at, const char *name, char out[32])
{
    int y, m, d;

    civil_from_days(at, &y, &m, &d);
    snprintf(out, 32, "%s=%04d-%02d-%02d", name, y, m, d);
    return out;
}

static void check_customers(void)
{
    static const char *const sorts[] = {"revenue", "orders", "recent", "first"};

    make("rfm", (const char *[]){NULL});
    same("direct/rfm", &(struct asked){0}, "");
    make("rfm_groups", (const char *[]){NULL});
    same("direct/rfm_groups", &(struct asked){0}, "");
    for (size_t i = 0; i < TM_COUNT(sorts); i++) {
        const char *group = i % 2 ? "loyal" : "all";
        char s[32], g[32];

        snprintf(s, sizeof(s), "sort=%s", sorts[i]);
        snprintf(g, sizeof(g), "group=%s", group);
        make("customers", (const char *[]){s, g, "limit=5000", NULL});
        same("direct/customers", &(struct asked){.sort = sorts[i], .group = group}, s);
    }
}

static void check_search(void)
{
    static const char *const wanted[] = {"an", "AN", "mar", "example.com", "1001", "#1010", "zzz"};

    for (size_t i = 0; i < TM_COUNT(wanted); i++) {
        char q[64];

        snprintf(q, sizeof(q), "q=%s", wanted[i]);
        make("search", (const char *[]){q, "limit=5000", NULL});
        same("direct/search", &(struct asked){.q = wanted[i]}, wanted[i]);
    }
}

static void check_one_person(void)
{
    const struct view_people *people = memory->people;

    for (size_t i = 0; i < people->n; i += 1 + people->n / 40) {
        char person[40];

        snprintf(person, sizeof(person), "person=%" PRIu64, people->list[i].id);
        make("person", (const char *[]){person, "limit=5000", NULL});
        CHECK_MSG(made.n > 0, "%s has a story", person);
        same("direct/person", &(struct asked){.person = people->list[i].id}, person);
        make("person_links", (const char *[]){person, "limit=5000", NULL});
        same("direct/person_links", &(struct asked){.person = people->list[i].id}, person);
    }
}

/* The curve of what the records say directly. */
static void check_curve(const struct asked *a, const char *from, const char *to)
{
    struct survival_row *rows = xcalloc(4000, sizeof(*rows));
    struct result *res = ask("direct/second_purchase_days", a);
    size_t n = 0;

    while (n < 4000 && res && result_next(res))
        rows[n++] = (struct survival_row){(double)result_int(res, 0), (double)result_int(res, 1),
                                          (double)result_int(res, 2)};
    result_free(res);
    buf_reset(&direct);
    for (int at = 30; n && at <= 390; at += 30) {
        int on = at < 365 ? at : 365;
        struct survival_point p = survival_at(rows, n, on, .95);

        if (p.at_risk < 1)
            break;
        buf_addf(&direct, "%d|%d|%a|", on, (int)p.at_risk, p.share);
        buf_addf(&direct, isnan(p.low) ? "-|" : "%a|", p.low);
        buf_addf(&direct, isnan(p.high) ? "-|\n" : "%a|\n", p.high);
    }
    free(rows);
    make("second_purchase", (const char *[]){from, to, NULL});
    CHECK_MSG(strcmp(buf_cstr(&made), buf_cstr(&direct)) == 0, "second purchase %s %s", from, to);
}

/* The series from which the quarter is foretold, and what it has come to. */
static void check_forecast(const struct asked *a, const char *to)
{
    double *x = xcalloc(4000, sizeof(*x)), so_far = 0;
    struct result *res = ask("direct/daily", a);
    int64_t first = 0, quarter;
    struct forecast f = {0};
    int y, m, d;
    char start[96];

    while (res && result_next(res)) {
        first = first ? first : result_int(res, 0);
        x[result_int(res, 0) - first] = (double)result_int(res, 1);
    }
    result_free(res);
    civil_from_days(a->to, &y, &m, &d);
    quarter = civil_to_days(y, (m - 1) / 3 * 3 + 1, 1);
    for (int64_t i = quarter > first ? quarter : first; first && i <= a->to; i++)
        so_far += x[i - first];
    m = (m - 1) / 3 * 3 + 4;
    y += m > 12;
    quarter = civil_to_days(y, m > 12 ? 1 : m, 1) - 1; /* its last day */
    make("forecast", (const char *[]){to, NULL});
    if (first && quarter > a->to &&
        forecast_sum(x, (size_t)(a->to - first) + 1, (size_t)(quarter - a->to), .8, &f)) {
        snprintf(start, sizeof(start), "|%lld|%lld|", llround(so_far), llround(so_far + f.value));
        CHECK_MSG(strstr(buf_cstr(&made), start) != NULL, "forecast %s: %s in %s", to, start,
                  buf_cstr(&made));
    }
    free(x);
}

/* Each measure's change, of the newest weeks without a gap. */
static void check_alerts(const struct asked *a, const char *to)
{
    enum { MEASURES = 9, WEEKS = 156 };
    double back[MEASURES][WEEKS], x[WEEKS];
    struct result *res = ask("direct/weekly", a);
    char weeks[32];

    for (size_t i = 0; i < (size_t)MEASURES * WEEKS; i++)
        back[i / WEEKS][i % WEEKS] = NAN;
    while (res && result_next(res))
        for (size_t m = 0; m < MEASURES; m++)
            if (!result_null(res, m + 1))
                back[m][result_int(res, 0)] = result_real(res, m + 1);
    buf_reset(&direct);
    for (size_t m = 0; res && m < MEASURES; m++) {
        const char *name = result_column_name(res, m + 1);
        struct stream stream = stream_of("alerts", name, (const char *)NULL);
        struct change_point c;
        size_t n = 0;

        while (n < (size_t)a->weeks && isfinite(back[m][n]))
            n++;
        for (size_t i = 0; i < n; i++)
            x[i] = back[m][n - 1 - i];
        if (n < 26)
            continue;
        c = change_point_find(x, n, 6, 3, 1999, &stream);
        if (c.p > .05 / MEASURES)
            continue;
        buf_addf(&direct, "%s|%" PRId64 "|%a|%a|", name, a->to - 7 * (int64_t)(n - c.at) + 1,
                 c.before, c.after);
        if (c.before > 0)
            buf_addf(&direct, "%a|", c.after / c.before - 1);
        else
            buf_addz(&direct, "-|");
        buf_addf(&direct, "%a|%d|\n", c.p, n - c.at <= 13);
    }
    result_free(res);
    snprintf(weeks, sizeof(weeks), "weeks=%" PRId64, a->weeks);
    make("alerts", (const char *[]){to, weeks, NULL});
    CHECK_MSG(strcmp(buf_cstr(&made), buf_cstr(&direct)) == 0, "alerts %s %s", to, weeks);
}

static void check_spans(void)
{
    for (int i = 0; i < SPANS; i++) {
        const int64_t to = context.as_of_day - i * 37;
        const struct asked a = {.from = to - i * i * 6, .to = to, .weeks = 26 + i * 11};
        char from_text[32], to_text[32];

        day(a.from, "from", from_text);
        day(a.to, "to", to_text);
        make("cohorts", (const char *[]){from_text, to_text, "limit=5000", NULL});
        same("direct/cohorts", &a, to_text);
        check_curve(&a, from_text, to_text);
        check_forecast(&a, to_text);
        check_alerts(&a, to_text);
    }
}

static void import_shop(void)
{
    const struct simulate_options how = {
        .stage = 3, .seed = 7, .orders = ORDERS, .dir = temp_path("shop")};
    TM_CLEANUP(engine_target_freep) struct engine_target *target = engine_target_new(engine);
    struct settings settings = settings_default();
    struct import_report report = {0};
    struct simulate_result simulated;
    struct store *store = NULL;
    char dir[1024];
    const char *path = dir;
    struct import_ctx ctx;

    CHECK_OK(simulate(&how, &simulated, &live_err), live_err);
    CHECK_OK(store_open(temp_path("store"), &store, &live_err), live_err);
    snprintf(dir, sizeof(dir), "%s", temp_path("shop"));
    ctx = (struct import_ctx){
        .store = store, .target = engine_target_door(target), .settings = &settings};
    CHECK_OK(import_paths(&ctx, &path, 1, &report, &live_err), live_err);
    import_report_release(&report);
    store_close(store);
}

static void link_direct(void)
{
    if (symlink(SQL_DIR "/../tests/engine/direct", temp_path("sql/direct")))
        perror("direct");
}

int main(void)
{
    const struct resolve_options how = {
        .time_zone = "Asia/Bangkok", .currency = "", .as_of = TIME_NONE};
    struct resolve_summary summary;

    live_begin();
    link_direct();
    engine = live_start((struct engine_options){0});
    import_shop();
    CHECK_OK(resolve(engine, &how, &summary, &live_err), live_err);
    CHECK_OK(view_context_read(engine, &how, 1, &context, &live_err), live_err);
    CHECK_OK(view_memory_load(engine, MEMORY_ALL, context.as_of, &memory, &live_err), live_err);
    if (memory) {
        CHECK(memory->people->n > 100);
        check_customers();
        check_search();
        check_one_person();
        check_spans();
    }
    view_memory_free(memory);
    engine_close(engine);
    buf_release(&made);
    buf_release(&direct);
    return tap_done();
}
