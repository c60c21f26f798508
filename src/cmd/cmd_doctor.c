/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_write.h"
#include "cmd/cmd.h"
#include "cmd/doctor.h"

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace; TIDEMARK_WORKSPACE unless given.")},
    {"rebuild", 0, NULL,
     N_("First make anew what the analytics engine lacks, from the journal and from files that are "
        "still where they were.")},
    {"yes", 0, NULL, N_("--rebuild: without asking, also where a file is gone.")},
    {"json", 0, NULL, N_("Print the findings as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static void write_json(const struct findings *found, struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_bool(&w, "sound", !found->wrong);
    json_key(&w, "findings");
    json_begin_array(&w);
    for (size_t i = 0; i < found->n; i++) {
        const struct finding *f = &found->list[i];

        json_begin_object(&w);
        json_key_stringz(&w, "about", f->about);
        json_key_stringz(&w, "state", finding_state_name(f->state));
        json_key_stringz(&w, "text", f->text);
        json_key_stringz(&w, "hint", f->hint);
        json_end_object(&w);
    }
    json_end_array(&w);
    sources_told_json(&found->sources, &w);
    json_end_object(&w);
    buf_addc(out, '\n');
}

static void write_text(const struct findings *found, struct buf *out)
{
    static const char *const words[] = {N_("fine"), N_("note"), N_("mended"), N_("wrong")};

    for (size_t i = 0; i < found->n; i++) {
        const struct finding *f = &found->list[i];

        buf_addf(out, "%s%s: %s\n", cmd_line_start(), _(words[f->state]), f->text);
        if (f->hint[0])
            buf_addf(out, "%s    %s\n", cmd_line_start(), f->hint);
    }
}

static enum err_code print(const struct findings *found, bool as_json, struct err *err)
{
    struct buf out = BUF_INIT(8 << 20);
    enum err_code rc;

    (as_json ? write_json : write_text)(found, &out);
    rc = (as_json ? cmd_print : cmd_print_words)(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct findings found = {0};
    struct doctor_wish wish;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    wish.rebuild = value(&options, "rebuild") != NULL;
    wish.yes = value(&options, "yes") != NULL;
    rc = doctor_look(dir, &wish, &found, err);
    if (rc == ERR_OK)
        rc = print(&found, value(&options, "json") != NULL, err);
    if (rc == ERR_OK && found.wrong) {
        rc = err_set(err, ERR_STORE, "not everything is in order");
        err_hint(err, "The findings above say what is wrong and what to do.");
    }
    findings_release(&found);
    return rc;
}

const struct command command_doctor = {
    .name = "doctor",
    .usage = N_("--workspace DIR [OPTIONS]"),
    .summary = N_("Check that journal, analytics engine and figures hold the same."),
    .text =
        N_("Settings, store and journal are read to their end, every import is counted, and for "
           "each source\nof live data it is checked that all that was accepted was stored or "
           "refused. Nothing is changed without\n--rebuild, which asks before it lets go what "
           "no file has any more. The exit code is 0 when\nall is well.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
