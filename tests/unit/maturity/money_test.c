/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a gap is worth: closed forms, fair shares, and what must not change the result. */
#include "tap.h"

#include "fixture.h"
#include "maturity/money.h"
#include "maturity/money_draws.h"
#include "maturity/money_levers.h"
#include "maturity/money_shapley.h"

enum { LEVERS = 13, DRAWS = 200 };

static struct fixture f;
static struct assessment *a;
static struct economics e;
static struct money *m;

static const char *const names[LEVERS] = {
    "second_purchase", "second_purchase", "conversion", "checkout",    "ad_return",
    "known_visits",    "cart_reminders",  "cart_sales", "list_growth", "campaign_clicks",
    "message_sales",   "flow_orders",     "sign_ups",
};

static void give_share(size_t i, double k, double n, double cut)
{
    struct indicator *indicator = &f.practices[i].indicators[0];

    indicator->form = FORM_SHARE;
    for (int l = 0; l < 3; l++)
        indicator->cuts[l] = cut;
    f.items[i].measured = CLASS_MEASURED;
    f.items[i].findings[0].known = true;
    f.items[i].findings[0].k = k;
    f.items[i].findings[0].n = n;
}

static void give_figure(enum figure_id id, double k, double n)
{
    e.figures[id] = (struct figure){.known = true, .k = k, .n = n};
}

/* `cases` clusters of `value`, half of them a half and half of them one and a half times it. */
static void give_ratio(enum figure_id id, double value, double cases)
{
    e.figures[id] = (struct figure){
        .known = true,
        .sums = {cases, value * cases, cases, 1.25 * value * value * cases, value * cases, cases}};
}

/* A shop of about 100,000 a year; amounts in cents. */
static void give_shop(void)
{
    e = economics_none();
    snprintf(e.currency, sizeof(e.currency), "EUR");
    e.decimals = 2;
    give_figure(FIGURE_REVENUE, 0, 1e7);
    give_figure(FIGURE_GUEST_REVENUE, 0, 1e6);
    give_ratio(FIGURE_REPEAT_SHARE, .4, 800);
    give_figure(FIGURE_FIRST_CUSTOMERS, 540, 1);
    give_figure(FIGURE_SECOND_PURCHASE, 148, 540);
    give_ratio(FIGURE_FURTHER_ORDERS, 1.2, 150);
    give_ratio(FIGURE_ORDER_VALUE, 8000, 900);
    give_ratio(FIGURE_FIRST_ORDER_VALUE, 8200, 540);
    give_ratio(FIGURE_REPEAT_ORDER_VALUE, 7700, 250);
    give_figure(FIGURE_VISITS, 40000, 1);
    give_figure(FIGURE_CARTS, 400, 1);
    give_figure(FIGURE_CARTS_REMINDED, 120, 400);
    give_figure(FIGURE_CARTS_RECOVERED, 10, 120);
    give_figure(FIGURE_LIST_SIZE, 0, 1500);
    give_figure(FIGURE_CAMPAIGN_SENDS, 16000, 1);
    give_ratio(FIGURE_CAMPAIGN_YIELD, 60, 40);
    give_figure(FIGURE_FLOW_REVENUE, 0, 5e5);
    give_figure(FIGURE_SPEND, 0, 2e6);
}

/* Practice i has lever i; shares of 200, .30 now, with a cut at .40. */
static void give_levers(size_t count)
{
    fixture_init(&f, count, 1);
    for (size_t i = 0; i < count; i++) {
        f.practices[i].lever = names[i];
        give_share(i, 60, 200, .40);
    }
}

static void judge(void)
{
    struct score_plan plan = {.draws = 50};
    struct err err = ERR_INIT;

    assessment_freep(&a);
    CHECK_OK(score_with(&f.set, NULL, &plan, &a, &err), err);
}

static void work_out_with(struct money_wish wish)
{
    struct err err = ERR_INIT;

    money_freep(&m);
    CHECK_OK(money(a, &e, &wish, &m, &err), err);
}

static void work_out(void)
{
    judge();
    work_out_with((struct money_wish){.margin = .4, .draws = DRAWS});
}

static bool near(double x, double y, double part)
{
    return fabs(x - y) <= part * fmax(1, fmax(fabs(x), fabs(y)));
}

