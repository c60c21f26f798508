/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* days.h - the order ledger, its products, the spend and the visits by day and all that they are
 * told by, in memory.
 *
 * Sums over any span of days come from here within a millisecond and without the engine: the views
 * of the pages "Revenue" and "Goals" are made of them. Read whole after the records are resolved
 * (memory.h). A row takes some 140 bytes; there are at most as many as orders, rows of spend, and
 * products a day.
 */
#ifndef TM_INSIGHT_DAYS_H
#define TM_INSIGHT_DAYS_H

#include "engine/engine.h"

/* By what a row is told; LEDGER_TOTAL: not at all. */
enum day_key {
    KEY_TOTAL,
    KEY_CHANNEL, /* of the ledger; of the spend in its own table */
    KEY_COUNTRY,
    KEY_DEVICE,
    KEY_CAMPAIGN,
    KEY_LAST, /* touches */
    KEY_FIRST,
    KEY_PLATFORM, /* of the spend */
    KEY_PRODUCT,  /* of the products */
    KEY_DAY,
    KEY_WEEK,
    KEY_MONTH
};

/* Sums of the ledger's rows; those of the spend's begin anew. */
enum {
    LEDGER_NET,
    LEDGER_ORDERS,
    LEDGER_VALID_NET,
    LEDGER_REFUNDS,
    LEDGER_NEW_ORDERS,
    LEDGER_NEW_REVENUE,
    LEDGER_RETURNING_ORDERS,
    LEDGER_RETURNING_REVENUE,
    LEDGER_FIRSTS,
    LEDGER_TOUCHED,
    LEDGER_ONLINE, /* orders that no till took */
    LEDGER_SUMS
};
enum { SPEND_SPENT, SPEND_WORTH, SPEND_CLAIMS_KNOWN, SPEND_WORTH_KNOWN, SPEND_SUMS };
enum { SPEND_CLICKS, SPEND_CLAIMS, SPEND_REALS };
enum { PRODUCT_NET, PRODUCT_ORDERS, PRODUCT_SUMS };
enum { PRODUCT_QUANTITY, PRODUCT_REALS };
enum { VISIT_COUNT, VISIT_REALS };
enum day_table { DAYS_LEDGER, DAYS_SPEND, DAYS_PRODUCTS, DAYS_VISITS, DAYS_TABLES };

struct view_days;

/* Sums that cannot be right do no harm: they begin anew at the other end. */
static inline int64_t days_plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int64_t days_minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* `tables`: a bit for each of enum day_table; the others are empty. */
TM_MUST_CHECK enum err_code view_days_load(struct engine *engine, unsigned tables,
                                           struct view_days **out_days, struct err *err);
void view_days_free(struct view_days *days); /* NULL is fine */
/* Whether the table has any row at all. */
bool view_days_has(const struct view_days *days, enum day_table table);
/* Of needs joined by blanks those that no source feeds. */
void view_days_missing(const struct view_days *days, const char *needs, char *out, size_t size);

/* One group: what its rows have in common, and their sums. */
struct day_group {
    struct str key; /* in the days' memory; "" for spans of time */
    char text[40];  /* "2026-09-01" for those, else "" */
    int64_t day;    /* the same */
    int64_t rows[DAYS_TABLES];
    int64_t ledger[LEDGER_SUMS], spend[SPEND_SUMS], product[PRODUCT_SUMS];
    double reals[SPEND_REALS];  /* of the spend, the products or the visits */
    struct str title, category; /* of a product, as its newest day has them */
};

struct day_groups {
    struct day_group *list; /* owned */
    size_t n;
    /* Where a group is in the list, from 1, by text's number or by day; owned. */
    uint32_t *at;
    size_t at_count;
};

struct day_span {
    int64_t from, to; /* days since 1970, both included */
    int week_start;   /* 1 Monday to 7 Sunday */
};

/* Adds the sums of a table's rows of the span to the groups, which begin as {0}. Calls for one set
 * of groups have keys of one kind: texts, or one kind of time. */
void view_days_add(const struct view_days *days, enum day_table table, const struct day_span *span,
                   enum day_key key, struct day_groups *groups);
void day_groups_release(struct day_groups *groups);

#endif
