/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/world.h"

#include "simulate/people.h"

static const struct {
    const char *id, *name, *kind;
    double personal_only; /* flows whose content is the person's own behaviour */
} flows[FLOW_COUNT] = {
    [FLOW_WELCOME] = {"F1WELC", "Welcome series", "welcome", 0},
    [FLOW_CART] = {"F2CART", "Abandoned cart reminder", "cart", 1},
    [FLOW_POST_PURCHASE] = {"F3POST", "Post-purchase thank you", "post_purchase", 1},
    [FLOW_BROWSE] = {"F4BROW", "Browse abandonment", "browse", 1},
    [FLOW_WIN_BACK] = {"F5WINB", "Win-back", "win_back", 1},
    [FLOW_REPLENISHMENT] = {"F6REPL", "Replenishment reminder", "replenishment", 1},
    [FLOW_VIP] = {"F7VIPS", "VIP thank you", "vip", 1},
};

static const char *const segments[] = {
    "Bought in the last 90 days",
    "Never bought",
    "One-time buyers",
    "Lapsed 120 days",
    "Engaged 60 days",
    "High predicted value",
    "VIP customers",
    "Knitwear fans",
    "Shirt fans",
    "Bags fans",
    "Newest subscribers",
    "Text message readers",
    "City dwellers",
    "Discount lovers",
};

const char *mail_flow_id(int flow)
{
    return flows[flow].id;
}

const char *mail_flow_name(int flow)
{
    return flows[flow].name;
}

const char *mail_segment_name(int segment)
{
    return segment < 0 ? "Newsletter" : segments[(size_t)segment % TM_COUNT(segments)];
}

bool mail_reachable(const struct person *p)
{
    return (p->flags & PERSON_EMAIL) && !(p->flags & PERSON_LEFT);
}

/* Messages of the last days: a nibble a day, the newest lowest. */
static uint32_t contacts_now(const struct world *w, const struct person *p)
{
    int days = w->day - p->contact_day;

    return days >= CONTACT_DAYS ? 0 : p->contacts << (4 * days);
}

static int contact_sum(uint32_t contacts)
{
    int sum = 0;

    for (; contacts; contacts >>= 4)
        sum += (int)(contacts & 15);
    return sum;
}

static bool over_cap(const struct world *w, const struct person *p, int more)
{
    return contact_sum(contacts_now(w, p)) + more > CONTACT_CAP;
}

/* The team's cap holds this message back. One place is kept free for what an order answers. */
bool mail_capped(const struct world *w, const struct person *p)
{
    return w->traits.cap_kept > 0.0 && over_cap(w, p, 1);
}

static void note_contact(const struct world *w, struct person *p)
{
    p->contacts = contacts_now(w, p);
    p->contact_day = (uint16_t)w->day;
    if ((p->contacts & 15) < 15)
        p->contacts++;
}

/* One row of the messages' log; what does not apply is NULL or -1. */
struct row {
    const char *event, *channel, *message, *campaign, *flow, *kind, *plan, *audience;
    const char *method, *proof;
    int second;
    int machine, personal;
};

static bool logged(const struct world *w)
{
    return w->day >= DAYS - w->traits.message_days;
}

static void cell(struct buf *b, const char *text)
{
    if (text)
        buf_addz(b, text);
    buf_addc(b, ',');
}

static void put_row(struct world *w, uint32_t person, const struct row *row)
{
    struct buf *b = &w->messages_csv->buf;
    char email[80], profile[16];

    person_email(w, person, email);
    person_profile_id(person, profile);
    cell(b, row->event);
    add_utc(b, world_at(w, w->day, row->second < 86399 ? row->second : 86399));
    buf_addc(b, ',');
    cell(b, row->message);
    cell(b, row->channel);
    cell(b, row->campaign);
    cell(b, row->flow);
    cell(b, row->kind);
    cell(b, row->plan);
    cell(b, row->audience);
    cell(b, profile);
    cell(b, email);
    cell(b, row->machine < 0 ? NULL : row->machine ? "1" : "0");
    cell(b, row->personal < 0 ? NULL : row->personal ? "1" : "0");
    cell(b, row->method);
    buf_addz(b, row->proof ? row->proof : "");
    buf_addc(b, '\n');
    output_row(w->messages_csv);
    w->result.messages++;
}

