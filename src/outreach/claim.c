/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/claim.h"

enum { QUEUES_AT_ONCE = 64, CLAIMS_MOST = 50 };

/* ---- one transaction, with the ledger held ------------------------------------------------ */

static enum err_code begin(struct claims *c, struct err *err)
{
    enum err_code rc, let;

    TRY(consents_hold(c->consents, err));
    rc = outbox_begin(c->outbox, err);
    let = rc == ERR_OK ? ERR_OK : consents_let(c->consents, NULL);
    return rc == ERR_OK ? let : rc;
}

/* The first error. */
static enum err_code end(struct claims *c, enum err_code rc, struct err *err)
{
    enum err_code let;

    rc = outbox_end(c->outbox, rc, err);
    let = consents_let(c->consents, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? let : rc;
}

/* ---- what the gate wants to know ---------------------------------------------------------- */

/* By which word and suppression are asked. Of what is told to a system: whom it is about. */
static bool who_of(const struct claims *c, const struct outbox_message *m, struct pseudonym *out)
{
    if (strcmp(m->channel, OUTBOX_SYSTEM) != 0)
        return suppression_address(consents_keys(c->consents), m->channel, str_of(m->address),
                                   c->country, out);
    *out = m->who;
    return m->transactional && m->address[0];
}

/* Of the address: whether it may be written to, and the newest word. */
static enum err_code gather_words(struct claims *c, const struct outbox_message *m,
                                  struct gate_facts *io, struct consent_newest *out_word,
                                  struct err *err)
{
    struct pseudonym who;

    io->addressed = who_of(c, m, &who);
    if (!io->addressed)
        return ERR_OK;
    TRY(suppression_check_known(c->consents, m->channel, &who, &io->suppressed, err));
    if (!m->transactional)
        TRY(consents_newest(c->consents, &who, m->channel, m->purpose, out_word, err));
    io->consent = out_word->state;
    return ERR_OK;
}

static enum err_code gather(struct claims *c, const struct outbox_message *m,
                            const struct outbox_switch *shop, int64_t now_us,
                            struct gate_facts *out, struct consent_newest *out_word,
                            struct err *err)
{
    *out =
        (struct gate_facts){.now_us = now_us, .stopped = shop->stopped, .disarmed = shop->disarmed};
    *out_word = (struct consent_newest){.state = CONSENT_STATES};
    TRY(outbox_campaign(c->outbox, m->campaign, &out->campaign, err));
    return gather_words(c, m, out, out_word, err);
}

static enum err_code decide(struct claims *c, const struct outbox_message *m,
                            const struct outbox_switch *shop, int64_t now_us,
                            struct gate_decision *out, int64_t *out_entry, struct err *err)
{
    struct outbox_contact contacts[GATE_CONTACTS_MAX];
    struct consent_newest word;
    struct gate_facts facts;

    TRY(gather(c, m, shop, now_us, &facts, &word, err));
    facts.contacts = contacts;
    if (!m->transactional)
        TRY(outbox_contacts(c->outbox, m, now_us - gate_memory_us(c->rules), contacts,
                            GATE_CONTACTS_MAX, &facts.contact_count, err));
    *out = gate_decide(c->rules, c->quiet, m, &facts);
    *out_entry = word.entry;
    return ERR_OK;
}

enum err_code claim_forecast(struct claims *c, const struct outbox_message *m, int64_t at_us,
                             struct gate_decision *out, struct err *err)
{
    struct outbox_contact contacts[GATE_CONTACTS_MAX];
    struct consent_newest word = {.state = CONSENT_STATES};
    struct gate_facts facts = {
        .now_us = at_us, .addressed = true, .consent = CONSENT_STATES, .contacts = contacts};

    if (c->consents)
        TRY(gather_words(c, m, &facts, &word, err));
    if (c->outbox && !m->transactional)
        TRY(outbox_contacts(c->outbox, m, at_us - gate_memory_us(c->rules), contacts,
                            GATE_CONTACTS_MAX, &facts.contact_count, err));
    *out = gate_decide(c->rules, c->quiet, m, &facts);
    return ERR_OK;
}

/* ---- claiming ----------------------------------------------------------------------------- */

/* A message that was claimed again and again and never came to be handed over keeps a sender from
 * living: it is put aside. */
static bool is_poison(const struct outbox_message *m)
{
    return m->claim >= CLAIMS_MOST && m->tries == 0 && m->reason != GATE_BUSY;
}

static enum err_code claim_one(struct claims *c, const struct outbox_switch *shop, int64_t now_us,
                               struct outbox_message *m, bool *out_claimed,
                               struct claim_counts *counts, struct err *err)
{
    static const enum outbox_state to[] = {
        [GATE_SEND] = OUTBOX_CLAIMED, [GATE_HOLD] = OUTBOX_PLANNED, [GATE_SKIP] = OUTBOX_SKIPPED};
    struct gate_decision d = {GATE_SKIP, GATE_NOT_RENDERED, TIME_NONE};
    struct outbox_change change = {.id = m->id, .from = OUTBOX_PLANNED, .now_us = now_us};
    bool done;

