/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake_run.h"

#include "tap.h"

extern const struct importer klaviyo_campaigns_importer, klaviyo_flows_importer,
    klaviyo_profiles_importer, mailchimp_audience_importer, mailchimp_campaigns_importer;

static const struct fake_options none, eur = {.currency = "EUR", .country = "TH"};

static void klaviyo_campaigns(void)
{
    const struct fake_result *r = fake_import(
        &klaviyo_campaigns_importer,
        "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed "
        "Order,Placed Order Rate,Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click "
        "Rate,Total Clicks,Unsubscribes,Spam Complaints,Spam Complaints Rate,Successful "
        "Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel\n"
        "Spring,\"sale, april\",[MULTIPLE VARIATIONS],\"Newsletter, VIP\",2025-04-06 "
        "11:00:00,Sunday,121401.0,\"1,204.0\",0.99%,45210.5,50000.0,41.2%,70000.0,3000.0,0.025,"
        "3500.0,120.0,4.0,0.0046,121000.0,401.0,0.33%,01HXYZ,SMS\n"
        "No time,,,,,,1,,,,,,,,,,,,,,,,,\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 1);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_kind(0), "mailing");
    CHECK_STR(fake_field(0, "kind"), "campaign");
    CHECK_STR(fake_field(0, "item_key"), "01HXYZ");
    CHECK_STR(fake_field(0, "subject"), "[MULTIPLE VARIATIONS]");
    CHECK_STR(fake_field(0, "audience"), "Newsletter, VIP");
    CHECK_STR(fake_field(0, "tags"), "sale, april");
    CHECK_STR(fake_field(0, "channel"), "sms");
    CHECK_STR(fake_field(0, "sent_at"), "2025-04-06T11:00:00Z");
    CHECK_STR(fake_field(0, "day"), "2025-04-06");
    CHECK_STR(fake_field(0, "recipients"), "121401");
    CHECK_STR(fake_field(0, "delivered"), "121000");
    CHECK_STR(fake_field(0, "orders"), "1204");
    CHECK_STR(fake_field(0, "revenue"), "4521050");
    CHECK_STR(fake_field(0, "currency"), "EUR");
    CHECK_STR(fake_field(0, "opens"), "50000");
    CHECK_STR(fake_field(0, "clicks"), "3000");
    CHECK_STR(fake_field(0, "bounces"), "401");
    CHECK_STR(fake_field(0, "complaints"), "4");
    CHECK_STR(fake_field(0, "unsubscribes"), "120");
}

static void klaviyo_older_campaigns(void)
{
    const struct fake_result *r =
        fake_import(&klaviyo_campaigns_importer,
                    "Campaign Name,Subject,List,Send Time,Total Recipients,Unique Bestellung,"
                    "Bestellung Rate,Revenue,Unique Opens,Open Rate\n"
                    "Spring,Hi,All,2025-04-06 11:00:00,100,7,7%,10.00,40,40%\n",
                    none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(0, "item_key"), "Spring");
    CHECK_STR(fake_field(0, "channel"), "email");
    CHECK_STR(fake_field(0, "orders"), "7");
    CHECK_STR(fake_field(0, "revenue"), ""); /* no currency */
    CHECK_STR(fake_field(0, "currency"), "");
    CHECK(strstr(r->notes, "--currency") && strstr(r->notes, "Bestellung"));
    r = fake_import(&klaviyo_campaigns_importer,
                    "Campaign Name,Send Time,Total Recipients,Unique Viewed Product,Viewed Product "
                    "Rate\nSpring,2025-04-06 11:00:00,100,7,7%\n",
                    eur);
    CHECK_STR(fake_field(0, "orders"), "");
    CHECK(strstr(r->notes, "Viewed Product"));
    r = fake_import(&klaviyo_campaigns_importer,
                    "Campaign Name,Send Time,Total Recipients\nSpring,2025-04-06 11:00:00,many\n",
                    eur);
    CHECK_INT(r->rejected, 1);
}

static void klaviyo_flows(void)
{
    const struct fake_result *r = fake_import(
        &klaviyo_flows_importer,
        "Day,Flow ID,Flow Name,Flow Message ID,Flow Message Name,Flow Message Channel,Status,"
        "Delivered,Unique Opens,Open Rate,Unique Clicks,Click Rate,Placed Order,Placed Order Rate,"
        "Revenue,Revenue per Recipient,Unsub Rate,Complaint Rate,Bounce Rate,Tags\n"
        "2026-09-01,XyZ1,Abandoned Cart - 3 mails,M1,Mail 1,Email,Live,200.0,80.0,40%,20.0,10%,5.0,"
        "2.5%,250.00,1.25,0.5%,0.0,0.02,core\n"
        "2026-09-02,XyZ1,Abandoned Cart - 3 mails,M1,Mail 1,Email,Draft,0,0,0,0,0,0,0,0,,,,,\n"
        "2026-09-02,XyZ2,Welcome Series,M1,Mail 1,Email,Manual,10,0,0,0,0,0,0,0,0,250%,0,0,\n"
        ",XyZ2,Welcome Series,M1,Mail 1,Email,Manual,10,0,0,0,0,0,0,0,0,0,0,0,\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_INT(r->rejected, 2);
    CHECK_STR(fake_field(0, "kind"), "flow");
    CHECK_STR(fake_field(0, "flow_kind"), "cart");
    CHECK_STR(fake_field(0, "item_key"), "XyZ1");
    CHECK_STR(fake_field(0, "step_key"), "M1");
    CHECK_STR(fake_field(0, "step_name"), "Mail 1");
    CHECK_STR(fake_field(0, "status"), "live");
    CHECK_STR(fake_field(0, "channel"), "email");
    CHECK_STR(fake_field(0, "day"), "2026-09-01");
    CHECK_STR(fake_field(0, "delivered"), "200");
    CHECK_STR(fake_field(0, "orders"), "5");
    CHECK_STR(fake_field(0, "revenue"), "25000");
    CHECK_STR(fake_field(0, "unsubscribes"), "1");
    CHECK_STR(fake_field(0, "complaints"), "0");
    CHECK_STR(fake_field(0, "bounces"), "4");
    CHECK_STR(fake_field(1, "status"), "draft");
    CHECK_STR(fake_field(1, "unsubscribes"), "");
}

static void klaviyo_profiles(void)
{
    const struct fake_result *r = fake_import(
        &klaviyo_profiles_importer,
        "Email,Klaviyo ID,First Name,Last Name,City,State / Region,Country,Zip Code,Source,Email "
        "Marketing Consent,Profile Created On,Date Added,Phone Number,SMS Marketing Consent,SMS "
        "Marketing Consent Timestamp,Birthday\n"
        "Jane@Example.com,01A,Jane,Doe,Bangkok,,Thailand,'10110,Popup,SUBSCRIBED,2025-01-02 "
        "03:04:05,2025-02-03 04:05:06,'081 234 5678,UNSUBSCRIBED,2025-05-06 07:08:09,1985-04-09\n"
        "joe@example.com,01B,Joe,,,,,,,NEVER_SUBSCRIBED,2025-01-02 03:04:05,,,,\n"
        "ann@example.com,01C,Ann,,,,,,,2025-03-04 05:06:07,,,,,\n"
        "bob@example.com,01D,Bob,,,,,,,MAYBE,,,,,\n"
        "broken,01E,,,,,,,,SUBSCRIBED,,,,,\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 8);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_kind(0), "person");
    CHECK_STR(fake_field(0, "profile_key"), "01A");
    CHECK_STR(fake_field(0, "email"), "jane@example.com");
    CHECK_STR(fake_field(0, "phone"), "+66812345678");
    CHECK_STR(fake_field(0, "postal_code"), "10110");
    CHECK_STR(fake_field(0, "signup_source"), "Popup");
    CHECK_STR(fake_field(0, "birthday"), "04-09");
    CHECK_STR(fake_field(0, "created_at"), "2025-01-02T03:04:05Z");
    CHECK_STR(fake_kind(1), "consent");
    CHECK_STR(fake_field(1, "channel"), "email");
    CHECK_STR(fake_field(1, "state"), "granted");
    CHECK_STR(fake_field(1, "changed_at"), "2025-02-03T04:05:06Z");
    CHECK_STR(fake_field(1, "method"), "list: Popup");
    CHECK_STR(fake_field(2, "channel"), "sms");
    CHECK_STR(fake_field(2, "state"), "withdrawn");
    CHECK_STR(fake_field(2, "changed_at"), "2025-05-06T07:08:09Z");
    CHECK_STR(fake_field(4, "state"), "denied");
    CHECK_STR(fake_field(6, "state"), "granted");
    CHECK_STR(fake_field(6, "changed_at"), "2025-03-04T05:06:07Z");
    CHECK_STR(fake_kind(7), "person");
    CHECK(strstr(r->notes, "MAYBE"));
}

static void mailchimp_members(void)
{
    const struct fake_result *r = fake_import(
        &mailchimp_audience_importer,
        "\"Email Address\",\"First Name\",\"Last Name\",Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
        "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,"
        "LEID,EUID,NOTES,TAGS\n"
        "jane@example.com,Jane,Doe,04/09,4,\"2016-04-18 13:51:14\",192.0.2.1,\"2016-04-18 "
        "13:55:00\","
        "192.0.2.2,,,,,,th,10,\"2016-04-18 13:55:00\",123,abc,,\"\"\"VIP\"\",\"\"Blog\"\"\"\n"
        "joe@example.com,Joe,,19/04,2,,,\"2017-01-01 00:00:00\",192.0.2.3,,,,,,,,,124,abd,,\n"
        "ann@example.com,Ann,,,2,,,,,,,,,,,,,125,abe,,\n"
        "not an address,Bob,,,2,,,,,,,,,,,,,126,abf,,\n",
        none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 6);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(0, "profile_key"), "abc");
    CHECK_STR(fake_field(0, "tags"), "VIP,Blog");
    CHECK_STR(fake_field(0, "birthday"), "04-09"); /* Mailchimp's months come first */
    CHECK_STR(fake_field(2, "birthday"), "");
    CHECK(strstr(r->notes, "birthdays"));
    CHECK_STR(fake_field(0, "country"), "th");
    CHECK_STR(fake_field(0, "created_at"), "2016-04-18T13:51:14Z");
    CHECK_STR(fake_field(1, "state"), "granted");
    CHECK_STR(fake_field(1, "changed_at"), "2016-04-18T13:55:00Z");
    CHECK_STR(fake_field(1, "method"), "double opt-in");
    CHECK_STR(fake_field(1, "proof"), "192.0.2.0");
    CHECK_STR(fake_field(3, "method"), "import");
    CHECK_STR(fake_field(3, "proof"), "192.0.2.0");
    CHECK_STR(fake_field(5, "state"), "denied");
    CHECK_STR(fake_field(5, "changed_at"), "");
}

static void mailchimp_left(void)
{
    const struct fake_result *r = fake_import(
        &mailchimp_audience_importer,
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
        "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,LEID,EUID\n"
        "jane@example.com,Jane,2,2016-04-18 13:51:14,192.0.2.1,2016-04-18 13:51:14,192.0.2.1,"
        "2020-01-02 03:04:05,Spring,c1,NORMAL,1,abc\n"
        "joe@example.com,Joe,2,,,,,someday,Spring,c1,NORMAL,2,abd\n",
        none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 3); /* nothing of the row with the broken time */
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(1, "state"), "granted");
    CHECK_STR(fake_field(1, "method"), "form");
    CHECK_STR(fake_field(2, "state"), "withdrawn");
    CHECK_STR(fake_field(2, "changed_at"), "2020-01-02T03:04:05Z");
    CHECK_STR(fake_field(2, "proof"), "Spring");
    r = fake_import(&mailchimp_audience_importer,
                    "Email Address,MEMBER_RATING,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,EUID\n"
                    "jane@example.com,2,,2020-01-02 03:04:05,Spring,abc\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(1, "state"), "unreachable");
    CHECK_STR(fake_field(1, "method"), "bounce");
    r = fake_import(&mailchimp_audience_importer, "Email Address,First Name\nj@example.com,J\n",
                    none);
    CHECK_INT(r->code, ERR_UNRECOGNISED);
}

static void mailchimp_campaigns(void)
{
    const struct fake_result *r = fake_import(
        &mailchimp_campaigns_importer,
        "Title,Subject,List,Send Date,Send Weekday,Total Recipients,Successful Deliveries,Soft "
        "Bounces,Hard Bounces,Total Bounces,Times Forwarded,Forwarded Opens,Unique Opens,Open "
        "Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Abuse Complaints,"
        "Times Liked on Facebook,Folder Id,Unique Id,Total Orders,Total Gross Sales,Total Revenue\n"
        "Spring,Hello,News,\"Sep 03, 2026 10:05 am\",Thursday,\"1,000\",990,6,4,10,0,0,400,40.4%,"
        "600,50,5.05%,70,3,1,0,,u1,12,900.00,850.50\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 1);
    CHECK_STR(fake_field(0, "item_key"), "u1");
    CHECK_STR(fake_field(0, "sent_at"), "2026-09-03T10:05:00Z");
    CHECK_STR(fake_field(0, "day"), "2026-09-03");
    CHECK_STR(fake_field(0, "recipients"), "1000");
    CHECK_STR(fake_field(0, "opens"), "400");
    CHECK_STR(fake_field(0, "bounces"), "10");
    CHECK_STR(fake_field(0, "complaints"), "1");
    CHECK_STR(fake_field(0, "orders"), "12");
    CHECK_STR(fake_field(0, "revenue"), "85050");
    r = fake_import(&mailchimp_campaigns_importer,
                    "Subject,Send Date,Recipients,Soft Bounces,Hard Bounces,Abuse Complaints\n"
                    "Hello,2026-09-03,100,6,4,1\nHello,,100,6,4,1\n",
                    none);
    CHECK_INT(r->records, 1);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(0, "bounces"), "10");
    CHECK_STR(fake_field(0, "name"), "Hello");
}

int main(void)
{
    klaviyo_campaigns();
    klaviyo_older_campaigns();
    klaviyo_flows();
    klaviyo_profiles();
    mailchimp_members();
    mailchimp_left();
    mailchimp_campaigns();
    fake_release();
    return tap_done();
}
