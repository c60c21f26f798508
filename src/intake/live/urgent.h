/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* urgent.h - what messages say of consent, into the ledger and suppression as soon as they are on
 * stable storage, long before they are drained; and what shops' systems ask for by law, into the
 * list of that (duties.h).
 *
 * Who accepts a message marks it (struct journal_record, `urgent`), and the mark is kept in the
 * message's own commit: a process that ends before the word is noted leaves it to the next one,
 * which calls here before anybody reads suppression. The drain comes by the same words later and
 * adds nothing, because a fact is one entry however often it is told (store/consent.h).
 *
 * A word that names neither address nor phone (a log-in, a customer's number) is noted under what
 * it names; identity/live_adrift.h brings it into force for the person's addresses, and figures do
 * so once more (consents_join()).
 */
#ifndef TM_INTAKE_LIVE_URGENT_H
#define TM_INTAKE_LIVE_URGENT_H

#include "intake/live/live.h"
#include "store/journal.h"
#include "store/settings.h"

/* Notes what is marked after *io_seq, and moves that on. Does not even open the ledger when there
 * is nothing. *out_n: messages. */
TM_MUST_CHECK enum err_code urgent_note(struct store *store, struct journal *journal,
                                        const struct settings *settings, int64_t *io_seq,
                                        int64_t *out_n, struct err *err);

#endif
