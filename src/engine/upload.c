/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/insert.h"

#include <pthread.h>
#include <signal.h>

#include "base/timestamp.h"

enum { QUEUE_BLOCKS = 2, ANSWER_LIMIT = 64 * 1024, WAIT_MS = 100 };

struct upload {
    struct engine *engine;
    const struct statement *statement;
    CURL *easy; /* owned */
    struct buf url, answer;
    char query_id[QUERY_ID_BYTES];
    char curl_error[CURL_ERROR_SIZE];
    pthread_t thread;
    bool started, joined;

    pthread_mutex_t ending; /* of finding out what became of the request */
    pthread_mutex_t lock;   /* of all below */
    pthread_cond_t changed;
    struct buf queue[QUEUE_BLOCKS];
    size_t first, waiting;
    bool complete;  /* no more blocks come */
    bool abandoned; /* the request is to break off */
    bool ended;     /* the request is over: result holds */
    bool cancelled, timed_out;
    int64_t moved_us; /* when the engine last took a block */
    CURLcode result;

    struct buf sending; /* the thread's own */
    size_t sent;
};

static void lock(struct upload *u)
{
    pthread_mutex_lock(&u->lock);
}

static void unlock(struct upload *u)
{
    pthread_cond_broadcast(&u->changed);
    pthread_mutex_unlock(&u->lock);
}

/* Waits for a change, but looks up now and then: a cancellation signals nothing. */
static void wait_change(struct upload *u)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&u->changed, &u->lock, &until);
    if (atomic_load(&u->engine->cancelled))
        u->cancelled = true;
}

/* Puts the next block into `sending`: 1, or what on_read() has to return instead. */
static size_t next_block(struct upload *u)
{
    size_t got;

    lock(u);
    while (!u->waiting && !u->complete && !u->abandoned && !u->cancelled)
        wait_change(u);
    if (u->abandoned || u->cancelled) {
        got = CURL_READFUNC_ABORT;
    } else if (!u->waiting) {
        got = 0;
    } else {
        struct buf done = u->sending;

        u->sending = u->queue[u->first];
        buf_reset(&done);
        u->queue[u->first] = done;
        u->first = (u->first + 1) % QUEUE_BLOCKS;
        u->waiting--;
        u->sent = 0;
        got = 1;
    }
    u->moved_us = timestamp_now();
    unlock(u);
    return got;
}

static size_t on_read(char *to, size_t size, size_t n, void *opaque)
{
    struct upload *u = opaque;
    size_t left, got;

    if (u->sent == u->sending.n) {
        got = next_block(u);
        if (got != 1)
            return got;
    }
    left = u->sending.n - u->sent;
    n *= size;
    if (n > left)
        n = left;
    memcpy(to, u->sending.p + u->sent, n);
    u->sent += n;
    return n;
}

static size_t on_answer(char *data, size_t size, size_t n, void *opaque)
{
    struct upload *u = opaque;
    size_t room = ANSWER_LIMIT - u->answer.n;

    buf_add(&u->answer, data, size * n < room ? size * n : room);
    return size * n;
}

static int on_progress(void *opaque, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct upload *u = opaque;
    bool stop;

    (void)a, (void)b, (void)c, (void)d;
    lock(u);
    if (atomic_load(&u->engine->cancelled))
        u->cancelled = true;
    if ((u->waiting || u->complete) &&
        timestamp_now() - u->moved_us > u->engine->timeout_ms * INT64_C(1000))
        u->timed_out = true;
    stop = u->abandoned || u->cancelled || u->timed_out;
    unlock(u);
    return stop;
}

static void *send_all(void *opaque)
{
    struct upload *u = opaque;
    CURLcode result = curl_easy_perform(u->easy);

    lock(u);
    u->result = result;
    u->ended = true;
    unlock(u);
    return NULL;
}

