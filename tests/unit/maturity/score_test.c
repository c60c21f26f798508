/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/score.h"

#include "fixture.h"
#include "tap.h"

static struct assessment *judge(const struct fixture *f)
{
    struct assessment *a = NULL;
    struct err err;

    CHECK_OK(score(&f->set, NULL, &a, &err), err);
    return a;
}

/* The built-in model, judged on nothing, on the best and on the worst of everything. */
static double value_for(const struct indicator *in, int level)
{
    double cut = level < 2 ? NAN : in->cuts[level - 2];

    for (int l = level - 1; isnan(cut) && l >= 2; l--)
        cut = in->cuts[l - 2];
    if (isnan(cut))
        return in->lower_is_better ? 1e9 : 0;
    if (in->multiplier)
        cut *= .28;
    return in->lower_is_better                  ? .9 * cut
           : in->form == FORM_SHARE && cut > .9 ? 1
                                                : 1.05 * cut + 1e-6;
}

static void find_all(const struct model *model, struct evidence *items, int level)
{
    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];

        items[i] = (struct evidence){.practice = p, .applicable = true, .newest_at = AS_OF};
        items[i].measured = level ? CLASS_MEASURED : CLASS_NONE;
        for (size_t k = 0; level && k < p->indicator_count; k++) {
            struct finding *f = &items[i].findings[k];
            double x = value_for(&p->indicators[k], level), n = 1e6;

            *f = (struct finding){.known = true, .k = x * n, .n = n, .value = x, .slot = -1};
            f->clusters = 1e4;
            f->su = x * 1e4;
            f->sd = f->sdd = 1e4;
            f->suu = x * x * 1e4 * 1.01;
            f->sud = x * 1e4;
            if (p->indicators[k].form == FORM_SHARE)
                f->k = fmin(f->k, n);
        }
    }
}

static void built_in_model(void)
{
    struct model *model = NULL;
    struct err err;
    struct evidence items[80];
    static const int want[5] = {1, 1, 2, 3, 4};

    CHECK_OK(model_load(NULL, &model, &err), err);
    if (!model || model->practice_count > TM_COUNT(items))
        return;
    for (int level = 0; level <= 4; level++) {
        struct evidence_set set = {.model = model, .as_of = AS_OF, .items = items};
        struct assessment *a = NULL;
        int64_t start = timestamp_now();

        find_all(model, items, level);
        CHECK_OK(score(&set, NULL, &a, &err), err);
        if (!a)
            break;
        printf("# level %d: %.0f ms, index %.1f, stage %d\n", level,
               (double)(timestamp_now() - start) / 1000, a->index, a->stage_best);
        CHECK_INT(a->stage_best, want[level]);
        CHECK_INT(a->stage_confirmed, want[level]);
        CHECK(!a->stage_claimed);
        CHECK_INT((int)a->coverage, level > 0);
        if (level == 4)
            CHECK_NEAR(a->index, 100, 1e-9);
        if (level == 1)
            CHECK(a->index >= 0 && a->index < 33);
        if (level == 0)
            CHECK(isnan(a->index) && a->index_low == 0 && a->index_high == 100);
        assessment_free(a);
    }
    model_free(model);
}

