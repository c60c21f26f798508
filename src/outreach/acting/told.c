/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/told.h"

#include "engine/hash.h"
#include "outreach/acting/about.h"
#include "shop/identifier.h"

enum { MESSAGE_MEMORY = 16 << 20, RANKS = 6 };

struct teller {
    struct live_run run;
    struct arena arena;
    struct json_parser *parser; /* of the body itself */
    const struct pseudonyms *keys;
    char currency[8], country[8];
    /* Of the message that is read. */
    struct told *told;
    const struct journal_entry *entry;
    char source[32];
    bool webhook;    /* of a shop, which tells states of things */
    int rank;        /* of told->who; RANKS without one */
    int64_t made_us; /* of the person's record; TIME_NONE without */
};

/* ---- identifiers -------------------------------------------------------------------------- */

static void keep_text(struct str text, char *out, size_t size)
{
    size_t n = text.n < size ? text.n : size - 1;

    if (*out || !text.n)
        return;
    while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    memcpy(out, text.p, n);
    out[n] = '\0';
}

/* An address or phone that is too long is none. */
static void keep_whole(struct str text, char *out, size_t size)
{
    if (text.n < size)
        keep_text(text, out, size);
}

static void note_who(struct teller *t, int rank, enum pseudonym_kind kind, struct str source,
                     struct str value)
{
    if (rank < t->rank && value.n &&
        pseudonym_of(t->keys, kind, source, value, t->country, &t->told->who)) {
        t->rank = rank;
        t->told->has_who = true;
    }
}

static void note_id(struct teller *t, uint64_t id)
{
    if (t->told->id_count < TOLD_IDS)
        t->told->ids[t->told->id_count++] = id;
}

static void note_plain(struct teller *t, const char *kind, struct str value)
{
    if (value.n)
        note_id(t, engine_hash_and(engine_hash(str_of(kind)), value));
}

/* Counted within its source, or over all of them, as people are (identity/live_told.c). */
static void note_own(struct teller *t, const char *kind, struct str value)
{
    uint64_t of_kind = engine_hash(str_of(kind));

    if (!value.n)
        return;
    note_id(t, engine_hash_and(engine_hash_and(of_kind, str_of(t->source)), value));
    note_id(t, engine_hash_and(of_kind, value));
}

struct ids {
    struct str login, customer, email, phone, device;
};

static void note_ids(struct teller *t, const struct ids *ids)
{
    note_who(t, 0, IDENTIFIER_EMAIL, STR_NONE, ids->email);
    note_who(t, 1, IDENTIFIER_PHONE, STR_NONE, ids->phone);
    note_who(t, 2, IDENTIFIER_LOGIN, STR_NONE, ids->login);
    note_who(t, 3, IDENTIFIER_CUSTOMER, str_of(t->source), ids->customer);
    note_who(t, 4, IDENTIFIER_DEVICE, STR_NONE, ids->device);
    note_plain(t, "login", ids->login);
    note_own(t, "customer", ids->customer);
    note_plain(t, "email", ids->email);
    note_plain(t, "phone", ids->phone);
    keep_whole(ids->email, t->told->contact.email, sizeof(t->told->contact.email));
    keep_whole(ids->phone, t->told->contact.phone, sizeof(t->told->contact.phone));
}

static void note_country(struct teller *t, struct str code)
{
    char *country = t->told->contact.country;

    if (code.n != 2 || *country || !isalpha((unsigned char)code.p[0]) ||
        !isalpha((unsigned char)code.p[1]))
        return;
    country[0] = (char)toupper((unsigned char)code.p[0]);
    country[1] = (char)toupper((unsigned char)code.p[1]);
}

/* ---- happenings --------------------------------------------------------------------------- */

static int64_t key_of(const char *what, struct str value)
{
    return (int64_t)engine_hash_and(engine_hash(str_of(what)), value);
}

static struct str without_sign(struct str text)
{
    while (text.n && text.p[0] == '#')
        text = (struct str){text.p + 1, text.n - 1};
    return text;
}

static bool is_told(const struct told *told, const char *name)
{
    for (size_t i = 0; i < told->n; i++)
        if (strcmp(told->happenings[i].name, name) == 0)
            return true;
    return false;
}

