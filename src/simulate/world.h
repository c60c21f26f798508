/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* world.h - the simulated shop while it runs, shared by the files of this room only.
 *
 * Days count from 0 (the first exported) to DAYS - 1. A person is one known to the shop: a buyer,
 * or somebody who signed up. People are kept in one array, 48 bytes each; everything about them
 * that does not change (name, city, devices) is a hash of their index, see people.h. The orders
 * and visits of a day are made, written and forgotten.
 */
#ifndef TM_SIMULATE_WORLD_H
#define TM_SIMULATE_WORLD_H

#include "base/money.h"
#include "base/timestamp.h"
#include "simulate/output.h"
#include "simulate/simulate.h"
#include "simulate/traits.h"

enum {
    DAYS = 730,
    MONTHS_MAX = 25,
    PRODUCTS = 48,
    LINES_MAX = 4,
    CAMPAIGNS_MAX = 200,
    ANSWER_DAYS = 5,  /* an order answers a campaign within these days */
    SOON = 8,         /* days ahead for which flow messages can be due */
    CONTACT_DAYS = 8, /* calendar days that any seven days can touch */
    CONTACT_CAP = 4,
    NO_DAY = 0xFFFF
};
#define NOBODY UINT32_MAX

enum device { DEVICE_MOBILE, DEVICE_DESKTOP, DEVICE_TABLET, DEVICE_COUNT };

enum person_flag {
    PERSON_EMAIL = 1,    /* subscribed */
    PERSON_SMS = 2,      /* takes text messages too */
    PERSON_LEFT = 4,     /* unsubscribed */
    PERSON_RECORDED = 8, /* consent, or its refusal, is on record */
    PERSON_LEAD = 16,    /* came through a form, before any order */
    PERSON_DUE = 32      /* in the queue of orders to come */
};

struct person {
    int64_t spent;     /* minor units, after refunds */
    uint32_t next;     /* in the queue of the day of the next order */
    uint32_t contacts; /* messages a day of the last 8, four bits each */
    uint16_t contact_day;
    uint16_t born;       /* day on which the shop first knew them */
    uint16_t last_order; /* NO_DAY: none */
    uint16_t touch;      /* campaign that the next order answers, plus 1 */
    uint16_t visits;
    uint16_t orders;
    uint16_t flags;
};
_Static_assert(sizeof(struct person) <= 64, "memory grows with people, by this much");

struct product {
    const char *kind; /* its category */
    char title[48], handle[48], sku[16];
    int64_t price;
};

struct line {
    int product;
    int quantity;
};

struct order {
    uint32_t person; /* NOBODY: no contact left */
    int64_t number;
    int second;   /* of the local day */
    bool counter; /* sold at a counter, not in the web shop */
    bool first;   /* the person's first */
    bool tracked; /* analytics saw it */
    enum channel channel;
    enum device device;
    int campaign; /* that it answers, or -1 */
    int flow;     /* that it answers, or -1 */
    bool cancelled;
    int discount_code; /* or -1 */
    struct line lines[LINES_MAX];
    int line_count;
    int64_t goods, discount, subtotal, shipping, tax, total, refunded;
};

/* One visit to the web shop. */
struct visit {
    uint32_t person;   /* NOBODY: a stranger */
    uint64_t stranger; /* then: who, for the device's id */
    enum device device;
    enum channel channel;
    const char *campaign; /* "" when the source names none */
    int second;
    bool logged_in, signs_up, carts, checks_out, engaged;
    int views;
    const struct order *order; /* NULL: none */
};

struct campaign {
    int day;
    bool sms, planned, personal;
    int segment; /* -1: the whole list */
    char id[16], slug[48], name[80];
    int64_t recipients[2], bounces[2], opens[2], all_opens[2], clicks[2], all_clicks[2];
    int64_t unsubscribes[2], complaints[2], orders[2], revenue[2]; /* [0] e-mail, [1] SMS */
};

struct flow_day {
    int delivered, opens, clicks, orders, unsubscribes, complaints;
    int64_t revenue;
};

struct channel_day {
    int64_t sessions, engaged, events, orders, revenue;
};

struct due {
    uint32_t person;
    int flow, step;
};

struct due_list {
    struct due *items; /* owned */
    int n, cap;
};

