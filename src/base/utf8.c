/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/utf8.h"

static bool continues(struct str s, size_t from, size_t count)
{
    if (from + count > s.n)
        return false;
    for (size_t i = from; i < from + count; i++)
        if (((unsigned char)s.p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

size_t utf8_valid_at(struct str s, size_t i)
{
    unsigned char a, b;

    if (i >= s.n)
        return 0;
    a = (unsigned char)s.p[i];
    if (a < 0x80)
        return 1;
    if (a < 0xC2 || a > 0xF4)
        return 0;
    if (a < 0xE0)
        return continues(s, i + 1, 1) ? 2 : 0;
    if (i + 1 >= s.n)
        return 0;
    b = (unsigned char)s.p[i + 1];
    if (a < 0xF0) {
        if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F))
            return 0;
        return continues(s, i + 1, 2) ? 3 : 0;
    }
    if ((a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F))
        return 0;
    return continues(s, i + 1, 3) ? 4 : 0;
}

size_t utf8_first_invalid(struct str s)
{
    size_t i = 0;

    while (i < s.n) {
        uint64_t eight;
        size_t k;

        /* Most text is ASCII: eight bytes at a time. */
        if (i + 8 <= s.n) {
            memcpy(&eight, s.p + i, 8);
            if (!(eight & 0x8080808080808080ULL)) {
                i += 8;
                continue;
            }
        }
        k = utf8_valid_at(s, i);
        if (!k)
            return i;
        i += k;
    }
    return i;
}
