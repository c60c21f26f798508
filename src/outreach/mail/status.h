/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* status.h - the three numbers by which mail servers say what became of a message (RFC 3463), in
 * answers and in bounces.
 */
#ifndef TM_OUTREACH_MAIL_STATUS_H
#define TM_OUTREACH_MAIL_STATUS_H

#include "base/base.h"

struct mail_status {
    int kind; /* 2 taken, 4 not now, 5 never; 0: not told */
    int subject, detail;
};

/* "5.1.1" at the beginning of a text. */
bool mail_status_read(struct str text, struct mail_status *out);
/* Nobody is there, or will ever be: the address must not be written to again. */
bool mail_status_dead(const struct mail_status *status);
/* The same by the words of servers that tell no status. `text` is that of a final refusal. */
bool mail_text_dead(struct str text);
/* Too much, too fast, or not trusted yet: fewer messages should be sent to where this came from. */
bool mail_status_slower(const struct mail_status *status);

#endif
