/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* memberships.h - who belongs to which segment by now, and who came and went.
 *
 * In outbox.db, beside the ways of flows (runs.h): whoever reads changes keeps how far it came as a
 * run_cursor() in the same transaction as what it does about them, so each is told exactly once,
 * whatever dies in between:
 *
 *     outbox_begin(o)
 *     run_cursor(o, "memberships", &after)
 *     membership_changes(o, after, changes, ...)
 *     run_start(o, ...)                            for each, with its id as the occurrence
 *     run_cursor_set(o, "memberships", last)
 *     outbox_end(o)
 *
 * Changes are kept for MEMBERSHIP_KEEP_DAYS. Who is in a segment when it is first filled, or filled
 * anew because its text or that of one it speaks of was changed, came without being told: saving a
 * text writes to nobody.
 *
 * People are numbered as `person` of identity/live_people.h; two who turn out to be one keep what
 * either was in, which is no change.
 *
 * All calls stand between outbox_begin() and outbox_end().
 */
#ifndef TM_STORE_MEMBERSHIPS_H
#define TM_STORE_MEMBERSHIPS_H

#include "store/outbox.h"

enum { MEMBERSHIP_KEEP_DAYS = 30, MEMBERSHIP_MEANING = 65 };

/* ---- for who reads ------------------------------------------------------------------------ */

struct membership_change {
    int64_t id; /* ascends, and is never given twice */
    int64_t segment;
    uint64_t person;
    bool entered; /* else left */
    int64_t at_us;
};
/* After the change `after`, the oldest first. */
TM_MUST_CHECK enum err_code membership_changes(struct outbox *o, int64_t after,
                                               struct membership_change *out, size_t cap,
                                               size_t *out_n, struct err *err);

struct membership {
    int64_t segment;
    char meaning[MEMBERSHIP_MEANING]; /* digest of its text, and of those that it speaks of */
    bool filled;                      /* false: it is being filled for the first time or anew */
    int64_t members;
    int64_t people;     /* of how many, when it was last counted */
    int64_t counted_us; /* when everybody was last looked at; TIME_NONE: never */
};
/* *out_found false: nobody was ever looked for. */
TM_MUST_CHECK enum err_code membership_of(struct outbox *o, int64_t segment, struct membership *out,
                                          bool *out_found, struct err *err);
/* Members by ascending number (as signed), after `after` (INT64_MIN: from the first). */
TM_MUST_CHECK enum err_code membership_people(struct outbox *o, int64_t segment, int64_t after,
                                              uint64_t *out, int64_t *out_since_us, size_t cap,
                                              size_t *out_n, struct err *err);
TM_MUST_CHECK enum err_code membership_is(struct outbox *o, int64_t segment, uint64_t person,
                                          bool *out, struct err *err);
/* The segments that a person is in. */
TM_MUST_CHECK enum err_code membership_segments(struct outbox *o, uint64_t person, int64_t *out,
                                                int64_t *out_since_us, size_t cap, size_t *out_n,
                                                struct err *err);

/* ---- for who finds out -------------------------------------------------------------------- */

/* A change, when it is one: *out_changed. Told unless the segment is being filled. */
TM_MUST_CHECK enum err_code membership_note(struct outbox *o, int64_t segment, uint64_t person,
                                            bool in, int64_t at_us, bool *out_changed,
                                            struct err *err);
/* From now on nothing of it is told until membership_filled(). Its members stay until they are
 * noted otherwise. */
TM_MUST_CHECK enum err_code membership_fill(struct outbox *o, int64_t segment, const char *meaning,
                                            struct err *err);
/* A member of a segment that is being filled. */
TM_MUST_CHECK enum err_code membership_fill_in(struct outbox *o, int64_t segment, uint64_t person,
                                               int64_t since_us, struct err *err);
TM_MUST_CHECK enum err_code membership_filled(struct outbox *o, int64_t segment, int64_t people,
                                              int64_t now_us, struct err *err);
/* Takes out at most `most` members of a segment that is no more, then itself: *out_done. */
TM_MUST_CHECK enum err_code membership_remove(struct outbox *o, int64_t segment, int64_t most,
                                              bool *out_done, struct err *err);
/* All segments of which anything is kept. */
TM_MUST_CHECK enum err_code memberships(struct outbox *o, struct membership *out, size_t cap,
                                        size_t *out_n, struct err *err);
/* Two people turned out to be one: the second is in what either was in. */
TM_MUST_CHECK enum err_code membership_merge(struct outbox *o, uint64_t from, uint64_t to,
                                             struct err *err);
/* Of a person who is being erased: what they are in, and that they ever came or went. */
TM_MUST_CHECK enum err_code membership_forget(struct outbox *o, uint64_t person, struct err *err);
/* Changes from before that time go. */
TM_MUST_CHECK enum err_code membership_prune(struct outbox *o, int64_t before_us, struct err *err);

#endif
