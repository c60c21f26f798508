/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/limits.h"

#include "base/timestamp.h"

#include <pthread.h>
#include <sodium.h>

enum { PLACES = 8192 };
static const int64_t forget_us = US_PER_HOUR, wait_least_us = 60 * US_PER_SECOND,
                     wait_most_us = 15 * 60 * US_PER_SECOND;
static const int64_t window_us = 60 * US_PER_SECOND;

struct place {
    int64_t since_us;
    int count;
    int64_t until_us; /* of failures in a row */
};

struct limits {
    pthread_mutex_t lock;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    struct place places[PLACES];
};

struct limits *limits_new(void)
{
    struct limits *limits = xcalloc(1, sizeof(*limits));

    pthread_mutex_init(&limits->lock, NULL);
    crypto_shorthash_keygen(limits->secret);
    return limits;
}

void limits_free(struct limits *limits)
{
    if (!limits)
        return;
    pthread_mutex_destroy(&limits->lock);
    free(limits);
}

static struct place *place_of(struct limits *limits, const char *kind, const char *name)
{
    unsigned char hash[crypto_shorthash_BYTES];
    char text[512];
    uint64_t at;
    int n = snprintf(text, sizeof(text), "%s %s", kind, name);

    n = n < 0 ? 0 : n < (int)sizeof(text) ? n : (int)sizeof(text) - 1;
    crypto_shorthash(hash, (const unsigned char *)text, (unsigned long long)n, limits->secret);
    memcpy(&at, hash, sizeof(at));
    return &limits->places[at % PLACES];
}

int limits_take(struct limits *limits, const char *kind, const char *name, int most)
{
    int64_t now_us = timestamp_now();
    struct place *place;
    int wait = 0;

    pthread_mutex_lock(&limits->lock);
    place = place_of(limits, kind, name);
    if (now_us - place->since_us >= window_us || now_us < place->since_us)
        *place = (struct place){.since_us = now_us};
    if (place->count >= most)
        wait = (int)((place->since_us + window_us - now_us) / US_PER_SECOND) + 1;
    else
        place->count++;
    pthread_mutex_unlock(&limits->lock);
    return wait;
}

/* `since_us` is the newest failure here. */
void limits_fail(struct limits *limits, const char *kind, const char *name, int free)
{
    int64_t now_us = timestamp_now(), wait_us = wait_least_us;
    struct place *place;

    pthread_mutex_lock(&limits->lock);
    place = place_of(limits, kind, name);
    if (now_us - place->since_us >= forget_us || now_us < place->since_us)
        *place = (struct place){0};
    place->since_us = now_us;
    place->count++;
    for (int i = free; i < place->count - 1 && wait_us < wait_most_us; i++)
        wait_us *= 2;
    if (place->count >= free)
        place->until_us = now_us + (wait_us < wait_most_us ? wait_us : wait_most_us);
    pthread_mutex_unlock(&limits->lock);
}

int limits_wait(struct limits *limits, const char *kind, const char *name)
{
    int64_t left_us;

    pthread_mutex_lock(&limits->lock);
    left_us = place_of(limits, kind, name)->until_us - timestamp_now();
    pthread_mutex_unlock(&limits->lock);
    return left_us > 0 ? (int)(left_us / US_PER_SECOND) + 1 : 0;
}

void limits_clear(struct limits *limits, const char *kind, const char *name)
{
    pthread_mutex_lock(&limits->lock);
    *place_of(limits, kind, name) = (struct place){0};
    pthread_mutex_unlock(&limits->lock);
}
