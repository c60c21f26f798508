/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/render.h"

#include "outreach/liquid/filter.h"
#include "outreach/liquid/number.h"

static int shown(struct str s)
{
    return (int)(s.n < 60 ? s.n : 60);
}

static enum err_code unknown(struct render *r, struct spot at, const char *what, struct str name)
{
    if (!r->liquid->strict || r->lenient)
        return ERR_OK;
    r->at = at;
    err_set(r->err, ERR_INVALID, "%s \"%.*s\" is not known", what, shown(name), name.p);
    err_hint(r->err, "Look whether it is spelt right; if it may be missing, give what to write "
                     "instead: | default: \"...\".");
    return ERR_INVALID;
}

static enum err_code ask_data(struct render *r, uint32_t slot)
{
    struct slot *s = &r->slots[slot];
    const struct slot_name *name = &r->liquid->slots[slot];
    bool known;

    s->state |= SLOT_ASKED;
    TRY(value_member(r->settings->data, name->name, name->hash, r->arena, &s->given, &known,
                     r->err));
    if (known)
        s->state |= SLOT_GIVEN;
    else
        s->given = VALUE_NOTHING;
    return ERR_OK;
}

enum err_code eval_slot(struct render *r, uint32_t slot, struct value *out_value, bool *out_known)
{
    struct slot *s = &r->slots[slot];

    *out_known = true;
    if (s->state & SLOT_LOCAL) {
        *out_value = s->local;
    } else if (s->state & SLOT_ASSIGNED) {
        *out_value = s->assigned;
    } else if (s->state & SLOT_COUNTED) {
        *out_value = value_int(s->count);
    } else {
        if (!(s->state & SLOT_ASKED))
            TRY(ask_data(r, slot));
        *out_known = s->state & SLOT_GIVEN;
        *out_value = s->given;
    }
    return ERR_OK;
}

/* .size .first .last of what has no such member. */
static bool command(struct render *r, struct value v, struct str name, struct value *out)
{
    size_t n = value_count(v);
    bool listed = v.type == VALUE_ARRAY || v.type == VALUE_MAP || v.type == VALUE_RANGE;

    if (str_eqz(name, "size")) {
        if (v.type == VALUE_STRING)
            filter_count(v, out);
        else
            *out = value_int((int64_t)n);
        return listed || v.type == VALUE_STRING;
    }
    if (!listed || (!str_eqz(name, "first") && !str_eqz(name, "last")) ||
        (v.type == VALUE_MAP && str_eqz(name, "last")))
        return false;
    *out = n ? value_at(v, str_eqz(name, "first") ? 0 : n - 1, r->arena) : VALUE_NOTHING;
    return true;
}

enum err_code eval_member(struct render *r, struct value v, struct str name, uint64_t hash,
                          struct value *out_value, bool *out_known)
{
    *out_value = VALUE_NOTHING;
    if (v.type == VALUE_MAP && v.n > 32)
        TRY(render_step(r, v.n / 32));
    TRY(value_member(v, name, hash, r->arena, out_value, out_known, r->err));
    if (!*out_known)
        *out_value = VALUE_NOTHING;
    return ERR_OK;
}

/* v[key] */
static enum err_code indexed(struct render *r, struct value v, struct value key,
                             struct value *out_value, bool *out_known)
{
    *out_value = VALUE_NOTHING;
    *out_known = false;
    if (key.type == VALUE_STRING)
        return eval_member(r, v, value_text(key), str_hash(value_text(key)), out_value, out_known);
    if (v.type == VALUE_ARRAY && key.type == VALUE_INT) {
        int64_t at = key.i < 0 ? key.i + v.n : key.i;

        *out_known = true; /* beyond the end is nothing, and no mistake */
        if (at >= 0 && at < v.n)
            *out_value = v.items[at];
    }
    return ERR_OK;
}

static enum err_code walk(struct render *r, const struct expr *expr, struct value v,
                          struct value *out_value)
{
    for (const struct lookup *l = expr->path; l; l = l->next) {
        struct value next = VALUE_NOTHING, key = value_str(l->name);
        bool known;

        if (l->key) {
            TRY(eval_expr(r, l->key, &key));
            TRY(indexed(r, v, key, &next, &known));
        } else {
            TRY(eval_member(r, v, l->name, l->hash, &next, &known));
            known = known || command(r, v, l->name, &next);
        }
        if (!known && key.type == VALUE_STRING && value_truthy(v))
            TRY(unknown(r, expr->at, _("The member"), value_text(key)));
        v = next;
    }
    *out_value = v;
    return ERR_OK;
}

static enum err_code eval_name(struct render *r, const struct expr *expr, struct value *out_value)
{
    bool known;
    struct value v;

    TRY(eval_slot(r, expr->slot, &v, &known));
    if (!known)
        TRY(unknown(r, expr->at, _("The variable"), r->liquid->slots[expr->slot].name));
    if (!expr->path) {
        *out_value = v;
        return ERR_OK;
    }
    return walk(r, expr, v, out_value);
}

/* [name].path */
static enum err_code eval_dynamic(struct render *r, const struct expr *expr,
                                  struct value *out_value)
{
    struct value name, v = VALUE_NOTHING;
    bool known = false;
    uint32_t slot;

