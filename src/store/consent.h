/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consent.h - the ledger of consent: who allowed or forbade what, when, and how that is known.
 *
 * A file of its own (consent.db of the workspace: SQLite, WAL, synchronous FULL), to which entries
 * are only added. Each stands in a chain: its link is the BLAKE2b hash of the link before, of what
 * the entry says in public (channel, purpose, state, times, source, version of the wording) and of
 * a commitment to what it says of the person (a hash under a random salt). The last link is kept
 * under the workspace's key. So a changed, removed or added entry is found by consents_verify(),
 * and a person can be erased: address, proof and salt go, the commitment stays, and the chain still
 * verifies (after: Bellare and Yee 1997, Forward integrity for secure audit logs; the salted
 * commitment is what redactable logs use).
 *
 * A fact is one entry, however often and from wherever it is told. Suppression (suppression.h) is
 * kept in the same file and moves with the entries in one transaction.
 *
 * A connection: one thread at a time; any number may be open. Closed before the store.
 */
#ifndef TM_STORE_CONSENT_H
#define TM_STORE_CONSENT_H

#include "store/pseudonym.h"

enum { CONSENT_TEXT_MAX = 512, CONSENT_WORD_MAX = 64 };

enum consent_state {
    CONSENT_GRANTED,
    CONSENT_PENDING, /* asked for by somebody, not yet confirmed by the address */
    CONSENT_DENIED,  /* never given */
    CONSENT_WITHDRAWN,
    CONSENT_UNREACHABLE, /* mail comes back */
    CONSENT_STATES
};
const char *consent_state_name(enum consent_state state);
/* False when it is none. */
bool consent_state_of(struct str word, enum consent_state *out);

/* Texts longer than CONSENT_TEXT_MAX, channel, purpose, source and wording longer than
 * CONSENT_WORD_MAX are cut. */
struct consent_fact {
    enum pseudonym_kind kind; /* of `address` */
    struct str address;       /* e-mail address, phone, or a number within `source` */
    struct str channel;       /* email sms whatsapp push post ads */
    struct str purpose;       /* "" is "marketing" */
    enum consent_state state;
    int64_t when_us;         /* TIME_NONE: not told */
    struct str source;       /* "klaviyo", "live-3", "hand" */
    int64_t import_id, line; /* where it stands: import and line, or message; 0 */
    struct str wording;      /* version of the text that was agreed to */
    struct str method;       /* form, checkout, double opt-in, ... */
    struct str proof;        /* list, message id, ... */
    struct str page;         /* where it was said, without what stands behind its ? or # */
    struct str ip, agent;    /* the address cut short */
    bool complained;         /* a withdrawal by a complaint */
    bool of_message; /* told by what became of a message: no new fact where the word itself is */
};

struct consents;
/* Makes the file when it is missing. `store` is used in the call only. */
TM_MUST_CHECK enum err_code consents_open(struct store *store, struct consents **out,
                                          struct err *err);
/* The same, but *out is NULL when nothing was ever kept. */
TM_MUST_CHECK enum err_code consents_open_kept(struct store *store, struct consents **out,
                                               struct err *err);
void consents_close(struct consents *c); /* NULL is fine */
void consents_closep(struct consents **c);

/* Facts are added between begin and end, in one transaction; other writers wait. */
TM_MUST_CHECK enum err_code consents_begin(struct consents *c, struct err *err);
/* The same for a word that somebody waits for: of those who write much, the ones that ask whether
 * they are wanted elsewhere give way. */
TM_MUST_CHECK enum err_code consents_begin_first(struct consents *c, struct err *err);
/* Whether another of this process waits so. Then end, give way, and begin again. */
bool consents_are_wanted(const struct consents *c);
void consents_give_way(struct consents *c);
/* Adds an entry unless the same is there, and what follows from it for suppression. *out_new tells
 * whether it was added: not when it is known, names nobody, or is an older word of one who was
 * erased. What is told at every log-in (method "identify") is added when it changes something. */
