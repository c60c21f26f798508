/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/render.h"

#include <time.h>

enum { NS_PER_MS = 1000000 };

static int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
}

enum err_code render_check_steps(struct render *r)
{
    const struct liquid_limits *limits = &r->settings->limits;

    if (r->steps > limits->steps)
        return err_set(r->err, ERR_TOO_LARGE, "the message takes more than %zu steps",
                       limits->steps);
    if (monotonic_ns() > r->ends_ns)
        return err_set(r->err, ERR_TIMEOUT, "the message takes longer than %d ms", limits->time_ms);
    return ERR_OK;
}

enum err_code render_full(struct render *r)
{
    const struct liquid_limits *limits = &r->settings->limits;

    if (r->out->failed)
        return err_set(r->err, ERR_TOO_LARGE, "the message becomes longer than %zu bytes",
                       limits->bytes);
    return err_set(r->err, ERR_TOO_LARGE, "the message needs more than %zu bytes of memory",
                   limits->memory);
}

enum err_code render_print(struct render *r, struct value v, enum html_place place)
{
    if (r->liquid->kind != LIQUID_HTML || v.type == VALUE_INT || v.type == VALUE_FLOAT ||
        v.type == VALUE_BOOL) {
        value_print(v, r->out);
    } else if (v.type == VALUE_STRING) {
        html_add(r->out, value_text(v), place, v.flags & VALUE_SAFE);
    } else if (v.type != VALUE_NIL) {
        buf_reset(&r->scratch);
        value_print(v, &r->scratch);
        html_add(r->out, buf_str(&r->scratch), place, false);
    }
    return render_room(r);
}

struct mark *render_mark(struct render *r, struct mark **list, struct str name)
{
    struct mark *mark = *list;

    while (mark && !str_eq(mark->name, name))
        mark = mark->next;
    if (!mark && (mark = arena_alloc(r->arena, sizeof(*mark)))) {
        mark->name = name;
        mark->next = *list;
        *list = mark;
    }
    return mark;
}

void render_set_local(struct render *r, uint32_t slot, struct value v)
{
    r->slots[slot].local = v;
    r->slots[slot].state |= SLOT_LOCAL;
}

void render_unset_local(struct render *r, uint32_t slot, const struct slot *before)
{
    r->slots[slot].local = before->local;
    r->slots[slot].state =
        (uint8_t)((r->slots[slot].state & ~SLOT_LOCAL) | (before->state & SLOT_LOCAL));
}

/* The body's output as text; it does not stay in the output. */
static enum err_code capture(struct render *r, const struct body *body, struct str *out_text)
{
    size_t from = r->out->n;

    TRY(render_body(r, body));
    *out_text =
        arena_str(r->arena, (struct str){r->out->p ? r->out->p + from : "", r->out->n - from});
    r->out->n = from;
    return render_room(r);
}

static enum err_code do_capture(struct render *r, const struct node *node)
{
    struct slot *slot = &r->slots[node->slot];
    struct str text;

    TRY(capture(r, node->body, &text));
    slot->assigned = value_str(text);
    slot->assigned.flags = r->liquid->kind == LIQUID_HTML ? VALUE_SAFE : 0;
    slot->state |= SLOT_ASSIGNED;
    return ERR_OK;
}

static enum err_code do_ifchanged(struct render *r, const struct node *node)
{
    struct str text;

    TRY(capture(r, node->body, &text));
    if (r->has_changed && str_eq(text, r->changed))
        return ERR_OK;
    r->has_changed = true;
    r->changed = text;
    buf_adds(r->out, text);
    return render_room(r);
}

static enum err_code do_assign(struct render *r, const struct node *node)
{
    struct value v;

    TRY(eval_pipe(r, &node->pipe, &v));
    r->slots[node->slot].assigned = v;
    r->slots[node->slot].state |= SLOT_ASSIGNED;
    return ERR_OK;
}

static enum err_code do_output(struct render *r, const struct node *node)
{
    struct value v;

    TRY(eval_pipe(r, &node->pipe, &v));
    return render_print(r, v, node->place);
}

static enum err_code do_if(struct render *r, const struct node *node)
{
    for (const struct branch *branch = node->branches; branch; branch = branch->next) {
        bool holds = true;

        if (branch->condition)
            TRY(eval_condition(r, branch->condition, &holds));
        if (holds != branch->negate)
            return render_body(r, branch->body);
    }
    return ERR_OK;
}

/* Every `when` that fits is printed, once a value that fits; `else` when none
 * did so far. */
static enum err_code do_case(struct render *r, const struct node *node)
{
    struct value v, when;
    bool any = false;

    r->lenient++;
    TRY(eval_expr(r, node->branches->condition->left, &v));
    r->lenient--;
    for (const struct branch *branch = node->branches->next; branch; branch = branch->next) {
        if (!branch->whens && !any)
            TRY(render_body(r, branch->body));
        for (const struct argument *arg = branch->whens; arg; arg = arg->next) {
            TRY(render_step(r, 1));
            TRY(eval_expr(r, arg->expr, &when));
            if (!value_equal(v, when))
                continue;
            any = true;
            TRY(render_body(r, branch->body));
        }
    }
    return ERR_OK;
}