static void put_message(struct world *w, uint32_t person, const char *event, const struct row *base,
                        int second, int machine)
{
    struct row row = *base;

    if (!logged(w))
        return;
    row.event = event;
    row.second = second;
    row.machine = machine;
    put_row(w, person, &row);
}

static void put_consent(struct world *w, uint32_t person, const char *event, const char *channel,
                        int second, const char *method, const char *proof)
{
    const struct row row = {.event = event,
                            .channel = channel,
                            .method = method,
                            .proof = proof,
                            .second = second,
                            .machine = -1,
                            .personal = -1};

    put_row(w, person, &row);
}

void mail_subscribed(struct world *w, uint32_t person, int second, const char *method)
{
    struct person *p = &w->people[person];
    const struct traits *t = &w->traits;
    const char *proof =
        strcmp(method, "checkout") == 0 ? "checkout box of 2024-09" : "sign-up form of 2024-09";

    p->flags |= PERSON_EMAIL;
    if (person_is(w, person, 31, t->sms_consent))
        p->flags |= PERSON_SMS;
    if (person_is(w, person, 32, t->recorded)) {
        p->flags |= PERSON_RECORDED;
        put_consent(w, person, "consent_granted", "email", second, method, proof);
        if (p->flags & PERSON_SMS)
            put_consent(w, person, "consent_granted", "sms", second, method, proof);
    }
    if (t->flows[FLOW_WELCOME] > 0.0 && person_is(w, person, 33, t->flows[FLOW_WELCOME])) {
        for (int step = 0; step < 3; step += 2) {
            struct due_list *list = &w->soon[(w->day + 1 + step) % SOON];

            if (list->n == list->cap) {
                list->cap = list->cap ? list->cap * 2 : 64;
                list->items = xrealloc(list->items, (size_t)list->cap * sizeof(*list->items));
            }
            list->items[list->n++] = (struct due){person, FLOW_WELCOME, step};
        }
    }
}

void mail_refused(struct world *w, uint32_t person, int second)
{
    if (!person_is(w, person, 32, w->traits.recorded))
        return;
    w->people[person].flags |= PERSON_RECORDED;
    put_consent(w, person, "consent_denied", "email", second, "checkout",
                "checkout box left empty");
}

static void leave(struct world *w, uint32_t person, int second, const struct row *base)
{
    w->people[person].flags |= PERSON_LEFT;
    put_message(w, person, "message_unsubscribed", base, second, -1);
    put_consent(w, person, "consent_withdrawn", base->channel, second, "unsubscribe link",
                base->message);
}

/* An automated message goes out; `answered` when the person will order through it today. */
void mail_flow(struct world *w, uint32_t person, int flow, int second, bool answered)
{
    struct rng *r = &w->rng[RNG_MAIL];
    const struct traits *t = &w->traits;
    struct person *p = &w->people[person];
    struct flow_day *counts = &w->flow_days[w->day][flow];
    char message[40];
    struct row row = {.channel = "email",
                      .message = message,
                      .flow = flows[flow].id,
                      .kind = flows[flow].kind,
                      .machine = -1,
                      .personal = t->personal_flows && flows[flow].personal_only > 0};
    bool opens = answered || rng_chance(r, t->opens * 1.25);
    bool clicks = answered || (opens && rng_chance(r, 0.10));

    snprintf(message, sizeof(message), "%s-%u-%d-%d", flows[flow].id, person + 1, w->day,
             second / 60);
    note_contact(w, p);
    counts->delivered++;
    counts->opens += opens;
    counts->clicks += clicks;
    put_message(w, person, "message_sent", &row, second, -1);
    put_message(w, person, "message_delivered", &row, second + 20, -1);
    if (opens)
        put_message(w, person, "message_opened", &row, second + 600, 0);
    if (clicks)
        put_message(w, person, "message_clicked", &row, second + 660, 0);
    if (!answered && rng_chance(r, t->unsubscribes)) {
        counts->unsubscribes++;
        leave(w, person, second + 900, &row);
    }
}

