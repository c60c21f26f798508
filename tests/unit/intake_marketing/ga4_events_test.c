/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake_run.h"

#include "tap.h"

extern const struct importer ga4_events_importer;

static const struct fake_options none, eur = {.currency = "EUR"};

#define PARAM_S(k, v)                                                                              \
    "{\"key\":\"" k "\",\"value\":{\"string_value\":\"" v "\",\"int_value\":null}}"
#define PARAM_I(k, v) "{\"key\":\"" k "\",\"value\":{\"int_value\":\"" v "\"}}"
#define DEVICE                                                                                     \
    "\"device\":{\"category\":\"mobile\",\"language\":\"th\"},\"geo\":{\"country\":\"Thailand\"},"

static const char view[] =
    "{\"event_date\":\"20260901\",\"event_timestamp\":\"1788220800123456\",\"event_name\":\"view_"
    "item\",\"event_params\":[" PARAM_I("ga_session_id", "1788220790") "," PARAM_S(
        "page_location",
        "https://shop.example.com/p/1?gclid=x") "," PARAM_S("currency",
                                                            "EUR") ",{\"key\":"
                                                                   "\"value\",\"value\":{\"double_"
                                                                   "value\":19.99}}],\"event_"
                                                                   "bundle_sequence_id\":\"7\","
                                                                   "\"user_"
                                                                   "pseudo_id\":\"111.222\"," DEVICE
                                                                   "\"platform\":\"WEB\",\"traffic_"
                                                                   "source\":{\"name\":\"(organic)"
                                                                   "\",\"medium\":\"organic\","
                                                                   "\"source\":\"google\"},"
                                                                   "\"collected_traffic_source\":"
                                                                   "null,\"items\":[{\"item_id\":"
                                                                   "\"SKU1\","
                                                                   "\"item_name\":\"Shoe\"},{"
                                                                   "\"item_id\":\"SKU2\"}]}\n";

static const char purchase[] =
    "{\"event_timestamp\":1788220900123456,\"event_name\":\"purchase\",\"event_params\":"
    "[" PARAM_I("ga_session_id", "1788220790") "," PARAM_S("transaction_id", "T0") "," PARAM_S(
        "currency",
        "JPY") ","
               "{\"key\":\"value\",\"value\":{\"int_value\":\"1500\"}}],\"user_id\":42,\"user_"
               "pseudo_id\":"
               "\"111.222\"," DEVICE "\"platform\":\"IOS\",\"user_properties\":[" PARAM_S(
                   "user_email",
                   "Jane@Example.com") "],"
                                       "\"collected_traffic_source\":{\"manual_source\":"
                                       "\"newsletter\",\"manual_medium\":\"email\","
                                       "\"manual_campaign_name\":\"wrong\",\"gclid\":null},"
                                       "\"session_traffic_source_last_click\":{"
                                       "\"manual_campaign\":{\"campaign_name\":\"Autumn\","
                                       "\"source\":\"facebook\",\"medium\":\"paid\"}"
                                       "},\"ecommerce\":{\"transaction_id\":\"T1\",\"purchase_"
                                       "revenue\":1400},\"items\":[{\"item_id\":"
                                       "\"SKU1\"}]}\n";

static const char *both(const char *a, const char *b)
{
    static char text[20000];

    snprintf(text, sizeof(text), "%s%s", a, b);
    return text;
}

