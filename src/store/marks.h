/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* marks.h - the newest mark in every form that people and programs ask for: the assessment and its
 * road map as JSON, and the reports, "report.en.pdf", "roadmap.th.ics". One at a time, whole. */
#ifndef TM_STORE_MARKS_H
#define TM_STORE_MARKS_H

#include "base/digest.h"
#include "store/store.h"

struct mark_part {
    const char *name;
    struct str content;
};

/* Takes the place of the mark before, all or nothing. */
TM_MUST_CHECK enum err_code store_mark_put(struct store *store, int64_t as_of,
                                           const struct mark_part *parts, size_t n,
                                           struct err *err);
TM_MUST_CHECK enum err_code store_mark_get(struct store *store, const char *name,
                                           struct buf *out_content, bool *out_found,
                                           struct err *err);
/* The part that says what the mark rests on besides the records. */
#define MARK_RESTS_ON "rests_on"
/* Of the answers and settings as they are in force: those of which a mark is another one. */
TM_MUST_CHECK enum err_code store_mark_rests_on(const struct store *store, char out[DIGEST_HEX],
                                                struct err *err);
/* TIME_NONE without any. */
TM_MUST_CHECK enum err_code store_mark_as_of(struct store *store, int64_t *out_as_of,
                                             struct err *err);

#endif
