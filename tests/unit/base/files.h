/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* files.h - files that a test makes in a folder of its own, removed at the end. */
#ifndef TM_TESTS_UNIT_BASE_FILES_H
#define TM_TESTS_UNIT_BASE_FILES_H

#include "base/base.h"

/* The path of a file with this content in the test's folder; kept until the 16th call after. */
const char *file_with(const char *name, const void *p, size_t n);
const char *file_withz(const char *name, const char *text);
/* The path alone. */
const char *file_path(const char *name);
/* The content of a file in the test's folder, cut to `keep` bytes. */
void file_cut(const char *path, size_t keep);
size_t file_size(const char *path);
/* Removes the folder. */
void files_done(void);

/* Compressed by libarchive: "gzip", "zstd", "xz", "bzip2". */
const char *file_compressed(const char *name, const char *filter, const void *p, size_t n);
/* An archive ("zip", "tar") of `count` members. */
struct member {
    const char *name;
    const char *text;
};
const char *file_archive(const char *name, const char *format, const struct member *members,
                         size_t count);

#endif
