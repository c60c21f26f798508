/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* look.h - what a launch would come to, before it: whom the first message reaches by which channel,
 * and what the gate (gate.h) would say of each at its time by what is known now. Nothing is
 * planned, counted towards a cap or written down.
 *
 * Of many people some are looked at, drawn by lot: what is told of them stands for all, with how
 * far off it may be.
 */
#ifndef TM_OUTREACH_CAMPAIGN_LOOK_H
#define TM_OUTREACH_CAMPAIGN_LOOK_H

#include "outreach/campaign/plan.h"
#include "outreach/campaign/schedule.h"

enum { CAMPAIGN_LOOK_MOST = 20000 };

/* What the gate says of those whom a channel reaches. */
struct campaign_judged {
    int64_t go, held[GATE_REASONS], refused[GATE_REASONS];
};
/* `people`, `left_out` and `held_out` are of all; the others of who was looked at. */
struct campaign_preview {
    int64_t people, left_out, held_out;
    int64_t looked_at; /* of those who are not held out; fewer than these: a sample */
    int64_t unreached;
    int64_t by_channel[CAMPAIGN_CHANNELS_MAX], by_variant[CAMPAIGN_VARIANTS_MAX];
    struct campaign_judged judged[CAMPAIGN_CHANNELS_MAX];
    /* When the message of those who are reached is due; by one clock or by those of all zones. */
    struct {
        int64_t at_us, people;
    } due[SLOT_RANGES_MAX];
    size_t due_count;
};
/* As a launch at now_us. Needs the planner's quiet, zone and world. */
TM_MUST_CHECK enum err_code campaign_look(struct campaign_planner *p, int64_t id,
                                          const struct campaign *campaign, int64_t now_us,
                                          struct campaign_preview *out, struct err *err);

/* A number of people who were looked at, as one of all of them. */
struct campaign_about {
    int64_t n;
    int64_t low, high; /* with 95 %; n itself where all were looked at */
};
struct campaign_about campaign_about(const struct campaign_preview *preview, int64_t looked_at);

/* Over which time the throttle spreads the first message; false: it has none, or nobody is reached.
 */
struct campaign_spread {
    int64_t first_us, last_us;
};
bool campaign_spread(const struct campaign *campaign, const struct campaign_preview *preview,
                     struct campaign_spread *out);

/* What becomes of people, by channel: who is sent it, who gets it later, who does not and why. */
struct campaign_outcome {
    const char *channel; /* NULL: none reaches them */
    enum gate_verdict verdict;
    enum gate_reason reason;
    int64_t people; /* who were looked at */
};
const char *campaign_verdict_word(enum gate_verdict verdict); /* "sent", "held", "refused" */
typedef enum err_code campaign_take_outcome(void *ctx, const struct campaign_outcome *outcome,
                                            struct err *err);
/* Channels as the text has them; who is sent it also where that is nobody. */
TM_MUST_CHECK enum err_code campaign_outcomes(const struct campaign *campaign,
                                              const struct campaign_preview *preview,
                                              campaign_take_outcome *take, void *ctx,
                                              struct err *err);

#endif
