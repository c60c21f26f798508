/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/totp.h"

#include "base/timestamp.h"
#include "tap.h"

/* RFC 6238, appendix B: the same seed repeated to the hash's length. */
static void vectors(void)
{
    static const char seed[] = "1234567890123456789012345678901234567890123456789012345678901234";
    static const size_t lengths[] = {20, 32, 64};
    static const struct {
        int64_t at;
        const char *codes[3];
    } rows[] = {
        {59, {"94287082", "46119246", "90693936"}},
        {1111111109, {"07081804", "68084774", "25091201"}},
        {1111111111, {"14050471", "67062674", "99943326"}},
        {1234567890, {"89005924", "91819424", "93441116"}},
        {2000000000, {"69279037", "90698825", "38618901"}},
        {20000000000, {"65353130", "77737706", "47863826"}},
    };
    char code[9];

    for (size_t i = 0; i < TM_COUNT(rows); i++)
        for (int hash = TOTP_SHA1; hash <= TOTP_SHA512; hash++) {
            totp_code((enum totp_hash)hash, (const unsigned char *)seed, lengths[hash],
                      (uint64_t)totp_step(rows[i].at * US_PER_SECOND), 8, code);
            CHECK_STR(code, rows[i].codes[hash]);
        }
}

/* RFC 4226, appendix D. */
static void counters(void)
{
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    char code[9];

    for (size_t i = 0; i < TM_COUNT(codes); i++) {
        totp_code(TOTP_SHA1, (const unsigned char *)"12345678901234567890", 20, i, 6, code);
        CHECK_STR(code, codes[i]);
    }
}

static void nearness(void)
{
    const unsigned char *secret = (const unsigned char *)"12345678901234567890";
    const int64_t now_us = 1234567890 * US_PER_SECOND;
    int64_t step;
    char code[9];

    for (int64_t away = -3; away <= 3; away++) {
        totp_code(TOTP_SHA1, secret, 20, (uint64_t)(totp_step(now_us) + away), 6, code);
        CHECK_MSG(totp_fits(secret, code, now_us, &step) == (away >= -1 && away <= 1),
                  "the number of %d steps away", (int)away);
        if (away >= -1 && away <= 1)
            CHECK_INT(step, totp_step(now_us) + away);
    }
    CHECK(!totp_fits(secret, "", now_us, &step));
    CHECK(!totp_fits(secret, "00592", now_us, &step));
    CHECK(!totp_fits(secret, "0059240", now_us, &step));
}

/* RFC 4648, chapter 10. */
static void letters(void)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "MY"},
                                          {"fo", "MZXQ"},
                                          {"foo", "MZXW6"},
                                          {"foob", "MZXW6YQ"},
                                          {"fooba", "MZXW6YTB"},
                                          {"foobar", "MZXW6YTBOI"}};
    struct buf out = BUF_INIT(256);

    for (size_t i = 0; i < TM_COUNT(rows); i++) {
        buf_reset(&out);
        base32_add(&out, (const unsigned char *)rows[i][0], strlen(rows[i][0]));
        CHECK_STR(buf_cstr(&out), rows[i][1]);
    }
    buf_reset(&out);
    totp_uri((const unsigned char *)"12345678901234567890", "a+b@example.com", &out);
    CHECK_STR(buf_cstr(&out),
              "otpauth://totp/Tidemark:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
              "&issuer=Tidemark&algorithm=SHA1&digits=6&period=30");
    buf_release(&out);
}

int main(void)
{
    vectors();
    counters();
    nearness();
    letters();
    return tap_done();
}
