/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* input_bytes.h - a file's bytes without their packing; the lower half of input.h.
 *
 * Plain files are read with read(2), gzip by zlib (which checks the sum at its end, as
 * libarchive does not), everything else by libarchive. Belongs to one thread.
 */
#ifndef TM_BASE_INPUT_BYTES_H
#define TM_BASE_INPUT_BYTES_H

#include "base/base.h"

struct input_bytes;

/* The file descriptor and size of a regular file that is not empty. */
TM_MUST_CHECK enum err_code input_bytes_fd(const char *path, int *out_fd, uint64_t *out_size,
                                           struct err *err);

/* What is said of a file without text: always ERR_INVALID. */
enum err_code input_bytes_empty(const char *name, struct err *err);

TM_MUST_CHECK enum err_code input_bytes_open(const char *path, size_t member,
                                             struct input_bytes **out_bytes, struct err *err);
void input_bytes_close(struct input_bytes *bytes);
/* Fills `p` up to `cap` bytes; fewer only at the end. */
TM_MUST_CHECK enum err_code input_bytes_read(struct input_bytes *bytes, char *p, size_t cap,
                                             size_t *out_n, struct err *err);
const char *input_bytes_name(const struct input_bytes *bytes);
const char *input_bytes_compression(const struct input_bytes *bytes);
uint64_t input_bytes_position(const struct input_bytes *bytes);
uint64_t input_bytes_size(const struct input_bytes *bytes);
TM_MUST_CHECK enum err_code input_bytes_count(const char *path, size_t *out_n, struct err *err);

#endif
