/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_plan.c - the owner's plan, the road map that follows from it, and "what if". */
#include "base/i18n.h"
#include "base/yaml_edit.h"
#include "maturity/plan_edit.h"
#include "maturity/whatif.h"
#include "report/roadmap.h"
#include "store/settings.h"
#include "web/edits.h"
#include "web/planner.h"

static const char plan_name[] = "plan.yaml";

static const struct {
    const char *name, *type;
    enum err_code (*report)(const struct assessment *, const struct roadmap *,
                            const struct report_options *, struct buf *, struct err *);
} formats[] = {
    {"json", "application/json", report_roadmap_json},
    {"csv", "text/csv; charset=utf-8", report_roadmap_csv},
    {"ics", "text/calendar; charset=utf-8", report_roadmap_ics},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     report_roadmap_xlsx},
};

static enum err_code take_format(const struct request *q, size_t *out, struct err *err)
{
    const char *wish = request_query(q, "format");

    for (*out = 0; wish && *out < TM_COUNT(formats); ++*out)
        if (strcmp(wish, formats[*out].name) == 0)
            return ERR_OK;
    if (!wish)
        return ERR_OK;
    field_wrong("format", err);
    snprintf(err->hint, sizeof(err->hint), "format: json, csv, ics, xlsx");
    return ERR_INVALID;
}

static enum err_code show_roadmap(struct web *web, struct request *q, const struct basis *basis,
                                  size_t format, struct err *err)
{
    const struct report_facts facts = {.shop = basis->shop,
                                       .currency = basis->economics.currency,
                                       .decimals = basis->economics.decimals};
    const char *lang = request_query(q, "lang");
    struct report_options how = {.language = lang ? language_of(lang) : i18n_current(),
                                 .money = basis->money,
                                 .facts = &facts};
    struct locale_ways before;
    struct settings settings;
    const struct roadmap *map;
    enum err_code rc;

    if (how.language == LANG_COUNT)
        return field_wrong("lang", err);
    TRY(settings_of(web->store, &settings, err));
    TRY(planner_roadmap(web, &map, err));
    how.roadmap = map;
    before = locale_use(settings_ways(&settings));
    rc = formats[format].report(basis->assessment, map, &how, &q->out, err);
    (void)locale_use(before);
    return rc;
}

enum err_code do_roadmap(struct web *web, struct request *q, struct err *err)
{
    const struct basis *basis;
    enum err_code rc;
    size_t format;

    TRY(take_format(q, &format, err));
    TRY(planner_hold(web, &basis, err));
    rc = show_roadmap(web, q, basis, format, err);
    planner_release(web);
    TRY(rc);
    q->type = formats[format].type;
    if (format)
        snprintf(q->attachment, sizeof(q->attachment), "roadmap.%s", formats[format].name);
    return ERR_OK;
}

static void key_day(struct json_writer *w, const char *key, int64_t day)
{
    struct buf text = BUF_INIT(40);

    if (day != PLAN_NO_DAY)
        timestamp_add_date(&text, day * US_PER_DAY);
    json_key_stringz(w, key, text.n ? buf_cstr(&text) : NULL);
    buf_release(&text);
}

static void key_count(struct json_writer *w, const char *key, bool known, int n)
{
    json_key(w, key);
    if (known)
        json_int(w, n);
    else
        json_null(w);
}

static void key_quarters(struct json_writer *w, const char *key, const double *values, int n)
{
    json_key(w, key);
    json_begin_array(w);
    for (int i = 0; i < n; i++)
        json_double(w, values[i]); /* no limit: null */
    json_end_array(w);
}

static bool says_anything(const struct plan_wish *w)
{
    return w->forbidden || w->pinned || w->begun || w->done || w->owner[0] ||
           w->not_before != PLAN_NO_DAY;
}

