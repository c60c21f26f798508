/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_adrift.h - withdrawals that name their person by a log-in, a customer's number or another
 * kind of address, in force for the person's addresses as soon as both are known.
 *
 * The ledger has such a word under what it named (store/consent.h). Here it is laid beside who is
 * who (live_people.h): at once when it came, and again whenever something was learnt of its person.
 * What nobody knows yet waits; figures lay all of them beside each other once more
 * (consents_join()).
 *
 * One thread. The ledger is waited for with nothing of the people held, so nobody waits for both.
 */
#ifndef TM_IDENTITY_LIVE_ADRIFT_H
#define TM_IDENTITY_LIVE_ADRIFT_H

#include "identity/live_people.h"

struct live_adrift;

struct live_adrift *live_adrift_new(struct live_people *people);
void live_adrift_free(struct live_adrift *adrift); /* NULL is fine; before the people */

/* Takes what is new out of the ledger and suppresses what is known. After words were noted, and
 * after live_people_tell() has told. *out_n: addresses. After an error it is to be called again. */
TM_MUST_CHECK enum err_code live_adrift_settle(struct live_adrift *adrift, struct store *store,
                                               int64_t *out_n, struct err *err);

#endif
