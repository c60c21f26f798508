/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segment_texts.h - what api_segments.c and api_segment_people.c share; inside src/web only. */
#ifndef TM_WEB_SEGMENT_TEXTS_H
#define TM_WEB_SEGMENT_TEXTS_H

#include "audience/shelf.h"
#include "store/memberships.h"
#include "web/request.h"

/* The "text" of a body, or what its "tree" says. */
TM_MUST_CHECK enum err_code segment_text_of(struct json_value body, struct buf *out,
                                            struct err *err);
/* The segment whose number is in the path. */
TM_MUST_CHECK enum err_code segment_find(struct request *q, const struct audience_shelf *shelf,
                                         size_t *out, struct err *err);

/* Whether the members that are written down are those of the text as it is. */
bool segment_is_current(const struct audience_shelf *shelf, size_t i, const struct membership *m);

#endif
