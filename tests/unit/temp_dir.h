/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* temp_dir.h - a folder that exists as long as a test; for tests that need files. */
#ifndef TM_TESTS_UNIT_TEMP_DIR_H
#define TM_TESTS_UNIT_TEMP_DIR_H

#include "base/file.h"

#include <unistd.h>

static char temp_dir[256];

__attribute__((unused)) static void temp_dir_remove(void)
{
    if (temp_dir[0])
        folder_remove(temp_dir);
    temp_dir[0] = 0;
}

__attribute__((unused)) static void temp_dir_make(void)
{
    struct err err = ERR_INIT;

    if (folder_temporary(temp_dir, sizeof(temp_dir), &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.msg);
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
