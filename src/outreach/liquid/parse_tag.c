/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/parse.h"

typedef enum err_code (*tag_fn)(struct parser *p, const struct tag *tag, struct body *body);

/* A body of its own for the block that begins here. */
static struct body *new_body(struct parser *p)
{
    struct body *body = parse_alloc(p, sizeof(*body));

    if (body)
        body->blank = true;
    return body;
}

/* A node for the tag, whose markup the lexer stands before; NULL only when the arena is full. */
static enum err_code begin(struct parser *p, const struct tag *tag, enum node_kind kind,
                           struct node **out_node)
{
    *out_node = parse_node(p, kind, tag->at);
    lex_begin(&p->lex, tag->markup);
    return arena_check(&p->liquid->arena, p->err);
}

static enum err_code tag_nothing(struct parser *p, const struct tag *tag, struct body *body)
{
    (void)body;
    for (size_t i = 0; i + 1 < tag->markup.n; i++) {
        const char *line = tag->markup.p + i + 1;
        size_t n = tag->markup.n - i - 1;

        if (tag->markup.p[i] != '\n')
            continue;
        while (n && isspace((unsigned char)*line)) {
            line++;
            n--;
        }
        if (n && *line != '#') {
            p->at = parse_spot(p, line);
            return err_set(p->err, ERR_INVALID, "each line of this comment must begin with #");
        }
    }
    return ERR_OK;
}

static enum err_code tag_assign(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;
    struct str name;

    TRY(begin(p, tag, NODE_ASSIGN, &node));
    TRY(parse_name(p, &name));
    if (!lex_sign(&p->lex, '='))
        return parse_expected(p, "=");
    TRY(parse_pipe(p, &node->pipe));
    node->slot = parse_set_slot(p, name);
    parse_append(body, node);
    return ERR_OK;
}

static enum err_code tag_capture(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;
    struct str name;

    TRY(begin(p, tag, NODE_CAPTURE, &node));
    if (p->lex.token.kind == TOKEN_STRING)
        p->lex.token.kind = TOKEN_NAME;
    TRY(parse_name(p, &name));
    TRY(parse_end(p));
    node->slot = parse_set_slot(p, name);
    node->body = new_body(p);
    TRY(arena_check(&p->liquid->arena, p->err));
    TRY(parse_block(p, node->body, tag, "endcapture"));
    parse_append(body, node);
    return ERR_OK;
}

