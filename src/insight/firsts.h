/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* firsts.h - how those came back who first ordered on a day, in memory.
 *
 * Each customer's first order is of one day, so that what holds for days adds up to any span of
 * them. At most a row a day and month since then, and a row a day and number of days until the
 * second purchase: 32 bytes each, fewer than two rows a customer.
 */
#ifndef TM_INSIGHT_FIRSTS_H
#define TM_INSIGHT_FIRSTS_H

#include "engine/engine.h"

/* Those who first ordered on `day`: how many ordered so many months later, how often, for how
 * much. In month 0 all of them did. */
struct first_month {
    int32_t day, month;
    int64_t customers, orders, revenue;
};

/* How many of them bought again on that day since then (`again`), and how many were last seen then
 * without (`ended`). */
struct first_second {
    int32_t day, after;
    int64_t again, ended;
};

/* Of months and of days since the first order, 0 included; rows beyond are left out. */
enum { FIRST_MONTHS_MAX = 65536, FIRST_DAYS_MAX = 160000 };

struct view_firsts {
    struct first_month *months; /* owned, as all here; by day, then by month */
    size_t month_count;
    struct first_second *seconds; /* by day */
    size_t second_count;
};

TM_MUST_CHECK enum err_code view_firsts_load(struct engine *engine, int64_t as_of,
                                             struct view_firsts **out_firsts, struct err *err);
void view_firsts_free(struct view_firsts *firsts); /* NULL is fine */

#endif
