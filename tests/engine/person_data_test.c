/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What messages print of people and products, out of a real engine. */
#include "live_shop.h"

#include "outreach/person/preview.h"

static struct pseudonyms *keys;
static struct err err = ERR_INIT;
static const int64_t now_us = INT64_C(1795162500250001); /* 2026-11-20 */

/* Four bought tea and then, together, cup and pot; one of them has only tea. */
static const char fill_orders[] =
    "INSERT INTO raw_order (import_id, source, line, order_key, number, status, ordered_at,"
    " currency, total, customer_id, country)"
    " SELECT 2, 'shop', k, concat('o', toString(k)), toString(1000 + k), 'paid',"
    " if(k < 10, toDateTime64('2026-10-01 00:00:00', 6, 'UTC'),"
    " toDateTime64('2026-11-01 00:00:00', 6, 'UTC')), 'EUR', if(k < 10, 1000, 5000),"
    " concat('c', toString(k % 10)), 'DE'"
    " FROM (SELECT arrayJoin([1, 2, 3, 4, 5, 11, 12, 13, 14]) AS k)";
static const char fill_lines[] =
    "INSERT INTO raw_line (import_id, source, line, order_key, product_key, sku, title, quantity,"
    " unit_price, currency)"
    " SELECT 2, 'shop', k * 10, concat('o', toString(k)), '', 'TEA-1', 'Tea - 100 g', 2, 5000000,"
    " 'EUR' FROM (SELECT arrayJoin([1, 2, 3, 4, 5]) AS k)"
    " UNION ALL"
    " SELECT 2, 'shop', k * 10 + n, concat('o', toString(k)), '', ['CUP-1', 'POT-1', 'OLD-1'][n],"
    " ['Cup', 'Pot', 'Old'][n], 1, [9500000, 40500000, 1000000][n], 'EUR'"
    " FROM (SELECT arrayJoin([11, 12, 13, 14]) AS k) ARRAY JOIN [1, 2, 3] AS n";
static const char fill_products[] =
    "INSERT INTO raw_product (import_id, source, line, product_key, sku, title, status, price,"
    " currency, product_id, url, image) VALUES"
    " (3, 'shop', 1, 'tea', 'TEA-1', 'Green <tea>', 'active', 5000000, 'EUR', '901', '/tea', "
    "'https://cdn.example/tea.png'),"
    " (3, 'shop', 2, 'tea', 'TEA-2', 'Green <tea>', 'active', 9000000, 'EUR', '901', '/tea', ''),"
    " (3, 'shop', 3, 'cup', 'CUP-1', 'Cup', 'active', 9900000, 'EUR', '902', '', "
    "'https://cdn.example/cup.png'),"
    " (3, 'shop', 4, 'old', 'OLD-1', 'Old', 'archived', 1000000, 'EUR', '904', '', ''),"
    " (3, 'shop', 5, 'yen', 'YEN-1', 'Yen', 'active', 5000000, 'JPY', '905', "
    "'https://evil.example/yen', '')";
static const char fill_people[] =
    "INSERT INTO raw_person (import_id, source, line, profile_key, email, customer_id, first_name,"
    " last_name, city, created_at) VALUES"
    " (1, 'shop', 1, 'p1', 'ann@example.com', 'c1', 'Ann', 'Ng', 'Ulm', '2026-01-01 00:00:00'),"
    " (1, 'shop', 5, 'p5', 'bob@example.com', 'c5', 'Bob', '', '', '2026-01-01 00:00:00')";
static const char fill_views[] =
    "INSERT INTO raw_event (import_id, source, line, name, occurred_at, customer_id, product_key,"
    " page) VALUES"
    " (4, 'site', 1, 'product_view', '2026-11-10 00:00:00', 'c5', '902',"
    " 'https://www.shop.example/products/cup?ref=1#x'),"
    " (4, 'site', 2, 'product_view', '2026-11-11 00:00:00', 'c5', 'yen',"
    " 'https://evil.example/products/yen'),"
    " (4, 'site', 3, 'product_view', '2026-11-12 00:00:00', 'c5', 'tea', ''),"
    " (4, 'site', 4, 'product_view', '2026-11-13 00:00:00', 'c5', 'old', '')";

#define PRODUCTS(name) "{% for p in " name " %}{{ p.title }}/{{ p.price }}/{{ p.url }};{% endfor %}"

static struct message *read_message(const char *body)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
    struct message *m = NULL;

    buf_addf(&text, "name: x\nsubject: x\ntext: |\n  %s\n", body);
    CHECK_OK(message_read(buf_str(&text), "x", false, &m, &err), err);
    return m;
}

