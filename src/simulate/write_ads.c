/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* write_ads.c - what was spent: the ad platforms' reports, and the ledger of everything else.
 *
 * The team paces its money on the sales of the last seven days; how well it does is the row's
 * `mer_over_even`. Platforms claim more revenue than they brought.
 */
#include "simulate/world.h"

#include "simulate/people.h"

enum { PLATFORM_CAMPAIGNS = 3 };

/* The rest of the money, beside the platforms: shares of it. */
static const struct {
    const char *platform, *campaign;
    double share;
} others[] = {
    {"agency", "Retainer", 0.45},
    {"influencer", "Product reviews", 0.35},
    {"print", "Parcel inserts", 0.20},
};

static const double campaign_shares[PLATFORM_CAMPAIGNS] = {0.5, 0.3, 0.2};

static bool google_is_utf16(const struct world *w)
{
    return w->seed % 3 == 0;
}

/* Appends text as it is, or as UTF-16LE with commas as tabs ("CSV (Excel)"); ASCII only. */
static void add_google(struct world *w, const char *text)
{
    struct buf *b = &w->google_csv->buf;

    if (!google_is_utf16(w)) {
        buf_addz(b, text);
        return;
    }
    for (bool quoted = false; *text; text++) {
        if (*text == '"') {
            quoted = !quoted;
            continue;
        }
        buf_addc(b, *text == ',' && !quoted ? '\t' : *text);
        buf_addc(b, '\0');
    }
}

/* 1234567 as "1,234,567" in quotes; below a thousand as it is. */
static void add_grouped(struct buf *b, int64_t v)
{
    if (v < 1000) {
        add_int(b, v);
        return;
    }
    buf_addc(b, '"');
    if (v >= 1000000) {
        add_int(b, v / 1000000);
        buf_addc(b, ',');
        add_padded(b, v / 1000 % 1000, 3);
    } else {
        add_int(b, v / 1000);
    }
    buf_addc(b, ',');
    add_padded(b, v % 1000, 3);
    buf_addc(b, '"');
}

void ads_open(struct world *w)
{
    int y1, m1, d1, y2, m2, d2;
    char head[256];

    w->meta_csv = output_open(&w->out, "meta_ads.csv", false);
    buf_addf(&w->meta_csv->buf,
             "Reporting starts,Reporting ends,Day,Campaign name,Campaign ID,Campaign delivery,"
             "Attribution setting,Results,Result indicator,Reach,Frequency,Amount spent (%s),"
             "Impressions,Link clicks,Purchases,Purchases conversion value\n",
             w->country->currency);
    if (!w->traits.has_google)
        return;
    w->google_csv = output_open(&w->out, "google_ads.csv", false);
    if (google_is_utf16(w))
        buf_add(&w->google_csv->buf, "\xFF\xFE", 2);
    world_date(w, 0, &y1, &m1, &d1);
    world_date(w, DAYS - 1, &y2, &m2, &d2);
    snprintf(head, sizeof(head), "Campaign report\n\"%04d-%02d-%02d - %04d-%02d-%02d\"\n", y1, m1,
             d1, y2, m2, d2);
    add_google(w, head);
    add_google(w, "Day,Campaign,Campaign ID,Campaign type,Currency code,Cost,Impr.,Clicks,"
                  "Conversions,Conv. value\n");
}

struct ad_day {
    int64_t spent, impressions, clicks, orders, revenue;
};

static struct ad_day split(const struct ad_day *day, int campaign, struct rng *r)
{
    double part = campaign_shares[campaign] * (0.9 + 0.2 * rng_uniform(r));

    return (struct ad_day){
        .spent = (int64_t)((double)day->spent * part),
        .impressions = (int64_t)((double)day->impressions * part),
        .clicks = (int64_t)((double)day->clicks * part),
        .orders = (int64_t)((double)day->orders * campaign_shares[campaign] + 0.5),
        .revenue = (int64_t)((double)day->revenue * campaign_shares[campaign]),
    };
}

static void meta_rows(struct world *w, const struct ad_day *day)
{
    static const char *const names[PLATFORM_CAMPAIGNS] = {"Prospecting", "Retargeting",
                                                          "New arrivals video"};
    struct buf *b = &w->meta_csv->buf;

    for (int i = 0; i < PLATFORM_CAMPAIGNS; i++) {
        struct ad_day c = split(day, i, &w->rng[RNG_ADS]);

        for (int k = 0; k < 3; k++) {
            add_day(w, b, w->day);
            buf_addc(b, ',');
        }
        buf_addf(b, "%s,1202000000000%04d,active,7-day click or 1-day view,", names[i], 11 + i);
        if (c.orders)
            add_int(b, c.orders);
        buf_addf(b, ",%s,%" PRId64 ",1.25,", c.orders ? "actions:purchase" : "",
                 c.impressions * 4 / 5);
        add_money(w, b, c.spent);
        buf_addf(b, ",%" PRId64 ",%" PRId64 ",", c.impressions, c.clicks);
        if (c.orders)
            add_int(b, c.orders);
        buf_addc(b, ',');
        if (c.orders)
            add_money(w, b, c.revenue);
        buf_addc(b, '\n');
    }
    output_row(w->meta_csv);
}

