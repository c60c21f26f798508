/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/who.h"

#include "base/json_read.h"
#include "shop/identifier.h"

enum { NEEDLE_LEAST = 8, PHONE_LEAST = 7, TEXT_MAX = 8 << 20, ORDERS_AT_ONCE = 1000 };

void who_release(struct who *who)
{
    free(who->ids);
    arena_release(&who->arena);
    *who = WHO_INIT;
}

/* ---- identifiers -------------------------------------------------------------------------- */

static bool same(const struct person_id *a, const struct person_id *b)
{
    return a->kind == b->kind && str_eq(a->source, b->source) && str_eq(a->value, b->value);
}

/* What was the person's own first stays so. */
static enum err_code add(struct who *who, enum personal kind, struct str source, struct str value,
                         bool other, struct err *err)
{
    struct person_id id = {.kind = kind, .source = source, .value = value, .other = other};

    if (!value.n)
        return ERR_OK;
    for (size_t i = 0; i < who->n; i++)
        if (same(&who->ids[i], &id))
            return ERR_OK;
    if (who->n == WHO_IDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d identifiers are one person's",
                       WHO_IDS_MAX);
    if ((who->n & (who->n - 1)) == 0)
        who->ids = xrealloc(who->ids, (who->n ? 2 * who->n : 1) * sizeof(*who->ids));
    id.source = arena_str(&who->arena, source);
    id.value = arena_str(&who->arena, value);
    who->ids[who->n++] = id;
    return arena_check(&who->arena, err);
}

enum err_code who_add(struct who *who, enum personal kind, struct str source, struct str value,
                      struct err *err)
{
    return add(who, kind, source, value, false, err);
}

enum err_code who_add_id(struct who *who, const struct person_id *id, struct err *err)
{
    return add(who, id->kind, id->source, id->value, id->other, err);
}

static enum err_code add_rows(struct who *who, struct result *res, bool other, struct err *err)
{
    while (result_next(res)) {
        enum personal kind = personal_named(result_text(res, 0));

        if (kind != PERSONAL_NOT)
            TRY(add(who, kind, result_text(res, 1), result_text(res, 2), other, err));
    }
    return result_status(res, err);
}

static bool has_ids(enum record_kind kind)
{
    for (size_t i = 0; i < record_layout(kind)->column_count; i++)
        if (personal_is_id(personal_of(kind, i)))
            return true;
    return false;
}

static enum err_code add_own(struct who *who, struct person_rows *rows, struct err *err)
{
    for (int k = 0; k < RECORD_KIND_COUNT && who->people_count; k++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        if (!has_ids((enum record_kind)k))
            continue;
        TRY(person_rows_ids(rows, (enum record_kind)k, who->people, who->people_count, &res, err));
        TRY(add_rows(who, res, false, err));
    }
    return ERR_OK;
}

/* Who stands beside the person and is somebody else. */
static enum err_code add_others(struct who *who, struct person_rows *rows, struct err *err)
{
    for (int k = 0; k < RECORD_KIND_COUNT && who->people_count; k++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        if (!has_ids((enum record_kind)k))
            continue;
        TRY(person_rows_others(rows, (enum record_kind)k, who->people, who->people_count, &res,
                               err));
        TRY(add_rows(who, res, true, err));
    }
    return ERR_OK;
}

static enum err_code add_orders(struct who *who, struct person_rows *rows, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(person_rows_query(rows, RECORD_ORDER, false, &res, err));
    while (result_next(res))
        TRY(add(who, PERSONAL_ORDER, result_text(res, 1),
                result_text(res, result_column(res, "order_key")), false, err));
    return result_status(res, err);
}

/* ---- texts -------------------------------------------------------------------------------- */

static void add_needle(struct who *who, const char *text)
{
    struct str needle = str_of(text);

    for (size_t i = 0; i < who->needle_count; i++)
        if (str_eq(who->needles[i], needle))
            return;
    if (who->needle_count < PERSON_NEEDLES && needle.n)
        who->needles[who->needle_count++] = arena_str(&who->arena, needle);
}

