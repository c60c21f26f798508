/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shopify's orders_export.csv: one row a line item; what concerns the whole order stands only in
 * its first row, Name and Email in all. Older files have fewer columns. */
#include "intake/import/fields.h"
#include "intake/import/order_rows.h"
#include "shop/order.h"

enum {
    NAME,
    EMAIL,
    STATUS,
    PAID_AT,
    ACCEPTS,
    CURRENCY,
    SUBTOTAL,
    SHIPPING,
    TAXES,
    TOTAL,
    CODE,
    DISCOUNT,
    CREATED_AT,
    QUANTITY,
    ITEM,
    PRICE,
    SKU,
    BILLING_COUNTRY,
    BILLING_PHONE,
    SHIPPING_COUNTRY,
    CANCELLED_AT,
    PAYMENT_METHOD,
    REFUNDED,
    VENDOR,
    ID,
    SOURCE,
    LINE_DISCOUNT,
    PHONE,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [NAME] = {{"Name"}, true},
    [EMAIL] = {{"Email"}, true},
    [STATUS] = {{"Financial Status"}, true},
    [PAID_AT] = {{"Paid at"}, false},
    [ACCEPTS] = {{"Accepts Marketing"}, false},
    [CURRENCY] = {{"Currency"}, false},
    [SUBTOTAL] = {{"Subtotal"}, false},
    [SHIPPING] = {{"Shipping"}, false},
    [TAXES] = {{"Taxes"}, false},
    [TOTAL] = {{"Total"}, true},
    [CODE] = {{"Discount Code"}, false},
    [DISCOUNT] = {{"Discount Amount"}, false},
    [CREATED_AT] = {{"Created at"}, true},
    [QUANTITY] = {{"Lineitem quantity"}, true},
    [ITEM] = {{"Lineitem name"}, true},
    [PRICE] = {{"Lineitem price"}, true},
    [SKU] = {{"Lineitem sku"}, false},
    [BILLING_COUNTRY] = {{"Billing Country"}, false},
    [BILLING_PHONE] = {{"Billing Phone"}, false},
    [SHIPPING_COUNTRY] = {{"Shipping Country"}, false},
    [CANCELLED_AT] = {{"Cancelled at"}, false},
    [PAYMENT_METHOD] = {{"Payment Method"}, false},
    [REFUNDED] = {{"Refunded Amount"}, false},
    [VENDOR] = {{"Vendor"}, false},
    [ID] = {{"Id"}, false},
    [SOURCE] = {{"Source"}, false},
    [LINE_DISCOUNT] = {{"Lineitem discount"}, false},
    [PHONE] = {{"Phone"}, false},
};

enum { TEXT_MAX = 256 };

struct state {
    struct order_rows rows;
    struct buf name, id; /* of the order at hand: as people see it, and Shopify's number */
};

static void release(void *memory)
{
    struct state *state = memory;

    order_rows_release(&state->rows);
    buf_release(&state->name);
    buf_release(&state->id);
}

/* Only the first row of an order tells what it came to. */
static bool is_first_row(const struct import_run *run, const struct csv_row *row)
{
    return import_cell(run, row, STATUS).n > 0 || import_cell(run, row, TOTAL).n > 0;
}

static struct str status_of(struct import_run *run, struct str raw, bool is_paid)
{
    const char *status = order_status_shopify(raw);

    if (raw.n == 0)
        return is_paid ? STR_LIT("paid") : STR_LIT("pending");
    if (status)
        return str_of(status);
    import_note(run, "the financial status \"%.*s\" is not known: such orders count as pending",
                (int)(raw.n < 40 ? raw.n : 40), raw.p);
    return STR_LIT("pending");
}

static const struct order_amount amounts[] = {
    {SUBTOTAL, offsetof(struct order_record, subtotal)},
    {SHIPPING, offsetof(struct order_record, shipping)},
    {TAXES, offsetof(struct order_record, tax)},
    {DISCOUNT, offsetof(struct order_record, discount)},
    {TOTAL, offsetof(struct order_record, total)},
    {REFUNDED, offsetof(struct order_record, refunded)},
};

static enum err_code read_amounts(struct import_run *run, const struct csv_row *row,
                                  struct order_record *order, bool *out_ok, struct err *err)
{
    TRY(order_rows_amounts(run, row, amounts, TM_COUNT(amounts), order, out_ok, err));
    if (*out_ok && order->total == AMOUNT_NONE) {
        import_reject(run, row->line, "the order has no total");
        *out_ok = false;
    }
    return ERR_OK;
}

