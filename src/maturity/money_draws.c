/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/money_draws.h"

/* Quantiles are dear and draws many: they are read off this many, evenly spread, in between by
 * straight lines. */
enum { KNOTS = 161 };
static const double tail = .005;

/* How much of the sales of messages is their doing, where no hold-out says it: of 64,000 customers
 * drawn by lot, .39 and .54 of what the mailed ones spent (Hillstrom 2008). Wide on purpose. */
static const double doing_a = 4.5, doing_b = 5.5;

enum err_code money_draw_posterior(const struct posterior *posterior, const char *input_hash,
                                   const char *name, size_t n, double *out, struct err *err)
{
    struct stream stream = stream_of("money", input_hash, name, (const char *)NULL);
    double knots[KNOTS];

    if (posterior->kind == POSTERIOR_POINT) {
        for (size_t i = 0; i < n; i++)
            out[i] = posterior->point;
        return ERR_OK;
    }
    for (size_t i = 0; i < KNOTS; i++) {
        knots[i] = posterior_quantile(posterior, tail + (1 - 2 * tail) * (double)i / (KNOTS - 1));
        if (!isfinite(knots[i]))
            return err_set(err, ERR_INTERNAL, "the figure \"%s\" cannot be drawn", name);
    }
    stream_uniforms(&stream, out, n);
    for (size_t i = 0; i < n; i++) {
        double at = out[i] * (KNOTS - 1);
        size_t k = (size_t)at;

        if (k > KNOTS - 2)
            k = KNOTS - 2;
        out[i] = knots[k] + (at - (double)k) * (knots[k + 1] - knots[k]);
    }
    return ERR_OK;
}

/* The shop's own hold-out: what the mailed bought beyond those held out, of what they bought. */
static enum err_code draw_holdout(const struct holdout *h, const char *input_hash, size_t n,
                                  struct arena *arena, double *out, struct err *err)
{
    struct posterior treated = posterior_share(h->treated_k, h->treated_n);
    struct posterior control = posterior_share(h->control_k, h->control_n);
    double *held = arena_alloc(arena, n * sizeof(*held));

    TRY(arena_check(arena, err));
    TRY(money_draw_posterior(&treated, input_hash, "holdout treated", n, out, err));
    TRY(money_draw_posterior(&control, input_hash, "holdout control", n, held, err));
    for (size_t i = 0; i < n; i++)
        out[i] = out[i] > 0 ? fmin(fmax(1 - held[i] / out[i], 0), 1) : 0;
    return ERR_OK;
}

static enum err_code draw_incrementality(const struct economics *e, const char *input_hash,
                                         size_t n, struct arena *arena, struct money_draws *out,
                                         struct err *err)
{
    struct posterior prior = {
        .kind = POSTERIOR_BETA, .point = doing_a / (doing_a + doing_b), .a = doing_a, .b = doing_b};

    out->incrementality_own = e->messages.known;
    if (e->messages.known)
        return draw_holdout(&e->messages, input_hash, n, arena, out->incrementality, err);
    return money_draw_posterior(&prior, input_hash, "incrementality", n, out->incrementality, err);
}

/* Evenly within a range that nothing is known about but its ends. */
static void draw_evenly(double low, double high, const char *input_hash, const char *name, size_t n,
                        double *out)
{
    struct stream stream = stream_of("money", input_hash, name, (const char *)NULL);

    stream_uniforms(&stream, out, n);
    for (size_t i = 0; i < n; i++)
        out[i] = low + (high - low) * out[i];
}

/* Two figures fall back on what other shops saw. */
static bool drawable(const struct economics *e, size_t id)
{
    return e->figures[id].known || id == FIGURE_FURTHER_ORDERS || id == FIGURE_CARTS_RECOVERED;
}

enum err_code money_draws_make(const struct economics *e, double margin, const char *input_hash,
                               size_t n, struct arena *arena, struct money_draws *out,
                               struct err *err)
{
    *out = (struct money_draws){.n = n};
    out->margin = arena_alloc(arena, n * sizeof(double));
    out->incrementality = arena_alloc(arena, n * sizeof(double));
    out->finished = arena_alloc(arena, n * sizeof(double));
    for (size_t id = 0; id < FIGURE_COUNT; id++)
        if (drawable(e, id))
            out->figures[id] = arena_alloc(arena, n * sizeof(double));
    TRY(arena_check(arena, err));
    draw_evenly(isnan(margin) ? MONEY_MARGIN_LOW : margin,
                isnan(margin) ? MONEY_MARGIN_HIGH : margin, input_hash, "margin", n, out->margin);
    /* Whether a checkout finished more is an order more, or one that would have come later, or a
     * checkout begun less: nobody has measured it. Our own assumption. */
    draw_evenly(0, 1, input_hash, "finished", n, out->finished);
    TRY(draw_incrementality(e, input_hash, n, arena, out, err));
    for (size_t id = 0; id < FIGURE_COUNT; id++) {
        struct posterior posterior;

        if (!out->figures[id])
            continue;
        posterior = figure_posterior(e, (enum figure_id)id);
        TRY(money_draw_posterior(&posterior, input_hash, figure_infos[id].name, n, out->figures[id],
                                 err));
    }
    return ERR_OK;
}

/* 0 where nothing is known. */
static double at(const struct money_draws *d, enum figure_id id, size_t i)
{
    return d->figures[id] ? d->figures[id][i] : 0;
}

/* A young shop has no second purchase within a year to look at yet: the one within 90 days is
 * what it is at least. Without repeat orders their value is taken to be that of first ones. */
struct funnel money_draws_funnel(const struct money_draws *d, size_t i)
{
    bool aged = d->figures[FIGURE_SECOND_PURCHASE] != NULL;
    bool repeats = d->figures[FIGURE_REPEAT_ORDER_VALUE] != NULL;

    return (struct funnel){
        .revenue = at(d, FIGURE_REVENUE, i),
        .spend = at(d, FIGURE_SPEND, i),
        .margin = d->margin[i],
        .first_customers = at(d, FIGURE_FIRST_CUSTOMERS, i),
        .first_value = at(d, FIGURE_FIRST_ORDER_VALUE, i),
        .second = at(d, aged ? FIGURE_SECOND_PURCHASE : FIGURE_SECOND_PURCHASE_90, i),
        .further = at(d, FIGURE_FURTHER_ORDERS, i),
        .repeat_value = at(d, repeats ? FIGURE_REPEAT_ORDER_VALUE : FIGURE_FIRST_ORDER_VALUE, i),
        .guests = at(d, FIGURE_GUEST_REVENUE, i),
        .repeat_share = at(d, FIGURE_REPEAT_SHARE, i),
        .visits = at(d, FIGURE_VISITS, i),
        .list = at(d, FIGURE_LIST_SIZE, i),
        .carts = at(d, FIGURE_CARTS, i),
        .reminded = at(d, FIGURE_CARTS_REMINDED, i),
        .recovered = at(d, FIGURE_CARTS_RECOVERED, i),
        .order_value = at(d, FIGURE_ORDER_VALUE, i),
        .campaigns = at(d, FIGURE_CAMPAIGN_SENDS, i) * at(d, FIGURE_CAMPAIGN_YIELD, i),
        .flows = at(d, FIGURE_FLOW_REVENUE, i),
        .incrementality = d->incrementality[i],
        .finished = d->finished[i],
    };
}
