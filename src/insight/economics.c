/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/economics.h"

#include "base/i18n.h"

static const char no_orders[] = N_("No orders with an amount in the last year.");
static const char no_firsts[] = N_("No first orders of known customers in the last year.");
static const char no_visits[] = N_("No visits are on record.");
static const char no_campaigns[] = N_("No sales of campaigns are on record.");
static const char no_spend[] = N_("No marketing spend is on record.");

const struct figure_info figure_infos[FIGURE_COUNT] = {
    [FIGURE_REVENUE] = {"revenue", FIGURE_FACT, no_orders},
    [FIGURE_GUEST_REVENUE] = {"guest_revenue", FIGURE_FACT, no_orders},
    [FIGURE_REPEAT_SHARE] = {"repeat_share", FIGURE_FRACTION, no_firsts},
    [FIGURE_FIRST_CUSTOMERS] = {"first_customers", FIGURE_RATE, no_firsts},
    [FIGURE_SECOND_PURCHASE] = {"second_purchase", FIGURE_SHARE,
                                N_("Nobody's first order is a year old yet.")},
    [FIGURE_SECOND_PURCHASE_90] = {"second_purchase_90", FIGURE_SHARE,
                                   N_("Nobody's first order is 90 days old yet.")},
    [FIGURE_FURTHER_ORDERS] = {"further_orders", FIGURE_RATIO,
                               N_("Nobody's second order is a year old yet.")},
    [FIGURE_ORDER_VALUE] = {"order_value", FIGURE_RATIO, no_orders},
    [FIGURE_FIRST_ORDER_VALUE] = {"first_order_value", FIGURE_RATIO, no_firsts},
    [FIGURE_REPEAT_ORDER_VALUE] = {"repeat_order_value", FIGURE_RATIO,
                                   N_("No repeat orders in the last year.")},
    [FIGURE_VISITS] = {"visits", FIGURE_RATE, no_visits},
    [FIGURE_CONVERSION] = {"conversion", FIGURE_SHARE, no_visits},
    [FIGURE_IDENTIFIED] = {"identified", FIGURE_SHARE, N_("No single visits are on record.")},
    [FIGURE_CARTS] = {"carts", FIGURE_RATE, N_("No carts of known people are on record.")},
    [FIGURE_CARTS_REMINDED] = {"carts_reminded", FIGURE_SHARE,
                               N_("No single messages are on record.")},
    [FIGURE_CARTS_RECOVERED] = {"carts_recovered", FIGURE_SHARE, N_("No cart reminder was sent.")},
    [FIGURE_LIST_SIZE] = {"list_size", FIGURE_FACT, N_("No mailing list is on record.")},
    [FIGURE_CAMPAIGN_SENDS] = {"campaign_sends", FIGURE_RATE, no_campaigns},
    [FIGURE_CAMPAIGN_YIELD] = {"campaign_yield", FIGURE_RATIO, no_campaigns},
    [FIGURE_FLOW_REVENUE] = {"flow_revenue", FIGURE_FACT,
                             N_("No sales of automatic messages are on record.")},
    [FIGURE_SPEND] = {"spend", FIGURE_FACT, no_spend},
    [FIGURE_SALES_PER_SPEND] = {"sales_per_spend", FIGURE_RATIO, no_spend},
};

static const char *const statements[] = {
    "insight/economics_orders", "insight/economics_customers", "insight/economics_visits",
    "insight/economics_carts",  "insight/economics_messages",  "insight/economics_spend",
};

struct economics economics_none(void)
{
    return (struct economics){.as_of = TIME_NONE};
}

static struct figure *figure_named(struct economics *e, struct str name)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++)
        if (str_eqz(name, figure_infos[i].name))
            return &e->figures[i];
    return NULL;
}

