/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* So that the rename itself survives a loss of power. */
static enum err_code sync_folder(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    int fd, rc;

    if (slash == path)
        snprintf(folder, sizeof(folder), "/");
    else if (slash)
        snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "opening the folder \"%s\"", folder);
    rc = fsync(fd);
    close(fd);
    /* Some file systems do not know fsync of a folder (EINVAL): nothing to wait for there. */
    return rc != 0 && errno != EINVAL ? err_errno(err, "writing the folder \"%s\"", folder)
                                      : ERR_OK;
}

/* A device or a pipe takes the content as it is: nothing may be put in its place. */
static enum err_code write_through(const char *path, struct str content, struct err *err)
{
    FILE *f = fopen(path, "we");
    enum err_code rc = ERR_OK;

    if (!f || fwrite(content.p, 1, content.n, f) != content.n || fflush(f) != 0)
        rc = err_errno(err, "writing \"%s\"", path);
    if (f && fclose(f) != 0 && rc == ERR_OK)
        rc = err_errno(err, "writing \"%s\"", path);
    return rc;
}

enum err_code file_read(const char *path, size_t max, struct buf *out_text, struct err *err)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(path, "re");
    char piece[16384];
    size_t n;

    *out_text = BUF_INIT(max);
    if (!f)
        return err_errno(err, "could not open \"%s\"", path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0 && !out_text->failed)
        buf_add(out_text, piece, n);
    if (ferror(f))
        return err_errno(err, "could not read \"%s\"", path);
    if (out_text->failed)
        return err_set(err, ERR_TOO_LARGE, "\"%s\" is larger than %zu bytes", path, max);
    return ERR_OK;
}

enum err_code file_replace(const char *path, struct str content, struct err *err)
{
    char target[PATH_MAX];
    enum err_code rc = ERR_OK;
    char temporary[4096];
    struct stat st;
    FILE *f;
    int fd;

    if (realpath(path, target)) /* a link stays, the file behind it is replaced */
        path = target;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_through(path, content, err);
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "writing \"%s\"", path);
    f = fdopen(fd, "w");
    if (!f || fchmod(fd, 0644) != 0 || fwrite(content.p, 1, content.n, f) != content.n ||
        fflush(f) != 0 || fsync(fd) != 0)
        rc = err_errno(err, "writing \"%s\"", path);
    if ((f ? fclose(f) : close(fd)) != 0 && rc == ERR_OK)
        rc = err_errno(err, "writing \"%s\"", path);
    if (rc == ERR_OK && rename(temporary, path) != 0)
        rc = err_errno(err, "writing \"%s\"", path);
    if (rc != ERR_OK) {
        unlink(temporary);
        return rc;
    }
    return sync_folder(path, err);
}

enum err_code folder_temporary(char *out_path, size_t size, struct err *err)
{
    const char *base = getenv("TMPDIR");
    char path[4096];

    snprintf(path, sizeof(path), "%s/tidemark-XXXXXX", base && base[0] ? base : "/tmp");
    if (strlen(path) >= size)
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", path);
    if (!mkdtemp(path))
        return err_errno(err, "making a temporary folder \"%s\"", path);
    snprintf(out_path, size, "%s", path);
    return ERR_OK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    remove(path);
    return 0;
}

void folder_remove(const char *path)
{
    nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
