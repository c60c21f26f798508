/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ask.h - what campaigns ask of people, out of the engine: the people's side of plan.h. One thread
 * for each asker. */
#ifndef TM_OUTREACH_CAMPAIGN_ASK_H
#define TM_OUTREACH_CAMPAIGN_ASK_H

#include "outreach/campaign/plan.h"

struct campaign_asker {
    struct store *store; /* borrowed, as the others */
    const struct pseudonyms *pseudonyms;
    const char *country; /* of the shop; "" */
    const struct sending *sending;
    /* The engine, awake, with its tables in their places until `leave`. */
    enum err_code (*enter)(void *ctx, struct engine **out, struct err *err);
    void (*leave)(void *ctx, struct engine *engine);
    bool (*stops)(void *ctx); /* NULL: never */
    void *ctx;
};

/* With the asker as its ctx. */
struct campaign_world campaign_world_of(struct campaign_asker *asker);

#endif