/* `names`: of the one thing that this happens to once; those that are "" are none. */
static void happened(struct teller *t, struct str name, int64_t at_us, const struct str *names,
                     size_t n)
{
    struct told *told = t->told;
    struct told_happening h = {.key = t->entry->seq};

    snprintf(h.name, sizeof(h.name), "%.*s", (int)name.n, name.p);
    if (told->n == TOLD_MOST || at_us == TIME_NONE || t->entry->received_us - at_us > TOLD_OLD_US ||
        is_told(told, h.name))
        return;
    for (size_t i = 0; i < n && h.key_count < TOLD_KEYS; i++)
        if (names[i].n)
            h.keys[h.key_count++] = key_of(h.name, without_sign(names[i]));
    if (h.key_count)
        h.key = h.keys[0];
    told->happenings[told->n++] = h;
}

static void note_money(struct teller *t, int64_t value, struct str currency)
{
    if (t->told->value == AMOUNT_NONE && value != AMOUNT_NONE && currency.n == 3) {
        t->told->value = value;
        keep_whole(currency, t->told->currency, sizeof(t->told->currency));
    }
}

/* ---- records ------------------------------------------------------------------------------ */

static void take_person(struct teller *t, const struct person_record *r)
{
    struct told_contact *c = &t->told->contact;
    const struct ids ids = {r->user_id, r->customer_id, r->email, r->phone, r->anonymous_id};

    note_ids(t, &ids);
    note_own(t, "profile", r->profile_key);
    keep_text(r->first_name, c->first_name, sizeof(c->first_name));
    keep_text(r->last_name, c->last_name, sizeof(c->last_name));
    keep_whole(r->language, c->language, sizeof(c->language));
    note_country(t, r->country);
    t->made_us = r->created_at;
}

static void take_event(struct teller *t, const struct event_record *r)
{
    const struct ids ids = {r->user_id, r->customer_id, r->email, r->phone, r->anonymous_id};
    /* A webhook tells a checkout over and over while it goes on. */
    const struct str name = r->order_key.n ? r->order_key : t->webhook ? r->event_key : STR_NONE;

    note_ids(t, &ids);
    note_country(t, r->country);
    note_money(t, r->value, r->currency);
    keep_text(without_sign(r->order_key), t->told->order_number, sizeof(t->told->order_number));
    happened(t, r->name, r->occurred_at, &name, 1);
}

static bool is_any(struct str text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eqz(text, words[i]))
            return true;
    return false;
}

/* What an order came to be; each once, however many messages tell of it. */
static void take_order(struct teller *t, const struct order_record *r)
{
    static const char *const none[] = {"failed", "draft", "deleted", "cancelled"};
    static const char *const back[] = {"refunded", "partially_refunded"};
    const struct ids ids = {r->user_id, r->customer_id, r->email, r->phone, r->anonymous_id};
    const struct str names[] = {r->number, r->order_key};
    int64_t changed_us = r->updated_at != TIME_NONE ? r->updated_at : r->ordered_at;

    note_ids(t, &ids);
    note_country(t, r->country);
    note_money(t, r->total, r->currency);
    keep_text(without_sign(r->number.n ? r->number : r->order_key), t->told->order_number,
              sizeof(t->told->order_number));
    if (r->is_test == 1 || str_eqz(r->kind, "return"))
        return;
    if (!is_any(r->status, none, TM_COUNT(none)))
        happened(t, STR_LIT("order_complete"), r->ordered_at, names, TM_COUNT(names));
    if (str_eqz(r->status, "paid"))
        happened(t, STR_LIT("order_paid"), r->paid_at != TIME_NONE ? r->paid_at : changed_us, names,
                 TM_COUNT(names));
    if (str_eqz(r->status, "cancelled"))
        happened(t, STR_LIT("order_cancelled"),
                 r->cancelled_at != TIME_NONE ? r->cancelled_at : changed_us, names,
                 TM_COUNT(names));
    if (is_any(r->status, back, TM_COUNT(back)))
        happened(t, STR_LIT("order_refund"), changed_us, names, TM_COUNT(names));
}

