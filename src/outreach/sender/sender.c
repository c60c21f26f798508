/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/sender.h"

#include "outreach/sender/email.h"
#include "outreach/sender/hook.h"
#include "outreach/sender/links.h"
#include "outreach/sender/short.h"
#include "outreach/sender/track.h"
#include "outreach/sender/words.h"

enum {
    HELD_MOST = 2048, /* handed over and not answered */
    ANSWERS = 256,
    WRITTEN_MAX = 8 << 20,
    SUSPECT = 3 /* claimed so often without coming to be handed over: by itself */
};
static const int64_t lease_usual_us = 30 * US_PER_SECOND;
static const int64_t stop_grace_us = US_PER_SECOND;
static const int64_t break_every_us = 10 * US_PER_SECOND;
static const int64_t busy_us = 5 * US_PER_SECOND;
static const int gather_ms = 5;

/* What was handed over, as far as its answer needs it. */
struct held {
    int64_t id, claim, campaign;
    struct pseudonym who;
    char channel[OUTBOX_CHANNEL_MAX];
};
/* A claimed message with its words. */
struct letter {
    struct outbox_message *message;
    struct buf data, text;
    struct channel *channel;
    bool fit;
};

/* Answers that are not settled yet: kept until they are, whatever fails meanwhile. */
enum settling { TO_ADDRESSES, TO_MESSAGES, TO_RESPONSES, SETTLED };
struct unsettled {
    struct channel_answer answers[ANSWERS];
    size_t n;
    enum settling next; /* what is still to be written down of them, each a transaction */
};

struct sender {
    struct store *store; /* borrowed */
    struct settings settings;
    char base[SENDER_BASE_MAX];
    struct sender_words compose;
    struct sender_engine engine;
    struct words *words; /* owned; NULL where the caller composes */
    struct gate_rules rules;
    struct breaker_rules breaker;
    struct claims claims; /* owns what it points to */
    struct channel channels[SENDER_CHANNELS];
    size_t channel_count;
    struct held held[HELD_MOST];
    size_t held_count;
    struct unsettled unsettled;
    struct outbox_message messages[CLAIM_MOST];
    struct letter letters[CLAIM_MOST];
    int64_t renewed_us, recovered_us, broke_us, stopped_us;
    struct sender_counts counts;
};

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

static struct channel *channel_of(struct sender *s, const char *name)
{
    for (size_t i = 0; i < s->channel_count; i++)
        if (strcmp(s->channels[i].name, name) == 0)
            return &s->channels[i];
    return NULL;
}

/* A message whose channel nobody has is claimed, to be told so. */
static bool has_room(void *ctx, const struct outbox_message *m, int64_t now_us, int64_t *out_us)
{
    struct channel *c = channel_of(ctx, m->channel);

    if (!c)
        return true;
    if (c->left && c->calls->room(c->self, m->address, now_us, out_us)) {
        c->left--;
        return true;
    }
    *out_us = c->left ? *out_us : now_us;
    if (*out_us < now_us + busy_us)
        *out_us = now_us + busy_us;
    return false;
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
                                .room = {has_room, s}};
    for (size_t i = 0; i < CLAIM_MOST; i++) {
        s->letters[i].data = BUF_INIT(OUTBOX_DATA_MAX + 1);
        s->letters[i].text = BUF_INIT(WRITTEN_MAX);
    }
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
    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i].calls->close(s->channels[i].self);
    for (size_t i = 0; i < CLAIM_MOST; i++) {
        buf_release(&s->letters[i].data);
        buf_release(&s->letters[i].text);
    }
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

/* ---- words -------------------------------------------------------------------------------- */

/* The address by which this one leaves; "" for what needs none. */
static enum err_code leave_url(struct sender *s, const struct outbox_message *m, struct buf *out,
                               struct err *err)
{
    struct link_leave leave = {.message = m->id, .who = m->who};

