/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tidemark's own order format: one row a line of an order; rows of one order_id that follow each
 * other are one order, whose own fields stand in the first (docs/formats.md). */
#include "intake/import/fields.h"
#include "intake/import/order_rows.h"

enum {
    ORDER_ID,
    ORDERED_AT,
    TOTAL,
    SKU,
    PRODUCT_ID,
    TITLE,
    QUANTITY,
    UNIT_PRICE,
    CURRENCY,
    STATUS,
    KIND,
    EMAIL,
    PHONE,
    CUSTOMER_ID,
    USER_ID,
    SUBTOTAL,
    SHIPPING,
    TAX,
    DISCOUNT,
    REFUNDED,
    DISCOUNT_CODE,
    SALES_CHANNEL,
    UTM_SOURCE,
    UTM_MEDIUM,
    UTM_CAMPAIGN,
    REFERRER,
    DEVICE,
    COUNTRY,
    IS_TEST,
    ACCEPTS,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [ORDER_ID] = {{"order_id"}, true},
    [ORDERED_AT] = {{"ordered_at"}, true},
    [TOTAL] = {{"total"}, true},
    [SKU] = {{"sku"}, false},
    [PRODUCT_ID] = {{"product_id"}, false},
    [TITLE] = {{"title"}, false},
    [QUANTITY] = {{"quantity"}, false},
    [UNIT_PRICE] = {{"unit_price"}, false},
    [CURRENCY] = {{"currency"}, false},
    [STATUS] = {{"status"}, false},
    [KIND] = {{"kind"}, false},
    [EMAIL] = {{"email"}, false},
    [PHONE] = {{"phone"}, false},
    [CUSTOMER_ID] = {{"customer_id"}, false},
    [USER_ID] = {{"user_id"}, false},
    [SUBTOTAL] = {{"subtotal"}, false},
    [SHIPPING] = {{"shipping"}, false},
    [TAX] = {{"tax"}, false},
    [DISCOUNT] = {{"discount"}, false},
    [REFUNDED] = {{"refunded"}, false},
    [DISCOUNT_CODE] = {{"discount_code"}, false},
    [SALES_CHANNEL] = {{"sales_channel"}, false},
    [UTM_SOURCE] = {{"utm_source"}, false},
    [UTM_MEDIUM] = {{"utm_medium"}, false},
    [UTM_CAMPAIGN] = {{"utm_campaign"}, false},
    [REFERRER] = {{"referrer"}, false},
    [DEVICE] = {{"device"}, false},
    [COUNTRY] = {{"country"}, false},
    [IS_TEST] = {{"is_test"}, false},
    [ACCEPTS] = {{"accepts_marketing"}, false},
};

/* Words other than those of the format would silently count as sales. */
static bool read_words(struct import_run *run, const struct csv_row *row,
                       struct order_record *order)
{
    order->kind = field_lower(run, row, KIND);
    order->status = field_lower(run, row, STATUS);
    if (order->kind.n > 0 && !field_in_list(order->kind, "sale return")) {
        import_reject(run, row->line, "kind is \"%.*s\", but must be sale or return",
                      (int)(order->kind.n < 40 ? order->kind.n : 40), order->kind.p);
        return false;
    }
    if (order->status.n > 0 &&
        !field_in_list(order->status,
                       "paid pending refunded partially_refunded cancelled failed draft")) {
        import_reject(run, row->line,
                      "status is \"%.*s\", but must be paid, pending, refunded, "
                      "partially_refunded, cancelled, failed or draft",
                      (int)(order->status.n < 40 ? order->status.n : 40), order->status.p);
        return false;
    }
    if (order->status.n == 0)
        order->status = STR_LIT("paid");
    return true;
}

static const struct order_amount amounts[] = {
    {TOTAL, offsetof(struct order_record, total)},
    {SUBTOTAL, offsetof(struct order_record, subtotal)},
    {SHIPPING, offsetof(struct order_record, shipping)},
    {TAX, offsetof(struct order_record, tax)},
    {DISCOUNT, offsetof(struct order_record, discount)},
    {REFUNDED, offsetof(struct order_record, refunded)},
};

static void read_texts(struct import_run *run, const struct csv_row *row,
                       struct order_record *order)
{
    order->number = import_cell(run, row, ORDER_ID);
    order->email = field_email(run, row, EMAIL);
    order->phone = field_phone(run, row, PHONE);
    order->customer_id = field_id(run, row, CUSTOMER_ID);
    order->user_id = field_id(run, row, USER_ID);
    order->discount_code = import_cell(run, row, DISCOUNT_CODE);
    order->sales_channel = import_cell(run, row, SALES_CHANNEL);
    order->utm_source = import_cell(run, row, UTM_SOURCE);
    order->utm_medium = import_cell(run, row, UTM_MEDIUM);
    order->utm_campaign = import_cell(run, row, UTM_CAMPAIGN);
    order->referrer = import_cell(run, row, REFERRER);
    order->device = field_lower(run, row, DEVICE);
    order->country = import_cell(run, row, COUNTRY);
    order->is_test = field_flag(run, row, IS_TEST);
    order->accepts_marketing = field_flag(run, row, ACCEPTS);
}

static enum err_code put_order(struct import_run *run, const struct csv_row *row, bool *out_ok,
                               struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct order_rows *rows = import_state(run);

    TRY(field_currency(run, row, CURRENCY, rows->currency, out_ok, err));
    if (*out_ok)
        TRY(order_rows_amounts(run, row, amounts, TM_COUNT(amounts), &order, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, ORDERED_AT, &order.ordered_at, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    *out_ok = read_words(run, row, &order);
    if (*out_ok && (order.total == AMOUNT_NONE || order.ordered_at == TIME_NONE)) {
        import_reject(run, row->line, "an order needs a time (ordered_at) and a total");
        *out_ok = false;
    }
    if (!*out_ok)
        return ERR_OK;
    read_texts(run, row, &order);
    field_finish(run, RECORD_ORDER, &order);
    return order_rows_put(run, row, &order, err);
}

static enum err_code put_line(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    int64_t quantity = AMOUNT_NONE;
    bool ok;

    line.sku = import_cell(run, row, SKU);
    line.product_key = import_cell(run, row, PRODUCT_ID);
    line.title = import_cell(run, row, TITLE);
    if (line.sku.n + line.product_key.n + line.title.n == 0)
        return ERR_OK;
    TRY(import_micros(run, row, QUANTITY, &quantity, &ok, err));
    if (ok)
        TRY(import_micros(run, row, UNIT_PRICE, &line.unit_price, &ok, err));
    if (!ok)
        return ERR_OK;
    line.total = line_total(quantity, line.unit_price, AMOUNT_NONE);
    return order_rows_put_line(run, row, quantity, &line, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    static const struct order_parts parts = {put_order, put_line};

    return order_rows_by_id(run, row, ORDER_ID, &parts, err);
}

const struct importer tidemark_orders_importer = {
    .name = "tidemark_orders",
    .source = "tidemark",
    .title = N_("Tidemark orders"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
    .state_size = sizeof(struct order_rows),
    .release = order_rows_release,
};
