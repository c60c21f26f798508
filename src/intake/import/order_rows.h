/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* order_rows.h - files with a row for each line of an order: rows of one order follow each other,
 * and its own fields stand in the first. Inside src/intake/import only.
 */
#ifndef TM_INTAKE_IMPORT_ORDER_ROWS_H
#define TM_INTAKE_IMPORT_ORDER_ROWS_H

#include "intake/import/group.h"

/* The state of importers of such files, or the first member of it. */
struct order_rows {
    struct group group;
    char currency[4]; /* of the order at hand */
};

/* The `release` of importers that have no other state. */
void order_rows_release(void *memory);

/* What an importer does with a row. A row that cannot be used is rejected there; `order` sets
 * *out_ok to false then. */
struct order_parts {
    enum err_code (*order)(struct import_run *run, const struct csv_row *row, bool *out_ok,
                           struct err *err);
    enum err_code (*line)(struct import_run *run, const struct csv_row *row, struct err *err);
};

/* A row whose key leads to `step`: the first of an order is order and line, the others a line. */
TM_MUST_CHECK enum err_code order_rows_take(struct import_run *run, const struct csv_row *row,
                                            enum group_step step, const struct order_parts *parts,
                                            struct err *err);
/* The same by the key in a column "order_id", without which the row is rejected. */
TM_MUST_CHECK enum err_code order_rows_by_id(struct import_run *run, const struct csv_row *row,
                                             size_t column, const struct order_parts *parts,
                                             struct err *err);

struct order_amount {
    size_t column;
    size_t offset; /* of the money in struct order_record */
};
/* Amounts in the currency of the order at hand. */
TM_MUST_CHECK enum err_code order_rows_amounts(struct import_run *run, const struct csv_row *row,
                                               const struct order_amount *amounts, size_t n,
                                               struct order_record *order, bool *out_ok,
                                               struct err *err);
/* Puts the order at hand, or a line of it: what all have in common is filled in here. */
TM_MUST_CHECK enum err_code order_rows_put(struct import_run *run, const struct csv_row *row,
                                           struct order_record *order, struct err *err);
TM_MUST_CHECK enum err_code order_rows_put_line(struct import_run *run, const struct csv_row *row,
                                                int64_t quantity_micros, struct line_record *line,
                                                struct err *err);

#endif
