/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* complete.h: orders, their lines, and what was given back on them. */
#include "audience/complete_parts.h"

#include "audience/holds.h"
#include "base/money.h"

static const struct fact *cell_at(const struct fact *rows, size_t i, enum column_id column)
{
    return &rows[i * (size_t)source_columns(column_infos[column].source) +
                 (size_t)column_infos[column].at];
}

static bool is_of_source(const struct completing *how, const struct fact *rows, size_t i,
                         enum column_id column)
{
    return str_ieqz(cell_at(rows, i, column)->text, how->source);
}

static bool stands(const struct order_record *r)
{
    static const char *const fallen[] = {"cancelled", "failed", "draft", "voided", "deleted"};

    for (size_t i = 0; i < TM_COUNT(fallen); i++)
        if (str_eqz(r->status, fallen[i]))
            return false;
    return !str_eqz(r->kind, "return") && r->cancelled_at <= TIME_NONE &&
           (r->total == AMOUNT_NONE || r->total >= 0);
}

/* By its name; NULL: there is none. */
static struct fact *find_named(struct audience_facts *facts, const struct completing *how,
                               struct str name, size_t *out)
{
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_ORDERS, &n);

    for (*out = 0; name.n && *out < n; ++*out)
        if (str_eq(cell_at(rows, *out, ORDERS_known_as)->text, name) &&
            is_of_source(how, rows, *out, ORDERS_origin))
            return audience_facts_at(facts, FROM_ORDERS, *out);
    return NULL;
}

/* Exports know an order by another name than webhooks: of one source and one person the moment
 * tells it, too. */
static struct fact *find_order(struct audience_facts *facts, const struct completing *how,
                               const struct order_record *r, size_t *out)
{
    struct fact *row = find_named(facts, how, r->order_key, out);
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_ORDERS, &n);

    for (size_t i = 0; !row && r->ordered_at > TIME_NONE && i < n; i++)
        if (cell_at(rows, i, ORDERS_at)->i == r->ordered_at &&
            is_of_source(how, rows, i, ORDERS_origin)) {
            *out = i;
            row = audience_facts_at(facts, FROM_ORDERS, i);
        }
    return row;
}

static void drop_lines(struct audience_facts *facts, int64_t at_us)
{
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_LINES, &n);

    for (size_t i = n; i > 0; i--)
        if (cell_at(rows, i - 1, LINES_at)->i == at_us)
            audience_facts_drop(facts, FROM_LINES, i - 1);
}

/* ---- what hangs on all orders -------------------------------------------------------------- */

struct moment {
    int64_t at_us;
    size_t row;
};

static int by_moment(const void *a, const void *b)
{
    const struct moment *left = a, *right = b;

    return left->at_us != right->at_us ? (left->at_us > right->at_us) - (left->at_us < right->at_us)
                                       : (left->row > right->row) - (left->row < right->row);
}

/* Who stands for all of a till's customers has tens of thousands. */
static void number_orders(struct audience_facts *facts)
{
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_ORDERS, &n);
    struct moment *moments = xcalloc(n + 1, sizeof(*moments));

    for (size_t i = 0; i < n; i++)
        moments[i] = (struct moment){cell_at(rows, i, ORDERS_at)->i, i};
    qsort(moments, n, sizeof(*moments), by_moment);
    for (size_t i = 0; i < n; i++)
        fact_int(audience_facts_at(facts, FROM_ORDERS, moments[i].row), ORDERS_nth, (int64_t)i + 1);
    free(moments);
}

/* As resolve/customers, by the bounds of the last figures. */
static void score(struct audience_facts *facts, const struct audience_terms *terms)
{
    static const enum column_id columns[SCORE_COUNT] = {PERSON_recency, PERSON_frequency,
                                                        PERSON_monetary};
    struct fact *own = complete_own_row(facts);
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_ORDERS, &n);
    int64_t values[SCORE_COUNT] = {INT64_MIN, (int64_t)n, 0};

    for (size_t i = 0; i < n; i++) {
        const int64_t day = cell_at(rows, i, ORDERS_day)->i,
                      amount = cell_at(rows, i, ORDERS_amount)->i;

        values[SCORE_RECENCY] = day > values[SCORE_RECENCY] ? day : values[SCORE_RECENCY];
        values[SCORE_MONETARY] += amount == AMOUNT_NONE ? 0 : amount;
    }
    for (int i = 0; i < SCORE_COUNT; i++)
        fact_int(own, columns[i],
                 n ? audience_terms_score(terms, (enum terms_score)i, values[i]) : 0);
}

void complete_follow_orders(struct audience_facts *facts, const struct completing *how)
{
    number_orders(facts);
    if (how->terms)
        score(facts, how->terms);
}

/* ---- amounts ------------------------------------------------------------------------------- */

/* All that is known to have been given back on it, in its own currency. */
static int64_t given_back(const struct audience_facts *facts, const struct completing *how,
                          struct str name)
{
    size_t n;
    const struct fact *rows = facts_rows(facts, FROM_REFUNDS, &n);
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        const int64_t amount = cell_at(rows, i, REFUNDS_amount)->i;

