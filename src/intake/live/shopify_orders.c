/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shopify's orders and refunds. Amounts are the shop's: what the buyer was shown in another
 * currency (presentment) is left alone. */
#include "intake/live/hook_parts.h"

#include "base/json_amount.h"
#include "intake/import/fields.h"
#include "shop/landing.h"
#include "shop/order.h"

static struct json_value shop_money(struct json_value v, const char *set)
{
    return json_get(json_get(v, set), "shop_money");
}

/* ---- where the buyer came from ------------------------------------------------------------ */

static struct str campaign_value(const struct hook_message *m, struct str page, const char *name)
{
    char raw[LANDING_VALUE_MAX], out[LANDING_VALUE_MAX];

    return arena_str(m->run->arena,
                     landing_campaign_value(landing_parameter(page, name, raw), out));
}

/* Wallets begin their checkouts at an address of their own, which hides where they came from. */
static bool is_hidden(struct str page)
{
    return str_icontains(page, "/wallets/checkouts");
}

void shopify_origin(const struct hook_message *m, struct json_value v, struct shopify_origin *out)
{
    struct str page = json_text(json_get(v, "landing_site"), STR_NONE);
    struct str referrer = json_text(json_get(v, "referring_site"), STR_NONE);

    *out = (struct shopify_origin){.page = is_hidden(page) ? STR_NONE : page};
    out->source = campaign_value(m, out->page, "utm_source");
    out->medium = campaign_value(m, out->page, "utm_medium");
    out->campaign = campaign_value(m, out->page, "utm_campaign");
    out->click_id = landing_click(out->page);
    if (!str_ieq(landing_host(referrer), m->shop)) /* from a page of its own */
        out->referrer = referrer;
}

/* ---- an order ----------------------------------------------------------------------------- */

struct order_writing {
    struct hook_message *m;
    struct json_value v;
    struct str key, currency;
    int decimals;
    int64_t updated_at;
};

static int64_t amount(const struct order_writing *w, const char *name, const char *set)
{
    struct json_value told = json_get(shop_money(w->v, set), "amount");

    return json_minor(told.doc ? told : json_get(w->v, name), w->decimals);
}

static int64_t shipping_of(const struct order_writing *w)
{
    struct json_value told = json_get(shop_money(w->v, "total_shipping_price_set"), "amount");
    int64_t sum = AMOUNT_NONE;

    if (told.doc)
        return json_minor(told, w->decimals);
    for (struct json_iter it = json_iter(json_get(w->v, "shipping_lines")); json_iter_next(&it);)
        sum = hook_plus(sum, json_minor(json_get(it.value, "price"), w->decimals));
    return sum;
}

static bool is_bogus(struct json_value v)
{
    bool bogus = json_boolean(json_get(v, "test"), false) ||
                 str_icontains(json_text(json_get(v, "gateway"), STR_NONE), "bogus");

    for (struct json_iter it = json_iter(json_get(v, "payment_gateway_names"));
         json_iter_next(&it);)
        bogus |= str_icontains(json_text(it.value, STR_NONE), "bogus");
    return bogus;
}

/* Shopify tells no time of payment: it is that of the first payment that went through. */
static int64_t paid_at_of(const struct order_writing *w, struct str status)
{
    int64_t paid_at = TIME_NONE;

    for (struct json_iter it = json_iter(json_get(w->v, "transactions")); json_iter_next(&it);) {
        struct str kind = json_text(json_get(it.value, "kind"), STR_NONE);
        int64_t at = hook_time(json_get(it.value, "processed_at"));

        if ((str_eqz(kind, "sale") || str_eqz(kind, "capture")) && at != TIME_NONE &&
            str_eqz(json_text(json_get(it.value, "status"), STR_NONE), "success") &&
            (paid_at == TIME_NONE || at < paid_at))
            paid_at = at;
    }
    if (paid_at == TIME_NONE && str_eqz(status, "paid"))
        paid_at = hook_time(json_get(w->v, "processed_at"));
    return paid_at;
}

static struct str status_of(struct json_value v, int64_t cancelled_at)
{
    const char *status = order_status_shopify(json_text(json_get(v, "financial_status"), STR_NONE));

    if (cancelled_at != TIME_NONE)
        return STR_LIT("cancelled");
    return status ? str_of(status) : STR_LIT("pending");
}

static struct str country_of(const struct hook_message *m, struct json_value v)
{
    struct str code = hook_text(m, json_get(json_get(v, "shipping_address"), "country_code"));

    return code.n ? code : hook_text(m, json_get(json_get(v, "billing_address"), "country_code"));
}

