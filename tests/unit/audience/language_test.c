/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The segment language: what is read, how it is written, what is refused and in which words. */
#include "audience/audience.h"
#include "audience/words.h"
#include "base/i18n.h"
#include "tap.h"

static struct err err;

/* The canonical text, or the error's. */
static const char *canonical(const char *text)
{
    static struct buf b;
    struct audience *a = NULL, *again = NULL;

    buf_release(&b);
    b = BUF_INIT(1 << 16);
    err = ERR_INIT;
    if (audience_parse(str_of(text), &a, &err) != ERR_OK)
        return err.msg;
    audience_print(a, &b);
    CHECK(audience_parse(buf_str(&b), &again, &err) == ERR_OK && audience_equal(a, again));
    audience_free(a);
    audience_free(again);
    return buf_cstr(&b);
}

static void as_it_is(const char *text)
{
    CHECK_STR(canonical(text), text);
}

/* Each filter of Shopify's that the data can answer, as merchants write it. */
static void test_shopify(void)
{
    as_it_is("number_of_orders > 2 AND amount_spent >= 100.5");
    as_it_is("customer_tags CONTAINS 'vip' AND customer_tags NOT CONTAINS 'staff'");
    as_it_is("last_order_date BETWEEN -90d AND today OR last_order_date IS NULL");
    as_it_is("customer_countries CONTAINS 'US' AND customer_email_domain != 'gmail.com'");
    as_it_is("email_subscription_status = 'SUBSCRIBED'");
    as_it_is("rfm_group IN ('CHAMPIONS', 'LOYAL')");
    as_it_is("predicted_spend_tier = 'HIGH'");
    as_it_is("abandoned_checkout_date >= -1w");
    as_it_is("orders_placed MATCHES (amount >= 50, date BETWEEN 2026-01-01 AND -12m, count > 2)");
    as_it_is("products_purchased NOT MATCHES (id = '2012162031638')");
    as_it_is("storefront.product_viewed MATCHES (id = '1', date > -30d, count > 3)");
    as_it_is("shopify_email.opened MATCHES (campaign = 'Spring', date >= -12m)");
    CHECK_STR(canonical("products_purchased(id: (12, 13), date: >= -12m) = true"),
              "products_purchased MATCHES (id IN ('12', '13'), date >= -12m)");
    CHECK_STR(canonical("products_purchased(sku: 'a') = false"),
              "products_purchased NOT MATCHES (sku = 'a')");
    CHECK_STR(canonical("orders_placed() != true"), "orders_placed NOT MATCHES ()");
    CHECK_STR(canonical("last_order_date > 30_days_ago or last_order_date < 12_months_ago"),
              "last_order_date > -30d OR last_order_date < -12m");
    CHECK_STR(canonical("first_order_date = yesterday"), "first_order_date = -1d");
    CHECK_STR(canonical("customer_added_date <= +30d"), "customer_added_date <= +30d");
    CHECK_STR(canonical("\"\""), "line 1, column 1: an attribute, a function, NOT or ( was "
                                 "expected, not \"\"");
}

static void test_own(void)
{
    as_it_is("events MATCHES (name = 'cart_add', time >= -4h, count >= 2, sum_value > 99.95)");
    CHECK_STR(canonical("events('Product Viewed', date: -7d)"),
              "events MATCHES (name = 'product_view', date = -7d)");
    as_it_is("sequence(events MATCHES (name = 'checkout_start', date >= -3d) THEN NOT "
             "orders_placed MATCHES () WITHIN 4h)");
    CHECK_STR(canonical("sequence(events('product_view') then events('cart_add') within 48h then "
                        "orders(amount > 5))"),
              "sequence(events MATCHES (name = 'product_view') THEN events MATCHES (name = "
              "'cart_add') WITHIN 2d THEN orders_placed MATCHES (amount > 5))");
    as_it_is("messages MATCHES (kind = 'clicked', channel = 'email', flow_kind = 'cart')");
    as_it_is("consent MATCHES (channel = 'whatsapp', status = 'SUBSCRIBED', date >= -1y)");
    as_it_is("segment('It''s VIP') AND NOT segment('Staff')");
    as_it_is("life_stage = 'AT_RISK' AND first_channel = 'Organic Search'");
    as_it_is("products_purchased MATCHES (type CONTAINS 'coffee', sum_quantity >= 2.5)");
    CHECK_STR(canonical("events(name: 'x') = TRUE"), "events MATCHES (name = 'x')");
}

