/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* WooCommerce, Analytics > Orders: one row an order, with net sales (without tax and shipping) and
 * the products in one cell. It names no customer by e-mail. */
#include "intake/import/fields.h"
#include "intake/import/group.h"
#include "intake/import/woo_status.h"

enum { DATE, NUMBER, STATUS, CUSTOMER_TYPE, PRODUCTS, COUPONS, NET_SALES, ATTRIBUTION, COLUMNS };

static const struct import_column columns[COLUMNS] = {
    [DATE] = {{"Date", "Datum", "Fecha", "Data"}, true},
    [NUMBER] = {{"Order #", "Bestellung #", "Bestellnr.", "Commande #", "N\u00b0 de commande",
                 "Pedido #", "Pedido n.\u00ba", "Ordine #", "Bestelling #"},
                true},
    [STATUS] = {{"Status", "\u00c9tat", "Statut", "Estado", "Stato"}, true},
    [CUSTOMER_TYPE] = {{"Customer type", "Kundentyp", "Type de client", "Tipo de cliente"}, false},
    [PRODUCTS] = {{"Product(s)", "Produkt(e)", "Produit(s)", "Producto(s)"}, false},
    [COUPONS] = {{"Coupon(s)", "Gutschein(e)", "Code(s) promo", "Cup\u00f3n(es)"}, false},
    [NET_SALES] = {{"Net Sales", "Nettoumsatz", "Nettoverk\u00e4ufe", "Ventes nettes",
                    "Ventas netas", "Vendite nette"},
                   true},
    [ATTRIBUTION] = {{"Attribution", "Zuordnung", "Atribuci\u00f3n"}, false},
};

struct state {
    struct key_set seen;
};

static void release(void *memory)
{
    struct state *state = memory;

    key_set_release(&state->seen);
}

static enum err_code begin(struct import_run *run, struct err *err)
{
    (void)err;
    import_note(run, "this report has net sales, without tax and shipping, and no e-mail "
                     "addresses; an order export has both");
    return ERR_OK;
}

/* "2× " at the start of an item; returns the bytes of it, 0 when there is none. */
static size_t quantity_at(struct str s, int64_t *out_quantity)
{
    static const char times[] = "\u00d7";
    size_t i = 0;

    *out_quantity = 0;
    while (i < s.n && i < 9 && isdigit((unsigned char)s.p[i]))
        *out_quantity = *out_quantity * 10 + (s.p[i++] - '0');
    if (i == 0 || s.n - i < sizeof(times) - 1)
        return 0;
    return memcmp(s.p + i, times, sizeof(times) - 1) == 0 ? i + sizeof(times) - 1 : 0;
}

/* Items are joined by ", ", which names may hold too: only one before a quantity parts. */
static size_t item_end(struct str s)
{
    int64_t unused;

    for (size_t i = 1; i + 2 < s.n; i++)
        if (s.p[i] == ',' && s.p[i + 1] == ' ' &&
            quantity_at((struct str){s.p + i + 2, s.n - i - 2}, &unused) > 0)
            return i;
    return s.n;
}

static enum err_code put_items(struct import_run *run, const struct csv_row *row,
                               const struct order_record *order, struct err *err)
{
    struct str rest = import_cell(run, row, PRODUCTS);

    while (rest.n > 0) {
        struct line_record line = RECORD_INIT(line, LINE_COLUMNS);
        size_t n = item_end(rest), skip;
        int64_t quantity;

        skip = quantity_at(rest, &quantity);
        line.line = row->line;
        line.order_key = order->order_key;
        line.title = str_trim((struct str){rest.p + skip, n - skip});
        line.quantity = skip ? (double)quantity : (double)NAN;
        line.currency = order->currency;
        TRY(import_put(run, RECORD_LINE, &line, err));
        n = n + 2 < rest.n ? n + 2 : rest.n;
        rest = (struct str){rest.p + n, rest.n - n};
    }
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct state *state = import_state(run);
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    const char *currency;
    bool ok;

    order.order_key = import_cell(run, row, NUMBER);
    if (order.order_key.n == 0) {
        import_reject(run, row->line, "the order has no number");
        return ERR_OK;
    }
    if (!key_set_add(&state->seen, order.order_key)) {
        import_reject(run, row->line, "the order \"%.*s\" stands in this file twice",
                      (int)order.order_key.n, order.order_key.p);
        return ERR_OK;
    }
    TRY(import_need_currency(run, &currency, err));
    TRY(import_time(run, row, DATE, &order.ordered_at, &ok, err));
    if (ok)
        TRY(import_money(run, row, NET_SALES, currency, &order.total, &ok, err));
    if (!ok)
        return ERR_OK;
    if (order.ordered_at == TIME_NONE || order.total == AMOUNT_NONE) {
        import_reject(run, row->line, "the order has no date or no net sales");
        return ERR_OK;
    }
    order.line = row->line;
    order.number = order.order_key;
    order.status = woo_status(run, import_cell(run, row, STATUS));
    order.currency = str_of(currency);
    order.subtotal = order.total;
    order.discount_code = import_cell(run, row, COUPONS);
    woo_origin(run, import_cell(run, row, ATTRIBUTION), &order);
    field_finish(run, RECORD_ORDER, &order);
    import_total(run, "net sales", currency, order.total);
    TRY(import_put(run, RECORD_ORDER, &order, err));
    return put_items(run, row, &order, err);
}

const struct importer woo_analytics_orders_importer = {
    .name = "woo_analytics_orders",
    .source = "woocommerce",
    .title = N_("WooCommerce Analytics: orders"),
    .columns = columns,
    .column_count = COLUMNS,
    .begin = begin,
    .row = read_row,
    .state_size = sizeof(struct state),
    .release = release,
};
