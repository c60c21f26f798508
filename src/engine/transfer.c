/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/transfer.h"

#include "base/timestamp.h"

enum {
    STEP_BYTES = 1024 * 1024,     /* taken in at once; then the connection rests */
    IN_LIMIT = 256 * 1024 * 1024, /* of one row and what came with it */
    FAULT_LIMIT = 64 * 1024,      /* of an error's text */
    POLL_MS = 50,                 /* how late a cancellation may be seen */
    GRACE_MS = 5000,              /* the engine's own time limit should come first */
    KILL_TRIES = 100,
    KILL_STEP_MS = 20,
};

static struct channel *channel_take(struct engine *engine)
{
    for (size_t i = 0; i < MAX_CHANNELS; i++) {
        struct channel *c = &engine->channels[i];

        if (c->busy)
            continue;
        if (!c->easy)
            c->easy = curl_easy_init();
        if (!c->multi)
            c->multi = curl_multi_init();
        if (!c->easy || !c->multi)
            return NULL;
        c->busy = true;
        return c;
    }
    return NULL;
}

static size_t on_header(char *data, size_t size, size_t n, void *opaque)
{
    struct transfer *t = opaque;
    struct str line = {data, size * n};
    static const char name[] = "x-clickhouse-exception-tag:";

    if (line.n > sizeof(name) - 1 &&
        str_ieq((struct str){line.p, sizeof(name) - 1}, str_of(name))) {
        struct str tag =
            str_trim((struct str){line.p + sizeof(name) - 1, line.n - (sizeof(name) - 1)});

        if (tag.n && tag.n < 32)
            snprintf(t->marker, sizeof(t->marker), "\r\n__exception__\r\n%.*s\r\n", (int)tag.n,
                     tag.p);
    }
    return size * n;
}

static size_t on_data(char *data, size_t size, size_t n, void *opaque)
{
    struct transfer *t = opaque;

    size *= n;
    if (!t->status)
        curl_easy_getinfo(t->channel->easy, CURLINFO_RESPONSE_CODE, &t->status);
    if (t->status != 200) {
        size_t room = t->in.n < FAULT_LIMIT ? FAULT_LIMIT - t->in.n : 0;

        buf_add(&t->in, data, size < room ? size : room);
        return size;
    }
    if (t->in.n > t->pause_at) {
        t->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    buf_add(&t->in, data, size);
    return t->in.failed ? 0 : size;
}

/* Looks for the marker of a fault in what arrived since the last look. */
static void scan(struct transfer *t)
{
    size_t len = strlen(t->marker);
    size_t from = t->scanned > len ? t->scanned - len : 0;
    char *at;

    if (!len || t->faulty || t->status != 200 || t->in.n < from)
        return;
    if (from < t->taken)
        from = t->taken;
    at = t->in.n > from ? memmem(t->in.p + from, t->in.n - from, t->marker, len) : NULL;
    t->scanned = t->in.n;
    if (at) {
        t->faulty = true;
        t->fault_at = (size_t)(at - t->in.p);
    }
}

struct str transfer_data(const struct transfer *t)
{
    size_t end = t->in.n, len = strlen(t->marker);

    if (t->status != 200)
        return STR_NONE;
    if (t->faulty)
        end = t->fault_at;
    else if (!t->done) /* its last bytes may be the start of a marker */
        end = end > len ? end - len : 0;
    if (end <= t->taken)
        return STR_NONE;
    return (struct str){t->in.p + t->taken, end - t->taken};
}

void transfer_take(struct transfer *t, size_t n)
{
    t->taken += n;
    assert(t->taken <= t->in.n);
}

/* Moves what is left to the front. */
static void compact(struct transfer *t)
{
    if (t->taken == 0 || t->taken < t->in.n / 2)
        return;
    memmove(t->in.p, t->in.p + t->taken, t->in.n - t->taken);
    t->in.n -= t->taken;
    t->scanned -= t->scanned < t->taken ? t->scanned : t->taken;
    if (t->faulty)
        t->fault_at -= t->taken;
    t->taken = 0;
}

enum err_code connection_fault(struct engine *engine, const char *what, struct err *err)
{
    TRY(node_check(engine->node, 300, err));
    return err_set(err, ERR_UNAVAILABLE, "the connection to the analytics engine broke: %s", what);
}

/* The message between the marker and the line "LENGTH TAG". */
static struct str fault_text(const struct transfer *t)
{
    size_t at = t->fault_at + strlen(t->marker);
    struct str text = {t->in.p + at, t->in.n - at};
    size_t tag_n = strlen(t->marker) - strlen("\r\n__exception__\r\n") - 2;
    const char *tag = t->marker + strlen("\r\n__exception__\r\n");
    char *end = memmem(text.p, text.n, tag, tag_n);

    if (end) {
        text.n = (size_t)(end - text.p);
        while (text.n && text.p[text.n - 1] != '\n')
            text.n--;
    }
    return text;
}

static enum err_code check_end(struct transfer *t, struct err *err)
{
    if (t->faulty)
        return fault_set(fault_text(t), &t->fault_code, err);
    if (t->in.failed)
        return err_set(err, ERR_TOO_LARGE, "a row of the answer is longer than %d MiB",
                       IN_LIMIT >> 20);
    if (t->result == CURLE_OK && t->status == 200)
        return ERR_OK;
    if (t->status && t->status != 200)
        return fault_set(buf_str(&t->in), &t->fault_code, err);
    t->closed_early = true;
    return connection_fault(t->engine,
                            *t->curl_error ? t->curl_error : curl_easy_strerror(t->result), err);
}

bool transfer_retryable(const struct transfer *t)
{
    return t->closed_early || t->fault_code == 32 || t->fault_code == 209 || t->fault_code == 210 ||
           t->fault_code == 279;
}

static enum err_code check_limits(struct transfer *t, struct err *err)
{
    if (!t->uncancellable && atomic_exchange(&t->engine->cancelled, false))
        return err_set(err, ERR_CANCELLED, "the statement was cancelled");
    if (timestamp_now() > t->deadline_us) {
        err_set(err, ERR_TIMEOUT, "the statement took longer than %.1f s",
                (double)t->engine->timeout_ms / 1000.0);
        err_hint(err, "Try again, or raise the time limit.");
        return ERR_TIMEOUT;
    }
    return ERR_OK;
}

static void see_end(struct transfer *t)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(t->channel->multi, &left)) != NULL) {
        if (m->msg != CURLMSG_DONE)
            continue;
        t->done = true;
        t->result = m->data.result;
        curl_easy_getinfo(t->channel->easy, CURLINFO_RESPONSE_CODE, &t->status);
    }
}