static void set_up(struct upload *u)
{
    request_options(u->engine, u->easy, u->url.p);
    curl_easy_setopt(u->easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(u->easy, CURLOPT_READDATA, u);
    curl_easy_setopt(u->easy, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(u->easy, CURLOPT_WRITEDATA, u);
    curl_easy_setopt(u->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(u->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(u->easy, CURLOPT_XFERINFODATA, u);
    curl_easy_setopt(u->easy, CURLOPT_ERRORBUFFER, u->curl_error);
}

/* Signals are for the program's own threads. */
static int start_thread(struct upload *u)
{
    sigset_t all, before;
    int rc;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&u->thread, NULL, send_all, u);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    u->started = rc == 0;
    return rc;
}

enum err_code upload_open(struct engine *engine, const struct request *request,
                          struct upload **out_upload, struct err *err)
{
    struct upload *u;
    enum err_code rc;

    TRY(request_check(request, err));
    u = xcalloc(1, sizeof(*u));
    u->engine = engine;
    u->statement = request->statement;
    u->answer = BUF_INIT(ANSWER_LIMIT);
    pthread_mutex_init(&u->ending, NULL);
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->changed, NULL);
    u->moved_us = timestamp_now();
    u->easy = curl_easy_init();
    rc = request_url(engine, request, u->query_id, &u->url, err);
    if (rc == ERR_OK && !u->easy)
        rc = err_set(err, ERR_INTERNAL, "curl_easy_init failed");
    if (rc == ERR_OK) {
        int failed;

        set_up(u);
        failed = start_thread(u);
        if (failed)
            rc = err_errno_at(err, failed, __FILE__, __LINE__, "could not start a thread");
    }
    if (rc != ERR_OK) {
        upload_close(u);
        return rc;
    }
    *out_upload = u;
    return ERR_OK;
}

static void join(struct upload *u)
{
    if (u->started && !u->joined) {
        pthread_join(u->thread, NULL);
        u->joined = true;
    }
}

/* After the thread's end: what became of the request. */
static enum err_code ended_how(struct upload *u, struct err *err)
{
    long status = 0;
    int code;

    join(u);
    if (u->cancelled) {
        atomic_store(&u->engine->cancelled, false);
        return err_set(err, ERR_CANCELLED, "the insert was cancelled");
    }
    if (u->timed_out)
        return err_set(err, ERR_TIMEOUT, "the engine took no rows for %.1f s",
                       (double)u->engine->timeout_ms / 1000.0);
    curl_easy_getinfo(u->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status && status != 200)
        return fault_set(buf_str(&u->answer), &code, err);
    if (u->result != CURLE_OK)
        return connection_fault(
            u->engine, *u->curl_error ? u->curl_error : curl_easy_strerror(u->result), err);
    if (u->answer.n)
        return fault_set(buf_str(&u->answer), &code, err);
    return ERR_OK;
}

static enum err_code outcome(struct upload *u, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&u->ending);
    rc = ended_how(u, err);
    pthread_mutex_unlock(&u->ending);
    return rc;
}

enum err_code upload_block(struct upload *u, struct buf *block, struct err *err)
{
    enum err_code rc;
    bool ended;

    lock(u);
    while (u->waiting == QUEUE_BLOCKS && !u->ended)
        wait_change(u);
    ended = u->ended;
    if (!ended) {
        size_t at = (u->first + u->waiting) % QUEUE_BLOCKS;
        struct buf empty = u->queue[at];

        u->queue[at] = *block;
        empty.limit = block->limit;
        *block = empty;
        buf_reset(block);
        u->waiting++;
    }
    unlock(u);
    if (!ended)
        return ERR_OK;
    rc = outcome(u, err);
    if (rc == ERR_OK)
        rc = err_set(err, ERR_ENGINE, "the engine ended the insert before its last row");
    return rc;
}

enum err_code upload_finish(struct upload *u, struct err *err)
{
    lock(u);
    u->complete = true;
    u->moved_us = timestamp_now();
    unlock(u);
    return outcome(u, err);
}

void upload_close(struct upload *u)
{
    bool under_way = false;

    if (!u)
        return;
    if (u->started && !u->joined) {
        lock(u);
        u->abandoned = true;
        unlock(u);
        join(u);
        under_way = true;
    }
    if (under_way || u->cancelled || u->timed_out)
        engine_kill(u->engine, u->query_id);
    curl_easy_cleanup(u->easy);
    for (size_t i = 0; i < QUEUE_BLOCKS; i++)
        buf_release(&u->queue[i]);
    buf_release(&u->sending);
    buf_release(&u->url);
    buf_release(&u->answer);
    pthread_cond_destroy(&u->changed);
    pthread_mutex_destroy(&u->lock);
    pthread_mutex_destroy(&u->ending);
    free(u);
}
