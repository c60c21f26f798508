/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* complete_parts.h - the parts of complete.h; inside of src/audience only. */
#ifndef TM_AUDIENCE_COMPLETE_PARTS_H
#define TM_AUDIENCE_COMPLETE_PARTS_H

#include "audience/complete.h"

static inline struct fact *complete_cell(struct fact *row, enum column_id column)
{
    return &row[column_infos[column].at];
}

struct fact *complete_own_row(struct audience_facts *facts);
int64_t complete_day(const struct completing *how, int64_t at_us);
/* In the currency of the figures. */
int64_t complete_amount(const struct completing *how, int64_t amount, struct str currency,
                        int64_t day);
/* Where the record says nothing the row stays as it is. */
void complete_text(struct audience_facts *facts, struct fact *row, enum column_id column,
                   struct str text);
void complete_list(struct audience_facts *facts, struct fact *row, enum column_id column,
                   struct str text);

/* complete_orders.c */
void complete_order(struct audience_facts *facts, struct completing *how,
                    const struct order_record *r);
void complete_line(struct audience_facts *facts, struct completing *how,
                   const struct line_record *r);
/* What hangs on all orders. */
void complete_follow_orders(struct audience_facts *facts, const struct completing *how);
void complete_refund(struct audience_facts *facts, struct completing *how,
                     const struct refund_record *r);

#endif
