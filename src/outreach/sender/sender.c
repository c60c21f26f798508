/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/sender.h"

#include "outreach/sender/email.h"
#include "outreach/sender/hook.h"
#include "outreach/sender/sender_parts.h"
#include "outreach/sender/short.h"

static const int64_t lease_usual_us = 30 * US_PER_SECOND;
static const int64_t stop_grace_us = US_PER_SECOND;
static const int64_t break_every_us = 10 * US_PER_SECOND;
static const int64_t gather_us = 5000;
static const int stuck_ms = 20, written_ms = 1;

/* ---- opening ------------------------------------------------------------------------------ */

void sender_rules(const struct sending *s, struct gate_rules *out)
{
    gate_rules_default(out);
    if (s->caps_given) {
        out->cap_count = s->cap_count;
        for (size_t i = 0; i < s->cap_count; i++) {
            const struct sending_cap *cap = &s->caps[i];

            out->caps[i] = (struct contact_cap){
                .most = cap->most, .window_us = cap->hours * US_PER_HOUR, .waits = cap->then == 0};
            if (strcmp(cap->channel, "any") != 0)
                snprintf(out->caps[i].channel, sizeof(out->caps[i].channel), "%s", cap->channel);
        }
    }
    for (size_t i = 0; i < s->hours_count; i++) {
        const struct sending_window *w = &s->hours[i];
        size_t k = 0;

        while (k < out->hours_count && strcmp(out->hours[k].channel, w->channel) != 0)
            k++;
        if (k == GATE_HOURS_MAX)
            break;
        if (k == out->hours_count)
            out->hours_count++;
        snprintf(out->hours[k].channel, sizeof(out->hours[k].channel), "%s", w->channel);
        out->hours[k].hours = (struct sending_hours){w->from_minute, w->until_minute};
    }
    if (s->same_after_days >= 0)
        out->duplicate_us = s->same_after_days * US_PER_DAY;
}

static enum err_code recover(struct sender *s, int64_t now_us, bool all, struct err *err)
{
    struct outbox_recovered found;
    enum err_code rc;

    s->recovered_us = now_us;
    TRY(outbox_begin(s->claims.outbox, err));
    rc = outbox_recover(s->claims.outbox, now_us, all, &found, err);
    TRY(outbox_end(s->claims.outbox, rc, err));
    s->counts.recovered_planned += found.planned;
    s->counts.recovered_uncertain += found.uncertain;
    return ERR_OK;
}

static enum err_code open_parts(struct sender *s, const struct sender_settings *of, struct err *err)
{
    TRY(outbox_open(of->store, &s->claims.outbox, err));
    TRY(consents_open(of->store, &s->claims.consents, err));
    if (!s->compose.compose)
        TRY(words_open(of->store, &s->settings, s->claims.consents, &s->words, err));
    return recover(s, timestamp_now(), of->alone, err);
}

enum err_code sender_open(const struct sender_settings *of, struct sender **out, struct err *err)
{
    struct sender *s = xcalloc(1, sizeof(*s));
    enum err_code rc;

    s->store = of->store;
    s->settings = *of->settings;
    s->compose = of->words;
    s->engine = of->engine;
    snprintf(s->base, sizeof(s->base), "%s", of->base ? of->base : "");
    sender_rules(&s->settings.sending, &s->rules);
    s->breaker = breaker_rules_default();
    s->claims = (struct claims){.quiet = quiet_new(),
                                .rules = &s->rules,
                                .country = s->settings.country,
                                .lease_us = of->lease_us ? of->lease_us : lease_usual_us,
                                .room = {letters_wanted, letters_room, s}};
    for (size_t i = 0; i < CLAIM_MOST; i++)
        s->batch.data[i] = BUF_INIT(OUTBOX_DATA_MAX + 1);
    s->writers = writers_new();
    rc = open_parts(s, of, err);
    if (rc == ERR_OK)
        *out = s;
    else
        sender_close(s);
    return rc;
}

void sender_add(struct sender *s, const struct channel *channel)
{
    assert(s->channel_count < SENDER_CHANNELS);
    s->channels[s->channel_count++] = *channel;
}

enum err_code sender_connect(struct sender *s, int64_t now_us, struct err *err)
{
    const struct pseudonyms *keys = consents_keys(s->claims.consents);
    const struct sending *sending = &s->settings.sending;
    struct egress_settings way;
    struct channel channel;

    if (sending->smtp.host[0]) {
        TRY(email_channel_open(s->store, sending, keys, now_us, &channel, err));
        sender_add(s, &channel);
    }
    egress_settings_default(&way);
    way.rules.private_network = way.rules.any_port = way.rules.plain = sending->private_network;
    if (sending->sms.account[0]) {
        TRY(sms_channel_open(s->store, sending, keys, s->base, &way, &channel, err));
        sender_add(s, &channel);
    }
    TRY(hook_channel_open(keys, &way, &channel, err));
    sender_add(s, &channel);
    return ERR_OK;
}

void sender_close(struct sender *s)
{
    if (!s)
        return;
    letters_release(s);
    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i].calls->close(s->channels[i].self);
    writers_free(s->writers);
    words_close(s->words);
    outbox_close(s->claims.outbox);
    consents_close(s->claims.consents);
    quiet_free(s->claims.quiet);
    free(s);
}

