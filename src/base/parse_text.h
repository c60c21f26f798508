/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse_text.h - what the parsers of parse.h do to a text before they look at it. */
#ifndef TM_BASE_PARSE_TEXT_H
#define TM_BASE_PARSE_TEXT_H

#include "base/parse.h"

enum {
    PARSE_TEXT_MAX = 128, /* longer text is no number and no date */
    /* Stand-ins for the Arabic separators U+066B and U+066C, whose meaning is certain. */
    ARABIC_DECIMAL = 0x01,
    ARABIC_GROUP = 0x02
};

/* Trimmed, without marks of direction and a leading apostrophe; digits of other scripts, special
 * blanks, apostrophes and minus signs as ASCII. A view of s where nothing had to change, of
 * `memory` otherwise. ERR_INVALID when it is too long; `what` names what it should be. */
TM_MUST_CHECK enum err_code parse_clean(struct str s, char memory[PARSE_TEXT_MAX], const char *what,
                                        struct str *out_text, struct err *err);
/* "", "-", "n/a" and the like, of clean text. */
bool parse_is_unknown(struct str s);
/* ERR_INVALID: `"s" is not <what>`. */
enum err_code parse_refuse(struct str s, const char *what, struct err *err);
/* How much of s to show in a message. */
int parse_shown(struct str s);

#endif
