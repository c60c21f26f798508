/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "live_fake.h"

#include <sodium.h>

static struct json_parser *parser, *second;
static struct arena arena = ARENA_INIT(1 << 20);
static struct segment_taken taken;
static struct hook_taken delivered;
static struct source_entry source;
static struct buf out = BUF_INIT(4 << 20);

void fake_begin(void)
{
    parser = json_parser_new(1 << 20);
    second = json_parser_new(LIVE_BODY_MAX);
    source.id = 3;
    snprintf(source.protocol, sizeof(source.protocol), "segment");
}

void fake_end(void)
{
    json_parser_free(parser);
    json_parser_free(second);
    segment_taken_release(&taken);
    hook_taken_release(&delivered);
    arena_release(&arena);
    buf_release(&out);
}

void fake_ledger(bool on)
{
    source.ledger = on;
}

const struct segment_taken *fake_accept(enum segment_call call, const char *body,
                                        enum err_code *out_rc)
{
    struct segment_request request = {.call = call,
                                      .body = str_of(body),
                                      .received_us = FAKE_NOW,
                                      .ip = STR_LIT("198.51.100.23")};
    struct err err = ERR_INIT;

    segment_taken_release(&taken);
    *out_rc = segment_open(&request, parser, &err);
    if (*out_rc == ERR_OK)
        *out_rc = segment_accept(&request, source.id, &taken, &err);
    return &taken;
}

const char *fake_fate(size_t i)
{
    const struct journal_record *r = &taken.records[i];

    buf_reset(&out);
    buf_addf(&out, "%s%s%s %.*s", r->refused ? "refused" : "stored", r->refused ? " " : "",
             r->refused ? r->refused : "", (int)r->body.n, r->body.p);
    return buf_cstr(&out);
}

static void add_value(const struct record_column *column, const void *record)
{
    const char *at = (const char *)record + column->offset;
    struct str text;
    int64_t whole;
    double real;

    if (column->type == COL_STR) {
        memcpy(&text, at, sizeof(text));
        if (text.n)
            buf_addf(&out, " %s=%.*s", column->name, (int)text.n, text.p);
        return;
    }
    if (column->type == COL_REAL) {
        memcpy(&real, at, sizeof(real));
        if (!isnan(real))
            buf_addf(&out, " %s=%g", column->name, real);
        return;
    }
    memcpy(&whole, at, sizeof(whole));
    if (whole == AMOUNT_NONE || (column->type == COL_FLAG && whole < 0) ||
        (column->type == COL_TIME && whole == TIME_NONE))
        return;
    buf_addf(&out, " %s=", column->name);
    if (column->type == COL_TIME)
        timestamp_add_iso(&out, whole);
    else
        buf_addf(&out, "%" PRId64, whole);
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    int64_t line;

    (void)ctx;
    (void)err;
    memcpy(&line, record, sizeof(line));
    buf_addf(&out, "%s line=%" PRId64, layout->name, line);
    for (size_t i = 0; i < layout->column_count; i++)
        add_value(&layout->columns[i], record);
    buf_addc(&out, '\n');
    return ERR_OK;
}

static const char *records_of(const struct journal_record *r, int64_t seq)
{
    struct live_run run = {
        .sink = {put, NULL}, .parser = second, .arena = &arena, .currency = "EUR", .country = "TH"};
    const struct live_message message = {
        .source = &source, .seq = seq, .received_us = r->received_us, .id = r->id, .body = r->body};
    struct err err = ERR_INIT;

    buf_reset(&out);
    arena_reset(&arena);
    if (r->refused)
        buf_addf(&out, "refused: %s\n", r->refused);
    else if (live_records(&run, &message, &err) != ERR_OK)
        buf_addf(&out, "error: %s\n", err.msg);
    else if (run.rejected)
        buf_addf(&out, "rejected: %s\n", run.rejected);
    return buf_cstr(&out);
}

const char *fake_records(size_t i)
{
    return records_of(&taken.records[i], (int64_t)i + 1);
}

const char *fake_one(enum segment_call call, const char *body)
{
    enum err_code rc;

    fake_accept(call, body, &rc);
    return rc == ERR_OK ? fake_records(0) : err_name(rc);
}

/* ---- webhooks ----------------------------------------------------------------------------- */

void fake_sign(struct str body, char text[64])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)FAKE_SECRET, strlen(FAKE_SECRET));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, 64, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
}

const struct hook_taken *fake_deliver(const char *protocol, const char *topic, struct str body)
{
    struct hook_delivery delivery = {.body = body, .received_us = FAKE_NOW};
    struct err err = ERR_INIT;
    char signature[64];

    fake_sign(body, signature);
    delivery.headers[HOOK_TOPIC] = topic;
    delivery.headers[HOOK_SIGNATURE] = signature;
    delivery.headers[HOOK_SHOP] = "example.myshopify.com";
    delivery.headers[HOOK_DELIVERY] = "d1";
    hook_taken_release(&delivered);
    if (hook_accept(hook_system_find(protocol), &delivery, STR_LIT("old\n" FAKE_SECRET), source.id,
                    parser, &delivered, &err) != ERR_OK)
        delivered.record.refused = err_name(err.code);
    return &delivered;
}

const char *fake_hook(const char *protocol, const char *topic, const char *body)
{
    const char *was = protocol;

    fake_deliver(protocol, topic, str_of(body));
    snprintf(source.protocol, sizeof(source.protocol), "%s", protocol);
    was = records_of(&delivered.record, 7);
    snprintf(source.protocol, sizeof(source.protocol), "segment");
    return was;
}

const char *fake_hook_fate(const char *protocol, const char *topic, const char *body)
{
    const struct journal_record *r = &fake_deliver(protocol, topic, str_of(body))->record;

    buf_reset(&out);
    buf_addf(&out, "%s%s %.*s", r->refused ? "refused " : "stored", r->refused ? r->refused : "",
             (int)r->body.n, r->body.p);
    return buf_cstr(&out);
}