static void show_wish(const char *practice, const struct plan_wish *wish, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "practice", practice);
    key_count(w, "pin_quarter", wish->pinned, wish->pin == PLAN_FIRST ? 1 : wish->pin + 1);
    json_key_bool(w, "first", wish->pinned && wish->pin == PLAN_FIRST);
    json_key_bool(w, "forbidden", wish->forbidden);
    json_key_bool(w, "begun", wish->begun);
    json_key_double(w, "hours_left", wish->left);
    json_key_int(w, "done", wish->done);
    json_key_stringz(w, "owner", wish->owner[0] ? wish->owner : NULL);
    key_day(w, "not_before", wish->not_before);
    json_end_object(w);
}

static void show_roles(const struct plan *plan, const struct model *model, struct json_writer *w)
{
    json_key(w, "roles");
    json_begin_array(w);
    for (size_t i = 0; i < model->role_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "role", model->roles[i].id);
        json_key_stringz(w, "title", model->roles[i].title.in[i18n_current()]);
        json_key_stringz(w, "name", plan->roles[i].owner);
        key_quarters(w, "hours", plan->roles[i].hours, plan->quarters);
        json_end_object(w);
    }
    json_end_array(w);
}

static enum err_code show_plan(struct web *web, struct request *q, const struct buf *text,
                               struct err *err)
{
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);

    TRY(plan_parse(buf_str(text), plan_name, model, &plan, err));
    json_begin_object(&w);
    json_key_stringz(&w, "plan", buf_cstr(text));
    json_key_stringz(&w, "version", q->version);
    key_day(&w, "start", plan->start);
    json_key_int(&w, "quarters", plan->quarters);
    key_count(&w, "target", plan->target > 0, plan->target);
    json_key_stringz(&w, "weekend", plan->friday_saturday ? "friday-saturday" : "saturday-sunday");
    json_key_stringz(&w, "currency", plan->currency[0] ? plan->currency : NULL);
    json_key_double(&w, "dollar", plan->dollar);
    key_quarters(&w, "budget", plan->budget, plan->quarters);
    show_roles(plan, model, &w);
    json_key(&w, "steps");
    json_begin_array(&w);
    for (size_t i = 0; i < model->practice_count; i++)
        if (says_anything(&plan->wishes[i]))
            show_wish(model->practices[i].id, &plan->wishes[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_plan(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);

    TRY(plan_text(web, &text, err));
    edits_version(web->edits, HAND_PLAN, q->version);
    return show_plan(web, q, &text, err);
}

/* The plan that a change begins with, which is the one that was meant. */
static enum err_code begin_change(struct web *web, struct request *q, struct buf *text,
                                  struct err *err)
{
    char version[EDITS_VERSION];

    TRY(edits_text(q, HAND_PLAN, text, version, err));
    TRY(edits_match(q, version, plan_name, err));
    buf_reset(text);
    return plan_text(web, text, err);
}

/* Answers with the plan, which is checked on the way, and keeps it. */
static enum err_code keep_plan(struct web *web, struct request *q, const struct buf *text,
                               struct err *err)
{
    edits_version_of(buf_str(text), q->version);
    TRY(show_plan(web, q, text, err));
    return edits_save(q, HAND_PLAN, buf_str(text), err);
}

/* It goes over all that stands in the file, also what was written there by hand. */
static enum err_code wants_version(struct request *q, struct err *err)
{
    if (MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "If-Match"))
        return ERR_OK;
    err_set(err, ERR_INVALID, "replacing the plan needs the version that is to be replaced");
    err_hint(err, "Send If-Match with the ETag of GET /api/v1/plan, or * to replace any.");
    return refuse(q, 428, ERR_INVALID);
}

enum err_code do_plan_put(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct json_value body;

    TRY(request_json(q, &body, err));
    TRY(wants_version(q, err));
    TRY(begin_change(web, q, &text, err));
    buf_reset(&text);
    buf_adds(&text, json_text(json_get(body, "plan"), STR_NONE));
    if (!text.n)
        return field_wrong("plan", err);
    return keep_plan(web, q, &text, err);
}