static void classes(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 7, 1);
    give_fact(&f, 0, 5);
    give_fact(&f, 1, 5);
    f.items[1].measured = CLASS_OBSERVED;
    give_answer(&f, 2, 4);
    f.items[2].answer.attested = true;
    give_answer(&f, 3, 4);
    give_fact(&f, 4, 5); /* measured at 4, claimed 2: the measurement counts */
    give_answer(&f, 4, 2);
    f.items[5].answer = (struct answer){.kind = ANSWER_DONT_KNOW};
    f.items[6].applicable = false;
    a = judge(&f);
    CHECK_STR(state_name(a->practices[0].state), "MEASURED");
    CHECK_NEAR(a->practices[0].p[3], 1, 0);
    CHECK_STR(state_name(a->practices[1].state), "OBSERVED");
    CHECK_NEAR(a->practices[1].p[3], .91, 1e-12);
    CHECK_INT(a->practices[1].level_confirmed, 4);
    CHECK_STR(state_name(a->practices[2].state), "ATTESTED");
    CHECK_INT(a->practices[2].level_best, 3);
    CHECK_NEAR(a->practices[2].p[2], .75 + .25 * .3, 1e-12);
    CHECK(a->practices[2].p[3] == 0);
    CHECK(a->practices[2].gate_ok[1] && !a->practices[2].gate_ok[2]);
    CHECK_STR(state_name(a->practices[3].state), "CLAIMED");
    CHECK(a->practices[3].level_best == 3 && a->practices[3].level_confirmed == 1);
    CHECK(a->practices[3].gate_ok[0] && !a->practices[3].gate_ok[1]);
    CHECK_STR(state_name(a->practices[4].state), "CONFLICT");
    CHECK(a->practices[4].level_best == 4 && a->practices[4].optimism_gap == -2);
    CHECK(a->practices[4].gate_ok[2]);
    CHECK_STR(state_name(a->practices[5].state), "UNKNOWN");
    CHECK(a->practices[5].level_best == 0 && isnan(a->practices[5].continuous));
    CHECK_NEAR(a->practices[5].p[0], .40, 0);
    CHECK_STR(state_name(a->practices[6].state), "NOT_APPLICABLE");
    CHECK_NEAR(a->coverage, 5.0 / 6, 1e-12);
    /* Overlaps so far: one answer two too low. The claim of 4 now rests on 1, 3, 6 and 1.7. */
    CHECK_NEAR(a->practices[3].p[1], 1 / 11.7, 1e-12);
    assessment_free(a);
}

static void ageing(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 4, 1);
    give_fact(&f, 0, 5);
    f.items[0].newest_at = AS_OF - 90 * US_PER_DAY;
    give_fact(&f, 1, 5);
    f.items[1].newest_at = AS_OF - 271 * US_PER_DAY;
    give_fact(&f, 2, 0);
    f.items[2].newest_at = AS_OF - 2000 * US_PER_DAY;
    give_fact(&f, 3, 5); /* stale, but answered yesterday */
    f.items[3].newest_at = AS_OF - 2000 * US_PER_DAY;
    give_answer(&f, 3, 2);
    a = judge(&f);
    CHECK_NEAR(a->practices[0].p[3], .5 + .5 * .1, 1e-12);
    CHECK_STR(state_name(a->practices[0].state), "MEASURED");
    CHECK_STR(state_name(a->practices[1].state), "STALE");
    CHECK(!a->practices[1].gate_ok[0]);
    CHECK_INT(a->practices[2].level_best, 1); /* age alone raises nothing */
    CHECK_STR(state_name(a->practices[3].state), "CLAIMED");
    assessment_free(a);
}

static void thin_and_settled(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 3, 1);
    for (size_t i = 0; i < 3; i++) {
        f.practices[i].indicators[0] = (struct indicator){.measure = "repeat",
                                                          .form = FORM_SHARE,
                                                          .cuts = {.15, .27, .40},
                                                          .upper = {NAN, NAN, NAN}};
        f.practices[i].n_min = 30;
        f.items[i].measured = CLASS_MEASURED;
        f.items[i].findings[0] = (struct finding){.known = true, .k = 3, .n = 10, .slot = -1};
    }
    f.items[1].findings[0].k = 300;
    f.items[1].findings[0].n = 1000;
    f.items[2].findings[0].k = 130; /* 26 % of 500: 5 short of 27 % */
    f.items[2].findings[0].n = 500;
    a = judge(&f);
    CHECK_STR(state_name(a->practices[0].state), "THIN");
    CHECK_INT(a->practices[0].level_best, 3);
    CHECK_INT(a->practices[0].level_confirmed, 2);
    CHECK(a->practices[0].needed_more > 900 && a->practices[0].needed_more < 1200);
    CHECK_NEAR(a->practices[0].value[0].mid, .3, 1e-15);
    CHECK_NEAR(a->practices[0].value[0].high, .56, .005);
    CHECK_INT(a->practices[1].level_confirmed, 3);
    CHECK(a->practices[1].needed_more == 0);
    /* c = 3 + (logit .3 - logit .27) / (logit .4 - logit .27) */
    CHECK_NEAR(a->practices[1].continuous, 3.25006, 1e-6);
    CHECK_INT(a->target, 3);
    for (size_t i = 0; i < a->gap_count; i++)
        CHECK(a->gaps[i].practice != 1);
    assessment_free(a);
}

