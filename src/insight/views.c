/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/views.h"

#include "base/i18n.h"
#include "base/utf8.h"
#include "insight/view_run.h"
#include "insight/view_list.h"

const struct view *const views[] = {
    &view_revenue, &view_products,   &view_touch,          &view_spend,    &view_spend_parts,
    &view_rfm,     &view_rfm_groups, &view_customers,      &view_cohorts,  &view_second_purchase,
    &view_search,  &view_person,     &view_person_links,   &view_forecast, &view_alerts,
    &view_results, &view_lift,       &view_missing_orders, NULL,
};

const struct view_column view_columns[] = {
#define COLUMN(name, kind, label) {#name, VIEW_KIND_##kind, label},
#include "insight/columns.def"
#undef COLUMN
};
const size_t view_column_count = TM_COUNT(view_columns);

static const struct {
    const char *word, *text;
} words[] = {
#define WORD(word, text) {word, text},
#include "insight/view_words.def"
#undef WORD
};

const struct view *view_find(const char *name)
{
    for (size_t i = 0; views[i]; i++)
        if (strcmp(views[i]->name, name) == 0)
            return views[i];
    return NULL;
}

const struct view_column *view_column_find(const char *name)
{
    for (size_t i = 0; i < view_column_count; i++)
        if (strcmp(view_columns[i].name, name) == 0)
            return &view_columns[i];
    assert(false && "a column that columns.def does not have");
    return NULL;
}

const char *view_word(struct str word)
{
    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (str_eqz(word, words[i].word))
            return _(words[i].text);
    return word.p;
}

const struct view_value *view_value(const struct view_run *run, const char *name)
{
    for (size_t i = 0; i < run->view->param_count; i++)
        if (strcmp(run->view->params[i].name, name) == 0)
            return &run->values[i];
    assert(false && "a parameter that the view does not have");
    return NULL;
}

static enum err_code wrong(const struct view_param *p, const char *hint, struct err *err)
{
    err_set(err, ERR_INVALID, "the parameter \"%s\" cannot be that", p->name);
    err->hint[0] = '\0';
    snprintf(err->hint, sizeof(err->hint), "%s: %s", p->name, hint);
    return ERR_INVALID;
}

/* "from, to, by": what the view takes. */
static const char *list_params(const struct view *view, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < view->param_count && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", view->params[i].name);
    return out;
}

static enum err_code unknown(const struct view *view, const char *name, struct err *err)
{
    char known[256];

    err_set(err, ERR_INVALID, "\"%s\" has no parameter \"%s\"", view->name, name);
    err_hint(err, "\"%s\" is not one of its parameters: %s", name,
             list_params(view, known, sizeof(known)));
    return ERR_INVALID;
}

static enum err_code lacking(const struct view *view, const struct view_param *p, struct err *err)
{
    err_set(err, ERR_INVALID, "\"%s\" needs the parameter \"%s\"", view->name, p->name);
    snprintf(err->hint, sizeof(err->hint), "%s: %s", p->name, _(p->summary));
    return ERR_INVALID;
}

const char *view_param_type_name(enum view_param_type type)
{
    static const char *const names[] = {
        [VIEW_DAY] = "day",   [VIEW_CHOICE] = "choice", [VIEW_INT] = "integer",
        [VIEW_TEXT] = "text", [VIEW_ID] = "id",         [VIEW_CURSOR] = "cursor"};

    return names[type];
}

static bool read_int(struct str s, int64_t *out)
{
    int64_t v = 0;

    if (s.n == 0 || s.n > 15)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!isdigit((unsigned char)s.p[i]))
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

static bool read_day(struct str s, int64_t *out)
{
    int64_t year, month, day;
    struct civil c;

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !read_int((struct str){s.p, 4}, &year) ||
        !read_int((struct str){s.p + 5, 2}, &month) || !read_int((struct str){s.p + 8, 2}, &day))
        return false;
    c = (struct civil){.year = (int)year, .month = (int)month, .day = (int)day};
    if (!civil_valid(&c) || year < 1971 || year > 2200)
        return false;
    *out = civil_to_days(c.year, c.month, c.day);
    return true;
}

