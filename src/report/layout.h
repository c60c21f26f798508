/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* layout.h - lines of text in columns of a terminal.
 *
 * Widths are what a terminal shows: marks above and below letters (Thai vowels and tones, Arabic
 * vowel signs) and direction marks take no column, wide East Asian characters two.
 * Arabic texts get the digits that the user wishes (locale_use()); what is to be typed or came from
 * outside stands between directional isolates and keeps its own (digits.h).
 */
#ifndef TM_REPORT_LAYOUT_H
#define TM_REPORT_LAYOUT_H

#include "base/buf.h"
#include "base/i18n.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_ACCENT, STYLE_GOOD, STYLE_WARN };

struct sheet {
    struct buf *out; /* borrowed */
    size_t width;
    bool colour;
    enum language language;
    size_t column; /* where the next text goes; 0: nothing on this line yet */
};

/* The arrow from a level to the next as the language reads: "2→3", from right to left "2←3". */
const char *layout_arrow(enum language language);
/* Between the things of a list: ", " or "، ". */
const char *layout_comma(enum language language);

/* Columns that the text takes. */
size_t layout_width(struct str text);

void sheet_put(struct sheet *sheet, enum style style, const char *text);
/* Exactly `width` columns: cut with an ellipsis, or filled with spaces at the end, with `end` at
 * the start. */
void sheet_cell(struct sheet *sheet, enum style style, const char *text, size_t width, bool end);
/* Spaces up to a column. */
void sheet_to(struct sheet *sheet, size_t column);
/* Words from here on, later lines starting at column `indent`; lines break where the language
 * allows it (Thai has no spaces between words). Ends the line; an empty text writes nothing. */
void sheet_wrap(struct sheet *sheet, enum style style, const char *text, size_t indent);
/* Finished lines: those that are too wide go on below their last column (what follows two spaces),
 * and paragraphs (lines that begin at the edge) are broken anew as a whole. */
void sheet_reflow(struct sheet *sheet, struct str text);
void sheet_end_line(struct sheet *sheet);
/* An empty line, and the text with a rule to the page's edge. */
void sheet_heading(struct sheet *sheet, const char *text);
void sheet_repeat(struct sheet *sheet, enum style style, const char *text, size_t times);

#endif
