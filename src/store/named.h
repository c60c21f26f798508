/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* named.h - the texts that a shop keeps by name: segments, flows, messages and campaigns. What a
 * text means is its reader's (src/audience, src/outreach).
 *
 * All are numbered together, and a number is never given twice: what was written down of one that
 * is gone (the outbox, members) is never another's.
 *
 * A flow or campaign is off until somebody switches it on; what is changed stays as it is switched.
 */
#ifndef TM_STORE_NAMED_H
#define TM_STORE_NAMED_H

#include "store/store.h"

enum named_kind { NAMED_SEGMENT, NAMED_FLOW, NAMED_MESSAGE, NAMED_CAMPAIGN, NAMED_KINDS };
enum named_state {
    NAMED_OFF,
    NAMED_ON,
    NAMED_ENDED, /* it did what it was for */
    NAMED_STATES
};
enum { NAMED_MOST = 1000, NAMED_NAME_BYTES = 201, NAMED_ABOUT_BYTES = 1001 };

struct named {
    int64_t id; /* given by the store */
    enum named_kind kind;
    char name[NAMED_NAME_BYTES];
    struct str text;
    char about[NAMED_ABOUT_BYTES]; /* what it is for, "" for nothing */
    char actor[128];               /* who changed it last */
    int64_t made_us, changed_us;   /* given by the store */
    enum named_state state;        /* store_named_switch() alone changes it, as the next */
    int64_t state_us;              /* TIME_NONE: it was never switched */
    char state_by[128];
};

/* A new one for id 0, else that one is changed; *out_id gets its number. ERR_INVALID for a name
 * that is empty, ERR_EXISTS for one that another of its kind has (ASCII case aside), ERR_NOT_FOUND
 * for a number that none has, ERR_TOO_LARGE when NAMED_MOST of its kind are kept. */
TM_MUST_CHECK enum err_code store_named_put(struct store *store, const struct named *named,
                                            int64_t *out_id, struct err *err);
TM_MUST_CHECK enum err_code store_named_remove(struct store *store, enum named_kind kind,
                                               int64_t id, struct err *err);
/* Its text is to be whole: the caller has looked. ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code store_named_switch(struct store *store, enum named_kind kind,
                                               int64_t id, enum named_state state, const char *by,
                                               struct err *err);
typedef enum err_code named_each(void *ctx, const struct named *named, struct err *err);
/* All of a kind, by name. `each` must not call the store; the text is its own until it returns. */
TM_MUST_CHECK enum err_code store_named_each(struct store *store, enum named_kind kind,
                                             named_each *each, void *ctx, struct err *err);
/* Another one after each change to one of its kind but a switch, whoever made it. */
struct named_turn {
    int64_t count, last_id, changed_us; /* the last one: of all together */
};
TM_MUST_CHECK enum err_code store_named_turn(struct store *store, enum named_kind kind,
                                             struct named_turn *out, struct err *err);
/* By name (ASCII case aside) or number. The text is put into `text`. ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code store_named_find(struct store *store, enum named_kind kind,
                                             const char *name, struct named *out, struct buf *text,
                                             struct err *err);

#endif
