/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* files.h - the files of a workspace's folder, read byte by byte for what names a person. Inside of
 * src/privacy only.
 *
 * The inventory: every file has one of these ways, the first that fits its path below the folder.
 * The engine's own files are packed and are looked at through the engine.
 */
#ifndef TM_PRIVACY_FILES_H
#define TM_PRIVACY_FILES_H

#include "base/base.h"
#include "base/buf.h"

enum file_way {
    FILE_SEARCHED, /* no erasure may leave anything there */
    FILE_LIVE,     /* the same, but for what came after the erasure was asked for */
    FILE_ENGINE,   /* looked at by the engine */
    FILE_LOG,      /* emptied when it names somebody */
    FILE_ASIDE,    /* an engine's folder that was put aside, exports of people: goes */
    FILE_PASSING,  /* uploads: gone when their job has ended, and filtered as they are read */
    FILE_SECRET,   /* keys and locks, which name nobody; not opened */
    FILE_OWN       /* the shop's own: told by name */
};
enum file_way file_way_of(const char *path);

struct file_search {
    const char *dir; /* of the workspace */
    const struct str *needles;
    size_t needle_count;
    bool clean;           /* do what the way says */
    bool all_logs;        /* ... with logs, too, in which nothing was found */
    int64_t found;        /* out: files of ours with something in them */
    char first[4096];     /* out: the first of them */
    int64_t live;         /* out: how often something stands in the journal's file */
    bool live_log;        /* out: whether in its log */
    int64_t bytes, files; /* out: read */
    struct buf *own;      /* out: the shop's own that name the person, one a line */
};
/* How often one of the needles stands in a text, in which capitals are as good as small ones. */
int64_t files_count(const struct str *needles, size_t n, struct str text);
TM_MUST_CHECK enum err_code files_search(struct file_search *search, struct err *err);

#endif
