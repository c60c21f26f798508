/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/money.h"

#include "base/i18n.h"
#include "maturity/money_draws.h"
#include "maturity/money_levers.h"
#include "maturity/money_shapley.h"
#include "maturity/practice.h"

enum { MONEY_BYTES = 64 * 1024 * 1024, SCRATCH_BYTES = 64 * 1024 * 1024, MONEY_DRAWS_MAX = 20000 };

/* A lever with its draws: where the practice is now, and what the level asks. */
struct pull {
    const struct lever *lever;
    double *now; /* a row of draws; NULL: not known */
    double cut;
};

/* The levers that move something in one draw. */
struct draw {
    struct funnel funnel;
    const struct pull *pulls[SHAPLEY_MAX];
    size_t index[SHAPLEY_MAX];
    size_t n, i;
};

static double pull_all(const void *ctx, uint32_t set)
{
    const struct draw *d = ctx;
    struct funnel_move move = funnel_as_is();

    for (size_t j = 0; j < d->n; j++)
        if (set & UINT32_C(1) << j)
            d->pulls[j]->lever->move(&d->funnel, d->pulls[j]->now[d->i], d->pulls[j]->cut, &move);
    return funnel_gain(&d->funnel, &move) * d->funnel.margin;
}

/* The cut of `level`, or of the highest below it that asks something. */
static double cut_for(const struct cuts *cuts, int level)
{
    double cut = NAN;

    for (int i = 0; i + 2 <= level; i++)
        if (!isnan(cuts->at[i]))
            cut = cuts->at[i];
    return cut;
}

/* What is not there, in plain words; NULL when all is. */
static const char *lacking(const struct lever *lever, const struct economics *e)
{
    for (size_t id = 0; id < FIGURE_COUNT; id++)
        if (lever->needs & UINT32_C(1) << id && !e->figures[id].known)
            return figure_infos[id].missing;
    return NULL;
}

static enum err_code take_pull(const struct assessment *a, const struct economics *e, size_t n,
                               struct lever_money *l, struct arena *scratch, struct pull *pull,
                               struct err *err)
{
    const struct evidence *evidence = a->practices[l->practice].evidence;
    const struct practice *p = a->practices[l->practice].practice;
    struct level_view view;

    pull->lever = lever_find(l->lever);
    if (!pull->lever)
        l->missing = N_("The model names a lever that is not known here.");
    else if (p->indicator_count == 0 || p->indicators[0].lower_is_better ||
             evidence->measured == CLASS_NONE ||
             !finding_usable(&p->indicators[0], &evidence->findings[0]))
        l->missing = N_("What the shop does now has not been measured.");
    else
        l->missing = lacking(pull->lever, e);
    if (l->missing)
        return ERR_OK;
    TRY(level_measure(p, evidence, a->evidence, &view, err));
    l->now = view.posteriors[0].point;
    l->cut = pull->cut = cut_for(&view.cuts[0], l->level);
    l->known = true;
    pull->now = arena_alloc(scratch, n * sizeof(double));
    TRY(arena_check(scratch, err));
    return money_draw_posterior(&view.posteriors[0], a->evidence->input_hash, p->id, n, pull->now,
                                err);
}

/* A practice is a lever when the model says so and it applies to the shop. */
static bool has_lever(const struct assessment *a, const struct money_wish *wish, size_t i)
{
    const struct practice_result *r = &a->practices[i];

    return r->practice->lever && r->practice->lever[0] && practice_applies(r) &&
           (!wish->levels || wish->levels[i]);
}

static enum err_code list_levers(const struct assessment *a, const struct money_wish *wish,
                                 struct money *m, struct err *err)
{
    size_t count = a->evidence->model->practice_count;