/* What a member of the body becomes in YAML; an error names the field. */
enum frame_form { FRAME_WORD, FRAME_NUMBER, FRAME_NUMBERS };
struct frame_field {
    const char *key;
    enum frame_form form;
};
static const struct frame_field frame_fields[] = {
    {"start", FRAME_WORD},     {"quarters", FRAME_NUMBER}, {"target", FRAME_NUMBER},
    {"weekend", FRAME_WORD},   {"currency", FRAME_WORD},   {"dollar", FRAME_NUMBER},
    {"budget", FRAME_NUMBERS},
};

static bool add_number(struct json_value v, struct buf *out)
{
    double x = json_real(v, (double)NAN);

    buf_addf(out, "%.10g", x);
    return isfinite(x);
}

static bool add_numbers(struct json_value v, struct buf *out)
{
    bool fine = true, any = false;

    if (json_type_of(v) != JSON_ARRAY)
        return add_number(v, out);
    for (struct json_iter it = json_iter(v); json_iter_next(&it); any = true) {
        buf_addz(out, any ? ", " : "[");
        fine = fine && add_number(it.value, out);
    }
    buf_addz(out, any ? "]" : "[]");
    return fine;
}

/* Letters, digits and -: what days, codes and words of the plan are made of. */
static bool add_word(struct json_value v, struct buf *out)
{
    struct str s = json_text(v, STR_NONE);

    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '-')
            return false;
    buf_adds(out, s);
    return s.n > 0 && s.n < 40;
}

static enum err_code set_value(struct web *web, struct buf *text, const char *const *path,
                               size_t depth, enum frame_form form, struct json_value v,
                               struct err *err)
{
    static bool (*const add[])(struct json_value, struct buf *) = {
        [FRAME_WORD] = add_word, [FRAME_NUMBER] = add_number, [FRAME_NUMBERS] = add_numbers};
    TM_CLEANUP(buf_release) struct buf value = BUF_INIT(4096);
    bool null = json_type_of(v) == JSON_NULL;

    if (!null && !add[form](v, &value))
        return field_wrong(path[depth - 1], err);
    return plan_edit_value(text, plan_name, web->options->model, path, depth,
                           null ? NULL : buf_cstr(&value), err);
}

static enum err_code set_role(struct web *web, struct buf *text, size_t role, struct json_value v,
                              struct err *err)
{
    const char *const hours[] = {"roles", web->options->model->roles[role].id, "hours"};
    const char *const name[] = {hours[0], hours[1], "name"};
    struct json_value given = json_get(v, "hours"), named = json_get(v, "name");
    TM_CLEANUP(buf_release) struct buf quoted = BUF_INIT(4096);

    if (json_type_of(given) != JSON_NONE)
        TRY(set_value(web, text, hours, 3, FRAME_NUMBERS, given, err));
    if (json_type_of(named) == JSON_NONE)
        return ERR_OK;
    yaml_edit_quote(json_text(named, STR_NONE), &quoted);
    return plan_edit_value(text, plan_name, web->options->model, name, 3,
                           json_text(named, STR_NONE).n ? buf_cstr(&quoted) : NULL, err);
}

static enum err_code set_roles(struct web *web, struct buf *text, struct json_value roles,
                               struct err *err)
{
    const struct model *model = web->options->model;

    for (struct json_iter it = json_iter(roles); json_iter_next(&it);) {
        size_t at = 0;

        while (at < model->role_count && !str_eqz(it.key, model->roles[at].id))
            at++;
        if (at == model->role_count)
            return field_wrong("roles", err);
        TRY(set_role(web, text, at, it.value, err));
    }
    return ERR_OK;
}

/* Each field by itself must fit the others as they stand then: what belongs together (the currency
 * before the budget that needs it) goes in the table's order. */
static enum err_code set_frame(struct web *web, struct buf *text, struct json_value body,
                               struct err *err)
{
    for (size_t i = 0; i < TM_COUNT(frame_fields); i++) {
        const struct frame_field *f = &frame_fields[i];
        struct json_value v = json_get(body, f->key);

        if (json_type_of(v) != JSON_NONE)
            TRY(set_value(web, text, &f->key, 1, f->form, v, err));
    }
    return set_roles(web, text, json_get(body, "roles"), err);
}

