/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* token.h - the mark by which a message that comes back is known to be ours.
 *
 * It stands in the return path (b-...@bounce.shop.example) and in the Message-ID: the message's
 * number in the outbox and a keyed hash of it (128 bits, with the workspace's own key, as
 * pseudonyms have it). Who has not seen the message cannot make one up, and who has can speak of
 * his own message alone. Letters and digits whose case does not matter: servers change it.
 */
#ifndef TM_OUTREACH_MAIL_TOKEN_H
#define TM_OUTREACH_MAIL_TOKEN_H

#include "store/pseudonym.h"

enum { MAIL_TOKEN = 41 };

/* "b-" and 39 more; `out` has MAIL_TOKEN + 1. Any thread. */
void mail_token_write(const struct pseudonyms *keys, int64_t outbox_id, char *out);
/* The first one in a text that is ours. */
bool mail_token_find(const struct pseudonyms *keys, struct str text, int64_t *out_outbox_id);

#endif
