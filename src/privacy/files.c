/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/files.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, OVERLAP = 1024, DEPTH_MAX = 24, PATH_BYTES = 4096 };

static const struct {
    const char *pattern;
    enum file_way way;
} ways[] = {
    {"store.db*", FILE_SEARCHED},
    {"journal.*", FILE_SEARCHED},
    {"consent.db*", FILE_SEARCHED},
    {"engine.aside-*", FILE_ASIDE},
    {"engine/node.log", FILE_LOG},
    {"engine/run/*", FILE_SECRET},
    {"engine/*", FILE_ENGINE},
    {"imports/*", FILE_PASSING},
    {"*.key", FILE_SECRET},
    {"lock", FILE_SECRET},
    {"*", FILE_OWN},
};

enum file_way file_way_of(const char *path)
{
    for (size_t i = 0; i < TM_COUNT(ways); i++)
        if (fnmatch(ways[i].pattern, path, 0) == 0)
            return ways[i].way;
    return FILE_OWN;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* `p` is in lower case, as needles are. */
static bool holds(const char *p, size_t n, const struct file_search *s)
{
    for (size_t i = 0; i < s->needle_count; i++)
        if (s->needles[i].n && memmem(p, n, s->needles[i].p, s->needles[i].n))
            return true;
    return false;
}

static enum err_code search_file(const struct file_search *s, const char *path, bool *out_found,
                                 struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char *chunk = xmalloc(CHUNK + OVERLAP);
    size_t kept = 0;
    ssize_t got = 0;

    *out_found = false;
    if (fd < 0 && errno == ENOENT) {
        free(chunk);
        return ERR_OK;
    }
    while (fd >= 0 && !*out_found && (got = read(fd, chunk + kept, CHUNK)) > 0) {
        size_t n = kept + (size_t)got;

        for (size_t i = kept; i < n; i++)
            chunk[i] = lower(chunk[i]);
        *out_found = holds(chunk, n, s);
        kept = n < OVERLAP ? n : OVERLAP;
        memmove(chunk, chunk + n - kept, kept);
    }
    free(chunk);
    if (fd < 0 || got < 0) {
        enum err_code rc = err_errno(err, "reading \"%s\"", path);

        if (fd >= 0)
            close(fd);
        return rc;
    }
    close(fd);
    return ERR_OK;
}

static enum err_code act(struct file_search *s, const char *path, const char *below, bool folder,
                         struct err *err)
{
    enum file_way way = file_way_of(below);
    bool found = false;

    if (way == FILE_ASIDE && s->clean)
        folder_remove(path);
    if (way == FILE_ASIDE && !s->clean)
        s->found++;
    if (folder || way == FILE_ASIDE || way == FILE_ENGINE || way == FILE_SECRET ||
        way == FILE_PASSING)
        return ERR_OK;
    TRY(search_file(s, path, &found, err));
    if (!found)
        return ERR_OK;
    if (way == FILE_OWN) {
        if (s->own)
            buf_addf(s->own, "%s\n", below);
        return ERR_OK;
    }
    if (way == FILE_LOG && s->clean)
        return truncate(path, 0) == 0 ? ERR_OK : err_errno(err, "emptying \"%s\"", path);
    if (!s->found++)
        snprintf(s->first, sizeof(s->first), "%s", below);
    return ERR_OK;
}

static bool goes_into(enum file_way way, const char *below)
{
    return way != FILE_ASIDE && way != FILE_PASSING &&
           (way != FILE_ENGINE || strchr(below, '/') == NULL);
}

static enum err_code walk(struct file_search *s, const char *below, int depth, struct err *err)
{
    char path[PATH_BYTES], inner[PATH_BYTES];
    enum err_code rc = ERR_OK;
    struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof(path), "%s%s%s", s->dir, *below ? "/" : "", below);
    dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? ERR_OK : err_errno(err, "reading the folder \"%s\"", path);
    while (rc == ERR_OK && (entry = readdir(dir))) {
        struct stat st;
        bool folder;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((size_t)snprintf(inner, sizeof(inner), "%s%s%s", below, *below ? "/" : "",
                             entry->d_name) >= sizeof(inner) ||
            (size_t)snprintf(path, sizeof(path), "%s/%s", s->dir, inner) >= sizeof(path) ||
            lstat(path, &st) != 0)
            continue;
        folder = S_ISDIR(st.st_mode);
        if (folder || S_ISREG(st.st_mode))
            rc = act(s, path, inner, folder, err);
        if (rc == ERR_OK && folder && depth < DEPTH_MAX && goes_into(file_way_of(inner), inner))
            rc = walk(s, inner, depth + 1, err);
    }
    closedir(dir);
    return rc;
}

enum err_code files_search(struct file_search *search, struct err *err)
{
    search->found = 0;
    search->first[0] = '\0';
    return walk(search, "", 0, err);
}