const struct sender_counts *sender_counts(const struct sender *s)
{
    return &s->counts;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static void poll_each(struct sender *s, int wait_ms)
{
    struct unsettled *u = &s->unsettled;
    size_t before = u->n;

    for (size_t i = 0; i < s->channel_count && u->n < ANSWERS; i++) {
        const struct channel *c = &s->channels[i];
        bool waits = u->n == before && c->calls->pending(c->self);

        u->n += c->calls->poll(c->self, waits ? wait_ms : 0, u->answers + u->n, ANSWERS - u->n);
    }
    if (!before && u->n)
        u->first_us = timestamp_now();
}

/* Whether there are answers enough to settle: few commits for many. */
static bool are_enough(const struct sender *s)
{
    const struct unsettled *u = &s->unsettled;

    return u->n && (u->n == ANSWERS || 2 * u->n >= s->held_count ||
                    timestamp_now() - u->first_us >= gather_us);
}

static bool is_stuck(const struct sender *s)
{
    return timestamp_now() - s->stuck_us < stuck_ms * INT64_C(1000);
}

/* How long to wait for channels: letters that are being written end at any time. */
static int wait_of(const struct sender *s, int wait_ms)
{
    int most = letters_unwritten(s) ? written_ms : s->letter_count ? stuck_ms : wait_ms;

    return wait_ms < most ? wait_ms : most;
}

/* Puts letters together while channels work, until there is something to write down. */
static enum err_code work(struct sender *s, int wait_ms, struct err *err)
{
    const struct unsettled *u = &s->unsettled;

    poll_each(s, 0);
    while (!are_enough(s) && !(exchange_could_hand_over(s, false) && !is_stuck(s))) {
        if (letters_are_to_come(s))
            TRY(letters_compose(s, err));
        else if (!writers_help(s->writers))
            break;
        poll_each(s, 0);
    }
    TRY(letters_skip_unfit(s, err));
    if (letters_are_to_come(s) || (exchange_could_hand_over(s, true) && !is_stuck(s)))
        return ERR_OK;
    if (!u->n)
        poll_each(s, wait_of(s, wait_ms));
    while (u->n && !are_enough(s))
        poll_each(s, 1);
    return ERR_OK;
}

/* Their holder lives. */
static enum err_code renew_each(struct sender *s, int64_t until_us, struct err *err)
{
    const struct batch *b = &s->batch;
    bool done;

    for (size_t i = 0; i < s->held_count; i++)
        TRY(outbox_renew(s->claims.outbox, s->held[i].id, s->held[i].claim, until_us, &done, err));
    for (size_t i = 0; i < s->letter_count; i++)
        TRY(outbox_renew(s->claims.outbox, s->letters[i]->message.id, s->letters[i]->message.claim,
                         until_us, &done, err));
    for (size_t i = b->next; i < b->n; i++)
        TRY(outbox_renew(s->claims.outbox, b->messages[i].id, b->messages[i].claim, until_us, &done,
                         err));
    return ERR_OK;
}

static bool has_any(const struct sender *s)
{
    return s->held_count || s->letter_count || s->batch.next < s->batch.n;
}

static enum err_code renew(struct sender *s, int64_t now_us, struct err *err)
{
    if (now_us - s->renewed_us < s->claims.lease_us / 3)
        return ERR_OK;
    s->renewed_us = now_us;
    if (!has_any(s))
        return ERR_OK;
    TRY(outbox_begin(s->claims.outbox, err));
    return outbox_end(s->claims.outbox, renew_each(s, now_us + s->claims.lease_us, err), err);
}

/* Complaints and returns that others noted. */
static enum err_code look_at_breaker(struct sender *s, int64_t now_us, struct err *err)
{
    int64_t broken = 0;
    enum err_code rc;

    if (now_us - s->broke_us < break_every_us)
        return ERR_OK;
    s->broke_us = now_us;
    TRY(outbox_begin(s->claims.outbox, err));
    rc = outbox_break(s->claims.outbox, &s->breaker, 0, now_us, &broken, err);
    s->counts.broken += broken;
    return outbox_end(s->claims.outbox, rc, err);
}

/* Stopped by hand: what is on its way may arrive, the rest does not leave. */
static enum err_code look_at_switch(struct sender *s, int64_t now_us, bool *out_stopped,
                                    struct err *err)
{
    struct outbox_switch shop;

    TRY(outbox_switch(s->claims.outbox, &shop, err));
    *out_stopped = shop.stopped || shop.disarmed;
    if (!*out_stopped) {
        s->stopped_us = TIME_NONE;
        return ERR_OK;
    }
    if (s->stopped_us == TIME_NONE)
        s->stopped_us = now_us;
    if (s->held_count && now_us - s->stopped_us >= stop_grace_us)
        for (size_t i = 0; i < s->channel_count; i++)
            s->channels[i].calls->give_up(s->channels[i].self);
    return ERR_OK;
}

enum err_code sender_turn(struct sender *s, int wait_ms, bool *out_busy, struct err *err)
{
    int64_t now_us = timestamp_now();
    size_t taken = 0, done = 0;
    bool stopped;

    TRY(renew(s, now_us, err));
    if (now_us - s->recovered_us >= s->claims.lease_us)
        TRY(recover(s, now_us, false, err));
    TRY(look_at_breaker(s, now_us, err));
    TRY(look_at_switch(s, now_us, &stopped, err));
    if (stopped)
        TRY(exchange_give_back(s, err));
    else
        TRY(letters_claim(s, &taken, err));
    TRY(work(s, has_any(s) ? wait_ms : 0, err));
    TRY(exchange_all(s, !stopped, &done, err));
    if (!done && s->letter_count > letters_unwritten(s))
        s->stuck_us = timestamp_now();
    *out_busy = taken || done || has_any(s);
    return ERR_OK;
}

enum err_code sender_end(struct sender *s, struct err *err)
{
    size_t n = 1;

    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i].calls->give_up(s->channels[i].self);
    TRY(exchange_give_back(s, err));
    while (n && s->held_count) {
        poll_each(s, 0);
        TRY(exchange_all(s, false, &n, err));
    }
    return recover(s, timestamp_now(), false, err);
}
