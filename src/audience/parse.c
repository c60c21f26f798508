/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A segment's text to its tree: what binds loosest first. Conditions: parse_condition.c. */
#include "audience/parse.h"

#include "base/utf8.h"

enum { TREE_BYTES_MAX = 4 << 20 };

enum err_code grammar_fail(struct parser *p, struct place at, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_set(p->err, ERR_INVALID, "line %d, column %d: %s", at.line, at.column, text);
}

enum err_code grammar_expected(struct parser *p, const char *what)
{
    const struct token *t = &p->token;

    if (t->kind == TOKEN_END)
        return grammar_fail(p, t->at, _("the text ends where %s was expected"), what);
    if (t->kind == TOKEN_BAD && t->quote)
        return grammar_fail(p, t->at, _("the quotation mark is never closed"));
    if (t->kind == TOKEN_BAD && !t->text.n)
        return grammar_fail(p, t->at, _("%s was expected"), what);
    return grammar_fail(p, t->at, _("%s was expected, not \"%.*s\""), what,
                        (int)(t->text.n < 60 ? t->text.n : 60), t->text.p);
}

void grammar_step(struct parser *p)
{
    p->token = segment_lex_next(&p->lexer);
}

bool grammar_take(struct parser *p, const char *word)
{
    if (!token_is(&p->token, word))
        return false;
    grammar_step(p);
    return true;
}

enum err_code grammar_sign(struct parser *p, const char *sign)
{
    if (grammar_take(p, sign))
        return ERR_OK;
    return grammar_expected(p, sign);
}

enum err_code grammar_count(struct parser *p)
{
    if (++p->count <= SEGMENT_NODES_MAX)
        return ERR_OK;
    return err_set(p->err, ERR_TOO_LARGE, "a segment has at most %d conditions", SEGMENT_NODES_MAX);
}

static enum err_code new_node(struct parser *p, enum node_kind kind, struct place at,
                              struct node **out)
{
    TRY(grammar_count(p));
    *out = arena_alloc(&p->audience->arena, sizeof(**out));
    TRY(arena_check(&p->audience->arena, p->err));
    **out = (struct node){.kind = kind, .at = at, .id = p->audience->nodes++};
    return ERR_OK;
}

static enum err_code parse_any(struct parser *p, struct node **out);

/* ---- leaves -------------------------------------------------------------------------------- */

static enum err_code refuse_name(struct parser *p, const struct token *name)
{
    const char *missing = word_refused(name->text), *near = word_nearest(name->text);

    if (missing) {
        grammar_fail(p, name->at, _("\"%.*s\" cannot be answered here"), (int)name->text.n,
                     name->text.p);
        err_hint(p->err, "What is missing: %s.", _(missing));
        return ERR_INVALID;
    }
    grammar_fail(p, name->at, _("there is no attribute or function \"%.*s\""),
                 (int)(name->text.n < 60 ? name->text.n : 60), name->text.p);
    if (near)
        err_hint(p->err, "Did you mean \"%s\"?", near);
    else
        err_hint(p->err, "docs/segments.md lists all of them.");
    return ERR_INVALID;
}

/* `= true` and `= false` behind a function, as older segments write it. */
static enum err_code parse_truth(struct parser *p, bool *negated)
{
    bool differs = token_is(&p->token, "!=");

    if (!differs && !token_is(&p->token, "="))
        return ERR_OK;
    grammar_step(p);
    if (grammar_take(p, "true"))
        *negated = *negated != differs;
    else if (grammar_take(p, "false"))
        *negated = *negated == differs;
    else
        return grammar_expected(p, "true, false");
    return ERR_OK;
}

/* The conditions of a function in brackets; the bracket may be missing after a bare name. */
static enum err_code parse_rows(struct parser *p, const struct word_function *function,
                                struct place at, bool totals, struct node **out)
{
    TRY(new_node(p, NODE_ROWS, at, out));
    (*out)->function = function;
    TRY(grammar_sign(p, "("));
    TRY(grammar_row_conditions(p, function, totals, &(*out)->conditions));
    return grammar_sign(p, ")");
}

