/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse.h - what the parts of the parser share: blocks (parse.c), tags (parse_tag.c) and
 * expressions (parse_expr.c). */
#ifndef TM_OUTREACH_LIQUID_PARSE_H
#define TM_OUTREACH_LIQUID_PARSE_H

#include "outreach/liquid/lex.h"
#include "outreach/liquid/syntax.h"

/* A tag that was found but belongs to the block around: "endif", "else"; of the end of the text,
 * the name is "". */
struct tag {
    struct str name;
    struct str markup; /* behind the name */
    struct spot at;
};

struct parser {
    struct liquid *liquid;
    uint32_t unit;
    struct str text; /* the whole source */
    size_t pos, end; /* what is still to be read of the text, or of a {% liquid %} block */
    bool lines;      /* in a {% liquid %} block: a tag a line */
    bool trim;       /* the next text loses its leading blanks: the last tag ended in -%} */
    int depth;
    struct html_scan html;
    struct lex lex; /* of the tag or output that is being read */
    struct spot at; /* of an error */
    struct err *err;
};

/* All return an error's code with p->at at its place. Memory is checked at the end of a block:
 * a failed allocation gives an error there. */

TM_MUST_CHECK enum err_code parse_expr(struct parser *p, struct expr **out_expr);
TM_MUST_CHECK enum err_code parse_pipe(struct parser *p, struct pipe *out_pipe);
TM_MUST_CHECK enum err_code parse_condition(struct parser *p, struct condition **out_condition);
/* The present token must be a name, which is given and passed. */
TM_MUST_CHECK enum err_code parse_name(struct parser *p, struct str *out_name);
/* Nothing may follow. */
TM_MUST_CHECK enum err_code parse_end(struct parser *p);
/* "expected X" at the present token. */
enum err_code parse_expected(struct parser *p, const char *what);
/* {key: expr, ...} up to the end of the tag. */
TM_MUST_CHECK enum err_code parse_arguments(struct parser *p, struct argument **out_args);

void *parse_alloc(struct parser *p, size_t n);
struct node *parse_node(struct parser *p, enum node_kind kind, struct spot at);
void parse_append(struct body *body, struct node *node);
uint32_t parse_set_slot(struct parser *p, struct str name);
struct spot parse_spot(const struct parser *p, const char *at);
/* Reads into `body` until a tag that is none of its own, which is given. */
TM_MUST_CHECK enum err_code parse_body(struct parser *p, struct body *body, struct tag *out_stop);
/* The same for a block that ends in `end` and allows none of the words of branches. */
TM_MUST_CHECK enum err_code parse_block(struct parser *p, struct body *body, const struct tag *tag,
                                        const char *end);
/* Leaves out what stands between here and {% end %}: comment, doc. */
TM_MUST_CHECK enum err_code parse_skip(struct parser *p, const struct tag *tag, const char *end,
                                       struct str *out_between);
/* The block's end is missing, or another tag stands where it should. */
enum err_code parse_unclosed(struct parser *p, const struct tag *tag, const struct tag *stop);
/* White space in blocks that print nothing else is not printed. */
void parse_drop_blanks(struct body *body);

/* A tag by its name; *out_known is false for a tag of the block around. */
TM_MUST_CHECK enum err_code parse_tag(struct parser *p, const struct tag *tag, struct body *body,
                                      bool *out_known);

#endif
