/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consents_told.c - the ledger of consent as people and programs ask for it (intake/consents.h). */
#include "intake/consents.h"

#include "base/timestamp.h"
#include "shop/identifier.h"

static const char *const channels[] = {"email", "sms", "whatsapp", "push", "post", "ads"};

static bool is_channel(struct str word)
{
    for (size_t i = 0; i < TM_COUNT(channels); i++)
        if (str_eqz(word, channels[i]))
            return true;
    return false;
}

/* What was typed, as it is kept. */
struct named {
    enum pseudonym_kind kind;
    struct str source;
    struct identifier value;
};

static bool read_named(struct str typed, const char *country, struct named *out)
{
    const char *colon = memchr(typed.p, ':', typed.n);

    *out = (struct named){.kind = IDENTIFIER_EMAIL, .source = STR_NONE};
    identifier_email(typed, &out->value);
    if (out->value.n)
        return true;
    out->kind = IDENTIFIER_PHONE;
    identifier_phone(typed, country, &out->value);
    if (out->value.n || !colon)
        return out->value.n > 0;
    out->kind = IDENTIFIER_CUSTOMER;
    out->source = (struct str){typed.p, (size_t)(colon - typed.p)};
    identifier_id((struct str){colon + 1, typed.n - out->source.n - 1}, &out->value);
    return out->value.n > 0 && out->source.n > 0;
}

bool consents_who(const struct pseudonyms *keys, struct str typed, const char *country,
                  struct pseudonym *out)
{
    struct named named;

    return typed.n > 0 && read_named(typed, country, &named) &&
           pseudonym_of(keys, named.kind, named.source, identifier_str(&named.value), "", out);
}

static enum err_code no_address(struct str who, struct err *err)
{
    err_set(err, ERR_INVALID, "\"%.*s\" is no e-mail address, phone or number of a customer",
            (int)(who.n < 100 ? who.n : 100), who.p);
    err_hint(err, "A phone needs its country (+66...) unless the settings say it; a customer is "
                  "SOURCE:NUMBER, such as shopify:1001.");
    return ERR_INVALID;
}

static enum err_code no_channel(struct str channel, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "\"%.*s\" is no channel: email, sms, whatsapp, push, post or ads",
                   (int)(channel.n < 60 ? channel.n : 60), channel.p);
}

enum err_code consents_note(struct consents *ledger, const struct consent_word *word,
                            struct err *err)
{
    struct consent_fact fact = {.channel = word->channel,
                                .when_us = timestamp_now(),
                                .source = STR_LIT("hand"),
                                .wording = word->wording,
                                .method = STR_LIT("by hand"),
                                .proof = word->proof};
    struct named named;
    bool added = false;
    enum err_code rc;

    if (!is_channel(word->channel))
        return no_channel(word->channel, err);
    if (!consent_state_of(word->state, &fact.state) ||
        (fact.state != CONSENT_GRANTED && fact.state != CONSENT_WITHDRAWN))
        return err_set(err, ERR_INVALID, "the state must be granted or withdrawn");
    if (fact.state == CONSENT_GRANTED && str_trim(word->proof).n == 0)
        return err_set(err, ERR_INVALID, "say what proves it: a form, a letter, a call");
    if (word->who.n == 0 || !read_named(word->who, word->country, &named))
        return no_address(word->who, err);
    fact.kind = named.kind;
    fact.address = identifier_str(&named.value);
    if (named.kind == IDENTIFIER_CUSTOMER)
        return no_address(word->who, err);
    TRY(consents_begin_first(ledger, err));
    rc = consents_add(ledger, &fact, &added, err);
    return consents_end(ledger, rc, err);
}

enum err_code consents_suppress(struct consents *ledger, struct str who, const char *channel,
                                const char *country, struct err *err)
{
    const struct pseudonyms *keys = consents_keys(ledger);
    bool all = strcmp(channel, SUPPRESSION_ALL) == 0;
    struct pseudonym of;
    enum err_code rc;

    if (!all && !is_channel(str_of(channel)))
        return no_channel(str_of(channel), err);
    if (who.n == 0 || !(all ? consents_who(keys, who, country, &of)
                            : suppression_address(keys, channel, who, country, &of)))
        return no_address(who, err);
    TRY(consents_begin_first(ledger, err));
    rc = suppression_add(ledger, channel, &of, SUPPRESSED_BY_HAND, timestamp_now(), STR_LIT("hand"),
                         err);
    return consents_end(ledger, rc, err);
}

