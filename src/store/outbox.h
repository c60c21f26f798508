/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* outbox.h - every message that the shop means to send to a person, and what became of it.
 *
 * A file of its own (outbox.db of the workspace: SQLite, WAL, synchronous FULL). A message is there
 * once for each person, campaign, step and occurrence, whoever plans it and however often; and
 * once for each address, too, should an address belong to two people for a while.
 *
 *     planned --> claimed --> handed over --> accepted
 *        |  \        |            |---------> failed     (the channel said: never)
 *        |   <-------+            |---------> planned    (it said: not taken, later)
 *        v           v            '---------> uncertain  (it said nothing: taken or not)
 *     skipped     skipped
 *
 * A message is handed over to a channel only after that was committed here. So a process that dies
 * leaves claimed ones that were surely not sent, which are planned again, and handed-over ones
 * that may have been: these become uncertain. Marketing is never sent again from there;
 * a transactional message may be, under the same Message-ID.
 *
 * Each claim has a number of its own; who comes late with an older one changes nothing.
 *
 * A connection: one thread at a time; any number may be open, in any process that has the
 * workspace. Closed before the store.
 */
#ifndef TM_STORE_OUTBOX_H
#define TM_STORE_OUTBOX_H

#include "store/pseudonym.h"

enum outbox_state {
    OUTBOX_PLANNED,
    OUTBOX_CLAIMED,
    OUTBOX_HANDED_OVER,
    OUTBOX_ACCEPTED,
    OUTBOX_FAILED,
    OUTBOX_UNCERTAIN,
    OUTBOX_SKIPPED,
    OUTBOX_STATES
};
const char *outbox_state_name(enum outbox_state state); /* "handed over" */

/* Why a message was held, skipped or is planned again: words of the gate (outreach/gate.h). */
enum gate_reason {
#define REASON(name, word, text) GATE_##name,
#include "store/outbox_reasons.def"
#undef REASON
    GATE_REASONS
};
const char *gate_reason_word(enum gate_reason reason); /* "quiet"; "" for GATE_NONE */
/* For people, in their language. */
const char *gate_reason_text(enum gate_reason reason);

enum {
    OUTBOX_ADDRESS_MAX = 320,
    OUTBOX_DATA_MAX = 65536, /* what an event told that the message is about */
    OUTBOX_WORD_MAX = 64,
    OUTBOX_CHANNEL_MAX = 16,
    OUTBOX_ANSWER_MAX = 512
};

/* The channel of what is told to other systems, not to people: its address is a web address, `who`
 * an identifier of the person whom it is about. Planned as transactional. */
#define OUTBOX_SYSTEM "webhook"

struct outbox;
/* Makes the file when it is missing. `store` is used in the call only. */
TM_MUST_CHECK enum err_code outbox_open(struct store *store, struct outbox **out, struct err *err);
/* The same, but *out is NULL when nothing was ever planned. */
TM_MUST_CHECK enum err_code outbox_open_kept(struct store *store, struct outbox **out,
                                             struct err *err);
void outbox_close(struct outbox *o); /* NULL is fine */
void outbox_closep(struct outbox **o);

/* Everything below but outbox_counts() and outbox_settle() stands between these two: one
 * transaction, others wait. */
TM_MUST_CHECK enum err_code outbox_begin(struct outbox *o, struct err *err);
/* Commits to stable storage when rc is ERR_OK, else undoes all since begin; the first error. */
TM_MUST_CHECK enum err_code outbox_end(struct outbox *o, enum err_code rc, struct err *err);

/* ---- campaigns and the shop's word -------------------------------------------------------- */

enum campaign_state {
    CAMPAIGN_RUNNING,
    CAMPAIGN_PAUSED, /* by a person or a breaker */
    CAMPAIGN_ENDED,
    CAMPAIGN_STATES
};
/* A campaign that was never named is running. */
TM_MUST_CHECK enum err_code outbox_campaign_set(struct outbox *o, int64_t campaign,
                                                enum campaign_state state, const char *why,
                                                struct err *err);
TM_MUST_CHECK enum err_code outbox_campaign(struct outbox *o, int64_t campaign,
                                            enum campaign_state *out, struct err *err);
/* What waits of a campaign on a channel. */
struct outbox_queue {
    int64_t campaign;
    char channel[OUTBOX_CHANNEL_MAX];
};
/* Those that have planned messages whose time has come, of campaigns that are not paused, at most
 * `cap`: after the campaign `after` in turn, so that each gets its share. */
TM_MUST_CHECK enum err_code outbox_queues_due(struct outbox *o, int64_t now_us, int64_t after,
                                              struct outbox_queue *out, size_t cap, size_t *out_n,
                                              struct err *err);

struct outbox_switch {
    bool stopped; /* by hand: nothing is claimed or handed over */
    /* The folder is not the one in which sending was allowed: new, a copy, or brought back. */
    bool disarmed;
};
TM_MUST_CHECK enum err_code outbox_switch(struct outbox *o, struct outbox_switch *out,
                                          struct err *err);
TM_MUST_CHECK enum err_code outbox_stop(struct outbox *o, bool stopped, struct err *err);
/* Allows sending from this folder. */
TM_MUST_CHECK enum err_code outbox_arm(struct outbox *o, struct err *err);

/* ---- messages ----------------------------------------------------------------------------- */

