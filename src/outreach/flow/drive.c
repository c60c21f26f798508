/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/flow/drive.h"

#include "base/json_read.h"

enum { RUNS_OF_PERSON = 256 };

/* ---- what a step plans -------------------------------------------------------------------- */

static struct outbox_message planned(const struct run *run, const struct flow_step *step,
                                     int64_t now_us)
{
    struct outbox_message m = {.campaign = run->flow,
                               .step = step->id,
                               .occurrence = run->occurrence,
                               .person = run->person,
                               .transactional = step->transactional,
                               .planned_us = now_us,
                               .next_us = now_us,
                               .not_after_us = now_us + step->not_after_us};

    snprintf(m.purpose, sizeof(m.purpose), "%s", step->purpose);
    return m;
}

/* What started it, with members of ours (an object) before it. */
static enum err_code add_told(struct str ours, struct str told, struct buf *out, struct err *err)
{
    buf_add(out, ours.p, ours.n - 1);
    if (told.n > 2)
        buf_addf(out, ",%.*s", (int)told.n - 1, told.p + 1);
    else
        buf_addc(out, '}');
    return buf_check(out, err);
}

/* ---- messages to the person --------------------------------------------------------------- */

/* With the name of the message that is composed of it. */
static enum err_code add_message(const char *message, struct str told, struct buf *out,
                                 struct err *err)
{
    TM_CLEANUP(buf_release) struct buf ours = BUF_INIT(OUTBOX_DATA_MAX);
    struct json_writer w = JSON_WRITER(&ours);

    json_begin_object(&w);
    json_key_stringz(&w, "message", message);
    json_end_object(&w);
    TRY(buf_check(&ours, err));
    return add_told(buf_str(&ours), told, out, err);
}

static enum err_code plan_message(struct flow_driver *d, const struct run *run,
                                  const struct flow_step *step, int64_t now_us,
                                  struct flow_counts *io, bool *out_reached, struct err *err)
{
    struct outbox_message m = planned(run, step, now_us);
    TM_CLEANUP(buf_release) struct buf told = BUF_INIT(OUTBOX_DATA_MAX);
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    const char *ways[FLOW_CHANNELS_MAX];
    size_t n = sending_ways(d->sending, step->channels, step->channel_count, ways);
    bool new;

    *out_reached = false;
    TRY(run_data(d->outbox, run->id, &told, err));
    for (size_t i = 0; i < n && !*out_reached; i++) {
        snprintf(m.channel, sizeof(m.channel), "%s", ways[i]);
        TRY(d->reach(d->ctx, run->person, buf_str(&told), &m, out_reached, err));
    }
    if (!*out_reached) {
        io->unreached++;
        return ERR_OK;
    }
    TRY(add_message(step->message, buf_str(&told), &data, err));
    TRY(outbox_plan(d->outbox, &m, buf_str(&data), &new, err));
    io->planned += new;
    return ERR_OK;
}

/* ---- what is told to another system ------------------------------------------------------- */

/* As what it is told: the event, unless it was none. */
static const char *start_word(const struct flow *flow)
{
    static const char *const words[FLOW_START_KINDS] = {
        [FLOW_ON_ENTERS] = "segment_entered", [FLOW_ON_LEAVES] = "segment_left"};

    return words[flow->start] ? words[flow->start] : flow->start_name;
}

static enum err_code tells_event(struct str told, bool *out, struct err *err)
{
    struct json_parser *parser = json_parser_new(OUTBOX_DATA_MAX);
    struct json_value root;
    enum err_code rc = json_parse(parser, told, &root, err);

    if (rc == ERR_OK)
        *out = json_type_of(json_get(root, "event")) != JSON_NONE;
    json_parser_free(parser);
    return rc;
}

/* With where it led to. The person's number is text: few readers of JSON keep 64 bits. */
static enum err_code add_place(const struct flow *flow, const struct run *run,
                               const struct flow_step *step, struct str told, struct buf *out,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf ours = BUF_INIT(OUTBOX_DATA_MAX);
    struct json_writer w = JSON_WRITER(&ours);
    bool has_event = false;
    char person[24];

    if (told.n > 2)
        TRY(tells_event(told, &has_event, err));
    snprintf(person, sizeof(person), "%" PRIu64, run->person);
    json_begin_object(&w);
    if (!has_event)
        json_key_stringz(&w, "event", start_word(flow));
    json_key_stringz(&w, "flow", flow->name);
    json_key_stringz(&w, "step", step->name);
    json_key_stringz(&w, "person", person);
    json_end_object(&w);
    TRY(buf_check(&ours, err));
    return add_told(buf_str(&ours), told, out, err);
}

