/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* economics.h - the shop's own figures of the last 365 days that a gap's worth is worked out from
 * (docs/method.md, "What a gap is worth").
 *
 * Each figure keeps what its posterior needs: counts, or sums over clusters. Money is in minor
 * units of the reporting currency. Read from the resolved tables by sql/insight/economics_*.sql;
 * all ratios of money are of sums, never of rounded averages. A plain value, owned by the caller.
 */
#ifndef TM_INSIGHT_ECONOMICS_H
#define TM_INSIGHT_ECONOMICS_H

#include "engine/engine.h"
#include "stats/stats.h"

enum figure_form {
    FIGURE_FACT,     /* n: a total, without sampling error */
    FIGURE_RATE,     /* k events in n years: so many a year */
    FIGURE_SHARE,    /* k of n */
    FIGURE_FRACTION, /* sums over customers, within 0 and 1 */
    FIGURE_RATIO     /* sums over customers or weeks */
};

enum figure_id {
    FIGURE_REVENUE,            /* net, all orders */
    FIGURE_GUEST_REVENUE,      /* of it from orders without a known customer */
    FIGURE_REPEAT_SHARE,       /* of known customers' revenue, from orders after the first */
    FIGURE_FIRST_CUSTOMERS,    /* first-time customers a year */
    FIGURE_SECOND_PURCHASE,    /* again within 365 days, as measure/ret_1 */
    FIGURE_SECOND_PURCHASE_90, /* again within 90 days, as measure/ret_2 */
    FIGURE_FURTHER_ORDERS,     /* orders in the 365 days after the second one, a customer */
    FIGURE_ORDER_VALUE,        /* net, an order */
    FIGURE_FIRST_ORDER_VALUE,
    FIGURE_REPEAT_ORDER_VALUE,
    FIGURE_VISITS,          /* a year */
    FIGURE_CONVERSION,      /* online orders of visits */
    FIGURE_IDENTIFIED,      /* visits by known people */
    FIGURE_CARTS,           /* left by known people, a year, as measure/aut_2 counts them */
    FIGURE_CARTS_REMINDED,  /* as measure/aut_2 */
    FIGURE_CARTS_RECOVERED, /* cart reminders with an order by the mailing tool's rule, or within
                               five days of a click */
    FIGURE_LIST_SIZE,       /* people who may be mailed */
    FIGURE_CAMPAIGN_SENDS,  /* recipients a year */
    FIGURE_CAMPAIGN_YIELD,  /* sales a recipient */
    FIGURE_FLOW_REVENUE,    /* a year, cart reminders included */
    FIGURE_SPEND,           /* on marketing */
    FIGURE_SALES_PER_SPEND, /* net revenue over spend, over the days that spend covers: MER */
    FIGURE_COUNT
};

struct figure {
    bool known; /* the data is there; false is not the same as zero */
    double k, n;
    struct ratio_sums sums;
};

/* What a figure is, and why it may be unknown. */
struct figure_info {
    const char *name;
    enum figure_form form;
    const char *missing; /* plain words, to be translated with _() */
};
extern const struct figure_info figure_infos[FIGURE_COUNT];

/* A group of customers that was sent messages and one that was not, drawn by lot: k of n bought.
 * The largest of the last 365 days by its smaller group. */
struct holdout {
    bool known;
    double treated_k, treated_n;
    double control_k, control_n;
};

struct economics {
    int64_t as_of;
    char currency[4];
    int decimals;
    struct figure figures[FIGURE_COUNT];
    struct holdout messages; /* own_incrementality of messages */
};

struct economics_options {
    int64_t as_of;
    const char *time_zone;
    const char *currency; /* reporting currency; "" when no record names one */
    int decimals;
};

/* Nothing known. */
struct economics economics_none(void);
/* resolve() must have run. */
TM_MUST_CHECK enum err_code economics(struct engine *engine,
                                      const struct economics_options *options,
                                      struct economics *out_economics, struct err *err);
/* What is known about a figure: the posterior of stats.h after its form. The figure is known,
 * except for two that fall back on what other shops saw: FURTHER_ORDERS (RJMetrics 2015: .53) and
 * CARTS_RECOVERED (Klaviyo 2017: 3 to 5 %). Own cases soon outweigh these. */
struct posterior figure_posterior(const struct economics *e, enum figure_id id);

#endif
