/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* door.h - why something is turned away at the door of live messages, before it is a message: it is
 * in no journal, only counted (store/turned.h). */
#ifndef TM_INTAKE_LIVE_DOOR_H
#define TM_INTAKE_LIVE_DOOR_H

#include "base/base.h"

enum door_why {
    DOOR_UNKNOWN_KEY, /* the write key or address is nobody's, or was revoked */
    DOOR_BAD_SIGNATURE,
    DOOR_MALFORMED,
    DOOR_TOO_LARGE,
    DOOR_TOO_OFTEN,
    DOOR_NOT_NOW, /* a full disk, or the server was ending */
    DOOR_NO_SHOP, /* of several shops none knows the key, and the address named none */
    DOOR_WHY_COUNT
};

const char *door_name(enum door_why why); /* "unknown_key": a constant */
/* For people, in the thread's language; the text of a reason of live.h when it is one of those. */
const char *door_text(const char *name);
const char *door_hint(const char *name); /* what to do; "" */

#endif
