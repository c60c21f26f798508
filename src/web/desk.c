/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/desk.h"

#include "insight/view_xlsx.h"

#include "base/digest.h"
#include "base/i18n.h"
#include "web/dispatch.h"
#include "web/engines.h"
#include "web/kept.h"
#include "web/request.h"

#include <pthread.h>

/* Statements at a time: the engine shares out two processors. */
enum { LANES = 4, LANE_WAIT_SECONDS = 20, STATEMENT_MS = 30000 };
enum { KEPT_BYTES = 32 << 20, KEY_MAX = 16384, FIRST_WAIT_SECONDS = 5 };

struct lane {
    struct engine *engine; /* NULL: not made yet */
    bool busy;
};

struct desk {
    struct web *web;
    int64_t since_us;        /* answers of another process are others: it may be another program */
    pthread_rwlock_t tables; /* read: views; written: when tables change places */
    struct kept *kept;
    struct view_memory *memory; /* of the tables: who may read them may read it */
    pthread_mutex_t lock;       /* what follows */
    pthread_cond_t freed, told;
    bool stopped, held, known;
    struct view_context context;
    uint64_t serial; /* of the tables: they are others when it has changed */
    uint64_t doubts, doubts_seen;
    uint64_t failures; /* to make tables */
    struct lane lanes[LANES];
};

struct desk *desk_new(struct web *web)
{
    struct desk *desk = xcalloc(1, sizeof(*desk));
    pthread_rwlockattr_t prefer;
    pthread_condattr_t attr;

    desk->web = web;
    desk->since_us = timestamp_now();
    desk->kept = kept_new(KEPT_BYTES);
    pthread_mutex_init(&desk->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&desk->freed, &attr);
    pthread_cond_init(&desk->told, &attr);
    pthread_condattr_destroy(&attr);
    pthread_rwlockattr_init(&prefer);
    pthread_rwlockattr_setkind_np(&prefer, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&desk->tables, &prefer);
    pthread_rwlockattr_destroy(&prefer);
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
    pthread_cond_broadcast(&desk->told);
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
    kept_free(desk->kept);
    view_memory_free(desk->memory);
    pthread_rwlock_destroy(&desk->tables);
    pthread_cond_destroy(&desk->told);
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
        engine_set_limits(lane->engine, STATEMENT_MS, 1);
    }
    lane->busy = true;
    return ERR_OK;
}

static enum err_code is_ending(struct err *err)
{
    return err_set(err, ERR_UNAVAILABLE, "the server is ending");
}

static enum err_code too_many(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "too many ask for the shop's numbers at once");
    err_hint(err, "Try again in a moment.");
    return ERR_UNAVAILABLE;
}

static struct timespec seconds_from_now(int seconds)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += seconds;
    return at;
}

static enum err_code has_left(struct err *err)
{
    return err_set(err, ERR_CANCELLED, "nobody waits for the answer any more");
}

/* One answer in the making. */
struct making {
    struct desk *desk;
    const struct desk_wish *wish; /* NULL: a loan, for nobody else */
    struct view_context context;
    uint64_t serial;
    struct kept_asker asker;
    struct lane *lane; /* under the desk's lock, with what follows */
    bool left, cancelled;
};

/* `m`: for whom, who may leave; or NULL. */
static enum err_code take_lane(struct desk *desk, struct engine *first, struct making *m,
                               struct lane **out_lane, struct err *err)
{
    enum err_code rc = ERR_OK;
    struct timespec until = seconds_from_now(LANE_WAIT_SECONDS);
    int waited = 0;

    pthread_mutex_lock(&desk->lock);
    while (!desk->stopped && !(m && m->left) && waited == 0 && !(*out_lane = find_lane(desk)))
        waited = pthread_cond_timedwait(&desk->freed, &desk->lock, &until);
    if (desk->stopped)
        rc = is_ending(err);
    else if (m && m->left)
        rc = has_left(err);
    else
        rc = *out_lane ? open_lane(first, *out_lane, err) : too_many(err);
    if (m && rc == ERR_OK)
        m->lane = *out_lane;
    pthread_mutex_unlock(&desk->lock);
    return rc;
}

