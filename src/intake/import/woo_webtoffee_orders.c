/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "Order Export & Order Import for WooCommerce" (WebToffee): one row an order, or one an item with
 * the order's cells repeated; order attribution stands in meta columns. */
#include "intake/import/fields.h"
#include "intake/import/order_rows.h"
#include "intake/import/woo_status.h"

enum {
    ORDER_ID,
    NUMBER,
    DATE,
    PAID_DATE,
    STATUS,
    SHIPPING,
    TAX,
    DISCOUNT,
    TOTAL,
    SUBTOTAL,
    CURRENCY,
    CUSTOMER_ID,
    EMAIL,
    PHONE,
    COUNTRY,
    COUPONS,
    SOURCE_TYPE,
    UTM_SOURCE,
    UTM_MEDIUM,
    UTM_CAMPAIGN,
    REFERRER,
    DEVICE,
    PRODUCT_ID,
    ITEM,
    SKU,
    QUANTITY,
    ITEM_SUBTOTAL,
    ITEM_TOTAL,
    REFUNDS,
    COLUMNS
};

#define META "meta:_wc_order_attribution_"

static const struct import_column columns[COLUMNS] = {
    [ORDER_ID] = {{"order_id"}, true},
    [NUMBER] = {{"order_number"}, false},
    [DATE] = {{"order_date"}, true},
    [PAID_DATE] = {{"paid_date"}, false},
    [STATUS] = {{"status", "order_status"}, true},
    [SHIPPING] = {{"shipping_total"}, false},
    [TAX] = {{"tax_total"}, false},
    [DISCOUNT] = {{"discount_total", "cart_discount"}, false},
    [TOTAL] = {{"order_total"}, true},
    [SUBTOTAL] = {{"order_subtotal"}, false},
    [CURRENCY] = {{"order_currency"}, true},
    [CUSTOMER_ID] = {{"customer_id"}, false},
    [EMAIL] = {{"customer_email", "billing_email"}, false},
    [PHONE] = {{"billing_phone"}, false},
    [COUNTRY] = {{"shipping_country", "billing_country"}, false},
    [COUPONS] = {{"coupon_items"}, false},
    [SOURCE_TYPE] = {{META "source_type"}, false},
    [UTM_SOURCE] = {{META "utm_source"}, false},
    [UTM_MEDIUM] = {{META "utm_medium"}, false},
    [UTM_CAMPAIGN] = {{META "utm_campaign"}, false},
    [REFERRER] = {{META "referrer"}, false},
    [DEVICE] = {{META "device_type"}, false},
    [PRODUCT_ID] = {{"item_product_id"}, false},
    [ITEM] = {{"item_name"}, false},
    [SKU] = {{"item_sku"}, false},
    [QUANTITY] = {{"item_quantity"}, false},
    [ITEM_SUBTOTAL] = {{"item_subtotal"}, false},
    [ITEM_TOTAL] = {{"item_total"}, false},
    [REFUNDS] = {{"refund_items"}, false},
};

/* "date:...|amount:-10.00|reason:...;date:...": the amounts of all refunds, positive. */
static bool refunds_of(struct import_run *run, struct str text, const char *currency,
                       int64_t *out_sum)
{
    static const char key[] = "amount:";
    int decimals = currency_decimals(str_of(currency));
    int64_t sum = AMOUNT_NONE;

    for (size_t i = 0; i + sizeof(key) - 1 < text.n; i++) {
        struct str rest = {text.p + i + sizeof(key) - 1, text.n - i - (sizeof(key) - 1)};
        int64_t minor;

        if (memcmp(text.p + i, key, sizeof(key) - 1) != 0)
            continue;
        for (size_t n = 0; n < rest.n; n++)
            if (rest.p[n] == '|' || rest.p[n] == ';')
                rest.n = n;
        if (parse_money(rest, decimals, import_style(run), &minor, NULL) != ERR_OK ||
            minor == AMOUNT_NONE)
            return false;
        if (__builtin_add_overflow(sum == AMOUNT_NONE ? 0 : sum, minor < 0 ? -minor : minor, &sum))
            return false;
    }
    *out_sum = sum;
    return true;
}

