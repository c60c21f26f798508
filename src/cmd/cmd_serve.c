/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmd_serve.c - the dashboard's server: what its worker does, and its start and end. */
#include "cmd/assess.h"
#include "cmd/cmd.h"
#include "cmd/import_view.h"
#include "cmd/outlook.h"
#include "base/log.h"
#include "report/roadmap.h"
#include "web/server.h"

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace to serve; it is made when missing.")},
    {"listen", 'l', "ADDRESS:PORT", N_("Where to listen; 127.0.0.1:8420 unless given.")},
    {"public-url", 0, "URL", N_("The address that browsers see, behind a server that speaks TLS.")},
    {"openapi", 0, NULL, N_("Print the API's description (OpenAPI 3.1) and end.")},
};

/* For the plan that an assessment comes with. */
static const double plan_seconds = 1;

struct serving {
    struct workspace ws;
    struct model *model;
    struct web *web;
    volatile sig_atomic_t cancelled; /* the job under way */
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static void tell_progress(void *ctx, const char *label, double done)
{
    struct serving *s = ctx;

    if (s->web)
        web_progress(s->web, label, done);
}

/* A cancellation that came between two statements would end the next job's first one. */
static enum err_code begin_job(struct serving *s, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", 0)};
    struct err ignored = ERR_INIT;
    char path[2048];

    if (s->cancelled && engine_run(s->ws.engine, "import/drop_stage_order", params, 1, &ignored))
        log_line(LOG_DEBUG, "cmd", "the last job's cancellation: %s", ignored.msg);
    s->cancelled = 0;
    TRY(store_path(s->ws.store, "tidemark.yaml", path, sizeof(path), err));
    return settings_read(path, &s->ws.settings, err);
}

static enum err_code report_both(const struct assessed *done, const struct outlook *outlook,
                                 struct buf *out, struct buf *roadmap, struct err *err)
{
    const bool has_past = done->trend && done->trend->count > 1;
    const struct report_options how = {.sensitivity = outlook->sensitivity,
                                       .money = outlook->money,
                                       .roadmap = outlook->roadmap,
                                       .trend = has_past ? done->trend : NULL,
                                       .language = i18n_current(),
                                       .from_data = done->resolved.as_of_from_data,
                                       .facts = &done->facts,
                                       .inputs = done->inputs,
                                       .input_count = done->input_count};

    TRY(report_json(done->assessment, &how, out, err));
    if (outlook->roadmap)
        TRY(report_roadmap_json(done->assessment, outlook->roadmap, &how, roadmap, err));
    return ERR_OK;
}

static enum err_code look_ahead(const struct assess_wish *wish, const struct assessed *done,
                                struct buf *out, struct buf *roadmap, struct err *err)
{
    struct outlook outlook;
    struct plan *plan;
    enum err_code rc;

    TRY(outlook_plan(wish, done->model, NULL, &plan, err));
    plan->seconds = plan_seconds;
    rc = outlook_make(done, plan, &outlook, err);
    if (rc == ERR_OK)
        rc = report_both(done, &outlook, out, roadmap, err);
    outlook_release(&outlook);
    return rc;
}

static enum err_code do_assess(void *ctx, struct buf *out, struct buf *roadmap, struct err *err)
{
    struct serving *s = ctx;
    const struct assess_wish wish = {
        .workspace = s->ws.dir, .open = &s->ws, .as_of = TIME_NONE, .margin = (double)NAN};
    struct assessed done;
    enum err_code rc;

    TRY(begin_job(s, err));
    rc = assess(&wish, &done, err);
    if (rc == ERR_OK)
        rc = look_ahead(&wish, &done, out, roadmap, err);
    assess_release(&done);
    return rc;
}

static void show_import(void *ctx, const char *name, uint64_t done, uint64_t total)
{
    tell_progress(ctx, name, total ? (double)done / (double)total : 0);
}

static enum err_code do_import(void *ctx, const char *path, struct buf *out, struct err *err)
{
    struct serving *s = ctx;
    struct import_report report = {0};
    struct json_writer w = JSON_WRITER(out);
    enum err_code rc, imported;

    TRY(begin_job(s, err));
    const struct import_ctx how = {
        .store = s->ws.store,
        .target = engine_target_door(s->ws.target),
        .settings = &s->ws.settings,
        .progress = show_import,
        .progress_ctx = s,
        .cancel = &s->cancelled,
    };

