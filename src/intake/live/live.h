/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live.h - the front of src/intake/live: what a protocol of live messages is.
 *
 * A message is one event, or one delivery of a shop's webhook. It has two lives:
 *
 *   accept    a request becomes journal records (store/journal.h): checked, split, its times set
 *             right, cut down to what may be kept. One function a protocol, in its own header;
 *             no I/O. What is not taken is a journal record too, refused with one of the reasons
 *             below.
 *   records() a message out of the journal becomes records of shop/record.h. Its outcome depends on
 *             the message, its source and the shop's settings alone, so that the engine can be made
 *             anew from the journal at any time.
 *
 * A message that was accepted and says nothing that Tidemark uses gives no record, which is no
 * error.
 */
#ifndef TM_INTAKE_LIVE_LIVE_H
#define TM_INTAKE_LIVE_LIVE_H

#include "base/arena.h"
#include "base/json_read.h"
#include "intake/sink.h"
#include "store/sources.h"

/* Why something is not taken. The name is what the journal keeps; the text is for people. */
#define LIVE_REASONS(R)                                                                            \
    R(LIVE_NOT_AN_OBJECT, "not_an_object", N_("It is no JSON object."))                            \
    R(LIVE_NO_TYPE, "no_type", N_("Its type is missing or not known."))                            \
    R(LIVE_NO_PERSON, "no_person", N_("It has neither userId nor anonymousId."))                   \
    R(LIVE_NO_EVENT, "no_event", N_("The event has no name."))                                     \
    R(LIVE_NO_GROUP, "no_group", N_("It has no groupId."))                                         \
    R(LIVE_NO_PREVIOUS, "no_previous", N_("It has no previousId or no userId."))                   \
    R(LIVE_TOO_LARGE, "too_large", N_("It is larger than 32 KB."))                                 \
    R(LIVE_TOO_MANY, "too_many", N_("The batch has more than 2,500 events."))                      \
    R(LIVE_BAD_TIME, "bad_time", N_("Its time cannot be read."))                                   \
    R(LIVE_NO_TOPIC, "no_topic", N_("Webhooks of this topic are not read."))                       \
    R(LIVE_NO_ID, "no_id", N_("It does not say what it is about: its id is missing."))             \
    R(LIVE_NO_TOTAL, "no_total", N_("The order has no total, time or currency that can be read.")) \
    R(LIVE_TEST_ORDER, "test_order", N_("It is a test order."))                                    \
    R(LIVE_OTHER_SHOP, "other_shop",                                                               \
      N_("It is of another shop than the one that this source is tied to."))                       \
    R(LIVE_FAULT, "fault", N_("Its records could not be made."))                                   \
    R(LIVE_DAMAGED, "damaged", N_("The disk has changed it."))

enum live_reason {
#define LIVE_REASON(id, name, text) id,
    LIVE_REASONS(LIVE_REASON)
#undef LIVE_REASON
        LIVE_REASON_COUNT
};

const char *live_reason_name(enum live_reason reason);
/* For people, in the thread's language; the name itself when it is not known. */
const char *live_reason_text(const char *name);

/* One message as the journal has it. */
struct live_message {
    const struct source_entry *source;
    int64_t seq; /* its number in the journal, and the line of its records */
    int64_t received_us;
    struct str id; /* the sender's own */
    struct str body;
};

/* One reading of messages, by one thread. */
struct live_run {
    struct sink sink;
    struct json_parser *parser;     /* takes LIVE_BODY_MAX bytes */
    struct arena *arena;            /* the caller empties it before each message */
    const char *currency, *country; /* of the shop; "" when not set */
    const char *rejected;           /* out: the reason's name; NULL: not rejected */
};

enum { LIVE_BODY_MAX = (1 << 20) + (4 << 10) }; /* bytes of a message in the journal */

struct live_protocol {
    const char *name;  /* of a source's protocol: "segment" */
    const char *title; /* for people, marked for translation */
    /* Namespace of its keys where they are those of imported files ("shopify"); NULL: each source
     * has its own. */
    const char *keys;
    /* An error ends the reading; nothing of the message may count then. */
    enum err_code (*records)(struct live_run *run, const struct live_message *message,
                             struct err *err);
};

extern const struct live_protocol *const live_protocols[];        /* ended by NULL */
const struct live_protocol *live_protocol_find(const char *name); /* NULL: there is none */
/* The source of its rows in the raw tables: "shopify", "live:3". */
void live_source_name(const struct source_entry *source, char out[32]);

/* Puts the message's records into run->sink. ERR_NOT_FOUND for a protocol that is not known. */
TM_MUST_CHECK enum err_code live_records(struct live_run *run, const struct live_message *message,
                                         struct err *err);

/* ---- for protocols ------------------------------------------------------------------------ */

TM_MUST_CHECK enum err_code live_put(struct live_run *run, enum record_kind kind,
                                     const void *record, struct err *err);
void live_reject(struct live_run *run, enum live_reason reason);

#endif
