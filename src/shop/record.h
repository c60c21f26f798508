/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* record.h - the words of the trade: what a shop's sources tell us, one struct a kind.
 *
 * Importers fill these and hand them to a sink (intake/sink.h), which writes them to the engine's
 * raw tables. The column lists below are the single description: the structs, the encoder and
 * the test that compares them with sql/schema/ are all made from them.
 *
 * Kinds of column, and the engine's type of each:
 *   STR    struct str, "" when the source has none             String
 *   TIME   int64_t UTC microseconds, TIME_NONE when unknown    DateTime64(6, 'UTC')
 *   DAY    int64_t days since 1970-01-01, 0 when unknown       Date32
 *   MONEY  int64_t minor units of the row's currency           Nullable(Int64)
 *   PRICE  int64_t micros (millionths of the major unit)       Nullable(Int64)
 *   INT    int64_t count                                       Nullable(Int64)
 *   REAL   double, NaN when unknown                            Nullable(Float64)
 *   FLAG   int64_t 1 yes, 0 no, -1 unknown                     Int8
 * For MONEY, PRICE and INT the value AMOUNT_NONE means "not reported". A struct starts from
 * RECORD_INIT(kind), where everything is unknown.
 *
 * E-mail addresses, phones and other identifiers are stored normalised (shop/identifier.h).
 * `line` is the line of the file on which the record began.
 */
#ifndef TM_SHOP_RECORD_H
#define TM_SHOP_RECORD_H

#include "base/money.h"
#include "base/timestamp.h"

/* A person as one source knows them: shop customer, mailing list member, profile. */
#define PERSON_COLUMNS(C)                                                                          \
    C(STR, profile_key) /* the source's own id of this person; e-mail where it has none */         \
    C(STR, email)                                                                                  \
    C(STR, phone)                                                                                  \
    C(STR, customer_id)  /* the shop's customer number */                                          \
    C(STR, user_id)      /* the log-in id that analytics sees */                                   \
    C(STR, anonymous_id) /* a device's or browser's id */                                          \
    C(STR, first_name)                                                                             \
    C(STR, last_name)                                                                              \
    C(STR, country) /* as in the source */                                                         \
    C(STR, region)                                                                                 \
    C(STR, city)                                                                                   \
    C(STR, postal_code)                                                                            \
    C(STR, language)                                                                               \
    C(STR, tags)                                                                                   \
    C(STR, signup_source) /* form, checkout, import, ... in the source's words */                  \
    C(TIME, created_at)                                                                            \
    C(TIME, active_at)     /* last seen */                                                         \
    C(INT, claimed_orders) /* totals that the source itself states */                              \
    C(MONEY, claimed_spent)                                                                        \
    C(STR, currency)                                                                               \
    C(TIME, updated_at) /* as ORDER's */                                                           \
    C(FLAG, is_deleted) /* the source has forgotten them */                                        \
    C(STR, previous_id) /* a log-in id, or another's word for it, that user_id took the place of   \
                         */                                                                        \
    C(STR, birthday)    /* month and day, "04-09" (shop/birthday.h) */

/* One order as the shop's ledger has it. `kind` is sale, or return for a credit note.
 * `updated_at` is when the source last changed it, where each record is one state of it (webhooks):
 * the latest state counts, in whatever order they came. Exports do not tell it: of these the
 * latest import counts. */
#define ORDER_COLUMNS(C)                                                                           \
    C(STR, order_key) /* unique within the source */                                               \
    C(STR, number)    /* as people see it: #1001 */                                                \
    C(STR, kind)                                                                                   \
    C(STR, status) /* paid pending refunded partially_refunded cancelled failed draft deleted */   \
    C(TIME, ordered_at)                                                                            \
    C(TIME, paid_at)                                                                               \
    C(TIME, cancelled_at)                                                                          \
    C(STR, currency)   /* ISO 4217, upper case */                                                  \
    C(MONEY, subtotal) /* after discounts, before shipping and tax */                              \
    C(MONEY, shipping)                                                                             \
    C(MONEY, tax)                                                                                  \
    C(MONEY, discount) /* positive */                                                              \
    C(MONEY, total)    /* what the customer owed; negative for a return */                         \
    C(MONEY, refunded) /* given back so far, positive; dated refunds are records of their own */   \
    C(STR, discount_code)                                                                          \
    C(STR, email)                                                                                  \
    C(STR, phone)                                                                                  \
    C(STR, customer_id)                                                                            \
    C(STR, user_id)                                                                                \
    C(STR, anonymous_id)                                                                           \
    C(STR, sales_channel) /* web, pos, ... */                                                      \
    C(STR, utm_source)                                                                             \
    C(STR, utm_medium)                                                                             \
    C(STR, utm_campaign)                                                                           \
    C(STR, attribution) /* Woo's source_type: utm organic referral typein admin */                 \
    C(STR, referrer)                                                                               \
    C(STR, channel) /* by shop/channel.h where the order itself tells its origin, else "" */       \
    C(STR, device)  /* desktop mobile tablet */                                                    \
    C(STR, country)                                                                                \
    C(FLAG, accepts_marketing)                                                                     \
    C(FLAG, is_test)                                                                               \
    C(TIME, updated_at)

