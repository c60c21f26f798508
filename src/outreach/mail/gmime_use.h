/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gmime_use.h - the library that reads and writes MIME, begun once. Inside src/outreach/mail only.
 *
 * Its objects belong to one thread each; different ones may be used side by side.
 */
#ifndef TM_OUTREACH_MAIL_GMIME_USE_H
#define TM_OUTREACH_MAIL_GMIME_USE_H

#include "base/base.h"

#include <gmime/gmime.h>

/* Before the first use in every thread; any number of times. */
void gmime_begin(void);

#endif
