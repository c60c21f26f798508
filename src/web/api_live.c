/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_live.c - the Segment HTTP Tracking API: messages of sites, apps and servers (docs/live.md).
 *
 * Any page may ask, as a write key lets in and nothing out: no session, no cookie, no CSRF token.
 * An answer of 200 means that the messages are on stable storage. */
#include "base/i18n.h"
#include "intake/live/hook.h"
#include "intake/live/segment.h"
#include "web/doors.h"
#include "web/feed.h"
#include "web/flowing.h"
#include "web/live.h"
#include "web/noting.h"
#include "web/request.h"
#include "web/segments.h"
#include "web/whose.h"

#include <sodium.h>
#include <zlib.h>

enum {
    CALLS_A_MINUTE = 600000,     /* of one key */
    UNKNOWN_KEYS_A_MINUTE = 300, /* from one address */
    KEY_TEXT_MAX = 64,
    WAIT_SECONDS = 10
};

static const struct {
    const char *path;
    enum segment_call call;
} calls[] = {
    {"track", SEGMENT_TRACK},   {"t", SEGMENT_TRACK},     {"identify", SEGMENT_IDENTIFY},
    {"i", SEGMENT_IDENTIFY},    {"page", SEGMENT_PAGE},   {"p", SEGMENT_PAGE},
    {"screen", SEGMENT_SCREEN}, {"s", SEGMENT_SCREEN},    {"group", SEGMENT_GROUP},
    {"g", SEGMENT_GROUP},       {"alias", SEGMENT_ALIAS}, {"a", SEGMENT_ALIAS},
    {"batch", SEGMENT_BATCH},   {"b", SEGMENT_BATCH},     {"import", SEGMENT_BATCH},
};

static enum err_code find_call(struct request *q, enum segment_call *out, struct err *err)
{
    for (size_t i = 0; i < TM_COUNT(calls); i++) {
        *out = calls[i].call;
        if (strcmp(q->arg, calls[i].path) == 0)
            return ERR_OK;
    }
    return not_here(q, q->path, err);
}

/* What a browser asks before it sends JSON to another site. The answer's headers are answer.c's. */
enum err_code do_live_options(struct web *web, struct request *q, struct err *err)
{
    enum segment_call call;

    (void)web;
    return find_call(q, &call, err);
}

/* ---- the body ----------------------------------------------------------------------------- */

/* At most `most` bytes come out: what is meant to burst does not. */
static enum err_code unpack(struct str packed, size_t most, struct buf *out, struct err *err)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
    char *space = buf_space(out, most + 1);
    int rc;

    if (!space || inflateInit2(&z, 15 + 16) != Z_OK)
        return err_set(err, ERR_MEMORY, "there is no memory to unpack the body");
    z.next_out = (Bytef *)space;
    z.avail_out = (uInt)(most + 1);
    rc = inflate(&z, Z_FINISH);
    out->n = most + 1 - z.avail_out;
    inflateEnd(&z);
    if (out->n > most)
        return err_set(err, ERR_TOO_LARGE, "the request has %zu bytes, %zu at most", out->n, most);
    if (rc != Z_STREAM_END || z.avail_in)
        return err_set(err, ERR_INVALID, "the body is not what gzip makes");
    return ERR_OK;
}

static enum err_code plain_body(struct request *q, enum segment_call call, struct err *err)
{
    const char *coding =
        MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Content-Encoding");
    struct buf plain = BUF_INIT(SEGMENT_BATCH_MAX + 1);
    enum err_code rc;

    if (!coding || strcasecmp(coding, "identity") == 0)
        return ERR_OK;
    if (strcasecmp(coding, "gzip") != 0) {
        refuse(q, 415, ERR_INVALID);
        return err_set(err, ERR_INVALID, "bodies are packed by gzip or not at all");
    }
    rc = unpack(buf_str(&q->body), segment_body_max(call), &plain, err);
    buf_release(&q->body);
    q->body = plain;
    return rc;
}

/* ---- who sends ---------------------------------------------------------------------------- */

/* In the body, else in the header; as Segment's libraries send it. */
static void take_key(const struct request *q, const struct segment_request *request,
                     char out[KEY_TEXT_MAX])
{
    struct str key = segment_write_key(request);

    if (!key.n || key.n >= KEY_TEXT_MAX || memchr(key.p, 0, key.n)) {
        segment_basic_key(
            MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Authorization"), out,
            KEY_TEXT_MAX);
        return;
    }
    memcpy(out, key.p, key.n);
    out[key.n] = '\0';
}

enum err_code live_wait(struct request *q, int seconds, struct err *err)
{
    q->retry_after = seconds;
    refuse(q, 429, ERR_BUSY);
    return err_set(err, ERR_BUSY, "too many requests; try again in %d seconds", seconds);
}

/* The shop of the address, or any where the address names none: the key tells which. */
bool live_lookup(struct web *web, struct request *q, const char *key, struct web **out_web,
                 struct source_entry *out)
{
    struct site *site = web->site;

    q->live_shop = web->shop ? web : NULL;
    snprintf(q->live_key, sizeof(q->live_key), "%s", key);
    for (size_t i = 0; *key && i < site->shop_count; i++) {
        *out_web = &site->shops[i];
        if ((web->shop && web != *out_web) || !live_find((*out_web)->live, key, out))
            continue;
        q->live_shop = *out_web;
        q->live_source = out->id;
        return true;
    }
    return false;
}

/* Keys of shops' webhooks are none: who sends those has to sign. */
static enum err_code find_source(struct web *web, struct request *q, const char *key,
                                 struct web **out_web, struct source_entry *out, struct err *err)
{
    bool found = live_lookup(web, q, key, out_web, out) && strcmp(out->protocol, "segment") == 0;
    int seconds =
        found ? limits_take(web->site->limits, "live", key, CALLS_A_MINUTE)
              : limits_take(web->site->limits, "live unknown", q->ip, UNKNOWN_KEYS_A_MINUTE);