/* A line of an order; belongs to the order of the same source, key and import. With `updated_at`,
 * which is its order's, also to that of the same `line`. */
#define LINE_COLUMNS(C)                                                                            \
    C(STR, order_key)                                                                              \
    C(STR, product_key)                                                                            \
    C(STR, sku)                                                                                    \
    C(STR, title)                                                                                  \
    C(STR, vendor)                                                                                 \
    C(STR, category)                                                                               \
    C(REAL, quantity)                                                                              \
    C(PRICE, unit_price)                                                                           \
    C(PRICE, discount)                                                                             \
    C(PRICE, total) /* quantity x unit_price - discount, before rounding */                        \
    C(STR, currency)                                                                               \
    C(TIME, updated_at)

/* Money given back on an order, with its day where the source tells it. */
#define REFUND_COLUMNS(C)                                                                          \
    C(STR, refund_key)                                                                             \
    C(STR, order_key)                                                                              \
    C(TIME, refunded_at)                                                                           \
    C(MONEY, amount) /* positive */                                                                \
    C(STR, currency)                                                                               \
    C(STR, reason)

/* Something a person did. `name` is one of shop/event.h's names, or the source's own. */
#define EVENT_COLUMNS(C)                                                                           \
    C(STR, event_key) /* the source's id; made from the content where it has none */               \
    C(STR, name)                                                                                   \
    C(TIME, occurred_at)                                                                           \
    C(STR, anonymous_id)                                                                           \
    C(STR, user_id)                                                                                \
    C(STR, customer_id)                                                                            \
    C(STR, email)                                                                                  \
    C(STR, phone)                                                                                  \
    C(STR, session_id) /* unique together with anonymous_id */                                     \
    C(STR, platform)   /* web, ios, android, pos */                                                \
    C(STR, device)     /* desktop mobile tablet */                                                 \
    C(STR, country)                                                                                \
    C(STR, utm_source)                                                                             \
    C(STR, utm_medium)                                                                             \
    C(STR, utm_campaign)                                                                           \
    C(STR, click_id) /* name of the click id seen: gclid, fbclid, ... */                           \
    C(STR, referrer)                                                                               \
    C(STR, page)                                                                                   \
    C(STR, channel) /* by shop/channel.h */                                                        \
    C(STR, order_key)                                                                              \
    C(STR, product_key)                                                                            \
    C(MONEY, value)                                                                                \
    C(STR, currency)

/* A row of an aggregated analytics report: counts of a day or period in one cell of dimensions.
 * Reports with different dimensions overlap and are never added together; `dimensions` names
 * those of the report ("day,channel"), so that a reader picks one. */
#define TRAFFIC_COLUMNS(C)                                                                         \
    C(STR, dimensions)                                                                             \
    C(DAY, day_from)                                                                               \
    C(DAY, day_to) /* inclusive */                                                                 \
    C(STR, channel)                                                                                \
    C(STR, utm_source)                                                                             \
    C(STR, utm_medium)                                                                             \
    C(STR, utm_campaign)                                                                           \
    C(STR, device)                                                                                 \
    C(STR, country)                                                                                \
    C(STR, page)                                                                                   \
    C(INT, sessions)                                                                               \
    C(INT, engaged_sessions)                                                                       \
    C(INT, users)                                                                                  \
    C(INT, new_users)                                                                              \
    C(INT, views)                                                                                  \
    C(INT, product_views)                                                                          \
    C(INT, carts)                                                                                  \
    C(INT, checkouts)                                                                              \
    C(INT, purchases)                                                                              \
    C(MONEY, revenue)                                                                              \
    C(STR, currency)

/* What happened to one message to one person: name is sent delivered opened clicked bounced
 * complained unsubscribed. Exactly one of campaign_key and flow_key is set where known. */
