/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/assess.h"

#include "base/digest.h"
#include "base/log.h"
#include "cmd/answers_kept.h"
#include "cmd/cmd.h"
#include "cmd/language.h"
#include "intake/import/importer.h"
#include "maturity/evidence_io.h"
#include "maturity/promise.h"
#include "outreach/results/assigned.h"
#include "store/hand.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

int64_t assess_took(int64_t from_us, const char *step)
{
    int64_t now_us = timestamp_now();

    log_line(LOG_DEBUG, "cmd", "%s took %" PRId64 " ms", step, (now_us - from_us) / 1000);
    return now_us;
}

bool assess_find_beside(const struct assess_wish *wish, const char *name, char *out, size_t size)
{
    for (size_t i = 0; i <= wish->path_count; i++) {
        const char *folder = i < wish->path_count ? wish->paths[i] : wish->workspace;

        if (folder && (size_t)snprintf(out, size, "%s/%s", folder, name) < size &&
            access(out, R_OK) == 0)
            return true;
    }
    return false;
}

/* Of a workspace that is served: as they are in force. */
static enum err_code load_held(const struct workspace *ws, struct assessed *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    bool there;

    TRY(hand_text(ws->store, HAND_ANSWERS, &text, &there, err));
    TRY(store_mark_rests_on(ws->store, out->rests_on, err));
    if (!there)
        return ERR_OK;
    TRY(store_path(ws->store, hand_names[HAND_ANSWERS], out->answers_path,
                   sizeof(out->answers_path), err));
    return answers_parse(buf_str(&text), out->answers_path, out->model, &out->answers, err);
}

static enum err_code load_answers(const struct assess_wish *wish, struct assessed *out,
                                  struct err *err)
{
    if (wish->open)
        return load_held(wish->open, out, err);
    answers_find(wish, out->answers_path, sizeof(out->answers_path), out->answers_passed_over,
                 sizeof(out->answers_passed_over));
    return out->answers_path[0] ? answers_read(out->answers_path, out->model, &out->answers, err)
                                : ERR_OK;
}

static enum err_code keep_answers(const struct assess_wish *wish, const struct workspace *ws,
                                  struct assessed *out, struct err *err)
{
    bool known = false;

    if (!out->answers || ws->temporary || wish->open) /* they are its own */
        return ERR_OK;
    if (out->answers_passed_over[0])
        TRY(answers_known(ws->store, out->answers_passed_over, &known, err));
    if (known)
        out->answers_passed_over[0] = '\0';
    return answers_keep(wish, out->answers_path, out->answers, out->model, ws->store, err);
}

static void take_text(char *to, size_t size, const char *text)
{
    if (text && text[0])
        snprintf(to, size, "%s", text);
}

/* Settings: the workspace's, then those beside the exports, then what the owner told, then the
 * command line. */
static enum err_code load_settings(const struct assess_wish *wish, struct workspace *ws,
                                   struct assessed *out, struct err *err)
{
    char path[4096];

    if (ws->temporary && assess_find_beside(wish, "tidemark.yaml", path, sizeof(path)))
        TRY(settings_read(path, &ws->settings, err));
    language_take_settings(&ws->settings);
    if (out->answers) {
        const struct shop_facts *facts = &out->answers->facts;

        take_text(ws->settings.shop, sizeof(ws->settings.shop), facts->shop);
        take_text(ws->settings.currency, sizeof(ws->settings.currency), facts->currency);
        take_text(ws->settings.country, sizeof(ws->settings.country), facts->country);
        take_text(ws->settings.time_zone, sizeof(ws->settings.time_zone), facts->time_zone);
        take_text(ws->settings.vertical, sizeof(ws->settings.vertical), facts->vertical);
        if (!isnan(facts->margin))
            ws->settings.margin = facts->margin;
    }
    if (wish->import.currency)
        take_text(ws->settings.currency, sizeof(ws->settings.currency), wish->import.currency);
    if (!isnan(wish->margin))
        ws->settings.margin = wish->margin;
    return ERR_OK;
}

static enum err_code load_rates(const struct assess_wish *wish, const struct workspace *ws,
                                struct rates **out_rates, struct err *err)
{
    char path[4096];

    if (wish->rates) {
        *out_rates = rates_new();
        return rates_read(*out_rates, wish->rates, err);
    }
    if (ws->settings.rates[0]) {
        if (!assess_find_beside(wish, ws->settings.rates, path, sizeof(path)))
            snprintf(path, sizeof(path), "%s", ws->settings.rates);
        *out_rates = rates_new();
        return rates_read(*out_rates, path, err);
    }
    return ERR_OK;
}

