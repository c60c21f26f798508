/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/key_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { KEY_MAX = 64 };

static enum err_code read_key(const char *path, unsigned char *out_key, size_t n, struct err *err)
{
    unsigned char more;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool whole;

    if (fd < 0)
        return err_errno(err, "reading \"%s\"", path);
    whole = read(fd, out_key, n) == (ssize_t)n && read(fd, &more, 1) == 0;
    close(fd);
    return whole ? ERR_OK : err_set(err, ERR_STORE, "\"%s\" is not a key", path);
}

static enum err_code sync_folder(const struct store *store, struct err *err)
{
    int fd = open(store_dir(store), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

    if (fd >= 0)
        close(fd);
    return kept ? ERR_OK : err_errno(err, "writing the folder \"%s\"", store_dir(store));
}

/* The file gets its name when it is whole; where another has the name already, that one counts. */
static enum err_code make_key(const struct store *store, const char *path, size_t n,
                              struct err *err)
{
    unsigned char key[KEY_MAX];
    char temporary[1300];
    enum err_code rc = ERR_OK;
    int fd;

    assert(n <= sizeof(key));
    snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return err_errno(err, "writing \"%s\"", path);
    randombytes_buf(key, n);
    if (write(fd, key, n) != (ssize_t)n || fsync(fd) != 0)
        rc = err_errno(err, "writing \"%s\"", path);
    sodium_memzero(key, sizeof(key));
    if (close(fd) != 0 && rc == ERR_OK)
        rc = err_errno(err, "writing \"%s\"", path);
    if (rc == ERR_OK && link(temporary, path) != 0 && errno != EEXIST)
        rc = err_errno(err, "writing \"%s\"", path);
    unlink(temporary);
    return rc == ERR_OK ? sync_folder(store, err) : rc;
}

enum err_code key_file_load(const struct store *store, const char *name, bool make,
                            unsigned char *out_key, size_t n, struct err *err)
{
    char path[1200];

    TRY(store_path(store, name, path, sizeof(path), err));
    if (access(path, F_OK) != 0) {
        if (errno != ENOENT || !make)
            return err_errno(err, "reading \"%s\"", path);
        TRY(make_key(store, path, n, err));
    }
    return read_key(path, out_key, n, err);
}
