/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Facts of a person, completed by records that have just come: what segments then say of them. */
#include "audience/complete.h"

#include "tap.h"

#define NOW INT64_C(1795162500250001) /* 2026-11-20 06:55 UTC */
#define HOUR US_PER_HOUR

static struct err err;
static struct audience_facts *facts;
static struct completing how = {.currency = "EUR", .source = "live:1"};
static const struct audience_now now = {.now_us = NOW, .today = 20777, .decimals = 2};

static bool holds(const char *text)
{
    struct audience_segment one = {.id = 1, .name = "one", .text = str_of(text)};
    struct audience_set set = {&one, 1};
    bool in = false;

    audience_set_link(&set, &now);
    CHECK_MSG(one.err.code == ERR_OK, "%s: %s", text, one.err.msg);
    if (one.tree)
        in = audience_holds(&set, 0, facts, &now);
    audience_set_release(&set);
    return in;
}

static const char *order_name = "o";

static void order(int64_t at_us, int64_t total, const char *status, const char *currency)
{
    struct order_record r = RECORD_INIT(order, ORDER_COLUMNS);

    r.order_key = str_of(order_name);
    r.ordered_at = at_us;
    r.total = total;
    r.status = str_of(status);
    r.currency = str_of(currency);
    r.country = str_of("DE");
    how.order_at = TIME_NONE;
    audience_complete(facts, &how, RECORD_ORDER, &r);
}

static void line(const char *category, double quantity)
{
    struct line_record r = RECORD_INIT(line, LINE_COLUMNS);

    r.sku = str_of("S1");
    r.category = str_of(category);
    r.quantity = quantity;
    audience_complete(facts, &how, RECORD_LINE, &r);
}

static void event(const char *name, int64_t at_us, const char *channel)
{
    struct event_record r = RECORD_INIT(event, EVENT_COLUMNS);

    r.name = str_of(name);
    r.occurred_at = at_us;
    r.channel = str_of(channel);
    r.device = str_of("mobile");
    audience_complete(facts, &how, RECORD_EVENT, &r);
}

static void message(const char *name, bool machine)
{
    struct message_record r = RECORD_INIT(message, MESSAGE_COLUMNS);

    r.name = str_of(name);
    r.occurred_at = NOW - HOUR;
    r.channel = str_of("email");
    r.campaign_key = str_of("Spring");
    r.is_machine = machine;
    audience_complete(facts, &how, RECORD_MESSAGE, &r);
}

static void orders(void)
{
    order(NOW - 48 * HOUR, 5000, "paid", "EUR");
    line("Coffee", 2);
    CHECK(holds("number_of_orders = 1 AND amount_spent = 50 AND customer_countries CONTAINS 'de'"));
    CHECK(holds("products_purchased MATCHES (type = 'coffee', sum_quantity = 2)"));
    order_name = "p";
    order(NOW - HOUR, 2000, "pending", "EUR");
    CHECK(holds("orders_placed MATCHES (nth = 2, amount = 20)"));
    order(NOW - HOUR, 2000, "paid", "EUR"); /* the same one, further on */
    line("Tea", 1);
    CHECK(holds("number_of_orders = 2 AND amount_spent = 70 AND last_order_date = today"));
    order(NOW - HOUR, 2000, "cancelled", "EUR");
    CHECK(holds("number_of_orders = 1 AND products_purchased NOT MATCHES (type = 'tea')"));
    order_name = "q";
    order(NOW - 2 * HOUR, 900, "paid", "USD"); /* its amount waits for a rate */
    CHECK(holds("number_of_orders = 2 AND amount_spent = 50"));
}

static void refund(const char *order_key, const char *key, int64_t amount)
{
    struct refund_record r = RECORD_INIT(refund, REFUND_COLUMNS);

    r.order_key = str_of(order_key);
    r.refund_key = str_of(key);
    r.amount = amount;
    audience_complete(facts, &how, RECORD_REFUND, &r);
}

static void refunds(void)
{
    refund("o", "r1", 1000);
    CHECK(holds("amount_spent = 40"));
    refund("o", "r1", 1500); /* the same one, told anew */
    CHECK(holds("amount_spent = 35"));
    refund("o", "r2", 500);
    CHECK(holds("amount_spent = 30"));
    refund("r", "r3", 700); /* before its order */
    CHECK(holds("amount_spent = 30"));
    order_name = "r";
    order(NOW - 3 * HOUR, 1700, "paid", "EUR");
    CHECK(holds("amount_spent = 40 AND number_of_orders = 3"));
    order(TIME_NONE, AMOUNT_NONE, "deleted", ""); /* names the order alone */
    CHECK(holds("amount_spent = 30 AND number_of_orders = 2"));
    order(TIME_NONE, AMOUNT_NONE, "deleted", ""); /* of which there is none any more */
    CHECK(holds("number_of_orders = 2"));
}

