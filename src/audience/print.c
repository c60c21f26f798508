/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A tree as text again, and whether two are the same. */
#include "audience/tree.h"

#include "base/timestamp.h"

static void print_text(struct str s, struct buf *out)
{
    buf_addc(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        buf_addc(out, s.p[i]);
        if (s.p[i] == '\'')
            buf_addc(out, '\'');
    }
    buf_addc(out, '\'');
}

static void print_number(const struct literal *v, struct buf *out)
{
    uint64_t number = v->number < 0 ? -(uint64_t)v->number : (uint64_t)v->number, scale = 1;

    for (int i = 0; i < v->decimals; i++)
        scale *= 10;
    buf_addf(out, "%s%" PRIu64, v->number < 0 ? "-" : "", number / scale);
    if (v->decimals)
        buf_addf(out, ".%0*" PRIu64, v->decimals, number % scale);
}

void literal_print(const struct literal *v, const struct word *word, struct buf *out)
{
    switch (v->kind) {
    case LITERAL_NUMBER:
        print_number(v, out);
        break;
    case LITERAL_TEXT:
        print_text(v->text, out);
        break;
    case LITERAL_DAY:
        timestamp_add_date(out, v->number * US_PER_DAY);
        break;
    case LITERAL_BACK:
        if (v->number)
            buf_addf(out, "%+" PRId64 "%s", v->number,
                     v->unit == 'n' ? "min" : (const char[]){v->unit, '\0'});
        else
            buf_addz(out, word->type == TYPE_TIME ? "now" : "today");
        break;
    }
}

void duration_print(int64_t us, struct buf *out)
{
    static const struct {
        int64_t us;
        const char *unit;
    } units[] = {
        {7 * US_PER_DAY, "w"}, {US_PER_DAY, "d"}, {US_PER_HOUR, "h"}, {60 * US_PER_SECOND, "min"}};
    size_t i = 0;

    while (i + 1 < TM_COUNT(units) && us % units[i].us)
        i++;
    buf_addf(out, "%" PRId64 "%s", us / units[i].us, units[i].unit);
}

void condition_print(const struct condition *c, struct buf *out)
{
    buf_addf(out, "%s %s", c->word->name, compare_words[c->is]);
    if (c->is == IS_IN || c->is == IS_NOT_IN)
        buf_addz(out, " (");
    for (size_t i = 0; i < c->n; i++) {
        if (i)
            buf_addz(out, c->is == IS_BETWEEN ? " AND " : ", ");
        else if (c->is != IS_IN && c->is != IS_NOT_IN)
            buf_addc(out, ' ');
        literal_print(&c->values[i], c->word, out);
    }
    if (c->is == IS_IN || c->is == IS_NOT_IN)
        buf_addc(out, ')');
}

static void print_rows(const struct node *node, bool negated, struct buf *out)
{
    buf_addf(out, "%s %s (", node->function->name, negated ? "NOT MATCHES" : "MATCHES");
    for (const struct condition *c = node->conditions; c; c = c->next) {
        condition_print(c, out);
        if (c->next)
            buf_addz(out, ", ");
    }
    buf_addc(out, ')');
}

static void print_sequence(const struct node *node, struct buf *out)
{
    buf_addz(out, "sequence(");
    for (const struct node *step = node->first; step; step = step->next) {
        if (step != node->first)
            buf_addz(out, step->absent ? " THEN NOT " : " THEN ");
        print_rows(step, false, out);
        if (step->within_us) {
            buf_addz(out, " WITHIN ");
            duration_print(step->within_us, out);
        }
    }
    buf_addc(out, ')');
}

/* Brackets around what binds no tighter than where it stands. */
static void print_child(const struct node *node, bool brackets, struct buf *out)
{
    if (brackets)
        buf_addc(out, '(');
    node_print(node, out);
    if (brackets)
        buf_addc(out, ')');
}

static bool is_branch(const struct node *node)
{
    return node->kind == NODE_ALL || node->kind == NODE_ANY;
}

void node_print(const struct node *node, struct buf *out)
{
    switch (node->kind) {
    case NODE_ALL:
    case NODE_ANY:
        for (const struct node *child = node->first; child; child = child->next) {
            print_child(child, child->kind == NODE_ANY || child->kind == node->kind, out);
            if (child->next)
                buf_addz(out, node->kind == NODE_ALL ? " AND " : " OR ");
        }
        break;
    case NODE_NOT:
        if (node->first->kind == NODE_ROWS) {
            print_rows(node->first, true, out);
            break;
        }
        buf_addz(out, "NOT ");
        print_child(node->first, is_branch(node->first), out);
        break;
    case NODE_TEST:
        condition_print(node->conditions, out);
        break;
    case NODE_ROWS:
        print_rows(node, false, out);
        break;
    case NODE_SEQUENCE:
        print_sequence(node, out);
        break;
    case NODE_SEGMENT:
        buf_addz(out, "segment(");
        print_text(node->name, out);
        buf_addc(out, ')');
        break;
    }
}

void audience_print(const struct audience *audience, struct buf *out)
{
    node_print(audience->root, out);
}

/* ---- the same ------------------------------------------------------------------------------ */

static bool same_literal(const struct literal *a, const struct literal *b)
{
    return a->kind == b->kind && a->number == b->number && a->decimals == b->decimals &&
           a->unit == b->unit && str_eq(a->text, b->text);
}

static bool same_conditions(const struct condition *a, const struct condition *b)
{
    for (; a && b; a = a->next, b = b->next) {
        if (a->word != b->word || a->is != b->is || a->n != b->n)
            return false;
        for (size_t i = 0; i < a->n; i++)
            if (!same_literal(&a->values[i], &b->values[i]))
                return false;
    }
    return !a && !b;
}

static bool same_node(const struct node *a, const struct node *b)
{
    const struct node *x = a->first, *y = b->first;

    if (a->kind != b->kind || a->function != b->function || a->within_us != b->within_us ||
        a->absent != b->absent || !str_eq(a->name, b->name) ||
        !same_conditions(a->conditions, b->conditions))
        return false;
    for (; x && y; x = x->next, y = y->next)
        if (!same_node(x, y))
            return false;
    return !x && !y;
}

bool audience_equal(const struct audience *a, const struct audience *b)
{
    return same_node(a->root, b->root);
}
