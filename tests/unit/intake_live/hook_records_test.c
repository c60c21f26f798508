/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What shops' webhooks say in the words of a shop. */
#include "live_fake.h"

#include "base/file.h"
#include "base/json_slice.h"
#include "tap.h"

#include <unistd.h>

#define TELLS(protocol, topic, body, text)                                                         \
    do {                                                                                           \
        const char *got_ = fake_hook((protocol), (topic), (body));                                 \
        CHECK_MSG(strstr(got_, (text)) != NULL, "%s is told by %s", (text), got_);                 \
    } while (0)

#define ORDER_HEAD                                                                                 \
    "{\"id\":5512345678901,\"name\":\"#1001\",\"created_at\":\"2026-11-01T10:00:00+02:00\","       \
    "\"updated_at\":\"2026-11-01T10:00:05+02:00\",\"processed_at\":\"2026-11-01T10:00:00+02:00\"," \
    "\"currency\":\"USD\",\"total_price\":\"22.00\",\"subtotal_price\":\"20.00\","                 \
    "\"total_tax\":\"1.50\",\"total_discounts\":\"2.00\",\"financial_status\":\"paid\","           \
    "\"source_name\":\"web\",\"email\":\"Ann@Example.com\""

static void shopify_order(void)
{
    CHECK_STR(
        fake_hook("shopify", "orders/paid",
                  ORDER_HEAD
                  ",\"buyer_accepts_marketing\":true,\"discount_codes\":[{\"code\":\"TEN\"}],"
                  "\"landing_site\":\"/?utm_source=News&utm_medium=email&utm_campaign=Nov\","
                  "\"referring_site\":\"\",\"shipping_lines\":[{\"price\":\"0.50\"}],"
                  "\"shipping_address\":{\"country_code\":\"DE\"},\"customer\":{\"id\":77,"
                  "\"updated_at\":\"2026-11-01T10:00:03+02:00\",\"first_name\":\"Ann\"},"
                  "\"line_items\":[{\"product_id\":9,\"sku\":\"H1\",\"name\":\"Hat - blue\","
                  "\"title\":\"Hat\",\"quantity\":2,\"price\":\"11.005\",\"total_discount\":"
                  "\"2.00\",\"vendor\":\"V\"}],\"refunds\":[{\"id\":5,\"created_at\":"
                  "\"2026-11-01T10:00:04+02:00\",\"transactions\":[{\"kind\":\"refund\","
                  "\"status\":\"success\",\"amount\":\"3.00\",\"currency\":\"USD\"}]}]}"),
        "line line=7 order_key=5512345678901 sku=H1 title=Hat - blue vendor=V quantity=2"
        " unit_price=11005000 discount=2000000 total=20010000 currency=USD"
        " updated_at=2026-11-01T08:00:05Z\n"
        "refund line=7 refund_key=5 order_key=5512345678901 refunded_at=2026-11-01T08:00:04Z"
        " amount=300 currency=USD\n"
        "order line=7 order_key=5512345678901 number=#1001 kind=sale status=paid"
        " ordered_at=2026-11-01T08:00:00Z paid_at=2026-11-01T08:00:00Z currency=USD subtotal=2000"
        " shipping=50 tax=150 discount=200 total=2200 refunded=300 discount_code=TEN"
        " email=ann@example.com customer_id=77 sales_channel=web utm_source=news utm_medium=email"
        " utm_campaign=nov channel=Email country=DE accepts_marketing=1 is_test=0"
        " updated_at=2026-11-01T08:00:05Z\n"
        "person line=7 profile_key=77 customer_id=77 first_name=Ann currency=EUR"
        " updated_at=2026-11-01T08:00:03Z\n");
    TELLS("shopify", "orders/cancelled",
          ORDER_HEAD ",\"cancelled_at\":\"2026-11-01T10:00:05+02:00\"}", " status=cancelled ");
    TELLS("shopify", "orders/create", ORDER_HEAD ",\"payment_gateway_names\":[\"bogus\"]}",
          " is_test=1 ");
    TELLS("shopify", "orders/create", "{\"id\":1,\"name\":\"#1\"}", "rejected: no_total");
}

