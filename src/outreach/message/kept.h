/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* kept.h - messages by name: those that the shop keeps (store/named.h, NAMED_MESSAGE), else the
 * starter of that name. A message's name is the one in its text.
 *
 * Compiled once and shared: any number of threads may hold one and compose from it at the same
 * time. Each get looks whether the kept text is still the same; who holds an older one goes on with
 * it until it is put back.
 */
#ifndef TM_OUTREACH_MESSAGE_KEPT_H
#define TM_OUTREACH_MESSAGE_KEPT_H

#include "outreach/message/message.h"
#include "store/named.h"

struct kept_messages;
struct kept_messages *kept_messages_new(void);
/* None is held any more. NULL is fine. */
void kept_messages_free(struct kept_messages *kept);

/* `store` is the caller's, used in the call only. ERR_NOT_FOUND names the message; ERR_INVALID as
 * message_read(), for a text that an earlier version took. To be put back. */
TM_MUST_CHECK enum err_code kept_message_get(struct kept_messages *kept, struct store *store,
                                             const char *name, const struct message **out,
                                             struct err *err);
void kept_message_put(struct kept_messages *kept, const struct message *message); /* NULL is fine */

/* The text of a kept message, by name or number, else of a starter; *out_id 0 for a starter. */
TM_MUST_CHECK enum err_code kept_message_text(struct store *store, const char *name,
                                              int64_t *out_id, struct buf *out, struct err *err);
/* Keeps a text under the name that it has. `id` 0: a new one, or the one of that name is changed;
 * else that one, which gets the text's name. Read strictly: ERR_INVALID as message_read(). */
TM_MUST_CHECK enum err_code kept_message_set(struct store *store, int64_t id, struct str text,
                                             const char *actor, int64_t *out_id, struct err *err);

#endif
