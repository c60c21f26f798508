/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* recent.h - live messages that the figures do not have yet, into the facts of the person whose
 * they are: the records that the drain will make of them, applied as complete.h does. One thread.
 */
#ifndef TM_AUDIENCE_RECENT_H
#define TM_AUDIENCE_RECENT_H

#include "audience/index.h"
#include "audience/terms.h"
#include "intake/live/live.h"
#include "store/journal.h"
#include "store/settings.h"

struct audience_recent;

/* The journal is borrowed. `source`: that of a number; false when there is none. */
TM_MUST_CHECK enum err_code
audience_recent_open(struct journal *journal,
                     bool (*source)(void *ctx, int64_t id, struct source_entry *out), void *ctx,
                     struct audience_recent **out, struct err *err);
void audience_recent_close(struct audience_recent *recent); /* NULL is fine */
/* Before the first message, and when they may be others. Of the figures are `currency` and `terms`,
 * which is borrowed until the next call; NULL: as complete.h says. */
TM_MUST_CHECK enum err_code
audience_recent_set(struct audience_recent *recent, const struct settings *settings,
                    const char *currency, const struct audience_terms *terms, struct err *err);

/* Now where messages are told of: the present, in the shop's zone. */
void audience_recent_now(const struct audience_recent *recent, struct audience_now *io);

/* Where a person is reached, as the messages tell it; "" for what they do not. */
struct recent_contact {
    char email[321], phone[40], language[17], country[3];
};
/* The messages of these numbers, which ascend. `touched` and `contact`: NULL, or get what they
 * change and tell. */
TM_MUST_CHECK enum err_code audience_recent_apply(struct audience_recent *recent,
                                                  struct audience_facts *facts, const int64_t *seqs,
                                                  size_t n, struct audience_touched *touched,
                                                  struct recent_contact *contact, struct err *err);

#endif
