/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* write_team.c - the team's own log of how it works, and the facts about the shop. */
#include "simulate/world.h"

#include "simulate/people.h"

enum { YEAR = 365, NONE = -1 };

/* One row of the log. Days are of the simulation; NONE where there is nothing to say. */
struct act {
    const char *kind, *name, *dimension, *person, *channel, *status, *outcome;
    int64_t started, due, closed; /* seconds since the first local midnight */
    double value;
    int64_t sample;
    int has_control;
};

#define ACT(what)                                                                                  \
    ((struct act){.kind = (what),                                                                  \
                  .started = NONE,                                                                 \
                  .due = NONE,                                                                     \
                  .closed = NONE,                                                                  \
                  .value = NAN,                                                                    \
                  .sample = NONE,                                                                  \
                  .has_control = NONE})

struct team {
    struct world *w;
    struct rng *rng;
    struct output *out;
    int64_t rows;
};

static int64_t at(int day, int hour)
{
    return (int64_t)day * 86400 + hour * 3600;
}

static void time_cell(struct team *team, int64_t second)
{
    if (second >= 0 && second < (int64_t)DAYS * 86400)
        add_utc(&team->out->buf, world_at(team->w, (int)(second / 86400), (int)(second % 86400)));
    else if (second >= 0) /* still to come */
        add_utc(&team->out->buf, team->w->first_day * US_PER_DAY +
                                     (second - team->w->offset_s[DAYS - 1]) * US_PER_SECOND);
    buf_addc(&team->out->buf, ',');
}

static void text_cell(struct team *team, const char *text)
{
    buf_add_csv(&team->out->buf, str_of(text));
    buf_addc(&team->out->buf, ',');
}

static void put(struct team *team, const struct act *a)
{
    struct buf *b = &team->out->buf;

    text_cell(team, a->kind);
    text_cell(team, a->name);
    time_cell(team, a->started);
    time_cell(team, a->due);
    time_cell(team, a->closed);
    text_cell(team, a->dimension);
    text_cell(team, a->person);
    text_cell(team, a->channel);
    text_cell(team, a->status);
    text_cell(team, a->outcome);
    if (!isnan(a->value))
        buf_addf(b, "%.10g", a->value);
    buf_addc(b, ',');
    if (a->sample >= 0)
        add_int(b, a->sample);
    buf_addc(b, ',');
    if (a->has_control >= 0)
        buf_addz(b, a->has_control ? "yes" : "no");
    buf_addf(b, ",a%" PRId64 "\n", ++team->rows);
    output_row(team->out);
}

/* The i-th of n days spread over the last `span` days. */
static int spread(struct team *team, int i, int n, int span)
{
    double step = (double)span / n;
    int day = DAYS - 1 - (int)((i + 0.25 + 0.5 * rng_uniform(team->rng)) * step);

    return day < 0 ? 0 : day;
}

static const char *member(int i)
{
    static const char *const members[] = {"Mali", "Omar", "Lena", "Niko", "Rania", "Finn"};

    return members[(size_t)i % TM_COUNT(members)];
}

static void people_rows(struct team *team)
{
    static const char *const dimensions[] = {"ACQ", "EML", "CNV", "FND", "MEA", "RET",
                                             "AUT", "DAT", "PER", "PLN", "OMN", "ORG"};
    const struct traits *t = &team->w->traits;
    int members = t->hours > 60 ? 5 : t->hours > 20 ? 3 : t->hours > 6 ? 2 : 1;

    for (int i = 0; i < t->owners; i++) {
        struct act a = ACT("owner");

        a.name = a.dimension = dimensions[i];
        a.person = member(i % members);
        a.started = at(DAYS - 320 + 5 * i, 9);
        put(team, &a);
    }
    for (int i = 0; i < t->specialists; i++) {
        struct act a = ACT("specialist");

        a.name = a.dimension = dimensions[i];
        a.person = member(i % members);
        a.started = at(DAYS - 300 + 5 * i, 9);
        put(team, &a);
    }
    for (int i = 0; i < members; i++) {
        struct act a = ACT("hours");

        a.name = "Marketing";
        a.person = member(i);
        a.started = at(DAYS - 40, 9);
        a.value = (double)t->hours / members;
        put(team, &a);
    }
}

/* A test of the messages themselves, in two rows: who got them, and a half as large group drawn by
 * lot that did not. Of 100 who got them 6 bought, of 100 others 4. */
static void holdout_rows(struct team *team, struct act *a)
{
    a->channel = "email";
    a->status = "treated";
    a->outcome = "messages kept";
    a->value = round(0.06 * (double)a->sample);
    put(team, a);
    a->status = "control";
    a->has_control = NONE;
    a->sample /= 2;
    a->value = round(0.04 * (double)a->sample);
    put(team, a);
}

