/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dkim_hash.h - what of a message a signature is made over (RFC 6376, 3.4 and 3.7). For dkim.c and
 * its tests.
 */
#ifndef TM_OUTREACH_MAIL_DKIM_HASH_H
#define TM_OUTREACH_MAIL_DKIM_HASH_H

#include "base/buf.h"

#include <openssl/evp.h>

enum { DKIM_HASH = 32 };

/* A field with its folded lines, without the last line break, as "name:value". */
void dkim_relaxed_field(struct str field, struct buf *out);
void dkim_relaxed_body(struct str body, struct buf *out);
/* The field of that name that stands `above` others of its name, counted from the last one: 0 is
 * the last. False when there are not so many. `header` ends after its last line break. */
bool dkim_field(struct str header, const char *name, size_t above, struct str *out);
/* SHA-256 of what was put into canonical form. */
TM_MUST_CHECK enum err_code dkim_sha256(const struct buf *canonical,
                                        unsigned char out[static DKIM_HASH], struct err *err);
/* A signature in Base64 over the fields in canonical form; for Ed25519 over their SHA-256. */
TM_MUST_CHECK enum err_code dkim_signature(EVP_PKEY *key, const struct buf *canonical,
                                           struct buf *out_base64, struct err *err);
void dkim_add_base64(struct buf *out, const unsigned char *bytes, size_t n);

#endif
