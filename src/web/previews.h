/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* previews.h - messages as somebody would get them, as documents of their own for a frame; inside
 * src/web only.
 *
 * The HTML is whatever the shop wrote: a page shows it only in a frame with the attribute sandbox,
 * and it comes with a policy of its own (answer.c) under which no script runs and nothing is sent.
 * In memory, for who asked alone, the newest PREVIEWS_KEPT for PREVIEW_MINUTES. Any thread.
 */
#ifndef TM_WEB_PREVIEWS_H
#define TM_WEB_PREVIEWS_H

#include "base/buf.h"

enum { PREVIEWS_KEPT = 16, PREVIEW_MINUTES = 10, PREVIEW_ID_BYTES = 65 };

struct previews;
struct previews *previews_new(void);
void previews_free(struct previews *previews); /* NULL is fine */

/* `reader` is a number of who asked. */
void previews_keep(struct previews *previews, int64_t reader, struct str html,
                   char out_id[PREVIEW_ID_BYTES]);
/* ERR_NOT_FOUND also when it is somebody else's. `dark`: as where a program is dark. */
TM_MUST_CHECK enum err_code previews_read(struct previews *previews, int64_t reader, const char *id,
                                          bool dark, struct buf *out, struct err *err);

#endif
