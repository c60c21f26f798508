/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* traits.h - all that a shop's way of working decides in the simulated world, in one table.
 *
 * A row is how a team of that kind behaves and what its customers then do. Seeds vary the rates
 * a little (traits_draw), so that no two shops are alike.
 */
#ifndef TM_SIMULATE_TRAITS_H
#define TM_SIMULATE_TRAITS_H

#include "simulate/rng.h"

/* Where visits come from. CH_DIRECT stands for all that carries no source. */
enum channel {
    CH_PAID_SOCIAL,
    CH_PAID_SEARCH,
    CH_ORGANIC_SEARCH,
    CH_ORGANIC_SOCIAL,
    CH_REFERRAL,
    CH_AFFILIATE,
    CH_AI,
    CH_PAID_COUNT_END, /* the ones above are drawn from the mix */
    CH_DIRECT = CH_PAID_COUNT_END,
    CH_EMAIL,
    CH_SMS,
    CH_COUNT
};
enum { CH_MIX = CH_PAID_COUNT_END };

enum flow {
    FLOW_WELCOME,
    FLOW_CART,
    FLOW_POST_PURCHASE,
    FLOW_BROWSE,
    FLOW_WIN_BACK,
    FLOW_REPLENISHMENT,
    FLOW_VIP,
    FLOW_COUNT
};

struct traits {
    /* What is exported at all. */
    int years_open;   /* before the first exported day; 0: the shop opens on it */
    int has_events;   /* analytics' raw events, not only its reports */
    int has_ledger;   /* a ledger of other marketing spend, planned amounts from 2 on */
    int has_google;   /* advertises on Google too */
    int ads_days;     /* last days that the ads' report covers */
    int message_days; /* last days that the mailing tool's log covers; 0: none */

    /* Demand. */
    double growth;             /* of new customers, per year */
    double conversion_growth;  /* of orders per visit, per year */
    double sessions_per_order; /* visits for each order of the web shop */
    double no_contact;         /* orders at a counter that leave no address */
    double second;             /* first buyers who ever buy again */
    double again;              /* buyers of two or more who buy once more */
    double gap_days;           /* mean time to the next order */
    double refunds;            /* orders refunded, in full or in part */
    double cancelled;          /* orders cancelled */
    double discounted;         /* orders with a discount code */
    double completion;         /* checkouts that end in an order */
    double mobile_ratio;       /* conversion on phones over that on desktops */

    /* Traffic and advertising. */
    double mix[CH_MIX];   /* of new customers with a known source */
    double tracked;       /* web orders that analytics saw */
    double known_source;  /* of those seen, the ones with a source */
    double identified;    /* visits of people who are known by then */
    double logged_in;     /* of identified visits, the ones with a log-in id */
    double mer_over_even; /* revenue over spend, relative to break-even */
    double spend_meta;    /* share of the marketing money */
    double spend_google;
    double claim; /* what platforms claim, over what they brought */

    /* Messages. */
    double signups;           /* per visit, through a form */
    double checkout_optin;    /* first buyers who accept messages */
    double recorded;          /* contacts whose consent is on record */
    double sms_consent;       /* subscribers who also take text messages */
    double lead_first;        /* first orders by people who had signed up before */
    double campaigns;         /* a month */
    int skip_every;           /* every n-th month has none; 0: all have */
    double campaign_share;    /* of revenue, by campaigns */
    double flow_share;        /* of revenue, by automated messages */
    double cart_of_flows;     /* of the latter, by cart reminders */
    double segmented;         /* campaigns that go to a part of the list only */
    double segment_size;      /* of the list, at most */
    double personal;          /* campaigns whose content follows behaviour */
    int personal_flows;       /* so do the automated messages */
    double planned;           /* campaigns that run on two channels under one plan */
    double cap_kept;          /* sends over the contact cap that are held back */
    double opens, clicks;     /* per delivered campaign message */
    double unsubscribes;      /* per delivered */
    double complaints;        /* per delivered */
    double flows[FLOW_COUNT]; /* of the occasions, the ones answered; 0: there is no such flow */

    /* The team, for the activity log. */
    int hours;                      /* a week */
    int owners;                     /* dimensions with an owner, of 12 */
    int specialists;                /* dimensions with a specialist */
    int targets;                    /* KPI targets */
    int review_months;              /* of the last 12, with a review of numbers */
    double decided;                 /* reviews that ended in a decision */
    int experiments;                /* a year, with a control group */
    int processes;                  /* written down */
    int calendar_months;            /* of the last 12, with planned campaigns */
    double reviewed;                /* planned campaigns that were looked at afterwards */
    double replies_fast;            /* answered by a person within a day */
    int routine, routine_automatic; /* routine tasks, and those that run by themselves */
    int syncs;            /* days of the last 90 on which audiences went to an ad platform */
    int segments;         /* in use; from 10 on one is predictive */
    int competitor_looks; /* a year */
    int threats;          /* a year, each closed with a decision */
    int trials;           /* new tools or strategies tried in a year */
    int goal;             /* 0 none, 1 a wish, 2 a forecast, 3 with competitors */
    int journey_channels; /* in the designed journey; 0: no journey */
    int post_months;      /* of the last 6, with posts */
};

/* The table's row for a stage, with this seed's own variation. */
void traits_draw(int stage, struct rng *r, struct traits *out);

#endif
