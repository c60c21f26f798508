/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/live_told.h"

#include "engine/hash.h"
#include "identity/live_addresses.h"
#include "intake/erased.h"
#include "intake/live/live.h"

enum { NUMBERERS_MAX = 2, MESSAGE_MEMORY = 16 << 20 };

struct live_told {
    struct live_run run;
    struct arena arena;
    struct erased *erased;   /* owned; NULL: nobody was */
    struct pseudonyms *keys; /* owned; NULL before the filling */
    struct live_addresses addresses;
    char currency[8], country[8];
    char numberers[NUMBERERS_MAX][64]; /* sources that number customers; of more it is no matter */
    size_t numberer_count;
    /* Of the message that is read. */
    struct links *links;
    struct live_told_answer *answer;
    char source[32];
    int64_t received_us;
    uint64_t order; /* name of the order that it is about; 0 */
    int best_kind;
    uint64_t fresh[LINKS_BEFORE_MAX]; /* people whom it made */
    size_t fresh_count;
    bool any_old;
    enum err_code ended; /* why nothing more may be linked */
};

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err);

struct live_told *live_told_new(void)
{
    struct live_told *t = xcalloc(1, sizeof(*t));

    t->arena = (struct arena)ARENA_INIT(MESSAGE_MEMORY);
    t->run = (struct live_run){.sink = {put, t},
                               .parser = json_parser_new(LIVE_BODY_MAX),
                               .arena = &t->arena,
                               .currency = t->currency,
                               .country = t->country};
    return t;
}

void live_told_free(struct live_told *t)
{
    if (!t)
        return;
    json_parser_free(t->run.parser);
    arena_release(&t->arena);
    erased_free(t->erased);
    pseudonyms_close(t->keys);
    live_addresses_release(&t->addresses);
    free(t);
}

const struct pseudonym *live_told_address(const struct live_told *t, uint64_t id)
{
    return live_addresses_find(&t->addresses, id);
}

size_t live_told_bytes(const struct live_told *t)
{
    return live_addresses_bytes(&t->addresses);
}

/* ---- addresses ---------------------------------------------------------------------------- */

static uint64_t id_of(const char *kind, struct str value)
{
    return value.n ? engine_hash_and(engine_hash(str_of(kind)), value) : 0;
}

static enum err_code note_address(struct live_told *t, struct links *links, const char *kind,
                                  struct str value, struct err *err)
{
    const uint64_t id = id_of(kind, value);
    struct pseudonym who;
    size_t need;

    if (!id || !t->keys || live_addresses_find(&t->addresses, id) ||
        !pseudonym_of(t->keys, strcmp(kind, "phone") == 0 ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                      STR_NONE, value, "", &who))
        return ERR_OK;
    need = live_addresses_need(&t->addresses);
    if (need && !links_spend(links, need))
        return err_set(err, ERR_TOO_LARGE, "more addresses than fit in memory beside the engine");
    live_addresses_add(&t->addresses, id, &who);
    return ERR_OK;
}

static enum err_code note_reach(struct live_told *t, struct str email, struct str phone,
                                struct err *err)
{
    TRY(note_address(t, t->links, "email", email, err));
    return note_address(t, t->links, "phone", phone, err);
}

/* ---- the engine's tables ------------------------------------------------------------------ */

static bool is_scoped(const struct live_told *t)
{
    return t->numberer_count > 1;
}

static enum err_code read_decisions(struct links *links, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/decisions", NULL, 0, &res, err));
    while (result_next(res)) {
        const struct identity_decision one = {result_uint(res, 0), result_uint(res, 1),
                                              result_uint(res, 2) != 0};

        links_decide(links, &one, 1);
    }
    return result_status(res, err);
}

static enum err_code read_numberers(struct live_told *t, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/numberers", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str name = result_text(res, 0);

        if (t->numberer_count < NUMBERERS_MAX)
            snprintf(t->numberers[t->numberer_count++], sizeof(t->numberers[0]), "%.*s",
                     (int)(name.n < 63 ? name.n : 63), name.p);
    }
    return result_status(res, err);
}

static enum err_code read_numbers(struct links *links, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/numbers", NULL, 0, &res, err));
    while (result_next(res))
        TRY(links_number(links, result_uint(res, 0), err));
    return result_status(res, err);
}

