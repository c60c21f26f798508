/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_sources.c - who sends live messages and how each does, for the shop's people (docs/live.md).
 */
#include "intake/live/hook.h"
#include "intake/live/pulse_show.h"
#include "store/settings.h"
#include "web/doors.h"
#include "web/feed.h"
#include "web/live.h"
#include "web/request.h"
#include "web/flowing.h"
#include "web/whose.h"

#include <sodium.h>

/* ---- showing ------------------------------------------------------------------------------ */

/* Below the server's own address. */
static void show_address(const struct web *web, const struct source_entry *source,
                         struct json_writer *w)
{
    char path[128];

    if (hook_system_find(source->protocol))
        snprintf(path, sizeof(path), "%s/hooks/%s", web->prefix, source->key);
    else
        snprintf(path, sizeof(path), "%s/v1", web->prefix);
    json_key_stringz(w, "path", path);
}

/* Null where messages are not signed. */
static void show_signed(struct web *web, const struct source_entry *source, struct json_writer *w)
{
    char secret[SOURCE_SECRET_MAX + 1];

    json_key(w, "has_secret");
    if (!hook_system_find(source->protocol)) {
        json_null(w);
        return;
    }
    live_secret(web->live, source->id, secret);
    json_bool(w, secret[0] != '\0');
    sodium_memzero(secret, sizeof(secret));
}

static void show_source(struct web *web, const struct source_entry *source, struct json_writer *w)
{
    json_key_int(w, "id", source->id);
    json_key_stringz(w, "protocol", source->protocol);
    json_key_stringz(w, "name", source->name);
    json_key_stringz(w, "key", source->key);
    json_key_stringz(w, "domain", source->domain);
    json_key_bool(w, "ledger", source->ledger);
    show_signed(web, source, w);
    show_address(web, source, w);
    json_key_time(w, "created_at", source->created_us);
    json_key_time(w, "revoked_at", source->revoked_us);
}

static enum err_code the_present(struct web *web, struct pulse_now *out, struct err *err)
{
    struct settings settings;

    TRY(settings_of(web->store, &settings, err));
    *out = pulse_now(settings.time_zone);
    return ERR_OK;
}

static enum err_code show_all(struct web *web, const struct source_entry *sources, size_t n,
                              const struct pulse_now *now, struct json_writer *w, struct err *err)
{
    struct pulse *pulses = xcalloc(n ? n : 1, sizeof(*pulses));
    enum err_code rc =
        pulse_read(web->store, live_journal(web->live), sources, n, now, pulses, err);

    for (size_t i = 0; i < n && rc == ERR_OK; i++) {
        json_begin_object(w);
        show_source(web, &sources[i], w);
        pulse_show(&pulses[i], w);
        feed_show_last(web->feed, sources[i].id, w);
        json_end_object(w);
    }
    free(pulses);
    return rc;
}

/* Where the shop's senders reach this server, as far as it knows. */
static void show_server(const struct web *web, struct json_writer *w)
{
    json_key_stringz(w, "url", web->options->public_url);
    json_key_stringz(w, "prefix", web->prefix);
}

enum err_code do_sources(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct source_entry *sources = xcalloc(STORE_SOURCES_MAX, sizeof(*sources));
    struct pulse_strangers strangers;
    struct pulse_now now;
    enum err_code rc = the_present(web, &now, err);
    struct err unheard = ERR_INIT;
    size_t n = 0;

    (void)!doors_write(web->doors,
                       &unheard); /* what was counted till now is seen, if there is room */
    if (rc == ERR_OK)
        rc = store_sources_list(web->store, 0, sources, STORE_SOURCES_MAX, &n, err);
    json_begin_object(&w);
    show_server(web, &w);
    json_key(&w, "sources");
    json_begin_array(&w);
    if (rc == ERR_OK)
        rc = show_all(web, sources, n, &now, &w, err);
    json_end_array(&w);
    if (rc == ERR_OK)
        rc = pulse_strangers(web->store, &now, &strangers, err);
    if (rc == ERR_OK) {
        pulse_show_strangers(&strangers, &w);
        whose_show_state(web->whose, &w);
        flowing_show_state(web->flowing, "flows", &w);
        json_end_object(&w);
    }
    free(sources);
    return rc;
}