static enum err_code read_times(struct import_run *run, const struct csv_row *row,
                                struct order_record *order, bool *out_ok, struct err *err)
{
    TRY(import_time(run, row, CREATED_AT, &order->ordered_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, PAID_AT, &order->paid_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, CANCELLED_AT, &order->cancelled_at, out_ok, err));
    if (*out_ok && order->ordered_at == TIME_NONE) {
        import_reject(run, row->line, "the order has no time (Created at)");
        *out_ok = false;
    }
    return ERR_OK;
}

static void read_texts(struct import_run *run, const struct csv_row *row,
                       struct order_record *order)
{
    order->number = import_cell(run, row, NAME);
    order->kind = STR_LIT("sale");
    order->status = order->cancelled_at != TIME_NONE ? STR_LIT("cancelled")
                                                     : status_of(run, import_cell(run, row, STATUS),
                                                                 order->paid_at != TIME_NONE);
    order->email = field_email(run, row, EMAIL);
    order->phone = field_phone(run, row, PHONE);
    if (order->phone.n == 0)
        order->phone = field_phone(run, row, BILLING_PHONE);
    order->discount_code = import_cell(run, row, CODE);
    order->sales_channel = import_cell(run, row, SOURCE);
    order->country = field_either(run, row, SHIPPING_COUNTRY, BILLING_COUNTRY);
    order->accepts_marketing = field_flag(run, row, ACCEPTS);
    if (import_has_column(run, PAYMENT_METHOD)) /* Shopify's gateway for trying things out */
        order->is_test = str_icontains(import_cell(run, row, PAYMENT_METHOD), "bogus");
}

static enum err_code put_order(struct import_run *run, const struct csv_row *row, bool *out_ok,
                               struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct state *state = import_state(run);

    TRY(field_currency(run, row, CURRENCY, state->rows.currency, out_ok, err));
    if (*out_ok)
        TRY(read_amounts(run, row, &order, out_ok, err));
    if (*out_ok)
        TRY(read_times(run, row, &order, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    read_texts(run, row, &order);
    return order_rows_put(run, row, &order, err);
}

static enum err_code put_line(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
    int64_t quantity = AMOUNT_NONE;
    bool ok;

    line.title = import_cell(run, row, ITEM);
    line.sku = import_cell(run, row, SKU);
    if (line.title.n == 0 && line.sku.n == 0 && import_cell(run, row, QUANTITY).n == 0)
        return ERR_OK;
    TRY(import_micros(run, row, QUANTITY, &quantity, &ok, err));
    if (ok)
        TRY(import_micros(run, row, PRICE, &line.unit_price, &ok, err));
    if (ok)
        TRY(import_micros(run, row, LINE_DISCOUNT, &line.discount, &ok, err));
    if (!ok)
        return ERR_OK;
    line.vendor = import_cell(run, row, VENDOR);
    line.total = line_total(quantity, line.unit_price, line.discount);
    return order_rows_put_line(run, row, quantity, &line, err);
}

static void remember(struct buf *b, struct str s)
{
    b->limit = TEXT_MAX;
    buf_reset(b);
    buf_add(b, s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX);
}

/* Two orders may have one name (several sales channels, a changed prefix): then Shopify's own
 * number tells them apart, and is the key of the second. */
static enum group_step step_of(struct import_run *run, struct state *state,
                               const struct csv_row *row)
{
    struct str name = import_cell(run, row, NAME), id = import_cell(run, row, ID);
    struct group *group = &state->rows.group;
    bool is_new;

    if (name.n == 0)
        name = id;
    if (group->is_open && str_eq(name, buf_str(&state->name)) &&
        (id.n == 0 || str_eq(id, buf_str(&state->id))))
        return GROUP_SAME;
    remember(&state->name, name);
    remember(&state->id, id);
    is_new = key_set_add(&group->seen, name);
    group_open(group, name);
    if (id.n == 0 || str_eq(id, name))
        return is_new ? GROUP_NEW : GROUP_AGAIN;
    if (key_set_add(&group->seen, id) && !is_new) {
        group_open(group, id);
        return GROUP_NEW;
    }
    return is_new ? GROUP_NEW : GROUP_AGAIN;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    static const struct order_parts parts = {put_order, put_line};
    enum group_step step;

    if (import_cell(run, row, NAME).n == 0 && import_cell(run, row, ID).n == 0) {
        import_reject(run, row->line, "the order has neither a name nor an id");
        return ERR_OK;
    }
    step = step_of(run, import_state(run), row);
    if (step == GROUP_AGAIN && !is_first_row(run, row))
        step = GROUP_SAME;
    return order_rows_take(run, row, step, &parts, err);
}

const struct importer shopify_orders_importer = {
    .name = "shopify_orders",
    .source = "shopify",
    .title = N_("Shopify orders"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
    .state_size = sizeof(struct state),
    .release = release,
};
