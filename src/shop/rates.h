/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rates.h - exchange rates that the user supplies, and exact conversion by them.
 *
 * The file is CSV with a header `date,from,to,rate` in any order: one unit of `from` is `rate`
 * units of `to` from that day on, until a later row. A conversion takes the latest rate on or
 * before its day; where there is none it is an error that names the pair and the day, never 1:1.
 * A rate is kept as the decimal that was written, at most 18 digits; the result is rounded once,
 * half away from zero. Filled by one thread, then read by any.
 */
#ifndef TM_SHOP_RATES_H
#define TM_SHOP_RATES_H

#include "base/money.h"

struct rates;

struct rates *rates_new(void);
void rates_free(struct rates *rates);
void rates_freep(struct rates **rates);
size_t rates_count(const struct rates *rates);

/* A rate as rows of a table; the double is for scans that need no last digit. */
struct rate_row {
    struct str from, to; /* valid as long as the rates are */
    int64_t day;
    double rate;
};
/* Walks all rates: *io_at starts at 0; false at the end. */
bool rates_next(const struct rates *rates, size_t *io_at, struct rate_row *out_row);

/* `rate` is a plain decimal, "0.0275"; zero, negative and unreadable ones are errors, as is a
 * second, different rate of the same pair and day. */
TM_MUST_CHECK enum err_code rates_add(struct rates *rates, int64_t day, struct str from,
                                      struct str to, struct str rate, struct err *err);
/* Adds the rows of a file; errors name the file and its line. */
TM_MUST_CHECK enum err_code rates_read(struct rates *rates, const char *path, struct err *err);

/* Minor units of `from` in minor units of `to` by the rate of `day` (days since 1970-01-01).
 * AMOUNT_NONE stays; the same currency needs no rate. ERR_NOT_FOUND where there is no rate,
 * ERR_TOO_LARGE where the result does not fit. */
TM_MUST_CHECK enum err_code rates_convert(const struct rates *rates, int64_t minor, struct str from,
                                          struct str to, int64_t day, int64_t *out_minor,
                                          struct err *err);

#endif
