/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* number.h - Liquid's numbers: whole ones of 64 bits, and decimals that add up.
 *
 * A fraction is kept as a double, but calculated with as the decimal that it prints as, as Shopify
 * does with BigDecimal: 0.1 plus 0.2 is 0.3. Exact while both operands and the result fit 38
 * digits; beyond that, calculated as doubles.
 */
#ifndef TM_OUTREACH_LIQUID_NUMBER_H
#define TM_OUTREACH_LIQUID_NUMBER_H

#include "outreach/liquid/value.h"

enum number_operation { NUMBER_PLUS, NUMBER_MINUS, NUMBER_TIMES, NUMBER_DIVIDE, NUMBER_MODULO };

/* INT or FLOAT: a text counts by what it begins with ("12 pieces" is 12, "1.50" is 1.5), nil and
 * anything else as 0. */
struct value number_of(struct value v);
/* A whole number as an argument must be one: INT, or a text that is nothing else. */
TM_MUST_CHECK enum err_code number_whole(struct value v, int64_t *out_n, struct err *err);

/* Whole numbers give whole numbers, division rounded down, the remainder with the divisor's sign;
 * as soon as one is a fraction the result is one. ERR_INVALID for division by zero. */
TM_MUST_CHECK enum err_code number_calculate(enum number_operation operation, struct value a,
                                             struct value b, struct value *out_value,
                                             struct err *err);

/* Halves go away from zero. To a whole number for 0 decimals, which may be negative. */
struct value number_round(struct value v, int64_t decimals);
struct value number_floor(struct value v);
struct value number_ceil(struct value v);

void number_print_int(int64_t v, struct buf *out);
/* As Ruby prints a Float: "2.0", "0.1", "1.0e+20". */
void number_print_float(double v, struct buf *out);

#endif
