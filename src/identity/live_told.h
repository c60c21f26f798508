/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_told.h - what tables and messages say of identifiers, for live_people.h alone. */
#ifndef TM_IDENTITY_LIVE_TOLD_H
#define TM_IDENTITY_LIVE_TOLD_H

#include "identity/live_people.h"

struct live_told;
struct live_told *live_told_new(void);
void live_told_free(struct live_told *told); /* NULL is fine */

/* All that the engine's raw tables say, with what people decided and who was erased. */
TM_MUST_CHECK enum err_code live_told_fill(struct live_told *told, struct links *links,
                                           struct engine *engine, struct store *store,
                                           const struct settings *settings, struct err *err);

/* The pseudonym of an e-mail address or phone by its identifier; NULL when it is none that is
 * known. */
const struct pseudonym *live_told_address(const struct live_told *told, uint64_t id);
size_t live_told_bytes(const struct live_told *told);

struct live_told_answer {
    uint64_t id; /* the first of highest priority that the message names; 0 */
    bool created;
    uint64_t joined[LINKS_BEFORE_MAX];
    size_t joined_count;
    uint64_t was; /* the person's number before it, when it was another; 0 */
    char email[LIVE_PEOPLE_LABEL];
};

/* What a message says. ERR_UNAVAILABLE when customer numbers count otherwise from it on; what is
 * wrong with the message itself is no error. */
TM_MUST_CHECK enum err_code live_told_take(struct live_told *told, struct links *links,
                                           const struct source_entry *source,
                                           const struct journal_entry *entry,
                                           struct live_told_answer *out, struct err *err);

#endif
