/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse.h - numbers, amounts and dates out of text, never guessed.
 *
 * "1,234" is 1234 in one country and 1.234 in another, and 03/04/2026 is two days. A reading
 * style says which; where it does not and the text allows both with different results, the
 * parsers return ERR_AMBIGUOUS with the choice to make as the hint. Every parse also notes in
 * the style's evidence what an unambiguous value proved ("25/04/2026" proves day first), so that
 * a caller can read a file once for the evidence, settle the style, and read it again.
 * Contradicting evidence is ERR_INVALID.
 *
 * Digits may be ASCII, Arabic-Indic, Persian or Thai. Blanks, no-break spaces and ' as group
 * separators, currency signs and codes around an amount, a leading apostrophe, brackets or a
 * trailing minus for negatives are understood. Thai Buddhist years (2400 to 2700) are refused
 * unless the style says buddhist.
 */
#ifndef TM_BASE_PARSE_H
#define TM_BASE_PARSE_H

#include "base/money.h"
#include "base/timestamp.h"

enum date_order { DATES_UNKNOWN, DATES_DMY, DATES_MDY };
enum decimal_mark { DECIMALS_UNKNOWN, DECIMALS_POINT, DECIMALS_COMMA };

struct read_style {
    enum date_order dates;
    enum decimal_mark decimals;
    bool buddhist;
    struct zone *zone; /* borrowed: of times that name no zone; NULL = UTC */
    /* Evidence so far. */
    bool saw_dmy, saw_mdy, saw_point, saw_comma;
    bool ambiguous_date, ambiguous_number;
};

/* Takes over what the evidence proves; ERR_AMBIGUOUS when something ambiguous was seen and
 * nothing settled it, ERR_INVALID when the evidence contradicts itself. */
TM_MUST_CHECK enum err_code read_style_settle(struct read_style *style, struct err *err);

/* All parsers: the text is trimmed; empty text, "-", "--", "n/a", "null" and "(not set)" give the
 * kind's "unknown" value with ERR_OK: AMOUNT_NONE, NaN, -1, TIME_NONE or day 0. So does
 * "0000-00-00", MySQL's word for no date, as a date. */

/* A decimal as micros (millionths), rounded half away from zero beyond six decimals. */
TM_MUST_CHECK enum err_code parse_micros(struct str s, struct read_style *style,
                                         int64_t *out_micros, struct err *err);
/* An amount in minor units of a currency with that many decimals. */
TM_MUST_CHECK enum err_code parse_money(struct str s, int decimals, struct read_style *style,
                                        int64_t *out_minor, struct err *err);
/* A whole number; "121401.0" is one, "1.5" is not. */
TM_MUST_CHECK enum err_code parse_count(struct str s, struct read_style *style, int64_t *out_n,
                                        struct err *err);
/* A real number; "1.5%" gives 0.015, "< 10%" gives unknown. NaN when unknown. */
TM_MUST_CHECK enum err_code parse_real(struct str s, struct read_style *style, double *out_x,
                                       struct err *err);
/* yes/no, true/false, 1/0, subscribed/unsubscribed: 1, 0, or -1 when unknown. */
TM_MUST_CHECK enum err_code parse_flag(struct str s, int64_t *out_flag, struct err *err);

/* Dates with or without time and zone: ISO 8601 and its blanks-for-T form with +hhmm, +hh:mm, Z
 * or UTC; YYYYMMDD and YYYYMMDDHHMMSS; numeric with / . or - in the style's order, two-digit years
 * as 20yy; month names ("Sep 3, 2026", "3 September 2026 14:05"); 12-hour clocks; Unix seconds,
 * milliseconds and microseconds (10, 13, 16 digits). Without a zone: the style's. */
TM_MUST_CHECK enum err_code parse_time(struct str s, struct read_style *style, int64_t *out_at_us,
                                       struct err *err);
/* A day, as days since 1970-01-01; a time of day is ignored. */
TM_MUST_CHECK enum err_code parse_day(struct str s, struct read_style *style, int64_t *out_day,
                                      struct err *err);

#endif
