/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/token.h"

#include <sodium.h>

enum { NUMBER = 8, BYTES = NUMBER + PSEUDONYM_BYTES, LETTERS = (BYTES * 8 + 4) / 5 };
static_assert(MAIL_TOKEN == LETTERS + 2, "the length that the header tells");

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

static void fill(const struct pseudonyms *keys, unsigned char bytes[static BYTES])
{
    struct pseudonym mark;

    pseudonym_digest(keys, "return path", (struct str){(const char *)bytes, NUMBER}, &mark);
    memcpy(bytes + NUMBER, mark.bytes, PSEUDONYM_BYTES);
}

void mail_token_write(const struct pseudonyms *keys, int64_t outbox_id, char *out)
{
    unsigned char bytes[BYTES + 1] = {0}; /* one more: the last letter looks beyond */

    for (int i = 0; i < NUMBER; i++)
        bytes[i] = (unsigned char)((uint64_t)outbox_id >> (8 * (NUMBER - 1 - i)) & 0xff);
    fill(keys, bytes);
    memcpy(out, "b-", 2);
    for (size_t i = 0; i < LETTERS; i++) {
        unsigned pair = (unsigned)bytes[i * 5 / 8] << 8 | bytes[i * 5 / 8 + 1];

        out[2 + i] = letters[pair >> (11 - i * 5 % 8) & 31];
    }
    out[MAIL_TOKEN] = 0;
}

static int value_of(char c)
{
    const char *at = c ? strchr(letters, tolower((unsigned char)c)) : NULL;

    return at ? (int)(at - letters) : -1;
}

static bool read_at(const struct pseudonyms *keys, const char *p, int64_t *out_outbox_id)
{
    unsigned char bytes[BYTES + 1] = {0}, want[BYTES];
    uint64_t number = 0;

    for (size_t i = 0; i < LETTERS; i++) {
        int value = value_of(p[i]);
        unsigned pair;

        if (value < 0)
            return false;
        pair = (unsigned)value << (11 - i * 5 % 8);
        bytes[i * 5 / 8] |= (unsigned char)(pair >> 8);
        bytes[i * 5 / 8 + 1] |= (unsigned char)(pair & 0xff);
    }
    memcpy(want, bytes, NUMBER);
    fill(keys, want);
    if (sodium_memcmp(bytes + NUMBER, want + NUMBER, PSEUDONYM_BYTES) != 0)
        return false;
    for (int i = 0; i < NUMBER; i++)
        number = number << 8 | bytes[i];
    *out_outbox_id = (int64_t)number;
    return true;
}

bool mail_token_find(const struct pseudonyms *keys, struct str text, int64_t *out_outbox_id)
{
    for (size_t i = 0; i + MAIL_TOKEN <= text.n; i++)
        if ((text.p[i] == 'b' || text.p[i] == 'B') && text.p[i + 1] == '-' &&
            read_at(keys, text.p + i + 2, out_outbox_id))
            return true;
    return false;
}
