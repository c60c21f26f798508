/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/duties.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "privacy/duty.h"
#include "store/settings.h"
#include "web/exports.h"
#include "web/feed.h"
#include "web/jobs.h"
#include "web/live.h"
#include "web/whose.h"

enum {
    WAITING = 1 << DUTY_NEW | 1 << DUTY_OPEN | 1 << DUTY_READY | 1 << DUTY_FAILED,
};

/* ---- what may begin ----------------------------------------------------------------------- */

static enum err_code erase_when(struct web *web, enum erase_on_request *out, struct err *err)
{
    struct settings settings;

    TRY(settings_of(web->store, &settings, err));
    *out = settings.erase_on_request;
    return ERR_OK;
}

/* What is looked at, or told, without a word; a file that went because somebody was erased; and an
 * erasure that would come too late for a word. */
static bool may_begin(struct web *web, const struct duty *duty, enum erase_on_request when)
{
    const int64_t time_us = duty->due_us - DUTY_DAYS_BEFORE * 24 * US_PER_HOUR;

    if (duty->kind == DUTY_ERASE_SHOP)
        return false;
    if (duty->state == DUTY_NEW)
        return true;
    if (duty->state == DUTY_READY)
        return !duty_is_late(duty) && !exports_has(web, duty->job);
    return duty->kind == DUTY_ERASE_PERSON && duty->state == DUTY_OPEN &&
           (when == ERASE_AT_ONCE || (when == ERASE_IN_TIME && timestamp_now() >= time_us));
}

/* "" where it is only looked whether there is anything to erase. */
static const char *who_begins(const struct duty *duty, enum erase_on_request when)
{
    return duty->kind == DUTY_ERASE_PERSON && duty->state == DUTY_NEW && when != ERASE_AT_ONCE
               ? ""
               : DUTY_AUTOMATICALLY;
}

/* With the store's lock. Its turn comes as a job. */
static enum err_code begin(struct web *web, struct duty *duty, struct err *err)
{
    const struct job_wish wish = {
        .kind = JOB_DUTY, .path = "", .dir = "", .object = "", .subject = duty->id};

    TRY(jobs_add(web->jobs, &wish, &duty->job, err));
    return store_duty_update(web->store, duty, err);
}

/* One whose job was cancelled before it began waits for a word again. */
static enum err_code let_go(struct web *web, struct duty *duty, struct err *err)
{
    duty->state = DUTY_OPEN;
    duty->job = 0;
    duty->actor[0] = '\0';
    return store_duty_update(web->store, duty, err);
}

/* The first that may; one at a time. */
static enum err_code choose(struct web *web, struct duty *duties, size_t n,
                            enum erase_on_request when, struct err *err)
{
    struct duty *next = NULL;

    for (size_t i = 0; i < n; i++) {
        struct duty *d = &duties[i];

        if (d->state == DUTY_WORKING && d->job && jobs_stage(web->jobs, d->job) != STAGE_OVER)
            return ERR_OK;
        if (d->state == DUTY_WORKING && d->job)
            TRY(let_go(web, d, err));
        else if (!next && (d->state == DUTY_WORKING || may_begin(web, d, when)))
            next = d;
    }
    if (!next)
        return ERR_OK;
    if (next->state != DUTY_WORKING)
        snprintf(next->actor, sizeof(next->actor), "%s", who_begins(next, when));
    next->state = DUTY_WORKING;
    next->problem[0] = '\0';
    return begin(web, next, err);
}

static enum err_code look(struct web *web, struct err *err)
{
    struct duty *duties = xcalloc(DUTIES_LISTED, sizeof(*duties));
    enum erase_on_request when = ERASE_IN_TIME;
    size_t n = 0;
    enum err_code rc = duties_settle(web->store, err);

    if (rc == ERR_OK)
        rc = erase_when(web, &when, err);
    if (rc == ERR_OK)
        rc = store_duties_list(web->store, duties, DUTIES_LISTED, &n, err);
    if (rc == ERR_OK)
        rc = choose(web, duties, n, when, err);
    free(duties);
    return rc;
}

void duties_look(struct web *web)
{
    struct err err = ERR_INIT;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = look(web, &err);
    pthread_mutex_unlock(&web->lock);
    /* With too much waiting already it is looked again when a job has ended. */
    if (rc != ERR_OK && rc != ERR_UNAVAILABLE)
        log_line(LOG_ERROR, "web", "requests by law not looked at: %s", err.msg);
}

enum err_code duties_open(struct web *web, struct err *err)
{
    return store_duties_resume(web->store, err);
}

/* ---- the work ----------------------------------------------------------------------------- */

/* What memory has of a source. */
static void forget_at_once(struct web *web, int64_t source)
{
    feed_forget_source(web->feed, source);
    whose_forget(web->whose);
}

