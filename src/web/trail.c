/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/trail.h"

#include "base/log.h"

#include <pthread.h>
#include <time.h>

enum { TOGETHER = 64, SETTLE_SECONDS = 1 };

/* Lines that one transaction writes; lives until the last who waits for it has seen its end. */
struct batch {
    struct audit_entry entries[TOGETHER];
    size_t n;
    int waiting;
    bool change; /* any of them */
    bool written;
    enum err_code rc;
    struct err err;
};

struct trail {
    struct store *store;  /* owned; of who writes */
    struct store *settle; /* owned; of the thread */
    pthread_t thread;
    bool running; /* the thread was begun */
    pthread_mutex_t lock;
    pthread_cond_t changed, soiled;
    struct batch *next; /* lines come in; NULL: none yet */
    bool writing, dirty, stop;
};

static struct timespec soon(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += SETTLE_SECONDS;
    return at;
}

/* With the lock held: waits until there is something to settle and a second has passed. */
static void wait_dirty(struct trail *trail)
{
    struct timespec until;
    int late = 0;

    while (!trail->dirty && !trail->stop)
        pthread_cond_wait(&trail->soiled, &trail->lock);
    until = soon();
    while (!trail->stop && late == 0)
        late = pthread_cond_timedwait(&trail->soiled, &trail->lock, &until);
}

/* Nobody waits for the disk but this thread. */
static void *settle(void *arg)
{
    struct trail *trail = arg;

    pthread_mutex_lock(&trail->lock);
    while (!trail->stop || trail->dirty) {
        struct err err = ERR_INIT;

        wait_dirty(trail);
        trail->dirty = false;
        pthread_mutex_unlock(&trail->lock);
        if (store_settle(trail->settle, &err) != ERR_OK)
            log_line(LOG_ERROR, "web", "the trail is not on the disk: %s", err.msg);
        pthread_mutex_lock(&trail->lock);
    }
    pthread_mutex_unlock(&trail->lock);
    return NULL;
}

enum err_code trail_new(struct store *store, struct trail **out_trail, struct err *err)
{
    struct trail *trail = xcalloc(1, sizeof(*trail));
    pthread_condattr_t attr;

    pthread_mutex_init(&trail->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&trail->changed, &attr);
    pthread_cond_init(&trail->soiled, &attr);
    pthread_condattr_destroy(&attr);
    *out_trail = trail;
    TRY(store_again(store, &trail->store, err));
    TRY(store_write_later(trail->store, true, err));
    TRY(store_again(store, &trail->settle, err));
    if (pthread_create(&trail->thread, NULL, settle, trail) != 0)
        return err_set(err, ERR_MEMORY, "could not start a thread");
    trail->running = true;
    return ERR_OK;
}

void trail_free(struct trail *trail)
{
    if (!trail)
        return;
    pthread_mutex_lock(&trail->lock);
    trail->stop = true;
    pthread_cond_signal(&trail->soiled);
    pthread_mutex_unlock(&trail->lock);
    if (trail->running)
        pthread_join(trail->thread, NULL);
    store_close(trail->settle);
    store_close(trail->store);
    pthread_cond_destroy(&trail->soiled);
    pthread_cond_destroy(&trail->changed);
    pthread_mutex_destroy(&trail->lock);
    free(trail);
}

/* With the lock held: the connection is the caller's from take to give. */
static void take(struct trail *trail)
{
    while (trail->writing)
        pthread_cond_wait(&trail->changed, &trail->lock);
    trail->writing = true;
}

static void give(struct trail *trail)
{
    trail->writing = false;
    trail->dirty = true;
    pthread_cond_broadcast(&trail->changed);
    pthread_cond_signal(&trail->soiled);
}

/* With the lock held, which is given back while it waits for room. */
static struct batch *join(struct trail *trail, const struct audit_entry *entry, bool change)
{
    while (trail->next && trail->next->n == TOGETHER)
        pthread_cond_wait(&trail->changed, &trail->lock);
    if (!trail->next)
        trail->next = xcalloc(1, sizeof(*trail->next));
    trail->next->entries[trail->next->n++] = *entry;
    trail->next->change = trail->next->change || change;
    trail->next->waiting++;
    return trail->next;
}

static enum err_code write_batch(struct store *store, struct batch *batch, struct err *err)
{
    enum err_code rc = ERR_OK;

    if (batch->change)
        TRY(store_write_later(store, false, err));
    rc = store_audit_add(store, batch->entries, batch->n, err);
    if (batch->change)
        TRY(store_write_later(store, true, err));
    return rc;
}

enum err_code trail_add(struct trail *trail, const struct audit_entry *entry, bool change,
                        struct err *err)
{
    struct batch *batch;
    enum err_code rc;

    pthread_mutex_lock(&trail->lock);
    batch = join(trail, entry, change);
    while (!batch->written && trail->writing)
        pthread_cond_wait(&trail->changed, &trail->lock);
    if (!batch->written) { /* one of those who wait writes for all of them */
        take(trail);
        trail->next = NULL;
        pthread_mutex_unlock(&trail->lock);
        batch->rc = write_batch(trail->store, batch, &batch->err);
        pthread_mutex_lock(&trail->lock);
        batch->written = true;
        give(trail);
    }
    rc = batch->rc;
    if (rc != ERR_OK && err)
        *err = batch->err;
    if (--batch->waiting == 0)
        free(batch);
    pthread_mutex_unlock(&trail->lock);
    return rc;
}

enum err_code trail_session_seen(struct trail *trail, const char *hash, int64_t at_us,
                                 struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&trail->lock);
    take(trail);
    pthread_mutex_unlock(&trail->lock);
    rc = store_session_seen(trail->store, hash, at_us, err);
    pthread_mutex_lock(&trail->lock);
    give(trail);
    pthread_mutex_unlock(&trail->lock);
    return rc;
}

enum err_code trail_key_used(struct trail *trail, int64_t id, int64_t at_us, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&trail->lock);
    take(trail);
    pthread_mutex_unlock(&trail->lock);
    rc = store_key_used(trail->store, id, at_us, err);
    pthread_mutex_lock(&trail->lock);
    give(trail);
    pthread_mutex_unlock(&trail->lock);
    return rc;
}