/* N_first * (r_target - r) * AOV_rep * m * (1 + f), in every draw. */
static void test_second_purchase(void)
{
    struct money_draws d;
    struct arena arena = ARENA_INIT(1 << 24);
    struct err err = ERR_INIT;
    struct posterior r = posterior_share(148, 540);
    double now[DRAWS];
    size_t wrong = 0, gains = 0;

    give_shop();
    give_levers(1);
    give_share(0, 148, 540, .28);
    work_out();
    CHECK_OK(money_draws_make(&e, .4, f.set.input_hash, DRAWS, &arena, &d, &err), err);
    CHECK_OK(money_draw_posterior(&r, f.set.input_hash, "P-1", DRAWS, now, &err), err);
    for (size_t i = 0; i < DRAWS; i++) {
        struct funnel s = money_draws_funnel(&d, i);
        double gain =
            s.first_customers * fmax(.28 - now[i], 0) * s.repeat_value * .4 * (1 + s.further);

        wrong += !near(m->alone_draws[i], gain, 1e-9);
        gains += gain > 0;
    }
    CHECK_INT(wrong, 0);
    CHECK(gains > DRAWS / 2 && gains < DRAWS); /* 27.4 % now, 28 % asked */
    CHECK(m->levers[0].known && near(m->levers[0].now, 148. / 540, 1e-12));
    CHECK(m->levers[0].cut == .28 && m->levers[0].level == a->target);
    arena_release(&arena);
}

static void test_cart_reminders(void)
{
    struct money_draws d;
    struct arena arena = ARENA_INIT(1 << 24);
    struct err err = ERR_INIT;
    size_t wrong = 0;

    give_shop();
    give_levers(1);
    f.practices[0].lever = "cart_reminders";
    give_share(0, 120, 400, .60);
    work_out();
    CHECK_OK(money_draws_make(&e, .4, f.set.input_hash, DRAWS, &arena, &d, &err), err);
    for (size_t i = 0; i < DRAWS; i++) {
        struct funnel s = money_draws_funnel(&d, i);
        double one = s.carts * s.recovered * s.order_value * .4 * s.incrementality;

        /* .60 less a share that lies between .2 and .4 in all draws */
        wrong += !(m->alone_draws[i] > .2 * one && m->alone_draws[i] < .4 * one);
    }
    CHECK_INT(wrong, 0);
    arena_release(&arena);
}

/* The shares add up to the joint gain in each draw, with few levers and with many. */
static void test_shares_add_up(void)
{
    static const size_t counts[] = {1, 2, 7, 12, LEVERS};

    give_shop();
    for (size_t c = 0; c < TM_COUNT(counts); c++) {
        size_t wrong = 0, larger = 0;

        give_levers(counts[c]);
        work_out();
        CHECK_INT(m->lever_count, counts[c]);
        for (size_t i = 0; i < m->draw_count; i++) {
            double sum = 0, alone = 0;

            for (size_t l = 0; l < m->lever_count; l++) {
                sum += m->share_draws[l * m->draw_count + i];
                alone += m->alone_draws[l * m->draw_count + i];
            }
            wrong += !near(sum, m->joint_draws[i], 1e-9);
            larger += alone > m->joint_draws[i] * (1 + 1e-9);
        }
        CHECK_MSG(wrong == 0, "%zu levers: %zu draws do not add up", counts[c], wrong);
        if (counts[c] >= 7)
            CHECK(larger > m->draw_count / 2); /* single gains overlap */
    }
}

static double weighted(const void *ctx, uint32_t set)
{
    const double *worth = ctx;
    double sum = 0;

    for (size_t i = 0; i < 5; i++)
        sum += set & 1u << i ? worth[i] : 0;
    return sqrt(sum);
}

/* Equal levers get equal shares, one that adds nothing gets nothing, many orders come near. */
static void test_shapley(void)
{
    static const double worth[5] = {4, 4, 0, 9, 1};
    struct stream stream = stream_of("test", NULL);
    struct shapley_orders orders;
    double v[1 << 5], exact[5], sampled[5], sum = 0;

    for (uint32_t set = 0; set < TM_COUNT(v); set++)
        v[set] = weighted(worth, set);
    shapley_exact(v, 5, exact);
    for (size_t i = 0; i < 5; i++)
        sum += exact[i];
    CHECK(near(sum, sqrt(18), 1e-12));
    CHECK(near(exact[0], exact[1], 1e-12));
    CHECK(exact[2] == 0);
    CHECK(exact[3] > exact[0] && exact[0] > exact[4] && exact[4] > 0);
    shapley_orders_make(&stream, 5, &orders);
    shapley_sampled(&orders, 5, weighted, worth, sampled);
    sum = 0;
    for (size_t i = 0; i < 5; i++) {
        sum += sampled[i];
        CHECK(near(sampled[i], exact[i], .1));
    }
    CHECK(near(sum, sqrt(18), 1e-12));
    CHECK(sampled[2] == 0);
    shapley_exact((const double[]){0, 7}, 1, exact);
    CHECK(exact[0] == 7);
}

