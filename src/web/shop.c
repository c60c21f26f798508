/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* shop.c - one shop of the server: its start and end, its worker, its address. */
#include "base/file.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "intake/live/drain.h"
#include "web/auth.h"
#include "store/advertised.h"
#include "store/came.h"
#include "web/campaigns.h"
#include "web/desk.h"
#include "web/duties.h"
#include "web/doors.h"
#include "web/edits.h"
#include "web/exports.h"
#include "web/feed.h"
#include "web/flowing.h"
#include "web/live.h"
#include "web/inbound.h"
#include "web/noting.h"
#include "web/planner.h"
#include "web/previews.h"
#include "web/segments.h"
#include "web/sending.h"
#include "web/trail.h"
#include "web/whose.h"

#include <dirent.h>

enum { MUCH = 40000 /* messages */, DAY_SECONDS = 86400 };

/* The worker's calls, with the engine awake. */
static enum err_code held(struct web *web, struct err *err)
{
    return engine_hold_long(web, &web->cancelled, err);
}

/* Messages that came while figures were made are not in them. */
static void doubt_when_late(struct web *web)
{
    if (web->live_waits)
        desk_doubt(web->desk);
}

static enum err_code drain_some(struct web *web, bool in_haste, struct err *err)
{
    struct journal *journal = live_journal(web->live);
    int64_t last = journal_last(journal);
    enum err_code rc = web->shop->work.drain(web->shop->work.ctx, journal, in_haste, err);

    web->live_flows = rc == ERR_OK && last - web->live_brought >= MUCH / 4;
    web->live_brought = last; /* after an error the next resolving tries again, and tells it */
    return rc;
}

/* What comes from now on asks anew. */
static enum err_code drain_live(struct web *web, struct err *err)
{
    web->live_waits = false;
    return drain_some(web, false, err);
}

/* Figures are made anew once in a while; what comes in masses does not wait for that. */
static bool live_is_much(struct web *web)
{
    int64_t n = journal_last(live_journal(web->live)) - web->live_brought;

    return n >= MUCH || (web->live_flows && n > 0);
}

static enum err_code bring_live(struct web *web, struct err *err)
{
    enum err_code rc = held(web, err);

    if (rc != ERR_OK) { /* without an engine it is not tried over and over */
        web->live_flows = false;
        web->live_brought = journal_last(live_journal(web->live));
        return rc;
    }
    rc = drain_some(web, true, err);
    engine_release(web);
    return rc;
}

enum err_code web_make_segments(struct web *web, struct err *err)
{
    enum err_code rc = held(web, err);

    if (rc != ERR_OK) { /* without an engine it is not tried over and over */
        segments_give_up(web->segments);
        return rc;
    }
    rc = segments_make(web->segments, web->engine.first, err);
    engine_release(web);
    return rc;
}

/* A shop without segments has nothing to show for it: members of those that it had go. */
static bool segments_are_cleared(struct web *web)
{
    return segments_are_due(web->segments) && !segments_are_kept(web->segments);
}

bool web_waits(struct web *web)
{
    return live_is_much(web) || segments_are_cleared(web);
}

void web_bring(struct web *web)
{
    struct err err = ERR_INIT;

    if (live_is_much(web) && bring_live(web, &err) != ERR_OK && err.code != ERR_CANCELLED)
        log_line(LOG_ERROR, "web", "what came live waits for the next resolving: %s", err.msg);
    err = ERR_INIT;
    if (segments_are_cleared(web) && web_make_segments(web, &err) != ERR_OK &&
        err.code != ERR_CANCELLED && err.code != ERR_BUSY)
        log_line(LOG_ERROR, "web", "members of segments are as they were: %s", err.msg);
}

static enum err_code assess(void *ctx, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    rc = drain_live(web, err);
    if (rc == ERR_OK)
        rc = web->shop->work.assess(web->shop->work.ctx, err);
    if (rc == ERR_OK)
        whose_fill(web->whose, web->engine.first, web->live_brought);
    doubt_when_late(web);
    engine_release(web);
    return rc;
}

