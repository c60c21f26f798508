/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/hook.h"

#include "base/json_slice.h"
#include "intake/live/hook_parts.h"

#include <sodium.h>

enum { NAME_MAX_BYTES = 256 /* of a shop or topic that is kept */ };

const struct hook_system *hook_system_find(const char *protocol)
{
    static const struct hook_system *const systems[] = {&shopify_hooks, &woocommerce_hooks};

    for (size_t i = 0; i < TM_COUNT(systems); i++)
        if (strcmp(systems[i]->protocol, protocol) == 0)
            return systems[i];
    return NULL;
}

const struct hook_topic *hook_topic_find(const struct hook_system *system, struct str name)
{
    for (size_t i = 0; i < system->topic_count; i++) {
        const char *known = system->topics[i].name;
        size_t n = strlen(known);

        if (str_eqz(name, known) || (known[n - 1] == '.' && str_starts(name, known)))
            return &system->topics[i];
    }
    return NULL;
}

enum hook_duty hook_duty_of(const struct hook_system *system, struct str topic)
{
    const struct hook_topic *found = hook_topic_find(system, topic);

    return found ? found->duty : HOOK_NO_DUTY;
}

/* ---- whether it is the shop's ------------------------------------------------------------- */

static bool signed_with(struct str secret, struct str body,
                        const unsigned char told[crypto_auth_hmacsha256_BYTES])
{
    unsigned char made[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    bool same;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.p, secret.n);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, made);
    same = sodium_memcmp(made, told, sizeof(made)) == 0;
    sodium_memzero(&state, sizeof(state));
    sodium_memzero(made, sizeof(made));
    return same;
}