/* The dates of the campaigns: so many in each month, none in a month that is skipped. A negative
 * `skip_every` keeps only every n-th month. */
static int campaigns_in_month(const struct traits *t, int months_ago, struct rng *r)
{
    if (t->skip_every < 0)
        return months_ago % -t->skip_every == 1 ? 1 : 0;
    if (t->skip_every > 0 && months_ago % t->skip_every == 2)
        return 0;
    return (int)(t->campaigns + rng_uniform(r) * 0.99);
}

/* A share dealt out evenly: true for about `share` of the numbers i, from a start of its own. */
static bool dealt(int i, double share, double start)
{
    return floor((i + 1) * share + start) > floor(i * share + start);
}

static void plan_campaign(struct world *w, int day, double start)
{
    static const char *const themes[] = {"new arrivals", "from the workshop", "weekend offer",
                                         "gift ideas",   "last pieces",       "how to care"};
    struct campaign *c = &w->campaigns[w->campaign_count];
    const struct traits *t = &w->traits;
    int i = w->campaign_count, year, month, dom;
    const char *theme = themes[i % (int)TM_COUNT(themes)];

    world_date(w, day, &year, &month, &dom);
    *c = (struct campaign){.day = day, .segment = -1};
    if (dealt(i, t->segmented, start))
        c->segment = (int)(dealt(i, 0.5, 0.0) ? i / 2 : i / 3) % (t->segments ? t->segments : 1);
    c->planned = dealt(i, t->planned, start);
    c->sms = c->planned;
    c->personal = dealt(i, t->personal, start);
    snprintf(c->id, sizeof(c->id), "01J%05d", i + 1);
    snprintf(c->name, sizeof(c->name), "%04d-%02d %s", year, month, theme);
    snprintf(c->slug, sizeof(c->slug), "%04d-%02d-%02d-%s", year, month, dom, theme);
    for (char *p = c->slug; *p; p++)
        *p = *p == ' ' ? '-' : *p;
    w->campaign_count++;
}

void mail_plan(struct world *w)
{
    struct rng *r = &w->rng[RNG_MAIL];
    double start = rng_uniform(r);
    int day = 0;

    while (day < DAYS) {
        int first = day, months_ago = world_months_ago(w, day), n;

        while (day < DAYS && world_months_ago(w, day) == months_ago)
            day++;
        n = campaigns_in_month(&w->traits, months_ago, r);
        for (int i = 0; i < n && w->campaign_count < CAMPAIGNS_MAX; i++)
            plan_campaign(w, first + (int)((day - first) * (i + 0.3 + 0.5 * rng_uniform(r)) / n),
                          start);
    }
}

static bool in_segment(const struct world *w, uint32_t person, const struct campaign *c)
{
    const struct person *p = &w->people[person];
    int since = p->last_order == NO_DAY ? INT_MAX : w->day - p->last_order;
    double share = w->traits.segment_size;

    switch (c->segment) {
    case -1:
        return true;
    case 0:
        return since <= 90;
    case 1:
        return p->orders == 0 && person_is(w, person, (uint64_t)c->day, share);
    case 2:
        return p->orders == 1 && person_is(w, person, (uint64_t)c->day, share * 1.5);
    case 3:
        return since > 120 && p->orders > 0;
    case 5:
    case 6:
        return p->orders >= 2;
    default:
        return person_is(w, person, (uint64_t)c->segment * 100, share);
    }
}

