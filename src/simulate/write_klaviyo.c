/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* write_klaviyo.c - the mailing tool's exports: campaigns, flows by day, list members. */
#include "simulate/world.h"

#include "simulate/people.h"

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

static void campaign_row(const struct world *w, struct buf *b, const struct campaign *c, int way)
{
    static const char *const weekdays[] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                           "Monday",   "Tuesday", "Wednesday"};
    int64_t delivered = c->recipients[way] - c->bounces[way];

    buf_addf(b, "%s%s,%s,", c->name, way ? " (text)" : "", c->planned ? "plan" : "");
    buf_addf(b, "\"New, for you: %s\",%s,", c->slug + 11, mail_segment_name(c->segment));
    add_local(w, b, c->day, (way ? 17 : 10) * 3600, false);
    buf_addf(b, ",%s,%" PRId64 ".0,%" PRId64 ".0,%.4f,", weekdays[(w->first_day + c->day) % 7],
             c->recipients[way], c->orders[way], share(c->orders[way], delivered));
    add_money(w, b, c->revenue[way]);
    buf_addf(b, ",%" PRId64 ".0,%.4f,%" PRId64 ".0,%" PRId64 ".0,%.4f,%" PRId64 ".0,",
             c->opens[way], share(c->opens[way], delivered), c->all_opens[way], c->clicks[way],
             share(c->clicks[way], delivered), c->all_clicks[way]);
    buf_addf(b, "%" PRId64 ".0,%" PRId64 ".0,%.6f,%" PRId64 ".0,%" PRId64 ".0,%.4f,",
             c->unsubscribes[way], c->complaints[way], share(c->complaints[way], delivered),
             delivered, c->bounces[way], share(c->bounces[way], c->recipients[way]));
    buf_addf(b, "%s,%s\n", c->id, way ? "sms" : "email");
}

static void write_campaigns(struct world *w)
{
    struct output *out = output_open(&w->out, "klaviyo_campaigns.csv", false);

    buf_addz(&out->buf,
             "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,"
             "Unique Placed Order,Placed Order Rate,Revenue,Unique Opens,Open Rate,Total Opens,"
             "Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
             "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,"
             "Campaign Channel\n");
    for (int i = 0; i < w->campaign_count; i++)
        for (int way = 0; way < 2; way++)
            if (w->campaigns[i].recipients[way] > 0)
                campaign_row(w, &out->buf, &w->campaigns[i], way);
}

static void write_flows(struct world *w)
{
    struct output *out = output_open(&w->out, "klaviyo_flows.csv", false);
    struct buf *b = &out->buf;

    buf_addz(b, "Day,Flow ID,Flow Name,Flow Message ID,Flow Message Name,Flow Message Channel,"
                "Status,Delivered,Unique Opens,Open Rate,Unique Clicks,Click Rate,Placed Order,"
                "Placed Order Rate,Revenue,Revenue per Recipient,Unsub Rate,Complaint Rate,"
                "Bounce Rate,Tags\n");
    for (int d = 0; d < DAYS; d++)
        for (int f = 0; f < FLOW_COUNT; f++) {
            const struct flow_day *c = &w->flow_days[d][f];

            if (w->traits.flows[f] <= 0.0)
                continue;
            add_day(w, b, d);
            buf_addf(b, ",%s,%s,%s-M1,%s 1,email,live,%d,%d,%.4f,%d,%.4f,%d,%.4f,", mail_flow_id(f),
                     mail_flow_name(f), mail_flow_id(f), mail_flow_name(f), c->delivered, c->opens,
                     share(c->opens, c->delivered), c->clicks, share(c->clicks, c->delivered),
                     c->orders, share(c->orders, c->delivered));
            add_money(w, b, c->revenue);
            buf_addc(b, ',');
            add_money(w, b, c->delivered ? c->revenue / c->delivered : 0);
            buf_addf(b, ",%.4f,%.4f,0.0000,\n", share(c->unsubscribes, c->delivered),
                     share(c->complaints, c->delivered));
            output_row(out);
        }
}

/* Those on the list now. Where no consent is on record, neither it nor the source is known. */
static void write_profiles(struct world *w)
{
    struct output *out = output_open(&w->out, "klaviyo_list_members.csv", false);
    struct buf *b = &out->buf;

    buf_addz(b, "Email,Klaviyo ID,First Name,Last Name,City,State / Region,Country,Zip Code,"
                "Source,Email Marketing Consent,Profile Created On,Date Added\n");
    for (uint32_t i = 0; i < w->person_count; i++) {
        const struct person *p = &w->people[i];
        bool recorded = p->flags & PERSON_RECORDED;
        char profile[16];
        struct contact c;

        if (!(p->flags & PERSON_EMAIL))
            continue;
        person_contact(w, i, &c);
        person_profile_id(i, profile);
        buf_addf(b, "%s,%s,%s,%s,%s,,%s,%s,", c.email, profile, c.first, c.last, c.city,
                 w->country->name, c.zip);
        buf_addz(b, !recorded ? "" : (p->flags & PERSON_LEAD) ? "Sign-up form" : "Checkout");
        buf_addc(b, ',');
        buf_addz(b, (p->flags & PERSON_LEFT) ? "UNSUBSCRIBED" : recorded ? "SUBSCRIBED" : "");
        buf_addc(b, ',');
        add_local(w, b, p->born, 84600, false);
        buf_addc(b, ',');
        add_local(w, b, p->born, 84600, false);
        buf_addc(b, '\n');
        output_row(out);
    }
}

void klaviyo_write(struct world *w)
{
    write_campaigns(w);
    if (w->traits.flow_share > 0.0)
        write_flows(w);
    write_profiles(w);
}
