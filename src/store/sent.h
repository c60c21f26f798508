/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sent.h - what was sent, and what came of it, for whoever makes figures of it.
 *
 * In the outbox's file (store/outbox.h). Its messages are read in blocks of SENT_BLOCK numbers;
 * each block has a turn that goes up with every change that a reader could see: taken by a channel,
 * a response, one that was a machine's after all, a person forgotten. So who keeps the turn knows
 * which blocks to read anew. Read the turn first: what changes meanwhile is then read again.
 *
 * Marketing that a channel took, to people who were not forgotten; neither transactional messages
 * nor what is told to other systems.
 */
#ifndef TM_STORE_SENT_H
#define TM_STORE_SENT_H

#include "store/responses.h"

enum { SENT_BLOCK = 100000 };

struct sent_block {
    int64_t block; /* numbers from block * SENT_BLOCK on */
    int64_t turn;
};
/* Of the blocks of which anything was sent, those above `after`; at most `cap`. */
TM_MUST_CHECK enum err_code sent_blocks(struct outbox *o, int64_t after, struct sent_block *out,
                                        size_t cap, size_t *out_n, struct err *err);

struct sent_message {
    int64_t id, campaign, step;
    int variant;
    char channel[OUTBOX_CHANNEL_MAX];
    char address[OUTBOX_ADDRESS_MAX + 1];
    int64_t sent_us, accepted_us;
    /* When it first happened, by a person and by a machine; TIME_NONE. */
    int64_t first_us[RESPONSE_KINDS], machine_us[RESPONSE_KINDS];
};
typedef enum err_code sent_take(void *ctx, const struct sent_message *message, struct err *err);
/* A block's messages, by number. `take` must not call the outbox. */
TM_MUST_CHECK enum err_code sent_each(struct outbox *o, int64_t block, sent_take *take, void *ctx,
                                      struct err *err);

#endif
