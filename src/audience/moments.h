/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* moments.h - who is to be looked at when although nothing comes from them: people and moments, the
 * earliest first. Some 64 bytes a person, bounded by `most`. One thread; no I/O, no clock.
 */
#ifndef TM_AUDIENCE_MOMENTS_H
#define TM_AUDIENCE_MOMENTS_H

#include "base/base.h"

struct moments;
struct moments *moments_new(size_t most);
void moments_free(struct moments *moments); /* NULL is fine */
void moments_clear(struct moments *moments);

/* In place of an earlier word on the person, who is not 0; INT64_MAX: at no moment. False when
 * there is no room for one more. */
bool moments_set(struct moments *moments, uint64_t person, int64_t at_us);
/* INT64_MAX when nobody waits. */
int64_t moments_next(struct moments *moments);
/* Those whose moment has come, the earliest first; they are taken out. */
size_t moments_take(struct moments *moments, int64_t now_us, uint64_t *out, size_t most);
size_t moments_count(const struct moments *moments);

#endif
