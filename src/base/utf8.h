/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* utf8.h - the little that is needed of UTF-8 byte by byte; everything else is ICU's. */
#ifndef TM_BASE_UTF8_H
#define TM_BASE_UTF8_H

#include "base/base.h"

/* Length of the valid UTF-8 sequence that starts at byte i of s (1 to 4), 0 when there is none:
 * overlong forms, surrogates and values above U+10FFFF are not valid (RFC 3629). */
size_t utf8_valid_at(struct str s, size_t i);

/* Offset of the first byte that is not valid UTF-8, or s.n. A sequence cut by the end of s
 * counts as invalid. */
size_t utf8_first_invalid(struct str s);

#endif
