/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lex.h - the words inside {{ }} and {% %}. */
#ifndef TM_OUTREACH_LIQUID_LEX_H
#define TM_OUTREACH_LIQUID_LEX_H

#include "base/base.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME, /* letters, digits, _ and -, perhaps a ? at the end */
    TOKEN_NUMBER,
    TOKEN_STRING, /* without its quotes */
    TOKEN_COMPARE,
    TOKEN_DOTDOT,
    TOKEN_SIGN, /* one of | . : , [ ] ( ) ? - = */
    TOKEN_WRONG /* what no token begins with; a quote that is not closed */
};

struct token {
    enum token_kind kind;
    struct str text;
    const char *at; /* in the source, with the quote of a string */
};

struct lex {
    const char *p, *end;
    struct token token; /* the present one */
    struct token ahead;
    bool has_ahead;
};

/* The first token is the present one. */
void lex_begin(struct lex *lex, struct str markup);
void lex_next(struct lex *lex);
/* The one after the present. */
struct token lex_peek(struct lex *lex);

/* Each moves on and returns true when the present token is that. */
bool lex_sign(struct lex *lex, char sign);
bool lex_word(struct lex *lex, const char *word);

static inline bool lex_at_sign(const struct lex *lex, char sign)
{
    return lex->token.kind == TOKEN_SIGN && lex->token.text.p[0] == sign;
}

static inline bool lex_at_word(const struct lex *lex, const char *word)
{
    return lex->token.kind == TOKEN_NAME && str_eqz(lex->token.text, word);
}

#endif