    if (!is_poison(m))
        TRY(decide(c, m, shop, now_us, &d, &change.consent_entry, err));
    if (d.verdict == GATE_SEND && c->room.ask && !c->room.ask(c->room.ctx, m, now_us, &d.until_us))
        d = (struct gate_decision){GATE_HOLD, GATE_BUSY, d.until_us};
    change.to = to[d.verdict];
    change.reason = d.reason;
    change.next_us = d.until_us;
    change.lease_us = now_us + c->lease_us;
    TRY(outbox_change(c->outbox, &change, &done, &m->claim, err));
    *out_claimed = done && d.verdict == GATE_SEND;
    counts->claimed += *out_claimed;
    counts->held += done && d.verdict == GATE_HOLD;
    counts->skipped += done && d.verdict == GATE_SKIP;
    return ERR_OK;
}

static enum err_code claim_of(struct claims *c, const struct outbox_queue *queue,
                              const struct outbox_switch *shop, int64_t now_us,
                              struct outbox_message *out, size_t cap, size_t *io_n,
                              struct claim_counts *counts, struct err *err)
{
    struct outbox_message due[CLAIM_MOST];
    size_t n;

    TRY(outbox_due(c->outbox, queue, now_us, due, cap, &n, err));
    for (size_t i = 0; i < n; i++) {
        bool claimed;

        TRY(claim_one(c, shop, now_us, &due[i], &claimed, counts, err));
        if (claimed)
            out[(*io_n)++] = due[i];
    }
    c->turn = queue->campaign;
    return ERR_OK;
}

/* What a queue may have of its channel's places, which those behind it want as well. */
static size_t share_of(struct claims *c, const struct outbox_queue *queues, size_t n, size_t cap)
{
    size_t places = cap, same = 0;

    if (c->room.places)
        places = c->room.places(c->room.ctx, queues[0].channel);
    for (size_t i = 0; i < n; i++)
        same += strcmp(queues[i].channel, queues[0].channel) == 0;
    if (places > cap)
        places = cap;
    return (places + same - 1) / same;
}

static enum err_code claim_in(struct claims *c, int64_t now_us, struct outbox_message *out,
                              size_t cap, size_t *out_n, struct claim_counts *counts,
                              struct err *err)
{
    struct outbox_queue queues[QUEUES_AT_ONCE];
    struct outbox_switch shop;
    size_t n;

    TRY(outbox_switch(c->outbox, &shop, err));
    if (shop.stopped || shop.disarmed)
        return ERR_OK; /* everything stays as it is */
    TRY(outbox_queues_due(c->outbox, now_us, c->turn, queues, TM_COUNT(queues), &n, err));
    for (size_t i = 0; i < n && *out_n < cap; i++) {
        size_t share = share_of(c, &queues[i], n - i, cap - *out_n);

        if (share)
            TRY(claim_of(c, &queues[i], &shop, now_us, out, share, out_n, counts, err));
    }
    return ERR_OK;
}

enum err_code claim_messages(struct claims *claims, int64_t now_us, struct outbox_message *out,
                             size_t cap, size_t *out_n, struct claim_counts *counts,
                             struct err *err)
{
    struct claim_counts new = {0};
    enum err_code rc;

    *out_n = 0;
    TRY(begin(claims, err));
    rc = claim_in(claims, now_us, out, cap < CLAIM_MOST ? cap : CLAIM_MOST, out_n, &new, err);
    rc = end(claims, rc, err);
    if (rc != ERR_OK) {
        *out_n = 0;
        return rc;
    }
    counts->claimed += new.claimed;
    counts->held += new.held;
    counts->skipped += new.skipped;
    return ERR_OK;
}

/* ---- handing over ------------------------------------------------------------------------- */

static enum err_code hand_over_one(struct claims *c, const struct outbox_switch *shop,
                                   int64_t now_us, const struct outbox_message *m, bool *out_go,
                                   struct claim_counts *counts, struct err *err)
{
    static const enum outbox_state to[] = {[GATE_SEND] = OUTBOX_HANDED_OVER,
                                           [GATE_HOLD] = OUTBOX_PLANNED,
                                           [GATE_SKIP] = OUTBOX_SKIPPED};
    struct outbox_change change = {.id = m->id,
                                   .claim = m->claim,
                                   .from = OUTBOX_CLAIMED,
                                   .now_us = now_us,
                                   .content = &m->content};
    struct gate_decision d;
    bool done;

