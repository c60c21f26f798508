/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/klaviyo_metric.h"

#include "intake/import/report_cells.h"
#include "shop/event.h"

static struct str without_unique(struct str name)
{
    static const char unique[] = "unique ";
    size_t n = sizeof(unique) - 1;

    if (name.n > n && str_ieqz((struct str){name.p, n}, unique))
        return (struct str){name.p + n, name.n - n};
    return name;
}

/* A column "X" or "Unique X" beside a column "X Rate". */
static bool has_rate(const struct import_run *run, struct str metric)
{
    for (size_t i = 0; i < import_header_count(run); i++) {
        struct str cell = import_header_cell(run, i);

        if (cell.n == metric.n + 5 && str_ieq((struct str){cell.p, metric.n}, metric) &&
            str_ieqz((struct str){cell.p + metric.n, 5}, " Rate"))
            return true;
    }
    return false;
}

/* Other counts that stand beside a rate of the same name. */
static bool is_mail_count(struct str metric)
{
    static const char *const names[] = {"Open",        "Click",   "Opens",           "Clicks",
                                        "Bounce",      "Bounces", "Spam Complaints", "Unsubscribe",
                                        "Unsubscribes"};

    for (size_t i = 0; i < TM_COUNT(names); i++)
        if (str_ieqz(metric, names[i]))
            return true;
    return false;
}

/* Events that a shop knows and that are no order. */
static bool is_other_event(struct str metric)
{
    static const char *const others[] = {"page_view",    "product_view",   "search",  "cart_add",
                                         "cart_view",    "checkout_start", "sign_up", "app_open",
                                         "order_refund", "session_start"};
    char buf[EVENT_NAME_MAX];
    struct str name = event_canonical(metric, buf);

    for (size_t i = 0; i < TM_COUNT(others); i++)
        if (str_eqz(name, others[i]))
            return true;
    return false;
}

static int metric_column(struct import_run *run)
{
    char buf[EVENT_NAME_MAX];

    for (size_t i = 0; i < import_header_count(run); i++) {
        struct str metric = without_unique(import_header_cell(run, i));

        if (metric.n == 0 || is_mail_count(metric) || !has_rate(run, metric))
            continue;
        if (is_other_event(metric)) {
            import_note(run, "its conversions count \"%.*s\", which is no order: left out",
                        (int)metric.n, metric.p);
            return METRIC_NONE;
        }
        if (!str_eqz(event_canonical(metric, buf), "order_complete"))
            import_note(run, "\"%.*s\" is taken as the number of orders", (int)metric.n, metric.p);
        return (int)i;
    }
    return METRIC_NONE;
}

enum err_code klaviyo_metric_begin(struct import_run *run, struct err *err)
{
    struct klaviyo_metric *metric = import_state(run);

    (void)err;
    metric->column = metric_column(run);
    return ERR_OK;
}

static enum err_code count_orders(struct import_run *run, const struct csv_row *row, int64_t *out_n,
                                  bool *out_ok, struct err *err)
{
    const struct klaviyo_metric *metric = import_state(run);
    int column = metric->column;
    struct err cell_err = ERR_INIT;
    enum err_code rc;

    *out_ok = true;
    *out_n = AMOUNT_NONE;
    if (column == METRIC_NONE || (size_t)column >= row->n)
        return ERR_OK;
    rc = parse_count(row->cells[column], import_style(run), out_n, &cell_err);
    if (rc == ERR_AMBIGUOUS) {
        if (err)
            *err = cell_err;
        return rc;
    }
    if (rc != ERR_OK) {
        *out_ok = false;
        import_reject(run, row->line, "%s", cell_err.msg);
    }
    return ERR_OK;
}

enum err_code klaviyo_put(struct import_run *run, const struct csv_row *row, size_t revenue,
                          struct mailing_record *mailing, struct err *err)
{
    bool ok;

    TRY(count_orders(run, row, &mailing->orders, &ok, err));
    if (ok)
        TRY(report_revenue(run, row, revenue, &mailing->revenue, &mailing->currency, &ok, err));
    return ok ? import_put(run, RECORD_MAILING, mailing, err) : ERR_OK;
}
