/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/provider.h"

#include "outreach/mail/provider_parts.h"
#include "outreach/mail/token.h"

enum { WORDS = 3, WORD_MAX = 64, EVENTS_MAX = 20000 };

/* What none of them means. */
#define NOTHING RESPONSE_SENT

/* ---- the table ---------------------------------------------------------------------------- */

struct meaning {
    const char *words[WORDS]; /* NULL: any, also none */
    enum response_kind kind;
};
struct provider {
    const char *events;                  /* where they are; "": all of it */
    bool within;                         /* as JSON within JSON */
    const char *words[WORDS];            /* where their words are; either of two, by | */
    const struct meaning *meanings;      /* the first that fits */
    const char *header, *before, *after; /* tells our token back */
    const char *call_headers[PROVIDER_CALL_HEADERS];
};

static const struct meaning ses_meanings[] = {
    {{"Bounce", "Permanent", "UnsubscribedRecipient"}, RESPONSE_WITHDRAWN},
    {{"Bounce", "Permanent"}, RESPONSE_HARD},
    {{"Bounce", "Transient", "auto-reply"}, NOTHING},
    {{"Bounce"}, RESPONSE_SOFT},
    {{"Complaint", "not-spam"}, NOTHING},
    {{"Complaint"}, RESPONSE_COMPLAINT},
    {{"Subscription", "true"}, RESPONSE_WITHDRAWN},
    {{"Delivery"}, RESPONSE_DELIVERED},
    {{NULL}, NOTHING},
};
static const struct meaning postmark_meanings[] = {
    {{"Bounce", "HardBounce"}, RESPONSE_HARD},
    {{"Bounce", "BadEmailAddress"}, RESPONSE_HARD},
    {{"Bounce", "ManuallyDeactivated"}, RESPONSE_HARD},
    {{"Bounce", "SpamComplaint"}, RESPONSE_COMPLAINT},
    {{"Bounce", "Unsubscribe"}, RESPONSE_WITHDRAWN},
    {{"Bounce", "AutoResponder"}, NOTHING},
    {{"Bounce", "ChallengeVerification"}, NOTHING},
    {{"Bounce", "AddressChange"}, NOTHING},
    {{"Bounce", "Subscribe"}, NOTHING},
    {{"Bounce"}, RESPONSE_SOFT},
    {{"SpamComplaint"}, RESPONSE_COMPLAINT},
    {{"SubscriptionChange", "HardBounce"}, RESPONSE_HARD},
    {{"SubscriptionChange", "SpamComplaint"}, RESPONSE_COMPLAINT},
    {{"SubscriptionChange", "ManualSuppression"}, RESPONSE_WITHDRAWN},
    {{"Delivery"}, RESPONSE_DELIVERED},
    {{NULL}, NOTHING},
};
static const struct meaning mailgun_meanings[] = {
    {{"failed", "permanent", "bounce"}, RESPONSE_HARD},
    {{"failed", "permanent", "suppress-bounce"}, RESPONSE_HARD},
    {{"failed", "permanent", "suppress-complaint"}, RESPONSE_COMPLAINT},
    {{"failed", "permanent", "suppress-unsubscribe"}, RESPONSE_WITHDRAWN},
    {{"failed", "permanent"}, RESPONSE_SOFT},
    {{"failed"}, NOTHING}, /* it goes on trying */
    {{"complained"}, RESPONSE_COMPLAINT},
    {{"unsubscribed"}, RESPONSE_WITHDRAWN},
    {{"delivered"}, RESPONSE_DELIVERED},
    {{NULL}, NOTHING},
};
static const struct meaning sendgrid_meanings[] = {
    {{"bounce", "bounce"}, RESPONSE_HARD},
    {{"bounce"}, RESPONSE_SOFT}, /* "blocked" */
    {{"dropped", NULL, "Bounced Address"}, RESPONSE_HARD},
    {{"dropped", NULL, "Invalid"}, RESPONSE_HARD},
    {{"dropped", NULL, "Spam Reporting Address"}, RESPONSE_COMPLAINT},
    {{"dropped", NULL, "Unsubscribed Address"}, RESPONSE_WITHDRAWN},
    {{"spamreport"}, RESPONSE_COMPLAINT},
    {{"unsubscribe"}, RESPONSE_WITHDRAWN},
    {{"group_unsubscribe"}, RESPONSE_WITHDRAWN},
    {{"delivered"}, RESPONSE_DELIVERED},
    {{NULL}, NOTHING},
};
static const struct meaning brevo_meanings[] = {
    {{"hard_bounce"}, RESPONSE_HARD},       {{"invalid_email"}, RESPONSE_HARD},
    {{"soft_bounce"}, RESPONSE_SOFT},       {{"blocked"}, RESPONSE_SOFT},
    {{"spam"}, RESPONSE_COMPLAINT},         {{"complaint"}, RESPONSE_COMPLAINT},
    {{"unsubscribed"}, RESPONSE_WITHDRAWN}, {{"unsubscribe"}, RESPONSE_WITHDRAWN},
    {{"delivered"}, RESPONSE_DELIVERED},    {{NULL}, NOTHING},
};

