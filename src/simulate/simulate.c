/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/simulate.h"

#include "simulate/world.h"

enum { ORDERS_MIN = 100, ORDERS_MAX = 5000000 };

static enum err_code check_options(const struct simulate_options *options, struct err *err)
{
    if (options->stage < 1 || options->stage > 4) {
        err_set(err, ERR_INVALID, "%d is not a stage", options->stage);
        err_hint(err, "The model has stages 1 to 4.");
        return ERR_INVALID;
    }
    if (options->orders < ORDERS_MIN || options->orders > ORDERS_MAX) {
        err_set(err, ERR_INVALID, "%" PRId64 " orders cannot be simulated", options->orders);
        err_hint(err, "Ask for %d to %d orders.", ORDERS_MIN, ORDERS_MAX);
        return ERR_INVALID;
    }
    return ERR_OK;
}

static void open_files(struct world *w)
{
    shopify_open(w);
    ga4_open(w);
    ads_open(w);
    w->messages_csv = output_open(&w->out, "messages.csv", w->options->compress);
    buf_addz(&w->messages_csv->buf,
             "event,occurred_at,message_id,channel,campaign_id,flow_id,flow_kind,plan_id,"
             "audience,profile_id,email,is_machine,is_personal,method,proof\n");
}

/* One day after the other: messages go out, orders and visits come, and all is written down. */
static enum err_code run_days(struct world *w, struct err *err)
{
    const struct simulate_options *options = w->options;

    for (w->day = 0; w->day < DAYS; w->day++) {
        mail_of_day(w);
        orders_of_day(w);
        mail_of_orders(w);
        visits_of_day(w);
        shopify_orders(w);
        ads_of_day(w);
        TRY(output_check(&w->out, err));
        if (options->progress && !options->progress(options->ctx, (w->day + 1.0) / (DAYS + 1.0)))
            return err_set(err, ERR_CANCELLED, "the simulation was cancelled; nothing is kept");
    }
    w->day = DAYS - 1;
    return ERR_OK;
}

static enum err_code run(struct world *w, struct err *err)
{
    open_files(w);
    mail_plan(w);
    TRY(run_days(w, err));
    ads_close(w);
    shopify_catalogue(w);
    klaviyo_write(w);
    ga4_reports(w);
    ledger_write(w);
    team_write(w);
    facts_write(w);
    w->result.customers = w->person_count;
    w->result.files = w->out.n;
    return output_commit(&w->out, err);
}

enum err_code simulate(const struct simulate_options *options, struct simulate_result *out_result,
                       struct err *err)
{
    struct world *w;
    enum err_code code;

    TRY(check_options(options, err));
    w = xcalloc(1, sizeof(*w));
    code = world_open(w, options, err);
    if (code == ERR_OK)
        code = output_begin(&w->out, options->dir, err);
    if (code == ERR_OK) {
        code = run(w, err);
        if (code == ERR_OK)
            *out_result = w->result;
        else
            output_abandon(&w->out);
    }
    if (code != ERR_OK)
        err_context(err, "simulating a shop");
    world_close(w);
    free(w);
    return code;
}