struct outbox_message {
    int64_t id; /* given by the outbox */
    int64_t campaign, step, occurrence;
    uint64_t person;
    struct pseudonym who; /* of the address */
    char channel[OUTBOX_CHANNEL_MAX];
    char purpose[OUTBOX_WORD_MAX + 1]; /* "marketing" */
    bool transactional;
    char address[OUTBOX_ADDRESS_MAX + 1]; /* "" once the person was erased */
    char zone[OUTBOX_WORD_MAX + 1], country[3], language[OUTBOX_CHANNEL_MAX];
    /* Of what it says, known when it was put together; zeros: unlike all others. */
    struct pseudonym content;
    int variant;
    int64_t planned_us, next_us, not_after_us;
    enum outbox_state state;
    enum gate_reason reason;
    int64_t claim, lease_us;
    int tries;
    int64_t contact_us, settled_us; /* TIME_NONE: not yet */
    int64_t consent_entry;          /* of the ledger, which allowed it; 0 */
};
/* `data` is JSON of at most OUTBOX_DATA_MAX bytes. *out_new false: it is there already, under
 * whatever state, and nothing changed. */
TM_MUST_CHECK enum err_code outbox_plan(struct outbox *o, const struct outbox_message *message,
                                        struct str data, bool *out_new, struct err *err);
TM_MUST_CHECK enum err_code outbox_find(struct outbox *o, int64_t id, struct outbox_message *out,
                                        struct buf *out_data, bool *out_found, struct err *err);
/* Planned ones of a queue whose time has come, the oldest first. */
TM_MUST_CHECK enum err_code outbox_due(struct outbox *o, const struct outbox_queue *queue,
                                       int64_t now_us, struct outbox_message *out, size_t cap,
                                       size_t *out_n, struct err *err);

/* The newest message that went to an address on a channel, or may have. */
TM_MUST_CHECK enum err_code outbox_newest(struct outbox *o, const struct pseudonym *who,
                                          const char *channel, struct outbox_message *out,
                                          bool *out_found, struct err *err);

/* What a person got, or may have got, or is about to get. */
struct outbox_contact {
    char channel[OUTBOX_CHANNEL_MAX];
    int64_t at_us;
    struct pseudonym content;
    bool transactional;
};
/* Of this person or this address, since a time, without the message itself; the newest `cap`. Also
 * outside of a transaction. */
TM_MUST_CHECK enum err_code outbox_contacts(struct outbox *o, const struct outbox_message *of,
                                            int64_t since_us, struct outbox_contact *out,
                                            size_t cap, size_t *out_n, struct err *err);

struct outbox_change {
    int64_t id, claim; /* claim: of the one who has it; not looked at for planned ones */
    enum outbox_state from, to;
    enum gate_reason reason;
    int64_t now_us;
    int64_t next_us;  /* to planned: when to ask again */
    int64_t lease_us; /* to claimed: until when it is held */
    int64_t consent_entry;
    const struct pseudonym *content; /* NULL: as it was */
    struct str provider_id, answer;  /* of the channel; cut to OUTBOX_ANSWER_MAX */
};
/* *out_done false: it is not in that state any more, or in another's hands; nothing changed.
 * ERR_INTERNAL for a way that the picture above does not have. *out_claim: the number of the claim,
 * for a change to claimed; may be NULL. */
TM_MUST_CHECK enum err_code outbox_change(struct outbox *o, const struct outbox_change *change,
                                          bool *out_done, int64_t *out_claim, struct err *err);
/* What was planned for a person by that occurrence of a campaign and was not handed over yet is
 * skipped as GATE_LEFT; *out_n: how many. */
TM_MUST_CHECK enum err_code outbox_withdraw(struct outbox *o, int64_t campaign, int64_t occurrence,
                                            uint64_t person, int64_t now_us, int64_t *out_n,
                                            struct err *err);
/* Holds a claimed or handed-over message until lease_us. */
TM_MUST_CHECK enum err_code outbox_renew(struct outbox *o, int64_t id, int64_t claim,
                                         int64_t lease_us, bool *out_done, struct err *err);
/* Those whose holder is gone: leases that were over at now_us, or with `all` every one, which is
 * for the start of the only process that sends. */
struct outbox_recovered {
    int64_t planned, uncertain;
};
TM_MUST_CHECK enum err_code outbox_recover(struct outbox *o, int64_t now_us, bool all,
                                           struct outbox_recovered *out, struct err *err);

/* Removes address and data of the person with these identifiers, for good; what was not sent is
 * skipped as GATE_ERASED. What was sent is still counted. */
TM_MUST_CHECK enum err_code outbox_forget(struct outbox *o, const struct pseudonym *who, size_t n,
                                          int64_t now_us, int64_t *out_n, struct err *err);
/* Takes what was written into the file itself, so that nothing forgotten stays in its log. Outside
 * a transaction. */
TM_MUST_CHECK enum err_code outbox_settle(struct outbox *o, struct err *err);

struct outbox_count {
    enum outbox_state state;
    enum gate_reason reason;
    int64_t n;
};
enum { OUTBOX_COUNTS_MAX = 256 };
/* Of a campaign, or with 0 of all, by state and reason. Their sum is what was ever planned. */
TM_MUST_CHECK enum err_code outbox_counts(struct outbox *o, int64_t campaign,
                                          struct outbox_count *out, size_t cap, size_t *out_n,
                                          struct err *err);

#endif
