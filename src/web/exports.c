/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/exports.h"

#include "base/log.h"
#include "base/timestamp.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char folder_name[] = "exports";

static enum err_code path_of(struct web *web, int64_t job, char *out, size_t size, struct err *err)
{
    char name[64];

    snprintf(name, sizeof(name), "%s/%" PRId64 ".zip", folder_name, job);
    return store_path(web->shop->store, name, out, size, err);
}

enum err_code exports_path(struct web *web, int64_t job, char *out, size_t size, struct err *err)
{
    char dir[1200];

    TRY(store_path(web->shop->store, folder_name, dir, sizeof(dir), err));
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return err_errno(err, "making the folder \"%s\"", dir);
    return path_of(web, job, out, size, err);
}

/* A file's day begins when it was last written. */
void exports_keep(struct web *web, int64_t job, int64_t until_us)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                {.tv_sec = until_us / US_PER_SECOND - EXPORT_HOURS * 3600}};
    char path[1400];

    if (times[1].tv_sec > timestamp_now() / US_PER_SECOND &&
        path_of(web, job, path, sizeof(path), NULL) == ERR_OK &&
        utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0)
        log_line(LOG_ERROR, "web", "job=%" PRId64 ": its file is kept for a day alone", job);
}

enum err_code exports_fill(struct web *web, int64_t job, const struct web_person *person,
                           struct buf *out_report, struct err *err)
{
    char path[1400];

    TRY(exports_path(web, job, path, sizeof(path), err));
    return web->work.export_person(web->work.ctx, person, path, out_report, err);
}

static bool is_over(const struct stat *st)
{
    return timestamp_now() / US_PER_SECOND - st->st_mtime >= EXPORT_HOURS * 3600;
}

static enum err_code is_gone(struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "the export is not here any more");
    err_hint(err, "It is kept for a day, and goes when anybody is erased: ask for it again.");
    return ERR_NOT_FOUND;
}

enum err_code exports_open(struct web *web, int64_t job, int *out_fd, uint64_t *out_bytes,
                           struct err *err)
{
    char path[1400];
    struct stat st;
    int fd;

    TRY(path_of(web, job, path, sizeof(path), err));
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? is_gone(err) : err_errno(err, "reading \"%s\"", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || is_over(&st)) {
        close(fd);
        return is_gone(err);
    }
    *out_fd = fd;
    *out_bytes = (uint64_t)st.st_size;
    return ERR_OK;
}

bool exports_has(struct web *web, int64_t job)
{
    struct err none = ERR_INIT;
    uint64_t bytes;
    int fd;

    if (exports_open(web, job, &fd, &bytes, &none) != ERR_OK)
        return false;
    close(fd);
    return true;
}

enum err_code exports_remove(struct web *web, int64_t job, struct err *err)
{
    char path[1400];

    TRY(path_of(web, job, path, sizeof(path), err));
    if (unlink(path) == 0)
        return ERR_OK;
    return errno == ENOENT ? is_gone(err) : err_errno(err, "removing \"%s\"", path);
}

void exports_sweep(struct web *web)
{
    char dir[1200], path[1500];
    const struct dirent *entry;
    struct stat st;
    DIR *folder;

    if (timestamp_now() - web->exports_swept_us < 60 * US_PER_SECOND ||
        store_path(web->shop->store, folder_name, dir, sizeof(dir), NULL) != ERR_OK)
        return;
    web->exports_swept_us = timestamp_now();
    folder = opendir(dir);
    while (folder && (entry = readdir(folder))) {
        snprintf(path, sizeof(path), "%s/%.255s", dir, entry->d_name);
        if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && is_over(&st))
            unlink(path);
    }
    if (folder)
        closedir(folder);
}
