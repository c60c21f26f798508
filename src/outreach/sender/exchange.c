/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/feedback.h"
#include "outreach/sender/sender_parts.h"

static const int64_t busy_us = 5 * US_PER_SECOND;
static const int64_t look_every_us = US_PER_SECOND / 10;

/* ---- what came back ----------------------------------------------------------------------- */

static struct held *held_of(struct sender *s, int64_t id)
{
    for (size_t i = 0; i < s->held_count; i++)
        if (s->held[i].id == id)
            return &s->held[i];
    return NULL;
}

/* Its owner told the service to hear no more: the same as when the service tells it later. */
static enum err_code withdraw(struct sender *s, const struct held *h,
                              const struct channel_answer *a, int64_t now_us, struct err *err)
{
    struct outbox_message m = {.id = h->id, .who = h->who};

    memcpy(m.channel, h->channel, sizeof(m.channel));
    memcpy(m.address, h->address, sizeof(m.address));
    memcpy(m.purpose, h->purpose, sizeof(m.purpose));
    return feedback_withdraw(s->claims.consents, &m,
                             &(struct feedback){.kind = RESPONSE_WITHDRAWN,
                                                .source = str_of(h->channel),
                                                .method = STR_LIT("service"),
                                                .proof = str_of(a->text)},
                             now_us, err);
}

