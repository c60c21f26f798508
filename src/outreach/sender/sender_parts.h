/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sender_parts.h - the sender as its files of code see it. Inside src/outreach/sender only. */
#ifndef TM_OUTREACH_SENDER_SENDER_PARTS_H
#define TM_OUTREACH_SENDER_SENDER_PARTS_H

#include "outreach/sender/sender.h"
#include "outreach/sender/words.h"
#include "outreach/sender/writers.h"

enum {
    HELD_MOST = 2048,   /* handed over and not answered */
    LETTERS_MOST = 256, /* put together and not handed over */
    ANSWERS = 256
};

/* What was handed over, as far as its answer needs it. */
struct held {
    int64_t id, claim, campaign;
    struct pseudonym who;
    char channel[OUTBOX_CHANNEL_MAX], purpose[OUTBOX_WORD_MAX + 1];
    char address[OUTBOX_ADDRESS_MAX + 1];
};
/* Claimed messages: those from `next` on are to be put together. Those from `front` on came so far
 * before and no further: each goes alone. */
struct batch {
    struct outbox_message messages[CLAIM_MOST];
    struct buf data[CLAIM_MOST];
    size_t n, next, front;
};
/* Answers that are not settled yet: kept until they are, whatever fails meanwhile. */
struct unsettled {
    struct channel_answer answers[ANSWERS];
    size_t n, judged; /* of the first `judged` it is written down what they tell of addresses */
    int64_t first_us; /* when the first of them came */
};

struct sender {
    struct store *store; /* borrowed */
    struct settings settings;
    char base[SENDER_BASE_MAX];
    struct sender_words compose;
    struct sender_engine engine;
    struct words *words; /* owned; NULL where the caller composes */
    struct gate_rules rules;
    struct breaker_rules breaker;
    struct claims claims; /* owns what it points to */
    struct channel channels[SENDER_CHANNELS];
    size_t channel_count;
    struct batch batch;
    struct writers *writers;              /* owned */
    struct letter *letters[LETTERS_MOST]; /* owned; the oldest first */
    size_t letter_count;
    struct held held[HELD_MOST];
    size_t held_count;
    struct unsettled unsettled;
    int64_t renewed_us, recovered_us, broke_us, stopped_us;
    int64_t empty_us;  /* when nothing was found to claim */
    int64_t looked_us; /* when destinations that do not move were looked for */
    int64_t stuck_us;  /* when no letter could begin although there were places */
    struct sender_counts counts;
};

/* ---- letters.c: from claimed to put together ---------------------------------------------- */

/* For struct claims. */
size_t letters_wanted(void *ctx, const char *channel);
bool letters_room(void *ctx, const struct outbox_message *m, int64_t now_us, int64_t *out_us);
/* Claims as many as channels want ahead, once all that were are put together. */
TM_MUST_CHECK enum err_code letters_claim(struct sender *s, size_t *out_n, struct err *err);
/* Whether there is one to put together now. */
bool letters_are_to_come(const struct sender *s);
/* Puts the next one together and gives it to the writers. */
TM_MUST_CHECK enum err_code letters_compose(struct sender *s, struct err *err);
/* How many the writers have. */
size_t letters_unwritten(const struct sender *s);
/* Those that could not be written are skipped, each with its reason. */
TM_MUST_CHECK enum err_code letters_skip_unfit(struct sender *s, struct err *err);
void letter_free(struct sender *s, struct letter *letter);
/* Those of which nothing is left move up. */
void letters_close_ranks(struct sender *s);
/* Those of the batch, too. */
void letters_drop(struct sender *s);
void letters_release(struct sender *s);

/* ---- exchange.c: hands over and settles ---------------------------------------------------- */

/* Whether half of a channel's places are free and there is a letter for each; with `all_there` a
 * place and a letter are enough. */
bool exchange_could_hand_over(struct sender *s, bool all_there);
/* Settles the answers, and hands over what can begin: committed, then put. *out_n: how many. */
TM_MUST_CHECK enum err_code exchange_all(struct sender *s, bool hand_over, size_t *out_n,
                                         struct err *err);
/* Gives back what was claimed and not handed over. */
TM_MUST_CHECK enum err_code exchange_give_back(struct sender *s, struct err *err);

#endif
