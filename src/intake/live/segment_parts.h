/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segment_parts.h - reading Segment's messages; inside src/intake/live only. */
#ifndef TM_INTAKE_LIVE_SEGMENT_PARTS_H
#define TM_INTAKE_LIVE_SEGMENT_PARTS_H

#include "intake/live/segment.h"
#include "shop/identifier.h"

/* Where a number becomes text. */
struct segment_number {
    char text[32];
};

/* SEGMENT_NO_CALL for a name of none. */
enum segment_call segment_call_of(struct str name);
/* A member under either of its spellings. */
struct json_value segment_get(struct json_value v, const char *camel, const char *snake);
/* Text, or a number as text; "" for anything else. */
struct str segment_text(struct json_value v, struct segment_number *number);

/* One message being turned into records. */
struct segment_message {
    struct live_run *run;
    const struct live_message *message;
    enum segment_call call;
    struct json_value root, context, properties, traits; /* traits: the person's */
    struct str event;                                    /* a track's name, as sent */
    int64_t at_us;
    /* Who; "" when not told. The profile is the log-in id, else the address, else the device. */
    struct str user_id, anonymous_id, email, phone, profile_key;
    struct identifier ids[4]; /* what they point into */
};

/* A track of e-mail, SMS or consent: messages and consents. *out_taken false: it is none. */
TM_MUST_CHECK enum err_code segment_put_message(struct segment_message *m, bool *out_taken,
                                                struct err *err);
/* Whether a message says what a person allows or forbids, or that mail comes back. */
bool segment_tells_consent(enum segment_call call, struct json_value root);
/* What the person's traits allow or forbid. */
TM_MUST_CHECK enum err_code segment_put_consents(struct segment_message *m, struct err *err);
/* A track, page or screen as what somebody did; for a ledger also its order. */
TM_MUST_CHECK enum err_code segment_put_event(struct segment_message *m, struct err *err);
/* Order, lines or refund of a track, where the source is the shop's ledger. `order_key` "": none.
 */
TM_MUST_CHECK enum err_code segment_put_order(struct segment_message *m, struct str order_key,
                                              struct err *err);
/* Who the person is, with all identifiers that came together. */
TM_MUST_CHECK enum err_code segment_put_person(struct segment_message *m, struct err *err);

/* The properties' currency, else the shop's, in upper case; "" when there is none. */
struct str segment_currency(const struct segment_message *m, char out[4]);
/* The first of the names that is an amount; AMOUNT_NONE without one. */
int64_t segment_amount(const struct segment_message *m, const char *const *names, size_t n,
                       int decimals);

#endif
