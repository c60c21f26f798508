/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake_run.h"

#include "tap.h"

extern const struct importer ga4_report_importer;

static const struct fake_options none, eur = {.currency = "EUR"};

static void usual(void)
{
    const struct fake_result *r = fake_import(
        &ga4_report_importer,
        "# ----------------------------------------\n"
        "# Traffic acquisition: Session default channel group\n"
        "# Start date: 20260701\n# End date: 20260928\n"
        "# ----------------------------------------\n\n"
        "Session default channel group,Sessions,Engaged sessions,Engagement rate,Average "
        "engagement time per session,Events per session,Event count,Key events,Total revenue\n"
        "Grand total,1000,600,0.6,30,5,5000,20,1234.50\n"
        "organic search,\"1,200\",400,0.66,30,5,3000,10,\"1,000.00\"\n"
        "Paid Social,400,200,0.5,20,5,2000,10,234.50\n\n"
        "# ----------------------------------------\n"
        "# Devices\n# Start date: 20260801\n# End date: 20260831\n"
        "# ----------------------------------------\n\n"
        "Device category,Sessions,Users\n"
        "mobile,700,500\ndesktop,300,200\n,1000,700\n"
        "# Something else\n"
        "Audience name,Members\nAll,70\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 4);
    CHECK_INT(r->rejected, 0);
    CHECK_STR(fake_kind(0), "traffic");
    CHECK_STR(fake_field(0, "dimensions"), "channel");
    CHECK_STR(fake_field(0, "channel"), "Organic Search");
    CHECK_STR(fake_field(0, "day_from"), "2026-07-01");
    CHECK_STR(fake_field(0, "day_to"), "2026-09-28");
    CHECK_STR(fake_field(0, "sessions"), "1200");
    CHECK_STR(fake_field(0, "engaged_sessions"), "400");
    CHECK_STR(fake_field(0, "revenue"), "100000");
    CHECK_STR(fake_field(0, "currency"), "EUR");
    CHECK_STR(fake_field(1, "channel"), "Paid Social");
    CHECK_STR(fake_field(2, "dimensions"), "device");
    CHECK_STR(fake_field(2, "device"), "mobile");
    CHECK_STR(fake_field(2, "day_from"), "2026-08-01");
    CHECK_STR(fake_field(2, "day_to"), "2026-08-31");
    CHECK_STR(fake_field(2, "users"), "500");
    CHECK_STR(fake_field(3, "sessions"), "300");
    CHECK(strstr(r->notes, "left out"));
}

static void by_day(void)
{
    const struct fake_result *r = fake_import(
        &ga4_report_importer,
        "# Exploration\n# Start date: 20260901\n# End date: 20260930\n"
        "Date,Session source / medium,Device category,Sessions,Total users,New users,Views,Items "
        "viewed,Add to carts,Checkouts,Ecommerce purchases,Purchase revenue\n"
        ",,,100,90,40,300,50,20,10,5,500.00,Grand total\n"
        "20260901,google / cpc,Mobile,60,50,30,200,40,15,8,4,400.00\n"
        "20260901,(direct) / (none),desktop,40,40,10,100,10,5,2,1,100.00\n"
        "someday,google / cpc,mobile,60,50,30,200,40,15,8,4,400.00\n",
        none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(0, "dimensions"), "day,source,medium,device");
    CHECK_STR(fake_field(0, "day_from"), "2026-09-01");
    CHECK_STR(fake_field(0, "day_to"), "2026-09-01");
    CHECK_STR(fake_field(0, "utm_source"), "google");
    CHECK_STR(fake_field(0, "utm_medium"), "cpc");
    CHECK_STR(fake_field(0, "channel"), "Paid Search");
    CHECK_STR(fake_field(0, "device"), "mobile");
    CHECK_STR(fake_field(0, "product_views"), "40");
    CHECK_STR(fake_field(0, "carts"), "15");
    CHECK_STR(fake_field(0, "checkouts"), "8");
    CHECK_STR(fake_field(0, "purchases"), "4");
    CHECK_STR(fake_field(0, "users"), "50");
    CHECK_STR(fake_field(0, "new_users"), "30");
    CHECK_STR(fake_field(0, "revenue"), ""); /* no currency known */
    CHECK_STR(fake_field(1, "channel"), "Direct");
    CHECK(strstr(r->notes, "--currency"));
}

static void snapshot(void)
{
    const struct fake_result *r = fake_import(&ga4_report_importer,
                                              "# Start date: 20260901\n# End date: 20260903\n"
                                              "Nth day,Sessions\n0000,10\n0001,20\n0009,5\n"
                                              "City,Country,Sessions\nBangkok,Thailand,30\n",
                                              none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 3);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(1, "dimensions"), "day");
    CHECK_STR(fake_field(1, "day_from"), "2026-09-02");
    CHECK_STR(fake_field(2, "dimensions"), "country,city"); /* one that we do not know */
    CHECK_STR(fake_field(2, "country"), "Thailand");
    CHECK_STR(fake_field(2, "day_to"), "2026-09-03");
}

static void localised(void)
{
    const struct fake_result *r = fake_import(
        &ga4_report_importer,
        "# Acquisition de trafic\n# Date de début : 20260901\n# Date de fin : 20260930\n"
        "Groupe de canaux par défaut de la session,Sessions,Sessions avec "
        "engagement,Revenu total\nTotal général,10,5,\"10,50\"\nEmail,10,5,\"10,50\"\n",
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 1);
    CHECK_STR(fake_field(0, "dimensions"), "channel");
    CHECK_STR(fake_field(0, "channel"), "Email");
    CHECK_STR(fake_field(0, "day_to"), "2026-09-30");
    CHECK_STR(fake_field(0, "revenue"), "1050");
    r = fake_import(&ga4_report_importer,
                    "# Startdatum: 20260901\n# Enddatum: 20260930\nDatum,Gerätekategorie,Sitzungen,"
                    "Aktive Nutzer\nGesamt,,7,5\n20260901,mobile,7,5\n",
                    none);
    CHECK_INT(r->records, 1);
    CHECK_STR(fake_field(0, "dimensions"), "day,device");
    CHECK_STR(fake_field(0, "users"), "5");
    r = fake_import(&ga4_report_importer,
                    "# 20260901\n# 20260930\nFecha,País,Sesiones\n20260902,España,7\n", none);
    CHECK_STR(fake_field(0, "country"), "España");
    r = fake_import(&ga4_report_importer, "# 20260901\n# 20260930\nประเทศ,เซสชัน\nไทย,7\n", none);
    CHECK_STR(fake_field(0, "sessions"), "7");
    CHECK_STR(fake_field(0, "country"), "ไทย");
}

static void refusals(void)
{
    const struct fake_result *r =
        fake_import(&ga4_report_importer, "Default channel group,Sessions\nEmail,7\n", none);

    CHECK_INT(r->code, ERR_INVALID);
    CHECK(strstr(r->err.hint, "Date"));
    r = fake_import(&ga4_report_importer, "Date,Users\n20260901,7\n", none);
    CHECK_INT(r->code, ERR_UNRECOGNISED); /* could be anybody's */
    r = fake_import(&ga4_report_importer,
                    "# 20260901\n# 20260930\nCountry,Sessions\nThailand,many sessions\n", none);
    CHECK_INT(r->records, 0);
}

int main(void)
{
    usual();
    by_day();
    snapshot();
    localised();
    refusals();
    fake_release();
    return tap_done();
}