static bool read_choice(const struct view_param *p, struct view_value *v)
{
    for (size_t i = 0; p->choices[i]; i++)
        if (str_eqz(v->text, p->choices[i]))
            return true;
    return false;
}

/* Digits that an unsigned number of 64 bits holds. */
static bool is_id(struct str s)
{
    uint64_t v = 0;

    for (size_t i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]) || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    return s.n > 0 && s.n <= 20;
}

/* "<fingerprint in hex>-<rows to pass over>": worthless once the records are others. */
static enum err_code read_cursor(const struct view_run *run, const struct view_param *p,
                                 struct view_value *v, struct err *err)
{
    char mark[32];
    size_t n =
        (size_t)snprintf(mark, sizeof(mark), "%016" PRIx64 "-", run->request->context->fingerprint);

    if (v->text.n > n && str_starts(v->text, mark) &&
        read_int((struct str){v->text.p + n, v->text.n - n}, &v->i) && v->i <= 100000000)
        return ERR_OK;
    return wrong(p,
                 _("The records have changed since that page, or it is no cursor: begin at the "
                   "first page."),
                 err);
}

static enum err_code read_value(const struct view_run *run, const struct view_param *p,
                                struct view_value *v, struct err *err)
{
    char hint[256];

    switch (p->type) {
    case VIEW_DAY:
        return read_day(v->text, &v->i) ? ERR_OK : wrong(p, _("A day looks like 2026-09-30."), err);
    case VIEW_CHOICE:
        if (read_choice(p, v))
            return ERR_OK;
        snprintf(hint, sizeof(hint), "%s", p->choices[0]);
        for (size_t i = 1; p->choices[i]; i++) {
            size_t n = strlen(hint);

            snprintf(hint + n, sizeof(hint) - n, ", %s", p->choices[i]);
        }
        return wrong(p, hint, err);
    case VIEW_INT:
    case VIEW_TEXT:
        snprintf(hint, sizeof(hint), "%" PRId64 " – %" PRId64, p->low, p->high);
        if (p->type == VIEW_INT ? read_int(v->text, &v->i) && v->i >= p->low && v->i <= p->high
                                : (int64_t)v->text.n >= p->low && (int64_t)v->text.n <= p->high &&
                                      utf8_first_invalid(v->text) == v->text.n)
            return ERR_OK;
        return wrong(p, hint, err);
    case VIEW_ID:
        return is_id(v->text) ? ERR_OK : wrong(p, _("A whole number, as views give it."), err);
    case VIEW_CURSOR:
        return read_cursor(run, p, v, err);
    }
    return ERR_INTERNAL;
}

static void take_default(const struct view_run *run, const struct view_param *p,
                         struct view_value *v)
{
    v->given = p->type != VIEW_CURSOR && p->type != VIEW_TEXT;
    if (p->type == VIEW_DAY)
        v->i = run->request->context->as_of_day - p->preset;
    else if (p->type == VIEW_INT)
        v->i = p->of_goal ? run->request->context->goal : p->preset;
    else if (p->type == VIEW_CHOICE)
        v->text = str_of(p->choices[0]);
}

static const struct view_arg *find_arg(const struct view_run *run, const char *name)
{
    for (size_t i = 0; i < run->request->arg_count; i++)
        if (strcmp(run->request->args[i].name, name) == 0)
            return &run->request->args[i];
    return NULL;
}

static enum err_code check_known(const struct view_run *run, struct err *err)
{
    for (size_t i = 0; i < run->request->arg_count; i++) {
        bool known = false;

        for (size_t k = 0; k < run->view->param_count && !known; k++)
            known = strcmp(run->view->params[k].name, run->request->args[i].name) == 0;
        if (!known)
            return unknown(run->view, run->request->args[i].name, err);
    }
    return ERR_OK;
}

