/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/resolve.h"

/* After identity: each statement builds on those before it. */
static const char *const steps[] = {
    "resolve/clear_sessions",
    "resolve/sessions",
    "resolve/clear_orders",
    "resolve/orders",
    "resolve/clear_order_touches",
    "resolve/order_touches",
    "resolve/clear_customers",
    "resolve/customers",
    "resolve/clear_message_texts",
    "resolve/message_texts",
    "resolve/clear_deliveries",
    "resolve/deliveries",
    "resolve/clear_mailings",
    "resolve/mailings",
    "resolve/mailings_sent",
    "resolve/clear_spend_days",
    "resolve/spend_days",
    "resolve/clear_visit_days",
    "resolve/visit_days_events",
    "resolve/visit_days_reports",
    "resolve/clear_consents",
    "resolve/consents",
    "resolve/clear_activities",
    "resolve/activities",
    "resolve/clear_person_touches",
    "resolve/person_touches",
    "resolve/clear_sources",
    "resolve/sources",
    "resolve/clear_visit_choice",
    "resolve/visit_choice",
    "resolve/clear_assigned",
    "resolve/clear_audience_made",
    "resolve/clear_audience_person",
    "resolve/clear_audience_order",
    "resolve/clear_audience_line",
    "resolve/clear_audience_event",
    "resolve/clear_audience_message",
    "resolve/clear_audience_consent",
    "resolve/clear_audience_refund",
    "resolve/clear_audience_member",
    "resolve/clear_contact_made",
    "resolve/clear_contact_person",
    "resolve/clear_contact_alias",
    "resolve/clear_contact_line",
    "resolve/clear_contact_product",
    "resolve/clear_contact_view",
    "resolve/clear_contact_pair",
    "resolve/clear_person_records",
    "resolve/person_records",
    "resolve/person_records_orders",
    "resolve/person_records_visits",
    "resolve/clear_stories",
    "resolve/stories",
};
/* The last ones are for views alone. */
enum { STEPS = TM_COUNT(steps), STEPS_FOR_VIEWS = 4 };

static void tell(const struct resolve_options *options, const char *step, double done)
{
    if (options->progress)
        options->progress(options->progress_ctx, step, done);
}

/* Runs a statement that returns one row of one integer or time. */
static enum err_code query_one(struct engine *engine, const char *statement, int64_t *out,
                               struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t value = 0;

    TRY(engine_query(engine, statement, NULL, 0, &res, err));
    while (result_next(res))
        value = result_int(res, 0);
    TRY(result_status(res, err));
    *out = value;
    return ERR_OK;
}

static enum err_code choose_as_of(struct engine *engine, const struct resolve_options *options,
                                  struct resolve_summary *summary, struct err *err)
{
    summary->as_of = options->as_of;
    if (options->as_of != TIME_NONE)
        return ERR_OK;
    TRY(query_one(engine, "resolve/newest", &summary->as_of, err));
    summary->as_of_from_data = true;
    if (summary->as_of == TIME_NONE) {
        err_set(err, ERR_NOT_FOUND, "there is no dated record to assess");
        err_hint(err, "Import orders, analytics events or a mailing tool's export, or name the "
                      "day with --as-of.");
        return ERR_NOT_FOUND;
    }
    return ERR_OK;
}

/* Repeats are looked for only where the times of two imports overlap: it costs a sort. */
static enum err_code mark_duplicates(struct engine *engine, bool *out_overlaps, struct err *err)
{
    int64_t overlaps;

    TRY(engine_run(engine, "resolve/clear_event_duplicate", NULL, 0, err));
    TRY(query_one(engine, "resolve/overlaps", &overlaps, err));
    *out_overlaps = overlaps > 0;
    if (overlaps > 0)
        TRY(engine_run(engine, "resolve/event_duplicate", NULL, 0, err));
    return ERR_OK;
}

static enum err_code insert_factor(struct insert *insert, struct str currency, int64_t day,
                                   double factor, struct err *err)
{
    insert_text(insert, currency);
    insert_int(insert, day);
    insert_real(insert, factor);
    return insert_row(insert, err);
}

