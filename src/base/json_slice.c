/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_slice.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct json_slice *s)
{
    while (s->p < s->end && is_blank(*s->p))
        s->p++;
}

/* From the opening quotation mark to behind the closing one. */
static const char *string_end(const char *p, const char *end)
{
    const char *first = ++p;

    while (p < end && (p = memchr(p, '"', (size_t)(end - p)))) {
        const char *before = p;

        while (before > first && before[-1] == '\\')
            before--;
        if ((p++ - before) % 2 == 0) /* its backslashes stand for themselves */
            return p;
    }
    return end;
}

static const char *container_end(const char *p, const char *end)
{
    int depth = 0;

    while (p < end) {
        if (*p == '"') {
            p = string_end(p, end);
            continue;
        }
        depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
        p++;
        if (depth == 0)
            break;
    }
    return p;
}

static const char *value_end(const char *p, const char *end)
{
    if (*p == '"')
        return string_end(p, end);
    if (*p == '{' || *p == '[')
        return container_end(p, end);
    while (p < end && !is_blank(*p) && *p != ',' && *p != '}' && *p != ']')
        p++;
    return p;
}

struct json_slice json_slice(struct str value)
{
    struct json_slice s = {"", "", false, STR_NONE};

    if (!value.n)
        return s;
    s.p = value.p;
    s.end = value.p + value.n;
    skip_blanks(&s);
    if (s.p == s.end || (*s.p != '{' && *s.p != '[')) {
        s.p = s.end;
        return s;
    }
    s.has_keys = *s.p == '{';
    s.p++;
    return s;
}

bool json_slice_next(struct json_slice *s)
{
    const char *from;

    skip_blanks(s);
    if (s->p < s->end && *s->p == ',') {
        s->p++;
        skip_blanks(s);
    }
    if (s->p >= s->end || *s->p == '}' || *s->p == ']')
        return false;
    if (s->has_keys) {
        s->p = string_end(s->p, s->end);
        skip_blanks(s);
        if (s->p < s->end) /* the colon */
            s->p++;
        skip_blanks(s);
    }
    from = s->p;
    if (from >= s->end)
        return false;
    s->p = value_end(from, s->end);
    s->value = (struct str){from, (size_t)(s->p - from)};
    return true;
}
