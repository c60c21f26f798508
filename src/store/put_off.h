/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* put_off.h - the waiting messages of a campaign that was paused, put off before it goes on: what
 * became due meanwhile goes out in the distances in which it was planned.
 *
 * In batches, so that nobody waits long for the file. That a campaign shall go on, which of its
 * steps are put off by how much and how far that came stand in outbox.db, a batch and where it
 * ended in one transaction: a process that dies anywhere is gone on for by the next. The campaign
 * stays paused until all are done. Who does it in what order is outreach/campaign/resume.h's.
 *
 * What changes anything stands between outbox_begin() and outbox_end().
 */
#ifndef TM_STORE_PUT_OFF_H
#define TM_STORE_PUT_OFF_H

#include "store/outbox.h"

enum { PUT_OFF_BATCH = 250, PUT_OFF_STEPS_MAX = 32 };

/* Somebody's word that the campaign shall go on. */
struct resuming {
    bool wanted;
    int64_t since_us;
    char by[OUTBOX_ADDRESS_MAX + 1];
};
TM_MUST_CHECK enum err_code resuming_set(struct outbox *o, int64_t campaign, const char *by,
                                         int64_t since_us, struct err *err);
/* It shall not, or does. */
TM_MUST_CHECK enum err_code resuming_drop(struct outbox *o, int64_t campaign, struct err *err);
TM_MUST_CHECK enum err_code resuming_get(struct outbox *o, int64_t campaign, struct resuming *out,
                                         struct err *err);

/* Outside of transactions: which steps of the campaign have messages that are due before that time,
 * and when the first of them is. */
struct put_off {
    int64_t steps[PUT_OFF_STEPS_MAX];
    size_t n;
    int64_t first_us;
};
TM_MUST_CHECK enum err_code put_off_look(struct outbox *o, int64_t campaign, int64_t before_us,
                                         struct put_off *out, struct err *err);
/* All waiting messages of the step are to be put off by so much, but for those that wait for their
 * variant (PIECE_FAR_US). */
TM_MUST_CHECK enum err_code put_off_add(struct outbox *o, int64_t campaign, int64_t step,
                                        int64_t by_us, struct err *err);
/* Whether any step is. */
TM_MUST_CHECK enum err_code put_off_pending(struct outbox *o, int64_t campaign, bool *out,
                                            struct err *err);
/* The next PUT_OFF_BATCH people; *out_left: there are more. */
TM_MUST_CHECK enum err_code put_off_batch(struct outbox *o, int64_t campaign, bool *out_left,
                                          struct err *err);
/* The campaign is over. */
TM_MUST_CHECK enum err_code put_off_drop(struct outbox *o, int64_t campaign, struct err *err);

#endif