enum err_code do_plan_change(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct json_value body;

    TRY(request_json(q, &body, err));
    TRY(begin_change(web, q, &text, err));
    TRY(set_frame(web, &text, body, err));
    return keep_plan(web, q, &text, err);
}

static bool is_null(struct json_value v)
{
    return json_type_of(v) == JSON_NULL;
}

static enum err_code take_pin(struct json_value v, struct plan_wish *wish, struct err *err)
{
    int64_t quarter = json_integer(v, 0);

    wish->pinned = !is_null(v);
    wish->pin = (int)quarter - 1;
    if (str_eqz(json_text(v, STR_NONE), "first"))
        wish->pin = PLAN_FIRST;
    else if (wish->pinned && (quarter < 1 || quarter > PLAN_QUARTERS_MAX))
        return field_wrong("pin", err);
    return ERR_OK;
}

static enum err_code take_forbid(struct json_value v, struct plan_wish *wish, struct err *err)
{
    wish->forbidden = json_boolean(v, false);
    return json_type_of(v) == JSON_BOOL ? ERR_OK : field_wrong("forbid", err);
}

/* true, or the hours that are left. */
static enum err_code take_begun(struct json_value v, struct plan_wish *wish, struct err *err)
{
    bool yes = json_type_of(v) == JSON_BOOL || is_null(v);

    wish->left = yes ? (double)NAN : json_real(v, (double)NAN);
    wish->begun = yes ? json_boolean(v, false) : true;
    return yes || wish->left >= 0 ? ERR_OK : field_wrong("begun", err);
}

static enum err_code take_done(struct json_value v, struct plan_wish *wish, struct err *err)
{
    int64_t levels = json_type_of(v) == JSON_BOOL ? json_boolean(v, false) : json_integer(v, -1);

    wish->done = (int)levels;
    return levels >= 0 && levels <= 3 ? ERR_OK : field_wrong("done", err);
}

static enum err_code take_owner(struct json_value v, struct plan_wish *wish, struct err *err)
{
    struct str name = json_text(v, STR_NONE);

    (void)wish; /* the caller copies it: a view into the body */
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < ' ')
            return field_wrong("owner", err);
    return is_null(v) || (json_type_of(v) == JSON_STRING && name.n <= 100)
               ? ERR_OK
               : field_wrong("owner", err);
}

static enum err_code take_not_before(struct json_value v, struct plan_wish *wish, struct err *err)
{
    struct str s = json_text(v, STR_NONE);
    struct civil c = {0};
    char day[11] = "";

    wish->not_before = PLAN_NO_DAY;
    if (is_null(v))
        return ERR_OK;
    snprintf(day, sizeof(day), "%.*s", (int)(s.n < 10 ? s.n : 10), s.p ? s.p : "");
    if (s.n != 10 || sscanf(day, "%4d-%2d-%2d", &c.year, &c.month, &c.day) != 3 || !civil_valid(&c))
        return field_wrong("not_before", err);
    wish->not_before = civil_to_days(c.year, c.month, c.day);
    return ERR_OK;
}

static const struct {
    const char *key;
    unsigned part;
    enum err_code (*take)(struct json_value, struct plan_wish *, struct err *);
} wish_fields[] = {
    {"pin", WISH_PIN, take_pin},       {"forbid", WISH_FORBID, take_forbid},
    {"begun", WISH_BEGUN, take_begun}, {"done", WISH_DONE, take_done},
    {"owner", WISH_OWNER, take_owner}, {"not_before", WISH_NOT_BEFORE, take_not_before},
};

static enum err_code take_wish(struct json_value body, struct plan_wish *wish, unsigned *out_which,
                               struct err *err)
{
    *out_which = 0;
    for (struct json_iter it = json_iter(body); json_iter_next(&it);) {
        char key[40];
        size_t i = 0;

        while (i < TM_COUNT(wish_fields) && !str_eqz(it.key, wish_fields[i].key))
            i++;
        snprintf(key, sizeof(key), "%.*s", (int)(it.key.n < 39 ? it.key.n : 39), it.key.p);
        if (i == TM_COUNT(wish_fields))
            return field_wrong(key, err);
        TRY(wish_fields[i].take(it.value, wish, err));
        *out_which |= wish_fields[i].part;
    }
    return ERR_OK;
}