    TRY(decide(c, m, shop, now_us, &d, &change.consent_entry, err));
    change.to = to[d.verdict];
    change.reason = d.reason;
    change.next_us = d.until_us;
    TRY(outbox_change(c->outbox, &change, &done, NULL, err));
    *out_go = done && d.verdict == GATE_SEND;
    counts->handed_over += *out_go;
    counts->held += done && d.verdict == GATE_HOLD;
    counts->skipped += done && d.verdict == GATE_SKIP;
    counts->lost += !done;
    return ERR_OK;
}

/* ---- settling ----------------------------------------------------------------------------- */

enum err_code claim_unfit(struct claims *claims, int64_t now_us,
                          const struct outbox_message *message, struct str why, struct err *err)
{
    const struct outbox_change change = {.id = message->id,
                                         .claim = message->claim,
                                         .from = OUTBOX_CLAIMED,
                                         .to = OUTBOX_SKIPPED,
                                         .reason = GATE_NOT_RENDERED,
                                         .now_us = now_us,
                                         .answer = why};
    bool done;

    TRY(outbox_begin(claims->outbox, err));
    return outbox_end(claims->outbox, outbox_change(claims->outbox, &change, &done, NULL, err),
                      err);
}

static const struct {
    const char *word;
    enum outbox_state from, to;
    enum gate_reason reason;
} settled[] = {
    [CLAIM_ACCEPTED] = {"accepted", OUTBOX_HANDED_OVER, OUTBOX_ACCEPTED, GATE_NONE},
    [CLAIM_FAILED] = {"failed", OUTBOX_HANDED_OVER, OUTBOX_FAILED, GATE_NONE},
    [CLAIM_LATER] = {"later", OUTBOX_HANDED_OVER, OUTBOX_PLANNED, GATE_NONE},
    [CLAIM_UNCERTAIN] = {"uncertain", OUTBOX_HANDED_OVER, OUTBOX_UNCERTAIN, GATE_NONE},
    [CLAIM_GIVEN_BACK] = {"given back", OUTBOX_CLAIMED, OUTBOX_PLANNED, GATE_BUSY},
};

const char *claim_outcome_word(enum claim_outcome outcome)
{
    return settled[outcome].word;
}

/* An answer to a message whose lease was over is the truth all the same. */
static enum err_code settle_late(struct claims *c, struct outbox_change *change, bool *out_done,
                                 struct err *err)
{
    if (change->to != OUTBOX_ACCEPTED && change->to != OUTBOX_FAILED)
        return ERR_OK;
    change->from = OUTBOX_UNCERTAIN;
    return outbox_change(c->outbox, change, out_done, NULL, err);
}

static enum err_code settle_one(struct claims *c, int64_t now_us, const struct claim_answer *a,
                                int64_t *io_late, struct err *err)
{
    struct outbox_change change = {.id = a->id,
                                   .claim = a->claim,
                                   .from = settled[a->outcome].from,
                                   .to = settled[a->outcome].to,
                                   .reason = settled[a->outcome].reason,
                                   .now_us = now_us,
                                   .next_us = a->next_us,
                                   .provider_id = a->provider_id,
                                   .answer = a->text};
    bool done;

    TRY(outbox_change(c->outbox, &change, &done, NULL, err));
    if (!done)
        TRY(settle_late(c, &change, &done, err));
    *io_late += !done;
    return ERR_OK;
}

/* ---- both --------------------------------------------------------------------------------- */

static enum err_code exchange(struct claims *c, int64_t now_us, struct claim_exchange *x,
                              struct claim_counts *counts, struct err *err)
{
    struct outbox_switch shop;

    for (size_t i = 0; i < x->answer_n; i++)
        TRY(settle_one(c, now_us, &x->answers[i], &x->out_late, err));
    if (x->note)
        TRY(x->note(x->ctx, now_us, err));
    if (!x->message_n)
        return ERR_OK;
    TRY(outbox_switch(c->outbox, &shop, err));
    for (size_t i = 0; i < x->message_n; i++)
        TRY(hand_over_one(c, &shop, now_us, &x->messages[i], &x->out_go[i], counts, err));
    return ERR_OK;
}

enum err_code claim_exchange(struct claims *claims, int64_t now_us, struct claim_exchange *io,
                             struct claim_counts *counts, struct err *err)
{
    struct claim_counts new = *counts;
    enum err_code rc;

    io->out_late = 0;
    for (size_t i = 0; i < io->message_n; i++)
        io->out_go[i] = false;
    TRY(begin(claims, err));
    rc = end(claims, exchange(claims, now_us, io, &new, err), err);
    if (rc == ERR_OK) {
        *counts = new;
        return ERR_OK;
    }
    for (size_t i = 0; i < io->message_n; i++)
        io->out_go[i] = false; /* not committed: nothing may leave */
    return rc;
}
