/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/jobs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "web/desk.h"
#include "web/duties.h"
#include "web/exports.h"
#include "web/jobs_parts.h"
#include "web/request.h"
#include "web/segments.h"

enum { STALLED_MINUTES = 11 };

/* Files often come one after another: they are joined with the rest when all are in. */
static const int64_t resolve_after_us = 3 * US_PER_SECOND / 2;

/* How often the worker looks whether much has come, while a resolving is to come. */
static const int64_t look_us = US_PER_SECOND / 5;

/* Between two resolvings for what comes live: figures are made anew a sixth of the time at most. */
static const int64_t live_rest_us = 60 * US_PER_SECOND;
enum { LIVE_REST_TIMES = 5 };

bool job_is_over(const struct job *job)
{
    return job->kept.state >= JOB_DONE;
}

struct job *job_find(struct jobs *jobs, int64_t id)
{
    struct job *job = &jobs->jobs[(uint64_t)id % JOBS_LIVE];

    return id > 0 && job->kept.id == id ? job : NULL;
}

static void tell(struct jobs *jobs, struct job *job)
{
    job->version++;
    job->news_us = timestamp_now();
    pthread_cond_broadcast(&jobs->news);
}

static enum err_code write_down(struct jobs *jobs, const struct job *job, struct err *err)
{
    return store_job_put(jobs->store, &job->kept, str_of(job->result ? job->result : ""), err);
}

/* What becomes of a job does not hang on whether that could be noted. */
static void note(struct jobs *jobs, const struct job *job)
{
    struct err err = ERR_INIT;

    if (write_down(jobs, job, &err) != ERR_OK)
        log_line(LOG_ERROR, "web", "job=%" PRId64 " not noted: %s", job->kept.id, err.msg);
}

/* Resolving comes when nothing else waits, and segments when it need not be done either. */
static int rank_of(const struct job *job)
{
    return job->kept.kind == JOB_SEGMENTS ? 2 : job->kept.kind == JOB_RESOLVE ? 1 : 0;
}

static bool goes_before(const struct job *a, const struct job *b)
{
    return rank_of(a) != rank_of(b) ? rank_of(a) < rank_of(b) : a->kept.id < b->kept.id;
}

/* The next that may begin, or NULL; *out_until_us: when to look again, or INT64_MAX. */
static struct job *next_waiting(struct jobs *jobs, int64_t *out_until_us)
{
    const int64_t now_us = timestamp_now();
    struct job *next = NULL;

    *out_until_us = INT64_MAX;
    for (size_t i = 0; i < JOBS_LIVE; i++) {
        struct job *job = &jobs->jobs[i];

        if (!job->kept.id || job->kept.state != JOB_WAITING)
            continue;
        if (job->not_before_us > now_us)
            *out_until_us = job->not_before_us < *out_until_us ? job->not_before_us : *out_until_us;
        else if (!next || goes_before(job, next))
            next = job;
    }
    return next;
}

static struct job *running(struct jobs *jobs)
{
    for (size_t i = 0; i < JOBS_LIVE; i++)
        if (jobs->jobs[i].kept.id && jobs->jobs[i].kept.state == JOB_RUNNING)
            return &jobs->jobs[i];
    return NULL;
}

static bool warming(void *ctx, double done)
{
    struct jobs *jobs = ctx;
    struct job *job;
    bool go_on;

    jobs_progress(jobs, _("making the pages ready"), done);
    pthread_mutex_lock(&jobs->lock);
    job = running(jobs);
    go_on = !jobs->stop && job && !job->cancel;
    pthread_mutex_unlock(&jobs->lock);
    return go_on;
}

static enum err_code resolve_and_warm(struct jobs *jobs, struct err *err)
{
    struct err cold = ERR_INIT;

