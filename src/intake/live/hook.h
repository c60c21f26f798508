/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hook.h - deliveries of shops' webhooks: Shopify's and WooCommerce's.
 *
 * Both sign the body as it came with a secret that the shop and Tidemark share: nothing of a
 * delivery is read before its signature is proven. What is kept is
 *
 *     {"topic": "orders/create", "shop": "example.myshopify.com", "payload": {...}}
 *
 * with the payload as it was written, without what must not be kept: addresses and programs of
 * browsers, links that let anybody see the order, what the payment says.
 *
 * Each delivery is one state of one thing. They come late, twice and in any order; each record
 * therefore carries when its source last changed the thing (updated_at of shop/record.h), and the
 * latest state counts.
 */
#ifndef TM_INTAKE_LIVE_HOOK_H
#define TM_INTAKE_LIVE_HOOK_H

#include "intake/live/live.h"
#include "store/duties.h"
#include "store/journal.h"

enum { HOOK_BODY_MAX = 1 << 20, HOOK_SECRETS_MAX = 4 };

/* What a delivery's headers say. Their names differ from system to system. */
enum hook_header {
    HOOK_TOPIC,
    HOOK_SIGNATURE, /* base64 of HMAC-SHA256 */
    HOOK_SHOP,
    HOOK_DELIVERY, /* id of the delivery, the same when it is sent again */
    HOOK_EVENT,    /* id of what happened, shared by deliveries of several topics */
    HOOK_HEADER_COUNT
};

/* What the law asks of who gets the delivery, whom the shop tells so; by the numbers of
 * store/duties.h. */
enum hook_duty {
    HOOK_NO_DUTY,
    HOOK_DATA_REQUEST = DUTY_TELL,
    HOOK_ERASE_PERSON = DUTY_ERASE_PERSON,
    HOOK_ERASE_SHOP = DUTY_ERASE_SHOP
};

struct hook_topic; /* hook_parts.h */

struct hook_system {
    const char *protocol;                   /* of a source: "shopify" */
    const char *headers[HOOK_HEADER_COUNT]; /* their names; NULL: it has none such */
    const struct hook_topic *topics;
    size_t topic_count;
    const char *const *dropped; /* members of a payload that are not kept; ended by NULL */
    bool (*is_test)(struct str topic, struct json_value payload); /* NULL: it has no test orders */
    bool (*is_ping)(struct str body); /* sent unsigned to see who is there; NULL: it has none */
    bool ids_repeat; /* deliveries within one second may share an id: the body tells them apart */
};

extern const struct hook_system shopify_hooks, woocommerce_hooks;
const struct hook_system *hook_system_find(const char *protocol); /* NULL: there is none */
enum hook_duty hook_duty_of(const struct hook_system *system, struct str topic);

struct hook_delivery {
    struct str body;                        /* as it came, to the byte */
    const char *headers[HOOK_HEADER_COUNT]; /* NULL: not sent */
    int64_t received_us;
    const char *domain; /* of the only shop that counts; "": any */
};

/* "https://Shop.example.com/x" to "shop.example.com". False for what is no domain. */
bool hook_domain(struct str text, char *out, size_t size);

enum hook_verdict {
    HOOK_TAKEN,   /* `record` is for the journal, be it refused */
    HOOK_PING,    /* nothing to keep: all is well */
    HOOK_UNSIGNED /* nothing of it may be believed */
};

struct hook_taken {
    enum hook_verdict verdict;
    enum hook_duty duty;
    struct journal_record record; /* points into the fields below */
    char id[JOURNAL_ID_MAX + 1];
    struct buf body;
};

/* `secrets` holds one a line, HOOK_SECRETS_MAX at most, so that one can follow another without a
 * gap. `parser` takes HOOK_BODY_MAX bytes. ERR_TOO_LARGE, ERR_MEMORY. */
TM_MUST_CHECK enum err_code hook_accept(const struct hook_system *system,
                                        const struct hook_delivery *delivery, struct str secrets,
                                        int64_t source, struct json_parser *parser,
                                        struct hook_taken *out, struct err *err);
void hook_taken_release(struct hook_taken *taken);

#endif