static enum err_code read_values(struct view_run *run, struct err *err)
{
    assert(run->view->param_count <= VIEW_PARAMS_MAX);
    TRY(check_known(run, err));
    run->limit = INT32_MAX - 1;
    for (size_t i = 0; i < run->view->param_count; i++) {
        const struct view_param *p = &run->view->params[i];
        const struct view_arg *arg = find_arg(run, p->name);
        struct view_value *v = &run->values[i];

        take_default(run, p, v);
        if (arg) {
            *v = (struct view_value){.given = true, .text = arg->value};
            TRY(read_value(run, p, v, err));
        } else if (p->required) {
            return lacking(run->view, p, err);
        }
        if (p->type == VIEW_CURSOR)
            run->offset = v->i;
        else if (strcmp(p->name, "limit") == 0)
            run->limit = v->i;
    }
    return ERR_OK;
}

enum err_code view_key(const struct view *view, const struct view_request *request, struct buf *out,
                       struct err *err)
{
    struct view_run run = {.view = view, .request = request};

    TRY(read_values(&run, err));
    buf_addz(out, view->name);
    for (size_t i = 0; i < view->param_count; i++) {
        const struct view_value *v = &run.values[i];

        buf_addf(out, ";%s=%d %" PRId64 " %zu ", view->params[i].name, v->given, v->i, v->text.n);
        if (view->params[i].type != VIEW_DAY && view->params[i].type != VIEW_INT)
            buf_adds(out, v->text);
    }
    return buf_check(out, err);
}

enum { QUERY_PARAMS_MAX = VIEW_PARAMS_MAX + 5 };

static size_t all_params(const struct view_run *run, struct param out[QUERY_PARAMS_MAX])
{
    const struct view_context *c = run->request->context;
    const struct param shared[] = {PARAM_AT("as_of", c->as_of), PARAM_STRZ("tz", c->time_zone),
                                   PARAM_I64("week_start", c->week_start),
                                   PARAM_I64("limit", run->limit + 1),
                                   PARAM_I64("offset", run->offset)};
    size_t n = TM_COUNT(shared);

    memcpy(out, shared, sizeof(shared));
    for (size_t i = 0; i < run->view->param_count; i++) {
        const struct view_param *p = &run->view->params[i];
        const struct view_value *v = &run->values[i];
        bool number = p->type == VIEW_DAY || p->type == VIEW_INT;

        if (v->given && p->type != VIEW_CURSOR && strcmp(p->name, "limit") != 0)
            out[n++] = number ? (struct param)PARAM_I64(p->name, v->i)
                              : (struct param)PARAM_STR(p->name, v->text);
    }
    return n;
}

enum err_code view_query(struct view_run *run, const char *statement, struct result **out_result,
                         struct err *err)
{
    struct param all[QUERY_PARAMS_MAX], picked[QUERY_PARAMS_MAX];
    size_t n =
        engine_pick_params(run->request->engine, statement, all, all_params(run, all), picked);

    return engine_query(run->request->engine, statement, picked, n, out_result, err);
}

/* Needs without any record, where that is why there are no rows. */
static enum err_code find_missing(struct view_run *run, struct err *err)
{
    const struct param params[] = {PARAM_STRZ("needs", run->view->needs)};
    const struct view_days *days = run->memory ? run->memory->days : NULL;
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (days) {
        view_days_missing(days, run->view->needs, run->end->missing, sizeof(run->end->missing));
        return ERR_OK;
    }
    TRY(engine_query(run->request->engine, "insight/missing", params, 1, &res, err));
    while (result_next(res)) {
        struct str missing = result_text(res, 0);

        snprintf(run->end->missing, sizeof(run->end->missing), "%.*s", (int)missing.n, missing.p);
    }
    return result_status(res, err);
}

enum err_code view_send(const struct view *view, const struct view_request *request,
                        const struct view_sink *sink, struct view_end *out_end, struct err *err)
{
    struct view_run run = {.view = view, .request = request, .sink = sink, .end = out_end};
    struct view_memory *own = NULL;
    enum err_code rc;

    memset(out_end, 0, sizeof(*out_end));
    TRY(read_values(&run, err));
    if (view->memory && !request->memory)
        TRY(view_memory_load(request->engine, view->memory, request->context->as_of, &own, err));
    run.memory = own ? own : request->memory;
    rc = view->run(&run, err);
    if (rc == ERR_OK && !out_end->rows && !run.offset)
        rc = find_missing(&run, err);
    view_memory_free(own);
    return rc;
}
