/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/noting.h"

#include "base/log.h"
#include "identity/live_adrift.h"
#include "intake/live/urgent.h"

#include <pthread.h>
#include <time.h>

enum { AGAIN_SECONDS = 1 }; /* after a failure */

struct noting {
    struct store *store; /* owned: a connection of its own */
    struct journal *journal;
    struct live_people *people;
    struct live_adrift *adrift; /* owned */
    int64_t seq;                /* noted up to there */
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool came, over, failing;
    bool stirred; /* it may be known of more addresses whose they are */
    struct noting_daily daily;
    time_t next_daily;
    pthread_t thread;
    bool started;
};

static enum err_code note(struct noting *n, int64_t *out_n, struct err *err)
{
    struct settings settings;

    *out_n = 0;
    TRY(settings_of(n->store, &settings, err));
    return urgent_note(n->store, n->journal, &settings, &n->seq, out_n, err);
}

static enum err_code settle(struct noting *n, struct err *err)
{
    int64_t count;

    return live_adrift_settle(n->adrift, n->store, &count, err);
}

/* False: it is over. *out_stirred: people are known otherwise. */
static bool await(struct noting *n, bool *out_stirred)
{
    struct timespec until = {.tv_sec = n->next_daily};
    bool over;

    if (n->failing && until.tv_sec > time(NULL) + AGAIN_SECONDS)
        until.tv_sec = time(NULL) + AGAIN_SECONDS;
    pthread_mutex_lock(&n->lock);
    while (!n->came && !n->stirred && !n->over)
        if (pthread_cond_timedwait(&n->news, &n->lock, &until) != 0)
            break;
    *out_stirred = n->stirred;
    n->came = n->stirred = false;
    over = n->over;
    pthread_mutex_unlock(&n->lock);
    return !over;
}

static void do_daily(struct noting *n)
{
    if (time(NULL) < n->next_daily)
        return;
    n->next_daily = time(NULL) + n->daily.seconds;
    n->daily.work(n->daily.ctx);
}

static void *work(void *ctx)
{
    struct noting *n = ctx;
    bool stirred;

    while (await(n, &stirred)) {
        struct err err = ERR_INIT;
        int64_t count;
        bool failed = note(n, &count, &err) != ERR_OK;

        if (!failed && (count || stirred || n->failing))
            failed = settle(n, &err) != ERR_OK;
        if (failed && !n->failing)
            log_line(LOG_ERROR, "web", "%s", err.msg);
        n->failing = failed;
        if (count)
            n->daily.noted(n->daily.ctx);
        do_daily(n);
    }
    return NULL;
}

static void stirred(void *ctx)
{
    struct noting *n = ctx;

    pthread_mutex_lock(&n->lock);
    n->stirred = true;
    pthread_cond_signal(&n->news);
    pthread_mutex_unlock(&n->lock);
}

enum err_code noting_open(const struct store *store, struct journal *journal,
                          struct live_people *people, struct noting_daily daily,
                          struct noting **out, struct err *err)
{
    struct noting *n = xcalloc(1, sizeof(*n));
    int64_t count;
    enum err_code rc;

    n->journal = journal;
    n->people = people;
    n->adrift = live_adrift_new(people);
    n->stirred = true; /* what an earlier process left */
    n->daily = daily;
    n->next_daily = time(NULL) + daily.seconds;
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->news, NULL);
    rc = store_again(store, &n->store, err);
    if (rc == ERR_OK)
        rc = note(n, &count, err);
    if (rc == ERR_OK && (errno = pthread_create(&n->thread, NULL, work, n)) != 0)
        rc = err_errno(err, "starting the worker");
    n->started = rc == ERR_OK;
    if (n->started)
        live_people_tell(people, stirred, n);
    if (n->started)
        pthread_setname_np(n->thread, "noting");
    if (rc == ERR_OK)
        *out = n;
    else
        noting_close(n);
    return rc;
}

void noting_came(struct noting *noting)
{
    pthread_mutex_lock(&noting->lock);
    noting->came = true;
    pthread_cond_signal(&noting->news);
    pthread_mutex_unlock(&noting->lock);
}

void noting_close(struct noting *noting)
{
    if (!noting)
        return;
    live_people_tell(noting->people, NULL, NULL);
    pthread_mutex_lock(&noting->lock);
    noting->over = true;
    pthread_cond_signal(&noting->news);
    pthread_mutex_unlock(&noting->lock);
    if (noting->started)
        pthread_join(noting->thread, NULL);
    live_adrift_free(noting->adrift);
    store_close(noting->store);
    pthread_cond_destroy(&noting->news);
    pthread_mutex_destroy(&noting->lock);
    free(noting);
}
