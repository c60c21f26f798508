/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What somebody did, by Segment's e-commerce specification (version 2, and the names of version 1).
 */
#include "intake/live/segment_parts.h"

#include "base/json_amount.h"
#include "shop/channel.h"
#include "shop/event.h"
#include "shop/landing.h"

struct str segment_currency(const struct segment_message *m, char out[4])
{
    struct str code = str_trim(json_text(json_get(m->properties, "currency"), STR_NONE));

    if (code.n != 3)
        code = str_of(m->run->currency);
    if (code.n != 3)
        return STR_NONE;
    for (size_t i = 0; i < 3; i++)
        out[i] = (char)toupper((unsigned char)code.p[i]);
    out[3] = '\0';
    return currency_decimals((struct str){out, 3}) < 0 ? STR_NONE : (struct str){out, 3};
}

int64_t segment_amount(const struct segment_message *m, const char *const *names, size_t n,
                       int decimals)
{
    int64_t amount = AMOUNT_NONE;

    for (size_t i = 0; i < n && amount == AMOUNT_NONE; i++)
        amount = json_minor(json_get(m->properties, names[i]), decimals);
    return amount;
}

/* ---- where the visit came from ------------------------------------------------------------ */

struct origin_texts {
    char source[LANDING_VALUE_MAX], medium[LANDING_VALUE_MAX], campaign[LANDING_VALUE_MAX];
};

/* What the library read out of the address, else the address itself. */
static struct str campaign_value(struct json_value told, struct str page, const char *parameter,
                                 char out[LANDING_VALUE_MAX])
{
    char raw[LANDING_VALUE_MAX];
    struct str value = json_text(told, STR_NONE);

    return landing_campaign_value(value.n ? value : landing_parameter(page, parameter, raw), out);
}

static struct str page_url(const struct segment_message *m)
{
    struct str url = json_text(json_get(m->properties, "url"), STR_NONE);

    if (m->call != SEGMENT_PAGE || !url.n)
        url = json_text(json_get(json_get(m->context, "page"), "url"), STR_NONE);
    return url;
}

static struct str referrer_of(const struct segment_message *m)
{
    const struct json_value choice[] = {
        m->call == SEGMENT_PAGE ? json_get(m->properties, "referrer")
                                : (struct json_value){NULL, 0},
        json_get(json_get(m->context, "page"), "referrer"),
        json_get(json_get(m->context, "referrer"), "url"),
    };
    struct str referrer = STR_NONE;

    for (size_t i = 0; i < TM_COUNT(choice) && !referrer.n; i++)
        referrer = json_text(choice[i], STR_NONE);
    return referrer;
}

static void set_origin(const struct segment_message *m, struct event_record *event,
                       struct origin_texts *texts)
{
    struct json_value campaign = json_get(m->context, "campaign");
    struct str page = page_url(m), referrer = referrer_of(m);
    struct touch touch = {.referrer = STR_NONE};

    if (json_type_of(campaign) != JSON_OBJECT) /* installs and pushes tell it there */
        campaign = json_get(m->properties, "campaign");
    touch.source = campaign_value(json_get(campaign, "source"), page, "utm_source", texts->source);
    touch.medium = campaign_value(json_get(campaign, "medium"), page, "utm_medium", texts->medium);
    touch.campaign =
        campaign_value(json_get(campaign, "name"), page, "utm_campaign", texts->campaign);
    touch.click_id = landing_click(page);
    if (referrer.n && !str_ieq(landing_host(referrer), landing_host(page)))
        touch.referrer = referrer;
    event->page = page;
    event->referrer = referrer;
    event->utm_source = touch.source;
    event->utm_medium = touch.medium;
    event->utm_campaign = touch.campaign;
    event->click_id = touch.click_id;
    if (touch.source.n || touch.medium.n || touch.campaign.n || touch.click_id.n ||
        touch.referrer.n)
        event->channel = str_of(channel_of(&touch));
}

/* ---- with what ---------------------------------------------------------------------------- */

static struct str device_of(const struct segment_message *m)
{
    struct str agent = json_text(segment_get(m->context, "userAgent", "user_agent"), STR_NONE);
    struct str type = json_text(json_get(json_get(m->context, "device"), "type"), STR_NONE);