static void number_rows(struct team *team)
{
    static const char *const kpis[] = {
        "Monthly revenue",  "Conversion rate",  "New customers", "Repeat rate",
        "List growth",      "Revenue per send", "MER",           "Average order value",
        "Unsubscribe rate", "Cart recovery",    "Refund rate",   "Customer lifetime value",
    };
    const struct traits *t = &team->w->traits;

    for (int i = 0; i < t->targets; i++) {
        struct act a = ACT("target");

        a.name = kpis[i];
        a.value = 100 + 10 * i;
        a.started = at(DAYS - 91, 10);
        a.due = at(DAYS + 91, 0);
        put(team, &a);
    }
    for (int i = 0; i < t->review_months; i++) {
        struct act a = ACT("review");

        a.name = "kpi";
        a.started = at(DAYS - 8 - i * 30, 10);
        a.outcome = rng_chance(team->rng, t->decided) ? "moved money to the better channel" : "";
        put(team, &a);
    }
    if (t->goal) {
        static const char *const kinds[] = {"", "wish", "forecast", "forecast+competitors"};
        struct act a = ACT("goal");

        a.name = "Revenue growth";
        a.value = 0.1 + 0.05 * t->goal;
        a.status = kinds[t->goal];
        a.started = at(DAYS - 270, 10);
        a.due = at(DAYS + 95, 0);
        if (t->goal > 1)
            a.closed = at(DAYS - (t->goal > 2 ? 20 : 80), 10);
        put(team, &a);
    }
    for (int i = 0; i < t->experiments; i++) {
        static const char *const outcomes[] = {"variant kept", "no difference", "variant dropped"};
        struct act a = ACT("experiment");
        int start = spread(team, i, t->experiments, YEAR - 25) - 14;
        char name[48];

        snprintf(name, sizeof(name), "%s test %d", i % 2 ? "Hold-out" : "Offer", i + 1);
        a.name = name;
        a.started = at(start, 9);
        a.closed = at(start + 13, 18);
        a.has_control = 1;
        a.sample = 400 + (int64_t)(0.3 * team->w->person_count) + rng_below(team->rng, 200);
        a.outcome = outcomes[rng_below(team->rng, 3)];
        if (i == 1 && t->experiments >= 4)
            holdout_rows(team, &a);
        else
            put(team, &a);
    }
}

/* Campaigns that were planned in the shared calendar, and looked at afterwards. */
static void calendar_rows(struct team *team)
{
    const struct world *w = team->w;
    const struct traits *t = &w->traits;

    for (int i = 0; i < w->campaign_count; i++) {
        const struct campaign *c = &w->campaigns[i];
        struct act a = ACT("calendar");

        if (world_months_ago(w, c->day) >= t->calendar_months)
            continue;
        a.name = c->name;
        a.channel = c->sms ? "email+sms" : "email";
        a.started = at(c->day - 14, 11);
        a.due = at(c->day, 10);
        put(team, &a);
        if (c->day + 5 < DAYS && rng_chance(team->rng, t->reviewed)) {
            a = ACT("review");
            a.name = c->name;
            a.started = at(c->day + 5, 11);
            a.outcome = "noted what to repeat";
            put(team, &a);
        }
    }
    for (int i = 0; i < t->processes; i++) {
        static const char *const names[] = {
            "Campaign check list", "Order of the day",  "Answering customers", "Price changes",
            "New product launch",  "Photo shooting",    "Ad approval",         "Returns",
            "Crisis words",        "Monthly reporting", "Data clean-up",
        };
        struct act a = ACT("process");

        a.name = names[i];
        a.started = at(DAYS - 500 + 20 * i, 10);
        put(team, &a);
    }
}

static void reply_rows(struct team *team)
{
    const struct world *w = team->w;
    int n = (int)fmin(600.0, 30.0 + (double)w->result.orders * 0.02);

    for (int i = 0; i < n; i++) {
        bool fast = rng_chance(team->rng, w->traits.replies_fast);
        struct act a = ACT("reply");
        int day = spread(team, i, n, 200);

        if (day > DAYS - 6)
            day = DAYS - 6;
        a.name = "Customer question";
        a.channel = i % 5 ? "email" : "chat";
        a.person = member(i % 2);
        a.started = at(day, 8) + rng_below(team->rng, 36000);
        a.closed = a.started + (fast ? 600 + rng_below(team->rng, 70000)
                                     : 90000 + rng_below(team->rng, 250000));
        put(team, &a);
    }
}