        if (amount == AMOUNT_NONE || !is_of_source(how, rows, i, REFUNDS_origin) ||
            !str_eq(cell_at(rows, i, REFUNDS_known_as)->text, name))
            continue;
        if (__builtin_add_overflow(sum, amount, &sum))
            return AMOUNT_NONE;
    }
    return sum;
}

/* What the order itself says was given back, or its refunds do: whichever is more. */
static void price(const struct audience_facts *facts, const struct completing *how,
                  struct fact *row)
{
    const int64_t total = complete_cell(row, ORDERS_total)->i;
    int64_t back = complete_amount(
        how, given_back(facts, how, complete_cell(row, ORDERS_known_as)->text),
        complete_cell(row, ORDERS_currency)->text, complete_cell(row, ORDERS_day)->i);
    const int64_t told = complete_cell(row, ORDERS_refunded)->i;

    if (back == AMOUNT_NONE || (told != AMOUNT_NONE && told > back))
        back = told;
    fact_int(row, ORDERS_amount,
             total == AMOUNT_NONE || back == AMOUNT_NONE ? AMOUNT_NONE : total - back);
}

/* ---- records ------------------------------------------------------------------------------- */

static void fill(struct audience_facts *facts, const struct completing *how, struct fact *row,
                 const struct order_record *r)
{
    const int64_t day = complete_day(how, r->ordered_at);

    fact_int(row, ORDERS_at, r->ordered_at);
    fact_int(row, ORDERS_day, day);
    fact_text(facts, row, ORDERS_known_as, r->order_key, false);
    fact_text(facts, row, ORDERS_currency, r->currency, false);
    fact_int(row, ORDERS_total, complete_amount(how, r->total, r->currency, day));
    fact_int(row, ORDERS_refunded,
             complete_amount(how, r->refunded == AMOUNT_NONE ? 0 : r->refunded, r->currency, day));
    price(facts, how, row);
    complete_text(facts, row, ORDERS_channel, r->channel);
    complete_text(facts, row, ORDERS_device, r->device);
    complete_text(facts, row, ORDERS_country, r->country);
    complete_text(facts, row, ORDERS_sales_channel, r->sales_channel);
    complete_text(facts, row, ORDERS_campaign, r->utm_campaign);
    fact_text(facts, row, ORDERS_origin, str_of(how->source), true);
}

void complete_order(struct audience_facts *facts, struct completing *how,
                    const struct order_record *r)
{
    struct fact *row;
    size_t at;

    if (r->is_test == 1 || str_eqz(r->kind, "return"))
        return;
    row = find_order(facts, how, r, &at);
    if (!row && r->ordered_at <= TIME_NONE)
        return;
    drop_lines(facts, row ? complete_cell(row, ORDERS_at)->i : r->ordered_at);
    if (!stands(r)) {
        if (row)
            audience_facts_drop(facts, FROM_ORDERS, at);
        complete_follow_orders(facts, how);
        return;
    }
    if (!row)
        row = audience_facts_row(facts, FROM_ORDERS);
    if (!row || r->ordered_at <= TIME_NONE)
        return;
    how->order_at = r->ordered_at;
    fill(facts, how, row, r);
    complete_follow_orders(facts, how);
    complete_list(facts, complete_own_row(facts), PERSON_countries, r->country);
}

void complete_line(struct audience_facts *facts, struct completing *how,
                   const struct line_record *r)
{
    struct fact *row;

    if (how->order_at <= TIME_NONE || !(row = audience_facts_row(facts, FROM_LINES)))
        return;
    fact_int(row, LINES_at, how->order_at);
    fact_int(row, LINES_day, complete_day(how, how->order_at));
    fact_text(facts, row, LINES_product, r->product_key.n ? r->product_key : r->sku, true);
    fact_text(facts, row, LINES_sku, r->sku, true);
    fact_text(facts, row, LINES_title, r->title, true);
    fact_text(facts, row, LINES_vendor, r->vendor, true);
    fact_text(facts, row, LINES_category, r->category, true);
    if (isfinite(r->quantity) && fabs(r->quantity) < 1e12)
        fact_int(row, LINES_quantity, (int64_t)llround(r->quantity * 1e6));
}

/* It comes before its order, too, and a second time with another amount. */
void complete_refund(struct audience_facts *facts, struct completing *how,
                     const struct refund_record *r)
{
    size_t n, at;
    const struct fact *rows = facts_rows(facts, FROM_REFUNDS, &n);
    struct fact *row = NULL, *order;

    for (size_t i = 0; i < n && !row; i++)
        if (str_eq(cell_at(rows, i, REFUNDS_refund)->text, r->refund_key) &&
            is_of_source(how, rows, i, REFUNDS_origin))
            row = audience_facts_at(facts, FROM_REFUNDS, i);
    if (!row)
        row = audience_facts_row(facts, FROM_REFUNDS);
    if (!row)
        return;
    fact_text(facts, row, REFUNDS_origin, str_of(how->source), true);
    fact_text(facts, row, REFUNDS_known_as, r->order_key, false);
    fact_text(facts, row, REFUNDS_refund, r->refund_key, false);
    fact_int(row, REFUNDS_amount, r->amount);
    order = find_named(facts, how, r->order_key, &at);
    if (!order)
        return;
    price(facts, how, order);
    complete_follow_orders(facts, how);
}
