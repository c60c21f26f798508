/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/limits.h"

#include "base/timestamp.h"

#include <pthread.h>
#include <sodium.h>

enum { PLACES = 8192 };
static const int64_t window_us = 60 * US_PER_SECOND;

struct place {
    int64_t since_us;
    int count;
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

void limits_clear(struct limits *limits, const char *kind, const char *name)
{
    pthread_mutex_lock(&limits->lock);
    place_of(limits, kind, name)->count = 0;
    pthread_mutex_unlock(&limits->lock);
}
