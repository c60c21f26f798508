/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* duties.h - what shops' systems ask for by law, and what became of it: somebody wants to know what
 * is kept of them, a person is to be erased, a whole shop.
 *
 * A duty is one message of the journal, and is kept once, however often that is read. Whom it is
 * about stands in it sealed (vault.h), so that it can be done also when the journal no longer has
 * the message, and goes when it is done: what stays names nobody.
 */
#ifndef TM_STORE_DUTIES_H
#define TM_STORE_DUTIES_H

#include "store/store.h"

/* Kept by number: only ever added to. */
enum duty_kind { DUTY_TELL = 1, DUTY_ERASE_PERSON, DUTY_ERASE_SHOP };
enum duty_state {
    DUTY_NEW,     /* nobody has looked yet whether there is anything to do */
    DUTY_OPEN,    /* it waits for a word */
    DUTY_WORKING, /* the word was given; with job 0 it waits for its turn */
    DUTY_READY,   /* the file is made, and waits to be handed over */
    DUTY_DONE,
    DUTY_FAILED,
    DUTY_STATES
};
const char *duty_kind_name(enum duty_kind kind);    /* "tell", "erase_person", "erase_shop" */
const char *duty_state_name(enum duty_state state); /* "new", "open", ... */

/* The platforms' own term (docs/live.md), and how long before its end an erasure is begun without a
 * word where the settings say so (settings.h). */
enum { DUTY_DAYS = 30, DUTY_DAYS_BEFORE = 7 };
#define DUTY_AUTOMATICALLY "automatically"

struct duty {
    int64_t id;          /* given by the store */
    int64_t source, seq; /* the message */
    enum duty_kind kind;
    enum duty_state state;
    int64_t received_us, due_us, done_us; /* done: TIME_NONE until then */
    char actor[64];    /* who gave the word: "user 3", "command line", "automatically"; "" nobody */
    int64_t job;       /* of the server; 0: none */
    int64_t erasure;   /* erasures.h; 0: none */
    bool nothing;      /* nothing was kept of the person */
    char problem[512]; /* why it failed; "" */
};

/* source, seq, kind and received_us are read; the rest is given. `who`: the text that is sealed.
 * *out_new: false when it was there already. */
TM_MUST_CHECK enum err_code store_duty_add(struct store *store, struct duty *io_duty,
                                           struct str who, bool *out_new, struct err *err);
/* ERR_NOT_FOUND */
TM_MUST_CHECK enum err_code store_duty_get(struct store *store, int64_t id, struct duty *out,
                                           struct err *err);
/* Whom it is about, as it was given; empty when it is done. */
TM_MUST_CHECK enum err_code store_duty_who(struct store *store, int64_t id, struct buf *out,
                                           struct err *err);
/* By day, what is done last and the newest of that first; *out_n at most `cap`. */
enum { DUTIES_LISTED = 1000 };
TM_MUST_CHECK enum err_code store_duties_list(struct store *store, struct duty *out, size_t cap,
                                              size_t *out_n, struct err *err);

/* Writes state, done_us, actor, job, erasure, nothing and problem of one that is not done; with
 * DUTY_DONE whom it is about is gone, and when is given unless it is told. ERR_NOT_FOUND when there
 * is none that is not done. */
TM_MUST_CHECK enum err_code store_duty_update(struct store *store, struct duty *duty,
                                              struct err *err);
/* For one who was asked to: from `from`, a set of bits 1 << state, to `to`, at once, so that of two
 * only one gets it. *out_taken: whether it was in such a state. */
TM_MUST_CHECK enum err_code store_duty_take(struct store *store, int64_t id, unsigned from,
                                            enum duty_state to, const char *actor, bool *out_taken,
                                            struct err *err);
/* Another process is gone: what it was at waits for its turn again. */
TM_MUST_CHECK enum err_code store_duties_resume(struct store *store, struct err *err);
/* Those whose erasure was finished by another way than their own job are done. */
TM_MUST_CHECK enum err_code store_duties_settle(struct store *store, struct err *err);

#endif