static void machine_rows(struct team *team)
{
    static const char *const routine[] = {
        "Welcome messages",     "Cart reminders",  "Weekly report",    "Stock alerts",
        "Review requests",      "Post scheduling", "Audience updates", "Price feeds",
        "List cleaning",        "Birthday wishes", "Budget pacing",    "Link checks",
        "Coupon codes",         "Back in stock",   "Segment refresh",  "Win-back messages",
        "Search term clean-up", "Banner changes",
    };
    const struct traits *t = &team->w->traits;

    for (int i = 0; i < t->routine; i++) {
        struct act a = ACT("automation");

        a.name = routine[i];
        a.status = i < t->routine_automatic ? "automatic" : "manual";
        a.started = at(DAYS - 30 - i, 9);
        put(team, &a);
    }
    for (int i = 0; i < t->syncs * 2; i++) {
        struct act a = ACT("audience_sync");

        a.name = "Customers";
        a.channel = "meta";
        a.status = "exclude";
        a.started = at(spread(team, i, t->syncs * 2, 180), 4);
        put(team, &a);
    }
    for (int i = 0; i < t->segments; i++) {
        struct act a = ACT("segment");

        a.name = mail_segment_name(i);
        a.status = i == 5 && t->segments >= 10 ? "predictive" : "rule";
        a.started = at(DAYS - 3 - i * 4, 9);
        put(team, &a);
    }
    for (int i = 0; i < t->journey_channels; i++) {
        static const char *const channels[] = {"email", "sms", "ads", "push"};
        struct act a = ACT("journey");

        a.name = "First order to second";
        a.channel = channels[i];
        a.started = at(DAYS - 180, 9);
        put(team, &a);
    }
}

static void market_rows(struct team *team)
{
    const struct traits *t = &team->w->traits;

    for (int i = 0; i < t->competitor_looks; i++) {
        struct act a = ACT("competitor");

        a.name = i % 2 ? "Harbour Goods" : "Linen and Loom";
        a.started = at(spread(team, i, t->competitor_looks, YEAR), 15);
        a.outcome = "prices and range noted";
        put(team, &a);
    }
    for (int i = 0; i < t->threats; i++) {
        struct act a = ACT("threat");
        int day = spread(team, i, t->threats, YEAR);

        a.name = i % 3 ? "Conversion fell" : "Competitor's sale";
        a.started = at(day, 9);
        a.closed = at(day + 2 < DAYS ? day + 2 : DAYS - 1, 17);
        a.outcome = i % 2 ? "answered with an offer" : "watched, no action";
        put(team, &a);
    }
    for (int i = 0; i < t->trials; i++) {
        static const char *const names[] = {"Short videos",  "Referral programme", "Chat widget",
                                            "New ad format", "Loyalty points",     "Live shopping",
                                            "Search tool",   "Gift guide",         "Push messages"};
        struct act a = ACT("trial");
        int day = spread(team, i, t->trials, YEAR - 30) - 20;

        a.name = names[i];
        a.started = at(day, 9);
        a.closed = at(day + 18, 17);
        a.outcome = i % 2 ? "kept" : "stopped: too little for its cost";
        put(team, &a);
    }
    for (int ago = 0; ago < t->post_months; ago++)
        for (int i = 0; i < 6; i++) {
            struct act a = ACT("post");

            a.name = "Post";
            a.channel = i % 3 ? "instagram" : "tiktok";
            a.started = at(DAYS - 3 - 30 * ago - 4 * i, 18);
            put(team, &a);
        }
}

void team_write(struct world *w)
{
    struct team team = {.w = w, .rng = &w->rng[RNG_TEAM]};

    team.out = output_open(&w->out, "activity.csv", false);
    buf_addz(&team.out->buf, "kind,name,started_at,due_at,closed_at,dimension,person,channel,"
                             "status,outcome,value,sample,has_control,activity_id\n");
    people_rows(&team);
    number_rows(&team);
    calendar_rows(&team);
    reply_rows(&team);
    machine_rows(&team);
    market_rows(&team);
}

void facts_write(struct world *w)
{
    struct output *out = output_open(&w->out, "answers.yaml", false);
    struct buf *b = &out->buf;

    buf_addf(b, "# A simulated shop (seed %" PRIu64 "). Not a real one.\nfacts:\n",
             w->options->seed);
    buf_addf(b, "  shop: %s\n  currency: %s\n  time_zone: %s\n  country: %s\n", w->shop,
             w->country->currency, w->country->zone, w->country->code);
    buf_addf(b, "  vertical: apparel\n  margin: %.2f\n  opened: ", w->margin);
    timestamp_add_date(b, (w->first_day - w->traits.years_open * 365) * US_PER_DAY);
    buf_addc(b, '\n');
}
