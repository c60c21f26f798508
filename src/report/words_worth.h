/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words_worth.h - what a report says about money, effort and what to do next. Plain text in the
 * page's language.
 *
 * Estimates are rounded to two figures: their spread is far wider than the third.
 */
#ifndef TM_REPORT_WORDS_WORTH_H
#define TM_REPORT_WORDS_WORTH_H

#include "report/words.h"

/* Minor units of the reporting currency, rounded. */
double rounded_estimate(double amount);
const char *words_amount(struct page *page, double minor);
/* "€12,000 a year" */
const char *words_a_year(struct page *page, double minor);
/* "€4,300 to €25,000" */
const char *words_amount_range(struct page *page, const struct estimate *estimate);
/* "at stake: €13,000 a year" */
const char *words_at_stake(struct page *page, double minor);
/* "€12,000 a year (€4,300 to €25,000)" */
const char *words_gain(struct page *page, const struct estimate *gain);
/* "Worth about €12,000 a year (...)"; "" where it is not known. */
const char *words_gap_worth(struct page *page, const struct gap *gap);
/* Why no amount can be named. */
const char *words_worth_unknown(const struct practice_money *worth);
/* What all gaps bring together; "" where it is not known. */
const char *words_joint(struct page *page, const struct money *money);

const char *words_hours(struct page *page, double hours);
/* "Campaigns each month: level 1 to 2" */
const char *words_step(struct page *page, size_t practice, int from, int to);
/* When the road map reaches its stage, or what would have to give. */
const char *words_road_end(struct page *page, const struct roadmap *map);

/* A kind of data to connect, the most telling first: by the value of evidence where that is
 * known, by the weight that would become known otherwise. Returns how many. */
struct road_data {
    const char *title, *tells, *how;
};
size_t words_next_data(struct page *page, struct road_data *out_data, size_t most);

#endif
