/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/filter.h"

#include "outreach/liquid/number.h"

#include <unicode/ucasemap.h>

static const char blanks[] = " \t\r\n\v\f";

static bool is_blank(char c)
{
    return c && strchr(blanks, c);
}

/* A part of a text that stays where it is. */
static struct value part(struct str s, bool own)
{
    struct value v = value_str(s);

    v.flags = own ? VALUE_OWN : 0;
    return v;
}

/* Two texts in HTML of which one is safe: the other is escaped, so that the whole is. */
static void glue(struct render *r, struct value v, struct str text, bool safe)
{
    if (safe && !(v.flags & VALUE_SAFE))
        buf_add_html(&r->scratch, text);
    else
        buf_adds(&r->scratch, text);
}

static enum err_code join_two(struct render *r, struct value a, struct value b, struct value *out)
{
    struct str left = filter_text(r, a), right = filter_text(r, b);
    bool safe = r->liquid->kind == LIQUID_HTML && ((a.flags | b.flags) & VALUE_SAFE);

    buf_reset(&r->scratch);
    glue(r, a, left, safe);
    glue(r, b, right, safe);
    *out = filter_result(r, filter_own(a) && filter_own(b));
    out->flags |= safe ? VALUE_SAFE : 0;
    return ERR_OK;
}

FILTER(append)
{
    return join_two(r, v, args->at[0], out);
}

FILTER(prepend)
{
    return join_two(r, args->at[0], v, out);
}

enum letters { LOWER, UPPER };

/* By ICU, without a language of its own: Unicode's default mapping, as Ruby's. */
static void add_case(struct render *r, struct str text, enum letters letters)
{
    static _Thread_local UCaseMap *map;
    UErrorCode status = U_ZERO_ERROR;
    char *to;
    int32_t n;
    size_t room = text.n * 3 + 16; /* no letter grows beyond three times its bytes */

    if (!map)
        map = ucasemap_open("", 0, &status);
    to = buf_space(&r->scratch, room);
    if (!to || U_FAILURE(status))
        return;
    r->scratch.n -= room;
    n = (letters == LOWER ? ucasemap_utf8ToLower : ucasemap_utf8ToUpper)(
        map, to, (int32_t)room, text.p, (int32_t)text.n, &status);
    if (U_SUCCESS(status))
        r->scratch.n += (size_t)n;
}

