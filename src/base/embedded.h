/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* embedded.h - files of the source tree that are built into the program (tools/embed.py). */
#ifndef TM_BASE_EMBEDDED_H
#define TM_BASE_EMBEDDED_H

#include "base/base.h"

struct embedded_file {
    const char *name; /* path below its root, without extension; NULL ends a table */
    size_t n;
    const char *text; /* NUL-terminated */
};

#endif
