/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fold.h - texts without regard for case, the same way in memory and in the engine.
 *
 * Each letter of the Latin, Greek and Cyrillic blocks (below U+0530) becomes its one small letter
 * of Unicode, each by itself; all else stays. The engine does it by translateUTF8() with the same
 * two rows of letters: its own lowerUTF8() depends on words around a letter and on its version of
 * Unicode. Inside of src/audience and its tests only.
 */
#ifndef TM_AUDIENCE_FOLD_H
#define TM_AUDIENCE_FOLD_H

#include "base/buf.h"

void fold_add(struct buf *out, struct str text);
/* The letters that change, and what each becomes. */
void fold_rows(struct buf *out_from, struct buf *out_to);

#endif