/* Cuts that ask nothing, bands, "more than none", less is better. */
static void forms(void)
{
    struct fixture f;
    struct assessment *a;
    double none = NAN;

    fixture_init(&f, 8, 1);
    for (size_t i = 0; i < 8; i++)
        give_fact(&f, i, 0);
    f.practices[0].indicators[1] = f.practices[0].indicators[0];
    f.practices[0].indicator_count = 2;
    f.practices[0].indicators[1].cuts[0] = f.practices[0].indicators[1].cuts[1] = none;
    give_fact(&f, 0, 3);
    f.items[0].findings[1] = (struct finding){.known = true, .value = 1.5, .slot = -1};

    for (size_t i = 1; i <= 2; i++) {
        f.practices[i].indicators[0] = (struct indicator){
            .form = FORM_FRACTION, .cuts = {.10, .25, .35}, .upper = {.80, .70, .60}};
        f.items[i].findings[0] = (struct finding){.known = true,
                                                  .clusters = 1e6,
                                                  .su = i == 1 ? .65e6 : .5e6,
                                                  .sd = 1e6,
                                                  .suu = i == 1 ? .65e6 : .5e6,
                                                  .sud = i == 1 ? .65e6 : .5e6,
                                                  .sdd = 1e6,
                                                  .slot = -1};
    }
    for (size_t i = 3; i <= 4; i++) {
        f.practices[i].indicators[0] = (struct indicator){.form = FORM_SHARE,
                                                          .strict = {true},
                                                          .cuts = {0, .60, .85},
                                                          .upper = {none, none, none}};
        f.items[i].findings[0] = (struct finding){.known = true, .k = i == 4, .n = 50, .slot = -1};
    }
    f.practices[5].indicators[0] = (struct indicator){.lower_is_better = true,
                                                      .form = FORM_VALUE,
                                                      .cuts = {744, 48, 1},
                                                      .upper = {none, none, none}};
    give_fact(&f, 5, 24.5);
    f.practices[6].indicators[0].form = FORM_RATE;
    f.items[6].findings[0] = (struct finding){.known = true, .k = 600, .n = 240, .slot = -1};
    f.practices[7].indicators[0].form = FORM_SHARE;
    f.items[7].findings[0] = (struct finding){.known = true, .k = 0, .n = 0, .slot = -1};
    a = judge(&f);
    CHECK_INT(a->practices[0].level_best, 3);
    CHECK_NEAR(a->practices[0].continuous, 3.5, 1e-12);
    CHECK_INT(a->practices[1].level_best, 3);
    CHECK(a->practices[1].continuous > 3 && a->practices[1].continuous < 4);
    CHECK_INT(a->practices[2].level_best, 4);
    CHECK_INT(a->practices[3].level_best, 1);
    CHECK_NEAR(a->practices[3].p[0], 1, 1e-12);
    CHECK_INT(a->practices[4].level_best, 2);
    CHECK_INT(a->practices[5].level_best, 3);
    CHECK_NEAR(a->practices[5].continuous, 3.5, 1e-12);
    CHECK_INT(a->practices[6].level_best, 3);
    CHECK_NEAR(a->practices[6].value[0].mid, 2.5, 1e-12);
    CHECK_STR(state_name(a->practices[7].state), "UNKNOWN"); /* nothing there to look at */
    assessment_free(a);
}

