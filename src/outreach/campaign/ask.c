/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/ask.h"

#include "engine/engine.h"
#include "outreach/claim.h"
#include "outreach/sender/sender.h"

static enum err_code ask_crowd(void *ctx, const struct campaign *campaign, struct crowd *out,
                               struct err *err)
{
    struct campaign_asker *a = ctx;
    struct engine *engine = NULL;
    enum err_code rc;

    *out = (struct crowd){0};
    TRY(a->enter(a->ctx, &engine, err));
    rc = crowd_read(engine, a->store, campaign, out, err);
    a->leave(a->ctx, engine);
    return rc;
}

/* Who was erased meanwhile is nobody: the ledger is read anew for each batch. */
static enum err_code ask_reach(void *ctx, struct outbox_message *io, bool *out_found, size_t n,
                               struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    struct campaign_asker *a = ctx;
    struct person_reader reader = {.pseudonyms = a->pseudonyms, .country = a->country};
    enum err_code rc;

    TRY(consents_open_kept(a->store, &consents, err));
    reader.consents = consents;
    TRY(a->enter(a->ctx, &reader.engine, err));
    rc = person_reach(&reader, io, out_found, n, err);
    a->leave(a->ctx, reader.engine);
    return rc;
}

static enum err_code forecast_all(struct claims *claims, const struct outbox_message *messages,
                                  const int64_t *at_us, size_t n, struct gate_decision *out,
                                  struct err *err)
{
    for (size_t i = 0; i < n; i++)
        TRY(claim_forecast(claims, &messages[i], at_us[i], &out[i], err));
    return ERR_OK;
}

static enum err_code ask_judge(void *ctx, const struct outbox_message *messages,
                               const int64_t *at_us, size_t n, struct gate_decision *out,
                               struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    struct campaign_asker *a = ctx;
    struct quiet *quiet = quiet_new();
    struct gate_rules rules;
    enum err_code rc;

    sender_rules(a->sending, &rules);
    rc = consents_open_kept(a->store, &consents, err);
    if (rc == ERR_OK)
        rc = outbox_open_kept(a->store, &outbox, err);
    struct claims claims = {.outbox = outbox,
                            .consents = consents,
                            .quiet = quiet,
                            .rules = &rules,
                            .country = a->country};

    if (rc == ERR_OK)
        rc = forecast_all(&claims, messages, at_us, n, out, err);
    quiet_free(quiet);
    return rc;
}

static enum err_code read_ordered(struct engine *engine, const uint64_t *people, size_t n,
                                  int64_t *out_us, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    TM_CLEANUP(buf_release) struct buf list = BUF_INIT(64 << 10);

    buf_addc(&list, '[');
    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%s%" PRIu64, i ? "," : "", people[i]);
    buf_addc(&list, ']');
    TRY(buf_check(&list, err));
    const struct param params[] = {PARAM_STR("people", buf_str(&list))};

    TRY(engine_query(engine, "outreach/ordered", params, TM_COUNT(params), &res, err));
    while (result_next(res))
        for (size_t i = 0; i < n; i++)
            if (people[i] == result_uint(res, 0) && result_int(res, 1) > out_us[i])
                out_us[i] = result_int(res, 1);
    return result_status(res, err);
}

static enum err_code ask_ordered(void *ctx, const uint64_t *people, size_t n, int64_t *out_us,
                                 struct err *err)
{
    struct campaign_asker *a = ctx;
    struct engine *engine = NULL;
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        out_us[i] = TIME_NONE;
    TRY(a->enter(a->ctx, &engine, err));
    rc = read_ordered(engine, people, n, out_us, err);
    a->leave(a->ctx, engine);
    return rc;
}

static bool ask_stops(void *ctx)
{
    struct campaign_asker *a = ctx;

    return a->stops && a->stops(a->ctx);
}

struct campaign_world campaign_world_of(struct campaign_asker *asker)
{
    return (struct campaign_world){.crowd = ask_crowd,
                                   .reach = ask_reach,
                                   .judge = ask_judge,
                                   .ordered = ask_ordered,
                                   .stops = ask_stops,
                                   .sending = asker->sending,
                                   .ctx = asker};
}
