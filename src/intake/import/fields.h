/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fields.h - cells as the fields that shops' files have in common. Inside src/intake/import. */
#ifndef TM_INTAKE_IMPORT_FIELDS_H
#define TM_INTAKE_IMPORT_FIELDS_H

#include "intake/import/importer.h"

/* Identifiers in the form in which they are compared (shop/identifier.h); "" when the cell
 * identifies nobody. They live as long as the row. */
struct str field_email(struct import_run *run, const struct csv_row *row, size_t column);
struct str field_phone(struct import_run *run, const struct csv_row *row, size_t column);
struct str field_id(struct import_run *run, const struct csv_row *row, size_t column);
/* The first of two columns that is not empty. */
struct str field_either(const struct import_run *run, const struct csv_row *row, size_t first,
                        size_t second);
/* yes/no words; -1 when empty or another word. */
int64_t field_flag(const struct import_run *run, const struct csv_row *row, size_t column);
/* In ASCII lower case; lives as long as the row. */
struct str field_lower(struct import_run *run, const struct csv_row *row, size_t column);
/* Whether the word is one of a list separated by blanks; "" never is. */
bool field_in_list(struct str word, const char *list);
/* Upper case and checked against ISO 4217; the shop's when the cell is empty. A cell that is no
 * code is rejected with *out_ok false. NUL-terminated in `out`. */
TM_MUST_CHECK enum err_code field_currency(struct import_run *run, const struct csv_row *row,
                                           size_t column, char out[4], bool *out_ok,
                                           struct err *err);

/* a x b in micros, halves away from zero; AMOUNT_NONE when either is or it would overflow. */
int64_t micros_times(int64_t a, int64_t b);
/* a / b in micros, cut towards zero, and a - b; AMOUNT_NONE when either is, or where there is no
 * such number. */
int64_t micros_over(int64_t a, int64_t b);
int64_t micros_minus(int64_t a, int64_t b);
/* Micros as a real number; NaN when unknown. */
double micros_real(int64_t micros);
/* quantity x unit_price - discount, in micros; an unknown discount counts as none. */
int64_t line_total(int64_t quantity_micros, int64_t unit_price, int64_t discount);

/* A consent for one channel from a yes/no cell; puts nothing when the cell says neither. */
TM_MUST_CHECK enum err_code put_consent(struct import_run *run, const struct csv_row *row,
                                        const struct person_record *person, size_t column,
                                        const char *channel, struct err *err);

/* What follows from the fields of a record that an importer filled: an event's canonical name
 * and channel, an order's kind and the channel of its origin. */
void field_finish(struct import_run *run, enum record_kind kind, void *record);

#endif