/* Factors from each currency's minor units to the reporting currency's. */
static enum err_code write_rates(struct engine *engine, const struct resolve_options *options,
                                 const struct resolve_summary *summary, struct err *err)
{
    static const struct insert_column columns[] = {
        {"currency", "String"}, {"day", "Date32"}, {"factor", "Float64"}};
    /* The reporting currency itself, and rows that name none, need no rate: valid from long ago. */
    const int64_t always = civil_to_days(1900, 1, 1);
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;
    struct rate_row row;
    size_t at = 0;

    TRY(engine_run(engine, "resolve/clear_currency_rate", NULL, 0, err));
    TRY(insert_open(engine, "resolve/insert_rates", NULL, columns, TM_COUNT(columns), &insert,
                    err));
    TRY(insert_factor(insert, STR_NONE, always, 1, err));
    if (summary->currency[0])
        TRY(insert_factor(insert, str_of(summary->currency), always, 1, err));
    while (options->rates && rates_next(options->rates, &at, &row)) {
        double scale = pow(10, summary->decimals - currency_decimals(row.from));

        if (str_eqz(row.to, summary->currency))
            TRY(insert_factor(insert, row.from, row.day, row.rate * scale, err));
    }
    return insert_finish(insert, err);
}

/* True when a rate of the currency is valid on its first day already. */
static bool has_rate(const struct resolve_options *options, struct str currency,
                     const char *reporting, int64_t first_day)
{
    int64_t minor;

    return options->rates && rates_convert(options->rates, 100, currency, str_of(reporting),
                                           first_day, &minor, NULL) == ERR_OK;
}

