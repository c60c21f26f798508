/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shopify's webhooks: topics, customers and what they allow, checkouts, products. */
#include "base/i18n.h"
#include "base/json_amount.h"
#include "base/money.h"
#include "intake/live/hook_parts.h"
#include "shop/product.h"

/* ---- consent ------------------------------------------------------------------------------ */

static const struct {
    const char *shopify, *state;
} states[] = {
    {"subscribed", "granted"}, {"unsubscribed", "withdrawn"}, {"not_subscribed", "denied"},
    {"pending", "pending"},    {"redacted", "withdrawn"},     {"invalid", "unreachable"},
};

struct consenting {
    struct str customer_id, email, phone;
    int64_t fallback_at; /* when the customer last changed: for an undated withdrawal */
};

/* An undated withdrawal would stand for ever: it is dated by when it was told. */
static enum err_code put_consent(struct hook_message *m, const struct consenting *who,
                                 const char *channel, struct json_value told, struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);
    struct str word = json_text(json_get(told, "state"), STR_NONE);

    for (size_t i = 0; i < TM_COUNT(states); i++)
        if (str_ieqz(word, states[i].shopify))
            consent.state = str_of(states[i].state);
    if (!consent.state.n || !who->customer_id.n)
        return ERR_OK;
    consent.line = m->message->seq;
    consent.profile_key = who->customer_id;
    consent.customer_id = who->customer_id;
    consent.email = who->email;
    consent.phone = who->phone;
    consent.channel = str_of(channel);
    consent.changed_at = hook_time(json_get(told, "consent_updated_at"));
    if (consent.changed_at == TIME_NONE &&
        (str_eqz(consent.state, "withdrawn") || str_eqz(consent.state, "unreachable")))
        consent.changed_at = who->fallback_at;
    consent.method = hook_text(m, json_get(told, "opt_in_level"));
    consent.proof = hook_text(m, json_get(told, "consent_collected_from"));
    return live_put(m->run, RECORD_CONSENT, &consent, err);
}

/* As older versions of the API tell it. */
static enum err_code put_old_consent(struct hook_message *m, const struct consenting *who,
                                     struct json_value customer, struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);
    struct json_value told = json_get(customer, "accepts_marketing");

    if (json_type_of(told) != JSON_BOOL)
        return ERR_OK;
    consent.line = m->message->seq;
    consent.profile_key = who->customer_id;
    consent.customer_id = who->customer_id;
    consent.email = who->email;
    consent.phone = who->phone;
    consent.channel = STR_LIT("email");
    consent.state = json_boolean(told, false) ? STR_LIT("granted") : STR_LIT("denied");
    consent.changed_at = hook_time(json_get(customer, "accepts_marketing_updated_at"));
    consent.method = hook_text(m, json_get(customer, "marketing_opt_in_level"));
    return live_put(m->run, RECORD_CONSENT, &consent, err);
}

static enum err_code put_consents(struct hook_message *m, const struct consenting *who,
                                  struct json_value v, struct err *err)
{
    struct json_value email = json_get(v, "email_marketing_consent");

    if (who->email.n && json_type_of(email) == JSON_OBJECT)
        TRY(put_consent(m, who, "email", email, err));
    else if (who->email.n)
        TRY(put_old_consent(m, who, v, err));
    return put_consent(m, who, "sms", json_get(v, "sms_marketing_consent"), err);
}

/* The person stands there as "id" or "customer_id", the address as "email" or "email_address". */
static enum err_code put_consent_update(struct hook_message *m, struct err *err)
{
    struct consenting who = {.customer_id = hook_id(m, json_get(m->payload, "customer_id")),
                             .email = hook_email(m, json_get(m->payload, "email_address")),
                             .phone = hook_phone(m, json_get(m->payload, "phone")),
                             .fallback_at = m->message->received_us};

    if (!who.customer_id.n)
        who.customer_id = m->id;
    if (!who.email.n)
        who.email = hook_email(m, json_get(m->payload, "email"));
    if (!who.customer_id.n) {
        live_reject(m->run, LIVE_NO_ID);
        return ERR_OK;
    }
    TRY(put_consent(m, &who, "email", json_get(m->payload, "email_marketing_consent"), err));
    return put_consent(m, &who, "sms", json_get(m->payload, "sms_marketing_consent"), err);
}

/* ---- customers ---------------------------------------------------------------------------- */

