/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/roadmap.h"

#include "fixture.h"
#include "roadmap_random.h"
#include "tap.h"

static const struct role roles[] = {{.id = "owner", .hours = 40}, {.id = "marketer", .hours = 60}};
static const struct score_plan quick = {.draws = 20, .full = true};

/* A fixture with roles, hours and costs. */
static void init(struct fixture *f, size_t practices, size_t dimensions)
{
    fixture_init(f, practices, dimensions);
    f->model.roles = (struct role *)(uintptr_t)roles;
    f->model.role_count = TM_COUNT(roles);
    for (size_t i = 0; i < practices; i++)
        for (int l = 0; l < 3; l++)
            f->practices[i].effort_hours[l] = 10 * (l + 1);
}

struct made {
    struct assessment *a;
    struct plan *plan;
    struct roadmap *map;
};

static void make(struct made *m, const struct fixture *f, struct plan *plan)
{
    struct err err = ERR_INIT;

    m->plan = plan;
    CHECK_OK(score_with(&f->set, NULL, &quick, &m->a, &err), err);
    CHECK_OK(roadmap(m->a, NULL, NULL, plan, NULL, &m->map, &err), err);
}

static void release(struct made *m)
{
    roadmap_free(m->map);
    plan_free(m->plan);
    assessment_free(m->a);
}

static const struct road_step *find(const struct roadmap *map, size_t practice, int to)
{
    for (size_t i = 0; i < map->step_count; i++)
        if (map->steps[i].practice == practice && map->steps[i].to == to)
            return &map->steps[i];
    return NULL;
}

/* What is unknown counts as level 1; a level that asks for no work below one that does is there. */
static int level_now(const struct made *m, size_t i)
{
    const double *hours = m->a->practices[i].practice->effort_hours;
    int best = m->a->practices[i].level_best;
    int level = (best ? best : 1) + m->plan->wishes[i].done;

    for (int to = level + 1; to <= 4; to++) {
        bool work_above = false;

        for (int l = to; l <= 4; l++)
            work_above = work_above || hours[l - 2] > 0;
        if (hours[to - 2] > 0 || !work_above)
            break;
        level = to;
    }
    return level;
}

/* What a step waits for is in place when it begins; the owner did not wait with what has begun. */
static bool in_order(const struct made *m, const struct fixture *f, const struct road_step *s)
{
    const struct practice *p = &f->practices[s->practice];

    for (size_t k = 0; k <= p->prerequisite_count; k++) {
        size_t pre = k ? p->prerequisites[k - 1] : s->practice;
        int level = k ? prerequisite_level(s->to) : s->from;
        const struct road_step *before;

        if (level_now(m, pre) >= level)
            continue;
        if (k && m->plan->wishes[s->practice].begun && s->from == level_now(m, s->practice))
            continue;
        before = find(m->map, pre, level);
        if (!before || before->last > s->quarter || before->end_day > s->start_day)
            return false;
    }
    return s->start_day <= s->end_day && s->quarter <= s->last;
}

static bool wishes_hold(const struct made *m, size_t i)
{
    const struct plan_wish *wish = &m->plan->wishes[i];
    int to = level_now(m, i) + 1;
    const struct road_step *s = find(m->map, i, to);

    if (wish->forbidden) {
        for (int l = 2; l <= 4; l++)
            if (find(m->map, i, l))
                return false;
        return true;
    }
    if (to > 4 || (!wish->pinned && !wish->begun))
        return true;
    for (size_t k = 0; k < m->map->to_drop.n; k++)
        if (m->map->to_drop.items[k].practice == i)
            return true;
    return s && s->quarter == (wish->begun || wish->pin == PLAN_FIRST ? 0 : wish->pin);
}

static void check_rules(const struct made *m, const struct fixture *f)
{
    const struct roadmap *map = m->map;
    bool order = true, wishes = true, loads = true;

    for (size_t i = 0; i < map->step_count; i++)
        order = order && in_order(m, f, &map->steps[i]);
    for (size_t i = 0; i < f->model.practice_count; i++)
        wishes = wishes && wishes_hold(m, i);
    for (int q = 0; q < map->quarters; q++) {
        for (size_t r = 0; r < f->model.role_count; r++)
            loads = loads && map->roles[r].used[q] <= map->roles[r].have[q] + 1e-6;
        loads = loads &&
                (isnan(map->budget.have[q]) || map->budget.used[q] <= map->budget.have[q] + 1e-6);
    }
    CHECK(order);
    CHECK(wishes);
    CHECK(loads);
    CHECK(map->feasible == (map->to_drop.n == 0));
}

