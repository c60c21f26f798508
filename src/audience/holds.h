/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* holds.h - the tree in memory, for holds.c and explain.c; inside of src/audience only. */
#ifndef TM_AUDIENCE_HOLDS_H
#define TM_AUDIENCE_HOLDS_H

#include "audience/facts.h"
#include "audience/tree.h"

/* SQL's three: AND is the least of them, OR the greatest, NOT turns them round. */
enum truth { IS_FALSE, IS_UNKNOWN, IS_TRUE };

struct holding {
    const struct audience_set *set;
    const struct audience_facts *facts;
    struct audience_now now;
    /* NULL, or made less to when time alone may change a truth that was found; days aside, which
     * change it when today does. */
    int64_t *until_us;
};

enum truth node_truth(const struct holding *h, const struct node *node);
/* An attribute's value. */
struct fact word_value(const struct holding *h, const struct word *word);
/* How many rows a function's conditions fit, and the sum of a column over them. */
int64_t rows_total(const struct holding *h, const struct node *node, int column);

const struct fact *facts_rows(const struct audience_facts *facts, enum word_source source,
                              size_t *out_n);

/* Shared with the SQL. */
enum { LIFE_NEW_DAYS = 60, LIFE_ACTIVE_DAYS = 90, LIFE_RISK_DAYS = 180 };

#endif
