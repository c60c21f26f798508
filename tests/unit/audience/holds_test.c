/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether segments hold for a person, in memory; and segments that speak of each other. */
#include "audience/facts.h"
#include "audience/fold.h"
#include "base/timestamp.h"
#include "tap.h"

static const int64_t today = 20777; /* 2026-11-20 */
static struct audience_now now = {
    .now_us = INT64_C(20777) * US_PER_DAY + 15 * US_PER_HOUR, .today = 20777, .decimals = 2};
static struct audience_facts *facts;

static bool holds(const char *text)
{
    struct audience_segment one = {.name = "x", .text = str_of(text)};
    struct audience_set set = {&one, 1};
    bool in = false;

    audience_set_link(&set, &now);
    if (CHECK_MSG(one.tree != NULL, "%s is read: %s", text, one.err.msg))
        in = audience_holds(&set, 0, facts, &now);
    audience_set_release(&set);
    return in;
}

#define IN(text) CHECK_MSG(holds(text), "in: %s", text)
#define OUT(text) CHECK_MSG(!holds(text), "out: %s", text)

static void order(int64_t days_ago, int64_t amount, const char *country)
{
    struct fact *row = audience_facts_row(facts, FROM_ORDERS);

    fact_int(row, ORDERS_at, now.now_us - days_ago * US_PER_DAY);
    fact_int(row, ORDERS_day, today - days_ago);
    fact_int(row, ORDERS_amount, amount);
    fact_text(facts, row, ORDERS_country, str_of(country), true);
}

static void event(const char *name, int64_t minutes_ago)
{
    struct fact *row = audience_facts_row(facts, FROM_EVENTS);
    int64_t at = now.now_us - minutes_ago * 60 * US_PER_SECOND;

    fact_int(row, EVENTS_at, at);
    fact_int(row, EVENTS_day, at / US_PER_DAY);
    fact_text(facts, row, EVENTS_event, str_of(name), true);
}

static void fresh(void)
{
    audience_facts_free(facts);
    facts = audience_facts_new();
}

static void test_nobody_known(void)
{
    fresh();
    OUT("last_order_date < -30d");
    OUT("NOT last_order_date < -30d"); /* not known is not the opposite */
    IN("last_order_date IS NULL");
    OUT("customer_language != 'en'");
    IN("customer_language != 'en' OR number_of_orders = 0");
    OUT("customer_language != 'en' AND number_of_orders = 0");
    IN("customer_tags NOT CONTAINS 'x' AND customer_tags IS NULL");
    IN("number_of_orders = 0 AND amount_spent = 0 AND average_order_value IS NULL");
    IN("orders_placed NOT MATCHES () AND orders_placed(count = 0) AND orders_placed(sum_amount: "
       "0)");
    IN("rfm_group = 'PROSPECTS' AND life_stage = 'PROSPECT'");
    IN("email_subscription_status = 'NOT_SUBSCRIBED'");
    OUT("predicted_value > 0 OR NOT predicted_value > 0");
    IN("predicted_value IS NULL");
    IN("customer_language NOT IN ('x') OR customer_language IS NULL");
    OUT("customer_language NOT IN ('x')");
}

static void test_orders(void)
{
    fresh();
    order(10, 5000, "DE");
    order(100, 2550, "fr");
    IN("number_of_orders = 2 AND amount_spent = 75.5 AND average_order_value = 37.75");
    IN("last_order_date = -10d AND first_order_date = 2026-08-12");
    IN("last_order_date BETWEEN -10d AND -10d");
    OUT("last_order_date > -10d");
    IN("orders_placed(amount >= 50, date >= -2w)");
    OUT("orders_placed(amount >= 50.01)");
    IN("orders_placed(country: 'Germany', count: 1) AND orders_placed(country != 'France')");
    OUT("orders_placed(country NOT IN ('Germany', 'fra'))");
    IN("orders_placed(country: 'FR') AND orders_placed(country IN ('de', 'x'), count: 1)");
    IN("orders_placed(date >= -4m, count >= 2, sum_amount > 75)");
    OUT("orders_placed(date >= -3m, count >= 2)");
    IN("life_stage = 'ACTIVE'");
    now.today += 90;
    IN("life_stage = 'AT_RISK'");
    now.today -= 90;
    IN("orders_placed(time >= -10d)");
    OUT("orders_placed(time > -10d)");
}

