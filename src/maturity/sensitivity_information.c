/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which practice unlocks the stage and which evidence would settle it (maturity.md 6.9, 5 and 6),
 * from joint draws as if everything that applies were known and provable. */
#include "maturity/sensitivity_parts.h"

/* Fewer draws than this on one side: what is seen given that side says nothing. */
static const double side_least = 1.0 / 200;

struct known_view {
    struct practice_result *results; /* every gate open, nothing unknown */
    struct draws draws;
    struct stage_view stage;
};

/* Levels 1..4 of an unknown practice, by the prior. */
static void draw_unknown(const struct sensing *s, const struct practice *p, double *work,
                         uint8_t *row, size_t n)
{
    const struct evidence_set *set = s->a->evidence;
    struct stream stream =
        stream_of(set->input_hash, set->model->scoring_hash, p->id, "if known", (const char *)NULL);

    stream_uniforms(&stream, work, n);
    for (size_t d = 0; d < n; d++) {
        row[d] = 1;
        for (int l = 2; l <= 4; l++)
            row[d] = (uint8_t)(row[d] + (work[d] > 1 - practice_prior_at_least(l)));
    }
}

static enum err_code view_make(struct sensing *s, struct known_view *out_view, struct err *err)
{
    size_t count = s->model->practice_count;
    struct known_view v = {.results = arena_alloc(&s->scratch, (count + 1) * sizeof(*v.results))};
    double *work;

    TRY(draws_part(s, SIZE_MAX, &v.draws, err));
    work = arena_alloc(&s->scratch, v.draws.n * sizeof(*work));
    TRY(arena_check(&s->scratch, err));
    for (size_t i = 0; i < count; i++) {
        struct practice_result *r = &v.results[i];

        *r = s->a->practices[i];
        if (!practice_applies(r))
            continue;
        if (!practice_known(r))
            draw_unknown(s, r->practice, work, v.draws.levels + i * v.draws.n, v.draws.n);
        r->rests_on = CLASS_MEASURED;
        for (int g = 0; g < 3; g++)
            r->gate_ok[g] = true;
    }
    TRY(stage_judge(s->model, v.results, &v.draws, STAGE_AS_IS, &s->scratch, &v.stage, NULL, err));
    *out_view = v;
    return ERR_OK;
}

static double plog2(double count, double n)
{
    return count > 0 ? count / n * log2(count / n) : 0;
}

/* I(S; L) = H(S) + H(L) - H(S, L) of a table of counts, each entropy corrected for the sample's
 * size by (cells - 1) / 2n (Miller 1955). */
static double information(double table[4][4], double n, double most)
{
    double bits = 0, cells = 0, rows = 0, columns = 0;

    for (int i = 0; i < 4; i++) {
        double row = 0, column = 0;

        for (int k = 0; k < 4; k++) {
            row += table[i][k];
            column += table[k][i];
            cells += table[i][k] > 0;
            bits += plog2(table[i][k], n);
        }
        rows += row > 0;
        columns += column > 0;
        bits -= plog2(row, n) + plog2(column, n);
    }
    bits += (rows + columns - cells - 1) / (2 * n * log(2));
    return fmin(fmax(bits, 0), most);
}

static void sense_practice(const struct sensing *s, const struct known_view *v, size_t i)
{
    struct practice_sensitivity *out = &s->out->practices[i];
    const uint8_t *row = v->draws.levels + i * v->draws.n;
    double table[4][4] = {{0}}, n = (double)v->draws.n, with = 0, without = 0, above = 0;
    double worth = s->wish->worth ? s->wish->worth[i] : (double)NAN;
    int target = s->out->target;

    for (size_t d = 0; d < v->draws.n; d++)
        table[v->stage.stages[d] - 1][row[d] - 1]++;
    for (int stage = 1; stage <= 4; stage++) {
        for (int level = 1; level <= 4; level++) {
            double count = table[stage - 1][level - 1];

            above += level >= target ? count : 0;
            with += level >= target && stage >= target ? count : 0;
            without += level < target && stage >= target ? count : 0;
        }
    }
    out->birnbaum_given = NAN;
    if (above >= side_least * n && n - above >= side_least * n)
        out->birnbaum_given = with / above - without / (n - above);
    out->information_bits = information(table, n, s->out->stage_bits);
    out->information_share =
        s->out->stage_bits > 0 ? out->information_bits / s->out->stage_bits : 0;
    out->information_worth = out->information_share * worth;
}