static enum err_code read_edges(struct links *links, struct engine *engine, bool scoped,
                                struct err *err)
{
    const struct param params[] = {PARAM_I64("scoped", scoped)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    uint64_t ids[ID_KIND_COUNT];

    TRY(engine_query(engine, "identity/edges", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        for (size_t kind = 0; kind < ID_KIND_COUNT; kind++)
            ids[kind] = result_uint(res, kind);
        TRY(links_add(links, ids, result_uint(res, 7), result_int(res, 6), NULL, err));
    }
    return result_status(res, err);
}

static enum err_code read_orders(struct links *links, struct engine *engine, bool scoped,
                                 struct err *err)
{
    const struct param params[] = {PARAM_I64("scoped", scoped)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/ledger", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        const uint64_t ids[ID_KIND_COUNT] = {[ID_LOGIN] = result_uint(res, 1),
                                             [ID_CUSTOMER] = result_uint(res, 2),
                                             [ID_EMAIL] = result_uint(res, 4),
                                             [ID_PHONE] = result_uint(res, 5)};

        TRY(links_order(links, result_uint(res, 0), ids, result_uint(res, 3), result_int(res, 6),
                        err));
    }
    return result_status(res, err);
}

static enum err_code read_purchases(struct links *links, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/purchases", NULL, 0, &res, err));
    while (result_next(res))
        TRY(links_purchase(links, result_uint(res, 0), result_uint(res, 1), result_int(res, 2),
                           err));
    return result_status(res, err);
}

static enum err_code read_aliases(struct links *links, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/aliases", NULL, 0, &res, err));
    while (result_next(res))
        TRY(links_alias(links, result_uint(res, 0), result_uint(res, 1), result_int(res, 2), NULL,
                        err));
    return result_status(res, err);
}

static enum err_code read_addresses(struct live_told *t, struct links *links, struct engine *engine,
                                    struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/reachable", NULL, 0, &res, err));
    while (result_next(res))
        TRY(note_address(t, links, str_eqz(result_text(res, 0), "phone") ? "phone" : "email",
                         result_text(res, 1), err));
    return result_status(res, err);
}

enum err_code live_told_fill(struct live_told *t, struct links *links, struct engine *engine,
                             struct store *store, const struct settings *settings, struct err *err)
{
    snprintf(t->currency, sizeof(t->currency), "%s", settings->currency);
    snprintf(t->country, sizeof(t->country), "%s", settings->country);
    TRY(erased_load(store, &t->erased, err));
    TRY(pseudonyms_open(store, &t->keys, err));
    TRY(read_decisions(links, engine, err));
    TRY(read_numberers(t, engine, err));
    TRY(read_edges(links, engine, is_scoped(t), err));
    if (!is_scoped(t))
        TRY(read_numbers(links, engine, err));
    TRY(read_orders(links, engine, is_scoped(t), err));
    TRY(read_purchases(links, engine, err));
    TRY(read_aliases(links, engine, err));
    return read_addresses(t, links, engine, err);
}

/* ---- records of a message ----------------------------------------------------------------- */

static uint64_t own_id_of(const struct live_told *t, const char *kind, struct str value)
{
    if (!value.n)
        return 0;
    return engine_hash_and(engine_hash_and(engine_hash(str_of(kind)), str_of(t->source)), value);
}

static uint64_t customer_of(const struct live_told *t, struct str value)
{
    return is_scoped(t) ? own_id_of(t, "customer", value) : id_of("customer", value);
}

static uint64_t maybe_of(const struct live_told *t, struct str user_id)
{
    return is_scoped(t) ? 0 : id_of("customer", user_id);
}

/* A second source that numbers customers makes each number count within its source alone. */
static enum err_code note_numberer(struct live_told *t, struct err *err)
{
    for (size_t i = 0; i < t->numberer_count; i++)
        if (strcmp(t->numberers[i], t->source) == 0)
            return ERR_OK;
    if (t->numberer_count)
        return is_scoped(t)
                   ? ERR_OK
                   : err_set(err, ERR_UNAVAILABLE, "another source numbers customers, too");
    snprintf(t->numberers[t->numberer_count++], sizeof(t->numberers[0]), "%s", t->source);
    return ERR_OK;
}

/* Whom the message is of: by the identifier of highest priority, the first of its kind. */
static void note_ids(struct live_told *t, const uint64_t ids[ID_KIND_COUNT])
{
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (kind < t->best_kind && ids[kind]) {
            t->best_kind = kind;
            t->answer->id = ids[kind];
        }
}

static bool is_among(const uint64_t *people, size_t n, uint64_t person)
{
    for (size_t i = 0; i < n; i++)
        if (people[i] == person)
            return true;
    return false;
}

static bool is_fresh(const struct live_told *t, uint64_t person)
{
    return is_among(t->fresh, t->fresh_count, person);
}

/* Whom the message itself has made is nobody who was there before. */
static void note_change(struct live_told *t, const struct links_change *change)
{
    if (change->created) {
        if (t->fresh_count < LINKS_BEFORE_MAX)
            t->fresh[t->fresh_count++] = change->person;
        return;
    }
    t->any_old |= !is_fresh(t, change->person);
    if (change->was && !is_fresh(t, change->was) && !t->answer->was)
        t->answer->was = change->was;
    for (size_t i = 0; i < change->joined_count; i++) {
        if (is_fresh(t, change->joined[i]))
            continue;
        t->any_old = true;
        if (t->answer->joined_count < LINKS_BEFORE_MAX &&
            !is_among(t->answer->joined, t->answer->joined_count, change->joined[i]))
            t->answer->joined[t->answer->joined_count++] = change->joined[i];
    }
}

static enum err_code add(struct live_told *t, const uint64_t ids[ID_KIND_COUNT], uint64_t maybe,
                         int64_t at_us, struct err *err)
{
    struct links_change change = {0};
    bool any = false;

    note_ids(t, ids);
    for (int kind = 0; kind < ID_DEVICE; kind++)
        any |= ids[kind] != 0;
    if (!any) /* a device alone links nothing */
        return ERR_OK;
    TRY(links_add(t->links, ids, maybe, at_us, &change, err));
    note_change(t, &change);
    return ERR_OK;
}

static void note_email(struct live_told *t, struct str email)
{
    if (email.n && email.n < sizeof(t->answer->email) && !t->answer->email[0])
        snprintf(t->answer->email, sizeof(t->answer->email), "%.*s", (int)email.n, email.p);
}

/* The shop's customers are numbered by their own records and orders. */
static enum err_code add_number(struct live_told *t, struct str customer, struct err *err)
{
    if (!customer.n)
        return ERR_OK;
    return is_scoped(t) ? ERR_OK : links_number(t->links, customer_of(t, customer), err);
}

static enum err_code put_person(struct live_told *t, const struct person_record *r, struct err *err)
{
    const uint64_t ids[ID_KIND_COUNT] = {id_of("login", r->user_id),
                                         customer_of(t, r->customer_id),
                                         id_of("email", r->email),
                                         id_of("phone", r->phone),
                                         own_id_of(t, "profile", r->profile_key),
                                         id_of("device", r->anonymous_id)};
    bool by_activity =
        r->active_at > TIME_NONE && (r->anonymous_id.n || r->created_at <= TIME_NONE);
    struct links_change change = {0};