    if (m->transactional)
        return ERR_OK;
    if (!s->base[0])
        return err_set(err, ERR_INVALID,
                       "the server has no public address for the link to unsubscribe");
    snprintf(leave.channel, sizeof(leave.channel), "%s", m->channel);
    snprintf(leave.purpose, sizeof(leave.purpose), "%s", m->purpose);
    buf_addf(out, "%s/u/", s->base);
    link_leave_write(consents_keys(s->claims.consents), &leave, out);
    return buf_check(out, err);
}

static enum err_code write_letter(struct sender *s, struct letter *l, int64_t now_us,
                                  struct err *err)
{
    TM_CLEANUP(buf_release) struct buf url = BUF_INIT(LINK_MAX);
    const struct outbox_message *m = l->message;
    struct composed words;
    enum err_code rc;

    if (!l->channel)
        return err_set(err, ERR_INVALID, "no channel \"%s\" is set up", m->channel);
    if (l->channel->calls->tell)
        return l->channel->calls->tell(l->channel->self, m, buf_str(&l->data), &l->text, err);
    TRY(leave_url(s, m, &url, err));
    composed_init(&words);
    rc = s->compose.compose ? s->compose.compose(s->compose.ctx, m, buf_str(&l->data),
                                                 buf_cstr(&url), now_us, &words, err)
                            : words_compose(s->words, (size_t)(l - s->letters), buf_cstr(&url),
                                            now_us, &words, err);
    if (rc == ERR_OK && !m->transactional)
        track_html(&(struct track){.keys = consents_keys(s->claims.consents),
                                   .base = s->base,
                                   .untouched = buf_cstr(&url),
                                   .message = m->id,
                                   .clicks = s->settings.sending.track_clicks,
                                   .opens = s->settings.sending.track_opens},
                   &words.parts[MESSAGE_HTML]);
    if (rc == ERR_OK)
        rc = l->channel->calls->write(l->channel->self, m, &words, buf_cstr(&url), &l->text, err);
    composed_release(&words);
    return rc;
}

/* Words whose message cannot be told are skipped; a store that fails is not its fault. */
static bool is_its_fault(enum err_code rc)
{
    return rc != ERR_STORE && rc != ERR_IO && rc != ERR_BUSY;
}

static enum err_code load(struct sender *s, size_t n, struct err *err)
{
    enum err_code rc = ERR_OK;

    TRY(outbox_begin(s->claims.outbox, err));
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        struct letter *l = &s->letters[i];
        struct outbox_message now;
        bool found;

        l->message = &s->messages[i];
        l->channel = channel_of(s, l->message->channel);
        buf_reset(&l->data);
        rc = outbox_find(s->claims.outbox, l->message->id, &now, &l->data, &found, err);
    }
    return outbox_end(s->claims.outbox, rc, err);
}

/* What they say, and what is known of whom they go to. */
static enum err_code read_words(struct sender *s, size_t n, struct err *err)
{
    struct str data[CLAIM_MOST];
    struct engine *engine = NULL;
    struct err none = ERR_INIT;
    enum err_code rc;

    if (!s->words)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        data[i] = buf_str(&s->letters[i].data);
    if (s->engine.lend && s->engine.lend(s->engine.ctx, &engine, &none) != ERR_OK)
        engine = NULL;
    if (!engine)
        return words_read(s->words, NULL, s->messages, data, n, timestamp_now(), err);
    rc = words_read(s->words, engine, s->messages, data, n, timestamp_now(), &none);
    s->engine.give(s->engine.ctx);
    return rc == ERR_OK ? ERR_OK
                        : words_read(s->words, NULL, s->messages, data, n, timestamp_now(), err);
}

static enum err_code compose(struct sender *s, struct letter *l, int64_t now_us, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code rc;

    buf_reset(&l->text);
    rc = write_letter(s, l, now_us, &why);
    l->fit = rc == ERR_OK;
    if (l->fit)
        return ERR_OK;
    if (!is_its_fault(rc)) {
        *err = why;
        return rc;
    }
    s->counts.unfit++;
    return claim_unfit(&s->claims, now_us, l->message, str_of(why.msg), err);
}

/* ---- settling ----------------------------------------------------------------------------- */

static struct held *held_of(struct sender *s, int64_t id)
{
    for (size_t i = 0; i < s->held_count; i++)
        if (s->held[i].id == id)
            return &s->held[i];
    return NULL;
}

