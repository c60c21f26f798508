/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/walk.h"

#include <dirent.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32, PATH_BYTES = 4096 };

/* Folders on the way down, by device and inode: a link back up is not followed. */
struct place {
    dev_t device;
    ino_t inode;
    const struct place *above;
};

static bool seen(const struct place *above, const struct stat *st)
{
    for (; above; above = above->above)
        if (above->device == st->st_dev && above->inode == st->st_ino)
            return true;
    return false;
}

static enum err_code keep(struct walk *walk, const char *path, size_t limit, struct err *err)
{
    if (walk->n == limit)
        return err_set(err, ERR_TOO_LARGE, "there are more than %zu files", limit);
    if (walk->n == walk->cap) {
        walk->cap = walk->cap ? 2 * walk->cap : 64;
        walk->paths = xrealloc(walk->paths, walk->cap * sizeof(*walk->paths));
    }
    walk->paths[walk->n++] = xstrdup(path);
    return ERR_OK;
}

/* "orders.csv", "orders.csv.gz": what a download that failed may leave as an empty folder. */
static bool named_like_file(const char *path)
{
    static const char *const endings[] = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson",
                                          ".gz",  ".zst", ".xz",  ".bz2",  ".zip",   ".tar"};

    for (size_t i = 0; i < TM_COUNT(endings); i++)
        if (str_ends(str_of(path), endings[i]))
            return true;
    return false;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err_code visit(struct walk *walk, const char *path, size_t limit,
                           const struct place *above, int depth, bool named, struct err *err);

static enum err_code visit_entry(struct walk *walk, const char *folder, const char *name,
                                 size_t limit, const struct place *here, int depth, struct err *err)
{
    char path[PATH_BYTES];

    if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
        return err_set(err, ERR_INVALID, "a path below \"%s\" is too long", folder);
    return visit(walk, path, limit, here, depth + 1, false, err);
}

static enum err_code visit_folder(struct walk *walk, const char *path, const struct stat *st,
                                  size_t limit, const struct place *above, int depth, bool named,
                                  struct err *err)
{
    struct place here = {st->st_dev, st->st_ino, above};
    struct dirent **entries = NULL;
    enum err_code rc = ERR_OK;
    int n;

    if (depth == DEPTH_MAX)
        return err_set(err, ERR_TOO_LARGE, "\"%s\" is more than %d folders deep", path, DEPTH_MAX);
    n = scandir(path, &entries, visible, by_name);
    if (n < 0 && (named || errno != EACCES))
        return err_errno(err, "reading the folder \"%s\"", path);
    if (n < 0 || (n == 0 && !named && named_like_file(path)))
        rc = keep(walk, path, limit, err);
    for (int i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = visit_entry(walk, path, entries[i]->d_name, limit, &here, depth, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static enum err_code visit(struct walk *walk, const char *path, size_t limit,
                           const struct place *above, int depth, bool named, struct err *err)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        if (named) /* else a dangling link */
            return err_errno(err, "opening \"%s\"", path);
        return ERR_OK;
    }
    if (S_ISDIR(st.st_mode))
        return seen(above, &st) ? ERR_OK
                                : visit_folder(walk, path, &st, limit, above, depth, named, err);
    if (S_ISREG(st.st_mode) || named)
        return keep(walk, path, limit, err);
    return ERR_OK;
}

enum err_code walk_add(struct walk *walk, const char *path, size_t limit, struct err *err)
{
    return visit(walk, path, limit, NULL, 0, true, err);
}

void walk_release(struct walk *walk)
{
    for (size_t i = 0; i < walk->n; i++)
        free(walk->paths[i]);
    free(walk->paths);
    *walk = (struct walk){NULL, 0, 0};
}