static void google_rows(struct world *w, const struct ad_day *day)
{
    static const char *const names[PLATFORM_CAMPAIGNS] = {"Brand", "Generic search",
                                                          "Total home shopping"};
    static const char *const types[PLATFORM_CAMPAIGNS] = {"Search", "Search", "Shopping"};
    struct buf row = BUF_INIT(1024);

    for (int i = 0; i < PLATFORM_CAMPAIGNS; i++) {
        struct ad_day c = split(day, i, &w->rng[RNG_ADS]);

        buf_reset(&row);
        add_day(w, &row, w->day);
        buf_addf(&row, ",%s,1234567%04d,%s,%s,", names[i], 21 + i, types[i], w->country->currency);
        add_money(w, &row, c.spent);
        buf_addc(&row, ',');
        add_grouped(&row, c.impressions);
        buf_addc(&row, ',');
        add_grouped(&row, c.clicks);
        buf_addf(&row, ",%.2f,", (double)c.orders);
        add_money(w, &row, c.revenue);
        buf_addc(&row, '\n');
        add_google(w, buf_cstr(&row));
        w->google_sum[0] += c.spent;
        w->google_sum[1] += c.impressions;
        w->google_sum[2] += c.clicks;
        w->google_sum[3] += c.orders;
    }
    buf_release(&row);
    output_row(w->google_csv);
}

/* Spend, and what the platform says it brought, of one platform today. */
static struct ad_day day_of(struct world *w, double share, enum channel channel)
{
    struct rng *r = &w->rng[RNG_ADS];
    const struct traits *t = &w->traits;
    struct ad_day day = {0};
    double week = 0.0, spent;
    int days = w->day < 6 ? w->day + 1 : 7;

    for (int i = 0; i < days; i++)
        week += w->revenue_week[(w->day - i) % 7];
    spent = week / days * w->margin / t->mer_over_even * share * (0.95 + 0.1 * rng_uniform(r));
    day.spent = (int64_t)spent;
    day.clicks = (int64_t)(spent / w->country->scale_cents / 0.7) + 1;
    day.impressions = day.clicks * (60 + rng_below(r, 30));
    for (int i = 0; i < w->order_count; i++)
        if (w->orders[i].channel == channel) {
            day.orders++;
            day.revenue += w->orders[i].total;
        }
    day.orders = (int64_t)((double)day.orders * t->claim + rng_uniform(r));
    day.revenue = (int64_t)((double)day.revenue * t->claim);
    if (day.orders == 0)
        day.revenue = 0;
    return day;
}

void ads_of_day(struct world *w)
{
    const struct traits *t = &w->traits;
    struct ad_day day;

    if (w->day >= DAYS - t->ads_days) {
        day = day_of(w, t->spend_meta, CH_PAID_SOCIAL);
        meta_rows(w, &day);
    }
    if (t->has_google) {
        day = day_of(w, t->spend_google, CH_PAID_SEARCH);
        google_rows(w, &day);
    }
}

void ads_close(struct world *w)
{
    struct buf row = BUF_INIT(1024);

    if (!w->google_csv)
        return;
    buf_addf(&row, "Total: Account,--,--,--,%s,", w->country->currency);
    add_money(w, &row, w->google_sum[0]);
    for (int i = 1; i < 3; i++) {
        buf_addc(&row, ',');
        add_grouped(&row, w->google_sum[i]);
    }
    buf_addf(&row, ",%.2f,--\n", (double)w->google_sum[3]);
    add_google(w, buf_cstr(&row));
    buf_release(&row);
}

void ledger_write(struct world *w)
{
    const struct traits *t = &w->traits;
    double rest = 1.0 - t->spend_meta - t->spend_google;
    struct output *out;

    if (!t->has_ledger || rest <= 0.0)
        return;
    out = output_open(&w->out, "marketing_spend.csv", false);
    buf_addz(&out->buf, "date,platform,campaign,planned,spent,currency\n");
    for (int ago = MONTHS_MAX - 1; ago >= 0; ago--) {
        int year, month, dom;

        if (w->month_revenue[ago] <= 0)
            continue;
        world_date(w, DAYS - 1, &year, &month, &dom);
        month -= ago;
        while (month < 1) {
            month += 12;
            year--;
        }
        for (size_t i = 0; i < TM_COUNT(others); i++) {
            double spent = (double)w->month_revenue[ago] * w->margin / t->mer_over_even * rest *
                           others[i].share;

            buf_addf(&out->buf, "%04d-%02d,%s,%s,", year, month, others[i].platform,
                     others[i].campaign);
            if (t->has_ledger > 1)
                add_money(w, &out->buf,
                          (int64_t)(spent * (0.92 + 0.14 * rng_uniform(&w->rng[RNG_ADS]))));
            buf_addc(&out->buf, ',');
            add_money(w, &out->buf, (int64_t)spent);
            buf_addf(&out->buf, ",%s\n", w->country->currency);
        }
    }
}
