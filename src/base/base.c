/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/base.h"

static void *checked(void *p, size_t n)
{
    if (!p && n) {
        fprintf(stderr, "tidemark: error: out of memory (%zu bytes)\n", n);
        abort();
    }
    return p;
}

void *xmalloc(size_t n)
{
    return checked(malloc(n ? n : 1), n);
}

void *xcalloc(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1), n * size);
}

void *xrealloc(void *p, size_t n)
{
    return checked(realloc(p, n ? n : 1), n);
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;

    return memcpy(xmalloc(n), s, n);
}

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_ieq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i]))
            return false;
    return true;
}

bool str_ieqz(struct str a, const char *z)
{
    return str_ieq(a, str_of(z));
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

bool str_icontains(struct str s, const char *needle)
{
    size_t n = strlen(needle);

    for (size_t i = 0; i + n <= s.n; i++)
        if ((!n || fold(s.p[i]) == fold(*needle)) &&
            str_ieq((struct str){s.p + i, n}, (struct str){needle, n}))
            return true;
    return false;
}

/* Length of the white space at the start of s, 0 when there is none. */
static size_t space_at(struct str s)
{
    if (s.n >= 1 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
        return 1;
    if (s.n >= 2 && memcmp(s.p, "\xC2\xA0", 2) == 0)
        return 2;
    if (s.n >= 3 && (memcmp(s.p, "\xEF\xBB\xBF", 3) == 0 || memcmp(s.p, "\xE2\x80\xAF", 3) == 0))
        return 3;
    return 0;
}

struct str str_trim(struct str s)
{
    size_t k;

    while ((k = space_at(s)) > 0) {
        s.p += k;
        s.n -= k;
    }
    for (;;) {
        if (s.n >= 1 && space_at((struct str){s.p + s.n - 1, 1}) == 1)
            s.n -= 1;
        else if (s.n >= 2 && space_at((struct str){s.p + s.n - 2, 2}) == 2)
            s.n -= 2;
        else if (s.n >= 3 && space_at((struct str){s.p + s.n - 3, 3}) == 3)
            s.n -= 3;
        else
            return s;
    }
}

uint64_t str_hash(struct str s)
{
    uint64_t h = 14695981039346656037ULL;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
    return h;
}

void free_charp(char **p)
{
    free(*p);
}

void fclose_filep(FILE **f)
{
    if (*f)
        fclose(*f);
}
