/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* whose.h - whose a shop's live messages are (identity/live_people.h): kept in step with its
 * figures, and told; inside src/web only.
 *
 * Intake only says that something was stored. Whatever fails here is logged: messages and figures
 * do not hang on it. Any thread, but where the worker is named.
 */
#ifndef TM_WEB_WHOSE_H
#define TM_WEB_WHOSE_H

#include "base/json_write.h"
#include "identity/live_people.h"

enum {
    WHOSE_BYTES = 512 << 20, /* of memory, by all shops of the server together */
    WHOSE_BYTES_LEAST = 32 << 20,
    WHOSE_WAITING = 50 /* of a person's messages that are told */
};

struct whose;
struct web;

/* The shop's live messages come in already, and there is nobody to ask for them yet. */
TM_MUST_CHECK enum err_code whose_open(struct web *web, struct whose **out, struct err *err);
void whose_close(struct whose *whose); /* NULL is fine */
struct live_people *whose_people(struct whose *whose);
/* The worker: the figures hold all messages up to that one from now on, and no other. */
void whose_figures(struct whose *whose, int64_t seq);
/* The worker, with the shop's engine held and all messages up to that one drained: takes anew who
 * is who, when the figures are others than at its last call. */
void whose_fill(struct whose *whose, struct engine *engine, int64_t seq);
/* Somebody is being erased. */
void whose_forget(struct whose *whose);

/* A member "people": whether it is known whose messages are, how many identifiers are, in how much
 * memory, how long taking them from the engine took, and of how many messages it is not known yet.
 */
void whose_show_state(struct whose *whose, struct json_writer *w);
/* A member "whose" that says what is known of a message; who that is for `people` alone. */
void whose_show(const struct live_whose *told, bool people, struct json_writer *w);
/* What came from a person and is not in the figures: members "state", "n" and "events", the newest
 * WHOSE_WAITING of them. */
TM_MUST_CHECK enum err_code whose_waiting(struct whose *whose, uint64_t person,
                                          struct json_writer *w, struct err *err);

#endif