    rc = import_paths(&how, &path, 1, &report, err);
    imported = import_report_code(&report);
    if (rc == ERR_OK)
        import_view_json(&report, &w);
    if (rc == ERR_OK && imported != ERR_OK && report.n && report.files[0]->err.code) {
        *err = report.files[0]->err;
        rc = imported;
    }
    import_report_release(&report);
    return rc;
}

/* Which import is being taken out: kept until its last record is gone. */
static const char undo_name[] = "undo";

static const char *const kinds[] = {"activity", "consent", "event", "line",
                                    "mailing",  "message", "order", "person",
                                    "product",  "refund",  "spend", "traffic"};

static enum err_code take_one(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct import_entry *wanted = ctx;

    (void)err;
    if (entry->id == wanted->id)
        *wanted = *entry;
    return ERR_OK;
}

static enum err_code drop_records(struct serving *s, uint32_t import_id, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", import_id)};
    char statement[64];

    for (size_t i = 0; i < TM_COUNT(kinds); i++) {
        snprintf(statement, sizeof(statement), "import/drop_%s", kinds[i]);
        TRY(engine_run(s->ws.engine, statement, params, 1, err));
        tell_progress(s, _("taking the file out"), (double)(i + 1) / TM_COUNT(kinds));
    }
    return ERR_OK;
}

/* First it counts no longer, then its records go: a loss of power in between is made up for at the
 * next start. */
static enum err_code undo(struct serving *s, uint32_t import_id, struct err *err)
{
    struct import_entry entry = {.id = import_id};
    char number[32];

    TRY(store_import_each(s->ws.store, IMPORT_DONE, take_one, &entry, err));
    snprintf(number, sizeof(number), "%u", import_id);
    TRY(store_put(s->ws.store, undo_name, str_of(number), err));
    if (entry.name[0]) {
        entry.status = IMPORT_FAILED;
        TRY(store_import_update(s->ws.store, &entry, err));
    }
    TRY(drop_records(s, import_id, err));
    return store_put(s->ws.store, undo_name, STR_NONE, err);
}

static enum err_code do_undo(void *ctx, uint32_t import_id, struct err *err)
{
    TRY(begin_job(ctx, err));
    return undo(ctx, import_id, err);
}

static enum err_code finish_undo(struct serving *s, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(64);
    bool found;

    TRY(store_get(s->ws.store, undo_name, &kept, &found, err));
    return found && kept.n ? undo(s, (uint32_t)strtoul(kept.p, NULL, 10), err) : ERR_OK;
}

static void do_cancel(void *ctx)
{
    struct serving *s = ctx;

    s->cancelled = 1;
    engine_cancel(s->ws.engine);
}

static void show_ready(void *ctx, struct web *web, const char *url, const char *setup_token)
{
    struct serving *s = ctx;

    s->web = web;
    printf(_("Tidemark is ready: %s\n"), url);
    if (setup_token) {
        printf(_("Set the owner's password once, within a day, at: %s/#/setup/%s\n"), url,
               setup_token);
    }
    fflush(stdout);
}

static enum err_code serve(struct serving *s, const struct options *options, struct err *err)
{
    const char *listen = value(options, "listen");
    const struct web_options web = {.listen = listen ? listen : "127.0.0.1:8420",
                                    .public_url = value(options, "public-url"),
                                    .store = s->ws.store,
                                    .engine = s->ws.engine,
                                    .model = s->model,
                                    .work = {s, do_assess, do_import, do_undo, do_cancel},
                                    .stop = &cmd_cancelled,
                                    .ready = show_ready};
    enum err_code rc;

    TRY(finish_undo(s, err));
    progress_watch(tell_progress, s);
    rc = web_serve(&web, err);
    progress_watch(NULL, NULL);
    return rc;
}

static enum err_code print_openapi(struct err *err)
{
    struct buf out = BUF_INIT(4 << 20);
    enum err_code rc;

    web_openapi(&out);
    rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

/* Made when missing: a first start needs no other command. */
static enum err_code make_workspace(const char *dir, struct err *err)
{
    struct store *store;

    TRY(store_open(dir, &store, err));
    store_close(store);
    return ERR_OK;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct serving s = {0};
    struct options options;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (value(&options, "openapi"))
        return print_openapi(err);
    dir = workspace_named(value(&options, "workspace"));
    if (!dir) {
        err_set(err, ERR_USAGE, "name the workspace to serve");
        err_hint(err, "Use --workspace DIR; a folder that is not there is made.");
        return ERR_USAGE;
    }
    TRY(make_workspace(dir, err));
    TRY(model_load(NULL, &s.model, err));
    rc = workspace_open(dir, &s.ws, err);
    if (rc == ERR_OK) {
        rc = serve(&s, &options, err);
        workspace_close(&s.ws);
    }
    model_free(s.model);
    return rc;
}

const struct command command_serve = {
    .name = "serve",
    .usage = N_("--workspace DIR [OPTIONS]"),
    .summary = N_("Serve the workspace to browsers and programs: the API and its page."),
    .text = N_("The first start prints a link that sets the owner's password. While it serves, "
               "other commands\ncannot use the workspace. Ctrl-C ends it in order.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
