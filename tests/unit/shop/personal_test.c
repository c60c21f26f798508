/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is said of each column is said of all of them. */
#include "shop/personal.h"

#include "tap.h"

static void every_text_is_listed(void)
{
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const struct record_layout *layout = record_layout((enum record_kind)k);

        for (size_t i = 0; i < layout->column_count; i++)
            if (personal_of((enum record_kind)k, i) == PERSONAL_UNSAID)
                CHECK_MSG(false, "src/shop/personal.c says what raw_%s.%s is", layout->name,
                          layout->columns[i].name);
    }
    CHECK(true);
}

static enum personal of(enum record_kind kind, const char *column)
{
    const struct record_layout *layout = record_layout(kind);

    for (size_t i = 0; i < layout->column_count; i++)
        if (strcmp(layout->columns[i].name, column) == 0)
            return personal_of(kind, i);
    return PERSONAL_UNSAID;
}

static void identifiers_are_known(void)
{
    CHECK(of(RECORD_ORDER, "email") == PERSONAL_EMAIL);
    CHECK(of(RECORD_EVENT, "anonymous_id") == PERSONAL_DEVICE);
    CHECK(of(RECORD_ORDER, "total") == PERSONAL_NOT);
    CHECK(of(RECORD_ORDER, "accepts_marketing") == PERSONAL_DETAIL);
    CHECK(personal_goes(RECORD_PERSON) && !personal_goes(RECORD_ORDER));
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const struct record_layout *layout = record_layout((enum record_kind)k);

        for (size_t i = 0; i < layout->column_count; i++)
            if (strcmp(layout->columns[i].name, "email") == 0)
                CHECK_MSG(personal_of((enum record_kind)k, i) == PERSONAL_EMAIL,
                          "raw_%s.email is an address", layout->name);
    }
}

static void times_and_emptying(void)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);

    CHECK(personal_time(RECORD_PERSON, &person) == TIME_NONE);
    person.created_at = 5;
    person.updated_at = 9;
    CHECK_INT(personal_time(RECORD_PERSON, &person), 9);
    order.ordered_at = 7;
    order.updated_at = 9;
    CHECK_INT(personal_time(RECORD_ORDER, &order), 7);
    order.email = str_of("ann@example.com");
    order.accepts_marketing = 1;
    order.total = 100;
    for (size_t i = 0; i < record_layout(RECORD_ORDER)->column_count; i++)
        if (personal_of(RECORD_ORDER, i) != PERSONAL_NOT)
            record_empty(RECORD_ORDER, &order, i);
    CHECK(order.email.n == 0 && order.accepts_marketing == -1 && order.total == 100);
}

int main(void)
{
    every_text_is_listed();
    identifiers_are_known();
    times_and_emptying();
    return tap_done();
}
