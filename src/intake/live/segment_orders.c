/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Orders of a shop whose ledger Segment is: most shops have another, whose orders these repeat. */
#include "intake/live/segment_parts.h"

#include "base/json_amount.h"
#include "shop/event.h"

struct order_writing {
    struct segment_message *m;
    struct str order_key, currency;
    int decimals;
};

static int64_t amount(const struct order_writing *w, const char *name)
{
    return json_minor(json_get(w->m->properties, name), w->decimals);
}

/* `total` is all that was owed; `revenue` is without shipping and tax. */
static int64_t total_of(const struct order_writing *w, const struct order_record *order)
{
    int64_t total = amount(w, "total"), part;

    if (total != AMOUNT_NONE)
        return total;
    total = order->subtotal;
    for (int i = 0; i < 2 && total != AMOUNT_NONE; i++) {
        part = i ? order->tax : order->shipping;
        if (part != AMOUNT_NONE && __builtin_add_overflow(total, part, &total))
            total = AMOUNT_NONE;
    }
    return total;
}

static enum err_code put_order(const struct order_writing *w, bool cancelled, struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    const struct segment_message *m = w->m;

    order.line = m->message->seq;
    order.order_key = w->order_key;
    order.number = w->order_key;
    order.kind = STR_LIT("sale");
    order.status = cancelled ? STR_LIT("cancelled") : STR_LIT("paid");
    order.ordered_at = m->at_us;
    order.cancelled_at = cancelled ? m->at_us : TIME_NONE;
    order.currency = w->currency;
    order.subtotal = amount(w, "subtotal");
    if (order.subtotal == AMOUNT_NONE)
        order.subtotal = amount(w, "revenue");
    order.shipping = amount(w, "shipping");
    order.tax = amount(w, "tax");
    order.discount = amount(w, "discount");
    order.total = total_of(w, &order);
    order.discount_code = json_text(json_get(m->properties, "coupon"), STR_NONE);
    order.email = m->email;
    order.phone = m->phone;
    order.user_id = m->user_id;
    order.anonymous_id = m->anonymous_id;
    return live_put(m->run, RECORD_ORDER, &order, err);
}

static int64_t times(int64_t micros, double quantity)
{
    double x = (double)micros * quantity;

    return micros != AMOUNT_NONE && fabs(x) < 9e15 ? llround(x) : AMOUNT_NONE;
}

static double quantity_of(struct json_value product)
{
    double quantity = json_real(json_get(product, "quantity"), 1);

    return quantity >= 0 && quantity < 1e9 ? quantity : 1;
}

static enum err_code put_line(const struct order_writing *w, struct json_value product,
                              struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    struct segment_number key, sku;

    line.line = w->m->message->seq;
    line.order_key = w->order_key;
    line.product_key = segment_text(segment_get(product, "product_id", "id"), &key);
    line.sku = segment_text(json_get(product, "sku"), &sku);
    line.title = json_text(json_get(product, "name"), STR_NONE);
    line.vendor = json_text(json_get(product, "brand"), STR_NONE);
    line.category = json_text(json_get(product, "category"), STR_NONE);
    line.quantity = quantity_of(product);
    line.unit_price = json_micros(json_get(product, "price"));
    line.total = times(line.unit_price, line.quantity);
    line.currency = w->currency;
    return live_put(w->m->run, RECORD_LINE, &line, err);
}

static enum err_code put_sale(const struct order_writing *w, bool cancelled, struct err *err)
{
    TRY(put_order(w, cancelled, err));
    for (struct json_iter it = json_iter(json_get(w->m->properties, "products"));
         json_iter_next(&it);)
        TRY(put_line(w, it.value, err));
    return ERR_OK;
}

/* A refund of some lines may name these alone. */
static int64_t lines_total(const struct order_writing *w)
{
    int64_t sum = AMOUNT_NONE;

    for (struct json_iter it = json_iter(json_get(w->m->properties, "products"));
         json_iter_next(&it);) {
        int64_t micros = times(json_micros(json_get(it.value, "price")), quantity_of(it.value));

        if (micros == AMOUNT_NONE ||
            __builtin_add_overflow(sum == AMOUNT_NONE ? 0 : sum, micros, &sum))
            return AMOUNT_NONE;
    }
    return money_from_micros(sum, w->decimals);
}

static enum err_code put_refund(const struct order_writing *w, struct err *err)
{
    static const char *const names[] = {"total", "revenue", "value"};
    struct refund_record refund = RECORD_INIT(refund, REFUND_COLUMNS);

    refund.line = w->m->message->seq;
    refund.refund_key = w->m->message->id;
    refund.order_key = w->order_key;
    refund.refunded_at = w->m->at_us;
    refund.currency = w->currency;
    refund.amount = segment_amount(w->m, names, TM_COUNT(names), w->decimals);
    if (refund.amount == AMOUNT_NONE)
        refund.amount = lines_total(w);
    if (refund.amount == AMOUNT_NONE)
        return ERR_OK;
    if (refund.amount < 0)
        refund.amount = -refund.amount;
    return live_put(w->m->run, RECORD_REFUND, &refund, err);
}

enum err_code segment_put_order(struct segment_message *m, struct str order_key, struct err *err)
{
    struct order_writing w = {.m = m, .order_key = order_key};
    char name[EVENT_NAME_MAX], code[4];
    struct str event = event_canonical(m->event, name);

    w.currency = segment_currency(m, code);
    if (!w.currency.n)
        return ERR_OK;
    w.decimals = currency_decimals(w.currency);
    if (str_eqz(event, "order_refund"))
        return put_refund(&w, err);
    return put_sale(&w, !str_eqz(event, "order_complete"), err);
}
