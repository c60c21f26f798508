/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* WooCommerce's webhooks (version 3 of its REST API). */
#include "base/i18n.h"
#include "base/json_amount.h"
#include "base/money.h"
#include "intake/import/fields.h"
#include "intake/live/hook_parts.h"
#include "shop/product.h"
#include "shop/order.h"

#define META "_wc_order_attribution_"

/* ---- an order ----------------------------------------------------------------------------- */

static struct json_value meta(struct json_value v, const char *name)
{
    for (struct json_iter it = json_iter(json_get(v, "meta_data")); json_iter_next(&it);)
        if (str_eqz(json_text(json_get(it.value, "key"), STR_NONE), name))
            return json_get(it.value, "value");
    return (struct json_value){NULL, 0};
}

static struct str lower(const struct hook_message *m, struct json_value v)
{
    char *text = arena_strdup(m->run->arena, hook_text(m, v));

    for (char *p = text; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return str_of(text);
}

/* "_gmt" times name no zone; those without it are the shop's own clock. */
static int64_t time_of(struct json_value v, const char *gmt, const char *local)
{
    int64_t at = hook_time(json_get(v, gmt));

    return at != TIME_NONE ? at : hook_time(json_get(v, local));
}

static int64_t version_of(const struct hook_message *m)
{
    int64_t at = time_of(m->payload, "date_modified_gmt", "date_modified");

    return at != TIME_NONE ? at : m->message->received_us;
}

static int64_t refunded(struct json_value v, int decimals)
{
    int64_t sum = AMOUNT_NONE;

    for (struct json_iter it = json_iter(json_get(v, "refunds")); json_iter_next(&it);) {
        int64_t part = json_minor(json_get(it.value, "total"), decimals);

        sum = hook_plus(sum, part == AMOUNT_NONE || part > 0 ? part : -part);
    }
    return sum;
}

static void set_amounts(struct json_value v, int decimals, struct order_record *order)
{
    order->total = json_minor(json_get(v, "total"), decimals);
    order->shipping = json_minor(json_get(v, "shipping_total"), decimals);
    order->tax = json_minor(json_get(v, "total_tax"), decimals);
    order->discount = json_minor(json_get(v, "discount_total"), decimals);
    order->refunded = refunded(v, decimals);
    for (struct json_iter it = json_iter(json_get(v, "line_items")); json_iter_next(&it);)
        order->subtotal =
            hook_plus(order->subtotal, json_minor(json_get(it.value, "total"), decimals));
}

static void set_buyer(const struct hook_message *m, struct order_record *order)
{
    struct json_value v = m->payload, billing = json_get(v, "billing");
    const char *status = order_status_woo(json_text(json_get(v, "status"), STR_NONE));

    order->status = status ? str_of(status) : STR_LIT("pending");
    order->email = hook_email(m, json_get(billing, "email"));
    order->phone = hook_phone(m, json_get(billing, "phone"));
    order->customer_id = hook_id(m, json_get(v, "customer_id")); /* 0 is a guest: "" */
    order->country = hook_text(m, json_get(json_get(v, "shipping"), "country"));
    if (!order->country.n)
        order->country = hook_text(m, json_get(billing, "country"));
    for (struct json_iter it = json_iter(json_get(v, "coupon_lines"));
         json_iter_next(&it) && !order->discount_code.n;)
        order->discount_code = hook_text(m, json_get(it.value, "code"));
    if (str_icontains(json_text(json_get(v, "created_via"), STR_NONE), "pos"))
        order->sales_channel = STR_LIT("pos");
}

static void set_origin(const struct hook_message *m, struct order_record *order)
{
    struct json_value v = m->payload;

    order->attribution = lower(m, meta(v, META "source_type"));
    order->utm_source = hook_text(m, meta(v, META "utm_source"));
    order->utm_medium = hook_text(m, meta(v, META "utm_medium"));
    order->utm_campaign = hook_text(m, meta(v, META "utm_campaign"));
    order->referrer = hook_text(m, meta(v, META "referrer"));
    order->device = lower(m, meta(v, META "device_type"));
    if (str_eqz(order->utm_source, "(direct)"))
        order->utm_source = STR_NONE;
    order_finish(order, STR_NONE);
}

static enum err_code put_line(struct hook_message *m, const struct order_record *order,
                              struct json_value v, struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    int64_t n = hook_count(json_get(v, "quantity"));
    int64_t before = json_micros(json_get(v, "subtotal"));

    line.line = m->message->seq;
    line.order_key = order->order_key;
    line.product_key = hook_id(m, json_get(v, "product_id"));
    line.sku = hook_text(m, json_get(v, "sku"));
    line.title = hook_text(m, json_get(v, "name"));
    line.quantity = n == AMOUNT_NONE ? (double)NAN : (double)n;
    line.total = json_micros(json_get(v, "total"));
    line.discount = micros_minus(before, line.total);
    line.unit_price = n == AMOUNT_NONE ? AMOUNT_NONE : micros_over(before, n * 1000000);
    line.currency = order->currency;
    line.updated_at = order->updated_at;
    return live_put(m->run, RECORD_LINE, &line, err);
}

/* WooCommerce itself asks nobody; Mailchimp's plugin keeps an answer with an order and a customer.
 * It may be a box that was ticked beforehand: no way is told, and it lifts no withdrawal. */
static enum err_code put_answer(struct hook_message *m, const struct consent_record *who,
                                struct err *err)
{
    static const char key[] = "mailchimp_woocommerce_is_subscribed";
    struct str told = hook_text(m, meta(m->payload, key));
    struct consent_record consent = *who;
    bool of_order = consent.changed_at != TIME_NONE;