static void set_amounts(const struct order_writing *w, struct order_record *order)
{
    order->currency = w->currency;
    order->subtotal = amount(w, "subtotal_price", "subtotal_price_set");
    order->shipping = shipping_of(w);
    order->tax = amount(w, "total_tax", "total_tax_set");
    order->discount = amount(w, "total_discounts", "total_discounts_set");
    order->total = amount(w, "total_price", "total_price_set");
}

static void set_buyer(const struct order_writing *w, struct order_record *order)
{
    const struct hook_message *m = w->m;
    struct json_value customer = json_get(w->v, "customer");
    struct json_value first = json_get(w->v, "discount_codes");

    order->email = hook_email(m, json_get(w->v, "email"));
    if (!order->email.n)
        order->email = hook_email(m, json_get(customer, "email"));
    order->phone = hook_phone(m, json_get(w->v, "phone"));
    if (!order->phone.n)
        order->phone = hook_phone(m, json_get(json_get(w->v, "billing_address"), "phone"));
    order->customer_id = hook_id(m, json_get(customer, "id"));
    for (struct json_iter it = json_iter(first); json_iter_next(&it) && !order->discount_code.n;)
        order->discount_code = hook_text(m, json_get(it.value, "code"));
    order->country = country_of(m, w->v);
    if (json_type_of(json_get(w->v, "buyer_accepts_marketing")) == JSON_BOOL)
        order->accepts_marketing = json_boolean(json_get(w->v, "buyer_accepts_marketing"), false);
}

static void set_origin(const struct order_writing *w, struct order_record *order)
{
    struct shopify_origin origin;

    shopify_origin(w->m, w->v, &origin);
    order->sales_channel = hook_text(w->m, json_get(w->v, "source_name"));
    order->utm_source = origin.source;
    order->utm_medium = origin.medium;
    order->utm_campaign = origin.campaign;
    order->referrer = origin.referrer;
    if (origin.page.n && !origin.source.n && !origin.medium.n && !origin.referrer.n &&
        !origin.click_id.n)
        order->attribution = STR_LIT("typein");
    order_finish(order, origin.click_id);
}

static enum err_code put_line(const struct order_writing *w, struct json_value v, struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    struct json_value price = json_get(shop_money(v, "price_set"), "amount");
    struct json_value discount = json_get(shop_money(v, "total_discount_set"), "amount");

    line.line = w->m->message->seq;
    line.order_key = w->key;
    /* No product_key: exports know a line by its number and name alone. */
    line.sku = hook_text(w->m, json_get(v, "sku"));
    line.title = hook_text(w->m, json_get(v, "name"));
    if (!line.title.n)
        line.title = hook_text(w->m, json_get(v, "title"));
    line.vendor = hook_text(w->m, json_get(v, "vendor"));
    line.unit_price = json_micros(price.doc ? price : json_get(v, "price"));
    line.discount = json_micros(discount.doc ? discount : json_get(v, "total_discount"));
    hook_line_total(&line, json_get(v, "quantity"));
    line.currency = w->currency;
    line.updated_at = w->updated_at;
    return live_put(w->m->run, RECORD_LINE, &line, err);
}

/* ---- refunds ------------------------------------------------------------------------------ */

/* What went back, in the shop's money, by what was taken back: for refunds paid in another. */
static int64_t refund_by_lines(struct json_value v, int decimals)
{
    int64_t sum = AMOUNT_NONE, part;

    for (struct json_iter it = json_iter(json_get(v, "refund_line_items")); json_iter_next(&it);) {
        part = json_minor(json_get(shop_money(it.value, "subtotal_set"), "amount"), decimals);
        sum = hook_plus(sum, part);
        part = json_minor(json_get(shop_money(it.value, "total_tax_set"), "amount"), decimals);
        sum = hook_plus(sum, part);
    }
    for (struct json_iter it = json_iter(json_get(v, "order_adjustments")); json_iter_next(&it);) {
        part = json_minor(json_get(shop_money(it.value, "amount_set"), "amount"), decimals);
        sum = hook_plus(sum, part == AMOUNT_NONE ? part : -part);
        part = json_minor(json_get(shop_money(it.value, "tax_amount_set"), "amount"), decimals);
        sum = hook_plus(sum, part == AMOUNT_NONE ? part : -part);
    }
    return sum;
}

/* The currency of the shop where the refund tells one. */
static struct str refund_currency(struct json_value v)
{
    struct str code = STR_NONE;

