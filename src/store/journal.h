/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal.h - what came in live, on stable storage before anybody is told so.
 *
 * Every message is a record of the file journal.db of the workspace (SQLite, WAL, synchronous
 * FULL): its source, its own id, when it came, and its bytes as they were. Threads that append at
 * the same time share one commit, so that a disk's few syncs a second do not bound the messages.
 * The pair (source, id) is kept once: what is sent again is told as repeated, for as long as the
 * record is kept, which is JOURNAL_KEEP_DAYS at least. Which there are is known by hash, from files
 * beside it (journal_ids.h).
 *
 * What is refused is kept too, with the reason: came = stored + repeated + refused, always, and
 * journal_tallies() tells the three for each source.
 *
 * Every record carries a checksum of all its columns, as SQLite has none for its pages: a record
 * that the disk has changed is told as damaged and never passed on as if it were whole.
 *
 * After a failed sync nobody knows what the disk holds. The journal then takes nothing more until
 * the process has begun anew (Rebello et al. 2020, Can Applications Recover from fsync Failures?).
 * A full disk is told as ERR_NO_SPACE and is over when there is room again.
 *
 * Opened once a workspace, by the process that holds its lock. Any thread may call.
 */
#ifndef TM_STORE_JOURNAL_H
#define TM_STORE_JOURNAL_H

#include "store/store.h"

enum {
    JOURNAL_ID_MAX = 100,               /* bytes of a message's id */
    JOURNAL_BODY_MAX = 2 * 1024 * 1024, /* bytes of a message; protocols set lower limits */
    JOURNAL_BATCH_MAX = 2500,           /* records of one call */
    JOURNAL_KEEP_DAYS = 30,             /* no record goes before, so that no repetition gets in */
    JOURNAL_REFUSED_KEPT = 10000        /* the newest; beyond them only their number is kept */
};

enum journal_fate { JOURNAL_STORED, JOURNAL_REPEATED, JOURNAL_REFUSED };

struct journal_record {
    int64_t source; /* write key or shop connection */
    struct str id;  /* of the sender; not empty unless refused */
    struct str body;
    int64_t received_us;
    const char *refused;    /* why it is not taken, NULL: it is */
    bool urgent;            /* somebody sees to it before it is drained (journal_urgent()) */
    enum journal_fate fate; /* out */
    int64_t seq;            /* out: its number when it is stored */
};

struct journal;
TM_MUST_CHECK enum err_code journal_open(const char *dir, struct journal **out_journal,
                                         struct err *err);
/* The one of a workspace, or NULL where nothing ever came live: none is made. */
TM_MUST_CHECK enum err_code journal_open_kept(struct store *store, struct journal **out_journal,
                                              struct err *err);
void journal_close(struct journal *journal); /* NULL is fine */
void journal_closep(struct journal **journal);

/* Returns when all of them are on stable storage, with each one's fate; on an error none of them
 * counts as taken, though some may be stored: sent again they are told as repeated or stored.
 * ERR_NO_SPACE: nothing of them is stored, later there may be room; ERR_TOO_LARGE, ERR_INVALID;
 * ERR_STORE, after which the process must end. */
TM_MUST_CHECK enum err_code journal_append(struct journal *journal, struct journal_record *records,
                                           size_t n, struct err *err);
/* Number of the newest stored record, whether or not it is still kept; 0 before the first. */
int64_t journal_last(struct journal *journal);
/* False after a failed write or sync. */
bool journal_is_sound(struct journal *journal);

struct journal_entry {
    int64_t seq; /* ascends; never used twice */
    int64_t source, received_us;
    struct str id, body;
    bool damaged; /* not what was written: nothing of it but seq may be relied on */
};
/* Stored records with first <= seq <= last, at most `most`, in order, as they are at one moment.
 * `each` may append. */
TM_MUST_CHECK enum err_code
journal_each(struct journal *journal, int64_t first, int64_t last, int64_t most,
             enum err_code (*each)(void *ctx, const struct journal_entry *entry, struct err *err),
             void *ctx, struct err *err);

/* Urgent records after that number, at most `most`, in order, that were not seen to. What is urgent
 * is noted in the commit that stores the record. */
TM_MUST_CHECK enum err_code
journal_urgent(struct journal *journal, int64_t after, int64_t most,
               enum err_code (*each)(void *ctx, const struct journal_entry *entry, struct err *err),
               void *ctx, struct err *err);
