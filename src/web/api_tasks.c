/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_tasks.c - what flows ask the shop's people to do (docs/flows.md). */
#include "store/runs.h"
#include "web/changing.h"

static void put_person(struct json_writer *w, uint64_t person)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, person); /* too large for a number of JSON */
    json_key_stringz(w, "person", text);
}

static enum err_code put_task(void *ctx, const struct task *task, struct err *err)
{
    struct json_writer *w = ctx;

    (void)err;
    json_begin_object(w);
    json_key_int(w, "id", task->id);
    json_key_int(w, "flow", task->flow);
    put_person(w, task->person);
    json_key_string(w, "text", task->text);
    json_key_string(w, "assignee", task->assignee);
    json_key_time(w, "made_at", task->made_us);
    json_key_time(w, "due_at", task->due_us);
    json_key_time(w, "done_at", task->done_us);
    json_key_string(w, "done_by", task->done_by);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_tasks(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    const char *all = request_query(q, "all");

    TRY(outbox_open_kept(web->store, &outbox, err));
    json_begin_object(&w);
    json_key(&w, "tasks");
    json_begin_array(&w);
    if (outbox)
        TRY(tasks_each(outbox, !all || strcmp(all, "1") != 0, put_task, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_task_done(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    char actor[CHANGING_ACTOR];
    int64_t id;

    TRY(request_id(q, &id, err));
    snprintf(q->object, sizeof(q->object), "task %" PRId64, id);
    TRY(outbox_open_kept(web->store, &outbox, err));
    if (!outbox)
        return not_here(q, q->arg, err);
    changing_actor(q, actor);
    TRY(outbox_begin(outbox, err));
    return outbox_end(outbox, task_done(outbox, id, actor, timestamp_now(), err), err);
}