static enum err_code negate(struct parser *p, struct node *child, struct node **out)
{
    struct node *node;

    TRY(new_node(p, NODE_NOT, child->at, &node));
    node->first = child;
    *out = node;
    return ERR_OK;
}

static enum err_code parse_function(struct parser *p, const struct word_function *function,
                                    struct place at, struct node **out)
{
    bool negated = false;

    if (grammar_take(p, "not"))
        negated = true;
    if (negated && !token_is(&p->token, "matches"))
        return grammar_expected(p, "MATCHES");
    if (!grammar_take(p, "matches") && !token_is(&p->token, "("))
        return grammar_expected(p, "MATCHES, (");
    TRY(parse_rows(p, function, at, true, out));
    TRY(parse_truth(p, &negated));
    return negated ? negate(p, *out, out) : ERR_OK;
}

static enum err_code parse_segment(struct parser *p, struct place at, struct node **out)
{
    TRY(new_node(p, NODE_SEGMENT, at, out));
    TRY(grammar_sign(p, "("));
    TRY(grammar_text(p, &(*out)->name));
    if (!(*out)->name.n)
        return grammar_fail(p, at, _("the segment that is meant has no name"));
    return grammar_sign(p, ")");
}

/* One step: a function with its conditions. */
static enum err_code parse_step_rows(struct parser *p, struct node **out)
{
    const struct word_function *function;
    struct token name = p->token;

    if (name.kind != TOKEN_NAME)
        return grammar_expected(p, _("a function"));
    function = word_function(name.text);
    if (!function)
        return refuse_name(p, &name);
    if (function->source == FROM_CONSENTS)
        return grammar_fail(p, name.at, _("\"%s\" has no time of day: it cannot be a step"),
                            function->name);
    grammar_step(p);
    grammar_take(p, "matches");
    return parse_rows(p, function, name.at, false, out);
}

static enum err_code parse_next_step(struct parser *p, struct node **out)
{
    bool absent = grammar_take(p, "not");
    struct node *rows;

    TRY(parse_step_rows(p, &rows));
    rows->absent = absent;
    if (grammar_take(p, "within"))
        TRY(grammar_duration(p, &rows->within_us));
    *out = rows;
    return ERR_OK;
}

/* a THEN b WITHIN 2d THEN NOT c WITHIN 1d */
static enum err_code parse_sequence(struct parser *p, struct place at, struct node **out)
{
    struct node **last;
    size_t steps = 1;

    TRY(new_node(p, NODE_SEQUENCE, at, out));
    TRY(grammar_sign(p, "("));
    TRY(parse_step_rows(p, &(*out)->first));
    last = &(*out)->first;
    while (grammar_take(p, "then")) {
        if ((*last)->absent)
            return grammar_fail(p, p->token.at, _("nothing can follow a step that is absent"));
        if (++steps > SEGMENT_STEPS_MAX)
            return err_set(p->err, ERR_TOO_LARGE, "a sequence has at most %d steps",
                           SEGMENT_STEPS_MAX);
        last = &(*last)->next;
        TRY(parse_next_step(p, last));
    }
    if (steps == 1)
        return grammar_expected(p, "THEN");
    return grammar_sign(p, ")");
}

static enum err_code parse_leaf(struct parser *p, struct node **out)
{
    const struct word_function *function;
    const struct word *attribute;
    struct token name = p->token;

    if (name.kind != TOKEN_NAME)
        return grammar_expected(p, _("an attribute, a function, NOT or ("));
    function = word_function(name.text);
    attribute = word_attribute(name.text);
    if (!function && !attribute && !str_ieqz(name.text, "segment") &&
        !str_ieqz(name.text, "sequence"))
        return refuse_name(p, &name);
    grammar_step(p);
    if (function)
        return parse_function(p, function, name.at, out);
    if (str_ieqz(name.text, "segment"))
        return parse_segment(p, name.at, out);
    if (str_ieqz(name.text, "sequence"))
        return parse_sequence(p, name.at, out);
    TRY(new_node(p, NODE_TEST, name.at, out));
    return grammar_condition(p, attribute, name.at, &(*out)->conditions);
}

