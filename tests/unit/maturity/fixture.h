/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fixture.h - small models and evidence for the tests of scoring, made by hand. */
#ifndef TM_TESTS_UNIT_MATURITY_FIXTURE_H
#define TM_TESTS_UNIT_MATURITY_FIXTURE_H

#include "maturity/score_plan.h"

enum { FIXTURE_PRACTICES = 16, FIXTURE_DIMENSIONS = 4, FIXTURE_SLOTS = 4 };

#define AS_OF (INT64_C(20000) * US_PER_DAY)

/* A model with its evidence, in one place; copied only by fixture_copy. */
struct fixture {
    struct model model;
    struct dimension dimensions[FIXTURE_DIMENSIONS];
    struct practice practices[FIXTURE_PRACTICES];
    char ids[FIXTURE_PRACTICES][24];
    struct data_need needs[2];
    struct evidence_set set;
    struct evidence items[FIXTURE_PRACTICES];
    double sigma[FIXTURE_SLOTS * FIXTURE_SLOTS];
};

/* After the arrays were filled: sets the pointers and the counts. */
__attribute__((unused)) static void fixture_wire(struct fixture *f)
{
    f->model.dimensions = f->dimensions;
    f->model.practices = f->practices;
    f->model.needs = f->needs;
    f->set.model = &f->model;
    f->set.items = f->items;
    f->set.sigma = f->sigma;
    for (size_t i = 0; i < f->model.practice_count; i++) {
        f->practices[i].id = f->ids[i];
        f->items[i].practice = &f->practices[i];
    }
}

/* `count` practices, spread evenly over `dimensions`; one fact with cuts 1, 2, 3 each. */
__attribute__((unused)) static void fixture_init(struct fixture *f, size_t count, size_t dimensions)
{
    static const char *const names[FIXTURE_DIMENSIONS] = {"A", "B", "C", "D"};

    *f = (struct fixture){0};
    f->model.practice_count = count;
    f->model.dimension_count = dimensions;
    f->model.need_count = 2;
    f->needs[0].id = "orders";
    f->needs[1].id = "messages";
    snprintf(f->model.scoring_hash, sizeof(f->model.scoring_hash), "%064d", 7);
    snprintf(f->set.input_hash, sizeof(f->set.input_hash), "%064d", 11);
    f->set.as_of = AS_OF;
    f->model.vertical_repeat_median = .28;
    for (int s = 0; s < 3; s++) {
        f->model.quorum[s] = s < 2 ? .70 : .80;
        f->model.evidence_floor[s] = .50 + .10 * s;
    }
    for (size_t d = 0; d < dimensions; d++)
        f->dimensions[d] = (struct dimension){.id = names[d], .weight = 1};
    for (size_t i = 0; i < count; i++) {
        snprintf(f->ids[i], sizeof(f->ids[i]), "P-%zu", i + 1);
        f->practices[i] = (struct practice){
            .dimension = i % dimensions,
            .indicators =
                {{.measure = "m", .form = FORM_VALUE, .cuts = {1, 2, 3}, .upper = {NAN, NAN, NAN}}},
            .indicator_count = 1,
            .weight = 1,
            .ttl_days = 90,
            .needs = {"orders"},
            .need_count = 1,
        };
        f->items[i].applicable = true;
        f->items[i].newest_at = AS_OF;
        for (size_t k = 0; k < INDICATORS_MAX; k++)
            f->items[i].findings[k].slot = -1;
    }
    fixture_wire(f);
}

__attribute__((unused)) static void fixture_copy(struct fixture *to, const struct fixture *from)
{
    *to = *from;
    fixture_wire(to);
}

__attribute__((unused)) static void give_fact(struct fixture *f, size_t i, double value)
{
    f->items[i].measured = CLASS_MEASURED;
    f->items[i].findings[0].known = true;
    f->items[i].findings[0].value = value;
}

__attribute__((unused)) static void give_answer(struct fixture *f, size_t i, int level)
{
    f->items[i].answer =
        (struct answer){.kind = ANSWER_LEVEL, .level = level, .answered_at = AS_OF};
}

__attribute__((unused)) static void give_na(struct fixture *f, size_t i, int64_t answered_at)
{
    f->items[i].answer = (struct answer){.kind = ANSWER_NOT_APPLICABLE,
                                         .reason = "we sell in one shop only",
                                         .answered_at = answered_at,
                                         .until = AS_OF + 90 * US_PER_DAY};
}

#endif