static void test_precedence(void)
{
    CHECK_STR(canonical("number_of_orders=1 or number_of_orders=2 and not (amount_spent<5)"),
              "number_of_orders = 1 OR number_of_orders = 2 AND NOT amount_spent < 5");
    as_it_is("(number_of_orders = 1 OR number_of_orders = 2) AND amount_spent < 5");
    as_it_is("number_of_orders = 1 AND (number_of_orders = 2 AND amount_spent < 5)");
    as_it_is("NOT (number_of_orders = 1 OR amount_spent < 5)");
    as_it_is("NOT NOT number_of_orders = 1");
    CHECK_STR(canonical("NOT orders_placed(count: 0)"), "orders_placed NOT MATCHES (count = 0)");
}

static void test_errors(void)
{
    CHECK_STR(canonical(""), "the segment's text is empty: it would be nobody's");
    CHECK_STR(canonical("  \n "), "the segment's text is empty: it would be nobody's");
    CHECK_STR(canonical("number_of_ordrs > 2"),
              "line 1, column 1: there is no attribute or function \"number_of_ordrs\"");
    CHECK_STR(err.hint, "Did you mean \"number_of_orders\"?");
    CHECK_STR(canonical("customer_tags\n  CONTAINS"),
              "line 2, column 11: the text ends where a text between quotation marks was expected");
    CHECK_STR(canonical("customer_tags = 'x'"),
              "line 1, column 15: \"customer_tags\" cannot be compared by =");
    CHECK_STR(err.hint, "It is compared by: CONTAINS, NOT CONTAINS, IS NULL, IS NOT NULL");
    CHECK_STR(canonical("rfm_group = 'CHAMPION'"),
              "line 1, column 13: \"rfm_group\" is never \"CHAMPION\"");
    CHECK_STR(err.hint, "Did you mean \"CHAMPIONS\"?");
    CHECK_STR(canonical("anniversary(date: today)"),
              "line 1, column 1: \"anniversary\" cannot be answered here");
    CHECK_STR(err.hint, "What is missing: yearly days of other kinds than birthdays, for which "
                        "there is \"birthday\".");
    CHECK_STR(canonical("products_purchased(tag: 'x')"),
              "line 1, column 20: \"tag\" cannot be answered here");
    CHECK_STR(canonical("orders_placed(amout > 1)"),
              "line 1, column 15: \"orders_placed\" knows no \"amout\"");
    CHECK_STR(err.hint, "Did you mean \"amount\"?");
    CHECK_STR(canonical("number_of_orders = 1.5"),
              "line 1, column 20: \"number_of_orders\" is a whole number");
    CHECK_STR(canonical("amount_spent > 1,000"),
              "line 1, column 17: AND, OR or the end was expected, not \",\"");
    CHECK_STR(canonical("amount_spent > $5"),
              "line 1, column 16: a number, without separators and currency was expected, not "
              "\"$\"");
    CHECK_STR(canonical("last_order_date = 2026-02-30"),
              "line 1, column 19: there is no day \"2026-02-30\"");
    CHECK_STR(canonical("last_order_date > -4h"),
              "line 1, column 19: a day such as 2026-01-31, -30d, -4w, -12m or today was expected, "
              "not \"-4h\"");
    CHECK_STR(canonical("customer_name = 'x"), "line 1, column 17: the quotation mark is never "
                                               "closed");
    CHECK_STR(canonical("FROM customers SHOW x WHERE number_of_orders = 1"),
              "line 1, column 1: a segment begins with its first condition");
    CHECK_STR(canonical("sequence(orders())"), "line 1, column 18: THEN was expected, not \")\"");
    CHECK_STR(canonical("sequence(consent() THEN orders())"),
              "line 1, column 10: \"consent\" has no time of day: it cannot be a step");
    CHECK_STR(canonical("sequence(orders(count: 1) THEN orders())"),
              "line 1, column 17: a step is one row: \"count\" cannot stand here");
    CHECK_STR(canonical("number_of_orders IS NULL x"),
              "line 1, column 26: AND, OR or the end was expected, not \"x\"");
    CHECK_STR(canonical("number_of_orders = 1 AND"),
              "line 1, column 25: the text ends where an attribute, a function, NOT or ( was "
              "expected");
    CHECK_STR(canonical("customer_name = '\xFF'"), "the segment's text is not UTF-8");
}

