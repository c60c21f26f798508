/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* yaml_edit.h - one value of a YAML file written anew, every other byte kept: comments, order and
 * indentation of a file that somebody wrote by hand.
 *
 * What is written anew: the value itself; the line of an entry that goes; the whole of a list or
 * mapping in brackets that gains or loses an entry. A comment inside of such a part goes with it.
 * A new entry stands after the last one of its block, in one line.
 */
#ifndef TM_BASE_YAML_EDIT_H
#define TM_BASE_YAML_EDIT_H

#include "base/buf.h"

enum { YAML_EDIT_DEPTH = 4 };

/* The value under the keys `path`, 1 to YAML_EDIT_DEPTH of them, becomes `value`: YAML in one
 * line, not checked. NULL takes the entry away. Keys on the way that are missing are made. */
TM_MUST_CHECK enum err_code yaml_edit(struct buf *text, const char *const *path, size_t depth,
                                      const char *value, struct err *err);
/* The list under `key` holds `item` this often. */
TM_MUST_CHECK enum err_code yaml_edit_list(struct buf *text, const char *key, const char *item,
                                           size_t times, struct err *err);
/* A text as a YAML scalar, quoted: without line breaks or other control characters. */
void yaml_edit_quote(struct str text, struct buf *out);

#endif
