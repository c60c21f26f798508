/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/result_hash.h"

#include "base/buf.h"
#include "base/digest.h"

enum { TEXT_BYTES = 4 * 1024 * 1024 };

/* Minus zero and the signs of NAN are dropped: they mean nothing here. */
static void add_number(struct buf *b, double x)
{
    if (isnan(x))
        buf_addz(b, " -");
    else
        buf_addf(b, " %.6f", fabs(x) < 5e-7 ? 0.0 : x);
}

static void add_numbers(struct buf *b, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_number(b, x[i]);
}

static void add_practice(struct buf *b, const struct practice_result *r)
{
    buf_addf(b, "practice %s %s %d %d %d %d %d %d %d %d%d%d", r->practice->id, state_name(r->state),
             (int)r->rests_on, r->level_best, r->level_confirmed, r->level_published,
             r->claimed_level, r->optimism_gap, r->na_refused, r->gate_ok[0], r->gate_ok[1],
             r->gate_ok[2]);
    add_numbers(b, r->p, 4);
    add_number(b, r->continuous);
    add_number(b, r->needed_more);
    for (size_t k = 0; k < r->practice->indicator_count; k++) {
        add_number(b, r->value[k].low);
        add_number(b, r->value[k].mid);
        add_number(b, r->value[k].high);
    }
    buf_addc(b, '\n');
}

static void add_dimension(struct buf *b, const struct dimension_result *d)
{
    const double numbers[] = {d->value, d->low, d->high, d->coverage, d->target};

    buf_addf(b, "dimension %s", d->dimension->id);
    add_numbers(b, numbers, TM_COUNT(numbers));
    add_numbers(b, d->p_behind, 3);
    buf_addc(b, '\n');
}

static void add_stage(struct buf *b, const struct assessment *a)
{
    const double numbers[] = {a->index, a->index_low, a->index_high, a->coverage, a->na_weight};

    buf_addf(b, "stage %d %d %d %d %d", a->stage_best, a->stage_confirmed, a->stage_claimed,
             a->target, a->stage_without_na);
    add_numbers(b, a->stage_p, 4);
    add_numbers(b, numbers, TM_COUNT(numbers));
    buf_addc(b, '\n');
    for (int s = 0; s < 3; s++) {
        const struct stage_check *c = &a->checks[s];
        const double checks[] = {c->p_essentials, c->p_quorum, c->p_dimensions,
                                 c->quorum_share, c->evidence, c->floor};

        buf_addf(b, "check %d %d", s + 2, c->floor_met);
        add_numbers(b, checks, TM_COUNT(checks));
        buf_addc(b, '\n');
    }
}

static void add_next(struct buf *b, const struct assessment *a)
{
    for (size_t i = 0; i < a->gap_count; i++) {
        const struct gap *g = &a->gaps[i];

        buf_addf(b, "gap %s %d %d %d", a->practices[g->practice].practice->id, (int)g->reason,
                 g->target, g->unknown);
        add_number(b, g->p_met);
        add_number(b, g->more);
        buf_addc(b, '\n');
    }
    for (size_t i = 0; i < a->connection_count; i++) {
        const struct connection *c = &a->connections[i];

        buf_addf(b, "connect %s %zu %zu", a->evidence->model->needs[c->need].id, c->practices,
                 c->essential);
        add_number(b, c->weight);
        buf_addc(b, '\n');
    }
}

enum err_code result_hash(struct assessment *a, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(TEXT_BYTES);
    const struct model *model = a->evidence->model;

    buf_addf(&b, "input %s\nmodel %s\n", a->evidence->input_hash, model->scoring_hash);
    add_stage(&b, a);
    for (size_t d = 0; d < model->dimension_count; d++)
        add_dimension(&b, &a->dimensions[d]);
    for (size_t i = 0; i < model->practice_count; i++)
        add_practice(&b, &a->practices[i]);
    add_next(&b, a);
    TRY(buf_check(&b, err));
    digest_of(buf_str(&b), a->result_hash);
    return ERR_OK;
}
