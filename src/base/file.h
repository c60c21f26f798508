/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* file.h - files written as a whole, and folders that are ours alone. */
#ifndef TM_BASE_FILE_H
#define TM_BASE_FILE_H

#include "base/buf.h"

/* The whole of a file of at most `max` bytes. `out_text` needs no preparation; the caller releases
 * it, also after an error. */
TM_MUST_CHECK enum err_code file_read(const char *path, size_t max, struct buf *out_text,
                                      struct err *err);

/* Writes the file so that at any moment, also after a loss of power, its path leads to the old
 * content or to the new one, whole: temporary file beside it, fsync, rename, fsync of the folder.
 */
TM_MUST_CHECK enum err_code file_replace(const char *path, struct str content, struct err *err);

/* A new folder with mode 0700 below $TMPDIR (or /tmp), its path in `out_path`. */
TM_MUST_CHECK enum err_code folder_temporary(char *out_path, size_t size, struct err *err);
/* Removes a folder with all that is in it; does not follow links. Best effort. */
void folder_remove(const char *path);

#endif