enum err_code transfer_more(struct transfer *t, struct err *err)
{
    size_t had;

    compact(t);
    had = t->in.n;
    t->pause_at = had + STEP_BYTES;
    while (!t->done && t->in.n == had) {
        int running;

        TRY(check_limits(t, err));
        if (t->paused) {
            t->paused = false;
            curl_easy_pause(t->channel->easy, CURLPAUSE_CONT);
        }
        if (curl_multi_perform(t->channel->multi, &running) != CURLM_OK)
            return err_set(err, ERR_INTERNAL, "curl_multi_perform failed");
        see_end(t);
        if (!t->done && t->in.n == had)
            curl_multi_poll(t->channel->multi, NULL, 0, POLL_MS, NULL);
    }
    scan(t);
    return t->done ? check_end(t, err) : ERR_OK;
}

static void set_up(struct transfer *t, const struct request *r)
{
    CURL *easy = t->channel->easy;

    request_options(t->engine, easy, t->url.p);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->statement->text);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(r->statement->text));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl_error);
}

enum err_code transfer_open(struct engine *engine, const struct request *r,
                            struct transfer **out_transfer, struct err *err)
{
    struct transfer *t;
    enum err_code rc;

    TRY(request_check(r, err));
    t = xcalloc(1, sizeof(*t));
    t->engine = engine;
    t->statement = r->statement;
    t->in = BUF_INIT(IN_LIMIT);
    t->uncancellable = r->uncancellable;
    t->deadline_us = timestamp_now() + (engine->timeout_ms + GRACE_MS) * 1000;
    rc = request_url(engine, r, t->query_id, &t->url, err);
    if (rc == ERR_OK) {
        t->channel = channel_take(engine);
        if (!t->channel)
            rc = err_set(err, ERR_INTERNAL, "more than %d statements at once", MAX_CHANNELS);
    }
    if (rc == ERR_OK) {
        set_up(t, r);
        if (curl_multi_add_handle(t->channel->multi, t->channel->easy) != CURLM_OK)
            rc = err_set(err, ERR_INTERNAL, "curl_multi_add_handle failed");
    }
    if (rc != ERR_OK) {
        t->done = true;
        transfer_close(t);
        return rc;
    }
    *out_transfer = t;
    return ERR_OK;
}

static void kill_once(struct engine *engine, const struct statement *s, const struct param *id)
{
    const struct request r = {.statement = s, .params = id, .n = 1, .uncancellable = true};
    struct transfer *t = NULL;
    enum err_code rc = transfer_open(engine, &r, &t, NULL);

    while (rc == ERR_OK && !t->done)
        rc = transfer_more(t, NULL);
    transfer_close(t);
}

/* True when the node has no such statement any more, or cannot be asked. */
static bool has_ended(struct engine *engine, const struct statement *s, const struct param *id)
{
    const struct request r = {.statement = s, .params = id, .n = 1, .uncancellable = true};
    struct transfer *t = NULL;
    bool gone = true;
    enum err_code rc = transfer_open(engine, &r, &t, NULL);

    while (rc == ERR_OK && !t->done)
        rc = transfer_more(t, NULL);
    if (rc == ERR_OK) {
        struct str data = transfer_data(t);

        gone = data.n == 0 || data.p[data.n - 1] == 0; /* its one cell is the last byte */
    }
    transfer_close(t);
    return gone;
}

void engine_kill(struct engine *engine, const char *query_id)
{
    const struct statement *kill = catalogue_find(engine->catalogue, "engine/kill");
    const struct statement *running = catalogue_find(engine->catalogue, "engine/running");
    const struct param id = PARAM_STRZ("query_id", query_id);

    if (!kill || !running || node_check(engine->node, 0, NULL) != ERR_OK)
        return;
    kill_once(engine, kill, &id);
    for (int i = 0; i < KILL_TRIES && !has_ended(engine, running, &id); i++)
        nanosleep(&(struct timespec){.tv_nsec = KILL_STEP_MS * 1000000L}, NULL);
}

void transfer_close(struct transfer *t)
{
    bool under_way;

    if (!t)
        return;
    under_way = !t->done;
    if (t->channel) {
        curl_multi_remove_handle(t->channel->multi, t->channel->easy);
        t->channel->busy = false;
    }
    if (under_way && !t->uncancellable)
        engine_kill(t->engine, t->query_id);
    buf_release(&t->url);
    buf_release(&t->in);
    free(t);
}
