/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/desk.h"

#include "insight/view_xlsx.h"
#include "web/engines.h"

#include <pthread.h>

/* Statements at a time: the engine shares out two processors. */
enum { LANES = 4, LANE_WAIT_SECONDS = 20, STATEMENT_MS = 30000 };

struct lane {
    struct engine *engine; /* NULL: not made yet */
    bool busy;
};

struct desk {
    struct web *web;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    bool stopped;
    struct lane lanes[LANES];
};

struct desk *desk_new(struct web *web)
{
    struct desk *desk = xcalloc(1, sizeof(*desk));
    pthread_condattr_t attr;

    desk->web = web;
    pthread_mutex_init(&desk->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&desk->freed, &attr);
    pthread_condattr_destroy(&attr);
    return desk;
}

void desk_stop(struct desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->stopped = true;
    for (size_t i = 0; i < LANES; i++)
        if (desk->lanes[i].busy)
            engine_cancel(desk->lanes[i].engine);
    pthread_cond_broadcast(&desk->freed);
    pthread_mutex_unlock(&desk->lock);
}

void desk_rest(struct desk *desk)
{
    for (size_t i = 0; desk && i < LANES; i++) {
        assert(!desk->lanes[i].busy);
        engine_close(desk->lanes[i].engine);
        desk->lanes[i].engine = NULL;
    }
}

void desk_free(struct desk *desk)
{
    if (!desk)
        return;
    desk_rest(desk);
    pthread_cond_destroy(&desk->freed);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

static struct lane *find_lane(struct desk *desk)
{
    for (size_t i = 0; i < LANES; i++)
        if (!desk->lanes[i].busy)
            return &desk->lanes[i];
    return NULL;
}

/* With the lock held. */
static enum err_code open_lane(struct engine *first, struct lane *lane, struct err *err)
{
    if (!lane->engine) {
        TRY(engine_attach(first, &lane->engine, err));
        engine_set_timeout(lane->engine, STATEMENT_MS);
    }
    lane->busy = true;
    return ERR_OK;
}

static enum err_code too_many(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "too many ask for the shop's numbers at once");
    err_hint(err, "Try again in a moment.");
    return ERR_UNAVAILABLE;
}

static enum err_code take_lane(struct desk *desk, struct engine *first, struct lane **out_lane,
                               struct err *err)
{
    enum err_code rc = ERR_OK;
    struct timespec until;
    int waited = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LANE_WAIT_SECONDS;
    pthread_mutex_lock(&desk->lock);
    while (!desk->stopped && waited == 0 && !(*out_lane = find_lane(desk)))
        waited = pthread_cond_timedwait(&desk->freed, &desk->lock, &until);
    if (desk->stopped)
        rc = err_set(err, ERR_UNAVAILABLE, "the server is ending");
    else
        rc = *out_lane ? open_lane(first, *out_lane, err) : too_many(err);
    pthread_mutex_unlock(&desk->lock);
    return rc;
}

static void give_lane(struct desk *desk, struct lane *lane)
{
    pthread_mutex_lock(&desk->lock);
    lane->busy = false;
    pthread_cond_signal(&desk->freed);
    pthread_mutex_unlock(&desk->lock);
}

static enum err_code not_ready(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "the shop's numbers are being made ready");
    err_hint(err, "Try again in a moment; the jobs tell how far it is.");
    return ERR_UNAVAILABLE;
}

static enum err_code read_context(struct engine *engine, const struct settings *settings,
                                  struct view_context *out, struct err *err)
{
    const struct resolve_options how = {
        .time_zone = settings->time_zone, .currency = settings->currency, .as_of = TIME_NONE};

    TRY(view_context_read(engine, &how, settings_first_weekday(settings), out, err));
    return out->fresh || out->fingerprint ? ERR_OK : not_ready(err);
}

static enum err_code write_answer(const struct desk_wish *wish, const struct view_request *request,
                                  struct buf *out, struct err *err)
{
    if (wish->format == DESK_XLSX)
        return view_xlsx(wish->view, request, out, err);
    return view_answer(wish->view, request, wish->format == DESK_CSV ? VIEW_CSV : VIEW_JSON, out,
                       err);
}

/* Tables that were made anew while they were read gave no answer. */
static enum err_code answer(struct engine *engine, const struct settings *settings,
                            const struct desk_wish *wish, struct buf *out, struct err *err)
{
    struct view_context before, after;
    const struct view_request request = {engine, &before, wish->args, wish->arg_count};

    TRY(read_context(engine, settings, &before, err));
    TRY(write_answer(wish, &request, out, err));
    TRY(read_context(engine, settings, &after, err));
    return before.fingerprint == after.fingerprint ? ERR_OK : not_ready(err);
}

enum err_code desk_answer(struct desk *desk, const struct settings *settings,
                          const struct desk_wish *wish, struct buf *out, struct err *err)
{
    struct lane *lane = NULL;
    struct engine *first;
    enum err_code rc;

    TRY(engine_hold(desk->web, &first, err));
    rc = take_lane(desk, first, &lane, err);
    if (rc == ERR_OK) {
        rc = answer(lane->engine, settings, wish, out, err);
        give_lane(desk, lane);
    }
    engine_release(desk->web);
    return rc;
}