/* Told again with each change of the person: once for each word that was given. */
static void take_consent(struct teller *t, const struct consent_record *r)
{
    const struct ids ids = {.customer = r->customer_id, .email = r->email, .phone = r->phone};
    char name[EVENT_NAME_MAX], at[24];
    uint64_t key;

    note_ids(t, &ids);
    if (!str_eqz(r->state, "granted") || !r->channel.n || r->channel.n > 16)
        return;
    snprintf(name, sizeof(name), "%.*s_subscribed", (int)r->channel.n, r->channel.p);
    snprintf(at, sizeof(at), "%" PRId64, r->changed_at);
    key = engine_hash_and(engine_hash(str_of(at)), r->email.n ? r->email : r->customer_id);
    snprintf(at, sizeof(at), "%" PRIu64, key);
    happened(t, str_of(name), r->changed_at, &(struct str){at, strlen(at)}, 1);
}

static enum err_code take(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct teller *t = ctx;

    (void)err;
    if (kind == RECORD_PERSON)
        take_person(t, record);
    else if (kind == RECORD_EVENT)
        take_event(t, record);
    else if (kind == RECORD_ORDER)
        take_order(t, record);
    else if (kind == RECORD_CONSENT)
        take_consent(t, record);
    return ERR_OK;
}

/* ---- a message ---------------------------------------------------------------------------- */

struct teller *teller_new(const struct pseudonyms *keys, const char *currency, const char *country)
{
    struct teller *t = xcalloc(1, sizeof(*t));

    t->arena = (struct arena)ARENA_INIT(MESSAGE_MEMORY);
    t->parser = json_parser_new(LIVE_BODY_MAX);
    t->keys = keys;
    snprintf(t->currency, sizeof(t->currency), "%s", currency);
    snprintf(t->country, sizeof(t->country), "%s", country);
    t->run = (struct live_run){.sink = {take, t},
                               .parser = json_parser_new(LIVE_BODY_MAX),
                               .arena = &t->arena,
                               .currency = t->currency,
                               .country = t->country};
    return t;
}

void teller_free(struct teller *t)
{
    if (!t)
        return;
    json_parser_free(t->run.parser);
    json_parser_free(t->parser);
    arena_release(&t->arena);
    free(t);
}

static void remove_happening(struct told *told, const char *name)
{
    for (size_t i = 0; i < told->n; i++)
        if (strcmp(told->happenings[i].name, name) == 0)
            told->happenings[i--] = told->happenings[--told->n];
}

/* What a shop's system says beside what records have columns for. */
static void take_hook(struct teller *t, struct json_value root)
{
    const struct str order = str_of(t->told->order_number);
    char customer[32];
    struct hook_news news;

    about_hook(root, &news);
    if (news.unplaced)
        remove_happening(t->told, "order_complete");
    if (news.customer) {
        snprintf(customer, sizeof(customer), "%" PRId64, news.customer);
        happened(t, STR_LIT("sign_up"), t->made_us, &(struct str){customer, strlen(customer)}, 1);
    }
    if (!order.n)
        return;
    happened(t, STR_LIT("order_shipped"), news.shipped_us, &order, 1);
    happened(t, STR_LIT("order_delivered"), news.delivered_us, &order, 1);
}

void teller_tell(struct teller *t, const struct source_entry *source,
                 const struct journal_entry *entry, struct told *out)
{
    const struct live_message message = {.source = source,
                                         .seq = entry->seq,
                                         .received_us = entry->received_us,
                                         .id = entry->id,
                                         .body = entry->body};
    struct err why = ERR_INIT;
    struct json_value root;

    *out = (struct told){.value = AMOUNT_NONE};
    t->told = out;
    t->entry = entry;
    t->webhook = strcmp(source->protocol, "segment") != 0;
    t->rank = RANKS;
    t->made_us = TIME_NONE;
    live_source_name(source, t->source);
    arena_reset(&t->arena);
    t->run.rejected = NULL;
    if (entry->damaged || live_records(&t->run, &message, &why) != ERR_OK || t->run.rejected) {
        *out = (struct told){.value = AMOUNT_NONE};
        return;
    }
    if (json_parse(t->parser, entry->body, &root, &why) != ERR_OK)
        return;
    about_names(root, out);
    if (t->webhook)
        take_hook(t, root);
}

void teller_write(struct teller *t, const struct journal_entry *entry, const struct told *told,
                  const char *happening, struct buf *out)
{
    struct json_value root = {NULL, 0};
    struct err why = ERR_INIT;

    if (json_parse(t->parser, entry->body, &root, &why) != ERR_OK)
        root = (struct json_value){NULL, 0};
    about_write(root, told, happening, t->currency, out);
}
