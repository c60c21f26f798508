/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/import_view.h"
#include "cmd/workspace.h"

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace; TIDEMARK_WORKSPACE unless given.")},
    IMPORT_OPTION_ROWS,
    {"json", 0, NULL, N_("Print the report as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static enum err_code print_report(const struct import_report *report, bool as_json, struct err *err)
{
    struct buf out = BUF_INIT(64 << 20);
    enum err_code rc = ERR_OK;

    if (as_json) {
        struct json_writer w = JSON_WRITER(&out);

        json_begin_object(&w);
        json_key(&w, "files");
        import_view_json(report, &w);
        json_end_object(&w);
        buf_addc(&out, '\n');
    } else {
        rc = import_view_text(report, &out, err);
    }
    if (rc == ERR_OK)
        rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code no_file(const char *path, struct err *err)
{
    err_set(err, ERR_NOT_FOUND, _("\"%s\" holds no file"), path);
    err_hint(err, "%s",
             _("Put the exports of your shop there. Hidden files and folders are left out."));
    return ERR_NOT_FOUND;
}

static enum err_code import_and_print(struct workspace *ws, const struct options *options,
                                      struct err *err)
{
    struct import_report report = {0};
    struct import_options how;
    enum err_code rc, printed, outcome;

    TRY(import_take_options(rows, TM_COUNT(rows), options, &how, err));
    rc = workspace_import(ws, &how, options->operands, options->operand_count, &report, err);
    printed = print_report(&report, value(options, "json") != NULL, rc == ERR_OK ? err : NULL);
    outcome = import_report_code(&report);
    if (rc == ERR_OK)
        rc = printed;
    if (rc == ERR_OK && report.n == 0)
        rc = no_file(options->operands[0], err);
    if (rc == ERR_OK && outcome != ERR_OK) {
        rc = err_set(err, outcome, "not every file could be imported");
        err_hint(err, "The report above says why, file by file. The others are stored.");
    }
    import_report_release(&report);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct workspace ws;
    struct options options;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count == 0)
        return err_set(err, ERR_USAGE, "name the files or folders to import");
    dir = workspace_named(value(&options, "workspace"));
    if (!dir) {
        err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
        err_hint(err, "Make one with: tidemark init DIR. To look at a folder of exports "
                      "without keeping anything: tidemark assess FOLDER.");
        return ERR_USAGE;
    }
    TRY(workspace_open(dir, &ws, err));
    rc = import_and_print(&ws, &options, err);
    workspace_close(&ws);
    return rc;
}

const struct command command_import = {
    .name = "import",
    .usage = N_("--workspace DIR [OPTIONS] FILE|FOLDER..."),
    .summary = N_("Read export files into a workspace."),
    .text = N_("The format of a file is recognised by its header. A file is stored whole or not at "
               "all;\na content that was imported before changes nothing.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
