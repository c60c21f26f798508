/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consents.h - what imports and live messages say of consent, into the ledger.
 *
 * The raw tables are read import by import, behind what was taken in before; a fact is taken once
 * (store/consent.h), so an end at any moment leaves nothing out and doubles nothing. Messages that
 * ended a subscription, were complained about or came back count, too.
 */
#ifndef TM_INTAKE_CONSENTS_H
#define TM_INTAKE_CONSENTS_H

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

#endif
