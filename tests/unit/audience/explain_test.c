/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Why a person is in a segment, in words; and the segments to begin with. */
#include "audience/shelf.h"

#include "audience/facts.h"
#include "base/i18n.h"
#include "base/timestamp.h"
#include "tap.h"
#include "temp_dir.h"

static const struct audience_now now = {
    .now_us = INT64_C(20777) * US_PER_DAY, .today = 20777, .decimals = 2};
static struct err err;

static void test_explain(void)
{
    struct audience_segment one = {
        .name = "Good",
        .text = STR_LIT("(number_of_orders >= 2 OR customer_tags CONTAINS 'vip') AND NOT "
                        "last_order_date < -30d AND orders_placed(amount > 1000, sum_amount > 5) "
                        "AND predicted_value > 1 AND rfm_group != 'LOST'")};
    struct audience_set set = {&one, 1};
    struct audience_facts *facts = audience_facts_new();
    struct fact *row = audience_facts_row(facts, FROM_ORDERS);
    struct buf b = BUF_INIT(1 << 16);

    fact_int(row, ORDERS_day, 20770);
    fact_int(row, ORDERS_at, 20770 * US_PER_DAY);
    fact_int(row, ORDERS_amount, 123450);
    audience_set_link(&set, &now);
    CHECK(one.tree != NULL);
    audience_explain(&set, 0, facts, &now, &b);
    CHECK_STR(buf_cstr(&b), "-  number_of_orders >= 2\n"
                            "   Number of orders: 1. It holds: no\n"
                            "-  customer_tags CONTAINS 'vip'\n"
                            "   Tags of the profile. It holds: no\n"
                            "-  last_order_date < -30d\n"
                            "   Day of the last order: 2026-11-13. It holds: no\n"
                            "+  orders_placed MATCHES (amount > 1000, sum_amount > 5)\n"
                            "   Orders that stand: count 1, sum_amount 1234.50. It holds: yes\n"
                            "?  predicted_value > 1\n"
                            "   Expected value of a year (not forecast yet: unknown of everybody). "
                            "It holds: not known\n"
                            "+  rfm_group != 'LOST'\n"
                            "   Group by recency, frequency and value of orders: PROSPECTS. It "
                            "holds: yes\n"
                            "Not in the segment \"Good\".\n");
    i18n_use(LANG_TH);
    buf_reset(&b);
    audience_explain(&set, 0, facts, &now, &b);
    CHECK(strstr(buf_cstr(&b), "It holds") == NULL);
    i18n_use(LANG_EN);
    audience_set_release(&set);
    audience_facts_free(facts);
    buf_release(&b);
}

/* All are read as they are written, in all languages under names of their own. */
static void test_starters(void)
{
    const struct audience_starter *s;

    for (size_t i = 0; (s = audience_starter(i)); i++) {
        TM_CLEANUP(audience_freep) struct audience *a = NULL;
        struct buf b = BUF_INIT(1 << 14);

        CHECK_OK(audience_parse(str_of(s->text), &a, &err), err);
        audience_print(a, &b);
        CHECK_STR(buf_cstr(&b), s->text);
        buf_release(&b);
        for (int l = LANG_AR; l < LANG_COUNT; l++) {
            i18n_use((enum language)l);
            CHECK(strcmp(_(s->about), s->about) != 0);
            i18n_use(LANG_EN);
        }
    }
}

static void test_shelf(void)
{
    struct audience_draft draft = {.name = "A", .text = STR_LIT("number_of_orders>1")};
    struct audience_shelf shelf;
    struct store *store = NULL;
    int64_t id = 0;
    size_t at;

    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(audience_shelf_put(store, &draft, "", "me", &id, &err), err);
    draft =
        (struct audience_draft){.name = "B", .text = STR_LIT("segment('a') and amount_spent>5")};
    CHECK_OK(audience_shelf_put(store, &draft, "", "me", &id, &err), err);
    draft = (struct audience_draft){.id = 1, .name = "A", .text = STR_LIT("segment('B')")};
    CHECK_INT(audience_shelf_put(store, &draft, "", "me", &id, &err), ERR_INVALID);
    draft = (struct audience_draft){.name = "C", .text = STR_LIT("number_of_orders >")};
    CHECK_INT(audience_shelf_put(store, &draft, "", "me", &id, &err), ERR_INVALID);
    CHECK_OK(store_named_remove(store, NAMED_SEGMENT, 1, &err), err);
    CHECK_OK(audience_shelf_open(store, NULL, NULL, &shelf, &err), err);
    CHECK_INT(shelf.set.n, 1);
    CHECK_STR(shelf.set.segments[0].err.msg, "line 1, column 1: there is no segment \"a\"");
    CHECK_OK(audience_shelf_find(&shelf, "b", &at, &err), err);
    CHECK_OK(audience_shelf_find(&shelf, "2", &at, &err), err);
    CHECK_INT(audience_shelf_find(&shelf, "A", &at, &err), ERR_NOT_FOUND);
    CHECK(str_eqz(shelf.entries[0].text, "segment('a') AND amount_spent > 5"));
    audience_shelf_close(&shelf);
    store_close(store);
}

int main(void)
{
    temp_dir_make();
    test_explain();
    test_starters();
    test_shelf();
    return tap_done();
}
