/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links.h - who is who, one observation after the other, with the result of linking all of them
 * anew.
 *
 * The linker (identity.h) takes observations in the order of their times. Where no limit and no
 * decision is touched the order is harmless: what hangs together is one person. So people are kept
 * as what hangs together, each with its observations; only where that is more than one person may
 * be, its own observations are linked by a linker of their own, in their order: at the end when the
 * new one is the latest, else anew. A part's outcome hangs on nothing outside it. Hence, after each
 * observation, everybody is who the linker would say, in whatever order things came. One exception:
 * where more than 20,000 observations hang together and are more than one person, one that comes
 * late is linked as if it were the latest.
 *
 * One thread. About 64 bytes an identifier and 56 a different observation, a third of which is room
 * to grow; links_bytes() tells.
 */
#ifndef TM_IDENTITY_LINKS_H
#define TM_IDENTITY_LINKS_H

#include "identity/identity.h"

struct links;
/* ERR_TOO_LARGE from a call that would pass `bytes_max`: nothing can be relied on from then on. */
struct links *links_new(size_t bytes_max);
void links_free(struct links *links); /* NULL is fine */
size_t links_bytes(const struct links *links);

/* What people decided, before anything is added; in the order in which the linker is told. */
void links_decide(struct links *links, const struct identity_decision *decisions, size_t n);

enum { LINKS_BEFORE_MAX = ID_KIND_COUNT };

/* What one call has changed. */
struct links_change {
    uint64_t person; /* of the observation's first identifier, by priority */
    bool created;    /* nobody had any of the identifiers before */
    uint64_t
        joined[LINKS_BEFORE_MAX]; /* people who are now the same one: their numbers until now */
    size_t joined_count;          /* 0, or at least two */
    uint64_t was;                 /* else the person's number until now, when it was another; 0 */
};

/* Identifiers that were seen together, by kind; at least one is told. `maybe`: the customer number
 * that the log-in is where the shop has such a number and `ids` has none; 0: it cannot be one.
 * `out` may be NULL. */
TM_MUST_CHECK enum err_code links_add(struct links *links, const uint64_t ids[ID_KIND_COUNT],
                                      uint64_t maybe, int64_t at_us, struct links_change *out,
                                      struct err *err);
/* The shop has that customer number. */
TM_MUST_CHECK enum err_code links_number(struct links *links, uint64_t customer, struct err *err);
TM_MUST_CHECK enum err_code links_alias(struct links *links, uint64_t login, uint64_t previous,
                                        int64_t at_us, struct links_change *out, struct err *err);

/* An order of the ledger by one of its names, and a purchase that analytics saw by its order's:
 * whose the one is on whose device the other was. All but `name` as links_add(); ids[ID_DEVICE] is
 * what analytics saw, and not told of an order. */
TM_MUST_CHECK enum err_code links_order(struct links *links, uint64_t name,
                                        const uint64_t ids[ID_KIND_COUNT], uint64_t maybe,
                                        int64_t at_us, struct err *err);
/* The first identifier of whose the order of that name is; 0: it is nobody's, or orders of several
 * people are called that. */
uint64_t links_order_owner(struct links *links, uint64_t name);
TM_MUST_CHECK enum err_code links_purchase(struct links *links, uint64_t name, uint64_t device,
                                           int64_t at_us, struct err *err);

/* 0 for one that was never added. */
uint64_t links_person(struct links *links, uint64_t id);
/* The number that the id's person had by the first n identifiers that were added; 0: none of them
 * is the person's. Of several people who are one now it is one's. */
uint64_t links_person_among(struct links *links, uint64_t id, uint64_t n);
/* The identifiers of that kind that the id's person has, in the order of being seen. */
size_t links_of_kind(struct links *links, uint64_t id, int kind, uint64_t *out, size_t most);
/* Whoever hangs together with the id is watched from now on, also when it is added only later.
 * False past `bytes_max`: then it is not. */
bool links_watch(struct links *links, uint64_t id);
bool links_is_watched(const struct links *links, uint64_t id);
/* Grows with everything that anybody's identifiers may hang on. */
uint64_t links_changes(const struct links *links);
/* Others take so much of bytes_max, for good. False when there is not as much left. */
bool links_spend(struct links *links, size_t bytes);
uint64_t links_identifiers(const struct links *links);
/* refused: people who are held apart by limits or decisions although they hang together. */
struct identity_summary links_summary(const struct links *links);

#endif
