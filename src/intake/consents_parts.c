/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/consents_parts.h"

#include "base/ip_short.h"

bool consent_is_of_phones(struct str channel)
{
    return str_eqz(channel, "sms") || str_eqz(channel, "whatsapp");
}

struct consent_whose consent_whose(struct str channel, struct str email, struct str phone,
                                   struct str customer, struct str profile)
{
    bool phones = consent_is_of_phones(channel);
    const struct consent_whose by_weight[] = {
        {phones ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL, phones ? phone : email},
        {phones ? IDENTIFIER_EMAIL : IDENTIFIER_PHONE, phones ? email : phone},
        {IDENTIFIER_CUSTOMER, customer},
        {IDENTIFIER_PROFILE, profile}};

    for (size_t i = 0; i < TM_COUNT(by_weight); i++)
        if (by_weight[i].value.n)
            return by_weight[i];
    return (struct consent_whose){IDENTIFIER_PROFILE, STR_NONE};
}

/* What stands behind ? and # may lead to the person, and proves nothing. */
static struct str page_of(struct str url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] == '?' || url.p[i] == '#')
            url.n = i;
    return url;
}

/* It stays in the ledger when a person is erased: what may be an address is none. */
static struct str wording_of(struct str text)
{
    return text.n && memchr(text.p, '@', text.n) ? STR_NONE : text;
}

/* False for a word that says nothing about consent. */
static bool read_fact(const struct consent_told *t, char ip[IP_SHORT_MAX], struct consent_fact *out)
{
    struct consent_whose who =
        consent_whose(t->channel, t->email, t->phone, t->customer, t->profile);

    *out = (struct consent_fact){.kind = who.kind,
                                 .address = who.value,
                                 .channel = t->channel,
                                 .when_us = t->at_us,
                                 .source = t->source,
                                 .import_id = t->import_id,
                                 .line = t->line,
                                 .method = t->method,
                                 .proof = t->proof,
                                 .wording = wording_of(t->wording),
                                 .page = page_of(t->page),
                                 .agent = t->agent};
    if (ip_short(t->ip, ip)) {
        out->ip = str_of(ip);
    } else if (ip_short(out->proof, ip)) {
        out->ip = str_of(ip);
        out->proof = STR_NONE;
    }
    if (!t->of_message)
        return consent_state_of(t->state, &out->state);
    out->state = CONSENT_WITHDRAWN;
    out->of_message = true;
    out->complained = str_eqz(t->state, "complained");
    return true;
}

static enum err_code take_bounce(struct consents *ledger, const struct consent_fact *f,
                                 struct err *err)
{
    char channel[CONSENT_WORD_MAX + 1];
    struct pseudonym who;

    snprintf(channel, sizeof(channel), "%.*s", (int)(f->channel.n < 64 ? f->channel.n : 64),
             f->channel.p);
    if (!pseudonym_of(consents_keys(ledger), f->kind,
                      f->kind == IDENTIFIER_EMAIL || f->kind == IDENTIFIER_PHONE ? STR_NONE
                                                                                 : f->source,
                      f->address, "", &who))
        return ERR_OK;
    return suppression_bounce(ledger, channel, &who, f->when_us, f->source, err);
}

enum err_code consent_take_told(struct consents *ledger, const struct consent_told *told,
                                bool *out_added, struct err *err)
{
    struct consent_fact fact;
    char ip[IP_SHORT_MAX];

    *out_added = false;
    if (!read_fact(told, ip, &fact))
        return ERR_OK;
    if (told->of_message && str_eqz(told->state, "bounced"))
        return take_bounce(ledger, &fact, err);
    return consents_add(ledger, &fact, out_added, err);
}
