/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* limits.h - how often something may be tried: attempts in a window of a minute, and failures
 * in a row, by name.
 *
 * A table of fixed size, keyed by a hash with a secret of this process; when two names meet in one
 * place the newer takes it over with the older's count, so that filling it frees nobody. Any
 * thread.
 */
#ifndef TM_WEB_LIMITS_H
#define TM_WEB_LIMITS_H

#include "base/base.h"

struct limits;

struct limits *limits_new(void);
void limits_free(struct limits *limits);
/* Counts an attempt. 0: it may go on; else the seconds to wait. */
int limits_take(struct limits *limits, const char *kind, const char *name, int most);
/* Failures in a row: after `free` of them each doubles the wait, from a minute to fifteen at most,
 * so that nobody is locked out for good; an hour without one forgets them. */
void limits_fail(struct limits *limits, const char *kind, const char *name, int free);
int limits_wait(struct limits *limits, const char *kind, const char *name);
/* Forgets the attempts of a name. */
void limits_clear(struct limits *limits, const char *kind, const char *name);

#endif