    if (!str_eqz(told, "1") && (of_order || !str_eqz(told, "0")))
        return ERR_OK; /* a box that was not ticked takes nothing back */
    consent.line = m->message->seq;
    consent.channel = STR_LIT("email");
    consent.state = str_eqz(told, "1") ? STR_LIT("granted") : STR_LIT("denied");
    consent.proof = str_of(key);
    if (str_eqz(told, "0"))
        consent.changed_at = version_of(m);
    return consent.email.n ? live_put(m->run, RECORD_CONSENT, &consent, err) : ERR_OK;
}

static enum err_code put_order_consent(struct hook_message *m, const struct order_record *order,
                                       struct err *err)
{
    struct consent_record who = RECORD_INIT(consent, CONSENT_COLUMNS);

    who.profile_key = order->customer_id;
    who.customer_id = order->customer_id;
    who.email = order->email;
    who.changed_at = order->ordered_at;
    return put_answer(m, &who, err);
}

static enum err_code put_order(struct hook_message *m, struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct json_value v = m->payload;

    order.line = m->message->seq;
    order.order_key = m->id;
    order.number = hook_text(m, json_get(v, "number"));
    if (!order.number.n)
        order.number = m->id;
    order.ordered_at = time_of(v, "date_created_gmt", "date_created");
    order.paid_at = time_of(v, "date_paid_gmt", "date_paid");
    order.updated_at = version_of(m);
    order.currency = hook_currency(m, json_text(json_get(v, "currency"), STR_NONE));
    set_amounts(v, currency_decimals(order.currency), &order);
    if (order.total == AMOUNT_NONE || order.ordered_at == TIME_NONE || !order.currency.n) {
        live_reject(m->run, LIVE_NO_TOTAL);
        return ERR_OK;
    }
    set_buyer(m, &order);
    set_origin(m, &order);
    for (struct json_iter it = json_iter(json_get(v, "line_items")); json_iter_next(&it);)
        TRY(put_line(m, &order, it.value, err));
    TRY(live_put(m->run, RECORD_ORDER, &order, err));
    return put_order_consent(m, &order, err);
}

/* ---- customers and products --------------------------------------------------------------- */

static enum err_code put_customer(struct hook_message *m, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct consent_record who = RECORD_INIT(consent, CONSENT_COLUMNS);
    struct json_value v = m->payload, billing = json_get(v, "billing");

    person.line = m->message->seq;
    person.profile_key = m->id;
    person.customer_id = m->id;
    person.user_id = hook_id(m, json_get(v, "username"));
    person.email = hook_email(m, json_get(v, "email"));
    person.phone = hook_phone(m, json_get(billing, "phone"));
    person.first_name = hook_text(m, json_get(v, "first_name"));
    person.last_name = hook_text(m, json_get(v, "last_name"));
    person.country = hook_text(m, json_get(billing, "country"));
    person.region = hook_text(m, json_get(billing, "state"));
    person.city = hook_text(m, json_get(billing, "city"));
    person.postal_code = hook_text(m, json_get(billing, "postcode"));
    person.created_at = time_of(v, "date_created_gmt", "date_created");
    person.updated_at = version_of(m);
    TRY(live_put(m->run, RECORD_PERSON, &person, err));
    who.profile_key = m->id;
    who.customer_id = m->id;
    who.email = person.email;
    return put_answer(m, &who, err);
}

static struct str picture_of(struct json_value product)
{
    struct json_iter it = json_iter(json_get(product, "images"));

