/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_views.c - the shop's numbers: which views there are, and their rows. */
#include "base/i18n.h"
#include "web/auth.h"
#include "web/desk.h"
#include "web/request.h"

static const struct {
    const char *name, *type;
} formats[DESK_FORMATS] = {
    [DESK_JSON] = {"json", "application/json"},
    [DESK_CSV] = {"csv", "text/csv; charset=utf-8"},
    [DESK_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

static void show_default(const struct view_param *p, struct json_writer *w)
{
    if (p->type == VIEW_CHOICE)
        json_key_stringz(w, "default", p->choices[0]);
    if (p->type == VIEW_INT && !p->of_goal)
        json_key_int(w, "default", p->preset);
    if (p->type == VIEW_DAY)
        json_key_int(w, "default_days_back", p->preset);
}

static void show_param(const struct view_param *p, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "name", p->name);
    json_key_stringz(w, "type", view_param_type_name(p->type));
    json_key_bool(w, "required", p->required);
    json_key_stringz(w, "summary", _(p->summary));
    if (p->type == VIEW_INT || p->type == VIEW_TEXT) {
        json_key_int(w, "low", p->low);
        json_key_int(w, "high", p->high);
    }
    if (p->type == VIEW_CHOICE) {
        json_key(w, "choices");
        json_begin_array(w);
        for (size_t i = 0; p->choices[i]; i++)
            json_stringz(w, p->choices[i]);
        json_end_array(w);
    }
    show_default(p, w);
    json_end_object(w);
}

enum err_code do_views(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    (void)web, (void)err;
    json_begin_object(&w);
    json_key(&w, "views");
    json_begin_array(&w);
    for (size_t i = 0; views[i]; i++) {
        json_begin_object(&w);
        json_key_stringz(&w, "name", views[i]->name);
        json_key_stringz(&w, "summary", _(views[i]->summary));
        json_key_bool(&w, "personal", views[i]->personal);
        json_key(&w, "parameters");
        json_begin_array(&w);
        for (size_t k = 0; k < views[i]->param_count; k++)
            show_param(&views[i]->params[k], &w);
        json_end_array(&w);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

/* Who sees people's names leaves a line. */
static enum err_code check_personal(struct request *q, const struct view *view, struct err *err)
{
    if (!view->personal)
        return ERR_OK;
    q->traced = true;
    snprintf(q->object, sizeof(q->object), "%s", view->name);
    if (MAY_PLAN & (1U << q->user.role))
        return ERR_OK;
    refuse(q, 403, ERR_DENIED);
    err_set(err, ERR_DENIED, "the view \"%s\" names people", view->name);
    err_hint(err, "Only the owner and marketers may see it.");
    return ERR_DENIED;
}

static enum err_code take_format(struct desk_wish *wish, const char *value, struct err *err)
{
    for (size_t i = 0; i < DESK_FORMATS; i++)
        if (value && strcmp(value, formats[i].name) == 0) {
            wish->format = (enum desk_format)i;
            return ERR_OK;
        }
    err_set(err, ERR_INVALID, "the parameter \"%s\" cannot be that", "format");
    snprintf(err->hint, sizeof(err->hint), "format: json, csv, xlsx");
    return ERR_INVALID;
}

/* One more than any view takes, so that it is told which one is wrong. */
struct asked {
    struct desk_wish wish;
    struct view_arg args[VIEW_PARAMS_MAX + 1];
    struct err *err;
    enum err_code rc;
};

static enum MHD_Result take_arg(void *ctx, enum MHD_ValueKind kind, const char *key,
                                const char *value)
{
    struct asked *a = ctx;

    (void)kind;
    if (strcmp(key, "format") == 0)
        a->rc = take_format(&a->wish, value, a->err);
    else if (a->wish.arg_count < TM_COUNT(a->args))
        a->args[a->wish.arg_count++] = (struct view_arg){key, str_of(value ? value : "")};
    return a->rc == ERR_OK ? MHD_YES : MHD_NO;
}

/* A file tells by its name what JSON tells in it. */
static void answer_as(struct request *q, const struct desk_wish *wish, const struct desk_told *told)
{
    q->type = formats[wish->format].type;
    q->stale = !told->fresh;
    if (told->same)
        q->status = 304;
    if (!wish->view->personal) {
        snprintf(q->etag_made, sizeof(q->etag_made), "%s", told->etag);
        q->etag = q->etag_made;
    }
    if (wish->format != DESK_JSON)
        snprintf(q->attachment, sizeof(q->attachment), "%s%s.%s", wish->view->name,
                 told->fresh ? "" : "-stale", formats[wish->format].name);
}

enum err_code do_view(struct web *web, struct request *q, struct err *err)
{
    const struct view *view = view_find(q->arg);
    struct asked asked = {.err = err};
    struct desk_told told = {.left = false};
    enum err_code rc;

    if (!view)
        return not_here(q, q->arg, err);
    TRY(check_personal(q, view, err));
    asked.wish.view = view;
    asked.wish.args = asked.args;
    MHD_get_connection_values(q->connection, MHD_GET_ARGUMENT_KIND, take_arg, &asked);
    TRY(asked.rc);
    if (view->personal && asked.wish.format != DESK_JSON) /* leaves the house */
        TRY(auth_proof(q, err));
    if (!view->personal) /* those no browser keeps */
        asked.wish.etag =
            MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "If-None-Match");
    asked.wish.connection = q->connection;
    rc = desk_answer(web->desk, &asked.wish, &told, &q->out, err);
    q->left = told.left;
    TRY(rc);
    answer_as(q, &asked.wish, &told);
    return ERR_OK;
}