/* Two practices that move the same number by the same way share it; what is at its cut gets 0. */
static void test_overlap(void)
{
    give_shop();
    give_levers(3);
    f.practices[1].indicators[0] = (struct indicator){
        .measure = "m", .form = FORM_VALUE, .cuts = {.4, .4, .4}, .upper = {NAN, NAN, NAN}};
    f.practices[0].indicators[0] = f.practices[1].indicators[0];
    give_fact(&f, 0, .3);
    give_fact(&f, 1, .3);
    give_share(2, 20000, 20000, .40); /* conversion: there already */
    work_out();
    for (size_t i = 0; i < m->draw_count; i += 50) {
        CHECK(near(m->share_draws[i], m->joint_draws[i] / 2, 1e-12));
        CHECK(m->alone_draws[i] == m->joint_draws[i] && m->joint_draws[i] > 0);
    }
    CHECK(m->levers[2].known && m->levers[2].alone.high == 0 && m->levers[2].share.high == 0);
}

/* All money by a factor: the gains by that factor (I5). */
static void test_scale(void)
{
    static const enum figure_id amounts[] = {FIGURE_REVENUE, FIGURE_GUEST_REVENUE,
                                             FIGURE_FLOW_REVENUE, FIGURE_SPEND};
    static const enum figure_id values[] = {FIGURE_ORDER_VALUE, FIGURE_FIRST_ORDER_VALUE,
                                            FIGURE_REPEAT_ORDER_VALUE, FIGURE_CAMPAIGN_YIELD};
    struct estimate joint, share[LEVERS];
    const double factor = 37;

    give_shop();
    give_levers(LEVERS);
    work_out();
    joint = m->joint;
    for (size_t l = 0; l < LEVERS; l++)
        share[l] = m->levers[l].share;
    for (size_t i = 0; i < TM_COUNT(amounts); i++)
        e.figures[amounts[i]].n *= factor;
    for (size_t i = 0; i < TM_COUNT(values); i++) {
        struct ratio_sums *s = &e.figures[values[i]].sums;

        s->su *= factor;
        s->sud *= factor;
        s->suu *= factor * factor;
    }
    work_out();
    CHECK(joint.median > 0);
    CHECK(near(m->joint.low, factor * joint.low, 1e-9));
    CHECK(near(m->joint.median, factor * joint.median, 1e-9));
    CHECK(near(m->joint.high, factor * joint.high, 1e-9));
    for (size_t l = 0; l < LEVERS; l++)
        CHECK(near(m->levers[l].share.median, factor * share[l].median, 1e-9));
}

/* The same again, to the last bit; and what is unknown of one lever changes no other's draws. */
static void test_same_again(void)
{
    double joint[DRAWS], first[DRAWS];

    give_shop();
    give_levers(LEVERS);
    work_out();
    memcpy(joint, m->joint_draws, sizeof(joint));
    memcpy(first, m->alone_draws, sizeof(first));
    work_out();
    CHECK(memcmp(joint, m->joint_draws, sizeof(joint)) == 0);
    f.items[7].measured = CLASS_NONE;
    f.items[7].findings[0].known = false;
    work_out();
    CHECK(!m->levers[7].known && m->levers[7].missing && m->levers[7].alone.high == 0);
    CHECK(memcmp(first, m->alone_draws, sizeof(first)) == 0);
    CHECK(memcmp(joint, m->joint_draws, sizeof(joint)) != 0);
}

/* More cases say more: the interval narrows. */
static void test_narrows(void)
{
    double width = INFINITY;

    for (double n = 100; n <= 1e4; n *= 10) {
        struct estimate gain;

        give_shop();
        give_levers(1);
        give_share(0, .2 * n, n, .28);
        work_out();
        gain = m->levers[0].alone;
        CHECK(gain.low <= gain.median && gain.median <= gain.high);
        CHECK(gain.high - gain.low < width);
        width = gain.high - gain.low;
    }
}

