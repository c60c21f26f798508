/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/repeat.h"

#include "base/digest.h"

enum { KEY_MAX = 255, ANSWER_KEPT_MAX = 1 << 20 };

static void hash_of(const char *first, const char *second, struct str third, char out[65])
{
    struct digest d;

    digest_begin(&d);
    digest_add(&d, (struct str){first, strlen(first) + 1});
    digest_add(&d, (struct str){second, strlen(second) + 1});
    digest_add(&d, third);
    digest_end(&d, out);
}

static enum err_code used_otherwise(struct request *q, struct err *err)
{
    refuse(q, 422, ERR_EXISTS);
    err_set(err, ERR_EXISTS, "this Idempotency-Key was used for another request");
    err_hint(err, "Use a new key for each new request.");
    return ERR_EXISTS;
}

static enum err_code look_up(struct web *web, struct request *q, const struct repeat_entry *asked,
                             bool *out_found, struct err *err)
{
    struct repeat_entry before;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = store_repeat_get(web->store, asked->key, &before, &q->out, out_found, err);
    pthread_mutex_unlock(&web->lock);
    if (rc != ERR_OK || !*out_found)
        return rc;
    if (strcmp(before.request, asked->request) != 0 || (q->out.n == 0 && before.status != 204))
        return used_otherwise(q, err);
    q->status = (int)before.status;
    return ERR_OK;
}

static enum err_code keep(struct web *web, const struct request *q, struct repeat_entry *asked,
                          struct err *err)
{
    bool secret = strstr(q->route->path, "/keys") || q->out.n > ANSWER_KEPT_MAX;
    enum err_code rc;

    asked->status = q->status;
    asked->at_us = timestamp_now();
    pthread_mutex_lock(&web->lock);
    rc = store_repeat_put(web->store, asked, secret ? STR_NONE : buf_str(&q->out),
                          asked->at_us - US_PER_DAY, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

enum err_code repeat_handle(struct web *web, struct request *q, const char *key,
                            enum err_code (*handle)(struct web *, struct request *, struct err *),
                            struct err *err)
{
    struct repeat_entry asked = {0};
    bool found = false;
    char who[64];
    enum err_code rc;

    if (!*key || strlen(key) > KEY_MAX)
        return field_wrong("Idempotency-Key", err);
    snprintf(who, sizeof(who), "%" PRId64 " %" PRId64, q->user.id, q->key.id);
    hash_of(who, key, STR_NONE, asked.key);
    hash_of(q->method, q->path, buf_str(&q->body), asked.request);
    /* One after the other, so that two of the same do not both find nothing. */
    pthread_mutex_lock(&web->repeat_lock);
    rc = look_up(web, q, &asked, &found, err);
    if (rc == ERR_OK && !found) {
        rc = handle(web, q, err);
        if (rc == ERR_OK && q->status < 500)
            rc = keep(web, q, &asked, err);
    }
    pthread_mutex_unlock(&web->repeat_lock);
    return rc;
}
