/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dkim.h - signs messages with the shop's key (RFC 6376): who wrote them, and that nothing of it
 * was changed on the way.
 *
 * Canonicalisation is relaxed for header and body; rsa-sha256 with at least 2048 bits, or
 * ed25519-sha256 (RFC 8463), by the kind of the key. All headers are signed that say something to
 * the reader or his mailbox (dkim.c has the table), List-Unsubscribe and List-Unsubscribe-Post
 * among them. Most are signed once more than they are there, so that nobody can add another.
 *
 * A key is read once and may be used by any number of threads.
 */
#ifndef TM_OUTREACH_MAIL_DKIM_H
#define TM_OUTREACH_MAIL_DKIM_H

#include "base/buf.h"

enum { DKIM_RSA_BITS_MIN = 2048, DKIM_RSA_BITS_MAX = 8192, DKIM_SELECTOR_MAX = 63 };

struct dkim_key;
/* A private key in PEM (PKCS #8, or PKCS #1 for RSA) without a password, for the domain of From
 * and the selector under which its other half is published: SELECTOR._domainkey.DOMAIN. */
TM_MUST_CHECK enum err_code dkim_key_read(struct str pem, const char *domain, const char *selector,
                                          struct dkim_key **out, struct err *err);
/* The same from a file. */
TM_MUST_CHECK enum err_code dkim_key_open(const char *path, const char *domain,
                                          const char *selector, struct dkim_key **out,
                                          struct err *err);
void dkim_key_free(struct dkim_key *key); /* NULL is fine */
void dkim_key_freep(struct dkim_key **key);

const char *dkim_key_domain(const struct dkim_key *key);
/* What to publish: the name of the TXT record, and its text ("v=DKIM1; k=rsa; p=..."). */
TM_MUST_CHECK enum err_code dkim_record(const struct dkim_key *key, struct buf *out_name,
                                        struct buf *out_text, struct err *err);

/* Appends the field DKIM-Signature with its line break, which goes in front of `message`: header
 * and body with CRLF at line ends. */
TM_MUST_CHECK enum err_code dkim_sign(const struct dkim_key *key, struct str message, int64_t at_us,
                                      struct buf *out, struct err *err);

#endif
