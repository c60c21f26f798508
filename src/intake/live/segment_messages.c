/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What became of messages to a person, and what the person allows: Segment's e-mail events, and
 * the traits and events by which shops tell consent. */
#include "intake/live/segment_parts.h"

#include "base/parse.h"
#include "shop/event.h"

/* ---- tracks ------------------------------------------------------------------------------- */

static const struct track_name {
    const char *name;    /* by shop/event.h */
    const char *channel; /* email, sms, ...; NULL: a property tells it */
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
    {"consent_given", NULL, NULL, "granted"},
    {"consent_withdrawn", NULL, NULL, "withdrawn"},
};
static const char *const channels[] = {"email", "sms", "whatsapp", "push", "post", "ads"};

static const struct track_name *find_track(struct str event)
{
    char out[EVENT_NAME_MAX];
    struct str name = event_canonical(event, out);

    for (size_t i = 0; i < TM_COUNT(track_names); i++)
        if (str_eqz(name, track_names[i].name))
            return &track_names[i];
    return NULL;
}

/* The channel that an answer about consent is for; NULL: it is no word on marketing. A yes must say
 * that it is one: that somebody may be measured allows nobody to write to them. */
static const char *find_channel(const struct track_name *track, struct json_value properties)
{
    struct str purpose = json_text(json_get(properties, "purpose"), STR_NONE);
    struct str channel = json_text(json_get(properties, "channel"), STR_NONE);

    if (track->channel)
        return track->channel;
    if (!str_ieqz(purpose, "marketing") && (purpose.n || strcmp(track->consent, "granted") == 0))
        return NULL;
    for (size_t i = 0; i < TM_COUNT(channels); i++)
        if (str_ieqz(channel, channels[i]))
            return channels[i];
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

/* Which version of the text was agreed to. A track may be about the version of something else. */
static struct str wording_of(struct json_value told, bool of_consent, struct segment_number *number)
{
    static const char *const names[] = {"consent_version", "consentVersion", "wording", "version"};
    struct str wording = STR_NONE;

    for (size_t i = 0; i < TM_COUNT(names) - !of_consent && !wording.n; i++)
        wording = str_trim(segment_text(json_get(told, names[i]), number));
    return wording;
}

struct segment_word {
    const char *channel, *state;
    int64_t at_us;
    struct str method, proof, wording;
};

static enum err_code put_consent(const struct segment_message *m, const struct segment_word *word,
                                 struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);

    consent.line = m->message->seq;
    consent.profile_key = m->profile_key;
    consent.email = m->email;
    consent.phone = m->phone;
    consent.channel = str_of(word->channel);
    consent.state = str_of(word->state);
    consent.changed_at = word->at_us;
    consent.method = word->method;
    consent.proof = word->proof;
    consent.wording = word->wording;
    consent.page = json_text(json_get(json_get(m->context, "page"), "url"), STR_NONE);
    consent.ip = json_text(json_get(m->context, "ip"), STR_NONE);
    consent.agent = json_text(segment_get(m->context, "userAgent", "user_agent"), STR_NONE);
    return live_put(m->run, RECORD_CONSENT, &consent, err);
}

/* Messages are told by address or profile, not by log-in id or device. Who follows a link in a mail
 * may do so on anybody's device; who answers a page does it on their own. */
static enum err_code put_whose(struct segment_message *m, const struct track_name *track,
                               struct err *err)
{
    bool of_device = (!m->email.n && !m->phone.n) || !track->channel;

    return m->user_id.n || of_device ? segment_put_person(m, err) : ERR_OK;
}

enum err_code segment_put_message(struct segment_message *m, bool *out_taken, struct err *err)
{
    const struct track_name *track = find_track(m->event);
    const char *channel = track ? find_channel(track, m->properties) : NULL;
    struct segment_number list_number, wording_number;
    struct segment_word word;

    *out_taken = channel != NULL;
    if (!channel)
        return ERR_OK;
    TRY(put_whose(m, track, err));
    if (track->fate)
        TRY(put_message(m, track, err));
    if (!track->consent)
        return ERR_OK;
    word = (struct segment_word){
        .channel = channel,
        .state = track->consent,
        .at_us = m->at_us,
        .method = m->event,
        .proof = segment_text(segment_get(m->properties, "list_name", "list_id"), &list_number),
        .wording = wording_of(m->properties, !track->channel, &wording_number)};
    return put_consent(m, &word, err);
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
    struct segment_number number;
    struct segment_word word = {.method = STR_LIT("identify"),
                                .wording = wording_of(m->traits, false, &number)};

    for (size_t i = 0; i < TM_COUNT(consent_traits); i++) {
        const struct consent_trait *trait = &consent_traits[i];
        int64_t flag = flag_of(json_get(m->traits, trait->name));
        bool granted = flag == !trait->no;

        if (flag < 0)
            continue;
        word.channel = trait->channel;
        word.state = granted ? "granted" : trait->no ? "withdrawn" : "denied";
        word.at_us = granted ? TIME_NONE : m->at_us;
        word.proof = str_of(trait->name);
        TRY(put_consent(m, &word, err));
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
    return track && track->consent && find_channel(track, json_get(root, "properties"));
}
