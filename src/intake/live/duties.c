/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/duties.h"

#include "base/json_write.h"
#include "intake/live/hook.h"
#include "shop/identifier.h"
#include "shop/personal.h"

/* More orders than that nobody places as a guest. */
enum { WHO_MAX = 1 << 20, ORDERS_MAX = 8000 };

/* ---- whom it is about --------------------------------------------------------------------- */

struct naming {
    const struct source_entry *source;
    const char *country;
    struct json_writer w;
};

static void add_id(struct naming *n, enum personal kind, const struct identifier *id)
{
    char source[32] = "";

    if (!id->n)
        return;
    if (personal_is_scoped(kind))
        live_source_name(n->source, source);
    json_begin_object(&n->w);
    json_key_stringz(&n->w, "kind", personal_name(kind));
    json_key_stringz(&n->w, "source", source);
    json_key_string(&n->w, "value", identifier_str(id));
    json_end_object(&n->w);
}

/* A number or a text of digits. */
static void read_number(struct json_value v, struct identifier *out)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, json_integer(v, 0));
    identifier_id(json_type_of(v) == JSON_INT ? str_of(text) : json_text(v, STR_NONE), out);
}

/* As privacy/who.h reads it. */
static void add_who(struct naming *n, struct json_value payload)
{
    static const char *const lists[] = {"orders_to_redact", "orders_requested"};
    struct json_value customer = json_get(payload, "customer");
    struct identifier email, phone, number;
    size_t orders = 0;

    identifier_email(json_text(json_get(customer, "email"), STR_NONE), &email);
    identifier_phone(json_text(json_get(customer, "phone"), STR_NONE), n->country, &phone);
    read_number(json_get(customer, "id"), &number);
    json_begin_object(&n->w);
    json_key(&n->w, "ids");
    json_begin_array(&n->w);
    add_id(n, PERSONAL_EMAIL, &email);
    add_id(n, PERSONAL_PHONE, &phone);
    add_id(n, PERSONAL_CUSTOMER, &number);
    for (size_t i = 0; i < TM_COUNT(lists); i++)
        for (struct json_iter it = json_iter(json_get(payload, lists[i]));
             json_iter_next(&it) && orders++ < ORDERS_MAX;) {
            read_number(it.value, &number);
            add_id(n, PERSONAL_ORDER, &number);
        }
    json_end_array(&n->w);
    json_end_object(&n->w);
}

/* ---- noting ------------------------------------------------------------------------------- */

enum err_code duty_note(struct store *store, const struct source_entry *source,
                        const struct journal_entry *entry, const char *country,
                        struct json_parser *parser, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf who = BUF_INIT(WHO_MAX);
    const struct hook_system *system = hook_system_find(source->protocol);
    struct naming naming = {source, country, JSON_WRITER(&who)};
    struct duty duty = {.source = source->id, .seq = entry->seq, .received_us = entry->received_us};
    struct err why = ERR_INIT;
    struct json_value root;
    enum hook_duty asked;
    bool is_new;

    /* What is wrong with a message is told by the drain, which comes by it. */
    if (!system || entry->damaged || json_parse(parser, entry->body, &root, &why) != ERR_OK)
        return ERR_OK;
    asked = hook_duty_of(system, json_text(json_get(root, "topic"), STR_NONE));
    if (asked == HOOK_NO_DUTY)
        return ERR_OK;
    duty.kind = (enum duty_kind)asked;
    if (duty.kind != DUTY_ERASE_SHOP)
        add_who(&naming, json_get(root, "payload"));
    TRY(buf_check(&who, err));
    return store_duty_add(store, &duty, buf_str(&who), &is_new, err);
}

/* ---- what was there before ---------------------------------------------------------------- */

static const char noted_name[] = "duties noted";

struct catching {
    struct store *store;
    const char *country;
    struct source_entry *sources;
    size_t n;
    struct json_parser *parser;
};

static enum err_code look_at(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct catching *c = ctx;
    const struct source_entry *source = source_of_list(c->sources, c->n, entry->source);

    return source ? duty_note(c->store, source, entry, c->country, c->parser, err) : ERR_OK;
}

/* Sites and apps ask for nothing: where only they send, nothing is read. */
static void keep_shops(struct catching *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n; i++)
        if (hook_system_find(c->sources[i].protocol))
            c->sources[kept++] = c->sources[i];
    c->n = kept;
}

enum err_code duties_catch_up(struct store *store, struct journal *journal, const char *country,
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf noted = BUF_INIT(64);
    struct catching c = {.store = store, .country = country};
    bool found = false;
    enum err_code rc;

    TRY(store_get(store, noted_name, &noted, &found, err));
    if (found)
        return ERR_OK;
    c.sources = xcalloc(STORE_SOURCES_MAX, sizeof(*c.sources));
    c.parser = json_parser_new(LIVE_BODY_MAX);
    rc = store_sources_list(store, 0, c.sources, STORE_SOURCES_MAX, &c.n, err);
    keep_shops(&c);
    if (rc == ERR_OK && c.n)
        rc = journal_each(journal, 1, INT64_MAX, INT64_MAX, look_at, &c, err);
    if (rc == ERR_OK)
        rc = store_put(store, noted_name, STR_LIT("1"), err);
    json_parser_free(c.parser);
    free(c.sources);
    return rc;
}
