/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/numbers.h"

enum { COUNTS_MAX = 4 * FLOW_STEPS_MAX };

static struct flow_step_number *step_of(struct flow_numbers *n, int64_t step)
{
    for (size_t i = 0; i < n->step_count; i++)
        if (n->steps[i].step == step)
            return &n->steps[i];
    if (n->step_count == FLOW_STEPS_MAX)
        return NULL;
    n->steps[n->step_count] = (struct flow_step_number){.step = step};
    return &n->steps[n->step_count++];
}

static void add_step(struct flow_numbers *out, const struct run_count *count)
{
    struct flow_step_number *step = step_of(out, count->step);

    if (!step)
        return;
    *(count->held_out ? &step->held_out : &step->passed) += count->n;
    step->unreached += count->unreached;
}

static void add_people(struct flow_numbers *out, const struct run_count *count)
{
    struct flow_people *people = count->held_out ? &out->held_out : &out->people;

    people->by_outcome[count->outcome] += count->n;
    people->started += count->n;
}

enum err_code flow_numbers_read(struct outbox *outbox, int64_t flow, struct flow_numbers *out,
                                struct err *err)
{
    struct run_count *counts = xcalloc(COUNTS_MAX, sizeof(*counts));
    struct outbox_count messages[OUTBOX_COUNTS_MAX] = {0};
    size_t n = 0, m = 0;
    enum err_code rc = run_counts(outbox, flow, counts, COUNTS_MAX, &n, err);

    *out = (struct flow_numbers){.step_count = 0};
    if (rc == ERR_OK)
        rc = outbox_counts(outbox, flow, messages, OUTBOX_COUNTS_MAX, &m, err);
    for (size_t i = 0; i < n; i++)
        if (counts[i].step)
            add_step(out, &counts[i]);
        else if (counts[i].outcome < RUN_OUTCOMES)
            add_people(out, &counts[i]);
    for (size_t i = 0; i < m; i++)
        out->messages[messages[i].state] += messages[i].n;
    free(counts);
    return rc;
}

struct flow_step_number flow_numbers_of(const struct flow_numbers *n, int64_t step)
{
    for (size_t i = 0; i < n->step_count; i++)
        if (n->steps[i].step == step)
            return n->steps[i];
    return (struct flow_step_number){.step = step};
}

static void put_people(const struct flow_people *people, struct json_writer *w)
{
    static const char *const outcomes[RUN_OUTCOMES] = {"going", "done",    "goal",
                                                       "left",  "changed", "stopped"};

    json_key_int(w, "started", people->started);
    for (size_t i = 0; i < RUN_OUTCOMES; i++)
        json_key_int(w, outcomes[i], people->by_outcome[i]);
}

static void put_step(const struct flow_numbers *n, const struct flow_step *step,
                     struct json_writer *w)
{
    const struct flow_step_number number = flow_numbers_of(n, step->id);

    json_begin_object(w);
    json_key_stringz(w, "name", step->name);
    json_key_int(w, "passed", number.passed);
    json_key_int(w, "held_out", number.held_out);
    json_key_int(w, "unreached", number.unreached);
    json_end_object(w);
}

void flow_numbers_json(const struct flow_numbers *n, const struct flow *flow, struct json_writer *w)
{
    static const char *const states[OUTBOX_STATES] = {
        [OUTBOX_PLANNED] = "planned",         [OUTBOX_CLAIMED] = "claimed",
        [OUTBOX_HANDED_OVER] = "handed_over", [OUTBOX_ACCEPTED] = "accepted",
        [OUTBOX_FAILED] = "failed",           [OUTBOX_UNCERTAIN] = "uncertain",
        [OUTBOX_SKIPPED] = "skipped",
    };

    json_begin_object(w);
    put_people(&n->people, w);
    json_key(w, "held_out");
    json_begin_object(w);
    put_people(&n->held_out, w);
    json_end_object(w);
    json_key(w, "steps");
    json_begin_array(w);
    for (size_t i = 0; i < flow->step_count; i++)
        put_step(n, &flow->steps[i], w);
    json_end_array(w);
    json_key(w, "messages");
    json_begin_object(w);
    for (size_t i = 0; i < OUTBOX_STATES; i++)
        json_key_int(w, states[i], n->messages[i]);
    json_end_object(w);
    json_end_object(w);
}
