/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* advertised.h - who was handed to which advertising place, so that who is to be taken out there
 * again is known: file ads.db of the workspace.
 *
 * A list is what a place was given of one audience. Of each person on it there are the line that
 * the place got, which is hashes, and the pseudonyms of its addresses. Who is on it no longer stays
 * as gone for ADVERTISED_GONE_DAYS, for the file that takes people out; taking somebody out twice
 * does no harm, once too little does. Whose line has changed and who is on it still is not gone.
 *
 * One thread at a time for each struct.
 */
#ifndef TM_STORE_ADVERTISED_H
#define TM_STORE_ADVERTISED_H

#include "store/named.h"
#include "store/pseudonym.h"

enum { ADVERTISED_GONE_DAYS = 30 };

struct advertised;
TM_MUST_CHECK enum err_code advertised_open(struct store *store, struct advertised **out,
                                            struct err *err);
/* *out is NULL when no list was ever made. */
TM_MUST_CHECK enum err_code advertised_open_kept(struct store *store, struct advertised **out,
                                                 struct err *err);
void advertised_close(struct advertised *a); /* NULL is fine */
void advertised_closep(struct advertised **a);

/* From here to advertised_end() the list of that audience (its number) at that place is written
 * anew: one transaction. */
TM_MUST_CHECK enum err_code advertised_begin(struct advertised *a, const char *place,
                                             int64_t audience, struct err *err);
struct advertised_person {
    struct str line;         /* of the file; what makes the person the same one */
    struct pseudonym who[2]; /* of e-mail address and phone, */
    size_t who_count;        /* as many as there are */
};
TM_MUST_CHECK enum err_code advertised_put(struct advertised *a,
                                           const struct advertised_person *person, struct err *err);
struct advertised_counts {
    int64_t on, new, gone; /* gone: to be taken out, those of earlier lists among them */
};
/* What is known of how the list was made last. */
struct advertised_made {
    int64_t made_us;
    char by[64], without[NAMED_NAME_BYTES]; /* who asked; the segment that was left out, or "" */
    int64_t members, left_out, not_agreed, unknown;
    struct advertised_counts counts; /* filled in by advertised_end() */
};
TM_MUST_CHECK enum err_code advertised_end(struct advertised *a, enum err_code rc,
                                           const struct advertised_made *made,
                                           struct advertised_counts *out, struct err *err);
/* The list's last making; *out_found: it was ever made. counts.on and counts.gone are those of now:
 * who was erased since is gone. */
TM_MUST_CHECK enum err_code advertised_last(struct advertised *a, const char *place,
                                            int64_t audience, bool *out_found,
                                            struct advertised_made *out, struct err *err);

/* The lines of who is on it, or of who is gone, sorted. `each` must not call `a`. */
TM_MUST_CHECK enum err_code
advertised_each(struct advertised *a, const char *place, int64_t audience, bool gone,
                enum err_code (*each)(void *ctx, struct str line, struct err *err), void *ctx,
                struct err *err);
/* Who is erased is gone from every list: told by the next file that takes people out. */
TM_MUST_CHECK enum err_code advertised_forget(struct advertised *a, const struct pseudonym *who,
                                              size_t n, int64_t now_us, int64_t *out_n,
                                              struct err *err);
/* Drops who has been gone for long enough. */
TM_MUST_CHECK enum err_code advertised_prune(struct advertised *a, int64_t now_us, int64_t *out_n,
                                             struct err *err);

#endif
