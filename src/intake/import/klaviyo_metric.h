/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* klaviyo_metric.h - the column of orders in Klaviyo's reports.
 *
 * Klaviyo names it after the conversion metric of the account: "Unique Placed Order" with "Placed
 * Order Rate", or "Placed Order" in reports of flows. Inside src/intake/import only.
 */
#ifndef TM_INTAKE_IMPORT_KLAVIYO_METRIC_H
#define TM_INTAKE_IMPORT_KLAVIYO_METRIC_H

#include "intake/import/importer.h"

enum { METRIC_NONE = -1 };

/* The state of importers of these reports. */
struct klaviyo_metric {
    int column; /* the header cell that counts the conversion metric, or METRIC_NONE */
};

/* The `begin` of their importers: finds the column. A metric that is no order (such as "Viewed
 * Product") does not count; the file gets a note. */
TM_MUST_CHECK enum err_code klaviyo_metric_begin(struct import_run *run, struct err *err);
/* Puts a row of a report with the orders in that cell, if there is one, and the revenue in a
 * column, if the file has it. */
TM_MUST_CHECK enum err_code klaviyo_put(struct import_run *run, const struct csv_row *row,
                                        size_t revenue, struct mailing_record *mailing,
                                        struct err *err);

#endif
