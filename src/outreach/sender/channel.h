/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* channel.h - what the sender asks of a way to reach people: e-mail (email.h); others come beside
 * it.
 *
 * A channel never blocks but in poll, and never sends anything twice that may have arrived.
 * Everything here but write() is of one thread, the sender's.
 */
#ifndef TM_OUTREACH_SENDER_CHANNEL_H
#define TM_OUTREACH_SENDER_CHANNEL_H

#include "outreach/claim.h"
#include "outreach/message/message.h"

/* What became of a message that was put. */
struct channel_answer {
    int64_t id; /* of the outbox */
    enum claim_outcome outcome;
    int64_t next_us;          /* of CLAIM_LATER */
    bool dead;                /* nobody will ever be at this address */
    bool stopped;             /* its owner told the service to hear no more: a withdrawal */
    bool returned;            /* refused for another reason that is about this recipient */
    char provider_id[64 + 1]; /* the service's own number of it; "" */
    char text[OUTBOX_ANSWER_MAX + 1];
};

struct channel_calls {
    /* The message as it goes out; an error is about this message and stays the same. Any thread,
     * many at once: it changes nothing of `self`. */
    enum err_code (*write)(void *self, const struct outbox_message *message,
                           const struct composed *words, const char *unsubscribe_url,
                           struct buf *out, struct err *err);
    /* Instead of it, for who is told what the message is about (JSON) and reads no words; NULL:
     * write. */
    enum err_code (*tell)(void *self, const struct outbox_message *message, struct str data,
                          struct buf *out, struct err *err);
    /* How many it would take now, of how many at most: no more than it has connections, because
     * what waits for one is uncertain when the process dies. */
    size_t (*free)(void *self, int64_t now_us, size_t *out_most);
    /* Whether it takes a message to this address soon, else when to ask again. */
    bool (*room)(void *self, const char *address, int64_t now_us, int64_t *out_us);
    /* Asked after free() of each that is to be put: whether it can begin now, beside those to which
     * this was said since. NULL: all can. */
    bool (*begins)(void *self, const char *address, int64_t now_us);
    /* Takes what was handed over. ERR_BUSY: not now; any other error: never. */
    enum err_code (*put)(void *self, const struct outbox_message *message, struct buf *text,
                         struct err *err);
    size_t (*pending)(const void *self);
    /* Works until there is an answer or timeout_ms are over. */
    size_t (*poll)(void *self, int timeout_ms, struct channel_answer *out, size_t cap);
    /* Everything that is here is answered by the next polls. */
    void (*give_up)(void *self);
    void (*close)(void *self);
};

struct channel {
    const char *name; /* "email", as messages are planned for it */
    void *self;       /* owned: close */
    const struct channel_calls *calls;
    /* The sender's: how many more of this turn; claimed and not handed over; how many of these it
     * wants, and since when. */
    size_t left, ahead, want;
    int64_t wanted_us;
};

#endif
