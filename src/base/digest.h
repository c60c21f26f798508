/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* digest.h - SHA-256 of what is in memory, as text: 64 lower-case hex digits and a NUL.
 *
 * Files, which are large, go through input_digest().
 */
#ifndef TM_BASE_DIGEST_H
#define TM_BASE_DIGEST_H

#include "base/base.h"

#include <sodium.h>

enum { DIGEST_HEX = 65 };

/* Piece by piece: what is added counts as one text, so separators are up to the caller. */
struct digest {
    crypto_hash_sha256_state state;
};

void digest_begin(struct digest *d);
void digest_add(struct digest *d, struct str bytes);
void digest_end(struct digest *d, char out_hex[DIGEST_HEX]);

/* Of one text. */
void digest_of(struct str bytes, char out_hex[DIGEST_HEX]);

#endif
