/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Requests of the Segment HTTP Tracking API: what is taken, what is refused, what is kept. */
#include "live_fake.h"

#include "tap.h"

static const char *fate_of(enum segment_call call, const char *body)
{
    enum err_code rc;

    fake_accept(call, body, &rc);
    return rc == ERR_OK ? fake_fate(0) : err_name(rc);
}

static void forms(void)
{
    CHECK_STR(fate_of(SEGMENT_TRACK, "{\"userId\":\"u\",\"event\":\"E\""), "TRUNCATED");
    CHECK_STR(fate_of(SEGMENT_TRACK, "[]"), "INVALID");
    CHECK_STR(fate_of(SEGMENT_BATCH, "{\"batch\":{}}"), "INVALID");
    CHECK_STR(fate_of(SEGMENT_BATCH, "{}"), "INVALID");
    CHECK_STR(fate_of(SEGMENT_TRACK, "{\"event\":\"E\"}"),
              "refused no_person {\"type\":\"track\",\"event\":\"E\"}");
    CHECK_STR(fate_of(SEGMENT_TRACK, "{\"userId\":\" \",\"event\":\"E\"}"),
              "refused no_person {\"type\":\"track\",\"event\":\"E\"}");
    CHECK_STR(fate_of(SEGMENT_TRACK, "{\"userId\":\"u\",\"event\":\"\"}"),
              "refused no_event {\"type\":\"track\"}");
    CHECK_STR(fate_of(SEGMENT_GROUP, "{\"userId\":\"u\"}"),
              "refused no_group {\"type\":\"group\"}");
    CHECK_STR(fate_of(SEGMENT_ALIAS, "{\"userId\":\"u\"}"),
              "refused no_previous {\"type\":\"alias\"}");
    CHECK_STR(fate_of(SEGMENT_TRACK, "{\"userId\":\"u\",\"event\":\"E\",\"timestamp\":\"soon\"}"),
              "refused bad_time {\"type\":\"track\",\"event\":\"E\",\"timestamp\":\"soon\"}");
    CHECK_STR(fate_of(SEGMENT_BATCH, "{\"batch\":[{\"type\":\"scream\",\"userId\":\"u\"}]}"),
              "refused no_type {\"type\":\"scream\"}");
    CHECK_STR(fate_of(SEGMENT_BATCH, "{\"batch\":[7]}"), "refused not_an_object {}");
}

/* What is kept: the event as it was written, its numbers digit by digit. */
static void bodies(void)
{
    CHECK_STR(fate_of(SEGMENT_TRACK,
                      " {\"writeKey\":\"k\",\"event\":\"E\",\"userId\":7,\"messageId\":\"m\","
                      "\"integrations\":{\"All\":true},\"properties\":{\"price\":1.10,"
                      "\"big\":12345678901234567890}} "),
              "stored {\"type\":\"track\",\"messageId\":\"m\",\"timestamp\":"
              "\"2026-11-18T12:26:40Z\",\"event\":\"E\",\"userId\":7,\"properties\":"
              "{\"price\":1.10,\"big\":12345678901234567890},\"context\":{}}");
    CHECK_STR(fate_of(SEGMENT_BATCH,
                      "{\"context\":{\"ip\":\"203.0.113.77\",\"locale\":\"th\",\"app\":{\"a\":1}},"
                      "\"batch\":[{\"type\":\"page\",\"anonymousId\":\"a\",\"messageId\":\"m\","
                      "\"context\":{\"locale\":\"ar\",\"\\u0069p\":\"2001:db8:1:2:3::4\"}}]}"),
              "stored {\"type\":\"page\",\"messageId\":\"m\",\"timestamp\":"
              "\"2026-11-18T12:26:40Z\",\"anonymousId\":\"a\",\"context\":{\"locale\":\"ar\","
              "\"ip\":\"2001:db8:1::\",\"app\":{\"a\":1}}}");
    CHECK(strstr(fate_of(SEGMENT_TRACK, "{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m\","
                                        "\"context\":{\"ip\":\"203.0.113.77\"}}"),
                 "\"ip\":\"203.0.113.0\"") != NULL);
    CHECK(strstr(fate_of(SEGMENT_TRACK, "{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m\","
                                        "\"context\":{\"ip\":\"::ffff:203.0.113.77\"}}"),
                 "\"ip\":\"::ffff:203.0.113.0\"") != NULL);
    CHECK(strstr(fate_of(SEGMENT_TRACK, "{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m\","
                                        "\"context\":{\"ip\":\"my house\"}}"),
                 "\"ip\":\"\"") != NULL);
    CHECK(strstr(fate_of(SEGMENT_TRACK, "{\"event\":\"E\",\"userId\":\"u\",\"context\":[1,2]}"),
                 "\"context\":{}}") != NULL);
}

