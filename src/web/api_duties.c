/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_duties.c - what shops' systems ask for by law, for the shop's owner (docs/privacy.md). Whom
 * it is about is told while it is not done, and stands in no line of the record of what was done.
 */
#include "privacy/duty.h"
#include "store/sources.h"
#include "web/duties.h"
#include "web/exports.h"

static enum err_code show(struct web *web, const struct duty *duty, struct json_writer *w,
                          struct err *err)
{
    TM_CLEANUP(who_release) struct who named = WHO_INIT;

    TRY(duty_named(web->store, duty->id, &named, err));
    duty_json(duty, &named, duty->state == DUTY_READY && exports_has(web, duty->job), w);
    return ERR_OK;
}

enum err_code do_duties(struct web *web, struct request *q, struct err *err)
{
    struct duty *duties = xcalloc(DUTIES_LISTED, sizeof(*duties));
    struct json_writer w = JSON_WRITER(&q->out);
    size_t n = 0;
    enum err_code rc = store_duties_list(web->store, duties, DUTIES_LISTED, &n, err);

    json_begin_object(&w);
    json_key(&w, "duties");
    json_begin_array(&w);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = show(web, &duties[i], &w, err);
    if (rc == ERR_OK) {
        json_end_array(&w);
        json_end_object(&w);
    }
    free(duties);
    return rc;
}

/* The word that says that it is meant, where it cannot be undone. */
static enum err_code confirmed(const struct duty *duty, struct json_value body, struct err *err)
{
    static const char *const words[] = {
        [DUTY_TELL] = "", [DUTY_ERASE_PERSON] = "erase", [DUTY_ERASE_SHOP] = "forget"};
    const char *word = words[duty->kind];

    if (!*word || str_eqz(json_text(json_get(body, "confirm"), STR_NONE), word))
        return ERR_OK;
    err_set(err, ERR_INVALID, "an erasure cannot be undone: \"confirm\" must be \"%s\"", word);
    return ERR_INVALID;
}

static enum err_code get(struct web *web, int64_t id, struct duty *out, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = store_duty_get(web->store, id, out, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

static enum err_code find(struct web *web, struct request *q, struct duty *out, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    return get(web, id, out, err);
}

static enum err_code act(struct web *web, struct request *q, int64_t duty,
                         enum err_code (*how)(struct web *web, int64_t duty, const char *actor,
                                              struct err *err),
                         struct err *err)
{
    char actor[64];

    snprintf(actor, sizeof(actor), "user %" PRId64, q->user.id);
    snprintf(q->object, sizeof(q->object), "duty %" PRId64, duty);
    return how(web, duty, actor, err);
}

static enum err_code go(struct web *web, struct request *q, int64_t id, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct duty duty;

    TRY(act(web, q, id, duties_begin, err));
    TRY(get(web, id, &duty, err));
    json_begin_object(&w);
    json_key_int(&w, "duty", duty.id);
    json_key_int(&w, "job", duty.job); /* 0: another one is under way; it comes after it */
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_duty_begin(struct web *web, struct request *q, struct err *err)
{
    struct json_value body;
    struct duty duty;

    TRY(find(web, q, &duty, err));
    TRY(request_json(q, &body, err));
    TRY(confirmed(&duty, body, err));
    return go(web, q, duty.id, err);
}

enum err_code do_duty_mark(struct web *web, struct request *q, struct err *err)
{
    struct duty duty;

    TRY(find(web, q, &duty, err));
    return act(web, q, duty.id, duties_mark, err);
}

/* As if its shop's system had asked for it: one duty a source, of no message. */
enum err_code do_source_forget(struct web *web, struct request *q, struct err *err)
{
    struct duty duty = {.kind = DUTY_ERASE_SHOP, .received_us = q->from_us};
    struct source_entry source;
    struct json_value body;
    bool is_new = false;
    enum err_code rc;

    TRY(request_id(q, &duty.source, err));
    TRY(request_json(q, &body, err));
    TRY(confirmed(&duty, body, err));
    pthread_mutex_lock(&web->lock);
    rc = store_source_get(web->store, duty.source, &source, err);
    if (rc == ERR_OK)
        rc = store_duty_add(web->store, &duty, STR_NONE, &is_new, err);
    pthread_mutex_unlock(&web->lock);
    if (rc == ERR_OK && !is_new)
        rc = err_set(err, ERR_EXISTS, "it was asked for before: see the list of requests");
    return rc == ERR_OK ? go(web, q, duty.id, err) : rc;
}