static enum err_code import(void *ctx, const char *path, const struct web_reading *how,
                            struct buf *out_report, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    rc = web->shop->work.import(web->shop->work.ctx, path, how, out_report, err);
    engine_release(web);
    return rc;
}

static enum err_code undo(void *ctx, uint32_t import_id, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    rc = web->shop->work.undo(web->shop->work.ctx, import_id, err);
    engine_release(web);
    return rc;
}

static enum err_code make_fresh(void *ctx, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    if (web->live_waits) /* what is shown first does not have it */
        desk_doubt(web->desk);
    rc = web->shop->work.show(web->shop->work.ctx, err);
    desk_mark(web->desk);
    if (rc == ERR_OK)
        rc = drain_live(web, err);
    if (rc == ERR_OK)
        rc = web->shop->work.resolve(web->shop->work.ctx, err);
    if (rc == ERR_OK)
        whose_fill(web->whose, web->engine.first, web->live_brought);
    doubt_when_late(web);
    engine_release(web);
    return rc;
}

/* The tables hold all that is known by then, and nothing is brought in until the engine is let go.
 */
static enum err_code bring_all(struct web *web, struct err *err)
{
    enum err_code rc = drain_live(web, err);

    if (rc == ERR_OK)
        rc = web->shop->work.resolve(web->shop->work.ctx, err);
    doubt_when_late(web);
    return rc;
}

static enum err_code for_person(struct web *web, const struct web_person *asked, const char *path,
                                struct buf *out, struct err *err)
{
    struct web_person person = *asked;
    const struct web_work *work = &web->shop->work;
    enum err_code rc;

    person.journal = live_journal(web->live);
    TRY(held(web, err));
    rc = bring_all(web, err);
    if (rc == ERR_OK)
        rc = path ? work->export_person(work->ctx, &person, path, out, err)
                  : work->erase_person(work->ctx, &person, out, err);
    engine_release(web);
    return rc;
}

static enum err_code export_person(void *ctx, const struct web_person *person, const char *path,
                                   struct buf *out, struct err *err)
{
    return for_person(ctx, person, path, out, err);
}

static enum err_code erase_person(void *ctx, const struct web_person *person, struct buf *out,
                                  struct err *err)
{
    enum err_code rc = for_person(ctx, person, NULL, out, err);

    duties_look(ctx); /* what shops asked of the same person is done with it */
    return rc;
}

static enum err_code do_duty(void *ctx, struct web_duty *wish, struct buf *out, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    wish->journal = live_journal(web->live);
    TRY(held(web, err));
    rc = bring_all(web, err);
    if (rc == ERR_OK)
        rc = web->shop->work.do_duty(web->shop->work.ctx, wish, out, err);
    engine_release(web);
    return rc;
}

static enum err_code make_ads(void *ctx, const struct web_ads *ads, struct buf *out,
                              struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    rc = bring_all(web, err);
    if (rc == ERR_OK)
        rc = web->shop->work.make_ads(web->shop->work.ctx, ads, out, err);
    engine_release(web);
    return rc;
}

static enum err_code suggest(void *ctx, struct err *err)
{
    struct web *web = ctx;
    enum err_code rc;

    TRY(held(web, err));
    rc = web->shop->work.suggest(web->shop->work.ctx, err);
    engine_release(web);
    return rc;
}

static void begin(void *ctx)
{
    struct web *web = ctx;

    web->cancelled = false;
    web->shop->work.begin(web->shop->work.ctx);
}

static void cancel(void *ctx)
{
    struct web *web = ctx;

    web->cancelled = true;
    web->shop->work.cancel(web->shop->work.ctx);
}

/* Files of uploads that no job took: their server ended before. */
static enum err_code remove_leftovers(const struct web *web, struct err *err)
{
    char dir[1200], path[1500];
    struct dirent *entry;
    DIR *folder;