static void give_lane(struct desk *desk, struct making *m, struct lane *lane)
{
    pthread_mutex_lock(&desk->lock);
    if (m)
        m->lane = NULL;
    if (m && m->cancelled && !desk->stopped)
        engine_uncancel(lane->engine);
    lane->busy = false;
    pthread_cond_broadcast(&desk->freed);
    pthread_mutex_unlock(&desk->lock);
}

/* The asker's connection was closed (watch.c). */
static void leave(void *ctx)
{
    struct making *m = ctx;
    bool alone = !m->wish || kept_leave(m->desk->kept, &m->asker);

    pthread_mutex_lock(&m->desk->lock);
    m->left = m->left || alone;
    if (m->left && m->lane && !m->cancelled) {
        m->cancelled = true;
        engine_cancel(m->lane->engine);
    }
    if (alone)
        pthread_cond_broadcast(&m->desk->freed);
    pthread_mutex_unlock(&m->desk->lock);
}

void desk_hold(struct desk *desk)
{
    pthread_rwlock_wrlock(&desk->tables);
    pthread_mutex_lock(&desk->lock);
    desk->held = true;
    pthread_mutex_unlock(&desk->lock);
}

void desk_set(struct desk *desk, const struct view_context *context, struct view_memory *memory)
{
    bool held;

    pthread_mutex_lock(&desk->lock);
    held = desk->held; /* by this thread */
    pthread_mutex_unlock(&desk->lock);
    if (!held && memory)
        pthread_rwlock_wrlock(&desk->tables);
    if (held || memory) {
        view_memory_free(desk->memory);
        desk->memory = memory;
    }
    pthread_mutex_lock(&desk->lock);
    desk->known = context != NULL;
    if (context) {
        desk->context = *context;
        desk->context.fresh = context->fresh && desk->doubts == desk->doubts_seen;
    }
    desk->held = false;
    desk->serial += held || memory;
    pthread_cond_broadcast(&desk->told);
    pthread_mutex_unlock(&desk->lock);
    if (held || memory)
        pthread_rwlock_unlock(&desk->tables);
}

void desk_mark(struct desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->doubts_seen = desk->doubts;
    pthread_mutex_unlock(&desk->lock);
}

void desk_doubt(struct desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->doubts++;
    desk->context.fresh = false;
    pthread_mutex_unlock(&desk->lock);
}

void desk_forget(struct desk *desk)
{
    kept_clear(desk->kept);
}

bool desk_is_fresh(struct desk *desk)
{
    bool fresh;

    pthread_mutex_lock(&desk->lock);
    fresh = desk->known && desk->context.fresh;
    pthread_mutex_unlock(&desk->lock);
    return fresh;
}

bool desk_is_settled(struct desk *desk)
{
    bool settled;

    pthread_mutex_lock(&desk->lock);
    settled = desk->known || desk->failures;
    pthread_mutex_unlock(&desk->lock);
    return settled;
}

void desk_failed(struct desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->failures++;
    pthread_cond_broadcast(&desk->told);
    pthread_mutex_unlock(&desk->lock);
}

static bool is_known(struct desk *desk, uint64_t *out_failures)
{
    bool known;

    pthread_mutex_lock(&desk->lock);
    known = desk->known;
    *out_failures = desk->failures;
    pthread_mutex_unlock(&desk->lock);
    return known;
}

static enum err_code not_ready(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "the shop's numbers are being made ready");
    err_hint(err, "Try again in a moment; the jobs tell how far it is.");
    return ERR_UNAVAILABLE;
}

/* At the start of the server, and when tables change places, it is told soon. */
static enum err_code take_context(struct desk *desk, struct view_context *out, uint64_t *out_serial,
                                  struct err *err)
{
    struct timespec until = seconds_from_now(FIRST_WAIT_SECONDS);
    enum err_code rc = ERR_OK;
    uint64_t failures;
    int waited = 0;

    if (!is_known(desk, &failures))
        jobs_want_resolve(desk->web->jobs, false);
    pthread_mutex_lock(&desk->lock);
    while (!desk->known && !desk->stopped && desk->failures == failures && waited == 0)
        waited = pthread_cond_timedwait(&desk->told, &desk->lock, &until);
    *out = desk->context;
    *out_serial = desk->serial;
    if (desk->stopped)
        rc = is_ending(err);
    else if (!desk->known || (!out->fresh && !out->fingerprint))
        rc = not_ready(err);
    pthread_mutex_unlock(&desk->lock);
    return rc;
}

