/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tree.h - a segment as the parser leaves it; inside of src/audience only. */
#ifndef TM_AUDIENCE_TREE_H
#define TM_AUDIENCE_TREE_H

#include "audience/audience.h"
#include "audience/words.h"
#include "base/arena.h"

struct place {
    int line, column; /* from 1 */
};

enum literal_kind {
    LITERAL_NUMBER, /* number / 10^decimals, without zeros at the end */
    LITERAL_TEXT,
    LITERAL_DAY,  /* number: since 1970 */
    LITERAL_BACK, /* number (negative: past) of `unit`: d w m y, h, n for minutes */
};

struct literal {
    enum literal_kind kind;
    int64_t number;
    int decimals;
    char unit;
    struct str text;   /* as written, or as the choice is called */
    struct str folded; /* as rows are compared with it */
    struct str *same;  /* others that mean the same, folded: further words for a country */
    size_t same_count;
};

enum compare {
    IS_EQ,
    IS_NE,
    IS_LT,
    IS_LE,
    IS_GT,
    IS_GE,
    IS_BETWEEN,
    IS_IN,
    IS_NOT_IN,
    IS_CONTAINING,
    IS_NOT_CONTAINING,
    IS_NULL,
    IS_NOT_NULL,
    COMPARES
};
extern const char *const compare_words[COMPARES];

struct condition {
    const struct word *word;
    enum compare is;
    struct literal *values;
    size_t n;
    struct place at;
    struct condition *next;
};

enum node_kind {
    NODE_ALL, /* of its children */
    NODE_ANY,
    NODE_NOT,
    NODE_TEST,     /* of an attribute: one condition */
    NODE_ROWS,     /* a function: rows that fit its conditions, counted */
    NODE_SEQUENCE, /* its children are NODE_ROWS, one after the other */
    NODE_SEGMENT
};

struct node {
    enum node_kind kind;
    struct place at;
    struct node *first, *next;
    size_t id; /* 0 for the first node of its tree, and so on */
    struct condition *conditions;
    const struct word_function *function;
    /* A step of a sequence after the first: within so long of the one before (0: at any time
     * after); `absent`, the last one only: it does not follow. */
    int64_t within_us;
    bool absent;
    struct str name; /* NODE_SEGMENT */
    size_t target;   /* place in its set, once linked */
};

struct audience {
    struct arena arena;
    struct node *root;
    size_t nodes;
};

enum {
    SEGMENT_DEPTH_MAX = 32,
    SEGMENT_NODES_MAX = 500, /* nodes and conditions */
    SEGMENT_VALUES_MAX = 200,
    SEGMENT_STEPS_MAX = 8,
    SEGMENT_TEXT_VALUE_MAX = 500,
    /* Of each step of a sequence the latest so many rows are looked at. */
    SEQUENCE_ROWS_MAX = 500
};

/* Without the children's own brackets: one condition, one leaf. */
void condition_print(const struct condition *c, struct buf *out);
void node_print(const struct node *node, struct buf *out);
void literal_print(const struct literal *v, const struct word *word, struct buf *out);
void duration_print(int64_t us, struct buf *out);

/* Whether a folded text is the literal, or another that means the same. */
bool literal_is(const struct literal *v, struct str text);
/* What a literal means here and now, in the unit of the word's type. */
int64_t literal_value(const struct literal *v, enum word_type type, const struct audience_now *now);

#endif
