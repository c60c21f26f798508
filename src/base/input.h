/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* input.h - files as a stream of UTF-8 text, whatever they are packed and encoded in.
 *
 * Compression (gzip, zstd, xz, bzip2; none) and archives (zip, tar: one member at a time) are
 * recognised from the content by libarchive, never from the name. Text is UTF-8, UTF-16 with
 * BOM, or Windows-1252; it leaves here as valid UTF-8 without BOM. Memory does not grow with
 * the file.
 *
 * Windows-1252 is used only for a file that holds no valid multi-byte UTF-8 sequence before the
 * first byte that is not UTF-8; a file that mixes both is refused with the line. Until that byte
 * the text is ASCII and the same in both, so the reading simply goes on; input_encoding() tells
 * the truth once the end is reached. NUL bytes are refused.
 *
 * Members of an archive that macOS adds to its zips (__MACOSX/, ._x, .DS_Store) do not count.
 *
 * One thread per input. Errors name the file, and the line where there is one.
 */
#ifndef TM_BASE_INPUT_H
#define TM_BASE_INPUT_H

#include "base/buf.h"

#include <stdatomic.h>

struct input;

/* Opens a regular file; a directory, an unreadable or an empty file is an error. For an archive
 * `member` chooses which file of it, counted from 0 over its regular files; 0 otherwise. */
TM_MUST_CHECK enum err_code input_open(const char *path, size_t member, struct input **out_input,
                                       struct err *err);
/* From the start again. */
TM_MUST_CHECK enum err_code input_reopen(struct input *input, struct err *err);
void input_close(struct input *input);
void input_closep(struct input **input);

const char *input_name(const struct input *input);        /* "orders.csv", or "x.zip/orders.csv" */
const char *input_compression(const struct input *input); /* "none", "gzip", ... */
const char *input_encoding(const struct input *input);    /* "UTF-8", "UTF-16LE", ... */
/* How far: bytes of the file read so far, and its size. */
uint64_t input_position(const struct input *input);
uint64_t input_size(const struct input *input);
/* Number of regular files in an archive; 1 for anything else. */
TM_MUST_CHECK enum err_code input_member_count(const char *path, size_t *out_n, struct err *err);

/* The next piece of text, valid until the next call; n = 0 at the end. Pieces end anywhere but
 * within a character. */
TM_MUST_CHECK enum err_code input_read(struct input *input, struct str *out_text, struct err *err);

/* The next line without its end (LF, CR LF or CR); *out_more false at the end. `limit` bounds a
 * line's bytes. Not to be mixed with input_read or a CSV reader on the same input. */
TM_MUST_CHECK enum err_code input_line(struct input *input, size_t limit, struct str *out_line,
                                       int64_t *out_number, bool *out_more, struct err *err);

/* SHA-256 of the file's bytes as they lie on the disk, lower-case hex. Any thread may set `stop`,
 * unless it is NULL: then ERR_CANCELLED. */
TM_MUST_CHECK enum err_code input_digest(const char *path, const atomic_bool *stop,
                                         char out_hex[65], struct err *err);

#endif
