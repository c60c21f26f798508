/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* html.h - the sections of the HTML page, and the few ways in which they write.
 *
 * Texts go through html_text() and its kin, which escape them; literal markup goes through
 * buf_addz() and holds nothing from outside.
 */
#ifndef TM_REPORT_HTML_H
#define TM_REPORT_HTML_H

#include "report/words.h"

struct html {
    struct page *page;
    struct buf *out; /* borrowed */
};

/* An attribute value or element content. */
void html_text(struct html *html, const char *text);
/* <tag class="class_">text</tag>; nothing when the text is empty. class_ NULL: none. */
void html_element(struct html *html, const char *tag, const char *class_, const char *text);
/* <section id="id"><h2>title</h2>, closed by html_section_end(). */
void html_section(struct html *html, const char *id, const char *title);
void html_section_end(struct html *html);
/* <dt>term</dt><dd>text</dd>; nothing when the text is empty. */
void html_pair(struct html *html, const char *term, const char *text);
/* A head cell of a table's column or, `row`, of its row. */
void html_head_cell(struct html *html, const char *text, bool row);

/* html_stage.c */
void html_gaps(struct html *html);
void html_connections(struct html *html);
/* html_flip.c, html_worth.c, html_road.c: nothing where it was not worked out */
void html_flip(struct html *html);
void html_worth(struct html *html);
void html_road(struct html *html);
void html_history(struct html *html);
/* html_profile.c */
void html_profile(struct html *html);
void html_evidence(struct html *html);
/* html_peers.c */
void html_peers(struct html *html);
/* html_practice.c */
void html_practices(struct html *html);
/* html_method.c */
void html_method(struct html *html);
void html_inputs(struct html *html);

#endif