static void show_resolve(void *ctx, const char *step, double done)
{
    (void)ctx;
    (void)step;
    progress_show(_("joining the data"), done);
}

static void show_measure(void *ctx, const char *step, double done)
{
    char label[80];

    (void)ctx;
    snprintf(label, sizeof(label), "%s %s", _("measuring"), step);
    progress_show(label, done);
}

/* The end of a day of the shop's zone. */
static enum err_code end_of_day(const char *day, const char *time_zone, int64_t *out,
                                struct err *err)
{
    struct civil c = {0};
    struct zone *zone;
    int used = 0;

    if (sscanf(day, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 || day[used] ||
        !civil_valid(&c)) {
        err_set(err, ERR_USAGE, "\"%s\" is not a day", day);
        err_hint(err, "Write it as 2026-09-30, or \"now\".");
        return ERR_USAGE;
    }
    TRY(zone_open(time_zone, &zone, err));
    civil_from_days(civil_to_days(c.year, c.month, c.day) + 1, &c.year, &c.month, &c.day);
    *out = zone_to_utc(zone, &c) - 1; /* its last moment: records of it count, later ones do not */
    zone_close(zone);
    return ERR_OK;
}

static struct measure_options measure_how(const struct workspace *ws, const struct assessed *out)
{
    return (struct measure_options){.as_of = out->resolved.as_of,
                                    .time_zone = ws->settings.time_zone,
                                    .margin = ws->settings.margin,
                                    .currency = out->resolved.currency,
                                    .progress = show_measure};
}

static enum err_code resolve_and_measure(const struct assess_wish *wish, struct workspace *ws,
                                         struct assessed *out, struct err *err)
{
    TM_CLEANUP(rates_freep) struct rates *rates = NULL;
    struct resolve_options how = {.time_zone = ws->settings.time_zone,
                                  .currency = ws->settings.currency,
                                  .as_of = wish->as_of,
                                  .progress = show_resolve,
                                  .aside = wish->aside,
                                  .assign = assigned_fill,
                                  .assign_ctx = ws->store,
                                  .passing = ws->temporary};
    struct measure_options what;

    TRY(load_rates(wish, ws, &rates, err));
    how.rates = rates;
    if (wish->as_of_day)
        TRY(end_of_day(wish->as_of_day, ws->settings.time_zone, &how.as_of, err));
    TRY(resolve(ws->engine, &how, &out->resolved, err));
    TRY(workspace_join_consents(ws, err));
    what = measure_how(ws, out);
    TRY(measure(ws->engine, &what, out->evidence, err));
    progress_clear();
    return ERR_OK;
}

/* The figures behind money, asked for on a thread and over a connection of their own. */
struct figures {
    struct engine *engine; /* owned */
    struct economics_options options;
    struct economics *out;
    enum language language; /* of messages */
    pthread_t thread;
    bool started, joined;
    enum err_code rc;
    struct err err;
};

static void *ask_figures(void *opaque)
{
    struct figures *f = opaque;
    int64_t from_us = timestamp_now();

    i18n_use(f->language);
    f->rc = economics(f->engine, &f->options, f->out, &f->err);
    assess_took(from_us, "economics");
    return NULL;
}

static void wait_for_figures(struct figures *f)
{
    if (f->started && !f->joined)
        pthread_join(f->thread, NULL);
    f->joined = true;
}

static enum err_code end_figures(struct figures *f, struct err *err)
{
    wait_for_figures(f);
    if (!f->started || f->rc == ERR_MEMORY)
        ask_figures(f);
    engine_close(f->engine);
    if (f->rc != ERR_OK && err)
        *err = f->err;
    return f->rc;
}

static enum err_code compare_definitions(const struct workspace *ws, struct assessed *out,
                                         struct err *err)
{
    struct measure_options what = measure_how(ws, out);
    int64_t from_us = timestamp_now();

