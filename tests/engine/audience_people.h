/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* audience_people.h - made-up people in the audience tables, out of numbers alone, so that the same
 * seed makes the same: few different values, all of them often, and many that are not known. */
#ifndef TM_TESTS_ENGINE_AUDIENCE_PEOPLE_H
#define TM_TESTS_ENGINE_AUDIENCE_PEOPLE_H

/* INSERT INTO audience_<table> of `rows`; what a column may call, n telling one column from the
 * next:
 *
 *     draw(h, n)       a number
 *     word(h, n)       one of few texts, "" among them
 *     tag(h, n)        the same without ""
 *     day(h, n)        one of two hundred days, or none
 *     moment(h, n)     one of four hundred half hours
 *     of(h, n, list)   one of a list
 */
#define PEOPLE_INSERT(table, columns, rows)                                                        \
    "-- params: people UInt64, seed UInt64\n"                                                      \
    "INSERT INTO audience_" table " WITH "                                                         \
    "(h, n) -> cityHash64(h, n, {seed:UInt64}) AS draw, "                                          \
    "(h, n, list) -> list[1 + cityHash64(h, n, {seed:UInt64}) % length(list)] AS of, "             \
    "(h, n) -> ['', 'a', 'b', 'é', 'x y', 'ab', 'สวัส']"                                  \
    "[1 + cityHash64(h, n, {seed:UInt64}) % 7] AS word, "                                          \
    "(h, n) -> ['a', 'b', 'é', 'ab', 'x y'][1 + cityHash64(h, n, {seed:UInt64}) % 5]"             \
    " AS tag, "                                                                                    \
    "(h, n) -> if(cityHash64(h, n, {seed:UInt64}) % 4 = 0, NULL,"                                  \
    " toInt32(20777 - intDiv(cityHash64(h, n, {seed:UInt64}), 4) % 200)) AS day, "                 \
    "(h, n) -> 1795162500250001 - toInt64(cityHash64(h, n, {seed:UInt64}) % 400)"                  \
    " * 1800000000 AS moment "                                                                     \
    "SELECT " columns " FROM " rows

/* As many rows a person as a hash says, of the columns person, k (their number) and h. */
#define PEOPLE_ROWS(table, columns, most)                                                          \
    PEOPLE_INSERT(table, columns,                                                                  \
                  "(SELECT cityHash64(number, {seed:UInt64}) AS person,"                           \
                  " arrayJoin(range(cityHash64(number, '" table "', {seed:UInt64}) % " most        \
                  ")) AS k, cityHash64(number, k, '" table "') AS h FROM"                          \
                  " numbers({people:UInt64}))")
#define PEOPLE_WHEN "moment(h, 1) AS at, toInt32(intDiv(at, 86400000000))"

static const char people_person[] = PEOPLE_INSERT(
    "person",
    "cityHash64(number, {seed:UInt64}), word(number, 1), word(number, 2), word(number, 3),"
    " word(number, 4), word(number, 5), day(number, 6), day(number, 7), day(number, 8),"
    " if(draw(number, 30) % 3 = 0, NULL, of(number, 31, [2, 6, 11, 12])),"
    " if(draw(number, 30) % 3 = 0, NULL, of(number, 32, [1, 22, 28, 29])),"
    " cityHash64(number, 9) % 6 AS r, if(r = 0, 0, 1 + draw(number, 10) % 5),"
    " if(r = 0, 0, 1 + draw(number, 11) % 5), word(number, 12), word(number, 13),"
    " word(number, 14), word(number, 15),"
    " arrayMap(k -> tag(number, 100 + k), range(draw(number, 17) % 3)), [],"
    " arrayMap(k -> tag(number, 200 + k), range(draw(number, 19) % 3)),"
    " arrayMap(k -> tag(number, 300 + k), range(draw(number, 21) % 4)), ['a']",
    "numbers({people:UInt64})");

static const char people_order[] = PEOPLE_ROWS(
    "order",
    "person, " PEOPLE_WHEN ", if(h % 9 = 0, NULL, toInt64(h % 200) * 100) AS amount, k + 1,"
    " word(h, 2), word(h, 3), word(h, 4), word(h, 5), word(h, 6), word(h, 7),"
    " toString(h), 'EUR', amount, 0",
    "5");

static const char people_line[] =
    PEOPLE_ROWS("line",
                "person, " PEOPLE_WHEN ", word(h, 2), word(h, 3), word(h, 4), word(h, 5),"
                " word(h, 6), if(h % 5 = 0, NULL, toInt64(h % 7) * 500000)",
                "6");

static const char people_event[] =
    PEOPLE_ROWS("event",
                "person, " PEOPLE_WHEN ", of(h, 2, ['product_view', 'cart_add', 'checkout_start',"
                " 'order_complete', 'page_view']), word(h, 3),"
                " if(h % 3 = 0, NULL, toInt64(h % 50) * 10), word(h, 4), word(h, 5), word(h, 6),"
                " word(h, 7), word(h, 8), word(h, 9)",
                "12");

static const char people_message[] =
    PEOPLE_ROWS("message",
                "person, " PEOPLE_WHEN ", of(h, 2, ['sent', 'delivered', 'opened', 'clicked',"
                " 'bounced', 'complained']), of(h, 3, ['email', 'sms', 'whatsapp', '']),"
                " word(h, 4), word(h, 5), of(h, 6, ['', 'welcome', 'cart', 'other'])",
                "8");

static const char people_consent[] =
    PEOPLE_ROWS("consent",
                "person, day(h, 1), ['email', 'sms', 'push'][1 + k], of(h, 2, ['granted',"
                " 'pending', 'withdrawn', 'denied', 'unreachable'])",
                "4");

static const struct {
    const char *name, *text;
} people_tables[] = {
    {"person", people_person}, {"order", people_order},     {"line", people_line},
    {"event", people_event},   {"message", people_message}, {"consent", people_consent},
};

#endif