/* By rates and bounds of the figures. */
static void terms(void)
{
    static const int64_t bounds[SCORE_COUNT][TERMS_BOUNDS] = {
        {20770, 20774, 20776, 20777}, {1, 2, 3, 5}, {1000, 3000, 4000, 9000}};
    struct audience_terms *of_figures = audience_terms_new();

    CHECK_INT(audience_terms_score(of_figures, SCORE_MONETARY, 5), 1);
    for (int i = 0; i < SCORE_COUNT; i++)
        audience_terms_set_bounds(of_figures, (enum terms_score)i, bounds[i]);
    audience_terms_add_rate(of_figures, STR_LIT("EUR"), -25567, 1);
    audience_terms_add_rate(of_figures, STR_LIT("USD"), 20000, 0.5);
    audience_terms_add_rate(of_figures, STR_LIT("USD"), 20776, 0.25);
    CHECK_INT(audience_terms_amount(of_figures, 5, STR_LIT("USD"), 20000), 2); /* 2.5 to even */
    CHECK_INT(audience_terms_amount(of_figures, 7, STR_LIT("USD"), 20775), 4); /* 3.5 as well */
    CHECK_INT(audience_terms_amount(of_figures, 100, STR_LIT("USD"), 20776), 25);
    CHECK_INT(audience_terms_amount(of_figures, 100, STR_LIT("USD"), 19999), AMOUNT_NONE);
    CHECK_INT(audience_terms_amount(of_figures, 100, STR_LIT("CHF"), 20776), AMOUNT_NONE);
    CHECK_INT(audience_terms_amount(of_figures, AMOUNT_NONE, STR_LIT("EUR"), 20776), AMOUNT_NONE);
    CHECK(holds("rfm_group = 'PROSPECTS'")); /* until it is known what the figures went by */
    how.terms = of_figures;
    order_name = "q";
    order(NOW - 2 * HOUR, 8000, "paid", "USD");
    CHECK(
        holds("amount_spent = 50 AND rfm_recency = 4 AND rfm_frequency = 2 AND rfm_monetary = 4"));
    refund("q", "r4", 4400);
    CHECK(holds("amount_spent = 39 AND rfm_monetary = 3"));
    order(TIME_NONE, AMOUNT_NONE, "deleted", "");
    CHECK(holds("rfm_recency = 3 AND rfm_frequency = 1 AND NOT rfm_group = 'PROSPECTS'"));
    order_name = "o";
    order(TIME_NONE, AMOUNT_NONE, "deleted", "");
    CHECK(holds("number_of_orders = 0 AND rfm_group = 'PROSPECTS'"));
    how.terms = NULL;
    audience_terms_free(of_figures);
}

static void visits(void)
{
    CHECK(holds("last_seen_date IS NULL"));
    event("page_view", NOW - 30 * HOUR, "Email");
    CHECK(holds("first_channel = 'email' AND last_seen_date = yesterday AND devices CONTAINS "
                "'mobile'"));
    event("checkout_start", NOW - HOUR, "");
    CHECK(holds("first_channel = 'email' AND last_channel = 'direct'"));
    CHECK(holds("abandoned_checkout_date = today"));
    event("cart_add", NOW - HOUR + 1000, "Paid Search"); /* of the same visit */
    CHECK(holds("last_channel = 'paid search' AND events('cart_add', time >= -2h)"));
    CHECK(holds("sequence(events('checkout_start') THEN events('cart_add') WITHIN 1h)"));
}

static void messages(void)
{
    struct consent_record r = RECORD_INIT(consent, CONSENT_COLUMNS);

    r.channel = str_of("email");
    r.state = str_of("granted");
    r.changed_at = NOW - 40 * HOUR;
    audience_complete(facts, &how, RECORD_CONSENT, &r);
    CHECK(holds("email_subscription_status = 'SUBSCRIBED'"));
    message("opened", true);
    CHECK(holds("last_open_date IS NULL")); /* by a machine */
    message("clicked", false);
    message("clicked", false);
    CHECK(holds("messages(kind = 'clicked', count = 1) AND last_click_date = today"));
    message("unsubscribed", false);
    CHECK(holds("email_subscription_status = 'UNSUBSCRIBED'"));
    r.changed_at = NOW - 50 * HOUR; /* an earlier word that comes late */
    audience_complete(facts, &how, RECORD_CONSENT, &r);
    CHECK(holds("email_subscription_status = 'UNSUBSCRIBED'"));
}

static void profile(void)
{
    struct person_record r = RECORD_INIT(person, PERSON_COLUMNS);

    r.email = str_of("Ann@Example.com");
    r.first_name = str_of("Ann");
    r.last_name = str_of("Lee");
    r.tags = str_of("VIP, wholesale");
    r.birthday = str_of("02-29");
    r.created_at = NOW - 1000 * HOUR;
    audience_complete(facts, &how, RECORD_PERSON, &r);
    CHECK(holds("customer_name = 'ann lee' AND customer_email_domain = 'example.com'"));
    CHECK(holds("customer_tags CONTAINS 'vip' AND customer_tags CONTAINS 'wholesale'"));
    r = (struct person_record)RECORD_INIT(person, PERSON_COLUMNS);
    audience_complete(facts, &how, RECORD_PERSON, &r); /* says nothing: all stays */
    CHECK(holds("customer_name = 'ann lee' AND customer_added_date < -30d"));
    CHECK(holds("birthday_month = 2 AND birthday_day = 29"));
    CHECK(holds("predicted_next_order_date IS NULL"));
    CHECK_OK(audience_facts_check(facts, &err), err);
    CHECK(audience_facts_bytes(facts) > 1000);
}

