/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/links.h"

#include <sodium.h>

enum { VERSION = 1, NUMBER = 8, BYTES_MAX = LINK_TARGET_MAX + 256 };

static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

struct bytes {
    unsigned char p[BYTES_MAX];
    size_t n;
};

static void add(struct bytes *b, const void *p, size_t n)
{
    assert(b->n + n <= sizeof(b->p));
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static void add_byte(struct bytes *b, size_t value)
{
    add(b, &(unsigned char){(unsigned char)value}, 1);
}

static void add_number(struct bytes *b, int64_t number)
{
    for (int i = NUMBER - 1; i >= 0; i--)
        add_byte(b, (uint64_t)number >> (8 * i) & 0xff);
}

static void add_word(struct bytes *b, const char *word)
{
    add_byte(b, strlen(word));
    add(b, word, strlen(word));
}

/* `purpose` keeps one kind of link from standing in for another. */
static void write_signed(const struct pseudonyms *keys, const char *purpose, struct bytes *b,
                         struct buf *out)
{
    struct pseudonym mark;
    char text[BYTES_MAX * 4 / 3 + 4];

    pseudonym_digest(keys, purpose, (struct str){(const char *)b->p, b->n}, &mark);
    add(b, mark.bytes, sizeof(mark.bytes));
    sodium_bin2base64(text, sizeof(text), b->p, b->n, variant);
    buf_addz(out, text);
}

static bool read_signed(const struct pseudonyms *keys, const char *purpose, struct str token,
                        struct bytes *out)
{
    struct pseudonym mark;

    if (token.n > LINK_MAX ||
        sodium_base642bin(out->p, sizeof(out->p), token.p, token.n, NULL, &out->n, NULL, variant) ||
        out->n < 1 + NUMBER + PSEUDONYM_BYTES)
        return false;
    out->n -= PSEUDONYM_BYTES;
    pseudonym_digest(keys, purpose, (struct str){(const char *)out->p, out->n}, &mark);
    return sodium_memcmp(mark.bytes, out->p + out->n, PSEUDONYM_BYTES) == 0;
}

static int64_t number_at(const unsigned char *p)
{
    uint64_t n = 0;

    for (int i = 0; i < NUMBER; i++)
        n = n << 8 | p[i];
    return (int64_t)n;
}

/* ---- to leave ----------------------------------------------------------------------------- */

void link_leave_write(const struct pseudonyms *keys, const struct link_leave *leave,
                      struct buf *out)
{
    struct bytes b = {.n = 0};

    add_byte(&b, VERSION);
    add_number(&b, leave->message);
    add(&b, leave->who.bytes, sizeof(leave->who.bytes));
    add_word(&b, leave->channel);
    add_word(&b, leave->purpose);
    write_signed(keys, "link to leave", &b, out);
}

static bool word_at(const struct bytes *b, size_t *at, char *out, size_t size)
{
    size_t n = *at < b->n ? b->p[*at] : size;

    if (n >= size || *at + 1 + n > b->n)
        return false;
    memcpy(out, b->p + *at + 1, n);
    out[n] = 0;
    *at += 1 + n;
    return true;
}

bool link_leave_read(const struct pseudonyms *keys, struct str token, struct link_leave *out)
{
    struct link_leave leave;
    struct bytes b;
    size_t at = 1 + NUMBER + PSEUDONYM_BYTES;

    if (!read_signed(keys, "link to leave", token, &b) || b.p[0] != VERSION || b.n < at)
        return false;
    leave.message = number_at(b.p + 1);
    memcpy(leave.who.bytes, b.p + 1 + NUMBER, PSEUDONYM_BYTES);
    if (!word_at(&b, &at, leave.channel, sizeof(leave.channel)) ||
        !word_at(&b, &at, leave.purpose, sizeof(leave.purpose)) || at != b.n)
        return false;
    *out = leave;
    return true;
}

/* ---- to be counted ------------------------------------------------------------------------ */

static bool leads_out(struct str target)
{
    if (!str_starts(target, "https://") && !str_starts(target, "http://"))
        return false;
    for (size_t i = 0; i < target.n; i++)
        if ((unsigned char)target.p[i] <= ' ' || target.p[i] == 0x7f)
            return false;
    return target.n > 10 && target.n <= LINK_TARGET_MAX;
}

bool link_track_write(const struct pseudonyms *keys, enum link_kind kind, int64_t message,
                      struct str target, struct buf *out)
{
    struct bytes b = {.n = 0};

    if (kind == LINK_CLICK && !leads_out(target))
        return false;
    add_byte(&b, VERSION);
    add_number(&b, message);
    add_byte(&b, kind);
    if (kind == LINK_CLICK)
        add(&b, target.p, target.n);
    write_signed(keys, "link to follow", &b, out);
    return true;
}

bool link_track_read(const struct pseudonyms *keys, struct str token, struct link_track *out)
{
    struct bytes b;
    size_t head = 1 + NUMBER + 1;

    if (!read_signed(keys, "link to follow", token, &b) || b.p[0] != VERSION || b.n < head ||
        b.p[head - 1] > LINK_TRAP || b.n - head > LINK_TARGET_MAX)
        return false;
    out->kind = (enum link_kind)b.p[head - 1];
    out->message = number_at(b.p + 1);
    memcpy(out->target, b.p + head, b.n - head);
    out->target[b.n - head] = 0;
    return true;
}