static double p_target(const struct stage_view *view, int target)
{
    double p = 0;

    for (int stage = 1; stage <= 4; stage++)
        p += stage >= target ? view->p[stage - 1] : 0;
    return p;
}

/* P(S >= target) with the practice lifted to the target where it is below, less that with it
 * brought down to one below where it is not (Birnbaum 1969). */
static enum err_code unlock(struct sensing *s, const struct known_view *v, struct draws *part,
                            size_t i, struct arena *work, struct err *err)
{
    uint8_t *row = part->levels + i * part->n, *kept;
    int target = s->out->target;
    struct stage_view high, low;

    arena_reset(work);
    kept = arena_alloc(work, part->n);
    TRY(arena_check(work, err));
    memcpy(kept, row, part->n);
    for (size_t d = 0; d < part->n; d++)
        row[d] = (uint8_t)(kept[d] < target ? target : kept[d]);
    TRY(stage_judge(s->model, v->results, part, STAGE_AS_IS, work, &high, NULL, err));
    for (size_t d = 0; d < part->n; d++)
        row[d] = (uint8_t)(kept[d] < target ? kept[d] : target - 1);
    TRY(stage_judge(s->model, v->results, part, STAGE_AS_IS, work, &low, NULL, err));
    memcpy(row, kept, part->n);
    s->out->practices[i].birnbaum = fmax(p_target(&high, target) - p_target(&low, target), 0);
    return ERR_OK;
}

static enum err_code unlock_all(struct sensing *s, const struct known_view *v, struct err *err)
{
    struct draws part = {.n = v->draws.n < SENSITIVITY_PART ? v->draws.n : SENSITIVITY_PART};
    struct arena work = ARENA_INIT(s->scratch.limit);
    enum err_code code = ERR_OK;

    part.levels = arena_alloc(&s->scratch, s->model->practice_count * part.n + 1);
    TRY(arena_check(&s->scratch, err));
    for (size_t i = 0; i < s->model->practice_count; i++)
        memcpy(part.levels + i * part.n, v->draws.levels + i * v->draws.n, part.n);
    for (size_t i = 0; i < s->model->practice_count && code == ERR_OK; i++)
        if (practice_applies(&v->results[i]))
            code = unlock(s, v, &part, i, &work, err);
    arena_release(&work);
    return code;
}

static void insert_connection(struct sensitivity *out, struct connection_value c)
{
    size_t at = out->connection_count++;

    while (at > 0 && c.bits > out->connections[at - 1].bits) {
        out->connections[at] = out->connections[at - 1];
        at--;
    }
    out->connections[at] = c;
}

/* What is not connected is valued by the practice that it would make known and that tells most. */
static void value_connections(const struct sensing *s)
{
    for (size_t c = 0; c < s->a->connection_count; c++) {
        struct connection_value best = {.need = s->a->connections[c].need, .bits = -1};

        for (size_t i = 0; i < s->model->practice_count; i++) {
            const struct practice *p = &s->model->practices[i];
            const struct practice_sensitivity *value = &s->out->practices[i];

            if (s->a->practices[i].state != STATE_UNKNOWN || value->information_bits <= best.bits ||
                !practice_needs(p, s->model->needs[best.need].id))
                continue;
            best.practice = i;
            best.bits = value->information_bits;
            best.share = value->information_share;
            best.worth = value->information_worth;
        }
        if (best.bits >= 0)
            insert_connection(s->out, best);
    }
}

enum err_code sense_information(struct sensing *s, struct err *err)
{
    size_t count = s->model->practice_count;
    struct known_view view;

    s->out->practices = arena_alloc(&s->out->arena, (count + 1) * sizeof(*s->out->practices));
    s->out->connections =
        arena_alloc(&s->out->arena, (s->a->connection_count + 1) * sizeof(*s->out->connections));
    TRY(arena_check(&s->out->arena, err));
    TRY(view_make(s, &view, err));
    s->out->stage_bits = entropy_bits(view.stage.p, 4);
    for (size_t i = 0; i < count; i++) {
        s->out->practices[i] =
            (struct practice_sensitivity){.birnbaum_given = NAN, .information_worth = NAN};
        if (practice_applies(&s->a->practices[i]))
            sense_practice(s, &view, i);
    }
    TRY(unlock_all(s, &view, err));
    value_connections(s);
    return ERR_OK;
}