static void usual(void)
{
    const struct fake_result *r = fake_import(&ga4_events_importer, both(view, purchase), none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_STR(fake_kind(0), "event");
    CHECK_STR(fake_field(0, "name"), "product_view");
    CHECK_STR(fake_field(0, "occurred_at"), "2026-09-01T00:00:00.123456Z");
    CHECK_STR(fake_field(0, "anonymous_id"), "111.222");
    CHECK_STR(fake_field(0, "session_id"), "1788220790");
    CHECK_STR(fake_field(0, "platform"), "web");
    CHECK_STR(fake_field(0, "device"), "mobile");
    CHECK_STR(fake_field(0, "country"), "Thailand");
    CHECK_STR(fake_field(0, "product_key"), "SKU1");
    CHECK_STR(fake_field(0, "value"), "1999");
    CHECK_STR(fake_field(0, "currency"), "EUR");
    CHECK_STR(fake_field(0, "utm_source"), ""); /* the first touch says nothing of this visit */
    CHECK_STR(fake_field(0, "click_id"), "gclid");
    CHECK_STR(fake_field(0, "channel"), "Paid Search");
    CHECK_INT(strlen(fake_field(0, "event_key")), 16);
    CHECK_STR(fake_field(1, "name"), "order_complete");
    CHECK_STR(fake_field(1, "user_id"), "42");
    CHECK_STR(fake_field(1, "email"), "jane@example.com");
    CHECK_STR(fake_field(1, "order_key"), "T1");
    CHECK_STR(fake_field(1, "product_key"), "");
    CHECK_STR(fake_field(1, "value"), "1400");
    CHECK_STR(fake_field(1, "currency"), "JPY");
    CHECK_STR(fake_field(1, "platform"), "ios");
    CHECK_STR(fake_field(1, "utm_source"), "facebook");
    CHECK_STR(fake_field(1, "utm_campaign"), "Autumn");
    CHECK_STR(fake_field(1, "channel"), "Paid Social");
}

static void keys(void)
{
    char first[40];
    char text[sizeof(view)];
    const struct fake_result *r = fake_import(&ga4_events_importer, both(view, view), none);

    snprintf(first, sizeof(first), "%s", fake_field(0, "event_key"));
    CHECK_STR(fake_field(1, "event_key"), first); /* the same event has the same key */
    memcpy(text, view, sizeof(view));
    *strstr(text, "123456") = '2';
    r = fake_import(&ga4_events_importer, text, none);
    CHECK_INT(r->records, 1);
    CHECK(strcmp(fake_field(0, "event_key"), first) != 0);
    memcpy(text, view, sizeof(view));
    strstr(text, "sequence_id\":\"7")[14] = '8';
    r = fake_import(&ga4_events_importer, text, none);
    CHECK_INT(r->records, 1);
    CHECK(strcmp(fake_field(0, "event_key"), first) != 0);
}

static void origins(void)
{
#define EVENT(name, rest)                                                                          \
    "{\"event_timestamp\":1788220900123456,\"event_name\":\"" name                                 \
    "\",\"user_pseudo_id\":\"1.2\"," rest "}\n"
    const char *text = EVENT(
        "first_visit",
        "\"traffic_source\":{\"source\":\"bing\",\"medium\":"
        "\"organic\"}") EVENT("page_view",
                              "\"event_params\":[" PARAM_S("source", "list") "," PARAM_S(
                                  "medium", "email") "],"
                                                     "\"traffic_source\":{\"source\":\"bing\","
                                                     "\"medium\":\"organic\"}")
        EVENT("page_view", "\"event_params\":{\"source\":\"list\",\"medium\":\"sms\"}") EVENT(
            "page_view", "\"collected_traffic_source\":{\"gclid\":\"abc\"}")
            EVENT("session_start", "\"collected_traffic_source\":{\"srsltid\":\"abc\"}") EVENT(
                "page_view",
                "\"event_params\":[" PARAM_S(
                    "page_location",
                    "https://a.example.com/x") "," PARAM_S("page_referrer",
                                                           "https://a.example.com/y") "]")
                EVENT("page_view",
                      "\"event_params\":[" PARAM_S(
                          "page_location",
                          "https://a.example.com/x") "," PARAM_S("page_referrer",
                                                                 "https://www.google.com/") "]")
                    EVENT("page_view",
                          "\"session_traffic_source_last_click\":{\"manual_campaign\":{\"source\":"
                          "\"(not set)\"},\"google_ads_campaign\":{\"campaign_name\":\"Brand\"}}");
    const struct fake_result *r = fake_import(&ga4_events_importer, text, none);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 8);
    CHECK_STR(fake_field(0, "channel"), "Organic Search");
    CHECK_STR(fake_field(0, "name"), "first_visit");
    CHECK_STR(fake_field(1, "channel"), "Email");
    CHECK_STR(fake_field(2, "channel"), "SMS");
    CHECK_STR(fake_field(3, "channel"), "Paid Search");
    CHECK_STR(fake_field(4, "channel"), "Direct");
    CHECK_STR(fake_field(4, "click_id"), "");
    CHECK_STR(fake_field(5, "channel"), ""); /* a step within the shop */
    CHECK_STR(fake_field(6, "channel"), "Organic Search");
    CHECK_STR(fake_field(7, "channel"), "Paid Search");
    CHECK_STR(fake_field(7, "utm_campaign"), "Brand");
}

static void broken(void)
{
    const struct fake_result *r = fake_import(
        &ga4_events_importer,
        both(view, "{\"event_name\":\"purchase\"}\n{\"event_timestamp\":\"1\"}\n[1,2]\n"
                   "{\"event_name\":\"purchase\",\"event_timestamp\":5,\"user_pseudo_id\":"
                   "\"null\",\"event_params\":3,\"items\":[],\"ecommerce\":[],\"device\":7,"
                   "\"user_id\":\"undefined\"}\n"),
        eur);

    CHECK_INT(r->code, ERR_OK);
    CHECK_INT(r->records, 2);
    CHECK_INT(r->rejected, 3);
    CHECK(strstr(r->reject, "event_timestamp"));
    CHECK_STR(fake_field(1, "anonymous_id"), "");
    CHECK_STR(fake_field(1, "user_id"), "");
    CHECK_STR(fake_field(1, "value"), "");
    r = fake_import(&ga4_events_importer, "{\"name\":\"x\"}\n", none);
    CHECK_INT(r->code, ERR_UNRECOGNISED);
    r = fake_import(&ga4_events_importer, both(view, "{\"event_name\":"), none);
    CHECK(r->code != ERR_OK);
}

/* How fast: TIDEMARK_BENCH=1 prints events a second; a smaller run is part of the test. */
static void many(void)
{
    enum { BENCH = 200000, SMALL = 2000 };
    size_t count = getenv("TIDEMARK_BENCH") ? BENCH : SMALL, n = 0;
    size_t each = strlen(view) + strlen(purchase);
    char *text = xmalloc(count * each);
    const struct fake_result *r;

    for (size_t i = 0; i < count; i += 2) {
        memcpy(text + n, view, strlen(view));
        n += strlen(view);
        memcpy(text + n, purchase, strlen(purchase));
        n += strlen(purchase);
    }
    r = fake_import_bytes(&ga4_events_importer, text, n,
                          (struct fake_options){.keep_nothing = true});
    CHECK_INT(r->records, count);
    printf("# %.0f events a second of processor time, %zu bytes each\n",
           (double)count * 1e6 / (double)(r->cpu_us > 0 ? r->cpu_us : 1), n / count);
    free(text);
}

int main(void)
{
    usual();
    keys();
    origins();
    broken();
    many();
    fake_release();
    return tap_done();
}
