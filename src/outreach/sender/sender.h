/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sender.h - the front of src/outreach/sender: the loop that takes planned messages out of the
 * outbox and hands them to channels (channel.h), each at most once.
 *
 *     claimed -> put together (words.h) -> handed over -> put -> polled -> settled
 *
 * All words are ready before a message is handed over: one that cannot be put together is skipped
 * with its reason, and holds up nobody. As few as a channel takes are handed over, because those
 * are what is uncertain when the process dies; nothing is while the shop has stopped sending.
 *
 * What the answers mean is done here: an address that is dead is suppressed, others that come back
 * are counted (store/suppression.h), and a campaign of which too much comes back is paused
 * (store/responses.h).
 *
 * One thread at a time for each struct; any number may work side by side. SIGPIPE must be ignored.
 */
#ifndef TM_OUTREACH_SENDER_SENDER_H
#define TM_OUTREACH_SENDER_SENDER_H

#include "engine/engine.h"
#include "outreach/sender/channel.h"
#include "store/responses.h"
#include "store/settings.h"

enum { SENDER_CHANNELS = 8, SENDER_BASE_MAX = 512 };

/* How messages are put together; NULL as `compose`: by words.h. */
struct sender_words {
    enum err_code (*compose)(void *ctx, const struct outbox_message *message, struct str data,
                             const char *unsubscribe_url, int64_t now_us, struct composed *out,
                             struct err *err);
    void *ctx;
};

/* Where what is known of people comes from; NULL as `lend`: from the messages' data alone. An
 * engine that cannot be had does not hold messages up. */
struct sender_engine {
    enum err_code (*lend)(void *ctx, struct engine **out, struct err *err);
    void (*give)(void *ctx);
    void *ctx;
};

struct sender_settings {
    struct store *store; /* borrowed: no one else's thread uses it meanwhile */
    const struct settings *settings;
    const char *base; /* of links: "https://shop.example", the server's own address */
    struct sender_words words;
    struct sender_engine engine;
    bool alone; /* nobody else sends from this workspace: what is left over is recovered at once */
    int64_t lease_us; /* 0: as usual */
};

struct sender;
/* Channels are added by sender_add(). */
TM_MUST_CHECK enum err_code sender_open(const struct sender_settings *settings, struct sender **out,
                                        struct err *err);
/* Those that the settings name. */
TM_MUST_CHECK enum err_code sender_connect(struct sender *sender, int64_t now_us, struct err *err);
void sender_add(struct sender *sender, const struct channel *channel); /* taken */

struct sender_counts {
    struct claim_counts claims;
    int64_t accepted, failed, later, uncertain, unfit, given_back, late, broken;
    int64_t recovered_planned, recovered_uncertain;
};
/* One turn: claims and hands over what there is room for, and works for at most wait_ms. *out_busy:
 * there is more to do at once. After an error what was under way is settled by later turns. */
TM_MUST_CHECK enum err_code sender_turn(struct sender *sender, int wait_ms, bool *out_busy,
                                        struct err *err);
/* Ends in order: what has not left is given back, what may have is settled. */
TM_MUST_CHECK enum err_code sender_end(struct sender *sender, struct err *err);
void sender_close(struct sender *sender); /* NULL is fine */
const struct sender_counts *sender_counts(const struct sender *sender);

/* The contact rules of the settings, the gate's own where they say nothing. */
void sender_rules(const struct sending *sending, struct gate_rules *out);

#endif
