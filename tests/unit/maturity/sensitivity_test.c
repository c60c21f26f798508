/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/sensitivity.h"

#include "maturity/units.h"

#include "fixture.h"
#include "tap.h"

/* A case: a small shop, its score and what would flip it. */
struct seen {
    struct fixture f;
    struct assessment *a;
    struct sensitivity *s;
};

static void look(struct seen *t, const struct sensitivity_wish *wish)
{
    struct err err;

    CHECK_OK(score(&t->f.set, NULL, &t->a, &err), err);
    CHECK_OK(sensitivity(t->a, wish, &t->s, &err), err);
    if (!t->a || !t->s)
        exit(tap_done());
}

static void look_away(struct seen *t)
{
    sensitivity_freep(&t->s);
    assessment_freep(&t->a);
}

/* A share of k of n with cuts .2, .4, .6. */
static void give_share(struct fixture *f, size_t i, double k, double n)
{
    struct indicator *in = &f->practices[i].indicators[0];

    in->form = FORM_SHARE;
    for (int c = 0; c < 3; c++)
        in->cuts[c] = .2 + .2 * c;
    f->items[i].measured = CLASS_MEASURED;
    f->items[i].findings[0].known = true;
    f->items[i].findings[0].k = k;
    f->items[i].findings[0].n = n;
}

static const struct fragility *fragility_of(const struct sensitivity *s, size_t practice)
{
    for (size_t k = 0; k < s->fragile_count; k++)
        if (s->fragile[k].practice == practice)
            return &s->fragile[k];
    return NULL;
}

static void natural_units(void)
{
    struct indicator in = {.form = FORM_SHARE, .cuts = {.2, .28, .4}, .upper = {NAN, NAN, NAN}};
    struct cuts cuts = {.at = {.2, .28, .4}, .upper = {NAN, NAN, NAN}};
    struct finding f = {.known = true, .k = 148, .n = 540, .slot = -1};
    struct unit_gap g = unit_gap(&in, &cuts, &f, 3);
    struct posterior p;

    /* The worked case of maturity.md: 152 reach the cut, 165 are sure to. */
    CHECK(!g.met);
    CHECK_NEAR(g.more, 4, 0);
    CHECK_NEAR(g.more_confirmed, 17, 0);
    p = posterior_share(165, 540);
    CHECK(posterior_above(&p, .28) >= .9);
    p = posterior_share(164, 540);
    CHECK(posterior_above(&p, .28) < .9);

    f.k = 152;
    g = unit_gap(&in, &cuts, &f, 3);
    CHECK(g.met && g.more == 0);
    CHECK_NEAR(g.more_confirmed, 13, 0);
    f.k = 200;
    CHECK_NEAR(unit_gap(&in, &cuts, &f, 3).more_confirmed, 0, 0);
    f.k = 0;
    f.n = 2;
    g = unit_gap(&in, &cuts, &f, 4);
    CHECK_NEAR(g.more, 1, 0);
    CHECK_NEAR(g.more_confirmed, 2, 0);
    cuts.at[2] = .8; /* not even 2 of 2 is sure to lie above */
    CHECK(isnan(unit_gap(&in, &cuts, &f, 4).more_confirmed));
}

static void natural_units_less_is_better(void)
{
    struct indicator in = {.form = FORM_SHARE, .lower_is_better = true};
    struct cuts cuts = {.at = {.05, .03, .002}, .upper = {NAN, NAN, NAN}};
    struct finding f = {.known = true, .k = 40, .n = 1000, .slot = -1};
    struct unit_gap g = unit_gap(&in, &cuts, &f, 3);
    struct posterior p;

    CHECK_NEAR(g.more, -10, 0);
    CHECK(g.more_confirmed < -10);
    p = posterior_share(40 + g.more_confirmed, 1000);
    CHECK(posterior_below(&p, .03) >= .9);
    p = posterior_share(41 + g.more_confirmed, 1000);
    CHECK(posterior_below(&p, .03) < .9);
    f.n = 100;
    f.k = 4; /* not even 0 of 100 is sure to be below .002 */
    CHECK(isnan(unit_gap(&in, &cuts, &f, 4).more_confirmed));
    /* Down to 0 in any number of steps, whatever their sum is after rounding. */
    f.n = 31296;
    for (f.k = 1; f.k <= 400; f.k++) {
        g = unit_gap(&in, &cuts, &f, 4);
        CHECK(g.more_confirmed <= 0 && g.more_confirmed >= -f.k);
    }
}

