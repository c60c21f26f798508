/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* render.h - one rendering: what its parts (render.c, render_loop.c, eval.c,
 * the filters) share. */
#ifndef TM_OUTREACH_LIQUID_RENDER_H
#define TM_OUTREACH_LIQUID_RENDER_H

#include "outreach/liquid/syntax.h"

enum { SLOT_LOCAL = 1, SLOT_ASSIGNED = 2, SLOT_COUNTED = 4, SLOT_ASKED = 8, SLOT_GIVEN = 16 };

/* A variable. A loop's own hides what was assigned, which hides a counter,
 * which hides the data. */
struct slot {
    struct value local, assigned;
    struct value given; /* by the data, ASKED once; GIVEN: there is one */
    int64_t count;
    uint8_t state;
};

/* What is remembered between tags: the turn of a cycle, where a loop stopped.
 */
struct mark {
    struct mark *next;
    struct str name;
    int64_t n;
};

enum interrupt { GO_ON, BREAK_OFF, NEXT_TURN };

struct render {
    const struct liquid *liquid;
    const struct liquid_settings *settings;
    struct arena *arena;
    struct buf *out;
    size_t out_start;   /* of this message in `out` */
    struct buf scratch; /* of filters */
    struct slot *slots;
    struct mark *cycles, *offsets;
    struct str changed; /* what the last ifchanged printed */
    bool has_changed;
    const struct loop_state *loop; /* the innermost `for` */
    enum interrupt interrupt;
    int depth;
    int lenient; /* above 0: a variable that nobody gave is no error, even if
                    strict */
    bool isolated;
    size_t steps, turns;
    int64_t ends_ns; /* on the monotonic clock */
    struct spot at;
    struct err *err;
};

/* All return an error with r->at at its place. */

TM_MUST_CHECK enum err_code render_body(struct render *r, const struct body *body);
TM_MUST_CHECK enum err_code render_for(struct render *r, const struct node *node);
TM_MUST_CHECK enum err_code render_tablerow(struct render *r, const struct node *node);

TM_MUST_CHECK enum err_code eval_expr(struct render *r, const struct expr *expr,
                                      struct value *out_value);
TM_MUST_CHECK enum err_code eval_pipe(struct render *r, const struct pipe *pipe,
                                      struct value *out_value);
TM_MUST_CHECK enum err_code eval_condition(struct render *r, const struct condition *condition,
                                           bool *out_holds);
/* A member of any value, as a.name or item[property] finds it: nil when there
 * is none. */
TM_MUST_CHECK enum err_code eval_member(struct render *r, struct value v, struct str name,
                                        uint64_t hash, struct value *out_value, bool *out_known);
/* The variable of that name in the data or set by the template. */
TM_MUST_CHECK enum err_code eval_slot(struct render *r, uint32_t slot, struct value *out_value,
                                      bool *out_known);

enum { CLOCK_EVERY = 256 }; /* steps between looks at the clock */

/* What the two below say when something is passed, or when it is time to look
 * at the clock. */
TM_MUST_CHECK enum err_code render_check_steps(struct render *r);
TM_MUST_CHECK enum err_code render_full(struct render *r);

/* Counts work against the limits of steps and time. */
TM_MUST_CHECK static inline enum err_code render_step(struct render *r, size_t n)
{
    size_t before = r->steps;

    r->steps += n;
    return before / CLOCK_EVERY == r->steps / CLOCK_EVERY && r->steps <= r->settings->limits.steps
               ? ERR_OK
               : render_check_steps(r);
}

/* ERR_TOO_LARGE when the output or the memory is full. */
TM_MUST_CHECK static inline enum err_code render_room(struct render *r)
{
    return r->out->failed || r->arena->failed || r->scratch.failed ? render_full(r) : ERR_OK;
}
/* The value printed as {{ }} does, escaped for its place. */
TM_MUST_CHECK enum err_code render_print(struct render *r, struct value v, enum html_place place);
/* A variable of a loop's or partial's own, which hides one of the same name
 * until it is taken back; `before` is the slot as it was. */
void render_set_local(struct render *r, uint32_t slot, struct value v);
void render_unset_local(struct render *r, uint32_t slot, const struct slot *before);
/* The mark of that name in the list, a new one at 0 where there is none; NULL
 * without memory. */
struct mark *render_mark(struct render *r, struct mark **list, struct str name);

#endif
