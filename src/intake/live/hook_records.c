/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What webhooks of all systems have in common, as records. */
#include "intake/live/hook_parts.h"

#include "base/money.h"
#include "base/parse.h"
#include "intake/import/fields.h"
#include "shop/identifier.h"

enum { MICROS = 1000000, QUANTITY_MAX = 1000000000 };

static struct str keep(const struct hook_message *m, const struct identifier *id)
{
    return id->n ? arena_str(m->run->arena, identifier_str(id)) : STR_NONE;
}

struct str hook_text(const struct hook_message *m, struct json_value v)
{
    char number[32];
    int n;

    if (json_type_of(v) == JSON_STRING)
        return str_trim(json_text(v, STR_NONE));
    if (json_type_of(v) != JSON_INT)
        return STR_NONE;
    n = snprintf(number, sizeof(number), "%" PRId64, json_integer(v, 0));
    return arena_str(m->run->arena, (struct str){number, (size_t)n});
}

struct str hook_id(const struct hook_message *m, struct json_value v)
{
    struct identifier id;

    identifier_id(hook_text(m, v), &id);
    return keep(m, &id);
}

struct str hook_email(const struct hook_message *m, struct json_value v)
{
    struct identifier id;

    identifier_email(json_text(v, STR_NONE), &id);
    return keep(m, &id);
}

struct str hook_phone(const struct hook_message *m, struct json_value v)
{
    struct identifier id;

    identifier_phone(json_text(v, STR_NONE), m->run->country, &id);
    return keep(m, &id);
}

int64_t hook_time(struct json_value v)
{
    struct read_style style = {.dates = DATES_UNKNOWN};
    struct str text = json_text(v, STR_NONE);
    int64_t at = TIME_NONE;

    if (!text.n || parse_time(text, &style, &at, NULL) != ERR_OK || at < 0)
        return TIME_NONE;
    return at;
}

struct str hook_currency(const struct hook_message *m, struct str code)
{
    char out[4] = "";

    code = str_trim(code);
    if (code.n != 3)
        code = str_of(m->run->currency);
    if (code.n != 3 || currency_decimals(code) < 0)
        return STR_NONE;
    for (size_t i = 0; i < 3; i++)
        out[i] = (char)toupper((unsigned char)code.p[i]);
    return arena_str(m->run->arena, (struct str){out, 3});
}

int64_t hook_count(struct json_value v)
{
    int64_t n = json_integer(v, -1);

    return n < 0 || n > QUANTITY_MAX ? AMOUNT_NONE : n;
}

int64_t hook_plus(int64_t a, int64_t b)
{
    int64_t sum;

    if (a == AMOUNT_NONE || b == AMOUNT_NONE)
        return a == AMOUNT_NONE ? b : a;
    return __builtin_add_overflow(a, b, &sum) ? AMOUNT_NONE : sum;
}

int64_t hook_version(const struct hook_message *m, struct json_value v, const char *key)
{
    int64_t at = hook_time(json_get(v, key));

    return at != TIME_NONE ? at : m->message->received_us;
}

void hook_line_total(struct line_record *line, struct json_value quantity)
{
    int64_t n = hook_count(quantity);

    if (n == AMOUNT_NONE)
        return;
    line->quantity = (double)n;
    line->total = line_total(n * MICROS, line->unit_price, line->discount);
}

/* ---- what is no more ---------------------------------------------------------------------- */

/* A deletion tells no time of its own: it was before it was told, and after all other changes. */
enum err_code hook_put_order_gone(struct hook_message *m, struct err *err)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);

    order.line = m->message->seq;
    order.order_key = m->id;
    order.kind = STR_LIT("sale");
    order.status = STR_LIT("deleted");
    order.updated_at = m->message->received_us;
    return live_put(m->run, RECORD_ORDER, &order, err);
}

enum err_code hook_put_forgotten(struct hook_message *m, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);

    person.line = m->message->seq;
    person.profile_key = m->id;
    person.customer_id = m->id;
    person.is_deleted = 1;
    person.updated_at = m->message->received_us;
    return live_put(m->run, RECORD_PERSON, &person, err);
}

enum err_code hook_put_product_gone(struct hook_message *m, struct err *err)
{
    struct product_record product = RECORD_INIT(product, PRODUCT_COLUMNS);

    product.line = m->message->seq;
    product.product_key = m->id;
    product.product_id = m->id;
    product.status = STR_LIT("deleted");
    product.updated_at = m->message->received_us;
    return live_put(m->run, RECORD_PRODUCT, &product, err);
}

/* ---- a message ---------------------------------------------------------------------------- */

enum err_code hook_records(const struct hook_system *system, struct live_run *run,
                           const struct live_message *message, struct err *err)
{
    struct hook_message m = {.run = run, .message = message};
    const struct hook_topic *topic;
    struct json_value root;
    struct err why = ERR_INIT;

    if (json_parse(run->parser, message->body, &root, &why) != ERR_OK) {
        live_reject(run, LIVE_NOT_AN_OBJECT);
        return ERR_OK;
    }
    topic = hook_topic_find(system, json_text(json_get(root, "topic"), STR_NONE));
    if (!topic) {
        live_reject(run, LIVE_NO_TOPIC);
        return ERR_OK;
    }
    m.shop = json_text(json_get(root, "shop"), STR_NONE);
    m.payload = json_get(root, "payload");
    m.id = hook_id(&m, json_get(m.payload, "id"));
    if (!topic->has_no_id && !m.id.n) {
        live_reject(run, LIVE_NO_ID);
        return ERR_OK;
    }
    TRY(arena_check(run->arena, err));
    if (!topic->put)
        return ERR_OK;
    TRY(topic->put(&m, err));
    return arena_check(run->arena, err);
}
