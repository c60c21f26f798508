/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* returns.h - what comes back by mail: out of the folder (Maildir) into which the shop's mail
 * server puts what is sent to the return path's domain, or out of a mailbox (mailbox.h).
 *
 * What carries the token of one of our messages (mail/bounce.h) counts: an address where nobody is
 * is closed, a complaint ends marketing to it, and both are counted for the breaker; each once,
 * however often it is told. Everything else is left for people: no mail is removed, what was read
 * goes from new/ to cur/, as any program of mail does it.
 *
 * One thread at a time.
 */
#ifndef TM_OUTREACH_SENDER_RETURNS_H
#define TM_OUTREACH_SENDER_RETURNS_H

#include "store/responses.h"
#include "store/suppression.h"

struct returns {
    const char *dir; /* of returns_read(); borrowed, as the others */
    struct outbox *outbox;
    struct consents *consents;
    const struct breaker_rules *rules;
};
struct returns_counts {
    int64_t hard, soft, complaints;
    int64_t other;    /* proved, and nothing to be done */
    int64_t unproved; /* no token of ours */
    int64_t paused;   /* campaigns */
};
/* One mail, of which BOUNCE_BYTES are looked at. `at_us`: when it came; TIME_NONE: not known. */
TM_MUST_CHECK enum err_code returns_take(const struct returns *returns, struct str mail,
                                         int64_t at_us, struct returns_counts *io, struct err *err);
/* At most `most` mails; *out_n below that: none is left. A folder that is not there is an error. */
TM_MUST_CHECK enum err_code returns_read(const struct returns *returns, size_t most,
                                         struct returns_counts *io, size_t *out_n, struct err *err);

#endif
