/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* page.h - what the terminal page and the HTML page share: values as text, and the words.
 *
 * A page is one rendering in one language. While it is open the thread's language is the page's.
 * Every returned text is plain (not escaped for HTML) and lives until page_close(); text from
 * outside is wrapped in directional isolates where the two writing directions could mix. When the
 * page's memory is used up texts become "", and page_check() reports it.
 */
#ifndef TM_REPORT_PAGE_H
#define TM_REPORT_PAGE_H

#include "base/arena.h"
#include "base/locale.h"
#include "report/report.h"

struct page {
    const struct assessment *a;
    const struct report_options *options;
    const struct model *model;
    struct locale *locale; /* owned */
    enum language language, language_before;
    bool digits_before;
    struct arena arena;
};

TM_MUST_CHECK enum err_code page_open(const struct assessment *a,
                                      const struct report_options *options, struct page *out_page,
                                      struct err *err);
TM_MUST_CHECK enum err_code page_check(const struct page *page, struct err *err);
void page_close(struct page *page);

const char *page_printf(struct page *page, const char *fmt, ...) TM_PRINTF(2, 3);
/* The same for what machines read: formulas, names. */
const char *page_code(struct page *page, const char *fmt, ...) TM_PRINTF(2, 3);
/* The model's text in the page's language, English where it has none. */
const char *page_text(struct page *page, const struct text3 *text);
/* Text from outside (a shop's name, a file, a hash) inside of which direction starts afresh. */
const char *page_isolate(struct page *page, const char *text);

const char *page_int(struct page *page, int64_t v);
/* A year or the like: digits without anything between them. */
const char *page_year(struct page *page, int year);
const char *page_number(struct page *page, double v, int decimals);
/* A probability or share without decimals; "<1%" and ">99%" instead of a false 0 or 100. */
const char *page_percent(struct page *page, double share);
/* A probability that was found by drawing: "<1%" also for 0 and ">99%" for 1, since the draws say
 * no more. */
const char *page_chance(struct page *page, double p);
/* The same within a sentence: "below 1%", "above 99%". */
const char *page_chance_said(struct page *page, double p);
const char *page_money(struct page *page, int64_t minor);
/* A day since 1970, and that of an instant. */
const char *page_day(struct page *page, int64_t day);
const char *page_date(struct page *page, int64_t at_us);

/* In the indicator's unit: "27.4%", "1.3×", "4 months". */
const char *page_value(struct page *page, const struct indicator *indicator, double v);
/* "27.4% (23.1% to 31.9%)", or the point alone where there is no error of sampling. */
const char *page_interval(struct page *page, const struct indicator *indicator,
                          const struct interval *interval);
/* The cut of `level` (2..4) with the shop's factor applied; NAN when there is none. */
double page_cut_value(const struct page *page, const struct indicator *indicator, int level);
/* "23.1% to 31.9%", "–" where there is no error of sampling. */
const char *page_range(struct page *page, const struct indicator *indicator,
                       const struct interval *interval);
/* What `level` (2..4) asks of the value: "at least 28%"; "" when it asks nothing. */
const char *page_cut(struct page *page, const struct indicator *indicator, int level);
/* "148 of 540", "7 in 6 months"; "" where the form has no counts. */
const char *page_counts(struct page *page, const struct indicator *indicator,
                        const struct finding *finding);

/* The evidence class that counted: measured data before answers. */
enum evidence_class page_class(const struct practice_result *result);
/* The gap of a practice, or NULL. */
const struct gap *page_gap(const struct page *page, size_t practice);

#endif