/* No case, however odd, leaves the scale. */
static void natural_units_of_all_cases(void)
{
    struct indicator in = {.form = FORM_SHARE, .lower_is_better = true};
    struct cuts cuts = {.at = {.05, .03, .002}, .upper = {NAN, NAN, NAN}};
    size_t wrong = 0;

    for (int n = 1; n < 200; n += 3) {
        for (int k = 0; k <= n; k += 1 + n / 20) {
            struct finding f = {.known = true, .k = k, .n = n, .slot = -1};
            struct unit_gap g = unit_gap(&in, &cuts, &f, 2);

            wrong += !(g.more <= 0 && k + g.more >= 0);
            wrong += g.more_confirmed > 0 || k + g.more_confirmed < 0;
        }
    }
    CHECK(wrong == 0);
}

/* Money: sums over customers; the numerator is told. */
static void natural_units_of_sums(void)
{
    struct indicator in = {.form = FORM_FRACTION};
    struct cuts cuts = {.at = {.2, .4, .5}, .upper = {NAN, NAN, NAN}};
    struct finding f = {.known = true, .clusters = 100, .su = 3000, .sd = 10000, .slot = -1};
    struct unit_gap g;
    struct posterior p;

    f.sdd = 1.5e6;
    f.sud = .3 * f.sdd;
    f.suu = .12 * f.sdd;
    g = unit_gap(&in, &cuts, &f, 3);
    CHECK_NEAR(g.more, 1000, 1e-6);
    CHECK(g.more_confirmed > 1000 && g.more_confirmed < 3000);
    p = finding_posterior(&in, &f);
    p.a = log((3000 + g.more_confirmed) / (7000 - g.more_confirmed));
    CHECK_NEAR(posterior_above(&p, .4), .9, 1e-6);

    in.form = FORM_RATIO;
    g = unit_gap(&in, &cuts, &f, 3);
    p = finding_posterior(&in, &f);
    p.a = log((3000 + g.more_confirmed) / 10000);
    CHECK_NEAR(posterior_above(&p, .4), .9, 1e-6);

    in.form = FORM_RATE;
    cuts.at[1] = 2;
    f = (struct finding){.known = true, .k = 9, .n = 6, .slot = -1};
    g = unit_gap(&in, &cuts, &f, 3);
    CHECK_NEAR(g.more, 3, 0);
    p = posterior_rate(9 + g.more_confirmed, 6);
    CHECK(posterior_above(&p, 2) >= .9);
    p = posterior_rate(8 + g.more_confirmed, 6);
    CHECK(posterior_above(&p, 2) < .9);

    in.form = FORM_VALUE;
    f.value = 3.5;
    cuts.upper[1] = 3;
    g = unit_gap(&in, &cuts, &f, 3); /* past the top of its band */
    CHECK_NEAR(g.cut, 3, 0);
    CHECK_NEAR(g.more, -.5, 1e-12);
}

static void binding(void)
{
    struct seen t;

    fixture_init(&t.f, 8, 2);
    for (size_t i = 0; i < 8; i++)
        give_fact(&t.f, i, 1); /* level 2 */
    t.f.practices[0].essential = 3;
    t.f.items[4].measured = CLASS_NONE;
    t.f.practices[4].essential = 3;
    t.f.items[6].measured = CLASS_NONE;
    t.f.practices[6].essential = 3;
    give_answer(&t.f, 6, 3); /* a claim opens no gate of stage 3 */
    give_fact(&t.f, 1, 0);
    give_fact(&t.f, 3, 0); /* the mean of 1, 3, 5, 7 is 1.5 */
    look(&t, NULL);
    CHECK_INT(t.s->target, 2);
    CHECK_NEAR(t.s->binding.quorum_share, 5.0 / 8, 1e-12);
    CHECK_NEAR(t.s->binding.quorum_deficit, .7 - 5.0 / 8, 1e-12);
    CHECK_NEAR(t.s->binding.quorum_weight, .6, 1e-12);
    CHECK_INT(t.s->binding.essential_count, 0);
    look_away(&t);

    give_fact(&t.f, 3, 1);
    look(&t, NULL);
    CHECK_INT(t.s->target, 3);
    CHECK_INT(t.s->binding.essential_count, 3);
    CHECK(!t.s->binding.essentials[0].unknown && t.s->binding.essentials[0].level == 2);
    CHECK(t.s->binding.essentials[1].unknown && t.s->binding.essentials[1].practice == 4);
    CHECK(t.s->binding.essentials[2].proof == (t.a->practices[6].level_best == 3));
    CHECK_INT(t.s->binding.dimension_count, 1);
    CHECK_NEAR(t.s->binding.dimensions[0].mean, 1.75, 1e-12);
    CHECK_NEAR(t.s->binding.dimensions[0].levels, 1, 1e-12);
    CHECK(t.s->set_count >= 1 && t.s->sets_proven);
    CHECK(t.s->sets[0].steps[0].practice == 0 && t.s->sets[0].steps[0].forced);
    look_away(&t);
}

