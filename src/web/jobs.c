/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/jobs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/timestamp.h"

enum { RESULT_MAX = 4 << 20, STALLED_MINUTES = 11 };
enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

static const char *const kind_names[] = {"assess", "import", "undo"};
static const char *const state_names[] = {"waiting", "running", "done", "failed", "cancelled"};

struct job {
    int64_t id; /* 0: an empty place */
    enum job_kind kind;
    enum job_state state;
    char path[1400], dir[1200];
    uint32_t import_id;
    enum language language;
    bool cancel;
    char step[160];
    double done;
    struct err err;
    char *result; /* owned; JSON, or NULL */
    uint64_t version;
    int64_t made_us, news_us, ended_us;
};

struct jobs {
    struct web *web;
    const struct web_work *work;
    enum err_code (*keep)(struct web *, struct str, struct str, struct err *);
    pthread_mutex_t lock;
    pthread_cond_t news;
    pthread_t worker;
    bool stop, quiet;
    int64_t last_id, done, failed;
    struct job jobs[JOBS_KEPT];
};

static bool is_over(const struct job *job)
{
    return job->state >= JOB_DONE;
}

static struct job *find(struct jobs *jobs, int64_t id)
{
    struct job *job = &jobs->jobs[id % JOBS_KEPT];

    return id > 0 && job->id == id ? job : NULL;
}

static void tell(struct jobs *jobs, struct job *job)
{
    job->version++;
    job->news_us = timestamp_now();
    pthread_cond_broadcast(&jobs->news);
}

static struct job *next_waiting(struct jobs *jobs)
{
    struct job *next = NULL;

    for (size_t i = 0; i < JOBS_KEPT; i++) {
        struct job *job = &jobs->jobs[i];

        if (job->id && job->state == JOB_WAITING && (!next || job->id < next->id))
            next = job;
    }
    return next;
}

static enum err_code work(struct jobs *jobs, const struct job *job, struct buf *out,
                          struct err *err)
{
    TM_CLEANUP(buf_release) struct buf roadmap = BUF_INIT(16 << 20);
    TM_CLEANUP(buf_release) struct buf assessment = BUF_INIT(64 << 20);

    switch (job->kind) {
    case JOB_IMPORT:
        return jobs->work->import(jobs->work->ctx, job->path, out, err);
    case JOB_UNDO:
        return jobs->work->undo(jobs->work->ctx, job->import_id, err);
    case JOB_ASSESS:
        break;
    }
    TRY(jobs->work->assess(jobs->work->ctx, &assessment, &roadmap, err));
    return jobs->keep(jobs->web, buf_str(&assessment), buf_str(&roadmap), err);
}

/* With the lock held, which is given back while the work goes on. */
static void run(struct jobs *jobs, struct job *job)
{
    struct buf out = BUF_INIT(RESULT_MAX);
    struct err err = ERR_INIT;
    enum err_code rc;

    job->state = JOB_RUNNING;
    tell(jobs, job);
    pthread_mutex_unlock(&jobs->lock);
    i18n_use(job->language);
    rc = work(jobs, job, &out, &err);
    if (job->dir[0])
        folder_remove(job->dir);
    pthread_mutex_lock(&jobs->lock);
    job->state = rc == ERR_OK ? JOB_DONE : job->cancel ? JOB_CANCELLED : JOB_FAILED;
    job->err = err;
    job->done = rc == ERR_OK ? 1 : job->done;
    if (out.n && !out.failed)
        job->result = buf_detach(&out);
    job->ended_us = timestamp_now();
    *(rc == ERR_OK ? &jobs->done : &jobs->failed) += 1;
    log_line(rc == ERR_OK || job->cancel ? LOG_INFO : LOG_ERROR, "web",
             "job=%" PRId64 " kind=%s state=%s ms=%" PRId64 " %s", job->id, kind_names[job->kind],
             state_names[job->state], (job->ended_us - job->made_us) / 1000, err.msg);
    tell(jobs, job);
    buf_release(&out);
}

static void *worker(void *arg)
{
    struct jobs *jobs = arg;

    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop) {
        struct job *job = next_waiting(jobs);

        if (job)
            run(jobs, job);
        else
            pthread_cond_wait(&jobs->news, &jobs->lock);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

struct jobs *jobs_new(struct web *web, const struct web_work *work_to_do,
                      enum err_code (*keep)(struct web *web, struct str assessment,
                                            struct str roadmap, struct err *err))
{
    struct jobs *jobs = xcalloc(1, sizeof(*jobs));
    pthread_condattr_t attr;

    jobs->web = web;
    jobs->work = work_to_do;
    jobs->keep = keep;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->news, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&jobs->worker, NULL, worker, jobs) != 0) {
        free(jobs);
        return NULL;
    }
    return jobs;
}

static void cancel_job(struct jobs *jobs, struct job *job)
{
    if (is_over(job) || job->cancel)
        return;
    job->cancel = true;
    if (job->state == JOB_RUNNING) {
        jobs->work->cancel(jobs->work->ctx);
        return;
    }
    job->state = JOB_CANCELLED;
    job->ended_us = timestamp_now();
    if (job->dir[0])
        folder_remove(job->dir);
    tell(jobs, job);
}

void jobs_free(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stop = true;
    for (size_t i = 0; i < JOBS_KEPT; i++)
        if (jobs->jobs[i].id)
            cancel_job(jobs, &jobs->jobs[i]);
    pthread_cond_broadcast(&jobs->news);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->worker, NULL);
    for (size_t i = 0; i < JOBS_KEPT; i++)
        free(jobs->jobs[i].result);
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

