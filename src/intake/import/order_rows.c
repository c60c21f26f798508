/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/order_rows.h"

#include "intake/import/fields.h"

void order_rows_release(void *memory)
{
    struct order_rows *rows = memory;

    group_release(&rows->group);
}

enum err_code order_rows_take(struct import_run *run, const struct csv_row *row,
                              enum group_step step, const struct order_parts *parts,
                              struct err *err)
{
    struct order_rows *rows = import_state(run);
    bool ok = true;

    if (step == GROUP_NEW) {
        TRY(parts->order(run, row, &ok, err));
        rows->group.is_refused = !ok;
    } else {
        ok = group_goes_on(&rows->group, step, run, row->line);
    }
    return ok ? parts->line(run, row, err) : ERR_OK;
}

enum err_code order_rows_by_id(struct import_run *run, const struct csv_row *row, size_t column,
                               const struct order_parts *parts, struct err *err)
{
    struct order_rows *rows = import_state(run);
    struct str key = import_cell(run, row, column);

    if (key.n == 0) {
        import_reject(run, row->line, "the order has no order_id");
        return ERR_OK;
    }
    return order_rows_take(run, row, group_next(&rows->group, key), parts, err);
}

enum err_code order_rows_amounts(struct import_run *run, const struct csv_row *row,
                                 const struct order_amount *amounts, size_t n,
                                 struct order_record *order, bool *out_ok, struct err *err)
{
    const struct order_rows *rows = import_state(run);
    int64_t minor;

    *out_ok = true;
    for (size_t i = 0; i < n && *out_ok; i++) {
        TRY(import_money(run, row, amounts[i].column, rows->currency, &minor, out_ok, err));
        if (*out_ok)
            memcpy((char *)order + amounts[i].offset, &minor, sizeof(minor));
    }
    return ERR_OK;
}

enum err_code order_rows_put(struct import_run *run, const struct csv_row *row,
                             struct order_record *order, struct err *err)
{
    const struct order_rows *rows = import_state(run);

    order->line = row->line;
    order->order_key = buf_str(&rows->group.key);
    order->currency = str_of(rows->currency);
    import_total(run, "order total", rows->currency, order->total);
    return import_put(run, RECORD_ORDER, order, err);
}

enum err_code order_rows_put_line(struct import_run *run, const struct csv_row *row,
                                  int64_t quantity_micros, struct line_record *line,
                                  struct err *err)
{
    const struct order_rows *rows = import_state(run);

    line->line = row->line;
    line->order_key = buf_str(&rows->group.key);
    line->quantity = micros_real(quantity_micros);
    line->currency = str_of(rows->currency);
    return import_put(run, RECORD_LINE, line, err);
}
