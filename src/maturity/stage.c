/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/stage.h"

static const double stage_best_at = .50, stage_confirmed_at = .80;
static const double slack = STAGE_SLACK;

/* Sums of one draw, side by side: they are added to together. */
struct sums {
    double quorum[3]; /* share of weight at stage s or above */
    double mean;      /* of the dimension at hand */
};

/* One round over all draws: sums and failures a draw. */
struct tally {
    size_t n;
    struct sums *sums;
    uint8_t *g1, *g2, *g3; /* bit s - 2: failed at stage s */
    uint8_t *stages;
    const uint8_t *ones;
};

int stage_best_of(const double p[4])
{
    int best = 1;

    for (double at_least = 1 - p[0]; best < 4 && at_least >= stage_best_at - slack;)
        at_least -= p[best++];
    return best;
}

/* How a practice takes part in this variant. */
enum part { PART_NONE, PART_UNKNOWN, PART_KNOWN };

static enum part part_of(const struct practice_result *r, enum stage_variant variant)
{
    if (!practice_applies(r))
        return variant == STAGE_WITHOUT_NA && r->evidence->applicable ? PART_UNKNOWN : PART_NONE;
    if (!practice_known(r) || (variant == STAGE_WITHOUT_CLAIMS && r->rests_on == CLASS_CLAIMED))
        return PART_UNKNOWN;
    return PART_KNOWN;
}

static bool claims_only(const struct practice_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (practice_known(&results[i]) && results[i].rests_on != CLASS_CLAIMED)
            return false;
    return true;
}

static enum err_code tally_init(struct tally *t, size_t n, struct arena *arena, struct err *err)
{
    uint8_t *ones = arena_alloc(arena, n);

    t->n = n;
    t->sums = arena_alloc(arena, n * sizeof(*t->sums));
    t->g1 = arena_alloc(arena, n);
    t->g2 = arena_alloc(arena, n);
    t->g3 = arena_alloc(arena, n);
    t->stages = arena_alloc(arena, n);
    TRY(arena_check(arena, err));
    memset(ones, 1, n);
    t->ones = ones;
    return ERR_OK;
}

static void tally_essential(struct tally *t, const struct practice_result *r, bool known,
                            const uint8_t *row)
{
    uint8_t failed[5] = {0};

    for (int level = 1; level <= 4; level++)
        for (int s = r->practice->essential; s <= 4; s++)
            if (!known || !r->gate_ok[s - 2] || level < s)
                failed[level] |= (uint8_t)(1u << (s - 2));
    for (size_t d = 0; d < t->n; d++)
        t->g1[d] |= failed[row[d]];
}

/* `share` of all weight, `part` of the dimension's. What a level adds is looked up: a choice in
 * the loop would be guessed wrong for every other draw. */
static void tally_weight(struct tally *t, const uint8_t *row, double share, double part)
{
    struct sums adds[5] = {0};

    for (int level = 1; level <= 4; level++) {
        for (int s = 0; s < 3; s++)
            adds[level].quorum[s] = level >= s + 2 ? share : 0;
        adds[level].mean = part * level;
    }
    for (size_t d = 0; d < t->n; d++) {
        const struct sums *add = &adds[row[d]];
        struct sums *sums = &t->sums[d];

        for (int s = 0; s < 3; s++)
            sums->quorum[s] += add->quorum[s];
        sums->mean += add->mean;
    }
}

static void tally_dimension(struct tally *t, double out_behind[3])
{
    size_t behind[3] = {0};

    for (size_t d = 0; d < t->n; d++) {
        for (int s = 0; s < 3; s++) {
            bool failed = t->sums[d].mean < s + 1 - slack;

            behind[s] += failed;
            t->g3[d] |= (uint8_t)(failed << s);
        }
    }
    for (int s = 0; s < 3; s++)
        out_behind[s] = (double)behind[s] / (double)t->n;
}

static void tally_stage(const struct tally *t, const struct model *model, bool any, int most,
                        struct stage_view *v)
{
    size_t stages[4] = {0}, g1[3] = {0}, g2[3] = {0}, g3[3] = {0};

