/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* money.h - amounts as integers.
 *
 * An amount is an int64_t in minor units of its currency (cents, fils, satang, whole yen);
 * a price that may be finer than that is an int64_t in micros: millionths of the major unit.
 * Never a double. The number of decimals of a currency follows ISO 4217.
 */
#ifndef TM_BASE_MONEY_H
#define TM_BASE_MONEY_H

#include "base/buf.h"

/* An amount, count or price that the source did not report: neither zero nor any number. */
#define AMOUNT_NONE INT64_MIN

/* Decimals of the currency's minor unit (2 for EUR, 0 for JPY, 3 for KWD), or -1 when `code` is
 * not an ISO 4217 code. Case is ignored. */
int currency_decimals(struct str code);

/* Micros to minor units, halves away from zero; AMOUNT_NONE stays. */
int64_t money_from_micros(int64_t micros, int decimals);
/* Minor units to micros; AMOUNT_NONE where it would overflow. */

/* "1234.50" for 123450 and 2 decimals: a plain number, not localised. */
void money_add_plain(struct buf *b, int64_t minor, int decimals);

#endif