static enum err_code do_cycle(struct render *r, const struct node *node)
{
    const struct argument *value = node->cycle.values;
    struct str key = node->cycle.key;
    struct mark *mark;
    struct value v;
    int64_t n = 0;

    if (node->cycle.group) {
        TRY(eval_expr(r, node->cycle.group, &v));
        buf_reset(&r->scratch);
        buf_addf(&r->scratch, "%d:", v.type);
        value_print(v, &r->scratch);
        key = arena_str(r->arena, buf_str(&r->scratch));
    }
    mark = render_mark(r, &r->cycles, key);
    TRY(render_room(r));
    for (const struct argument *arg = node->cycle.values; arg; arg = arg->next, n++) {
        if (n == mark->n)
            value = arg;
    }
    if (!value)
        return ERR_OK;
    TRY(eval_expr(r, value->expr, &v));
    mark->n = mark->n + 1 >= n ? 0 : mark->n + 1;
    return render_print(r, v, node->place);
}

/* increment prints and then counts, decrement the other way round; both begin
 * at 0, or at the number that the data have under that name. */
static enum err_code do_counter(struct render *r, const struct node *node)
{
    struct slot *slot = &r->slots[node->slot];
    bool known;

    if (!(slot->state & SLOT_COUNTED)) {
        TRY(value_member(r->settings->data, r->liquid->slots[node->slot].name,
                         r->liquid->slots[node->slot].hash, r->arena, &slot->given, &known,
                         r->err));
        slot->count = slot->given.type == VALUE_INT ? slot->given.i : 0;
        slot->state |= SLOT_COUNTED;
    }
    if (node->step < 0)
        slot->count--;
    TRY(render_print(r, value_int(slot->count), HTML_TEXT));
    if (node->step > 0)
        slot->count++;
    return ERR_OK;
}

static enum err_code find_unit(struct render *r, const struct partial *partial,
                               const struct unit **out_unit)
{
    struct value name;
    struct str text;

    TRY(eval_expr(r, partial->name, &name));
    text = value_text(name);
    for (uint32_t i = 1; i < r->liquid->n_units; i++) {
        *out_unit = &r->liquid->units[i];
        if (str_eq((*out_unit)->name, text))
            return ERR_OK;
    }
    return err_set(r->err, ERR_NOT_FOUND, "there is no partial \"%.*s\"",
                   (int)(text.n < 60 ? text.n : 60), text.p);
}

/* The partial's body, once or for each element. */
static enum err_code run_partial(struct render *r, const struct partial *partial,
                                 const struct unit *unit, struct value with)
{
    struct slot before = r->slots[partial->slot];
    bool each = partial->each &&
                (with.type == VALUE_ARRAY || (partial->isolated && with.type == VALUE_RANGE));
    size_t n = each ? value_count(with) : 1;

    for (size_t i = 0; i < n; i++) {
        struct value v = each ? value_at(with, i, r->arena) : with;

        TRY(render_step(r, 1));
        if (partial->with && partial->named)
            render_set_local(r, partial->slot, v);
        TRY(render_body(r, &unit->body));
        if (partial->with && partial->named)
            render_unset_local(r, partial->slot, &before);
        if (each && r->interrupt == BREAK_OFF && partial->isolated)
            break;
        if (partial->isolated)
            r->interrupt = GO_ON;
    }
    return ERR_OK;
}

/* render: sees the data and its arguments, and nothing that the template around
 * it set. */
static enum err_code run_isolated(struct render *r, const struct partial *partial,
                                  const struct unit *unit, struct value with)
{
    uint32_t n = r->liquid->n_slots;
    struct render inner = *r;
    enum err_code code;

    inner.slots = arena_alloc(r->arena, n * sizeof(*inner.slots));
    TRY(render_room(r));
    for (uint32_t i = 0; i < n; i++) {
        inner.slots[i].given = r->slots[i].given;
        inner.slots[i].state = r->slots[i].state & (SLOT_ASKED | SLOT_GIVEN);
    }
    for (const struct argument *arg = partial->args; arg; arg = arg->next) {
        TRY(eval_expr(r, arg->expr, &inner.slots[arg->slot].assigned));
        inner.slots[arg->slot].state |= SLOT_ASSIGNED;
    }
    inner.cycles = inner.offsets = NULL;
    inner.has_changed = false;
    inner.loop = NULL;
    inner.isolated = true;
    code = run_partial(&inner, partial, unit, with);
    r->steps = inner.steps;
    r->turns = inner.turns;
    r->scratch = inner.scratch;
    r->at = inner.at;
    return code;
}