/* The address is known by what became of a message to it. */
static enum err_code judge_address(struct sender *s, const struct held *h,
                                   const struct channel_answer *a, int64_t now_us, struct err *err)
{
    if (a->dead || a->stopped)
        return suppression_add(s->claims.consents, h->channel, &h->who,
                               a->dead ? SUPPRESSED_BOUNCED : SUPPRESSED_UNSUBSCRIBED, now_us,
                               STR_LIT("sending"), err);
    return suppression_bounce(s->claims.consents, h->channel, &h->who, now_us, STR_LIT("sending"),
                              err);
}

static bool tells_of_address(const struct channel_answer *a)
{
    return a->dead || a->stopped || a->returned;
}

static enum err_code judge_addresses(struct sender *s, int64_t now_us, struct err *err)
{
    const struct channel_answer *answers = s->unsettled.answers;
    const size_t n = s->unsettled.n;
    enum err_code rc = ERR_OK;
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any = any || tells_of_address(&answers[i]);
    if (!any)
        return ERR_OK;
    TRY(consents_begin(s->claims.consents, err));
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        const struct held *h = held_of(s, answers[i].id);

        if (h && tells_of_address(&answers[i]))
            rc = judge_address(s, h, &answers[i], now_us, err);
    }
    return consents_end(s->claims.consents, rc, err);
}

static enum err_code note_response(struct sender *s, const struct held *h,
                                   const struct channel_answer *a, int64_t now_us, struct err *err)
{
    struct response r = {.message = h->id, .campaign = h->campaign, .at_us = now_us};

    if (a->outcome != CLAIM_ACCEPTED && a->outcome != CLAIM_FAILED && a->outcome != CLAIM_UNCERTAIN)
        return ERR_OK;
    r.kind = RESPONSE_SENT;
    TRY(outbox_respond(s->claims.outbox, &r, err));
    if (a->outcome != CLAIM_FAILED || !tells_of_address(a))
        return ERR_OK;
    r.kind = a->dead ? RESPONSE_HARD : a->stopped ? RESPONSE_WITHDRAWN : RESPONSE_SOFT;
    return outbox_respond(s->claims.outbox, &r, err);
}

/* What came of them, and the breaker, which looks at those campaigns that had a return. */
static enum err_code note_each(struct sender *s, int64_t now_us, struct err *err)
{
    int64_t broken = 0, last = 0;

    for (size_t i = 0; i < s->unsettled.n; i++) {
        const struct channel_answer *a = &s->unsettled.answers[i];
        const struct held *h = held_of(s, a->id);

        if (!h)
            continue;
        TRY(note_response(s, h, a, now_us, err));
        if (!a->dead || h->campaign == last)
            continue;
        last = h->campaign;
        TRY(outbox_break(s->claims.outbox, &s->breaker, h->campaign, now_us, &broken, err));
        s->counts.broken += broken;
    }
    return ERR_OK;
}

static enum err_code note_responses(struct sender *s, int64_t now_us, struct err *err)
{
    TRY(outbox_begin(s->claims.outbox, err));
    return outbox_end(s->claims.outbox, note_each(s, now_us, err), err);
}

static enum err_code settle_messages(struct sender *s, int64_t now_us, struct err *err)
{
    struct claim_answer told[ANSWERS];
    int64_t late = 0;
    size_t k = 0;

    for (size_t i = 0; i < s->unsettled.n; i++) {
        const struct channel_answer *a = &s->unsettled.answers[i];
        const struct held *h = held_of(s, a->id);

        if (h)
            told[k++] = (struct claim_answer){.id = a->id,
                                              .claim = h->claim,
                                              .outcome = a->outcome,
                                              .next_us = a->next_us,
                                              .provider_id = str_of(a->provider_id),
                                              .text = str_of(a->text)};
    }
    TRY(claim_settle(&s->claims, now_us, told, k, &late, err));
    s->counts.late += late;
    return ERR_OK;
}

