/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap.h - the road map for people and their tools: terminal, CSV, calendar, JSON.
 *
 * The same steps, days and numbers in all of them. `options` give language, width, colour and the
 * shop's name; `all` shows the details of every quarter in the terminal.
 */
#ifndef TM_REPORT_ROADMAP_H
#define TM_REPORT_ROADMAP_H

#include "maturity/roadmap.h"
#include "report/report.h"

TM_MUST_CHECK enum err_code report_roadmap_text(const struct assessment *a,
                                                const struct roadmap *map,
                                                const struct report_options *options,
                                                struct buf *out, struct err *err);
/* A row a step, UTF-8 with a byte order mark: spreadsheets need it to read Arabic and Thai. */
TM_MUST_CHECK enum err_code report_roadmap_csv(const struct assessment *a,
                                               const struct roadmap *map,
                                               const struct report_options *options,
                                               struct buf *out, struct err *err);
/* iCalendar (RFC 5545): all-day events, one a step and one for its check. A step keeps its UID
 * from plan to plan. */
TM_MUST_CHECK enum err_code report_roadmap_ics(const struct assessment *a,
                                               const struct roadmap *map,
                                               const struct report_options *options,
                                               struct buf *out, struct err *err);
/* Language-neutral; the names of enums are those of roadmap.h in small letters. */
TM_MUST_CHECK enum err_code report_roadmap_json(const struct assessment *a,
                                                const struct roadmap *map,
                                                const struct report_options *options,
                                                struct buf *out, struct err *err);
/* A workbook: the steps, and what was left out. */
TM_MUST_CHECK enum err_code report_roadmap_xlsx(const struct assessment *a,
                                                const struct roadmap *map,
                                                const struct report_options *options,
                                                struct buf *out, struct err *err);

#endif