static struct row campaign_row(const struct campaign *c, int way, char message[40], uint32_t person)
{
    snprintf(message, 40, "%s%s-%u", c->id, way ? "s" : "", person + 1);
    return (struct row){.channel = way ? "sms" : "email",
                        .message = message,
                        .campaign = c->id,
                        .plan = c->planned ? c->slug : NULL,
                        .audience = mail_segment_name(c->segment),
                        .machine = -1,
                        .personal = c->personal};
}

/* Who opens and clicks a delivered message: people, and the programs that read for them. An
 * order to come brings its own open and click when it is made. */
static void read_message(struct world *w, struct campaign *c, uint32_t person, int way,
                         const struct row *row, int second)
{
    struct rng *r = &w->rng[RNG_MAIL];
    const struct traits *t = &w->traits;
    int later = second + 300 + (int)rng_exponential(r, 9000.0);

    if (!way && rng_chance(r, 0.22)) { /* a mail program loads the pictures by itself */
        c->opens[way]++;
        c->all_opens[way]++;
        put_message(w, person, "message_opened", row, second + 60, 1);
    } else if (!way && rng_chance(r, t->opens)) {
        c->opens[way]++;
        c->all_opens[way] += 1 + rng_below(r, 2);
        put_message(w, person, "message_opened", row, later, 0);
    }
    if (!way && rng_chance(r, 0.004)) /* a scanner follows the links */
        put_message(w, person, "message_clicked", row, second + 40, 1);
    if (rng_chance(r, way ? t->clicks * 1.5 : t->clicks)) {
        c->clicks[way]++;
        c->all_clicks[way] += 1 + rng_below(r, 2);
        put_message(w, person, "message_clicked", row, later + 30, 0);
    }
    if (rng_chance(r, t->complaints)) {
        c->complaints[way]++;
        put_message(w, person, "message_complained", row, later + 60, -1);
    }
    if (rng_chance(r, t->unsubscribes)) {
        c->unsubscribes[way]++;
        leave(w, person, later + 60, row);
    }
}

static void send_one(struct world *w, struct campaign *c, uint32_t person, int way, bool answers)
{
    int second = (way ? 17 : 10) * 3600 + (int)(person % 900);
    char message[40];
    const struct row row = campaign_row(c, way, message, person);

    note_contact(w, &w->people[person]);
    c->recipients[way]++;
    put_message(w, person, "message_sent", &row, second, -1);
    if (!answers && rng_chance(&w->rng[RNG_MAIL], 0.003)) {
        c->bounces[way]++;
        put_message(w, person, "message_bounced", &row, second + 30, -1);
        return;
    }
    put_message(w, person, "message_delivered", &row, second + 30, -1);
    if (!answers)
        read_message(w, c, person, way, &row, second);
}

/* Which of the orders of the next days will be answers to this campaign. The chance is steered
 * so that campaigns bring their share of revenue. */
static void choose_answers(struct world *w, int index)
{
    const struct traits *t = &w->traits;
    double share = w->revenue > 0 ? (double)w->campaign_revenue / (double)w->revenue : 0.0;
    double p =
        fmin(0.97, 0.5 * fmax(0.05, 1.0 + 6.0 * (t->campaign_share - share) / t->campaign_share));

    for (int d = w->day; d < w->day + ANSWER_DAYS && d < DAYS; d++)
        for (uint32_t i = w->queue[d]; i != NOBODY; i = w->people[i].next)
            if (mail_reachable(&w->people[i]) && !w->people[i].touch &&
                !mail_capped(w, &w->people[i]) && rng_chance(&w->rng[RNG_MAIL], p))
                w->people[i].touch = (uint16_t)(index + 1);
}

