/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sensitivity_cover.h - the cheapest levels that meet a stage's conditions (maturity.md 6.9, 2).
 *
 * A covering knapsack over steps: choose levels now <= v <= target, at least `least`, so that
 *
 *     sum of weight over v >= target                 reaches `quorum`,
 *     sum of weight x v within each group            reaches that group's `sum`,
 *     v > now  implies  v of each prerequisite       reaches prerequisite_level(v),
 *
 * and hours are least; among equals worth is greatest, then steps are fewest. Without the last
 * condition groups meet only in the quorum: each group's undominated choices are listed, and the
 * lists combined by dynamic programming over the weight won. The last condition, and that some
 * earlier solution must not be contained, are met by branching on what the relaxed solution
 * breaks, cheapest bound first, so that the first solution that breaks nothing is the best.
 */
#ifndef TM_MATURITY_SENSITIVITY_COVER_H
#define TM_MATURITY_SENSITIVITY_COVER_H

#include "base/arena.h"
#include "maturity/model.h"

struct cover_item {
    size_t group;
    double weight;
    int now, least;
    int64_t cost[3];                 /* of the step to level 2, 3, 4: hundredths of an hour */
    int64_t worth;                   /* of standing at the target, when it did not */
    size_t needs[PREREQUISITES_MAX]; /* indices of items */
    size_t need_count;
};

struct cover {
    int target; /* 2..4 */
    struct cover_item *items;
    size_t n;
    double quorum;
    const double *sums; /* per group */
    size_t groups;
    size_t work; /* choices that may be looked at before the search is cut short */
};

/* Levels chosen before: the new ones must leave at least one of its raised items where it is. */
struct cover_choice {
    uint8_t *levels;
    int64_t cost, worth;
};

/* `out_choice->levels` has room for n. False when no choice lacks something of every `before`, or
 * none was found in time. `*out_proven`: there is no cheaper one. */
TM_MUST_CHECK bool cover_solve(const struct cover *cover, const struct cover_choice *before,
                               size_t before_count, struct cover_choice *out_choice,
                               bool *out_proven);

/* The levels below which no choice can leave an item: `least`, and what rests on prerequisites. */
void cover_least(const struct cover *cover, uint8_t *out_levels);
/* Do these levels meet every condition? */
bool cover_met(const struct cover *cover, const uint8_t *levels);

#endif
