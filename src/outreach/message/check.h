/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* check.h - whether a message may be sent as marketing, language by language, before anybody is
 * sent it: it has a subject and plain text, and shows the link to unsubscribe and the shop's postal
 * address; and what its translations lack. Composed with an example's data, as it would be sent:
 * of a message that was not read strictly. */
#ifndef TM_OUTREACH_MESSAGE_CHECK_H
#define TM_OUTREACH_MESSAGE_CHECK_H

#include "outreach/message/message.h"

enum { MESSAGE_FINDINGS_MAX = 100 };

struct message_finding {
    const char *language; /* the message's; "" for all */
    bool blocks;          /* it may not be sent as marketing */
    char text[300];
};

/* `shop` is the map that messages see, or nothing for a text of no shop yet; *out_n findings, none
 * when all is well. */
TM_MUST_CHECK enum err_code message_findings(const struct message *message, struct value shop,
                                             struct message_finding out[MESSAGE_FINDINGS_MAX],
                                             size_t *out_n, struct err *err);
/* ERR_INVALID with the first finding that blocks. */
TM_MUST_CHECK enum err_code message_marketing_allowed(const struct message *message,
                                                      struct value shop, struct err *err);

/* The example: a person, a cart, an order, products, and a shop where `shop` is nothing. */
TM_MUST_CHECK enum err_code message_sample(struct value shop, struct arena *arena,
                                           struct value *out, struct err *err);
struct str message_sample_text(void);

#endif
