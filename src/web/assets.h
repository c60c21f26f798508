/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assets.h - the files of the dashboard, built into the program (dashboard/tools/assets.py).
 *
 * Every file but two carries a hash of its content in its name: it may be kept for ever. index.html
 * is asked for anew each time, with its etag; tidemark.js, for the pages of shops, each hour. */
#ifndef TM_WEB_ASSETS_H
#define TM_WEB_ASSETS_H

#include "base/base.h"

struct dashboard_file {
    const char
        *path; /* from the root, with the leading slash: "/index.html"; NULL ends the table */
    const char *type; /* Content-Type */
    const char *etag; /* with its quotation marks; of the content, the same for all codings */
    const unsigned char *bytes;
    size_t n;
    const unsigned char *gz; /* the same, gzipped; NULL: that would not be shorter */
    size_t gz_n;
    const unsigned char
        *zst; /* and by zstd; NULL: that would not be shorter, or could not be made */
    size_t zst_n;
};

/* Sorted by path. Only "/index.html" when the program was built without the dashboard: a page
 * that says so. */
extern const struct dashboard_file dashboard_files[];

#endif