    TRY(store_path(web->store, "imports", dir, sizeof(dir), err));
    folder = opendir(dir);
    while (folder && (entry = readdir(folder))) {
        if (strncmp(entry->d_name, "upload-", 7) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%.255s", dir, entry->d_name);
        folder_remove(path);
    }
    if (folder)
        closedir(folder);
    return ERR_OK;
}

/* How much of the journal an end before left behind; before there is a worker, whose it is. */
static enum err_code read_brought(struct web *web, bool *out_waits, struct err *err)
{
    struct drain_state state;

    TRY(drain_state(web->store, live_journal(web->live), &state, err));
    web->live_brought = state.journal_last - state.waiting;
    *out_waits = state.waiting > 0;
    return ERR_OK;
}

static enum err_code fill_feed(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct web *web = ctx;
    struct json_parser *parser;

    (void)err;
    if (entry->damaged || timestamp_now() - entry->received_us > FEED_HOURS * US_PER_HOUR)
        return ERR_OK;
    parser = json_parser_new(JOURNAL_BODY_MAX);
    feed_fill(web->feed, parser, entry);
    json_parser_free(parser);
    return ERR_OK;
}

/* What came in lately, also before this start. */
static enum err_code open_feed(struct web *web, struct err *err)
{
    struct settings settings;

    TRY(settings_of(web->store, &settings, err));
    web->feed = feed_new(settings.currency);
    return journal_newest(live_journal(web->live), FEED_FIRST, fill_feed, web, err);
}

static void prune_lists(struct web *web)
{
    TM_CLEANUP(advertised_closep) struct advertised *lists = NULL;
    struct err err = ERR_INIT;
    int64_t n = 0;
    enum err_code rc = advertised_open_kept(web->store, &lists, &err);

    if (rc == ERR_OK && lists)
        rc = advertised_prune(lists, timestamp_now(), &n, &err);
    if (rc != ERR_OK)
        log_line(LOG_WARN, "web", "lists for advertising places: %s", err.msg);
}

/* Drained, it is also looked at what the settings keep no longer: on days without a message, too.
 */
static void day_passed(void *ctx)
{
    prune_lists(ctx);
    web_live_came(ctx);
    duties_look(ctx);
}

static void noted(void *ctx)
{
    duties_look(ctx);
}

enum err_code shop_open(struct site *site, const struct web_shop *shop, struct web *out,
                        struct err *err)
{
    bool waits;