static bool still(struct desk *desk, uint64_t serial)
{
    bool same;

    pthread_mutex_lock(&desk->lock);
    same = desk->serial == serial;
    pthread_mutex_unlock(&desk->lock);
    return same;
}

static enum err_code write_answer(const struct desk_wish *wish, const struct view_request *request,
                                  struct buf *out, struct err *err)
{
    if (wish->format == DESK_XLSX)
        return view_xlsx(wish->view, request, out, err);
    return view_answer(wish->view, request, wish->format == DESK_CSV ? VIEW_CSV : VIEW_JSON, out,
                       err);
}

/* `engine`: NULL unless the view asks it. */
static enum err_code make_with(struct making *m, struct engine *engine, struct buf *out,
                               struct err *err)
{
    struct view_request request = {engine, NULL, &m->context, m->wish->args, m->wish->arg_count};
    enum err_code rc;

    pthread_rwlock_rdlock(&m->desk->tables);
    request.memory = m->desk->memory;
    rc = request.memory && still(m->desk, m->serial) ? ERR_OK : not_ready(err);
    if (rc == ERR_OK)
        rc = write_answer(m->wish, &request, out, err);
    pthread_rwlock_unlock(&m->desk->tables);
    return rc;
}

static enum err_code ask_known(struct engine *engine, const char *number, bool *out_known,
                               struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out_known = false;
    TRY(engine_query(engine, "identity/known", (const struct param[]){PARAM_STRZ("id", number)}, 1,
                     &res, err));
    while (result_next(res))
        *out_known = result_uint(res, 0) > 0;
    return result_status(res, err);
}

enum err_code desk_knows(struct desk *desk, const char *number, bool *out_known, struct err *err)
{
    struct lane *lane = NULL;
    struct engine *first;
    enum err_code rc;

    TRY(engine_hold(desk->web, &first, err));
    rc = take_lane(desk, first, NULL, &lane, err);
    if (rc == ERR_OK) {
        pthread_rwlock_rdlock(&desk->tables);
        rc = ask_known(lane->engine, number, out_known, err);
        pthread_rwlock_unlock(&desk->tables);
        give_lane(desk, NULL, lane);
    }
    engine_release(desk->web);
    return rc;
}

/* ---- loans -------------------------------------------------------------------------------- */

struct desk_loan {
    struct making m;
    struct MHD_Connection *connection;
};

enum err_code desk_lend(struct desk *desk, struct MHD_Connection *connection,
                        struct desk_loan **out, struct engine **out_engine, struct err *err)
{
    struct desk_loan *loan = xcalloc(1, sizeof(*loan));
    struct lane *lane = NULL;
    struct engine *first;
    enum err_code rc = engine_hold(desk->web, &first, err);

    *loan = (struct desk_loan){.m = {.desk = desk}, .connection = connection};
    if (rc != ERR_OK) {
        free(loan);
        return rc;
    }
    if (connection)
        watch_left(connection, leave, &loan->m);
    rc = take_lane(desk, first, &loan->m, &lane, err);
    if (rc == ERR_OK) {
        *out = loan;
        *out_engine = lane->engine;
        return ERR_OK;
    }
    if (connection)
        watch_left(connection, NULL, NULL);
    engine_release(desk->web);
    free(loan);
    return rc;
}

bool desk_take_back(struct desk_loan *loan)
{
    struct desk *desk;
    bool left;

    if (!loan)
        return false;
    desk = loan->m.desk;
    if (loan->connection)
        watch_left(loan->connection, NULL, NULL);
    left = loan->m.left;
    give_lane(desk, &loan->m, loan->m.lane);
    engine_release(desk->web);
    free(loan);
    return left;
}

/* ---- answers ------------------------------------------------------------------------------ */

/* Made as if fresh: the same rows are kept once. */
static enum err_code make(void *ctx, struct buf *out, struct err *err)
{
    struct making *m = ctx;
    struct lane *lane = NULL;
    struct engine *first;
    enum err_code rc = ERR_OK;