static enum err_code plan_webhook(struct flow_driver *d, const struct flow *flow,
                                  const struct run *run, const struct flow_step *step,
                                  int64_t now_us, struct flow_counts *io, struct err *err)
{
    struct outbox_message m = planned(run, step, now_us);
    TM_CLEANUP(buf_release) struct buf told = BUF_INIT(OUTBOX_DATA_MAX);
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    bool new;

    m.who = run->who;
    m.transactional = true;
    snprintf(m.channel, sizeof(m.channel), "%s", OUTBOX_SYSTEM);
    snprintf(m.address, sizeof(m.address), "%s", step->url);
    TRY(run_data(d->outbox, run->id, &told, err));
    TRY(add_place(flow, run, step, buf_str(&told), &data, err));
    TRY(outbox_plan(d->outbox, &m, buf_str(&data), &new, err));
    io->planned += new;
    return ERR_OK;
}

/* ---- what the team is asked --------------------------------------------------------------- */

static enum err_code make_task(struct flow_driver *d, const struct run *run,
                               const struct flow_step *step, int64_t now_us, struct flow_counts *io,
                               struct err *err)
{
    const struct task task = {.run = run->id,
                              .flow = run->flow,
                              .step = step->id,
                              .person = run->person,
                              .text = str_of(step->task),
                              .assignee = str_of(step->assignee),
                              .made_us = now_us,
                              .due_us = now_us + step->due_us};

    io->asked++;
    return task_add(d->outbox, &task, &run->who, err);
}

/* ---- passing a step ----------------------------------------------------------------------- */

static enum err_code pass(struct flow_driver *d, const struct flow *flow, const struct run *run,
                          const struct flow_step *step, int64_t now_us, struct flow_counts *io,
                          struct err *err)
{
    bool reached = true;

    if (step->kind == FLOW_SEND && !run->held_out)
        TRY(plan_message(d, run, step, now_us, io, &reached, err));
    if (step->kind == FLOW_ASK && !run->held_out)
        TRY(make_task(d, run, step, now_us, io, err));
    if (step->kind == FLOW_WEBHOOK && !run->held_out)
        TRY(plan_webhook(d, flow, run, step, now_us, io, err));
    return run_passed(d->outbox, run->flow, step->id, run->held_out, !reached, err);
}

/* ---- one way ------------------------------------------------------------------------------ */

/* What is planned and not sent yet has lost its reason when the person leaves before the end. */
static enum err_code put_run(struct flow_driver *d, const struct run *run, int64_t now_us,
                             struct flow_counts *io, struct err *err)
{
    int64_t n = 0;

    TRY(run_put(d->outbox, run, err));
    io->ended += run->outcome != RUN_GOING;
    if (run->outcome == RUN_GOING || run->outcome == RUN_DONE)
        return ERR_OK;
    TRY(outbox_withdraw(d->outbox, run->flow, run->occurrence, run->person, now_us, &n, err));
    io->withdrawn += n;
    return ERR_OK;
}

static enum err_code world_of(struct flow_driver *d, const struct run *run, int64_t now_us,
                              struct flow_world *out, struct err *err)
{
    char name[OUTBOX_WORD_MAX + 1] = "";
    struct zone *zone;

    TRY(d->zone_of(d->ctx, run->person, name, sizeof(name), err));
    zone = quiet_zone(d->quiet, name);
    *out = (struct flow_world){
        .now_us = now_us, .zone = zone ? zone : d->zone, .holds = d->holds, .ctx = d->ctx};
    return ERR_OK;
}

static enum err_code move(struct flow_driver *d, const struct flow *flow, struct run *run,
                          enum flow_cause cause, int64_t now_us, struct flow_counts *io,
                          struct err *err)
{
    struct flow_passed passed;
    struct flow_world world;
    struct err failed = ERR_INIT;
    enum err_code rc;

    TRY(world_of(d, run, now_us, &world, err));
    rc = flow_walk(flow, run, cause, &world, &passed, &failed);
    if (rc == ERR_INVALID) { /* a segment's text that is broken: nobody waits for its author */
        run->outcome = RUN_CHANGED;
        run->changed_us = now_us;
        passed.n = 0;
    } else if (rc != ERR_OK) {
        *err = failed;
        return rc;
    }
    for (size_t i = 0; i < passed.n; i++)
        TRY(pass(d, flow, run, passed.steps[i], now_us, io, err));
    io->moved++;
    return put_run(d, run, now_us, io, err);
}

/* ---- happenings --------------------------------------------------------------------------- */

static const struct flow *flow_of(const struct flow_driver *d, int64_t id)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->flows[i].id == id)
            return d->flows[i].flow;
    return NULL;
}

static bool ends_it(const struct flow *flow, const char *event)
{
    for (size_t i = 0; i < flow->leave_count; i++)
        if (strcmp(flow->leaves[i], event) == 0)
            return true;
    return false;
}

/* What an event means to who is on the way. */
static enum err_code tell_run(struct flow_driver *d, const struct flow *flow, struct run *run,
                              const char *event, int64_t now_us, struct flow_counts *io,
                              struct err *err)
{
    bool goal = strcmp(flow->goal, event) == 0;

    if (goal || ends_it(flow, event)) {
        run->outcome = goal ? RUN_GOAL : RUN_LEFT;
        run->changed_us = now_us;
        return put_run(d, run, now_us, io, err);
    }
    if (strcmp(run->event, event) == 0)
        return move(d, flow, run, FLOW_CAME, now_us, io, err);
    return ERR_OK;
}

