/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* output.h - the files of one simulation: all of them appear, or none.
 *
 * Rows are added to a file's buffer and written in large pieces. A failure sticks to the set and
 * is reported once, by output_check() or output_commit(). Files carry the name NAME.part until
 * output_commit() renames them; output_abandon() removes whatever was written, and the directory
 * when it was made here.
 */
#ifndef TM_SIMULATE_OUTPUT_H
#define TM_SIMULATE_OUTPUT_H

#include "base/buf.h"

enum { OUTPUT_FILES_MAX = 24 };

struct output_set;

struct output {
    struct buf buf; /* add rows here, then call output_row() */
    struct output_set *set;
    char name[64];
    int fd;
    void *gz; /* gzFile; NULL: not compressed */
    bool renamed;
};

struct output_set {
    char dir[3072];
    bool made_dir;
    struct output *files[OUTPUT_FILES_MAX]; /* owned */
    int n;
    int errnum; /* of the first failure; 0: none */
    char failed[64];
};

/* Makes the directory, or accepts an empty one; ERR_EXISTS with a hint otherwise. */
TM_MUST_CHECK enum err_code output_begin(struct output_set *set, const char *dir, struct err *err);
/* A new file; ".gz" is appended to the name when `compress`. Never NULL: failures stick. */
struct output *output_open(struct output_set *set, const char *name, bool compress);
/* After each row: writes the buffer out once it is large. NULL is allowed. */
void output_row(struct output *out);
TM_MUST_CHECK enum err_code output_check(const struct output_set *set, struct err *err);
TM_MUST_CHECK enum err_code output_commit(struct output_set *set, struct err *err);
void output_abandon(struct output_set *set);

#endif
