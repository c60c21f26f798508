/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jobs.h - long work: a queue, one worker thread, and how far each is; inside src/web only.
 *
 * What was asked for and what became of it is kept in the workspace. What a restart cut off is
 * called interrupted, with what to do; what it had begun is undone or finished by the rooms that
 * did it. When a job has changed the records they are resolved anew (JOB_RESOLVE) by themselves,
 * once nothing else waits. Any thread may call.
 */
#ifndef TM_WEB_JOBS_H
#define TM_WEB_JOBS_H

#include "base/json_write.h"
#include "web/server.h"

#include <pthread.h>

enum { JOBS_LIVE = 64, JOBS_WAITING_MAX = 16 };
/* Kept by number: only ever added to. */
enum job_kind {
    JOB_ASSESS,
    JOB_IMPORT,
    JOB_UNDO,
    JOB_RESOLVE,
    JOB_EXPORT, /* all of one person */
    JOB_COUNT,  /* how much an erasure would take */
    JOB_ERASE,
    JOB_DUTY,     /* what a shop's system asked for by law (duties.h) */
    JOB_SEGMENTS, /* who belongs to segments, of everybody (segments.h) */
    JOB_ADS       /* a segment's list for an advertising place */
};

struct jobs;

struct job_wish {
    enum job_kind kind;
    const char *path;   /* of the file to import */
    const char *dir;    /* removed when the job has ended; "" for none */
    const char *object; /* what it is about, for people; "" for nothing */
    int64_t subject;    /* the import to undo, the duty to do */
    const char *who;    /* a person, for JOB_EXPORT and after it; kept in memory alone */
    const char *actor;  /* who asked for it */
    struct web_reading reading;
    struct web_ads ads; /* of JOB_ADS, but for its actor */
};

/* `store` is borrowed for a connection of its own. */
TM_MUST_CHECK enum err_code jobs_new(struct web *web, const struct web_work *work,
                                     const struct store *store, struct jobs **out_jobs,
                                     struct err *err);
/* Cancels what is under way and waits for its end. NULL is fine. */
void jobs_free(struct jobs *jobs);
/* ERR_UNAVAILABLE when too many wait. */
TM_MUST_CHECK enum err_code jobs_add(struct jobs *jobs, const struct job_wish *wish,
                                     int64_t *out_id, struct err *err);
/* Sees to it that the records are resolved. `changed`: they will be others than what is resolved
 * just now, and may change once more: soon; else at once, unless that is under way. */
void jobs_want_resolve(struct jobs *jobs, bool changed);
/* The same for messages that came live, of which there may be more at any time: not before the last
 * such resolving is a minute and five times its own length ago. False: too much waits already. */
bool jobs_want_live(struct jobs *jobs);
/* The worker looks whether there is something to do beside jobs (shop.c). */
void jobs_stir(struct jobs *jobs);
/* From inside the work: whether something waits that goes before segments. */
bool jobs_others_wait(struct jobs *jobs);
/* From inside the work: it is not cancelled any more. False when it has been. */
bool jobs_commit(struct jobs *jobs);
/* How far a job of this process is; firm: under way and past that. */
enum job_stage { STAGE_OVER, STAGE_WAITS, STAGE_RUNS, STAGE_FIRM };
enum job_stage jobs_stage(struct jobs *jobs, int64_t id);
/* What is told of jobs that are over comes from the store alone: somebody was erased from it. */
void jobs_forget(struct jobs *jobs);
/* False when there is no such job. One that is firm goes on. */
bool jobs_cancel(struct jobs *jobs, int64_t id);
bool jobs_show(struct jobs *jobs, int64_t id, struct json_writer *w);
/* An array of the newest before `before` (0: of all), at most `limit` (up to 200); *out_next: what
 * comes after as `before`, 0 at the end. */
TM_MUST_CHECK enum err_code jobs_list(struct jobs *jobs, int64_t before, size_t limit,
                                      struct json_writer *w, int64_t *out_next, struct err *err);
/* Waits at most `wait_ms` for news since *version; writes the job as one line of JSON when there
 * are some. *out_over: there will be no more. False: no such job. */
bool jobs_follow(struct jobs *jobs, int64_t id, uint64_t *version, int wait_ms, struct buf *out,
                 bool *out_over);
void jobs_progress(struct jobs *jobs, const char *step, double done);
/* Wakes everybody who follows, who then get *out_over. */
void jobs_stop_following(struct jobs *jobs);
/* Looks whether the job under way shows signs of life; called every second or so, by one thread. A
 * job stands still when for `stall_after` seconds it has told no progress and its thread has not
 * run, or its engine does not answer; or when it told none for longer than any statement may take.
 */
void jobs_look(struct jobs *jobs);
/* Whether it did not when last looked at. */
bool jobs_stalled(struct jobs *jobs);
void jobs_count(struct jobs *jobs, int *out_waiting, int *out_running, int64_t *out_done,
                int64_t *out_failed);

#endif