    if (r->customer_id.n)
        TRY(note_numberer(t, err));
    TRY(note_reach(t, r->email, r->phone, err));
    note_email(t, r->email);
    TRY(add(t, ids, maybe_of(t, r->user_id), by_activity ? r->active_at : r->created_at, err));
    TRY(add_number(t, r->customer_id, err));
    if (!r->previous_id.n || !r->user_id.n)
        return ERR_OK;
    TRY(links_alias(t->links, ids[ID_LOGIN], id_of("login", r->previous_id), r->active_at, &change,
                    err));
    note_change(t, &change);
    return ERR_OK;
}

static uint64_t name_of(struct str text)
{
    return engine_hash(text);
}

static struct str without_sign(struct str text)
{
    while (text.n && text.p[0] == '#')
        text = (struct str){text.p + 1, text.n - 1};
    return text;
}

/* Some name an order and nobody. */
static void note_order(struct live_told *t, struct str order_key)
{
    if (order_key.n)
        t->order = name_of(order_key);
}

static enum err_code put_order(struct live_told *t, const struct order_record *r, struct err *err)
{
    const uint64_t ids[ID_KIND_COUNT] = {[ID_LOGIN] = id_of("login", r->user_id),
                                         [ID_CUSTOMER] = customer_of(t, r->customer_id),
                                         [ID_EMAIL] = id_of("email", r->email),
                                         [ID_PHONE] = id_of("phone", r->phone),
                                         [ID_DEVICE] = id_of("device", r->anonymous_id)};
    const struct str names[] = {without_sign(r->number), r->order_key};
    uint64_t maybe;

