/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words.h - what a planned message says: the message that its data name, kept by the shop or one
 * of those to begin with, put together for one person.
 *
 * The data are what the message prints (docs/templates.md), with `shop` and `person` beside them.
 * A message is read and compiled when it is first needed and again when it was changed.
 *
 * One thread at a time.
 */
#ifndef TM_OUTREACH_SENDER_WORDS_H
#define TM_OUTREACH_SENDER_WORDS_H

#include "outreach/message/message.h"
#include "store/outbox.h"
#include "store/settings.h"

struct words;
/* `store` is borrowed. */
TM_MUST_CHECK enum err_code words_open(struct store *store, const struct settings *settings,
                                       struct words **out, struct err *err);
void words_close(struct words *words); /* NULL is fine */

/* `data`: JSON of the outbox. Any error but ERR_STORE is about this message. On an error `out` is
 * empty. */
TM_MUST_CHECK enum err_code words_compose(struct words *words, const struct outbox_message *message,
                                          struct str data, const char *unsubscribe_url,
                                          int64_t now_us, struct composed *out, struct err *err);

#endif