    for (struct json_iter it = json_iter(json_get(v, "refund_line_items"));
         json_iter_next(&it) && !code.n;)
        code = json_text(json_get(shop_money(it.value, "subtotal_set"), "currency_code"), STR_NONE);
    for (struct json_iter it = json_iter(json_get(v, "order_adjustments"));
         json_iter_next(&it) && !code.n;)
        code = json_text(json_get(shop_money(it.value, "amount_set"), "currency_code"), STR_NONE);
    for (struct json_iter it = json_iter(json_get(v, "transactions"));
         json_iter_next(&it) && !code.n;)
        code = json_text(json_get(it.value, "currency"), STR_NONE);
    return code;
}

static int64_t refund_amount(struct json_value v, struct str currency, int decimals)
{
    int64_t sum = AMOUNT_NONE;

    for (struct json_iter it = json_iter(json_get(v, "transactions")); json_iter_next(&it);) {
        struct str status = json_text(json_get(it.value, "status"), STR_NONE);
        struct str code = json_text(json_get(it.value, "currency"), STR_NONE);

        if (!str_eqz(json_text(json_get(it.value, "kind"), STR_NONE), "refund") ||
            (status.n && !str_eqz(status, "success")))
            continue;
        if (code.n && !str_ieq(code, currency))
            return refund_by_lines(v, decimals);
        sum = hook_plus(sum, json_minor(json_get(it.value, "amount"), decimals));
    }
    return sum;
}

/* *out_amount AMOUNT_NONE, and nothing is put, where no money went back. */
static enum err_code put_refund(struct hook_message *m, struct json_value v, struct str order_key,
                                struct str currency, int64_t *out_amount, struct err *err)
{
    struct refund_record refund = RECORD_INIT(refund, REFUND_COLUMNS);

    refund.line = m->message->seq;
    refund.refund_key = hook_id(m, json_get(v, "id"));
    refund.order_key = order_key;
    refund.refunded_at = hook_time(json_get(v, "created_at"));
    refund.currency = currency;
    refund.amount = refund_amount(v, currency, currency_decimals(currency));
    *out_amount = refund.amount;
    if (refund.amount == AMOUNT_NONE || refund.amount <= 0 || !refund.refund_key.n)
        return ERR_OK;
    return live_put(m->run, RECORD_REFUND, &refund, err);
}

enum err_code shopify_put_refund(struct hook_message *m, struct err *err)
{
    struct str order_key = hook_id(m, json_get(m->payload, "order_id"));
    struct str currency = hook_currency(m, refund_currency(m->payload));
    int64_t amount;

    if (!order_key.n || !currency.n) {
        live_reject(m->run, order_key.n ? LIVE_NO_TOTAL : LIVE_NO_ID);
        return ERR_OK;
    }
    return put_refund(m, m->payload, order_key, currency, &amount, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err_code put_parts(const struct order_writing *w, int64_t *out_refunded,
                               struct err *err)
{
    *out_refunded = AMOUNT_NONE;
    for (struct json_iter it = json_iter(json_get(w->v, "line_items")); json_iter_next(&it);)
        TRY(put_line(w, it.value, err));
    for (struct json_iter it = json_iter(json_get(w->v, "refunds")); json_iter_next(&it);) {
        int64_t part;

        TRY(put_refund(w->m, it.value, w->key, w->currency, &part, err));
        *out_refunded = hook_plus(*out_refunded, part);
    }
    return ERR_OK;
}

enum err_code shopify_put_order(struct hook_message *m, struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct order_writing w = {.m = m, .v = m->payload, .key = m->id};
    struct str code =
        json_text(json_get(shop_money(m->payload, "total_price_set"), "currency_code"), STR_NONE);

    w.currency = hook_currency(m, code.n ? code : json_text(json_get(w.v, "currency"), STR_NONE));
    w.decimals = currency_decimals(w.currency);
    w.updated_at = hook_version(m, w.v, "updated_at");
    order.line = m->message->seq;
    order.order_key = w.key;
    order.number = hook_text(m, json_get(w.v, "name"));
    order.ordered_at = hook_time(json_get(w.v, "created_at"));
    order.cancelled_at = hook_time(json_get(w.v, "cancelled_at"));
    order.status = status_of(w.v, order.cancelled_at);
    order.paid_at = paid_at_of(&w, order.status);
    order.updated_at = w.updated_at;
    set_amounts(&w, &order);
    if (order.total == AMOUNT_NONE || order.ordered_at == TIME_NONE || !w.currency.n) {
        live_reject(m->run, LIVE_NO_TOTAL);
        return ERR_OK;
    }
    order.is_test = is_bogus(w.v);
    set_buyer(&w, &order);
    set_origin(&w, &order);
    TRY(put_parts(&w, &order.refunded, err));
    TRY(live_put(m->run, RECORD_ORDER, &order, err));
    return order.customer_id.n ? shopify_put_person(m, json_get(w.v, "customer"), err) : ERR_OK;
}