static uint64_t person_of(const char *value)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param params[] = {PARAM_STRZ("kind", "customer"), PARAM_STRZ("source", ""),
                                   PARAM_STRZ("value", value)};
    uint64_t person = 0;

    CHECK_OK(engine_query(engine, "identity/find_named", params, 3, &res, &err), err);
    while (result_next(res))
        person = result_uint(res, 0);
    CHECK_OK(result_status(res, &err), err);
    return person;
}

/* What each of these gets of the same message. */
static void check_all(const char *body, const struct person_ask *asks, size_t n,
                      const char *const *wanted)
{
    const struct person_reader r = {.engine = engine, .pseudonyms = keys, .country = "DE"};
    struct message *m = read_message(body);
    struct person_ask asked[8];
    struct arena arena = ARENA_INIT(64 << 20);
    struct settings s = settings_default();
    struct composed composed;
    struct value data[8];

    snprintf(s.shop, sizeof(s.shop), "Lotus");
    snprintf(s.sending.url, sizeof(s.sending.url), "https://shop.example");
    for (size_t i = 0; i < n; i++) {
        asked[i] = asks[i];
        asked[i].parts = person_parts(m);
    }
    composed_init(&composed);
    CHECK_OK(person_data(&r, &s, now_us, asked, n, &arena, data, &err), err);
    for (size_t i = 0; i < n; i++) {
        const struct message_for to = {
            .data = data[i], .language = "en", .shops_language = "en", .unsubscribe_url = ""};

        CHECK_OK(message_compose(m, &to, &arena, &composed, &err), err);
        CHECK_STR(buf_cstr(&composed.parts[MESSAGE_TEXT]), wanted[i]);
    }
    composed_release(&composed);
    arena_release(&arena);
    message_free(m);
}

static void test_parts(void)
{
    struct message *m = read_message("{{ shop.name }}");

    CHECK_INT(person_parts(m), 0);
    message_free(m);
    m = read_message("{% for p in recommended %}{{ p.title }}{% endfor %}{{ person.name }}");
    CHECK_INT(person_parts(m), PERSON_SELF | PERSON_RECOMMENDED);
    message_free(m);
}

static void test_person(void)
{
    const struct person_ask asks[] = {
        {.person = person_of("c1")},
        {.person = person_of("c5"), .data = STR_LIT("{\"contact\":{\"last_name\":\"Other\"}}")},
        {.person = 77,
         .data = STR_LIT("{\"contact\":{\"first_name\":\"Cy\"},\"a\":{\"b\":7},"
                         "\"person\":{\"name\":\"forged\"},\"shop\":1}")}};

    check_all("{{ shop.name }}|{{ person.name }}|{{ person.email }}|{{ person.city }}|"
              "{{ person.orders_count }}|{{ person.total_spent }}|{{ person.average_order }}|"
              "{{ person.days_since_last_order }}|{{ person.last_order.number }}|"
              "{{ person.first_order.number }}|{{ a.b }}|"
              "{% if person.phone %}phone{% endif %}",
              asks, TM_COUNT(asks),
              (const char *const[]){"Lotus|Ann Ng|ann@example.com|Ulm|2|6000|3000|19|1011|1001||\n",
                                    "Lotus|Bob|bob@example.com||1|1000|1000|50|1005|1005||\n",
                                    "Lotus|Cy|||0|0|||||7|\n"});
    check_all(PRODUCTS("person.last_order.products"), asks, 2,
              (const char *const[]){"Cup/950/https://www.shop.example/products/cup;"
                                    "Old/100/https://shop.example;Pot/4050/https://shop.example;\n",
                                    "Green <tea>/500/https://shop.example/tea;\n"});
}

#define CUP "Cup/990/https://www.shop.example/products/cup;"
#define POT "Pot/4050/https://shop.example;"

static void test_blocks(void)
{
    static const char cart[] =
        "{\"cart\":{\"products\":[{\"id\":902,\"title\":\"Cup\",\"price\":1}]}}";
    const struct person_ask asks[] = {
        {.person = person_of("c5"), .data = STR_LIT(cart)}, /* by the catalogue's number */
        {.person = person_of("c1"), .data = STR_LIT(cart)}, /* has all of it */
        {.person = 77, .data = STR_LIT("{\"product\":{\"title\":\" POT \"}}")},
        {.person = person_of("c5"), .data = STR_LIT("{\"product\":{\"id\":\"none such\"}}")},
    };

    check_all(PRODUCTS("bought_together"), asks, TM_COUNT(asks),
              (const char *const[]){POT "\n", "\n", CUP "\n", "\n"});
    /* After tea come cup and pot; what is not sold any more, never. Nobody known gets what most
     * people buy. */
    check_all(PRODUCTS("recommended"), asks, 3,
              (const char *const[]){POT "\n", "\n",
                                    "Green <tea>/500/https://shop.example/tea;" CUP "\n"});
    check_all(PRODUCTS("recently_viewed"), asks, 2,
              (const char *const[]){"Yen//https://shop.example;\n", "\n"});
}

