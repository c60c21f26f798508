/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/totp.h"

#include "base/timestamp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

void totp_code(enum totp_hash hash, const unsigned char *secret, size_t n, uint64_t step,
               int digits, char out[9])
{
    static const EVP_MD *(*const kinds[])(void) = {EVP_sha1, EVP_sha256, EVP_sha512};
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned mac_n = 0, at;
    uint32_t number, most = 1;

    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (unsigned char)(step & 0xff);
    HMAC(kinds[hash](), secret, (int)n, counter, sizeof(counter), mac, &mac_n);
    at = mac[mac_n - 1] & 0x0fU;
    number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
             (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    for (int i = 0; i < digits; i++)
        most *= 10;
    snprintf(out, 9, "%0*u", digits, number % most);
    sodium_memzero(mac, sizeof(mac));
}

int64_t totp_step(int64_t at_us)
{
    return at_us / US_PER_SECOND / TOTP_SECONDS;
}

bool totp_fits(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now_us,
               int64_t *out_step)
{
    bool fits = false;
    char right[9];

    if (strlen(code) != TOTP_DIGITS)
        return false;
    for (int64_t step = totp_step(now_us) - 1; step <= totp_step(now_us) + 1; step++) {
        totp_code(TOTP_SHA1, secret, TOTP_SECRET, (uint64_t)step, TOTP_DIGITS, right);
        if (sodium_memcmp(right, code, TOTP_DIGITS) != 0)
            continue;
        fits = true;
        *out_step = step;
    }
    return fits;
}

void base32_add(struct buf *out, const unsigned char *bytes, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < n; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            buf_addc(out, letters[held >> (bits - 5) & 31]);
        held &= (1U << bits) - 1;
    }
    if (bits)
        buf_addc(out, letters[held << (5 - bits) & 31]);
}

static void add_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (isalnum(c) || strchr("-._~", c))
            buf_addc(out, *text);
        else
            buf_addf(out, "%%%02X", c);
    }
}

void totp_uri(const unsigned char secret[TOTP_SECRET], const char *email, struct buf *out)
{
    buf_addz(out, "otpauth://totp/Tidemark:");
    add_escaped(out, email);
    buf_addz(out, "?secret=");
    base32_add(out, secret, TOTP_SECRET);
    buf_addf(out, "&issuer=Tidemark&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_SECONDS);
}
