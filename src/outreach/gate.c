/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/gate.h"

/* How long a message waits for what only people can change. */

void gate_rules_default(struct gate_rules *out)
{
    *out = (struct gate_rules){
        .caps = {{"", 1, 16 * US_PER_HOUR, true}, {"", 4, 7 * US_PER_DAY, true}},
        .cap_count = 2,
        .hours = {{"email", {8 * 60, 21 * 60}},
                  {"sms", {9 * 60, 20 * 60}},
                  {"whatsapp", {9 * 60, 20 * 60}},
                  {"push", {9 * 60, 20 * 60}}},
        .hours_count = 4,
        .duplicate_us = 30 * US_PER_DAY,
    };
}

static struct gate_decision hold(enum gate_reason reason, int64_t until_us)
{
    return (struct gate_decision){GATE_HOLD, reason, until_us};
}

static struct gate_decision skip(enum gate_reason reason)
{
    return (struct gate_decision){GATE_SKIP, reason, TIME_NONE};
}

static const struct gate_decision send = {GATE_SEND, GATE_NONE, TIME_NONE};

/* ---- the single questions; each says GATE_SEND when it has nothing against it -------------- */

/* What is stopped or paused is not claimed meanwhile: it goes on with the word, not after a wait.
 */
static struct gate_decision ask_shop(const struct outbox_message *m, const struct gate_facts *f)
{
    if (f->stopped)
        return hold(GATE_STOPPED, f->now_us);
    if (f->disarmed)
        return hold(GATE_DISARMED, f->now_us);
    if (f->campaign == CAMPAIGN_ENDED)
        return skip(GATE_ENDED);
    if (f->now_us > m->not_after_us)
        return skip(GATE_LATE);
    if (f->campaign == CAMPAIGN_PAUSED)
        return hold(GATE_PAUSED, f->now_us);
    return f->addressed ? send : skip(GATE_NO_ADDRESS);
}

static struct gate_decision ask_suppression(const struct outbox_message *m,
                                            const struct gate_facts *f)
{
    static const struct {
        enum gate_reason reason;
        bool marketing_only;
    } table[SUPPRESSION_REASONS] = {
        [SUPPRESSED_UNSUBSCRIBED] = {GATE_UNSUBSCRIBED, true},
        [SUPPRESSED_COMPLAINT] = {GATE_COMPLAINT, true},
        [SUPPRESSED_BOUNCED] = {GATE_BOUNCED, false},
        [SUPPRESSED_ERASED] = {GATE_ERASED, false},
        [SUPPRESSED_BY_HAND] = {GATE_BY_HAND, false},
    };

    if (f->suppressed == SUPPRESSED_NOT ||
        (m->transactional && table[f->suppressed].marketing_only))
        return send;
    return skip(table[f->suppressed].reason);
}

static struct gate_decision ask_consent(const struct outbox_message *m, const struct gate_facts *f)
{
    static const enum gate_reason table[CONSENT_STATES + 1] = {
        [CONSENT_GRANTED] = GATE_NONE,        [CONSENT_PENDING] = GATE_UNCONFIRMED,
        [CONSENT_DENIED] = GATE_REFUSED,      [CONSENT_WITHDRAWN] = GATE_UNSUBSCRIBED,
        [CONSENT_UNREACHABLE] = GATE_BOUNCED, [CONSENT_STATES] = GATE_NO_CONSENT,
    };

    if (m->transactional || f->consent == CONSENT_GRANTED)
        return send;
    return skip(table[f->consent]);
}

static bool same_content(const struct pseudonym *a, const struct pseudonym *b)
{
    static const struct pseudonym none;

    return memcmp(a, &none, sizeof(none)) != 0 && memcmp(a, b, sizeof(*a)) == 0;
}

static struct gate_decision ask_duplicates(const struct gate_rules *rules,
                                           const struct outbox_message *m,
                                           const struct gate_facts *f)
{
    if (m->transactional)
        return send;
    for (size_t i = 0; i < f->contact_count; i++)
        if (same_content(&m->content, &f->contacts[i].content) &&
            f->contacts[i].at_us > f->now_us - rules->duplicate_us)
            return skip(GATE_DUPLICATE);
    return send;
}

