/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* email.h - the sender's channel of e-mails: in the shop's name, signed, by its mail server
 * (docs/sending.md).
 */
#ifndef TM_OUTREACH_SENDER_EMAIL_H
#define TM_OUTREACH_SENDER_EMAIL_H

#include "outreach/sender/channel.h"
#include "store/settings.h"

/* Reads key and password, from paths below the workspace's folder; connects to nothing. `keys`
 * (borrowed) mark the return paths. */
TM_MUST_CHECK enum err_code email_channel_open(const struct store *store,
                                               const struct sending *sending,
                                               const struct pseudonyms *keys, int64_t now_us,
                                               struct channel *out, struct err *err);
/* Whether the mail server takes us; nothing is sent. */
TM_MUST_CHECK enum err_code email_channel_try(const struct channel *channel, struct err *err);

#endif
