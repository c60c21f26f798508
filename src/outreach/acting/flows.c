/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/flows.h"

#include "audience/shelf.h"
#include "outreach/person/ready.h"

enum { END_AT_ONCE = 200 };

const char *flow_state_name(enum named_state state)
{
    static const char *const names[NAMED_STATES] = {
        [NAMED_OFF] = "off", [NAMED_ON] = "on", [NAMED_ENDED] = "stopped"};

    return names[state];
}

/* ---- as they are kept --------------------------------------------------------------------- */

struct reading {
    const struct kept_flows *before;
    struct kept_flows now;
    size_t capacity;
    bool changed;
};

static struct kept_flow *find(const struct kept_flows *flows, int64_t id)
{
    for (size_t i = 0; i < flows->n; i++)
        if (flows->list[i].id == id)
            return &flows->list[i];
    return NULL;
}

const struct kept_flow *kept_flows_find(const struct kept_flows *flows, int64_t id)
{
    return find(flows, id);
}

static enum err_code read_one(void *ctx, const struct named *named, struct err *err)
{
    struct reading *r = ctx;
    struct kept_flow *before = find(r->before, named->id);
    struct kept_flow one = {.id = named->id,
                            .state = named->state,
                            .changed_us = named->changed_us,
                            .state_us = named->state_us};
    struct err why = ERR_INIT;

    (void)err;
    if (before && before->changed_us == named->changed_us) {
        one.flow = before->flow;
        before->flow = NULL; /* taken over */
    } else if (flow_read(named->text, named->name, NULL, &one.flow, &why) != ERR_OK) {
        one.flow = NULL; /* it is checked before it is kept: of an older version */
    }
    r->changed |= !before || before->changed_us != named->changed_us ||
                  before->state != named->state || before->state_us != named->state_us;
    if (r->now.n == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 16;
        r->now.list = xrealloc(r->now.list, r->capacity * sizeof(*r->now.list));
    }
    r->now.list[r->now.n++] = one;
    return ERR_OK;
}

enum err_code kept_flows_read(struct store *store, struct kept_flows *io, bool *io_changed,
                              struct err *err)
{
    struct reading r = {.before = io};
    enum err_code rc = store_named_each(store, NAMED_FLOW, read_one, &r, err);

    *io_changed |= r.changed || r.now.n != io->n || rc != ERR_OK;
    kept_flows_release(io);
    *io = r.now;
    return rc;
}

void kept_flows_release(struct kept_flows *flows)
{
    for (size_t i = 0; i < flows->n; i++)
        flow_free(flows->list[i].flow);
    free(flows->list);
    *flows = (struct kept_flows){NULL, 0};
}

static bool listens(const struct flow *flow, const char *event)
{
    if ((flow->start == FLOW_ON_EVENT && strcmp(flow->start_name, event) == 0) ||
        strcmp(flow->goal, event) == 0)
        return true;
    for (size_t i = 0; i < flow->leave_count; i++)
        if (strcmp(flow->leaves[i], event) == 0)
            return true;
    for (size_t i = 0; i < flow->step_count; i++)
        if (flow->steps[i].kind == FLOW_WAIT_FOR && strcmp(flow->steps[i].event, event) == 0)
            return true;
    return false;
}

bool kept_flows_listen(const struct kept_flows *flows, const char *event)
{
    for (size_t i = 0; i < flows->n; i++)
        if (flows->list[i].flow && flows->list[i].state != NAMED_ENDED &&
            listens(flows->list[i].flow, event))
            return true;
    return false;
}

/* ---- what it needs ------------------------------------------------------------------------ */

static enum err_code check_condition(struct store *store, const char *text, struct err *err)
{
    const struct audience_draft draft = {.name = "", .text = str_of(text)};
    struct audience_shelf shelf = {0};
    enum err_code rc;

    TRY(audience_shelf_open(store, NULL, &draft, &shelf, err));
    rc = shelf.set.segments[shelf.set.n - 1].err.code;
    if (rc != ERR_OK)
        *err = shelf.set.segments[shelf.set.n - 1].err;
    audience_shelf_close(&shelf);
    return rc;
}

enum err_code flow_segments_exist(struct store *store, const struct flow *flow, struct err *err)
{
    const char *text;