/* From here on it takes nothing more, and what it said is told to nobody who watches. */
static enum err_code close_source(struct web *web, int64_t source, struct err *err)
{
    struct err gone = ERR_INIT;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = store_source_revoke(web->store, source, &gone);
    if (rc == ERR_OK || rc == ERR_NOT_FOUND)
        rc = live_reload(web->live, web->store, err);
    else
        *err = gone;
    pthread_mutex_unlock(&web->lock);
    forget_at_once(web, source);
    return rc;
}

static enum err_code work(struct web *web, struct web_duty *wish, int64_t job, struct buf *out,
                          struct err *err)
{
    struct duty *duty = wish->duty;
    char path[1400];
    enum err_code rc;

    TRY(exports_path(web, job, path, sizeof(path), err));
    wish->path = path;
    if (duty->kind == DUTY_ERASE_SHOP)
        TRY(close_source(web, duty->source, err));
    rc = web->work.do_duty(web->work.ctx, wish, out, err);
    if (duty->kind == DUTY_ERASE_SHOP)
        forget_at_once(web, duty->source); /* what was read meanwhile */
    if (rc == ERR_OK && duty->kind == DUTY_TELL && !duty->nothing)
        exports_keep(web, job, duty->due_us);
    return rc;
}

/* What has become of it. */
static void judge(struct duty *duty, const struct web_duty *wish, enum err_code rc,
                  const struct err *why)
{
    const bool told = duty->kind == DUTY_TELL && !duty->nothing;

    if (rc == ERR_OK && !wish->waits && !duty->actor[0])
        snprintf(duty->actor, sizeof(duty->actor), "%s", DUTY_AUTOMATICALLY);
    if (rc == ERR_OK)
        duty->state = wish->waits ? DUTY_OPEN : told ? DUTY_READY : DUTY_DONE;
    else
        duty->state = rc == ERR_CANCELLED ? DUTY_OPEN : DUTY_FAILED;
    if (duty->state == DUTY_FAILED)
        snprintf(duty->problem, sizeof(duty->problem), "%s", why->msg);
    if (duty->state == DUTY_OPEN) {
        duty->actor[0] = '\0';
        duty->job = 0;
    }
}

/* Cut off by the server's own end it goes on at the next start. */
static enum err_code keep(struct web *web, struct duty *duty, const struct web_duty *wish,
                          enum err_code rc, const struct err *why, struct err *err)
{
    if (rc == ERR_CANCELLED && *web->options->stop)
        return ERR_OK;
    judge(duty, wish, rc, why);
    pthread_mutex_lock(&web->lock);
    rc = store_duty_update(web->store, duty, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

enum err_code duties_do(struct web *web, int64_t id, int64_t job, struct buf *out, struct err *err)
{
    struct duty duty;
    struct web_duty wish = {.duty = &duty};
    struct err why = ERR_INIT, unheard = ERR_INIT;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = store_duty_get(web->store, id, &duty, err);
    pthread_mutex_unlock(&web->lock);
    if (rc != ERR_OK || duty.state != DUTY_WORKING)
        return rc;
    wish.look = !duty.actor[0];
    rc = work(web, &wish, job, out, &why);
    if (keep(web, &duty, &wish, rc, &why, &unheard) != ERR_OK)
        log_line(LOG_ERROR, "web", "duty=%" PRId64 " not noted: %s", id, unheard.msg);
    duties_look(web);
    if (rc != ERR_OK)
        *err = why;
    return rc;
}

/* ---- the word ----------------------------------------------------------------------------- */

static enum err_code take(struct web *web, int64_t id, enum duty_state to, const char *actor,
                          struct duty *out, struct err *err)
{
    bool taken;

    TRY(store_duty_get(web->store, id, out, err));
    TRY(store_duty_take(web->store, id, WAITING, to, actor, &taken, err));
    if (!taken)
        return err_set(err, ERR_EXISTS, "the request is under way or done already");
    return ERR_OK;
}

enum err_code duties_begin(struct web *web, int64_t id, const char *actor, struct err *err)
{
    struct duty duty;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = take(web, id, DUTY_WORKING, actor, &duty, err);
    pthread_mutex_unlock(&web->lock);
    if (rc == ERR_OK)
        duties_look(web);
    return rc;
}

enum err_code duties_mark(struct web *web, int64_t id, const char *actor, struct err *err)
{
    struct err gone = ERR_INIT;
    struct duty duty;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = take(web, id, DUTY_DONE, actor, &duty, err);
    pthread_mutex_unlock(&web->lock);
    if (rc == ERR_OK && duty.kind == DUTY_TELL && duty.job &&
        exports_remove(web, duty.job, &gone) != ERR_OK && gone.code != ERR_NOT_FOUND)
        log_line(LOG_ERROR, "web", "duty=%" PRId64 ": %s", id, gone.msg);
    return rc;
}