static enum err_code tell_runs(struct flow_driver *d, int64_t now_us,
                               const struct flow_happening *h, struct flow_counts *io,
                               struct err *err)
{
    struct run *runs = xcalloc(RUNS_OF_PERSON, sizeof(*runs));
    size_t n = 0;
    enum err_code rc = runs_of(d->outbox, h->person, runs, RUNS_OF_PERSON, &n, err);

    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        const struct flow *flow = flow_of(d, runs[i].flow);

        if (flow)
            rc = tell_run(d, flow, &runs[i], h->name, now_us, io, err);
    }
    free(runs);
    return rc;
}

static enum err_code may_start(struct flow_driver *d, const struct flow_live *live, int64_t now_us,
                               uint64_t person, bool *out, struct err *err)
{
    int64_t last_us = TIME_NONE;

    *out = true;
    if (live->flow->again_us != 0)
        TRY(run_last_start(d->outbox, live->id, person, &last_us, err));
    if (last_us != TIME_NONE)
        *out = live->flow->again_us > 0 && now_us - last_us >= live->flow->again_us;
    if (*out && *live->flow->where)
        TRY(d->holds(d->ctx, person, live->flow->where, out, err));
    return ERR_OK;
}

static enum err_code start(struct flow_driver *d, const struct flow_live *live, int64_t now_us,
                           const struct flow_happening *h, struct flow_counts *io, struct err *err)
{
    struct run run = {.flow = live->id,
                      .occurrence = h->key,
                      .person = h->person,
                      .who = h->who,
                      .held_out = flow_lot(live->id, 0, h->person) < live->flow->holdout,
                      .wake_us = now_us,
                      .started_us = now_us,
                      .changed_us = now_us};
    bool may = false, new = false;
    struct err broken = ERR_INIT;
    enum err_code rc = may_start(d, live, now_us, h->person, &may, &broken);

    if (rc != ERR_OK && rc != ERR_INVALID) {
        *err = broken;
        return rc;
    }
    if (!may || rc != ERR_OK) /* whom a broken text is for is not known: nobody */
        return ERR_OK;
    TRY(run_start(d->outbox, &run, h->data, &new, err));
    if (!new)
        return ERR_OK;
    io->started++;
    io->held_out += run.held_out;
    return move(d, live->flow, &run, FLOW_STARTED, now_us, io, err);
}

static bool starts_by(const struct flow_live *live, const struct flow_happening *h)
{
    if (live->ends || live->flow->start != h->kind)
        return false;
    return h->kind == FLOW_ON_DATE ? live->id == h->flow
                                   : strcasecmp(live->flow->start_name, h->name) == 0;
}

enum err_code flow_happened(struct flow_driver *d, int64_t now_us, const struct flow_happening *h,
                            struct flow_counts *io, struct err *err)
{
    if (h->kind == FLOW_ON_EVENT)
        TRY(tell_runs(d, now_us, h, io, err));
    for (size_t i = 0; i < d->count; i++) {
        if (starts_by(&d->flows[i], h) && now_us >= d->flows[i].since_us)
            TRY(start(d, &d->flows[i], now_us, h, io, err));
    }
    return ERR_OK;
}

/* ---- time --------------------------------------------------------------------------------- */

static enum err_code wake_of(struct flow_driver *d, const struct flow_live *live, int64_t now_us,
                             size_t most, size_t *io_n, struct flow_counts *io, struct err *err)
{
    struct run *runs = xcalloc(most, sizeof(*runs));
    size_t n = 0;
    enum err_code rc = runs_due(d->outbox, live->id, now_us, runs, most, &n, err);

    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        rc = move(d, live->flow, &runs[i], FLOW_WOKE, now_us, io, err);
    *io_n += n;
    free(runs);
    return rc;
}

/* Each flow gets its share first, so that none waits for another's crowd. */
enum err_code flow_wake(struct flow_driver *d, int64_t now_us, size_t most, size_t *out_n,
                        struct flow_counts *io, struct err *err)
{
    *out_n = 0;
    for (size_t i = 0; i < d->count && *out_n < most; i++) {
        size_t left = d->count - i, share = (most - *out_n + left - 1) / left;

        TRY(wake_of(d, &d->flows[i], now_us, share, out_n, io, err));
    }
    return ERR_OK;
}

enum err_code flow_stop(struct flow_driver *d, int64_t flow, int64_t now_us, size_t most,
                        size_t *out_n, struct flow_counts *io, struct err *err)
{
    struct run *runs = xcalloc(most, sizeof(*runs));
    enum err_code rc = runs_going(d->outbox, flow, 0, runs, most, out_n, err);

    for (size_t i = 0; rc == ERR_OK && i < *out_n; i++) {
        runs[i].outcome = RUN_STOPPED;
        runs[i].changed_us = now_us;
        rc = put_run(d, &runs[i], now_us, io, err);
    }
    free(runs);
    return rc;
}
