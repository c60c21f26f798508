/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* openapi.c - the API's description, OpenAPI 3.1, from the route table. */
#include "insight/views.h"
#include "web/request.h"

/* "/a/{id}" is described once, with all its methods. */
static bool seen_before(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(routes[k].path, routes[i].path) == 0)
            return true;
    return false;
}

static void begin_param(struct json_writer *w, const char *name, const char *in, bool required,
                        const char *summary)
{
    json_begin_object(w);
    json_key_stringz(w, "name", name);
    json_key_stringz(w, "in", in);
    json_key_bool(w, "required", required);
    json_key_stringz(w, "description", summary);
    json_key(w, "schema");
    json_begin_object(w);
}

static void end_param(struct json_writer *w)
{
    json_end_object(w);
    json_end_object(w);
}

static void add_choices(const char *const *choices, struct json_writer *w)
{
    json_key(w, "enum");
    json_begin_array(w);
    for (size_t i = 0; choices[i]; i++)
        json_stringz(w, choices[i]);
    json_end_array(w);
    json_key_stringz(w, "default", choices[0]);
}

static void add_schema(const struct view_param *p, struct json_writer *w)
{
    json_key_stringz(w, "type", p->type == VIEW_INT ? "integer" : "string");
    if (p->type == VIEW_DAY)
        json_key_stringz(w, "format", "date");
    if (p->type == VIEW_CHOICE)
        add_choices(p->choices, w);
    if (p->type == VIEW_ID)
        json_key_stringz(w, "pattern", "^[0-9]{1,20}$");
    if (p->type == VIEW_TEXT) {
        json_key_int(w, "minLength", p->low);
        json_key_int(w, "maxLength", p->high);
    }
    if (p->type == VIEW_INT) {
        json_key_int(w, "minimum", p->low);
        json_key_int(w, "maximum", p->high);
        if (!p->of_goal)
            json_key_int(w, "default", p->preset);
    }
}

static void add_view_params(const struct view *view, struct json_writer *w)
{
    static const char *const formats[] = {"json", "csv", "xlsx", NULL};

    json_key(w, "parameters");
    json_begin_array(w);
    for (size_t i = 0; i < view->param_count; i++) {
        const struct view_param *p = &view->params[i];

        begin_param(w, p->name, "query", p->required, p->summary);
        add_schema(p, w);
        end_param(w);
    }
    begin_param(w, "format", "query", false, "How the rows come.");
    json_key_stringz(w, "type", "string");
    add_choices(formats, w);
    end_param(w);
    json_end_array(w);
}

static void add_params(const struct route *route, struct json_writer *w)
{
    if (!route->params[0].name)
        return;
    json_key(w, "parameters");
    json_begin_array(w);
    for (size_t i = 0; i < ROUTE_PARAMS_MAX && route->params[i].name; i++) {
        const struct route_param *p = &route->params[i];

        begin_param(w, p->name, p->in, strcmp(p->in, "path") == 0, p->summary);
        json_key_stringz(w, "type", "string");
        end_param(w);
    }
    json_end_array(w);
}

static void add_body(const struct route *route, struct json_writer *w)
{
    if (!route->body_max)
        return;
    json_key(w, "requestBody");
    json_begin_object(w);
    json_key(w, "content");
    json_begin_object(w);
    json_key(w, route->upload ? "application/octet-stream" : "application/json");
    json_begin_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
}

static void add_answers(const struct route *route, struct json_writer *w)
{
    char status[16];

    snprintf(status, sizeof(status), "%d", route->status);
    json_key(w, "responses");
    json_begin_object(w);
    json_key(w, status);
    json_begin_object(w);
    json_key_stringz(w, "description", "as asked");
    json_end_object(w);
    json_key(w, "default");
    json_begin_object(w);
    json_key_stringz(w, "$ref", "#/components/responses/problem");
    json_end_object(w);
    json_end_object(w);
}

