/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/live.h"

#include <pthread.h>
#include <sodium.h>

struct live {
    pthread_rwlock_t lock;
    struct source_entry *sources;           /* STORE_SOURCES_MAX, owned */
    char (*secrets)[SOURCE_SECRET_MAX + 1]; /* of the same; owned, wiped at the end */
    size_t count;
    struct journal *journal;
};

enum err_code live_open(struct store *store, struct live **out, struct err *err)
{
    struct live *live = xcalloc(1, sizeof(*live));
    enum err_code rc;

    pthread_rwlock_init(&live->lock, NULL);
    live->sources = xcalloc(STORE_SOURCES_MAX, sizeof(*live->sources));
    live->secrets = xcalloc(STORE_SOURCES_MAX, sizeof(*live->secrets));
    rc = journal_open(store_dir(store), &live->journal, err);
    if (rc == ERR_OK)
        rc = live_reload(live, store, err);
    if (rc == ERR_OK)
        *out = live;
    else
        live_close(live);
    return rc;
}

void live_close(struct live *live)
{
    if (!live)
        return;
    journal_close(live->journal);
    pthread_rwlock_destroy(&live->lock);
    free(live->sources);
    sodium_memzero(live->secrets, STORE_SOURCES_MAX * sizeof(*live->secrets));
    free(live->secrets);
    free(live);
}

/* A source without one has none: what is signed with it is believed by nobody. */
static enum err_code read_secret(struct store *store, int64_t id, char out[SOURCE_SECRET_MAX + 1],
                                 struct err *err)
{
    struct buf secret = BUF_INIT(SOURCE_SECRET_MAX);
    enum err_code rc = store_source_secret(store, id, &secret, err);

    sodium_memzero(out, SOURCE_SECRET_MAX + 1);
    if (rc == ERR_OK && secret.n)
        memcpy(out, secret.p, secret.n);
    if (secret.p)
        sodium_memzero(secret.p, secret.n);
    buf_release(&secret);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *err = ERR_INIT;
    return ERR_OK;
}

enum err_code live_reload(struct live *live, struct store *store, struct err *err)
{
    enum err_code rc;

    pthread_rwlock_wrlock(&live->lock);
    rc = store_sources_list(store, 0, live->sources, STORE_SOURCES_MAX, &live->count, err);
    for (size_t i = 0; i < live->count && rc == ERR_OK; i++)
        rc = read_secret(store, live->sources[i].id, live->secrets[i], err);
    pthread_rwlock_unlock(&live->lock);
    return rc;
}

bool live_find(struct live *live, const char *key, struct source_entry *out)
{
    bool found = false;

    pthread_rwlock_rdlock(&live->lock);
    for (size_t i = 0; i < live->count && !found; i++) {
        found = strcmp(live->sources[i].key, key) == 0 && !live->sources[i].revoked_us;
        if (found)
            *out = live->sources[i];
    }
    pthread_rwlock_unlock(&live->lock);
    return found;
}

bool live_source(struct live *live, int64_t id, struct source_entry *out)
{
    bool found = false;

    pthread_rwlock_rdlock(&live->lock);
    for (size_t i = 0; i < live->count && !found; i++) {
        found = live->sources[i].id == id;
        if (found)
            *out = live->sources[i];
    }
    pthread_rwlock_unlock(&live->lock);
    return found;
}

int64_t live_owner_of(struct live *live, const char *key)
{
    int64_t id = 0;

    pthread_rwlock_rdlock(&live->lock);
    for (size_t i = 0; i < live->count && *key && !id; i++)
        if (strcmp(live->sources[i].key, key) == 0)
            id = live->sources[i].id;
    pthread_rwlock_unlock(&live->lock);
    return id;
}

struct journal *live_journal(struct live *live)
{
    return live->journal;
}

void live_secret(struct live *live, int64_t source, char out[SOURCE_SECRET_MAX + 1])
{
    out[0] = '\0';
    pthread_rwlock_rdlock(&live->lock);
    for (size_t i = 0; i < live->count; i++)
        if (live->sources[i].id == source)
            memcpy(out, live->secrets[i], SOURCE_SECRET_MAX + 1);
    pthread_rwlock_unlock(&live->lock);
}
