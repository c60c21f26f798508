/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/segment.h"

#include "base/i18n.h"
#include "base/ip_short.h"
#include "base/json_slice.h"
#include "base/parse.h"
#include "intake/live/segment_parts.h"

#include <sodium.h>

enum {
    TAKEN_MAX = 24 << 20,  /* bytes of all that becomes of a request */
    MERGED_MAX = 4 << 20,  /* of its events, each with the batch's context */
    SUMMARY_TEXT_MAX = 200 /* of a refused event's id or name that is kept */
};

static const char *const call_names[SEGMENT_BATCH] = {
    [SEGMENT_TRACK] = "track",   [SEGMENT_IDENTIFY] = "identify", [SEGMENT_PAGE] = "page",
    [SEGMENT_SCREEN] = "screen", [SEGMENT_GROUP] = "group",       [SEGMENT_ALIAS] = "alias",
};

enum segment_call segment_call_of(struct str name)
{
    for (size_t i = 0; i < TM_COUNT(call_names); i++)
        if (str_ieqz(name, call_names[i]))
            return (enum segment_call)i;
    return SEGMENT_NO_CALL;
}

struct json_value segment_get(struct json_value v, const char *camel, const char *snake)
{
    struct json_value found = json_get(v, camel);

    return json_type_of(found) > JSON_NULL ? found : json_get(v, snake);
}

struct str segment_text(struct json_value v, struct segment_number *number)
{
    int n;

    switch (json_type_of(v)) {
    case JSON_STRING:
        return json_text(v, STR_NONE);
    case JSON_INT:
        n = snprintf(number->text, sizeof(number->text), "%" PRId64, json_integer(v, 0));
        return (struct str){number->text, (size_t)n};
    case JSON_REAL:
        n = snprintf(number->text, sizeof(number->text), "%.17g", json_real(v, 0));
        return (struct str){number->text, (size_t)n};
    default:
        return STR_NONE;
    }
}

/* ---- the request -------------------------------------------------------------------------- */

size_t segment_body_max(enum segment_call call)
{
    return call == SEGMENT_BATCH ? SEGMENT_BATCH_MAX : SEGMENT_CALL_MAX;
}

enum err_code segment_open(struct segment_request *request, struct json_parser *parser,
                           struct err *err)
{
    size_t most = segment_body_max(request->call);

    if (request->body.n > most)
        return err_set(err, ERR_TOO_LARGE, "the request has %zu bytes, %zu at most",
                       request->body.n, most);
    TRY(json_parse(parser, request->body, &request->root, err));
    if (json_type_of(request->root) != JSON_OBJECT)
        return err_set(err, ERR_INVALID, "the body must be a JSON object");
    if (request->call == SEGMENT_BATCH &&
        json_type_of(json_get(request->root, "batch")) != JSON_ARRAY)
        return err_set(err, ERR_INVALID, "\"%s\" must be an array", "batch");
    return ERR_OK;
}

struct str segment_write_key(const struct segment_request *request)
{
    return json_text(segment_get(request->root, "writeKey", "write_key"), STR_NONE);
}

