/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/kept.h"

#include "base/digest.h"

#include <pthread.h>

enum { PLACES = 1024, ANSWER_MAX = 64 << 20 };

/* Lives as long as its place or anybody who waits for it. */
struct made {
    int refs;
    int waiting; /* for it, and not left */
    bool done;
    enum err_code rc;
    struct err err;
    char *bytes; /* owned */
    size_t n;
};

struct place {
    struct made *made; /* NULL: empty */
    char key[DIGEST_HEX];
    uint64_t used;
};

struct kept {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t bytes, bytes_max;
    uint64_t clock;
    int64_t found_count, made_count;
    struct place places[PLACES];
};

struct kept *kept_new(size_t bytes_max)
{
    struct kept *kept = xcalloc(1, sizeof(*kept));

    kept->bytes_max = bytes_max;
    pthread_mutex_init(&kept->lock, NULL);
    pthread_cond_init(&kept->done, NULL);
    return kept;
}

static void let_go(struct made *made)
{
    if (--made->refs > 0)
        return;
    free(made->bytes);
    free(made);
}

static void clear(struct kept *kept, struct place *place)
{
    kept->bytes -= place->made->n;
    let_go(place->made);
    place->made = NULL;
}

void kept_clear(struct kept *kept)
{
    pthread_mutex_lock(&kept->lock);
    for (size_t i = 0; i < PLACES; i++)
        if (kept->places[i].made && kept->places[i].made->done)
            clear(kept, &kept->places[i]);
    pthread_mutex_unlock(&kept->lock);
}

void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    for (size_t i = 0; i < PLACES; i++)
        if (kept->places[i].made)
            clear(kept, &kept->places[i]);
    pthread_cond_destroy(&kept->done);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static struct place *find(struct kept *kept, const char *key)
{
    for (size_t i = 0; i < PLACES; i++)
        if (kept->places[i].made && strcmp(kept->places[i].key, key) == 0)
            return &kept->places[i];
    return NULL;
}

/* The least lately used of those that are made. */
static struct place *oldest(struct kept *kept)
{
    struct place *found = NULL;

    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &kept->places[i];

        if (place->made && place->made->done && (!found || place->used < found->used))
            found = place;
    }
    return found;
}

static struct place *take_place(struct kept *kept)
{
    struct place *found;

    for (size_t i = 0; i < PLACES; i++)
        if (!kept->places[i].made)
            return &kept->places[i];
    found = oldest(kept);
    if (found)
        clear(kept, found);
    return found;
}

/* With the lock held; NULL place: all are in the making, and this one is made for one alone. */
static struct made *begin(struct kept *kept, const char *key)
{
    struct made *made = xcalloc(1, sizeof(*made));
    struct place *place = take_place(kept);

    made->refs = 1;
    if (place) {
        made->refs++;
        place->made = made;
        place->used = ++kept->clock;
        snprintf(place->key, sizeof(place->key), "%s", key);
    }
    kept->made_count++;
    return made;
}

/* With the lock held: tells those who wait, and keeps what may be kept. */
static void finish(struct kept *kept, const char *key, struct made *made)
{
    struct place *place = find(kept, key), *old;

    made->done = true;
    pthread_cond_broadcast(&kept->done);
    if (!place || place->made != made)
        return;
    kept->bytes += made->n;
    if (made->rc != ERR_OK || made->n > kept->bytes_max / 8)
        clear(kept, place);
    while (kept->bytes > kept->bytes_max && (old = oldest(kept)))
        clear(kept, old);
}

static void make_it(struct made *made, kept_make *make, void *ctx)
{
    struct buf text = BUF_INIT(ANSWER_MAX);

    made->rc = make(ctx, &text, &made->err);
    if (made->rc == ERR_OK)
        made->rc = buf_check(&text, &made->err);
    if (made->rc == ERR_OK) {
        made->n = text.n;
        made->bytes = buf_detach(&text);
    }
    buf_release(&text);
}

/* With the lock held, which is given back while it is made or waited for. */
static struct made *have_made(struct kept *kept, const char *key, struct kept_asker *asker)
{
    struct place *place = find(kept, key);
    struct made *made = place ? place->made : begin(kept, key);

    asker->makes = !place;
    asker->made = made;
    if (place) {
        made->refs++;
        made->waiting += !asker->left;
        place->used = ++kept->clock;
        kept->found_count++;
        while (!made->done)
            pthread_cond_wait(&kept->done, &kept->lock);
    } else {
        pthread_mutex_unlock(&kept->lock);
        make_it(made, asker->make, asker->ctx);
        pthread_mutex_lock(&kept->lock);
        finish(kept, key, made);
    }
    asker->made = NULL;
    return made;
}

bool kept_leave(struct kept *kept, struct kept_asker *asker)
{
    bool alone;

    pthread_mutex_lock(&kept->lock);
    if (!asker->left && asker->made && !asker->makes)
        asker->made->waiting--;
    asker->left = true;
    alone = asker->made && asker->makes && asker->made->waiting == 0;
    pthread_mutex_unlock(&kept->lock);
    return alone;
}

enum err_code kept_answer(struct kept *kept, struct str key_text, struct kept_asker *asker,
                          struct buf *out, struct err *err)
{
    char key[DIGEST_HEX];
    struct made *made;
    enum err_code rc;

    digest_of(key_text, key);
    pthread_mutex_lock(&kept->lock);
    made = have_made(kept, key, asker);
    while (made->rc == ERR_CANCELLED && !asker->makes && !asker->left) {
        let_go(made);
        made = have_made(kept, key, asker);
    }
    pthread_mutex_unlock(&kept->lock);
    rc = made->rc;
    if (rc == ERR_OK)
        buf_add(out, made->bytes, made->n);
    else if (err)
        *err = made->err;
    pthread_mutex_lock(&kept->lock);
    let_go(made);
    pthread_mutex_unlock(&kept->lock);
    return rc;
}

void kept_count(struct kept *kept, int64_t *out_found, int64_t *out_made)
{
    pthread_mutex_lock(&kept->lock);
    *out_found = kept->found_count;
    *out_made = kept->made_count;
    pthread_mutex_unlock(&kept->lock);
}
