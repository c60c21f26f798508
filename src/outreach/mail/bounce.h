/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* bounce.h - what comes back to the return path: reports of servers that a message was not
 * delivered (RFC 3464, and the shapes of servers that keep to none), complaints (RFC 5965), replies
 * of machines.
 *
 * Only what is `proved` may count: it carries the token (token.h) of the message that it is about.
 * The recipient is then the one of that message in the outbox; the address that a report names is
 * for people to read. An automatic reply is never a bounce and never a withdrawal.
 *
 * Takes any bytes and always ends: at most BOUNCE_BYTES of a message are read, at most so many
 * parts and so deep. One thread at a time for each call; nothing is kept.
 */
#ifndef TM_OUTREACH_MAIL_BOUNCE_H
#define TM_OUTREACH_MAIL_BOUNCE_H

#include "outreach/mail/status.h"
#include "store/pseudonym.h"

enum { BOUNCE_BYTES = 1 << 20, BOUNCE_TEXT_MAX = 500, BOUNCE_ADDRESS_MAX = 320 };

enum bounce_kind {
    BOUNCE_OTHER,      /* a person's answer, a receipt, news of a delay: nothing to be done */
    BOUNCE_HARD,       /* nobody is at this address or will be: suppress it at once */
    BOUNCE_SOFT,       /* not delivered for another reason: suppress when it goes on */
    BOUNCE_COMPLAINT,  /* the recipient called it spam: no marketing any more */
    BOUNCE_AUTO_REPLY, /* out of office and the like */
    BOUNCE_KINDS
};
const char *bounce_kind_name(enum bounce_kind kind); /* "hard" */

struct bounce {
    enum bounce_kind kind;
    bool proved;
    int64_t outbox_id;                       /* where proved */
    struct mail_status status;               /* kind 0: not told */
    char recipient[BOUNCE_ADDRESS_MAX + 1];  /* as the report names it; "" where it does not */
    char message_id[BOUNCE_ADDRESS_MAX + 1]; /* of the message that it is about, without <> */
    char text[BOUNCE_TEXT_MAX + 1];          /* the server's words: UTF-8, one line */
};
/* `came_to`: the address to which it was delivered, STR_NONE when that is not known. `keys` NULL:
 * nothing is proved. */
void bounce_read(const struct pseudonyms *keys, struct str came_to, struct str message,
                 struct bounce *out);

#endif
