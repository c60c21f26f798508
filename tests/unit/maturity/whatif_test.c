/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/basis.h"
#include "maturity/whatif.h"

#include "maturity/practice.h"
#include "tap.h"

#include "fixture.h"

enum { COUNT = 12 };

static void set_up(struct fixture *f, struct assessment **a)
{
    struct err err = ERR_INIT;

    fixture_init(f, COUNT, 3);
    for (size_t i = 0; i < COUNT; i++) {
        f->practices[i].weight = 1 + (double)(i % 3);
        f->practices[i].essential = i % 4 == 0 ? 2 : 0;
        f->items[i].measured = i == 5 ? CLASS_NONE : CLASS_MEASURED;
        f->items[i].findings[0] =
            (struct finding){.known = i != 5, .n = 1, .value = i % 4 == 0 ? .5 : 1.5, .slot = -1};
        f->items[i].newest_at = AS_OF;
    }
    CHECK_OK(score(&f->set, NULL, a, &err), err);
}

static struct what_if *ask(const struct assessment *a, const int *levels)
{
    const struct economics e = economics_none();
    struct what_if *w = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(what_if(a, &e, (double)NAN, levels, &w, &err), err);
    return w;
}

static double at_least(const double p[4], int stage)
{
    double sum = 0;

    for (int s = stage; s <= 4; s++)
        sum += p[s - 1];
    return sum;
}

/* No move gives the assessment itself, to the last bit. */
static void nothing_moved(const struct assessment *a)
{
    int levels[COUNT] = {0};
    struct what_if *w = ask(a, levels);

    CHECK(memcmp(w->stage_p, a->stage_p, sizeof(w->stage_p)) == 0);
    CHECK_INT(w->stage_best, a->stage_best);
    CHECK_INT(w->stage_confirmed, a->stage_confirmed);
    CHECK(w->index == a->index && w->index_low == a->index_low && w->index_high == a->index_high);
    CHECK(!w->money_known);
    CHECK_INT(w->open_count, 3);
    what_if_free(w);
}

/* A step up never lowers stage or index; all at the top is stage 4 and index 100. */
static void upwards(const struct assessment *a)
{
    int levels[COUNT] = {0};
    double before = at_least(a->stage_p, 2), index = a->index;

    for (size_t i = 0; i < COUNT; i++) {
        struct what_if *w;

        levels[i] = 4;
        w = ask(a, levels);
        CHECK(at_least(w->stage_p, 2) >= before - 1e-12);
        CHECK(w->index >= index - 1e-9 || i == 5); /* what becomes known moves the mean */
        before = at_least(w->stage_p, 2);
        index = w->index;
        if (i == COUNT - 1) {
            CHECK_INT(w->stage_best, 4);
            CHECK(fabs(w->index - 100) < 1e-9 && w->open_count == 0);
        }
        what_if_free(w);
    }
}

/* The same as measuring that level: what the scoring says of such a shop. */
static void as_if_measured(struct fixture *f, const struct assessment *a)
{
    struct assessment *then = NULL;
    struct err err = ERR_INIT;
    int levels[COUNT] = {0};
    struct what_if *w;

    for (size_t i = 0; i < COUNT; i += 4) {
        levels[i] = 3;
        f->items[i].findings[0].value = 2.5;
    }
    w = ask(a, levels);
    CHECK_OK(score(&f->set, NULL, &then, &err), err);
    CHECK_INT(w->stage_best, then->stage_best);
    for (int s = 0; s < 4; s++)
        CHECK(fabs(w->stage_p[s] - then->stage_p[s]) < .02);
    assessment_free(then);
    what_if_free(w);
}

/* Kept and read back: the same mark, the same importance; under another scoring no importance. */
static void basis_comes_back(struct fixture *f, const struct assessment *a)
{
    TM_CLEANUP(buf_release) struct buf evidence = BUF_INIT(1 << 20), kept = BUF_INIT(1 << 20);
    struct practice_sensitivity all[COUNT] = {{.birnbaum = .25, .information_bits = 1. / 3}};
    struct sensitivity s = {.target = 2, .doubt = true, .stage_bits = .75, .practices = all};
    struct economics e = economics_none();
    struct basis_parts parts = {.assessment_id = 7,
                                .economics = &e,
                                .sensitivity = &s,
                                .margin = .4,
                                .shop = "Blue \"Hat\""};
    struct err err = ERR_INIT;
    struct basis *b = NULL;

    e.figures[FIGURE_CONVERSION] =
        (struct figure){.known = true, .k = 3, .n = 100. / 7, .sums = {.su = .1}};
    snprintf(e.currency, sizeof(e.currency), "EUR");
    for (size_t i = 0; i < COUNT; i++)
        all[i].information_worth = (double)NAN;
    CHECK_OK(evidence_write(&f->set, NULL, &evidence, &err), err);
    CHECK_OK(basis_write(&parts, &f->model, &kept, &err), err);
    CHECK_OK(basis_read(buf_str(&kept), buf_str(&evidence), &f->model, &b, &err), err);
    CHECK_INT(b->assessment_id, 7);
    CHECK_STR(b->shop, "Blue \"Hat\"");
    CHECK(b->margin == .4);
    CHECK_STR(b->assessment->result_hash, a->result_hash);
    CHECK(b->sensitivity->doubt && b->sensitivity->practices[0].information_bits == 1. / 3);
    CHECK(isnan(b->sensitivity->practices[1].information_worth));
    CHECK(b->economics.figures[FIGURE_CONVERSION].n == 100. / 7 &&
          b->economics.figures[FIGURE_CONVERSION].sums.su == .1);
    CHECK(!b->economics.figures[FIGURE_SPEND].known);
    basis_free(b);
    b = NULL;
    CHECK_OK(basis_read(STR_NONE, buf_str(&evidence), &f->model, &b, &err), err);
    CHECK(!b->sensitivity && !b->money && isnan(b->margin));
    basis_free(b);
    b = NULL;
    f->model.scoring_hash[0] = 'f';
    CHECK_OK(basis_read(buf_str(&kept), buf_str(&evidence), &f->model, &b, &err), err);
    CHECK(!b->sensitivity);
    basis_free(b);
}

int main(void)
{
    struct assessment *a = NULL;
    struct fixture f;

    set_up(&f, &a);
    nothing_moved(a);
    upwards(a);
    basis_comes_back(&f, a);
    snprintf(f.model.scoring_hash, sizeof(f.model.scoring_hash), "%064d", 7);
    as_if_measured(&f, a);
    assessment_free(a);
    return tap_done();
}
