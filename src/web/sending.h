/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sending.h - one thread a shop that sends what is planned (outreach/sender/sender.h), as long as
 * tidemark.yaml says how and sending is allowed in the workspace; inside src/web only. Any thread.
 */
#ifndef TM_WEB_SENDING_H
#define TM_WEB_SENDING_H

#include "outreach/sender/sender.h"
#include "web/request.h"

struct sending_thread;

TM_MUST_CHECK enum err_code sending_open(struct web *web, struct sending_thread **out,
                                         struct err *err);
/* What was planned, allowed or stopped is looked at now. */
void sending_look(struct sending_thread *sending);
/* Ends in order: what has not left is given back. */
void sending_close(struct sending_thread *sending); /* NULL is fine */

enum sending_state {
    SENDING_UNSET,   /* tidemark.yaml does not say how */
    SENDING_EMPTY,   /* nothing was ever planned */
    SENDING_UNARMED, /* new, or a copy: nobody has allowed it here */
    SENDING_STOPPED, /* by hand */
    SENDING_FAILING, /* it cannot: `problem` says why */
    SENDING_READY,
    SENDING_STATES
};
extern const char *const sending_state_words[SENDING_STATES];
struct sending_news {
    enum sending_state state;
    char problem[256];
    struct sender_counts counts; /* of this process */
    int per_minute;              /* limit today, with the warm-up; 0: none */
};
void sending_news(struct sending_thread *sending, struct sending_news *out);
/* Under which links in messages lead here; "" when no mailbox could follow them. */
void sending_base(const struct web *web, char *out, size_t size);

#endif
