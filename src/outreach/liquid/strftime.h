/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* strftime.h - dates as Ruby's Time#strftime writes them, with months and days in the message's
 * language.
 *
 * Directives: Y C y m B b h j d e H k I l M S L N z Z A a u w G g V U W s n t % c D F v x X r R T p
 * P and +, with the flags - 0 ^ # _ : and a width. What is none of these stays as it is written.
 * %Z is UTC or the offset: the zone's own abbreviations are not told apart by everybody.
 */
#ifndef TM_OUTREACH_LIQUID_STRFTIME_H
#define TM_OUTREACH_LIQUID_STRFTIME_H

#include "base/i18n.h"
#include "base/timestamp.h"

/* `zone` NULL for UTC. */
void strftime_add(struct buf *out, struct str format, int64_t at_us, struct zone *zone,
                  enum language language);

#endif