static void add_security(const struct route *route, struct json_writer *w)
{
    json_key(w, "security");
    json_begin_array(w);
    if (!(route->roles & MAY_PUBLIC)) {
        json_begin_object(w);
        json_key(w, "session");
        json_begin_array(w);
        json_end_array(w);
        json_end_object(w);
    }
    if (route->scope) {
        json_begin_object(w);
        json_key(w, "key");
        json_begin_array(w);
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_access(const struct route *route, struct json_writer *w)
{
    json_key(w, "x-roles");
    json_begin_array(w);
    for (size_t role = 1; role < ROLE_COUNT; role++)
        if (route->roles & (1U << role))
            json_stringz(w, role_names[role]);
    json_end_array(w);
    json_key(w, "x-scope");
    for (size_t i = 0; i < SCOPE_COUNT; i++)
        if (route->scope == 1U << i)
            json_stringz(w, scope_names[i]);
    if (!route->scope)
        json_null(w);
    json_key_bool(w, "x-csrf", route->csrf);
    json_key_bool(w, "x-proof", route->proof);
    json_key_int(w, "x-body-limit", (int64_t)route->body_max);
}

/* A view's own path: what the route says, narrowed for those that name people. */
static void add_view(const struct route *route, const struct view *view, struct json_writer *w)
{
    struct route narrowed = *route;
    char path[128];

    snprintf(path, sizeof(path), "%.*s%s", (int)strcspn(route->path, "{"), route->path, view->name);
    if (view->personal)
        narrowed.roles &= MAY_PLAN;
    json_key(w, path);
    json_begin_object(w);
    json_key(w, "get");
    json_begin_object(w);
    json_key_stringz(w, "summary", view->summary);
    add_access(&narrowed, w);
    json_key_bool(w, "x-personal", view->personal);
    add_security(&narrowed, w);
    add_view_params(view, w);
    add_answers(&narrowed, w);
    json_end_object(w);
    json_end_object(w);
}

static void add_route(const struct route *route, struct json_writer *w)
{
    char method[8];
    size_t n = 0;

    for (; n < sizeof(method) - 1 && route->method[n]; n++)
        method[n] = (char)tolower((unsigned char)route->method[n]);
    method[n] = '\0';
    json_key(w, method);
    json_begin_object(w);
    json_key_stringz(w, "summary", route->summary);
    add_access(route, w);
    add_security(route, w);
    add_params(route, w);
    add_body(route, w);
    add_answers(route, w);
    json_end_object(w);
}

static void add_scheme(struct json_writer *w, const char *name, const char *const *pairs)
{
    json_key(w, name);
    json_begin_object(w);
    for (; pairs[0]; pairs += 2)
        json_key_stringz(w, pairs[0], pairs[1]);
    json_end_object(w);
}

static void add_components(struct json_writer *w)
{
    static const char *const session[] = {"type", "apiKey",     "in", "cookie",
                                          "name", "tm_session", NULL};
    static const char *const key[] = {"type", "http", "scheme", "bearer", NULL};

    json_key(w, "components");
    json_begin_object(w);
    json_key(w, "securitySchemes");
    json_begin_object(w);
    add_scheme(w, "session", session);
    add_scheme(w, "key", key);
    json_end_object(w);
    json_key(w, "responses");
    json_begin_object(w);
    json_key(w, "problem");
    json_begin_object(w);
    json_key_stringz(w, "description",
                     "What failed and what to do (RFC 9457): type, title, "
                     "status, detail, hint, request");
    json_key(w, "content");
    json_begin_object(w);
    json_key(w, "application/problem+json");
    json_begin_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
}

void web_openapi(struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_stringz(&w, "openapi", "3.1.0");
    json_key(&w, "info");
    json_begin_object(&w);
    json_key_stringz(&w, "title", "Tidemark");
    json_key_stringz(&w, "version", TIDEMARK_VERSION);
    json_end_object(&w);
    json_key(&w, "paths");
    json_begin_object(&w);
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].handler == do_view) {
            for (size_t k = 0; views[k]; k++)
                add_view(&routes[i], views[k], &w);
            continue;
        }
        if (seen_before(i))
            continue;
        json_key(&w, routes[i].path);
        json_begin_object(&w);
        for (size_t k = i; k < route_count; k++)
            if (strcmp(routes[k].path, routes[i].path) == 0)
                add_route(&routes[k], &w);
        json_end_object(&w);
    }
    json_end_object(&w);
    add_components(&w);
    json_end_object(&w);
    buf_addc(out, '\n');
}

enum err_code do_openapi(struct web *web, struct request *q, struct err *err)
{
    (void)web;
    web_openapi(&q->out);
    return buf_check(&q->out, err);
}