    out->site = site;
    out->options = site->options;
    out->shop = shop;
    out->work = (struct web_work){.ctx = out,
                                  .assess = assess,
                                  .import = import,
                                  .undo = undo,
                                  .resolve = make_fresh,
                                  .suggest = suggest,
                                  .export_person = export_person,
                                  .erase_person = erase_person,
                                  .do_duty = do_duty,
                                  .make_ads = make_ads,
                                  .begin = begin,
                                  .cancel = cancel};
    if (shop->name[0])
        snprintf(out->prefix, sizeof(out->prefix), "/%s", shop->name);
    pthread_mutex_init(&out->lock, NULL);
    pthread_mutex_init(&out->repeat_lock, NULL);
    TRY(store_again(shop->store, &out->store, err));
    TRY(trail_new(shop->store, &out->trail, err));
    TRY(edits_open(out, &out->edits, err));
    TRY(remove_leftovers(out, err));
    exports_sweep(out);
    shop->work.attach(shop->work.ctx, out);
    out->desk = desk_new(out);
    out->planner = planner_new();
    out->previews = previews_new();
    TRY(live_open(out->store, &out->live, err));
    TRY(read_brought(out, &waits, err));
    TRY(open_feed(out, err));
    TRY(whose_open(out, &out->whose, err));
    TRY(doors_open(out->store, &out->doors, err));
    TRY(segments_open(out, &out->segments, err));
    TRY(campaigns_open(out, &out->campaigns, err));
    TRY(jobs_new(out, &out->work, shop->store, &out->jobs, err));
    TRY(duties_open(out, err));
    TRY(noting_open(shop->store, live_journal(out->live), whose_people(out->whose),
                    (struct noting_daily){day_passed, noted, out, DAY_SECONDS}, &out->noting, err));
    TRY(pseudonyms_open(shop->store, &out->keys, err));
    TRY(inbound_open(out, &out->inbound, err));
    TRY(sending_open(out, &out->sending, err));
    duties_look(out);
    TRY(flowing_open(out, &out->flowing, err));
    if (waits)
        web_live_came(out);
    return ERR_OK;
}

void web_live_came(struct web *web)
{
    if (atomic_exchange(&web->live_waits, true))
        return;
    desk_doubt(web->desk);
    if (!jobs_want_live(web->jobs))
        web->live_waits = false; /* the next one tries again */
}

void shop_close(struct web *web)
{
    if (!web->shop)
        return;
    flowing_close(web->flowing);
    sending_close(web->sending);
    web->sending = NULL;
    inbound_close(web->inbound);
    noting_close(web->noting);
    jobs_free(web->jobs);
    campaigns_close(web->campaigns);
    web->campaigns = NULL;
    segments_close(web->segments);
    web->segments = NULL;
    desk_free(web->desk);
    planner_free(web->planner);
    previews_free(web->previews);
    web->previews = NULL;
    whose_close(web->whose);
    live_close(web->live);
    feed_free(web->feed);
    web->flowing = NULL;
    web->whose = NULL;
    doors_close(web->doors);
    web->doors = NULL;
    web->noting = NULL;
    web->live = NULL;
    web->feed = NULL;
    web->planner = NULL;
    web->desk = NULL;
    edits_close(web->edits);
    web->edits = NULL;
    pseudonyms_close(web->keys);
    web->keys = NULL;
    trail_free(web->trail);
    store_close(web->store);
    pthread_mutex_destroy(&web->lock);
    pthread_mutex_destroy(&web->repeat_lock);
}

struct web *shop_find(struct site *site, const char *url, const char **out_rest)
{
    size_t n = strcspn(url + (*url == '/'), "/") + 1;

    *out_rest = url;
    if (site->shop_count == 1 && !site->shops[0].prefix[0])
        return &site->shops[0];
    for (size_t i = 0; *url == '/' && i < site->shop_count; i++) {
        struct web *web = &site->shops[i];

        if (strlen(web->prefix) != n || strncmp(web->prefix, url, n) != 0)
            continue;
        *out_rest = url + n;
        return web;
    }
    return &site->root;
}

void web_progress(struct web *web, const char *step, double done)
{
    jobs_progress(web->jobs, step, done);
}

void web_tables_hold(struct web *web)
{
    segments_hold(web->segments);
    desk_hold(web->desk);
}

void web_tables_ready(struct web *web, const struct view_context *context,
                      struct view_memory *memory)
{
    desk_set(web->desk, context, memory);
    whose_figures(web->whose, web->live_brought);
    segments_figures(web->segments, web->live_brought);
}

bool web_commit(struct web *web)
{
    return jobs_commit(web->jobs);
}

void web_forget(struct web *web, const struct who *who)
{
    struct str *texts = xcalloc(who->n + who->needle_count + 1, sizeof(*texts));
    size_t n = 0;

    for (size_t i = 0; i < who->n; i++)
        if (!who->ids[i].other && who->ids[i].kind != PERSONAL_ORDER)
            texts[n++] = who->ids[i].value;
    for (size_t i = 0; i < who->needle_count; i++)
        texts[n++] = who->needles[i];
    feed_forget(web->feed, texts, n);
    whose_forget(web->whose);
    segments_forget(web->segments);
    desk_forget(web->desk);
    jobs_forget(web->jobs);
    free(texts);
}
