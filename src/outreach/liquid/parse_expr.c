/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/parse.h"

#include "outreach/liquid/filter.h"

enum { NUMBER_LENGTH_MAX = 40 };

enum err_code parse_expected(struct parser *p, const char *what)
{
    struct token token = p->lex.token;

    p->at = parse_spot(p, token.at);
    if (token.kind == TOKEN_END)
        return err_set(p->err, ERR_INVALID, "%s is missing here", what);
    err_set(p->err, ERR_INVALID, "%s was expected, not %.*s", what,
            (int)(token.text.n < 40 ? token.text.n : 40), token.text.p);
    if (token.kind == TOKEN_WRONG && (token.text.p[0] == '"' || token.text.p[0] == '\''))
        err_hint(p->err, "Close the text with the same quote that it began with.");
    return ERR_INVALID;
}

enum err_code parse_end(struct parser *p)
{
    return p->lex.token.kind == TOKEN_END ? ERR_OK : parse_expected(p, _("the end of the tag"));
}

enum err_code parse_name(struct parser *p, struct str *out_name)
{
    if (p->lex.token.kind != TOKEN_NAME)
        return parse_expected(p, _("a name"));
    *out_name = p->lex.token.text;
    lex_next(&p->lex);
    return ERR_OK;
}

static enum err_code sign(struct parser *p, char which)
{
    char text[2] = {which, '\0'};

    return lex_sign(&p->lex, which) ? ERR_OK : parse_expected(p, text);
}

static enum err_code number(struct parser *p, struct value *out)
{
    struct str s = p->lex.token.text;
    char text[NUMBER_LENGTH_MAX];

    if (s.n >= sizeof(text))
        return parse_expected(p, _("a shorter number"));
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    errno = 0;
    if (strchr(text, '.'))
        *out = value_float(strtod(text, NULL));
    else
        *out = value_int(strtoll(text, NULL, 10));
    if (errno)
        return parse_expected(p, _("a shorter number"));
    lex_next(&p->lex);
    return ERR_OK;
}