    if (flow->start == FLOW_ON_ENTERS || flow->start == FLOW_ON_LEAVES) {
        struct audience_shelf shelf = {0};
        enum err_code rc;
        size_t at;

        TRY(audience_shelf_open(store, NULL, NULL, &shelf, err));
        rc = audience_shelf_find(&shelf, flow->start_name, &at, err);
        audience_shelf_close(&shelf);
        TRY(rc);
    }
    for (size_t i = 0; (text = flow_condition(flow, i)); i++)
        TRY(check_condition(store, text, err));
    return ERR_OK;
}

enum err_code flow_may_be_on(struct store *store, const struct flow *flow, struct err *err)
{
    TRY(flow_segments_exist(store, flow, err));
    for (size_t i = 0; i < flow->step_count; i++) {
        const struct flow_step *step = &flow->steps[i];

        if (step->kind == FLOW_SEND)
            TRY(message_ready(store, step->message, !step->transactional, err));
    }
    return ERR_OK;
}

/* A message that both send; NULL. */
static const char *same_message(const struct flow *a, const struct flow *b)
{
    const char *name;

    for (size_t i = 0; (name = flow_message(a, i)); i++) {
        const char *other;

        for (size_t k = 0; (other = flow_message(b, k)); k++)
            if (strcmp(name, other) == 0)
                return name;
    }
    return NULL;
}

struct alone {
    const struct flow *flow;
    int64_t id;
};

static enum err_code unlike(void *ctx, const struct named *named, struct err *err)
{
    TM_CLEANUP(flow_freep) struct flow *other = NULL;
    const struct alone *one = ctx;
    const struct flow *flow = one->flow;
    struct err why = ERR_INIT;
    const char *message;

    if (named->state != NAMED_ON || named->id == one->id ||
        flow_read(named->text, named->name, NULL, &other, &why) != ERR_OK ||
        other->start != FLOW_ON_EVENT || strcmp(other->start_name, flow->start_name) != 0)
        return ERR_OK;
    message = same_message(flow, other);
    if (!message)
        return ERR_OK;
    err_set(
        err, ERR_EXISTS,
        "the flow \"%s\" is on, starts by \"%s\" and sends \"%s\", too: people would be told the "
        "same twice",
        other->name, other->start_name, message);
    err_hint(err, "Switch that one off first, or let one of them start otherwise or send other "
                  "messages.");
    return err->code;
}

enum err_code flow_is_alone(struct store *store, const struct flow *flow, int64_t id,
                            struct err *err)
{
    struct alone one = {flow, id};

    return flow->start == FLOW_ON_EVENT ? store_named_each(store, NAMED_FLOW, unlike, &one, err)
                                        : ERR_OK;
}

enum err_code flow_keep(struct store *store, struct str text, const char *file, int64_t id,
                        const char *actor, struct yaml_faults *faults, int64_t *out_id,
                        struct err *err)
{
    TM_CLEANUP(flow_freep) struct flow *flow = NULL;
    struct named named = {.id = id, .kind = NAMED_FLOW, .text = text};

    TRY(flow_read(text, file, faults, &flow, err));
    TRY(flow_segments_exist(store, flow, err));
    snprintf(named.name, sizeof(named.name), "%s", flow->name);
    snprintf(named.about, sizeof(named.about), "%s", flow->about);
    snprintf(named.actor, sizeof(named.actor), "%s", actor);
    return store_named_put(store, &named, out_id, err);
}

/* ---- the end of one ----------------------------------------------------------------------- */

enum err_code flow_close(struct outbox *outbox, int64_t flow, struct err *err)
{
    TRY(outbox_begin(outbox, err));
    return outbox_end(outbox, outbox_campaign_set(outbox, flow, CAMPAIGN_ENDED, "", err), err);
}

enum err_code flow_end(struct outbox *outbox, int64_t flow, int64_t now_us, size_t most,
                       size_t *out_n, struct err *err)
{
    struct flow_driver d = {.outbox = outbox};
    struct flow_counts counts = {0};

    TRY(outbox_campaign_set(outbox, flow, CAMPAIGN_ENDED, "", err));
    return flow_stop(&d, flow, now_us, most, out_n, &counts, err);
}

enum err_code flow_end_all(struct outbox *outbox, int64_t flow, int64_t now_us, struct err *err)
{
    size_t n = END_AT_ONCE;

    while (n == END_AT_ONCE) {
        TRY(outbox_begin(outbox, err));
        TRY(outbox_end(outbox, flow_end(outbox, flow, now_us, END_AT_ONCE, &n, err), err));
    }
    return ERR_OK;
}
