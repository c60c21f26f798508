/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* squeeze.h - answers in fewer bytes, as the asker's Accept-Encoding allows (RFC 9110, 12.5.3);
 * inside src/web only. */
#ifndef TM_WEB_SQUEEZE_H
#define TM_WEB_SQUEEZE_H

#include "base/buf.h"

enum coding { CODING_NONE, CODING_GZIP, CODING_ZSTD, CODINGS };

extern const char *const coding_names[CODINGS]; /* "gzip"; NULL for CODING_NONE */

/* The one we like best of those that are not refused (q=0); NULL: none is named. */
enum coding coding_choose(const char *accept);
/* `bytes` becomes what it is in that coding; false, and untouched, when it would not be shorter. */
bool squeeze(enum coding coding, struct buf *bytes);

#endif