    if (str_icontains(agent, "ipad") || str_icontains(agent, "tablet") ||
        (str_icontains(agent, "android") && !str_icontains(agent, "mobile")))
        return STR_LIT("tablet");
    if (str_icontains(agent, "mobi") || str_ieqz(type, "ios") || str_ieqz(type, "android") ||
        json_boolean(json_get(json_get(m->context, "userAgentData"), "mobile"), false))
        return STR_LIT("mobile");
    return str_icontains(agent, "mozilla/") ? STR_LIT("desktop") : STR_NONE;
}

static struct str platform_of(const struct segment_message *m)
{
    struct json_value device = json_get(m->context, "device");
    struct str type = json_text(json_get(device, "type"), STR_NONE);
    struct str os = json_text(json_get(json_get(m->context, "os"), "name"), STR_NONE);
    struct str channel = json_text(json_get(m->root, "channel"), STR_NONE);

    if (str_ieqz(type, "ios") || str_ieqz(os, "ios") || str_ieqz(os, "iphone os"))
        return STR_LIT("ios");
    if (str_ieqz(type, "android") || str_ieqz(os, "android"))
        return STR_LIT("android");
    if (json_get(m->context, "page").doc || str_ieqz(channel, "browser"))
        return STR_LIT("web");
    return STR_NONE;
}

/* ---- what --------------------------------------------------------------------------------- */

static bool is_named(struct str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eqz(name, names[i]))
            return true;
    return false;
}

#define IS_NAMED(name, ...)                                                                        \
    is_named((name), (const char *const[]){__VA_ARGS__},                                           \
             TM_COUNT(((const char *const[]){__VA_ARGS__})))

static void set_value(const struct segment_message *m, struct event_record *event, char code[4])
{
    static const char *const order[] = {"total", "revenue", "value"};
    static const char *const other[] = {"value", "revenue", "total", "price"};
    bool is_order = IS_NAMED(event->name, "order_complete", "order_refund");
    struct str currency = segment_currency(m, code);

    if (!currency.n)
        return;
    event->value = is_order
                       ? segment_amount(m, order, TM_COUNT(order), currency_decimals(currency))
                       : segment_amount(m, other, TM_COUNT(other), currency_decimals(currency));
    if (event->value != AMOUNT_NONE)
        event->currency = currency;
}

/* Version 1 called an order's id "orderId" or "id", and a product's "id". */
static struct str order_key_of(const struct segment_message *m, struct str name,
                               struct identifier *out)
{
    struct json_value v = segment_get(m->properties, "order_id", "orderId");
    struct segment_number number;

    if (json_type_of(v) <= JSON_NULL)
        v = json_get(m->properties, "id");
    out->n = 0;
    if (IS_NAMED(name, "order_complete", "order_refund", "order_cancelled", "cancelled_order"))
        identifier_id(segment_text(v, &number), out);
    return identifier_str(out);
}

static struct str product_key_of(const struct segment_message *m, struct str name,
                                 struct segment_number *number)
{
    struct str key = STR_NONE;

    if (!IS_NAMED(name, "product_view", "cart_add", "product_clicked", "product_removed",
                  "removed_product"))
        return STR_NONE;
    key = segment_text(segment_get(m->properties, "product_id", "productId"), number);
    if (!key.n)
        key = segment_text(segment_get(m->properties, "id", "sku"), number);
    return key;
}

enum err_code segment_put_event(struct segment_message *m, struct err *err)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);
    struct json_value session = segment_get(m->context, "sessionId", "session_id");
    struct segment_number product, session_number;
    struct origin_texts texts;
    struct identifier order;
    char name[EVENT_NAME_MAX], code[4];

    event.line = m->message->seq;
    event.event_key = m->message->id;
    event.name = m->call == SEGMENT_TRACK ? event_canonical(m->event, name) : STR_LIT("page_view");
    event.occurred_at = m->at_us;
    event.anonymous_id = m->anonymous_id;
    event.user_id = m->user_id;
    event.email = m->email;
    event.phone = m->phone;
    event.session_id = segment_text(session, &session_number);
    event.platform = platform_of(m);
    event.device = device_of(m);
    event.country = json_text(json_get(json_get(m->context, "location"), "country"), STR_NONE);
    set_origin(m, &event, &texts);
    event.order_key = order_key_of(m, event.name, &order);
    event.product_key = product_key_of(m, event.name, &product);
    set_value(m, &event, code);
    TRY(live_put(m->run, RECORD_EVENT, &event, err));
    return m->message->source->ledger && event.order_key.n
               ? segment_put_order(m, event.order_key, err)
               : ERR_OK;
}