static void send_campaign(struct world *w, int index)
{
    struct campaign *c = &w->campaigns[index];
    struct rng *r = &w->rng[RNG_MAIL];

    choose_answers(w, index);
    for (uint32_t i = 0; i < w->person_count; i++) {
        struct person *p = &w->people[i];
        bool answers = p->touch == index + 1;

        if (!mail_reachable(p) || (!answers && !in_segment(w, i, c)))
            continue;
        if (!answers && over_cap(w, p, 1) && rng_chance(r, w->traits.cap_kept))
            continue;
        send_one(w, c, i, 0, answers);
        if (c->sms && (p->flags & PERSON_SMS) && !(p->flags & PERSON_LEFT) &&
            !(over_cap(w, p, 1) && rng_chance(r, w->traits.cap_kept)))
            send_one(w, c, i, 1, answers);
    }
}

/* Flows that look at everybody: each person's turn comes every 30 days. */
static void monthly_flows(struct world *w)
{
    const struct traits *t = &w->traits;
    struct rng *r = &w->rng[RNG_MAIL];

    for (uint32_t i = (uint32_t)w->day % 30; i < w->person_count; i += 30) {
        const struct person *p = &w->people[i];
        int since = p->last_order == NO_DAY ? -1 : w->day - p->last_order, flow;
        double share;

        if (since < 0 || !mail_reachable(p) || mail_capped(w, p))
            continue;
        if (since > 120 && since <= 150)
            flow = FLOW_WIN_BACK;
        else if (since > 45 && since <= 75)
            flow = FLOW_REPLENISHMENT;
        else if (since <= 30 && p->orders >= 3)
            flow = FLOW_VIP;
        else
            continue;
        share = t->flows[flow];
        if (share > 0.0 && rng_chance(r, share))
            mail_flow(w, i, flow, 9 * 3600 + rng_below(r, 3600), false);
    }
}

void mail_of_day(struct world *w)
{
    struct due_list *list = &w->soon[w->day % SOON];

    for (int i = 0; i < list->n; i++) {
        const struct person *p = &w->people[list->items[i].person];

        if (mail_reachable(p) && !mail_capped(w, p))
            mail_flow(w, list->items[i].person, list->items[i].flow,
                      8 * 3600 + (int)(list->items[i].person % 3600), false);
    }
    list->n = 0;
    while (w->campaign_next < w->campaign_count && w->campaigns[w->campaign_next].day == w->day)
        send_campaign(w, w->campaign_next++);
    monthly_flows(w);
}

/* The click that led to an order, and the sums that the mailing tool reports. */
static void answer_campaign(struct world *w, const struct order *o)
{
    struct campaign *c = &w->campaigns[o->campaign];
    int way = o->channel == CH_SMS;
    char message[40];
    const struct row row = campaign_row(c, way, message, o->person);

    if (!way) {
        c->opens[way]++;
        c->all_opens[way]++;
        put_message(w, o->person, "message_opened", &row, o->second - 700, 0);
    }
    c->clicks[way]++;
    c->all_clicks[way]++;
    put_message(w, o->person, "message_clicked", &row, o->second - 600, 0);
    c->orders[way]++;
    c->revenue[way] += o->total;
}

void mail_of_orders(struct world *w)
{
    const struct traits *t = &w->traits;
    struct rng *r = &w->rng[RNG_MAIL];

    for (int i = 0; i < w->order_count; i++) {
        const struct order *o = &w->orders[i];

        if (o->campaign >= 0) {
            answer_campaign(w, o);
        } else if (o->flow >= 0) {
            struct flow_day *counts = &w->flow_days[w->day][o->flow];

            mail_flow(w, o->person, o->flow, o->second - 5400, true);
            counts->orders++;
            counts->revenue += o->total;
        }
        if (o->person != NOBODY && t->flows[FLOW_POST_PURCHASE] > 0.0 &&
            mail_reachable(&w->people[o->person]) && rng_chance(r, t->flows[FLOW_POST_PURCHASE]) &&
            !mail_capped(w, &w->people[o->person]))
            mail_flow(w, o->person, FLOW_POST_PURCHASE, o->second + 1200, false);
    }
}
