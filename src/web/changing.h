/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* changing.h - who changes a text that the shop keeps, and which version of it; inside src/web
 * only. Two who change the same one must not take each other's work away: who says by If-Match
 * which version is meant is refused (412) once it is another.
 */
#ifndef TM_WEB_CHANGING_H
#define TM_WEB_CHANGING_H

#include "store/named.h"
#include "web/request.h"

enum { CHANGING_ACTOR = 128, CHANGING_VERSION = 24 };

/* "key 7", or the address of who is signed in. */
void changing_actor(const struct request *q, char out[CHANGING_ACTOR]);
void changing_version(const struct named *named, char out[CHANGING_VERSION]);
/* Whether what is asked is asked of this version: by If-Match (RFC 9110, 13.1.1), which may be
 * missing or `*`. */
bool changing_matches(const struct request *q, const char *version);
/* Refuses what is asked of another one; `by` made this. */
TM_MUST_CHECK enum err_code changing_check(struct request *q, const char *version, const char *by,
                                           struct err *err);
TM_MUST_CHECK enum err_code changing_check_named(struct request *q, const struct named *named,
                                                 struct err *err);

#endif
