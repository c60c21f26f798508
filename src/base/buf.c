/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/buf.h"

#include "base/utf8.h"

void buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.limit = b->limit};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = '\0';
}

void *buf_space(struct buf *b, size_t n)
{
    char *at;

    if (b->failed || n > b->limit - b->n) {
        b->failed = true;
        return NULL;
    }
    if (b->n + n + 1 > b->cap) {
        size_t cap = b->cap ? b->cap : 64;

        while (cap < b->n + n + 1)
            cap *= 2;
        b->p = xrealloc(b->p, cap);
        b->cap = cap;
    }
    at = b->p + b->n;
    b->n += n;
    b->p[b->n] = '\0';
    return at;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    void *at = buf_space(b, n);

    if (at && n)
        memcpy(at, p, n);
}

void buf_addz(struct buf *b, const char *z)
{
    buf_add(b, z, strlen(z));
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_adds(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    if (n >= 0) {
        char *at = buf_space(b, (size_t)n);

        /* buf_space() leaves room for the NUL that vsnprintf() writes. */
        if (at)
            vsnprintf(at, (size_t)n + 1, fmt, again);
    } else {
        b->failed = true;
    }
    va_end(again);
    va_end(ap);
}

/* Bytes from there on that JSON takes as they are, without those beyond ASCII.
 */
static size_t plain_run(struct str s, size_t from)
{
    size_t i = from;

    while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7F && s.p[i] != '"' && s.p[i] != '\\')
        i++;
    return i - from;
}

void buf_add_json(struct buf *b, struct str s)
{
    size_t i = 0;

    buf_addc(b, '"');
    while (i < s.n) {
        size_t len = plain_run(s, i);
        unsigned char c;

        buf_add(b, s.p + i, len);
        i += len;
        if (i == s.n)
            break;
        c = (unsigned char)s.p[i];
        if (c >= 0x80) {
            len = utf8_valid_at(s, i);
            if (len)
                buf_add(b, s.p + i, len);
            else
                buf_addz(b, "\xEF\xBF\xBD");
            i += len ? len : 1;
            continue;
        }
        if (c == '"' || c == '\\') {
            buf_addc(b, '\\');
            buf_addc(b, (char)c);
        } else if (c == '\n') {
            buf_addz(b, "\\n");
        } else if (c == '\t') {
            buf_addz(b, "\\t");
        } else if (c == '\r') {
            buf_addz(b, "\\r");
        } else {
            buf_addf(b, "\\u%04x", c);
        }
        i++;
    }
    buf_addc(b, '"');
}

void buf_add_html(struct buf *b, struct str s)
{
    static const char *const entities[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    size_t plain = 0; /* from where nothing was added yet */

    for (size_t i = 0; i < s.n; i++) {
        const char *entity = entities[(unsigned char)s.p[i]];

        if (!entity)
            continue;
        buf_add(b, s.p + plain, i - plain);
        buf_addz(b, entity);
        plain = i + 1;
    }
    if (s.n > plain)
        buf_add(b, s.p + plain, s.n - plain);
}

void buf_add_url(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~')
            buf_addc(b, (char)c);
        else
            buf_addf(b, "%%%02X", c);
    }
}

/* Letters of other scripts need no quotes: every byte of theirs is above 0x7f.
 */
static bool is_plain_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (!isalnum(c) && c < 0x80 && !strchr("_-./+,:@%=", c))
            return false;
    }
    return s.n > 0;
}

void buf_add_shell(struct buf *b, struct str s)
{
    if (is_plain_word(s)) {
        buf_adds(b, s);
        return;
    }
    buf_addc(b, '\'');
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\'')
            buf_addz(b, "'\\''");
        else
            buf_addc(b, s.p[i]);
    buf_addc(b, '\'');
}

static bool looks_numeric(struct str s)
{
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
    bool digit = false;

    for (; i < s.n; i++) {
        if (isdigit((unsigned char)s.p[i]))
            digit = true;
        else if (s.p[i] != '.')
            return false;
    }
    return digit;
}

void buf_add_csv(struct buf *b, struct str s)
{
    bool risky = s.n && strchr("=+-@\t\r", s.p[0]) && !looks_numeric(s);
    bool quote = risky;

    for (size_t i = 0; i < s.n && !quote; i++)
        quote = strchr(",\"\r\n", s.p[i]) != NULL && s.p[i];
    if (!quote) {
        buf_adds(b, s);
        return;
    }
    buf_addc(b, '"');
    if (risky)
        buf_addc(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_addc(b, '"');
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, '"');
}

struct str buf_str(const struct buf *b)
{
    return b->p ? (struct str){b->p, b->n} : STR_NONE;
}

const char *buf_cstr(const struct buf *b)
{
    return b->p ? b->p : "";
}

char *buf_detach(struct buf *b)
{
    char *p = b->p ? b->p : xstrdup("");

    *b = (struct buf){.limit = b->limit};
    return p;
}

enum err_code buf_check(const struct buf *b, struct err *err)
{
    if (b->failed)
        return err_set(err, ERR_TOO_LARGE, "more than %zu bytes were to be collected", b->limit);
    return ERR_OK;
}