/* The buyer paid in yen; the shop counts in dollars. */
static void presentment(void)
{
    static const char order[] =
        "{\"id\":1,\"created_at\":\"2026-11-01T10:00:00Z\",\"currency\":\"USD\","
        "\"presentment_currency\":\"JPY\",\"total_price\":\"10.00\",\"total_price_set\":{"
        "\"shop_money\":{\"amount\":\"10.00\",\"currency_code\":\"USD\"},\"presentment_money\":{"
        "\"amount\":\"1500\",\"currency_code\":\"JPY\"}},\"refunds\":[{\"id\":2,\"transactions\":["
        "{\"kind\":\"refund\",\"status\":\"success\",\"amount\":\"900\",\"currency\":\"JPY\"}],"
        "\"refund_line_items\":[{\"subtotal_set\":{\"shop_money\":{\"amount\":\"5.00\","
        "\"currency_code\":\"USD\"}},\"total_tax_set\":{\"shop_money\":{\"amount\":\"0.50\"}}}],"
        "\"order_adjustments\":[{\"amount_set\":{\"shop_money\":{\"amount\":\"-0.50\"}}}]}]}";

    TELLS("shopify", "orders/create", order, " total=1000 refunded=600 ");
    TELLS("shopify", "orders/create", order, " amount=600 currency=USD\n");
}

static void origins(void)
{
    TELLS("shopify", "orders/create",
          ORDER_HEAD ",\"landing_site\":\"/wallets/checkouts.json?utm_source=x\"}",
          " sales_channel=web is_test=0 ");
    TELLS("shopify", "orders/create", ORDER_HEAD ",\"landing_site\":\"/\"}",
          " attribution=typein channel=Direct ");
    TELLS("shopify", "orders/create", ORDER_HEAD ",\"landing_site\":\"/a?gclid=1\"}",
          " channel=Paid ");
    TELLS("shopify", "orders/create",
          ORDER_HEAD ",\"landing_site\":\"/\",\"referring_site\":\"https://www.google.com/\"}",
          " referrer=https://www.google.com/ channel=Organic Search ");
    TELLS("shopify", "orders/create",
          ORDER_HEAD ",\"landing_site\":\"/\",\"referring_site\":"
                     "\"https://example.myshopify.com/cart\"}",
          " attribution=typein channel=Direct ");
}

static void refunds(void)
{
    CHECK_STR(fake_hook("shopify", "refunds/create",
                        "{\"id\":5,\"order_id\":1,\"created_at\":\"2026-11-02T00:00:00Z\","
                        "\"transactions\":[{\"kind\":\"refund\",\"status\":\"failure\",\"amount\":"
                        "\"9\"},{\"kind\":\"refund\",\"status\":\"success\",\"amount\":\"3.5\","
                        "\"currency\":\"KWD\"}]}"),
              "refund line=7 refund_key=5 order_key=1 refunded_at=2026-11-02T00:00:00Z"
              " amount=3500 currency=KWD\n");
    CHECK_STR(fake_hook("shopify", "refunds/create", "{\"id\":5,\"order_id\":1}"), "");
    CHECK_STR(fake_hook("shopify", "refunds/create", "{\"id\":5}"), "rejected: no_id\n");
}

