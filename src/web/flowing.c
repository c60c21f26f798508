/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/flowing.h"

#include "base/log.h"
#include "outreach/acting/acting.h"
#include "outreach/acting/knowing.h"
#include "web/desk.h"
#include "web/live.h"
#include "web/request.h"
#include "web/segments.h"
#include "web/whose.h"

#include <time.h>

enum { LOOK_MS = 1000, SOON_MS = 20, UNKNOWN_MS = 500, HELD_MS = 2000 };

struct flowing {
    struct web *web;
    struct live_people *people;
    struct store *store; /* owned: a connection of its own */
    struct settings settings;
    struct knowing *knowing;
    struct acting *acting;
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool came, over;
    int64_t behind; /* messages */
    char held[512]; /* what cannot be asked now; "" */
    atomic_bool changed;
    bool failing;
    struct desk_loan *loan; /* while something is fetched */
    pthread_t thread;
    bool started;
};

/* ---- whose messages are ------------------------------------------------------------------- */

static bool find_source(void *ctx, int64_t id, struct source_entry *out)
{
    return live_source(((struct flowing *)ctx)->web->live, id, out);
}

static bool is_ready(void *ctx)
{
    return live_people_is_ready(((struct flowing *)ctx)->people);
}

static void find_whose(void *ctx, int64_t seq, struct live_whose *out)
{
    live_people_whose(((struct flowing *)ctx)->people, seq, out);
}

static uint64_t person_of(void *ctx, uint64_t number)
{
    return live_people_of(((struct flowing *)ctx)->people, number);
}

static uint64_t turn_of(void *ctx)
{
    return live_people_turn(((struct flowing *)ctx)->people);
}

static bool who_is(void *ctx, uint64_t person, struct pseudonym *out)
{
    struct live_people *people = ((struct flowing *)ctx)->people;

    return live_people_addresses(people, &person, 1, false, out, 1) > 0 ||
           live_people_addresses(people, &person, 1, true, out, 1) > 0;
}

/* ---- what is known of people -------------------------------------------------------------- */

static enum err_code enter(void *ctx, struct engine **out, struct err *err)
{
    struct flowing *f = ctx;

    return desk_lend(f->web->desk, NULL, &f->loan, out, err);
}

static void leave(void *ctx, struct engine *engine)
{
    struct flowing *f = ctx;

    (void)engine;
    (void)desk_take_back(f->loan);
    f->loan = NULL;
}

static uint64_t page_of(void *ctx, uint64_t person)
{
    return live_people_page(((struct flowing *)ctx)->people, person);
}

static void find_recent(void *ctx, void (*each)(void *each_ctx, int64_t seq, uint64_t person),
                        void *each_ctx)
{
    struct flowing *f = ctx;

    live_people_since(f->people, segments_seq(f->web->segments), each, each_ctx);
}

static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *err)
{
    return knowing_holds(((struct flowing *)ctx)->knowing, person, condition, out, err);
}

static enum err_code reach(void *ctx, uint64_t person, struct str data, struct outbox_message *io,
                           bool *out_found, struct err *err)
{
    return knowing_reach(((struct flowing *)ctx)->knowing, person, data, io, out_found, err);
}

static enum err_code zone_of(void *ctx, uint64_t person, char *out, size_t size, struct err *err)
{
    return knowing_zone(((struct flowing *)ctx)->knowing, person, out, size, err);
}

static enum err_code everybody(void *ctx, const char *condition, acting_person_fn *each,
                               void *each_ctx, struct err *err)
{
    return knowing_everybody(((struct flowing *)ctx)->knowing, condition, each, each_ctx, err);
}

static void expect(void *ctx, uint64_t person)
{
    knowing_expect(((struct flowing *)ctx)->knowing, person);
}

static bool lacks(void *ctx)
{
    return knowing_lacks(((struct flowing *)ctx)->knowing);
}

static enum err_code fetch(void *ctx, struct err *err)
{
    return knowing_fetch(((struct flowing *)ctx)->knowing, err);
}

static void done(void *ctx)
{
    knowing_done(((struct flowing *)ctx)->knowing);
}

/* ---- the thread --------------------------------------------------------------------------- */

static void drop_acting(struct flowing *f)
{
    acting_close(f->acting);
    knowing_free(f->knowing);
    f->acting = NULL;
    f->knowing = NULL;
}

static enum err_code open_acting(struct flowing *f, struct err *err)
{
    const struct knowing_door door = {enter, leave, page_of, find_recent, find_source, f};
    const struct acting_world world = {.source = find_source,
                                       .ready = is_ready,
                                       .whose = find_whose,
                                       .person = person_of,
                                       .turn = turn_of,
                                       .who = who_is,
                                       .holds = holds,
                                       .reach = reach,
                                       .zone_of = zone_of,
                                       .everybody = everybody,
                                       .expect = expect,
                                       .lacks = lacks,
                                       .fetch = fetch,
                                       .done = done,
                                       .ctx = f};
    enum err_code rc =
        knowing_new(f->store, live_journal(f->web->live), &f->settings, &door, &f->knowing, err);

