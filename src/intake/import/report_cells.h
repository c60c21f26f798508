/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* report_cells.h - cells that the reports of marketing tools have in common.
 *
 * `*out_ok` is false where a cell was invalid and the row is rejected already, as for the parsers
 * of importer.h. Inside src/intake/import only.
 */
#ifndef TM_INTAKE_IMPORT_REPORT_CELLS_H
#define TM_INTAKE_IMPORT_REPORT_CELLS_H

#include "intake/import/importer.h"

struct count_cell {
    size_t column;
    size_t offset; /* of the INT field in the record */
};

/* Reads counts into the fields of `record`. A column that the file lacks leaves its field. */
TM_MUST_CHECK enum err_code report_counts(struct import_run *run, const struct csv_row *row,
                                          const struct count_cell *cells, size_t n, void *record,
                                          bool *out_ok, struct err *err);

/* An amount in the currency of the shop's settings. Where there is none the amount stays
 * unknown, *out_currency is "" and the file gets a note: such reports say more than money. */
TM_MUST_CHECK enum err_code report_revenue(struct import_run *run, const struct csv_row *row,
                                           size_t column, int64_t *out_minor,
                                           struct str *out_currency, bool *out_ok, struct err *err);

/* When a campaign was sent, as time and day. Without it the row is rejected. */
TM_MUST_CHECK enum err_code report_sent_at(struct import_run *run, const struct csv_row *row,
                                           size_t column, struct mailing_record *out_mailing,
                                           bool *out_ok, struct err *err);

/* A rate ("0.5%" or 0.005) of `base` as a rounded count; unknown when either is. */
TM_MUST_CHECK enum err_code report_rate_of(struct import_run *run, const struct csv_row *row,
                                           size_t column, int64_t base, int64_t *out_n,
                                           bool *out_ok, struct err *err);

/* "Total", "Grand total", "Total: Account", "Gesamt - Kampagnen": a word for a sum, alone or
 * before a colon or dash. "Total Injury Law" is none. */
bool report_is_total(struct str cell);
/* Begins with such a word, whatever follows ("Total des campagnes"). */
bool report_starts_total(struct str cell);
/* In brackets at the end: "EUR" of "Amount spent (EUR)"; "" when there is no currency. */
struct str report_currency_of(struct str name);
/* In ASCII lower case, in memory of the row. */
struct str report_lower(struct import_run *run, struct str s);
/* The identifier in a cell, by which a mailing is known; where there is none, its name. */
struct str report_key(struct import_run *run, const struct csv_row *row, size_t column,
                      struct str name);
/* The channel in a cell, in lower case; where it says none, "email". */
struct str report_channel(struct import_run *run, const struct csv_row *row, size_t column);

/* Month and day of birth (shop/birthday.h); "" where the cell tells none that is sure;
 * it lives as long as the row. */
struct str report_birthday(struct import_run *run, struct str cell, enum date_order order);

#endif
