/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/about.h"

#include "base/json_amount.h"
#include "base/json_write.h"
#include "base/parse.h"

static const struct json_value nothing = {NULL, 0};

/* The first of these members that is there. */
static struct json_value member(struct json_value v, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct json_value found = json_get(v, names[i]);

        if (json_type_of(found) > JSON_NULL)
            return found;
    }
    return nothing;
}

#define MEMBER(v, ...)                                                                             \
    member((v), (const char *const[]){__VA_ARGS__}, TM_COUNT(((const char *const[]){__VA_ARGS__})))

struct number {
    char text[32];
};

/* Text, or a whole number as text. */
static struct str text_of(struct json_value v, struct number *number)
{
    int n;

    if (json_type_of(v) != JSON_INT)
        return str_trim(json_text(v, STR_NONE));
    n = snprintf(number->text, sizeof(number->text), "%" PRId64, json_integer(v, 0));
    return (struct str){number->text, (size_t)n};
}

/* Whole characters of it. */
static struct str cut(struct str text, size_t most)
{
    size_t n = text.n < most ? text.n : most;

    while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    return (struct str){text.p, n};
}

/* ---- names -------------------------------------------------------------------------------- */

static void set(char *to, size_t size, struct json_value v)
{
    struct str text = str_trim(json_text(v, STR_NONE));

    if (!*to && text.n)
        snprintf(to, size, "%.*s", (int)cut(text, size - 1).n, text.p);
}

static void set_names(struct told_contact *c, struct json_value of)
{
    set(c->first_name, sizeof(c->first_name), MEMBER(of, "firstName", "first_name"));
    set(c->last_name, sizeof(c->last_name), MEMBER(of, "lastName", "last_name"));
    set(c->language, sizeof(c->language), MEMBER(of, "language", "locale"));
}

void about_names(struct json_value root, struct told *io)
{
    struct json_value context = json_get(root, "context"), payload = json_get(root, "payload");

    set_names(&io->contact, json_get(context, "traits"));
    set_names(&io->contact, json_get(payload, "customer"));
    set_names(&io->contact, json_get(payload, "billing_address"));
    set_names(&io->contact, json_get(payload, "billing"));
    set(io->contact.language, sizeof(io->contact.language), json_get(payload, "customer_locale"));
    set(io->contact.language, sizeof(io->contact.language), json_get(context, "locale"));
    set(io->contact.zone, sizeof(io->contact.zone), json_get(context, "timezone"));
}

/* ---- webhooks ----------------------------------------------------------------------------- */