    for (size_t i = 0; i < MEASURE_VARIANTS; i++) {
        progress_show(_("comparing definitions"), (double)i / MEASURE_VARIANTS);
        evidence_set_free(out->variants[i]); /* of an attempt without the memory for it */
        out->variants[i] = NULL;
        TRY(measure_variant(ws->engine, &what, &measure_variants[i], out->evidence,
                            &out->variants[i], err));
    }
    assess_took(from_us, "comparing definitions");
    return ERR_OK;
}

/* What else is asked of the data: the same by other definitions, and the figures behind money. Each
 * keeps one processor busy. What lacked the memory for two at a time is asked for again. */
static enum err_code measure_further(const struct workspace *ws, struct assessed *out,
                                     struct err *err)
{
    struct figures figures = {.options = {.as_of = out->resolved.as_of,
                                          .time_zone = ws->settings.time_zone,
                                          .currency = out->resolved.currency,
                                          .decimals = out->resolved.decimals},
                              .out = &out->economics,
                              .language = i18n_current()};
    struct err second = ERR_INIT;
    enum err_code rc, rc2;

    TRY(engine_attach(ws->engine, &figures.engine, err));
    figures.started = pthread_create(&figures.thread, NULL, ask_figures, &figures) == 0;
    rc = compare_definitions(ws, out, err);
    if (rc == ERR_MEMORY) {
        wait_for_figures(&figures);
        rc = compare_definitions(ws, out, err);
    }
    rc2 = end_figures(&figures, &second);
    progress_clear();
    if (rc == ERR_OK && rc2 != ERR_OK && err)
        *err = second;
    return rc != ERR_OK ? rc : rc2;
}

static enum err_code read_facts(struct workspace *ws, struct assessed *out, struct err *err)
{
    const struct param params[] = {PARAM_AT("as_of", out->resolved.as_of),
                                   PARAM_STRZ("tz", ws->settings.time_zone)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct report_facts *facts = &out->facts;

    TRY(engine_query(ws->engine, "insight/facts", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        facts->first_order_at = result_int(res, 0);
        facts->last_order_at = result_int(res, 1);
        facts->orders = result_int(res, 2);
        facts->customers = result_int(res, 3);
        facts->revenue = result_int(res, 4);
        facts->refunds = result_int(res, 5);
        facts->repeat_share = result_int(res, 7) > 0
                                  ? (double)result_int(res, 6) / (double)result_int(res, 7)
                                  : (double)NAN;
    }
    return result_status(res, err);
}

struct collected {
    struct assessed *out;
    size_t cap, digest_count;
    char (*digests)[65];
};

/* The format for people; a mapping's own name as it is. */
static const char *format_title(const char *name, struct arena *arena)
{
    for (size_t i = 0; importers[i]; i++)
        if (strcmp(importers[i]->name, name) == 0)
            return importers[i]->title;
    return arena_strdup(arena, str_of(name));
}

static enum err_code collect_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct collected *all = ctx;
    struct report_input *input;

    (void)err;
    if (all->digest_count == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 16;
        all->out->inputs = xrealloc(all->out->inputs, all->cap * sizeof(*all->out->inputs));
        all->digests = xrealloc(all->digests, all->cap * sizeof(*all->digests));
    }
    snprintf(all->digests[all->digest_count++], 65, "%s", entry->digest);
    if (!store_import_of_file(entry)) /* told by its sources */
        return ERR_OK;
    input = &all->out->inputs[all->out->input_count++];
    *input =
        (struct report_input){.name = arena_strdup(&all->out->evidence->arena, str_of(entry->name)),
                              .format = format_title(entry->format, &all->out->evidence->arena),
                              .rows = entry->rows,
                              .stored = entry->stored,
                              .merged = entry->merged,
                              .rejected = entry->rejected,
                              .newest_at = entry->newest_us,
                              .problem = ""};
    return ERR_OK;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, 64);
}

/* With its NUL, which parts it from the next. */
static void hash_text(struct digest *digest, const char *text)
{
    digest_add(digest, (struct str){text, strlen(text) + 1});
}

static void hash_answers(struct digest *digest, const struct answers *answers)
{
    char line[256];

    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *a = &answers->items[i];

        snprintf(line, sizeof(line), "%d %d %d %" PRId64 " %" PRId64, a->kind, a->level,
                 a->attested, a->answered_at, a->until);
        hash_text(digest, line);
    }
}

/* What went in, whatever the order of the files: seeds the draws and names the assessment. */
static void hash_inputs(const struct settings *settings, struct collected *all)
{
    struct assessed *out = all->out;
    struct digest digest;
    char line[256];

    digest_begin(&digest);
    if (all->digest_count)
        qsort(all->digests, all->digest_count, sizeof(*all->digests), compare_digests);
    for (size_t i = 0; i < all->digest_count; i++)
        hash_text(&digest, all->digests[i]);
    if (out->answers)
        hash_answers(&digest, out->answers);
    snprintf(line, sizeof(line), "%s %s %s %.9g %s %" PRId64, settings->currency, settings->country,
             settings->time_zone, settings->margin, settings->vertical, out->evidence->as_of);
    hash_text(&digest, line);
    digest_end(&digest, out->evidence->input_hash);
}

