/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/campaigns.h"

#include "base/i18n.h"
#include "base/log.h"
#include "outreach/campaign/life.h"
#include "outreach/campaign/resume.h"
#include "store/settings.h"
#include "web/desk.h"
#include "web/request.h"
#include "web/segments.h"

#include <time.h>

enum { LOOK_MS = 2000, AT_ONCE = 100 };
#define RESUME_US (5 * US_PER_SECOND)

struct campaigns {
    struct web *web;
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool came; /* under the lock, as the next two */
    int64_t failing;
    char problem[CAMPAIGNS_PROBLEM_BYTES];
    atomic_bool over;
    pthread_t thread;
    bool started;
    /* The thread's own. */
    struct campaign_door door;
    struct outbox *outbox;
    struct quiet *quiet;
};

/* ---- asking ------------------------------------------------------------------------------- */

static enum err_code enter(void *ctx, struct engine **out, struct err *err)
{
    struct campaign_door *door = ctx;

    return desk_lend(door->web->desk, door->connection, &door->loan, out, err);
}

static void leave(void *ctx, struct engine *engine)
{
    struct campaign_door *door = ctx;

    (void)engine;
    (void)desk_take_back(door->loan);
    door->loan = NULL;
}

enum err_code campaign_door_open(struct campaign_door *door, struct web *web, struct err *err)
{
    struct settings settings;

    *door = (struct campaign_door){.web = web};
    TRY(store_again(web->store, &door->store, err));
    TRY(settings_of(door->store, &settings, err));
    TRY(pseudonyms_open(door->store, &door->pseudonyms, err));
    snprintf(door->country, sizeof(door->country), "%s", settings.country);
    door->sending = settings.sending;
    door->asker = (struct campaign_asker){.store = door->store,
                                          .pseudonyms = door->pseudonyms,
                                          .country = door->country,
                                          .sending = &door->sending,
                                          .enter = enter,
                                          .leave = leave,
                                          .ctx = door};
    return ERR_OK;
}

void campaign_door_close(struct campaign_door *door)
{
    pseudonyms_close(door->pseudonyms);
    store_close(door->store);
    *door = (struct campaign_door){.web = NULL};
}

/* ---- planning ----------------------------------------------------------------------------- */

static bool stops(void *ctx)
{
    struct campaign_door *door = ctx;

    return atomic_load(&door->web->campaigns->over);
}

static void tell(struct campaigns *c, int64_t id, const char *problem)
{
    pthread_mutex_lock(&c->lock);
    if (problem[0] && (id != c->failing || strcmp(problem, c->problem) != 0))
        log_line(LOG_WARN, "campaigns", "campaign %" PRId64 ": %s", id, problem);
    if (problem[0] || id == c->failing) {
        c->failing = problem[0] ? id : 0;
        snprintf(c->problem, sizeof(c->problem), "%s", problem);
    }
    pthread_mutex_unlock(&c->lock);
}

/* A text that is gone or broken does not mend itself: somebody has to say what to do. */
static bool waits_for_a_word(enum err_code rc)
{
    return rc == ERR_INVALID || rc == ERR_NOT_FOUND || rc == ERR_TOO_LARGE;
}

static enum err_code plan(struct campaigns *c, struct campaign_file *file, struct zone *zone,
                          struct err *err)
{
    struct campaign_world world = campaign_world_of(&c->door.asker);
    struct campaign_planner planner = {
        .outbox = c->outbox, .quiet = c->quiet, .zone = zone, .world = &world};
    const struct campaign_live live = {.id = file->named.id,
                                       .campaign = file->campaign,
                                       .launched_us = file->kept.launched_us,
                                       .expected = file->kept.expected};
    struct campaign_planned got;
    struct err failed = ERR_INIT;
    enum err_code rc;

    if (!file->campaign || strcmp(file->digest, file->kept.launched) != 0)
        return campaign_hold(c->door.store, file, N_("the text is another than was launched"), -1,
                             err);
    rc = campaign_plan(&planner, &live, timestamp_now(), &got, &failed);
    if (waits_for_a_word(rc))
        return campaign_hold(c->door.store, file, failed.msg, -1, err);
    if (rc != ERR_OK) {
        *err = failed;
        return rc;
    }
    if (got.too_many >= 0)
        return campaign_hold(c->door.store, file, N_("there are more people than were counted"),
                             got.too_many, err);
    return got.finished ? campaign_finish(c->door.store, file, timestamp_now(), err) : ERR_OK;
}

/* Somebody's word that it goes on, as far as that was not done while they waited. */
static enum err_code resume(struct campaigns *c, struct campaign_file *file, struct err *err)
{
    bool left = false;

