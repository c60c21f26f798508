/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/crew.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HANDS = 2 };

struct hand {
    struct crew *crew;
    struct import_ctx ctx; /* the second hand's has a store and a target of its own */
    size_t at;             /* the piece at hand */
};

struct crew {
    const struct import_ctx *ctx;
    struct piece *pieces;
    size_t count;
    struct hand hands[HANDS];
    enum language language; /* of messages */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    size_t next;      /* the first piece that no hand has taken */
    size_t concluded; /* the first piece that is not over */
    bool *passed;     /* owned; pieces that need no more ids */
    bool *read;       /* owned; pieces that wait to be concluded */
    bool concluding;  /* by one of the hands */
    bool stopped;     /* an error ends the work: no further piece is taken */
    bool alone;       /* the second hand has ended, or there is none */
    struct {
        char name[256];
        uint64_t done, total;
        bool fresh;   /* not yet told */
    } progress;       /* of the first file under way */
    enum err_code rc; /* that of the first piece that has one */
    struct err err;
};

static void lock(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
}

static void unlock(struct crew *crew)
{
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
}

/* Of two files of one content the first is read, and the other known by then. */
static bool may_equal_earlier(const struct crew *crew, size_t at)
{
    for (size_t i = crew->concluded; i < at; i++)
        if (crew->pieces[i].size == crew->pieces[at].size)
            return true;
    return false;
}

static bool all_passed(const struct crew *crew, size_t before)
{
    for (size_t i = crew->concluded; i < before; i++)
        if (!crew->passed[i])
            return false;
    return true;
}

static void wait_turn(void *opaque)
{
    struct hand *hand = opaque;
    struct crew *crew = hand->crew;

    lock(crew);
    while (!all_passed(crew, hand->at))
        pthread_cond_wait(&crew->changed, &crew->lock);
    unlock(crew);
}

static void pass_turn(void *opaque)
{
    struct hand *hand = opaque;

    lock(hand->crew);
    hand->crew->passed[hand->at] = true;
    unlock(hand->crew);
}

/* Called with the lock by the calling thread, which alone tells: whoever listens may be bound to
 * it. */
static void tell_fresh(struct crew *crew)
{
    if (!crew->progress.fresh)
        return;
    crew->progress.fresh = false;
    crew->ctx->progress(crew->ctx->progress_ctx, crew->progress.name, crew->progress.done,
                        crew->progress.total);
}

/* Of the files under way only the first counts. */
static void note_progress(void *opaque, const char *name, uint64_t done, uint64_t total)
{
    struct hand *hand = opaque;
    struct crew *crew = hand->crew;

    lock(crew);
    if (hand->at == crew->concluded) {
        snprintf(crew->progress.name, sizeof(crew->progress.name), "%s", name);
        crew->progress.done = done;
        crew->progress.total = total;
        crew->progress.fresh = true;
    }
    if (hand == &crew->hands[0])
        tell_fresh(crew);
    unlock(crew);
}

static bool take(struct hand *hand)
{
    struct crew *crew = hand->crew;
    bool taken;

    lock(crew);
    taken = !crew->stopped && crew->next < crew->count;
    if (taken)
        hand->at = crew->next++;
    while (taken && may_equal_earlier(crew, hand->at))
        pthread_cond_wait(&crew->changed, &crew->lock);
    unlock(crew);
    return taken;
}

/* Concludes the piece at the head of the row. Called with the lock, which is given up meanwhile. */
static void conclude_next(struct crew *crew, const struct import_ctx *ctx)
{
    struct piece *piece = &crew->pieces[crew->concluded];
    bool ended = crew->rc != ERR_OK;

    crew->concluding = true;
    unlock(crew);
    if (ended)
        piece_abandon(piece, ctx);
    else
        piece_conclude(piece, ctx);
    lock(crew);
    if (!ended && piece->rc != ERR_OK) {
        crew->rc = piece->rc;
        crew->err = piece->err;
        crew->stopped = true;
    }
    crew->concluding = false;
    crew->concluded++;
}

static void work(struct hand *hand)
{
    struct crew *crew = hand->crew;
    const struct piece_turn turn = {wait_turn, pass_turn, hand};

    while (take(hand)) {
        struct piece *piece = &crew->pieces[hand->at];

        piece_read(piece, &hand->ctx, &turn);
        lock(crew);
        crew->passed[hand->at] = crew->read[hand->at] = true;
        crew->stopped = crew->stopped || piece->rc != ERR_OK;
        while (!crew->concluding && crew->concluded < crew->count && crew->read[crew->concluded])
            conclude_next(crew, &hand->ctx);
        unlock(crew);
    }
}

static void *help(void *opaque)
{
    struct hand *hand = opaque;

    i18n_use(hand->crew->language);
    work(hand);
    lock(hand->crew);
    hand->crew->alone = true;
    unlock(hand->crew);
    return NULL;
}

static void wait_for_second(struct crew *crew)
{
    lock(crew);
    while (!crew->alone) {
        tell_fresh(crew);
        pthread_cond_wait(&crew->changed, &crew->lock);
    }
    unlock(crew);
}

static bool help_wanted(const struct crew *crew)
{
    return crew->count > 1 && crew->ctx->target.again && sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

/* Reads with a second hand, as far as there is one; the calling thread is the first. */
static enum err_code work_together(struct crew *crew, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    struct hand *second = &crew->hands[1];
    struct target *target = &second->ctx.target;
    pthread_t thread;
    bool helped;

    if (!help_wanted(crew)) {
        work(&crew->hands[0]);
        return ERR_OK;
    }
    TRY(store_again(crew->ctx->store, &store, err));
    TRY(crew->ctx->target.again(crew->ctx->target.ctx, target, err));
    second->ctx.store = store;
    helped = pthread_create(&thread, NULL, help, second) == 0;
    work(&crew->hands[0]);
    if (helped) {
        wait_for_second(crew);
        pthread_join(thread, NULL);
    }
    target->close(target->ctx);
    return ERR_OK;
}

static void note_sizes(struct crew *crew)
{
    struct stat st;

    for (size_t i = 0; i < crew->count; i++)
        crew->pieces[i].size = stat(crew->pieces[i].path, &st) == 0 ? (int64_t)st.st_size : -1;
}

enum err_code crew_read(const struct import_ctx *ctx, struct piece *pieces, size_t n,
                        struct err *err)
{
    struct crew crew = {.ctx = ctx, .pieces = pieces, .count = n, .language = i18n_current()};
    enum err_code rc;

    crew.passed = xcalloc(n + 1, sizeof(*crew.passed));
    crew.read = xcalloc(n + 1, sizeof(*crew.read));
    pthread_mutex_init(&crew.lock, NULL);
    pthread_cond_init(&crew.changed, NULL);
    for (size_t i = 0; i < HANDS; i++) {
        crew.hands[i] = (struct hand){.crew = &crew, .ctx = *ctx};
        if (ctx->progress) {
            crew.hands[i].ctx.progress = note_progress;
            crew.hands[i].ctx.progress_ctx = &crew.hands[i];
        }
    }
    note_sizes(&crew);
    rc = work_together(&crew, err);
    if (rc == ERR_OK && crew.rc != ERR_OK) {
        rc = crew.rc;
        if (err)
            *err = crew.err;
    }
    pthread_cond_destroy(&crew.changed);
    pthread_mutex_destroy(&crew.lock);
    free(crew.read);
    free(crew.passed);
    return rc;
}
