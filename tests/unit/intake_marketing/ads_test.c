/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake_run.h"

#include "tap.h"

extern const struct importer meta_ads_importer, google_ads_importer;

static const struct fake_options none;

static void meta_usual(void)
{
    const struct fake_result *r = fake_import(
        &meta_ads_importer,
        "Reporting starts,Reporting ends,Day,Campaign name,Campaign ID,Ad set name,Attribution "
        "setting,Results,Result indicator,Reach,\"Amount spent (EUR)\",Impressions,Link "
        "clicks,Clicks (all),Purchases,Purchases conversion value\n"
        ",,,,,,,,,900,30.00,1800,40,60,3,150.00\n"
        "2026-09-01,2026-09-30,2026-09-01,Spring sale,'120210000000000123,Lookalike 1%,7-day click "
        "or 1-day view,2,actions:offsite_conversion.fb_pixel_purchase,500,12.34,\"1,000\",20,30,2,"
        "99.90\n"
        "2026-09-01,2026-09-30,2026-09-02,Spring sale,1.2021E+17,Lookalike 1%,7-day click or 1-day "
        "view,,,400,17.66,800,20,30,,\n",
        none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_INT(r->skipped, 1);
    CHECK_STR(fake_kind(0), "spend");
    CHECK_STR(fake_field(0, "platform"), "meta");
    CHECK_STR(fake_field(0, "channel"), "Paid Social");
    CHECK_STR(fake_field(0, "campaign_key"), "120210000000000123");
    CHECK_STR(fake_field(0, "campaign"), "Spring sale");
    CHECK_STR(fake_field(0, "audience"), "Lookalike 1%");
    CHECK_STR(fake_field(0, "day_from"), "2026-09-01");
    CHECK_STR(fake_field(0, "day_to"), "2026-09-01");
    CHECK_STR(fake_field(0, "currency"), "EUR");
    CHECK_STR(fake_field(0, "spent"), "1234");
    CHECK_STR(fake_field(0, "impressions"), "1000");
    CHECK_STR(fake_field(0, "clicks"), "20");
    CHECK_STR(fake_field(0, "conversions"), "2");
    CHECK_STR(fake_field(0, "conversion_value"), "9990");
    CHECK_STR(fake_field(0, "attribution"), "7-day click or 1-day view");
    CHECK_STR(fake_field(1, "campaign_key"), "spring sale"); /* the id has lost its digits */
    CHECK_STR(fake_field(1, "conversions"), "0");
    CHECK_STR(fake_field(1, "conversion_value"), "");
}

static void meta_periods(void)
{
    const struct fake_result *r =
        fake_import(&meta_ads_importer,
                    "Reporting starts,Reporting ends,Campaign name,Amount spent (EGP)\n"
                    "2026-09-01,2026-09-30,Spring,100.00\n",
                    none);

    CHECK_INT(r->code, ERR_AMBIGUOUS);
    CHECK(strstr(r->err.hint, "Day"));
    r = fake_import(&meta_ads_importer,
                    "Reporting starts,Reporting ends,Campaign name,Amount spent (JPY),Results,"
                    "Result indicator\n"
                    "2026-09-01,2026-09-01,Spring,1200,3,actions:link_click\n"
                    ",,Spring,1200,3,\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 1);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(0, "spent"), "1200");
    CHECK_STR(fake_field(0, "conversions"), "");
    CHECK(strstr(r->notes, "results"));
}

static void meta_currency(void)
{
    const char *text = "Day;Kampagnenname;Ausgegebener Betrag\n2026-09-01;Herbst;\"1.234,50\"\n"
                       "2026-09-02;Herbst;\"12,5\"\n";
    const struct fake_result *r = fake_import(&meta_ads_importer, text, none);

    CHECK_INT(r->code, ERR_AMBIGUOUS);
    r = fake_import(&meta_ads_importer, text, (struct fake_options){.currency = "CHF"});
    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(0, "spent"), "123450");
    CHECK_STR(fake_field(0, "currency"), "CHF");
    r = fake_import(&meta_ads_importer,
                    "Day,Campaign name,Amount spent (EUR)\n2026-09-01,A,lots\n2026-09-99,A,1.00\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 0);
    CHECK_INT(r->rejected, 2);
    r = fake_import(&meta_ads_importer, "Day,Campaign name\n2026-09-01,A\n", none);
    CHECK_INT(r->code, ERR_UNRECOGNISED);
}

static void google_usual(void)
{
    const struct fake_result *r = fake_import(
        &google_ads_importer,
        "Campaign report\n\"September 1, 2026 - September 3, 2026\"\n"
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value,Search "
        "impr. share\n"
        "2026-09-01,Spring Roofs & Gutters,12345678901,CAD,12.34,\"1,234\",7,1.00,50.00,< 10%\n"
        "2026-09-01,Total Injury Law,12345678902,CAD,\"1,012.34\",--,7,0.50,--,--%\n"
        "2026-09-02,Total: Sale,12345678903,CAD,1.00,10,1,0.00,0.00,--\n"
        "Total: Account,--,--,CAD,\"1,035.94\",\"11,774\",97,3.50,50.00,--\n"
        "Total: Search,--,--,CAD,\"1,035.94\",\"11,774\",97,3.50,50.00,--\n",
        none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 3);
    CHECK_INT(r->skipped, 2);
    CHECK_STR(fake_field(0, "platform"), "google");
    CHECK_STR(fake_field(0, "channel"), "Paid Search");
    CHECK_STR(fake_field(0, "campaign_key"), "12345678901");
    CHECK_STR(fake_field(0, "day_from"), "2026-09-01");
    CHECK_STR(fake_field(0, "spent"), "1234");
    CHECK_STR(fake_field(0, "impressions"), "1234");
    CHECK_STR(fake_field(0, "conversion_value"), "5000");
    CHECK_STR(fake_field(1, "campaign"), "Total Injury Law");
    CHECK_STR(fake_field(1, "spent"), "101234");
    CHECK_STR(fake_field(1, "impressions"), "");
    CHECK_STR(fake_field(1, "conversions"), "0.5");
    CHECK_STR(fake_field(1, "conversion_value"), "");
    CHECK_STR(fake_field(2, "campaign"), "Total: Sale");
}

static void google_order_and_devices(void)
{
    const struct fake_result *r =
        fake_import(&google_ads_importer,
                    "Untitled report\nAll time\n"
                    "Campaign,Campaign type,Device,Day,Currency code,Cost,Clicks\n"
                    "Brand,Performance Max,Mobile phones,2026-09-01,USD,1.50,3\n"
                    "Brand,Performance Max,Computers,2026-09-01,USD,2.50,4\n"
                    "Total Injury Law,Search,Computers,2026-09-01,USD,2.50,4\n"
                    "Total,--,--,--,USD,6.50,11\n"
                    "Total - Campaigns,--,--,--,USD,6.50,11\n"
                    "Something,--,--,--,USD,6.50,11\n",
                    none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 3);
    CHECK_INT(r->skipped, 2);
    CHECK_INT(r->rejected, 1);
    CHECK_STR(fake_field(0, "channel"), "Cross-network");
    CHECK_STR(fake_field(0, "campaign_key"), "brand");
    CHECK_STR(fake_field(1, "campaign_key"), "brand");
    CHECK_STR(fake_field(1, "spent"), "250");
    CHECK_STR(fake_field(2, "campaign"), "Total Injury Law");
}

static void google_localised(void)
{
    const struct fake_result *r =
        fake_import(&google_ads_importer,
                    "Kampagnenbericht\n1. September 2026 - 3. September 2026\n"
                    "Tag;Kampagne;Währungscode;Kosten;Impressionen;Klicks;Conversions\n"
                    "2026-09-01;Herbst;EUR;1.234,56;1.234;7;0,5\n"
                    "2026-09-02;Herbst;EUR;12,00;234;7;1,0\n"
                    "Gesamt: Konto;--;EUR;1.246,56;1.468;14;1,5\n",
                    none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_INT(r->skipped, 1);
    CHECK_STR(fake_field(0, "spent"), "123456");
    CHECK_STR(fake_field(0, "impressions"), "1234");
    CHECK_STR(fake_field(0, "conversions"), "0.5");
    r = fake_import(&google_ads_importer,
                    "Rapport\nseptembre\nJour;Campagne;Code "
                    "devise;Coût;Impressions;Clics;Conversions\n"
                    "2026-09-01;Rentrée;EUR;1\xC2\xA0"
                    "234,56;11\xC2\xA0"
                    "774;7;0,50\n"
                    "Total : compte;--;EUR;1\xC2\xA0"
                    "234,56;11\xC2\xA0"
                    "774;7;0,50\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 1);
    CHECK_STR(fake_field(0, "spent"), "123456");
    CHECK_STR(fake_field(0, "impressions"), "11774");
    r = fake_import(&google_ads_importer,
                    "Día,Campaña,Código de moneda,Coste,Impr.,Clics\n2026-09-01,Otoño,EUR,\"10,50\""
                    ",7,7\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(0, "spent"), "1050");
}

static void google_excel(void)
{
    static const char text[] = "Campaign report\nSeptember\nDay\tCampaign\tCurrency code\tCost\t"
                               "Clicks\n2026-09-01\tBrand\tUSD\t1,012.34\t7\n";
    char wide[2 * sizeof(text)] = "\xFF\xFE";
    size_t n = 2;

    for (const char *p = text; *p; p++) {
        wide[n++] = *p;
        wide[n++] = '\0';
    }
    CHECK_INT(fake_import_bytes(&google_ads_importer, wide, n, none)->code, ERR_OK);
    CHECK_STR(fake_field(0, "spent"), "101234");
    CHECK_STR(fake_field(0, "clicks"), "7");
}

static void google_refusals(void)
{
    const struct fake_result *r = fake_import(
        &google_ads_importer,
        "r\nd\nWeek,Campaign,Currency code,Cost,Clicks\n2026-09-01,A,USD,1.00,1\n", none);

    CHECK_INT(r->code, ERR_AMBIGUOUS);
    CHECK(strstr(r->err.msg, "Week"));
    r = fake_import(&google_ads_importer,
                    "r\nd\nMonat;Kampagne;Währungscode;Kosten;Klicks\n2026-09;A;EUR;1,00;1\n",
                    none);
    CHECK_INT(r->code, ERR_AMBIGUOUS);
    r = fake_import(&google_ads_importer, "Campaign,Currency code,Cost,Clicks\nA,USD,1.00,1\n",
                    none);
    CHECK_INT(r->code, ERR_AMBIGUOUS);
    CHECK(strstr(r->err.hint, "Day"));
    r = fake_import(&google_ads_importer, "Day,Campaign,Cost,Clicks\n2026-09-01,A,1.00,1\n", none);
    CHECK_INT(r->code, ERR_AMBIGUOUS);
    r = fake_import(&google_ads_importer, "Day,Campaign,Cost,Clicks\n2026-09-01,A,1.00,1\n",
                    (struct fake_options){.currency = "THB"});
    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(0, "currency"), "THB");
    r = fake_import(&google_ads_importer,
                    "Day,Campaign,Currency code,Cost,Clicks\n03/04/2026,A,USD,1.00,1\n", none);
    CHECK_INT(r->code, ERR_AMBIGUOUS);
    r = fake_import(&google_ads_importer,
                    "Day,Campaign,Currency code,Cost,Clicks\n03/04/2026,A,USD,1.00,1\n"
                    "25/04/2026,A,USD,1.00,1\n",
                    none);
    CHECK_INT(r->code, ERR_OK);
    CHECK_STR(fake_field(0, "day_from"), "2026-04-03");
}

int main(void)
{
    meta_usual();
    meta_periods();
    meta_currency();
    google_usual();
    google_order_and_devices();
    google_localised();
    google_excel();
    google_refusals();
    fake_release();
    return tap_done();
}
