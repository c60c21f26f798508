/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/sending.h"

#include "base/log.h"
#include "store/settings.h"
#include "web/desk.h"
#include "web/inbound.h"

#include <time.h>

enum { TURN_MS = 200, IDLE_MS = 1000, AGAIN_MS = 5000 };

const char *const sending_state_words[SENDING_STATES] = {
    [SENDING_UNSET] = "unset",     [SENDING_EMPTY] = "empty",     [SENDING_UNARMED] = "unarmed",
    [SENDING_STOPPED] = "stopped", [SENDING_FAILING] = "failing", [SENDING_READY] = "ready"};

struct sending_thread {
    struct web *web;
    struct store *store; /* owned: a connection of its own */
    pthread_mutex_t lock;
    pthread_cond_t look;
    bool came, over; /* under the lock, as `news` */
    struct sending_news news;
    pthread_t thread;
    bool started;
    /* The thread's own. */
    struct sender *sender;
    struct outbox *outbox;
    struct desk_loan *loan;   /* while people are asked for */
    struct settings settings; /* with which the sender works */
    int64_t day;
    struct sender_counts before; /* of senders that were */
};

void sending_base(const struct web *web, char *out, size_t size)
{
    const char *url = web->options->public_url;
    size_t n = url ? strlen(url) : 0;

    while (n && url[n - 1] == '/')
        n--;
    if (!url || strncmp(url, "https://", 8) != 0)
        n = 0;
    snprintf(out, size, "%.*s%s", (int)n, n ? url : "", n ? web->prefix : "");
}

/* ---- what is told ------------------------------------------------------------------------- */

static void add_counts(struct sender_counts *to, const struct sender_counts *more)
{
    int64_t *a = (int64_t *)(void *)to;
    const int64_t *b = (const int64_t *)(const void *)more;

    static_assert(sizeof(*to) % sizeof(int64_t) == 0, "counts of int64_t alone");
    for (size_t i = 0; i < sizeof(*to) / sizeof(int64_t); i++)
        a[i] += b[i];
}

static void tell(struct sending_thread *t, enum sending_state state, const char *problem)
{
    struct sender_counts counts = t->before;

    if (t->sender)
        add_counts(&counts, sender_counts(t->sender));
    pthread_mutex_lock(&t->lock);
    if (problem[0] && strcmp(problem, t->news.problem) != 0)
        log_line(LOG_ERROR, "sending", "%s", problem);
    t->news.state = state;
    t->news.counts = counts;
    t->news.per_minute = sending_per_minute(&t->settings.sending, timestamp_now() / US_PER_DAY);
    snprintf(t->news.problem, sizeof(t->news.problem), "%s", problem);
    pthread_mutex_unlock(&t->lock);
}

void sending_news(struct sending_thread *sending, struct sending_news *out)
{
    pthread_mutex_lock(&sending->lock);
    *out = sending->news;
    pthread_mutex_unlock(&sending->lock);
}

/* ---- the work ----------------------------------------------------------------------------- */

static enum err_code let_go(struct sending_thread *t, struct err *err)
{
    enum err_code rc;

    if (!t->sender)
        return ERR_OK;
    rc = sender_end(t->sender, err);
    add_counts(&t->before, sender_counts(t->sender));
    sender_close(t->sender);
    t->sender = NULL;
    return rc;
}

static enum err_code lend(void *ctx, struct engine **out, struct err *err)
{
    struct sending_thread *t = ctx;

    return desk_lend(t->web->desk, NULL, &t->loan, out, err);
}

static void give(void *ctx)
{
    struct sending_thread *t = ctx;

    (void)desk_take_back(t->loan);
    t->loan = NULL;
}

static enum err_code take_up(struct sending_thread *t, const struct settings *settings,
                             struct err *err)
{
    char base[SENDER_BASE_MAX];
    const struct sender_settings how = {.store = t->store,
                                        .settings = &t->settings,
                                        .base = base,
                                        .engine = {lend, give, t},
                                        .alone = true};
    enum err_code rc;

    t->settings = *settings;
    t->day = timestamp_now() / US_PER_DAY;
    sending_base(t->web, base, sizeof(base));
    if (!base[0] && settings->sending.marketing.address[0]) {
        err_set(err, ERR_INVALID, "marketing needs links that mailboxes can follow");
        err_hint(err, "Start the server with --public-url https://...");
        return err->code;
    }
    TRY(sender_open(&how, &t->sender, err));
    rc = sender_connect(t->sender, timestamp_now(), err);
    if (rc != ERR_OK) {
        sender_close(t->sender);
        t->sender = NULL;
    }
    return rc;
}