/* include: shares the variables of the template around it. */
static enum err_code run_shared(struct render *r, const struct partial *partial,
                                const struct unit *unit, struct value with)
{
    size_t n = 0;
    struct slot *before;

    for (const struct argument *arg = partial->args; arg; arg = arg->next)
        n++;
    before = arena_alloc(r->arena, n * sizeof(*before));
    TRY(render_room(r));
    n = 0;
    for (const struct argument *arg = partial->args; arg; arg = arg->next) {
        struct value v;

        TRY(eval_expr(r, arg->expr, &v));
        before[n++] = r->slots[arg->slot];
        render_set_local(r, arg->slot, v);
    }
    TRY(run_partial(r, partial, unit, with));
    n = 0;
    for (const struct argument *arg = partial->args; arg; arg = arg->next)
        render_unset_local(r, arg->slot, &before[n++]);
    return ERR_OK;
}

static enum err_code do_partial(struct render *r, const struct node *node)
{
    const struct partial *partial = node->partial;
    struct value with = VALUE_NOTHING;
    const struct unit *unit = NULL;

    if (r->isolated && !partial->isolated) {
        err_set(r->err, ERR_INVALID, "include cannot stand in a partial that is rendered");
        err_hint(r->err, "Write render instead, and hand over what it needs.");
        return ERR_INVALID;
    }
    TRY(find_unit(r, partial, &unit));
    if (partial->with)
        TRY(eval_expr(r, partial->with, &with));
    return partial->isolated ? run_isolated(r, partial, unit, with)
                             : run_shared(r, partial, unit, with);
}

static enum err_code do_text(struct render *r, const struct node *node)
{
    buf_adds(r->out, node->text);
    return render_room(r);
}

static enum err_code do_interrupt(struct render *r, const struct node *node)
{
    r->interrupt = node->kind == NODE_BREAK ? BREAK_OFF : NEXT_TURN;
    return ERR_OK;
}

static enum err_code (*const nodes[])(struct render *r, const struct node *node) = {
    [NODE_TEXT] = do_text,
    [NODE_OUTPUT] = do_output,
    [NODE_ASSIGN] = do_assign,
    [NODE_CAPTURE] = do_capture,
    [NODE_IF] = do_if,
    [NODE_CASE] = do_case,
    [NODE_FOR] = render_for,
    [NODE_TABLEROW] = render_tablerow,
    [NODE_CYCLE] = do_cycle,
    [NODE_COUNTER] = do_counter,
    [NODE_BREAK] = do_interrupt,
    [NODE_CONTINUE] = do_interrupt,
    [NODE_IFCHANGED] = do_ifchanged,
    [NODE_PARTIAL] = do_partial,
};

enum err_code render_body(struct render *r, const struct body *body)
{
    if (++r->depth > r->settings->limits.depth)
        return err_set(r->err, ERR_TOO_LARGE, "more than %d levels stand in one another",
                       r->settings->limits.depth);
    for (const struct node *node = body->first; node && r->interrupt == GO_ON; node = node->next) {
        r->at = node->at;
        TRY(render_step(r, 1));
        TRY(nodes[node->kind](r, node));
    }
    r->depth--;
    return ERR_OK;
}

/* A header is one line without blanks around it. */
static enum err_code finish_header(struct render *r)
{
    struct buf *out = r->out;
    struct str text =
        str_trim((struct str){out->p ? out->p + r->out_start : "", out->n - r->out_start});

    r->at = (struct spot){0, 0};
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r' || text.p[i] == '\n' || text.p[i] == '\0') {
            err_set(r->err, ERR_INVALID, "a header must not hold a line break");
            err_hint(r->err, "Take it out of the value: | strip_newlines.");
            return ERR_INVALID;
        }
    }
    if (text.n)
        memmove(out->p + r->out_start, text.p, text.n);
    out->n = r->out_start + text.n;
    return ERR_OK;
}

static enum err_code render_all(struct render *r)
{
    r->slots = arena_alloc(r->arena, r->liquid->n_slots * sizeof(*r->slots));
    TRY(render_room(r));
    TRY(render_body(r, &r->liquid->units[0].body));
    return r->liquid->kind == LIQUID_HEADER ? finish_header(r) : ERR_OK;
}

enum err_code liquid_render(const struct liquid *liquid, const struct liquid_settings *settings,
                            struct arena *scratch, struct buf *out, struct liquid_place *out_place,
                            struct err *err)
{
    const struct liquid_limits *limits = &settings->limits;
    size_t out_limit = out->limit, memory_limit = scratch->limit;
    struct err own = ERR_INIT;
    struct render r = {
        .liquid = liquid,
        .settings = settings,
        .arena = scratch,
        .out = out,
        .out_start = out->n,
        .scratch = BUF_INIT(limits->memory),
        .ends_ns = monotonic_ns() + (int64_t)limits->time_ms * NS_PER_MS,
        .err = err ? err : &own,
    };
    enum err_code code;

    if (limits->bytes < out_limit - out->n)
        out->limit = out->n + limits->bytes;
    if (limits->memory < memory_limit - scratch->used)
        scratch->limit = scratch->used + limits->memory;
    code = render_all(&r);
    if (code != ERR_OK) {
        out->n = r.out_start;
        out->failed = false;
        liquid_fail(liquid, r.at, out_place, code, r.err);
    }
    if (out->p)
        out->p[out->n] = '\0';
    out->limit = out_limit;
    scratch->limit = memory_limit;
    buf_release(&r.scratch);
    return code;
}