static int64_t time_of(struct json_value v)
{
    struct read_style style = {.dates = DATES_UNKNOWN};
    struct str text = json_text(v, STR_NONE);
    int64_t at = TIME_NONE;

    if (!text.n || parse_time(text, &style, &at, NULL) != ERR_OK || at < 0)
        return TIME_NONE;
    return at;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Shopify: each parcel is a fulfillment, and the order is "fulfilled" with the last of them. */
static void shopify_order(struct json_value order, struct hook_news *out)
{
    bool all = true, any = false;
    int64_t sent_us = TIME_NONE, here_us = TIME_NONE;

    for (struct json_iter it = json_iter(json_get(order, "fulfillments")); json_iter_next(&it);) {
        any = true;
        all &= str_eqz(json_text(json_get(it.value, "shipment_status"), STR_NONE), "delivered");
        sent_us = later(sent_us, time_of(json_get(it.value, "created_at")));
        here_us = later(here_us, time_of(json_get(it.value, "updated_at")));
    }
    if (!any || !str_eqz(json_text(json_get(order, "fulfillment_status"), STR_NONE), "fulfilled"))
        return;
    out->shipped_us = sent_us;
    out->delivered_us = all ? here_us : TIME_NONE;
}

/* WooCommerce: "completed" is sent by the shop's own words; plugins add the other two. */
static void woo_order(struct json_value order, struct hook_news *out)
{
    struct str status = json_text(json_get(order, "status"), STR_NONE);
    int64_t done_us = time_of(MEMBER(order, "date_completed_gmt", "date_completed"));
    int64_t changed_us = time_of(MEMBER(order, "date_modified_gmt", "date_modified"));

    if (str_eqz(status, "completed") || str_eqz(status, "shipped"))
        out->shipped_us = done_us != TIME_NONE ? done_us : changed_us;
    if (str_eqz(status, "delivered"))
        out->delivered_us = changed_us;
    out->unplaced = str_eqz(status, "pending") || str_eqz(status, "checkout-draft") ||
                    str_eqz(status, "auto-draft");
}

void about_hook(struct json_value root, struct hook_news *out)
{
    struct str topic = json_text(json_get(root, "topic"), STR_NONE);
    struct json_value payload = json_get(root, "payload");

    *out = (struct hook_news){.shipped_us = TIME_NONE, .delivered_us = TIME_NONE};
    if (str_starts(topic, "orders/"))
        shopify_order(payload, out);
    else if (str_starts(topic, "order."))
        woo_order(payload, out);
    else if (str_eqz(topic, "customers/create") || str_eqz(topic, "customer.created"))
        out->customer = json_integer(json_get(payload, "id"), 0);
}

/* ---- products ----------------------------------------------------------------------------- */

struct writing {
    struct json_writer w;
    const char *currency; /* of amounts; "" when not known */
    int decimals;         /* below 0: amounts cannot be told */
};

static void put_text(struct writing *g, const char *key, struct json_value v, size_t most)
{
    struct number number;
    struct str text = text_of(v, &number);

    if (text.n)
        json_key_string(&g->w, key, cut(text, most));
}

/* A page or picture: of the web, whole. */
static void put_url(struct writing *g, const char *key, struct json_value v)
{
    struct str url = str_trim(json_text(v, STR_NONE));

    if (url.n <= 500 && (str_starts(url, "https://") || str_starts(url, "http://")))
        json_key_string(&g->w, key, url);
}

static void put_amount(struct writing *g, const char *key, struct json_value v)
{
    int64_t amount = json_minor(v, g->decimals);

    if (amount != AMOUNT_NONE)
        json_key_int(&g->w, key, amount);
}

static struct json_value picture_of(struct json_value product)
{
    struct json_value image = MEMBER(product, "image_url", "imageUrl", "image");

    return json_type_of(image) == JSON_OBJECT ? json_get(image, "src") : image;
}

static void put_product(struct writing *g, struct json_value product)
{
    int64_t quantity = json_integer(json_get(product, "quantity"), 1);

    json_begin_object(&g->w);
    put_text(g, "id", MEMBER(product, "product_id", "productId", "id", "sku"), 100);
    put_text(g, "title", MEMBER(product, "name", "title"), TOLD_TEXT);
    put_url(g, "url", MEMBER(product, "url", "product_url", "permalink"));
    put_url(g, "image", picture_of(product));
    put_amount(g, "price", json_get(product, "price"));
    json_key_int(&g->w, "quantity", quantity > 0 ? quantity : 1);
    json_end_object(&g->w);
}

static bool is_product(struct json_value v)
{
    return MEMBER(v, "product_id", "productId", "sku").doc && MEMBER(v, "name", "title").doc;
}

/* The list, or the one product that the event itself is about. */
static void put_products(struct writing *g, struct json_value what)
{
    struct json_value list = MEMBER(what, "products", "line_items");
    int n = 0;

    json_key(&g->w, "products");
    json_begin_array(&g->w);
    for (struct json_iter it = json_iter(list); json_iter_next(&it) && n < ABOUT_PRODUCTS_MAX; n++)
        put_product(g, it.value);
    if (!n && is_product(what))
        put_product(g, what);
    json_end_array(&g->w);
}

/* ---- what it is about --------------------------------------------------------------------- */

static void put_contact(struct writing *g, const struct told_contact *c)
{
    const struct {
        const char *key, *text;
    } members[] = {{"email", c->email},
                   {"phone", c->phone},
                   {"first_name", c->first_name},
                   {"last_name", c->last_name},
                   {"language", c->language},
                   {"country", c->country},
                   {"zone", c->zone}};

    json_key(&g->w, "contact");
    json_begin_object(&g->w);
    for (size_t i = 0; i < TM_COUNT(members); i++)
        if (*members[i].text)
            json_key_stringz(&g->w, members[i].key, members[i].text);
    json_end_object(&g->w);
}

static void put_order(struct writing *g, struct json_value what, const struct told *told)
{
    json_key(&g->w, "order");
    json_begin_object(&g->w);
    json_key_stringz(&g->w, "number", told->order_number);
    if (told->value != AMOUNT_NONE)
        json_key_int(&g->w, "total", told->value);
    json_key_stringz(&g->w, "currency", g->currency);
    put_url(g, "url", MEMBER(what, "order_url", "url"));
    put_products(g, what);
    json_end_object(&g->w);
}

static void put_cart(struct writing *g, struct json_value what, const struct told *told)
{
    json_key(&g->w, "cart");
    json_begin_object(&g->w);
    put_url(g, "url", MEMBER(what, "cart_url", "checkout_url"));
    if (told->value != AMOUNT_NONE)
        json_key_int(&g->w, "value", told->value);
    json_key_stringz(&g->w, "currency", g->currency);
    put_products(g, what);
    json_end_object(&g->w);
}

static bool starts_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

void about_write(struct json_value root, const struct told *told, const char *happening,
                 const char *currency, struct buf *out)
{
    struct json_value payload = json_get(root, "payload");
    struct json_value what = payload.doc ? payload : json_get(root, "properties");
    struct writing g = {.w = JSON_WRITER(out),
                        .currency = *told->currency ? told->currency : currency};

    g.decimals = strlen(g.currency) == 3 ? currency_decimals(str_of(g.currency)) : -1;
    json_begin_object(&g.w);
    json_key_stringz(&g.w, "event", happening);
    put_contact(&g, &told->contact);
    if (starts_with(happening, "order_"))
        put_order(&g, what, told);
    else if (starts_with(happening, "cart_") || starts_with(happening, "checkout_"))
        put_cart(&g, what, told);
    if (is_product(what)) {
        json_key(&g.w, "product");
        put_product(&g, what);
    }
    json_end_object(&g.w);
}
