/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/csv_scan.h"

#include <endian.h>

#define EACH_BYTE 0x0101010101010101ULL
#define HIGH_BITS 0x8080808080808080ULL

/* The high bit of the lowest byte of w that equals c (and of some above it). */
static inline uint64_t find_byte(uint64_t w, char c)
{
    uint64_t x = w ^ (EACH_BYTE * (unsigned char)c);

    return (x - EACH_BYTE) & ~x & HIGH_BITS;
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Where an unquoted cell ends: at a delimiter or line end, or `end`. */
static inline const char *cell_end(const char *p, const char *end, char d)
{
    for (; end - p >= 8; p += 8) {
        uint64_t w, hit;

        memcpy(&w, p, 8);
        w = le64toh(w);
        hit = find_byte(w, d) | find_byte(w, '\n') | find_byte(w, '\r');
        if (d == CSV_BLANKS)
            hit |= find_byte(w, '\t');
        if (hit)
            return p + __builtin_ctzll(hit) / 8;
    }
    while (p < end && *p != d && *p != '\n' && *p != '\r' && !(d == CSV_BLANKS && *p == '\t'))
        p++;
    return p;
}

/* Ends a scan that has to be repeated with more text. */
static enum csv_found part(struct csv_scan *s, const char *cell, const char *end)
{
    if ((size_t)(end - cell) > s->longest)
        s->longest = (size_t)(end - cell);
    return CSV_FOUND_PART;
}

/* A cell whose quote is at p; where it ends, or NULL when the text ends before. */
static const char *scan_quoted(struct csv_scan *s, const char *p, const char *end, bool last,
                               char d)
{
    const char *close = p + 1, *stop;
    bool mend = false;

    s->quoted = true;
    for (;;) {
        close = memchr(close, '"', (size_t)(end - close));
        if (!close) {
            s->open_quote = p;
            return NULL;
        }
        if (close + 1 == end || close[1] != '"')
            break;
        mend = true;
        close += 2;
    }
    stop = cell_end(close + 1, end, d);
    if (stop == end && !last)
        return NULL;
    mend = mend || stop > close + 1;
    if (mend)
        s->mend[s->mend_count++] = (uint16_t)s->n;
    s->cells[s->n] =
        mend ? (struct str){p, (size_t)(stop - p)} : (struct str){p + 1, (size_t)(close - p - 1)};
    return stop;
}

/* The row ends at p: with a line end of up to two bytes, or with the text. */
static enum csv_found end_row(struct csv_scan *s, const char *at, const char *p, const char *end,
                              bool last)
{
    size_t ending = p < end;

    if (p < end && *p == '\r') {
        if (p + 1 == end && !last)
            return part(s, p, end);
        if (p + 1 < end && p[1] == '\n')
            ending = 2;
    }
    s->size = (size_t)(p - at) + ending;
    s->line_ends = s->quoted ? csv_line_ends(at, s->size) : ending > 0;
    return CSV_FOUND_ROW;
}

enum csv_found csv_scan_row(struct csv_scan *s, const char *at, const char *end, bool last, char d)
{
    const char *p = at;

    s->n = s->longest = s->mend_count = 0;
    s->open_quote = NULL;
    s->quoted = false;
    while (d == CSV_BLANKS && p < end && is_blank(*p))
        p++;
    if (p == end)
        return !last ? CSV_FOUND_PART : p == at ? CSV_FOUND_END : end_row(s, at, p, end, last);
    if (*p == '\n' || *p == '\r')
        return end_row(s, at, p, end, last);
    for (;;) {
        const char *stop;

        if (s->n == CSV_COLUMNS_MAX)
            return CSV_FOUND_TOO_MANY;
        if (p < end && *p == '"') {
            stop = scan_quoted(s, p, end, last, d);
            if (!stop)
                return part(s, p, end);
        } else {
            stop = cell_end(p, end, d);
            if (stop == end && !last)
                return part(s, p, end);
            s->cells[s->n] = (struct str){p, (size_t)(stop - p)};
        }
        if (s->cells[s->n].n > s->longest)
            s->longest = s->cells[s->n].n;
        s->n++;
        p = stop;
        if (p < end && *p != '\n' && *p != '\r')
            p++;
        else
            return end_row(s, at, p, end, last);
        if (d != CSV_BLANKS)
            continue;
        while (p < end && is_blank(*p))
            p++;
        if (p == end && !last)
            return CSV_FOUND_PART;
        if (p == end || *p == '\n' || *p == '\r')
            return end_row(s, at, p, end, last);
    }
}

void csv_scan_unquote(struct csv_scan *s)
{
    for (size_t i = 0; i < s->mend_count; i++) {
        struct str *cell = &s->cells[s->mend[i]];
        char *out = (char *)cell->p;
        const char *p = cell->p + 1, *end = cell->p + cell->n;

        while (p < end && (*p != '"' || (p + 1 < end && p[1] == '"'))) {
            p += *p == '"';
            *out++ = *p++;
        }
        if (p < end)
            p++; /* the closing quote; what follows it is kept as it is */
        memmove(out, p, (size_t)(end - p));
        cell->n = (size_t)(out - cell->p) + (size_t)(end - p);
    }
}

int64_t csv_line_ends(const char *p, size_t n)
{
    const char *end = p + n;
    int64_t count = 0;

    for (; p < end; p++)
        count += *p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'));
    return count;
}