enum err_code do_plan_step(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20), owner = BUF_INIT(400);
    const struct model *model = web->options->model;
    size_t practice = model_practice(model, q->arg);
    struct plan_wish wish = {.left = (double)NAN, .owner = "", .not_before = PLAN_NO_DAY};
    struct json_value body;
    unsigned which;

    if (practice == SIZE_MAX)
        return not_here(q, q->arg, err);
    TRY(request_json(q, &body, err));
    TRY(take_wish(body, &wish, &which, err));
    if (which & WISH_OWNER) {
        buf_adds(&owner, json_text(json_get(body, "owner"), STR_NONE));
        wish.owner = buf_cstr(&owner);
    }
    TRY(begin_change(web, q, &text, err));
    TRY(plan_edit_wish(&text, plan_name, model, practice, which, &wish, err));
    snprintf(q->object, sizeof(q->object), "%s", model->practices[practice].id);
    return keep_plan(web, q, &text, err);
}

static void show_what_if(const struct what_if *then, const struct basis *basis,
                         const struct model *model, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "target", then->target);
    json_key(w, "stage");
    json_begin_object(w);
    json_key_int(w, "best", then->stage_best);
    json_key_int(w, "confirmed", then->stage_confirmed);
    key_quarters(w, "probabilities", then->stage_p, 4);
    json_end_object(w);
    json_key(w, "index");
    json_begin_object(w);
    json_key_double(w, "value", then->index);
    json_key_double(w, "low", then->index_low);
    json_key_double(w, "high", then->index_high);
    json_end_object(w);
    json_key_double(w, "quorum_share", then->checks[then->target - 2].quorum_share);
    json_key_double(w, "quorum_needed", model->quorum[then->target - 2]);
    json_key(w, "open");
    json_begin_array(w);
    for (size_t i = 0; i < then->open_count; i++)
        json_stringz(w, model->practices[then->open[i]].id);
    json_end_array(w);
    json_key(w, "money");
    if (then->money_known) {
        json_begin_object(w);
        json_key_stringz(w, "currency", basis->economics.currency);
        json_key_int(w, "decimals", basis->economics.decimals);
        json_key_double(w, "low", then->money.low);
        json_key_double(w, "median", then->money.median);
        json_key_double(w, "high", then->money.high);
        json_end_object(w);
    } else {
        json_null(w);
    }
    json_end_object(w);
}

static enum err_code take_levels(struct json_value given, const struct model *model, int *levels,
                                 struct err *err)
{
    if (json_type_of(given) != JSON_OBJECT)
        return field_wrong("levels", err);
    for (struct json_iter it = json_iter(given); json_iter_next(&it);) {
        char id[60];
        int64_t level = json_integer(it.value, 0);
        size_t at;

        snprintf(id, sizeof(id), "%.*s", (int)(it.key.n < 59 ? it.key.n : 59), it.key.p);
        at = model_practice(model, id);
        if (at == SIZE_MAX || level < 1 || level > 4) {
            char field[80];

            snprintf(field, sizeof(field), "levels.%s", id);
            return field_wrong(field, err);
        }
        levels[at] = (int)level;
    }
    return ERR_OK;
}

enum err_code do_what_if(struct web *web, struct request *q, struct err *err)
{
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);
    struct what_if *then = NULL;
    const struct basis *basis;
    struct json_value body;
    enum err_code rc;
    int *levels;

    TRY(request_json(q, &body, err));
    levels = xcalloc(model->practice_count + 1, sizeof(*levels));
    rc = take_levels(json_get(body, "levels"), model, levels, err);
    if (rc == ERR_OK)
        rc = planner_hold(web, &basis, err);
    if (rc == ERR_OK) {
        rc = what_if(basis->assessment, &basis->economics, basis->margin, levels, &then, err);
        if (rc == ERR_OK)
            show_what_if(then, basis, model, &w);
        planner_release(web);
    }
    what_if_free(then);
    free(levels);
    return rc;
}