static const char *id_of(const char *body)
{
    static char id[128];
    enum err_code rc;
    const struct segment_taken *t = fake_accept(SEGMENT_TRACK, body, &rc);

    snprintf(id, sizeof(id), "%.*s", (int)t->records[0].id.n, t->records[0].id.p);
    return id;
}

static void ids(void)
{
    char body[400], longest[201], first[128];

    memset(longest, 'x', 200);
    longest[200] = '\0';
    CHECK_STR(id_of("{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m-1\"}"), "m-1");
    CHECK_STR(id_of("{\"event\":\"E\",\"userId\":\"u\",\"message_id\":12}"), "12");
    snprintf(first, sizeof(first), "%s", id_of("{\"event\":\"E\",\"userId\":\"u\"}"));
    CHECK(strncmp(first, "made-", 5) == 0 && strlen(first) > 40);
    CHECK(strcmp(first, id_of("{\"event\":\"E\",\"userId\":\"u\"}")) != 0);
    snprintf(body, sizeof(body), "{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"%s\"}",
             longest);
    snprintf(first, sizeof(first), "%s", id_of(body));
    CHECK(strncmp(first, "hash-", 5) == 0);
    CHECK_STR(id_of(body), first);
}

static const char *time_of(const char *members)
{
    static char at[64];
    char body[400];
    const char *fate, *found;

    snprintf(body, sizeof(body), "{\"event\":\"E\",\"userId\":\"u\"%s}", members);
    fate = fate_of(SEGMENT_TRACK, body);
    found = strstr(fate, "\"timestamp\":\"");
    snprintf(at, sizeof(at), "%.*s", (int)strcspn(found + 13, "\""), found + 13);
    return at;
}

/* Received at 2026-11-18T12:26:40Z. */
static void times(void)
{
    CHECK_STR(time_of(""), "2026-11-18T12:26:40Z");
    CHECK_STR(time_of(",\"timestamp\":\"2020-01-02T03:04:05.5Z\""), "2020-01-02T03:04:05.500000Z");
    CHECK_STR(time_of(",\"timestamp\":\"2020-01-02T03:04:05+07:00\""), "2020-01-01T20:04:05Z");
    CHECK_STR(time_of(",\"timestamp\":1577934245"), "2020-01-02T03:04:05Z");
    CHECK_STR(time_of(",\"timestamp\":1577934245000"), "2020-01-02T03:04:05Z");
    /* a clock that is a year behind */
    CHECK_STR(
        time_of(",\"timestamp\":\"2025-11-18T12:00:00Z\",\"sentAt\":\"2025-11-18T12:00:10Z\""),
        "2026-11-18T12:26:30Z");
    /* the library's own field for the same */
    CHECK_STR(time_of(",\"originalTimestamp\":\"2030-01-01T00:00:00Z\",\"sentAt\":"
                      "\"2030-01-01T00:01:00Z\""),
              "2026-11-18T12:25:40Z");
    /* what lies ahead is now */
    CHECK_STR(time_of(",\"timestamp\":\"2030-01-01T00:00:00Z\""), "2026-11-18T12:26:40Z");
    /* set right by another collector before */
    CHECK_STR(time_of(",\"timestamp\":\"2015-02-23T22:28:55.111Z\",\"sentAt\":"
                      "\"2015-02-23T22:28:55.111Z\",\"receivedAt\":\"2015-02-23T22:28:55.387Z\""),
              "2015-02-23T22:28:55.111000Z");
}

static void batch_time(void)
{
    enum err_code rc;

    fake_accept(SEGMENT_BATCH,
                "{\"sentAt\":\"2020-01-01T00:00:10Z\",\"batch\":[{\"type\":\"track\",\"event\":"
                "\"E\",\"userId\":\"u\",\"timestamp\":\"2020-01-01T00:00:00Z\"}]}",
                &rc);
    CHECK(strstr(fake_fate(0), "\"timestamp\":\"2026-11-18T12:26:30Z\"") != NULL);
}