/* ---- as JSON ------------------------------------------------------------------------------ */

void consent_entry_json(const struct consent_entry *entry, struct json_writer *w)
{
    const struct consent_fact *f = &entry->fact;
    const struct {
        const char *key;
        struct str text;
    } personal[] = {{"who", f->address}, {"method", f->method}, {"proof", f->proof},
                    {"page", f->page},   {"ip", f->ip},         {"agent", f->agent}};

    json_begin_object(w);
    json_key_int(w, "number", entry->seq);
    json_key_string(w, "channel", f->channel);
    json_key_string(w, "purpose", f->purpose);
    json_key_stringz(w, "state", consent_state_name(f->state));
    json_key_time(w, "at", f->when_us);
    json_key_time(w, "noted_at", entry->noted_us);
    json_key_string(w, "source", f->source);
    json_key_int(w, "import", f->import_id);
    json_key_int(w, "line", f->line);
    json_key_string(w, "wording", f->wording);
    json_key_bool(w, "complaint", f->complained);
    json_key_bool(w, "erased", entry->erased);
    for (size_t i = 0; i < TM_COUNT(personal) && !entry->erased; i++)
        json_key_string(w, personal[i].key, personal[i].text);
    json_end_object(w);
}

void suppression_json(const struct suppression *s, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "channel", s->channel);
    json_key_stringz(w, "reason", suppression_reason_name(s->reason));
    json_key_bool(w, "stands", s->stands);
    json_key_time(w, "since", s->since_us);
    json_key_time(w, "subscribed_again_at", s->resubscribed_us);
    json_key_stringz(w, "source", s->source);
    json_end_object(w);
}

static enum err_code show_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    (void)err;
    consent_entry_json(entry, ctx);
    return ERR_OK;
}

static enum err_code show_suppression(void *ctx, const struct suppression *s, struct err *err)
{
    (void)err;
    suppression_json(s, ctx);
    return ERR_OK;
}

enum err_code consents_person_json(struct consents *ledger, const struct pseudonym *who,
                                   struct json_writer *w, struct err *err)
{
    json_begin_object(w);
    json_key(w, "entries");
    json_begin_array(w);
    TRY(consents_of(ledger, who, show_entry, w, err));
    json_end_array(w);
    json_key(w, "suppressions");
    json_begin_array(w);
    TRY(suppression_of(ledger, who, show_suppression, w, err));
    json_end_array(w);
    json_end_object(w);
    return ERR_OK;
}

void consent_health_json(const struct consent_health *health, struct json_writer *w)
{
    json_begin_object(w);
    json_key_bool(w, "sound", consent_is_sound(health));
    json_key_int(w, "entries", health->entries);
    json_key_int(w, "erased", health->erased);
    json_key_int(w, "first_wrong", health->first_wrong);
    json_key_int(w, "unsuppressed", health->unsuppressed);
    json_key_bool(w, "end_missing", health->end_missing);
    json_key_stringz(w, "head", health->head);
    json_key_stringz(w, "problem", health->problem);
    json_end_object(w);
}

enum err_code suppression_counts_json(struct consents *ledger, struct json_writer *w,
                                      struct err *err)
{
    struct suppression_count counts[SUPPRESSION_COUNTS_MAX];
    size_t n = 0;

    TRY(suppression_counts(ledger, counts, TM_COUNT(counts), &n, err));
    json_begin_object(w);
    json_key(w, "suppressed");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "channel", counts[i].channel);
        json_key_stringz(w, "reason", suppression_reason_name(counts[i].reason));
        json_key_int(w, "addresses", counts[i].n);
        json_key_time(w, "newest", counts[i].newest_us);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
    return ERR_OK;
}