/* The address as it is, percent-encoded, and escaped as JSON may. */
static void add_address(struct who *who, struct str value)
{
    static const char *const signs[] = {"@", "%40", "\\u0040"};
    const char *at = memchr(value.p, '@', value.n);

    for (size_t i = 0; i < TM_COUNT(signs) && at; i++) {
        char text[IDENTIFIER_MAX + 16];

        snprintf(text, sizeof(text), "%.*s%s%.*s", (int)(at - value.p), value.p, signs[i],
                 (int)(value.n - (size_t)(at - value.p) - 1), at + 1);
        add_needle(who, text);
    }
}

/* Long enough, and no word of a language: it is nobody else's. */
static bool is_telling(struct str value)
{
    bool digit = false;

    for (size_t i = 0; i < value.n; i++)
        digit |= isdigit((unsigned char)value.p[i]) != 0;
    return value.n >= NEEDLE_LEAST && digit;
}

static void add_needles(struct who *who)
{
    for (enum personal kind = PERSONAL_EMAIL; kind < PERSONAL_ORDER; kind++)
        for (size_t i = 0; i < who->n; i++) {
            const struct person_id *id = &who->ids[i];
            char text[IDENTIFIER_MAX + 1];
            size_t n = id->value.n < IDENTIFIER_MAX ? id->value.n : IDENTIFIER_MAX;

            if (id->kind != kind || id->other)
                continue;
            for (size_t k = 0; k < n; k++)
                text[k] = (char)tolower((unsigned char)id->value.p[k]);
            text[n] = '\0';
            if (memchr(text, '@', n))
                add_address(who, (struct str){text, n});
            else if (kind == PERSONAL_PHONE && n > PHONE_LEAST)
                add_needle(who, text + (text[0] == '+'));
            else if (is_telling(id->value))
                add_needle(who, text);
        }
}

/* ---- finding ------------------------------------------------------------------------------ */

static void add_person(struct who *who, uint64_t person)
{
    bool known = false;

    for (size_t i = 0; i < who->people_count; i++)
        known |= who->people[i] == person;
    if (!known && who->people_count < WHO_PEOPLE_MAX)
        who->people[who->people_count++] = person;
}

static enum err_code add_people(struct who *who, struct result *res, struct err *err)
{
    while (result_next(res))
        add_person(who, result_uint(res, 0));
    return result_status(res, err);
}

static enum err_code find_people(struct engine *engine, struct str text, struct who *who,
                                 struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/find", (const struct param[]){PARAM_STR("q", text)}, 1, &res,
                     err));
    return add_people(who, res, err);
}

/* A platform's number of a customer is no other platform's. */
static enum err_code find_named(struct engine *engine, const struct person_id *id, struct who *who,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param params[] = {PARAM_STRZ("kind", personal_name(id->kind)),
                                   PARAM_STR("source", id->source), PARAM_STR("value", id->value)};

    TRY(engine_query(engine, "identity/find_named", params, TM_COUNT(params), &res, err));
    return add_people(who, res, err);
}

enum err_code who_rows(const struct who *who, struct engine *engine, struct person_rows **out,
                       struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;

    TRY(person_rows_open(engine, &rows, err));
    person_rows_until(rows, who->until_us);
    TRY(person_rows_are(rows, who->ids, who->n, who->needles, who->needle_count, err));
    *out = rows;
    rows = NULL;
    return ERR_OK;
}

/* `alone`: whoever is not among the people is somebody else. */
static enum err_code complete(struct engine *engine, struct who *who, bool alone, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;

    TRY(person_rows_open(engine, &rows, err));
    TRY(add_own(who, rows, err));
    TRY(person_rows_are(rows, who->ids, who->n, NULL, 0, err));
    if (alone)
        TRY(add_others(who, rows, err));
    TRY(person_rows_are(rows, who->ids, who->n, NULL, 0, err));
    TRY(add_orders(who, rows, err));
    add_needles(who);
    return arena_check(&who->arena, err);
}

static enum err_code several(const struct who *who, const char *text, struct err *err)
{
    struct buf list = BUF_INIT(1024);

