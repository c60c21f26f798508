/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* claim.h - the only way from the outbox to a channel.
 *
 *     claim_messages()   planned ones whose time has come, each asked of the gate
 *     claim_exchange()   what channels answered, and those that are ready to be sent now, asked
 *                        once more: one commit for both, before anything leaves
 *
 * While they decide and commit, the ledger of consent is held: a withdrawal is either
 * before the decision, and known to it, or after the commit. So nothing is handed over after a
 * withdrawal was committed; what was handed over before is on its way.
 *
 * One thread at a time for each struct; any number may work side by side, each with connections of
 * its own.
 */
#ifndef TM_OUTREACH_CLAIM_H
#define TM_OUTREACH_CLAIM_H

#include "outreach/gate.h"

enum { CLAIM_MOST = 100 };

struct claim_room {
    /* How many more of this channel are wanted; what is beyond stays as it is. NULL: all. */
    size_t (*places)(void *ctx, const char *channel);
    /* Whether the message's channel takes it soon, else when to ask again. NULL: it does. */
    bool (*ask)(void *ctx, const struct outbox_message *message, int64_t now_us, int64_t *out_us);
    void *ctx;
};
struct claims {
    struct outbox *outbox; /* borrowed, as the others */
    struct consents *consents;
    struct quiet *quiet;
    const struct gate_rules *rules;
    const char *country;    /* where local phone numbers are from; "" when unknown */
    int64_t lease_us;       /* how long a claim holds */
    int64_t turn;           /* the campaign served last; 0 at first */
    struct claim_room room; /* a message without room is held and not claimed */
};

/* How messages were judged; added to. */
struct claim_counts {
    int64_t claimed, handed_over, held, skipped;
    int64_t lost; /* in another's hands by now */
};

/* At most `cap` and CLAIM_MOST messages into out[], with their claims; the campaigns in turn. */
TM_MUST_CHECK enum err_code claim_messages(struct claims *claims, int64_t now_us,
                                           struct outbox_message *out, size_t cap, size_t *out_n,
                                           struct claim_counts *counts, struct err *err);
/* What the gate would say at at_us of a message that is not planned, by what is known now: of whom
 * it is to, not whether the shop sends at all. Nothing is held and nothing changes; `outbox` and
 * `consents` may be NULL where nothing was ever planned or told. */
TM_MUST_CHECK enum err_code claim_forecast(struct claims *claims,
                                           const struct outbox_message *message, int64_t at_us,
                                           struct gate_decision *out, struct err *err);
enum claim_outcome {
    CLAIM_ACCEPTED,
    CLAIM_FAILED,    /* the channel will never take it */
    CLAIM_LATER,     /* it surely did not take it, and may later */
    CLAIM_UNCERTAIN, /* no answer: it may have it */
    CLAIM_GIVEN_BACK /* claimed and not handed over, its channel is busy: to be claimed again */
};
const char *claim_outcome_word(enum claim_outcome outcome); /* for files and programs */
struct claim_answer {
    int64_t id, claim;
    enum claim_outcome outcome;
    int64_t next_us; /* of CLAIM_LATER and CLAIM_GIVEN_BACK */
    struct str provider_id, text;
};
/* A claimed message that could not be put together. */
TM_MUST_CHECK enum err_code claim_unfit(struct claims *claims, int64_t now_us,
                                        const struct outbox_message *message, struct str why,
                                        struct err *err);
struct claim_exchange {
    const struct claim_answer *answers;
    size_t answer_n;
    const struct outbox_message *messages; /* claimed, to be handed over */
    size_t message_n;
    bool *out_go;     /* messages[i] is handed over and must be sent now */
    int64_t out_late; /* answers that came when the message was another's */
    /* Notes more in the same transaction; may be NULL. */
    enum err_code (*note)(void *ctx, int64_t now_us, struct err *err);
    void *ctx;
};
/* All in one transaction; after an error nothing of it was done. */
TM_MUST_CHECK enum err_code claim_exchange(struct claims *claims, int64_t now_us,
                                           struct claim_exchange *io, struct claim_counts *counts,
                                           struct err *err);

#endif