#define MESSAGE_COLUMNS(C)                                                                         \
    C(STR, message_key) /* one message to one person; its events share it */                       \
    C(STR, name)                                                                                   \
    C(TIME, occurred_at)                                                                           \
    C(STR, channel) /* email sms push whatsapp post ad */                                          \
    C(STR, campaign_key)                                                                           \
    C(STR, flow_key)                                                                               \
    C(STR, flow_kind) /* welcome cart browse post_purchase win_back replenishment vip other */     \
    C(STR, step_key)  /* which message of the campaign or flow, where it has several */            \
    C(STR, plan_key)  /* one plan over several channels */                                         \
    C(STR, audience)  /* the list or segment it went to */                                         \
    C(STR, profile_key)                                                                            \
    C(STR, email)                                                                                  \
    C(STR, phone)                                                                                  \
    C(STR, customer_id)                                                                            \
    C(FLAG, is_machine)  /* an open or click by software, not by the person */                     \
    C(FLAG, is_personal) /* its content depended on what the person had done */

/* Totals of one campaign, or of one flow message on one day, as a mailing tool reports them. */
#define MAILING_COLUMNS(C)                                                                         \
    C(STR, kind) /* campaign or flow */                                                            \
    C(STR, item_key)                                                                               \
    C(STR, name)                                                                                   \
    C(STR, step_key)                                                                               \
    C(STR, step_name)                                                                              \
    C(STR, flow_kind)                                                                              \
    C(STR, subject)                                                                                \
    C(STR, channel)                                                                                \
    C(STR, status)   /* live draft manual sent ... */                                              \
    C(STR, audience) /* lists and segments as the tool names them */                               \
    C(STR, tags)                                                                                   \
    C(TIME, sent_at) /* campaigns */                                                               \
    C(DAY, day)      /* flows; a campaign's local day */                                           \
    C(INT, recipients)                                                                             \
    C(INT, delivered)                                                                              \
    C(INT, opens)  /* unique */                                                                    \
    C(INT, clicks) /* unique */                                                                    \
    C(INT, orders)                                                                                 \
    C(MONEY, revenue)                                                                              \
    C(STR, currency)                                                                               \
    C(INT, bounces)                                                                                \
    C(INT, complaints)                                                                             \
    C(INT, unsubscribes)

/* Money spent on marketing in a day or period, with what the platform claims it brought. */
#define SPEND_COLUMNS(C)                                                                           \
    C(STR, platform) /* meta, google, tiktok, agency, print, ... */                                \
    C(STR, channel)  /* by shop/channel.h */                                                       \
    C(STR, campaign_key)                                                                           \
    C(STR, campaign)                                                                               \
    C(STR, audience) /* audience or segment targeted, where the report tells */                    \
    C(DAY, day_from)                                                                               \
    C(DAY, day_to) /* inclusive */                                                                 \
    C(STR, currency)                                                                               \
    C(MONEY, spent)                                                                                \
    C(MONEY, planned)                                                                              \
    C(INT, impressions)                                                                            \
    C(INT, clicks)                                                                                 \
    C(REAL, conversions) /* claimed by the platform; fractions are normal */                       \
    C(MONEY, conversion_value)                                                                     \
    C(INT, new_customers)                                                                          \
    C(STR, attribution) /* the platform's setting, in its words */

/* What a person allowed or forbade. state: granted withdrawn denied pending unreachable. */
#define CONSENT_COLUMNS(C)                                                                         \
    C(STR, profile_key)                                                                            \
    C(STR, email)                                                                                  \
    C(STR, phone)                                                                                  \
    C(STR, customer_id)                                                                            \
    C(STR, channel) /* email sms whatsapp push post ads */                                         \
    C(STR, state)                                                                                  \
    C(TIME, changed_at)                                                                            \
    C(STR, method)  /* how it was given: form, checkout, import, double opt-in */                  \
    C(STR, proof)   /* address or list that backs it, or where it was collected */                 \
    C(STR, wording) /* version of the text that was agreed to */                                   \
    C(STR, page)    /* the address where it was given */                                           \
    C(STR, ip)      /* cut short (base/ip_short.h) */                                              \
    C(STR, agent)   /* the program that it was given with, as it names itself */

#define PRODUCT_COLUMNS(C)                                                                         \
    C(STR, product_key)                                                                            \
    C(STR, sku)                                                                                    \
    C(STR, title)                                                                                  \
    C(STR, vendor)                                                                                 \
    C(STR, category)                                                                               \
    C(STR, status)                                                                                 \
    C(PRICE, price)                                                                                \
    C(STR, currency)                                                                               \
    C(TIME, created_at)                                                                            \
    C(STR, product_id)  /* the source's number, where the key is another */                        \
    C(TIME, updated_at) /* as ORDER's */                                                           \
    C(STR, url)         /* of its page; from the first slash on where it is on the shop's site */  \
    C(STR, image)       /* the address of its first picture */