static void people(void)
{
    static const char customer[] =
        "{\"id\":77,\"email\":\"ANN@example.com\",\"phone\":\"081 234 5678\",\"orders_count\":3,"
        "\"total_spent\":\"41.94\",\"currency\":\"USD\",\"updated_at\":\"2026-11-01T10:00:00Z\","
        "\"default_address\":{\"city\":\"Louisville\",\"province_code\":\"KY\",\"country_code\":"
        "\"US\",\"zip\":\"40202\"},\"email_marketing_consent\":{\"state\":\"subscribed\","
        "\"opt_in_level\":\"confirmed_opt_in\",\"consent_updated_at\":\"2026-10-01T00:00:00Z\"},"
        "\"sms_marketing_consent\":{\"state\":\"unsubscribed\",\"consent_updated_at\":null}}";

    CHECK_STR(fake_hook("shopify", "customers/update", customer),
              "person line=7 profile_key=77 email=ann@example.com phone=+66812345678"
              " customer_id=77 country=US region=KY city=Louisville postal_code=40202"
              " claimed_orders=3 claimed_spent=4194 currency=USD updated_at=2026-11-01T10:00:00Z\n"
              "consent line=7 profile_key=77 email=ann@example.com phone=+66812345678"
              " customer_id=77 channel=email state=granted changed_at=2026-10-01T00:00:00Z"
              " method=confirmed_opt_in\n"
              "consent line=7 profile_key=77 email=ann@example.com phone=+66812345678"
              " customer_id=77 channel=sms state=withdrawn changed_at=2026-11-01T10:00:00Z\n");
    TELLS("shopify", "customers/create",
          "{\"id\":1,\"email\":\"a@example.com\",\"accepts_marketing\":false}", " state=denied\n");
    TELLS("shopify", "customers_email_marketing_consent/update",
          "{\"customer_id\":7,\"email_address\":\"A@example.com\",\"email_marketing_consent\":{"
          "\"state\":\"unsubscribed\",\"consent_updated_at\":\"2026-10-01T00:00:00Z\"}}",
          "profile_key=7 email=a@example.com customer_id=7 channel=email state=withdrawn"
          " changed_at=2026-10-01T00:00:00Z\n");
    TELLS("shopify", "customers_marketing_consent/update",
          "{\"id\":7,\"phone\":\"+66812345678\",\"sms_marketing_consent\":{\"state\":"
          "\"subscribed\",\"opt_in_level\":\"single_opt_in\",\"consent_updated_at\":"
          "\"2026-10-01T00:00:00Z\",\"consent_collected_from\":\"OTHER\"}}",
          " channel=sms state=granted changed_at=2026-10-01T00:00:00Z method=single_opt_in"
          " proof=OTHER\n");
    TELLS("shopify", "customers/update",
          "{\"id\":1,\"email\":\"a@example.com\",\"accepts_marketing\":true,"
          "\"accepts_marketing_updated_at\":\"2026-10-01T00:00:00Z\","
          "\"marketing_opt_in_level\":\"confirmed_opt_in\"}",
          " state=granted changed_at=2026-10-01T00:00:00Z method=confirmed_opt_in\n");
    TELLS("shopify", "customers_marketing_consent/update",
          "{\"id\":7,\"phone\":\"+66812345678\",\"sms_marketing_consent\":{\"state\":"
          "\"redacted\"}}",
          " channel=sms state=withdrawn changed_at=2026-11-18T12:26:40Z\n");
    CHECK_STR(fake_hook("shopify", "customers/delete", "{\"id\":7}"),
              "person line=7 profile_key=7 customer_id=7 updated_at=2026-11-18T12:26:40Z"
              " is_deleted=1\n");
    CHECK_STR(fake_hook("shopify", "customers/redact", "{\"customer\":{\"id\":7}}"), "");
}

