/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_work.c - assessments, jobs and imports. */
#include "web/work.h"

static const char assessment_name[] = "last_assessment", roadmap_name[] = "last_roadmap";

enum err_code work_keep(struct web *web, struct str assessment, struct str roadmap, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = store_put(web->store, assessment_name, assessment, err);
    if (rc == ERR_OK)
        rc = store_put(web->store, roadmap_name, roadmap, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

static enum err_code kept(struct web *web, struct request *q, const char *name, struct err *err)
{
    bool found;

    TRY(store_get(web->store, name, &q->out, &found, err));
    if (found && q->out.n)
        return ERR_OK;
    err_set(err, ERR_NOT_FOUND, "nothing was assessed here yet");
    err_hint(err, "Start an assessment: POST /api/v1/assessments.");
    return ERR_NOT_FOUND;
}

enum err_code do_assessment(struct web *web, struct request *q, struct err *err)
{
    return kept(web, q, assessment_name, err);
}

enum err_code do_roadmap(struct web *web, struct request *q, struct err *err)
{
    return kept(web, q, roadmap_name, err);
}

static enum err_code begin(struct web *web, struct request *q, const struct job_wish *wish,
                           struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(jobs_add(web->jobs, wish, &id, err));
    snprintf(q->object, sizeof(q->object), "job %" PRId64, id);
    json_begin_object(&w);
    json_key_int(&w, "job", id);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_assess(struct web *web, struct request *q, struct err *err)
{
    const struct job_wish wish = {JOB_ASSESS, "", "", "", 0};

    return begin(web, q, &wish, err);
}

static void key_cursor(struct json_writer *w, int64_t next)
{
    char cursor[32];

    snprintf(cursor, sizeof(cursor), "%" PRId64, next);
    json_key_stringz(w, "next_cursor", next ? cursor : NULL);
}

enum err_code do_jobs(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t next;

    json_begin_object(&w);
    json_key(&w, "jobs");
    TRY(jobs_list(web->jobs, request_number(q, "cursor", 0), (size_t)request_number(q, "limit", 50),
                  &w, &next, err));
    key_cursor(&w, next);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_job(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(request_id(q, &id, err));
    return jobs_show(web->jobs, id, &w) ? ERR_OK : not_here(q, q->arg, err);
}

enum err_code do_job_events(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(request_id(q, &id, err));
    if (!jobs_show(web->jobs, id, &w))
        return not_here(q, q->arg, err);
    q->streams = true;
    q->events_job = id;
    return ERR_OK;
}

enum err_code do_job_cancel(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    if (!jobs_cancel(web->jobs, id))
        return not_here(q, q->arg, err);
    return do_job(web, q, err);
}

/* The newest of those before `before`, by a ring: the store gives the oldest first. */
struct listed {
    struct import_entry *entries;
    size_t cap, n;
    int64_t before;
};

static enum err_code take_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct listed *all = ctx;

    (void)err;
    if (all->before == 0 || entry->id < all->before)
        all->entries[all->n++ % all->cap] = *entry;
    return ERR_OK;
}

static void show_import(const struct import_entry *e, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", e->id);
    json_key_stringz(w, "name", e->name);
    json_key_stringz(w, "format", e->format);
    json_key_int(w, "size", e->size);
    json_key_int(w, "rows", e->rows);
    json_key_int(w, "stored", e->stored);
    json_key_int(w, "merged", e->merged);
    json_key_int(w, "rejected", e->rejected);
    json_key_int(w, "skipped", e->skipped);
    web_key_time(w, "newest", e->newest_us);
    web_key_time(w, "imported_at", e->ended_us);
    json_end_object(w);
}

enum err_code do_imports(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t limit = request_number(q, "limit", 50);
    struct listed all = {.cap = limit < 1     ? 1
                                : limit > 200 ? 200
                                              : (size_t)limit,
                         .before = request_number(q, "cursor", 0)};
    enum err_code rc;
    size_t shown;

    all.entries = xcalloc(all.cap, sizeof(*all.entries));
    rc = store_import_each(web->store, IMPORT_DONE, take_import, &all, err);
    shown = all.n < all.cap ? all.n : all.cap;
    json_begin_object(&w);
    json_key(&w, "imports");
    json_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        show_import(&all.entries[(all.n - 1 - i) % all.cap], &w);
    json_end_array(&w);
    key_cursor(&w, all.n > all.cap ? all.entries[all.n % all.cap].id : 0);
    json_end_object(&w);
    free(all.entries);
    return rc;
}

enum err_code do_import(struct web *web, struct request *q, struct err *err)
{
    const char *name = strrchr(q->upload_path, '/');
    const struct job_wish wish = {JOB_IMPORT, q->upload_path, q->upload_dir, name ? name + 1 : "",
                                  0};

    TRY(begin(web, q, &wish, err));
    q->upload_dir[0] = '\0'; /* the job removes it */
    return ERR_OK;
}

static enum err_code seek_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct listed *one = ctx;

    (void)err;
    one->n += entry->id == one->before;
    return ERR_OK;
}

enum err_code do_import_undo(struct web *web, struct request *q, struct err *err)
{
    struct job_wish wish = {JOB_UNDO, "", "", q->arg, 0};
    struct listed one = {0};

    TRY(request_id(q, &one.before, err));
    TRY(store_import_each(web->store, IMPORT_DONE, seek_import, &one, err));
    if (!one.n)
        return not_here(q, q->arg, err);
    wish.import_id = (uint32_t)one.before;
    return begin(web, q, &wish, err);
}
