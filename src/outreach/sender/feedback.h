/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feedback.h - what became of a message after a channel had taken it, from wherever it is told: a
 * mail that came back, a service's call, a person's own word.
 *
 * First what it means for the address (ledger and suppression), then what it means for the campaign
 * (store/responses.h, the breaker); each on the disk before the next. Told again, after a crash in
 * between or because the other side repeats itself, it changes nothing: each kind counts once for a
 * message.
 *
 * One thread at a time for each struct.
 */
#ifndef TM_OUTREACH_SENDER_FEEDBACK_H
#define TM_OUTREACH_SENDER_FEEDBACK_H

#include "store/responses.h"
#include "store/suppression.h"

struct feedback_books {
    struct outbox *outbox; /* NULL: nothing was ever planned */
    struct consents *consents;
    const struct breaker_rules *rules;
};
struct feedback {
    enum response_kind kind; /* RESPONSE_HARD, SOFT, COMPLAINT, WITHDRAWN or DELIVERED */
    int64_t at_us;           /* TIME_NONE: not told */
    struct str source;       /* "unsubscribe", "return", "mailgun" */
    struct str method;       /* of a withdrawal: "one-click" */
    struct str proof;        /* of a withdrawal: "message 7" */
    bool own_word;           /* a person's, now: counts for the address each time it is said */
};
/* `m`: the message that it is about; 0 as its number where it is about an address alone: channel,
 * purpose, `who` and, where it is known, the address. *out_paused: campaigns; may be NULL. */
TM_MUST_CHECK enum err_code feedback_take(const struct feedback_books *books,
                                          const struct outbox_message *m, const struct feedback *f,
                                          int64_t *out_paused, struct err *err);
/* The withdrawal alone, in ledger and suppression, between consents_begin() and consents_end(). */
TM_MUST_CHECK enum err_code feedback_withdraw(struct consents *consents,
                                              const struct outbox_message *m,
                                              const struct feedback *f, int64_t at_us,
                                              struct err *err);

#endif
