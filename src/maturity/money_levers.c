/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/money_levers.h"

#include "maturity/money.h"

/* No lever multiplies by more: the best tenth of shops does about three times the average, in
 * carts recovered and orders of flows (Klaviyo 2017, 2024) and in conversion (Littledata 2023). */
static const double most = 3;
/* The list grows evenly over the year: a month's growth stands for 6.5 months of it on average
 * (1 + ... + 12 over 12), and a year's sign-ups for half a year. */
static const double months_held = 6.5, year_held = .5;

static double times(double now, double cut)
{
    return cut < most * now ? cut / now : most;
}

static void larger(double *to, double value)
{
    *to = fmax(*to, value);
}

static void move_second(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->second, cut - now);
}

static void move_conversion(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->conversion, times(now, cut));
}

/* Not every checkout finished is an order more. Those finished leave no cart to remind of. */
static void move_checkout(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    larger(&m->conversion, 1 + f->finished * (times(now, cut) - 1));
    m->unfinished = fmin(m->unfinished, (1 - cut) / (1 - now));
}

/* `now` and `cut` are contribution over spend. All sales count towards it, whatever brought them.
 */
static void move_ad_return(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    if (f->margin > 0)
        larger(&m->sales, f->spend * (cut - now) / f->margin);
}

static void move_identified(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->identified, times(now, cut));
}

static void move_reminded(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->reminded, cut - now);
}

static void move_recovery(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->recovery, times(now, cut));
}

static void move_clicks(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->clicks, times(now, cut));
}

static void move_messages(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    larger(&m->messages, f->revenue * (cut - now));
}

static void move_flow(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->flow, times(now, cut));
}

static void move_growth(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    (void)f;
    larger(&m->list, fmin(1 + (cut - now) * months_held, most));
}

static void move_sign_ups(const struct funnel *f, double now, double cut, struct funnel_move *m)
{
    if (f->list > 0)
        larger(&m->list, fmin(1 + f->visits * (cut - now) * year_held / f->list, most));
}

#define NEEDS(figure) (UINT32_C(1) << FIGURE_##figure)

const struct lever levers[] = {
    {"second_purchase", NEEDS(FIRST_CUSTOMERS) | NEEDS(FIRST_ORDER_VALUE), move_second},
    {"conversion", NEEDS(REVENUE), move_conversion},
    {"checkout", NEEDS(REVENUE), move_checkout},
    {"ad_return", NEEDS(REVENUE) | NEEDS(SPEND), move_ad_return},
    {"known_visits", NEEDS(CARTS) | NEEDS(CARTS_REMINDED) | NEEDS(ORDER_VALUE), move_identified},
    {"cart_reminders", NEEDS(CARTS) | NEEDS(ORDER_VALUE), move_reminded},
    {"cart_sales", NEEDS(CARTS) | NEEDS(CARTS_REMINDED) | NEEDS(ORDER_VALUE), move_recovery},
    {"campaign_clicks", NEEDS(CAMPAIGN_SENDS) | NEEDS(CAMPAIGN_YIELD), move_clicks},
    {"message_sales", NEEDS(REVENUE), move_messages},
    {"flow_orders", NEEDS(FLOW_REVENUE), move_flow},
    {"list_growth", NEEDS(LIST_SIZE) | NEEDS(CAMPAIGN_SENDS) | NEEDS(CAMPAIGN_YIELD), move_growth},
    {"sign_ups", NEEDS(VISITS) | NEEDS(LIST_SIZE) | NEEDS(CAMPAIGN_SENDS) | NEEDS(CAMPAIGN_YIELD),
     move_sign_ups},
};
const size_t lever_count = TM_COUNT(levers);

_Static_assert(FIGURE_COUNT <= 32, "a bit for each figure");

const struct lever *lever_find(const char *name)
{
    for (size_t i = 0; i < lever_count; i++)
        if (strcmp(levers[i].name, name) == 0)
            return &levers[i];
    return NULL;
}
