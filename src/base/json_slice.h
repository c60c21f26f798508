/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_slice.h - the parts of a JSON text as they are written: to hand on what others said without
 * printing it anew, every digit of its numbers kept.
 *
 * Only for text that json_parse() has taken. Walks in step with json_iter() over the same value:
 * that gives the keys, this the bytes.
 */
#ifndef TM_BASE_JSON_SLICE_H
#define TM_BASE_JSON_SLICE_H

#include "base/base.h"

struct json_slice {
    const char *p, *end;
    bool has_keys;
    struct str value; /* of the member or element: from its first byte to its last */
};

/* Over an object's members or an array's elements; over nothing for any other value. */
struct json_slice json_slice(struct str value);
bool json_slice_next(struct json_slice *s);

#endif
