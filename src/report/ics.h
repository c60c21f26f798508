/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ics.h - lines of iCalendar, RFC 5545: of 75 bytes at most (3.1), TEXT escaped (3.3.11). */
#ifndef TM_REPORT_ICS_H
#define TM_REPORT_ICS_H

#include "base/buf.h"

/* One content line, folded between characters of UTF-8; `name` with what stands before the value.
 */
void ics_line(struct buf *out, const char *name, const char *value);
void ics_text(struct buf *out, const char *name, const char *text);
/* "DTSTART:20261127T080000Z" */
void ics_time(struct buf *out, const char *name, int64_t at_us);

#endif