/* What sends live data stands beside the files, by the names that people gave. */
static void collect_live(const struct live_inputs *live, struct assessed *out)
{
    struct arena *arena = &out->evidence->arena;

    out->inputs = xrealloc(out->inputs, (out->input_count + live->n + 1) * sizeof(*out->inputs));
    for (size_t i = 0; i < live->n; i++)
        live_inputs_row(&live->list[i], arena, &out->inputs[out->input_count++]);
    for (size_t i = 0; live->n && i < out->model->practice_count; i++)
        out->evidence->items[i].sources =
            live_inputs_named(live, out->evidence->items[i].sources, arena);
}

static enum err_code collect_inputs(struct workspace *ws, struct assessed *out, struct err *err)
{
    struct collected all = {.out = out};
    enum err_code rc = ERR_OK;

    if (ws->store)
        rc = store_import_each(ws->store, IMPORT_DONE, collect_import, &all, err);
    if (rc == ERR_OK)
        hash_inputs(&ws->settings, &all);
    free(all.digests);
    collect_live(&ws->live, out);
    for (size_t i = 0; rc == ERR_OK && i < out->imports.n; i++) {
        const struct import_file *file = out->imports.files[i];

        if (file->outcome != IMPORT_UNRECOGNISED && file->outcome != IMPORT_REFUSED)
            continue;
        out->inputs = xrealloc(out->inputs, (out->input_count + 1) * sizeof(*out->inputs));
        out->inputs[out->input_count++] = (struct report_input){
            .name = file->entry.name, .format = file->title, .problem = file->err.msg};
    }
    return rc;
}

/* The kind of shop chooses the median that repeat purchases are compared with. */
static void take_vertical(const struct settings *settings, struct assessed *out)
{
    size_t i = model_vertical(out->model, settings->vertical);

    if (i != SIZE_MAX)
        out->evidence->factors.vertical_repeat_median = out->model->verticals[i].repeat_median;
}

static void attach_answers(struct assessed *out)
{
    if (!out->answers)
        return;
    for (size_t i = 0; i < out->answers->count; i++)
        out->evidence->items[i].answer = out->answers->items[i];
}

/* Levels published before, under the same scoring: what hysteresis starts from. */
static enum err_code read_published(struct workspace *ws, const struct model *model, int *published,
                                    struct err *err)
{
    for (size_t i = 0; i < model->practice_count; i++) {
        struct published_level level;
        bool found;

        TRY(store_level_get(ws->store, model->practices[i].id, &level, &found, err));
        published[i] = found && strcmp(level.scoring, model->scoring_hash) == 0 ? level.level : 0;
    }
    return ERR_OK;
}

static enum err_code keep_published(struct workspace *ws, const struct assessed *out,
                                    struct err *err)
{
    const struct model *model = out->model;
    struct published_level *levels = xcalloc(model->practice_count, sizeof(*levels));
    size_t n = 0;
    enum err_code rc;

    for (size_t i = 0; i < model->practice_count; i++) {
        if (out->assessment->practices[i].level_published <= 0)
            continue;
        snprintf(levels[n].practice, sizeof(levels[n].practice), "%s", model->practices[i].id);
        snprintf(levels[n].scoring, sizeof(levels[n].scoring), "%s", model->scoring_hash);
        levels[n].level = out->assessment->practices[i].level_published;
        levels[n++].at_us = out->evidence->as_of;
    }
    rc = store_levels_put(ws->store, levels, n, err);
    free(levels);
    return rc;
}

/* With all that it takes to judge it again. */
static enum err_code keep_assessment(struct workspace *ws, struct assessed *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf evidence = BUF_INIT(STORE_EVIDENCE_MAX);
    struct arena arena = ARENA_INIT(4 << 20);
    struct assessment_entry entry;
    enum err_code rc = history_entry(out->assessment, &arena, &entry, err);

    if (rc == ERR_OK)
        rc = evidence_write(out->evidence, out->published, &evidence, err);
    if (rc == ERR_OK)
        rc = store_assessment_put(ws->store, &entry, buf_str(&evidence), err);
    if (rc == ERR_OK)
        out->kept_id = entry.id;
    arena_release(&arena);
    return rc;
}

