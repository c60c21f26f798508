/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What of a webhook's delivery is believed, kept and refused. */
#include "live_fake.h"

#include "tap.h"

#define BODY "{\"id\":820982911946154508,\"email\":\"jon@example.com\"}"

static struct json_parser *parser;

static enum hook_verdict verdict(const char *protocol, const char *signature, const char *body,
                                 const char *secrets)
{
    struct hook_delivery delivery = {.body = str_of(body), .received_us = FAKE_NOW};
    struct hook_taken taken;
    struct err err = ERR_INIT;
    enum hook_verdict got;

    delivery.headers[HOOK_TOPIC] = "orders/create";
    delivery.headers[HOOK_SIGNATURE] = signature;
    CHECK_OK(hook_accept(hook_system_find(protocol), &delivery, str_of(secrets), 3, parser, &taken,
                         &err),
             err);
    got = taken.verdict;
    hook_taken_release(&taken);
    return got;
}

/* The vector of the reference; then everything that is not quite it. */
static void signatures(void)
{
    static const char right[] = "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo8=";
    char wrong[64];

    CHECK_INT(verdict("shopify", right, BODY, "hush"), HOOK_TAKEN);
    CHECK_INT(verdict("woocommerce", right, BODY, "hush"), HOOK_TAKEN);
    CHECK_INT(verdict("shopify", right, BODY, "new\nhush"), HOOK_TAKEN);
    CHECK_INT(verdict("shopify", right, BODY, "hush\nold\n"), HOOK_TAKEN);
    CHECK_INT(verdict("shopify", right, BODY, "husH"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", right, BODY, ""), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", right, BODY, "\n\n"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", right, BODY "\n", "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", right, "", "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", NULL, BODY, "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", "", BODY, "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo8", BODY, "hush"),
              HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QL", BODY, "hush"),
              HOOK_UNSIGNED);
    for (size_t i = 0; i + 1 < sizeof(right); i++) {
        snprintf(wrong, sizeof(wrong), "%s", right);
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        if (i + 2 != sizeof(right) && right[i] != wrong[i])
            CHECK_INT(verdict("shopify", wrong, BODY, "hush"), HOOK_UNSIGNED);
    }
}

/* WooCommerce asks so whether anybody is there, and signs nothing. */
static void pings(void)
{
    CHECK_INT(verdict("woocommerce", NULL, "webhook_id=12", "hush"), HOOK_PING);
    CHECK_INT(verdict("woocommerce", NULL, "webhook_id=", "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("woocommerce", NULL, "webhook_id=1&x=2", "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("woocommerce", "x", "webhook_id=12", "hush"), HOOK_UNSIGNED);
    CHECK_INT(verdict("shopify", NULL, "webhook_id=12", "hush"), HOOK_UNSIGNED);
}

static void kept(void)
{
    CHECK_STR(fake_hook_fate("shopify", "orders/create",
                             " {\"id\":12345678901234567890,\"browser_ip\":\"192.0.2.1\","
                             "\"client_details\":{\"user_agent\":\"x\"},\"email\":\"a\\u0041\","
                             "\"total_price\": \"1.10\",\"note\":\"ring twice\"} "),
              "stored {\"topic\":\"orders/create\",\"shop\":\"example.myshopify.com\","
              "\"payload\":{\"id\":12345678901234567890,\"email\":\"a\\u0041\","
              "\"total_price\":\"1.10\"}}");
    CHECK_STR(fake_hook_fate("shopify", "orders/create",
                             "{\"id\":1,\"name\":\"#1001\",\"email\":"
                             "\"jon@example.com\",\"test\":true}"),
              "refused test_order {\"topic\":\"orders/create\",\"shop\":\"example.myshopify.com\","
              "\"id\":1,\"name\":\"#1001\"}");
    CHECK_STR(fake_hook_fate("shopify", "themes/publish", "{\"id\":1}"),
              "refused no_topic {\"topic\":\"themes/publish\",\"shop\":\"example.myshopify.com\","
              "\"id\":1}");
    CHECK(strstr(fake_hook_fate("shopify", "orders/create", "[]"), "refused not_an_object") !=
          NULL);
    CHECK(strstr(fake_hook_fate("shopify", "orders/create", "{\"id\":"), "not_an_object") != NULL);
    CHECK(strstr(fake_hook_fate("shopify", "orders/create", "{\"id\":null}"), "no_id") != NULL);
    CHECK(strstr(fake_hook_fate("woocommerce", "action.woocommerce_add_to_cart",
                                "{\"action\":\"woocommerce_add_to_cart\",\"arg\":\"x\"}"),
                 "stored ") != NULL);
    CHECK(strstr(fake_hook_fate("woocommerce", "order.updated",
                                "{\"id\":1,\"customer_ip_address\":\"192.0.2.1\"}"),
                 "192.0.2.1") == NULL);
}

/* Two orders in one second: WooCommerce gives both deliveries the same id. */
static void ids(void)
{
    char first[JOURNAL_ID_MAX + 1], *long_id = xmalloc(300);
    struct hook_delivery delivery = {.body = STR_LIT(BODY), .received_us = FAKE_NOW};
    struct hook_taken taken;
    struct err err = ERR_INIT;

    CHECK_STR(fake_deliver("shopify", "orders/create", STR_LIT("{\"id\":1}"))->id, "d1");
    CHECK_STR(fake_deliver("shopify", "orders/create", STR_LIT("{\"id\":2}"))->id, "d1");
    snprintf(first, sizeof(first), "%s",
             fake_deliver("woocommerce", "order.updated", STR_LIT("{\"id\":1}"))->id);
    CHECK(strcmp(first, fake_deliver("woocommerce", "order.updated", STR_LIT("{\"id\":2}"))->id));
    CHECK_STR(fake_deliver("woocommerce", "order.updated", STR_LIT("{\"id\":1}"))->id, first);
    /* none, the event's, and one beyond all measure */
    delivery.headers[HOOK_TOPIC] = "orders/paid";
    delivery.headers[HOOK_SIGNATURE] = "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo8=";
    for (int i = 0; i < 3; i++) {
        memset(long_id, 'x', 299);
        long_id[299] = '\0';
        delivery.headers[HOOK_EVENT] = i ? "e1" : NULL;
        delivery.headers[HOOK_DELIVERY] = i == 2 ? long_id : NULL;
        CHECK_OK(hook_accept(&shopify_hooks, &delivery, STR_LIT("hush"), 3, parser, &taken, &err),
                 err);
        if (i == 1)
            CHECK_STR(taken.id, "e1 orders/paid");
        else
            CHECK(strncmp(taken.id, "hash-", 5) == 0 && strlen(taken.id) == 37);
        hook_taken_release(&taken);
    }
    free(long_id);
}

static void sizes(void)
{
    char *big = xmalloc(HOOK_BODY_MAX + 2);
    struct str body = {big, HOOK_BODY_MAX};
    const struct hook_taken *taken;

    memset(big, ' ', HOOK_BODY_MAX + 2);
    memcpy(big, "{\"id\":1,\"tags\":\"", 16);
    memset(big + 16, 'x', HOOK_BODY_MAX - 18);
    memcpy(big + HOOK_BODY_MAX - 2, "\"}", 2);
    taken = fake_deliver("shopify", "orders/create", body);
    CHECK(!taken->record.refused && taken->record.body.n > HOOK_BODY_MAX);
    body.n++;
    CHECK_STR(fake_deliver("shopify", "orders/create", body)->record.refused,
              err_name(ERR_TOO_LARGE));
    free(big);
}

static void duties(void)
{
    CHECK_INT(fake_deliver("shopify", "customers/data_request", STR_LIT("{\"shop_id\":1}"))->duty,
              HOOK_DATA_REQUEST);
    CHECK_INT(fake_deliver("shopify", "customers/redact", STR_LIT("{\"shop_id\":1}"))->duty,
              HOOK_ERASE_PERSON);
    CHECK_INT(fake_deliver("shopify", "shop/redact", STR_LIT("{\"shop_id\":1}"))->duty,
              HOOK_ERASE_SHOP);
    CHECK_INT(fake_deliver("shopify", "orders/paid", STR_LIT("{\"id\":1}"))->duty, HOOK_NO_DUTY);
    CHECK(!hook_system_find("segment"));
}

int main(void)
{
    fake_begin();
    parser = json_parser_new(HOOK_BODY_MAX);
    signatures();
    pings();
    kept();
    ids();
    sizes();
    duties();
    json_parser_free(parser);
    fake_end();
    return tap_done();
}