static void sets(void)
{
    double worth[4] = {NAN, 100, 300, NAN};
    struct sensitivity_wish wish = {.worth = worth};
    struct seen t;

    /* Three of four are asked for; 0 and 3 are there; 1 and 2 cost the same, 2 brings more. */
    fixture_init(&t.f, 4, 1);
    give_fact(&t.f, 0, 1);
    give_fact(&t.f, 3, 1);
    give_fact(&t.f, 1, 0);
    for (size_t i = 0; i < 4; i++)
        t.f.practices[i].effort_hours[0] = 5;
    look(&t, &wish);
    CHECK_INT(t.s->set_count, 2); /* there is no third way */
    CHECK(t.s->sets[0].n == 1 && t.s->sets[0].steps[0].practice == 2);
    CHECK(t.s->sets[0].steps[0].unknown && t.s->sets[0].steps[0].from == 1);
    CHECK_NEAR(t.s->sets[0].hours, 5, 0);
    CHECK_NEAR(t.s->sets[0].worth, 300, 0);
    CHECK(t.s->sets[1].n == 1 && t.s->sets[1].steps[0].practice == 1);
    look_away(&t);

    /* What rests on a prerequisite takes it along, which makes the other way the cheaper one. */
    t.f.practices[2].prerequisites[t.f.practices[2].prerequisite_count++] = 1;
    look(&t, &wish);
    CHECK(t.s->sets[0].n == 1 && t.s->sets[0].steps[0].practice == 1);
    CHECK_INT(t.s->set_count, 1); /* without 1 there is no 2 */
    look_away(&t);

    for (size_t i = 0; i < 4; i++)
        give_fact(&t.f, i, 3);
    look(&t, NULL);
    CHECK_INT(t.a->stage_best, 4);
    CHECK_INT(t.s->set_count, 0);
    look_away(&t);
}

static void fragile(void)
{
    double past[3][4] = {{3.4, 2.5, 2.5, 2.5}, {3, 2.5, 2.5, 2.6}, {2.7, 2.5, 2.5, 2.5}};
    struct sensitivity_past earlier[3] = {{.as_of = AS_OF - 273 * US_PER_DAY},
                                          {.as_of = AS_OF - 182 * US_PER_DAY},
                                          {.as_of = AS_OF - 91 * US_PER_DAY}};
    struct sensitivity_wish wish = {.past = earlier, .past_count = 3};
    const struct fragility *f;
    struct seen t;

    for (int k = 0; k < 3; k++)
        earlier[k].continuous = past[k];
    fixture_init(&t.f, 4, 1);
    give_share(&t.f, 0, 110, 400); /* .275 */
    t.f.practices[0].essential = 2;
    for (size_t i = 1; i < 4; i++)
        give_fact(&t.f, i, 1);
    look(&t, &wish);
    CHECK_INT(t.a->stage_best, 2);
    CHECK_INT(t.s->fragile_count, 1); /* three of four are enough for the others */
    f = fragility_of(t.s, 0);
    CHECK(f && f->stage_after == 1);
    CHECK(f && fabs(f->p_drop - (1 - t.a->practices[0].p[1] - t.a->practices[0].p[2] -
                                 t.a->practices[0].p[3])) < 1e-12);
    /* 3.4, 3.0, 2.7, 2.4: the line is at about 2.0 in a quarter. */
    CHECK(f && f->p_drop_trend > .2 && f->p_drop_trend < .8);
    look_away(&t);
    wish.past_count = 1;
    look(&t, &wish);
    f = fragility_of(t.s, 0);
    CHECK(f && isnan(f->p_drop_trend));
    look_away(&t);
}

