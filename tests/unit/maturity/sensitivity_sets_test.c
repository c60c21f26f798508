/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The smallest upgrade sets against every possible choice, on random small models. */
#include "maturity/sensitivity_parts.h"

#include "fixture.h"
#include "tap.h"

enum { MODELS = 2500, CHOICES_TRIED = 20000 };

static uint64_t random_state = 0x5eed;

static uint64_t next_random(void)
{
    uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t below(size_t n)
{
    return (size_t)(next_random() % n);
}

/* One case: a shop, what it scored, and what is asked of the solver. */
struct trial {
    struct fixture f;
    double worth[FIXTURE_PRACTICES];
    struct assessment *a;
    struct sensitivity out;
    struct sensitivity_wish wish;
    struct sensing s;
};

static void make_shop(struct trial *t)
{
    static const double weights[] = {1, 1, 1, .7, .5, 2, .3};
    size_t count = 2 + below(15), shift = below(3);
    double steps_of = below(2) ? 1 : 4;

    fixture_init(&t->f, count, 1 + below(FIXTURE_DIMENSIONS));
    for (size_t i = 0; i < count; i++) {
        struct practice *p = &t->f.practices[i];
        size_t level = 1 + below(3) + (below(2) ? shift : 0);

        p->dimension = below(t->f.model.dimension_count);
        p->weight = weights[below(TM_COUNT(weights))];
        p->essential = below(6) ? 0 : (int)(2 + below(3));
        for (int l = 0; l < 3; l++)
            p->effort_hours[l] = (double)(1 + below(12)) / 2 * steps_of;
        while (i > 0 && p->prerequisite_count < 2 && below(3) == 0)
            p->prerequisites[p->prerequisite_count++] = below(i);
        t->worth[i] = below(4) ? (double)below(5) * 100 : (double)NAN;
        if (below(12) == 0)
            t->f.items[i].applicable = false;
        else if (below(8))
            give_fact(&t->f, i, (double)(level > 4 ? 3 : level - 1));
    }
}

static bool trial_make(struct trial *t)
{
    const struct score_plan plan = {.draws = 1};
    struct err err;

    make_shop(t);
    if (score_with(&t->f.set, NULL, &plan, &t->a, &err) != ERR_OK)
        return false;
    t->wish = (struct sensitivity_wish){.worth = t->worth};
    t->out = (struct sensitivity){.target = t->a->target, .arena = ARENA_INIT(1 << 20)};
    t->s = (struct sensing){.a = t->a,
                            .wish = &t->wish,
                            .model = &t->f.model,
                            .out = &t->out,
                            .scratch = ARENA_INIT(1 << 24)};
    return true;
}

static void trial_end(struct trial *t)
{
    arena_release(&t->out.arena);
    arena_release(&t->s.scratch);
    assessment_free(t->a);
}

/* All choices, one practice after the other; conditions as maturity.md states them. */
struct trying {
    const struct trial *t;
    int least[FIXTURE_PRACTICES], now[FIXTURE_PRACTICES], levels[FIXTURE_PRACTICES];
    bool lack[2][FIXTURE_PRACTICES]; /* raised in an earlier set */
    size_t lacks;
    double hours, worth; /* best so far */
    bool found;
};

static bool stage_met(const struct trying *y)
{
    const struct model *m = &y->t->f.model;
    int target = y->t->out.target;
    double total = 0, at = 0, weight[FIXTURE_DIMENSIONS] = {0}, sum[FIXTURE_DIMENSIONS] = {0};

    for (size_t i = 0; i < m->practice_count; i++) {
        const struct practice *p = &m->practices[i];

        if (!y->t->f.items[i].applicable)
            continue;
        total += p->weight;
        at += y->levels[i] >= target ? p->weight : 0;
        weight[p->dimension] += p->weight;
        sum[p->dimension] += p->weight * y->levels[i];
        if (p->essential && p->essential <= target && y->levels[i] < target)
            return false;
        for (size_t k = 0; y->levels[i] > y->now[i] && k < p->prerequisite_count; k++) {
            size_t q = p->prerequisites[k];

            if (y->t->f.items[q].applicable && y->levels[q] < (y->levels[i] == 4 ? 3 : 2))
                return false;
        }
    }
    for (size_t d = 0; d < m->dimension_count; d++)
        if (weight[d] > 0 && sum[d] / weight[d] < target - 1 - 1e-9)
            return false;
    return at / total >= m->quorum[target - 2] - 1e-9;
}

static bool lacks_something(const struct trying *y, size_t set)
{
    for (size_t i = 0; i < y->t->f.model.practice_count; i++)
        if (y->lack[set][i] && y->levels[i] <= y->now[i])
            return true;
    return false;
}

static void try_all(struct trying *y, size_t i, double hours, double worth)
{
    const struct model *m = &y->t->f.model;
    int target = y->t->out.target;

    if (y->found && hours > y->hours + 1e-9)
        return;
    if (i == m->practice_count) {
        for (size_t k = 0; k < y->lacks; k++)
            if (!lacks_something(y, k))
                return;
        if (!stage_met(y) || (y->found && hours > y->hours - 1e-9 && worth <= y->worth))
            return;
        y->found = true;
        y->hours = hours;
        y->worth = worth;
        return;
    }
    for (int v = y->least[i]; v == y->least[i] || v <= target; v++) {
        double cost = 0, gain = 0;

        for (int l = y->now[i] + 1; l <= v; l++)
            cost += m->practices[i].effort_hours[l - 2];
        if (y->now[i] < target && v >= target && !isnan(y->t->worth[i]))
            gain = y->t->worth[i];
        y->levels[i] = v;
        try_all(y, i + 1, hours + cost, worth + gain);
        if (!y->t->f.items[i].applicable)
            return;
    }
}

static bool few_enough(struct trying *y)
{
    double choices = 1;
    int target = y->t->out.target;

    for (size_t i = 0; i < y->t->f.model.practice_count; i++) {
        const struct practice_result *r = &y->t->a->practices[i];
        int essential = r->practice->essential;

        y->now[i] = practice_known(r) ? r->level_best : 1;
        y->least[i] = y->now[i];
        if (practice_applies(r) && essential && essential <= target && y->now[i] < target)
            y->least[i] = target;
        if (practice_applies(r) && y->least[i] < target)
            choices *= target - y->least[i] + 1;
    }
    return choices <= CHOICES_TRIED;
}

/* The stage's own rule on the levels after a set. */
static bool reaches(struct trial *t, const struct upgrade_set *set)
{
    struct practice_result results[FIXTURE_PRACTICES];
    uint8_t levels[FIXTURE_PRACTICES];
    struct stage_view view;
    struct err err;

    for (size_t i = 0; i < t->f.model.practice_count; i++) {
        results[i] = t->a->practices[i];
        levels[i] = (uint8_t)(practice_known(&results[i]) ? results[i].level_best : 1);
    }
    for (size_t k = 0; k < set->n; k++) {
        struct practice_result *r = &results[set->steps[k].practice];

        r->rests_on = CLASS_MEASURED;
        memset(r->gate_ok, true, sizeof(r->gate_ok));
        levels[set->steps[k].practice] = (uint8_t)set->steps[k].to;
    }
    return profile_judge(&t->s, results, levels, &view, NULL, &err) == ERR_OK &&
           view.best >= t->out.target;
}

static size_t tried, failed, with_alternatives, wrong_hours, wrong_worth, not_reached, wrong_count,
    unproven;

static void compare_set(struct trial *t, struct trying *y, size_t c)
{
    const struct upgrade_set *set = &t->out.sets[c];
    double worth = isnan(set->worth) ? 0 : set->worth;

    y->found = false;
    y->lacks = c;
    try_all(y, 0, 0, 0);
    wrong_count += y->found != (c < t->out.set_count);
    if (!y->found || c >= t->out.set_count)
        return;
    wrong_hours += fabs(set->hours - y->hours) > 1e-9;
    wrong_worth += fabs(worth - y->worth) > 1e-9;
    not_reached += !reaches(t, set);
    for (size_t k = 0; c < 2 && k < set->n; k++)
        y->lack[c][set->steps[k].practice] = set->steps[k].to > set->steps[k].from;
}

static void compare(struct trial *t)
{
    struct trying y = {.t = t};
    struct err err;

    if (t->a->stage_best >= t->out.target || !few_enough(&y))
        return;
    failed += sense_sets(&t->s, &err) != ERR_OK;
    tried++;
    with_alternatives += t->out.set_count == 3;
    unproven += !t->out.sets_proven;
    for (size_t c = 0; c < TM_COUNT(t->out.sets); c++)
        compare_set(t, &y, c);
}

static void test_against_all_choices(void)
{
    for (int n = 0; n < 20 * MODELS && tried < MODELS; n++) {
        struct trial *t = xcalloc(1, sizeof(*t));

        if (trial_make(t)) {
            compare(t);
            trial_end(t);
        }
        free(t);
    }
    CHECK(tried == MODELS);
    CHECK(with_alternatives > MODELS / 3);
    CHECK(failed == 0);
    CHECK(unproven == 0);
    CHECK(wrong_hours == 0);
    CHECK(wrong_worth == 0);
    CHECK(wrong_count == 0);
    CHECK(not_reached == 0);
    printf("# %zu models, %zu with two alternatives\n", tried, with_alternatives);
}

int main(void)
{
    test_against_all_choices();
    return tap_done();
}
