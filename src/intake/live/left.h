/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* left.h - what is left of a message when somebody whom it names was erased: the records that stay
 * for the books, as the journal keeps them in the message's place.
 *
 * It begins with a byte that no message of a protocol begins with, so that nobody can send one.
 */
#ifndef TM_INTAKE_LIVE_LEFT_H
#define TM_INTAKE_LIVE_LEFT_H

#include "intake/live/live.h"

bool left_is(struct str body);
/* Adds the mark; then one record after the other. */
void left_begin(struct buf *out);
void left_add(struct buf *out, enum record_kind kind, const void *record);
void left_end(struct buf *out);
/* Puts the records of such a body into the run's sink. */
TM_MUST_CHECK enum err_code left_records(struct live_run *run, const struct live_message *message,
                                         struct err *err);

#endif