/* ---- branches ------------------------------------------------------------------------------ */

static enum err_code parse_unary(struct parser *p, struct node **out)
{
    if (++p->depth > SEGMENT_DEPTH_MAX)
        return err_set(p->err, ERR_TOO_LARGE, "brackets and NOT are at most %d deep",
                       SEGMENT_DEPTH_MAX);
    if (grammar_take(p, "not")) {
        struct node *child;

        TRY(parse_unary(p, &child));
        TRY(negate(p, child, out));
    } else if (grammar_take(p, "(")) {
        TRY(parse_any(p, out));
        TRY(grammar_sign(p, ")"));
    } else {
        TRY(parse_leaf(p, out));
    }
    p->depth--;
    return ERR_OK;
}

/* One child, or a node above several that are joined by `word`. */
static enum err_code parse_joined(struct parser *p, enum node_kind kind, const char *word,
                                  enum err_code (*one)(struct parser *p, struct node **out),
                                  struct node **out)
{
    struct node *first, *above, **last;

    TRY(one(p, &first));
    *out = first;
    if (!token_is(&p->token, word))
        return ERR_OK;
    TRY(new_node(p, kind, first->at, &above));
    above->first = first;
    last = &first->next;
    while (grammar_take(p, word)) {
        TRY(one(p, last));
        last = &(*last)->next;
    }
    *out = above;
    return ERR_OK;
}

static enum err_code parse_all(struct parser *p, struct node **out)
{
    return parse_joined(p, NODE_ALL, "and", parse_unary, out);
}

static enum err_code parse_any(struct parser *p, struct node **out)
{
    return parse_joined(p, NODE_ANY, "or", parse_all, out);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum err_code parse_whole(struct parser *p)
{
    struct node *root = NULL;

    grammar_step(p);
    if (p->token.kind == TOKEN_END) {
        err_set(p->err, ERR_INVALID, "the segment's text is empty: it would be nobody's");
        return ERR_INVALID;
    }
    if (token_is(&p->token, "from") || token_is(&p->token, "where")) {
        grammar_fail(p, p->token.at, _("a segment begins with its first condition"));
        err_hint(p->err, "Only what stands behind WHERE is written here.");
        return ERR_INVALID;
    }
    TRY(parse_any(p, &root));
    if (p->token.kind != TOKEN_END)
        return grammar_expected(p, _("AND, OR or the end"));
    p->audience->root = root;
    return ERR_OK;
}

enum err_code audience_parse(struct str text, struct audience **out_audience, struct err *err)
{
    struct audience *a;
    struct err unused = ERR_INIT;
    struct parser p = {.lexer = {.text = text, .at = {1, 1}}, .err = err ? err : &unused};
    enum err_code rc;

    if (text.n > AUDIENCE_TEXT_MAX)
        return err_set(err, ERR_TOO_LARGE, "a segment's text has at most %d bytes",
                       AUDIENCE_TEXT_MAX);
    if (utf8_first_invalid(text) != text.n || (text.n && memchr(text.p, '\0', text.n)))
        return err_set(err, ERR_ENCODING, "the segment's text is not UTF-8");
    a = xcalloc(1, sizeof(*a));
    a->arena = ARENA_INIT(TREE_BYTES_MAX);
    p.audience = a;
    rc = parse_whole(&p);
    if (rc == ERR_OK)
        rc = arena_check(&a->arena, p.err);
    if (rc != ERR_OK) {
        audience_free(a);
        return rc;
    }
    *out_audience = a;
    return ERR_OK;
}

void audience_free(struct audience *audience)
{
    if (!audience)
        return;
    arena_release(&audience->arena);
    free(audience);
}

void audience_freep(struct audience **audience)
{
    audience_free(*audience);
}
