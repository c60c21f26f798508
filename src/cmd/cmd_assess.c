/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/file.h"
#include "cmd/assess_options.h"
#include "cmd/mark.h"
#include "cmd/records.h"

#include <unistd.h>

static const struct option_row rows[] = {
    ASSESS_OPTION_ROWS,
    {"all", 0, NULL, N_("Show every practice with its evidence.")},
    {"json", 0, NULL, N_("Print the result as JSON (docs/assessment.schema.json).")},
    {"html", 0, "FILE", N_("Write the report as one self-contained page.")},
    {"pdf", 0, "FILE", N_("Write two pages for the owner as PDF.")},
    {"xlsx", 0, "FILE", N_("Write a workbook with the sums as live formulas.")},
    {"csv", 0, "FILE", N_("Write the practices as CSV. - as FILE is standard output.")},
};

/* What --html and its kin write, in the order of writing. */
static const struct {
    const char *option;
    enum err_code (*report)(const struct assessment *, const struct report_options *, struct buf *,
                            struct err *);
    bool binary;
} outputs[] = {
    {"html", report_html, false},
    {"pdf", report_pdf, true},
    {"xlsx", report_xlsx, true},
    {"csv", report_csv, false},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static void warn_file(const struct import_file *file)
{
    const struct import_entry *e = &file->entry;

    if (file->outcome == IMPORT_UNRECOGNISED || file->outcome == IMPORT_REFUSED) {
        bool named = strstr(file->err.msg, e->name) != NULL;

        fprintf(stderr, _("tidemark: not used: %s%s%s\n"), named ? "" : e->name, named ? "" : ": ",
                file->err.msg);
        if (file->err.hint[0])
            fprintf(stderr, "  %s: %s\n", _("hint"), file->err.hint);
    } else if (file->reject_count) {
        fprintf(stderr,
                /* TRANSLATORS: file; rejected rows; all rows; line of the first; why */
                _("tidemark: %s: rows that could not be used: %s of %s; line %s: %s\n"), e->name,
                cmd_number(e->rejected).text, cmd_number(e->rows).text,
                cmd_number(file->rejects[0].line).text, file->rejects[0].reason);
    }
}

/* What the user should know beside the result: on standard error, so that output stays clean. */
static void warn(const struct assessed *done)
{
    const struct resolve_summary *resolved = &done->resolved;
    int64_t age_days = (timestamp_now() - done->evidence->as_of) / US_PER_DAY;

    for (size_t i = 0; i < done->imports.n; i++)
        warn_file(done->imports.files[i]);
    if (done->answers_passed_over[0])
        fprintf(stderr,
                _("tidemark: %s is not used: the workspace keeps answers of its own. --answers "
                  "takes those of a file in their place.\n"),
                done->answers_passed_over);
    records_warn_unconverted(resolved->unconverted, resolved->unconverted_count,
                             resolved->currency);
    if (resolved->as_of_from_data && age_days > 31)
        fprintf(stderr,
                P_("tidemark: the newest record is %s day old; the mark is that of its "
                   "day. --as-of now judges by today.\n",
                   "tidemark: the newest record is %s days old; the mark is that of its "
                   "day. --as-of now judges by today.\n",
                   (uint64_t)age_days),
                cmd_number(age_days).text);
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* Of what can go to standard output only one may; each file is written once. */
static enum err_code check_outputs(const struct options *options, struct err *err)
{
    size_t to_stdout = value(options, "json") != NULL;

    for (size_t i = 0; i < TM_COUNT(outputs); i++) {
        const char *path = value(options, outputs[i].option);

        if (path && !*path)
            return err_set(err, ERR_USAGE, _("the option --%s needs a value: %s"),
                           outputs[i].option, "FILE");
        to_stdout += is_stdout(path);
        if (is_stdout(path) && outputs[i].binary && isatty(STDOUT_FILENO)) {
            err_set(err, ERR_USAGE, _("a terminal cannot show what --%s writes"),
                    outputs[i].option);
            err_hint(err, "%s", _("Name a file, or send the output to one with >."));
            return ERR_USAGE;
        }
        for (size_t k = 0; k < i && path && !is_stdout(path); k++) {
            const char *other = value(options, outputs[k].option);

            if (other && strcmp(other, path) == 0)
                return err_set(err, ERR_USAGE, _("--%s and --%s name the same file"),
                               outputs[k].option, outputs[i].option);
        }
    }
    if (to_stdout > 1)
        return err_set(err, ERR_USAGE, "%s",
                       _("only one report can go to standard output; name files for the others"));
    return ERR_OK;
}

static enum err_code write_output(const struct assessed *done, const struct report_options *how,
                                  size_t i, const char *path, struct err *err)
{
    struct buf out = BUF_INIT(64 << 20);
    enum err_code rc = outputs[i].report(done->assessment, how, &out, err);

    if (rc == ERR_OK)
        rc = buf_check(&out, err);
    if (rc == ERR_OK)
        rc = is_stdout(path) ? cmd_print(&out, err) : file_replace(path, buf_str(&out), err);
    buf_release(&out);
    return rc;
}

/* The page for the terminal, or JSON; nothing when another report takes standard output. */
static enum err_code print(const struct assessed *done, const struct report_options *how,
                           const struct options *options, struct err *err)
{
    struct buf out = BUF_INIT(64 << 20);
    enum err_code rc;

    for (size_t i = 0; i < TM_COUNT(outputs); i++)
        if (is_stdout(value(options, outputs[i].option)))
            return ERR_OK;
    rc = value(options, "json") ? report_json(done->assessment, how, &out, err)
                                : report_text(done->assessment, how, &out, err);
    if (rc == ERR_OK)
        rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code show(const struct assessed *done, const struct outlook *outlook,
                          const struct options *options, struct err *err)
{
    struct report_options how = outlook_report(done, outlook);
    enum err_code rc;

    how.colour = cmd_shows_colour();
    how.width = cmd_terminal_width();
    how.all = value(options, "all") != NULL;
    rc = print(done, &how, options, err);
    for (size_t i = 0; i < TM_COUNT(outputs) && rc == ERR_OK; i++) {
        const char *path = value(options, outputs[i].option);

        if (!path)
            continue;
        rc = write_output(done, &how, i, path, err);
        if (rc == ERR_OK && !is_stdout(path))
            fprintf(stderr, _("tidemark: written: %s\n"), path);
    }
    return rc;
}

static enum err_code keep(const struct assess_wish *wish, const struct assessed *done,
                          const struct outlook *outlook, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;

    TRY(workspace_open_store(wish->workspace, &store, err));
    return mark_keep(store, wish, done, outlook, err);
}

static enum err_code look_ahead(const struct assess_wish *wish, const struct assessed *done,
                                const struct options *options, struct err *err)
{
    struct outlook outlook;
    enum err_code rc = outlook_ahead(wish, done, &outlook, err);

    if (rc == ERR_OK && wish->workspace)
        rc = keep(wish, done, &outlook, err);
    if (rc == ERR_OK)
        rc = show(done, &outlook, options, err);
    outlook_release(&outlook);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct assess_wish wish;
    struct options options;
    struct assessed done;
    enum err_code rc, imported;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    TRY(assess_take_options(rows, TM_COUNT(rows), &options, &wish, err));
    TRY(check_outputs(&options, err));
    rc = assess(&wish, &done, err);
    imported = import_report_code(&done.imports);
    if (rc == ERR_OK) {
        rc = look_ahead(&wish, &done, &options, err);
        warn(&done);
    }
    if (rc == ERR_OK && imported != ERR_OK) {
        rc = err_set(err, imported, "some files could not be used; the mark rests on the others");
        err_hint(err, "The lines above say why, file by file.");
    }
    assess_release(&done);
    return rc;
}

const struct command command_assess = {
    .name = "assess",
    .usage = N_("[OPTIONS] [FOLDER|FILE...]"),
    .summary =
        N_("Measure where the shop's marketing stands: the stage, the gaps, what to do next."),
    .text = N_("Reads the exports in FOLDER (Shopify, WooCommerce, GA4, Klaviyo, Mailchimp, Meta "
               "Ads, Google Ads,\nown CSV) and prints the mark. Nothing is kept unless --workspace "
               "names a place for it.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
