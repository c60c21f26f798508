/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* links.h - the shop's own links in its messages: to unsubscribe, through which clicks and opens
 * are counted.
 *
 * Each tells all that it needs, under a keyed hash of 128 bits with the workspace's key: nothing
 * is kept for it, it works for years and after the person was erased, and nobody can make one up.
 * A link leads only where the shop's own message led: there is no other address that is signed.
 *
 * Pure; any thread.
 */
#ifndef TM_OUTREACH_SENDER_LINKS_H
#define TM_OUTREACH_SENDER_LINKS_H

#include "store/outbox.h"

enum { LINK_TARGET_MAX = 2000, LINK_MAX = 4096 };

/* The way out of marketing for one address. */
struct link_leave {
    int64_t message; /* of the outbox; 0: a test */
    struct pseudonym who;
    char channel[OUTBOX_CHANNEL_MAX], purpose[OUTBOX_WORD_MAX + 1];
};
void link_leave_write(const struct pseudonyms *keys, const struct link_leave *leave,
                      struct buf *out);
bool link_leave_read(const struct pseudonyms *keys, struct str token, struct link_leave *out);

enum link_kind { LINK_CLICK, LINK_OPEN, LINK_TRAP };
struct link_track {
    enum link_kind kind;
    int64_t message;
    char target[LINK_TARGET_MAX + 1]; /* of LINK_CLICK */
};
/* False: the target is no web address, or too long; nothing was written. */
bool link_track_write(const struct pseudonyms *keys, enum link_kind kind, int64_t message,
                      struct str target, struct buf *out);
bool link_track_read(const struct pseudonyms *keys, struct str token, struct link_track *out);

#endif
