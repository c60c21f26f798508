/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* syntax.h - a compiled message: the tree that parse.c makes and render.c walks.
 *
 * Everything lies in the message's arena and never changes after compiling. Variables are numbered
 * over the message and its partials ("slots"), so that rendering looks up by number what a template
 * sets, and asks the data once for what it does not.
 */
#ifndef TM_OUTREACH_LIQUID_SYNTAX_H
#define TM_OUTREACH_LIQUID_SYNTAX_H

#include "outreach/liquid/html_place.h"
#include "outreach/liquid/liquid.h"

struct filter;

enum { LIQUID_DEPTH_MAX = 32, SLOTS_MAX = 4096 };

/* Byte offset in one of the texts. */
struct spot {
    uint32_t offset;
    uint32_t unit;
};

enum expr_kind { EXPR_CONST, EXPR_NAME, EXPR_DYNAMIC, EXPR_RANGE };

/* .name or [key] */
struct lookup {
    struct lookup *next;
    struct expr *key; /* NULL for a name */
    struct str name;
    uint64_t hash;
};

struct expr {
    enum expr_kind kind;
    uint32_t slot;       /* NAME */
    struct value value;  /* CONST */
    struct expr *a, *b;  /* RANGE: from, to; DYNAMIC: the name */
    struct lookup *path; /* NAME, DYNAMIC */
    struct spot at;
};

struct argument {
    struct argument *next;
    struct str name; /* of a keyword argument; "" for one by position */
    uint32_t slot;   /* of the variable that a partial gets it in */
    struct expr *expr;
};

struct call {
    struct call *next;
    const struct filter *filter; /* NULL: not known, the value goes through */
    struct argument *args;
    struct spot at;
};

/* {{ expr | filter: args | ... }} */
struct pipe {
    struct expr *expr; /* NULL for {{ }} */
    struct call *calls;
};

enum compare {
    COMPARE_NONE,
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_CONTAINS
};

/* left op right AND/OR next; grouped from the right, as Liquid does. */
struct condition {
    struct expr *left, *right;
    enum compare compare;
    bool is_or;
    struct condition *next;
    struct spot at;
};

struct body {
    struct node *first, *last;
    bool blank; /* prints nothing but white space: then it prints nothing at all */
};

struct branch {
    struct branch *next;
    struct condition *condition; /* if, unless: NULL for else */
    bool negate;                 /* unless */
    struct argument *whens;      /* case: NULL for else */
    struct body *body;           /* shared by the values of one `when` */
};

enum node_kind {
    NODE_TEXT,
    NODE_OUTPUT,
    NODE_ASSIGN,
    NODE_CAPTURE,
    NODE_IF, /* and unless */
    NODE_CASE,
    NODE_FOR,
    NODE_TABLEROW,
    NODE_CYCLE,
    NODE_COUNTER,
    NODE_BREAK,
    NODE_CONTINUE,
    NODE_IFCHANGED,
    NODE_PARTIAL
};

/* for, tablerow */
struct loop {
    uint32_t slot; /* of the variable */
    struct expr *over;
    struct expr *limit, *offset, *cols;
    bool reversed, continued;
    struct str name; /* "item-products": what offset: continue remembers by */
    struct body *body, *otherwise;
};

struct partial {
    struct expr *name;
    struct expr *with;
    bool each;     /* render ... for */
    bool isolated; /* render */
    bool named;    /* the variable was given a name by `as` */
    uint32_t slot; /* of the variable, when `named` or the partial's name is a text */
    struct argument *args;
};

struct node {
    struct node *next;
    enum node_kind kind;
    enum html_place place; /* OUTPUT, CYCLE: where in the HTML it prints */
    struct spot at;
    union {
        struct str text;
        struct pipe pipe; /* OUTPUT; ASSIGN */
        struct branch *branches;
        struct loop *loop;
        struct partial *partial;
        struct body *body; /* CAPTURE, IFCHANGED */
        struct {
            struct expr *group; /* NULL: by `key` */
            struct str key;     /* its values as written, or its own place in the source */
            struct argument *values;
        } cycle;
        int step; /* COUNTER: 1 or -1 */
    };
    uint32_t slot; /* ASSIGN, CAPTURE, COUNTER */
};

struct slot_name {
    struct str name;
    uint64_t hash;
    bool set;  /* by the template itself */
    bool read; /* looked up before that */
    struct spot first;
};

struct unit {
    struct str name, text;
    struct body body;
};

struct liquid {
    struct arena arena;
    enum liquid_kind kind;
    bool strict;
    struct unit *units; /* [0] is the message */
    uint32_t n_units;
    struct slot_name *slots;
    uint32_t n_slots, slots_cap;
    bool too_many;                  /* names */
    uint32_t forloop, tablerowloop; /* slots that loops set */
};

/* The slot of a name, a new one where there is none; 0 when the arena is full. */
uint32_t liquid_slot(struct liquid *liquid, struct str name, uint64_t hash);
/* UINT32_MAX when the message has no such name. */
uint32_t liquid_slot_find(const struct liquid *liquid, struct str name, uint64_t hash);
struct liquid_place liquid_place_of(const struct liquid *liquid, struct spot at);
/* Adds the place to the error's context and copies it out; returns the error's code. */
enum err_code liquid_fail(const struct liquid *liquid, struct spot at,
                          struct liquid_place *out_place, enum err_code code, struct err *err);

/* Compiles units[unit] (parse.c). */
TM_MUST_CHECK enum err_code liquid_parse(struct liquid *liquid, uint32_t unit,
                                         struct liquid_place *out_place, struct err *err);

#endif
