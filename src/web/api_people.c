/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_people.c - people of the shop who may be one, and what is decided on them. */
#include "base/i18n.h"
#include "store/people.h"
#include "web/desk.h"
#include "web/request.h"

/* Who sees people's names leaves a line. */
static void trace(struct request *q, const char *what)
{
    q->traced = true;
    snprintf(q->object, sizeof(q->object), "%s", what);
}

/* Found when the records were last resolved (server.h). */
enum err_code do_suggestions(struct web *web, struct request *q, struct err *err)
{
    bool found;

    trace(q, "suggestions");
    q->stale = !desk_is_fresh(web->desk);
    TRY(store_get(web->store, WEB_SUGGESTIONS, &q->out, &found, err));
    if (found && q->out.n)
        return ERR_OK;
    buf_reset(&q->out);
    buf_addz(&q->out, "{\"people\":0,\"pairs_compared\":0,\"found\":0,\"pairs\":[]}");
    return ERR_OK;
}

static void person_number(struct json_writer *w, const char *key, uint64_t person)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, person);
    json_key_stringz(w, key, text);
}

static enum err_code show_decision(void *ctx, const struct people_decision *one, struct err *err)
{
    struct json_writer *w = ctx;

    (void)err;
    json_begin_object(w);
    json_key_int(w, "id", one->id);
    person_number(w, "a", one->a);
    person_number(w, "b", one->b);
    json_key_stringz(w, "kind", one->apart ? "apart" : "same");
    json_key_bool(w, "stands", one->stands);
    json_key_stringz(w, "actor", one->actor);
    json_key_time(w, "made_at", one->made_us);
    json_key_time(w, "undone_at", one->undone_us ? one->undone_us : TIME_NONE);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_decisions(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key(&w, "decisions");
    json_begin_array(&w);
    TRY(store_people_each(web->store, show_decision, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

/* A person's number: too long for a number of JSON, so it is text. */
static enum err_code read_person(struct web *web, struct json_value body, const char *key,
                                 uint64_t *out, struct err *err)
{
    bool known = false;
    char text[24], *end = text;

    TRY(request_text(body, key, text, sizeof(text), err));
    errno = 0;
    *out = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    if (!*out || *end || errno)
        return field_wrong(key, err);
    TRY(desk_knows(web->desk, text, &known, err));
    return known ? ERR_OK : err_set(err, ERR_NOT_FOUND, "nobody here has the number %s", text);
}

/* The figures rest on who is one: they are made anew. */
static void changed(struct web *web)
{
    desk_doubt(web->desk);
    jobs_want_resolve(web->jobs, true);
}

enum err_code do_decide(struct web *web, struct request *q, struct err *err)
{
    struct people_decision decision = {0};
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;
    struct str kind;
    int64_t id = 0;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    kind = json_text(json_get(body, "kind"), STR_NONE);
    decision.apart = str_eqz(kind, "apart");
    if (!decision.apart && !str_eqz(kind, "same"))
        return field_wrong("kind", err);
    TRY(read_person(web, body, "a", &decision.a, err));
    TRY(read_person(web, body, "b", &decision.b, err));
    snprintf(decision.actor, sizeof(decision.actor), "user %" PRId64, q->user.id);
    pthread_mutex_lock(&web->lock);
    rc = store_people_decide(web->store, &decision, &id, err);
    pthread_mutex_unlock(&web->lock);
    TRY(rc);
    changed(web);
    snprintf(q->object, sizeof(q->object), "%s %" PRId64, decision.apart ? "apart" : "same", id);
    json_begin_object(&w);
    json_key_int(&w, "id", id);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_undecide(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_people_undo(web->store, id, err));
    changed(web);
    return ERR_OK;
}