static void count(struct sender *s, enum claim_outcome outcome)
{
    int64_t *const counts[] = {[CLAIM_ACCEPTED] = &s->counts.accepted,
                               [CLAIM_FAILED] = &s->counts.failed,
                               [CLAIM_LATER] = &s->counts.later,
                               [CLAIM_UNCERTAIN] = &s->counts.uncertain,
                               [CLAIM_GIVEN_BACK] = &s->counts.given_back};

    ++*counts[outcome];
}

static void let_go(struct sender *s, int64_t id)
{
    struct held *h = held_of(s, id);

    if (h)
        *h = s->held[--s->held_count];
}

/* What failed is done over by the next turn, and what was done is not. */
static enum err_code settle(struct sender *s, struct err *err)
{
    static enum err_code (*const steps[SETTLED])(struct sender * s, int64_t now_us,
                                                 struct err * err) = {
        [TO_ADDRESSES] = judge_addresses,
        [TO_MESSAGES] = settle_messages,
        [TO_RESPONSES] = note_responses,
    };
    struct unsettled *u = &s->unsettled;
    const int64_t now_us = timestamp_now();

    for (; u->n && u->next < SETTLED; u->next++)
        TRY(steps[u->next](s, now_us, err));
    for (size_t i = 0; i < u->n; i++) {
        count(s, u->answers[i].outcome);
        let_go(s, u->answers[i].id);
    }
    u->n = 0;
    u->next = TO_ADDRESSES;
    return ERR_OK;
}

/* ---- handing over ------------------------------------------------------------------------- */

/* What a channel refuses at its door was handed over and surely did not leave. */
static void refused(const struct outbox_message *m, enum err_code rc, const struct err *why,
                    struct channel_answer *out)
{
    *out = (struct channel_answer){.id = m->id,
                                   .outcome = rc == ERR_BUSY ? CLAIM_LATER : CLAIM_FAILED,
                                   .next_us = timestamp_now() + busy_us};
    snprintf(out->text, sizeof(out->text), "%s", why->msg);
}

static void hold(struct sender *s, const struct outbox_message *m)
{
    struct held *h = &s->held[s->held_count++];

    *h = (struct held){.id = m->id, .claim = m->claim, .campaign = m->campaign, .who = m->who};
    memcpy(h->channel, m->channel, sizeof(h->channel));
}

/* Those that are fit, together: committed, then put. */
static enum err_code hand_over(struct sender *s, struct letter *letters, size_t n, struct err *err)
{
    struct outbox_message out[CLAIM_MOST];
    struct letter *of[CLAIM_MOST];
    bool go[CLAIM_MOST];
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (letters[i].fit) {
            of[k] = &letters[i];
            out[k++] = *letters[i].message;
        }
    TRY(claim_hand_over(&s->claims, timestamp_now(), out, k, go, &s->counts.claims, err));
    for (size_t i = 0; i < k; i++) {
        struct err why = ERR_INIT;
        enum err_code rc;

        if (!go[i])
            continue;
        hold(s, &out[i]);
        rc = of[i]->channel->calls->put(of[i]->channel->self, &out[i], &of[i]->text, &why);
        if (rc == ERR_OK)
            continue;
        refused(&out[i], rc, &why, &s->unsettled.answers[s->unsettled.n++]);
    }
    return settle(s, err);
}

static enum err_code work_on(struct sender *s, struct letter *letters, size_t n, struct err *err)
{
    enum err_code rc = ERR_OK;
    size_t i;

    for (i = 0; rc == ERR_OK && i < n; i++)
        rc = compose(s, &letters[i], timestamp_now(), err);
    return rc == ERR_OK ? hand_over(s, letters, n, err) : rc;
}

/* Those that were claimed before and never came further go last, each alone: should one of them be
 * the death of the process, no other is held up by it. */
static size_t suspects_last(struct sender *s, size_t n)
{
    size_t front = 0;

    for (size_t i = 0; i < n; i++)
        if (s->messages[i].claim <= SUSPECT || s->messages[i].tries) {
            struct outbox_message m = s->messages[front];

            s->messages[front++] = s->messages[i];
            s->messages[i] = m;
        }
    return front;
}