    TRY(jobs->work->resolve(jobs->work->ctx, err));
    if (desk_warm(jobs->web->desk, warming, jobs, &cold) != ERR_OK)
        log_line(LOG_ERROR, "web", "pages not made ready: %s", cold.msg);
    cold = (struct err)ERR_INIT;
    if (!jobs->stop && jobs->work->suggest(jobs->work->ctx, &cold) != ERR_OK)
        log_line(LOG_ERROR, "web", "people who may be one not looked for: %s", cold.msg);
    return ERR_OK;
}

static enum err_code work(struct jobs *jobs, const struct job *job, struct buf *out,
                          struct err *err)
{
    struct web_ads ads = job->ads;
    const struct web_person person = {
        .who = job->who, .actor = job->actor, .dry_run = job->kept.kind == JOB_COUNT};

    switch ((enum job_kind)job->kept.kind) {
    case JOB_IMPORT:
        return jobs->work->import(jobs->work->ctx, job->path, &job->reading, out, err);
    case JOB_UNDO:
        return jobs->work->undo(jobs->work->ctx, (uint32_t)job->subject, err);
    case JOB_RESOLVE:
        return resolve_and_warm(jobs, err);
    case JOB_EXPORT:
        return exports_fill(jobs->web, job->kept.id, &person, out, err);
    case JOB_COUNT:
    case JOB_ERASE:
        return jobs->work->erase_person(jobs->work->ctx, &person, out, err);
    case JOB_DUTY:
        return duties_do(jobs->web, job->subject, job->kept.id, out, err);
    case JOB_SEGMENTS:
        return web_make_segments(jobs->web, err);
    case JOB_ADS:
        ads.actor = job->actor;
        return jobs->work->make_ads(jobs->work->ctx, &ads, out, err);
    case JOB_ASSESS:
        break;
    }
    return jobs->work->assess(jobs->work->ctx, err);
}

/* With the lock held. */
static void end(struct jobs *jobs, struct job *job, enum err_code rc, const struct err *err)
{
    job->kept.state = rc == ERR_OK  ? JOB_DONE
                      : jobs->stop  ? JOB_INTERRUPTED
                      : job->cancel ? JOB_CANCELLED
                                    : JOB_FAILED;
    job->kept.ended_us = timestamp_now();
    job->stalled = job->firm = false;
    memset(job->who, 0, sizeof(job->who));
    if (rc == ERR_OK) {
        job->done = 1;
    } else {
        job->kept.error = (int)err->code;
        snprintf(job->kept.problem, sizeof(job->kept.problem), "%s", err->msg);
        snprintf(job->kept.hint, sizeof(job->kept.hint), "%s", err->hint);
    }
    *(rc == ERR_OK ? &jobs->done : &jobs->failed) += 1;
    note(jobs, job);
    log_line(rc == ERR_OK || job->cancel ? LOG_INFO : LOG_ERROR, "web",
             "job=%" PRId64 " kind=%s state=%s ms=%" PRId64 " %s", job->kept.id,
             job_kind_names[job->kept.kind], job_state_names[job->kept.state],
             (job->kept.ended_us - job->kept.made_us) / 1000, rc == ERR_OK ? "" : err->msg);
    tell(jobs, job);
}

static struct job *add(struct jobs *jobs, const struct job_wish *wish, struct err *err);

/* With the lock held. One is enough for all that has changed. */
static void want_resolve(struct jobs *jobs, bool changed)
{
    const struct job_wish wish = {.kind = JOB_RESOLVE, .path = "", .dir = "", .object = ""};
    struct err err = ERR_INIT;
    struct job *job = NULL;

    for (size_t i = 0; i < JOBS_LIVE; i++)
        if (jobs->jobs[i].kept.id && jobs->jobs[i].kept.kind == JOB_RESOLVE &&
            (jobs->jobs[i].kept.state == JOB_WAITING ||
             (!changed && jobs->jobs[i].kept.state == JOB_RUNNING)))
            job = &jobs->jobs[i];
    if (job && !changed) {
        job->not_before_us = 0; /* one for what came live may be meant for later */
        tell(jobs, job);
        return;
    }
    if (!job)
        job = add(jobs, &wish, &err);
    if (job)
        job->not_before_us = changed ? timestamp_now() + resolve_after_us : 0;
    else
        log_line(LOG_ERROR, "web", "the records are not resolved: %s", err.msg);
}