static double entropy(double p)
{
    return p > 0 && p < 1 ? -p * log2(p) - (1 - p) * log2(1 - p) : 0;
}

/* Stage 2 hangs on two essentials alone: everything is known in closed form. */
static void two_essentials(void)
{
    struct seen t;
    double p, q, want;

    fixture_init(&t.f, 10, 1);
    for (size_t i = 2; i < 10; i++)
        give_fact(&t.f, i, 1);
    give_share(&t.f, 0, 42, 200);
    give_share(&t.f, 1, 39, 200);
    t.f.practices[0].essential = t.f.practices[1].essential = 2;
    look(&t, NULL);
    p = 1 - t.a->practices[0].p[0];
    q = 1 - t.a->practices[1].p[0];
    CHECK_NEAR(t.s->practices[0].birnbaum, q, .02);
    CHECK_NEAR(t.s->practices[0].birnbaum_given, q, .02);
    CHECK_NEAR(t.s->practices[1].birnbaum, p, .02);
    CHECK_NEAR(t.s->stage_bits, entropy(p * q), .01);
    CHECK_NEAR(t.s->stage_bits, t.s->stage_bits_shown, 1e-12); /* nothing is unknown */
    want = entropy(p * q) - p * entropy(q);
    CHECK_NEAR(t.s->practices[0].information_bits, want, .01);
    CHECK_NEAR(t.s->practices[0].information_share, want / entropy(p * q), .02);
    CHECK_NEAR(t.s->practices[5].information_bits, 0, 1e-3);
    CHECK_NEAR(t.s->practices[5].birnbaum, 0, 1e-12);
    look_away(&t);
}

/* One essential that is only told, or not known at all, holds nearly all the doubt. */
static void ledger(void)
{
    double worth[10] = {1000};
    struct sensitivity_wish wish = {.worth = worth};
    struct seen t;

    fixture_init(&t.f, 10, 1);
    for (size_t i = 1; i < 10; i++)
        give_fact(&t.f, i, 1);
    give_share(&t.f, 1, 100, 400); /* hardly a doubt */
    t.f.practices[0].essential = t.f.practices[1].essential = 2;
    give_answer(&t.f, 0, 2);
    t.f.practices[0].needs[0] = "messages";
    look(&t, &wish);
    CHECK(t.s->practices[0].information_share > .95);
    CHECK_NEAR(t.s->practices[0].information_worth, 1000 * t.s->practices[0].information_share,
               1e-9);
    CHECK(t.s->practices[1].information_share < .05);
    CHECK_INT(t.s->connection_count, 0); /* a claim is not unknown */
    look_away(&t);

    t.f.items[0].answer = (struct answer){0};
    look(&t, &wish);
    CHECK_INT(t.a->stage_best, 1);
    CHECK_NEAR(t.s->stage_bits_shown, 0, 1e-12);   /* no doubt: it is not reached */
    CHECK_NEAR(t.s->stage_bits, entropy(.6), .02); /* if it were known: the prior's .6 */
    CHECK(t.s->practices[0].information_share > .95);
    CHECK_NEAR(t.s->practices[0].birnbaum, 1, .01);
    CHECK_INT(t.s->connection_count, 1);
    CHECK(t.s->connection_count && t.s->connections[0].need == 1 &&
          t.s->connections[0].practice == 0);
    look_away(&t);
}