static void set_totals(const struct hook_message *m, struct json_value v,
                       struct person_record *person)
{
    struct str currency = hook_currency(m, json_text(json_get(v, "currency"), STR_NONE));

    person->claimed_orders = hook_count(json_get(v, "orders_count"));
    if (!currency.n)
        return;
    person->currency = currency;
    person->claimed_spent = json_minor(json_get(v, "total_spent"), currency_decimals(currency));
}

enum err_code shopify_put_person(struct hook_message *m, struct json_value v, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct json_value address = json_get(v, "default_address");
    struct consenting who;

    person.line = m->message->seq;
    person.customer_id = hook_id(m, json_get(v, "id"));
    person.profile_key = person.customer_id;
    person.email = hook_email(m, json_get(v, "email"));
    person.phone = hook_phone(m, json_get(v, "phone"));
    if (!person.phone.n)
        person.phone = hook_phone(m, json_get(address, "phone"));
    person.first_name = hook_text(m, json_get(v, "first_name"));
    person.last_name = hook_text(m, json_get(v, "last_name"));
    person.city = hook_text(m, json_get(address, "city"));
    person.region = hook_text(m, json_get(address, "province_code"));
    person.country = hook_text(m, json_get(address, "country_code"));
    person.postal_code = hook_text(m, json_get(address, "zip"));
    person.language = hook_text(m, json_get(m->payload, "customer_locale"));
    person.tags = hook_text(m, json_get(v, "tags"));
    person.created_at = hook_time(json_get(v, "created_at"));
    person.updated_at = hook_version(m, v, "updated_at");
    set_totals(m, v, &person);
    TRY(live_put(m->run, RECORD_PERSON, &person, err));
    who = (struct consenting){person.customer_id, person.email, person.phone, person.updated_at};
    return put_consents(m, &who, v, err);
}

static enum err_code put_customer(struct hook_message *m, struct err *err)
{
    return shopify_put_person(m, m->payload, err);
}

/* ---- checkouts ---------------------------------------------------------------------------- */

/* A checkout that somebody began and is known by; what becomes of it the orders tell. It is told by
 * the shop, not by a visit that anybody counted: platform "server". */
static enum err_code put_checkout(struct hook_message *m, struct err *err)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);
    struct json_value v = m->payload, customer = json_get(v, "customer");
    struct shopify_origin origin;
    struct str currency = hook_currency(m, json_text(json_get(v, "currency"), STR_NONE));
    struct str token = hook_text(m, json_get(v, "token"));

    event.line = m->message->seq;
    event.event_key = token.n ? token : m->id;
    event.name = STR_LIT("checkout_start");
    event.occurred_at = hook_time(json_get(v, "created_at"));
    event.customer_id = hook_id(m, json_get(customer, "id"));
    event.email = hook_email(m, json_get(v, "email"));
    event.phone = hook_phone(m, json_get(v, "phone"));
    if (event.occurred_at == TIME_NONE ||
        (!event.customer_id.n && !event.email.n && !event.phone.n))
        return ERR_OK;
    shopify_origin(m, v, &origin);
    event.session_id = event.event_key;
    event.platform = STR_LIT("server");
    event.utm_source = origin.source;
    event.utm_medium = origin.medium;
    event.utm_campaign = origin.campaign;
    event.click_id = origin.click_id;
    event.referrer = origin.referrer;
    event.page = origin.page;
    if (currency.n) {
        event.currency = currency;
        event.value = json_minor(json_get(v, "total_price"), currency_decimals(currency));
    }
    return live_put(m->run, RECORD_EVENT, &event, err);
}

/* ---- products ----------------------------------------------------------------------------- */

/* The first picture; the REST and the GraphQL form of a payload name it otherwise. */
static struct str picture_of(struct json_value product)
{
    struct json_value picture = json_get(json_get(product, "image"), "src");
    struct json_iter it = json_iter(json_get(product, "images"));

    if (json_type_of(picture) != JSON_STRING && json_iter_next(&it))
        picture = json_get(it.value, "src");
    return product_address(json_text(picture, STR_NONE));
}

/* One record a variant, under the product's handle, as the export of products has them. */
static enum err_code put_product(struct hook_message *m, struct err *err)
{
    struct product_record product = RECORD_INIT(product, PRODUCT_COLUMNS);
    struct json_value v = m->payload;
    bool any = false;

