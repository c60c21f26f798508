/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_locate.h"

#include "base/utf8.h"

/* Each step takes what it knows at s.p[i], moves i on and tells whether it was well-formed; where
 * it was not, i stands on the offending byte. */
struct walk {
    struct str s;
    size_t i;
};

static char peek(const struct walk *w)
{
    return w->i < w->s.n ? w->s.p[w->i] : '\0';
}

static void skip_blanks(struct walk *w)
{
    while (w->i < w->s.n && strchr(" \t\r\n", w->s.p[w->i]) && w->s.p[w->i])
        w->i++;
}

static bool take(struct walk *w, const char *word)
{
    for (; *word; word++, w->i++)
        if (peek(w) != *word)
            return false;
    return true;
}

static bool take_digits(struct walk *w)
{
    if (!isdigit((unsigned char)peek(w)))
        return false;
    while (isdigit((unsigned char)peek(w)))
        w->i++;
    return true;
}

static bool take_number(struct walk *w)
{
    w->i += peek(w) == '-';
    if (peek(w) == '0')
        w->i++;
    else if (!take_digits(w))
        return false;
    if (peek(w) == '.') {
        w->i++;
        if (!take_digits(w))
            return false;
    }
    if (peek(w) == 'e' || peek(w) == 'E') {
        w->i++;
        w->i += peek(w) == '+' || peek(w) == '-';
        return take_digits(w);
    }
    return true;
}

/* The four digits of \uXXXX. */
static bool take_unit(struct walk *w, unsigned *out_unit)
{
    *out_unit = 0;
    for (int k = 0; k < 4; k++, w->i++) {
        char c = peek(w);

        if (!isxdigit((unsigned char)c))
            return false;
        *out_unit =
            *out_unit * 16 + (unsigned)(isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    return true;
}

/* Halves of surrogate pairs stand for nothing alone, and are refused as the fast parser does. */
static bool take_escape(struct walk *w)
{
    unsigned unit, low;

    w->i++;
    if (!peek(w) || !strchr("\"\\/bfnrtu", peek(w)))
        return false;
    if (w->s.p[w->i++] != 'u')
        return true;
    if (!take_unit(w, &unit))
        return false;
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    return unit < 0xDC00 && take(w, "\\u") && take_unit(w, &low) && low >= 0xDC00 && low <= 0xDFFF;
}

static bool take_string(struct walk *w)
{
    if (peek(w) != '"')
        return false;
    w->i++;
    while (w->i < w->s.n && peek(w) != '"') {
        size_t k = utf8_valid_at(w->s, w->i);

        if (k == 0 || (unsigned char)peek(w) < 0x20)
            return false;
        if (peek(w) != '\\')
            w->i += k;
        else if (!take_escape(w))
            return false;
    }
    return take(w, "\"");
}

static bool take_scalar(struct walk *w)
{
    switch (peek(w)) {
    case '"':
        return take_string(w);
    case 't':
        return take(w, "true");
    case 'f':
        return take(w, "false");
    case 'n':
        return take(w, "null");
    default:
        return take_number(w);
    }
}

static bool take_key(struct walk *w)
{
    skip_blanks(w);
    if (!take_string(w))
        return false;
    skip_blanks(w);
    return take(w, ":");
}

/* One document; the open brackets are the low `depth` bits of `objects`. */
static bool take_document(struct walk *w, int max_depth)
{
    uint64_t objects = 0;
    int depth = 0;

    for (;;) {
        bool opened = false;

        skip_blanks(w);
        if (peek(w) == '{' || peek(w) == '[') {
            if (depth == max_depth)
                return false;
            objects = objects << 1 | (peek(w) == '{');
            depth++;
            w->i++;
            skip_blanks(w);
            opened = peek(w) != (objects & 1 ? '}' : ']');
        } else if (!take_scalar(w)) {
            return false;
        }
        while (!opened && depth > 0) {
            skip_blanks(w);
            if (peek(w) == ',')
                break;
            if (!take(w, objects & 1 ? "}" : "]"))
                return false;
            objects >>= 1;
            depth--;
        }
        if (depth == 0)
            return true;
        if (!opened)
            w->i++; /* the comma */
        if ((objects & 1) && !take_key(w))
            return false;
    }
}

size_t json_locate_error(struct str s, int max_depth)
{
    struct walk w = {.s = s};

    if (!take_document(&w, max_depth))
        return w.i;
    skip_blanks(&w);
    return w.i == s.n ? SIZE_MAX : w.i;
}