static const struct provider providers[SENDING_PROVIDERS] = {
    [SENDING_PROVIDER_SES] = {.events = "Message",
                              .within = true,
                              .words = {"eventType|notificationType",
                                        "bounce.bounceType|complaint.complaintFeedbackType",
                                        "bounce.bounceSubType"},
                              .meanings = ses_meanings,
                              .header = "X-SES-MESSAGE-TAGS",
                              .before = "tidemark="},
    [SENDING_PROVIDER_POSTMARK] = {.words = {"RecordType", "Type|SuppressionReason"},
                                   .meanings = postmark_meanings,
                                   .header = "X-PM-Metadata-tidemark",
                                   .call_headers = {"Authorization"}},
    [SENDING_PROVIDER_MAILGUN] = {.events = "event-data",
                                  .words = {"event", "severity", "reason"},
                                  .meanings = mailgun_meanings,
                                  .header = "X-Mailgun-Variables",
                                  .before = "{\"tidemark\": \"",
                                  .after = "\"}"},
    [SENDING_PROVIDER_SENDGRID] = {.words = {"event", "type", "reason"},
                                   .meanings = sendgrid_meanings,
                                   .header = "X-SMTPAPI",
                                   .before = "{\"unique_args\": {\"tidemark\": \"",
                                   .after = "\"}}",
                                   .call_headers = {"X-Twilio-Email-Event-Webhook-Signature",
                                                    "X-Twilio-Email-Event-Webhook-Timestamp"}},
    [SENDING_PROVIDER_BREVO] = {.words = {"event"},
                                .meanings = brevo_meanings,
                                .header = "X-Mailin-custom",
                                .before = "tidemark:",
                                .call_headers = {"Authorization"}},
};

bool provider_header(enum sending_provider provider, const char *token, const char **out_name,
                     char out_value[PROVIDER_HEADER_MAX])
{
    const struct provider *p = &providers[provider];

    if (!p->header)
        return false;
    *out_name = p->header;
    snprintf(out_value, PROVIDER_HEADER_MAX, "%s%s%s", p->before ? p->before : "", token,
             p->after ? p->after : "");
    return true;
}

const char *const *provider_call_headers(enum sending_provider provider)
{
    return providers[provider].call_headers;
}

/* ---- events ------------------------------------------------------------------------------- */

/* "bounce.bounceType"; "0" is the first of a list. */
struct json_value provider_at(struct json_value v, const char *path)
{
    char name[WORD_MAX];

    while (*path && *path != '|') {
        size_t n = strcspn(path, ".|");

        snprintf(name, sizeof(name), "%.*s", (int)n, path);
        if (strcmp(name, "0") == 0) {
            struct json_iter it = json_iter(v);

            v = json_iter_next(&it) ? it.value : (struct json_value){NULL, 0};
        } else {
            v = json_get(v, name);
        }
        path += n + (path[n] == '.');
    }
    return v;
}

static void copy_word(struct json_value v, char out[WORD_MAX])
{
    const struct str text = json_text(v, STR_NONE);

    if (json_type_of(v) == JSON_BOOL)
        snprintf(out, WORD_MAX, "%s", json_boolean(v, false) ? "true" : "false");
    else
        snprintf(out, WORD_MAX, "%.*s", (int)(text.n < WORD_MAX ? text.n : 0),
                 text.p ? text.p : "");
}

