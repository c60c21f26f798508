/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* knowing.h - what flows ask of people: whether they belong to a segment, where they are reached,
 * what their clock shows. Out of the engine, completed by the live messages that the figures do not
 * have yet. The people's side of struct acting_world.
 *
 * What is asked within a transaction is answered from memory, or noted as lacking; knowing_fetch()
 * gets all of that at once. It is kept until knowing_done().
 *
 * Whom the figures do not know yet has the orders and visits of live messages alone, and is reached
 * where these tell, or the message that it happened by. One thread. */
#ifndef TM_OUTREACH_ACTING_KNOWING_H
#define TM_OUTREACH_ACTING_KNOWING_H

#include "audience/recent.h"
#include "audience/shelf.h"
#include "outreach/acting/acting.h"
#include "outreach/person/person.h"

struct knowing_door {
    /* The engine, awake, with its tables in their places until `leave`. */
    enum err_code (*enter)(void *ctx, struct engine **out, struct err *err);
    void (*leave)(void *ctx, struct engine *engine);
    /* The number under which the present figures have a person; 0: they do not. */
    uint64_t (*page)(void *ctx, uint64_t person);
    /* Messages that the present figures do not have, and whose they are; in any order. */
    void (*recent)(void *ctx, void (*each)(void *each_ctx, int64_t seq, uint64_t person),
                   void *each_ctx);
    bool (*source)(void *ctx, int64_t id, struct source_entry *out);
    void *ctx;
};

struct knowing;
/* Store and journal are borrowed. */
TM_MUST_CHECK enum err_code knowing_new(struct store *store, struct journal *journal,
                                        const struct settings *settings,
                                        const struct knowing_door *door, struct knowing **out,
                                        struct err *err);
void knowing_free(struct knowing *k); /* NULL is fine */

/* It will be asked about soon: fetched together with the others. */
void knowing_expect(struct knowing *k, uint64_t person);
/* As struct acting_world has them. ERR_UNAVAILABLE: something is lacking. */
TM_MUST_CHECK enum err_code knowing_holds(struct knowing *k, uint64_t person, const char *condition,
                                          bool *out, struct err *err);
TM_MUST_CHECK enum err_code knowing_reach(struct knowing *k, uint64_t person, struct str data,
                                          struct outbox_message *io, bool *out_found,
                                          struct err *err);
TM_MUST_CHECK enum err_code knowing_zone(struct knowing *k, uint64_t person, char *out, size_t size,
                                         struct err *err);
/* As struct acting_world has it: by the figures, outside of transactions. */
TM_MUST_CHECK enum err_code knowing_everybody(struct knowing *k, const char *condition,
                                              acting_person_fn *each, void *each_ctx,
                                              struct err *err);
bool knowing_lacks(const struct knowing *k);
TM_MUST_CHECK enum err_code knowing_fetch(struct knowing *k, struct err *err);
void knowing_done(struct knowing *k);

#endif
