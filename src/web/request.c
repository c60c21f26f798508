/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* request.c - what a request says: its body, its query, the number in its path. */
#include "web/request.h"

enum err_code refuse(struct request *q, int status, enum err_code code)
{
    q->status = status;
    q->too_large = code == ERR_TOO_LARGE;
    return code;
}

enum err_code not_here(struct request *q, const char *what, struct err *err)
{
    refuse(q, 404, ERR_NOT_FOUND);
    return err_set(err, ERR_NOT_FOUND, "there is no \"%.100s\" here", what);
}

enum err_code field_wrong(const char *name, struct err *err)
{
    return err_set(err, ERR_INVALID, "the field \"%.60s\" is missing or not valid", name);
}

/* What nests deeper than any of our bodies is no honest one. */
static bool is_deep(struct str json)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < json.n && depth <= BODY_DEPTH_MAX; i++) {
        if (quoted && json.p[i] == '\\')
            i++;
        else if (json.p[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            depth +=
                (json.p[i] == '[' || json.p[i] == '{') - (json.p[i] == ']' || json.p[i] == '}');
    }
    return depth > BODY_DEPTH_MAX;
}

enum err_code request_json(struct request *q, struct json_value *out, struct err *err)
{
    if (is_deep(buf_str(&q->body)))
        return err_set(err, ERR_INVALID, "the body nests deeper than %d", BODY_DEPTH_MAX);
    if (!q->parser)
        q->parser = json_parser_new(JSON_BODY_MAX);
    TRY(json_parse(q->parser, buf_str(&q->body), out, err));
    return json_type_of(*out) == JSON_OBJECT
               ? ERR_OK
               : err_set(err, ERR_INVALID, "the body must be a JSON object");
}

enum err_code request_text(struct json_value body, const char *key, char *out, size_t size,
                           struct err *err)
{
    struct str text = json_text(json_get(body, key), STR_NONE);

    if (text.n == 0 || text.n >= size || memchr(text.p, 0, text.n))
        return field_wrong(key, err);
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return ERR_OK;
}

const char *request_query(const struct request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name);
}

static bool number_of(const char *text, int64_t *out)
{
    char *end;
    long long n;

    if (!text || !isdigit((unsigned char)text[0]) || strlen(text) > 18)
        return false;
    n = strtoll(text, &end, 10);
    *out = n;
    return *end == '\0';
}

int64_t request_number(const struct request *q, const char *name, int64_t fallback)
{
    int64_t n;

    return number_of(request_query(q, name), &n) ? n : fallback;
}

enum err_code request_id(struct request *q, int64_t *out, struct err *err)
{
    return number_of(q->arg, out) ? ERR_OK : not_here(q, q->arg, err);
}

enum err_code request_job(struct web *web, struct request *q, const struct job_wish *wish,
                          struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(jobs_add(web->jobs, wish, &id, err));
    snprintf(q->object, sizeof(q->object), "job %" PRId64, id);
    json_begin_object(&w);
    json_key_int(&w, "job", id);
    json_end_object(&w);
    return ERR_OK;
}