static void hysteresis(void)
{
    struct fixture f;
    struct assessment *a = NULL;
    struct err err;
    int published[3] = {2, 3, 4};
    struct score_history history = {published};

    fixture_init(&f, 3, 1);
    for (size_t i = 0; i < 3; i++) {
        f.practices[i].indicators[0].form = FORM_SHARE;
        f.practices[i].indicators[0].cuts[0] = .10;
        f.practices[i].indicators[0].cuts[1] = .27;
        f.practices[i].indicators[0].cuts[2] = .60;
        f.items[i].measured = CLASS_MEASURED;
        f.items[i].findings[0] = (struct finding){.known = true, .k = 28, .n = 100, .slot = -1};
    }
    f.items[1].findings[0].k = 25; /* P(>= 3) is about .33: 3 stays, 2 is not raised */
    CHECK_OK(score(&f.set, &history, &a, &err), err);
    CHECK_INT(a->practices[0].level_best, 3);
    CHECK_INT(a->practices[0].level_published, 2);
    CHECK_INT(a->practices[1].level_best, 2);
    CHECK_INT(a->practices[1].level_published, 3);
    CHECK_INT(a->practices[2].level_published, 3);
    assessment_free(a);
}

/* A gap list: essentials first, then nearest; what data would tell most. */
static void gaps(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 6, 2);
    for (size_t i = 0; i < 4; i++)
        give_fact(&f, i, 1);
    f.practices[4].essential = 2;
    f.practices[5].essential = 3;
    f.practices[5].needs[0] = "messages";
    give_fact(&f, 0, 2);
    f.practices[0].indicators[0] =
        (struct indicator){.form = FORM_SHARE, .cuts = {.28, .9, .95}, .upper = {NAN, NAN, NAN}};
    f.items[0].findings[0] = (struct finding){.known = true, .k = 148, .n = 540, .slot = -1};
    a = judge(&f);
    CHECK_INT(a->stage_best, 1);
    CHECK_INT(a->target, 2);
    CHECK(a->gap_count >= 2);
    CHECK(a->gaps[0].practice == 4 && a->gaps[0].reason == GAP_ESSENTIAL && a->gaps[0].unknown);
    CHECK(a->gaps[1].practice == 0 && a->gaps[1].reason == GAP_QUORUM && a->gaps[1].more == 4);
    CHECK(a->connection_count == 2 && a->connections[0].need == 0);
    CHECK_INT(a->connections[0].essential, 1);
    CHECK_NEAR(a->connections[1].weight, 1.0 / 6, 1e-12);
    CHECK(a->checks[0].p_essentials == 0);
    CHECK(a->dimensions[0].target > 1.5 && a->dimensions[0].target <= 2);
    assessment_free(a);
}

static void not_applicable(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 10, 1);
    for (size_t i = 0; i < 7; i++)
        give_fact(&f, i, 1);
    f.practices[7].essential = 2;
    a = judge(&f);
    CHECK_INT(a->stage_best, 1);
    assessment_free(a);
    give_na(&f, 7, AS_OF - 1);
    give_na(&f, 8, AS_OF); /* 2 of 10 is past the budget: the later one is refused */
    f.items[9].answer = (struct answer){.kind = ANSWER_NOT_APPLICABLE, .reason = ""};
    a = judge(&f);
    CHECK_STR(state_name(a->practices[7].state), "NOT_APPLICABLE");
    CHECK_STR(state_name(a->practices[8].state), "UNKNOWN");
    CHECK(a->practices[8].na_refused && a->practices[9].na_refused && !a->practices[7].na_refused);
    CHECK_NEAR(a->na_weight, .1, 1e-12);
    CHECK_INT(a->stage_best, 2);
    CHECK_INT(a->stage_without_na, 1);
    assessment_free(a);
}

static void claims(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 5, 1);
    for (size_t i = 0; i < 5; i++)
        give_answer(&f, i, 4);
    a = judge(&f);
    CHECK_INT(a->stage_best, 2);
    CHECK(a->stage_claimed);
    CHECK_INT(a->stage_confirmed, 1);
    assessment_free(a);
    for (size_t i = 0; i < 5; i++)
        give_fact(&f, i, 1);
    a = judge(&f);
    CHECK(a->stage_best == 2 && !a->stage_claimed && a->stage_confirmed == 2);
    CHECK_STR(state_name(a->practices[0].state), "CONFLICT");
    assessment_free(a);
}

