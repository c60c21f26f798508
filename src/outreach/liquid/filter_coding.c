/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/filter.h"

#include "base/utf8.h"

#include <sodium.h>

FILTER(escape)
{
    (void)args;
    *out = v;
    if (v.type == VALUE_NIL || (v.flags & VALUE_SAFE && r->liquid->kind == LIQUID_HTML))
        return ERR_OK;
    struct str text = filter_text(r, v);

    buf_reset(&r->scratch);
    buf_add_html(&r->scratch, text);
    *out = filter_result(r, filter_own(v));
    out->flags |= VALUE_SAFE;
    return ERR_OK;
}

/* Length of an entity at the text's beginning: &name; or &#123; */
static size_t entity_length(struct str s)
{
    size_t i = 1;

    if (s.n > 1 && s.p[1] == '#') {
        for (i = 2; i < s.n && isdigit((unsigned char)s.p[i]); i++)
            ;
        return i > 2 && i < s.n && s.p[i] == ';' ? i + 1 : 0;
    }
    while (i < s.n && isalpha((unsigned char)s.p[i]))
        i++;
    return i > 1 && i < s.n && s.p[i] == ';' ? i + 1 : 0;
}

FILTER(escape_once)
{
    struct str text = filter_text(r, v);

    (void)args;
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n;) {
        struct str rest = {text.p + i, text.n - i};
        size_t n = rest.p[0] == '&' ? entity_length(rest) : 0;

        if (n)
            buf_add(&r->scratch, rest.p, n);
        else
            buf_add_html(&r->scratch, (struct str){rest.p, 1});
        i += n ? n : 1;
    }
    *out = filter_result(r, filter_own(v));
    out->flags |= VALUE_SAFE;
    return ERR_OK;
}

/* Only the shop's own words are taken as HTML; what came from a person stays
 * text. */
FILTER(raw)
{
    (void)args;
    *out = v;
    if (v.type == VALUE_STRING && v.flags & VALUE_OWN) {
        out->flags |= VALUE_SAFE;
    } else if (r->liquid->strict && r->liquid->kind == LIQUID_HTML && !(v.flags & VALUE_SAFE) &&
               v.type != VALUE_NIL) {
        err_set(r->err, ERR_INVALID, "only the shop's own texts can be written raw");
        err_hint(r->err, "Leave out \"raw\": what people entered is shown as text.");
        return ERR_INVALID;
    }
    return ERR_OK;
}

FILTER(newline_to_br)
{
    struct str text = filter_text(r, v);
    bool html = r->liquid->kind == LIQUID_HTML;

    (void)args;
    if (html && !(v.flags & VALUE_SAFE)) {
        buf_reset(&r->scratch);
        buf_add_html(&r->scratch, text);
        text = arena_str(r->arena, buf_str(&r->scratch));
    }
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
            continue;
        if (text.p[i] == '\n')
            buf_addz(&r->scratch, "<br />\n");
        else
            buf_addc(&r->scratch, text.p[i]);
    }
    *out = filter_result(r, filter_own(v));
    out->flags |= html ? VALUE_SAFE : 0;
    return ERR_OK;
}

/* Bytes from there on that an address takes as they are. */
static size_t plain_run(struct str s, size_t from)
{
    size_t i = from;

    while (i < s.n && (isalnum((unsigned char)s.p[i]) || (s.p[i] && strchr("-._~", s.p[i]))))
        i++;
    return i - from;
}

/* As forms write it: a blank as "+", everything but letters, digits and -._~ by
 * number. */
FILTER(url_encode)
{
    struct str text = filter_text(r, v);

    (void)args;
    *out = v;
    if (v.type == VALUE_NIL)
        return ERR_OK;
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n;) {
        size_t n = plain_run(text, i);

        buf_add(&r->scratch, text.p + i, n);
        i += n;
        if (i == text.n)
            break;
        if (text.p[i] == ' ')
            buf_addc(&r->scratch, '+');
        else
            buf_addf(&r->scratch, "%%%02X", (unsigned char)text.p[i]);
        i++;
    }
    *out = filter_result(r, true); /* nothing is left in it that could be markup */
    return ERR_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

FILTER(url_decode)
{
    struct str text = filter_text(r, v);

    (void)args;
    *out = v;
    if (v.type == VALUE_NIL)
        return ERR_OK;
    buf_reset(&r->scratch);
    for (size_t i = 0; i < text.n; i++) {
        int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
        int low = i + 2 < text.n ? hex_digit(text.p[i + 2]) : -1;

        if (text.p[i] == '%' && high >= 0 && low >= 0) {
            buf_addc(&r->scratch, (char)(high * 16 + low));
            i += 2;
        } else {
            buf_addc(&r->scratch, text.p[i] == '+' ? ' ' : text.p[i]);
        }
    }
    if (utf8_first_invalid(buf_str(&r->scratch)) != r->scratch.n)
        return err_set(r->err, ERR_INVALID, "what was decoded is no text");
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

static enum err_code encode(struct render *r, struct value v, int variant, struct value *out)
{
    struct str text = filter_text(r, v);
    size_t n = sodium_base64_encoded_len(text.n, variant);
    char *to;

    buf_reset(&r->scratch);
    to = buf_space(&r->scratch, n);
    if (!to)
        return ERR_OK; /* call_filter() reports it */
    sodium_bin2base64(to, n, (const unsigned char *)text.p, text.n, variant);
    r->scratch.n--; /* its NUL */
    *out = filter_result(r, true);
    return ERR_OK;
}

static enum err_code decode(struct render *r, struct value v, int variant, int variant_else,
                            struct value *out)
{
    struct str text = filter_text(r, v);
    size_t n = 0;
    unsigned char *to;

    buf_reset(&r->scratch);
    to = buf_space(&r->scratch, text.n + 1);
    if (!to)
        return ERR_OK;
    if ((sodium_base642bin(to, text.n + 1, text.p, text.n, " \r\n", &n, NULL, variant) != 0 &&
         sodium_base642bin(to, text.n + 1, text.p, text.n, " \r\n", &n, NULL, variant_else) != 0) ||
        utf8_first_invalid((struct str){(const char *)to, n}) != n)
        return err_set(r->err, ERR_INVALID, "this is no text in Base64");
    r->scratch.n = n;
    *out = filter_result(r, filter_own(v));
    return ERR_OK;
}

FILTER(base64_encode)
{
    (void)args;
    return encode(r, v, sodium_base64_VARIANT_ORIGINAL, out);
}

FILTER(base64_url_safe_encode)
{
    (void)args;
    return encode(r, v, sodium_base64_VARIANT_URLSAFE, out);
}

FILTER(base64_decode)
{
    (void)args;
    return decode(r, v, sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL, out);
}

FILTER(base64_url_safe_decode)
{
    (void)args;
    return decode(r, v, sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING,
                  out);
}
