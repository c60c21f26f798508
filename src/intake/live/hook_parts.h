/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hook_parts.h - reading what webhooks said; inside src/intake/live only. */
#ifndef TM_INTAKE_LIVE_HOOK_PARTS_H
#define TM_INTAKE_LIVE_HOOK_PARTS_H

#include "intake/live/hook.h"

/* One delivery being turned into records. */
struct hook_message {
    struct live_run *run;
    const struct live_message *message;
    struct str shop; /* its domain or address; "" */
    struct json_value payload;
    struct str id; /* the payload's own */
};

struct hook_topic {
    const char *name;
    /* NULL: it says nothing that a record has a place for. */
    enum err_code (*put)(struct hook_message *m, struct err *err);
    enum hook_duty duty;
    bool has_no_id; /* the payload is not about one thing with an id of its own */
};

const struct hook_topic *hook_topic_find(const struct hook_system *system, struct str name);
/* For the `records` of a protocol. */
TM_MUST_CHECK enum err_code hook_records(const struct hook_system *system, struct live_run *run,
                                         const struct live_message *message, struct err *err);

/* Values of a payload; they live as long as the run's arena and parser. */
struct str hook_text(const struct hook_message *m, struct json_value v); /* trimmed; numbers too */
struct str hook_id(const struct hook_message *m, struct json_value v);   /* 0 is nobody: "" */
struct str hook_email(const struct hook_message *m, struct json_value v);
struct str hook_phone(const struct hook_message *m, struct json_value v);
int64_t hook_time(struct json_value v); /* TIME_NONE when it cannot be read; UTC without a zone */
/* In upper case; the shop's when `code` names none; "" when neither is known. */
struct str hook_currency(const struct hook_message *m, struct str code);
int64_t hook_count(struct json_value v); /* AMOUNT_NONE when it is no whole number */
/* a + b, where either may be unknown. */
int64_t hook_plus(int64_t a, int64_t b);
/* When the thing last changed, as its payload tells it under `key`; else when it was told. */
int64_t hook_version(const struct hook_message *m, struct json_value v, const char *key);

/* A line of an order: fills quantity, and total from quantity, unit price and discount. */
void hook_line_total(struct line_record *line, struct json_value quantity);
/* The source has forgotten this person. */
TM_MUST_CHECK enum err_code hook_put_forgotten(struct hook_message *m, struct err *err);
/* The order is no more. */
TM_MUST_CHECK enum err_code hook_put_order_gone(struct hook_message *m, struct err *err);
TM_MUST_CHECK enum err_code hook_put_product_gone(struct hook_message *m, struct err *err);

/* Topics of Shopify's orders, and a customer as an order or a delivery of its own tells it. */
TM_MUST_CHECK enum err_code shopify_put_order(struct hook_message *m, struct err *err);
TM_MUST_CHECK enum err_code shopify_put_refund(struct hook_message *m, struct err *err);
TM_MUST_CHECK enum err_code shopify_put_person(struct hook_message *m, struct json_value customer,
                                               struct err *err);
/* Where a buyer came from, out of the addresses that an order or checkout names. */
struct shopify_origin {
    struct str source, medium, campaign, click_id, referrer, page;
};
void shopify_origin(const struct hook_message *m, struct json_value v, struct shopify_origin *out);

#endif