/* With the lock held. */
static bool want_live(struct jobs *jobs)
{
    const struct job_wish wish = {.kind = JOB_RESOLVE, .path = "", .dir = "", .object = ""};
    int64_t soon = timestamp_now() + resolve_after_us;
    struct err err = ERR_INIT;
    struct job *job;

    for (size_t i = 0; i < JOBS_LIVE; i++)
        if (jobs->jobs[i].kept.id && jobs->jobs[i].kept.kind == JOB_RESOLVE &&
            jobs->jobs[i].kept.state == JOB_WAITING)
            return true;
    job = add(jobs, &wish, &err);
    if (!job)
        return false;
    job->live = true;
    job->not_before_us = soon > jobs->rested_us ? soon : jobs->rested_us;
    return true;
}

/* A resolving for what came live has ended. */
static void rest(struct jobs *jobs, const struct job *job)
{
    int64_t took = job->kept.ended_us - job->kept.begun_us;
    int64_t pause = took * LIVE_REST_TIMES;

    jobs->rested_us = job->kept.ended_us + (pause > live_rest_us ? pause : live_rest_us);
}

/* What becomes of figures by it. */
static void see_to_figures(struct jobs *jobs, const struct job *job, enum err_code rc)
{
    if (job->kept.kind == JOB_SEGMENTS) /* which it does not touch */
        return;
    /* Nobody who knows that the file is in is told figures without it as if they were fresh. */
    if (job->kept.kind == JOB_IMPORT || job->kept.kind == JOB_UNDO || job->kept.kind == JOB_ERASE)
        desk_doubt(jobs->web->desk);
    if (rc != ERR_OK)
        desk_failed(jobs->web->desk);
}

/* With the lock held: it was put aside for other work, and goes on after it. */
static void put_back(struct jobs *jobs, struct job *job)
{
    job->kept.state = JOB_WAITING;
    note(jobs, job);
    tell(jobs, job);
}

/* With the lock held, which is given back while the work goes on. */
static void run(struct jobs *jobs, struct job *job)
{
    struct buf out = BUF_INIT(JOB_RESULT_MAX);
    struct err err = ERR_INIT;
    enum err_code rc;

    job->kept.state = JOB_RUNNING;
    job->kept.begun_us = timestamp_now();
    jobs->work->begin(jobs->work->ctx);
    note(jobs, job);
    tell(jobs, job);
    pthread_mutex_unlock(&jobs->lock);
    i18n_use(job->language);
    if (job->kept.kind != JOB_SEGMENTS)
        desk_mark(jobs->web->desk);
    rc = work(jobs, job, &out, &err);
    if (job->dir[0])
        folder_remove(job->dir);
    see_to_figures(jobs, job, rc);
    pthread_mutex_lock(&jobs->lock);
    if (rc == ERR_BUSY && job->kept.kind == JOB_SEGMENTS && !job->cancel && !jobs->stop) {
        put_back(jobs, job);
        return;
    }
    if (out.n && !out.failed)
        job->result = buf_detach(&out);
    end(jobs, job, rc, &err);
    if (job->live)
        rest(jobs, job);
    /* An erasure leaves no figures at all until they are made anew. */
    if (rank_of(job) == 0 && !jobs->stop && !desk_is_fresh(jobs->web->desk))
        want_resolve(jobs, job->kept.kind != JOB_ERASE && job->kept.kind != JOB_DUTY);
    buf_release(&out);
}

