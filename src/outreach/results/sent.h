/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sent.h - what was sent from here, brought among the records that figures are made of.
 *
 * Messages stand in the raw tables as those of other mailing tools do (shop/record.h, MESSAGE),
 * with the source SENT_SOURCE. The outbox has the truth: each of its blocks (store/sent.h) is one
 * import, of the format SENT_FORMAT, whose digest tells how far the block was and by which texts it
 * was told. A block that has changed, or that the engine does not hold whole, is put in its import
 * anew: what was there is dropped first. So an end at any moment, or the loss of the engine's
 * folder, is made up for by the next call, and nothing is there twice.
 *
 * Who was erased, and what the shop keeps no longer, does not come in.
 */
#ifndef TM_OUTREACH_RESULTS_SENT_H
#define TM_OUTREACH_RESULTS_SENT_H

#include "intake/target.h"
#include "store/settings.h"

#include <signal.h>

/* As sql/ has it. */
#define SENT_SOURCE "tidemark-sent"

struct sent_ctx {
    struct store *store; /* borrowed, as everything here */
    struct engine *engine;
    struct target target; /* of that engine */
    const struct settings *settings;
    const volatile sig_atomic_t *cancel; /* not 0: stop after the block; may be NULL */
};

struct sent_summary {
    int64_t blocks, records; /* brought in anew */
};

/* ERR_CANCELLED; other errors of store or engine, after which the next call goes on. */
TM_MUST_CHECK enum err_code sent_take_in(const struct sent_ctx *ctx, struct sent_summary *out,
                                         struct err *err);

/* Blocks that are not among the records as they are now, and all of which anything was sent.
 * Without the engine. */
TM_MUST_CHECK enum err_code sent_waiting(struct store *store, int64_t *out_blocks, int64_t *out_all,
                                         struct err *err);

#endif
