/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/lex.h"

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static size_t name_length(const char *p, const char *end)
{
    const char *q = p;

    while (q < end && is_name_byte(*q))
        q++;
    return (size_t)(q - p) + (q < end && *q == '?');
}

/* -?d+(.d+)? ; the point of "1..3" belongs to the range. */
static size_t number_length(const char *p, const char *end)
{
    const char *q = p + (*p == '-');

    while (q < end && isdigit((unsigned char)*q))
        q++;
    if (end - q > 1 && q[0] == '.' && isdigit((unsigned char)q[1])) {
        q++;
        while (q < end && isdigit((unsigned char)*q))
            q++;
    }
    return (size_t)(q - p);
}

/* == != <> < <= > >= */
static size_t compare_length(const char *p, const char *end)
{
    char next = end - p > 1 ? p[1] : ' ';

    if (*p == '=' || *p == '!')
        return next == '=' ? 2 : 0;
    if (*p == '<')
        return next == '=' || next == '>' ? 2 : 1;
    return *p == '>' ? (next == '=' ? 2 : 1) : 0;
}

static struct token string_token(struct lex *lex)
{
    const char *p = lex->p, *close = memchr(p + 1, *p, (size_t)(lex->end - p - 1));
    struct token token = {TOKEN_WRONG, {p, 1}, p};

    if (close) {
        token.kind = TOKEN_STRING;
        token.text = (struct str){p + 1, (size_t)(close - p - 1)};
        lex->p = close + 1;
    }
    return token;
}

static struct token scan(struct lex *lex)
{
    struct token token = {TOKEN_END, STR_NONE, lex->end};
    const char *p;
    size_t n;

    while (lex->p < lex->end && isspace((unsigned char)*lex->p))
        lex->p++;
    p = lex->p;
    if (p == lex->end)
        return token;
    if (*p == '"' || *p == '\'')
        return string_token(lex);
    if (isdigit((unsigned char)*p) ||
        (*p == '-' && lex->end - p > 1 && isdigit((unsigned char)p[1]))) {
        n = number_length(p, lex->end);
        token.kind = TOKEN_NUMBER;
    } else if (isalpha((unsigned char)*p) || *p == '_') {
        n = name_length(p, lex->end);
        token.kind = str_eqz((struct str){p, n}, "contains") ? TOKEN_COMPARE : TOKEN_NAME;
    } else if ((n = compare_length(p, lex->end)) > 0) {
        token.kind = TOKEN_COMPARE;
    } else if (*p == '.' && lex->end - p > 1 && p[1] == '.') {
        n = 2;
        token.kind = TOKEN_DOTDOT;
    } else {
        n = 1;
        token.kind = strchr("|.:,[]()?-=", *p) && *p ? TOKEN_SIGN : TOKEN_WRONG;
    }
    token.text = (struct str){p, n};
    token.at = p;
    lex->p = p + n;
    return token;
}

void lex_begin(struct lex *lex, struct str markup)
{
    *lex = (struct lex){.p = markup.p, .end = markup.p + markup.n};
    lex->token = scan(lex);
}

void lex_next(struct lex *lex)
{
    lex->token = lex->has_ahead ? lex->ahead : scan(lex);
    lex->has_ahead = false;
}

struct token lex_peek(struct lex *lex)
{
    if (!lex->has_ahead)
        lex->ahead = scan(lex);
    lex->has_ahead = true;
    return lex->ahead;
}

bool lex_sign(struct lex *lex, char sign)
{
    bool here = lex_at_sign(lex, sign);

    if (here)
        lex_next(lex);
    return here;
}

bool lex_word(struct lex *lex, const char *word)
{
    bool here = lex_at_word(lex, word);

    if (here)
        lex_next(lex);
    return here;
}