enum err_code jobs_add(struct jobs *jobs, enum job_kind kind, const char *path, const char *dir,
                       uint32_t import_id, int64_t *out_id, struct err *err)
{
    int waiting = 0;
    struct job *job;
    bool full;

    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_KEPT; i++)
        waiting += jobs->jobs[i].id && !is_over(&jobs->jobs[i]);
    job = &jobs->jobs[(jobs->last_id + 1) % JOBS_KEPT];
    full = waiting >= JOBS_WAITING_MAX || (job->id && !is_over(job)) || jobs->stop;
    if (!full) {
        free(job->result);
        *job = (struct job){.id = ++jobs->last_id,
                            .kind = kind,
                            .import_id = import_id,
                            .language = i18n_current(),
                            .made_us = timestamp_now()};
        snprintf(job->path, sizeof(job->path), "%s", path);
        snprintf(job->dir, sizeof(job->dir), "%s", dir);
        *out_id = job->id;
        tell(jobs, job);
    }
    pthread_mutex_unlock(&jobs->lock);
    return full ? too_many(err) : ERR_OK;
}

bool jobs_cancel(struct jobs *jobs, int64_t id)
{
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = find(jobs, id);
    if (job)
        cancel_job(jobs, job);
    pthread_mutex_unlock(&jobs->lock);
    return job != NULL;
}

static void key_time(struct json_writer *w, const char *key, int64_t at_us)
{
    struct buf text = BUF_INIT(64);

    json_key(w, key);
    if (at_us)
        timestamp_add_iso(&text, at_us);
    json_stringz(w, at_us ? buf_cstr(&text) : NULL);
    buf_release(&text);
}

/* The report of an import is text that json_write made: it goes in as text, for it cannot be
 * pasted into a document under way. */
static void show(const struct job *job, bool with_result, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", job->id);
    json_key_stringz(w, "kind", kind_names[job->kind]);
    json_key_stringz(w, "state", state_names[job->state]);
    json_key_stringz(w, "step", job->step);
    json_key_double(w, "done", job->done);
    key_time(w, "made_at", job->made_us);
    key_time(w, "ended_at", job->ended_us);
    if (job->state == JOB_FAILED) {
        json_key(w, "problem");
        json_begin_object(w);
        json_key_stringz(w, "title", err_summary(job->err.code));
        json_key_stringz(w, "detail", job->err.msg);
        json_key_stringz(w, "hint", job->err.hint);
        json_end_object(w);
    }
    if (with_result && job->result)
        json_key_stringz(w, "report", job->result);
    json_end_object(w);
}

bool jobs_show(struct jobs *jobs, int64_t id, struct json_writer *w)
{
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = find(jobs, id);
    if (job)
        show(job, true, w);
    pthread_mutex_unlock(&jobs->lock);
    return job != NULL;
}

void jobs_list(struct jobs *jobs, struct json_writer *w)
{
    pthread_mutex_lock(&jobs->lock);
    json_begin_array(w);
    for (int64_t id = jobs->last_id; id > 0 && id > jobs->last_id - JOBS_KEPT; id--)
        if (find(jobs, id))
            show(find(jobs, id), false, w);
    json_end_array(w);
    pthread_mutex_unlock(&jobs->lock);
}

static void wait_for_news(struct jobs *jobs, int wait_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&jobs->news, &jobs->lock, &until);
}

bool jobs_follow(struct jobs *jobs, int64_t id, uint64_t *version, int wait_ms, struct buf *out,
                 bool *out_over)
{
    struct json_writer w = JSON_WRITER(out);
    struct job *job;

    pthread_mutex_lock(&jobs->lock);
    job = find(jobs, id);
    if (job && job->version == *version && !is_over(job) && !jobs->quiet) {
        wait_for_news(jobs, wait_ms);
        job = find(jobs, id);
    }
    *out_over = !job || is_over(job) || jobs->quiet;
    if (job && job->version != *version) {
        show(job, false, &w);
        *version = job->version;
    }
    pthread_mutex_unlock(&jobs->lock);
    return job != NULL;
}

void jobs_progress(struct jobs *jobs, const char *step, double done)
{
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_KEPT; i++) {
        struct job *job = &jobs->jobs[i];

        if (!job->id || job->state != JOB_RUNNING)
            continue;
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

bool jobs_stalled(struct jobs *jobs)
{
    int64_t now_us = timestamp_now();
    bool stalled = false;

    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_KEPT; i++)
        if (jobs->jobs[i].id && jobs->jobs[i].state == JOB_RUNNING &&
            now_us - jobs->jobs[i].news_us > STALLED_MINUTES * 60 * US_PER_SECOND)
            stalled = true;
    pthread_mutex_unlock(&jobs->lock);
    return stalled;
}

void jobs_count(struct jobs *jobs, int *out_waiting, int *out_running, int64_t *out_done,
                int64_t *out_failed)
{
    *out_waiting = *out_running = 0;
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOBS_KEPT; i++) {
        *out_waiting += jobs->jobs[i].id && jobs->jobs[i].state == JOB_WAITING;
        *out_running += jobs->jobs[i].id && jobs->jobs[i].state == JOB_RUNNING;
    }
    *out_done = jobs->done;
    *out_failed = jobs->failed;
    pthread_mutex_unlock(&jobs->lock);
}
