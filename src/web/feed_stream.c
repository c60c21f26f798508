/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed_stream.c - what comes in now as server-sent events (feed.h), for the shop's people.
 *
 * A stream ends by itself after STREAM_SECONDS: browsers go on with a request of their own, with
 * the number of the last event, and who may no longer watch is told so. */
#include "base/i18n.h"
#include "base/timestamp.h"
#include "web/dispatch.h"
#include "web/feed.h"
#include "web/whose.h"

enum { BLOCK = 16384, WAIT_MS = 1000, BEAT_SECONDS = 10, STREAM_SECONDS = 300 };

struct stream {
    struct feed_watch watch;
    struct buf pending;
    size_t sent;
    int64_t until_us, told_us;
    enum language language;
    bool over;
};

static void next(struct stream *s)
{
    int64_t now_us;

    i18n_use(s->language);
    buf_reset(&s->pending);
    s->sent = 0;
    s->over = !feed_watch_next(&s->watch, WAIT_MS, &s->pending);
    now_us = timestamp_now();
    s->over = s->over || now_us > s->until_us;
    if (s->pending.n || now_us - s->told_us > BEAT_SECONDS * US_PER_SECOND) {
        if (!s->pending.n) /* tells proxies, and us, that somebody is there */
            buf_addz(&s->pending, ": still here\n\n");
        s->told_us = now_us;
    }
}

static ssize_t read_stream(void *ctx, uint64_t at, char *out, size_t max)
{
    struct stream *s = ctx;
    size_t n;

    (void)at;
    while (s->sent == s->pending.n) {
        if (s->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        next(s);
    }
    n = s->pending.n - s->sent;
    n = n < max ? n : max;
    memcpy(out, s->pending.p + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

static void free_stream(void *ctx)
{
    struct stream *s = ctx;

    feed_watch_end(&s->watch);
    buf_release(&s->pending);
    free(s);
}

void feed_stream_drop(struct request *q)
{
    if (q->feed_stream)
        free_stream(q->feed_stream);
    q->feed_stream = NULL;
}

struct MHD_Response *feed_response(struct request *q)
{
    struct stream *s = q->feed_stream;
    struct MHD_Response *r;

    q->feed_stream = NULL;
    q->type = "text/event-stream";
    r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, s, free_stream);
    if (!r)
        free_stream(s);
    return r;
}

/* The browser names the last event that it saw; so may a client of another kind. */
static int64_t last_seen(const struct request *q)
{
    const char *text = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Last-Event-ID");
    char *end;
    long long number;

    if (!text || !isdigit((unsigned char)*text))
        return request_number(q, "after", 0);
    number = strtoll(text, &end, 10);
    return *end ? 0 : number;
}

enum err_code do_live_events(struct web *web, struct request *q, struct err *err)
{
    struct stream *s;
    int64_t seconds = request_number(q, "seconds", STREAM_SECONDS);
    const char *lang = request_query(q, "lang"); /* browsers' streams have no header of their own */

    if (lang && language_of(lang) == LANG_COUNT)
        return field_wrong("lang", err);
    if (!watch_stream(q->connection,
                      proxies_trust(&web->options->proxies, peer_of(q->connection).text))) {
        q->retry_after = BEAT_SECONDS;
        refuse(q, 503, ERR_BUSY);
        err_set(err, ERR_BUSY, "as many watch already as can, what comes in");
        err_hint(err, "It is counted all the same. Try again when somebody has left the page.");
        return ERR_BUSY;
    }
    s = xcalloc(1, sizeof(*s));
    *s = (struct stream){.watch = {.after = last_seen(q),
                                   .known = whose_people(web->whose),
                                   .people = request_number(q, "people", 0) == 1 &&
                                             (MAY_PLAN & (1U << q->user.role))},
                         .pending = BUF_INIT(1 << 22),
                         .until_us =
                             timestamp_now() +
                             (seconds < STREAM_SECONDS ? seconds : STREAM_SECONDS) * US_PER_SECOND,
                         .told_us = timestamp_now(),
                         .language = lang ? language_of(lang) : i18n_current()};
    feed_watch_begin(web->feed, &s->watch);
    q->feed_stream = s;
    q->streams = true;
    q->traced = s->watch.people;
    return ERR_OK;
}