/* With the lock held. False: there is nothing to do, or no room for it. */
static bool want_segments(struct jobs *jobs)
{
    const struct job_wish wish = {.kind = JOB_SEGMENTS, .path = "", .dir = "", .object = ""};
    struct err err = ERR_INIT;

    if (!segments_are_due(jobs->web->segments))
        return false;
    for (size_t i = 0; i < JOBS_LIVE; i++)
        if (jobs->jobs[i].kept.id && jobs->jobs[i].kept.kind == JOB_SEGMENTS &&
            jobs->jobs[i].kept.state == JOB_WAITING)
            return false;
    if (add(jobs, &wish, &err))
        return true;
    log_line(LOG_ERROR, "web", "members of segments are as they were: %s", err.msg);
    return false;
}

bool jobs_others_wait(struct jobs *jobs)
{
    const struct job *next;
    int64_t until_us;

    pthread_mutex_lock(&jobs->lock);
    next = next_waiting(jobs, &until_us);
    pthread_mutex_unlock(&jobs->lock);
    return next && next->kept.kind != JOB_SEGMENTS;
}

/* With the lock held, which is given back meanwhile. False when there is nothing to do beside. */
static bool bring(struct jobs *jobs)
{
    if (!web_waits(jobs->web))
        return false;
    jobs->bringing = true;
    jobs->work->begin(jobs->work->ctx);
    pthread_mutex_unlock(&jobs->lock);
    web_bring(jobs->web);
    pthread_mutex_lock(&jobs->lock);
    jobs->bringing = false;
    return true;
}

void jobs_stir(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    pthread_cond_broadcast(&jobs->news);
    pthread_mutex_unlock(&jobs->lock);
}

struct timespec job_clock_in(int64_t us)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    us += (int64_t)at.tv_nsec / 1000;
    at.tv_sec += (time_t)(us / US_PER_SECOND);
    at.tv_nsec = (long)(us % US_PER_SECOND) * 1000;
    return at;
}

static void *worker(void *arg)
{
    struct jobs *jobs = arg;

    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop) {
        int64_t until_us, wait_us;
        struct job *job = next_waiting(jobs, &until_us);
        struct timespec until;

        if (job && rank_of(job) < 2) {
            run(jobs, job);
            continue;
        }
        if (bring(jobs) || (!job && want_segments(jobs)))
            continue;
        if (job) {
            run(jobs, job);
            continue;
        }
        if (until_us == INT64_MAX) {
            pthread_cond_wait(&jobs->news, &jobs->lock);
            continue;
        }
        wait_us = until_us - timestamp_now();
        until = job_clock_in(wait_us < 1000 ? 1000 : wait_us > look_us ? look_us : wait_us);
        pthread_cond_timedwait(&jobs->news, &jobs->lock, &until);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

enum err_code jobs_new(struct web *web, const struct web_work *work_to_do,
                       const struct store *store, struct jobs **out_jobs, struct err *err)
{
    struct jobs *jobs = xcalloc(1, sizeof(*jobs));
    pthread_condattr_t attr;
    enum err_code rc;

    jobs->web = web;
    jobs->work = work_to_do;
    rc = store_again(store, &jobs->store, err);
    if (rc == ERR_OK)
        rc = store_jobs_lost(jobs->store, JOB_DONE, JOB_INTERRUPTED, timestamp_now(),
                             &jobs->last_id, err);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->news, &attr);
    pthread_condattr_destroy(&attr);
    if (rc == ERR_OK && (errno = pthread_create(&jobs->worker, NULL, worker, jobs)) != 0)
        rc = err_errno(err, "starting the worker");
    if (rc == ERR_OK)
        pthread_setname_np(jobs->worker, "worker");
    if (rc != ERR_OK) {
        store_close(jobs->store);
        free(jobs);
        return rc;
    }
    *out_jobs = jobs;
    return ERR_OK;
}

static void cancel_job(struct jobs *jobs, struct job *job)
{
    struct err none = ERR_INIT;

    if (job_is_over(job) || job->cancel || (job->firm && !jobs->stop))
        return;
    job->cancel = true;
    if (job->kept.state == JOB_RUNNING) {
        jobs->work->cancel(jobs->work->ctx);
        return;
    }
    if (job->dir[0])
        folder_remove(job->dir);
    err_set(&none, ERR_CANCELLED, "it had not begun");
    end(jobs, job, ERR_CANCELLED, &none);
}

