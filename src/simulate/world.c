/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/world.h"

static const struct country countries[] = {
    {"DE",
     "Germany",
     "EUR",
     "Europe/Berlin",
     "de-de",
     100,
     190,
     "49",
     {"Berlin", "Hamburg", "Leipzig", "Bonn"}},
    {"GB",
     "United Kingdom",
     "GBP",
     "Europe/London",
     "en-gb",
     85,
     200,
     "44",
     {"Leeds", "Bristol", "London", "York"}},
    {"US",
     "United States",
     "USD",
     "America/New_York",
     "en-us",
     110,
     70,
     "1",
     {"Boston", "Austin", "Denver", "Portland"}},
    {"TH",
     "Thailand",
     "THB",
     "Asia/Bangkok",
     "th-th",
     3600,
     70,
     "66",
     {"Bangkok", "Chiang Mai", "Phuket", "Khon Kaen"}},
    {"AE",
     "United Arab Emirates",
     "AED",
     "Asia/Dubai",
     "ar-ae",
     390,
     50,
     "971",
     {"Dubai", "Abu Dhabi", "Sharjah", "Ajman"}},
};

/* What the shop sells: kind, article and price in the table's own money. */
static const struct {
    const char *kind, *article;
    double price;
} articles[] = {
    {"Bags", "Tote bag", 34.0},        {"Bags", "Rucksack", 69.0},
    {"Bags", "Belt bag", 29.0},        {"Shirts", "Linen shirt", 54.0},
    {"Shirts", "Striped top", 29.0},   {"Shirts", "Work shirt", 64.9},
    {"Knitwear", "Cotton socks", 9.9}, {"Knitwear", "Wool jumper", 89.0},
    {"Knitwear", "Knitted cap", 27.5}, {"Accessories", "Silk scarf", 39.9},
    {"Accessories", "Belt", 32.0},     {"Trousers", "Wide trousers", 74.0},
};
static const char *const finishes[] = {"sand", "ink", "moss", "clay"};

static void draw_products(struct world *w)
{
    for (int i = 0; i < PRODUCTS; i++) {
        struct product *p = &w->products[i];
        size_t a = (size_t)i % TM_COUNT(articles);
        const char *finish = finishes[(size_t)i / TM_COUNT(articles) % TM_COUNT(finishes)];
        double price = articles[a].price * (0.9 + 0.2 * rng_uniform(&w->rng[RNG_SHOP]));

        p->kind = articles[a].kind;
        p->price = (int64_t)(price * w->country->scale_cents / 10.0) * 10;
        snprintf(p->title, sizeof(p->title), "%s, %s", articles[a].article, finish);
        snprintf(p->handle, sizeof(p->handle), "%s-%s", articles[a].article, finish);
        for (char *c = p->handle; *c; c++)
            *c = *c == ' ' ? '-' : (char)tolower((unsigned char)*c);
        snprintf(p->sku, sizeof(p->sku), "TM-%03d", i + 101);
    }
}

/* How busy a day is beside an average one: the week, the year, and the sales. */
static double season(int64_t day)
{
    static const double week[] = {1.00, 0.97, 1.05, 1.10, 0.95, 0.95, 0.98}; /* from Thursday */
    int year, month, dom;
    double busy;

    civil_from_days(day, &year, &month, &dom);
    busy = week[day % 7] *
           (1.0 + 0.12 * cos(2.0 * M_PI * (double)(day - civil_to_days(year, 12, 5)) / 365.25));
    if (month == 11 && dom >= 23)
        busy *= dom <= 29 ? 2.1 : 1.5; /* the last week of November */
    else if (month == 12 && dom <= 18)
        busy *= 1.35;
    else if (month == 1 && dom <= 14)
        busy *= 1.2;
    else if (month == 6 && dom >= 18 && dom <= 27)
        busy *= 1.35; /* the summer sale */
    return busy;
}

/* The first days of a new shop are slow. */
static double ramp(const struct world *w, int day)
{
    return w->traits.years_open > 0 ? 1.0 : fmin(1.0, 0.35 + day / 320.0);
}

/* Orders of each day as they are to be expected: new customers, and their later orders by a
 * renewal process in which gaps are exponential and each buyer returns with a chance of its own
 * (the discrete form of Ehrenberg's repeat-buying process, 1972). */
static void draw_plan(struct world *w)
{
    const struct traits *t = &w->traits;
    double density[DAYS] = {0}, later[DAYS] = {0}, sum = 0.0, leads = 0.0, so_far = 0.0, scale;

    for (int d = 3; d < DAYS; d++)
        density[d] = exp(-(d - 3) / t->gap_days) * (1.0 - exp(-1.0 / t->gap_days));
    for (int d = 1; d < DAYS; d++) {
        later[d] = t->second * density[d];
        for (int u = 1; u < d; u++)
            later[d] += t->again * density[d - u] * later[u];
    }
    for (int d = 0; d < DAYS; d++) {
        w->new_plan[d] = season(w->first_day + d) * ramp(w, d) * pow(t->growth, d / 365.0);
        w->web_plan[d] += w->new_plan[d];
        for (int e = d + 1; e < DAYS; e++)
            w->web_plan[e] += w->new_plan[d] * later[e - d];
    }
    for (int d = 0; d < DAYS; d++)
        sum += w->web_plan[d];
    scale = (double)w->options->orders * (1.0 - t->no_contact) / sum;
    for (int d = 0; d < DAYS; d++) {
        w->new_plan[d] *= scale;
        w->web_plan[d] *= scale;
        w->plan_so_far[d] = so_far += w->web_plan[d];
        leads += t->signups * t->sessions_per_order * w->web_plan[d];
    }
    sum = 0.0;
    for (int d = 0; d < DAYS; d++)
        sum += w->new_plan[d];
    w->lead_first_p = leads > 0.0 ? fmin(0.6, t->lead_first * sum / leads) : 0.0;
}