/* Whether the numbers can be: a ratio without a denominator, say, is as good as none. */
static bool usable(const struct figure *f, enum figure_form form)
{
    switch (form) {
    case FIGURE_FACT:
        return isfinite(f->n);
    case FIGURE_RATE:
        return f->k >= 0 && f->n > 0;
    case FIGURE_SHARE:
        return f->k >= 0 && f->n > 0 && f->k <= f->n;
    case FIGURE_FRACTION:
    case FIGURE_RATIO:
        return f->sums.clusters >= 1 && f->sums.sd > 0;
    }
    return false;
}

static enum err_code read_figures(struct engine *engine, const char *statement,
                                  const struct param *params, size_t n, struct economics *e,
                                  struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, statement, params, n, &res, err));
    while (result_next(res)) {
        struct figure *f = figure_named(e, result_text(res, 0));

        if (!f)
            return err_set(err, ERR_INVALID, "the statement \"%s\" names a figure unknown here",
                           statement);
        f->k = result_real(res, 1);
        f->n = result_real(res, 2);
        f->sums =
            (struct ratio_sums){result_real(res, 3), result_real(res, 4), result_real(res, 5),
                                result_real(res, 6), result_real(res, 7), result_real(res, 8)};
        f->known = usable(f, figure_infos[f - e->figures].form);
    }
    return result_status(res, err);
}

static enum err_code read_holdout(struct engine *engine, const struct param *params, size_t n,
                                  struct holdout *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "insight/economics_holdout", params, n, &res, err));
    while (result_next(res))
        *out = (struct holdout){true, result_real(res, 0), result_real(res, 1), result_real(res, 2),
                                result_real(res, 3)};
    return result_status(res, err);
}

enum err_code economics(struct engine *engine, const struct economics_options *options,
                        struct economics *out_economics, struct err *err)
{
    const struct param params[] = {PARAM_AT("as_of", options->as_of),
                                   PARAM_STRZ("tz", options->time_zone)};
    struct economics e = economics_none();

    e.as_of = options->as_of;
    snprintf(e.currency, sizeof(e.currency), "%s", options->currency ? options->currency : "");
    e.decimals = options->decimals;
    for (size_t i = 0; i < TM_COUNT(statements); i++)
        TRY(read_figures(engine, statements[i], params, TM_COUNT(params), &e, err));
    TRY(read_holdout(engine, params, 1, &e.messages, err));
    *out_economics = e;
    return ERR_OK;
}

/* What 176 shops saw (RJMetrics 2015): .53 of second-time buyers bought a third time. It weighs
 * as much as twenty customers of one's own. */
static struct ratio_sums with_prior_customers(struct ratio_sums s)
{
    static const double cases = 20, rate = .53;

    return (struct ratio_sums){s.clusters + cases,   s.su + rate * cases,  s.sd + cases,
                               s.suu + rate * cases, s.sud + rate * cases, s.sdd + cases};
}

/* Reminders that bring an order: 3 to 5 % of carts (Klaviyo 2017), as much as fifty of one's own.
 */
static struct posterior recovery(const struct figure *f)
{
    static const double cases = 50, rate = .04;

    return posterior_share(f->k + rate * cases, f->n + cases);
}

struct posterior figure_posterior(const struct economics *e, enum figure_id id)
{
    const struct figure *f = &e->figures[id];
    struct ratio_sums sums;

    if (id == FIGURE_CARTS_RECOVERED)
        return recovery(f);
    if (id == FIGURE_FURTHER_ORDERS) {
        sums = with_prior_customers(f->sums);
        return posterior_ratio(&sums);
    }
    assert(f->known);
    switch (figure_infos[id].form) {
    case FIGURE_RATE:
        return posterior_rate(f->k, f->n);
    case FIGURE_SHARE:
        return posterior_share(f->k, f->n);
    case FIGURE_FRACTION:
        return posterior_fraction(&f->sums);
    case FIGURE_RATIO:
        return posterior_ratio(&f->sums);
    case FIGURE_FACT:
        break;
    }
    return posterior_point(f->n);
}