/* nil, true and so on; false when the word is a variable's name. */
static bool word_value(struct str word, struct value *out)
{
    static const struct {
        const char *word;
        struct value value;
    } words[] = {
        {"nil", {.type = VALUE_NIL}},
        {"null", {.type = VALUE_NIL}},
        {"true", {.type = VALUE_BOOL, .b = true}},
        {"false", {.type = VALUE_BOOL, .b = false}},
        {"empty", {.type = VALUE_EMPTY}},
        {"blank", {.type = VALUE_BLANK}},
    };

    for (size_t i = 0; i < TM_COUNT(words); i++) {
        if (str_eqz(word, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

/* .name and [expr], as many as there are. */
static enum err_code path(struct parser *p, struct lookup **out_path)
{
    struct lookup **tail = out_path;

    while (lex_at_sign(&p->lex, '.') || lex_at_sign(&p->lex, '[')) {
        struct lookup *lookup = parse_alloc(p, sizeof(*lookup));

        if (!lookup)
            break;
        if (lex_sign(&p->lex, '.')) {
            if (p->lex.token.kind == TOKEN_COMPARE && p->lex.token.text.n > 2) /* x.contains */
                p->lex.token.kind = TOKEN_NAME;
            TRY(parse_name(p, &lookup->name));
            lookup->hash = str_hash(lookup->name);
        } else {
            lex_next(&p->lex);
            TRY(parse_expr(p, &lookup->key));
            TRY(sign(p, ']'));
        }
        *tail = lookup;
        tail = &lookup->next;
    }
    return ERR_OK;
}

/* A variable: `expr` is set to it. */
static enum err_code name_expr(struct parser *p, struct expr *expr)
{
    struct liquid *liquid = p->liquid;
    struct str name = p->lex.token.text;

    lex_next(&p->lex);
    if (!lex_at_sign(&p->lex, '.') && !lex_at_sign(&p->lex, '[') && word_value(name, &expr->value))
        return ERR_OK;
    expr->kind = EXPR_NAME;
    expr->slot = liquid_slot(liquid, name, str_hash(name));
    if (!liquid->slots[expr->slot].set && !liquid->slots[expr->slot].read) {
        liquid->slots[expr->slot].read = true;
        liquid->slots[expr->slot].first = expr->at;
    }
    return path(p, &expr->path);
}

static enum err_code range_expr(struct parser *p, struct expr *expr)
{
    expr->kind = EXPR_RANGE;
    lex_next(&p->lex);
    TRY(parse_expr(p, &expr->a));
    if (p->lex.token.kind != TOKEN_DOTDOT)
        return parse_expected(p, "..");
    lex_next(&p->lex);
    TRY(parse_expr(p, &expr->b));
    return sign(p, ')');
}

static enum err_code expr_of_kind(struct parser *p, struct expr *expr)
{
    struct token token = p->lex.token;

    switch (token.kind) {
    case TOKEN_STRING:
        expr->value = value_str(token.text);
        expr->value.flags = VALUE_OWN;
        lex_next(&p->lex);
        return ERR_OK;
    case TOKEN_NUMBER:
        return number(p, &expr->value);
    case TOKEN_NAME:
        return name_expr(p, expr);
    case TOKEN_SIGN:
        if (token.text.p[0] == '(')
            return range_expr(p, expr);
        if (token.text.p[0] == '[') {
            expr->kind = EXPR_DYNAMIC;
            lex_next(&p->lex);
            TRY(parse_expr(p, &expr->a));
            TRY(sign(p, ']'));
            return path(p, &expr->path);
        }
        break;
    default:
        break;
    }
    return parse_expected(p, _("a value"));
}

enum err_code parse_expr(struct parser *p, struct expr **out_expr)
{
    struct expr *expr = parse_alloc(p, sizeof(*expr));
    enum err_code code;

    TRY(arena_check(&p->liquid->arena, p->err));
    expr->at = parse_spot(p, p->lex.token.at);
    if (++p->depth > LIQUID_DEPTH_MAX) {
        p->at = expr->at;
        return err_set(p->err, ERR_TOO_LARGE, "more than %d levels stand in one another",
                       LIQUID_DEPTH_MAX);
    }
    code = expr_of_kind(p, expr);
    p->depth--;
    *out_expr = expr;
    return code;
}

/* name: expr, or expr alone. */
static enum err_code argument(struct parser *p, bool must_be_named, struct argument **out_argument)
{
    struct argument *argument = parse_alloc(p, sizeof(*argument));
    struct token ahead = lex_peek(&p->lex);

    TRY(arena_check(&p->liquid->arena, p->err));
    if (p->lex.token.kind == TOKEN_NAME && ahead.kind == TOKEN_SIGN && ahead.text.p[0] == ':') {
        argument->name = p->lex.token.text;
        lex_next(&p->lex);
        lex_next(&p->lex);
    } else if (must_be_named) {
        return parse_expected(p, _("a name with a colon"));
    }
    *out_argument = argument;
    return parse_expr(p, &argument->expr);
}

enum err_code parse_arguments(struct parser *p, struct argument **out_args)
{
    struct argument **tail = out_args;

    while (lex_sign(&p->lex, ',') || p->lex.token.kind == TOKEN_NAME) {
        TRY(argument(p, true, tail));
        tail = &(*tail)->next;
    }
    return parse_end(p);
}

/* Behind the "|". */
static enum err_code filter_call(struct parser *p, struct call **out_call)
{
    struct call *call = parse_alloc(p, sizeof(*call));
    struct argument **tail;
    struct str name;

    TRY(arena_check(&p->liquid->arena, p->err));
    call->at = parse_spot(p, p->lex.token.at);
    TRY(parse_name(p, &name));
    call->filter = filter_by_name(name);
    if (!call->filter && p->liquid->strict) {
        p->at = call->at;
        err_set(p->err, ERR_INVALID, "there is no filter \"%.*s\"",
                (int)(name.n < 60 ? name.n : 60), name.p);
        filter_hint(name, p->err);
        return ERR_INVALID;
    }
    tail = &call->args;
    if (lex_sign(&p->lex, ':')) {
        do {
            TRY(argument(p, false, tail));
            tail = &(*tail)->next;
        } while (lex_sign(&p->lex, ','));
    }
    *out_call = call;
    p->at = call->at;
    return call->filter ? filter_check(call, p->err) : ERR_OK;
}

enum err_code parse_pipe(struct parser *p, struct pipe *out_pipe)
{
    struct call **tail = &out_pipe->calls;

    *out_pipe = (struct pipe){0};
    if (p->lex.token.kind == TOKEN_END)
        return ERR_OK;
    TRY(parse_expr(p, &out_pipe->expr));
    while (lex_sign(&p->lex, '|')) {
        TRY(filter_call(p, tail));
        tail = &(*tail)->next;
    }
    return parse_end(p);
}

static enum compare compare_of(struct str text)
{
    static const struct {
        const char *sign;
        enum compare compare;
    } signs[] = {
        {"==", COMPARE_EQ}, {"!=", COMPARE_NE}, {"<>", COMPARE_NE}, {"<", COMPARE_LT},
        {"<=", COMPARE_LE}, {">", COMPARE_GT},  {">=", COMPARE_GE}, {"contains", COMPARE_CONTAINS},
    };

    for (size_t i = 0; i < TM_COUNT(signs); i++) {
        if (str_eqz(text, signs[i].sign))
            return signs[i].compare;
    }
    return COMPARE_NONE;
}

enum err_code parse_condition(struct parser *p, struct condition **out_condition)
{
    struct condition **tail = out_condition;

    for (;;) {
        struct condition *condition = parse_alloc(p, sizeof(*condition));

        TRY(arena_check(&p->liquid->arena, p->err));
        *tail = condition;
        tail = &condition->next;
        condition->at = parse_spot(p, p->lex.token.at);
        TRY(parse_expr(p, &condition->left));
        if (p->lex.token.kind == TOKEN_COMPARE) {
            condition->compare = compare_of(p->lex.token.text);
            lex_next(&p->lex);
            TRY(parse_expr(p, &condition->right));
        }
        if (lex_at_sign(&p->lex, '=')) {
            TRY(parse_expected(p, "=="));
        }
        if (lex_at_word(&p->lex, "or"))
            condition->is_or = true;
        else if (!lex_at_word(&p->lex, "and"))
            return parse_end(p);
        lex_next(&p->lex);
    }
}