    if (seconds)
        return live_wait(q, seconds, err);
    if (found)
        return ERR_OK;
    refuse(q, 401, ERR_DENIED);
    err_set(err, ERR_DENIED, "the write key is missing, not known or revoked");
    err_hint(err, "Nothing of this request was taken.");
    return ERR_DENIED;
}

/* ---- storing ------------------------------------------------------------------------------ */

/* A batch may have more events than the journal takes at once: those above are refused ones. */
static enum err_code append_all(struct journal *journal, struct journal_record *records, size_t n,
                                struct err *err)
{
    for (size_t i = 0; i < n; i += JOURNAL_BATCH_MAX) {
        size_t some = n - i < JOURNAL_BATCH_MAX ? n - i : JOURNAL_BATCH_MAX;

        TRY(journal_append(journal, records + i, some, err));
    }
    return ERR_OK;
}

static bool any_urgent(const struct journal_record *records, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (records[i].urgent && records[i].fate == JOURNAL_STORED)
            return true;
    return false;
}

enum err_code live_append(struct web *shop, struct request *q, struct journal_record *records,
                          size_t n, struct err *err)
{
    enum err_code rc = append_all(live_journal(shop->live), records, n, err);

    if (rc == ERR_OK) {
        if (any_urgent(records, n))
            noting_came(shop->noting);
        live_people_came(whose_people(shop->whose));
        segments_came(shop->segments);
        flowing_came(shop->flowing);
        feed_came(shop->feed, q->parser, records, n);
        web_live_came(shop);
        return ERR_OK;
    }
    q->retry_after = WAIT_SECONDS; /* a full disk has room again, a broken one is another's */
    return refuse(q, 503, rc);
}

/* Segment answers so to what it cannot read and to what is too much, whatever it is. */
static enum err_code malformed(struct request *q, enum err_code rc)
{
    return rc == ERR_OK || q->status >= 400 ? rc : refuse(q, 400, rc);
}

enum err_code do_live(struct web *web, struct request *q, struct err *err)
{
    struct segment_request request = {.received_us = q->from_us, .ip = str_of(q->ip)};
    struct source_entry source;
    struct segment_taken taken;
    char key[KEY_TEXT_MAX];
    enum err_code rc;
    struct web *shop = web;

    TRY(find_call(q, &request.call, err));
    TRY(malformed(q, plain_body(q, request.call, err)));
    request.body = buf_str(&q->body);
    if (!q->parser)
        q->parser = json_parser_new(SEGMENT_BATCH_MAX);
    TRY(malformed(q, segment_open(&request, q->parser, err)));
    take_key(q, &request, key);
    TRY(find_source(web, q, key, &shop, &source, err));
    TRY(malformed(q, segment_accept(&request, source.id, &taken, err)));
    rc = live_append(shop, q, taken.records, taken.n, err);
    segment_taken_release(&taken);
    if (rc == ERR_OK)
        buf_addz(&q->out, "{\"success\": true}");
    return rc;
}

/* ---- what is turned away ------------------------------------------------------------------- */

/* What could not be read may still say in its header or address whose it is. */
static void find_sender(struct request *q)
{
    struct source_entry source;
    char key[KEY_TEXT_MAX] = "";
    struct web *shop;

    if (q->route->handler == do_hook)
        snprintf(key, sizeof(key), "%.*s", KEY_TEXT_MAX - 1, q->arg);
    else
        segment_basic_key(
            MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Authorization"), key,
            sizeof(key));
    if (key[0])
        (void)live_lookup(q->web, q, key, &shop, &source);
}

static enum door_why why_of(const struct request *q)
{
    if (q->status == 401)
        return q->route->handler == do_hook && q->live_source ? DOOR_BAD_SIGNATURE
                                                              : DOOR_UNKNOWN_KEY;
    if (q->status == 429)
        return DOOR_TOO_OFTEN;
    if (q->status >= 500)
        return DOOR_NOT_NOW;
    return q->too_large ? DOOR_TOO_LARGE : DOOR_MALFORMED;
}

static void turn_away(struct web *shop, struct request *q, int64_t source, enum door_why why)
{
    doors_count(shop->doors, source, q->live_key, why);
    feed_turned_away(shop->feed, source, why);
}

/* It came to the address that all shops share. Whose the key was hears of it alone; with one that
 * is nobody's each may have been meant. */
static void turn_away_at_root(struct site *site, struct request *q, enum door_why why)
{
    for (size_t i = 0; i < site->shop_count; i++) {
        int64_t source = live_owner_of(site->shops[i].live, q->live_key);

        if (source) {
            turn_away(&site->shops[i], q, source, why);
            return;
        }
    }
    for (size_t i = 0; i < site->shop_count; i++)
        turn_away(&site->shops[i], q, 0, why == DOOR_UNKNOWN_KEY ? DOOR_NO_SHOP : why);
}

void live_turned_away(struct request *q)
{
    struct web *shop;
    enum door_why why;

    if (!q->route || !q->route->live || q->status < 400)
        return;
    if (!q->live_key[0])
        find_sender(q);
    shop = q->live_shop ? q->live_shop : q->web->shop ? q->web : NULL;
    why = why_of(q);
    q->web->site->turned_away[shop != NULL][why]++;
    if (!shop)
        turn_away_at_root(q->web->site, q, why);
    else if (shop->feed) /* a key that was revoked is somebody's, and the page says whose */
        turn_away(shop, q, q->live_source ? q->live_source : live_owner_of(shop->live, q->live_key),
                  why);
}