void jobs_free(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stop = true;
    for (size_t i = 0; i < JOBS_LIVE; i++)
        if (jobs->jobs[i].kept.id)
            cancel_job(jobs, &jobs->jobs[i]);
    if (jobs->bringing)
        jobs->work->cancel(jobs->work->ctx);
    pthread_cond_broadcast(&jobs->news);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->worker, NULL);
    for (size_t i = 0; i < JOBS_LIVE; i++)
        free(jobs->jobs[i].result);
    store_close(jobs->store);
    pthread_cond_destroy(&jobs->news);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

static enum err_code too_many(struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "too much is waiting to be done already");
    err_hint(err, "Wait until a job has ended.");
    return ERR_UNAVAILABLE;
}

/* With the lock held. NULL with the error. */
static struct job *add(struct jobs *jobs, const struct job_wish *wish, struct err *err)
{
    struct job *job = &jobs->jobs[(uint64_t)(jobs->last_id + 1) % JOBS_LIVE];
    int waiting = 0;

    for (size_t i = 0; i < JOBS_LIVE; i++)
        waiting += jobs->jobs[i].kept.id && !job_is_over(&jobs->jobs[i]);
    if (waiting >= JOBS_WAITING_MAX || (job->kept.id && !job_is_over(job)) || jobs->stop) {
        too_many(err);
        return NULL;
    }
    free(job->result);
    *job = (struct job){
        .kept = {.id = jobs->last_id + 1, .kind = (int)wish->kind, .made_us = timestamp_now()},
        .subject = wish->subject,
        .reading = wish->reading,
        .ads = wish->ads,
        .language = i18n_current()};
    snprintf(job->kept.object, sizeof(job->kept.object), "%s", wish->object);
    snprintf(job->path, sizeof(job->path), "%s", wish->path);
    snprintf(job->who, sizeof(job->who), "%s", wish->who ? wish->who : "");
    snprintf(job->actor, sizeof(job->actor), "%s", wish->actor ? wish->actor : "");
    snprintf(job->dir, sizeof(job->dir), "%s", wish->dir);
    if (write_down(jobs, job, err) != ERR_OK) {
        job->kept.id = 0;
        return NULL;
    }
    jobs->last_id++;
    tell(jobs, job);
    return job;
}

enum err_code jobs_add(struct jobs *jobs, const struct job_wish *wish, int64_t *out_id,
                       struct err *err)
{
    struct err wrong = ERR_INIT;
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = add(jobs, wish, &wrong);
    if (job)
        *out_id = job->kept.id;
    pthread_mutex_unlock(&jobs->lock);
    if (!job && err)
        *err = wrong;
    return job ? ERR_OK : wrong.code;
}

