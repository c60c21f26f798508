/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* flow_view.h - a flow as people read it in the terminal. */
#ifndef TM_CMD_FLOW_VIEW_H
#define TM_CMD_FLOW_VIEW_H

#include "outreach/acting/numbers.h"
#include "store/named.h"

/* Its steps, with how many came to each; `numbers`: NULL without. */
void flow_view(struct buf *out, const struct flow *flow, const struct flow_numbers *numbers);
/* How many started, are on the way, reached the goal. */
void flow_view_people(struct buf *out, const struct flow_numbers *numbers);
const char *flow_state_text(enum named_state state); /* in the thread's language */

#endif