void segment_basic_key(const char *authorization, char *out, size_t size)
{
    size_t n = 0;

    *out = '\0';
    if (!authorization || strncasecmp(authorization, "Basic ", 6) != 0)
        return;
    authorization += 6 + strspn(authorization + 6, " ");
    if (sodium_base642bin((unsigned char *)out, size - 1, authorization, strlen(authorization), " ",
                          &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 &&
        sodium_base642bin((unsigned char *)out, size - 1, authorization, strlen(authorization), " ",
                          &n, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
        n = 0;
    out[n] = '\0';
    out[strcspn(out, ":")] = '\0'; /* the password is empty */
}

/* ---- one event ---------------------------------------------------------------------------- */

/* An event on its way in: its values, and the same as they are written. */
struct item {
    enum segment_call call;
    struct json_value value;
    struct str raw;
    struct json_value common; /* context of its batch */
    struct str common_raw;
    struct json_value sent_at; /* of its batch */
    int64_t received_us;
    struct str ip; /* of who sent it */
};

/* ISO 8601, or a Unix time in seconds or milliseconds. False for what is none. */
static bool read_time(struct json_value v, int64_t *out)
{
    struct read_style style = {.dates = DATES_UNKNOWN};
    double x;

    *out = TIME_NONE;
    switch (json_type_of(v)) {
    case JSON_NONE:
    case JSON_NULL:
        return true;
    case JSON_STRING:
        return parse_time(json_text(v, STR_NONE), &style, out, NULL) == ERR_OK;
    case JSON_INT:
    case JSON_REAL:
        x = json_real(v, 0);
        x = fabs(x) < 1e11 ? x * 1e6 : x * 1e3;
        if (!(x > 0 && x < 9e15))
            return false;
        *out = (int64_t)x;
        return true;
    default:
        return false;
    }
}

/* False when a time of it cannot be read. */
static bool set_time(const struct item *item, int64_t *out)
{
    struct json_value sent = segment_get(item->value, "sentAt", "sent_at");
    struct json_value received = segment_get(item->value, "receivedAt", "received_at");
    int64_t at, original, sent_us;

    if (json_type_of(sent) <= JSON_NULL)
        sent = item->sent_at;
    if (!read_time(json_get(item->value, "timestamp"), &at) ||
        !read_time(segment_get(item->value, "originalTimestamp", "original_timestamp"),
                   &original) ||
        !read_time(sent, &sent_us))
        return false;
    if (original == TIME_NONE)
        original = at;
    if (at != TIME_NONE && json_type_of(received) > JSON_NULL)
        *out = at;
    else if (original == TIME_NONE)
        *out = item->received_us;
    else if (sent_us == TIME_NONE)
        *out = original;
    else
        *out = item->received_us - (sent_us - original);
    if (*out > item->received_us) /* nothing has happened yet that will */
        *out = item->received_us;
    return *out > 0;
}

static bool is_told(struct json_value v)
{
    struct segment_number number;

    return str_trim(segment_text(v, &number)).n > 0;
}

/* LIVE_REASON_COUNT when nothing speaks against it. */
static enum live_reason judge(const struct item *item)
{
    struct json_value v = item->value;
    bool user, anonymous;

    if (item->raw.n + item->common_raw.n > SEGMENT_EVENT_MAX)
        return LIVE_TOO_LARGE;
    if (json_type_of(v) != JSON_OBJECT)
        return LIVE_NOT_AN_OBJECT;
    user = is_told(segment_get(v, "userId", "user_id"));
    anonymous = is_told(segment_get(v, "anonymousId", "anonymous_id"));
    if (item->call >= SEGMENT_BATCH)
        return LIVE_NO_TYPE;
    if (item->call == SEGMENT_ALIAS)
        return user && is_told(segment_get(v, "previousId", "previous_id")) ? LIVE_REASON_COUNT
                                                                            : LIVE_NO_PREVIOUS;
    if (!user && !anonymous)
        return LIVE_NO_PERSON;
    if (item->call == SEGMENT_TRACK && !is_told(json_get(v, "event")))
        return LIVE_NO_EVENT;
    if (item->call == SEGMENT_GROUP && !is_told(segment_get(v, "groupId", "group_id")))
        return LIVE_NO_GROUP;
    return LIVE_REASON_COUNT;
}

/* The sender's id; one that is too long becomes its hash, a missing one is made. */
static struct str message_id(const struct item *item, struct arena *arena)
{
    unsigned char hash[24];
    struct segment_number number;
    struct str id = segment_text(segment_get(item->value, "messageId", "message_id"), &number);
    char made[60] = "made-";

    if (id.n > 0 && id.n <= JOURNAL_ID_MAX)
        return arena_str(arena, id);
    if (id.n == 0)
        randombytes_buf(hash, sizeof(hash));
    else
        crypto_generichash(hash, sizeof(hash), (const unsigned char *)id.p, id.n, NULL, 0);
    snprintf(made, sizeof(made), "%s", id.n ? "hash-" : "made-");
    sodium_bin2hex(made + 5, sizeof(made) - 5, hash, sizeof(hash));
    return arena_str(arena, str_of(made));
}

/* ---- what is kept ------------------------------------------------------------------------- */

/* IPv4 without its last byte, IPv6 without its last ten; nothing for what is no address. */
static void add_ip(struct buf *out, struct json_value v)
{
    char address[IP_SHORT_MAX] = "";

    (void)ip_short(json_text(v, STR_NONE), address);
    buf_add_json(out, str_of(address));
}

static void add_key(struct buf *out, struct str key)
{
    if (out->n && out->p[out->n - 1] != '{')
        buf_addc(out, ',');
    buf_add_json(out, key);
    buf_addc(out, ':');
}

static bool has_member(struct json_value v, struct str key)
{
    for (struct json_iter it = json_iter(v); json_iter_next(&it);)
        if (str_eq(it.key, key))
            return true;
    return false;
}

/* Members of a context that are not there yet. */
static void add_context(struct buf *out, struct json_value v, struct str raw,
                        struct json_value before)
{
    struct json_slice slice = json_slice(raw);

    if (json_type_of(v) != JSON_OBJECT)
        return;
    for (struct json_iter it = json_iter(v); json_iter_next(&it) && json_slice_next(&slice);) {
        if (has_member(before, it.key))
            continue;
        add_key(out, it.key);
        if (str_eqz(it.key, "ip"))
            add_ip(out, it.value);
        else
            buf_adds(out, slice.value);
    }
}

/* What the envelope tells itself, and what is not kept. */
static bool is_left_out(struct str key)
{
    static const char *const names[] = {"type",       "action",       "messageId", "message_id",
                                        "timestamp",  "context",      "writeKey",  "write_key",
                                        "receivedAt", "integrations", "batch"};

    for (size_t i = 0; i < TM_COUNT(names); i++)
        if (str_eqz(key, names[i]))
            return true;
    return false;
}

/* Sent by a page, and not by a server of the shop. */
static bool is_of_page(const struct item *item)
{
    struct json_value library = json_get(json_get(item->value, "context"), "library");
    struct str name;

    if (json_type_of(library) != JSON_OBJECT)
        library = json_get(item->common, "library");
    name = json_text(json_get(library, "name"), STR_NONE);
    return str_starts(name, "tidemark.js") || str_starts(name, "analytics.js");
}

/* A page cannot know the address that its visitor comes from, which is part of the proof of what
 * was agreed to; of other messages nobody needs it. */
static void add_sender(struct buf *out, const struct item *item, struct json_value context)
{
    static const char key[] = "ip";
    char address[IP_SHORT_MAX];

    if (has_member(context, str_of(key)) || has_member(item->common, str_of(key)) ||
        !is_of_page(item) || !ip_short(item->ip, address))
        return;
    add_key(out, str_of(key));
    buf_add_json(out, str_of(address));
}

static void write_body(const struct item *item, struct str id, int64_t at_us, bool of_consent,
                       struct buf *out)
{
    struct json_slice slice = json_slice(item->raw);
    struct json_value context = {NULL, 0};
    struct str context_raw = STR_NONE;

    buf_addz(out, "{\"type\":\"");
    buf_addz(out, call_names[item->call]);
    buf_addz(out, "\",\"messageId\":");
    buf_add_json(out, id);
    buf_addz(out, ",\"timestamp\":\"");
    timestamp_add_iso(out, at_us);
    buf_addc(out, '"');
    for (struct json_iter it = json_iter(item->value);
         json_iter_next(&it) && json_slice_next(&slice);) {
        if (str_eqz(it.key, "context") && !context.doc) {
            context = it.value;
            context_raw = slice.value;
        }
        if (is_left_out(it.key))
            continue;
        add_key(out, it.key);
        buf_adds(out, slice.value);
    }
    buf_addz(out, ",\"context\":{");
    add_context(out, context, context_raw, (struct json_value){NULL, 0});
    add_context(out, item->common, item->common_raw, context);
    if (of_consent)
        add_sender(out, item, context);
    buf_addz(out, "}}");
}

static void add_summary(struct buf *out, const char *key, struct json_value v)
{
    struct segment_number number;
    struct str text = segment_text(v, &number);

    if (!text.n)
        return;
    add_key(out, str_of(key));
    buf_add_json(out, (struct str){text.p, text.n < SUMMARY_TEXT_MAX ? text.n : SUMMARY_TEXT_MAX});
}

/* Of what is refused only so much that its sender can find it. */
static void write_summary(const struct item *item, struct buf *out)
{
    buf_addc(out, '{');
    if (item->call < SEGMENT_BATCH)
        buf_addf(out, "\"type\":\"%s\"", call_names[item->call]);
    else
        add_summary(out, "type", segment_get(item->value, "type", "action"));
    add_summary(out, "event", json_get(item->value, "event"));
    add_summary(out, "timestamp", json_get(item->value, "timestamp"));
    buf_addc(out, '}');
}

struct taking {
    struct segment_taken *taken;
    struct buf body;
    int64_t source;
    size_t merged;
    struct err *err;
};

static enum err_code take(struct taking *t, const struct item *item)
{
    struct journal_record *record = &t->taken->records[t->taken->n];
    enum live_reason reason = judge(item);
    int64_t at_us = 0;

    t->merged += item->raw.n + item->common_raw.n;
    if (t->merged > MERGED_MAX)
        return err_set(t->err, ERR_TOO_LARGE, "the events have more than %d bytes together",
                       MERGED_MAX);
    if (reason == LIVE_REASON_COUNT && t->taken->n >= SEGMENT_EVENTS_MAX)
        reason = LIVE_TOO_MANY;
    if (reason == LIVE_REASON_COUNT && !set_time(item, &at_us))
        reason = LIVE_BAD_TIME;
    *record = (struct journal_record){.source = t->source,
                                      .received_us = item->received_us,
                                      .id = message_id(item, &t->taken->arena)};
    buf_reset(&t->body);
    if (reason == LIVE_REASON_COUNT) {
        record->urgent = segment_tells_consent(item->call, item->value);
        write_body(item, record->id, at_us, record->urgent, &t->body);
    } else {
        record->refused = live_reason_name(reason);
        write_summary(item, &t->body);
    }
    TRY(buf_check(&t->body, t->err));
    record->body = arena_str(&t->taken->arena, buf_str(&t->body));
    t->taken->n++;
    return arena_check(&t->taken->arena, t->err);
}

/* The first member of that name, as it is written. */
static struct str raw_of(struct json_value v, struct str raw, const char *key)
{
    struct json_slice slice = json_slice(raw);

    for (struct json_iter it = json_iter(v); json_iter_next(&it) && json_slice_next(&slice);)
        if (str_eqz(it.key, key))
            return slice.value;
    return STR_NONE;
}

static enum segment_call call_of_item(struct json_value v)
{
    return segment_call_of(json_text(segment_get(v, "type", "action"), STR_NONE));
}

static size_t count_items(struct json_value batch)
{
    size_t n = 0;

    for (struct json_iter it = json_iter(batch); json_iter_next(&it);)
        n++;
    return n;
}

static enum err_code take_batch(struct taking *t, const struct segment_request *request)
{
    struct json_value root = request->root, batch = json_get(root, "batch");
    struct json_slice slice = json_slice(raw_of(root, request->body, "batch"));
    struct item item = {.common = json_get(root, "context"),
                        .common_raw = raw_of(root, request->body, "context"),
                        .sent_at = segment_get(root, "sentAt", "sent_at"),
                        .received_us = request->received_us,
                        .ip = request->ip};
    size_t n = count_items(batch);

    if (n > SEGMENT_ITEMS_MAX)
        return err_set(t->err, ERR_TOO_LARGE, "%zu messages at once, %d at most", n,
                       SEGMENT_ITEMS_MAX);
    t->taken->records = arena_alloc(&t->taken->arena, (n ? n : 1) * sizeof(*t->taken->records));
    TRY(arena_check(&t->taken->arena, t->err));
    for (struct json_iter it = json_iter(batch); json_iter_next(&it) && json_slice_next(&slice);) {
        item.value = it.value;
        item.raw = slice.value;
        item.call = call_of_item(it.value);
        TRY(take(t, &item));
    }
    return ERR_OK;
}

static enum err_code take_one(struct taking *t, const struct segment_request *request)
{
    const struct item item = {.call = request->call,
                              .value = request->root,
                              .raw = str_trim(request->body),
                              .received_us = request->received_us,
                              .ip = request->ip};

    t->taken->records = arena_alloc(&t->taken->arena, sizeof(*t->taken->records));
    TRY(arena_check(&t->taken->arena, t->err));
    return take(t, &item);
}

enum err_code segment_accept(const struct segment_request *request, int64_t source,
                             struct segment_taken *out, struct err *err)
{
    struct taking t = {.taken = out, .body = BUF_INIT(LIVE_BODY_MAX), .source = source, .err = err};
    enum err_code rc;

    *out = (struct segment_taken){.arena = ARENA_INIT(TAKEN_MAX)};
    rc = request->call == SEGMENT_BATCH ? take_batch(&t, request) : take_one(&t, request);
    buf_release(&t.body);
    if (rc != ERR_OK)
        segment_taken_release(out);
    return rc;
}

void segment_taken_release(struct segment_taken *taken)
{
    arena_release(&taken->arena);
    *taken = (struct segment_taken){.arena = ARENA_INIT(0)};
}