    if (rc == ERR_OK)
        rc = acting_open(f->store, live_journal(f->web->live), &f->settings, &world, &f->acting,
                         err);
    if (rc != ERR_OK)
        drop_acting(f);
    return rc;
}

/* The shop's zone, currency and country may be others than before. */
static enum err_code follow_settings(struct flowing *f, struct err *err)
{
    struct settings now;

    TRY(settings_of(f->store, &now, err));
    if (f->acting && strcmp(now.time_zone, f->settings.time_zone) == 0 &&
        strcmp(now.currency, f->settings.currency) == 0 &&
        strcmp(now.country, f->settings.country) == 0) {
        f->settings.sending = now.sending;
        return ERR_OK;
    }
    f->settings = now;
    drop_acting(f);
    return open_acting(f, err);
}

static enum err_code step(struct flowing *f, struct acting_done *out, struct err *err)
{
    TRY(follow_settings(f, err));
    if (atomic_exchange(&f->changed, false))
        acting_changed(f->acting);
    return acting_step(f->acting, timestamp_now(), out, err);
}

static void tell_failure(struct flowing *f, enum err_code rc, const struct err *err)
{
    if (rc != ERR_OK && !f->failing)
        log_line(LOG_ERROR, "web", "flows stand still: %s", err->msg);
    f->failing = rc != ERR_OK;
}

static int64_t wait_ms(const struct flowing *f, const struct acting_done *d)
{
    int64_t until_ms;

    if (f->failing || d->held.code != ERR_OK)
        return HELD_MS;
    if (d->soon)
        return is_ready((void *)(uintptr_t)f) ? SOON_MS : UNKNOWN_MS;
    until_ms = d->until_us == TIME_NONE ? LOOK_MS : (d->until_us - timestamp_now()) / 1000 + 1;
    return until_ms < SOON_MS ? SOON_MS : until_ms < LOOK_MS ? until_ms : LOOK_MS;
}

/* False: it is over. */
static bool await(struct flowing *f, const struct acting_done *d)
{
    const int64_t ms = wait_ms(f, d);
    struct timespec until;
    bool over;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&f->lock);
    f->behind = f->acting ? acting_behind(f->acting) : 0;
    snprintf(f->held, sizeof(f->held), "%s", d->held.code != ERR_OK ? d->held.msg : "");
    while (!d->more && !f->over && (!f->came || f->failing || d->soon))
        if (pthread_cond_timedwait(&f->news, &f->lock, &until) != 0)
            break;
    f->came = false;
    over = f->over;
    pthread_mutex_unlock(&f->lock);
    return !over;
}

static void *work(void *ctx)
{
    struct flowing *f = ctx;
    struct acting_done d = {.held = ERR_INIT};

    do {
        struct err err = ERR_INIT;

        d = (struct acting_done){.held = ERR_INIT};
        tell_failure(f, step(f, &d, &err), &err);
    } while (await(f, &d));
    return NULL;
}

enum err_code flowing_open(struct web *web, struct flowing **out, struct err *err)
{
    struct flowing *f = xcalloc(1, sizeof(*f));
    enum err_code rc;

    f->web = web;
    f->people = whose_people(web->whose);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->news, NULL);
    rc = store_again(web->store, &f->store, err);
    if (rc == ERR_OK && (errno = pthread_create(&f->thread, NULL, work, f)) != 0)
        rc = err_errno(err, "starting the worker");
    f->started = rc == ERR_OK;
    if (f->started)
        pthread_setname_np(f->thread, "flows");
    if (rc == ERR_OK)
        *out = f;
    else
        flowing_close(f);
    return rc;
}

void flowing_close(struct flowing *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->over = true;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
    if (f->started)
        pthread_join(f->thread, NULL);
    drop_acting(f);
    store_close(f->store);
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static void signal_news(struct flowing *f)
{
    pthread_mutex_lock(&f->lock);
    f->came = true;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
}

void flowing_came(struct flowing *f)
{
    signal_news(f);
}

void flowing_changed(struct flowing *f)
{
    f->changed = true;
    signal_news(f);
}

void flowing_show_state(struct flowing *f, const char *key, struct json_writer *w)
{
    pthread_mutex_lock(&f->lock);
    json_key(w, key);
    json_begin_object(w);
    json_key_int(w, "waiting", f->behind);
    json_key_stringz(w, "held_by", *f->held ? f->held : NULL);
    json_end_object(w);
    pthread_mutex_unlock(&f->lock);
}
