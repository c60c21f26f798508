/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap_words.h - what is said about the road map, in the page's language. Plain text. */
#ifndef TM_REPORT_ROADMAP_WORDS_H
#define TM_REPORT_ROADMAP_WORDS_H

#include "maturity/roadmap.h"
#include "report/page.h"

/* Days since 1970, the end inclusive: "1 Oct 2026 to 31 Dec 2026". */
const char *road_days(struct page *page, int64_t first, int64_t last);
/* "12 hours" */
const char *road_hours(struct page *page, double hours);
/* Major units of a currency: costs. */
const char *road_cost(struct page *page, double major, const char *currency);
/* Within whose year: "€1,200 to €4,300 a year"; "" when unknown. */
const char *road_gain(struct page *page, const struct roadmap *map, const struct estimate *gain);
const char *road_title(struct page *page, size_t practice);
/* "Kim (Marketer)", or the role alone. */
const char *road_who(struct page *page, const struct roadmap *map, const struct road_step *step);

/* "Stage 3 is reached at the end of quarter 2, 31 Mar 2027." or what stands in its way. */
const char *road_verdict(struct page *page, const struct roadmap *map);
/* Why it is in the plan, and why no earlier: one or two sentences. */
const char *road_reason(struct page *page, const struct roadmap *map, const struct road_step *step);
/* "Check on 3 Mar 2027: at least 28%; now 27.4%; takes about 320 cases." */
const char *road_check_text(struct page *page, const struct road_step *step);
/* "you ruled it out" */
const char *road_left_reason(enum road_left_why why);
/* "4 hours more of Marketer in quarter 2" */
const char *road_demand_text(struct page *page, const struct roadmap *map,
                             const struct road_demand *demand);
/* "proven best", or how far from the best it may be. */
const char *road_proof(struct page *page, const struct roadmap *map);

extern const char *const road_why_names[],
    *const road_hold_names[], *const road_left_names[],
                                  *const road_demand_names[]; /* by enum, for machines */

#endif
