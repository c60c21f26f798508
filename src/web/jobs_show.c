/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is told of jobs: one, a list, and each as it goes on. */
#include "base/i18n.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "web/jobs_parts.h"

enum { LIST_MAX = 200 };

/* What to do about one that a restart cut off. */
static const char *const lost_hints[] = {
    [JOB_ASSESS] = N_("Start the assessment again."),
    [JOB_IMPORT] = N_("Import the file again; twice changes nothing when it was taken in."),
    [JOB_UNDO] = N_("It was finished when the server started again."),
    [JOB_RESOLVE] = N_("It begins again by itself."),
    [JOB_EXPORT] = N_("Ask for the export again."),
    [JOB_COUNT] = N_("Ask again."),
    [JOB_ERASE] = N_("Look into the list of erasures: one that is there was gone on with "
                     "when the server started again. If it is not, ask again."),
    [JOB_DUTY] = N_("It begins again by itself."),
    [JOB_SEGMENTS] = N_("It begins again by itself."),
    [JOB_ADS] = N_("Ask again."),
};
const char *const job_kind_names[] = {
    [JOB_ASSESS] = "assess",   [JOB_IMPORT] = "import", [JOB_UNDO] = "undo",
    [JOB_RESOLVE] = "resolve", [JOB_EXPORT] = "export", [JOB_COUNT] = "count",
    [JOB_ERASE] = "erase",     [JOB_DUTY] = "duty",     [JOB_SEGMENTS] = "segments",
    [JOB_ADS] = "ads",
};
const char *const job_state_names[JOB_STATES] = {"waiting", "running",   "done",
                                                 "failed",  "cancelled", "interrupted"};

static void show_problem(const struct job_entry *kept, struct json_writer *w)
{
    bool lost = kept->state == JOB_INTERRUPTED;

    json_key(w, "problem");
    json_begin_object(w);
    json_key_stringz(w, "title",
                     lost ? _("the server ended meanwhile")
                          : err_summary((enum err_code)kept->error));
    json_key_stringz(w, "detail", lost ? "" : kept->problem);
    json_key_stringz(w, "hint", lost ? _(lost_hints[kept->kind]) : kept->hint);
    json_end_object(w);
}

/* `job` has the rest while it lives, and else is NULL. The report of an import is text that
 * json_write made: it goes in as text, for it cannot be pasted into a document under way. */
static void show(const struct job_entry *kept, const struct job *job, const char *report,
                 struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", kept->id);
    json_key_stringz(w, "kind", job_kind_names[kept->kind]);
    json_key_stringz(w, "state", job_state_names[kept->state]);
    json_key_stringz(w, "object", kept->object);
    json_key_stringz(w, "step", job ? job->step : "");
    json_key_double(w, "done", job ? job->done : kept->state == JOB_DONE);
    json_key_bool(w, "stalled", job && job->stalled);
    json_key_time(w, "made_at", kept->made_us);
    json_key_time(w, "begun_at", kept->begun_us);
    json_key_time(w, "ended_at", kept->ended_us);
    if (kept->state == JOB_FAILED || kept->state == JOB_INTERRUPTED)
        show_problem(kept, w);
    if (report && *report)
        json_key_stringz(w, "report", report);
    json_end_object(w);
}

/* One that another version kept may be of a kind that this one does not know. */
static bool is_known(const struct job_entry *kept)
{
    return kept->kind >= 0 && kept->kind < (int)TM_COUNT(job_kind_names) && kept->state >= 0 &&
           kept->state < JOB_STATES;
}

/* With the lock held: one of before. */
static bool show_kept(struct jobs *jobs, int64_t id, bool with_report, struct json_writer *w)
{
    TM_CLEANUP(buf_release) struct buf report = BUF_INIT(JOB_RESULT_MAX);
    struct err err = ERR_INIT;
    struct job_entry kept;
    bool found = false;

    if (store_job_get(jobs->store, id, &kept, &report, &found, &err) != ERR_OK)
        log_line(LOG_ERROR, "web", "job=%" PRId64 " not read: %s", id, err.msg);
    if (found && is_known(&kept))
        show(&kept, NULL, with_report ? buf_cstr(&report) : NULL, w);
    return found && is_known(&kept);
}

bool jobs_show(struct jobs *jobs, int64_t id, struct json_writer *w)
{
    struct job *job;
    bool known = true;

    pthread_mutex_lock(&jobs->lock);
    job = job_find(jobs, id);
    if (job)
        show(&job->kept, job, job->result, w);
    else
        known = show_kept(jobs, id, true, w);
    pthread_mutex_unlock(&jobs->lock);
    return known;
}

enum err_code jobs_list(struct jobs *jobs, int64_t before, size_t limit, struct json_writer *w,
                        int64_t *out_next, struct err *err)
{
    struct job_entry *kept = xcalloc(LIST_MAX + 1, sizeof(*kept));
    size_t n = 0;
    enum err_code rc;

    limit = limit < 1 ? 1 : limit > LIST_MAX ? LIST_MAX : limit;
    pthread_mutex_lock(&jobs->lock);
    rc = store_jobs_list(jobs->store, before, kept, limit + 1, &n, err);
    json_begin_array(w);
    for (size_t i = 0; i < n && i < limit; i++) {
        struct job *job = job_find(jobs, kept[i].id);

        if (is_known(&kept[i]))
            show(job ? &job->kept : &kept[i], job, NULL, w);
    }
    json_end_array(w);
    pthread_mutex_unlock(&jobs->lock);
    *out_next = n > limit ? kept[limit - 1].id : 0;
    free(kept);
    return rc;
}

bool jobs_follow(struct jobs *jobs, int64_t id, uint64_t *version, int wait_ms, struct buf *out,
                 bool *out_over)
{
    struct json_writer w = JSON_WRITER(out);
    struct job *job;
    bool known = true;

    pthread_mutex_lock(&jobs->lock);
    job = job_find(jobs, id);
    if (job && job->version == *version && !job_is_over(job) && !jobs->quiet) {
        struct timespec until = job_clock_in((int64_t)wait_ms * 1000);

        pthread_cond_timedwait(&jobs->news, &jobs->lock, &until);
        job = job_find(jobs, id);
    }
    *out_over = !job || job_is_over(job) || jobs->quiet;
    if (!job) {
        known = show_kept(jobs, id, false, &w);
    } else if (job->version != *version) {
        show(&job->kept, job, NULL, &w);
        *version = job->version;
    }
    pthread_mutex_unlock(&jobs->lock);
    return known;
}
