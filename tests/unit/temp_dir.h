/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* temp_dir.h - a folder that exists as long as a test; for tests that need files. */
#ifndef TM_TESTS_UNIT_TEMP_DIR_H
#define TM_TESTS_UNIT_TEMP_DIR_H

#include "base/base.h"

#include <ftw.h>
#include <unistd.h>

static char temp_dir[256];

__attribute__((unused)) static int temp_dir_unlink(const char *path, const struct stat *st,
                                                   int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

__attribute__((unused)) static void temp_dir_remove(void)
{
    if (temp_dir[0])
        nftw(temp_dir, temp_dir_unlink, 16, FTW_DEPTH | FTW_PHYS);
    temp_dir[0] = 0;
}

__attribute__((unused)) static void temp_dir_make(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(temp_dir, sizeof(temp_dir), "%s/tidemark-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(temp_dir)) {
        perror(temp_dir);
        exit(1);
    }
    atexit(temp_dir_remove);
}

/* A path in it; valid until four calls later. */
__attribute__((unused)) static const char *temp_path(const char *name)
{
    static char paths[4][1024];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", temp_dir, name);
    return path;
}

__attribute__((unused)) static void temp_write(const char *name, const char *text, size_t n)
{
    FILE *f = fopen(temp_path(name), "we");

    if (!f || fwrite(text, 1, n, f) != n || fclose(f) != 0) {
        perror(name);
        exit(1);
    }
}

__attribute__((unused)) static void temp_writez(const char *name, const char *text)
{
    temp_write(name, text, strlen(text));
}

#endif
