/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* text.h - the plain text of an HTML message.
 *
 * For the part that programs without HTML show, and that filters read. Paragraphs, headings, lists
 * and quotes keep their lines; tables are read row by row, as they are laid out; pictures stand by
 * their alternative text; what is hidden, styles and scripts are left out. A link that says more
 * than its words is numbered, and its address stands below: [1] https://... Lines are not broken: a
 * program knows its own width, and addresses stay whole. Marks of lists and numbers of links have
 * no direction of their own: a line goes the way of its first word, also from right to left.
 */
#ifndef TM_OUTREACH_TEXT_TEXT_H
#define TM_OUTREACH_TEXT_TEXT_H

#include "base/buf.h"

/* Appends to `out`. Takes any bytes; what is no HTML comes out as text. */
TM_MUST_CHECK enum err_code text_from_html(struct str html, struct buf *out, struct err *err);

#endif
