/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* visits.c - who comes to the web shop on a day, and how far they get.
 *
 * First the visits that belong to orders, then sign-ups and known people who look around, and
 * strangers for the rest of the day's number.
 */
#include "simulate/world.h"

#include "simulate/people.h"

static enum channel mixed_channel(struct world *w, double direct)
{
    struct rng *r = &w->rng[RNG_VISITS];

    return rng_chance(r, direct) ? CH_DIRECT : (enum channel)rng_pick(r, w->traits.mix, CH_MIX);
}

static enum device any_device(struct rng *r)
{
    double u = rng_uniform(r);

    return u < 0.68 ? DEVICE_MOBILE : u < 0.96 ? DEVICE_DESKTOP : DEVICE_TABLET;
}

static struct visit visit_of(struct world *w, uint32_t person, enum channel channel)
{
    struct rng *r = &w->rng[RNG_VISITS];
    double depth = rng_uniform(r);

    return (struct visit){.person = person,
                          .device = any_device(r),
                          .channel = channel,
                          .campaign = "",
                          .second = world_second(r),
                          .views = depth < 0.42   ? 0
                                   : depth < 0.82 ? 1
                                                  : 2,
                          .engaged = depth > 0.35};
}

/* Checkouts that are left, among visits without an order. */
static double left_checkouts(const struct world *w)
{
    const struct traits *t = &w->traits;

    return (1.0 / t->completion - 1.0) / (t->sessions_per_order - 1.0);
}

static void go_far(struct world *w, struct visit *v)
{
    struct rng *r = &w->rng[RNG_VISITS];
    double checkout = left_checkouts(w), u = rng_uniform(r);

    v->checks_out = u < checkout;
    v->carts = u < checkout * 1.7 + 0.02;
    if (v->carts) {
        v->views += v->views == 0;
        v->engaged = true;
    }
}

/* The visit in which an order was made; in many cases an earlier one the same day. */
static int order_visits(struct world *w, const struct order *o)
{
    struct rng *r = &w->rng[RNG_VISITS];
    struct visit v = visit_of(w, o->person, o->channel);
    int n = 1;

    v.device = o->device;
    v.second = o->second - 240 - rng_below(r, 300);
    v.views = 1 + rng_below(r, 3);
    v.carts = v.checks_out = v.engaged = true;
    v.order = o;
    v.logged_in = rng_chance(r, w->traits.logged_in);
    if (o->campaign >= 0)
        v.campaign = w->campaigns[o->campaign].slug;
    else if (o->flow >= 0)
        v.campaign = mail_flow_id(o->flow);
    if (rng_chance(r, 0.4) && v.second > 4 * 3600) {
        struct visit before = v;

        before.order = NULL;
        before.channel = o->first ? mixed_channel(w, 0.1) : v.channel;
        before.campaign = "";
        before.carts = before.checks_out = false;
        before.views = 1;
        before.second -= 2 * 3600 + rng_below(r, 3600);
        before.logged_in = v.logged_in && !o->first;
        ga4_visit(w, &before);
        n++;
    }
    if (o->flow == FLOW_CART && v.second > 5 * 3600) { /* the cart that was left, and recalled */
        struct visit cart = v;

        cart.order = NULL;
        cart.channel = CH_DIRECT;
        cart.campaign = "";
        cart.checks_out = false;
        cart.logged_in = true;
        cart.second -= 4 * 3600;
        ga4_visit(w, &cart);
        n++;
    }
    if (v.second < 0)
        v.second = 0;
    ga4_visit(w, &v);
    return n;
}

/* Some of those who sign up will order later. */
static void sign_up(struct world *w)
{
    struct rng *r = &w->rng[RNG_PEOPLE];
    uint32_t person = world_person(w, PERSON_LEAD);
    struct visit v = visit_of(w, person, mixed_channel(w, 0.25));

    v.signs_up = v.engaged = true;
    v.logged_in = w->traits.personal > 0.1; /* the form opens an account */
    ga4_visit(w, &v);
    mail_subscribed(w, person, v.second + 60, "form");
    if (rng_chance(r, w->lead_first_p))
        world_due(w, person, w->day + 1 + (int)rng_exponential(r, 14.0));
}

/* Somebody known looks around; a cart left behind is answered by a reminder. */
static void known_visit(struct world *w)
{
    struct rng *r = &w->rng[RNG_VISITS];
    const struct traits *t = &w->traits;
    uint32_t person = (uint32_t)(rng_uniform(r) * w->person_count);
    enum channel channel;
    struct visit v;

    for (int i = 0; i < 4 && !mail_reachable(&w->people[person]); i++)
        person = (uint32_t)(rng_uniform(r) * w->person_count);
    channel = mail_reachable(&w->people[person]) && rng_chance(r, t->flow_share * 2.5)
                  ? CH_EMAIL
                  : mixed_channel(w, 0.4);
    v = visit_of(w, person, channel);
    if (channel == CH_EMAIL)
        v.campaign = w->campaign_next > 0 ? w->campaigns[w->campaign_next - 1].slug : "newsletter";
    v.logged_in = rng_chance(r, t->logged_in);
    go_far(w, &v);
    ga4_visit(w, &v);
    if (!mail_reachable(&w->people[person]) || mail_capped(w, &w->people[person]))
        return;
    if (v.carts && rng_chance(r, t->flows[FLOW_CART]))
        mail_flow(w, person, FLOW_CART, v.second + 3600, false);
    else if (!v.carts && v.views > 1 && rng_chance(r, t->flows[FLOW_BROWSE]))
        mail_flow(w, person, FLOW_BROWSE, v.second + 7200, false);
}

static void stranger_visit(struct world *w)
{
    struct rng *r = &w->rng[RNG_VISITS];
    struct visit v = visit_of(w, NOBODY, mixed_channel(w, 0.22));

    /* One in five comes back: the same browser as one of the last days. */
    v.stranger = rng_chance(r, 0.2) ? (uint64_t)rng_below(r, 4000) + (uint64_t)w->day / 7 * 4000
                                    : rng_next(r) | UINT64_C(1) << 63;
    v.device = v.stranger % 100 < 68   ? DEVICE_MOBILE
               : v.stranger % 100 < 96 ? DEVICE_DESKTOP
                                       : DEVICE_TABLET;
    go_far(w, &v);
    ga4_visit(w, &v);
}

void visits_of_day(struct world *w)
{
    const struct traits *t = &w->traits;
    double drift = pow(t->conversion_growth, (w->day - DAYS / 2) / 365.0);
    double mean = w->web_plan[w->day] * t->sessions_per_order / drift;
    int total = rng_poisson(&w->rng[RNG_VISITS], mean), done = 0, known;
    int leads = rng_poisson(&w->rng[RNG_PEOPLE], mean * t->signups);

    for (int i = 0; i < w->order_count; i++)
        if (!w->orders[i].counter && w->orders[i].tracked)
            done += order_visits(w, &w->orders[i]);
    known = (int)(total * t->identified + rng_uniform(&w->rng[RNG_VISITS])) - done;
    for (int i = 0; i < leads; i++)
        sign_up(w);
    if (t->personal > 0.1)
        known -= leads;
    done += leads;
    for (; known > 0 && w->person_count > 0; known--, done++)
        known_visit(w);
    for (; done < total; done++)
        stranger_visit(w);
}
