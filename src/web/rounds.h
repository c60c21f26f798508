/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rounds.h - what is looked after once in a while beside requests and work, for all shops; inside
 * src/web only. A thread of its own: the disk may keep it waiting, and nobody waits for it. */
#ifndef TM_WEB_ROUNDS_H
#define TM_WEB_ROUNDS_H

#include "base/base.h"

struct rounds;
struct site;

TM_MUST_CHECK enum err_code rounds_begin(struct site *site, struct rounds **out, struct err *err);
void rounds_end(struct rounds *rounds); /* before the shops close; NULL is fine */

#endif
