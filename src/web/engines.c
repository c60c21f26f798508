/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/engines.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "web/desk.h"
#include "web/request.h"

enum { WAIT_SECONDS = 15, LOOK_SECONDS = 1, PING_MS = 1000 };

void engines_init(struct engines *engines)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&engines->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&engines->changed, &attr);
    pthread_condattr_destroy(&attr);
}

/* All below, up to the calls of the header, with the lock held; it is given back while an engine
 * starts or ends. */

static void fall_asleep(struct web *web)
{
    struct engines *engines = &web->site->engines;
    struct shop_engine *e = &web->engine;

    e->state = ENGINE_CHANGING;
    pthread_mutex_unlock(&engines->lock);
    desk_rest(web->desk);
    web->shop->work.sleep(web->shop->work.ctx);
    pthread_mutex_lock(&engines->lock);
    e->first = NULL;
    e->state = ENGINE_ASLEEP;
    engines->awake--;
    pthread_cond_broadcast(&engines->changed);
}

static enum err_code wake_up(struct web *web, struct err *err)
{
    struct engines *engines = &web->site->engines;
    struct shop_engine *e = &web->engine;
    enum err_code rc;

    e->state = ENGINE_CHANGING;
    engines->awake++;
    pthread_mutex_unlock(&engines->lock);
    rc = web->shop->work.wake(web->shop->work.ctx, &e->first, err);
    pthread_mutex_lock(&engines->lock);
    e->state = rc == ERR_OK ? ENGINE_AWAKE : ENGINE_ASLEEP;
    engines->awake -= rc != ERR_OK;
    pthread_cond_broadcast(&engines->changed);
    log_line(rc == ERR_OK ? LOG_INFO : LOG_ERROR, "web", "shop=%s engine=%s %s", web->shop->name,
             rc == ERR_OK ? "awake" : "failed", rc == ERR_OK ? "" : err->msg);
    return rc;
}

static struct web *longest_idle(struct site *site)
{
    struct web *found = NULL;

    for (size_t i = 0; i < site->shop_count; i++) {
        struct web *web = &site->shops[i];

        if (web->engine.state == ENGINE_AWAKE && !web->engine.holders &&
            (!found || web->engine.used_us < found->engine.used_us))
            found = web;
    }
    return found;
}

static enum err_code busy(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "the analytics engine is busy");
    err_hint(err, "Try again in a minute.");
    return ERR_UNAVAILABLE;
}

/* False when the time is over. */
static bool wait_change(struct engines *engines, const struct timespec *until)
{
    return pthread_cond_timedwait(&engines->changed, &engines->lock, until) != ETIMEDOUT;
}

static struct timespec deadline(int seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    return until;
}

/* *out_late: no engine came free in time. */
static enum err_code hold(struct web *web, const struct timespec *until, bool *out_late,
                          struct err *err)
{
    struct engines *engines = &web->site->engines;
    struct shop_engine *e = &web->engine;
    const int most = web->options->engines_max;

    *out_late = false;
    while (e->state != ENGINE_AWAKE) {
        struct web *other = longest_idle(web->site);

        if (e->state == ENGINE_CHANGING || (engines->awake >= most && !other)) {
            *out_late = !wait_change(engines, until);
            if (*out_late)
                return busy(err);
        } else if (engines->awake >= most) {
            fall_asleep(other);
        } else {
            TRY(wake_up(web, err));
        }
    }
    e->holders++;
    e->used_us = timestamp_now();
    return ERR_OK;
}

static void release(struct web *web)
{
    web->engine.holders--;
    web->engine.used_us = timestamp_now();
    pthread_cond_broadcast(&web->site->engines.changed);
}

enum err_code engine_hold(struct web *web, struct engine **out_first, struct err *err)
{
    struct timespec until = deadline(WAIT_SECONDS);
    enum err_code rc;
    bool late;

    pthread_mutex_lock(&web->site->engines.lock);
    rc = hold(web, &until, &late, err);
    *out_first = web->engine.first;
    pthread_mutex_unlock(&web->site->engines.lock);
    return rc;
}

enum err_code engine_hold_long(struct web *web, const atomic_bool *cancelled, struct err *err)
{
    enum err_code rc;
    bool late;

    pthread_mutex_lock(&web->site->engines.lock);
    do {
        struct timespec until = deadline(LOOK_SECONDS);

        rc = hold(web, &until, &late, err);
    } while (late && !*cancelled && !web->site->draining);
    pthread_mutex_unlock(&web->site->engines.lock);
    return rc;
}

void engine_release(struct web *web)
{
    pthread_mutex_lock(&web->site->engines.lock);
    release(web);
    pthread_mutex_unlock(&web->site->engines.lock);
}

bool engine_hangs(struct web *web)
{
    struct shop_engine *e = &web->engine;
    bool awake, answers = true;

    pthread_mutex_lock(&web->site->engines.lock);
    awake = e->state == ENGINE_AWAKE;
    e->holders += awake; /* it stays for so long */
    pthread_mutex_unlock(&web->site->engines.lock);
    if (!awake)
        return false;
    answers = engine_answers(e->first, PING_MS);
    pthread_mutex_lock(&web->site->engines.lock);
    e->holders--; /* without a use noted */
    pthread_cond_broadcast(&web->site->engines.changed);
    pthread_mutex_unlock(&web->site->engines.lock);
    return !answers;
}

int engines_awake(struct site *site)
{
    int awake;

    pthread_mutex_lock(&site->engines.lock);
    awake = site->engines.awake;
    pthread_mutex_unlock(&site->engines.lock);
    return awake;
}

void engines_end(struct site *site)
{
    pthread_mutex_lock(&site->engines.lock);
    for (size_t i = 0; i < site->shop_count; i++)
        if (site->shops[i].engine.state == ENGINE_AWAKE)
            fall_asleep(&site->shops[i]);
    pthread_mutex_unlock(&site->engines.lock);
    pthread_cond_destroy(&site->engines.changed);
    pthread_mutex_destroy(&site->engines.lock);
}