static void test_limits(void)
{
    struct buf b = BUF_INIT(1 << 20);
    struct audience *a = NULL;

    for (int i = 0; i < 40; i++)
        buf_addz(&b, "(");
    CHECK(audience_parse(buf_str(&b), &a, &err) == ERR_TOO_LARGE);
    buf_reset(&b);
    for (int i = 0; i < 400; i++)
        buf_addz(&b, "rfm_recency=1 or ");
    buf_addz(&b, "rfm_recency=2");
    CHECK(audience_parse(buf_str(&b), &a, &err) == ERR_TOO_LARGE);
    buf_reset(&b);
    buf_addz(&b, "customer_name in (");
    for (int i = 0; i < 201; i++)
        buf_addf(&b, "%s'%d'", i ? "," : "", i);
    buf_addz(&b, ")");
    CHECK(audience_parse(buf_str(&b), &a, &err) == ERR_TOO_LARGE);
    buf_reset(&b);
    for (int i = 0; i < AUDIENCE_TEXT_MAX; i++)
        buf_addz(&b, "  ");
    CHECK(audience_parse(buf_str(&b), &a, &err) == ERR_TOO_LARGE);
    CHECK_STR(canonical("sequence(orders() then orders() then orders() then orders() then orders() "
                        "then orders() then orders() then orders() then orders())"),
              "a sequence has at most 8 steps");
    buf_release(&b);
}

static void test_languages(void)
{
    i18n_use(LANG_AR);
    CHECK(strcmp(canonical("number_of_ordrs > 2"),
                 "line 1, column 1: there is no attribute or function \"number_of_ordrs\"") != 0);
    i18n_use(LANG_EN);
    for (size_t i = 0; word_at(i); i++)
        for (int l = LANG_AR; l < LANG_COUNT; l++) {
            i18n_use((enum language)l);
            CHECK_MSG(strcmp(_(word_at(i)->summary), word_at(i)->summary) != 0,
                      "%s is described in %s", word_at(i)->name, language_codes[l]);
        }
    i18n_use(LANG_EN);
}

static void json_there_and_back(const char *text)
{
    TM_CLEANUP(audience_freep) struct audience *a = NULL;
    TM_CLEANUP(audience_freep) struct audience *again = NULL;
    struct json_parser *parser = json_parser_new(1 << 20);
    struct buf b = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&b);
    struct json_value root;

    CHECK_OK(audience_parse(str_of(text), &a, &err), err);
    audience_write_json(a, &w);
    CHECK_OK(json_parse(parser, buf_str(&b), &root, &err), err);
    CHECK_OK(audience_read_json(root, &again, &err), err);
    CHECK_MSG(again && audience_equal(a, again), "%s: the same from JSON", text);
    json_parser_free(parser);
    buf_release(&b);
}

static const char *json_error(const char *json)
{
    struct json_parser *parser = json_parser_new(1 << 20);
    struct audience *a = NULL;
    struct json_value root;

    err = ERR_INIT;
    if (json_parse(parser, str_of(json), &root, &err) == ERR_OK &&
        audience_read_json(root, &a, &err) == ERR_OK)
        audience_free(a);
    json_parser_free(parser);
    return err.msg;
}

static void test_json(void)
{
    json_there_and_back(
        "number_of_orders BETWEEN 1 AND 3 AND (customer_tags CONTAINS 'a''b' OR NOT "
        "segment('x'))");
    json_there_and_back(
        "sequence(events('product_view', date: > -3d) then not orders() within 4h)");
    json_there_and_back("orders_placed(amount > 12.50, country in ('DE', 'FR'), count >= 2)");
    json_there_and_back("last_order_date IS NULL or last_order_date < -12m or "
                        "(number_of_orders = 1 and (amount_spent < 5 or amount_spent > 9))");
    CHECK_STR(json_error("{\"all\":[]}"), "the segment's text is empty: it would be nobody's");
    CHECK_STR(json_error("{\"attribute\":\"number_of_orders\",\"op\":\"=\",\"values\":[\"1 OR "
                         "number_of_orders > 0\"]}"),
              "the tree of the segment is not right: \"values\"");
    CHECK_STR(json_error("{\"attribute\":\"nothing\",\"op\":\"=\",\"values\":[1]}"),
              "the tree of the segment is not right: \"attribute\"");
    CHECK_STR(json_error("[]"), "the tree of the segment is not right: \"tree\"");
}

/* Names that a merchant may type stand for one thing only, and none is refused and known. */
static void test_table(void)
{
    for (size_t i = 0; word_at(i); i++) {
        CHECK_MSG(!word_function(str_of(word_at(i)->name)) &&
                      !word_refused(str_of(word_at(i)->name)) &&
                      word_attribute(str_of(word_at(i)->name)) == word_at(i),
                  "%s is one word", word_at(i)->name);
    }
    for (size_t i = 0; word_function_at(i); i++)
        CHECK_MSG(word_function(str_of(word_function_at(i)->name)) == word_function_at(i),
                  "%s is one function", word_function_at(i)->name);
}

int main(void)
{
    test_shopify();
    test_own();
    test_precedence();
    test_errors();
    test_limits();
    test_json();
    test_table();
    test_languages();
    return tap_done();
}
