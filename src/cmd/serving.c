/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/serving.h"

#include "audience/members.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "cmd/again.h"
#include "cmd/assess.h"
#include "cmd/cmd.h"
#include "cmd/import_view.h"
#include "cmd/language.h"
#include "cmd/mark.h"
#include "cmd/records.h"
#include "cmd/retain.h"
#include "store/named.h"

enum { PAIRS_KEPT = 200, PAIRS_BYTES_MAX = 1 << 20, COMMIT_SECONDS = 60 };

static void tell_progress(void *ctx, const char *label, double done)
{
    struct serving *s = ctx;

    web_progress(s->web, label, done);
}

static void do_begin(void *ctx)
{
    struct serving *s = ctx;

    s->leftover = s->leftover || s->cancelled;
    s->cancelled = 0;
}

/* The last job's cancellation, when it came between two statements, waits in the engine for the
 * next one: it gets one that nobody needs. */
static void clear_engine(struct serving *s)
{
    const struct param params[] = {PARAM_I64("import_id", 0)};
    struct err ignored = ERR_INIT;

    if (s->leftover && engine_run(s->ws.engine, "import/drop_stage_order", params, 1, &ignored))
        log_line(LOG_DEBUG, "cmd", "the last job's cancellation: %s", ignored.msg);
    s->leftover = false;
}

enum err_code serving_begin(struct serving *s, struct err *err)
{
    if (s->cancelled)
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    clear_engine(s);
    progress_watch(tell_progress, s);
    TRY(settings_of(s->ws.store, &s->ws.settings, err));
    language_take_settings(&s->ws.settings);
    return ERR_OK;
}

static enum err_code look_ahead(struct store *store, const struct assess_wish *wish,
                                const struct assessed *done, struct err *err)
{
    struct outlook outlook;
    enum err_code rc = outlook_ahead(wish, done, &outlook, err);

    if (rc == ERR_OK)
        rc = mark_keep(store, wish, done, &outlook, err);
    outlook_release(&outlook);
    return rc;
}

/* What views are made of without the engine, before anybody sees the new tables. */
static enum err_code read_tables(void *ctx, struct engine *engine, int64_t as_of, struct err *err)
{
    struct serving *s = ctx;

    view_memory_free(s->memory);
    s->memory = NULL;
    return view_memory_load(engine, MEMORY_ALL, as_of, &s->memory, err);
}

static enum err_code is_any(void *ctx, const struct named *entry, struct err *err)
{
    bool *any = ctx;

    (void)entry, (void)err;
    *any = true;
    return ERR_OK;
}

/* What segments ask for is shown together with the figures. It is made later where that fails. */
static enum err_code read_aside(void *ctx, struct engine *engine, int64_t as_of, struct err *err)
{
    struct serving *s = ctx;
    struct err unmade = ERR_INIT;
    bool any = false;

    s->audience_made = false;
    TRY(read_tables(ctx, engine, as_of, err));
    TRY(store_named_each(s->ws.store, NAMED_SEGMENT, is_any, &any, err));
    if (!any)
        return ERR_OK;
    if (audience_make_aside(engine, s->ws.settings.time_zone, &unmade) == ERR_OK)
        s->audience_made = true;
    else if (unmade.code == ERR_CANCELLED)
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    else
        log_line(LOG_ERROR, "cmd", "what segments ask for is not made: %s", unmade.msg);
    return ERR_OK;
}

/* Hands over what was read, if anything was. */
static void show_tables(struct serving *s, const struct view_context *context)
{
    s->shown = s->shown || s->memory;
    web_tables_ready(s->web, context, s->memory);
    s->memory = NULL;
}

void serving_hold_tables(void *ctx, bool on)
{
    struct view_context context;
    struct err err = ERR_INIT;
    struct serving *s = ctx;
    enum err_code rc;

    s->shown = false;

    if (on) {
        web_tables_hold(s->web);
        return;
    }
    rc = records_context(&s->ws, &context, &err);
    if (rc != ERR_OK)
        log_line(LOG_ERROR, "cmd", "what was resolved cannot be told: %s", err.msg);
    err = (struct err)ERR_INIT;
    if (s->audience_made && audience_note(s->ws.engine, &err) != ERR_OK)
        log_line(LOG_ERROR, "cmd", "what segments ask for is made again: %s", err.msg);
    s->audience_made = false;
    show_tables(s, rc == ERR_OK ? &context : NULL);
    s->other_people = true;
}

/* What an earlier process made need not wait for what has come since. */
static enum err_code do_show(void *ctx, struct err *err)
{
    struct view_context context;
    struct serving *s = ctx;

