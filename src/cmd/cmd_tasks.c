/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark tasks: what flows ask the shop's people to do. */
#include "cmd/cmd.h"

#include "cmd/workspace.h"
#include "store/access.h"
#include "store/runs.h"

enum { OUTPUT_MAX = 16 << 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"all", 0, NULL, N_("Show what is done, too.")},
    {"by", 0, "NAME", N_("With \"done\": who did it.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct tasks_cmd {
    struct store *store;
    struct outbox *outbox; /* NULL: nothing was ever planned */
    const char *number;    /* after the verb; NULL */
    const char *by;
    struct buf out;
    struct json_writer w;
    bool json, all;
};

static void print_task(struct tasks_cmd *c, const struct task *task)
{
    struct civil due = civil_from_utc(task->due_us);

    buf_addf(&c->out, "%s%" PRId64 "  %.*s\n", cmd_line_start(), task->id, (int)task->text.n,
             task->text.p);
    buf_addf(&c->out, _("  person %" PRIu64 ", due %04d-%02d-%02d"), task->person, due.year,
             due.month, due.day);
    if (task->assignee.n)
        buf_addf(&c->out, ", %.*s", (int)task->assignee.n, task->assignee.p);
    if (task->done_us != TIME_NONE)
        buf_addf(&c->out, _(", done by %.*s"), (int)task->done_by.n, task->done_by.p);
    buf_addc(&c->out, '\n');
}

static void put_task(struct json_writer *w, const struct task *task)
{
    char person[24];

    snprintf(person, sizeof(person), "%" PRIu64, task->person);
    json_begin_object(w);
    json_key_int(w, "id", task->id);
    json_key_int(w, "flow", task->flow);
    json_key_stringz(w, "person", person);
    json_key_string(w, "text", task->text);
    json_key_string(w, "assignee", task->assignee);
    json_key_time(w, "made_at", task->made_us);
    json_key_time(w, "due_at", task->due_us);
    json_key_time(w, "done_at", task->done_us);
    json_key_string(w, "done_by", task->done_by);
    json_end_object(w);
}

static enum err_code show_task(void *ctx, const struct task *task, struct err *err)
{
    struct tasks_cmd *c = ctx;

    (void)err;
    if (c->json)
        put_task(&c->w, task);
    else
        print_task(c, task);
    return ERR_OK;
}

static enum err_code run_list(struct tasks_cmd *c, struct err *err)
{
    if (c->json)
        json_begin_array(&c->w);
    if (c->outbox)
        TRY(tasks_each(c->outbox, !c->all, show_task, c, err));
    if (c->json)
        json_end_array(&c->w);
    else if (!c->out.n)
        buf_addz(&c->out, _("There is nothing to do.\n"));
    return ERR_OK;
}

static enum err_code note_done(struct tasks_cmd *c, int64_t id, struct err *err)
{
    struct audit_entry entry = {.at_us = timestamp_now(), .action = "tasks done", .status = 200};

    snprintf(entry.actor, sizeof(entry.actor), "%.60s", c->by);
    snprintf(entry.object, sizeof(entry.object), "task %" PRId64, id);
    return store_audit_add(c->store, &entry, 1, err);
}

static enum err_code run_done(struct tasks_cmd *c, struct err *err)
{
    char *end = NULL;
    int64_t id = c->number ? strtoll(c->number, &end, 10) : 0;

    if (!c->number || *end || id <= 0)
        return err_set(err, ERR_USAGE, "name the task's number");
    if (!c->outbox)
        return err_set(err, ERR_NOT_FOUND, "there is no task %" PRId64, id);
    TRY(outbox_begin(c->outbox, err));
    TRY(outbox_end(c->outbox, task_done(c->outbox, id, c->by, timestamp_now(), err), err));
    TRY(note_done(c, id, err));
    if (!c->json)
        buf_addf(&c->out, _("Task %" PRId64 " is done.\n"), id);
    return ERR_OK;
}

static enum err_code run_verb(struct tasks_cmd *c, const struct options *options, struct err *err)
{
    const char *dir = workspace_named(option_value(rows, TM_COUNT(rows), options, "workspace"));
    const char *verb = options->operand_count ? options->operands[0] : "list";

    if (strcmp(verb, "list") != 0 && strcmp(verb, "done") != 0)
        return err_set(err, ERR_USAGE, "say what to do: list or done");
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open_beside(dir, &c->store, err));
    TRY(outbox_open_kept(c->store, &c->outbox, err));
    return strcmp(verb, "done") == 0 ? run_done(c, err) : run_list(c, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct tasks_cmd c = {.out = BUF_INIT(OUTPUT_MAX)};
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    c.w = (struct json_writer)JSON_WRITER(&c.out);
    c.json = option_value(rows, TM_COUNT(rows), &options, "json") != NULL;
    c.all = option_value(rows, TM_COUNT(rows), &options, "all") != NULL;
    c.by = option_value(rows, TM_COUNT(rows), &options, "by");
    if (!c.by)
        c.by = "command line";
    c.number = options.operand_count > 1 ? options.operands[1] : NULL;
    rc = run_verb(&c, &options, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&c.out, err);
    outbox_close(c.outbox);
    store_close(c.store);
    buf_release(&c.out);
    return rc;
}

const struct command command_tasks = {
    .name = "tasks",
    .usage = N_("[list|done NUMBER] [--workspace DIR] [OPTIONS]"),
    .summary = N_("What flows ask the shop's people to do."),
    .text = N_("Lists what is open, the earliest due first; \"done\" notes that a task is done, "
               "and by whom, also in the\nrecord of what was done.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