/* Those before this one under the same scoring, for the line through them. */
static void take_past(const struct assessment_entry *entries, size_t n, struct assessed *out)
{
    const struct model *model = out->model;

    out->past = arena_alloc(&out->arena, (n + 1) * sizeof(*out->past));
    for (size_t i = 0; out->past && i < n; i++) {
        const struct assessment_entry *e = &entries[i];
        double *levels;

        if (e->as_of >= out->evidence->as_of || strcmp(e->scoring_hash, model->scoring_hash) != 0)
            continue;
        levels = arena_alloc(&out->arena, model->practice_count * sizeof(*levels));
        if (!levels)
            return;
        for (size_t k = 0; k < model->practice_count; k++)
            levels[k] = NAN;
        for (size_t k = 0; k < e->practice_count; k++) {
            size_t at = model_practice(model, e->practices[k].id);

            if (at != SIZE_MAX)
                levels[at] = e->practices[k].continuous;
        }
        out->past[out->past_count++] = (struct sensitivity_past){e->as_of, levels};
    }
}

/* The trend ends with this assessment, which is not the newest when an earlier day is judged. */
static enum err_code read_history(struct workspace *ws, struct assessed *out, struct err *err)
{
    struct arena arena = ARENA_INIT(HISTORY_BYTES_MAX);
    struct assessment_entry *entries = NULL;
    size_t n = 0;
    enum err_code rc = store_assessments_list(ws->store, &arena, &entries, &n, err);

    if (rc == ERR_OK)
        rc = trend_make(entries, n, out->model->id, &out->trend, err);
    for (size_t i = 0; rc == ERR_OK && i < out->trend->count; i++)
        if (out->trend->points[i].id == out->kept_id)
            out->trend->count = i + 1;
    if (rc == ERR_OK) {
        take_past(entries, n, out);
        rc = arena_check(&out->arena, err);
    }
    arena_release(&arena);
    return rc;
}

static enum err_code keep(struct workspace *ws, struct assessed *out, struct err *err)
{
    TRY(keep_assessment(ws, out, err));
    TRY(keep_published(ws, out, err));
    TRY(read_history(ws, out, err));
    out->priors = xcalloc(out->model->practice_count + 1, sizeof(*out->priors));
    return promise_priors(ws->store, out->model, out->priors, err);
}

static enum err_code judge(struct workspace *ws, struct assessed *out, struct err *err)
{
    struct score_history history;
    bool kept = ws->store && !ws->temporary;
    int64_t from_us;

    out->published = xcalloc(out->model->practice_count + 1, sizeof(*out->published));
    history.published = out->published;
    if (kept)
        TRY(read_published(ws, out->model, out->published, err));
    from_us = timestamp_now();
    TRY(score(out->evidence, &history, &out->assessment, err));
    assess_took(from_us, "score");
    return kept ? keep(ws, out, err) : ERR_OK;
}

/* Not one file could be read: the reasons are worth more than a mark of nothing. */
static enum err_code check_imports(const struct assess_wish *wish, const struct assessed *out,
                                   struct err *err)
{
    const struct import_file *problem = NULL;

    for (size_t i = 0; i < out->imports.n; i++) {
        const struct import_file *file = out->imports.files[i];

        if (file->outcome == IMPORT_STORED || file->outcome == IMPORT_ALREADY)
            return ERR_OK;
        if (!problem && file->err.code != ERR_OK)
            problem = file;
    }
    if (out->imports.n == 0 && !wish->workspace) {
        err_set(err, ERR_NOT_FOUND, "\"%s\" holds no file", wish->paths[0]);
        err_hint(err, "Put the exports of your shop there. Hidden files and folders are left out.");
        return ERR_NOT_FOUND;
    }
    if (problem) {
        *err = problem->err;
        err_context(err, "no file of the folder could be read");
        return problem->err.code;
    }
    return ERR_OK;
}

/* A shop without data yet: as of the day on which the newest answer was given. */
static enum err_code date_answers(const struct assess_wish *wish, const struct workspace *ws,
                                  struct assessed *out, struct err *err)
{
    int64_t newest = TIME_NONE;

