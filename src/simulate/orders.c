/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/world.h"

#include "simulate/people.h"

static struct order *add_order(struct world *w, uint32_t person)
{
    struct order *o;

    if (w->order_count == w->order_cap) {
        w->order_cap = w->order_cap ? w->order_cap * 2 : 64;
        w->orders = xrealloc(w->orders, (size_t)w->order_cap * sizeof(*w->orders));
    }
    o = &w->orders[w->order_count++];
    *o = (struct order){.person = person, .campaign = -1, .flow = -1, .discount_code = -1};
    return o;
}

static void fill_basket(struct world *w, struct order *o)
{
    struct rng *r = &w->rng[RNG_ORDERS];
    static const double sizes[LINES_MAX] = {0.56, 0.26, 0.12, 0.06};

    o->line_count = rng_pick(r, sizes, LINES_MAX) + 1;
    for (int i = 0; i < o->line_count; i++) {
        /* The square favours a few articles, as sales do. */
        double u = rng_uniform(r);

        o->lines[i].product = (int)(u * u * PRODUCTS);
        o->lines[i].quantity = rng_chance(r, 0.12) ? 2 : 1;
        for (int k = 0; k < i; k++)
            if (o->lines[k].product == o->lines[i].product)
                o->lines[i].product = (o->lines[i].product + 1 + k) % PRODUCTS;
        o->goods += w->products[o->lines[i].product].price * o->lines[i].quantity;
    }
}

static void price_order(struct world *w, struct order *o)
{
    struct rng *r = &w->rng[RNG_ORDERS];
    const struct traits *t = &w->traits;
    double fate;

    if (!o->counter && rng_chance(r, t->discounted)) {
        o->discount_code = rng_below(r, 3);
        o->discount = o->goods * (o->discount_code == 2 ? 15 : 10) / 100;
    }
    o->subtotal = o->goods - o->discount;
    if (!o->counter && o->subtotal < (int64_t)w->country->scale_cents * 60)
        o->shipping = (int64_t)w->country->scale_cents * 49 / 10;
    o->tax = (o->subtotal * w->country->tax_permille + 500) / 1000;
    o->total = o->subtotal + o->shipping + o->tax;
    fate = rng_uniform(r);
    if (!o->counter && fate < t->cancelled) {
        o->cancelled = true;
        o->refunded = o->total;
    } else if (fate < t->cancelled + t->refunds) {
        o->refunded = rng_chance(r, 0.6) ? o->total : o->total * 2 / 5;
    }
}

/* The channel that brought an order nobody had mailed for. */
static void choose_source(struct world *w, struct order *o)
{
    struct rng *r = &w->rng[RNG_ORDERS];
    const struct traits *t = &w->traits;
    double mix[CH_MIX];

    for (int i = 0; i < CH_MIX; i++)
        mix[i] = t->mix[i];
    if (!o->first) { /* who knows the shop seeks it out */
        mix[CH_PAID_SOCIAL] *= 0.4;
        mix[CH_ORGANIC_SEARCH] *= 2.0;
    }
    o->channel = (enum channel)rng_pick(r, mix, CH_MIX);
    if (!rng_chance(r, t->known_source))
        o->channel = CH_DIRECT;
}

/* Phones bring fewer of the orders than of the visits. */
static void choose_device(struct world *w, struct order *o)
{
    double m = 0.68 * w->traits.mobile_ratio;
    const double weights[DEVICE_COUNT] = {m, 0.28, 0.04 * w->traits.mobile_ratio};

    o->device = (enum device)rng_pick(&w->rng[RNG_ORDERS], weights, DEVICE_COUNT);
}

/* Raises or lowers a chance until a running share meets its aim. */
static double steer(double base, double aim, int64_t part, int64_t whole)
{
    double share = whole > 0 ? (double)part / (double)whole : aim;

    return fmin(0.95, base * fmax(0.0, 1.0 + 8.0 * (aim - share) / aim));
}

static int choose_flow(struct world *w, const struct person *p, const struct order *o)
{
    const struct traits *t = &w->traits;
    bool lapsed = p->last_order != NO_DAY && w->day - p->last_order > 120;
    double weights[FLOW_COUNT] = {0};

    weights[FLOW_CART] = t->cart_of_flows;
    if (o->first) {
        weights[FLOW_WELCOME] = 1.0 - t->cart_of_flows;
    } else {
        weights[FLOW_POST_PURCHASE] = 0.15;
        weights[FLOW_BROWSE] = t->flows[FLOW_BROWSE] > 0.0 ? 0.1 : 0.0;
        weights[FLOW_WIN_BACK] = t->flows[FLOW_WIN_BACK] > 0.0 && lapsed ? 0.2 : 0.0;
        weights[FLOW_REPLENISHMENT] = t->flows[FLOW_REPLENISHMENT] > 0.0 ? 0.08 : 0.0;
        weights[FLOW_VIP] = t->flows[FLOW_VIP] > 0.0 && p->orders >= 3 ? 0.08 : 0.0;
    }
    return rng_pick(&w->rng[RNG_ORDERS], weights, FLOW_COUNT);
}

/* What the order answers: a campaign that was chosen for it when it went out, an automated
 * message of the day, or neither. */