    return json_iter_next(&it) ? product_address(json_text(json_get(it.value, "src"), STR_NONE))
                               : STR_NONE;
}

static enum err_code put_product(struct hook_message *m, struct err *err)
{
    struct product_record product = RECORD_INIT(product, PRODUCT_COLUMNS);
    struct json_value v = m->payload;

    product.line = m->message->seq;
    product.product_key = m->id;
    product.product_id = m->id;
    product.sku = hook_text(m, json_get(v, "sku"));
    product.title = hook_text(m, json_get(v, "name"));
    product.url = product_address(json_text(json_get(v, "permalink"), STR_NONE));
    product.image = picture_of(v);
    for (struct json_iter it = json_iter(json_get(v, "categories"));
         json_iter_next(&it) && !product.category.n;)
        product.category = hook_text(m, json_get(it.value, "name"));
    product.status = hook_text(m, json_get(v, "status"));
    product.price = json_micros(json_get(v, "price"));
    product.currency = hook_currency(m, STR_NONE);
    product.created_at = time_of(v, "date_created_gmt", "date_created");
    product.updated_at = version_of(m);
    return live_put(m->run, RECORD_PRODUCT, &product, err);
}

/* ---- topics ------------------------------------------------------------------------------- */

static const struct hook_topic topics[] = {
    {.name = "order.created", .put = put_order},
    {.name = "order.updated", .put = put_order},
    {.name = "order.restored", .put = put_order},
    {.name = "order.deleted", .put = hook_put_order_gone},
    {.name = "customer.created", .put = put_customer},
    {.name = "customer.updated", .put = put_customer},
    {.name = "customer.deleted", .put = hook_put_forgotten},
    {.name = "product.created", .put = put_product},
    {.name = "product.updated", .put = put_product},
    {.name = "product.restored", .put = put_product},
    {.name = "product.deleted", .put = hook_put_product_gone},
    {.name = "coupon.", .has_no_id = true}, /* all of them */
    {.name = "action.", .has_no_id = true},
};

static const char *const dropped[] = {
    "customer_ip_address",
    "customer_user_agent",
    "order_key",
    "transaction_id",
    "cart_hash",
    "customer_note",
    "_links",
    "payment_url",
    NULL,
};

/* "webhook_id=12": what WooCommerce sends when a webhook is saved. */
static bool is_ping(struct str body)
{
    static const char name[] = "webhook_id=";
    size_t n = sizeof(name) - 1;

    if (!str_starts(body, name) || body.n == n || body.n > n + 20)
        return false;
    for (size_t i = n; i < body.n; i++)
        if (!isdigit((unsigned char)body.p[i]))
            return false;
    return true;
}

const struct hook_system woocommerce_hooks = {
    .protocol = "woocommerce",
    .headers = {[HOOK_TOPIC] = "X-WC-Webhook-Topic",
                [HOOK_SIGNATURE] = "X-WC-Webhook-Signature",
                [HOOK_SHOP] = "X-WC-Webhook-Source",
                [HOOK_DELIVERY] = "X-WC-Webhook-Delivery-ID"},
    .topics = topics,
    .topic_count = TM_COUNT(topics),
    .dropped = dropped,
    .is_ping = is_ping,
    .ids_repeat = true,
};

static enum err_code records(struct live_run *run, const struct live_message *message,
                             struct err *err)
{
    return hook_records(&woocommerce_hooks, run, message, err);
}

const struct live_protocol woocommerce_protocol = {
    .name = "woocommerce",
    .title = N_("WooCommerce webhooks"),
    .keys = "woocommerce",
    .records = records,
};
