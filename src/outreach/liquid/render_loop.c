/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/render.h"

#include "outreach/liquid/number.h"

/* What forloop and tablerowloop tell. In the arena: a template may keep it in a variable. */
struct loop_state {
    struct value_drop drop; /* first: the functions get it as that */
    struct str name;
    int64_t length, index;  /* from 0 */
    int64_t cols, col, row; /* of a table: from 1 */
    const struct loop_state *parent;
    bool table;
};

/* Elements from..from + n - 1 of `over`; a text is one element. */
struct segment {
    struct value over;
    size_t from, n;
};

static bool table_member(const struct loop_state *loop, struct str key, struct value *out)
{
    if (str_eqz(key, "col"))
        *out = value_int(loop->col);
    else if (str_eqz(key, "col0"))
        *out = value_int(loop->col - 1);
    else if (str_eqz(key, "row"))
        *out = value_int(loop->row);
    else if (str_eqz(key, "col_first"))
        *out = value_bool(loop->col == 1);
    else if (str_eqz(key, "col_last"))
        *out = value_bool(loop->col == loop->cols);
    else
        return false;
    return true;
}

static bool for_member(const struct loop_state *loop, struct str key, struct value *out)
{
    if (str_eqz(key, "name"))
        *out = value_str(loop->name);
    else if (str_eqz(key, "parentloop"))
        *out = loop->parent ? value_drop(&loop->parent->drop) : VALUE_NOTHING;
    else
        return false;
    return true;
}

static enum err_code loop_get(const struct value_drop *drop, struct str key, struct arena *arena,
                              struct value *out_value, bool *out_known, struct err *err)
{
    const struct loop_state *loop = (const struct loop_state *)(const void *)drop;

    (void)arena;
    (void)err;
    *out_known = true;
    if (str_eqz(key, "index"))
        *out_value = value_int(loop->index + 1);
    else if (str_eqz(key, "index0"))
        *out_value = value_int(loop->index);
    else if (str_eqz(key, "rindex"))
        *out_value = value_int(loop->length - loop->index);
    else if (str_eqz(key, "rindex0"))
        *out_value = value_int(loop->length - loop->index - 1);
    else if (str_eqz(key, "first"))
        *out_value = value_bool(loop->index == 0);
    else if (str_eqz(key, "last"))
        *out_value = value_bool(loop->index == loop->length - 1);
    else if (str_eqz(key, "length"))
        *out_value = value_int(loop->length);
    else
        *out_known =
            loop->table ? table_member(loop, key, out_value) : for_member(loop, key, out_value);
    return ERR_OK;
}

/* limit: and the like; `absent` for nil. */
static enum err_code option(struct render *r, const struct expr *expr, int64_t absent,
                            int64_t *out_n)
{
    struct value v = VALUE_NOTHING;

    *out_n = absent;
    if (expr)
        TRY(eval_expr(r, expr, &v));
    if (v.type == VALUE_NIL)
        return ERR_OK;
    r->at = expr->at;
    return number_whole(v, out_n, r->err);
}

static enum err_code segment_of(struct render *r, const struct loop *loop, struct mark *mark,
                                struct segment *out)
{
    int64_t from, limit;
    struct value v;
    size_t n;

    TRY(eval_expr(r, loop->over, &v));
    TRY(option(r, loop->offset, loop->continued ? mark->n : 0, &from));
    TRY(option(r, loop->limit, INT64_MAX, &limit));
    if (v.type == VALUE_STRING && v.n) {
        struct value *one = arena_alloc(r->arena, sizeof(*one));

        TRY(render_room(r));
        *one = v;
        *out = (struct segment){.over = value_array(one, 1), .n = 1};
        return ERR_OK;
    }
    n = value_count(v);
    if (from < 0) { /* counts towards the limit, as in Shopify */
        limit = limit == INT64_MAX ? limit : limit + from;
        from = 0;
    }
    from = from < (int64_t)n ? from : (int64_t)n;
    limit = limit < 0 ? 0 : limit;
    if (limit < (int64_t)n - from)
        n = (size_t)(from + limit);
    *out = (struct segment){.over = v, .from = (size_t)from, .n = n - (size_t)from};
    mark->n = (int64_t)n;
    return ERR_OK;
}

