/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "harness.h"

#define HEADER                                                                                     \
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Accepts Marketing,Currency,Subtotal,"  \
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,"             \
    "Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at,Payment Method,"      \
    "Refunded Amount,Id,Source,Lineitem discount\n"

static void orders(void)
{
    const struct import_file *f = import_z(
        "orders.csv", HEADER
        "#1001,Ann@Example.com,paid,2025-10-07 09:50:26 +0200,,yes,EUR,30.00,5.00,0.00,35.00,"
        "TEN,3.33,2025-10-07 09:50:20 +0200,2,\"Hat, blue\nlarge\",10.005,'00123,DE,,card,5.00,"
        "'7210448301122,web,0.01\n"
        "#1001,ann@example.com,,,,,,,,,,,,,1,Scarf,10.00,SC1,,,,,,,\n"
        "#1002,,refunded,,,no,EUR,10.00,0.00,0.00,10.00,,0.00,2025-10-08 10:00:00 +0200,1,Hat,"
        "10.00,H,DE,2025-10-09 10:00:00 +0200,Bogus,10.00,'7210448301123,pos,0.00\n");

    CHECK(f->outcome == IMPORT_STORED);
    CHECK_STR(f->entry.format, "shopify_orders");
    CHECK_ROWS(f, 2, 1, 0, 0);
    CHECK_INT(f->entry.records[RECORD_ORDER], 2);
    CHECK_INT(f->entry.records[RECORD_LINE], 3);
    CHECK_STORED("order order_key=#1001 number=#1001 kind=sale status=paid "
                 "ordered_at=2025-10-07T07:50:20Z paid_at=2025-10-07T07:50:26Z currency=EUR "
                 "subtotal=3000 shipping=500 tax=0 discount=333 total=3500 refunded=500 "
                 "discount_code=TEN email=ann@example.com sales_channel=web country=DE "
                 "accepts_marketing=1 is_test=0\n");
    CHECK_STORED("line order_key=#1001 sku=00123 title=Hat, blue\nlarge quantity=2 "
                 "unit_price=10005000 discount=10000 total=20000000 currency=EUR\n");
    CHECK_STORED("line order_key=#1001 sku=SC1 title=Scarf quantity=1 unit_price=10000000 "
                 "total=10000000 currency=EUR\n");
    CHECK_STORED("order order_key=#1002 number=#1002 kind=sale status=cancelled");
    CHECK_STORED("is_test=1");
    CHECK_INT(f->total_count, 1);
    CHECK_INT(f->totals[0].minor, 4500);
    CHECK_STR(f->totals[0].currency, "EUR");
    CHECK_INT(f->entry.newest_us, civil_to_utc(&(struct civil){2025, 10, 8, 8, 0, 0, 0}));
    f = import_z("copy.csv", "x");
    CHECK(f->outcome == IMPORT_UNRECOGNISED);
}

static void again(void)
{
    const char *text = HEADER "#1,a@example.com,paid,,,yes,EUR,,,,35.00,,,2025-10-07 09:50,1,Hat,"
                              "10,,,,,,,,\n";
    const struct import_file *f = import_z("a.csv", text);

    CHECK(f->outcome == IMPORT_STORED);
    f = import_z("b.csv", text);
    CHECK(f->outcome == IMPORT_ALREADY);
    CHECK_INT(f->entry.rows, 1);
    CHECK_STR(f->entry.name, "b.csv"); /* the name that the copy has now */
}

/* Two orders of one name, an order that comes twice, one without name, one without total. */
static void quirks(void)
{
    const struct import_file *f = import_z(
        "orders.csv", HEADER
        "#1,a@example.com,paid,,,,EUR,,,,1.00,,,2025-10-07 09:50:20 +0200,1,Hat,1,,,,,,11,,\n"
        "#1,b@example.com,paid,,,,EUR,,,,2.00,,,2025-10-07 09:50:20 +0200,1,Hat,2,,,,,,12,,\n"
        "#2,a@example.com,paid,,,,EUR,,,,3.00,,,2025-10-07 09:50:20 +0200,1,Hat,3,,,,,,13,,\n"
        "#1,a@example.com,paid,,,,EUR,,,,1.00,,,2025-10-07 09:50:20 +0200,1,Hat,1,,,,,,11,,\n"
        ",a@example.com,paid,,,,EUR,,,,4.00,,,2025-10-07 09:50:20 +0200,1,Hat,4,,,,,,14,,\n"
        ",a@example.com,paid,,,,EUR,,,,4.00,,,2025-10-07 09:50:20 +0200,1,Hat,4,,,,,,,,\n"
        "#5,a@example.com,paid,,,,EUR,,,,abc,,,2025-10-07 09:50:20 +0200,1,Hat,4,,,,,,15,,\n"
        "#5,a@example.com,,,,,,,,,,,,,1,Hat,4,,,,,,,,\n"
        "#1,a@example.com,paid,,,,EUR,,,,1.00,,,2025-10-07 09:50:20 +0200,1,Hat,1,,,,,,11,,\n"
        "#1,a@example.com,,,,,,,,,,,,2025-10-07 09:50:20 +0200,1,Cap,1,,,,,,,,\n"
        "#1,c@example.com,paid,,,,EUR,,,,5.00,,,2025-10-07 09:50:20 +0200,1,Hat,1,,,,,,16,,\n"
        "#1,c@example.com,,,,,,,,,,,,2025-10-07 09:50:20 +0200,1,Tie,1,,,,,,,,\n");

    CHECK_ROWS(f, 5, 1, 6, 0);
    CHECK_STORED("order order_key=#1 number=#1 ");
    CHECK_STORED("order order_key=12 number=#1 ");
    CHECK_STORED("order order_key=14 ");
    CHECK_INT(f->totals[0].minor, 1500);
    CHECK_STORED("line order_key=16 title=Tie ");
    CHECK_INT(f->reject_count, 6);
    CHECK_INT(f->rejects[0].line, 5);
    CHECK_STR(f->rejects[0].reason,
              "the order \"#1\" stands in this file twice: its rows do not follow each other");
    CHECK_STR(f->rejects[1].reason, "the order has neither a name nor an id");
    CHECK_MSG(strstr(f->rejects[2].reason, "column \"Total\""), "%s", f->rejects[2].reason);
    CHECK_STR(f->rejects[3].reason, "the first row of the order \"#5\" was not used");
    CHECK_INT(f->rejects[5].line, 11);
    CHECK_STR(f->rejects[5].reason, "the first row of the order \"#1\" was not used");
}

static void no_currency(void)
{
    const char *text = "Name,Email,Financial Status,Total,Created at,Lineitem quantity,"
                       "Lineitem name,Lineitem price\n"
                       "#1,a@example.com,paid,1.00,2012-10-07 09:50:20 +0200,1,Hat,1\n";
    const struct import_file *f = import_z("orders.csv", text);

    CHECK(f->outcome == IMPORT_REFUSED);
    CHECK(strstr(f->err.msg, "does not say in which currency") &&
          strstr(f->err.hint, "--currency"));
    CHECK_STR(stored(), "");
    ctx.options.currency = "USD";
    f = import_z("orders.csv", text);
    CHECK(f->outcome == IMPORT_STORED);
    CHECK_STORED("currency=USD");
    ctx.options.currency = NULL;
}

int main(void)
{
    harness_open();
    orders();
    harness_reset();
    again();
    harness_reset();
    quirks();
    harness_reset();
    no_currency();
    harness_close();
    return tap_done();
}