    for (size_t i = 0; i < who->people_count; i++)
        buf_addf(&list, "%s%" PRIu64, i ? ", " : "", who->people[i]);
    err_set(err, ERR_AMBIGUOUS, "\"%s\" may be several people: %s", text, buf_cstr(&list));
    err_hint(err, "Name the one by the number; \"tidemark show search --q NAME\" tells who it is.");
    buf_release(&list);
    return ERR_AMBIGUOUS;
}

/* A person's number goes before whatever else it may be. */
static bool keep_number(struct who *who, const char *text)
{
    uint64_t number = isdigit((unsigned char)text[0]) ? strtoull(text, NULL, 10) : 0;

    for (size_t i = 0; i < who->people_count; i++)
        if (who->people[i] == number) {
            who->people[0] = number;
            who->people_count = 1;
            return true;
        }
    return false;
}

enum err_code who_find(struct engine *engine, const char *text, const char *country,
                       struct who *who, struct err *err)
{
    struct identifier email, phone;
    struct str asked = str_trim(str_of(text));

    identifier_email(asked, &email);
    identifier_phone(asked, country, &phone);
    if (email.n)
        TRY(add(who, PERSONAL_EMAIL, STR_NONE, identifier_str(&email), false, err));
    else if (asked.n && asked.p[0] == '+' && phone.n)
        TRY(add(who, PERSONAL_PHONE, STR_NONE, identifier_str(&phone), false, err));
    asked = who->n ? who->ids[0].value : asked;
    TRY(find_people(engine, asked, who, err));
    if (!who->people_count && !who->n && phone.n) {
        TRY(find_people(engine, identifier_str(&phone), who, err));
        TRY(add(who, PERSONAL_PHONE, STR_NONE, identifier_str(&phone), false, err));
    }
    if (who->people_count > 1 && !keep_number(who, text))
        return several(who, text, err);
    if (!who->people_count && !who->n) {
        err_set(err, ERR_NOT_FOUND, "nobody here is \"%s\"", text);
        err_hint(err, "Name an e-mail address, a phone number, a customer number, or a person's "
                      "number as \"tidemark show search --q NAME\" tells it.");
        return ERR_NOT_FOUND;
    }
    /* Of several it cannot be said who is another. */
    return complete(engine, who, who->people_count == 1, err);
}

