/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* vault.h - secrets that must be read again are kept sealed.
 *
 * XChaCha20-Poly1305 with the key in the workspace's file "secret.key" (mode 0600, made when first
 * needed): a copy of the data base alone tells nothing. What a secret is for is sealed with it, so
 * that none can stand in for another.
 */
#ifndef TM_STORE_VAULT_H
#define TM_STORE_VAULT_H

#include "store/store.h"

/* `out_text` gets hex digits; `purpose` such as "second factor 3". */
TM_MUST_CHECK enum err_code vault_seal(const struct store *store, const char *purpose,
                                       struct str secret, struct buf *out_text, struct err *err);
/* ERR_STORE when it was changed, or sealed for another purpose or with another key. */
TM_MUST_CHECK enum err_code vault_open(const struct store *store, const char *purpose,
                                       struct str text, struct buf *out_secret, struct err *err);

#endif
