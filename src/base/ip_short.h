/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ip_short.h - internet addresses without what tells one household from the next. */
#ifndef TM_BASE_IP_SHORT_H
#define TM_BASE_IP_SHORT_H

#include "base/buf.h"

enum { IP_SHORT_MAX = 46 };

/* The last byte of an IPv4 address and the last ten of an IPv6 address become 0. False, and "",
 * when the text is no address. */
bool ip_short(struct str text, char out[IP_SHORT_MAX]);

#endif
