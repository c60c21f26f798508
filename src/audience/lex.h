/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lex.h - a segment's text in tokens; inside of src/audience only. */
#ifndef TM_AUDIENCE_LEX_H
#define TM_AUDIENCE_LEX_H

#include "audience/tree.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,   /* letters, digits, _ and points: also 30_days_ago */
    TOKEN_TEXT,   /* between quotation marks; `text` without them, doubled ones still doubled */
    TOKEN_NUMBER, /* -12.50 */
    TOKEN_DAY,    /* 2026-11-22 */
    TOKEN_SPAN,   /* -4w, +30d, 2h: sign, number, unit */
    TOKEN_SIGN,   /* ( ) , : = != < <= > >= */
    TOKEN_BAD
};

struct token {
    enum token_kind kind;
    struct str text;
    char quote; /* of TOKEN_TEXT */
    struct place at;
};

struct lexer {
    struct str text;
    size_t next;
    struct place at;
};

/* TOKEN_BAD: no sign of the language, or a text without an end. */
struct token segment_lex_next(struct lexer *l);
bool token_is(const struct token *t, const char *word); /* a name or a sign; ASCII case aside */

#endif
