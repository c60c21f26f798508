/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words.h - what planned messages say: the message that each one's data name (message/kept.h), put
 * together for one person with what is known of people and products (person/data.h).
 *
 * A batch is read first, because people are asked for together; then each of it is composed.
 *
 * One thread at a time.
 */
#ifndef TM_OUTREACH_SENDER_WORDS_H
#define TM_OUTREACH_SENDER_WORDS_H

#include "outreach/message/message.h"
#include "outreach/person/person.h"
#include "store/settings.h"

enum { WORDS_BATCH = 100 };

struct words;
/* `store` and `consents` are borrowed. */
TM_MUST_CHECK enum err_code words_open(struct store *store, const struct settings *settings,
                                       struct consents *consents, struct words **out,
                                       struct err *err);
void words_close(struct words *words); /* NULL is fine */

/* data[i]: JSON of messages[i], both kept by the caller until the next call. `engine` NULL: what
 * the data tell of people is all that is known. */
TM_MUST_CHECK enum err_code words_read(struct words *words, struct engine *engine,
                                       const struct outbox_message *messages,
                                       const struct str *data, size_t n, int64_t now_us,
                                       struct err *err);
/* The i-th of them. Any error is about this message, and stays the same. On one `out` is empty. */
TM_MUST_CHECK enum err_code words_compose(struct words *words, size_t i,
                                          const char *unsubscribe_url, int64_t now_us,
                                          struct composed *out, struct err *err);

#endif
