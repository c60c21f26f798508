/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Segments that speak of each other: found by name, without circles, the broken ones set aside. */
#include "audience/tree.h"

/* ---- what depends on the shop -------------------------------------------------------------- */

static enum err_code check_conditions(const struct condition *c, const struct audience_now *now,
                                      struct err *err)
{
    for (; c; c = c->next)
        for (size_t i = 0; i < c->n && c->word->type == TYPE_MONEY; i++)
            if (c->values[i].decimals > now->decimals)
                return err_set(err, ERR_INVALID,
                               "line %d, column %d: amounts have at most %d decimals in the shop's "
                               "currency",
                               c->at.line, c->at.column, now->decimals);
    return ERR_OK;
}

static enum err_code check_node(const struct node *node, const struct audience_now *now,
                                struct err *err)
{
    TRY(check_conditions(node->conditions, now, err));
    for (const struct node *child = node->first; child; child = child->next)
        TRY(check_node(child, now, err));
    return ERR_OK;
}

enum err_code audience_check(const struct audience *audience, const struct audience_now *now,
                             struct err *err)
{
    return check_node(audience->root, now, err);
}

/* ---- links --------------------------------------------------------------------------------- */

enum visit { UNSEEN, UNDER_WAY, DONE };

/* How many deep segments may speak of others. */
enum { NESTED_MAX = 8 };

struct linking {
    struct audience_set *set;
    enum visit *visits; /* owned; by segment */
    int *depths;        /* owned; by segment, known once it is done */
};

static bool find(const struct audience_set *set, struct str name, size_t *out)
{
    for (*out = 0; *out < set->n; ++*out)
        if (str_ieqz(name, set->segments[*out].name))
            return true;
    return false;
}

static void link_segment(struct linking *l, size_t i);

static enum err_code link_name(struct linking *l, struct node *node, int *depth, struct err *err)
{
    const struct audience_segment *other;

    if (!find(l->set, node->name, &node->target))
        return err_set(err, ERR_NOT_FOUND, "line %d, column %d: there is no segment \"%.*s\"",
                       node->at.line, node->at.column, (int)node->name.n, node->name.p);
    if (l->visits[node->target] == UNDER_WAY)
        return err_set(err, ERR_INVALID,
                       "line %d, column %d: the segment \"%.*s\" speaks of this one: that would go "
                       "on for ever",
                       node->at.line, node->at.column, (int)node->name.n, node->name.p);
    link_segment(l, node->target);
    other = &l->set->segments[node->target];
    if (other->err.code == ERR_OK) {
        if (*depth < l->depths[node->target] + 1)
            *depth = l->depths[node->target] + 1;
        if (*depth > NESTED_MAX)
            return err_set(err, ERR_TOO_LARGE, "segments speak of others at most %d deep",
                           NESTED_MAX);
        return ERR_OK;
    }
    err_set(err, ERR_INVALID, "line %d, column %d: the segment \"%.*s\" is broken", node->at.line,
            node->at.column, (int)node->name.n, node->name.p);
    snprintf(err->hint, sizeof(err->hint), "%s", other->err.msg);
    return ERR_INVALID;
}

static enum err_code link_node(struct linking *l, struct node *node, int *depth, struct err *err)
{
    if (node->kind == NODE_SEGMENT)
        return link_name(l, node, depth, err);
    for (struct node *child = node->first; child; child = child->next)
        TRY(link_node(l, child, depth, err));
    return ERR_OK;
}

static void link_segment(struct linking *l, size_t i)
{
    struct audience_segment *s = &l->set->segments[i];

    if (l->visits[i] != UNSEEN)
        return;
    l->visits[i] = UNDER_WAY;
    if (s->tree && link_node(l, s->tree->root, &l->depths[i], &s->err) != ERR_OK) {
        audience_free(s->tree);
        s->tree = NULL;
    }
    l->visits[i] = DONE;
}

void audience_set_link(struct audience_set *set, const struct audience_now *now)
{
    struct linking l = {set, xcalloc(set->n + 1, sizeof(enum visit)),
                        xcalloc(set->n + 1, sizeof(int))};

    for (size_t i = 0; i < set->n; i++) {
        struct audience_segment *s = &set->segments[i];

        s->err = ERR_INIT;
        s->tree = NULL;
        if (audience_parse(s->text, &s->tree, &s->err) == ERR_OK &&
            audience_check(s->tree, now, &s->err) != ERR_OK) {
            audience_free(s->tree);
            s->tree = NULL;
        }
    }
    for (size_t i = 0; i < set->n; i++)
        link_segment(&l, i);
    free(l.visits);
    free(l.depths);
}

void audience_set_release(struct audience_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        audience_free(set->segments[i].tree);
        set->segments[i].tree = NULL;
    }
}
