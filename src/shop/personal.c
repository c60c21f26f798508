/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/personal.h"

#include <pthread.h>

enum { COLUMNS_MAX = 64 };

struct row {
    const char *column;
    enum personal what;
};

#define NOT(column)                                                                                \
    {                                                                                              \
#column, PERSONAL_NOT                                                                      \
    }
#define ID(column, kind)                                                                           \
    {                                                                                              \
#column, PERSONAL_##kind                                                                   \
    }
#define DETAIL(column)                                                                             \
    {                                                                                              \
#column, PERSONAL_DETAIL                                                                   \
    }
#define TEXT(column)                                                                               \
    {                                                                                              \
#column, PERSONAL_TEXT                                                                     \
    }

static const struct row person_rows[] = {
    ID(profile_key, PROFILE),
    ID(email, EMAIL),
    ID(phone, PHONE),
    ID(customer_id, CUSTOMER),
    ID(user_id, LOGIN),
    ID(anonymous_id, DEVICE),
    DETAIL(first_name),
    DETAIL(last_name),
    DETAIL(country),
    DETAIL(region),
    DETAIL(city),
    DETAIL(postal_code),
    DETAIL(language),
    DETAIL(tags),
    DETAIL(signup_source),
    NOT(currency),
    ID(previous_id, LOGIN),
    DETAIL(birthday),
};
static const struct row order_rows[] = {
    ID(order_key, ORDER),
    NOT(number),
    NOT(kind),
    NOT(status),
    NOT(currency),
    DETAIL(discount_code),
    ID(email, EMAIL),
    ID(phone, PHONE),
    ID(customer_id, CUSTOMER),
    ID(user_id, LOGIN),
    ID(anonymous_id, DEVICE),
    NOT(sales_channel),
    TEXT(utm_source),
    TEXT(utm_medium),
    TEXT(utm_campaign),
    NOT(attribution),
    DETAIL(referrer),
    NOT(channel),
    DETAIL(device),
    NOT(country),
    DETAIL(accepts_marketing),
};
static const struct row line_rows[] = {
    ID(order_key, ORDER), NOT(product_key), NOT(sku),      TEXT(title),
    NOT(vendor),          NOT(category),    NOT(currency),
};
static const struct row refund_rows[] = {
    NOT(refund_key),
    ID(order_key, ORDER),
    NOT(currency),
    DETAIL(reason),
};
static const struct row event_rows[] = {
    NOT(event_key),
    TEXT(name),
    ID(anonymous_id, DEVICE),
    ID(user_id, LOGIN),
    ID(customer_id, CUSTOMER),
    ID(email, EMAIL),
    ID(phone, PHONE),
    DETAIL(session_id),
    NOT(platform),
    NOT(device),
    NOT(country),
    TEXT(utm_source),
    TEXT(utm_medium),
    TEXT(utm_campaign),
    NOT(click_id),
    TEXT(referrer),
    TEXT(page),
    NOT(channel),
    NOT(order_key),
    NOT(product_key),
    NOT(currency),
};
static const struct row traffic_rows[] = {
    NOT(dimensions), NOT(channel), TEXT(utm_source), TEXT(utm_medium), TEXT(utm_campaign),
    NOT(device),     NOT(country), TEXT(page),       NOT(currency),
};
static const struct row message_rows[] = {
    NOT(message_key),
    NOT(name),
    NOT(channel),
    NOT(campaign_key),
    NOT(flow_key),
    NOT(flow_kind),
    NOT(step_key),
    NOT(plan_key),
    TEXT(audience),
    ID(profile_key, PROFILE),
    ID(email, EMAIL),
    ID(phone, PHONE),
    ID(customer_id, CUSTOMER),
};
static const struct row mailing_rows[] = {
    NOT(kind),     NOT(item_key), TEXT(name),  NOT(step_key),  TEXT(step_name), NOT(flow_kind),
    TEXT(subject), NOT(channel),  NOT(status), TEXT(audience), TEXT(tags),      NOT(currency),
};
static const struct row spend_rows[] = {
    NOT(platform),  NOT(channel),  NOT(campaign_key), TEXT(campaign),
    TEXT(audience), NOT(currency), NOT(attribution),
};
static const struct row consent_rows[] = {
    ID(profile_key, PROFILE),
    ID(email, EMAIL),
    ID(phone, PHONE),
    ID(customer_id, CUSTOMER),
    NOT(channel),
    NOT(state),
    DETAIL(method),
    DETAIL(proof),
    NOT(wording),
    DETAIL(page),
    DETAIL(ip),
    DETAIL(agent),
};
static const struct row product_rows[] = {
    NOT(product_key), NOT(sku),      TEXT(title),     NOT(vendor), NOT(category),
    NOT(status),      NOT(currency), NOT(product_id), NOT(url),    NOT(image),
};
/* `person` is a member of the team, who is no customer by that. */
static const struct row activity_rows[] = {
    NOT(activity_key), NOT(kind),   TEXT(name),    NOT(dimension), NOT(person),
    NOT(channel),      NOT(status), TEXT(outcome), TEXT(note),
};

