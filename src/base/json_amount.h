/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_amount.h - money out of JSON, where an amount may be a number or text ("25.00"). */
#ifndef TM_BASE_JSON_AMOUNT_H
#define TM_BASE_JSON_AMOUNT_H

#include "base/json_read.h"
#include "base/money.h"

/* In minor units of a currency with that many decimals; AMOUNT_NONE for what is no amount, or when
 * the currency is not known (decimals below 0). */
int64_t json_minor(struct json_value v, int decimals);
/* In millionths of the major unit. */
int64_t json_micros(struct json_value v);

#endif
