/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* locale.h - numbers, percentages, money and dates as people of a language write them, by ICU.
 *
 * Digits are 0 to 9 and years Gregorian in every language unless the user wishes otherwise
 * (locale_use()): the same figures as in the shop's own exports. A struct locale belongs to one
 * thread. What ICU refuses is written plainly.
 */
#ifndef TM_BASE_LOCALE_H
#define TM_BASE_LOCALE_H

#include "base/buf.h"
#include "base/i18n.h"

struct locale;

/* The ways a language has beside the usual one. Each concerns its own language only: Buddhist
 * years stand in Thai texts, Arabic-Indic digits in Arabic ones; the others stay as they are. */
enum calendar { CALENDAR_GREGORIAN, CALENDAR_BUDDHIST };
enum digits { DIGITS_LATIN, DIGITS_ARABIC };

struct locale_ways {
    enum calendar calendar; /* "30 ก.ย. พ.ศ. 2569" */
    enum digits digits;     /* "١٬٢٣٤" */
    char zone[64];          /* IANA zone whose days an instant is told by; "" for UTC */
};

/* The words of settings and options, ended by NULL: "gregorian", "buddhist"; "latn", "arab". */
extern const char *const calendar_words[];
extern const char *const digits_words[];

/* How locales are opened by the calling thread from now on; returns the ways before. */
struct locale_ways locale_use(struct locale_ways ways);
struct locale_ways locale_used(void);

/* What stands before a number format of a spreadsheet for these ways, by the "[$-...]" of ECMA-376
 * 18.8.31 (digits, calendar, language): Arabic-Indic digits, Buddhist years; mostly "". */
const char *locale_sheet_mark(enum language language, struct locale_ways ways, bool is_day);

TM_MUST_CHECK enum err_code locale_open(enum language language, struct locale **out_locale,
                                        struct err *err);
void locale_close(struct locale *locale);
void locale_closep(struct locale **locale);

/* "1,234" */
void locale_add_int(struct locale *locale, struct buf *out, int64_t v);
/* "1,234.5": at most `decimals` (0 to 3) digits after the point, none for nothing. */
void locale_add_number(struct locale *locale, struct buf *out, double v, int decimals);
/* "12.5%" for .125: at most `decimals` (0 to 3) digits. */
void locale_add_percent(struct locale *locale, struct buf *out, double share, int decimals);
/* "€1,234.50" for 123450 minor units of 2 decimals; `whole`: without the minor units. A plain
 * number when `currency` is "". From right to left the sign stands between directional isolates,
 * so that "UK£" is not turned round. */
void locale_add_money(struct locale *locale, struct buf *out, int64_t minor, const char *currency,
                      int decimals, bool whole);
/* The day on which an instant falls for people, since 1970. */
int64_t locale_day(struct locale *locale, int64_t at_us);
/* "30 Sep 2026": a day since 1970. */
void locale_add_day(struct locale *locale, struct buf *out, int64_t day);
/* The day of an instant. */
void locale_add_date(struct locale *locale, struct buf *out, int64_t at_us);

#endif