/* Two who turn out to be one: what is known of both, of two words the later one. */
static void join(void)
{
    static const int64_t bounds[TERMS_BOUNDS] = {1, 2, 3, 4};
    struct audience_terms *of_figures = audience_terms_new();
    struct audience_facts *one = audience_facts_new(), *other = audience_facts_new();
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);
    struct person_record profile_of = RECORD_INIT(person, PERSON_COLUMNS);

    audience_terms_add_rate(of_figures, STR_LIT("EUR"), -25567, 1);
    for (int i = 0; i < SCORE_COUNT; i++)
        audience_terms_set_bounds(of_figures, (enum terms_score)i, bounds);
    how.terms = of_figures;
    consent.channel = str_of("email");
    facts = one;
    order_name = "a";
    order(NOW - 48 * HOUR, 3000, "paid", "EUR");
    refund("b", "r9", 500); /* of the other's order */
    event("page_view", NOW - 60 * HOUR, "Email");
    profile_of.email = str_of("one@example.com");
    profile_of.tags = str_of("x, y");
    audience_complete(facts, &how, RECORD_PERSON, &profile_of);
    consent.state = str_of("granted");
    consent.changed_at = NOW - 40 * HOUR;
    audience_complete(facts, &how, RECORD_CONSENT, &consent);
    facts = other;
    order_name = "b";
    order(NOW - 72 * HOUR, 2000, "paid", "EUR");
    line("Tea", 3);
    event("cart_add", NOW - 100 * HOUR, "Paid Search");
    event("cart_add", NOW - HOUR, "Affiliates");
    profile_of.email = str_of("other@example.com");
    profile_of.language = str_of("th");
    profile_of.tags = str_of("Y, z");
    audience_complete(facts, &how, RECORD_PERSON, &profile_of);
    consent.state = str_of("withdrawn");
    consent.changed_at = NOW - 10 * HOUR;
    audience_complete(facts, &how, RECORD_CONSENT, &consent);
    audience_facts_join(one, &how, other);
    facts = one;
    CHECK(holds("number_of_orders = 2 AND orders_placed(nth = 1, amount = 20)"));
    CHECK(holds("orders_placed(nth = 2, amount = 30) AND rfm_frequency = 2"));
    CHECK(holds("products_purchased(type = 'tea', sum_quantity = 3)"));
    CHECK(holds("events('cart_add', count = 2) AND events('page_view', count = 1)"));
    CHECK(holds("first_channel = 'paid search'"));
    CHECK(holds("last_channel = 'affiliates'"));
    CHECK(holds("customer_email = 'one@example.com' AND customer_language = 'th'"));
    CHECK(holds("customer_tags CONTAINS 'x' AND customer_tags CONTAINS 'z'"));
    CHECK(holds("email_subscription_status = 'UNSUBSCRIBED' AND consent(count = 1)"));
    refund("b", "r10", 600);
    CHECK(holds("amount_spent = 39"));     /* and what was given back before */
    audience_facts_join(other, &how, one); /* the other way round: the later word stays */
    facts = other;
    CHECK(holds("email_subscription_status = 'UNSUBSCRIBED'"));
    how.terms = NULL;
    audience_facts_free(other);
    audience_facts_free(one);
    audience_terms_free(of_figures);
}

/* Who stands for all customers of a till; pair by pair it took seconds. */
static void many_orders(void)
{
    struct audience_facts *before = facts;
    int64_t began;

    facts = audience_facts_new();
    for (int i = 0; i < 40000; i++) {
        struct fact *row = audience_facts_row(facts, FROM_ORDERS);

        fact_int(row, ORDERS_at, NOW - (i % 1000 + 2) * HOUR);
        fact_int(row, ORDERS_day, 20000);
        fact_int(row, ORDERS_amount, 100);
    }
    began = timestamp_now();
    order(NOW - HOUR, 5000, "paid", "EUR");
    CHECK(timestamp_now() - began < US_PER_SECOND);
    CHECK(holds("number_of_orders = 40001"));
    CHECK(holds("orders_placed(nth = 40001, amount = 50)"));
    audience_facts_free(facts);
    facts = before;
}

int main(void)
{
    CHECK_OK(zone_open("UTC", &how.zone, &err), err);
    facts = audience_facts_new();
    orders();
    visits();
    messages();
    profile();
    refunds();
    terms();
    many_orders();
    audience_facts_free(facts);
    join();
    zone_close(how.zone);
    return tap_done();
}
