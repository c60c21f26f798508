/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people.h - known customers with their scores, in memory; some 200 bytes each.
 *
 * Scores are fifths of recency, frequency and value, 5 the best; 0 for those who never ordered.
 */
#ifndef TM_INSIGHT_PEOPLE_H
#define TM_INSIGHT_PEOPLE_H

#include "engine/engine.h"

struct known_person {
    uint64_t id;
    struct str name, email, country;    /* in the people's memory, as the next two */
    struct str name_lower, email_lower; /* as search compares them */
    int64_t orders, revenue;
    int32_t first_day, last_day; /* 0: never */
    uint8_t recency, frequency, monetary;
};

/* Which come first; those alike by their numbers. */
enum people_order { BY_REVENUE, BY_ORDERS, BY_RECENT, BY_FIRST, PEOPLE_ORDERS };

enum { SCORES = 5 };

/* Customers of a group or a cell. */
struct people_sum {
    int64_t customers, orders, revenue;
    int32_t last_day; /* the median of their last days */
};

struct view_people {
    struct known_person *list; /* owned, as all here */
    size_t n;
    uint32_t *in_order[PEOPLE_ORDERS]; /* places in the list */
    struct people_sum cells[SCORES][SCORES];
    struct people_sum *groups; /* of people_group_names, as many */
    struct arena *arena;
};

/* By name of the cells: 9, and then NULL. */
extern const char *const people_group_names[];
/* The name of the group that a person's scores fall into; "" for those who never ordered. */
const char *people_group_of(const struct known_person *person);
/* The mean of frequency and value, as the map has it. */
static inline int people_worth(const struct known_person *person)
{
    return (person->frequency + person->monetary + 1) / 2;
}
/* The name of a cell of the map. */
const char *people_cell_name(int recency, int worth);

TM_MUST_CHECK enum err_code view_people_load(struct engine *engine, struct view_people **out_people,
                                             struct err *err);
void view_people_free(struct view_people *people); /* NULL is fine */

#endif