    TRY(resume_do(&(struct resume_work){.outbox = c->outbox,
                                        .id = file->named.id,
                                        .campaign = file->campaign,
                                        .now_us = timestamp_now(),
                                        .patience_us = RESUME_US,
                                        .stops = stops,
                                        .ctx = &c->door},
                  &left, err));
    if (left)
        campaigns_look(c); /* others come first, and then this goes on */
    return ERR_OK;
}

static enum err_code plan_one(struct campaigns *c, int64_t id, struct zone *zone, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(CAMPAIGN_TEXT_MAX);
    struct campaign_file file;
    char number[24];
    enum err_code rc;

    snprintf(number, sizeof(number), "%" PRId64, id);
    TRY(campaign_file_open(c->door.store, number, &text, &file, err));
    rc = resume(c, &file, err);
    if (rc == ERR_OK)
        rc = plan(c, &file, zone, err);
    campaign_file_close(&file);
    return rc;
}

static enum err_code look_around(struct campaigns *c, struct err *err)
{
    int64_t ids[AT_ONCE];
    struct settings settings;
    struct zone *zone = NULL;
    size_t n = 0;

    TRY(store_campaigns_in(c->door.store, CAMPAIGN_LAUNCHED, ids, AT_ONCE, &n, err));
    if (!n)
        return ERR_OK;
    if (!c->outbox)
        TRY(outbox_open(c->door.store, &c->outbox, err));
    TRY(settings_of(c->door.store, &settings, err));
    snprintf(c->door.country, sizeof(c->door.country), "%s", settings.country);
    c->door.sending = settings.sending;
    TRY(zone_open(settings.time_zone, &zone, err));
    for (size_t i = 0; i < n && !atomic_load(&c->over); i++) {
        struct err failed = ERR_INIT;
        enum err_code rc = plan_one(c, ids[i], zone, &failed);

        if (rc == ERR_UNAVAILABLE) /* what segments ask for is made by the worker */
            segments_want(c->web->segments);
        tell(c, ids[i], rc == ERR_OK || rc == ERR_CANCELLED ? "" : failed.msg);
    }
    zone_close(zone);
    return ERR_OK;
}

/* False: it is over. */
static bool await(struct campaigns *c)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&c->lock);
    while (!c->came && !atomic_load(&c->over))
        if (pthread_cond_timedwait(&c->news, &c->lock, &until) != 0)
            break;
    c->came = false;
    pthread_mutex_unlock(&c->lock);
    return !atomic_load(&c->over);
}

static void *work(void *ctx)
{
    struct campaigns *c = ctx;

    do {
        struct err err = ERR_INIT;

        if (look_around(c, &err) != ERR_OK)
            log_line(LOG_ERROR, "campaigns", "%s", err.msg);
    } while (await(c));
    return NULL;
}

/* ---- start and end ------------------------------------------------------------------------ */

enum err_code campaigns_open(struct web *web, struct campaigns **out, struct err *err)
{
    struct campaigns *c = xcalloc(1, sizeof(*c));
    enum err_code rc;

    *out = c; /* the thread asks whether it is over */
    c->web = web;
    c->quiet = quiet_new();
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->news, NULL);
    rc = campaign_door_open(&c->door, web, err);
    c->door.asker.stops = stops;
    if (rc == ERR_OK && (errno = pthread_create(&c->thread, NULL, work, c)) != 0)
        rc = err_errno(err, "starting the planning of campaigns");
    c->started = rc == ERR_OK;
    if (c->started)
        pthread_setname_np(c->thread, "campaigns");
    if (rc == ERR_OK)
        return ERR_OK;
    campaigns_close(c);
    *out = NULL;
    return rc;
}

void campaigns_look(struct campaigns *c)
{
    pthread_mutex_lock(&c->lock);
    c->came = true;
    pthread_cond_signal(&c->news);
    pthread_mutex_unlock(&c->lock);
}

void campaigns_problem(struct campaigns *c, int64_t id, char out[CAMPAIGNS_PROBLEM_BYTES])
{
    pthread_mutex_lock(&c->lock);
    snprintf(out, CAMPAIGNS_PROBLEM_BYTES, "%s", c->failing == id ? c->problem : "");
    pthread_mutex_unlock(&c->lock);
}

void campaigns_close(struct campaigns *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    atomic_store(&c->over, true);
    pthread_cond_signal(&c->news);
    pthread_mutex_unlock(&c->lock);
    if (c->started)
        pthread_join(c->thread, NULL);
    campaign_door_close(&c->door);
    outbox_close(c->outbox);
    quiet_free(c->quiet);
    pthread_cond_destroy(&c->news);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
