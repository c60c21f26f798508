/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* write_shopify.c - the shop's own exports: orders, customers, products.
 *
 * One row a line item, order-level cells on the first one only. As in real exports there are
 * some rows to stumble over: e-mail addresses in capitals and with blanks, missing ones, notes
 * with commas and line ends, orders of the team's own tests, and orders that come twice because
 * two exports were pasted together.
 */
#include "simulate/world.h"

#include "simulate/people.h"

static const char orders_header[] =
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,"
    "Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,"
    "Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,"
    "Payment ID,Payment Terms Name,Next Payment Due At,Payment References\n";
static const char customers_header[] =
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,"
    "Default Address Province Code,Default Address Country Code,Default Address Zip,"
    "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags\n";
static const char products_header[] =
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Status\n";

static const char *const codes[] = {"WELCOME10", "FRIENDS10", "SEASON15"};

void shopify_open(struct world *w)
{
    w->orders_csv = output_open(&w->out, "orders_export.csv", false);
    buf_addz(&w->orders_csv->buf, orders_header);
}

static void cell(struct buf *b, const char *text)
{
    buf_add_csv(b, str_of(text));
    buf_addc(b, ',');
}

static void empty(struct buf *b, int n)
{
    for (int i = 0; i < n; i++)
        buf_addc(b, ',');
}

static void money_cell(const struct world *w, struct buf *b, int64_t minor)
{
    add_money(w, b, minor);
    buf_addc(b, ',');
}

/* "'7210400000011": ids and the like stay text in spreadsheets by an apostrophe. */
static void quoted_cell(struct buf *b, const char *text)
{
    buf_addc(b, '\'');
    buf_addz(b, text);
    buf_addc(b, ',');
}

/* What people type is not always what the shop would like. */
static void email_cell(const struct world *w, struct buf *b, const struct order *o,
                       const struct contact *c)
{
    unsigned mess = (unsigned)(rng_mix(w->seed ^ 5, (uint64_t)o->number) % 1000);
    char text[84];

    if (o->person == NOBODY || mess < 4 || o->number == 1013) {
        buf_addc(b, ',');
        return;
    }
    snprintf(text, sizeof(text), "%s%s%s", mess >= 970 ? " " : "", c->email,
             mess >= 970 ? " " : "");
    if (mess < 25 || o->number == 1009)
        for (char *p = text; *p; p++)
            *p = (char)toupper((unsigned char)*p);
    else if (mess < 40)
        *text = (char)toupper((unsigned char)*text);
    cell(b, text);
}

static const char *financial_status(const struct world *w, const struct order *o)
{
    if (o->refunded == o->total && o->total > 0)
        return "refunded";
    if (o->refunded > 0)
        return "partially_refunded";
    return w->day == DAYS - 1 && o->number % 9 == 0 ? "pending" : "paid";
}

static void address_cells(const struct world *w, struct buf *b, const struct order *o,
                          const struct contact *c)
{
    char name[64];

    if (o->person == NOBODY) {
        empty(b, 10);
        return;
    }
    snprintf(name, sizeof(name), "%s %s", o->number % 997 == 8 ? "Test" : c->first,
             o->number % 997 == 8 ? "Test" : c->last);
    cell(b, name);
    cell(b, c->street);
    cell(b, c->street);
    empty(b, 2);
    cell(b, c->city);
    quoted_cell(b, c->zip);
    empty(b, 1);
    cell(b, w->country->code);
    quoted_cell(b, c->phone);
}

static void status_cells(const struct world *w, struct buf *b, const struct order *o)
{
    const char *status = financial_status(w, o);
    bool sent = !o->cancelled && w->day < DAYS - 2;

    cell(b, status);
    if (strcmp(status, "pending") != 0)
        add_local(w, b, w->day, o->second, true);
    buf_addc(b, ',');
    cell(b, o->counter || sent ? "fulfilled" : "unfulfilled");
    if (o->counter)
        add_local(w, b, w->day, o->second, true);
    else if (sent)
        add_local(w, b, w->day + 1, 15 * 3600, true);
    buf_addc(b, ',');
    cell(b, o->person != NOBODY && mail_reachable(&w->people[o->person]) ? "yes" : "no");
}

static void money_cells(const struct world *w, struct buf *b, const struct order *o)
{
    cell(b, w->country->currency);
    money_cell(w, b, o->subtotal);
    money_cell(w, b, o->shipping);
    money_cell(w, b, o->tax);
    money_cell(w, b, o->total);
    cell(b, o->discount_code >= 0 ? codes[o->discount_code] : "");
    money_cell(w, b, o->discount);
    cell(b, o->counter ? "" : o->shipping ? "Standard" : "Free shipping");
}

static void line_cells(const struct world *w, struct buf *b, const struct order *o,
                       const struct line *line)
{
    const struct product *p = &w->products[line->product];

    add_local(w, b, w->day, o->second, true);
    buf_addc(b, ',');
    add_int(b, line->quantity);
    buf_addc(b, ',');
    cell(b, p->title);
    money_cell(w, b, p->price);
    empty(b, 1);
    cell(b, p->sku);
    buf_addz(b, "true,true,");
    cell(b, o->cancelled ? "pending" : "fulfilled");
}

