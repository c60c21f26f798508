/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/digits.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* U+2066 to U+2068 open an isolate: 1. U+2069 closes it: -1. */
static int isolate_at(struct str text, size_t i)
{
    if (text.n - i < 3 || memcmp(text.p + i, "\xE2\x81", 2) != 0)
        return 0;
    switch ((unsigned char)text.p[i + 2]) {
    case 0xA6:
    case 0xA7:
    case 0xA8:
        return 1;
    case 0xA9:
        return -1;
    default:
        return 0;
    }
}

/* Bytes of a directive of printf at a '%'; 0: it is none. */
static size_t directive(struct str text, size_t i)
{
    size_t at = i + 1;

    while (at < text.n && (is_digit(text.p[at]) || is_one_of(text.p[at], "$-+#.hlz")))
        at++;
    return at < text.n && is_one_of(text.p[at], "diouxXeEfgGcsp") ? at + 1 - i : 0;
}

/* Bytes from i on that belong together as one word or number. */
static size_t token(struct str text, size_t i, bool *out_plain)
{
    size_t n = 0;

    *out_plain = true;
    for (; i + n < text.n; n++) {
        char c = text.p[i + n];
        bool within = n && i + n + 1 < text.n && is_one_of(c, ".,:/-") &&
                      (is_digit(text.p[i + n + 1]) || is_letter(text.p[i + n + 1]));

        if (!is_digit(c) && !is_letter(c) && !within)
            break;
        *out_plain = *out_plain && (is_digit(c) || c == '.' || c == ',');
    }
    return n;
}

static void add_number(struct buf *out, struct str number)
{
    for (size_t i = 0; i < number.n; i++) {
        if (number.p[i] == ',')
            buf_addz(out, "٬");
        else if (number.p[i] == '.')
            buf_addz(out, "٫");
        else
            buf_addf(out, "\xD9%c", 0xA0 + (number.p[i] - '0')); /* U+0660 to U+0669 */
    }
}

void digits_add_arabic(struct buf *out, struct str text)
{
    bool after_number = false, plain;
    int depth = 0;

    for (size_t i = 0, n; i < text.n; i += n) {
        char c = text.p[i];

        n = 1;
        depth += isolate_at(text, i);
        depth = depth < 0 ? 0 : depth;
        if (depth > 0) {
            buf_addc(out, c);
        } else if (is_digit(c) || is_letter(c)) {
            n = token(text, i, &plain);
            if (plain)
                add_number(out, (struct str){text.p + i, n});
            else
                buf_add(out, text.p + i, n);
            after_number = plain;
            continue;
        } else if (c == '%' && directive(text, i)) {
            n = directive(text, i);
            buf_add(out, text.p + i, n);
        } else if (c == '%' && after_number) {
            n = i + 1 < text.n && text.p[i + 1] == '%' ? 2 : 1;
            buf_addz(out, "٪");
        } else if (c == '%' && i + 1 < text.n && text.p[i + 1] == '%') {
            n = 2;
            buf_addz(out, "%%");
        } else {
            buf_addc(out, c);
        }
        after_number = false;
    }
}
