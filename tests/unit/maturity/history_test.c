/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From assessments to the trend, and what changed on the way. */
#include "maturity/history.h"

#include "fixture.h"
#include "tap.h"

static void judge(struct fixture *f, struct arena *arena, struct assessment_entry *out)
{
    const struct score_plan plan = {.draws = 200, .full = true};
    TM_CLEANUP(assessment_freep) struct assessment *a = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(score_with(&f->set, NULL, &plan, &a, &err), err);
    CHECK_OK(history_entry(a, arena, out, &err), err);
}

static void changes(void)
{
    struct arena arena = ARENA_INIT(8 << 20);
    struct assessment_entry entries[3];
    TM_CLEANUP(trend_freep) struct trend *trend = NULL;
    const struct trend_point *p;
    struct err err = ERR_INIT;
    struct fixture f;

    fixture_init(&f, 6, 2);
    f.model.id = "test";
    f.model.version = "1.0.0";
    for (size_t i = 0; i < 4; i++)
        give_fact(&f, i, 1);
    judge(&f, &arena, &entries[0]);
    give_fact(&f, 0, 3); /* two levels up */
    give_fact(&f, 1, 2); /* one up */
    give_fact(&f, 2, 0); /* one down */
    f.items[3].measured = CLASS_NONE;
    f.items[3].findings[0].known = false; /* lost */
    give_fact(&f, 4, 2);                  /* known now */
    f.set.as_of += 90 * US_PER_DAY;
    judge(&f, &arena, &entries[1]);
    f.model.version = "2.0.0";
    f.model.scoring_hash[0] = '9';
    judge(&f, &arena, &entries[2]);
    CHECK_OK(trend_make(entries, 3, NULL, &trend, &err), err);
    CHECK_INT(trend->count, 3);
    p = &trend->points[1];
    CHECK(p->up_count == 2 && p->down_count == 1 && p->known == 1 && p->lost == 1);
    CHECK(p->up_count == 2 && p->up[0].from == 2 && p->up[0].to == 4);
    CHECK_STR(p->up[0].practice, "P-1");
    CHECK_STR(p->down[0].practice, "P-3");
    CHECK(!p->model_changed && trend->points[2].model_changed);
    CHECK_STR(trend->points[2].model_version, "2.0.0");
    CHECK_INT(trend->dimension_count, 2);
    CHECK(p->dimensions[0] == entries[1].dimensions[0].value);
    CHECK(trend->points[0].up_count == 0 && trend->points[2].up_count == 0);
    trend_free(trend);
    trend = NULL;
    CHECK_OK(trend_make(entries, 3, "other", &trend, &err), err);
    CHECK_INT(trend->count, 0);
    arena_release(&arena);
}

int main(void)
{
    changes();
    return tap_done();
}
