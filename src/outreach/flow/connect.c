/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* connect.c - where the steps of a flow lead to, and what is wrong with the picture they make. */
#include "outreach/flow/read_parts.h"

#include "base/nearest.h"

size_t flow_ways(const struct flow_step *step, size_t out[FLOW_WAYS_MAX])
{
    switch (step->kind) {
    case FLOW_IF:
    case FLOW_WAIT_FOR:
        out[0] = step->then;
        out[1] = step->otherwise;
        return 2;
    case FLOW_SPLIT:
        for (size_t i = 0; i < step->way_count; i++)
            out[i] = step->ways[i].to;
        return step->way_count;
    default:
        out[0] = step->next;
        return 1;
    }
}

/* ---- names -------------------------------------------------------------------------------- */

static enum err_code place_of(struct yaml_reader *r, yaml_node_t *node, const struct flow *flow,
                              const char *name, size_t below, size_t *out)
{
    struct nearest nearest;
    struct str s = str_of(name);

    *out = below;
    if (!name)
        return ERR_OK;
    if (strcmp(name, "end") == 0) {
        *out = flow->step_count;
        return ERR_OK;
    }
    nearest = nearest_to(s);
    for (size_t i = 0; i < flow->step_count; i++) {
        if (strcmp(flow->steps[i].name, name) == 0) {
            *out = i;
            return ERR_OK;
        }
        nearest_consider(&nearest, flow->steps[i].name);
    }
    yaml_fail(r, node, "there is no step \"%s\"", name);
    if (nearest.best)
        err_hint(r->err, "perhaps \"%s\" was meant", nearest.best);
    return ERR_INVALID;
}

static enum err_code connect_step(struct yaml_reader *r, yaml_node_t *node, struct flow *flow,
                                  size_t i)
{
    struct flow_step *s = &flow->steps[i];

    for (size_t k = 0; k < i; k++)
        if (flow->steps[k].id == s->id)
            return yaml_fail(r, node, "two steps are called \"%s\"", s->name);
    TRY(place_of(r, node, flow, s->then_name, i + 1, &s->then));
    TRY(place_of(r, node, flow, s->else_name, i + 1, &s->otherwise));
    TRY(place_of(r, node, flow, s->next_name, i + 1, &s->next));
    for (size_t k = 0; k < s->way_count; k++)
        TRY(place_of(r, node, flow, s->ways[k].to_name, i + 1, &s->ways[k].to));
    return ERR_OK;
}

/* ---- circles ------------------------------------------------------------------------------ */

enum { UNSEEN, OPEN, DONE };

struct search {
    const struct flow *flow;
    unsigned char seen[FLOW_STEPS_MAX];
    size_t trail[FLOW_STEPS_MAX + 1], depth;
};

/* Depth first; the depth is bounded by the number of steps. True at a circle, whose steps are at
 * the end of the trail. */
static bool find_circle(struct search *s, size_t i)
{
    size_t ways[FLOW_WAYS_MAX], n = flow_ways(&s->flow->steps[i], ways);

    s->seen[i] = OPEN;
    s->trail[s->depth++] = i;
    for (size_t k = 0; k < n; k++) {
        if (ways[k] == s->flow->step_count || s->seen[ways[k]] == DONE)
            continue;
        if (s->seen[ways[k]] == OPEN) {
            s->trail[s->depth++] = ways[k];
            return true;
        }
        if (find_circle(s, ways[k]))
            return true;
    }
    s->seen[i] = DONE;
    s->depth--;
    return false;
}

static enum err_code tell_circle(struct yaml_reader *r, yaml_node_t *steps, const struct search *s)
{
    TM_CLEANUP(buf_release) struct buf path = BUF_INIT(400);
    size_t last = s->trail[s->depth - 1], from = 0;

    while (s->trail[from] != last)
        from++;
    for (size_t k = from; k < s->depth; k++)
        buf_addf(&path, "%s%s", k > from ? " > " : "", s->flow->steps[s->trail[k]].name);
    yaml_fail(r, yaml_item(r, steps, last), "the steps go round in a circle: %s", buf_cstr(&path));
    err_hint(r->err, "let the person come to the end; \"again\" says when it may start anew");
    return ERR_INVALID;
}

/* ---- what nobody comes to, and what comes to nothing -------------------------------------- */

static enum err_code check_reached(struct yaml_reader *r, yaml_node_t *steps,
                                   const struct search *s)
{
    for (size_t i = 0; i < s->flow->step_count; i++)
        if (s->seen[i] == UNSEEN)
            return yaml_fail(r, yaml_item(r, steps, i), "nobody comes to the step \"%s\"",
                             s->flow->steps[i].name);
    return ERR_OK;
}

static bool acts(enum flow_step_kind kind)
{
    return kind == FLOW_SEND || kind == FLOW_ASK || kind == FLOW_WEBHOOK;
}

/* Whether anything is done at the step or after it, by any way. There are no circles. */
static bool does_something(const struct flow *flow, size_t i, unsigned char *known)
{
    size_t ways[FLOW_WAYS_MAX], n;

    if (i == flow->step_count)
        return false;
    if (known[i])
        return known[i] == 2;
    known[i] = acts(flow->steps[i].kind) ? 2 : 1;
    n = flow_ways(&flow->steps[i], ways);
    for (size_t k = 0; k < n && known[i] == 1; k++)
        if (does_something(flow, ways[k], known))
            known[i] = 2;
    return known[i] == 2;
}

static enum err_code check_ends(struct yaml_reader *r, yaml_node_t *steps, const struct flow *flow)
{
    unsigned char known[FLOW_STEPS_MAX] = {0};

    for (size_t i = 0; i < flow->step_count; i++) {
        if (does_something(flow, i, known))
            continue;
        yaml_fail(r, yaml_item(r, steps, i), "after the step \"%s\" nothing is done any more",
                  flow->steps[i].name);
        err_hint(r->err, "send, ask or tell something after it, or take it out");
        return ERR_INVALID;
    }
    return ERR_OK;
}

enum err_code flow_connect(struct yaml_reader *r, yaml_node_t *steps, struct flow *flow)
{
    struct search search = {.flow = flow};

    for (size_t i = 0; i < flow->step_count; i++)
        TRY(connect_step(r, yaml_item(r, steps, i), flow, i));
    if (find_circle(&search, 0))
        return tell_circle(r, steps, &search);
    TRY(check_reached(r, steps, &search));
    return check_ends(r, steps, flow);
}
