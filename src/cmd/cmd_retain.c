/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark retain: what is older than the settings say goes. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "cmd/retain.h"

enum { OUTPUT_MAX = 1 << 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"dry-run", 0, NULL, N_("Only tell what would be deleted.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

struct line {
    const char *key, *what, *setting;
    int64_t from_us, n;
};

static void add_line(struct buf *out, const struct line *line, bool only_look)
{
    TM_CLEANUP(buf_release) struct buf day = BUF_INIT(32);
    struct number n = cmd_number(line->n);

    if (line->from_us != TIME_NONE)
        timestamp_add_date(&day, line->from_us);
    if (line->from_us == TIME_NONE)
        buf_addf(out, _("%s: all are kept (%s)."), _(line->what), line->setting);
    else if (only_look)
        buf_addf(out, _("%s: %s from before %s would be deleted."), _(line->what), n.text,
                 buf_cstr(&day));
    else
        buf_addf(out, _("%s: %s from before %s were deleted."), _(line->what), n.text,
                 buf_cstr(&day));
    buf_addc(out, '\n');
}

static void add_json(struct json_writer *w, const struct line *line)
{
    TM_CLEANUP(buf_release) struct buf day = BUF_INIT(32);

    if (line->from_us != TIME_NONE)
        timestamp_add_date(&day, line->from_us);
    json_key(w, line->key);
    json_begin_object(w);
    json_key_stringz(w, "kept_from", line->from_us != TIME_NONE ? buf_cstr(&day) : NULL);
    json_key_int(w, "deleted", line->n);
    json_end_object(w);
}

static void show(const struct retained *r, bool only_look, bool as_json, struct buf *out)
{
    const struct line lines[] = {
        {"events", N_("Events of visits"), "keep_events", r->events_from, r->events},
        {"messages", N_("Records of messages sent"), "keep_messages", r->messages_from,
         r->messages},
        {"live", N_("Live messages as they came"), "keep_live", r->live_from, r->live}};
    struct json_writer w = JSON_WRITER(out);

    if (as_json) {
        json_begin_object(&w);
        json_key_bool(&w, "dry_run", only_look);
    }
    for (size_t i = 0; i < TM_COUNT(lines); i++) {
        if (as_json)
            add_json(&w, &lines[i]);
        else
            add_line(out, &lines[i], only_look);
    }
    if (as_json) {
        json_end_object(&w);
        buf_addc(out, '\n');
    }
}

static enum err_code work(struct workspace *ws, const struct options *options, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    bool only_look = value(options, "dry-run") != NULL;
    struct retained done;

    TRY(journal_open_kept(ws->store, &journal, err));
    TRY(retain(ws, journal, only_look, &done, err));
    show(&done, only_look, value(options, "json") != NULL, &out);
    return cmd_print(&out, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct workspace ws;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open(dir, &ws, err));
    rc = work(&ws, &options, err);
    workspace_close(&ws);
    return rc;
}

const struct command command_retain = {
    .name = "retain",
    .usage = N_("--workspace DIR [OPTIONS]"),
    .summary = N_("Delete what is older than the settings keep."),
    .text =
        N_("The settings keep_events, keep_messages and keep_live say for how many days events of "
           "visits, messages\nsent and live messages as they came are kept; all of them unless "
           "told. \"tidemark serve\" does it\nevery day on which something comes in. Orders, "
           "people and consent are never deleted by it\n(docs/privacy.md).\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
