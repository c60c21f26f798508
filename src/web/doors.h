/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doors.h - counts what is turned away at the door of a shop's live messages; inside src/web only.
 *
 * Counted in memory, which costs no request anything, and written to the store in batches
 * (store/turned.h): what the last seconds before a kill turned away is not on record. However much
 * comes, memory and file are bounded. Any thread.
 */
#ifndef TM_WEB_DOORS_H
#define TM_WEB_DOORS_H

#include "intake/live/door.h"
#include "store/store.h"

enum { DOORS_WRITE_SECONDS = 5 };

struct doors;
/* With a connection of its own. */
TM_MUST_CHECK enum err_code doors_open(struct store *store, struct doors **out, struct err *err);
void doors_close(struct doors *doors); /* writes what is left; NULL is fine */
/* source 0: nobody's, with the key that it came with ("": none), of which only a hash is kept. */
void doors_count(struct doors *doors, int64_t source, const char *key, enum door_why why);
/* All that was counted before is in the store when it returns; after an error it is still held. */
TM_MUST_CHECK enum err_code doors_write(struct doors *doors, struct err *err);

#endif