static void test_days(void)
{
    fresh();
    now.today = civil_to_days(2028, 2, 29);
    order(0, 1, "");
    fact_int(audience_facts_row(facts, FROM_PERSON), PERSON_added_day, civil_to_days(2027, 2, 28));
    IN("customer_added_date = -1y"); /* 29 February a year ago is the 28th */
    fact_int(audience_facts_row(facts, FROM_PERSON), PERSON_added_day, civil_to_days(2027, 11, 29));
    IN("customer_added_date = -3m AND customer_added_date = 3_months_ago");
    now.today = today;
}

static void born(int month, int day)
{
    struct fact *person;

    fresh();
    person = audience_facts_row(facts, FROM_PERSON);
    fact_int(person, PERSON_birth_month, month);
    fact_int(person, PERSON_birth_day, day);
}

static void test_birthday(void)
{
    fresh();
    OUT("birthday <= +1y OR NOT birthday <= +1y");
    born(2, 29);
    now.today = civil_to_days(2027, 2, 28);
    IN("birthday = today AND birthday_month = 2 AND birthday_day = 29");
    now.today = civil_to_days(2027, 3, 1);
    IN("birthday = 2028-02-29");
    now.today = civil_to_days(2028, 2, 28);
    IN("birthday = +1d AND birthday BETWEEN today AND +7d");
    born(12, 31);
    now.today = civil_to_days(2026, 12, 31);
    IN("birthday = today");
    now.today = civil_to_days(2027, 1, 1);
    OUT("birthday BETWEEN today AND +30d");
    IN("birthday = 2027-12-31");
    born(1, 3);
    now.today = civil_to_days(2026, 12, 30);
    IN("birthday BETWEEN today AND +7d AND birthday = 2027-01-03");
    now.today = today;
}

static void test_text(void)
{
    struct fact *person;
    struct str tags[] = {STR_LIT("VIP"), STR_LIT("Été"), STR_LIT("ΑΣ"), STR_LIT("عميل")};
    struct buf b = BUF_INIT(100);

    fresh();
    person = audience_facts_row(facts, FROM_PERSON);
    fact_list(facts, person, PERSON_tags, tags, TM_COUNT(tags), true);
    fact_text(facts, person, PERSON_name, STR_LIT("ЖАННА Ångström"), true);
    IN("customer_tags CONTAINS 'vip' AND customer_tags CONTAINS 'ÉTÉ'");
    fact_list(facts, person, PERSON_countries, &(struct str){"Germany", 7}, 1, true);
    IN("customer_countries CONTAINS 'DE' AND customer_countries CONTAINS 'deu'");
    OUT("customer_countries CONTAINS 'FR' OR customer_countries NOT CONTAINS 'de'");
    OUT("customer_countries CONTAINS 'germ'");
    IN("customer_tags CONTAINS 'ας' OR customer_tags CONTAINS 'ασ'");
    IN("customer_tags CONTAINS 'عميل'");
    OUT("customer_tags CONTAINS 'vi'");
    IN("customer_name CONTAINS 'жанна å' AND customer_name = 'жанна ÅNGSTRÖM'");
    fold_add(&b, STR_LIT("İÇ ถ"));
    CHECK_STR(buf_cstr(&b), "iç ถ");
    buf_release(&b);
}

