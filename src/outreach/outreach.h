/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outreach.h - the front of src/outreach: what the shop says to people, and what keeps it from
 * saying it twice, too often, at night or to who does not want it.
 *
 * The way of a message: planned in the outbox (store/outbox.h) by a campaign or flow, once for each
 * person, campaign, step and occurrence; let through, held or skipped by the gate (gate.h) in the
 * transaction that claims it; handed to a channel; settled with what the channel answered. No
 * message goes another way.
 */
#ifndef TM_OUTREACH_OUTREACH_H
#define TM_OUTREACH_OUTREACH_H

#include "outreach/acting/acting.h"
#include "outreach/acting/knowing.h"
#include "outreach/acting/numbers.h"
#include "outreach/claim.h"
#include "outreach/flow/drive.h"
#include "outreach/gate.h"
#include "outreach/message/message.h"
#include "outreach/quiet.h"
#include "outreach/sender/sender.h"

#endif
