/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What became of messages to a person, and what the person allows: Segment's e-mail events, and
 * the traits and events by which shops tell consent. */
#include "intake/live/segment_parts.h"

#include "base/parse.h"
#include "shop/event.h"

/* ---- tracks ------------------------------------------------------------------------------- */

static const struct track_name {
    const char *name;    /* by shop/event.h */
    const char *channel; /* email, sms, ... */
    const char *fate;    /* of a message; NULL: it tells of none */
    const char *consent; /* state that it brings; NULL: none */
} track_names[] = {
    {"email_sent", "email", "sent", NULL},
    {"email_delivered", "email", "delivered", NULL},
    {"email_opened", "email", "opened", NULL},
    {"email_link_clicked", "email", "clicked", NULL},
    {"email_clicked", "email", "clicked", NULL},
    {"email_bounced", "email", "bounced", NULL},
    {"email_marked_as_spam", "email", "complained", "withdrawn"},
    {"unsubscribed", "email", "unsubscribed", "withdrawn"},
    {"email_unsubscribed", "email", "unsubscribed", "withdrawn"},
    {"subscribed", "email", NULL, "granted"},
    {"email_subscribed", "email", NULL, "granted"},
    {"newsletter_subscribed", "email", NULL, "granted"},
    {"sms_sent", "sms", "sent", NULL},
    {"sms_delivered", "sms", "delivered", NULL},
    {"sms_link_clicked", "sms", "clicked", NULL},
    {"sms_unsubscribed", "sms", "unsubscribed", "withdrawn"},
    {"sms_subscribed", "sms", NULL, "granted"},
};

static const struct track_name *find_track(struct str event)
{
    char out[EVENT_NAME_MAX];
    struct str name = event_canonical(event, out);

    for (size_t i = 0; i < TM_COUNT(track_names); i++)
        if (str_eqz(name, track_names[i].name))
            return &track_names[i];
    return NULL;
}

/* Segment's email_id is the text's; with the person it is one message. */
static enum err_code put_message(struct segment_message *m, const struct track_name *track,
                                 struct err *err)
{
    struct message_record message = RECORD_INIT(message, MESSAGE_COLUMNS);
    struct segment_number id_number, campaign_number, list_number;
    struct str id = segment_text(segment_get(m->properties, "email_id", "message_id"), &id_number);
    struct str campaign = segment_text(json_get(m->properties, "campaign_id"), &campaign_number);
    TM_CLEANUP(buf_release) struct buf key = BUF_INIT(4096);

    if (!campaign.n)
        campaign = json_text(json_get(m->properties, "campaign_name"), STR_NONE);
    if (!id.n)
        id = campaign.n ? campaign : m->message->id;
    buf_addf(&key, "%.*s/%.*s", (int)(id.n < 1024 ? id.n : 1024), id.p, (int)m->profile_key.n,
             m->profile_key.p);
    message.line = m->message->seq;
    message.message_key = buf_str(&key);
    message.name = str_of(track->fate);
    message.occurred_at = m->at_us;
    message.channel = str_of(track->channel);
    message.campaign_key = campaign;
    message.audience =
        segment_text(segment_get(m->properties, "list_name", "list_id"), &list_number);
    message.profile_key = m->profile_key;
    message.email = m->email;
    message.phone = m->phone;
    return live_put(m->run, RECORD_MESSAGE, &message, err);
}

/* ---- consent ------------------------------------------------------------------------------ */

static enum err_code put_consent(const struct segment_message *m, const char *channel,
                                 const char *state, int64_t at_us, struct str method,
                                 struct str proof, struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);

    consent.line = m->message->seq;
    consent.profile_key = m->profile_key;
    consent.email = m->email;
    consent.phone = m->phone;
    consent.channel = str_of(channel);
    consent.state = str_of(state);
    consent.changed_at = at_us;
    consent.method = method;
    consent.proof = proof;
    return live_put(m->run, RECORD_CONSENT, &consent, err);
}

enum err_code segment_put_message(struct segment_message *m, bool *out_taken, struct err *err)
{
    const struct track_name *track = find_track(m->event);
    struct segment_number number;
    struct str list;

