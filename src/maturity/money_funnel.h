/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money_funnel.h - one shop's year in one draw: visit, known visitor, first order, further orders.
 *
 *     first orders   F c                              c: conversion against today's
 *     repeat orders  F c r (1 + f)                    r: second purchase, f: further orders after
 * it guests' orders G c messages       carts left, known, reminded, recovered; campaigns; other
 * automatic ones
 *
 * Only the share of messages' sales that is their own doing counts (incrementality). What messages
 * sell to customers is part of the repeat orders: a better second-purchase rate may be reached by
 * them, and is then not counted twice. Amounts in minor units a year. Pure.
 */
#ifndef TM_MATURITY_MONEY_FUNNEL_H
#define TM_MATURITY_MONEY_FUNNEL_H

#include "base/base.h"

/* The shop as it is; 0 where nothing is known. */
struct funnel {
    double revenue, spend, margin;
    double first_customers, first_value;
    double second, further, repeat_value;
    double guests;       /* sales to unknown customers */
    double repeat_share; /* of known customers' sales, from orders after the first */
    double visits, list;
    double carts, reminded, recovered, order_value; /* left by known people; shares of them */
    double campaigns, flows;                        /* sales; flows with cart reminders */
    double incrementality; /* of messages: share of their sales that is their own doing */
    double finished;       /* of checkouts finished more: share that are orders more */
};

/* What levers change. Two that move the same thing do not add: the larger counts. */
struct funnel_move {
    double conversion;             /* times */
    double unfinished;             /* carts left, times */
    double second;                 /* more */
    double identified;             /* known visits, times */
    double reminded;               /* more */
    double recovery, clicks, flow; /* sales of a reminder, campaign, automatic message, times */
    double list;                   /* people on the list, times */
    double messages, sales;        /* sales of messages, and all sales: so much more at least */
};

struct funnel_move funnel_as_is(void);
/* Sales a year more than today; never below 0. */
double funnel_gain(const struct funnel *f, const struct funnel_move *m);

#endif
