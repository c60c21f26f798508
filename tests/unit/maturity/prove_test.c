/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Real change or noise, and which promises were kept. */
#include "maturity/prove.h"

#include "fixture.h"
#include "tap.h"

static void which_is_larger(void)
{
    struct posterior a = posterior_share(30, 100), b = posterior_share(60, 100);
    struct posterior same = posterior_share(31, 100), one = posterior_point(3),
                     two = posterior_point(4);

    CHECK(posterior_better(&a, &b, false) > .999);
    CHECK(posterior_better(&b, &a, false) < .001);
    CHECK(posterior_better(&a, &b, true) < .001);
    CHECK(fabs(posterior_better(&a, &a, false) - .5) < .01);
    CHECK(posterior_better(&a, &same, false) > .5 && posterior_better(&a, &same, false) < .62);
    CHECK(posterior_better(&one, &two, false) == 1 && posterior_better(&one, &two, true) == 0);
    CHECK(posterior_better(&one, &one, false) == .5);
    /* Altham (1969): for Beta(1,1) against Beta(2,1), P(b > a) = 2/3. */
    a = (struct posterior){.kind = POSTERIOR_BETA, .a = 1, .b = 1, .point = .5};
    b = (struct posterior){.kind = POSTERIOR_BETA, .a = 2, .b = 1, .point = .67};
    CHECK(fabs(posterior_better(&a, &b, false) - 2.0 / 3) < .01);
}

static void give_share(struct fixture *f, size_t i, double k, double n)
{
    static const double cuts[] = {.2, .4, .6};

    f->practices[i].indicators[0].form = FORM_SHARE;
    f->practices[i].indicators[0].measure = "share";
    memcpy(f->practices[i].indicators[0].cuts, cuts, sizeof(cuts));
    f->items[i].measured = CLASS_MEASURED;
    f->items[i].findings[0] = (struct finding){.known = true, .k = k, .n = n, .slot = -1};
}

static void promises(void)
{
    const struct score_plan plan = {.draws = 100, .full = true};
    TM_CLEANUP(assessment_freep) struct assessment *first = NULL, *second = NULL;
    TM_CLEANUP(proof_freep) struct proof *proof = NULL, *all = NULL;
    const int64_t today = AS_OF / US_PER_DAY;
    const struct kept_step steps[] = {
        {.id = 1, .practice = "P-1", .from = 2, .to = 3, .due_day = today, .measure = "share"},
        {.id = 2, .practice = "P-2", .from = 2, .to = 3, .due_day = today},
        {.id = 3, .practice = "P-3", .from = 2, .to = 3, .due_day = today + 30},
        {.id = 4, .practice = "P-4", .from = 1, .to = 2, .due_day = today},
        {.id = 5, .practice = "P-5", .from = 1, .to = 2, .due_day = today},
        {.id = 6, .practice = "P-1", .from = 1, .to = 2, .due_day = today, .status = STEP_DROPPED},
        {.id = 7, .practice = "GONE", .from = 1, .to = 2, .due_day = today},
    };
    struct fixture f, g;
    struct err err = ERR_INIT;

    fixture_init(&f, 6, 2);
    for (size_t i = 0; i < 5; i++)
        give_share(&f, i, 300, 1000);
    fixture_copy(&g, &f);
    g.set.model = &f.model;
    for (size_t i = 0; i < 6; i++)
        g.items[i].practice = &f.practices[i];
    give_share(&g, 0, 500, 1000); /* reached: level 3 */
    give_share(&g, 1, 310, 1000); /* not reached */
    give_share(&g, 2, 500, 1000); /* reached before its day */
    g.items[3].measured = CLASS_NONE;
    g.items[3].findings[0].known = false; /* not known any more */
    snprintf(g.items[4].fingerprint, sizeof(g.items[4].fingerprint), "other");
    CHECK_OK(score_with(&f.set, NULL, &plan, &first, &err), err);
    CHECK_OK(score_with(&g.set, NULL, &plan, &second, &err), err);
    CHECK_OK(prove(first, second, steps, TM_COUNT(steps), &proof, &err), err);
    CHECK(proof->promised);
    CHECK_INT(proof->count, 5);
    CHECK(proof->rows[0].verdict == STEP_PASSED && proof->rows[0].change == CHANGE_BETTER &&
          proof->rows[0].p_met > .99);
    CHECK(proof->rows[1].verdict == STEP_FAILED && proof->rows[1].change == CHANGE_NOISE);
    CHECK_MSG(proof->rows[2].verdict == STEP_UNDECIDED && isnan(proof->rows[2].p_met),
              "what is not known decides nothing");
    CHECK(proof->rows[3].change == CHANGE_OTHER && isnan(proof->rows[3].p_better));
    CHECK_MSG(proof->rows[4].verdict == STEP_UNDECIDED && !proof->rows[4].due &&
                  proof->rows[4].p_met > .99,
              "its day has not come");
    CHECK(proof->passed == 2 && proof->failed == 1 && proof->open == 2);
    CHECK_OK(prove(first, second, NULL, 0, &all, &err), err);
    CHECK(!all->promised && all->count == 4);
    CHECK(all->rows[0].change == CHANGE_BETTER && all->rows[0].step == NULL);
}

int main(void)
{
    which_is_larger();
    promises();
    return tap_done();
}