static void same(const struct roadmap *a, const struct roadmap *b)
{
    bool equal = a->step_count == b->step_count && a->reached == b->reached;

    for (size_t i = 0; equal && i < a->step_count; i++)
        equal = a->steps[i].practice == b->steps[i].practice && a->steps[i].to == b->steps[i].to &&
                a->steps[i].start_day == b->steps[i].start_day &&
                a->steps[i].end_day == b->steps[i].end_day && a->steps[i].why == b->steps[i].why;
    CHECK(equal);
}

static void random_wishes(struct plan *plan, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        struct plan_wish *wish = &plan->wishes[i];

        switch (random_int(state, 14)) {
        case 0:
            wish->forbidden = true;
            break;
        case 1:
            wish->pinned = true;
            wish->pin = random_int(state, plan->quarters) - 1;
            break;
        case 2:
            wish->begun = true;
            wish->left = random_int(state, 1) ? 5 : (double)NAN;
            break;
        case 3:
            wish->done = 1;
            break;
        default:
            break;
        }
    }
}

static void random_fixture(struct fixture *f, uint64_t *state)
{
    size_t n = (size_t)(6 + random_int(state, 6));

    init(f, n, (size_t)(1 + random_int(state, 2)));
    for (size_t i = 0; i < n; i++) {
        struct practice *p = &f->practices[i];

        p->role = (size_t)random_int(state, 1);
        p->essential = random_int(state, 3) ? 0 : 2 + random_int(state, 2);
        p->cost[2] = p->cost[1] = p->cost[0] = random_int(state, 2) ? 0 : 20;
        for (int l = 0; l < 3; l++)
            p->effort_hours[l] = random_int(state, 50);
        for (int k = 0; i && k < 2; k++)
            if (random_int(state, 2) == 0)
                p->prerequisites[p->prerequisite_count++] = (size_t)random_int(state, (int)i - 1);
        if (random_int(state, 5))
            give_fact(f, i, random_int(state, 3));
    }
}

static void rules_always_hold(int cases)
{
    uint64_t state = 3;
    struct fixture f;

    for (int i = 0; i < cases; i++) {
        struct made m, again;
        struct plan *plan, *other;

        random_fixture(&f, &state);
        plan = plan_new(&f.model);
        plan->quarters = 1 + random_int(&state, 4);
        plan->target = random_int(&state, 1) ? 0 : 2 + random_int(&state, 2);
        if (random_int(&state, 1))
            for (int q = 0; q < plan->quarters; q++)
                plan->budget[q] = 200;
        random_wishes(plan, f.model.practice_count, &state);
        make(&m, &f, plan);
        check_rules(&m, &f);
        if (i % 10 == 0) {
            other = plan_new(&f.model);
            other->quarters = plan->quarters;
            other->target = plan->target;
            memcpy(other->budget, plan->budget, sizeof(plan->budget));
            memcpy(other->wishes, plan->wishes, f.model.practice_count * sizeof(*plan->wishes));
            make(&again, &f, other);
            same(m.map, again.map);
            release(&again);
        }
        release(&m);
    }
}

/* Four practices at level 1, all essential for stage 2: 10 hours each of the owner. */
static void init_four(struct fixture *f)
{
    init(f, 4, 1);
    for (size_t i = 0; i < 4; i++) {
        f->practices[i].essential = 2;
        give_fact(f, i, 0);
    }
}

static void stage_is_sought(void)
{
    struct fixture f;
    struct made m;

    init_four(&f);
    make(&m, &f, plan_new(&f.model));
    CHECK_INT(m.map->step_count, 4);
    CHECK_INT(m.map->reached, 0);
    CHECK(m.map->feasible && m.map->gap == 0);
    for (size_t i = 0; i < m.map->step_count; i++) {
        CHECK(m.map->steps[i].why == ROAD_STAGE);
        CHECK(m.map->steps[i].hold == HOLD_NOTHING);
    }
    CHECK_INT(m.map->quarter_days[0], AS_OF / US_PER_DAY);
    release(&m);
}

