/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 1 << 18, ROW_LIMIT = 16 << 20, PATH_CAP = 4096 };

static void path_of(const struct output_set *set, const struct output *out, bool part, char *path)
{
    snprintf(path, PATH_CAP, "%s/%s%s", set->dir, out->name, part ? ".part" : "");
}

static void fail(struct output_set *set, const char *name, int errnum)
{
    if (set->errnum)
        return;
    set->errnum = errnum ? errnum : EIO;
    snprintf(set->failed, sizeof(set->failed), "%s", name);
}

static enum err_code require_empty(const char *dir, struct err *err)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;
    bool empty = true;

    if (!d)
        return err_errno(err, "could not read the folder \"%s\"", dir);
    while (empty && (entry = readdir(d)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(d);
    if (empty)
        return ERR_OK;
    err_set(err, ERR_EXISTS, "the folder \"%s\" is not empty", dir);
    err_hint(err, "Name a folder that does not exist yet, or empty this one.");
    return ERR_EXISTS;
}

enum err_code output_begin(struct output_set *set, const char *dir, struct err *err)
{
    *set = (struct output_set){.n = 0};
    if (!dir || !*dir || strlen(dir) >= sizeof(set->dir))
        return err_set(err, ERR_INVALID, "the name of the folder is empty or too long");
    memcpy(set->dir, dir, strlen(dir) + 1);
    if (mkdir(dir, 0777) == 0) {
        set->made_dir = true;
        return ERR_OK;
    }
    if (errno != EEXIST)
        return err_errno(err, "could not make the folder \"%s\"", dir);
    return require_empty(dir, err);
}

struct output *output_open(struct output_set *set, const char *name, bool compress)
{
    struct output *out = xcalloc(1, sizeof(*out));
    char path[PATH_CAP];

    assert(set->n < OUTPUT_FILES_MAX);
    out->buf = BUF_INIT(ROW_LIMIT);
    out->set = set;
    snprintf(out->name, sizeof(out->name), "%s%s", name, compress ? ".gz" : "");
    set->files[set->n++] = out;
    path_of(set, out, true, path);
    out->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (out->fd < 0) {
        fail(set, out->name, errno);
        return out;
    }
    if (compress) {
        /* The fastest level: these files are read once. zlib's gzip header holds no time. */
        out->gz = gzdopen(out->fd, "wb1");
        if (out->gz)
            gzbuffer(out->gz, PIECE);
        else
            fail(set, out->name, ENOMEM);
    }
    return out;
}

static void spill(struct output *out)
{
    const char *p = out->buf.p;
    size_t n = out->buf.n;

    if (out->buf.failed)
        fail(out->set, out->name, EFBIG);
    if (out->gz && n && !out->set->errnum) {
        if (gzwrite(out->gz, p, (unsigned)n) != (int)n)
            fail(out->set, out->name, errno);
    } else {
        while (n && !out->set->errnum) {
            ssize_t wrote = write(out->fd, p, n);

            if (wrote < 0 && errno == EINTR)
                continue;
            if (wrote <= 0) {
                fail(out->set, out->name, errno);
                break;
            }
            p += wrote;
            n -= (size_t)wrote;
        }
    }
    buf_reset(&out->buf);
}

void output_row(struct output *out)
{
    if (out && out->buf.n >= PIECE)
        spill(out);
}

enum err_code output_check(const struct output_set *set, struct err *err)
{
    if (!set->errnum)
        return ERR_OK;
    return err_errno_at(err, set->errnum, __FILE__, __LINE__, "could not write \"%s/%s\"", set->dir,
                        set->failed);
}

static void shut(struct output *out, bool keep)
{
    if (keep)
        spill(out);
    if (out->gz) {
        errno = 0;
        if (gzclose(out->gz) != Z_OK)
            fail(out->set, out->name, errno);
        out->gz = NULL;
    } else if (out->fd >= 0 && close(out->fd) != 0) {
        fail(out->set, out->name, errno);
    }
    out->fd = -1;
}

enum err_code output_commit(struct output_set *set, struct err *err)
{
    char from[PATH_CAP], to[PATH_CAP];

    for (int i = 0; i < set->n; i++)
        shut(set->files[i], true);
    for (int i = 0; i < set->n && !set->errnum; i++) {
        path_of(set, set->files[i], true, from);
        path_of(set, set->files[i], false, to);
        if (rename(from, to) != 0)
            fail(set, set->files[i]->name, errno);
        else
            set->files[i]->renamed = true;
    }
    TRY(output_check(set, err));
    for (int i = 0; i < set->n; i++) {
        buf_release(&set->files[i]->buf);
        free(set->files[i]);
    }
    set->n = 0;
    return ERR_OK;
}

void output_abandon(struct output_set *set)
{
    char path[PATH_CAP];

    for (int i = 0; i < set->n; i++) {
        struct output *out = set->files[i];

        if (out->gz || out->fd >= 0)
            shut(out, false);
        path_of(set, out, !out->renamed, path);
        unlink(path);
        buf_release(&out->buf);
        free(out);
    }
    set->n = 0;
    if (set->made_dir)
        rmdir(set->dir);
    set->made_dir = false;
}
