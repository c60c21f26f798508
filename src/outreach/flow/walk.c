/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/flow/walk.h"

#include <sodium.h>

double flow_lot(int64_t flow, int64_t step, uint64_t person)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "tidemark's lots";
    const uint64_t of[] = {(uint64_t)flow, (uint64_t)step, person};
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t lot;

    crypto_shorthash(hash, (const unsigned char *)of, sizeof(of), key);
    memcpy(&lot, hash, sizeof(lot));
    return (double)(lot >> 11) * 0x1p-53 * 100;
}

/* ---- steps -------------------------------------------------------------------------------- */

/* A person at a step: `to` is where it goes on, or it stands there. */
struct at {
    const struct flow_step *step;
    struct run *run;
    const struct flow_world *world;
    size_t to;
    bool stands;
};

static enum err_code at_wait(struct at *at, struct err *err)
{
    (void)err;
    at->stands = true;
    at->run->wake_us = at->world->now_us + at->step->wait_us;
    return ERR_OK;
}

static enum err_code at_wait_for(struct at *at, struct err *err)
{
    snprintf(at->run->event, sizeof(at->run->event), "%s", at->step->event);
    return at_wait(at, err);
}

/* Monday is 0. 1970-01-01 was a Thursday. */
static unsigned weekday_of(int64_t day)
{
    return (unsigned)(((day + 3) % 7 + 7) % 7);
}

/* When the clock shows that minute on the local day so many days after today. */
static int64_t shown_on(const struct at *at, int days, unsigned *out_weekday)
{
    struct civil now = zone_from_utc(at->world->zone, at->world->now_us), c = {0};
    int64_t day = civil_to_days(now.year, now.month, now.day) + days;

    civil_from_days(day, &c.year, &c.month, &c.day);
    c.hour = at->step->minute / 60;
    c.minute = at->step->minute % 60;
    *out_weekday = weekday_of(day);
    return zone_to_utc(at->world->zone, &c);
}

static enum err_code at_until(struct at *at, struct err *err)
{
    (void)err;
    for (int days = 0; days <= 8; days++) {
        unsigned weekday;
        int64_t at_us = shown_on(at, days, &weekday);

        if (at_us < at->world->now_us ||
            (at->step->weekdays && !(at->step->weekdays >> weekday & 1)))
            continue;
        at->stands = at_us > at->world->now_us;
        at->run->wake_us = at_us;
        at->to = at->step->next;
        return ERR_OK;
    }
    return err_set(err, ERR_INTERNAL, "the clock never shows that hour");
}

static enum err_code at_if(struct at *at, struct err *err)
{
    bool holds = false;

    TRY(at->world->holds(at->world->ctx, at->run->person, at->step->condition, &holds, err));
    at->to = holds ? at->step->then : at->step->otherwise;
    return ERR_OK;
}

static enum err_code at_split(struct at *at, struct err *err)
{
    double lot = flow_lot(at->run->flow, at->step->id, at->run->person), sum = 0;
    size_t i = 0;

    (void)err;
    while (i + 1 < at->step->way_count && lot >= (sum += at->step->ways[i].share))
        i++;
    at->to = at->step->ways[i].to;
    return ERR_OK;
}

static enum err_code at_act(struct at *at, struct err *err)
{
    (void)err;
    at->to = at->step->next;
    return ERR_OK;
}

static enum err_code (*const arrive[FLOW_STEP_KINDS])(struct at *at, struct err *err) = {
    [FLOW_WAIT] = at_wait, [FLOW_UNTIL] = at_until, [FLOW_WAIT_FOR] = at_wait_for,
    [FLOW_IF] = at_if,     [FLOW_SPLIT] = at_split, [FLOW_SEND] = at_act,
    [FLOW_ASK] = at_act,   [FLOW_WEBHOOK] = at_act,
};

/* ---- the way ------------------------------------------------------------------------------ */

static void end_run(struct run *run, enum run_outcome outcome)
{
    run->outcome = outcome;
    run->step = 0;
    run->wake_us = TIME_NONE;
    run->event[0] = '\0';
}

/* Where the way goes on from where the run stands; false: that step is gone. */
static bool goes_on_at(const struct flow *flow, const struct run *run, enum flow_cause cause,
                       size_t *out)
{
    const struct flow_step *step;
    size_t i;

    *out = 0;
    if (cause == FLOW_STARTED)
        return true;
    i = flow_step_of(flow, run->step);
    if (i == flow->step_count)
        return false;
    step = &flow->steps[i];
    if (step->kind == FLOW_WAIT_FOR)
        *out = cause == FLOW_CAME ? step->then : step->otherwise;
    else if (step->kind == FLOW_WAIT || step->kind == FLOW_UNTIL)
        *out = step->next;
    else
        return false; /* another step by that name now, at which nobody stands */
    return true;
}

static enum err_code walk_from(const struct flow *flow, size_t place, struct run *run,
                               const struct flow_world *world, struct flow_passed *out,
                               struct err *err)
{
    while (place < flow->step_count) {
        struct at at = {.step = &flow->steps[place], .run = run, .world = world};

        out->steps[out->n++] = at.step; /* no circles: each at most once */
        TRY(arrive[at.step->kind](&at, err));
        if (at.stands) {
            run->step = at.step->id;
            return ERR_OK;
        }
        place = at.to;
    }
    end_run(run, RUN_DONE);
    return ERR_OK;
}

static enum err_code walk(const struct flow *flow, struct run *run, enum flow_cause cause,
                          const struct flow_world *world, struct flow_passed *out, struct err *err)
{
    bool holds = true;
    size_t place;

    run->changed_us = world->now_us;
    run->event[0] = '\0';
    if (!goes_on_at(flow, run, cause, &place)) {
        end_run(run, RUN_CHANGED);
        return ERR_OK;
    }
    if (*flow->only_while)
        TRY(world->holds(world->ctx, run->person, flow->only_while, &holds, err));
    if (!holds) {
        end_run(run, RUN_LEFT);
        return ERR_OK;
    }
    return walk_from(flow, place, run, world, out, err);
}

enum err_code flow_walk(const struct flow *flow, struct run *io_run, enum flow_cause cause,
                        const struct flow_world *world, struct flow_passed *out, struct err *err)
{
    struct run run = *io_run;

    out->n = 0;
    TRY(walk(flow, &run, cause, world, out, err));
    *io_run = run;
    return ERR_OK;
}
