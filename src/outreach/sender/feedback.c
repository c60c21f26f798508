/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/feedback.h"

#include "base/timestamp.h"

/* ---- the address -------------------------------------------------------------------------- */

/* The ledger has words of addresses, suppression knows them by their pseudonyms alone: who was
 * erased, or is known by no address, is kept out all the same. */
enum err_code feedback_withdraw(struct consents *c, const struct outbox_message *m,
                                const struct feedback *f, int64_t at_us, struct err *err)
{
    const struct consent_fact fact = {.kind = strcmp(m->channel, "email") == 0 ? IDENTIFIER_EMAIL
                                                                               : IDENTIFIER_PHONE,
                                      .address = str_of(m->address),
                                      .channel = str_of(m->channel),
                                      .purpose = str_of(m->purpose),
                                      .state = CONSENT_WITHDRAWN,
                                      .when_us = at_us,
                                      .source = f->source,
                                      .method = f->method,
                                      .proof = f->proof};
    enum suppression_reason stands;
    bool new;

    TRY(suppression_check_known(c, m->channel, &m->who, &stands, err));
    if (m->address[0] && stands != SUPPRESSED_UNSUBSCRIBED)
        TRY(consents_add(c, &fact, &new, err));
    return suppression_add(c, m->channel, &m->who, SUPPRESSED_UNSUBSCRIBED, at_us, f->source, err);
}

static enum err_code judge(struct consents *c, const struct outbox_message *m,
                           const struct feedback *f, int64_t at_us, struct err *err)
{
    switch (f->kind) {
    case RESPONSE_WITHDRAWN:
        return feedback_withdraw(c, m, f, at_us, err);
    case RESPONSE_SOFT:
        return suppression_bounce(c, m->channel, &m->who, at_us, f->source, err);
    case RESPONSE_HARD:
        return suppression_add(c, m->channel, &m->who, SUPPRESSED_BOUNCED, at_us, f->source, err);
    case RESPONSE_COMPLAINT:
        return suppression_add(c, m->channel, &m->who, SUPPRESSED_COMPLAINT, at_us, f->source, err);
    default:
        return err_set(err, ERR_INTERNAL, "%s is no word on an address",
                       response_kind_name(f->kind));
    }
}

static enum err_code tell_address(const struct feedback_books *b, const struct outbox_message *m,
                                  const struct feedback *f, int64_t at_us, struct err *err)
{
    bool known = false;

    if (f->kind == RESPONSE_DELIVERED)
        return ERR_OK;
    /* An old word that is told again does not stand against a newer subscription. */
    if (!f->own_word && b->outbox && m->id)
        TRY(outbox_responded(b->outbox, m->id, f->kind, &known, err));
    if (known)
        return ERR_OK;
    TRY(consents_begin_first(b->consents, err));
    return consents_end(b->consents, judge(b->consents, m, f, at_us, err), err);
}

/* ---- the message -------------------------------------------------------------------------- */

static enum err_code respond(const struct feedback_books *b, const struct outbox_message *m,
                             const struct feedback *f, int64_t at_us, int64_t *out_paused,
                             struct err *err)
{
    const struct response response = {
        .message = m->id, .campaign = m->campaign, .kind = f->kind, .at_us = at_us};

    TRY(outbox_respond(b->outbox, &response, err));
    return outbox_break(b->outbox, b->rules, m->campaign, timestamp_now(), out_paused, err);
}

enum err_code feedback_take(const struct feedback_books *b, const struct outbox_message *m,
                            const struct feedback *f, int64_t *out_paused, struct err *err)
{
    const int64_t now_us = timestamp_now();
    const int64_t at_us = f->at_us != TIME_NONE && f->at_us < now_us ? f->at_us : now_us;
    int64_t paused = 0;

    TRY(tell_address(b, m, f, at_us, err));
    if (b->outbox && m->id) {
        TRY(outbox_begin(b->outbox, err));
        TRY(outbox_end(b->outbox, respond(b, m, f, at_us, &paused, err), err));
    }
    if (out_paused)
        *out_paused = paused;
    return ERR_OK;
}
