/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* log.h - what an operator reads: one line a message on standard error.
 *
 * level component message. Functions below cmd/ log at debug level only; what a user must see
 * comes back as a result or an error. TIDEMARK_LOG chooses the level (error, warn, info, debug),
 * warn unless set; TIDEMARK_LOG_FORMAT=json gives JSON lines, in which the words "name=value" that
 * a message begins with are fields of their own. Any thread may log.
 */
#ifndef TM_BASE_LOG_H
#define TM_BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_line(enum log_level level, const char *component, const char *fmt, ...) TM_PRINTF(3, 4);

#endif
