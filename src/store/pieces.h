/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pieces.h - how far the messages of campaigns were planned (outreach/campaign/plan.h): of each,
 * where its planning stands and what came of it.
 *
 * In outbox.db, so that a batch of people and how far it came are one transaction. What changes
 * anything stands between outbox_begin() and outbox_end(); what only reads stands outside, where it
 * keeps nobody waiting.
 */
#ifndef TM_STORE_PIECES_H
#define TM_STORE_PIECES_H

#include "store/responses.h"

enum piece_stage {
    PIECE_WAITS,    /* its time has not come */
    PIECE_PLANNED,  /* batch by batch: people's messages are put into the outbox */
    PIECE_TRIED,    /* all are planned; most wait for the variant that does best */
    PIECE_ASSIGNED, /* batch by batch: these get it */
    PIECE_DONE,
    PIECE_STAGES
};
const char *piece_stage_name(enum piece_stage stage); /* "planned" */

enum { PIECE_SLOTS_BYTES = 2600, PIECE_UNDECIDED = -1, PIECE_AS_DIVIDED = -2 };
/* When a message is due whose variant is not chosen yet: in the year 9999. */
#define PIECE_FAR_US INT64_C(253402300799000000)

struct piece {
    int64_t campaign, send; /* send: the outbox's step */
    enum piece_stage stage;
    int64_t begun_us;
    bool started; /* somebody was planned: `cursor` is the last of them */
    uint64_t
        cursor; /* by number, of the people or, below the first message, as the outbox has it */
    int64_t from_us, to_us; /* of those who were sent the first after and until then */
    int64_t people, planned, unreached, held_out, left_out;
    int winner; /* a variant; PIECE_UNDECIDED, PIECE_AS_DIVIDED */
    int64_t decided_us;
    char slots[PIECE_SLOTS_BYTES]; /* the caller's: times that are given away */
};

/* PIECE_WAITS, when nothing is known of it. */
TM_MUST_CHECK enum err_code piece_get(struct outbox *o, int64_t campaign, int64_t send,
                                      struct piece *out, struct err *err);
/* In a transaction, when it is still as it was (stage, cursor) when it was read; *out_done. */
TM_MUST_CHECK enum err_code piece_put(struct outbox *o, const struct piece *was,
                                      const struct piece *piece, bool *out_done, struct err *err);

/* In a transaction: the person was reached by the campaign, and by lot gets nothing of it. */
TM_MUST_CHECK enum err_code piece_hold_out(struct outbox *o, int64_t campaign, uint64_t person,
                                           const struct pseudonym *who, int64_t now_us,
                                           struct err *err);

/* Who was sent a message between two times, by number after `after` (as signed; INT64_MIN: all). */
struct piece_sent {
    uint64_t person;
    int64_t sent_us;
    int variant;
};
TM_MUST_CHECK enum err_code pieces_sent(struct outbox *o, int64_t campaign, int64_t send,
                                        int64_t after, int64_t from_us, int64_t to_us,
                                        struct piece_sent *out, size_t cap, size_t *out_n,
                                        struct err *err);
/* Whether any message of it is still to come, or came after that time. */
TM_MUST_CHECK enum err_code piece_goes_on(struct outbox *o, int64_t campaign, int64_t send,
                                          int64_t after_us, bool *out, struct err *err);
/* How many people clicked in each variant; machines are left out. */
TM_MUST_CHECK enum err_code piece_clicks(struct outbox *o, int64_t campaign, int64_t send,
                                         int64_t *out, size_t variants, struct err *err);
/* Messages whose variant is not chosen, at most `cap`. */
struct piece_waiting {
    int64_t id;
    uint64_t person;
};
TM_MUST_CHECK enum err_code pieces_waiting(struct outbox *o, int64_t campaign, int64_t send,
                                           struct piece_waiting *out, size_t cap, size_t *out_n,
                                           struct err *err);
/* In a transaction: one of them gets its variant and its time. */
TM_MUST_CHECK enum err_code piece_choose(struct outbox *o, int64_t id, int variant, struct str data,
                                         int64_t next_us, int64_t not_after_us, struct err *err);

/* What became of the messages of a campaign. */
struct piece_count {
    int64_t send;
    int variant;
    enum outbox_state state;
    enum gate_reason reason;
    int64_t n;
};
enum { PIECE_COUNTS_MAX = 4096 };
TM_MUST_CHECK enum err_code piece_counts(struct outbox *o, int64_t campaign,
                                         struct piece_count *out, size_t cap, size_t *out_n,
                                         struct err *err);
/* How many of a campaign's messages are not settled yet. */
TM_MUST_CHECK enum err_code pieces_pending(struct outbox *o, int64_t campaign, int64_t *out,
                                           struct err *err);

#endif