/* The orders that are named, some at once, and whose they are. */
static enum err_code find_ordered(struct engine *engine, struct str source, struct str customer,
                                  const struct buf *numbers, struct who *who, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct param params[] = {PARAM_STR("source", source), PARAM_STR("customer", customer),
                                   PARAM_STR("numbers", buf_str(numbers))};

    TRY(buf_check(numbers, err));
    TRY(engine_query(engine, "identity/find_ordered", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        TRY(add(who, PERSONAL_ORDER, source, result_text(res, 0), false, err));
        if (result_uint(res, 1))
            add_person(who, result_uint(res, 1));
    }
    return result_status(res, err);
}

static enum err_code find_orders(struct engine *engine, const struct person_id *named, size_t n,
                                 struct who *who, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf numbers = BUF_INIT(1 << 20);
    struct str customer = STR_NONE, source = STR_NONE;
    size_t listed = 0;

    for (size_t i = 0; i < n; i++)
        if (named[i].kind == PERSONAL_CUSTOMER)
            customer = named[i].value;
    for (size_t i = 0; i < n; i++) {
        if (named[i].kind != PERSONAL_ORDER || !named[i].value.n)
            continue;
        if (listed)
            buf_addc(&numbers, '\n');
        buf_adds(&numbers, named[i].value);
        source = named[i].source;
        if (++listed < ORDERS_AT_ONCE)
            continue;
        TRY(find_ordered(engine, source, customer, &numbers, who, err));
        numbers.n = listed = 0;
    }
    return listed ? find_ordered(engine, source, customer, &numbers, who, err) : ERR_OK;
}

enum err_code who_find_all(struct engine *engine, const struct person_id *named, size_t n,
                           struct who *who, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (named[i].value.n && named[i].kind != PERSONAL_ORDER) {
            TRY(add(who, named[i].kind, named[i].source, named[i].value, false, err));
            TRY(find_named(engine, &named[i], who, err));
        }
    TRY(find_orders(engine, named, n, who, err));
    /* Of several it cannot be said who is another. */
    return complete(engine, who, who->people_count == 1, err);
}

enum err_code who_of_people(struct engine *engine, const uint64_t *people, size_t n,
                            struct who *who, struct err *err)
{
    assert(n <= WHO_PEOPLE_MAX);
    memcpy(who->people, people, n * sizeof(*people));
    who->people_count = n;
    return complete(engine, who, true, err);
}

/* ---- sealed ------------------------------------------------------------------------------- */

void who_write(const struct who *who, struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key(&w, "ids");
    json_begin_array(&w);
    for (size_t i = 0; i < who->n; i++) {
        json_begin_object(&w);
        json_key_stringz(&w, "kind", personal_name(who->ids[i].kind));
        json_key_string(&w, "source", who->ids[i].source);
        json_key_string(&w, "value", who->ids[i].value);
        json_key_bool(&w, "other", who->ids[i].other);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_key(&w, "people");
    json_begin_array(&w);
    for (size_t i = 0; i < who->people_count; i++) {
        char text[24];

        snprintf(text, sizeof(text), "%" PRIu64, who->people[i]);
        json_stringz(&w, text);
    }
    json_end_array(&w);
    if (who->until_us != TIME_NONE)
        json_key_int(&w, "until", who->until_us);
    json_end_object(&w);
}

static enum err_code read_all(struct json_value root, struct who *who, struct err *err)
{
    for (struct json_iter it = json_iter(json_get(root, "ids")); json_iter_next(&it);)
        TRY(add(who, personal_named(json_text(json_get(it.value, "kind"), STR_NONE)),
                json_text(json_get(it.value, "source"), STR_NONE),
                json_text(json_get(it.value, "value"), STR_NONE),
                json_boolean(json_get(it.value, "other"), false), err));
    for (struct json_iter it = json_iter(json_get(root, "people")); json_iter_next(&it);) {
        struct str text = json_text(it.value, STR_NONE);
        char number[24];

        snprintf(number, sizeof(number), "%.*s", (int)text.n, text.p);
        if (who->people_count < WHO_PEOPLE_MAX)
            who->people[who->people_count++] = strtoull(number, NULL, 10);
    }
    who->until_us = json_integer(json_get(root, "until"), TIME_NONE);
    add_needles(who);
    return arena_check(&who->arena, err);
}

enum err_code who_read(struct str text, struct who *who, struct err *err)
{
    struct json_parser *parser = json_parser_new(TEXT_MAX);
    struct json_value root;
    enum err_code rc = json_parse(parser, text, &root, err);

    if (rc == ERR_OK)
        rc = read_all(root, who, err);
    json_parser_free(parser);
    return rc;
}

enum err_code who_hashes(const struct who *who, struct store *store, struct erasure_id **out,
                         size_t *out_n, struct err *err)
{
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *pseudonyms = NULL;
    unsigned char key[16];

    *out = NULL;
    *out_n = 0;
    TRY(pseudonyms_open(store, &pseudonyms, err));
    erasure_quick_key(pseudonyms, key);
    *out = xcalloc(who->n + 1, sizeof(**out));
    for (size_t i = 0; i < who->n; i++) {
        const struct person_id *id = &who->ids[i];
        struct erasure_id *hash = &(*out)[*out_n];

        if (!erasure_hash(pseudonyms, key, id->kind, id->source, id->value, hash))
            continue;
        hash->other = id->other;
        (*out_n)++;
    }
    return ERR_OK;
}

bool who_is_nobody(const struct who *who)
{
    for (size_t i = 0; i < who->n; i++)
        if (who->ids[i].kind == PERSONAL_ORDER && !who->ids[i].other)
            return false;
    return who->people_count == 0;
}

size_t who_identifiers(const struct who *who)
{
    size_t n = 0;

    for (size_t i = 0; i < who->n; i++)
        n += !who->ids[i].other && who->ids[i].kind != PERSONAL_ORDER;
    return n;
}