static void choose_message(struct world *w, struct order *o)
{
    const struct traits *t = &w->traits;
    struct person *p = &w->people[o->person];

    if (p->touch) {
        const struct campaign *c = &w->campaigns[p->touch - 1];

        o->campaign = p->touch - 1;
        o->channel = c->sms && person_is(w, o->person, 77, 0.3) && (p->flags & PERSON_SMS)
                         ? CH_SMS
                         : CH_EMAIL;
        if (c->day == w->day && o->second < 18 * 3600) /* not before it went out */
            o->second = 18 * 3600 + o->second / 6;
        p->touch = 0;
        return;
    }
    if (t->flow_share <= 0.0 || !mail_reachable(p) || mail_capped(w, p))
        return;
    if (o->first && !(p->flags & PERSON_LEAD))
        return;
    if (!rng_chance(&w->rng[RNG_ORDERS], steer(0.25, t->flow_share, w->flow_revenue, w->revenue)))
        return;
    o->flow = choose_flow(w, p, o);
    o->channel = CH_EMAIL;
    if (o->second < 9 * 3600) /* room for the reminder before it */
        o->second += 9 * 3600;
}

static void plan_next(struct world *w, uint32_t person)
{
    struct rng *r = &w->rng[RNG_PEOPLE];
    const struct traits *t = &w->traits;
    const struct person *p = &w->people[person];
    double gap;

    if (!rng_chance(r, p->orders == 1 ? t->second : t->again))
        return;
    gap = 3.0 + rng_exponential(r, t->gap_days);
    if (gap < DAYS)
        world_due(w, person, w->day + (int)gap);
}

static void web_order(struct world *w, uint32_t person)
{
    struct rng *r = &w->rng[RNG_ORDERS];
    struct order *o = add_order(w, person);
    struct person *p = &w->people[person];

    o->first = p->orders == 0;
    o->second = world_second(r);
    o->tracked = rng_chance(r, w->traits.tracked);
    choose_source(w, o);
    choose_device(w, o);
    choose_message(w, o);
    if (o->channel == CH_EMAIL || o->channel == CH_SMS)
        o->tracked = o->tracked || rng_chance(r, 0.5); /* the link carries its source */
    fill_basket(w, o);
    price_order(w, o);
    if (o->first && !(p->flags & (PERSON_EMAIL | PERSON_LEFT))) {
        if (rng_chance(&w->rng[RNG_PEOPLE], w->traits.checkout_optin))
            mail_subscribed(w, person, o->second, "checkout");
        else
            mail_refused(w, person, o->second);
    }
    if (p->orders < UINT16_MAX)
        p->orders++;
    p->spent += o->total - o->refunded;
    plan_next(w, person);
    w->web_so_far++;
}

static void counter_order(struct world *w)
{
    struct order *o = add_order(w, NOBODY);

    o->counter = true;
    o->channel = CH_DIRECT;
    o->second = 10 * 3600 + rng_below(&w->rng[RNG_ORDERS], 9 * 3600);
    fill_basket(w, o);
    price_order(w, o);
}

/* New customers today: the plan, moved so that the sum of all orders stays near it. */
static int new_customers(struct world *w)
{
    double aim = w->new_plan[w->day] * (1.0 - w->traits.lead_first);
    double behind = w->plan_so_far[w->day] - (double)w->web_so_far;
    double slack = 4.0 * sqrt(w->plan_so_far[DAYS - 1]) + 1.0;

    aim *= fmax(0.3, fmin(2.5, 1.0 + 6.0 * behind / slack));
    return rng_poisson(&w->rng[RNG_PEOPLE], aim);
}

static int by_second(const void *a, const void *b)
{
    const struct order *x = a, *y = b;

    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

static void count_orders(struct world *w)
{
    int month = world_months_ago(w, w->day);
    double today = 0.0;

    for (int i = 0; i < w->order_count; i++) {
        struct order *o = &w->orders[i];
        int64_t net = o->total - o->refunded;

        o->number = w->next_number++;
        w->revenue += net;
        today += (double)net;
        w->month_revenue[month] += net;
        if (o->campaign >= 0)
            w->campaign_revenue += net;
        if (o->flow >= 0)
            w->flow_revenue += net;
        if (o->person != NOBODY)
            w->people[o->person].last_order = (uint16_t)w->day;
    }
    w->revenue_week[w->day % 7] = today;
    w->result.orders += w->order_count;
}

void orders_of_day(struct world *w)
{
    int n;

    w->order_count = 0;
    for (uint32_t i = w->queue[w->day]; i != NOBODY;) {
        uint32_t next = w->people[i].next;

        w->people[i].flags &= (uint16_t)~PERSON_DUE;
        w->people[i].next = NOBODY;
        web_order(w, i);
        i = next;
    }
    n = new_customers(w);
    for (int i = 0; i < n; i++)
        web_order(w, world_person(w, 0));
    /* Fractions are carried over to the next day: the sum is near the plan in small shops too. */
    w->counter_carry += w->web_plan[w->day] * w->traits.no_contact / (1.0 - w->traits.no_contact) *
                        (0.5 + rng_uniform(&w->rng[RNG_ORDERS]));
    for (; w->counter_carry >= 1.0; w->counter_carry -= 1.0)
        counter_order(w);
    if (w->order_count > 1)
        qsort(w->orders, (size_t)w->order_count, sizeof(*w->orders), by_second);
    count_orders(w);
}