/* A channel takes more when half of its places are free: few commits for many messages. */
static size_t room_left(struct sender *s, int64_t now_us)
{
    size_t left = 0;

    for (size_t i = 0; i < s->channel_count; i++) {
        struct channel *c = &s->channels[i];
        size_t most, n = c->calls->free(c->self, now_us, &most);

        c->left = n * 2 >= most ? n : 0;
        left += c->left;
    }
    if (!s->channel_count)
        left = CLAIM_MOST;
    if (left > HELD_MOST - s->held_count)
        left = HELD_MOST - s->held_count;
    return left < CLAIM_MOST ? left : CLAIM_MOST;
}

static enum err_code take_some(struct sender *s, size_t *out_n, struct err *err)
{
    int64_t now_us = timestamp_now();
    size_t cap = room_left(s, now_us), front;

    *out_n = 0;
    if (!cap)
        return ERR_OK;
    TRY(claim_messages(&s->claims, now_us, s->messages, cap, out_n, &s->counts.claims, err));
    if (!*out_n)
        return ERR_OK;
    front = suspects_last(s, *out_n);
    TRY(load(s, *out_n, err));
    TRY(read_words(s, *out_n, err));
    TRY(work_on(s, s->letters, front, err));
    for (size_t i = front; i < *out_n; i++)
        TRY(work_on(s, &s->letters[i], 1, err));
    return ERR_OK;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static size_t poll_each(struct sender *s, int wait_ms)
{
    struct unsettled *u = &s->unsettled;
    size_t before = u->n;

    for (size_t i = 0; i < s->channel_count && u->n < ANSWERS; i++) {
        const struct channel *c = &s->channels[i];
        bool waits = u->n == before && c->calls->pending(c->self);

        u->n += c->calls->poll(c->self, waits ? wait_ms : 0, u->answers + u->n, ANSWERS - u->n);
    }
    return u->n - before;
}

/* Those that come right after the first are settled with it: few commits for many answers. */
static enum err_code poll_all(struct sender *s, int wait_ms, size_t *out_n, struct err *err)
{
    const int64_t begun_us = timestamp_now();

    TRY(settle(s, err));
    *out_n = poll_each(s, wait_ms);
    while (*out_n && s->unsettled.n < s->held_count && s->unsettled.n < ANSWERS &&
           timestamp_now() - begun_us < (wait_ms + gather_ms) * 1000 && poll_each(s, 1))
        ;
    *out_n = s->unsettled.n;
    return settle(s, err);
}

/* Their holder lives. */
static enum err_code renew(struct sender *s, int64_t now_us, struct err *err)
{
    enum err_code rc = ERR_OK;
    bool done;

    if (now_us - s->renewed_us < s->claims.lease_us / 3)
        return ERR_OK;
    s->renewed_us = now_us;
    if (!s->held_count)
        return ERR_OK;
    TRY(outbox_begin(s->claims.outbox, err));
    for (size_t i = 0; rc == ERR_OK && i < s->held_count; i++)
        rc = outbox_renew(s->claims.outbox, s->held[i].id, s->held[i].claim,
                          now_us + s->claims.lease_us, &done, err);
    return outbox_end(s->claims.outbox, rc, err);
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
    size_t taken = 0, answered = 0;
    bool stopped;

    TRY(renew(s, now_us, err));
    TRY(settle(s, err));
    if (now_us - s->recovered_us >= s->claims.lease_us)
        TRY(recover(s, now_us, false, err));
    TRY(look_at_breaker(s, now_us, err));
    TRY(look_at_switch(s, now_us, &stopped, err));
    if (!stopped)
        TRY(take_some(s, &taken, err));
    TRY(poll_all(s, s->held_count ? wait_ms : 0, &answered, err));
    *out_busy = taken || answered || s->held_count;
    return ERR_OK;
}

enum err_code sender_end(struct sender *s, struct err *err)
{
    size_t n = 1;

    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i].calls->give_up(s->channels[i].self);
    while (n && s->held_count)
        TRY(poll_all(s, 0, &n, err));
    return recover(s, timestamp_now(), false, err);
}