    note_order(t, r->order_key);
    if (r->customer_id.n)
        TRY(note_numberer(t, err));
    maybe = maybe_of(t, r->user_id);
    TRY(note_reach(t, r->email, r->phone, err));
    note_email(t, r->email);
    TRY(add(t, ids, maybe, r->ordered_at, err));
    TRY(add_number(t, r->customer_id, err));
    for (size_t i = 0; i < TM_COUNT(names) && r->is_test != 1; i++)
        if (names[i].n)
            TRY(links_order(t->links, name_of(names[i]), ids, maybe, r->ordered_at, err));
    return ERR_OK;
}

static enum err_code put_event(struct live_told *t, const struct event_record *r, struct err *err)
{
    const uint64_t ids[ID_KIND_COUNT] = {[ID_LOGIN] = id_of("login", r->user_id),
                                         [ID_CUSTOMER] = customer_of(t, r->customer_id),
                                         [ID_EMAIL] = id_of("email", r->email),
                                         [ID_PHONE] = id_of("phone", r->phone),
                                         [ID_DEVICE] = id_of("device", r->anonymous_id)};

    note_email(t, r->email);
    TRY(add(t, ids, maybe_of(t, r->user_id), r->occurred_at, err));
    if (!str_eqz(r->name, "order_complete") || !r->order_key.n || !r->anonymous_id.n)
        return ERR_OK;
    return links_purchase(t->links, name_of(without_sign(r->order_key)), ids[ID_DEVICE],
                          r->occurred_at, err);
}

static enum err_code put_message(struct live_told *t, const struct message_record *r,
                                 struct err *err)
{
    const uint64_t ids[ID_KIND_COUNT] = {[ID_CUSTOMER] = customer_of(t, r->customer_id),
                                         [ID_EMAIL] = id_of("email", r->email),
                                         [ID_PHONE] = id_of("phone", r->phone),
                                         [ID_PROFILE] = own_id_of(t, "profile", r->profile_key)};

    return add(t, ids, 0, r->occurred_at, err);
}

static enum err_code put_consent(struct live_told *t, const struct consent_record *r,
                                 struct err *err)
{
    const uint64_t ids[ID_KIND_COUNT] = {[ID_CUSTOMER] = customer_of(t, r->customer_id),
                                         [ID_EMAIL] = id_of("email", r->email),
                                         [ID_PHONE] = id_of("phone", r->phone),
                                         [ID_PROFILE] = own_id_of(t, "profile", r->profile_key)};

    TRY(note_reach(t, r->email, r->phone, err));
    return add(t, ids, 0, r->changed_at, err);
}

static enum err_code put_any(struct live_told *t, enum record_kind kind, const void *record,
                             struct err *err)
{
    switch (kind) {
    case RECORD_PERSON:
        return put_person(t, record, err);
    case RECORD_ORDER:
        return put_order(t, record, err);
    case RECORD_REFUND:
        note_order(t, ((const struct refund_record *)record)->order_key);
        return ERR_OK;
    case RECORD_EVENT:
        return put_event(t, record, err);
    case RECORD_MESSAGE:
        return put_message(t, record, err);
    case RECORD_CONSENT:
        return put_consent(t, record, err);
    default:
        return ERR_OK;
    }
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct live_told *t = ctx;
    union record_any emptied;

    if (t->erased)
        switch (erased_look(t->erased, kind, str_of(t->source), record, t->received_us, &emptied)) {
        case ERASED_KEPT_OUT:
            return ERR_OK;
        case ERASED_EMPTIED:
            record = &emptied;
            break;
        case ERASED_NOBODY:
            break;
        }
    t->ended = put_any(t, kind, record, err);
    return t->ended;
}

enum err_code live_told_take(struct live_told *t, struct links *links,
                             const struct source_entry *source, const struct journal_entry *entry,
                             struct live_told_answer *out, struct err *err)
{
    const struct live_message message = {.source = source,
                                         .seq = entry->seq,
                                         .received_us = entry->received_us,
                                         .id = entry->id,
                                         .body = entry->body};
    enum err_code rc;

    *out = (struct live_told_answer){0};
    t->links = links;
    t->answer = out;
    t->received_us = entry->received_us;
    t->order = 0;
    t->best_kind = ID_KIND_COUNT;
    t->fresh_count = 0;
    t->any_old = false;
    t->ended = ERR_OK;
    live_source_name(source, t->source);
    arena_reset(&t->arena);
    t->run.rejected = NULL;
    rc = live_records(&t->run, &message, err);
    if (!out->id && t->order && t->ended == ERR_OK)
        out->id = links_order_owner(links, t->order);
    out->created = t->fresh_count > 0 && !t->any_old;
    if (out->joined_count < 2)
        out->joined_count = 0;
    if (t->ended != ERR_OK)
        return t->ended;
    if (rc != ERR_OK)
        *err = ERR_INIT; /* the drain tells what is wrong with the message */
    return ERR_OK;
}
