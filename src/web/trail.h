/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trail.h - who did what, on its way into the store; inside src/web only.
 *
 * A line is in the store when the call returns. That of a change is on the disk as well; who only
 * looked does not wait for the disk, and their lines are taken there within a second or two: a loss
 * of power can cost these, the end of the process cannot. Lines that come while others are being
 * written are written together after them. Nobody else waits for any of this, as the trail has
 * connections of its own. Any thread may call.
 */
#ifndef TM_WEB_TRAIL_H
#define TM_WEB_TRAIL_H

#include "store/access.h"

struct trail;

TM_MUST_CHECK enum err_code trail_new(struct store *store, struct trail **out_trail,
                                      struct err *err);
/* Nobody adds any more. NULL is fine. */
void trail_free(struct trail *trail);
TM_MUST_CHECK enum err_code trail_add(struct trail *trail, const struct audit_entry *entry,
                                      bool change, struct err *err);
/* When a session or a key was last used: as a look. */
TM_MUST_CHECK enum err_code trail_session_seen(struct trail *trail, const char *hash, int64_t at_us,
                                               struct err *err);
TM_MUST_CHECK enum err_code trail_key_used(struct trail *trail, int64_t id, int64_t at_us,
                                           struct err *err);

#endif