    if (s->shown)
        return ERR_OK;
    TRY(serving_begin(s, err));
    TRY(records_context(&s->ws, &context, err));
    if (!context.fingerprint)
        return ERR_OK;
    TRY(read_tables(s, s->ws.engine, context.as_of, err));
    show_tables(s, &context);
    return ERR_OK;
}

static enum err_code do_drain(void *ctx, struct journal *journal, bool in_haste, struct err *err)
{
    struct serving *s = ctx;
    /* What was received before may still be on its way into the journal. */
    const int64_t begun_us = timestamp_now() - COMMIT_SECONDS * US_PER_SECOND;

    TRY(serving_begin(s, err));
    if (!in_haste)
        serving_try_erasures(s, journal);
    TRY(workspace_drain(&s->ws, journal, in_haste, &s->cancelled, err));
    s->journal = journal;
    s->drained_us = begun_us;
    return in_haste ? ERR_OK : retain_daily(&s->ws, journal, err);
}

/* Without a single dated record there is nothing to wait for. */
static enum err_code resolve_now(struct serving *s, struct err *err)
{
    struct view_context context = {0};
    const struct resolve_aside aside = {read_aside, serving_hold_tables, s};
    enum err_code rc;

    TRY(serving_begin(s, err));
    TRY(workspace_sync_decisions(s->ws.store, s->ws.engine, err));
    rc = records_make_fresh(&s->ws, &aside, &context, err);
    if (rc == ERR_NOT_FOUND) {
        context = (struct view_context){.as_of = timestamp_now(),
                                        .time_zone = "UTC",
                                        .week_start = settings_first_weekday(&s->ws.settings),
                                        .fresh = true};
        context.as_of_day = context.as_of / US_PER_DAY;
        rc = ERR_OK;
    }
    if (rc == ERR_OK && !s->shown)
        rc = read_tables(s, s->ws.engine, context.as_of, err);
    if (rc == ERR_OK)
        show_tables(s, &context);
    return rc;
}

static enum err_code do_resolve(void *ctx, struct err *err)
{
    struct serving *s = ctx;
    int64_t gone = 0;

    TRY(resolve_now(s, err));
    TRY(serving_retain_people(s, &gone, err));
    return gone ? resolve_now(s, err) : ERR_OK;
}

static enum err_code keep_pairs(struct serving *s, const struct pairs *pairs, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(PAIRS_BYTES_MAX);
    struct json_writer w = JSON_WRITER(&out);

    pairs_json(pairs, PAIRS_KEPT, &w);
    TRY(buf_check(&out, err));
    return store_put(s->ws.store, WEB_SUGGESTIONS, buf_str(&out), err);
}

static enum err_code do_suggest(void *ctx, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(PAIRS_BYTES_MAX);
    TM_CLEANUP(pairs_release) struct pairs pairs = {0};
    struct serving *s = ctx;
    bool found;

    TRY(store_get(s->ws.store, WEB_SUGGESTIONS, &kept, &found, err));
    if (found && kept.n && !s->other_people)
        return ERR_OK;
    TRY(serving_begin(s, err));
    tell_progress(s, _("looking for people who may be one"), 0);
    TRY(workspace_pairs(s->ws.store, s->ws.engine, PAIRS_LIKELY, &pairs, err));
    TRY(keep_pairs(s, &pairs, err));
    s->other_people = false;
    return ERR_OK;
}

static enum err_code do_assess(void *ctx, struct err *err)
{
    struct serving *s = ctx;
    const struct resolve_aside aside = {read_aside, serving_hold_tables, s};
    const struct assess_wish wish = {.workspace = s->ws.dir,
                                     .open = &s->ws,
                                     .as_of = TIME_NONE,
                                     .margin = (double)NAN,
                                     .aside = &aside};
    struct assessed done;
    enum err_code rc;

    TRY(serving_begin(s, err));
    rc = assess(&wish, &done, err);
    if (rc == ERR_OK)
        rc = look_ahead(s->ws.store, &wish, &done, err);
    assess_release(&done);
    return rc;
}

static void show_import(void *ctx, const char *name, uint64_t done, uint64_t total)
{
    tell_progress(ctx, name, total ? (double)done / (double)total : 0);
}

static enum err_code do_import(void *ctx, const char *path, const struct web_reading *reading,
                               struct buf *out, struct err *err)
{
    struct serving *s = ctx;
    struct import_report report = {0};
    struct json_writer w = JSON_WRITER(out);
    enum err_code rc, imported;

