/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/answer.h"

#include "base/i18n.h"
#include "web/edits.h"

enum { EVENT_BLOCK = 16384, EVENT_WAIT_MS = 1000, EVENT_QUIET = 10, SQUEEZE_LEAST = 2048 };

void answer_problem(struct request *q, const struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    char type[64];

    if (q->status < 400)
        q->status = err_http_status(err->code);
    if (q->status == 499 && !q->left) /* not in any register */
        q->status = 503;
    buf_reset(&q->out);
    q->type = "application/problem+json";
    q->streams = false;
    feed_stream_drop(q);
    q->attachment[0] = '\0';
    q->etag = NULL;
    snprintf(type, sizeof(type), "urn:tidemark:problem:%s", err_name(err->code));
    json_begin_object(&w);
    json_key_stringz(&w, "type", type);
    json_key_stringz(&w, "title", err_summary(err->code));
    json_key_int(&w, "status", q->status);
    /* What broke inside stands in the log, by the request's number. */
    json_key_stringz(&w, "detail", q->status == 500 ? "" : err->msg);
    json_key_stringz(&w, "hint", err->hint);
    if (q->need)
        json_key_stringz(&w, "need", q->need);
    json_key_stringz(&w, "request", q->id);
    json_end_object(&w);
}

struct events {
    struct web *web;
    int64_t job;
    uint64_t version;
    struct buf pending;
    size_t sent;
    int quiet;
    bool over;
};

/* A document of several lines goes out as one line of data. */
static void add_event(struct buf *out, const char *name, struct buf *json)
{
    buf_addf(out, "event: %s\ndata: ", name);
    for (size_t i = 0; i < json->n; i++)
        if (json->p[i] != '\n')
            buf_addc(out, json->p[i]);
    buf_addz(out, "\n\n");
}

static bool next_event(struct events *e)
{
    struct buf json = BUF_INIT(65536);
    bool over, known;

    buf_reset(&e->pending);
    e->sent = 0;
    known = jobs_follow(e->web->jobs, e->job, &e->version, EVENT_WAIT_MS, &json, &over);
    if (json.n)
        add_event(&e->pending, over ? "end" : "progress", &json);
    else if (++e->quiet % EVENT_QUIET == 0) /* tells proxies, and us, that somebody is there */
        buf_addz(&e->pending, ": still here\n\n");
    e->over = over || !known;
    buf_release(&json);
    return e->pending.n > 0;
}

static ssize_t read_events(void *ctx, uint64_t at, char *out, size_t max)
{
    struct events *e = ctx;
    size_t n;

    (void)at;
    while (e->sent == e->pending.n) {
        if (e->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        next_event(e);
    }
    n = e->pending.n - e->sent;
    n = n < max ? n : max;
    memcpy(out, e->pending.p + e->sent, n);
    e->sent += n;
    return (ssize_t)n;
}

static void free_events(void *ctx)
{
    struct events *e = ctx;

    buf_release(&e->pending);
    free(e);
}

static struct MHD_Response *events_response(struct web *web, struct request *q)
{
    struct events *e = xcalloc(1, sizeof(*e));

    *e = (struct events){.web = web, .job = q->events_job, .pending = BUF_INIT(1 << 20)};
    e->version = UINT64_MAX; /* the first event tells how it stands now */
    q->type = "text/event-stream";
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EVENT_BLOCK, read_events, e,
                                             free_events);
}

static struct MHD_Response *text_response(struct request *q)
{
    size_t n = q->out.n;
    char *bytes = buf_detach(&q->out);

    if (!bytes)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(n, bytes, MHD_RESPMEM_MUST_FREE);
}

/* It closes the file. */
static struct MHD_Response *file_response(struct request *q)
{
    int fd = q->file;

    q->file = -1;
    return MHD_create_response_from_fd64(q->file_bytes, fd);
}

static bool in_table(const char *const (*table)[2], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i][0], name) == 0)
            return true;
    return false;
}