/* What a sender was opened with; a new day may allow more. */
static bool is_as_before(const struct sending_thread *t, const struct settings *settings)
{
    return t->day == timestamp_now() / US_PER_DAY &&
           memcmp(&t->settings.sending, &settings->sending, sizeof(settings->sending)) == 0 &&
           strcmp(t->settings.shop, settings->shop) == 0 &&
           strcmp(t->settings.currency, settings->currency) == 0 &&
           strcmp(t->settings.country, settings->country) == 0 &&
           strcmp(t->settings.time_zone, settings->time_zone) == 0;
}

static enum err_code look_around(struct sending_thread *t, struct settings *settings,
                                 enum sending_state *out, struct err *err)
{
    struct outbox_switch shop;

    *out = SENDING_UNSET;
    TRY(settings_of(t->store, settings, err));
    if (!settings->sending.given)
        return ERR_OK;
    *out = SENDING_EMPTY;
    if (!t->outbox)
        TRY(outbox_open_kept(t->store, &t->outbox, err));
    if (!t->outbox)
        return ERR_OK;
    TRY(outbox_switch(t->outbox, &shop, err));
    *out = shop.disarmed ? SENDING_UNARMED : shop.stopped ? SENDING_STOPPED : SENDING_READY;
    return ERR_OK;
}

/* Figures are to have what was sent. */
static enum err_code take_turn(struct sending_thread *t, bool *out_busy, struct err *err)
{
    const int64_t accepted = sender_counts(t->sender)->accepted;
    enum err_code rc = sender_turn(t->sender, TURN_MS, out_busy, err);

    if (sender_counts(t->sender)->accepted != accepted)
        web_live_came(t->web);
    return rc;
}

/* One turn. *out_ms: how long nothing will be there to do. */
static enum err_code turn(struct sending_thread *t, int *out_ms, struct err *err)
{
    struct settings settings;
    enum sending_state state;
    char problem[256];
    bool busy = false;

    *out_ms = IDLE_MS;
    TRY(look_around(t, &settings, &state, err));
    if (t->sender && !is_as_before(t, &settings))
        TRY(let_go(t, err));
    if (state == SENDING_READY && !t->sender)
        TRY(take_up(t, &settings, err));
    if (t->sender)
        TRY(take_turn(t, &busy, err));
    inbound_problem(t->web->inbound, problem, sizeof(problem));
    tell(t, state, problem);
    if (busy)
        *out_ms = 0;
    return ERR_OK;
}

/* False: it is over. */
static bool await(struct sending_thread *t, int ms)
{
    struct timespec until;
    bool over;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&t->lock);
    while (ms && !t->came && !t->over)
        if (pthread_cond_timedwait(&t->look, &t->lock, &until) != 0)
            break;
    t->came = false;
    over = t->over;
    pthread_mutex_unlock(&t->lock);
    return !over;
}

static void *work(void *ctx)
{
    struct sending_thread *t = ctx;
    struct err err = ERR_INIT;
    int ms = 0;

    while (await(t, ms)) {
        err = (struct err)ERR_INIT;
        if (turn(t, &ms, &err) == ERR_OK)
            continue;
        tell(t, SENDING_FAILING, err.msg);
        ms = AGAIN_MS;
    }
    if (let_go(t, &err) != ERR_OK)
        log_line(LOG_ERROR, "sending", "%s", err.msg);
    return NULL;
}

/* ---- start and end ------------------------------------------------------------------------ */

enum err_code sending_open(struct web *web, struct sending_thread **out, struct err *err)
{
    struct sending_thread *t = xcalloc(1, sizeof(*t));
    enum err_code rc;

    t->web = web;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->look, NULL);
    rc = store_again(web->store, &t->store, err);
    if (rc == ERR_OK && (errno = pthread_create(&t->thread, NULL, work, t)) != 0)
        rc = err_errno(err, "starting the sender");
    t->started = rc == ERR_OK;
    if (t->started)
        pthread_setname_np(t->thread, "sending");
    if (rc == ERR_OK)
        *out = t;
    else
        sending_close(t);
    return rc;
}

void sending_look(struct sending_thread *sending)
{
    pthread_mutex_lock(&sending->lock);
    sending->came = true;
    pthread_cond_signal(&sending->look);
    pthread_mutex_unlock(&sending->lock);
}

void sending_close(struct sending_thread *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->over = true;
    pthread_cond_signal(&t->look);
    pthread_mutex_unlock(&t->lock);
    if (t->started)
        pthread_join(t->thread, NULL);
    sender_close(t->sender);
    outbox_close(t->outbox);
    store_close(t->store);
    pthread_cond_destroy(&t->look);
    pthread_mutex_destroy(&t->lock);
    free(t);
}