static enum err_code choose_currency(struct engine *engine, const struct resolve_options *options,
                                     struct resolve_summary *summary, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (options->currency && options->currency[0])
        snprintf(summary->currency, sizeof(summary->currency), "%s", options->currency);
    TRY(engine_query(engine, "resolve/currencies", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str currency = result_text(res, 0);
        struct unconverted *lost = &summary->unconverted[summary->unconverted_count];

        if (!summary->currency[0] && currency.n == 3) /* the most used one comes first */
            memcpy(summary->currency, currency.p, 3);
        if (str_eqz(currency, summary->currency) || summary->unconverted_count == UNCONVERTED_MAX)
            continue;
        if (has_rate(options, currency, summary->currency, result_int(res, 3)))
            continue;
        snprintf(lost->currency, sizeof(lost->currency), "%.*s", (int)currency.n, currency.p);
        lost->orders = result_uint(res, 1);
        lost->records = result_uint(res, 2);
        summary->unconverted_count++;
    }
    TRY(result_status(res, err));
    summary->decimals = currency_decimals(str_of(summary->currency));
    if (summary->decimals < 0)
        summary->decimals = 2;
    return ERR_OK;
}

/* Last of all: what the tables were made from, for those who read them later. */
static enum err_code note_resolved(struct engine *engine, const struct resolve_options *options,
                                   const struct resolve_summary *summary, int64_t fingerprint,
                                   struct err *err)
{
    char lost[UNCONVERTED_MAX * 48] = "";
    size_t n = 0;

    for (size_t i = 0; i < summary->unconverted_count; i++)
        n += (size_t)snprintf(lost + n, sizeof(lost) - n, "%s%s %" PRIu64 " %" PRIu64, i ? " " : "",
                              summary->unconverted[i].currency, summary->unconverted[i].orders,
                              summary->unconverted[i].records);
    const struct param params[] = {PARAM_I64("fingerprint", fingerprint),
                                   PARAM_AT("as_of", summary->as_of),
                                   PARAM_I64("from_data", summary->as_of_from_data),
                                   PARAM_STRZ("tz", options->time_zone),
                                   PARAM_STRZ("currency", summary->currency),
                                   PARAM_I64("decimals", summary->decimals),
                                   PARAM_STRZ("unconverted", lost)};

    return engine_run(engine, "resolve/note_resolved", params, TM_COUNT(params), err);
}

static enum err_code build(struct engine *engine, const struct resolve_options *options,
                           struct resolve_summary *summary, struct err *err)
{
    const size_t wanted = STEPS - (options->passing ? STEPS_FOR_VIEWS : 0);
    bool overlaps = false;

    TRY(choose_currency(engine, options, summary, err));
    TRY(write_rates(engine, options, summary, err));
    TRY(mark_duplicates(engine, &overlaps, err));
    TRY(identity_build(engine, &summary->scoped, &summary->identity, err));
    for (size_t i = 0; i < wanted; i++) {
        const struct param params[] = {
            PARAM_AT("as_of", summary->as_of), PARAM_STRZ("tz", options->time_zone),
            PARAM_I64("scoped", summary->scoped), PARAM_I64("overlaps", overlaps)};
        struct param picked[TM_COUNT(params)];
        size_t n = engine_pick_params(engine, steps[i], params, TM_COUNT(params), picked);

        tell(options, steps[i], 0.2 + 0.8 * (double)i / (double)wanted);
        TRY(engine_run(engine, steps[i], picked, n, err));
    }
    return options->assign ? options->assign(options->assign_ctx, engine, err) : ERR_OK;
}

/* What was taken out of the workspace again leaves nothing behind. */
static enum err_code empty(struct engine *engine, struct err *err)
{
    TRY(engine_run(engine, "identity/clear", NULL, 0, err));
    for (size_t i = 0; i < STEPS; i++)
        if (strncmp(steps[i], "resolve/clear_", 14) == 0)
            TRY(engine_run(engine, steps[i], NULL, 0, err));
    return ERR_OK;
}

/* Rows in the derived tables, whose note of what they were made from is empty. */
static enum err_code fill(struct engine *engine, const struct resolve_options *options,
                          struct resolve_summary *summary, int64_t *out_fingerprint,
                          struct err *err)
{
    enum err_code rc;

    TRY(query_one(engine, "insight/fingerprint", out_fingerprint, err));
    rc = choose_as_of(engine, options, summary, err);
    if (rc == ERR_NOT_FOUND)
        return empty(engine, err) == ERR_OK ? rc : err->code;
    return rc == ERR_OK ? build(engine, options, summary, err) : rc;
}

/* Made beside the ones before, which are read until these take their place. */
static enum err_code fill_aside(struct engine *engine, const struct resolve_options *options,
                                struct resolve_summary *summary, struct err *err)
{
    const struct resolve_aside *aside = options->aside;
    struct err ending = ERR_INIT;
    int64_t fingerprint = 0;
    enum err_code rc;
    bool keep;

    TRY(engine_aside_begin(engine, err));
    rc = fill(engine, options, summary, &fingerprint, err);
    if (rc == ERR_OK)
        rc = aside->read(aside->ctx, engine, summary->as_of, err);
    keep = rc == ERR_OK || rc == ERR_NOT_FOUND;
    if (keep)
        aside->hold(aside->ctx, true);
    if (engine_aside_end(engine, keep ? "resolved" : NULL, &ending) != ERR_OK && rc == ERR_OK) {
        *err = ending;
        rc = ending.code;
    }
    if (rc == ERR_OK)
        rc = note_resolved(engine, options, summary, fingerprint, err);
    if (rc == ERR_CANCELLED && keep) /* too late for that */
        rc = note_resolved(engine, options, summary, fingerprint, err);
    if (keep)
        aside->hold(aside->ctx, false);
    return rc;
}

static enum err_code fill_in_place(struct engine *engine, const struct resolve_options *options,
                                   struct resolve_summary *summary, struct err *err)
{
    int64_t fingerprint = 0;

    TRY(engine_run(engine, "resolve/clear_resolved", NULL, 0, err));
    TRY(fill(engine, options, summary, &fingerprint, err));
    return note_resolved(engine, options, summary, fingerprint, err);
}

enum err_code resolve(struct engine *engine, const struct resolve_options *options,
                      struct resolve_summary *out_summary, struct err *err)
{
    struct resolve_summary summary = {0};

    tell(options, "identity", 0);
    TRY((options->aside ? fill_aside : fill_in_place)(engine, options, &summary, err));
    tell(options, "", 1);
    *out_summary = summary;
    return ERR_OK;
}
