/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* flows.h - the flows that a shop keeps, read. Inside of src/outreach/acting and for those who tell
 * of flows.
 *
 * A flow that is on lets people start; one that is off lets those go on who are on the way; one
 * that has ended, or is gone, stops them where they stand. */
#ifndef TM_OUTREACH_ACTING_FLOWS_H
#define TM_OUTREACH_ACTING_FLOWS_H

#include "outreach/flow/drive.h"
#include "store/named.h"

const char *flow_state_name(enum named_state state); /* "off", "on", "stopped" */

struct kept_flow {
    int64_t id;
    enum named_state state;
    int64_t changed_us, state_us;
    struct flow *flow; /* owned; NULL: its text is broken */
};

struct kept_flows {
    struct kept_flow *list; /* owned */
    size_t n;
};

/* As they are kept now. *io_changed becomes true unless they are as before. A text that did not
 * change is not read again. */
TM_MUST_CHECK enum err_code kept_flows_read(struct store *store, struct kept_flows *io,
                                            bool *io_changed, struct err *err);
void kept_flows_release(struct kept_flows *flows);
const struct kept_flow *kept_flows_find(const struct kept_flows *flows, int64_t id); /* NULL */
/* Whether any flow looks at an event of that name. */
bool kept_flows_listen(const struct kept_flows *flows, const char *event);

/* Whether the shop has the segments that it speaks of. */
TM_MUST_CHECK enum err_code flow_segments_exist(struct store *store, const struct flow *flow,
                                                struct err *err);
/* Those, and the messages that it sends (message_ready()). */
TM_MUST_CHECK enum err_code flow_may_be_on(struct store *store, const struct flow *flow,
                                           struct err *err);
/* ERR_EXISTS where another that is on tells people the same after the same: one that starts by the
 * same event and sends one of its messages. `id`: its own number; 0. */
TM_MUST_CHECK enum err_code flow_is_alone(struct store *store, const struct flow *flow, int64_t id,
                                          struct err *err);

/* Keeps a text that is whole, and whose segments there are, under the name that it gives itself: in
 * place of the flow `id`, or with 0 as a new one. All mistakes of the text are in `faults` (may be
 * NULL). `file`: its name in messages, or NULL. */
TM_MUST_CHECK enum err_code flow_keep(struct store *store, struct str text, const char *file,
                                      int64_t id, const char *actor, struct yaml_faults *faults,
                                      int64_t *out_id, struct err *err);
/* Nothing that it planned is sent any more. */
TM_MUST_CHECK enum err_code flow_close(struct outbox *outbox, int64_t flow, struct err *err);
/* Ends a flow: nothing that it planned is sent any more, and who is on the way stops, `most` at
 * once. *out_n below that: nobody is left. In a transaction. */
TM_MUST_CHECK enum err_code flow_end(struct outbox *outbox, int64_t flow, int64_t now_us,
                                     size_t most, size_t *out_n, struct err *err);
/* The same for all of them, in transactions of its own. */
TM_MUST_CHECK enum err_code flow_end_all(struct outbox *outbox, int64_t flow, int64_t now_us,
                                         struct err *err);

#endif