/* The address is known by what became of a message to it. */
static enum err_code judge_address(struct sender *s, const struct held *h,
                                   const struct channel_answer *a, int64_t now_us, struct err *err)
{
    if (a->stopped)
        return withdraw(s, h, a, now_us, err);
    if (a->dead)
        return suppression_add(s->claims.consents, h->channel, &h->who, SUPPRESSED_BOUNCED, now_us,
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

    for (size_t i = s->unsettled.judged; i < n; i++)
        any = any || tells_of_address(&answers[i]);
    if (!any)
        return ERR_OK;
    TRY(consents_begin(s->claims.consents, err));
    for (size_t i = s->unsettled.judged; rc == ERR_OK && i < n; i++) {
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
    r.kind = a->stopped ? RESPONSE_WITHDRAWN : a->dead ? RESPONSE_HARD : RESPONSE_SOFT;
    return outbox_respond(s->claims.outbox, &r, err);
}

/* What came of them, and the breaker, which looks at those campaigns that had a return. */
static enum err_code note_each(void *ctx, int64_t now_us, struct err *err)
{
    struct sender *s = ctx;
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

static size_t tell_answers(struct sender *s, struct claim_answer *out)
{
    size_t k = 0;

    for (size_t i = 0; i < s->unsettled.n; i++) {
        const struct channel_answer *a = &s->unsettled.answers[i];
        const struct held *h = held_of(s, a->id);

        if (h)
            out[k++] = (struct claim_answer){.id = a->id,
                                             .claim = h->claim,
                                             .outcome = a->outcome,
                                             .next_us = a->next_us,
                                             .provider_id = str_of(a->provider_id),
                                             .text = str_of(a->text)};
    }
    return k;
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

static void let_go_answered(struct sender *s)
{
    struct unsettled *u = &s->unsettled;

    for (size_t i = 0; i < u->n; i++) {
        struct held *h = held_of(s, u->answers[i].id);

        count(s, u->answers[i].outcome);
        if (h)
            *h = s->held[--s->held_count];
    }
    u->n = u->judged = 0;
}

/* ---- what goes out ------------------------------------------------------------------------ */

/* Which letters go, by their places, and which are given back. */
struct picked {
    size_t going[CLAIM_MOST], back[LETTERS_MOST];
    int64_t back_us[LETTERS_MOST];
    size_t going_n, back_n;
};

static void find_places(struct sender *s, int64_t now_us)
{
    for (size_t i = 0; i < s->channel_count; i++) {
        struct channel *c = &s->channels[i];
        size_t most;

        c->left = c->calls->free(c->self, now_us, &most);
    }
}

/* Those whose destination does not move are given back, so that others have their places. */
static void pick(struct sender *s, int64_t now_us, struct picked *out)
{
    const bool look = now_us - s->looked_us >= look_every_us;

    if (look)
        s->looked_us = now_us;
    find_places(s, now_us);
    for (size_t i = 0; i < s->letter_count; i++) {
        const struct letter *l = s->letters[i];
        struct channel *c = l->channel;
        int64_t at_us = now_us;

        if (letter_state(l) != LETTER_WRITTEN)
            continue;
        if (look && !c->calls->room(c->self, l->message.address, now_us, &at_us)) {
            out->back_us[out->back_n] = at_us > now_us + busy_us ? at_us : now_us + busy_us;
            out->back[out->back_n++] = i;
        } else if (c->left && out->going_n < CLAIM_MOST &&
                   s->held_count + out->going_n < HELD_MOST &&
                   (!c->calls->begins || c->calls->begins(c->self, l->message.address, now_us))) {
            c->left--;
            out->going[out->going_n++] = i;
        }
    }
}

static void hold(struct sender *s, const struct outbox_message *m)
{
    struct held *h = &s->held[s->held_count++];

    *h = (struct held){.id = m->id, .claim = m->claim, .campaign = m->campaign, .who = m->who};
    memcpy(h->channel, m->channel, sizeof(h->channel));
    memcpy(h->purpose, m->purpose, sizeof(h->purpose));
    memcpy(h->address, m->address, sizeof(h->address));
}

/* What a channel refuses at its door was handed over and surely did not leave. */
static void put(struct sender *s, struct letter *l)
{
    struct unsettled *u = &s->unsettled;
    struct channel_answer *a;
    struct err why = ERR_INIT;
    enum err_code rc;

    hold(s, &l->message);
    rc = l->channel->calls->put(l->channel->self, &l->message, &l->text, &why);
    if (rc == ERR_OK)
        return;
    a = &u->answers[u->n++];
    *a = (struct channel_answer){.id = l->message.id,
                                 .outcome = rc == ERR_BUSY ? CLAIM_LATER : CLAIM_FAILED,
                                 .next_us = timestamp_now() + busy_us};
    snprintf(a->text, sizeof(a->text), "%s", why.msg);
}

/* Those that went or were given back are no letters any more. */
static void forget(struct sender *s, const size_t *places, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        s->letters[places[i]]->channel->ahead--;
        letter_free(s, s->letters[places[i]]);
        s->letters[places[i]] = NULL;
    }
}

static size_t tell_given_back(struct sender *s, const struct picked *p, struct claim_answer *out)
{
    for (size_t i = 0; i < p->back_n; i++) {
        const struct outbox_message *m = &s->letters[p->back[i]]->message;

        out[i] = (struct claim_answer){
            .id = m->id, .claim = m->claim, .outcome = CLAIM_GIVEN_BACK, .next_us = p->back_us[i]};
    }
    return p->back_n;
}

/* ---- both --------------------------------------------------------------------------------- */

bool exchange_could_hand_over(struct sender *s, bool all_there)
{
    const int64_t now_us = timestamp_now();

    for (size_t i = 0; i < s->channel_count; i++) {
        struct channel *c = &s->channels[i];
        size_t most, free = c->calls->free(c->self, now_us, &most), n = 0;

        for (size_t k = 0; k < s->letter_count && n < free; k++)
            n += s->letters[k]->channel == c && letter_state(s->letters[k]) == LETTER_WRITTEN;
        if (n && (all_there || (n == free && 2 * free >= most)))
            return true;
    }
    return false;
}

static enum err_code exchange(struct sender *s, const struct picked *p, int64_t now_us,
                              bool *out_go, struct err *err)
{
    struct claim_answer told[ANSWERS + LETTERS_MOST];
    struct outbox_message going[CLAIM_MOST];
    struct claim_exchange x = {.answers = told,
                               .messages = going,
                               .message_n = p->going_n,
                               .out_go = out_go,
                               .note = s->unsettled.n ? note_each : NULL,
                               .ctx = s};

    for (size_t i = 0; i < p->going_n; i++)
        going[i] = s->letters[p->going[i]]->message;
    x.answer_n = tell_answers(s, told);
    x.answer_n += tell_given_back(s, p, told + x.answer_n);
    TRY(claim_exchange(&s->claims, now_us, &x, &s->counts.claims, err));
    s->counts.late += x.out_late;
    s->counts.given_back += (int64_t)p->back_n;
    return ERR_OK;
}

/* What failed is done over by the next turn, and what was done is not. */
enum err_code exchange_all(struct sender *s, bool hand_over, size_t *out_n, struct err *err)
{
    struct picked p = {.going_n = 0};
    const int64_t now_us = timestamp_now();
    bool go[CLAIM_MOST];

    *out_n = 0;
    TRY(judge_addresses(s, now_us, err));
    s->unsettled.judged = s->unsettled.n;
    if (hand_over)
        pick(s, now_us, &p);
    *out_n = s->unsettled.n + p.going_n + p.back_n;
    if (!*out_n)
        return ERR_OK;
    TRY(exchange(s, &p, now_us, go, err));
    let_go_answered(s);
    for (size_t i = 0; i < p.going_n; i++)
        if (go[i])
            put(s, s->letters[p.going[i]]);
    forget(s, p.going, p.going_n);
    forget(s, p.back, p.back_n);
    letters_close_ranks(s);
    return ERR_OK;
}

enum err_code exchange_give_back(struct sender *s, struct err *err)
{
    struct claim_answer told[LETTERS_MOST + CLAIM_MOST];
    struct claim_exchange x = {.answers = told};
    const int64_t now_us = timestamp_now();
    const struct batch *b = &s->batch;

    for (size_t i = 0; i < s->letter_count + b->n - b->next; i++) {
        const struct outbox_message *m = i < s->letter_count
                                             ? &s->letters[i]->message
                                             : &b->messages[b->next + i - s->letter_count];

        told[x.answer_n++] = (struct claim_answer){
            .id = m->id, .claim = m->claim, .outcome = CLAIM_GIVEN_BACK, .next_us = now_us};
    }
    if (!x.answer_n)
        return ERR_OK;
    TRY(claim_exchange(&s->claims, now_us, &x, &s->counts.claims, err));
    s->counts.given_back += (int64_t)x.answer_n;
    for (size_t i = 0; i < s->channel_count; i++)
        s->channels[i].ahead = 0;
    letters_drop(s);
    return ERR_OK;
}