static const struct {
    const struct row *rows;
    size_t n;
    bool goes;
} kinds[RECORD_KIND_COUNT] = {
#define KIND(name, rows, goes) [RECORD_##name] = {rows, TM_COUNT(rows), goes}
    KIND(PERSON, person_rows, true),    KIND(ORDER, order_rows, false),
    KIND(LINE, line_rows, false),       KIND(REFUND, refund_rows, false),
    KIND(EVENT, event_rows, true),      KIND(TRAFFIC, traffic_rows, false),
    KIND(MESSAGE, message_rows, true),  KIND(MAILING, mailing_rows, false),
    KIND(SPEND, spend_rows, false),     KIND(CONSENT, consent_rows, true),
    KIND(PRODUCT, product_rows, false), KIND(ACTIVITY, activity_rows, false),
#undef KIND
};

/* By column of the layout: asked for every record that comes in. */
static unsigned char by_column[RECORD_KIND_COUNT][COLUMNS_MAX];
static bool any[RECORD_KIND_COUNT];

static void lay_out(void)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct record_layout *layout = record_layout((enum record_kind)kind);

        assert(layout->column_count <= COLUMNS_MAX);
        for (size_t i = 0; i < layout->column_count; i++) {
            by_column[kind][i] =
                layout->columns[i].type == COL_STR ? PERSONAL_UNSAID : PERSONAL_NOT;
            for (size_t k = 0; k < kinds[kind].n; k++)
                if (strcmp(kinds[kind].rows[k].column, layout->columns[i].name) == 0)
                    by_column[kind][i] = (unsigned char)kinds[kind].rows[k].what;
            any[kind] |= by_column[kind][i] != PERSONAL_NOT;
        }
    }
}

static void know(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, lay_out);
}

const char *personal_name(enum personal what)
{
    static const char *const names[] = {
        [PERSONAL_EMAIL] = "email",       [PERSONAL_PHONE] = "phone",
        [PERSONAL_CUSTOMER] = "customer", [PERSONAL_PROFILE] = "profile",
        [PERSONAL_LOGIN] = "login",       [PERSONAL_DEVICE] = "device",
        [PERSONAL_ORDER] = "order",
    };

    return what <= PERSONAL_ORDER ? names[what] : NULL;
}

enum personal personal_named(struct str name)
{
    for (enum personal what = PERSONAL_EMAIL; what <= PERSONAL_ORDER; what++)
        if (str_eqz(name, personal_name(what)))
            return what;
    return PERSONAL_NOT;
}

enum personal personal_of(enum record_kind kind, size_t column)
{
    know();
    return (enum personal)by_column[kind][column];
}

bool personal_goes(enum record_kind kind)
{
    return kinds[kind].goes;
}

bool personal_any(enum record_kind kind)
{
    know();
    return any[kind];
}

static int64_t later(int64_t a, int64_t b)
{
    return a == TIME_NONE || (b != TIME_NONE && b > a) ? b : a;
}

int64_t personal_time(enum record_kind kind, const void *record)
{
    const struct person_record *person = record;

    switch (kind) {
    case RECORD_PERSON:
        return later(later(person->created_at, person->active_at), person->updated_at);
    case RECORD_ORDER:
        return ((const struct order_record *)record)->ordered_at;
    case RECORD_REFUND:
        return ((const struct refund_record *)record)->refunded_at;
    case RECORD_EVENT:
        return ((const struct event_record *)record)->occurred_at;
    case RECORD_MESSAGE:
        return ((const struct message_record *)record)->occurred_at;
    case RECORD_CONSENT:
        return ((const struct consent_record *)record)->changed_at;
    default:
        return TIME_NONE;
    }
}

struct str record_text(enum record_kind kind, const void *record, size_t column)
{
    const struct record_column *c = &record_layout(kind)->columns[column];
    struct str text = STR_NONE;

    if (c->type == COL_STR)
        memcpy(&text, (const char *)record + c->offset, sizeof(text));
    return text;
}

void record_empty(enum record_kind kind, void *record, size_t column)
{
    const struct record_column *c = &record_layout(kind)->columns[column];
    char *field = (char *)record + c->offset;
    const struct str text = STR_NONE;
    const int64_t none = c->type == COL_TIME   ? TIME_NONE
                         : c->type == COL_DAY  ? 0
                         : c->type == COL_FLAG ? -1
                                               : AMOUNT_NONE;
    const double unknown = NAN;

    if (c->type == COL_STR)
        memcpy(field, &text, sizeof(text));
    else if (c->type == COL_REAL)
        memcpy(field, &unknown, sizeof(unknown));
    else
        memcpy(field, &none, sizeof(none));
}