    TRY(serving_begin(s, err));
    const struct import_ctx how = {
        .store = s->ws.store,
        .target = engine_target_door(s->ws.target),
        .settings = &s->ws.settings,
        .options = {.currency = reading->currency[0] ? reading->currency : NULL,
                    .dates = reading->dates,
                    .decimals = reading->decimals},
        .progress = show_import,
        .progress_ctx = s,
        .cancel = &s->cancelled,
    };

    rc = import_paths(&how, &path, 1, &report, err);
    imported = import_report_code(&report);
    if (rc == ERR_OK)
        rc = workspace_note_consents(&s->ws, &s->cancelled, err);
    if (rc == ERR_OK)
        rc = import_view_keep(&report, s->ws.store, err);
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

static enum err_code take_one(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct import_entry *wanted = ctx;

    (void)err;
    if (entry->id == wanted->id)
        *wanted = *entry;
    return ERR_OK;
}

static void tell_undo(void *ctx, double done)
{
    tell_progress(ctx, _("taking the file out"), done);
}

/* First it counts no longer, then its records go: a loss of power in between is made up for at the
 * next start. */
static enum err_code undo(struct serving *s, uint32_t import_id, struct err *err)
{
    struct import_entry entry = {.id = import_id};
    char number[32];

    TRY(store_import_each(s->ws.store, IMPORT_DONE, take_one, &entry, err));
    if (!store_import_of_file(&entry))
        return err_set(err, ERR_INVALID, "what came live or was sent cannot be taken out");
    snprintf(number, sizeof(number), "%u", import_id);
    TRY(store_put(s->ws.store, undo_name, str_of(number), err));
    if (entry.name[0]) {
        entry.status = IMPORT_FAILED;
        TRY(store_import_update(s->ws.store, &entry, err));
    }
    TRY(target_drop_moved(s->ws.engine, import_id, tell_undo, s, err));
    return store_put(s->ws.store, undo_name, STR_NONE, err);
}

static enum err_code do_undo(void *ctx, uint32_t import_id, struct err *err)
{
    TRY(serving_begin(ctx, err));
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
    if (s->ws.engine) /* it may wait for one still */
        engine_cancel(s->ws.engine);
}

static enum err_code wake(void *ctx, struct engine **out_engine, struct err *err)
{
    struct serving *s = ctx;
    enum err_code rc = workspace_wake(&s->ws, err);

    if (rc == ERR_OK)
        rc = finish_undo(s, err);
    if (rc != ERR_OK)
        workspace_sleep(&s->ws);
    *out_engine = s->ws.engine;
    return rc;
}

static void attach(void *ctx, struct web *web)
{
    struct serving *s = ctx;

    s->web = web;
}

static void fall_asleep(void *ctx)
{
    struct serving *s = ctx;

    workspace_sleep(&s->ws);
}

/* An erasure that was under way goes on before anybody is answered. */
static enum err_code finish_erasures(struct serving *s, struct err *err)
{
    struct erasure *open = xcalloc(1, sizeof(*open));
    bool found = false;
    enum err_code rc = store_erasure_open(s->ws.store, open, &found, err);

    if (rc == ERR_OK && found) {
        rc = workspace_wake(&s->ws, err);
        workspace_sleep(&s->ws);
    }
    free(open);
    s->ws.erases_itself = true;
    return rc;
}

enum err_code serving_open(struct serving *s, const char *dir, struct err *err)
{
    struct store *store;

    TRY(store_open(dir, &store, err));
    store_close(store);
    TRY(workspace_open_asleep(dir, &s->ws, err));
    TRY(again_by_itself(&s->ws, err));
    if (s->ws.moved)
        fprintf(stderr, "tidemark: %s: %s %s\n", dir, again_notice(), again_advice());
    return finish_erasures(s, err);
}

void serving_close(struct serving *s)
{
    view_memory_free(s->memory);
    if (s->ws.store)
        workspace_close(&s->ws);
}

struct web_work serving_work(struct serving *s)
{
    return (struct web_work){.ctx = s,
                             .attach = attach,
                             .wake = wake,
                             .sleep = fall_asleep,
                             .assess = do_assess,
                             .import = do_import,
                             .undo = do_undo,
                             .drain = do_drain,
                             .show = do_show,
                             .resolve = do_resolve,
                             .suggest = do_suggest,
                             .export_person = serving_export_person,
                             .erase_person = serving_erase_person,
                             .do_duty = serving_do_duty,
                             .make_ads = serving_make_ads,
                             .begin = do_begin,
                             .cancel = do_cancel};
}
