/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/returned.h"

enum { UNSIGNED_A_MINUTE = 300 /* from one address */ };

enum err_code returned_open(struct web *web, bool make, struct returned *out, struct err *err)
{
    enum err_code rc;

    *out = (struct returned){.rules = breaker_rules_default()};
    pthread_mutex_lock(&web->lock);
    rc = make ? outbox_open(web->store, &out->books.outbox, err)
              : outbox_open_kept(web->store, &out->books.outbox, err);
    if (rc == ERR_OK)
        rc = consents_open(web->store, &out->books.consents, err);
    pthread_mutex_unlock(&web->lock);
    out->books.rules = &out->rules;
    return rc;
}

void returned_close(struct returned *returned)
{
    consents_close(returned->books.consents);
    outbox_close(returned->books.outbox);
}

enum err_code returned_unsigned(struct web *web, struct request *q, struct err *err)
{
    int seconds = limits_take(web->site->limits, "return unsigned", q->ip, UNSIGNED_A_MINUTE);

    if (seconds)
        return live_wait(q, seconds, err);
    refuse(q, 403, ERR_DENIED);
    err_set(err, ERR_DENIED, "the signature is not the service's");
    err_hint(err, "Nothing of this request was taken.");
    return ERR_DENIED;
}
