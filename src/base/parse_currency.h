/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse_currency.h - currency signs and codes around an amount. */
#ifndef TM_BASE_PARSE_CURRENCY_H
#define TM_BASE_PARSE_CURRENCY_H

#include "base/base.h"

/* Bytes of the sign or ISO 4217 code with which s begins or ends; 0 when there is none. */
size_t parse_currency_before(struct str s);
size_t parse_currency_after(struct str s);

#endif