    for (size_t i = 0; i < count; i++)
        m->lever_count += has_lever(a, wish, i);
    if (m->lever_count > SHAPLEY_MAX)
        return err_set(err, ERR_INVALID,
                       "the model has %zu practices with a lever; %d are the most", m->lever_count,
                       SHAPLEY_MAX);
    m->practices = arena_alloc(&m->arena, (count + 1) * sizeof(*m->practices));
    m->levers = arena_alloc(&m->arena, (m->lever_count + 1) * sizeof(*m->levers));
    m->joint_draws = arena_alloc(&m->arena, m->draw_count * sizeof(double));
    m->alone_draws = arena_alloc(&m->arena, (m->lever_count * m->draw_count + 1) * sizeof(double));
    m->share_draws = arena_alloc(&m->arena, (m->lever_count * m->draw_count + 1) * sizeof(double));
    TRY(arena_check(&m->arena, err));
    for (size_t i = 0, l = 0; i < count; i++)
        if (has_lever(a, wish, i))
            m->levers[l++] =
                (struct lever_money){.lever = a->practices[i].practice->lever,
                                     .practice = i,
                                     .level = wish->levels ? wish->levels[i] : m->level,
                                     .now = (double)NAN,
                                     .cut = (double)NAN};
    return ERR_OK;
}

/* Those below their cut; what is there already has nothing to gain. */
static void gather(const struct pull *pulls, size_t count, size_t i, struct draw *d)
{
    d->n = 0;
    d->i = i;
    for (size_t l = 0; l < count; l++)
        if (pulls[l].now && pulls[l].now[i] < pulls[l].cut) {
            d->index[d->n] = l;
            d->pulls[d->n++] = &pulls[l];
        }
}

/* What sets of levers gain, each from the set without its lowest one. */
struct sets {
    struct funnel_move moves[1 << SHAPLEY_EXACT_MAX];
    double values[1 << SHAPLEY_EXACT_MAX];
};

static void value_sets(const struct draw *d, struct sets *sets)
{
    sets->moves[0] = funnel_as_is();
    sets->values[0] = 0;
    for (uint32_t set = 1; set < UINT32_C(1) << d->n; set++) {
        const struct pull *pull = d->pulls[__builtin_ctz(set)];

        sets->moves[set] = sets->moves[set & (set - 1)];
        pull->lever->move(&d->funnel, pull->now[d->i], pull->cut, &sets->moves[set]);
        sets->values[set] = funnel_gain(&d->funnel, &sets->moves[set]) * d->funnel.margin;
    }
}

static void share_out(const struct draw *d, const struct shapley_orders *orders, struct sets *sets,
                      double *out_shares)
{
    if (d->n > SHAPLEY_EXACT_MAX) {
        shapley_sampled(orders, d->n, pull_all, d, out_shares);
        return;
    }
    value_sets(d, sets);
    shapley_exact(sets->values, d->n, out_shares);
}

static enum err_code run_draws(const struct money_draws *draws, const struct pull *pulls,
                               const char *input_hash, struct arena *scratch, struct money *m,
                               struct err *err)
{
    struct stream stream = stream_of("money", input_hash, "orders", (const char *)NULL);
    struct shapley_orders *orders = arena_alloc(scratch, SHAPLEY_MAX * sizeof(*orders));
    struct sets *sets = arena_alloc(scratch, sizeof(*sets));
    double shares[SHAPLEY_MAX];
    struct draw d;

    TRY(arena_check(scratch, err));
    for (size_t n = SHAPLEY_EXACT_MAX + 1; n <= m->lever_count; n++)
        shapley_orders_make(&stream, n, &orders[n - 1]);
    for (size_t i = 0; i < m->draw_count; i++) {
        d.funnel = money_draws_funnel(draws, i);
        gather(pulls, m->lever_count, i, &d);
        if (d.n == 0)
            continue;
        m->joint_draws[i] = pull_all(&d, (uint32_t)((UINT64_C(1) << d.n) - 1));
        share_out(&d, &orders[d.n - 1], sets, shares);
        for (size_t j = 0; j < d.n; j++) {
            m->alone_draws[d.index[j] * m->draw_count + i] = pull_all(&d, UINT32_C(1) << j);
            m->share_draws[d.index[j] * m->draw_count + i] = shares[j];
        }
    }
    return ERR_OK;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile_of(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t k = (size_t)at;

    if (k + 1 >= n)
        return sorted[n - 1];
    return sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]);
}

static struct estimate estimate_of(const double *draws, size_t n, double *work)
{
    memcpy(work, draws, n * sizeof(*work));
    qsort(work, n, sizeof(*work), compare_doubles);
    return (struct estimate){quantile_of(work, n, .05), quantile_of(work, n, .50),
                             quantile_of(work, n, .95)};
}

