/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/target.h"

#include <pthread.h>

enum { LANES_MAX = 16 };

struct engine_target {
    struct engine *engine;   /* borrowed */
    struct engine *attached; /* owned; the engine of a second way in, else NULL */
    uint32_t import_id;
    char source[64];
    char token[64];
    struct insert *inserts[RECORD_KIND_COUNT]; /* owned; opened when a kind first comes */
    struct engine_target *lanes[LANES_MAX];    /* owned; of further threads */
    struct engine_target *main;                /* of a lane: whose inserts it adds to; else NULL */
    pthread_mutex_t opening;                   /* of `inserts` while there are lanes */
};

struct engine_target *engine_target_new(struct engine *engine)
{
    struct engine_target *et = xcalloc(1, sizeof(*et));

    et->engine = engine;
    pthread_mutex_init(&et->opening, NULL);
    return et;
}

/* Lanes first: they use the inserts. */
static void abandon(struct engine_target *et)
{
    for (size_t i = 0; i < LANES_MAX; i++) {
        engine_target_free(et->lanes[i]);
        et->lanes[i] = NULL;
    }
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        insert_free(et->inserts[kind]);
        et->inserts[kind] = NULL;
    }
}

void engine_target_free(struct engine_target *et)
{
    if (!et)
        return;
    abandon(et);
    engine_close(et->attached);
    pthread_mutex_destroy(&et->opening);
    free(et);
}

void engine_target_freep(struct engine_target **et)
{
    engine_target_free(*et);
}

static enum err_code run_kind(struct engine_target *et, const char *verb, uint32_t import_id,
                              enum record_kind kind, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", import_id)};
    char name[64];

    snprintf(name, sizeof(name), "import/%s_%s", verb, record_layout(kind)->name);
    return engine_run(et->engine, name, params, TM_COUNT(params), err);
}

static enum err_code drop(void *ctx, uint32_t import_id, struct err *err)
{
    struct engine_target *et = ctx;

    abandon(et);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        TRY(run_kind(et, "drop_stage", import_id, (enum record_kind)kind, err));
    return ERR_OK;
}

static enum err_code begin(void *ctx, uint32_t import_id, const char *source, int attempt,
                           struct err *err)
{
    struct engine_target *et = ctx;

    if (attempt > 0)
        TRY(drop(et, import_id, err));
    et->import_id = import_id;
    snprintf(et->source, sizeof(et->source), "%s", source);
    snprintf(et->token, sizeof(et->token), "import-%" PRIu32 "-%d", import_id, attempt);
    return ERR_OK;
}

static enum err_code open_main(struct engine_target *et, enum record_kind kind, struct err *err)
{
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&et->opening);
    if (!et->inserts[kind])
        rc = insert_open_records(et->engine, kind, et->token, &et->inserts[kind], err);
    pthread_mutex_unlock(&et->opening);
    return rc;
}

static enum err_code open_insert(struct engine_target *et, enum record_kind kind, struct err *err)
{
    if (!et->main)
        return open_main(et, kind, err);
    TRY(open_main(et->main, kind, err));
    et->inserts[kind] = insert_lane(et->main->inserts[kind]);
    return ERR_OK;
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct engine_target *et = ctx;

    if (!et->inserts[kind])
        TRY(open_insert(et, kind, err));
    return insert_record(et->inserts[kind], et->import_id, str_of(et->source), record, err);
}

static void *lane(void *ctx, size_t i)
{
    struct engine_target *et = ctx, *lane = engine_target_new(et->engine);

    assert(i < LANES_MAX && !et->lanes[i]);
    et->lanes[i] = lane;
    lane->main = et;
    lane->import_id = et->import_id;
    memcpy(lane->source, et->source, sizeof(lane->source));
    return lane;
}

static enum err_code finish(void *ctx, struct err *err)
{
    struct engine_target *et = ctx;

    for (size_t i = 0; i < LANES_MAX; i++)
        if (et->lanes[i])
            TRY(finish(et->lanes[i], err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (et->inserts[kind])
            TRY(insert_finish(et->inserts[kind], err));
    abandon(et);
    return ERR_OK;
}

static enum err_code count_rows(struct engine_target *et, const char *verb, uint32_t import_id,
                                enum record_kind kind, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *result = NULL;
    const struct param params[] = {PARAM_I64("import_id", import_id)};
    char name[64];

    snprintf(name, sizeof(name), "import/%s_%s", verb, record_layout(kind)->name);
    TRY(engine_query(et->engine, name, params, TM_COUNT(params), &result, err));
    *out_n = result_next(result) ? result_int(result, 0) : 0;
    while (result_next(result))
        ;
    return result_status(result, err);
}

static enum err_code move(void *ctx, uint32_t import_id, enum record_kind kind, int64_t before,
                          int64_t count, struct err *err)
{
    int64_t present = 0;

    TRY(count_rows(ctx, "count", import_id, kind, &present, err));
    if (present == before)
        return run_kind(ctx, "move", import_id, kind, err);
    if (present != before + count)
        return err_set(err, ERR_ENGINE,
                       "import %" PRIu32 " has %" PRId64 " of its %" PRId64 " records (%s)",
                       import_id, present, before + count, record_layout(kind)->name);
    return ERR_OK;
}

static enum err_code known(void *ctx, uint32_t import_id, enum record_kind kind, int64_t *out_n,
                           struct err *err)
{
    return count_rows(ctx, "known", import_id, kind, out_n, err);
}

static enum err_code again(void *ctx, struct target *out_target, struct err *err)
{
    const struct engine_target *et = ctx;
    struct engine_target *second;
    struct engine *engine;

    TRY(engine_attach(et->engine, &engine, err));
    second = engine_target_new(engine);
    second->attached = engine;
    *out_target = engine_target_door(second);
    return ERR_OK;
}

static void close_again(void *ctx)
{
    engine_target_free(ctx);
}

struct target engine_target_door(struct engine_target *et)
{
    return (struct target){et, begin, put, lane, finish, move, drop, known, again, close_again};
}

enum err_code target_drop_moved(struct engine *engine, uint32_t import_id,
                                void (*tell)(void *ctx, double done), void *ctx, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", import_id)};
    char name[64];

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        snprintf(name, sizeof(name), "import/drop_%s", record_layout((enum record_kind)kind)->name);
        TRY(engine_run(engine, name, params, TM_COUNT(params), err));
        if (tell)
            tell(ctx, (double)(kind + 1) / RECORD_KIND_COUNT);
    }
    return ERR_OK;
}
