/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/live.h"

#include <pthread.h>

struct live {
    pthread_rwlock_t lock;
    struct source_entry *sources; /* STORE_SOURCES_MAX, owned */
    size_t count;
    struct journal *journal;
};

enum err_code live_open(struct store *store, struct live **out, struct err *err)
{
    struct live *live = xcalloc(1, sizeof(*live));
    enum err_code rc;

    pthread_rwlock_init(&live->lock, NULL);
    live->sources = xcalloc(STORE_SOURCES_MAX, sizeof(*live->sources));
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
    free(live);
}

enum err_code live_reload(struct live *live, struct store *store, struct err *err)
{
    enum err_code rc;

    pthread_rwlock_wrlock(&live->lock);
    rc = store_sources_list(store, 0, live->sources, STORE_SOURCES_MAX, &live->count, err);
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

struct journal *live_journal(struct live *live)
{
    return live->journal;
}