static void missing_hours_are_told(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    plan = plan_new(&f.model);
    plan->quarters = 2;
    plan->roles[0].hours[0] = plan->roles[0].hours[1] = 16; /* one step each: 2 of 4 */
    make(&m, &f, plan);
    CHECK_INT(m.map->reached, -1);
    CHECK_INT(m.map->step_count, 2);
    CHECK(m.map->steps[1].hold == HOLD_CAPACITY);
    CHECK(m.map->to_reach.possible);
    /* 40 hours are asked for in two quarters; each has 16: 4 more in each, or 14 in one. */
    CHECK_INT(m.map->to_reach.n, 2);
    CHECK(m.map->to_reach.items[0].kind == DEMAND_HOURS);
    CHECK(fabs(m.map->to_reach.items[0].amount - 4) < 1e-6);
    CHECK(fabs(m.map->to_reach.items[1].amount - 4) < 1e-6);
    CHECK(m.map->left_count == 2 && m.map->left[0].why == LEFT_HOURS);
    release(&m);
}

static void wishes_that_clash(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    plan = plan_new(&f.model);
    for (size_t i = 0; i < 4; i++) {
        plan->wishes[i].pinned = true;
        plan->wishes[i].pin = i < 3 ? 1 : 0;
    }
    plan->roles[0].hours[1] = 22;
    make(&m, &f, plan);
    CHECK(!m.map->feasible);
    CHECK(m.map->to_fit.possible);
    CHECK_INT(m.map->to_fit.n, 1);
    CHECK(m.map->to_fit.items[0].kind == DEMAND_HOURS && m.map->to_fit.items[0].quarter == 1);
    CHECK(fabs(m.map->to_fit.items[0].amount - 8) < 1e-6);
    CHECK_INT(m.map->to_drop.n, 1);
    CHECK(m.map->to_drop.items[0].kind == DEMAND_DROP_PIN);
    CHECK(find(m.map, 3, 2) && find(m.map, 3, 2)->why == ROAD_PINNED);
    release(&m);
}

/* A pin before what it needs cannot be bought with hours. */
static void pins_out_of_order(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    f.practices[1].prerequisites[0] = 0;
    f.practices[1].prerequisite_count = 1;
    plan = plan_new(&f.model);
    plan->wishes[0].pinned = plan->wishes[1].pinned = true;
    plan->wishes[0].pin = 2;
    plan->wishes[1].pin = 0;
    make(&m, &f, plan);
    CHECK(!m.map->feasible && !m.map->to_fit.possible);
    CHECK_INT(m.map->to_drop.n, 1);
    release(&m);
}

static void begun_and_first(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    f.practices[2].prerequisites[0] = 3;
    f.practices[2].prerequisite_count = 1;
    plan = plan_new(&f.model);
    plan->start = civil_to_days(2026, 10, 1); /* a Thursday */
    plan->wishes[1].pinned = true;
    plan->wishes[1].pin = PLAN_FIRST;
    plan->wishes[2].begun = true;
    plan->wishes[2].left = 3;
    plan->wishes[0].done = 1;
    make(&m, &f, plan);
    CHECK(!find(m.map, 0, 2));
    CHECK_INT(m.map->step_count, 3);
    CHECK(find(m.map, 2, 2)->begun && fabs(find(m.map, 2, 2)->hours - 3) < 1e-9);
    CHECK(find(m.map, 2, 2)->why == ROAD_BEGUN && find(m.map, 1, 2)->why == ROAD_PINNED);
    CHECK(find(m.map, 1, 2)->start_day <= find(m.map, 3, 2)->start_day);
    CHECK_INT(m.map->steps[0].start_day, plan->start);
    CHECK_INT(m.map->quarter_days[1], civil_to_days(2027, 1, 1));
    CHECK_INT(m.map->quarter_days[4], civil_to_days(2027, 10, 1));
    release(&m);
}

/* No earlier than the day that is wished for; never when that lies past the plan's end. */
static void not_before(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    f.practices[2].prerequisites[0] = 1;
    f.practices[2].prerequisite_count = 1;
    plan = plan_new(&f.model);
    plan->start = civil_to_days(2026, 10, 1);
    plan->wishes[1].not_before = civil_to_days(2027, 2, 6); /* a Saturday of quarter 2 */
    plan->wishes[1].owner = "Kim";
    plan->wishes[3].not_before = civil_to_days(2028, 1, 1);
    make(&m, &f, plan);
    CHECK_INT(find(m.map, 1, 2)->quarter, 1);
    CHECK_INT(find(m.map, 1, 2)->start_day, civil_to_days(2027, 2, 8));
    CHECK(find(m.map, 1, 2)->hold == HOLD_DATE);
    CHECK_STR(find(m.map, 1, 2)->owner, "Kim");
    CHECK(find(m.map, 2, 2)->start_day >= find(m.map, 1, 2)->end_day);
    CHECK(!find(m.map, 3, 2));
    CHECK(m.map->left_count == 1 && m.map->left[0].why == LEFT_DATE);
    release(&m);

    /* Pinned to a quarter that ends before: told what would have to give. */
    plan = plan_new(&f.model);
    plan->start = civil_to_days(2026, 10, 1);
    plan->wishes[1].not_before = civil_to_days(2027, 2, 6);
    plan->wishes[1].pinned = true;
    make(&m, &f, plan);
    CHECK(!m.map->feasible && !m.map->to_fit.possible);
    CHECK(m.map->to_drop.n == 1 && m.map->to_drop.items[0].kind == DEMAND_DROP_PIN);
    release(&m);
}