static enum err_code show_one(struct web *web, struct request *q, const struct source_entry *source,
                              struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct pulse_now now;

    snprintf(q->object, sizeof(q->object), "source %" PRId64, source->id);
    TRY(the_present(web, &now, err));
    return show_all(web, source, 1, &now, &w, err);
}

/* ---- changing ----------------------------------------------------------------------------- */

/* "https://shop.example.com/" is the domain shop.example.com. */
static enum err_code domain_of(struct json_value body, char *out, size_t size, struct err *err)
{
    struct json_value told = json_get(body, "domain");

    if (json_type_of(told) <= JSON_NULL || !str_trim(json_text(told, STR_NONE)).n) {
        out[0] = '\0';
        return json_type_of(told) <= JSON_STRING ? ERR_OK : field_wrong("domain", err);
    }
    return hook_domain(json_text(told, STR_NONE), out, size) ? ERR_OK : field_wrong("domain", err);
}

enum err_code do_source_add(struct web *web, struct request *q, struct err *err)
{
    struct source_entry source = {.protocol = "segment"};
    char secret[SOURCE_SECRET_MAX + 1] = "";
    struct json_value body;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "name", source.name, sizeof(source.name), err));
    if (json_get(body, "protocol").doc)
        TRY(request_text(body, "protocol", source.protocol, sizeof(source.protocol), err));
    if (!live_protocol_find(source.protocol))
        return field_wrong("protocol", err);
    TRY(domain_of(body, source.domain, sizeof(source.domain), err));
    /* A shop shows its secret only beside the first webhook that was made there: it may follow. */
    if (hook_system_find(source.protocol) && json_type_of(json_get(body, "secret")) > JSON_NULL)
        TRY(hook_secret_of(body, secret, err));
    source.ledger = json_boolean(json_get(body, "ledger"), false);
    TRY(store_source_add(web->store, &source, err));
    if (secret[0])
        TRY(store_source_secret_put(web->store, source.id, str_trim(str_of(secret)), err));
    sodium_memzero(secret, sizeof(secret));
    TRY(live_reload(web->live, web->store, err));
    return show_one(web, q, &source, err);
}

enum err_code do_source_change(struct web *web, struct request *q, struct err *err)
{
    struct source_entry source;
    struct json_value body;
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_source_get(web->store, id, &source, err));
    TRY(request_json(q, &body, err));
    if (json_get(body, "name").doc)
        TRY(request_text(body, "name", source.name, sizeof(source.name), err));
    if (json_get(body, "domain").doc)
        TRY(domain_of(body, source.domain, sizeof(source.domain), err));
    TRY(store_source_change(web->store, &source, err));
    TRY(live_reload(web->live, web->store, err));
    return show_one(web, q, &source, err);
}

enum err_code do_source_rotate(struct web *web, struct request *q, struct err *err)
{
    struct source_entry source;
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_source_rotate(web->store, id, &source, err));
    TRY(live_reload(web->live, web->store, err));
    return show_one(web, q, &source, err);
}

enum err_code do_source_revoke(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_source_revoke(web->store, id, err));
    return live_reload(web->live, web->store, err);
}

static enum err_code show_refusal(void *ctx, const struct journal_refusal *refusal, struct err *err)
{
    struct json_writer *w = ctx;
    char reason[64];

    (void)err;
    snprintf(reason, sizeof(reason), "%.*s", (int)(refusal->reason.n < 60 ? refusal->reason.n : 60),
             refusal->reason.p);
    json_begin_object(w);
    json_key_time(w, "at", refusal->received_us);
    json_key_string(w, "message", refusal->id);
    json_key_stringz(w, "reason", reason);
    json_key_stringz(w, "text", live_reason_text(reason));
    json_key_string(w, "said", refusal->body);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_source_refused(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t limit = request_number(q, "limit", 50), id;
    struct source_entry source;

    TRY(request_id(q, &id, err));
    TRY(store_source_get(web->store, id, &source, err));
    limit = limit < 1 ? 1 : limit > 200 ? 200 : limit;
    json_begin_object(&w);
    json_key(&w, "refused");
    json_begin_array(&w);
    TRY(journal_refused(live_journal(web->live), id, limit, show_refusal, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}
