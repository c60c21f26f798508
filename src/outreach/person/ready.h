/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ready.h - whether a message that the shop keeps, or one to begin with, may go out, before anybody
 * is to get it. */
#ifndef TM_OUTREACH_PERSON_READY_H
#define TM_OUTREACH_PERSON_READY_H

#include "store/named.h"

/* ERR_NOT_FOUND for a name that no message has; for marketing also ERR_INVALID with the
 * first of message_findings() that blocks. That the shop has no postal address yet is not the
 * message's fault: then it is looked at as if it had one. */
TM_MUST_CHECK enum err_code message_ready(struct store *store, const char *name, bool marketing,
                                          struct err *err);
#endif