static size_t char_length(struct str s, size_t at)
{
    size_t n = 1;

    while (at + n < s.n && ((unsigned char)s.p[at + n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Where the n-th character begins; the end when there are fewer. */
static size_t char_offset(struct str s, int64_t n)
{
    size_t at = 0;

    for (; n > 0 && at < s.n; n--)
        at += char_length(s, at);
    return at;
}

static int64_t char_count(struct str s)
{
    struct value n;

    filter_count(value_str(s), &n);
    return n.i;
}

FILTER(downcase)
{
    struct str text = filter_text(r, v);

    (void)args;
    buf_reset(&r->scratch);
    add_case(r, text, LOWER);
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

FILTER(upcase)
{
    struct str text = filter_text(r, v);

    (void)args;
    buf_reset(&r->scratch);
    add_case(r, text, UPPER);
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

FILTER(capitalize)
{
    struct str text = filter_text(r, v);
    size_t first = text.n ? char_length(text, 0) : 0;

    (void)args;
    buf_reset(&r->scratch);
    add_case(r, (struct str){text.p, first}, UPPER);
    add_case(r, (struct str){text.p + first, text.n - first}, LOWER);
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

static struct str strip_sides(struct str s, bool left, bool right)
{
    while (left && s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (right && s.n && (is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\0'))
        s.n--;
    return s;
}

FILTER(strip)
{
    (void)args;
    *out = part(strip_sides(filter_text(r, v), true, true), filter_own(v));
    return ERR_OK;
}

FILTER(lstrip)
{
    (void)args;
    *out = part(strip_sides(filter_text(r, v), true, false), filter_own(v));
    return ERR_OK;
}

FILTER(rstrip)
{
    (void)args;
    *out = part(strip_sides(filter_text(r, v), false, true), filter_own(v));
    return ERR_OK;
}

FILTER(squish)
{
    struct str text = strip_sides(filter_text(r, v), true, true);

    (void)args;
    *out = v;
    if (v.type == VALUE_NIL)
        return ERR_OK;
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n; i++) {
        if (!is_blank(text.p[i]))
            buf_addc(&r->scratch, text.p[i]);
        else if (!is_blank(text.p[i + 1])) /* it ends in no blank */
            buf_addc(&r->scratch, ' ');
    }
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

FILTER(strip_newlines)
{
    struct str text = filter_text(r, v);

    (void)args;
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\n' && !(text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n'))
            buf_addc(&r->scratch, text.p[i]);
    }
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

/* Behind a block of a script, style or comment, or a tag, that begins here; 0 when none does. */
static size_t html_length(struct str s, bool blocks)
{
    static const char *const ends[][2] = {
        {"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"}, {"<", ">"}};

    for (size_t i = blocks ? 0 : 3; i < (blocks ? 3 : TM_COUNT(ends)); i++) {
        size_t begin = strlen(ends[i][0]), end = strlen(ends[i][1]);
        const char *found;

        if (!str_starts(s, ends[i][0]))
            continue;
        found = memmem(s.p + begin, s.n - begin, ends[i][1], end);
        if (found)
            return (size_t)(found - s.p) + end;
    }
    return 0;
}

static void add_without_html(struct buf *out, struct str s, bool blocks)
{
    bool more = true; /* what ends a tag: looked for no further once there is none */

    for (size_t i = 0; i < s.n;) {
        size_t n = 0;

        if (s.p[i] == '<' && more) {
            n = html_length((struct str){s.p + i, s.n - i}, blocks);
            more = n || blocks || memchr(s.p + i, '>', s.n - i);
        }
        if (!n)
            buf_addc(out, s.p[i]);
        i += n ? n : 1;
    }
}

FILTER(strip_html)
{
    struct str text = filter_text(r, v);

    (void)args;
    TRY(render_step(r, text.n / 64));
    buf_reset(&r->scratch);
    add_without_html(&r->scratch, text, true);
    text = arena_str(r->arena, buf_str(&r->scratch));
    buf_reset(&r->scratch);
    add_without_html(&r->scratch, text, false);
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

enum which { ALL, FIRST, LAST };

/* The text with one or all places where `what` stands replaced. "" stands before every character
 * and at the end. */
static void add_replaced(struct buf *out, struct str text, struct str what, struct str with,
                         enum which which)
{
    size_t i = 0, last = SIZE_MAX;

    for (size_t at = text.n - what.n; which == LAST && what.n <= text.n; at--) {
        if (what.n == 0 || memcmp(text.p + at, what.p, what.n) == 0) {
            last = at;
            break;
        }
        if (at == 0)
            break;
    }
    while (i <= text.n) {
        bool here = what.n <= text.n - i &&
                    (what.n == 0 || memcmp(text.p + i, what.p, what.n) == 0) &&
                    (which != LAST || i == last);
        size_t n = i < text.n ? char_length(text, i) : 0;

        if (here) {
            buf_adds(out, with);
            i += what.n;
            if (which != ALL) {
                buf_add(out, text.p + i, text.n - i);
                return;
            }
            if (what.n)
                continue;
        }
        if (!n)
            return;
        buf_add(out, text.p + i, n);
        i += n;
    }
}

static enum err_code replace(struct render *r, struct value v, const struct filter_args *args,
                             enum which which, struct value *out)
{
    struct str text = filter_text(r, v), what = filter_arg(r, args, 0, "");
    struct str with = filter_arg(r, args, 1, "");

    TRY(render_step(r, text.n / 64));
    buf_reset(&r->scratch);
    add_replaced(&r->scratch, text, what, with, which);
    *out = filter_result(r, filter_all_own(v, args));
    return ERR_OK;
}

FILTER(replace)
{
    return replace(r, v, args, ALL, out);
}

FILTER(replace_first)
{
    return replace(r, v, args, FIRST, out);
}

FILTER(replace_last)
{
    return replace(r, v, args, LAST, out);
}

FILTER(remove)
{
    return replace(r, v, args, ALL, out);
}

FILTER(remove_first)
{
    return replace(r, v, args, FIRST, out);
}

FILTER(remove_last)
{
    return replace(r, v, args, LAST, out);
}

static enum err_code whole_arg(struct render *r, const struct filter_args *args, size_t i,
                               int64_t fallback, int64_t *out_n)
{
    *out_n = fallback;
    return i < args->n ? number_whole(args->at[i], out_n, r->err) : ERR_OK;
}

FILTER(slice)
{
    struct str text = v.type == VALUE_ARRAY ? STR_NONE : filter_text(r, v);
    int64_t n = v.type == VALUE_ARRAY ? (int64_t)v.n : char_count(text), from, length;

    TRY(whole_arg(r, args, 0, 0, &from));
    if (args->n > 1 && args->at[1].type == VALUE_NIL)
        length = 1;
    else
        TRY(whole_arg(r, args, 1, 1, &length));
    if (from < 0)
        from += n;
    if (from < 0 || from > n || length < 0)
        from = length = 0;
    if (length > n - from)
        length = n - from;
    if (v.type == VALUE_ARRAY) {
        *out = value_array(v.items + from, (size_t)length);
        return ERR_OK;
    }
    size_t begin = char_offset(text, from);
    struct str rest = {text.p + begin, text.n - begin};

    *out = part((struct str){rest.p, char_offset(rest, length)}, filter_own(v));
    return ERR_OK;
}

FILTER(truncate)
{
    struct str text = filter_text(r, v), end = filter_arg(r, args, 1, "...");
    int64_t length, keep;

    *out = v;
    if (v.type == VALUE_NIL)
        return ERR_OK;
    TRY(whole_arg(r, args, 0, 50, &length));
    *out = part(text, filter_own(v));
    if (char_count(text) <= length)
        return ERR_OK;
    keep = length - char_count(end);
    buf_reset(&r->scratch);
    buf_add(&r->scratch, text.p, char_offset(text, keep > 0 ? keep : 0));
    buf_adds(&r->scratch, end);
    *out = filter_result(r, filter_all_own(v, args));
    return ERR_OK;
}

/* The next word from *at on; false when there is none. */
static bool next_word(struct str text, size_t *at, struct str *out)
{
    while (*at < text.n && is_blank(text.p[*at]))
        ++*at;
    *out = (struct str){text.p + *at, 0};
    while (*at < text.n && !is_blank(text.p[*at])) {
        ++*at;
        out->n++;
    }
    return out->n > 0;
}

FILTER(truncatewords)
{
    struct str text = filter_text(r, v), end = filter_arg(r, args, 1, "..."), word;
    int64_t words;
    size_t at = 0;

    *out = v;
    if (v.type == VALUE_NIL)
        return ERR_OK;
    TRY(whole_arg(r, args, 0, 15, &words));
    words = words > 0 ? words : 1;
    *out = part(text, filter_own(v));
    buf_reset(&r->scratch);
    for (int64_t i = 0; i < words; i++) {
        if (!next_word(text, &at, &word))
            return ERR_OK;
        buf_addz(&r->scratch, i ? " " : "");
        buf_adds(&r->scratch, word);
    }
    if (!next_word(text, &at, &word))
        return ERR_OK;
    buf_adds(&r->scratch, end);
    *out = filter_result(r, filter_all_own(v, args));
    return ERR_OK;
}

/* The next piece of a text that is split; false behind the last. */
static bool next_piece(struct str text, struct str by, size_t *at, struct str *out)
{
    const char *found;

    if (str_eqz(by, " "))
        return next_word(text, at, out);
    if (*at > text.n || text.n == 0 || (by.n == 0 && *at == text.n))
        return false;
    *out = (struct str){text.p + *at, text.n - *at};
    if (by.n == 0) {
        out->n = char_length(text, *at);
        *at += out->n;
        return true;
    }
    found = memmem(out->p, out->n, by.p, by.n);
    if (found)
        out->n = (size_t)(found - out->p);
    *at += out->n + by.n;
    return true;
}

/* Without the empty pieces at the end, as Ruby does it. */
FILTER(split)
{
    struct str text = filter_text(r, v), by = filter_arg(r, args, 0, ""), piece;
    size_t n = 0, kept = 0, at = 0;
    struct value *items;

    TRY(render_step(r, text.n / 64));
    while (next_piece(text, by, &at, &piece)) {
        n++;
        if (piece.n)
            kept = n;
    }
    items = arena_alloc(r->arena, kept * sizeof(*items));
    TRY(render_room(r));
    at = 0;
    for (size_t i = 0; i < kept && next_piece(text, by, &at, &piece); i++)
        items[i] = part(piece, filter_own(v));
    *out = value_array(items, kept);
    return ERR_OK;
}
