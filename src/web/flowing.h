/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* flowing.h - one thread a shop that makes its flows live (outreach/acting/acting.h); inside
 * src/web only. Any thread. What cannot be done is logged once and tried again. */
#ifndef TM_WEB_FLOWING_H
#define TM_WEB_FLOWING_H

#include "base/json_write.h"

struct flowing;
struct web;

/* The shop's live messages come in, and it is known whose they are. */
TM_MUST_CHECK enum err_code flowing_open(struct web *web, struct flowing **out, struct err *err);
void flowing_close(struct flowing *flowing); /* NULL is fine */
/* Messages were stored. */
void flowing_came(struct flowing *flowing);
/* A flow was kept, switched or removed: at once, not with the next look. */
void flowing_changed(struct flowing *flowing);
/* A member of that name: how many messages were not looked at yet, and what holds them up. */
void flowing_show_state(struct flowing *flowing, const char *key, struct json_writer *w);

#endif
