/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/doors.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "store/pseudonym.h"
#include "store/turned.h"

#include <pthread.h>
#include <sodium.h>

enum { COUNTS_MAX = 2048, HASH_BYTES = (TURNED_KEY - 1) / 2 };

struct counts {
    struct turned *list; /* owned */
    size_t n, room, strangers;
};

struct doors {
    struct store *store;           /* owned; of who holds `writing` */
    struct pseudonyms *pseudonyms; /* owned */
    pthread_mutex_t lock, writing;
    struct counts counts; /* not in the store yet */
};

enum err_code doors_open(struct store *store, struct doors **out, struct err *err)
{
    struct doors *doors = xcalloc(1, sizeof(*doors));
    enum err_code rc;

    pthread_mutex_init(&doors->lock, NULL);
    pthread_mutex_init(&doors->writing, NULL);
    rc = store_again(store, &doors->store, err);
    if (rc == ERR_OK)
        rc = pseudonyms_open(doors->store, &doors->pseudonyms, err);
    if (rc == ERR_OK)
        *out = doors;
    else
        doors_close(doors);
    return rc;
}

void doors_close(struct doors *doors)
{
    struct err err = ERR_INIT;

    if (!doors)
        return;
    if (doors_write(doors, &err) != ERR_OK)
        log_line(LOG_ERROR, "web", "counts of what was turned away are lost: %s", err.msg);
    free(doors->counts.list);
    pseudonyms_close(doors->pseudonyms);
    store_close(doors->store);
    pthread_mutex_destroy(&doors->lock);
    pthread_mutex_destroy(&doors->writing);
    free(doors);
}

/* ---- counting, with the lock held --------------------------------------------------------- */

/* NULL: there is no room for one more. */
static struct turned *new_count(struct counts *counts)
{
    if (counts->n == COUNTS_MAX)
        return NULL;
    if (counts->n == counts->room) {
        counts->room = counts->room ? 2 * counts->room : 16;
        counts->list = xrealloc(counts->list, counts->room * sizeof(*counts->list));
    }
    return &counts->list[counts->n++];
}

static struct turned *count_of(struct counts *counts, const struct turned *what)
{
    struct turned *older = NULL;

    for (size_t i = 0; i < counts->n; i++) {
        struct turned *one = &counts->list[i];

        if (one->source != what->source || strcmp(one->why, what->why) != 0 ||
            strcmp(one->key, what->key) != 0)
            continue;
        if (one->hour == what->hour)
            return one;
        older = one;
    }
    return counts->n == COUNTS_MAX ? older : NULL; /* a wrong hour is better than none */
}

static void add(struct counts *counts, struct turned what)
{
    struct turned *one = count_of(counts, &what);

    if (!one && what.key[0] && counts->strangers == TURNED_KEYS) {
        what.key[0] = '\0';
        one = count_of(counts, &what);
    }
    if (one) {
        one->n += what.n;
        one->last_us = what.last_us > one->last_us ? what.last_us : one->last_us;
    } else if ((one = new_count(counts))) {
        *one = what;
        counts->strangers += what.key[0] != '\0';
    }
}

void doors_count(struct doors *doors, int64_t source, const char *key, enum door_why why)
{
    const int64_t now_us = timestamp_now();
    struct turned what = {
        .hour = now_us / US_PER_HOUR, .source = source, .n = 1, .last_us = now_us};
    struct pseudonym hash;

    snprintf(what.why, sizeof(what.why), "%s", door_name(why));
    if (!source && *key) {
        pseudonym_digest(doors->pseudonyms, "write key", str_of(key), &hash);
        sodium_bin2hex(what.key, sizeof(what.key), hash.bytes, HASH_BYTES);
    }
    pthread_mutex_lock(&doors->lock);
    add(&doors->counts, what);
    pthread_mutex_unlock(&doors->lock);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void take_back(struct doors *doors, const struct counts *counts)
{
    pthread_mutex_lock(&doors->lock);
    for (size_t i = 0; i < counts->n; i++)
        add(&doors->counts, counts->list[i]);
    pthread_mutex_unlock(&doors->lock);
}

enum err_code doors_write(struct doors *doors, struct err *err)
{
    enum err_code rc = ERR_OK;
    struct counts counts;

    pthread_mutex_lock(&doors->writing);
    pthread_mutex_lock(&doors->lock);
    counts = doors->counts;
    doors->counts = (struct counts){NULL, 0, 0, 0};
    pthread_mutex_unlock(&doors->lock);
    if (counts.n)
        rc = store_turned_add(doors->store, counts.list, counts.n, err);
    if (rc != ERR_OK)
        take_back(doors, &counts);
    pthread_mutex_unlock(&doors->writing);
    free(counts.list);
    return rc;
}
