/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/glance.h"

#include "base/json_amount.h"
#include "intake/live/segment_parts.h"
#include "shop/event.h"

const char *const glance_kinds[] = {"page",   "product", "cart",    "checkout", "order", "refund",
                                    "person", "consent", "message", "test",     "other", NULL};

/* By the beginning of a topic or of one of shop/event.h's names; the first that fits. */
static const struct {
    const char *begin, *kind;
} kinds[] = {
    {GLANCE_TEST_EVENT, "test"},
    {"page_view", "page"},
    {"session_start", "page"},
    {"app_open", "page"},
    {"product", "product"},
    {"cart", "cart"},
    {"checkout", "checkout"},
    {"order_refund", "refund"},
    {"refund", "refund"},
    {"order", "order"},
    {"sign_up", "person"},
    {"customers_", "consent"},
    {"customer", "person"},
    {"email_subscribed", "consent"},
    {"email_unsubscribed", "consent"},
    {"sms_subscribed", "consent"},
    {"sms_unsubscribed", "consent"},
    {"subscribed", "consent"},
    {"unsubscribed", "consent"},
    {"consent", "consent"},
    {"email_", "message"},
    {"sms_", "message"},
};

static const char *kind_of(struct str name)
{
    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        if (str_starts(name, kinds[i].begin))
            return kinds[i].kind;
    return "other";
}

/* Whole characters only. */
static void keep(struct str text, char *out, size_t size)
{
    size_t n = text.n < size ? text.n : size - 1;

    while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(out, text.p, n);
    out[n] = '\0';
}

/* The first that says something. */
static struct str first_text(const struct json_value *choice, size_t n,
                             struct segment_number *number)
{
    struct str text = STR_NONE;

    for (size_t i = 0; i < n && !text.n; i++)
        text = str_trim(segment_text(choice[i], number));
    return text;
}

static void set_money(struct glance *out, struct json_value amount, struct str code,
                      const char *currency)
{
    if (code.n != 3) {
        out->micros = json_micros(amount);
        glance_assume(out, currency);
        return;
    }
    out->minor = json_minor(amount, currency_decimals(code));
    if (out->minor == AMOUNT_NONE)
        return;
    for (size_t i = 0; i < 3; i++)
        out->currency[i] = (char)toupper((unsigned char)code.p[i]);
}

static bool has_money(const struct glance *glance)
{
    return glance->minor != AMOUNT_NONE || glance->micros != AMOUNT_NONE;
}

static void set_country(struct glance *out, struct str code)
{
    if (code.n == 2 && isalpha((unsigned char)code.p[0]) && isalpha((unsigned char)code.p[1]))
        for (size_t i = 0; i < 2; i++)
            out->country[i] = (char)toupper((unsigned char)code.p[i]);
}

static void of_hook(struct json_value root, struct str topic, const char *currency,
                    struct glance *out)
{
    struct json_value payload = json_get(root, "payload"), customer = json_get(payload, "customer");
    const struct json_value who[] = {
        json_get(payload, "email"),         json_get(customer, "email"),
        json_get(payload, "contact_email"), json_get(json_get(payload, "billing"), "email"),
        json_get(customer, "id"),
    };
    const struct json_value where[] = {
        json_get(json_get(payload, "shipping_address"), "country_code"),
        json_get(json_get(payload, "billing_address"), "country_code"),
        json_get(json_get(payload, "default_address"), "country_code"),
        json_get(json_get(payload, "billing"), "country"),
    };
    struct segment_number number;

    out->kind = kind_of(topic);
    keep(topic, out->name, sizeof(out->name));
    keep(first_text(who, TM_COUNT(who), &number), out->person, sizeof(out->person));
    set_country(out, first_text(where, TM_COUNT(where), &number));
    if (str_starts(topic, "order") || str_starts(topic, "checkout")) {
        struct json_value total = json_get(payload, "total_price");

        set_money(out, total.doc ? total : json_get(payload, "total"),
                  json_text(json_get(payload, "currency"), STR_NONE), currency);
    }
}

static const char *segment_kind(struct str type, struct str event)
{
    char name[EVENT_NAME_MAX];

    if (str_eqz(type, "page") || str_eqz(type, "screen"))
        return "page";
    if (!str_eqz(type, "track"))
        return "person"; /* identify, group, alias */
    return kind_of(event_canonical(event, name));
}

static void of_segment(struct json_value root, const char *currency, struct glance *out)
{
    struct json_value properties = json_get(root, "properties"), traits = json_get(root, "traits");
    struct json_value context = json_get(root, "context");
    const struct json_value who[] = {
        json_get(traits, "email"),
        json_get(json_get(context, "traits"), "email"),
        json_get(properties, "email"),
        segment_get(root, "userId", "user_id"),
        segment_get(root, "anonymousId", "anonymous_id"),
    };
    const char *const amounts[] = {"total", "revenue", "value", "price"};
    struct str type = json_text(json_get(root, "type"), STR_NONE);
    struct segment_number number;
    struct str event = str_trim(segment_text(json_get(root, "event"), &number));

    out->kind = segment_kind(type, event);
    keep(event.n ? event : str_trim(json_text(json_get(root, "name"), STR_NONE)), out->name,
         sizeof(out->name));
    if (!out->name[0])
        keep(type, out->name, sizeof(out->name));
    for (size_t i = 0; i < TM_COUNT(amounts) && !has_money(out); i++)
        set_money(out, json_get(properties, amounts[i]),
                  json_text(json_get(properties, "currency"), STR_NONE), currency);
    set_country(out, json_text(json_get(json_get(context, "location"), "country"), STR_NONE));
    keep(first_text(who, TM_COUNT(who), &number), out->person, sizeof(out->person));
}

void glance_at(struct json_parser *parser, struct str body, const char *currency,
               struct glance *out)
{
    struct err why = ERR_INIT;
    struct json_value root;
    struct str topic;

    *out = (struct glance){.kind = "other", .minor = AMOUNT_NONE, .micros = AMOUNT_NONE};
    if (json_parse(parser, body, &root, &why) != ERR_OK || json_type_of(root) != JSON_OBJECT)
        return;
    topic = json_text(json_get(root, "topic"), STR_NONE);
    if (topic.n && !json_get(root, "type").doc)
        of_hook(root, topic, currency, out);
    else
        of_segment(root, currency, out);
}

void glance_json(const struct glance *glance, struct json_writer *w)
{
    json_key_stringz(w, "kind", glance->kind);
    json_key_stringz(w, "name", glance->name);
    if (glance->minor != AMOUNT_NONE) {
        json_key_int(w, "minor", glance->minor);
        json_key_stringz(w, "currency", glance->currency);
        json_key_int(w, "decimals", currency_decimals(str_of(glance->currency)));
    }
    if (glance->country[0])
        json_key_stringz(w, "country", glance->country);
}

void glance_assume(struct glance *glance, const char *currency)
{
    const int decimals = strlen(currency) == 3 ? currency_decimals(str_of(currency)) : -1;

    if (glance->micros == AMOUNT_NONE)
        return;
    glance->minor = decimals < 0 ? AMOUNT_NONE : money_from_micros(glance->micros, decimals);
    snprintf(glance->currency, sizeof(glance->currency), "%s", decimals < 0 ? "" : currency);
}
