/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* repeat.h - a request that carries an Idempotency-Key has its effect once (inside src/web only):
 * for a day the same request by the same person or program gets the same answer again, another one
 * under that key is refused. Answers that hold a secret (new keys) are not kept: a repeat of those
 * is refused, too. */
#ifndef TM_WEB_REPEAT_H
#define TM_WEB_REPEAT_H

#include "web/request.h"

TM_MUST_CHECK enum err_code repeat_handle(struct web *web, struct request *q, const char *key,
                                          enum err_code (*handle)(struct web *, struct request *,
                                                                  struct err *),
                                          struct err *err);

#endif