static bool counts(const struct contact_cap *cap, const struct outbox_contact *c, int64_t after_us)
{
    return !c->transactional && c->at_us > after_us &&
           (!*cap->channel || strcmp(cap->channel, c->channel) == 0);
}

/* When the window has room again: after the `most`-th newest contact has left it. */
static int64_t room_at(const struct contact_cap *cap, const struct gate_facts *f)
{
    int64_t newest[GATE_CONTACTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < f->contact_count && n < TM_COUNT(newest); i++) {
        size_t at = n;

        if (!counts(cap, &f->contacts[i], f->now_us - cap->window_us))
            continue;
        for (; at > 0 && newest[at - 1] < f->contacts[i].at_us; at--)
            newest[at] = newest[at - 1];
        newest[at] = f->contacts[i].at_us;
        n++;
    }
    if (n < (size_t)cap->most)
        return f->now_us;
    return cap->most > 0 ? newest[cap->most - 1] + cap->window_us : f->now_us + cap->window_us;
}

static struct gate_decision ask_caps(const struct gate_rules *rules, const struct outbox_message *m,
                                     const struct gate_facts *f)
{
    int64_t until_us = f->now_us;

    if (m->transactional)
        return send;
    for (size_t i = 0; i < rules->cap_count; i++) {
        const struct contact_cap *cap = &rules->caps[i];
        int64_t at_us;

        if (*cap->channel && strcmp(cap->channel, m->channel) != 0)
            continue;
        at_us = room_at(cap, f);
        if (at_us > f->now_us && !cap->waits)
            return skip(GATE_CAPPED);
        if (at_us > until_us)
            until_us = at_us;
    }
    return until_us > f->now_us ? hold(GATE_CAPPED, until_us) : send;
}

/* Telephone sales in the United States: 8 to 21 by the called person's clock (47 CFR 64.1200),
 * whatever the shop says. */
static bool hours_for(const struct gate_rules *rules, const struct outbox_message *m,
                      struct sending_hours *out)
{
    static const struct sending_hours called = {8 * 60, 21 * 60};
    bool found = false;

    for (size_t i = 0; i < rules->hours_count && !found; i++)
        if (strcmp(rules->hours[i].channel, m->channel) == 0) {
            *out = rules->hours[i].hours;
            found = true;
        }
    if (strcmp(m->channel, "sms") == 0 && strcmp(m->country, "US") == 0 &&
        (!found || !sending_hours_meet(out, &called, out)))
        *out = called;
    return found || strcmp(m->channel, "sms") == 0;
}

static struct gate_decision ask_hours(const struct gate_rules *rules, struct quiet *quiet,
                                      const struct outbox_message *m, const struct gate_facts *f)
{
    struct sending_hours hours = {0};
    int64_t next_us;

    if (m->transactional || !hours_for(rules, m, &hours) || hours.from_minute == hours.until_minute)
        return send;
    if (!quiet_next(quiet, &hours, m->zone, m->country, f->now_us, &next_us))
        return hold(GATE_ZONE_UNKNOWN, f->now_us + 6 * US_PER_HOUR);
    return next_us > f->now_us ? hold(GATE_QUIET, next_us) : send;
}

int64_t gate_memory_us(const struct gate_rules *rules)
{
    int64_t memory_us = rules->duplicate_us;

    for (size_t i = 0; i < rules->cap_count; i++)
        if (rules->caps[i].window_us > memory_us)
            memory_us = rules->caps[i].window_us;
    return memory_us;
}

struct gate_decision gate_decide(const struct gate_rules *rules, struct quiet *quiet,
                                 const struct outbox_message *message,
                                 const struct gate_facts *facts)
{
    struct gate_decision d = ask_shop(message, facts);

    if (d.verdict == GATE_SEND)
        d = ask_suppression(message, facts);
    if (d.verdict == GATE_SEND)
        d = ask_consent(message, facts);
    if (d.verdict == GATE_SEND)
        d = ask_duplicates(rules, message, facts);
    if (d.verdict == GATE_SEND)
        d = ask_caps(rules, message, facts);
    if (d.verdict == GATE_SEND)
        d = ask_hours(rules, quiet, message, facts);
    if (d.verdict == GATE_HOLD && d.until_us > message->not_after_us &&
        (d.reason == GATE_CAPPED || d.reason == GATE_QUIET))
        return skip(d.reason); /* it could only come too late */
    return d;
}
