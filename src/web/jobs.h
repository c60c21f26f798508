/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jobs.h - long work: a queue, one worker thread, and how far each is; inside src/web only.
 *
 * Jobs live in memory: after a restart they are gone, and what they had begun is undone or
 * finished by the rooms that did it. Any thread may call.
 */
#ifndef TM_WEB_JOBS_H
#define TM_WEB_JOBS_H

#include "base/json_write.h"
#include "web/server.h"

#include <pthread.h>

enum { JOBS_KEPT = 64, JOBS_WAITING_MAX = 16 };
enum job_kind { JOB_ASSESS, JOB_IMPORT, JOB_UNDO };

struct jobs;

/* `keep` gets an assessment's two documents. */
struct jobs *jobs_new(struct web *web, const struct web_work *work,
                      enum err_code (*keep)(struct web *web, struct str assessment,
                                            struct str roadmap, struct err *err));
/* Cancels what is under way and waits for its end. */
void jobs_free(struct jobs *jobs);
/* ERR_UNAVAILABLE when too many wait. `dir` (may be "") is removed when the job has ended. */
TM_MUST_CHECK enum err_code jobs_add(struct jobs *jobs, enum job_kind kind, const char *path,
                                     const char *dir, uint32_t import_id, int64_t *out_id,
                                     struct err *err);
/* False when there is no such job. */
bool jobs_cancel(struct jobs *jobs, int64_t id);
bool jobs_show(struct jobs *jobs, int64_t id, struct json_writer *w);
void jobs_list(struct jobs *jobs, struct json_writer *w);
/* Waits at most `wait_ms` for news since *version; writes the job as one line of JSON when there
 * are some. *out_over: there will be no more. False: no such job. */
bool jobs_follow(struct jobs *jobs, int64_t id, uint64_t *version, int wait_ms, struct buf *out,
                 bool *out_over);
void jobs_progress(struct jobs *jobs, const char *step, double done);
/* Wakes everybody who follows, who then get *out_over. */
void jobs_stop_following(struct jobs *jobs);
/* A job shows no progress for longer than any single step may take. */
bool jobs_stalled(struct jobs *jobs);
void jobs_count(struct jobs *jobs, int *out_waiting, int *out_running, int64_t *out_done,
                int64_t *out_failed);

#endif
