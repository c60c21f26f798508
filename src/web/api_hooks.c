/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_hooks.c - webhooks of shops (docs/live.md).
 *
 * Who sends is proven by the signature over the body alone: no session, no cookie, no CSRF token.
 * The key in the address says which shop it is and lets nobody in. An answer of 200 means that the
 * delivery is on stable storage. */
#include "base/log.h"
#include "intake/live/hook.h"
#include "web/live.h"
#include "web/request.h"

#include <sodium.h>

enum {
    HOOKS_A_MINUTE = 60000,  /* of one shop */
    UNSIGNED_A_MINUTE = 300, /* from one address */
};

static enum err_code refuse_unsigned(struct web *web, struct request *q, struct err *err)
{
    int seconds = limits_take(web->site->limits, "hook unsigned", q->ip, UNSIGNED_A_MINUTE);

    if (seconds)
        return live_wait(q, seconds, err);
    refuse(q, 401, ERR_DENIED);
    err_set(err, ERR_DENIED, "the address or the signature is not the shop's");
    err_hint(err, "Nothing of this request was taken.");
    return ERR_DENIED;
}

static void take_headers(const struct request *q, const struct hook_system *system,
                         struct hook_delivery *out)
{
    for (size_t i = 0; i < HOOK_HEADER_COUNT; i++)
        if (system->headers[i])
            out->headers[i] =
                MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, system->headers[i]);
}

static enum err_code take(struct web *shop, struct request *q, const struct source_entry *source,
                          struct hook_taken *taken, struct err *err)
{
    const struct hook_system *system = hook_system_find(source->protocol);
    struct hook_delivery delivery = {
        .body = buf_str(&q->body), .received_us = q->from_us, .domain = source->domain};
    char secrets[SOURCE_SECRET_MAX + 1] = "";
    enum err_code rc;

    take_headers(q, system, &delivery);
    live_secret(shop->live, source->id, secrets);
    if (!q->parser)
        q->parser = json_parser_new(HOOK_BODY_MAX);
    rc = hook_accept(system, &delivery, str_of(secrets), source->id, q->parser, taken, err);
    sodium_memzero(secrets, sizeof(secrets));
    return rc;
}

enum err_code do_hook(struct web *web, struct request *q, struct err *err)
{
    struct source_entry source;
    struct hook_taken taken;
    struct web *shop = NULL;
    enum err_code rc = ERR_OK;
    int seconds;

    if (!live_lookup(web, q, q->arg, &shop, &source) || !hook_system_find(source.protocol))
        return refuse_unsigned(web, q, err);
    seconds = limits_take(web->site->limits, "hook", source.key, HOOKS_A_MINUTE);
    if (seconds)
        return live_wait(q, seconds, err);
    TRY(take(shop, q, &source, &taken, err));
    if (taken.verdict == HOOK_UNSIGNED)
        rc = refuse_unsigned(web, q, err);
    else if (taken.verdict == HOOK_TAKEN)
        rc = live_append(shop, q, &taken.record, 1, err);
    hook_taken_release(&taken);
    if (rc == ERR_OK)
        buf_addz(&q->out, "{\"success\": true}");
    return rc;
}

/* ---- what they are signed with, for the shop's people ------------------------------------- */

enum err_code hook_secret_of(struct json_value body, char *out, struct err *err)
{
    TRY(request_text(body, "secret", out, SOURCE_SECRET_MAX + 1, err));
    return str_trim(str_of(out)).n ? ERR_OK : field_wrong("secret", err);
}

enum err_code do_source_secret(struct web *web, struct request *q, struct err *err)
{
    char secret[SOURCE_SECRET_MAX + 1] = "";
    struct source_entry source;
    struct json_value body;
    enum err_code rc;
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_source_get(web->store, id, &source, err));
    TRY(request_json(q, &body, err));
    if (!hook_system_find(source.protocol))
        return field_wrong("protocol", err);
    rc = hook_secret_of(body, secret, err);
    if (rc == ERR_OK)
        rc = store_source_secret_put(web->store, id, str_trim(str_of(secret)), err);
    sodium_memzero(secret, sizeof(secret));
    return rc == ERR_OK ? live_reload(web->live, web->store, err) : rc;
}
