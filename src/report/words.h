/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words.h - what a report says about an assessment, in the page's language. Plain text. */
#ifndef TM_REPORT_WORDS_H
#define TM_REPORT_WORDS_H

#include "report/page.h"

/* "as of 30 Sep 2026, the newest record" */
const char *words_as_of(struct page *page);
/* "Stage 2, Up-and-coming" */
const char *words_stage(struct page *page, int stage);
/* The best stage is confirmed, and enough is known to say so. */
bool words_confirmed(const struct assessment *a);
/* "confirmed", "claimed", "likely", "as far as is known" */
const char *words_standing(const struct page *page);
/* "The evidence confirms stage 2; stage 3 has a probability of 12%." */
const char *words_verdict(struct page *page);
/* What the stage means; "" where it says nothing about the shop. */
const char *words_stage_what(struct page *page);
/* Required practices not known, why the confirmed stage lies below the best one, what "does not
 * apply" changed; "" if not. */
const char *words_caution(struct page *page);
/* "62% of what the model looks at is known; ..." */
const char *words_coverage(struct page *page);
/* "46 of 100 (31 to 62)", or the bounds alone when too little is known. */
const char *words_index(struct page *page);
/* Headline facts of the shop, those that are known. */
struct fact {
    const char *label, *value;
};
enum { FACTS_MAX = 6 };
size_t words_facts(struct page *page, struct fact out_facts[FACTS_MAX]);

/* What the target stage asks, and how it stands. */
struct stage_condition {
    double p; /* that it is met */
    const char *text, *today;
};
enum { STAGE_CONDITIONS = 4 };
void words_conditions(struct page *page, struct stage_condition out_rows[STAGE_CONDITIONS]);

/* The terms of the method in plain words, to be translated; ends with a term of NULL. */
struct term {
    const char *term, *text;
};
enum { TERMS_MAX = 12 };
extern const struct term words_terms[];

/* Why a gap is one: "stage 3 needs it". */
const char *words_gap_reason(struct page *page, const struct gap *gap);
/* What is missing, in natural units: "4 more among 540 reach level 3 (at least 28%; now 27.4%)". */
const char *words_gap_distance(struct page *page, const struct gap *gap);
/* "makes 7 practices known, 2 of them essential" */
const char *words_connection(struct page *page, const struct connection *connection);
/* What stands before a practice's first step: it is the step from level 1. */
const char *words_first_step(const struct practice_result *result);
/* "You answered level 3; the data shows level 2." */
const char *words_conflict(struct page *page, const struct practice_result *result);

/* How probable this stage or a higher one is. */
double words_at_least(const struct assessment *a, int stage);
const char *words_state(enum state state);           /* "measured" */
const char *words_state_explained(enum state state); /* a sentence */
const char *words_class(enum evidence_class class_);
extern const char *const words_class_letters[]; /* "M", "C", "A", "S"; NULL for none */
/* "level 2, confirmed", "between level 2 and 3", "not known" */
const char *words_level(struct page *page, const struct practice_result *result);
/* Why a practice does not apply, and until when; "" otherwise. */
const char *words_reason(struct page *page, const struct practice_result *result);
const char *words_essential(struct page *page, const struct practice *practice); /* "" if not */
/* "1 Oct 2025 to 30 Sep 2026"; "" when unknown. */
const char *words_window(struct page *page, const struct evidence *evidence);
/* Where the cuts come from: "published, primary source seen (V1): RJMetrics, 2015". */
const char *words_citation(struct page *page, const struct citation *citation);
/* "about 220 more cases would settle the level"; "" when nothing is to be said. */
const char *words_needed(struct page *page, const struct practice_result *result);

#endif