/* Mailchimp's plugin keeps an answer where WooCommerce asks nobody. */
static void plugin_consents(void)
{
#define ORDER                                                                                      \
    "{\"id\":9,\"number\":\"9\",\"total\":\"5\",\"currency\":\"EUR\",\"customer_id\":7,"           \
    "\"date_created_gmt\":\"2026-10-01T00:00:00\",\"billing\":{\"email\":\"a@example.com\"},"      \
    "\"meta_data\":[{\"key\":\"mailchimp_woocommerce_is_subscribed\",\"value\":\""
#define CUSTOMER                                                                                   \
    "{\"id\":7,\"email\":\"a@example.com\",\"date_modified_gmt\":\"2026-10-02T00:00:00\","         \
    "\"meta_data\":[{\"key\":\"mailchimp_woocommerce_is_subscribed\",\"value\":\""
    static const struct {
        const char *topic, *form, *value, *want;
    } told[] = {
        {"order.created", ORDER, "1",
         "consent line=7 profile_key=7 email=a@example.com customer_id=7 channel=email"
         " state=granted changed_at=2026-10-01T00:00:00Z"
         " proof=mailchimp_woocommerce_is_subscribed\n"},
        {"order.created", ORDER, "0", NULL},
        {"order.created", ORDER, "", NULL},
        {"customer.updated", CUSTOMER, "1",
         " channel=email state=granted proof=mailchimp_woocommerce_is_subscribed\n"},
        {"customer.updated", CUSTOMER, "0", " state=denied changed_at=2026-10-02T00:00:00Z"},
        {"customer.updated", CUSTOMER, "archived", NULL},
    };
    char body[600];

    for (size_t i = 0; i < TM_COUNT(told); i++) {
        const char *got;

        snprintf(body, sizeof(body), "%s%s\"}]}", told[i].form, told[i].value);
        got = fake_hook("woocommerce", told[i].topic, body);
        CHECK_MSG(told[i].want ? strstr(got, told[i].want) != NULL
                               : strstr(got, "consent ") == NULL,
                  "%s %s: %s", told[i].topic, told[i].value, got);
        CHECK_MSG(fake_deliver("woocommerce", told[i].topic, str_of(body))->record.urgent,
                  "it counts at once");
    }
}

static void other_topics(void)
{
    CHECK_STR(fake_hook("shopify", "orders/delete", "{\"id\":7}"),
              "order line=7 order_key=7 kind=sale status=deleted"
              " updated_at=2026-11-18T12:26:40Z\n");
    CHECK_STR(fake_hook("shopify", "checkouts/update",
                        "{\"id\":4,\"token\":\"t\",\"created_at\":\"2026-11-01T10:00:00Z\","
                        "\"email\":\"a@example.com\",\"total_price\":\"9.50\",\"currency\":"
                        "\"USD\"}"),
              "event line=7 event_key=t name=checkout_start occurred_at=2026-11-01T10:00:00Z"
              " email=a@example.com session_id=t platform=server value=950 currency=USD\n");
    CHECK_STR(fake_hook("shopify", "checkouts/create",
                        "{\"id\":4,\"token\":\"t\",\"created_at\":\"2026-11-01T10:00:00Z\"}"),
              ""); /* nobody's */
    CHECK_STR(fake_hook("shopify", "products/update",
                        "{\"id\":9,\"handle\":\"hat\",\"title\":\"Hat\",\"product_type\":\"Wear\","
                        "\"status\":\"active\",\"updated_at\":\"2026-11-01T10:00:00Z\","
                        "\"image\":{\"src\":\"https://cdn.example/h.png?v=1\"},"
                        "\"variants\":[{\"sku\":\"H1\",\"price\":\"9.99\"},{\"sku\":\"H2\"}]}"),
              "product line=7 product_key=hat sku=H1 title=Hat category=Wear status=active"
              " price=9990000 currency=EUR product_id=9 updated_at=2026-11-01T10:00:00Z"
              " url=/products/hat image=https://cdn.example/h.png?v=1\n"
              "product line=7 product_key=hat sku=H2 title=Hat category=Wear status=active"
              " currency=EUR product_id=9 updated_at=2026-11-01T10:00:00Z"
              " url=/products/hat image=https://cdn.example/h.png?v=1\n");
    TELLS("shopify", "products/delete", "{\"id\":9}", " status=deleted product_id=9 ");
    CHECK_STR(fake_hook("shopify", "carts/create", "{\"id\":\"x\"}"), "");
    CHECK_STR(fake_hook("shopify", "app/uninstalled", "{\"id\":1}"), "");
}