    TRY(eval_expr(r, expr->a, &name));
    slot = liquid_slot_find(r->liquid, value_text(name), str_hash(value_text(name)));
    if (slot != UINT32_MAX)
        TRY(eval_slot(r, slot, &v, &known));
    else
        TRY(eval_member(r, r->settings->data, value_text(name), str_hash(value_text(name)), &v,
                        &known));
    if (!known)
        TRY(unknown(r, expr->at, _("The variable"), value_text(name)));
    return walk(r, expr, v, out_value);
}

static enum err_code eval_range(struct render *r, const struct expr *expr, struct value *out_value)
{
    struct value_range *range = arena_alloc(r->arena, sizeof(*range));
    struct value from, to;

    TRY(render_room(r));
    TRY(eval_expr(r, expr->a, &from));
    TRY(eval_expr(r, expr->b, &to));
    from = number_floor(from);
    to = number_floor(to);
    range->from = from.type == VALUE_INT ? from.i : 0;
    range->to = to.type == VALUE_INT ? to.i : 0;
    *out_value = (struct value){.type = VALUE_RANGE, .range = range};
    return ERR_OK;
}

enum err_code eval_expr(struct render *r, const struct expr *expr, struct value *out_value)
{
    switch (expr->kind) {
    case EXPR_CONST:
        *out_value = expr->value;
        return ERR_OK;
    case EXPR_NAME:
        return eval_name(r, expr, out_value);
    case EXPR_DYNAMIC:
        return eval_dynamic(r, expr, out_value);
    default:
        return eval_range(r, expr, out_value);
    }
}

static enum err_code call_filter(struct render *r, const struct call *call, struct value *v)
{
    struct filter_args args = {.n = 0};

    TRY(render_step(r, 1));
    for (const struct argument *arg = call->args; arg; arg = arg->next) {
        struct value value;

        TRY(eval_expr(r, arg->expr, &value));
        if (arg->name.n)
            args.named[args.n_named++] = (struct filter_named){arg->name, value};
        else
            args.at[args.n++] = value;
    }
    r->at = call->at;
    TRY(call->filter->run(r, *v, &args, v));
    return render_room(r);
}

enum err_code eval_pipe(struct render *r, const struct pipe *pipe, struct value *out_value)
{
    bool may_lack = pipe->calls && pipe->calls->filter && pipe->calls->filter->takes_nothing;

    *out_value = VALUE_NOTHING;
    if (!pipe->expr)
        return ERR_OK;
    r->lenient += may_lack;
    TRY(eval_expr(r, pipe->expr, out_value));
    r->lenient -= may_lack;
    for (const struct call *call = pipe->calls; call; call = call->next) {
        if (call->filter)
            TRY(call_filter(r, call, out_value));
    }
    return ERR_OK;
}

/* A text holds the other as a part, an array as an element, a map as a key. */
static enum err_code contains(struct render *r, struct value a, struct value b, bool *out)
{
    struct str part = value_text(b);

    *out = false;
    if (!value_truthy(a) || !value_truthy(b))
        return ERR_OK;
    TRY(render_step(r, a.n / 64));
    if (a.type == VALUE_STRING) {
        if (b.type != VALUE_STRING)
            part = filter_text(r, b);
        *out = part.n == 0 || memmem(a.s, a.n, part.p, part.n) != NULL;
    } else if (a.type == VALUE_ARRAY) {
        for (uint32_t i = 0; i < a.n && !*out; i++)
            *out = value_equal(a.items[i], b);
    } else if (a.type == VALUE_RANGE) {
        *out = b.type == VALUE_INT && b.i >= a.range->from && b.i <= a.range->to;
    } else if (b.type == VALUE_STRING) {
        struct value found;

        return eval_member(r, a, part, str_hash(part), &found, out);
    }
    return ERR_OK;
}

static bool is_ordered(struct value v)
{
    return v.type == VALUE_INT || v.type == VALUE_FLOAT || v.type == VALUE_STRING ||
           v.type == VALUE_TIME;
}

static enum err_code compare(struct render *r, const struct condition *c, struct value a,
                             struct value b, bool *out)
{
    int order;

    if (c->compare == COMPARE_EQ || c->compare == COMPARE_NE) {
        *out = value_equal(a, b) == (c->compare == COMPARE_EQ);
        return ERR_OK;
    }
    if (c->compare == COMPARE_CONTAINS)
        return contains(r, a, b, out);
    *out = false;
    if (!is_ordered(a) || !is_ordered(b))
        return ERR_OK;
    if (!value_order(a, b, &order)) {
        r->at = c->at;
        err_set(r->err, ERR_INVALID, "a text cannot be compared with a number");
        err_hint(r->err, "Make a number of the text first: {%% assign n = text | plus: 0 %%}.");
        return ERR_INVALID;
    }
    switch (c->compare) {
    case COMPARE_LT:
        *out = order < 0;
        break;
    case COMPARE_LE:
        *out = order <= 0;
        break;
    case COMPARE_GT:
        *out = order > 0;
        break;
    default:
        *out = order >= 0;
        break;
    }
    return ERR_OK;
}

enum err_code eval_condition(struct render *r, const struct condition *condition, bool *out_holds)
{
    bool holds = false;

    r->lenient++;
    for (const struct condition *c = condition; c; c = c->next) {
        struct value a, b;

        TRY(eval_expr(r, c->left, &a));
        if (c->compare == COMPARE_NONE) {
            holds = value_truthy(a);
        } else {
            TRY(eval_expr(r, c->right, &b));
            TRY(compare(r, c, a, b, &holds));
        }
        if (c->next && holds == c->is_or) /* the rest cannot change it */
            break;
    }
    r->lenient--;
    *out_holds = holds;
    return ERR_OK;
}