    for (size_t d = 0; d < t->n; d++) {
        int stage = 1;

        for (int s = 0; s < 3; s++)
            if (!any || t->sums[d].quorum[s] < model->quorum[s] - slack)
                t->g2[d] |= (uint8_t)(1u << s);
        for (int s = 0; s < 3; s++) {
            g1[s] += !(t->g1[d] >> s & 1);
            g2[s] += !(t->g2[d] >> s & 1);
            g3[s] += !(t->g3[d] >> s & 1);
        }
        while (stage < most && !((t->g1[d] | t->g2[d] | t->g3[d]) >> (stage - 1) & 1))
            stage++;
        t->stages[d] = (uint8_t)stage;
        stages[stage - 1]++;
    }
    v->stages = t->stages;
    for (int s = 0; s < 4; s++)
        v->p[s] = (double)stages[s] / (double)t->n;
    for (int s = 0; s < 3; s++) {
        v->checks[s].p_essentials = (double)g1[s] / (double)t->n;
        v->checks[s].p_quorum = (double)g2[s] / (double)t->n;
        v->checks[s].p_dimensions = (double)g3[s] / (double)t->n;
    }
    v->best = stage_best_of(v->p);
}

/* Weight share of MEASURED, OBSERVED and ATTESTED; a measurement that contradicts a claim counts.
 */
static double evidence_share(const struct practice_result *results, size_t count, double total)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        enum state s = results[i].state;

        if (s == STATE_MEASURED || s == STATE_OBSERVED || s == STATE_ATTESTED ||
            s == STATE_CONFLICT)
            sum += results[i].practice->weight;
    }
    return total > 0 ? sum / total : 0;
}

static void check_shares(struct stage_view *v, const struct model *model,
                         const struct practice_result *results, enum stage_variant variant,
                         double total)
{
    double evidence = evidence_share(results, model->practice_count, total);

    for (int s = 0; s < 3; s++) {
        double sum = 0;

        for (size_t i = 0; i < model->practice_count; i++)
            if (part_of(&results[i], variant) == PART_KNOWN)
                sum += results[i].practice->weight * practice_at_least(&results[i], s + 2);
        v->checks[s].quorum_share = total > 0 ? sum / total : 0;
        v->checks[s].evidence = evidence;
        v->checks[s].floor = model->evidence_floor[s];
        v->checks[s].floor_met = evidence >= model->evidence_floor[s] - slack;
    }
}

static double weight_of(const struct model *model, const struct practice_result *results,
                        enum stage_variant variant, size_t dimension)
{
    double sum = 0;

    for (size_t i = 0; i < model->practice_count; i++)
        if ((dimension == SIZE_MAX || model->practices[i].dimension == dimension) &&
            part_of(&results[i], variant) != PART_NONE)
            sum += model->practices[i].weight;
    return sum;
}

enum err_code stage_judge(const struct model *model, const struct practice_result *results,
                          const struct draws *draws, enum stage_variant variant,
                          struct arena *arena, struct stage_view *out_view, double (*out_behind)[3],
                          struct err *err)
{
    double total = weight_of(model, results, variant, SIZE_MAX);
    int most = claims_only(results, model->practice_count) ? 2 : 4;
    struct tally t = {0};

    TRY(tally_init(&t, draws->n, arena, err));
    for (size_t dim = 0; dim < model->dimension_count; dim++) {
        double weight = weight_of(model, results, variant, dim), behind[3] = {0};

        for (size_t d = 0; d < t.n; d++)
            t.sums[d].mean = 0;
        for (size_t i = 0; i < model->practice_count; i++) {
            const struct practice *p = &model->practices[i];
            enum part part = part_of(&results[i], variant);
            const uint8_t *row = part == PART_KNOWN ? draws->levels + i * draws->n : t.ones;

            if (p->dimension != dim || part == PART_NONE)
                continue;
            if (p->essential)
                tally_essential(&t, &results[i], part == PART_KNOWN, row);
            if (weight > 0)
                tally_weight(&t, row, p->weight / total, p->weight / weight);
        }
        if (weight > 0)
            tally_dimension(&t, behind);
        if (out_behind)
            memcpy(out_behind[dim], behind, sizeof(behind));
    }
    *out_view = (struct stage_view){0};
    tally_stage(&t, model, total > 0, most, out_view);
    check_shares(out_view, model, results, variant, total);
    return ERR_OK;
}

int stage_confirmed(const struct stage_view *view, const struct practice_result *results,
                    size_t count)
{
    double at_least = 1;
    int stage = 1;

    if (claims_only(results, count))
        return 1;
    for (int s = 2; s <= 4; s++) {
        at_least -= view->p[s - 2];
        if (at_least < stage_confirmed_at - slack || !view->checks[s - 2].floor_met)
            break;
        stage = s;
    }
    return stage;
}
