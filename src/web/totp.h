/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* totp.h - numbers that an app and we count from one secret and the time (RFC 6238, RFC 4226);
 * inside src/web only. No state. */
#ifndef TM_WEB_TOTP_H
#define TM_WEB_TOTP_H

#include "base/buf.h"

enum totp_hash { TOTP_SHA1, TOTP_SHA256, TOTP_SHA512 };
enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_SECONDS = 30 };

/* The number of a step, `digits` (6 to 8) of them, with leading zeros. */
void totp_code(enum totp_hash hash, const unsigned char *secret, size_t n, uint64_t step,
               int digits, char out[9]);
int64_t totp_step(int64_t at_us);
/* Whether `code` is that of a step next to `now`; which one in *out_step. Takes as long whichever.
 */
bool totp_fits(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now_us,
               int64_t *out_step);
/* RFC 4648, without padding. */
void base32_add(struct buf *out, const unsigned char *bytes, size_t n);
/* otpauth://totp/... as apps read it. */
void totp_uri(const unsigned char secret[TOTP_SECRET], const char *email, struct buf *out);

#endif