static void woocommerce(void)
{
    CHECK_STR(
        fake_hook("woocommerce", "order.updated",
                  "{\"id\":727,\"number\":\"W-727\",\"status\":\"processing\",\"currency\":\"EUR\","
                  "\"date_created_gmt\":\"2026-11-01T10:00:00\",\"date_modified_gmt\":"
                  "\"2026-11-01T11:00:00\",\"date_paid_gmt\":\"2026-11-01T10:00:08\",\"total\":"
                  "\"29.35\",\"shipping_total\":\"10.00\",\"total_tax\":\"1.35\","
                  "\"discount_total\":\"2.00\",\"customer_id\":0,\"billing\":{\"email\":"
                  "\"J@example.com\",\"country\":\"DE\"},\"coupon_lines\":[{\"code\":\"two\"}],"
                  "\"line_items\":[{\"name\":\"Hat\",\"product_id\":93,\"quantity\":2,"
                  "\"subtotal\":\"20.00\",\"total\":\"18.00\",\"sku\":\"H\"}],\"refunds\":["
                  "{\"id\":8,\"total\":\"-5.00\"}],\"meta_data\":[{\"key\":"
                  "\"_wc_order_attribution_source_type\",\"value\":\"utm\"},{\"key\":"
                  "\"_wc_order_attribution_utm_source\",\"value\":\"news\"},{\"key\":"
                  "\"_wc_order_attribution_utm_medium\",\"value\":\"email\"},{\"key\":"
                  "\"_wc_order_attribution_device_type\",\"value\":\"Mobile\"}]}"),
        "line line=7 order_key=727 product_key=93 sku=H title=Hat quantity=2 unit_price=10000000"
        " discount=2000000 total=18000000 currency=EUR updated_at=2026-11-01T11:00:00Z\n"
        "order line=7 order_key=727 number=W-727 kind=sale status=paid"
        " ordered_at=2026-11-01T10:00:00Z paid_at=2026-11-01T10:00:08Z currency=EUR subtotal=1800"
        " shipping=1000 tax=135 discount=200 total=2935 refunded=500 discount_code=two"
        " email=j@example.com utm_source=news utm_medium=email attribution=utm channel=Email"
        " device=mobile country=DE updated_at=2026-11-01T11:00:00Z\n");
    TELLS("woocommerce", "order.deleted", "{\"id\":727}", " status=deleted ");
    TELLS("woocommerce", "customer.updated",
          "{\"id\":5,\"email\":\"a@example.com\",\"username\":\"ann\",\"date_modified_gmt\":"
          "\"2026-11-01T11:00:00\",\"billing\":{\"postcode\":\"10110\"}}",
          "person line=7 profile_key=5 email=a@example.com customer_id=5 user_id=ann"
          " postal_code=10110 updated_at=2026-11-01T11:00:00Z\n");
    TELLS("woocommerce", "product.created",
          "{\"id\":5,\"name\":\"Hat\",\"price\":\"3\",\"categories\":[{\"name\":\"Wear\"}]}",
          "product_key=5 title=Hat category=Wear price=3000000 currency=EUR product_id=5 ");
    TELLS("woocommerce", "product.updated",
          "{\"id\":5,\"permalink\":\"https://shop.example/hat\",\"images\":[{\"src\":"
          "\"https://shop.example/hat.png\"},{\"src\":\"https://shop.example/b.png\"}]}",
          " url=https://shop.example/hat image=https://shop.example/hat.png");
    TELLS("woocommerce", "product.updated",
          "{\"id\":5,\"name\":\"Hat\",\"images\":[{\"src\":\"javascript:1\"}]}",
          "product_key=5 title=Hat currency=EUR product_id=5 ");
    TELLS("woocommerce", "coupon.created", "{\"id\":5}", "");
}

/* ---- Shopify's own samples ---------------------------------------------------------------- */

static struct json_parser *parser;
static struct json_slice slice_of(struct str text, const char *key, struct str *out)
{
    struct json_slice slice = json_slice(text);
    struct json_value root;

    *out = STR_NONE;
    if (json_parse(parser, text, &root, NULL) != ERR_OK)
        return slice;
    for (struct json_iter it = json_iter(root); json_iter_next(&it) && json_slice_next(&slice);)
        if (str_eqz(it.key, key))
            *out = slice.value;
    return json_slice(*out);
}

