/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/files.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, OVERLAP = 1024, DEPTH_MAX = 24, PATH_BYTES = 4096 };

static const struct {
    const char *pattern;
    enum file_way way;
} ways[] = {
    /* Numbers of pages, and locks. */
    {"*.db-shm", FILE_SECRET},
    {"store.db*", FILE_SEARCHED},
    {"journal.db", FILE_LIVE},
    {"journal.db-wal", FILE_LIVE},
    {"journal.*", FILE_SEARCHED},
    {"consent.db*", FILE_SEARCHED},
    {"outbox.db*", FILE_SEARCHED},
    {"ads.db*", FILE_SEARCHED},
    {"engine.aside-*", FILE_ASIDE},
    {"exports", FILE_ASIDE},
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

/* Places of `p`, which is in lower case as needles are, that begin before `end`. */
static int64_t count(const struct str *needles, size_t needle_count, const char *p, size_t n,
                     size_t end)
{
    int64_t found = 0;

    for (size_t i = 0; i < needle_count; i++) {
        const char *at = p;

        while (needles[i].n &&
               (at = memmem(at, n - (size_t)(at - p), needles[i].p, needles[i].n)) &&
               (size_t)(at - p) < end) {
            found++;
            at++;
        }
    }
    return found;
}

int64_t files_count(const struct str *needles, size_t n, struct str text)
{
    char *copy = xmalloc(text.n + 1);
    int64_t found;

    for (size_t i = 0; i < text.n; i++)
        copy[i] = lower(text.p[i]);
    found = count(needles, n, copy, text.n, text.n);
    free(copy);
    return found;
}

/* SQLite's locks are the process's, and closing any descriptor of a data base's file lets go of
 * them (fcntl(2)): another program that looks into it would then take the file to be nobody's and
 * take its log away from under us. Such files are opened once and stay open. */
enum { DATABASES = 256 };
static pthread_mutex_t databases_lock = PTHREAD_MUTEX_INITIALIZER;
static struct database {
    dev_t device;
    ino_t number;
    int fd;
} databases[DATABASES];
static size_t database_count;

/* With the lock held. */
static int find_database(const struct stat *st)
{
    for (size_t i = 0; i < database_count; i++)
        if (databases[i].device == st->st_dev && databases[i].number == st->st_ino)
            return databases[i].fd;
    return -1;
}

/* *out_fd -1: it is not there. */
static enum err_code open_database(const char *path, int *out_fd, struct err *err)
{
    struct stat st;
    enum err_code rc = ERR_OK;

    *out_fd = -1;
    pthread_mutex_lock(&databases_lock);
    if (lstat(path, &st) != 0)
        rc = errno == ENOENT ? ERR_OK : err_errno(err, "reading \"%s\"", path);
    else if ((*out_fd = find_database(&st)) >= 0)
        rc = ERR_OK;
    else if (database_count == DATABASES)
        rc = err_set(err, ERR_TOO_LARGE, "more than %d data bases were searched", DATABASES);
    else if ((*out_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
        rc = err_errno(err, "reading \"%s\"", path);
    else
        databases[database_count++] = (struct database){st.st_dev, st.st_ino, *out_fd};
    pthread_mutex_unlock(&databases_lock);
    return rc;
}

static enum err_code search_fd(struct file_search *s, int fd, const char *path, char *chunk,
                               int64_t *out_n, struct err *err)
{
    size_t kept = 0;
    off_t at = 0;
    ssize_t got;

    while ((got = pread(fd, chunk + kept, CHUNK, at)) > 0) {
        size_t n = kept + (size_t)got;

        for (size_t i = kept; i < n; i++)
            chunk[i] = lower(chunk[i]);
        s->bytes += got;
        at += got;
        kept = n < OVERLAP ? n : OVERLAP;
        /* What begins in the last bytes is counted with the next ones. */
        *out_n += count(s->needles, s->needle_count, chunk, n, n - kept);
        memmove(chunk, chunk + n - kept, kept);
    }
    *out_n += count(s->needles, s->needle_count, chunk, kept, kept);
    return got < 0 ? err_errno(err, "reading \"%s\"", path) : ERR_OK;
}

static enum err_code search_file(struct file_search *s, const char *path, int64_t *out_n,
                                 struct err *err)
{
    const bool database = str_ends(str_of(path), ".db");
    enum err_code rc;
    int fd = -1;
    char *chunk;

    *out_n = 0;
    if (database)
        TRY(open_database(path, &fd, err));
    else
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return database || errno == ENOENT ? ERR_OK : err_errno(err, "reading \"%s\"", path);
    chunk = xmalloc(CHUNK + OVERLAP);
    rc = search_fd(s, fd, path, chunk, out_n, err);
    s->files++;
    free(chunk);
    if (!database)
        close(fd);
    return rc;
}

static enum err_code act(struct file_search *s, const char *path, const char *below, bool folder,
                         struct err *err)
{
    enum file_way way = file_way_of(below);
    int64_t found = 0;

    if (way == FILE_ASIDE && s->clean)
        folder_remove(path);
    if (way == FILE_ASIDE && !s->clean && !s->found++)
        snprintf(s->first, sizeof(s->first), "%s", below);
    if (folder || way == FILE_ASIDE || way == FILE_ENGINE || way == FILE_SECRET ||
        way == FILE_PASSING)
        return ERR_OK;
    TRY(search_file(s, path, &found, err));
    if (!found && !(way == FILE_LOG && s->clean && s->all_logs))
        return ERR_OK;
    if (way == FILE_LIVE && str_ends(str_of(below), "-wal"))
        s->live_log = true;
    else if (way == FILE_LIVE)
        s->live += found;
    if (way == FILE_LIVE)
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
    search->found = search->live = search->bytes = search->files = 0;
    search->live_log = false;
    search->first[0] = '\0';
    return walk(search, "", 0, err);
}