void jobs_want_resolve(struct jobs *jobs, bool changed)
{
    pthread_mutex_lock(&jobs->lock);
    want_resolve(jobs, changed);
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_want_live(struct jobs *jobs)
{
    bool wanted;

    pthread_mutex_lock(&jobs->lock);
    wanted = want_live(jobs);
    pthread_mutex_unlock(&jobs->lock);
    return wanted;
}

bool jobs_commit(struct jobs *jobs)
{
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = running(jobs);
    if (job)
        job->firm = !job->cancel && !jobs->stop;
    pthread_mutex_unlock(&jobs->lock);
    return job && job->firm;
}

enum job_stage jobs_stage(struct jobs *jobs, int64_t id)
{
    const struct job *job;
    enum job_stage stage = STAGE_OVER;

    pthread_mutex_lock(&jobs->lock);
    job = job_find(jobs, id);
    if (job && !job_is_over(job))
        stage = job->firm ? STAGE_FIRM : job->kept.state == JOB_RUNNING ? STAGE_RUNS : STAGE_WAITS;
    pthread_mutex_unlock(&jobs->lock);
    return stage;
}

void jobs_forget(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_LIVE; i++) {
        struct job *job = &jobs->jobs[i];

        if (!job->kept.id || !job_is_over(job))
            continue;
        free(job->result);
        *job = (struct job){0};
    }
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_cancel(struct jobs *jobs, int64_t id)
{
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = job_find(jobs, id);
    if (job)
        cancel_job(jobs, job);
    pthread_mutex_unlock(&jobs->lock);
    return job != NULL;
}

void jobs_progress(struct jobs *jobs, const char *step, double done)
{
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = running(jobs);
    if (job) {
        snprintf(job->step, sizeof(job->step), "%s", step);
        job->done = fmin(fmax(done, 0), 1);
        tell(jobs, job);
    }
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_stop_following(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->quiet = true;
    pthread_cond_broadcast(&jobs->news);
    pthread_mutex_unlock(&jobs->lock);
}

/* Whatever a thread does takes processor time, also waiting for a statement, which is done in turns
 * (engine/transfer.c). */
static int64_t worker_ran_us(const struct jobs *jobs)
{
    struct timespec ran = {0};
    clockid_t clock;

    if (pthread_getcpuclockid(jobs->worker, &clock) == 0)
        clock_gettime(clock, &ran);
    return ran.tv_sec * US_PER_SECOND + ran.tv_nsec / 1000;
}

/* With the lock held, which is given back while the engine is asked. */
static bool shows_no_life(struct jobs *jobs, const struct job *job)
{
    const int64_t now_us = timestamp_now(), ran_us = worker_ran_us(jobs);
    const int64_t id = job->kept.id;
    const int64_t limit_us = jobs->web->options->stall_after * US_PER_SECOND;
    bool hangs;

    if (ran_us != jobs->ran_us || job->news_us > jobs->alive_us)
        jobs->alive_us = now_us;
    jobs->ran_us = ran_us;
    if (now_us - job->news_us > STALLED_MINUTES * 60 * US_PER_SECOND ||
        now_us - jobs->alive_us > limit_us)
        return true;
    if (now_us - job->news_us <= limit_us)
        return false;
    if (now_us - jobs->asked_us < limit_us / 4)
        return job->stalled;
    jobs->asked_us = now_us;
    pthread_mutex_unlock(&jobs->lock);
    hangs = engine_hangs(jobs->web);
    pthread_mutex_lock(&jobs->lock);
    return hangs && job->kept.id == id && job->kept.state == JOB_RUNNING;
}

void jobs_look(struct jobs *jobs)
{
    struct job *job;
    bool stalled;

    pthread_mutex_lock(&jobs->lock);
    job = running(jobs);
    stalled = job && shows_no_life(jobs, job);
    if (job && stalled != job->stalled) {
        job->stalled = stalled;
        job->version++; /* who follows hears of it; progress it is none */
        pthread_cond_broadcast(&jobs->news);
        log_line(LOG_ERROR, "web", "job=%" PRId64 " kind=%s %s", job->kept.id,
                 job_kind_names[job->kept.kind], stalled ? "stands still" : "goes on");
    }
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_stalled(struct jobs *jobs)
{
    const struct job *job;
    bool stalled;

    pthread_mutex_lock(&jobs->lock);
    job = running(jobs);
    stalled = job && job->stalled;
    pthread_mutex_unlock(&jobs->lock);
    return stalled;
}

void jobs_count(struct jobs *jobs, int *out_waiting, int *out_running, int64_t *out_done,
                int64_t *out_failed)
{
    *out_waiting = *out_running = 0;
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_LIVE; i++) {
        *out_waiting += jobs->jobs[i].kept.id && jobs->jobs[i].kept.state == JOB_WAITING;
        *out_running += jobs->jobs[i].kept.id && jobs->jobs[i].kept.state == JOB_RUNNING;
    }
    *out_done = jobs->done;
    *out_failed = jobs->failed;
    pthread_mutex_unlock(&jobs->lock);
}