/* A step that is longer than a quarter of its role goes on in the next one. */
static void long_steps_are_spread(void)
{
    struct fixture f;
    struct made m;
    const struct road_step *s;

    init_four(&f);
    f.practices[0].effort_hours[0] = 90;
    make(&m, &f, plan_new(&f.model));
    s = find(m.map, 0, 2);
    CHECK(s && s->last - s->quarter == 2);
    CHECK(s->end_day > m.map->quarter_days[s->last]);
    release(&m);
}

static void checks_are_told(void)
{
    struct fixture f;
    struct made m;
    const struct road_step *s;
    struct finding *finding = &f.items[0].findings[0];

    init_four(&f);
    f.practices[0].indicators[0].form = FORM_SHARE;
    f.practices[0].indicators[0].cuts[0] = .2;
    f.practices[0].indicators[0].cuts[1] = .3;
    f.practices[0].indicators[0].cuts[2] = .5;
    f.practices[0].window_days = 90;
    finding->k = 20;
    finding->n = 200;
    make(&m, &f, plan_new(&f.model));
    s = find(m.map, 0, 2);
    CHECK(s);
    CHECK_STR(s->check.measure, "m");
    CHECK(fabs(s->check.cut - .2) < 1e-12 && s->check.now < .11 && s->check.now > .09);
    CHECK_INT(s->check.day, s->end_day + 91);
    CHECK(s->check.sample > 50 && s->check.sample < 1000);
    CHECK_INT(find(m.map, 1, 2)->check.day, find(m.map, 1, 2)->end_day + 1);
    CHECK(isnan(find(m.map, 1, 2)->check.sample));
    release(&m);
}

/* A level that asks for no work is no step; the one above it begins there. */
static void free_levels_are_no_steps(void)
{
    struct fixture f;
    struct made m;
    struct plan *plan;

    init_four(&f);
    f.practices[1].effort_hours[0] = 0;
    f.practices[2].effort_hours[0] = 0;
    plan = plan_new(&f.model);
    plan->wishes[2].pinned = true;
    plan->wishes[2].pin = 0;
    make(&m, &f, plan);
    CHECK_INT(m.map->step_count, 3);
    for (size_t i = 0; i < m.map->step_count; i++) {
        const struct road_step *s = &m.map->steps[i];

        CHECK(s->hours > 0 && s->practice != 1);
        CHECK_INT(s->from, s->practice == 2 ? 2 : 1);
    }
    release(&m);
}

static void success_is_learnt(void)
{
    struct success_prior prior = {.succeeded = 3, .failed = 1};

    CHECK(fabs(success_mean(NULL) - .5) < 1e-12);
    CHECK(fabs(success_mean(&prior) - 4. / 6) < 1e-12);
}

/* A machine that gives the search no time finds a plan all the same, only later. */
static void time_is_found(void)
{
    uint64_t state = 11;
    struct fixture f;

    for (int i = 0; i < 5; i++) {
        struct plan *plan;
        struct made m;

        random_fixture(&f, &state);
        plan = plan_new(&f.model);
        plan->quarters = PLAN_QUARTERS_MAX;
        plan->seconds = 1e-6;
        make(&m, &f, plan);
        check_rules(&m, &f);
        CHECK(m.map->feasible);
        release(&m);
    }
}

int main(int argc, char **argv)
{
    stage_is_sought();
    missing_hours_are_told();
    wishes_that_clash();
    pins_out_of_order();
    begun_and_first();
    not_before();
    long_steps_are_spread();
    checks_are_told();
    free_levels_are_no_steps();
    success_is_learnt();
    time_is_found();
    rules_always_hold(argc > 1 ? (int)strtol(argv[1], NULL, 10) : 300);
    return tap_done();
}
