/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* key_file.h - a secret key of the workspace, in a file of its own. Inside src/store only.
 *
 * Mode 0600, apart from the data base: a copy of that alone tells nothing. A key appears whole or
 * not at all, and of two that are made at the same time one counts for both.
 */
#ifndef TM_STORE_KEY_FILE_H
#define TM_STORE_KEY_FILE_H

#include "store/store.h"

/* Reads the file `name` of the workspace, n bytes. When it is missing it is made with `make`, else
 * that is ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code key_file_load(const struct store *store, const char *name, bool make,
                                          unsigned char *out_key, size_t n, struct err *err);

#endif
