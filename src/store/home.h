/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* home.h - whether a data base's file is where it was: not a copy of it, nor one brought back. */
#ifndef TM_STORE_HOME_H
#define TM_STORE_HOME_H

#include "store/store.h"

enum { HOME_BYTES = 32 };

/* Which file of which machine this is. A copy is another file on the disk or has another path; a
 * copy of a whole machine is not told apart. */
TM_MUST_CHECK enum err_code home_of(const char *path, unsigned char out[HOME_BYTES],
                                    struct err *err);

/* Whether the store is a copy, or was brought back, since store_stay(). A store that was never
 * asked is at home. */
TM_MUST_CHECK enum err_code store_has_moved(struct store *store, bool *out, struct err *err);
/* It is at home here. */
TM_MUST_CHECK enum err_code store_stay(struct store *store, struct err *err);

#endif
