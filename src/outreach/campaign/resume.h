/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* resume.h - a paused campaign goes on: no faster than its throttle.
 *
 * Said is it at once and kept; done it is batch by batch (store/put_off.h), by whoever comes to it,
 * and the campaign stays paused until then. A pause in between leaves half of it undone, which the
 * next word goes on with.
 */
#ifndef TM_OUTREACH_CAMPAIGN_RESUME_H
#define TM_OUTREACH_CAMPAIGN_RESUME_H

#include "outreach/campaign/campaign.h"
#include "store/put_off.h"

/* In a transaction: somebody's word, of a campaign that is paused. */
TM_MUST_CHECK enum err_code resume_say(struct outbox *outbox, int64_t id, const char *by,
                                       int64_t now_us, struct err *err);
/* In a transaction: it is taken back, or the campaign is over. */
TM_MUST_CHECK enum err_code resume_take_back(struct outbox *outbox, int64_t id, bool over,
                                             struct err *err);

/* Outside of a transaction: what is said is done, for so long. */
struct resume_work {
    struct outbox *outbox; /* borrowed */
    int64_t id;
    const struct campaign *campaign; /* NULL: its text is broken */
    int64_t now_us;
    int64_t patience_us;      /* 0: until it is done */
    bool (*stops)(void *ctx); /* asked between batches; NULL: never */
    void *ctx;
};
/* *out_left: some is left to be done. Nothing to do is no error. Any number may be at it. */
TM_MUST_CHECK enum err_code resume_do(const struct resume_work *work, bool *out_left,
                                      struct err *err);

#endif
