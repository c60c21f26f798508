/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_consent.c - who allowed what, and who must not be written to. Addresses come in bodies, never
 * in a request's line, which others may log. */
#include "intake/consents.h"
#include "store/settings.h"
#include "web/request.h"

enum { WHO_MAX = 400, WORD_MAX = 80 };

/* The ledger is a file of its own, which a large import may keep busy: the others do not wait. */
static enum err_code open_ledger(struct web *web, struct consents **out, struct settings *settings,
                                 struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = settings_of(web->store, settings, err);
    if (rc == ERR_OK)
        rc = consents_open(web->store, out, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

/* A text that may be left out. */
static struct str optional(struct json_value body, const char *key)
{
    return json_text(json_get(body, key), STR_NONE);
}

/* What was done is on record, and for whom it was asked is not. */
static void trace(struct request *q, const char *what)
{
    q->traced = true;
    snprintf(q->object, sizeof(q->object), "%s", what);
}

enum err_code do_consent_find(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct settings settings;
    struct json_value body;
    struct pseudonym who;
    char typed[WHO_MAX];

    trace(q, "consent");
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "who", typed, sizeof(typed), err));
    TRY(open_ledger(web, &ledger, &settings, err));
    if (!consents_who(consents_keys(ledger), str_of(typed), settings.country, &who))
        return field_wrong("who", err);
    return consents_person_json(ledger, &who, &w, err);
}

enum err_code do_consent_add(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct settings settings;
    struct json_value body;

    trace(q, "consent");
    TRY(request_json(q, &body, err));
    TRY(open_ledger(web, &ledger, &settings, err));
    const struct consent_word word = {.who = optional(body, "who"),
                                      .channel = optional(body, "channel"),
                                      .state = optional(body, "state"),
                                      .wording = optional(body, "wording"),
                                      .proof = optional(body, "proof"),
                                      .country = settings.country};
    struct pseudonym who;

    TRY(consents_note(ledger, &word, err));
    if (!consents_who(consents_keys(ledger), word.who, settings.country, &who))
        return field_wrong("who", err);
    return consents_person_json(ledger, &who, &w, err);
}

enum err_code do_consent_health(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct consent_health health;
    struct settings settings;

    TRY(open_ledger(web, &ledger, &settings, err));
    TRY(consents_verify(ledger, &health, err));
    consent_health_json(&health, &w);
    return ERR_OK;
}

enum err_code do_suppression(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    struct settings settings;

    TRY(open_ledger(web, &ledger, &settings, err));
    return suppression_counts_json(ledger, &w, err);
}

enum err_code do_suppression_add(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    char channel[WORD_MAX] = SUPPRESSION_ALL, typed[WHO_MAX];
    struct settings settings;
    struct json_value body;

    trace(q, "suppression");
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "who", typed, sizeof(typed), err));
    if (json_type_of(json_get(body, "channel")) != JSON_NONE)
        TRY(request_text(body, "channel", channel, sizeof(channel), err));
    TRY(open_ledger(web, &ledger, &settings, err));
    TRY(consents_suppress(ledger, str_of(typed), channel, settings.country, err));
    return suppression_counts_json(ledger, &w, err);
}

enum err_code do_suppression_check(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    enum suppression_reason reason;
    char channel[WORD_MAX], typed[WHO_MAX];
    struct settings settings;
    struct json_value body;

    trace(q, "suppression");
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "who", typed, sizeof(typed), err));
    TRY(request_text(body, "channel", channel, sizeof(channel), err));
    TRY(open_ledger(web, &ledger, &settings, err));
    TRY(suppression_check(ledger, channel, str_of(typed), settings.country, &reason, err));
    json_begin_object(&w);
    json_key_bool(&w, "suppressed", reason != SUPPRESSED_NOT);
    json_key_stringz(&w, "reason",
                     reason == SUPPRESSED_NOT ? NULL : suppression_reason_name(reason));
    json_end_object(&w);
    return ERR_OK;
}
