/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* duties.h - messages by which a shop's system asks for what the law asks (hook_duty_of()), into
 * the store's list of them (store/duties.h). Who accepts one marks it as urgent, and it comes here
 * by urgent.h; each is one duty however often it comes. */
#ifndef TM_INTAKE_LIVE_DUTIES_H
#define TM_INTAKE_LIVE_DUTIES_H

#include "intake/live/live.h"
#include "store/journal.h"

/* Notes the message if it is one; anything else is passed over. `country` of the shop, for phones.
 * `parser` takes LIVE_BODY_MAX bytes. */
TM_MUST_CHECK enum err_code duty_note(struct store *store, const struct source_entry *source,
                                      const struct journal_entry *entry, const char *country,
                                      struct json_parser *parser, struct err *err);
/* Once in a workspace's life: what the journal had before messages were noted as they came. */
TM_MUST_CHECK enum err_code duties_catch_up(struct store *store, struct journal *journal,
                                            const char *country, struct err *err);

#endif