    if (!m->wish->view->asks_engine)
        return make_with(m, NULL, out, err);
    TRY(engine_hold(m->desk->web, &first, err));
    rc = take_lane(m->desk, first, m, &lane, err);
    if (rc == ERR_OK) {
        rc = make_with(m, lane->engine, out, err);
        give_lane(m->desk, m, lane);
    }
    engine_release(m->desk->web);
    return rc;
}

/* All that an answer depends on. */
static enum err_code add_key(const struct making *m, struct buf *key, struct err *err)
{
    const struct view_context *c = &m->context;
    const struct view_request request = {NULL, NULL, c, m->wish->args, m->wish->arg_count};

    buf_addf(key, "%s %" PRIx64 " %" PRId64 " %" PRId64 " %" PRIu64 " %s %s %d %d %d ",
             TIDEMARK_VERSION, m->desk->since_us, c->fingerprint, c->as_of, m->serial, c->time_zone,
             c->currency, c->week_start, m->wish->format,
             m->wish->format == DESK_XLSX ? (int)i18n_current() : 0);
    return view_key(m->wish->view, &request, key, err);
}

static void set_etag(struct str key, bool fresh, char *out, size_t size)
{
    char digest[DIGEST_HEX];

    digest_of(key, digest);
    snprintf(out, size, "\"%.32s%s\"", digest, fresh ? "" : "-s");
}

static enum err_code answer_once(struct making *m, struct desk_told *told, struct buf *out,
                                 struct err *err)
{
    TM_CLEANUP(buf_release) struct buf key = BUF_INIT(KEY_MAX);
    TM_CLEANUP(buf_release) struct buf made = BUF_INIT(out->limit);

    TRY(take_context(m->desk, &m->context, &m->serial, err));
    told->fresh = m->context.fresh;
    m->context.fresh = true;
    TRY(add_key(m, &key, err));
    set_etag(buf_str(&key), told->fresh, told->etag, sizeof(told->etag));
    told->same = m->wish->etag && strstr(m->wish->etag, told->etag);
    if (told->same)
        return ERR_OK;
    if (told->fresh || m->wish->format != DESK_JSON)
        return kept_answer(m->desk->kept, buf_str(&key), &m->asker, out, err);
    TRY(kept_answer(m->desk->kept, buf_str(&key), &m->asker, &made, err));
    view_add_stale(out, buf_str(&made));
    return ERR_OK;
}

/* Tables that changed places meanwhile are asked once more. */
static enum err_code answer(struct making *m, struct desk_told *told, struct buf *out,
                            struct err *err)
{
    enum err_code rc = answer_once(m, told, out, err);

    if (rc == ERR_OK || rc == ERR_INVALID || rc == ERR_CANCELLED || still(m->desk, m->serial))
        return rc;
    return answer_once(m, told, out, err);
}

enum err_code desk_answer(struct desk *desk, const struct desk_wish *wish,
                          struct desk_told *out_told, struct buf *out, struct err *err)
{
    struct making m = {.desk = desk, .wish = wish};
    enum err_code rc;

    m.asker = (struct kept_asker){.make = make, .ctx = &m};
    if (wish->connection)
        watch_left(wish->connection, leave, &m);
    rc = answer(&m, out_told, out, err);
    if (wish->connection)
        watch_left(wish->connection, NULL, NULL);
    out_told->left = m.asker.left;
    return rc;
}

static bool needs_nothing(const struct view *view)
{
    for (size_t i = 0; i < view->param_count; i++)
        if (view->params[i].required)
            return false;
    return true;
}

enum err_code desk_warm(struct desk *desk, bool (*go_on)(void *ctx, double done), void *ctx,
                        struct err *err)
{
    size_t n = 0;

    while (views[n])
        n++;
    for (size_t i = 0; i < n && go_on(ctx, (double)i / (double)n); i++) {
        TM_CLEANUP(buf_release) struct buf out = BUF_INIT(64 << 20);
        const struct desk_wish wish = {.view = views[i]};
        struct desk_told told;

        if (needs_nothing(views[i]))
            TRY(desk_answer(desk, &wish, &told, &out, err));
    }
    return ERR_OK;
}

void desk_count(struct desk *desk, int64_t *out_found, int64_t *out_made)
{
    kept_count(desk->kept, out_found, out_made);
}
