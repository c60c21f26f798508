/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* inbound.h - one thread a shop that reads what comes back by mail, out of a folder
 * (outreach/sender/returns.h) and a mailbox (outreach/sender/mailbox.h), whether anything is sent
 * or not; inside src/web only. A mail server that keeps it waiting holds up nobody else.
 */
#ifndef TM_WEB_INBOUND_H
#define TM_WEB_INBOUND_H

#include "web/request.h"

struct inbound;
TM_MUST_CHECK enum err_code inbound_open(struct web *web, struct inbound **out, struct err *err);
void inbound_close(struct inbound *inbound); /* NULL is fine */
/* What is wrong with folder or mailbox, which the sender tells and logs; "": nothing. Any thread.
 */
void inbound_problem(struct inbound *inbound, char *out, size_t size);

#endif
