/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* json_locate.h - where a text stops being JSON: for messages, after the fast parser refused it. */
#ifndef TM_BASE_JSON_LOCATE_H
#define TM_BASE_JSON_LOCATE_H

#include "base/base.h"

/* Offset of the first byte that cannot stand there (RFC 8259, `max_depth` at most 64); s.n when
 * the text ends too early, SIZE_MAX when nothing is wrong with its form. */
size_t json_locate_error(struct str s, int max_depth);

#endif
