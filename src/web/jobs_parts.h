/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jobs_parts.h - what jobs.c (the queue and its worker) and jobs_show.c (what is told of it) share;
 * for these two alone. */
#ifndef TM_WEB_JOBS_PARTS_H
#define TM_WEB_JOBS_PARTS_H

#include "store/jobs.h"
#include "web/jobs.h"

enum { JOB_RESULT_MAX = 4 << 20, JOB_WHO_MAX = 512 };
/* Kept by number: only ever added to. */
enum job_state {
    JOB_WAITING,
    JOB_RUNNING,
    JOB_DONE,
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_INTERRUPTED,
    JOB_STATES
};

struct job {
    struct job_entry kept; /* id 0: an empty place */
    char path[1400], dir[1200];
    int64_t subject;
    struct web_reading reading;
    struct web_ads ads;
    char who[JOB_WHO_MAX], actor[64];
    enum language language;
    int64_t not_before_us;
    bool live; /* resolves what came live */
    bool cancel, stalled, firm;
    char step[160];
    double done;
    char *result; /* owned; JSON, or NULL */
    uint64_t version;
    int64_t news_us;
};

struct jobs {
    struct web *web;
    const struct web_work *work;
    pthread_mutex_t lock;
    pthread_cond_t news;
    pthread_t worker;
    struct store *store; /* under `lock` */
    bool stop, quiet, bringing;
    int64_t ran_us, alive_us; /* the worker's processor time, and when it was last seen to grow */
    int64_t asked_us;         /* when the engine was last asked for a sign of life */
    int64_t last_id, done, failed;
    int64_t rested_us; /* when what came live may be resolved again */
    struct job jobs[JOBS_LIVE];
};

extern const char *const job_kind_names[];
extern const char *const job_state_names[JOB_STATES];

bool job_is_over(const struct job *job);
/* With the lock held; NULL: it is none of this process, or over for long. */
struct job *job_find(struct jobs *jobs, int64_t id);
/* On the clock of jobs.news. */
struct timespec job_clock_in(int64_t us);

#endif
