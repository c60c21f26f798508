/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* try.h - each message of a campaign to an address of the shop's own, before anybody else gets it:
 * with invented data, past the outbox, counted nowhere (sender/trial.h). */
#ifndef TM_OUTREACH_CAMPAIGN_TRY_H
#define TM_OUTREACH_CAMPAIGN_TRY_H

#include "outreach/campaign/life.h"
#include "outreach/preflight/preflight.h"
#include "outreach/sender/channel.h"
#include "store/settings.h"

struct campaign_tried {
    const char *message; /* its name */
    struct channel_answer answer;
};
typedef enum err_code campaign_take_tried(void *ctx, const struct campaign_tried *tried,
                                          struct err *err);
/* All variants, too. `base`: of links, "" without. ERR_INVALID for a text that is broken; else as
 * trial_send(): the first that cannot be tried ends it. */
TM_MUST_CHECK enum err_code campaign_try(struct store *store, const struct settings *settings,
                                         const struct campaign_file *file, const char *to,
                                         const char *base, campaign_take_tried *take, void *ctx,
                                         struct err *err);
/* Before a launch: of one that sends e-mails, whether mailboxes will believe them
 * (trial_believed()). One whose people were not counted is not launched anyway, and not asked
 * about. */
TM_MUST_CHECK enum err_code campaign_believed(struct store *store, const struct settings *settings,
                                              const struct campaign_file *file,
                                              const struct preflight_dns *dns, struct err *err);
/* {"message", "outcome", "answer"} */
void campaign_tried_json(const struct campaign_tried *tried, struct json_writer *w);

#endif