static const struct order_amount amounts[] = {
    {TOTAL, offsetof(struct order_record, total)},
    {SUBTOTAL, offsetof(struct order_record, subtotal)},
    {SHIPPING, offsetof(struct order_record, shipping)},
    {TAX, offsetof(struct order_record, tax)},
    {DISCOUNT, offsetof(struct order_record, discount)},
};

static enum err_code read_amounts(struct import_run *run, const struct csv_row *row,
                                  struct order_record *order, bool *out_ok, struct err *err)
{
    const struct order_rows *rows = import_state(run);

    TRY(order_rows_amounts(run, row, amounts, TM_COUNT(amounts), order, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    if (!refunds_of(run, import_cell(run, row, REFUNDS), rows->currency, &order->refunded)) {
        import_reject(run, row->line, "column \"refund_items\" holds no readable amount");
        *out_ok = false;
        return ERR_OK;
    }
    TRY(import_time(run, row, DATE, &order->ordered_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, PAID_DATE, &order->paid_at, out_ok, err));
    if (*out_ok && (order->total == AMOUNT_NONE || order->ordered_at == TIME_NONE)) {
        import_reject(run, row->line, "the order has no date or no total");
        *out_ok = false;
    }
    return ERR_OK;
}

static void read_texts(struct import_run *run, const struct csv_row *row,
                       struct order_record *order)
{
    order->number = field_either(run, row, NUMBER, ORDER_ID);
    order->status = woo_status(run, import_cell(run, row, STATUS));
    order->email = field_email(run, row, EMAIL);
    order->phone = field_phone(run, row, PHONE);
    order->customer_id = field_id(run, row, CUSTOMER_ID); /* 0 is a guest: "" */
    order->discount_code = import_cell(run, row, COUPONS);
    order->country = import_cell(run, row, COUNTRY);
    order->attribution = field_lower(run, row, SOURCE_TYPE);
    order->utm_source = import_cell(run, row, UTM_SOURCE);
    order->utm_medium = import_cell(run, row, UTM_MEDIUM);
    order->utm_campaign = import_cell(run, row, UTM_CAMPAIGN);
    order->referrer = import_cell(run, row, REFERRER);
    order->device = field_lower(run, row, DEVICE);
    if (str_eqz(order->utm_source, "(direct)"))
        order->utm_source = STR_NONE;
}

static enum err_code put_order(struct import_run *run, const struct csv_row *row, bool *out_ok,
                               struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct order_rows *rows = import_state(run);

    TRY(field_currency(run, row, CURRENCY, rows->currency, out_ok, err));
    if (*out_ok)
        TRY(read_amounts(run, row, &order, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    read_texts(run, row, &order);
    field_finish(run, RECORD_ORDER, &order);
    return order_rows_put(run, row, &order, err);
}

static enum err_code put_item(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    int64_t quantity = AMOUNT_NONE, subtotal = AMOUNT_NONE;
    bool ok;

    line.title = import_cell(run, row, ITEM);
    line.product_key = import_cell(run, row, PRODUCT_ID);
    line.sku = import_cell(run, row, SKU);
    if (line.title.n + line.product_key.n + line.sku.n == 0)
        return ERR_OK;
    TRY(import_micros(run, row, QUANTITY, &quantity, &ok, err));
    if (ok)
        TRY(import_micros(run, row, ITEM_SUBTOTAL, &subtotal, &ok, err));
    if (ok)
        TRY(import_micros(run, row, ITEM_TOTAL, &line.total, &ok, err));
    if (!ok)
        return ERR_OK;
    line.discount = micros_minus(subtotal, line.total);
    line.unit_price = micros_over(subtotal, quantity);
    return order_rows_put_line(run, row, quantity, &line, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    static const struct order_parts parts = {put_order, put_item};

    return order_rows_by_id(run, row, ORDER_ID, &parts, err);
}

const struct importer woo_webtoffee_orders_importer = {
    .name = "woo_webtoffee_orders",
    .source = "woocommerce",
    .title = N_("WooCommerce order export (WebToffee)"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
    .state_size = sizeof(struct order_rows),
    .release = order_rows_release,
};
