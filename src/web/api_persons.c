/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_persons.c - everything that is kept of one person, and its erasure (docs/privacy.md). Who it
 * is stands in bodies alone, and in no line of the record of what was done. */
#include "privacy/erase.h"
#include "web/exports.h"
#include "web/request.h"
#include "web/whose.h"

#include <sodium.h>

enum { WHO_BYTES = 400 };

static enum err_code begin(struct web *web, struct request *q, struct job_wish *wish,
                           struct err *err)
{
    char actor[64];

    snprintf(actor, sizeof(actor), "user %" PRId64, q->user.id);
    wish->actor = actor;
    wish->path = wish->dir = wish->object = "";
    return request_job(web, q, wish, err);
}

enum err_code do_person_export(struct web *web, struct request *q, struct err *err)
{
    struct job_wish wish = {.kind = JOB_EXPORT};
    char who[WHO_BYTES];
    struct json_value body;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "who", who, sizeof(who), err));
    wish.who = who;
    rc = begin(web, q, &wish, err);
    sodium_memzero(who, sizeof(who));
    return rc;
}

enum err_code do_export_file(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    q->traced = true;
    TRY(exports_open(web, id, &q->file, &q->file_bytes, err));
    q->type = "application/zip";
    snprintf(q->object, sizeof(q->object), "job %" PRId64, id);
    snprintf(q->attachment, sizeof(q->attachment), "person-%" PRId64 ".zip", id);
    return ERR_OK;
}

enum err_code do_export_delete(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    return exports_remove(web, id, err);
}

/* The word that says that it is meant. */
static enum err_code confirmed(struct json_value body, struct err *err)
{
    if (str_eqz(json_text(json_get(body, "confirm"), STR_NONE), "erase"))
        return ERR_OK;
    err_set(err, ERR_INVALID, "an erasure cannot be undone: \"confirm\" must be \"erase\"");
    err_hint(err, "Look at how much there is first, with \"dry_run\": true.");
    return ERR_INVALID;
}

enum err_code do_person_erase(struct web *web, struct request *q, struct err *err)
{
    struct job_wish wish = {.kind = JOB_ERASE};
    char who[WHO_BYTES];
    struct json_value body;
    enum err_code rc;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "who", who, sizeof(who), err));
    if (json_boolean(json_get(body, "dry_run"), false))
        wish.kind = JOB_COUNT;
    else
        TRY(confirmed(body, err));
    wish.who = who;
    rc = begin(web, q, &wish, err);
    sodium_memzero(who, sizeof(who));
    return rc;
}

static enum err_code show_erasure(void *ctx, const struct erasure *erasure, struct err *err)
{
    (void)err;
    erasure_json(erasure, ctx);
    return ERR_OK;
}

enum err_code do_erasures(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key(&w, "erasures");
    json_begin_array(&w);
    TRY(store_erasures_each(web->store, false, show_erasure, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

/* Numbers of people are in the address as views tell them. */
enum err_code do_person_waiting(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    char *end;
    uint64_t person = strtoull(q->arg, &end, 10);

    if (!isdigit((unsigned char)q->arg[0]) || *end || strlen(q->arg) > 20)
        return not_here(q, q->arg, err);
    json_begin_object(&w);
    TRY(whose_waiting(web->whose, person, &w, err));
    json_end_object(&w);
    return ERR_OK;
}