    product.line = m->message->seq;
    product.product_id = m->id;
    product.product_key = hook_text(m, json_get(v, "handle"));
    product.url = product_shopify_page(m->run->arena, product.product_key);
    product.image = picture_of(v);
    if (!product.product_key.n)
        product.product_key = m->id;
    product.title = hook_text(m, json_get(v, "title"));
    product.vendor = hook_text(m, json_get(v, "vendor"));
    product.category = hook_text(m, json_get(v, "product_type"));
    product.status = hook_text(m, json_get(v, "status"));
    product.currency = hook_currency(m, STR_NONE);
    product.created_at = hook_time(json_get(v, "created_at"));
    product.updated_at = hook_version(m, v, "updated_at");
    for (struct json_iter it = json_iter(json_get(v, "variants")); json_iter_next(&it);) {
        product.sku = hook_text(m, json_get(it.value, "sku"));
        product.price = json_micros(json_get(it.value, "price"));
        TRY(live_put(m->run, RECORD_PRODUCT, &product, err));
        any = true;
    }
    return any ? ERR_OK : live_put(m->run, RECORD_PRODUCT, &product, err);
}

/* ---- topics ------------------------------------------------------------------------------- */

static const struct hook_topic topics[] = {
    {.name = "orders/create", .put = shopify_put_order},
    {.name = "orders/updated", .put = shopify_put_order},
    {.name = "orders/paid", .put = shopify_put_order},
    {.name = "orders/partially_fulfilled", .put = shopify_put_order},
    {.name = "orders/fulfilled", .put = shopify_put_order},
    {.name = "orders/cancelled", .put = shopify_put_order},
    {.name = "orders/delete", .put = hook_put_order_gone},
    {.name = "refunds/create", .put = shopify_put_refund},
    {.name = "checkouts/create", .put = put_checkout, .has_no_id = true},
    {.name = "checkouts/update", .put = put_checkout, .has_no_id = true},
    {.name = "checkouts/delete"},
    {.name = "carts/create"}, /* whose it is nobody knows before the checkout */
    {.name = "carts/update"},
    {.name = "customers/create", .put = put_customer},
    {.name = "customers/update", .put = put_customer},
    {.name = "customers/enable", .put = put_customer},
    {.name = "customers/disable", .put = put_customer},
    {.name = "customers/delete", .put = hook_put_forgotten},
    {.name = "customers_marketing_consent/update", .put = put_consent_update, .has_no_id = true},
    {.name = "customers_email_marketing_consent/update",
     .put = put_consent_update,
     .has_no_id = true},
    {.name = "products/create", .put = put_product},
    {.name = "products/update", .put = put_product},
    {.name = "products/delete", .put = hook_put_product_gone},
    {.name = "collections/create"},
    {.name = "collections/update"},
    {.name = "collections/delete"},
    {.name = "app/uninstalled"},
    {.name = "customers/data_request", .duty = HOOK_DATA_REQUEST, .has_no_id = true},
    {.name = "customers/redact", .duty = HOOK_ERASE_PERSON, .has_no_id = true},
    {.name = "shop/redact", .duty = HOOK_ERASE_SHOP, .has_no_id = true},
};

static const char *const dropped[] = {
    "browser_ip",
    "client_details",
    "order_status_url",
    "token_url",
    "payment_details",
    "payment_url",
    "web_url",
    "reservation_token",
    "note",
    "abandoned_checkout_url",
    "checkout_token",
    "gateway_data",
    NULL,
};

static bool is_test(struct str topic, struct json_value payload)
{
    return str_starts(topic, "orders/") && json_boolean(json_get(payload, "test"), false);
}

const struct hook_system shopify_hooks = {
    .protocol = "shopify",
    .headers = {[HOOK_TOPIC] = "X-Shopify-Topic",
                [HOOK_SIGNATURE] = "X-Shopify-Hmac-SHA256",
                [HOOK_SHOP] = "X-Shopify-Shop-Domain",
                [HOOK_DELIVERY] = "X-Shopify-Webhook-Id",
                [HOOK_EVENT] = "X-Shopify-Event-Id"},
    .topics = topics,
    .topic_count = TM_COUNT(topics),
    .dropped = dropped,
    .is_test = is_test,
};

static enum err_code records(struct live_run *run, const struct live_message *message,
                             struct err *err)
{
    return hook_records(&shopify_hooks, run, message, err);
}

const struct live_protocol shopify_protocol = {
    .name = "shopify",
    .title = N_("Shopify webhooks"),
    .keys = "shopify",
    .records = records,
};