static void robust(void)
{
    struct robustness first;
    struct seen t;

    fixture_init(&t.f, 10, 1);
    for (size_t i = 0; i < 10; i++)
        give_fact(&t.f, i, 1.5);
    look(&t, NULL);
    CHECK_INT(t.a->stage_best, 2);
    CHECK_INT(t.s->robustness.draws, 500);
    CHECK_NEAR(t.s->robustness.same_stage, 1, 0); /* cuts would have to move by a third */
    CHECK_NEAR(t.s->robustness.weights_same, 1, 0);
    CHECK_NEAR(t.s->robustness.stage_share[1], 1, 0);
    look_away(&t);

    /* An essential right at its cut: half of the other cuts lie above it. */
    t.f.practices[0].essential = 2;
    give_fact(&t.f, 0, 1);
    look(&t, NULL);
    CHECK_NEAR(t.s->robustness.thresholds_same, .5, .08);
    CHECK_NEAR(t.s->robustness.weights_same, 1, 0);
    CHECK_NEAR(t.s->robustness.stage_share[0] + t.s->robustness.stage_share[1], 1, 1e-12);
    first = t.s->robustness;
    look_away(&t);
    look(&t, NULL);
    CHECK(memcmp(&first, &t.s->robustness, sizeof(first)) == 0);
    look_away(&t);

    /* Counts stay whole: 3 of 3 months are not missed because 3.1 were asked. */
    t.f.practices[0].indicators[0].unit = "months";
    look(&t, NULL);
    CHECK_NEAR(t.s->robustness.thresholds_same, 1, 0);
    look_away(&t);

    /* Seven of ten at the level: whether they carry .70 hangs on the weights alone. */
    for (size_t i = 7; i < 10; i++)
        give_fact(&t.f, i, 0);
    look(&t, NULL);
    CHECK_INT(t.a->stage_best, 2);
    CHECK_NEAR(t.s->robustness.weights_same, .5, .1);
    look_away(&t);
}

static void definitions(void)
{
    const char *const ids[2] = {"window_90", "refunds_in"};
    const struct evidence_set *variants[2];
    struct sensitivity_wish wish = {.variants = variants, .variant_ids = ids, .variant_count = 2};
    struct evidence_set others[2];
    struct evidence items[2][FIXTURE_PRACTICES];
    struct seen t;

    fixture_init(&t.f, 10, 1);
    for (size_t i = 0; i < 10; i++)
        give_fact(&t.f, i, i < 7 ? 1 : 0);
    for (int v = 0; v < 2; v++) {
        others[v] = t.f.set;
        memcpy(items[v], t.f.items, sizeof(items[v]));
        others[v].items = items[v];
        variants[v] = &others[v];
    }
    items[0][0].findings[0].value = 0; /* one less at level 2: the stage goes */
    items[0][8].findings[0].value = .5;
    items[1][9].findings[0].value = 2;
    look(&t, &wish);
    CHECK_INT(t.s->variant_count, 2);
    CHECK_INT(t.s->variants[0].measured, 2);
    CHECK_INT(t.s->variants[0].changed, 1);
    CHECK_INT(t.s->variants[0].stage_then, 1);
    CHECK_INT(t.s->variants[1].stage_then, 2);
    CHECK_INT(t.s->definition_count, 2);
    CHECK_STR(t.s->definitions[0].id, "window_90");
    CHECK(t.s->definitions[0].practice == 0 && t.s->definitions[0].level == 2 &&
          t.s->definitions[0].level_then == 1);
    CHECK_NEAR(t.s->definitions[0].value_then, 0, 0);
    CHECK_STR(t.s->definitions[1].id, "refunds_in");
    CHECK_INT(t.s->definitions[1].level_then, 3);
    look_away(&t);
}

/* The built-in model with nothing known, and how long it takes. */
static void built_in_model(void)
{
    TM_CLEANUP(model_freep) struct model *model = NULL;
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = NULL;
    TM_CLEANUP(assessment_freep) struct assessment *a = NULL;
    TM_CLEANUP(sensitivity_freep) struct sensitivity *s = NULL;
    struct err err;
    clock_t start;

    CHECK_OK(model_load(NULL, &model, &err), err);
    set = evidence_set_new(model);
    set->as_of = AS_OF;
    CHECK_OK(score(set, NULL, &a, &err), err);
    start = clock();
    CHECK_OK(sensitivity(a, NULL, &s, &err), err);
    printf("# %.0f ms of processor time\n", (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC);
    CHECK(s->set_count == 3 && s->sets_proven && s->sets[0].hours > 0);
    CHECK(s->sets[0].hours <= s->sets[1].hours && s->sets[1].hours <= s->sets[2].hours);
    CHECK(s->stage_bits > 0 && s->connection_count > 0 && s->fragile_count == 0);
    CHECK(s->robustness.same_stage == 1);
}

int main(void)
{
    natural_units();
    natural_units_less_is_better();
    natural_units_of_all_cases();
    natural_units_of_sums();
    binding();
    sets();
    fragile();
    two_essentials();
    ledger();
    robust();
    definitions();
    built_in_model();
    return tap_done();
}
