/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* arms.h - who was to get the messages of a flow or campaign, and who by lot gets none: what tells
 * what they bring.
 *
 * In the outbox's file. Of flows and campaigns that hold anybody out, everybody whom they would
 * write to, whether anything was sent in the end or not: so the two groups differ by the lot alone.
 * Of a campaign those whom it reaches, from when their message was planned; of a flow those who
 * started since it first held somebody out, from their first start. Who was forgotten is in
 * neither.
 */
#ifndef TM_STORE_ARMS_H
#define TM_STORE_ARMS_H

#include "store/outbox.h"

struct arm {
    int64_t campaign; /* or flow */
    uint64_t person;
    bool held_out;
    int64_t at_us;
};
typedef enum err_code arm_take(void *ctx, const struct arm *arm, struct err *err);
/* By no order; a person whom the lot put into both groups, as the share changed, is in none. `take`
 * must not call the outbox. */
TM_MUST_CHECK enum err_code arms_each(struct outbox *o, arm_take *take, void *ctx, struct err *err);

#endif
