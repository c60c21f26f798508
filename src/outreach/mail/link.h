/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* link.h - one connection to a mail server and the transactions on it. Inside src/outreach/mail
 * only.
 *
 * Never blocks. A message has three round trips; MAIL and RCPT go together where the server
 * offers PIPELINING. What follows a refusal is RSET, on the same connection. The line that ends a
 * message is sent by itself, after a look at what the server may have said meanwhile: a connection
 * that ended before did surely not take the message.
 */
#ifndef TM_OUTREACH_MAIL_LINK_H
#define TM_OUTREACH_MAIL_LINK_H

#include "outreach/mail/smtp.h"

enum link_state { LINK_CONNECTING, LINK_IDLE, LINK_BUSY, LINK_CLOSED };
enum link_step { LINK_MAIL, LINK_RCPT, LINK_DATA, LINK_TEXT, LINK_END, LINK_RESET };

struct link_reply {
    int code; /* 0: none */
    struct mail_status status;
    char text[OUTBOX_ANSWER_MAX + 1];
};
/* How a message ended. */
struct link_end {
    enum link_step step; /* which answer it was */
    bool lost;           /* there was none: `reply` says why */
    bool gone;           /* its last line may have been sent */
    bool reused;         /* the connection had been used before */
    struct link_reply reply;
};

struct link;
/* Begins to connect. */
struct link *link_new(const struct smtp_settings *settings, int64_t now_us);
void link_free(struct link *link); /* says QUIT where it can */
enum link_state link_state(const struct link *link);
/* Why it closed. */
const struct link_reply *link_reply(const struct link *link);
bool link_knew(const struct link *link); /* it was connected once */
int link_sent(const struct link *link);  /* messages begun on it */

/* An idle one begins a message; `text` is whole lines, dots doubled, kept by the caller until the
 * end. */
void link_send(struct link *link, const char *sender, const char *recipient, struct str text,
               int64_t now_us);
/* Works as far as it goes. True when a message ended: *out says how. Afterwards the link may still
 * be busy for a while. */
bool link_run(struct link *link, int64_t now_us, struct link_end *out);
/* Ends what is going on: true as above. */
bool link_break(struct link *link, const char *why, struct link_end *out);

/* For poll(); -1 while the name is looked up. */
int link_fd(const struct link *link, short *out_events);
int64_t link_deadline(const struct link *link); /* of what it waits for */

#endif
