/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* input_gzip.h - gzip streams of one or more members (RFC 1952), checked to the last byte.
 *
 * libarchive reads gzip too, but neither verifies its check sum nor tells a cut one.
 */
#ifndef TM_BASE_INPUT_GZIP_H
#define TM_BASE_INPUT_GZIP_H

#include "base/base.h"

struct input_gzip;

/* `fd` and `path` are borrowed; the descriptor stands at the file's start. */
struct input_gzip *input_gzip_new(int fd, const char *path);
void input_gzip_free(struct input_gzip *gz);
/* The next bytes, valid until the next call; n = 0 at the end. */
TM_MUST_CHECK enum err_code input_gzip_read(struct input_gzip *gz, struct str *out_bytes,
                                            struct err *err);

#endif
