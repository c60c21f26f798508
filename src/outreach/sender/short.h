/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* short.h - the sender's channel of text messages, over a service with Twilio's API (sms.h). */
#ifndef TM_OUTREACH_SENDER_SHORT_H
#define TM_OUTREACH_SENDER_SHORT_H

#include "outreach/egress/egress.h"
#include "outreach/sender/channel.h"
#include "store/settings.h"

/* Below the server's own address: where the service tells what people answer, and, with a
 * message's token behind it (mail/token.h), what became of that. */
#define SMS_CALLS "/texts"

/* Reads the password; connects to nothing. `base` as in sender.h; "" for a service that tells
 * nothing back. ERR_INVALID for a service that cannot be asked. */
TM_MUST_CHECK enum err_code sms_channel_open(const struct store *store,
                                             const struct sending *sending,
                                             const struct pseudonyms *keys, const char *base,
                                             const struct egress_settings *way, struct channel *out,
                                             struct err *err);

#endif