/* All up to that number were. This is kept with the next commit: until then they may be told once
 * more to the next process. */
void journal_urgent_seen(struct journal *journal, int64_t seq);

/* journal_each() over and over for one who follows what comes: on a connection that is kept. One
 * thread at a time. */
struct journal_follower;
TM_MUST_CHECK enum err_code journal_follow(struct journal *journal, struct journal_follower **out,
                                           struct err *err);
TM_MUST_CHECK enum err_code journal_follow_each(
    struct journal_follower *follower, int64_t after, int64_t most,
    enum err_code (*each)(void *ctx, const struct journal_entry *entry, struct err *err), void *ctx,
    struct err *err);
void journal_unfollow(struct journal_follower *follower); /* NULL is fine */

struct journal_span {
    int64_t first, last, n; /* 0 without any */
};
/* What there is with first <= seq <= last. */
TM_MUST_CHECK enum err_code journal_span(struct journal *journal, int64_t first, int64_t last,
                                         struct journal_span *out, struct err *err);

/* Since the journal was made, whether or not it still has the records. What was accepted is counted
 * before its fate is known, what was let go (journal_prune()) when it went: so accepted = stored +
 * repeated + refused, and the journal holds stored - pruned, of each source. */
struct journal_tally {
    int64_t source;
    int64_t accepted, stored, repeated, refused, pruned;
    int64_t last_us;    /* when the last of any fate came */
    int64_t refused_us; /* when the last refused came; TIME_NONE */
};
/* Each source that anything came from. `each` must not call the journal. */
TM_MUST_CHECK enum err_code journal_tallies(struct journal *journal,
                                            enum err_code (*each)(void *ctx,
                                                                  const struct journal_tally *tally,
                                                                  struct err *err),
                                            void *ctx, struct err *err);
struct journal_refusal {
    int64_t source, received_us;
    struct str id, body, reason;
};
/* The newest first; source 0: of all. `each` must not call the journal. */
TM_MUST_CHECK enum err_code journal_refused(
    struct journal *journal, int64_t source, int64_t most,
    enum err_code (*each)(void *ctx, const struct journal_refusal *refusal, struct err *err),
    void *ctx, struct err *err);

/* Removes records that came before `before_us`, the oldest first, seq <= last, at most `most` in
 * one transaction. ERR_INVALID when they are not JOURNAL_KEEP_DAYS old. */
TM_MUST_CHECK enum err_code journal_prune(struct journal *journal, int64_t before_us, int64_t last,
                                          int64_t most, int64_t *out_n, struct err *err);

/* What a person's erasure leaves of a message: its number, source and time stay, so that it is
 * neither counted nor taken a second time. */
struct journal_edit {
    int64_t seq;
    struct str body;
    struct str id; /* in place of its own, which named somebody; n 0: its own stays */
};
/* On stable storage when it returns. What is not there any more is passed over. */
TM_MUST_CHECK enum err_code journal_edit(struct journal *journal, const struct journal_edit *edits,
                                         size_t n, struct err *err);
/* Told how many refused messages go, before they are gone for good; without ERR_OK they stay. It
 * must not call the journal. */
typedef enum err_code journal_going(void *ctx, int64_t n, struct err *err);
/* Empties refused messages that hold one of the texts, compared without case. */
TM_MUST_CHECK enum err_code journal_edit_refused(struct journal *journal, const struct str *needles,
                                                 size_t n, journal_going *going, void *ctx,
                                                 struct err *err);
/* Empties all refused messages of a source. */
TM_MUST_CHECK enum err_code journal_empty_refused(struct journal *journal, int64_t source,
                                                  journal_going *going, void *ctx, struct err *err);
/* Nothing of what was changed or removed is in the files any more. */
TM_MUST_CHECK enum err_code journal_compact(struct journal *journal, struct err *err);

struct journal_health {
    int64_t records, damaged;
    int64_t first_damaged; /* seq; 0 */
    char problem[256];     /* what SQLite's own check says; "" when all is well */
};
/* Reads all of it: seconds for each million records. */
TM_MUST_CHECK enum err_code journal_check(struct journal *journal, struct journal_health *out,
                                          struct err *err);

#endif
