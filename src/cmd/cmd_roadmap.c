/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark roadmap: what to do, in which quarter and why. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "cmd/assess_options.h"
#include "cmd/mark.h"
#include "maturity/promise.h"
#include "report/roadmap.h"

#include <unistd.h>

static const struct option_row rows[] = {
    ASSESS_OPTION_ROWS,
    {"plan", 'p', "FILE",
     N_("Your hours, budget and wishes; plan.yaml of the folder unless given.")},
    {"init", 0, NULL, N_("Write a plan.yaml to fill in, into the folder or workspace.")},
    {"target", 't', "STAGE", N_("The stage to reach: 2, 3 or 4; the next one otherwise.")},
    {"start", 0, "DAY", N_("The plan's first day: 2026-10-01; the day after the assessment's.")},
    {"all", 0, NULL, N_("Show the steps of every quarter in full.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
    {"csv", 0, NULL, N_("Print a table as CSV, one line a step.")},
    {"ics", 0, NULL, N_("Print a calendar file (iCalendar) with steps and checks.")},
    {"output", 'o', "FILE", N_("Write to this file instead of standard output.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static enum err_code take_number(const char *text, int *out, struct err *err)
{
    if (strlen(text) != 1 || text[0] < '2' || text[0] > '4')
        return err_set(err, ERR_USAGE, "--target must be 2, 3 or 4");
    *out = text[0] - '0';
    return ERR_OK;
}

static enum err_code take_day(const char *text, int64_t *out, struct err *err)
{
    struct civil c = {0};
    int used = 0;

    if (strlen(text) != 10 ||
        sscanf(text, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 || used != 10 ||
        !civil_valid(&c) || c.year < 1900 || c.year > 2200) {
        err_set(err, ERR_USAGE, "\"%s\" is not a day", text);
        err_hint(err, "Write it as 2026-09-30.");
        return ERR_USAGE;
    }
    *out = civil_to_days(c.year, c.month, c.day);
    return ERR_OK;
}

static enum err_code load_plan(const struct options *options, const struct assess_wish *wish,
                               const struct model *model, struct plan **out, struct err *err)
{
    TRY(outlook_plan(wish, model, value(options, "plan"), out, err));
    if (value(options, "target"))
        TRY(take_number(value(options, "target"), &(*out)->target, err));
    if (value(options, "start"))
        TRY(take_day(value(options, "start"), &(*out)->start, err));
    return ERR_OK;
}

static enum err_code print_map(const struct options *options, const struct assessed *done,
                               const struct outlook *outlook, struct err *err)
{
    const char *path = value(options, "output");
    struct report_options how = outlook_report(done, outlook);
    enum err_code (*report)(const struct assessment *, const struct roadmap *,
                            const struct report_options *, struct buf *, struct err *) =
        value(options, "json")  ? report_roadmap_json
        : value(options, "csv") ? report_roadmap_csv
        : value(options, "ics") ? report_roadmap_ics
                                : report_roadmap_text;
    struct buf out = BUF_INIT(16 << 20);
    enum err_code rc;

    how.colour = !path && cmd_shows_colour();
    how.width = cmd_terminal_width();
    how.all = value(options, "all") != NULL;
    rc = report(done->assessment, outlook->roadmap, &how, &out, err);
    if (rc == ERR_OK)
        rc = path ? file_replace(path, buf_str(&out), err) : cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

/* `plan` is taken over. */
static enum err_code make(const struct options *options, const struct assess_wish *wish,
                          const struct assessed *done, struct plan *plan, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    struct outlook outlook;
    enum err_code rc = outlook_make(done, plan, &outlook, err);

    if (rc == ERR_OK && wish->workspace)
        rc = workspace_open_store(wish->workspace, &store, err);
    if (rc == ERR_OK && store)
        rc = promise_keep(store, done->kept_id, outlook.roadmap, err);
    if (rc == ERR_OK && store)
        rc = mark_keep(store, wish, done, &outlook, err);
    if (rc == ERR_OK)
        rc = print_map(options, done, &outlook, err);
    outlook_release(&outlook);
    return rc;
}

static enum err_code write_plan(const struct options *options, const struct assess_wish *wish,
                                struct err *err)
{
    const char *folder = wish->path_count ? wish->paths[0] : wish->workspace;
    TM_CLEANUP(model_freep) struct model *model = NULL;
    struct buf out = BUF_INIT(1 << 20);
    char beside[4096];
    const char *path = value(options, "plan");
    enum err_code rc;

    if (!path) {
        snprintf(beside, sizeof(beside), "%s/plan.yaml", folder ? folder : ".");
        path = beside;
    }
    if (access(path, F_OK) == 0)
        return err_set(err, ERR_EXISTS, "\"%s\" exists already", path);
    TRY(model_load(value(options, "model"), &model, err));
    plan_write_template(model, i18n_current(), &out);
    rc = buf_check(&out, err);
    if (rc == ERR_OK)
        rc = file_replace(path, buf_str(&out), err);
    buf_release(&out);
    if (rc == ERR_OK)
        printf(_("Fill in \"%s\", then run tidemark roadmap again.\n"), path);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct plan *plan = NULL;
    struct assess_wish wish;
    struct options options;
    struct assessed done;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    TRY(assess_take_options(rows, TM_COUNT(rows), &options, &wish, err));
    if (value(&options, "init"))
        return write_plan(&options, &wish, err);
    rc = assess(&wish, &done, err);
    if (rc == ERR_OK)
        rc = load_plan(&options, &wish, done.model, &plan, err);
    if (rc == ERR_OK)
        rc = make(&options, &wish, &done, plan, err);
    else
        plan_free(plan);
    assess_release(&done);
    return rc;
}

const struct command command_roadmap = {
    .name = "roadmap",
    .usage = N_("[OPTIONS] [FOLDER|FILE...]"),
    .summary = N_("Plan what to do, in which quarter and why, within your hours and budget."),
    .text = N_("Assesses the shop as \"tidemark assess\" does, then lays the steps to the next "
               "stage over quarters.\nplan.yaml tells hours, budget and wishes: --init writes "
               "one to fill in. With --workspace the\nsteps are kept, so that \"tidemark prove\" "
               "can check them later.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
