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
    static const struct {
        const char *what, *setting;
    } words[RETAIN_KINDS] = {
        [RETAIN_EVENTS] = {N_("Events of visits"), "keep_events"},
        [RETAIN_MESSAGES] = {N_("Records of messages sent"), "keep_messages"},
        [RETAIN_LIVE] = {N_("Live messages as they came"), "keep_live"},
        [RETAIN_PEOPLE] = {N_("People without activity"), "keep_people"},
        [RETAIN_STORE + KEPT_REASONS] = {N_("Reasons of rejected rows"), "keep_reasons"},
        [RETAIN_STORE + KEPT_MARKS] = {N_("Marks with their evidence"), "keep_marks"},
        [RETAIN_STORE + KEPT_AUDIT] = {N_("The record of what was done"), "keep_audit"},
        [RETAIN_STORE + KEPT_ERASURES] = {N_("Finished erasures"), "keep_erasures"},
    };
    struct json_writer w = JSON_WRITER(out);

    if (as_json) {
        json_begin_object(&w);
        json_key_bool(&w, "dry_run", only_look);
    }
    for (int i = 0; i < RETAIN_KINDS; i++) {
        const struct line line = {retain_names[i], words[i].what, words[i].setting, r->from[i],
                                  r->n[i]};

        if (as_json)
            add_json(&w, &line);
        else
            add_line(out, &line, only_look);
    }
    if (as_json) {
        json_key_int(&w, "people_left", r->people_left);
        json_end_object(&w);
        buf_addc(out, '\n');
    } else if (r->people_left) {
        buf_addf(out, _("%s more people go the next times: at most %s at once.\n"),
                 cmd_number(r->people_left).text, cmd_number(RETAIN_PEOPLE_MOST).text);
    }
}

static enum err_code work(struct workspace *ws, const struct options *options, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    bool only_look = value(options, "dry-run") != NULL;
    bool as_json = value(options, "json") != NULL;
    struct retained done;

    TRY(journal_open_kept(ws->store, &journal, err));
    TRY(retain(ws, journal, only_look, &done, err));
    show(&done, only_look, as_json, &out);
    return (as_json ? cmd_print : cmd_print_words)(&out, err);
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
    .text = N_("The settings keep_events, keep_messages, keep_live, keep_reasons, keep_marks, "
               "keep_audit and keep_erasures\nsay for how many days each is kept; for ever unless "
               "told. keep_people says after how many days\nwithout any sign of them people are "
               "erased. \"tidemark serve\" does it once a day.\nOrders and consent are never "
               "deleted by it (docs/privacy.md).\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