static void read_words(const struct provider *p, struct json_value event, char out[WORDS][WORD_MAX])
{
    for (size_t i = 0; i < WORDS; i++) {
        const char *path = p->words[i], * or = path ? strchr(path, '|') : NULL;

        out[i][0] = '\0';
        if (path)
            copy_word(provider_at(event, path), out[i]);
        if (or &&!out[i][0])
            copy_word(provider_at(event, or +1), out[i]);
    }
}

/* SES tells an automatic reply as a bounce that no server told a status of; and who leaves by its
 * own page in a place of its own. */
static void read_words_of_ses(struct json_value event, char io[WORDS][WORD_MAX])
{
    if (strcmp(io[0], "Subscription") == 0)
        copy_word(provider_at(event, "subscription.newTopicPreferences.unsubscribeAll"), io[1]);
    if (strcmp(io[0], "Bounce") == 0 && strcmp(io[2], "General") == 0 &&
        !json_text(provider_at(event, "bounce.bouncedRecipients.0.status"), STR_NONE).n)
        snprintf(io[2], WORD_MAX, "auto-reply");
}

static enum response_kind meaning_of(const struct provider *p, char words[WORDS][WORD_MAX])
{
    for (const struct meaning *m = p->meanings;; m++) {
        bool fits = true;

        for (size_t i = 0; i < WORDS; i++)
            fits = fits && (!m->words[i] || strcasecmp(m->words[i], words[i]) == 0);
        if (fits)
            return m->kind;
    }
}

/* Wherever the service puts it: the first token of ours in any of its texts. */
static bool find_token(const struct pseudonyms *keys, struct json_value v, int64_t *out)
{
    const enum json_type type = json_type_of(v);

    if (type == JSON_STRING)
        return keys && mail_token_find(keys, json_text(v, STR_NONE), out);
    if (type != JSON_ARRAY && type != JSON_OBJECT)
        return false;
    for (struct json_iter it = json_iter(v); json_iter_next(&it);)
        if (find_token(keys, it.value, out))
            return true;
    return false;
}

struct walk {
    enum sending_provider provider;
    const struct pseudonyms *keys;
    enum err_code (*each)(void *ctx, const struct provider_event *e, struct err *err);
    void *ctx;
};

static enum err_code take(const struct walk *w, struct json_value event, struct err *err)
{
    const struct provider *p = &providers[w->provider];
    struct provider_event out;
    char words[WORDS][WORD_MAX];

    if (json_type_of(event) != JSON_OBJECT)
        return ERR_OK;
    read_words(p, event, words);
    if (w->provider == SENDING_PROVIDER_SES)
        read_words_of_ses(event, words);
    out.kind = meaning_of(p, words);
    if (out.kind == NOTHING || !find_token(w->keys, event, &out.message))
        return ERR_OK;
    snprintf(out.word, sizeof(out.word), "%s", words[0]);
    return w->each(w->ctx, &out, err);
}

enum err_code provider_events(enum sending_provider provider, const struct pseudonyms *keys,
                              const struct provider_call *call, struct json_parser *inner,
                              enum err_code (*each)(void *ctx, const struct provider_event *e,
                                                    struct err *err),
                              void *ctx, struct err *err)
{
    const struct provider *p = &providers[provider];
    const struct walk w = {provider, keys, each, ctx};
    struct json_value v = p->events ? json_get(call->root, p->events) : call->root;
    size_t n = 0;

    if (p->within) {
        const struct str text = json_text(v, STR_NONE);

        /* SNS says hello in words: what is no JSON is no event. */
        if (!text.n || text.p[0] != '{')
            return ERR_OK;
        TRY(json_parse(inner, text, &v, err));
    }
    if (json_type_of(v) != JSON_ARRAY)
        return take(&w, v, err);
    for (struct json_iter it = json_iter(v); n < EVENTS_MAX && json_iter_next(&it); n++)
        TRY(take(&w, it.value, err));
    return ERR_OK;
}
