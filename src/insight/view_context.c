/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the resolved tables stand for, and whether they are up to date. */
#include "insight/views.h"

static enum err_code query_uint(struct engine *engine, const char *statement, uint64_t *out,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, statement, NULL, 0, &res, err));
    while (result_next(res))
        *out = result_uint(res, 0);
    return result_status(res, err);
}

static void copy(char *to, size_t size, struct str from)
{
    snprintf(to, size, "%.*s", (int)from.n, from.p);
}

/* As note_resolved() in resolve.c wrote it. */
static void read_unconverted(struct str text, struct view_context *out)
{
    char list[UNCONVERTED_MAX * 48];
    const char *p = list;
    int used;

    copy(list, sizeof(list), text);
    for (size_t i = 0; i < UNCONVERTED_MAX; i++, p += used) {
        struct unconverted *lost = &out->unconverted[i];

        if (sscanf(p, " %3s %" SCNu64 " %" SCNu64 "%n", lost->currency, &lost->orders,
                   &lost->records, &used) != 3)
            return;
        out->unconverted_count = i + 1;
    }
}

static enum err_code read_resolved(struct engine *engine, struct view_context *out,
                                   bool *out_from_data, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "insight/resolved", NULL, 0, &res, err));
    while (result_next(res)) {
        out->fingerprint = result_uint(res, 0);
        out->as_of = result_int(res, 1);
        *out_from_data = result_int(res, 2) != 0;
        copy(out->time_zone, sizeof(out->time_zone), result_text(res, 3));
        copy(out->currency, sizeof(out->currency), result_text(res, 4));
        out->decimals = (int)result_int(res, 5);
        read_unconverted(result_text(res, 6), out);
    }
    return result_status(res, err);
}

static enum err_code set_day(struct view_context *context, struct err *err)
{
    struct zone *zone = NULL;
    struct civil c;

    TRY(zone_open(context->time_zone, &zone, err));
    c = zone_from_utc(zone, context->as_of);
    zone_close(zone);
    context->as_of_day = civil_to_days(c.year, c.month, c.day);
    return ERR_OK;
}

enum err_code view_context_read(struct engine *engine, const struct resolve_options *options,
                                int week_start, struct view_context *out_context, struct err *err)
{
    struct view_context context = {.week_start = week_start, .time_zone = "UTC"};
    bool from_data = false, empty;
    uint64_t now = 0;

    TRY(read_resolved(engine, &context, &from_data, err));
    TRY(query_uint(engine, "insight/fingerprint", &now, err));
    empty = now == 0 && context.as_of == TIME_NONE;
    if (empty)
        context.as_of = timestamp_now();
    TRY(set_day(&context, err));
    context.fresh = empty;
    if (!empty)
        context.fresh =
            context.as_of != TIME_NONE && now == context.fingerprint &&
            (options->as_of == TIME_NONE ? from_data : options->as_of == context.as_of) &&
            strcmp(context.time_zone, options->time_zone) == 0 &&
            (!options->currency || !options->currency[0] ||
             strcmp(context.currency, options->currency) == 0);
    *out_context = context;
    return ERR_OK;
}
