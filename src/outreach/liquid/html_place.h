/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* html_place.h - where in an HTML page a variable stands, and what may be printed there.
 *
 * What is harmless between two tags is not so in a link ("javascript:..."), in an attribute without
 * quotes or in a style. The compiler follows the template's own text through the page, branch after
 * branch as they stand, and notes the place of every output; rendering escapes for that place.
 */
#ifndef TM_OUTREACH_LIQUID_HTML_PLACE_H
#define TM_OUTREACH_LIQUID_HTML_PLACE_H

#include "base/buf.h"

enum html_place {
    HTML_TEXT,   /* between tags */
    HTML_QUOTED, /* in an attribute's quotes, after its beginning or where any text may stand */
    HTML_LINK,   /* at the beginning of a quoted attribute that takes an address */
    HTML_BARE,   /* in a tag, or in an attribute without quotes */
    HTML_STYLE,  /* in a style element or attribute */
    HTML_CODE    /* in a script or a comment */
};

enum html_state {
    HTML_STATE_TEXT,
    HTML_STATE_TAG,
    HTML_STATE_NAME,
    HTML_STATE_BEFORE,
    HTML_STATE_VALUE,
    HTML_STATE_COMMENT
};

struct html_scan {
    enum html_state state;
    char quote;    /* of a value; 0 without */
    bool begun;    /* of a value: there was a character */
    char name[16]; /* of the tag or attribute that is being read, lower case, cut */
    size_t n;
    char inside[8]; /* "script", "style" or "": whose content is being read */
    char tag[8];
    char tail[10]; /* the last bytes of such content or of a comment */
};

#define HTML_SCAN ((struct html_scan){.state = HTML_STATE_TEXT})

void html_scan_text(struct html_scan *scan, struct str text);
/* Of an output that stands here; the scan goes on behind it. */
enum html_place html_scan_output(struct html_scan *scan);

/* `safe`: it is HTML already, and goes as it is where HTML may stand. */
void html_add(struct buf *out, struct str text, enum html_place place, bool safe);

#endif