static int send(const char *topic, struct str body, const char *want)
{
    TM_CLEANUP(free_charp) char *text = xmalloc(body.n + 1);
    const char *got;

    memcpy(text, body.p, body.n);
    text[body.n] = '\0';
    got = fake_hook("shopify", topic, text);
    CHECK_MSG(strstr(got, want) != NULL, "%s of a sample tells %s: %.300s", topic, want, got);
    return 1;
}

static const struct sample {
    const char *file, *key, *topic, *want;
    bool is_list;
} samples[] = {
    {"order/res/get.json", "order", "orders/create", "order_key=450789469 number=#1001 ", false},
    {"order/res/create.json", "order", "orders/create", " total=", false},
    {"order/res/update.json", "order", "orders/updated", " total=40994 ", false},
    {"order/res/cancel.json", "order", "orders/cancelled", " total=", false},
    {"order/res/close.json", "order", "orders/updated", " total=", false},
    {"order/res/open.json", "order", "orders/updated", " total=", false},
    {"order/res/list.json", "orders", "orders/updated", " total=", true},
    {"customer/res/orders.json", "orders", "orders/updated", " total=", true},
    {"refund/res/get.json", "refund", "refunds/create", " amount=20900 currency=USD", false},
    {"refund/res/create.json", "refund", "refunds/create", "", false},
    {"refund/res/list.json", "refunds", "refunds/create", "", true},
    {"customer/res/get.json", "customer", "customers/update", "profile_key=207119551 ", false},
    {"customer/res/create.json", "customer", "customers/create", "person ", false},
    {"customer/res/update.json", "customer", "customers/update", "person ", false},
    {"customer/res/list.json", "customers", "customers/update", "person ", true},
    {"customer/res/search.json", "customers", "customers/update", "person ", true},
    {"checkout/res/get.json", "checkout", "checkouts/update", "name=checkout_start ", false},
    {"checkout/res/create.json", "checkout", "checkouts/create", "", false},
    {"checkout/res/update.json", "checkout", "checkouts/update", "", false},
    {"checkout/res/complete.json", "checkout", "checkouts/update", "", false},
    {"checkout/res/list.json", "checkouts", "checkouts/update", "", true},
    {"product/res/get.json", "product", "products/update", "product_key=ipod-nano ", false},
    {"product/res/create.json", "product", "products/create", "product ", false},
    {"product/res/update.json", "product", "products/update", "product ", false},
    {"product/res/list.json", "products", "products/update", "product ", true},
};

static int send_sample(const char *dir, const struct sample *sample)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    struct json_slice slice;
    struct str value;
    struct err err = ERR_INIT;
    char path[4096];
    int n = 0;

    snprintf(path, sizeof(path), "%s/connectors/shopify/test/fixtures/%s", dir, sample->file);
    CHECK_OK(file_read(path, 4 << 20, &text, &err), err);
    slice = slice_of(str_trim(buf_str(&text)), sample->key, &value);
    if (!sample->is_list)
        return value.n ? send(sample->topic, value, sample->want) : 0;
    while (json_slice_next(&slice))
        n += send(sample->topic, slice.value, sample->want);
    return n;
}

static void all_samples(void)
{
    const char *dir = getenv("TIDEMARK_TEST_DATA");
    char path[4096];
    int n = 0;

    snprintf(path, sizeof(path), "%s/connectors/shopify", dir ? dir : "");
    if (!dir || access(path, R_OK) != 0) {
        printf("# the samples are not here\n");
        return;
    }
    for (size_t i = 0; i < TM_COUNT(samples); i++) {
        int one = send_sample(dir, &samples[i]);

        CHECK_MSG(one > 0, "%s holds samples", samples[i].file);
        n += one;
    }
    printf("# %d samples sent\n", n);
}

int main(void)
{
    fake_begin();
    parser = json_parser_new(4 << 20);
    shopify_order();
    presentment();
    origins();
    refunds();
    people();
    plugin_consents();
    other_topics();
    woocommerce();
    all_samples();
    json_parser_free(parser);
    fake_end();
    return tap_done();
}
