/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hook.h - the sender's channel of webhooks: another system is told what a message is about, as
 * JSON that is signed (webhook.h).
 *
 * The message's address is that of the system; its data are told as they are, below "data", with
 * "type" (what happened) and "timestamp" beside it. A system is no person: neither consent nor
 * hours are asked, but nothing is told of who was erased.
 */
#ifndef TM_OUTREACH_SENDER_HOOK_H
#define TM_OUTREACH_SENDER_HOOK_H

#include "outreach/egress/egress.h"
#include "outreach/sender/channel.h"

/* `keys` is borrowed. */
TM_MUST_CHECK enum err_code hook_channel_open(const struct pseudonyms *keys,
                                              const struct egress_settings *way,
                                              struct channel *out, struct err *err);

#endif
