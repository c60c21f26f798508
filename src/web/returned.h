/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* returned.h - what those who hear back of messages over HTTP share (mailed.c, texted.c): the
 * books into which it is written, and the refusal of who has not signed; inside
 * src/web only. */
#ifndef TM_WEB_RETURNED_H
#define TM_WEB_RETURNED_H

#include "outreach/sender/feedback.h"
#include "web/request.h"

struct returned {
    struct feedback_books books; /* owned */
    struct breaker_rules rules;
};
/* `make`: also where nothing was ever planned. */
TM_MUST_CHECK enum err_code returned_open(struct web *web, bool make, struct returned *out,
                                          struct err *err);
void returned_close(struct returned *returned);

/* 403, and after too many of them from one address 429. */
enum err_code returned_unsigned(struct web *web, struct request *q, struct err *err);

#endif