static void add_headers(const struct web *web, const struct request *q, struct MHD_Response *r)
{
    static const char *const always[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
         "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
         "frame-ancestors 'none'; frame-src 'self'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    /* A document without an origin, in which nothing runs and from which nothing is sent. */
    static const char *const in_frame[][2] = {
        {"Content-Security-Policy",
         "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; "
         "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"},
        {"X-Frame-Options", "SAMEORIGIN"},
    };
    /* Without credentials: no answer tells a page of another site anything. */
    static const char *const any_page[][2] = {
        {"Access-Control-Allow-Origin", "*"},
        {"Access-Control-Allow-Methods", "POST, OPTIONS"},
        {"Access-Control-Allow-Headers", "*, Authorization"},
        {"Access-Control-Expose-Headers", "Retry-After"},
        {"Access-Control-Max-Age", "86400"},
        {"Cross-Origin-Resource-Policy", "cross-origin"},
    };
    bool shared = q->route && (q->route->roles & MAY_PUBLIC);
    bool any = q->any_site || (q->route && q->route->live);
    char wait[16], disposition[128], etag[80], state[EDITS_VERSION];

    for (size_t i = 0; any && i < TM_COUNT(any_page); i++)
        MHD_add_response_header(r, any_page[i][0], any_page[i][1]);
    for (size_t i = 0; i < TM_COUNT(always) - (any ? 2 : 0); i++)
        if (!q->framed || !in_table(in_frame, TM_COUNT(in_frame), always[i][0]))
            MHD_add_response_header(r, always[i][0], always[i][1]);
    for (size_t i = 0; q->framed && i < TM_COUNT(in_frame); i++)
        MHD_add_response_header(r, in_frame[i][0], in_frame[i][1]);
    MHD_add_response_header(r, "Cache-Control",
                            q->for_ever   ? "public, max-age=31536000, immutable"
                            : !q->etag    ? "no-store"
                            : q->any_site ? "public, max-age=3600"
                            : shared      ? "no-cache"
                                          : "private, no-cache");
    MHD_add_response_header(r, "Vary",
                            shared && q->etag
                                ? "Accept-Encoding"
                                : "Accept-Encoding, Accept-Language, Authorization, Cookie");
    if (q->stale)
        MHD_add_response_header(r, "X-Tidemark-Fresh", "false");
    if (q->etag) { /* weak: the bytes differ by coding */
        snprintf(etag, sizeof(etag), "W/%s", q->etag);
        MHD_add_response_header(r, "ETag", etag);
    }
    if (q->version[0] && q->status < 300) {
        snprintf(etag, sizeof(etag), "\"%s\"", q->version);
        MHD_add_response_header(r, "ETag", etag);
    }
    if (!shared && web->edits) {
        edits_state(web->edits, state);
        MHD_add_response_header(r, "X-Tidemark-Files", state);
    }
    if (q->coding)
        MHD_add_response_header(r, "Content-Encoding", coding_names[q->coding]);
    MHD_add_response_header(r, "Content-Type", q->type);
    MHD_add_response_header(r, "Content-Language", language_codes[i18n_current()]);
    MHD_add_response_header(r, "X-Request-Id", q->id);
    if (web->site->https)
        MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
    if (q->attachment[0]) {
        snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s\"", q->attachment);
        MHD_add_response_header(r, "Content-Disposition", disposition);
    }
    if (q->hang_up)
        MHD_add_response_header(r, "Connection", "close");
    if (q->location[0])
        MHD_add_response_header(r, "Location", q->location);
    if (q->cookie[0])
        MHD_add_response_header(r, "Set-Cookie", q->cookie);
    if (q->retry_after || q->status == 503) {
        snprintf(wait, sizeof(wait), "%d", q->retry_after ? q->retry_after : 10);
        MHD_add_response_header(r, "Retry-After", wait);
    }
    if (q->status == 401)
        MHD_add_response_header(r, "WWW-Authenticate", "Bearer");
}

/* Only what is read, and large: what is sent in stays out of the answer's length. */
static void squeeze_answer(struct request *q)
{
    static const char *const kinds[] = {"application/json", "text/"};
    enum coding coding;

    if (q->streams || q->coding || q->status != 200 || q->out.n < SQUEEZE_LEAST ||
        strcmp(q->method, "GET") != 0)
        return;
    coding = coding_choose(
        MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Accept-Encoding"));
    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        if (strncmp(q->type, kinds[i], strlen(kinds[i])) == 0 && squeeze(coding, &q->out))
            q->coding = coding;
}

enum MHD_Result answer_send(struct web *web, struct request *q)
{
    struct MHD_Response *r;
    enum MHD_Result sent;

    squeeze_answer(q);
    r = q->feed_stream ? feed_response(q)
        : q->streams   ? events_response(web, q)
        : q->file >= 0 ? file_response(q)
                       : text_response(q);
    if (!r)
        return MHD_NO;
    add_headers(web, q, r);
    sent = MHD_queue_response(q->connection, (unsigned)q->status, r);
    MHD_destroy_response(r);
    return sent;
}
