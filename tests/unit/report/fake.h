/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fake.h - a small model and a finished assessment, written by hand: every state, form, reason
 * and kind of text that a report has to show. */
#ifndef TM_TESTS_UNIT_REPORT_FAKE_H
#define TM_TESTS_UNIT_REPORT_FAKE_H

#include "report/report.h"

enum fake_kind {
    FAKE_STAGE_2, /* confirmed, with gaps, connections, a conflict and a rejected file */
    FAKE_CLAIMED, /* answers alone, no data, no facts */
    FAKE_STAGE_4  /* the highest; nothing left to do */
};

/* Valid until the next call. */
const struct assessment *fake_assessment(enum fake_kind kind);
struct report_options fake_options(enum fake_kind kind, enum language language);

/* Money, road map, history and what would flip the stage, for any of them. */
void fake_add_worth(struct report_options *options);

#endif
