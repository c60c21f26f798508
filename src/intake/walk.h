/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* walk.h - the files below some paths, in an order that does not change. Inside src/intake only. */
#ifndef TM_INTAKE_WALK_H
#define TM_INTAKE_WALK_H

#include "base/base.h"

struct walk {
    char **paths; /* owned; sorted by name within each folder */
    size_t n, cap;
};

/* Adds a file, or all regular files below a folder. Hidden files are left out, a folder that is
 * reached twice (through a link) is entered once. Not more than `limit` files together. A folder
 * below that cannot be read, or an empty one with a file's name ("orders.csv"), is added itself:
 * opening it then tells what is wrong, and the other files go on. */
TM_MUST_CHECK enum err_code walk_add(struct walk *walk, const char *path, size_t limit,
                                     struct err *err);
void walk_release(struct walk *walk);

#endif
