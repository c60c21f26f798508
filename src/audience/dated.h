/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dated.h - who has a date on a certain day, once or every year, as the text of a segment: so that
 * it is asked as everything else is. Pure. */
#ifndef TM_AUDIENCE_DATED_H
#define TM_AUDIENCE_DATED_H

#include "audience/audience.h"

/* ERR_INVALID unless people have a date of that name: an attribute of days, and for a yearly one
 * the birthday or a day that has been. */
TM_MUST_CHECK enum err_code audience_dated_check(const char *attribute, bool every_year,
                                                 struct err *err);
/* The people whose date that is; with `every_year`, on whose date it is that day's anniversary (of
 * a day that has been: from the first year on). What comes on 29 February comes on the 28th in
 * other years. */
void audience_dated_text(const char *attribute, bool every_year, int64_t day, struct buf *out);

#endif
