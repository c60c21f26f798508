/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* memory.h - what views are made of without the engine: small tables that are read whole once the
 * records are resolved, and only read from then on, by any number of threads. */
#ifndef TM_INSIGHT_MEMORY_H
#define TM_INSIGHT_MEMORY_H

#include "insight/days.h"
#include "insight/firsts.h"
#include "insight/people.h"

enum {
    MEMORY_LEDGER = 1 << DAYS_LEDGER, /* as the tables of days.h */
    MEMORY_SPEND = 1 << DAYS_SPEND,
    MEMORY_PRODUCTS = 1 << DAYS_PRODUCTS,
    MEMORY_VISITS = 1 << DAYS_VISITS,
    MEMORY_DAYS = (1 << DAYS_TABLES) - 1,
    MEMORY_PEOPLE = 1 << DAYS_TABLES,
    MEMORY_FIRSTS = 2 << DAYS_TABLES,
    MEMORY_ALL = (4 << DAYS_TABLES) - 1
};

struct view_memory {
    struct view_days *days; /* NULL where it was not asked for, as the others */
    struct view_people *people;
    struct view_firsts *firsts;
};

/* `parts`: MEMORY_... joined; as_of: that of the resolved records. */
TM_MUST_CHECK enum err_code view_memory_load(struct engine *engine, unsigned parts, int64_t as_of,
                                             struct view_memory **out_memory, struct err *err);
void view_memory_free(struct view_memory *memory); /* NULL is fine */

#endif