/* What an event did not tell, the catalogue knows; what it told stands. */
static void test_catalogue(void)
{
    const struct person_ask asks[] = {
        {.person = 77,
         .data = STR_LIT("{\"cart\":{\"url\":\"https://shop.example/cart\",\"products\":["
                         "{\"id\":\"902\",\"title\":\"My cup\",\"image\":null,\"price\":7},"
                         "{\"sku\":\"TEA-2\",\"image\":\"https://own.example/t.png\"},"
                         "{\"id\":\"none such\",\"title\":\"Hat\"},5]}}")},
        {.person = 77,
         .data = STR_LIT("{\"product\":{\"id\":901},\"products\":[{\"sku\":\"yen-1\"}]}")}};

    check_all(
        "{{ cart.url }}{% for p in cart.products %}|{{ p.title }} {{ p.price }} {{ p.image }} "
        "{{ p.url }}{% endfor %}|{{ product.title }} {{ product.image }} {{ product.url }}"
        "{% for p in products %}|{{ p.title }} {{ p.url }}{% endfor %}",
        asks, TM_COUNT(asks),
        (const char *const[]){
            "https://shop.example/cart|My cup 7 https://cdn.example/cup.png "
            "https://www.shop.example/products/cup|Green <tea>  https://own.example/t.png "
            "https://shop.example/tea|Hat   |   |  \n",
            "|Green <tea> https://cdn.example/tea.png https://shop.example/tea"
            "|Yen https://shop.example\n"});
}

static void test_preview(void)
{
    const struct person_reader r = {.engine = engine, .pseudonyms = keys, .country = "DE"};
    struct settings s = settings_default();
    struct message *m = read_message("{{ person.name }} {{ cart.products[0].title }} {{ a }}");
    struct preview p = {
        .message = m, .reader = &r, .settings = &s, .language = "", .now_us = now_us};
    struct arena arena = ARENA_INIT(8 << 20);
    struct composed composed;

    composed_init(&composed);
    CHECK_OK(preview_compose(&p, &arena, &composed, &err), err);
    CHECK_STR(buf_cstr(&composed.parts[MESSAGE_TEXT]), "Ann Example Teapot \n");
    p.person = person_of("c5");
    CHECK_OK(preview_compose(&p, &arena, &composed, &err), err);
    CHECK_STR(buf_cstr(&composed.parts[MESSAGE_TEXT]), "Bob Teapot \n");
    p.data = STR_LIT("{\"a\":7}");
    CHECK_OK(preview_compose(&p, &arena, &composed, &err), err);
    CHECK_STR(buf_cstr(&composed.parts[MESSAGE_TEXT]), "Bob  7\n");
    p.person = 77;
    CHECK(preview_compose(&p, &arena, &composed, &err) == ERR_NOT_FOUND);
    composed_release(&composed);
    arena_release(&arena);
    message_free(m);
}

static void test_bad_data(void)
{
    const struct person_reader r = {.engine = engine, .pseudonyms = keys, .country = ""};
    const struct person_ask ask = {.person = 1, .data = STR_LIT("[1]")};
    struct settings s = settings_default();
    struct arena arena = ARENA_INIT(1 << 20);
    struct value v;

    CHECK(person_data(&r, &s, now_us, &ask, 1, &arena, &v, &err) == ERR_INVALID);
    arena_release(&arena);
}

int main(void)
{
    static const struct {
        const char *name, *text;
    } fills[] = {{"orders", fill_orders},
                 {"lines", fill_lines},
                 {"products", fill_products},
                 {"people", fill_people},
                 {"views", fill_views}};

    live_begin();
    for (size_t i = 0; i < TM_COUNT(fills); i++)
        live_sql(fills[i].name, fills[i].text);
    shop_begin(NULL, 0);
    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    for (size_t i = 0; i < TM_COUNT(fills); i++) {
        char name[64];

        snprintf(name, sizeof(name), "test/%s", fills[i].name);
        CHECK_OK(engine_run(engine, name, NULL, 0, &err), err);
    }
    shop_resolve(TIME_NONE);
    test_parts();
    test_person();
    test_blocks();
    test_catalogue();
    test_preview();
    test_bad_data();
    pseudonyms_close(keys);
    return shop_end();
}