/* From Notes to Source on the first row. */
static void rest_cells(const struct world *w, struct buf *b, const struct order *o)
{
    unsigned note = (unsigned)(rng_mix(w->seed ^ 6, (uint64_t)o->number) % 40);
    char text[40];

    if (o->number % 997 == 8)
        cell(b, "test order, please ignore");
    else
        cell(b, note == 0   ? "Please ring twice,\nsecond floor, \"blue\" door"
                : note == 1 ? "Gift, no invoice in the box"
                            : "");
    empty(b, 1);
    if (o->cancelled)
        add_local(w, b, w->day, o->second + 3600 < 86400 ? o->second + 3600 : 86399, true);
    buf_addc(b, ',');
    cell(b, o->counter ? "Cash" : "Card payments");
    snprintf(text, sizeof(text), "c%" PRId64 ".1", o->number * 7919);
    cell(b, o->counter ? "" : text);
    money_cell(w, b, o->refunded);
    cell(b, w->shop);
    money_cell(w, b, 0);
    empty(b, 1);
    cell(b, o->counter ? "Market stall" : "");
    empty(b, 1);
    snprintf(text, sizeof(text), "%" PRId64, INT64_C(5410000000000) + o->number * 131);
    quoted_cell(b, text);
    empty(b, 1);
    cell(b, "Low");
    cell(b, o->counter ? "pos" : "web");
}

static void first_row_tail(const struct world *w, struct buf *b, const struct order *o,
                           const struct contact *c)
{
    char tax[32];

    add_money(w, b, 0); /* line discount: the code is spread over the order */
    buf_addc(b, ',');
    snprintf(tax, sizeof(tax), "Tax %d.%d%%", w->country->tax_permille / 10,
             w->country->tax_permille % 10);
    cell(b, tax);
    money_cell(w, b, o->tax);
    empty(b, 8);
    if (o->person != NOBODY && person_is(w, o->person, 51, 0.4))
        quoted_cell(b, c->phone);
    else
        empty(b, 1);
    empty(b, 7);
    buf_addc(b, '\n');
}

static void order_rows(const struct world *w, struct buf *b, const struct order *o)
{
    struct contact c = {.email = ""};

    if (o->person != NOBODY)
        person_contact(w, o->person, &c);
    for (int i = 0; i < o->line_count; i++) {
        buf_addf(b, "#%" PRId64 ",", o->number);
        email_cell(w, b, o, &c);
        if (i == 0) {
            status_cells(w, b, o);
            money_cells(w, b, o);
            line_cells(w, b, o, &o->lines[i]);
            address_cells(w, b, o, &c);
            address_cells(w, b, o, &c);
            rest_cells(w, b, o);
            first_row_tail(w, b, o, &c);
        } else {
            empty(b, 13); /* Financial Status to Shipping Method */
            line_cells(w, b, o, &o->lines[i]);
            empty(b, 26); /* Billing Name to Payment References but for three */
            cell(b, w->shop);
            empty(b, 8);
            add_money(w, b, 0);
            buf_addc(b, ',');
            empty(b, 18);
            buf_addc(b, '\n');
        }
    }
}

void shopify_orders(struct world *w)
{
    struct buf *b = &w->orders_csv->buf;

    buf_adds(b, buf_str(&w->again));
    buf_reset(&w->again);
    for (int i = 0; i < w->order_count; i++) {
        const struct order *o = &w->orders[i];
        bool twice = o->number == 1021 || rng_mix(w->seed ^ 7, (uint64_t)o->number) % 400 == 0;

        order_rows(w, b, o);
        if (twice && w->day < DAYS - 1)
            order_rows(w, &w->again, o);
        output_row(w->orders_csv);
    }
}

static void write_customers(struct world *w)
{
    struct output *out = output_open(&w->out, "customers_export.csv", false);
    struct buf *b = &out->buf;

    buf_addz(b, customers_header);
    for (uint32_t i = 0; i < w->person_count; i++) {
        const struct person *p = &w->people[i];
        struct contact c;

        person_contact(w, i, &c);
        buf_addf(b, "'%" PRId64 ",", person_customer_id(i));
        cell(b, c.first);
        cell(b, c.last);
        cell(b, c.email);
        cell(b, mail_reachable(p) ? "yes" : "no");
        empty(b, 1);
        if (p->orders) {
            cell(b, c.street);
            empty(b, 1);
            cell(b, c.city);
            empty(b, 1);
            cell(b, w->country->code);
            quoted_cell(b, c.zip);
            quoted_cell(b, c.phone);
        } else {
            empty(b, 7);
        }
        if ((p->flags & PERSON_SMS) || (p->orders && person_is(w, i, 51, 0.4)))
            quoted_cell(b, c.phone);
        else
            empty(b, 1);
        cell(b, mail_reachable(p) && (p->flags & PERSON_SMS) ? "yes" : "no");
        money_cell(w, b, p->spent);
        add_int(b, p->orders);
        buf_addz(b, ",,no,");
        buf_addz(b, p->orders >= 5 ? "\"regular, friend\"" : p->orders ? "" : "newsletter");
        buf_addc(b, '\n');
        output_row(out);
    }
}

void shopify_catalogue(struct world *w)
{
    struct output *out = output_open(&w->out, "products_export.csv", false);
    struct buf *b = &out->buf;

    buf_addz(b, products_header);
    for (int i = 0; i < PRODUCTS; i++) {
        const struct product *p = &w->products[i];

        cell(b, p->handle);
        cell(b, p->title);
        cell(b, "<p>Made to last.</p>");
        cell(b, w->shop);
        cell(b, p->kind);
        cell(b, p->kind);
        buf_addz(b, ",true,Title,Default Title,");
        cell(b, p->sku);
        add_int(b, 5 + i * 7 % 60);
        buf_addc(b, ',');
        money_cell(w, b, p->price);
        buf_addz(b, ",true,true,active\n");
        output_row(out);
    }
    write_customers(w);
}