/* The team's own log of how it works: goals, tests, owners, calendar, watch, ... (docs/formats.md).
 * kind: target review goal experiment owner specialist hours calendar process reply automation
 * audience_sync segment competitor threat trial journey post. */
#define ACTIVITY_COLUMNS(C)                                                                        \
    C(STR, activity_key)                                                                           \
    C(STR, kind)                                                                                   \
    C(STR, name)                                                                                   \
    C(STR, dimension) /* of the model: ACQ, EML, ... */                                            \
    C(STR, person)    /* the team's member */                                                      \
    C(STR, channel)                                                                                \
    C(TIME, started_at)                                                                            \
    C(TIME, due_at)                                                                                \
    C(TIME, closed_at)                                                                             \
    C(STR, status)                                                                                 \
    C(STR, outcome) /* the decision or result, in words */                                         \
    C(REAL, value)                                                                                 \
    C(INT, sample)                                                                                 \
    C(FLAG, has_control)                                                                           \
    C(STR, note)

/* Every kind of record: upper-case name, lower-case name, column list. The raw table of a kind is
 * raw_<lower-case name>. */
#define RECORD_KINDS(K)                                                                            \
    K(PERSON, person, PERSON_COLUMNS)                                                              \
    K(ORDER, order, ORDER_COLUMNS)                                                                 \
    K(LINE, line, LINE_COLUMNS)                                                                    \
    K(REFUND, refund, REFUND_COLUMNS)                                                              \
    K(EVENT, event, EVENT_COLUMNS)                                                                 \
    K(TRAFFIC, traffic, TRAFFIC_COLUMNS)                                                           \
    K(MESSAGE, message, MESSAGE_COLUMNS)                                                           \
    K(MAILING, mailing, MAILING_COLUMNS)                                                           \
    K(SPEND, spend, SPEND_COLUMNS)                                                                 \
    K(CONSENT, consent, CONSENT_COLUMNS)                                                           \
    K(PRODUCT, product, PRODUCT_COLUMNS)                                                           \
    K(ACTIVITY, activity, ACTIVITY_COLUMNS)

enum record_kind {
#define RECORD_ENUM(upper, lower, columns) RECORD_##upper,
    RECORD_KINDS(RECORD_ENUM)
#undef RECORD_ENUM
        RECORD_KIND_COUNT
};

enum column_type { COL_STR, COL_TIME, COL_DAY, COL_MONEY, COL_PRICE, COL_INT, COL_REAL, COL_FLAG };

#define RECORD_CTYPE_STR struct str
#define RECORD_CTYPE_TIME int64_t
#define RECORD_CTYPE_DAY int64_t
#define RECORD_CTYPE_MONEY int64_t
#define RECORD_CTYPE_PRICE int64_t
#define RECORD_CTYPE_INT int64_t
#define RECORD_CTYPE_REAL double
#define RECORD_CTYPE_FLAG int64_t
#define RECORD_FIELD(type, field) RECORD_CTYPE_##type field;
#define RECORD_STRUCT(upper, lower, columns)                                                       \
    struct lower##_record {                                                                        \
        int64_t line;                                                                              \
        columns(RECORD_FIELD)                                                                      \
    };
RECORD_KINDS(RECORD_STRUCT)
#undef RECORD_STRUCT

#define RECORD_NONE_STR STR_NONE
#define RECORD_NONE_TIME TIME_NONE
#define RECORD_NONE_DAY 0
#define RECORD_NONE_MONEY AMOUNT_NONE
#define RECORD_NONE_PRICE AMOUNT_NONE
#define RECORD_NONE_INT AMOUNT_NONE
#define RECORD_NONE_REAL ((double)NAN)
#define RECORD_NONE_FLAG -1
#define RECORD_INIT_FIELD(type, field) .field = RECORD_NONE_##type,
/* struct order_record order = RECORD_INIT(order, ORDER_COLUMNS); */
#define RECORD_INIT(lower, columns) ((struct lower##_record){.line = 0, columns(RECORD_INIT_FIELD)})

/* A record's layout, for code that walks columns. */
struct record_column {
    const char *name;
    enum column_type type;
    size_t offset; /* of the field in the struct */
};

struct record_layout {
    const char *name; /* "order" */
    size_t size;
    const struct record_column *columns;
    size_t column_count;
};

const struct record_layout *record_layout(enum record_kind kind);

#endif