    *out_taken = track != NULL;
    if (!track)
        return ERR_OK;
    if (m->user_id.n) /* the log-in id is not among what messages are told by */
        TRY(segment_put_person(m, err));
    if (track->fate)
        TRY(put_message(m, track, err));
    list = segment_text(segment_get(m->properties, "list_name", "list_id"), &number);
    return track->consent
               ? put_consent(m, track->channel, track->consent, m->at_us, m->event, list, err)
               : ERR_OK;
}

/* Traits by which shops tell what a person allows; `no`: true forbids. */
static const struct consent_trait {
    const char *name, *channel;
    bool no;
} consent_traits[] = {
    {"accepts_marketing", "email", false},
    {"acceptsMarketing", "email", false},
    {"email_marketing_consent", "email", false},
    {"emailMarketingConsent", "email", false},
    {"email_opt_in", "email", false},
    {"emailOptIn", "email", false},
    {"email_subscribed", "email", false},
    {"emailSubscribed", "email", false},
    {"marketing_opt_in", "email", false},
    {"marketingOptIn", "email", false},
    {"newsletter", "email", false},
    {"email_unsubscribed", "email", true},
    {"emailUnsubscribed", "email", true},
    {"unsubscribed", "email", true},
    {"sms_marketing_consent", "sms", false},
    {"smsMarketingConsent", "sms", false},
    {"sms_opt_in", "sms", false},
    {"smsOptIn", "sms", false},
    {"push_opt_in", "push", false},
    {"pushOptIn", "push", false},
    {"whatsapp_opt_in", "whatsapp", false},
    {"whatsappOptIn", "whatsapp", false},
};

/* 1, 0, or -1 when the trait does not tell. {"state": "subscribed"} is a form of it. */
static int64_t flag_of(struct json_value v)
{
    int64_t flag = -1;

    if (json_type_of(v) == JSON_OBJECT)
        v = json_get(v, "state");
    if (json_type_of(v) == JSON_BOOL)
        return json_boolean(v, false);
    if (json_type_of(v) == JSON_INT)
        return json_integer(v, -1) == 1 ? 1 : json_integer(v, -1) == 0 ? 0 : -1;
    if (parse_flag(json_text(v, STR_NONE), &flag, NULL) != ERR_OK)
        return -1;
    return flag;
}

/* A trait is sent again at every log-in, as a cache has it: what it grants has no date, and does
 * not lift what a person withdrew before. What it forbids counts from now. */
enum err_code segment_put_consents(struct segment_message *m, struct err *err)
{
    for (size_t i = 0; i < TM_COUNT(consent_traits); i++) {
        const struct consent_trait *trait = &consent_traits[i];
        int64_t flag = flag_of(json_get(m->traits, trait->name));
        bool granted = flag == !trait->no;

        if (flag < 0)
            continue;
        TRY(put_consent(m, trait->channel,
                        granted     ? "granted"
                        : trait->no ? "withdrawn"
                                    : "denied",
                        granted ? TIME_NONE : m->at_us, STR_LIT("identify"), str_of(trait->name),
                        err));
    }
    return ERR_OK;
}

static bool is_consent_trait(struct str key)
{
    for (size_t i = 0; i < TM_COUNT(consent_traits); i++)
        if (str_eqz(key, consent_traits[i].name))
            return true;
    return false;
}

bool segment_tells_consent(enum segment_call call, struct json_value root)
{
    static const char *const last_words[] = {"unsubscribed", "complained", "bounced"};
    struct segment_number number;
    const struct track_name *track;

    if (call == SEGMENT_IDENTIFY)
        for (struct json_iter it = json_iter(json_get(root, "traits")); json_iter_next(&it);)
            if (is_consent_trait(it.key))
                return true;
    track =
        call == SEGMENT_TRACK ? find_track(segment_text(json_get(root, "event"), &number)) : NULL;
    for (size_t i = 0; track && track->fate && i < TM_COUNT(last_words); i++)
        if (strcmp(track->fate, last_words[i]) == 0)
            return true;
    return track && track->consent;
}
