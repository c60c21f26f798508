/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* replay_main.c - gives every file of the folder named on the command line to a fuzz target. */
#include "fuzz.h"

#include <dirent.h>

enum { FILE_BYTES = 1 << 20 };

static void replay(const char *folder, const char *name)
{
    TM_CLEANUP(free_charp) char *data = xmalloc(FILE_BYTES), *exact = NULL;
    char path[4096];
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (!f)
        abort();
    n = fread(data, 1, FILE_BYTES, f);
    fclose(f);
    /* In memory of its very size, so that a sanitizer sees what is read beyond it. */
    exact = xmalloc(n);
    memcpy(exact, data, n);
    LLVMFuzzerTestOneInput((const uint8_t *)exact, n);
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int n = 0;

    if (!dir) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 64;
    }
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        replay(argv[1], e->d_name);
        printf("ok %d - %s\n", ++n, e->d_name);
        fflush(stdout);
    }
    closedir(dir);
    printf("1..%d\n", n);
    return n ? 0 : 1;
}