static enum err_code tag_echo(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;

    TRY(begin(p, tag, NODE_OUTPUT, &node));
    TRY(parse_pipe(p, &node->pipe));
    node->place = html_scan_output(&p->html);
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

static enum err_code tag_comment(struct parser *p, const struct tag *tag, struct body *body)
{
    struct str between;

    (void)body;
    return parse_skip(p, tag, str_eqz(tag->name, "doc") ? "enddoc" : "endcomment", &between);
}

static enum err_code tag_raw(struct parser *p, const struct tag *tag, struct body *body)
{
    struct str between = STR_NONE;
    struct node *node = parse_node(p, NODE_TEXT, tag->at);

    TRY(parse_skip(p, tag, "endraw", &between));
    if (!node || between.n == 0)
        return ERR_OK;
    html_scan_text(&p->html, between);
    node->text = between;
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

/* Of if, unless and case: one more branch with its body, up to the tag that begins the next. */
static enum err_code branch_body(struct parser *p, struct branch *branch, struct tag *out_stop,
                                 bool *blank)
{
    branch->body = new_body(p);
    TRY(arena_check(&p->liquid->arena, p->err));
    TRY(parse_body(p, branch->body, out_stop));
    *blank = *blank && branch->body->blank;
    return ERR_OK;
}

static void end_branches(struct node *node, struct body *body, bool blank)
{
    for (struct branch *branch = node->branches; blank && branch; branch = branch->next)
        parse_drop_blanks(branch->body);
    parse_append(body, node);
    body->blank = body->blank && blank;
}

static enum err_code tag_if(struct parser *p, const struct tag *tag, struct body *body)
{
    const char *end = str_eqz(tag->name, "if") ? "endif" : "endunless";
    struct tag stop = *tag;
    struct branch **tail;
    struct node *node;
    bool blank = true;

    TRY(begin(p, tag, NODE_IF, &node));
    tail = &node->branches;
    do {
        struct branch *branch = parse_alloc(p, sizeof(*branch));

        TRY(arena_check(&p->liquid->arena, p->err));
        branch->negate = str_eqz(stop.name, "unless");
        lex_begin(&p->lex, stop.markup);
        if (str_eqz(stop.name, "else")) {
            TRY(parse_end(p));
        } else {
            TRY(parse_condition(p, &branch->condition));
        }
        *tail = branch;
        tail = &branch->next;
        TRY(branch_body(p, branch, &stop, &blank));
    } while (str_eqz(stop.name, "elsif") || str_eqz(stop.name, "else"));
    if (!str_eqz(stop.name, end))
        return parse_unclosed(p, tag, &stop);
    end_branches(node, body, blank);
    return ERR_OK;
}

/* The values of a `when`: separated by commas or `or`. */
static enum err_code when_values(struct parser *p, struct argument **out)
{
    do {
        struct argument *value = parse_alloc(p, sizeof(*value));

        TRY(arena_check(&p->liquid->arena, p->err));
        TRY(parse_expr(p, &value->expr));
        *out = value;
        out = &value->next;
    } while (lex_sign(&p->lex, ',') || lex_word(&p->lex, "or"));
    return parse_end(p);
}

/* The first branch of the node holds the value that is compared, as its condition's left side. */
static enum err_code tag_case(struct parser *p, const struct tag *tag, struct body *body)
{
    struct body before = {.blank = true}; /* what stands before the first `when` is not printed */
    struct branch **tail, *branch;
    struct tag stop;
    struct node *node;
    bool blank = true;

    TRY(begin(p, tag, NODE_CASE, &node));
    branch = parse_alloc(p, sizeof(*branch));
    TRY(arena_check(&p->liquid->arena, p->err));
    branch->condition = parse_alloc(p, sizeof(*branch->condition));
    branch->body = new_body(p);
    TRY(arena_check(&p->liquid->arena, p->err));
    TRY(parse_expr(p, &branch->condition->left));
    TRY(parse_end(p));
    node->branches = branch;
    tail = &branch->next;
    TRY(parse_body(p, &before, &stop));
    while (str_eqz(stop.name, "when") || str_eqz(stop.name, "else")) {
        branch = parse_alloc(p, sizeof(*branch));
        TRY(arena_check(&p->liquid->arena, p->err));
        lex_begin(&p->lex, stop.markup);
        if (str_eqz(stop.name, "when")) {
            TRY(when_values(p, &branch->whens));
        } else {
            TRY(parse_end(p));
        }
        *tail = branch;
        tail = &branch->next;
        TRY(branch_body(p, branch, &stop, &blank));
    }
    if (!str_eqz(stop.name, "endcase"))
        return parse_unclosed(p, tag, &stop);
    end_branches(node, body, blank);
    return ERR_OK;
}

/* limit: offset: cols: reversed, in any order, with or without commas. */
static enum err_code loop_options(struct parser *p, struct loop *loop, bool table)
{
    while (p->lex.token.kind != TOKEN_END) {
        lex_sign(&p->lex, ',');
        if (!table && lex_word(&p->lex, "reversed")) {
            loop->reversed = true;
            continue;
        }
        struct expr **to = lex_at_word(&p->lex, "limit")           ? &loop->limit
                           : lex_at_word(&p->lex, "offset")        ? &loop->offset
                           : table && lex_at_word(&p->lex, "cols") ? &loop->cols
                                                                   : NULL;
        if (!to)
            return parse_expected(p, table ? "limit, offset, cols" : "limit, offset, reversed");
        lex_next(&p->lex);
        if (!lex_sign(&p->lex, ':'))
            return parse_expected(p, ":");
        if (to == &loop->offset && lex_word(&p->lex, "continue")) {
            loop->continued = true;
            loop->offset = NULL;
            continue;
        }
        TRY(parse_expr(p, to));
    }
    return ERR_OK;
}

/* "item-products": the variable and the collection as they are written. */
static struct str loop_name(struct parser *p, struct str variable, struct str over)
{
    char *text = parse_alloc(p, variable.n + over.n + 2);

    if (!text)
        return STR_NONE;
    memcpy(text, variable.p, variable.n);
    text[variable.n] = '-';
    if (over.n)
        memcpy(text + variable.n + 1, over.p, over.n);
    return (struct str){text, variable.n + 1 + over.n};
}

static enum err_code loop_head(struct parser *p, const struct tag *tag, enum node_kind kind,
                               struct node **out_node)
{
    struct str variable;
    struct loop *loop;
    const char *from;

    TRY(begin(p, tag, kind, out_node));
    loop = (*out_node)->loop = parse_alloc(p, sizeof(*loop));
    TRY(arena_check(&p->liquid->arena, p->err));
    TRY(parse_name(p, &variable));
    if (!lex_word(&p->lex, "in"))
        return parse_expected(p, "in");
    from = p->lex.token.at;
    TRY(parse_expr(p, &loop->over));
    loop->name =
        loop_name(p, variable, str_trim((struct str){from, (size_t)(p->lex.token.at - from)}));
    loop->slot = parse_set_slot(p, variable);
    TRY(loop_options(p, loop, kind == NODE_TABLEROW));
    loop->body = new_body(p);
    return arena_check(&p->liquid->arena, p->err);
}

static enum err_code tag_for(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;
    struct tag stop;
    bool blank;

    TRY(loop_head(p, tag, NODE_FOR, &node));
    TRY(parse_body(p, node->loop->body, &stop));
    blank = node->loop->body->blank;
    if (str_eqz(stop.name, "else")) {
        node->loop->otherwise = new_body(p);
        TRY(arena_check(&p->liquid->arena, p->err));
        TRY(parse_body(p, node->loop->otherwise, &stop));
        blank = blank && node->loop->otherwise->blank;
    }
    if (!str_eqz(stop.name, "endfor"))
        return parse_unclosed(p, tag, &stop);
    if (blank) {
        parse_drop_blanks(node->loop->body);
        if (node->loop->otherwise)
            parse_drop_blanks(node->loop->otherwise);
    }
    parse_append(body, node);
    body->blank = body->blank && blank;
    return ERR_OK;
}

static enum err_code tag_tablerow(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;

    TRY(loop_head(p, tag, NODE_TABLEROW, &node));
    TRY(parse_block(p, node->loop->body, tag, "endtablerow"));
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

/* Whether its values alone say which cycle it is: texts and numbers do, variables do not. */
static bool all_constant(const struct argument *values)
{
    for (; values; values = values->next) {
        if (values->expr->kind != EXPR_CONST)
            return false;
    }
    return true;
}

static enum err_code tag_cycle(struct parser *p, const struct tag *tag, struct body *body)
{
    struct argument **tail;
    struct node *node;

    TRY(begin(p, tag, NODE_CYCLE, &node));
    node->cycle.key = str_trim(tag->markup);
    tail = &node->cycle.values;
    do {
        struct argument *value = parse_alloc(p, sizeof(*value));

        TRY(arena_check(&p->liquid->arena, p->err));
        TRY(parse_expr(p, &value->expr));
        if (tail == &node->cycle.values && !node->cycle.group && lex_at_sign(&p->lex, ':')) {
            node->cycle.group = value->expr;
            continue;
        }
        *tail = value;
        tail = &value->next;
    } while (lex_sign(&p->lex, ',') || lex_sign(&p->lex, ':'));
    TRY(parse_end(p));
    if (!all_constant(node->cycle.values)) /* its own place tells it from all others */
        node->cycle.key = (struct str){(const char *)&node->at, sizeof(node->at)};
    node->place = html_scan_output(&p->html);
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

static enum err_code tag_counter(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;
    struct str name;

    TRY(begin(p, tag, NODE_COUNTER, &node));
    TRY(parse_name(p, &name));
    TRY(parse_end(p));
    node->slot = parse_set_slot(p, name);
    node->step = str_eqz(tag->name, "increment") ? 1 : -1;
    html_scan_text(&p->html, STR_LIT("0"));
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

static enum err_code tag_interrupt(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;

    TRY(begin(p, tag, str_eqz(tag->name, "break") ? NODE_BREAK : NODE_CONTINUE, &node));
    TRY(parse_end(p));
    parse_append(body, node);
    return ERR_OK;
}

static enum err_code tag_ifchanged(struct parser *p, const struct tag *tag, struct body *body)
{
    struct node *node;

    TRY(begin(p, tag, NODE_IFCHANGED, &node));
    TRY(parse_end(p));
    node->body = new_body(p);
    TRY(arena_check(&p->liquid->arena, p->err));
    TRY(parse_block(p, node->body, tag, "endifchanged"));
    parse_append(body, node);
    body->blank = body->blank && node->body->blank;
    return ERR_OK;
}

/* The variable that a partial finds its value in: named by `as`, or as the partial is. */
static enum err_code partial_variable(struct parser *p, struct partial *partial)
{
    struct str name = value_text(partial->name->value);
    const char *slash = name.n ? memrchr(name.p, '/', name.n) : NULL;

    if (slash)
        name = (struct str){slash + 1, name.n - (size_t)(slash + 1 - name.p)};
    if (lex_word(&p->lex, "as")) {
        TRY(parse_name(p, &name));
        partial->named = true;
    }
    if (name.n) {
        partial->slot = parse_set_slot(p, name);
        partial->named = true;
    }
    return ERR_OK;
}

static enum err_code tag_partial(struct parser *p, const struct tag *tag, struct body *body)
{
    struct partial *partial;
    struct node *node;

    TRY(begin(p, tag, NODE_PARTIAL, &node));
    partial = node->partial = parse_alloc(p, sizeof(*partial));
    TRY(arena_check(&p->liquid->arena, p->err));
    partial->isolated = str_eqz(tag->name, "render");
    if (partial->isolated && p->lex.token.kind != TOKEN_STRING)
        return parse_expected(p, _("a name between quotes"));
    TRY(parse_expr(p, &partial->name));
    if (lex_at_word(&p->lex, "with") || lex_at_word(&p->lex, "for")) {
        partial->each = lex_at_word(&p->lex, "for") || !partial->isolated;
        lex_next(&p->lex);
        TRY(parse_expr(p, &partial->with));
    }
    TRY(partial_variable(p, partial));
    TRY(parse_arguments(p, &partial->args));
    for (struct argument *arg = partial->args; arg; arg = arg->next)
        arg->slot = parse_set_slot(p, arg->name);
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

static const struct {
    const char *name;
    tag_fn parse;
} tags[] = {
    {"#", tag_nothing},
    {"assign", tag_assign},
    {"break", tag_interrupt},
    {"capture", tag_capture},
    {"case", tag_case},
    {"comment", tag_comment},
    {"continue", tag_interrupt},
    {"cycle", tag_cycle},
    {"decrement", tag_counter},
    {"doc", tag_comment},
    {"echo", tag_echo},
    {"for", tag_for},
    {"if", tag_if},
    {"ifchanged", tag_ifchanged},
    {"include", tag_partial},
    {"increment", tag_counter},
    {"raw", tag_raw},
    {"render", tag_partial},
    {"tablerow", tag_tablerow},
    {"unless", tag_if},
};

enum err_code parse_tag(struct parser *p, const struct tag *tag, struct body *body, bool *out_known)
{
    enum err_code code = ERR_OK;

    *out_known = true;
    for (size_t i = 0; i < TM_COUNT(tags); i++) {
        if (!str_eqz(tag->name, tags[i].name))
            continue;
        if (++p->depth > LIQUID_DEPTH_MAX) {
            p->at = tag->at;
            code = err_set(p->err, ERR_TOO_LARGE, "more than %d levels stand in one another",
                           LIQUID_DEPTH_MAX);
        } else {
            code = tags[i].parse(p, tag, body);
        }
        p->depth--;
        return code;
    }
    *out_known = false;
    return ERR_OK;
}