static enum err_code open_calendar(struct world *w, struct err *err)
{
    const char *end = w->options->end ? w->options->end : "2026-09-30";
    struct civil c = {.hour = 12};
    int used = 0;

    if (sscanf(end, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 ||
        used != (int)strlen(end) || used != 10 || !civil_valid(&c) || c.year < 1990 ||
        c.year > 2200) {
        err_set(err, ERR_INVALID, "\"%s\" is not a last day for the simulation", end);
        err_hint(err, "Write it as YYYY-MM-DD, such as 2026-09-30.");
        return ERR_INVALID;
    }
    w->first_day = civil_to_days(c.year, c.month, c.day) - (DAYS - 1);
    TRY(zone_open(w->country->zone, &w->zone, err));
    for (int d = 0; d < DAYS; d++) {
        int64_t utc_noon = (w->first_day + d) * US_PER_DAY + 12 * US_PER_HOUR;
        struct civil local = zone_from_utc(w->zone, utc_noon);

        w->offset_s[d] = (civil_to_utc(&local) - utc_noon) / US_PER_SECOND;
    }
    return ERR_OK;
}

enum err_code world_open(struct world *w, const struct simulate_options *options, struct err *err)
{
    struct rng *shop = &w->rng[RNG_SHOP];

    w->options = options;
    w->seed = rng_mix(options->seed, (uint64_t)options->stage);
    for (uint64_t i = 1; i < RNG_PURPOSES; i++)
        rng_seed(&w->rng[i], w->seed, i);
    w->country = &countries[rng_below(shop, TM_COUNT(countries))];
    w->decimals = currency_decimals(str_of(w->country->currency));
    traits_draw(options->stage, shop, &w->traits);
    w->margin = round((0.34 + 0.14 * rng_uniform(shop)) * 100.0) / 100.0;
    snprintf(w->shop, sizeof(w->shop), "Shop %d-%u", options->stage,
             (unsigned)(w->seed >> 48) % 1000);
    snprintf(w->host, sizeof(w->host), "shop%u.example.com", (unsigned)(w->seed >> 48) % 1000);
    TRY(open_calendar(w, err));
    draw_products(w);
    draw_plan(w);
    for (int d = 0; d < DAYS; d++)
        w->queue[d] = NOBODY;
    w->next_number = 1001;
    w->again = BUF_INIT(4 << 20);
    w->flow_days = xcalloc(DAYS, sizeof(*w->flow_days));
    w->channel_days = xcalloc(DAYS, sizeof(*w->channel_days));
    w->device_days = xcalloc(DAYS, sizeof(*w->device_days));
    return ERR_OK;
}

void world_close(struct world *w)
{
    zone_close(w->zone);
    free(w->people);
    free(w->orders);
    for (int i = 0; i < SOON; i++)
        free(w->soon[i].items);
    free(w->flow_days);
    free(w->channel_days);
    free(w->device_days);
    buf_release(&w->again);
    ga4_close(w);
}

uint32_t world_person(struct world *w, unsigned flags)
{
    struct person *p;

    if (w->person_count == w->person_cap) {
        w->person_cap = w->person_cap ? w->person_cap * 2 : 1024;
        w->people = xrealloc(w->people, w->person_cap * sizeof(*w->people));
    }
    p = &w->people[w->person_count];
    *p = (struct person){.next = NOBODY,
                         .born = (uint16_t)w->day,
                         .contact_day = (uint16_t)w->day,
                         .last_order = NO_DAY,
                         .flags = (uint16_t)flags};
    return w->person_count++;
}

void world_due(struct world *w, uint32_t person, int day)
{
    if (day >= DAYS || day <= w->day)
        return;
    w->people[person].next = w->queue[day];
    w->people[person].flags |= PERSON_DUE;
    w->queue[day] = person;
}

int64_t world_at(const struct world *w, int day, int second)
{
    return (w->first_day + day) * US_PER_DAY + (second - w->offset_s[day]) * US_PER_SECOND;
}

void world_date(const struct world *w, int day, int *out_year, int *out_month, int *out_day)
{
    civil_from_days(w->first_day + day, out_year, out_month, out_day);
}

int world_months_ago(const struct world *w, int day)
{
    int y1, m1, y2, m2, d;

    world_date(w, day, &y1, &m1, &d);
    world_date(w, DAYS - 1, &y2, &m2, &d);
    return (y2 - y1) * 12 + m2 - m1;
}

int world_second(struct rng *r)
{
    /* Out of 100 visits, those before the end of each hour. */
    static const unsigned char before[24] = {2,  3,  3,  4,  4,  5,  7,  10, 14, 19, 24, 29,
                                             35, 40, 45, 50, 55, 61, 67, 74, 82, 90, 96, 100};
    int at = rng_below(r, 100), hour = 0;

    while (at >= before[hour])
        hour++;
    return hour * 3600 + rng_below(r, hour == 23 ? 1800 : 3600);
}
