/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hand.h - the files of a workspace that people write by hand, as they are in force.
 *
 * In a command that is the file itself. A server holds what it last read and found right
 * (web/edits.h): an edit that is wrong, or that an editor has written half of, is seen by nobody.
 * Any thread.
 */
#ifndef TM_STORE_HAND_H
#define TM_STORE_HAND_H

#include "store/store.h"

enum hand_file { HAND_SETTINGS, HAND_ANSWERS, HAND_PLAN, HAND_FILES };
extern const char *const hand_names[HAND_FILES];

/* Adds its text; *out_there false: there is no such file. `out_text` needs no preparation; the
 * caller releases it, also after an error. */
TM_MUST_CHECK enum err_code hand_text(const struct store *store, enum hand_file file,
                                      struct buf *out_text, bool *out_there, struct err *err);
/* From now on this is the file for all of this process that have the workspace open. */
void hand_hold(const struct store *store, enum hand_file file, struct str text, bool there);

#endif