/* Two ratios of the same customers rise and fall together: P(both) is P(one), not its square. */
static void copula(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 2, 1);
    for (size_t i = 0; i < 2; i++) {
        f.practices[i].indicators[0].form = FORM_RATIO;
        f.practices[i].essential = 2;
        f.items[i].measured = CLASS_MEASURED;
        f.items[i].findings[0] = (struct finding){.known = true,
                                                  .clusters = 100,
                                                  .su = 100,
                                                  .sd = 100,
                                                  .suu = 150,
                                                  .sud = 100,
                                                  .sdd = 100,
                                                  .slot = (int)i};
    }
    f.set.slots = 2;
    for (size_t i = 0; i < 4; i++)
        f.sigma[i] = .005;
    a = judge(&f);
    CHECK_NEAR(a->practices[0].p[0], .5, 1e-9);
    CHECK_NEAR(a->checks[0].p_essentials, .5, .02);
    assessment_free(a);
    f.sigma[1] = f.sigma[2] = 0;
    a = judge(&f);
    CHECK_NEAR(a->checks[0].p_essentials, .25, .02);
    assessment_free(a);
    f.sigma[1] = f.sigma[2] = -.005;
    a = judge(&f);
    CHECK_NEAR(a->checks[0].p_essentials, 0, .02);
    assessment_free(a);
}

/* Two practices without common customers, at P = .5 each: both in a quarter of all draws. */
static void independence(void)
{
    struct fixture f;
    struct assessment *a;

    fixture_init(&f, 2, 1);
    for (size_t i = 0; i < 2; i++) {
        f.practices[i].indicators[0] =
            (struct indicator){.form = FORM_SHARE, .cuts = {.5, .8, .9}, .upper = {NAN, NAN, NAN}};
        f.practices[i].essential = 2;
        f.items[i].measured = CLASS_MEASURED;
        f.items[i].findings[0] = (struct finding){.known = true, .k = 200, .n = 400, .slot = -1};
    }
    a = judge(&f);
    CHECK_NEAR(a->practices[1].p[0], .5, 1e-9);
    CHECK_NEAR(a->checks[0].p_essentials, .25, .02);
    assessment_free(a);
}

/* Eight of ten are 80 % in any unit of weight, whatever binary fractions make of a tenth. */
static void ties(void)
{
    static const double units[] = {1, .1, .3, 1e-7, 123.456};

    for (size_t u = 0; u < TM_COUNT(units); u++) {
        struct fixture f;
        struct assessment *a;

        fixture_init(&f, 10, 1);
        for (size_t i = 0; i < 10; i++) {
            give_fact(&f, i, i < 8 ? 3 : 2);
            f.practices[i].weight = units[u];
        }
        a = judge(&f);
        CHECK_INT(a->stage_best, 4);
        assessment_free(a);
    }
}

static void broken_numbers(void)
{
    struct fixture f;
    struct assessment *a = NULL;
    struct err err = ERR_INIT;

    fixture_init(&f, 1, 1);
    give_fact(&f, 0, (double)NAN);
    CHECK(score(&f.set, NULL, &a, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "\"m\"") && strstr(err.context, "P-1"));
    give_fact(&f, 0, 1);
    f.practices[0].indicators[0].multiplier = "moon";
    CHECK(score(&f.set, NULL, &a, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "moon") != NULL);
    fixture_init(&f, 0, 1); /* a model that asks nothing: no stage above 1 */
    a = judge(&f);
    CHECK_INT(a->stage_best, 1);
    assessment_free(a);
}

int main(void)
{
    built_in_model();
    classes();
    ageing();
    thin_and_settled();
    forms();
    hysteresis();
    gaps();
    not_applicable();
    claims();
    copula();
    independence();
    ties();
    broken_numbers();
    return tap_done();
}
