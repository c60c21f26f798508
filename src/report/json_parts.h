/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_parts.h - the parts of the JSON report that stand in files of their own. */
#ifndef TM_REPORT_JSON_PARTS_H
#define TM_REPORT_JSON_PARTS_H

#include "base/json_write.h"
#include "report/page.h"

extern const char *const json_form_names[]; /* of enum indicator_form */
void json_key_doubles(struct json_writer *w, const char *key, const double *v, size_t n);
/* "TEST", "EXAMINE", "INTERVIEW": how the practice was looked at (NIST OSCAL 1.1, observations). */
void json_methods(struct json_writer *w, const struct practice_result *result);
/* XCCDF's word for the practice against the stage that is aimed at. */
const char *json_result_word(const struct practice_result *result, int target);

/* json_observations.c: "observations". */
void json_observations(struct json_writer *w, struct page *page);
/* json_sensitivity.c: "sensitivity". */
void json_sensitivity(struct json_writer *w, const struct page *page);
/* json_peers.c: the value of "peers". */
void json_peers(struct json_writer *w, const struct page *page);
/* json_worth.c: {"low", "median", "high", "at_stake"} of a practice, or null. */
void json_practice_money(struct json_writer *w, const struct page *page, size_t practice);
/* "sensitivity", "money", "roadmap", "history", "peers": each only when it was worked out. */
void json_worth(struct json_writer *w, struct page *page);

#endif
