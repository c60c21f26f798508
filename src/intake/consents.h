/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consents.h - what imports and live messages say of consent, into the ledger.
 *
 * The raw tables are read import by import, behind what was taken in before; a fact is taken once
 * (store/consent.h), so an end at any moment leaves nothing out and doubles nothing. Messages that
 * ended a subscription, were complained about or came back count, too; not those sent from here,
 * whose answers were noted when they came.
 */
#ifndef TM_INTAKE_CONSENTS_H
#define TM_INTAKE_CONSENTS_H

#include "base/json_write.h"
#include "engine/engine.h"
#include "store/suppression.h"

#include <signal.h>

/* After each import and each drain. *out_n: entries added. */
TM_MUST_CHECK enum err_code consents_take_in(struct store *store, struct engine *engine,
                                             struct consents *ledger,
                                             const volatile sig_atomic_t *cancel, int64_t *out_n,
                                             struct err *err);
/* After each resolving: one person's addresses are written to or not together (the strictest wins);
 * what was told of a number or another address holds for the channel's own. *out_n: addresses that
 * are suppressed for it. */
TM_MUST_CHECK enum err_code consents_join(struct engine *engine, struct consents *ledger,
                                          int64_t *out_n, struct err *err);
/* Imports whose records the ledger has not seen; 0 when it is up to date. */
TM_MUST_CHECK enum err_code consents_waiting(struct store *store, struct engine *engine,
                                             struct consents *ledger, int64_t *out_imports,
                                             struct err *err);

/* ---- for people and programs -------------------------------------------------------------- */

/* The pseudonym of what a person typed: an e-mail address, a phone, or SOURCE:NUMBER of a customer.
 * False: it is none of these. */
bool consents_who(const struct pseudonyms *keys, struct str typed, const char *country,
                  struct pseudonym *out);
/* A word of a person as told to the shop's people: `state` granted or withdrawn, `channel` one of
 * those of struct consent_fact, `proof` needed for granted. ERR_INVALID otherwise. */
struct consent_word {
    struct str who, channel, state, wording, proof;
    const char *country;
};
TM_MUST_CHECK enum err_code consents_note(struct consents *ledger, const struct consent_word *word,
                                          struct err *err);
/* The address by hand; the channel "*" is all of them. ERR_INVALID for one that cannot be. */
TM_MUST_CHECK enum err_code consents_suppress(struct consents *ledger, struct str who,
                                              const char *channel, const char *country,
                                              struct err *err);
void consent_entry_json(const struct consent_entry *entry, struct json_writer *w);
void suppression_json(const struct suppression *s, struct json_writer *w);
/* {"entries": [...], "suppressions": [...]} of one identifier. */
TM_MUST_CHECK enum err_code consents_person_json(struct consents *ledger,
                                                 const struct pseudonym *who, struct json_writer *w,
                                                 struct err *err);
void consent_health_json(const struct consent_health *health, struct json_writer *w);
TM_MUST_CHECK enum err_code suppression_counts_json(struct consents *ledger, struct json_writer *w,
                                                    struct err *err);

#endif
