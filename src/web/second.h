/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* second.h - the second factor: numbers of an app, each good once, and recovery codes; inside
 * src/web only. Called with web->lock held. */
#ifndef TM_WEB_SECOND_H
#define TM_WEB_SECOND_H

#include "web/request.h"

enum { RECOVERY_CODES = 10, RECOVERY_CODE = 20 }; /* "abcd-efgh-ijkl-mnop" and NUL */

/* ERR_OK when the person has no second factor or `code` is good for it; else it refuses the request
 * and says that a code is needed. */
TM_MUST_CHECK enum err_code second_check(struct web *web, struct request *q,
                                         const struct user_entry *user, const char *code,
                                         struct err *err);

#endif