/* Over all the secrets, whichever fits: how long it takes does not tell which. */
static bool is_signed(const struct hook_delivery *delivery, struct str secrets)
{
    const char *text = delivery->headers[HOOK_SIGNATURE];
    unsigned char told[crypto_auth_hmacsha256_BYTES];
    bool found = false;
    size_t n = 0;

    if (!text || sodium_base642bin(told, sizeof(told), text, strlen(text), NULL, &n, NULL,
                                   sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    if (n != sizeof(told))
        return false;
    for (int i = 0; i < HOOK_SECRETS_MAX && secrets.n; i++) {
        const char *end = memchr(secrets.p, '\n', secrets.n);
        size_t line = end ? (size_t)(end - secrets.p) : secrets.n;

        if (line > 0)
            found |= signed_with((struct str){secrets.p, line}, delivery->body, told);
        line += end != NULL;
        secrets = (struct str){secrets.p + line, secrets.n - line};
    }
    return found;
}

/* ---- its id ------------------------------------------------------------------------------- */

static void add_hash(char *out, size_t size, const struct hook_delivery *delivery)
{
    const char *topic = delivery->headers[HOOK_TOPIC];
    unsigned char hash[16];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, (const unsigned char *)(topic ? topic : ""),
                              topic ? strlen(topic) + 1 : 1);
    crypto_generichash_update(&state, (const unsigned char *)delivery->body.p, delivery->body.n);
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(out, size, hash, sizeof(hash));
}

/* Of a delivery that tells none, or one too long: what it is about and what it says. */
static void set_id(const struct hook_system *system, const struct hook_delivery *delivery,
                   char out[JOURNAL_ID_MAX + 1])
{
    const char *id = delivery->headers[HOOK_DELIVERY], *event = delivery->headers[HOOK_EVENT];
    const char *topic = delivery->headers[HOOK_TOPIC];
    char hash[33];
    int n = JOURNAL_ID_MAX + 1;

    add_hash(hash, sizeof(hash), delivery);
    if (id && *id && system->ids_repeat)
        n = snprintf(out, JOURNAL_ID_MAX + 1, "%s-%s", id, hash);
    else if (id && *id)
        n = snprintf(out, JOURNAL_ID_MAX + 1, "%s", id);
    else if (event && *event)
        n = snprintf(out, JOURNAL_ID_MAX + 1, "%s %s", event, topic ? topic : "");
    if (n > JOURNAL_ID_MAX)
        snprintf(out, JOURNAL_ID_MAX + 1, "hash-%s", hash);
}

/* ---- what is kept ------------------------------------------------------------------------- */

static struct str cut(const char *text)
{
    struct str s = str_of(text);

    return s.n <= NAME_MAX_BYTES ? s : (struct str){s.p, NAME_MAX_BYTES};
}

static void begin(struct buf *out, const struct hook_delivery *delivery)
{
    buf_addz(out, "{\"topic\":");
    buf_add_json(out, cut(delivery->headers[HOOK_TOPIC]));
    buf_addz(out, ",\"shop\":");
    buf_add_json(out, cut(delivery->headers[HOOK_SHOP]));
}

static bool is_dropped(const struct hook_system *system, struct str key)
{
    for (const char *const *name = system->dropped; *name; name++)
        if (str_eqz(key, *name))
            return true;
    return false;
}

static void add_payload(struct buf *out, const struct hook_system *system,
                        struct json_value payload, struct str raw)
{
    struct json_slice slice = json_slice(raw);
    const char *comma = "";

    buf_addz(out, ",\"payload\":{");
    for (struct json_iter it = json_iter(payload);
         json_iter_next(&it) && json_slice_next(&slice);) {
        if (is_dropped(system, it.key))
            continue;
        buf_addz(out, comma);
        buf_add_json(out, it.key);
        buf_addc(out, ':');
        buf_adds(out, slice.value);
        comma = ",";
    }
    buf_addz(out, "}}");
}

/* Of what is refused only which it was: whom it concerned is nobody's business. */
static void add_summary(struct buf *out, struct json_value payload)
{
    struct json_value id = json_get(payload, "id");
    struct str name = json_text(json_get(payload, "name"), STR_NONE);

    if (json_type_of(id) == JSON_INT)
        buf_addf(out, ",\"id\":%" PRId64, json_integer(id, 0));
    if (name.n > 1 && name.n < 40 && name.p[0] == '#') {
        buf_addz(out, ",\"name\":");
        buf_add_json(out, name);
    }
    buf_addc(out, '}');
}

bool hook_domain(struct str text, char *out, size_t size)
{
    struct str host = str_trim(text);
    size_t n = 0;

    if (str_starts(host, "https://") || str_starts(host, "http://")) {
        size_t scheme = host.p[4] == 's' ? 8 : 7;

        host = (struct str){host.p + scheme, host.n - scheme};
    }
    while (n < host.n && n + 1 < size &&
           (isalnum((unsigned char)host.p[n]) || host.p[n] == '-' || host.p[n] == '.' ||
            host.p[n] == ':')) {
        out[n] = (char)tolower((unsigned char)host.p[n]);
        n++;
    }
    out[n] = '\0';
    return n > 0 && (n == host.n || host.p[n] == '/');
}

static bool is_of_shop(const struct hook_delivery *delivery)
{
    char told[256];

    if (!delivery->domain || !delivery->domain[0])
        return true;
    return hook_domain(str_of(delivery->headers[HOOK_SHOP]), told, sizeof(told)) &&
           strcmp(told, delivery->domain) == 0;
}

/* LIVE_REASON_COUNT when nothing speaks against it. */
static enum live_reason judge(const struct hook_system *system, const struct hook_topic *topic,
                              const struct hook_delivery *delivery, struct json_value payload)
{
    if (!is_of_shop(delivery))
        return LIVE_OTHER_SHOP;
    if (!topic)
        return LIVE_NO_TOPIC;
    if (json_type_of(payload) != JSON_OBJECT)
        return LIVE_NOT_AN_OBJECT;
    if (!topic->has_no_id && json_type_of(json_get(payload, "id")) <= JSON_NULL)
        return LIVE_NO_ID;
    if (system->is_test && system->is_test(str_of(delivery->headers[HOOK_TOPIC]), payload))
        return LIVE_TEST_ORDER;
    return LIVE_REASON_COUNT;
}

/* Whatever a shop's system tells of consent is called so: "accepts_marketing", "is_subscribed". */
static bool tells_consent(struct str body)
{
    return memmem(body.p, body.n, "marketing", 9) || memmem(body.p, body.n, "is_subscribed", 13);
}

static enum err_code take(const struct hook_system *system, const struct hook_delivery *delivery,
                          struct json_parser *parser, struct hook_taken *out, struct err *err)
{
    const struct hook_topic *topic = hook_topic_find(system, str_of(delivery->headers[HOOK_TOPIC]));
    struct str raw = str_trim(delivery->body);
    struct json_value payload = {NULL, 0};
    struct err why = ERR_INIT;
    enum live_reason reason;

    if (json_parse(parser, raw, &payload, &why) != ERR_OK)
        payload = (struct json_value){NULL, 0};
    reason = judge(system, topic, delivery, payload);
    begin(&out->body, delivery);
    if (reason == LIVE_REASON_COUNT)
        add_payload(&out->body, system, payload, raw);
    else
        add_summary(&out->body, payload);
    TRY(buf_check(&out->body, err));
    out->record.body = buf_str(&out->body);
    out->record.refused = reason == LIVE_REASON_COUNT ? NULL : live_reason_name(reason);
    if (reason == LIVE_REASON_COUNT)
        out->duty = topic->duty;
    out->record.urgent = reason == LIVE_REASON_COUNT &&
                         (out->duty != HOOK_NO_DUTY || tells_consent(out->record.body));
    return ERR_OK;
}

enum err_code hook_accept(const struct hook_system *system, const struct hook_delivery *delivery,
                          struct str secrets, int64_t source, struct json_parser *parser,
                          struct hook_taken *out, struct err *err)
{
    enum err_code rc;

    *out = (struct hook_taken){.verdict = HOOK_UNSIGNED, .body = BUF_INIT(LIVE_BODY_MAX)};
    if (delivery->body.n > HOOK_BODY_MAX)
        return err_set(err, ERR_TOO_LARGE, "the request has %zu bytes, %zu at most",
                       delivery->body.n, (size_t)HOOK_BODY_MAX);
    if (!is_signed(delivery, secrets)) {
        if (!delivery->headers[HOOK_SIGNATURE] && system->is_ping &&
            system->is_ping(delivery->body))
            out->verdict = HOOK_PING;
        return ERR_OK;
    }
    out->verdict = HOOK_TAKEN;
    set_id(system, delivery, out->id);
    rc = take(system, delivery, parser, out, err);
    out->record.source = source;
    out->record.id = str_of(out->id);
    out->record.received_us = delivery->received_us;
    if (rc != ERR_OK)
        hook_taken_release(out);
    return rc;
}

void hook_taken_release(struct hook_taken *taken)
{
    buf_release(&taken->body);
    *taken = (struct hook_taken){.verdict = HOOK_UNSIGNED};
}