    for (size_t i = 0; i < out->answers->count; i++)
        if (out->answers->items[i].answered_at > newest)
            newest = out->answers->items[i].answered_at;
    out->evidence->as_of = wish->as_of != TIME_NONE ? wish->as_of
                           : newest != TIME_NONE    ? newest
                                                    : timestamp_now();
    if (wish->as_of_day)
        TRY(end_of_day(wish->as_of_day, ws->settings.time_zone, &out->evidence->as_of, err));
    return ERR_OK;
}

/* A temporary workspace into which no file brought anything. */
static bool nothing_imported(const struct workspace *ws, const struct assessed *out)
{
    bool any = !ws->temporary;

    for (size_t i = 0; i < out->imports.n; i++)
        any = any || out->imports.files[i]->outcome == IMPORT_STORED;
    return !any;
}

static enum err_code from_data(const struct assess_wish *wish, struct workspace *ws,
                               struct assessed *out, struct err *err)
{
    if (wish->open)
        *ws = *wish->open;
    else
        TRY(workspace_open(wish->workspace, ws, err));
    TRY(load_settings(wish, ws, out, err));
    if (wish->path_count) {
        TRY(workspace_import(ws, &wish->import, wish->paths, wish->path_count, &out->imports, err));
        TRY(check_imports(wish, out, err));
    }
    if (out->answers && nothing_imported(ws, out))
        return date_answers(wish, ws, out, err);
    TRY(resolve_and_measure(wish, ws, out, err));
    return read_facts(ws, out, err);
}

/* The answers alone: no engine is needed. */
static enum err_code from_answers(const struct assess_wish *wish, struct workspace *ws,
                                  struct assessed *out, struct err *err)
{
    ws->settings = settings_default();
    ws->temporary = true;
    TRY(load_settings(wish, ws, out, err));
    return date_answers(wish, ws, out, err);
}

static void name_shop(const struct assess_wish *wish, const struct workspace *ws,
                      struct assessed *out)
{
    const char *folder = wish->path_count ? wish->paths[0] : wish->workspace;
    struct str name = str_of(folder ? folder : "");

    while (name.n > 1 && name.p[name.n - 1] == '/')
        name.n--;
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == '/' && name.n > i) {
            name = (struct str){name.p + i, name.n - i};
            break;
        }
    }
    if (ws->settings.shop[0])
        name = str_of(ws->settings.shop);
    snprintf(out->shop, sizeof(out->shop), "%.*s", (int)name.n, name.p);
}

static enum err_code run_in(const struct assess_wish *wish, struct workspace *ws,
                            struct assessed *out, struct err *err)
{
    bool data = wish->path_count > 0 || wish->workspace;

    out->arena = ARENA_INIT(HISTORY_BYTES_MAX);
    out->economics = economics_none();
    out->facts = (struct report_facts){.orders = AMOUNT_NONE,
                                       .customers = AMOUNT_NONE,
                                       .revenue = AMOUNT_NONE,
                                       .refunds = AMOUNT_NONE,
                                       .repeat_share = (double)NAN};
    TRY(model_load(wish->model, &out->model, err));
    TRY(load_answers(wish, out, err));
    out->evidence = evidence_set_new(out->model);
    TRY(data ? from_data(wish, ws, out, err) : from_answers(wish, ws, out, err));
    take_vertical(&ws->settings, out);
    attach_answers(out);
    TRY(collect_inputs(ws, out, err));
    if (out->resolved.as_of != 0)
        TRY(measure_further(ws, out, err));
    TRY(judge(ws, out, err));
    TRY(keep_answers(wish, ws, out, err));
    name_shop(wish, ws, out);
    out->settings = ws->settings;
    out->facts.shop = out->shop;
    out->facts.currency = out->resolved.currency;
    out->facts.decimals = out->resolved.decimals;
    return ERR_OK;
}

enum err_code assess(const struct assess_wish *wish, struct assessed *out, struct err *err)
{
    struct workspace ws = {0};
    enum err_code rc;

    memset(out, 0, sizeof(*out));
    rc = run_in(wish, &ws, out, err);
    progress_clear();
    if (ws.dir[0] && !wish->open)
        workspace_close(&ws);
    return rc;
}

void assess_release(struct assessed *done)
{
    trend_free(done->trend);
    for (size_t i = 0; i < MEASURE_VARIANTS; i++)
        evidence_set_free(done->variants[i]);
    free(done->priors);
    free(done->published);
    arena_release(&done->arena);
    assessment_free(done->assessment);
    evidence_set_free(done->evidence);
    answers_free(done->answers);
    model_free(done->model);
    import_report_release(&done->imports);
    free(done->inputs);
}