static void test_sequences(void)
{
    fresh();
    event("product_view", 600);
    event("cart_add", 500);
    event("checkout_start", 300);
    IN("sequence(events('product_view') THEN events('cart_add'))");
    OUT("sequence(events('cart_add') THEN events('product_view'))");
    IN("sequence(events('product_view') THEN events('cart_add') WITHIN 100min)");
    OUT("sequence(events('product_view') THEN events('cart_add') WITHIN 99min)");
    IN("sequence(events('checkout_start') THEN NOT orders() WITHIN 4h)");
    OUT("sequence(events('checkout_start') THEN NOT orders() WITHIN 6h)"); /* not over yet */
    IN("abandoned_checkout_date = today");
    IN("sequence(events('product_view') THEN events('cart_add') THEN events('checkout_start') "
       "WITHIN 4h THEN NOT orders())");
    order(0, 1, "");
    IN("sequence(events('checkout_start') THEN NOT orders() WITHIN 4h)"); /* 5 hours later */
    OUT("sequence(events('checkout_start') THEN NOT orders())");
    OUT("abandoned_checkout_date IS NOT NULL");
    OUT("sequence(events('cart_add') THEN events('cart_add'))"); /* one is not two */
}

static struct audience_segment named[] = {
    {.name = "Buyers", .text = STR_LIT("number_of_orders > 0")},
    {.name = "Not", .text = STR_LIT("NOT segment('buyers')")},
    {.name = "A", .text = STR_LIT("segment('B')")},
    {.name = "B", .text = STR_LIT("number_of_orders = 1 OR segment('A')")},
    {.name = "Gone", .text = STR_LIT("segment('nobody')")},
    {.name = "Broken", .text = STR_LIT("number_of_orders >")},
    {.name = "On broken", .text = STR_LIT("segment('Broken') OR number_of_orders = 0")},
    {.name = "Fine", .text = STR_LIT("amount_spent > 1.00")},
    {.name = "Too fine", .text = STR_LIT("amount_spent > 1.001")},
    {.name = "Self", .text = STR_LIT("segment('Self')")},
};

static void test_segments(void)
{
    struct audience_set set = {named, TM_COUNT(named)};

    fresh();
    audience_set_link(&set, &now);
    CHECK(!audience_holds(&set, 0, facts, &now) && audience_holds(&set, 1, facts, &now));
    CHECK_STR(named[2].err.msg, "line 1, column 1: the segment \"B\" is broken");
    CHECK_STR(named[2].err.hint, "line 1, column 25: the segment \"A\" speaks of this one: that "
                                 "would go on for ever");
    CHECK_STR(named[4].err.msg, "line 1, column 1: there is no segment \"nobody\"");
    CHECK(named[5].err.code == ERR_INVALID && named[6].err.code == ERR_INVALID);
    CHECK(named[7].tree != NULL && !audience_holds(&set, 7, facts, &now));
    CHECK_STR(named[8].err.msg,
              "line 1, column 1: amounts have at most 2 decimals in the shop's currency");
    CHECK(named[9].err.code == ERR_INVALID);
    audience_set_release(&set);
}

static void test_deep(void)
{
    static char names[12][8], texts[12][64];
    struct audience_segment chain[12] = {{0}};
    struct audience_set set = {chain, 12};

    for (size_t i = 0; i < 12; i++) {
        snprintf(names[i], sizeof(names[i]), "s%zu", i);
        snprintf(texts[i], sizeof(texts[i]), i ? "segment('s%zu')" : "number_of_orders = 0", i - 1);
        chain[i] = (struct audience_segment){.name = names[i], .text = str_of(texts[i])};
    }
    audience_set_link(&set, &now);
    CHECK(audience_holds(&set, 8, facts, &now));
    CHECK_INT(chain[9].err.code, ERR_TOO_LARGE);
    CHECK_INT(chain[10].err.code, ERR_INVALID);
    audience_set_release(&set);
}

int main(void)
{
    test_nobody_known();
    test_orders();
    test_days();
    test_birthday();
    test_text();
    test_sequences();
    test_segments();
    test_deep();
    audience_facts_free(facts);
    return tap_done();
}
