/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_text.h"

#include "base/i18n.h"
#include "base/utf8.h"

enum { SHOWN_BYTES = 60 };

static bool is_plain(struct str s)
{
    if (s.n == 0)
        return true;
    if (s.p[0] <= ' ' || s.p[0] == '\'' || s.p[s.n - 1] <= ' ')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* Ten digits in a row, by the code point of their zero. */
static const uint32_t zeros[] = {0x0660 /* Arabic */, 0x06F0 /* Persian */, 0x0E50 /* Thai */};

/* Code points with a stand-in; 0: left out. */
static const struct {
    uint32_t from, to;
    char c;
} stand_ins[] = {
    {0x00A0, 0x00A0, ' '}, /* no-break space */
    {0x061C, 0x061C, 0},   /* Arabic letter mark */
    {0x060C, 0x060C, ','}, /* Arabic comma */
    {0x066A, 0x066A, '%'}, /* Arabic per cent */
    {0x066B, 0x066B, ARABIC_DECIMAL},
    {0x066C, 0x066C, ARABIC_GROUP},
    {0x2007, 0x2009, ' '},  /* figure, punctuation and thin space */
    {0x200E, 0x200F, 0},    /* marks of direction */
    {0x2019, 0x2019, '\''}, /* typographic apostrophe */
    {0x202A, 0x202E, 0},    /* embeddings and overrides of direction */
    {0x202F, 0x202F, ' '},  /* narrow no-break space */
    {0x2066, 0x2069, 0},    /* isolates of direction */
    {0x2212, 0x2212, '-'},  /* minus sign */
    {0xFEFF, 0xFEFF, 0},    /* byte order mark */
};

static uint32_t decode(const char *p, size_t n)
{
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t c = (unsigned char)p[0] & lead_mask[n];

    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)p[i] & 0x3F);
    return c;
}

/* Writes the code point at p, n bytes long, or what stands in for it; returns how many bytes. */
static size_t put_folded(const char *p, size_t n, char *out)
{
    uint32_t c = decode(p, n);

    for (size_t i = 0; i < TM_COUNT(zeros); i++) {
        if (c >= zeros[i] && c <= zeros[i] + 9) {
            *out = (char)('0' + (c - zeros[i]));
            return 1;
        }
    }
    for (size_t i = 0; i < TM_COUNT(stand_ins); i++) {
        if (c >= stand_ins[i].from && c <= stand_ins[i].to) {
            *out = stand_ins[i].c;
            return stand_ins[i].c != 0;
        }
    }
    memcpy(out, p, n);
    return n;
}

enum err_code parse_clean(struct str s, char memory[PARSE_TEXT_MAX], const char *what,
                          struct str *out_text, struct err *err)
{
    size_t n = 0;

    if (s.n <= PARSE_TEXT_MAX && is_plain(s)) {
        *out_text = s;
        return ERR_OK;
    }
    s = str_trim(s);
    if (s.n > PARSE_TEXT_MAX)
        return parse_refuse(s, what, err);
    for (size_t i = 0; i < s.n;) {
        size_t k = utf8_valid_at(s, i);

        if (k == 0)
            return parse_refuse(s, what, err);
        n += put_folded(s.p + i, k, memory + n);
        i += k;
    }
    s = str_trim((struct str){memory, n});
    if (s.n && s.p[0] == '\'')
        s = str_trim((struct str){s.p + 1, s.n - 1});
    *out_text = s;
    return ERR_OK;
}

bool parse_is_unknown(struct str s)
{
    static const char *const words[] = {"-", "--", "n/a", "null", "(not set)"};

    if (s.n == 0)
        return true;
    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (str_ieqz(s, words[i]))
            return true;
    return false;
}

int parse_shown(struct str s)
{
    size_t n = s.n < SHOWN_BYTES ? s.n : SHOWN_BYTES;

    /* Not within a character. */
    while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return (int)n;
}

enum err_code parse_refuse(struct str s, const char *what, struct err *err)
{
    return err_set(err, ERR_INVALID, "\"%.*s\" is not %s", parse_shown(s), s.p, _(what));
}