/* A request of n events with `filler` bytes each. */
static char *many(size_t n, size_t filler, const char *context)
{
    struct buf b = BUF_INIT(64 << 20);

    buf_addf(&b, "{\"context\":%s,\"batch\":[", context);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&b, "%s{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"x\":\"",
                 i ? "," : "");
        memset(buf_space(&b, filler), 'x', filler);
        buf_addz(&b, "\"}");
    }
    buf_addz(&b, "]}");
    return buf_detach(&b);
}

static void check_counts(char *body, enum err_code want, size_t stored, size_t refused,
                         const char *why)
{
    size_t counts[2] = {0, 0};
    enum err_code rc;
    const struct segment_taken *t = fake_accept(SEGMENT_BATCH, body, &rc);

    CHECK_STR(err_name(rc), err_name(want));
    for (size_t i = 0; i < t->n; i++) {
        counts[t->records[i].refused != NULL]++;
        if (t->records[i].refused && strcmp(t->records[i].refused, why) != 0)
            counts[0] = SIZE_MAX;
    }
    CHECK_MSG(counts[0] == stored && counts[1] == refused, "%zu stored, %zu refused", counts[0],
              counts[1]);
    free(body);
}

static void limits(void)
{
    char *context = xmalloc(9000);
    char *one = xmalloc(33 << 10);
    enum err_code rc;

    check_counts(many(2500, 10, "{}"), ERR_OK, 2500, 0, "");
    check_counts(many(2501, 10, "{}"), ERR_OK, 2500, 1, "too_many");
    check_counts(many(3, 32 << 10, "{}"), ERR_OK, 0, 3, "too_large");
    check_counts(many(3, 31 << 10, "{}"), ERR_OK, 3, 0, "");
    check_counts(many(16, 32 << 10, "{}"), ERR_TOO_LARGE, 0, 0, "");
    snprintf(context, 9000, "{\"a\":\"%08000d\"}", 0);
    check_counts(many(2000, 10, context), ERR_TOO_LARGE, 0, 0, "");
    check_counts(many(500, 10, context), ERR_OK, 500, 0, "");
    snprintf(one, 33 << 10, "{\"userId\":\"u\",\"event\":\"E\",\"x\":\"%032700d\"}", 0);
    CHECK(strncmp(fate_of(SEGMENT_TRACK, one), "stored", 6) == 0);
    snprintf(one, 33 << 10, "{\"userId\":\"u\",\"event\":\"E\",\"x\":\"%032760d\"}", 0);
    fake_accept(SEGMENT_TRACK, one, &rc);
    CHECK_STR(err_name(rc), "TOO_LARGE");
    free(context);
    free(one);
}

static void deep(int depth, const char *want)
{
    struct buf b = BUF_INIT(4096);
    enum err_code rc;

    buf_addz(&b, "{\"userId\":\"u\",\"event\":\"E\",\"x\":");
    for (int i = 1; i < depth; i++)
        buf_addc(&b, '[');
    for (int i = 1; i < depth; i++)
        buf_addc(&b, ']');
    buf_addc(&b, '}');
    fake_accept(SEGMENT_TRACK, buf_cstr(&b), &rc);
    CHECK_STR(err_name(rc), want);
    if (rc == ERR_OK)
        CHECK(strncmp(fake_records(0), "event", 5) == 0);
    buf_release(&b);
}

static void keys(void)
{
    char key[80];

    segment_basic_key("Basic YWJjMTIzOg==", key, sizeof(key));
    CHECK_STR(key, "abc123");
    segment_basic_key("basic  YWJjMTIz", key, sizeof(key)); /* without the colon */
    CHECK_STR(key, "abc123");
    segment_basic_key("Basic YWJjMTIzOg", key, sizeof(key)); /* without padding */
    CHECK_STR(key, "abc123");
    segment_basic_key("Bearer YWJjMTIzOg==", key, sizeof(key));
    CHECK_STR(key, "");
    segment_basic_key("Basic ????", key, sizeof(key));
    CHECK_STR(key, "");
    segment_basic_key(NULL, key, sizeof(key));
    CHECK_STR(key, "");
}

int main(void)
{
    fake_begin();
    forms();
    bodies();
    ids();
    times();
    batch_time();
    limits();
    deep(64, "OK");
    deep(65, "INVALID");
    keys();
    fake_end();
    return tap_done();
}
