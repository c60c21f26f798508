/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* birthday.h - month and day of birth out of what sources write.
 *
 * The year is not kept: nothing asks for it. What can be read in two ways (03/04/1985) is not
 * known unless `order` decides; neither are the days that systems write for "unknown" (1 January
 * 1900 and 1970).
 */
#ifndef TM_SHOP_BIRTHDAY_H
#define TM_SHOP_BIRTHDAY_H

#include "base/parse.h"

enum { BIRTHDAY_SIZE = 6 };

/* "1985-04-09", with a time behind it or not, "1985/04/09", "--04-09", "04-09", "09.04.1985",
 * "09.04.", and "04/09" or "04/09/1985" in that order -> "04-09". False: no such day; `out` is "".
 */
bool birthday_of(struct str said, enum date_order order, char out[BIRTHDAY_SIZE]);
/* Of "04-09"; false for anything else. */
bool birthday_parts(struct str birthday, int *out_month, int *out_day);

#endif
