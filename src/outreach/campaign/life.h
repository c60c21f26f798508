/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* life.h - a campaign from its draft to its end.
 *
 *     draft --> (seen) --> (approved) --> launched --> finished
 *                                          |  ^  \
 *                                          v  |   `--> cancelled
 *                                          held
 *
 * What was counted and approved is one text: a change takes both away. Who wrote or last changed a
 * text does not approve it. A launched campaign's text stays as it is. Nothing is planned or sent
 * here (plan.h).
 */
#ifndef TM_OUTREACH_CAMPAIGN_LIFE_H
#define TM_OUTREACH_CAMPAIGN_LIFE_H

#include "outreach/campaign/campaign.h"
#include "store/campaigns.h"
#include "store/named.h"

/* Between launch and the first message there is time to undo it. */
#define CAMPAIGN_UNDO_US (60 * US_PER_SECOND)
/* So many hundredths of those that were expected a launch may turn out to have. */
enum { CAMPAIGN_MORE_PERCENT = 120 };

/* Keeps the text under its name: a new one for id 0, in place of the one of that name if there is
 * one. ERR_EXISTS when that one is on its way or over. */
TM_MUST_CHECK enum err_code campaign_put(struct store *store, const struct campaign *campaign,
                                         struct str text, int64_t id, const char *actor,
                                         int64_t *out_id, struct err *err);
/* ERR_EXISTS for one that is on its way. */
TM_MUST_CHECK enum err_code campaign_remove(struct store *store, int64_t id, struct err *err);

/* A campaign out of the store. `text` is the caller's and holds what the rest speaks of. */
struct campaign_file {
    struct named named;
    struct campaign *campaign; /* owned; NULL when the text is broken */
    struct err broken;         /* why it is */
    struct campaign_kept kept;
    char digest[DIGEST_HEX]; /* of the text */
    int approval_from;       /* the shop's setting */
};
/* By name or number. */
TM_MUST_CHECK enum err_code campaign_file_open(struct store *store, const char *name,
                                               struct buf *text, struct campaign_file *out,
                                               struct err *err);
void campaign_file_close(struct campaign_file *file);
/* All, by name; file and text are its own until it returns. */
typedef enum err_code campaign_take(void *ctx, struct campaign_file *file, struct str text,
                                    struct err *err);
TM_MUST_CHECK enum err_code campaign_each(struct store *store, campaign_take *take, void *ctx,
                                          struct err *err);

/* How many people the text as it stands is for was counted and shown. */
TM_MUST_CHECK enum err_code campaign_seen(struct store *store, struct campaign_file *file,
                                          int64_t people, int64_t now_us, struct err *err);
/* ERR_DENIED for who changed it last, ERR_INVALID when its people were not counted. */
TM_MUST_CHECK enum err_code campaign_approve(struct store *store, struct campaign_file *file,
                                             const char *by, int64_t now_us, struct err *err);
/* Whether somebody else has to approve it: by its text, or by the shop's settings for as many
 * people as were counted. */
bool campaign_needs_second(const struct campaign_file *file);
/* ERR_INVALID says what is missing: people counted, somebody else's word, a time to come; or which
 * message may not go out and why (message_ready()). */
TM_MUST_CHECK enum err_code campaign_launch(struct store *store, struct campaign_file *file,
                                            struct zone *zone, const char *by, int64_t now_us,
                                            struct err *err);
/* Of one that waits for a word: it goes on, for as many people as there are. */
TM_MUST_CHECK enum err_code campaign_confirm(struct store *store, struct campaign_file *file,
                                             struct err *err);
/* Stops what was not handed over yet, and lets it go on: no faster than its throttle. What takes
 * longer than CAMPAIGN_RESUME_US is left to resume_do(), and the campaign paused until then.
 * `outbox` outside of a transaction. */
#define CAMPAIGN_RESUME_US (2 * US_PER_SECOND)
TM_MUST_CHECK enum err_code campaign_pause(struct outbox *outbox, struct campaign_file *file,
                                           bool paused, const char *by, int64_t now_us,
                                           struct err *err);
/* For good. */
TM_MUST_CHECK enum err_code campaign_cancel(struct store *store, struct outbox *outbox,
                                            struct campaign_file *file, const char *by,
                                            int64_t now_us, struct err *err);
/* Of who plans: it waits for a word. `people`: more than expected, or -1. */
TM_MUST_CHECK enum err_code campaign_hold(struct store *store, struct campaign_file *file,
                                          const char *why, int64_t people, struct err *err);
TM_MUST_CHECK enum err_code campaign_finish(struct store *store, struct campaign_file *file,
                                            int64_t now_us, struct err *err);

/* As people see it. */
enum campaign_status {
    CAMPAIGN_IS_DRAFT,
    CAMPAIGN_IS_APPROVED,
    CAMPAIGN_IS_SCHEDULED, /* launched, and nothing is planned yet */
    CAMPAIGN_IS_SENDING,
    CAMPAIGN_IS_PAUSED,
    CAMPAIGN_IS_HELD,
    CAMPAIGN_IS_CANCELLED,
    CAMPAIGN_IS_FINISHED,
    CAMPAIGN_STATUSES
};
/* `begun`: something is planned. */
enum campaign_status campaign_status(const struct campaign_file *file, enum campaign_state outbox,
                                     bool begun);
const char *campaign_status_word(enum campaign_status status); /* "sending" */
const char *campaign_status_text(enum campaign_status status); /* in the thread's language */

#endif