static enum err_code turn(struct render *r)
{
    TRY(render_step(r, 1));
    if (++r->turns > r->settings->limits.turns)
        return err_set(r->err, ERR_TOO_LARGE, "loops turn more than %zu times",
                       r->settings->limits.turns);
    return ERR_OK;
}

static struct loop_state *state_new(struct render *r, const struct loop *loop, size_t n)
{
    struct loop_state *state = arena_alloc(r->arena, sizeof(*state));

    if (state) {
        state->drop.get = loop_get;
        state->name = loop->name;
        state->length = (int64_t)n;
        state->col = state->row = 1;
    }
    return state;
}

static enum err_code for_turns(struct render *r, const struct loop *loop,
                               const struct segment *segment, struct loop_state *state)
{
    for (size_t i = 0; i < segment->n; i++) {
        size_t at = segment->from + (loop->reversed ? segment->n - 1 - i : i);

        TRY(turn(r));
        render_set_local(r, loop->slot, value_at(segment->over, at, r->arena));
        TRY(render_body(r, loop->body));
        state->index++;
        if (r->interrupt == BREAK_OFF) {
            r->interrupt = GO_ON;
            break;
        }
        r->interrupt = GO_ON;
    }
    return ERR_OK;
}

enum err_code render_for(struct render *r, const struct node *node)
{
    const struct loop *loop = node->loop;
    const struct loop_state *around = r->loop;
    struct slot before = r->slots[loop->slot], before_loop = r->slots[r->liquid->forloop];
    struct mark *mark = render_mark(r, &r->offsets, loop->name);
    struct loop_state *state;
    struct segment segment;

    TRY(render_room(r));
    TRY(segment_of(r, loop, mark, &segment));
    if (segment.n == 0)
        return loop->otherwise ? render_body(r, loop->otherwise) : ERR_OK;
    state = state_new(r, loop, segment.n);
    TRY(render_room(r));
    state->parent = around;
    r->loop = state;
    render_set_local(r, r->liquid->forloop, value_drop(&state->drop));
    TRY(for_turns(r, loop, &segment, state));
    r->loop = around;
    render_unset_local(r, r->liquid->forloop, &before_loop);
    render_unset_local(r, loop->slot, &before);
    return ERR_OK;
}

static enum err_code cells(struct render *r, const struct loop *loop, const struct segment *segment,
                           struct loop_state *state)
{
    for (size_t i = 0; i < segment->n; i++) {
        TRY(turn(r));
        render_set_local(r, loop->slot, value_at(segment->over, segment->from + i, r->arena));
        buf_addf(r->out, "<td class=\"col%" PRId64 "\">", state->col);
        TRY(render_body(r, loop->body));
        buf_addz(r->out, "</td>");
        if (r->interrupt == BREAK_OFF) {
            r->interrupt = GO_ON;
            break;
        }
        r->interrupt = GO_ON;
        if (state->col == state->cols && i + 1 < segment->n)
            buf_addf(r->out, "</tr>\n<tr class=\"row%" PRId64 "\">", state->row + 1);
        state->index++;
        if (state->col == state->cols) {
            state->col = 1;
            state->row++;
        } else {
            state->col++;
        }
    }
    return ERR_OK;
}

enum err_code render_tablerow(struct render *r, const struct node *node)
{
    const struct loop *loop = node->loop;
    uint32_t name = r->liquid->tablerowloop;
    struct slot before = r->slots[loop->slot], before_loop = r->slots[name];
    struct mark mark = {.n = 0}; /* a table is never continued */
    struct loop_state *state;
    struct segment segment;

    TRY(segment_of(r, loop, &mark, &segment));
    if (segment.over.type == VALUE_NIL)
        return ERR_OK;
    state = state_new(r, loop, segment.n);
    TRY(render_room(r));
    state->table = true;
    TRY(option(r, loop->cols, (int64_t)segment.n, &state->cols));
    buf_addz(r->out, "<tr class=\"row1\">\n");
    render_set_local(r, name, value_drop(&state->drop));
    TRY(cells(r, loop, &segment, state));
    render_unset_local(r, name, &before_loop);
    render_unset_local(r, loop->slot, &before);
    buf_addz(r->out, "</tr>\n");
    return render_room(r);
}
