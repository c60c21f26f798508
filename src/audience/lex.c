/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/lex.h"

static int peek(const struct lexer *l, size_t ahead)
{
    return l->next + ahead < l->text.n ? (unsigned char)l->text.p[l->next + ahead] : -1;
}

/* Columns count characters, not bytes. */
static void step(struct lexer *l)
{
    int c = peek(l, 0);

    l->next++;
    if (c == '\n') {
        l->at.line++;
        l->at.column = 1;
    } else if ((peek(l, 0) & 0xC0) != 0x80 || peek(l, 0) < 0) {
        l->at.column++;
    }
}

static bool is_word(int c)
{
    return c > 0 && c < 0x80 && (isalnum(c) || c == '_');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct lexer *l)
{
    for (;;) {
        int c = peek(l, 0);

        if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            step(l);
        else if (c == 0xC2 && peek(l, 1) == 0xA0) { /* no-break space, as pages give it */
            step(l);
            step(l);
        } else
            return;
    }
}

static struct token lex_text(struct lexer *l, struct token t, int quote)
{
    size_t from;

    t.quote = (char)quote;
    step(l);
    from = l->next;
    for (;;) {
        int c = peek(l, 0);

        if (c < 0) {
            t.kind = TOKEN_BAD;
            return t;
        }
        if (c == quote && peek(l, 1) != quote)
            break;
        if (c == quote)
            step(l);
        step(l);
    }
    t.kind = TOKEN_TEXT;
    t.text = (struct str){l->text.p + from, l->next - from};
    step(l);
    return t;
}

static bool is_day(const struct lexer *l)
{
    static const char form[] = "dddd-dd-dd";

    for (size_t i = 0; i + 1 < sizeof(form); i++)
        if (form[i] == 'd' ? !is_digit(peek(l, i)) : peek(l, i) != form[i])
            return false;
    return !is_word(peek(l, sizeof(form) - 1));
}

/* Begins with a digit, or a sign in front of one. */
static struct token lex_number(struct lexer *l, struct token t)
{
    size_t from = l->next, letters = 0;
    bool point = false;

    if (is_day(l)) {
        t.kind = TOKEN_DAY;
        for (size_t i = 0; i < 10; i++)
            step(l);
        t.text = (struct str){l->text.p + from, 10};
        return t;
    }
    if (!is_digit(peek(l, 0)))
        step(l);
    while (is_word(peek(l, 0)) || (peek(l, 0) == '.' && is_digit(peek(l, 1)))) {
        point = point || peek(l, 0) == '.';
        letters += !is_digit(peek(l, 0)) && peek(l, 0) != '.';
        step(l);
    }
    t.text = (struct str){l->text.p + from, l->next - from};
    if (letters == 0)
        t.kind = TOKEN_NUMBER;
    else if (memchr(t.text.p, '_', t.text.n))
        t.kind = TOKEN_NAME;
    else
        t.kind = point ? TOKEN_BAD : TOKEN_SPAN;
    return t;
}

static struct token lex_sign(struct lexer *l, struct token t)
{
    int c = peek(l, 0);
    size_t from = l->next, n = 1;

    if ((c == '<' || c == '>' || c == '!') && peek(l, 1) == '=')
        n = 2;
    else if (c == '<' && peek(l, 1) == '>')
        n = 2;
    t.kind = c > 0 && strchr("(),:=<>", c) ? TOKEN_SIGN : n == 2 ? TOKEN_SIGN : TOKEN_BAD;
    while (n--)
        step(l);
    t.text = (struct str){l->text.p + from, l->next - from};
    return t;
}

struct token segment_lex_next(struct lexer *l)
{
    struct token t = {.kind = TOKEN_END};
    int c;

    skip_blanks(l);
    t.at = l->at;
    c = peek(l, 0);
    if (c < 0)
        return t;
    if (c == '\'' || c == '"')
        return lex_text(l, t, c);
    if (is_digit(c) || ((c == '-' || c == '+') && is_digit(peek(l, 1))))
        return lex_number(l, t);
    if (is_word(c)) {
        size_t from = l->next;

        while (is_word(peek(l, 0)) || (peek(l, 0) == '.' && is_word(peek(l, 1))))
            step(l);
        t.kind = TOKEN_NAME;
        t.text = (struct str){l->text.p + from, l->next - from};
        return t;
    }
    return lex_sign(l, t);
}

bool token_is(const struct token *t, const char *word)
{
    return (t->kind == TOKEN_NAME || t->kind == TOKEN_SIGN) && str_ieqz(t->text, word);
}