TM_MUST_CHECK enum err_code consents_add(struct consents *c, const struct consent_fact *fact,
                                         bool *out_new, struct err *err);
/* Commits when rc is ERR_OK, else undoes all since begin; returns the first error. */
TM_MUST_CHECK enum err_code consents_end(struct consents *c, enum err_code rc, struct err *err);

/* How far an import was taken in. Within a transaction. */
struct consent_taken {
    int64_t rows, last_line;
};
TM_MUST_CHECK enum err_code consents_taken(struct consents *c, int64_t import_id,
                                           struct consent_taken *out, struct err *err);
TM_MUST_CHECK enum err_code consents_take(struct consents *c, int64_t import_id,
                                          const struct consent_taken *taken, struct err *err);

struct consent_entry {
    int64_t seq, noted_us;
    struct consent_fact fact; /* of an erased one: what is public */
    bool erased;
};
typedef enum err_code consent_each_fn(void *ctx, const struct consent_entry *entry,
                                      struct err *err);
/* Those of an identifier, the oldest first. */
TM_MUST_CHECK enum err_code consents_of(struct consents *c, const struct pseudonym *who,
                                        consent_each_fn *each, void *ctx, struct err *err);
/* All after the number `after`, at most `most`. */
TM_MUST_CHECK enum err_code consents_each(struct consents *c, int64_t after, int64_t most,
                                          consent_each_fn *each, void *ctx, struct err *err);

/* Words against writing after the number `after` that name their person by something else than the
 * address of their channel (a phone for sms and whatsapp, else an e-mail address). */
TM_MUST_CHECK enum err_code consents_adrift(struct consents *c, int64_t after,
                                            consent_each_fn *each, void *ctx, struct err *err);

struct consent_health {
    int64_t entries, erased;
    int64_t first_wrong;  /* number of the first entry that is not as it was written; 0 */
    int64_t unsuppressed; /* withdrawals that suppression has lost */
    bool end_missing;     /* entries at the end are gone, or the last link is not the kept one */
    char head[65];        /* the last link, to be kept elsewhere by who wants to; "" when empty */
    char problem[256];    /* what SQLite's own check says; "" when all is well */
};
bool consent_is_sound(const struct consent_health *health);
/* Reads all of it: seconds for each million entries. */
TM_MUST_CHECK enum err_code consents_verify(struct consents *c, struct consent_health *out,
                                            struct err *err);

/* Removes what entries say of the person with these identifiers, for good (the file and its log are
 * overwritten), and suppresses the identifiers as erased. *out_n: entries. */
TM_MUST_CHECK enum err_code consent_erase(struct consents *c, const struct pseudonym *who, size_t n,
                                          int64_t *out_n, struct err *err);

/* Removes what entries say of people, as above, of those that `is_its` says yes to: what came by a
 * source that is forgotten. Suppression stays as it is. Everything is taken in once more after it,
 * so that what others have told as well has an entry of its own. */
TM_MUST_CHECK enum err_code
consent_forget(struct consents *c, bool (*is_its)(void *ctx, const struct consent_entry *entry),
               void *ctx, int64_t *out_n, struct err *err);

/* The newest word of an address on a channel and purpose, the stricter one when two are of the same
 * time. CONSENT_STATES: none was ever told. */
struct consent_newest {
    enum consent_state state;
    int64_t entry; /* its number; 0 */
};
TM_MUST_CHECK enum err_code consents_newest(struct consents *c, const struct pseudonym *who,
                                            const char *channel, const char *purpose,
                                            struct consent_newest *out, struct err *err);
/* From consents_hold() to consents_let() nobody adds a word, on whichever connection: what is
 * decided and committed elsewhere in between knows all that there is. Nothing is added here in
 * between. */
TM_MUST_CHECK enum err_code consents_hold(struct consents *c, struct err *err);
TM_MUST_CHECK enum err_code consents_let(struct consents *c, struct err *err);

/* For pseudonyms of the same workspace; lives as long as `c`. */
const struct pseudonyms *consents_keys(const struct consents *c);

#endif