static void test_missing(void)
{
    give_shop();
    give_levers(LEVERS);
    e.figures[FIGURE_CARTS].known = false;
    f.practices[0].lever = "no_such_lever";
    f.practices[1].lever = "";
    work_out();
    CHECK_INT(m->lever_count, LEVERS - 1);
    CHECK(!m->practices[0].known && m->practices[0].missing);
    CHECK(!m->practices[1].known && !m->practices[1].missing);
    CHECK_STR(m->practices[5].missing, "No carts of known people are on record.");
    CHECK(m->practices[2].known && m->practices[2].at_stake > 0);
    e = economics_none();
    work_out();
    for (size_t i = 0; i < LEVERS; i++)
        CHECK(!m->practices[i].known);
    CHECK(m->joint.high == 0 && isnan(m->revenue));
}

static void test_margin(void)
{
    struct estimate known;

    give_shop();
    give_levers(3);
    work_out();
    known = m->joint;
    CHECK(m->margin_known && m->margin == .4);
    work_out_with((struct money_wish){.margin = NAN, .draws = DRAWS});
    CHECK(!m->margin_known && near(m->margin, .4, 1e-12));
    CHECK(m->margin_low == .2 && m->margin_high == .6);
    CHECK(m->joint.low < known.low && m->joint.high > known.high);
    work_out_with((struct money_wish){.margin = 0, .draws = DRAWS});
    CHECK(m->joint.high == 0);
}

/* The shop's own hold-out takes the place of what others found. */
static void test_holdout(void)
{
    double width;

    give_shop();
    give_levers(LEVERS);
    work_out();
    CHECK(!m->incrementality_own && near(m->incrementality, .45, .03));
    width = m->incrementality_high - m->incrementality_low;
    CHECK(width > .4);
    e.messages = (struct holdout){true, 1250, 100000, 1000, 100000};
    work_out();
    CHECK(m->incrementality_own && near(m->incrementality, .2, .03));
    CHECK(m->incrementality_high - m->incrementality_low < width / 2);
    e.messages = (struct holdout){true, 100, 10000, 300, 10000}; /* they did harm */
    work_out();
    CHECK(m->incrementality == 0 && m->levers[9].alone.high == 0);
}

static void test_level_and_wish(void)
{
    struct err err = ERR_INIT;
    struct money_wish wrong[] = {
        {.margin = 1.2}, {.margin = .4, .level = 5}, {.margin = .4, .draws = 1000000}};

    give_shop();
    give_levers(1);
    f.practices[0].indicators[0].cuts[2] = .60;
    judge();
    work_out_with((struct money_wish){.margin = .4, .level = 3, .draws = 100});
    CHECK(m->levers[0].cut == .40 && m->level == 3 && m->draw_count == 100);
    work_out_with((struct money_wish){.margin = .4, .level = 4});
    CHECK(m->levers[0].cut == .60);
    for (size_t i = 0; i < TM_COUNT(wrong); i++) {
        struct money *none = NULL;

        CHECK(money(a, &e, &wrong[i], &none, &err) == ERR_INVALID && !none);
    }
}

/* Every lever of the model is one, and each is used. */
static void test_model(void)
{
    struct model *model = NULL;
    struct err err = ERR_INIT;
    bool used[32] = {false};

    CHECK_OK(model_load(NULL, &model, &err), err);
    for (size_t i = 0; model && i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];
        const struct lever *lever = lever_find(p->lever);

        if (!p->lever[0])
            continue;
        CHECK_MSG(lever, "%s: %s", p->id, p->lever);
        CHECK(p->indicator_count == 1 && !p->indicators[0].lower_is_better);
        if (lever)
            used[lever - levers] = true;
    }
    for (size_t i = 0; i < lever_count; i++)
        CHECK_MSG(used[i], "%s", levers[i].name);
    CHECK(!lever_find("") && !lever_find("RET-1"));
    model_freep(&model);
}

int main(void)
{
    test_second_purchase();
    test_cart_reminders();
    test_shares_add_up();
    test_shapley();
    test_overlap();
    test_scale();
    test_same_again();
    test_narrows();
    test_missing();
    test_margin();
    test_holdout();
    test_level_and_wish();
    test_model();
    assessment_freep(&a);
    money_freep(&m);
    return tap_done();
}
