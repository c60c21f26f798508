/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* provider_parts.h - what provider.c and provider_sign.c share. Inside src/outreach/mail only. */
#ifndef TM_OUTREACH_MAIL_PROVIDER_PARTS_H
#define TM_OUTREACH_MAIL_PROVIDER_PARTS_H

#include "outreach/mail/provider.h"

/* What stands at "a.b.c"; JSON_NONE: nothing. */
struct json_value provider_at(struct json_value v, const char *path);

#endif
