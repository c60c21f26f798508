/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* percent.h - what stands in URLs and forms for a byte: "%2F" (RFC 3986, 2.1). */
#ifndef TM_BASE_PERCENT_H
#define TM_BASE_PERCENT_H

#include "base/base.h"

enum { PERCENT_BYTES = 3 };

/* The byte that the n bytes at p begin with the code of; -1: they begin with none. */
int percent_byte(const char *p, size_t n);

#endif
