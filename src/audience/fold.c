/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/fold.h"

#include <unicode/uchar.h>

enum { FOLD_END = 0x530 };

static void add_letter(struct buf *out, unsigned c)
{
    if (c >= 0x800) {
        buf_addc(out, (char)(0xE0 | c >> 12));
        buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_addc(out, (char)(0x80 | (c & 0x3F)));
    } else if (c >= 0x80) {
        buf_addc(out, (char)(0xC0 | c >> 6));
        buf_addc(out, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_addc(out, (char)c);
    }
}

static unsigned small(unsigned c)
{
    return (unsigned)u_tolower((UChar32)c);
}

void fold_add(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned c = (unsigned char)text.p[i];

        if (c < 0x80) {
            buf_addc(out, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
        } else if ((c & 0xE0) == 0xC0 && i + 1 < text.n) { /* all letters that change */
            c = (c & 0x1F) << 6 | ((unsigned char)text.p[++i] & 0x3F);
            add_letter(out, c < FOLD_END ? small(c) : c);
        } else {
            buf_addc(out, (char)c);
        }
    }
}

void fold_rows(struct buf *out_from, struct buf *out_to)
{
    for (unsigned c = 'A'; c < FOLD_END; c++) {
        if (small(c) == c)
            continue;
        add_letter(out_from, c);
        add_letter(out_to, small(c));
    }
}
