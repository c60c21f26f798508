/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gate.h - the one decision whether a planned message may be sent to a person now.
 *
 * Pure: what is known is given to it, and the same facts give the same decision. The outbox asks it
 * in the transaction that claims a message and, for what may change within seconds, once more in
 * the transaction that hands it over (claim.h), while nobody else can add a withdrawal.
 *
 * Marketing needs consent that stands for channel and purpose. A transactional message (order
 * confirmed, parcel sent, subscription to be confirmed) needs none, goes out at any hour and counts
 * towards no cap, but not to an address that is dead, erased or closed by hand.
 */
#ifndef TM_OUTREACH_GATE_H
#define TM_OUTREACH_GATE_H

#include "outreach/quiet.h"
#include "store/outbox.h"
#include "store/suppression.h"

enum gate_verdict {
    GATE_SEND,
    GATE_HOLD, /* not now: asked again at until_us */
    GATE_SKIP  /* never */
};

enum { GATE_CAPS_MAX = 8, GATE_HOURS_MAX = 8, GATE_CONTACTS_MAX = 256 };

/* At most `most` messages within any window_us, over one channel or ("") all. */
struct contact_cap {
    char channel[OUTBOX_CHANNEL_MAX];
    int most;
    int64_t window_us;
    bool waits; /* held until the window has room; else skipped */
};
struct channel_hours {
    char channel[OUTBOX_CHANNEL_MAX];
    struct sending_hours hours;
};
struct gate_rules {
    struct contact_cap caps[GATE_CAPS_MAX];
    size_t cap_count;
    struct channel_hours hours[GATE_HOURS_MAX]; /* a channel that is not named: at any time */
    size_t hours_count;
    int64_t duplicate_us; /* the same content not twice to a person within that; 0: it may */
};
/* One message in 16 hours and four a week over all channels (held, not lost); e-mail from 8 to 21,
 * text messages and push from 9 to 20; the same content once in 30 days. */
void gate_rules_default(struct gate_rules *out);

struct gate_facts {
    int64_t now_us;
    bool stopped, disarmed;
    enum campaign_state campaign;
    bool addressed; /* the address is one of the channel's */
    enum suppression_reason suppressed;
    enum consent_state consent; /* the newest word on channel and purpose; CONSENT_STATES: none */
    const struct outbox_contact *contacts; /* of the last gate_memory_us() */
    size_t contact_count;                  /* the newest, at most GATE_CONTACTS_MAX, in any order */
};
struct gate_decision {
    enum gate_verdict verdict;
    enum gate_reason reason;
    int64_t until_us; /* of GATE_HOLD */
};

/* How far back contacts count at all. */
int64_t gate_memory_us(const struct gate_rules *rules);
/* `quiet` keeps opened zones, nothing else. */
struct gate_decision gate_decide(const struct gate_rules *rules, struct quiet *quiet,
                                 const struct outbox_message *message,
                                 const struct gate_facts *facts);

#endif