static double mean_of(const double *draws, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += draws[i];
    return sum / (double)n;
}

static void summarise(const struct money_draws *draws, double *work, struct money *m)
{
    size_t n = m->draw_count;
    struct estimate doing = estimate_of(draws->incrementality, n, work);

    m->incrementality = mean_of(draws->incrementality, n);
    m->incrementality_low = doing.low;
    m->incrementality_high = doing.high;
    m->incrementality_own = draws->incrementality_own;
    m->joint = estimate_of(m->joint_draws, n, work);
    for (size_t l = 0; l < m->lever_count; l++) {
        struct lever_money *lever = &m->levers[l];
        struct practice_money *p = &m->practices[lever->practice];

        lever->alone = estimate_of(m->alone_draws + l * n, n, work);
        lever->share = estimate_of(m->share_draws + l * n, n, work);
        *p = (struct practice_money){.gain = lever->alone,
                                     .share = lever->share,
                                     .at_stake = mean_of(m->alone_draws + l * n, n),
                                     .known = lever->known,
                                     .missing = lever->missing};
    }
}

static enum err_code work_out(const struct assessment *a, const struct economics *e,
                              const struct money_wish *wish, struct arena *scratch, struct money *m,
                              struct err *err)
{
    const char *hash = a->evidence->input_hash;
    struct money_draws draws;
    struct pull *pulls;
    double *work;

    TRY(list_levers(a, wish, m, err));
    TRY(money_draws_make(e, wish->margin, hash, m->draw_count, scratch, &draws, err));
    pulls = arena_alloc(scratch, (m->lever_count + 1) * sizeof(*pulls));
    work = arena_alloc(scratch, m->draw_count * sizeof(*work));
    TRY(arena_check(scratch, err));
    for (size_t l = 0; l < m->lever_count; l++)
        TRY(take_pull(a, e, m->draw_count, &m->levers[l], scratch, &pulls[l], err));
    TRY(run_draws(&draws, pulls, hash, scratch, m, err));
    summarise(&draws, work, m);
    return ERR_OK;
}

static enum err_code check_wish(const struct money_wish *wish, struct err *err)
{
    if (!isnan(wish->margin) && !(wish->margin >= 0 && wish->margin <= 1))
        return err_set(err, ERR_INVALID, "the margin must lie between 0 and 1, not be %g",
                       wish->margin);
    if (wish->level != 0 && (wish->level < 2 || wish->level > 4))
        return err_set(err, ERR_INVALID, "there is no level %d to reach", wish->level);
    if (wish->draws > MONEY_DRAWS_MAX)
        return err_set(err, ERR_INVALID, "%zu draws are too many; %d are the most", wish->draws,
                       MONEY_DRAWS_MAX);
    return ERR_OK;
}

enum err_code money(const struct assessment *a, const struct economics *e,
                    const struct money_wish *wish, struct money **out_money, struct err *err)
{
    bool known = !isnan(wish->margin);
    struct arena scratch = ARENA_INIT(SCRATCH_BYTES);
    struct money *m;
    enum err_code rc;

    TRY(check_wish(wish, err));
    m = xcalloc(1, sizeof(*m));
    m->arena = ARENA_INIT(MONEY_BYTES);
    snprintf(m->currency, sizeof(m->currency), "%s", e->currency);
    m->decimals = e->decimals;
    m->level = wish->level ? wish->level : a->target;
    m->draw_count = wish->draws ? wish->draws : MONEY_DRAWS;
    m->margin_known = known;
    m->margin_low = known ? wish->margin : MONEY_MARGIN_LOW;
    m->margin_high = known ? wish->margin : MONEY_MARGIN_HIGH;
    m->margin = (m->margin_low + m->margin_high) / 2;
    m->revenue = e->figures[FIGURE_REVENUE].known ? e->figures[FIGURE_REVENUE].n : (double)NAN;
    rc = work_out(a, e, wish, &scratch, m, err);
    arena_release(&scratch);
    if (rc != ERR_OK) {
        money_free(m);
        return rc;
    }
    *out_money = m;
    return ERR_OK;
}

void money_free(struct money *m)
{
    if (!m)
        return;
    arena_release(&m->arena);
    free(m);
}

void money_freep(struct money **m)
{
    money_free(*m);
    *m = NULL;
}