struct country {
    const char *code, *name, *currency, *zone, *language;
    int scale_cents; /* a price of 1.00 in the table, in minor units here */
    int tax_permille;
    const char *dial;
    const char *cities[4];
};

struct world {
    const struct simulate_options *options;
    struct simulate_result result;
    struct traits traits;
    struct rng rng[RNG_PURPOSES];
    uint64_t seed;
    const struct country *country;
    int decimals;      /* of its currency */
    struct zone *zone; /* owned */
    char shop[32], host[48];
    double margin;
    int64_t first_day;      /* since 1970-01-01 */
    int64_t offset_s[DAYS]; /* of local time from UTC, at noon */
    double web_plan[DAYS];  /* orders of the web shop */
    double plan_so_far[DAYS];
    double new_plan[DAYS];
    double lead_first_p; /* of sign-ups, those who will order */
    struct product products[PRODUCTS];

    struct person *people; /* owned */
    uint32_t person_count, person_cap;
    uint32_t queue[DAYS]; /* first person due on that day; NOBODY */
    struct due_list soon[SOON];

    int day;
    struct order *orders; /* owned; of the day */
    int order_count, order_cap;
    int64_t web_so_far, next_number;
    double counter_carry;
    int leads_today;
    uint32_t first_lead_today;
    double revenue_week[7]; /* net of refunds, in minor units */

    struct campaign campaigns[CAMPAIGNS_MAX];
    int campaign_count, campaign_next;
    struct flow_day (*flow_days)[FLOW_COUNT];        /* owned, [DAYS] */
    struct channel_day (*channel_days)[CH_COUNT];    /* owned, [DAYS] */
    struct channel_day (*device_days)[DEVICE_COUNT]; /* owned, [DAYS] */
    int64_t campaign_revenue, flow_revenue, revenue;
    int64_t month_revenue[MONTHS_MAX];

    struct output_set out;
    struct output *orders_csv, *events_json, *messages_csv, *meta_csv;
    struct output *google_csv; /* NULL: no such account */
    int64_t google_sum[4];     /* cost, impressions, clicks, orders */
    struct buf again;          /* rows that the orders' export repeats later */
    void *ga4;                 /* writer's own state */
};

/* world.c: the shop, its people and the calendar of orders to come. */
TM_MUST_CHECK enum err_code world_open(struct world *w, const struct simulate_options *options,
                                       struct err *err);
void world_close(struct world *w);
uint32_t world_person(struct world *w, unsigned flags);
void world_due(struct world *w, uint32_t person, int day);
/* UTC microseconds of a second of a local day. */
int64_t world_at(const struct world *w, int day, int second);
void world_date(const struct world *w, int day, int *out_year, int *out_month, int *out_day);
/* Months before the one of the last day: 0 for that month itself. */
int world_months_ago(const struct world *w, int day);
int world_second(struct rng *r); /* of a day, as people live */

/* orders.c: the orders of the day, in the order of time. */
void orders_of_day(struct world *w);

/* mail.c: campaigns, flows, consent. */
void mail_plan(struct world *w);
void mail_of_day(struct world *w);
void mail_of_orders(struct world *w);
void mail_subscribed(struct world *w, uint32_t person, int second, const char *method);
void mail_refused(struct world *w, uint32_t person, int second);
void mail_flow(struct world *w, uint32_t person, int flow, int second, bool answered);
bool mail_capped(const struct world *w, const struct person *p);
const char *mail_flow_id(int flow);
const char *mail_flow_name(int flow);
const char *mail_segment_name(int segment);
bool mail_reachable(const struct person *p);

/* visits.c */
void visits_of_day(struct world *w);

/* write_*.c: one export each. */
void ga4_open(struct world *w);
void ga4_visit(struct world *w, const struct visit *v);
void ga4_close(struct world *w);
void ga4_reports(struct world *w);
void shopify_open(struct world *w);
void shopify_orders(struct world *w);
void shopify_catalogue(struct world *w); /* customers and products */
void klaviyo_write(struct world *w);
void ads_open(struct world *w);
void ads_of_day(struct world *w);
void ads_close(struct world *w);
void ledger_write(struct world *w);
void team_write(struct world *w);
void facts_write(struct world *w);

#endif
