/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/rounds.h"

#include "base/log.h"
#include "web/doors.h"
#include "web/request.h"

#include <pthread.h>
#include <time.h>

struct rounds {
    struct site *site;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool over, failing;
    pthread_t thread;
};

/* False: it is over. */
static bool await(struct rounds *rounds)
{
    struct timespec until = {.tv_sec = time(NULL) + DOORS_WRITE_SECONDS};
    bool over;

    pthread_mutex_lock(&rounds->lock);
    while (!rounds->over)
        if (pthread_cond_timedwait(&rounds->end, &rounds->lock, &until) != 0)
            break;
    over = rounds->over;
    pthread_mutex_unlock(&rounds->lock);
    return !over;
}

static void write_doors(struct rounds *rounds)
{
    bool failing = false;

    for (size_t i = 0; i < rounds->site->shop_count; i++) {
        struct err err = ERR_INIT;

        if (doors_write(rounds->site->shops[i].doors, &err) == ERR_OK)
            continue;
        if (!rounds->failing) /* told once, however long it lasts */
            log_line(LOG_ERROR, "web", "%s", err.msg);
        failing = true;
    }
    rounds->failing = failing;
}

static void *work(void *ctx)
{
    struct rounds *rounds = ctx;

    while (await(rounds))
        write_doors(rounds);
    return NULL;
}

enum err_code rounds_begin(struct site *site, struct rounds **out, struct err *err)
{
    struct rounds *rounds = xcalloc(1, sizeof(*rounds));

    rounds->site = site;
    pthread_mutex_init(&rounds->lock, NULL);
    pthread_cond_init(&rounds->end, NULL);
    errno = pthread_create(&rounds->thread, NULL, work, rounds);
    if (errno) {
        pthread_mutex_destroy(&rounds->lock);
        pthread_cond_destroy(&rounds->end);
        free(rounds);
        return err_errno(err, "starting the worker");
    }
    pthread_setname_np(rounds->thread, "rounds");
    *out = rounds;
    return ERR_OK;
}

void rounds_end(struct rounds *rounds)
{
    if (!rounds)
        return;
    pthread_mutex_lock(&rounds->lock);
    rounds->over = true;
    pthread_cond_signal(&rounds->end);
    pthread_mutex_unlock(&rounds->lock);
    pthread_join(rounds->thread, NULL);
    pthread_mutex_destroy(&rounds->lock);
    pthread_cond_destroy(&rounds->end);
    free(rounds);
}
