/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* powercut.c - a bad disk for one process: loaded before the C library, it remembers what every
 * write to the files of POWERCUT_DIR took away until the file is synced.
 *
 * POWERCUT_AFTER=N      with write N the power fails: what was not synced is put back, and the
 *                       process ends at once with status 99. What is left is what a disk that lost
 *                       its cache would hold.
 * POWERCUT_KEEP=SEED    some of the unsynced writes reach the disk, whole or torn at a sector, as
 *                       real caches do.
 * POWERCUT_LIE=1        syncs do nothing: the disk that lies, to see that a test can fail.
 * POWERCUT_FAIL_SYNC=N  sync N fails with EIO. What it should have written never reaches the disk,
 *                       though later syncs succeed, and the power fails when the process ends.
 * POWERCUT_FULL=N       from write N on the disk is full, for POWERCUT_FULL_FOR writes (20).
 *
 * Files are told apart by inode, as several descriptors may write to one. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_MAX = 64, SECTOR = 512 };

/* A file that was written to. Its descriptor is never closed: that would let go of the locks that
 * the process has on the file. */
struct seen {
    ino_t inode;
    int fd;
};

struct undo {
    struct seen *file;
    off_t at, size; /* where it was written, and how long the file was */
    size_t n;       /* bytes taken away */
    size_t length;  /* bytes written; 0: the file was shortened */
    bool doomed;    /* a sync of it has failed */
    char *bytes;
    struct undo *before;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct seen files[FILES_MAX];
static struct undo *newest;
static long writes, syncs;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_truncate)(int, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);

/* POSIX gives functions as void *; ISO C has no cast for it. */
static void find(void *out, const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);

    memcpy(out, &f, sizeof(f));
}

__attribute__((constructor)) static void begin(void)
{
    find(&real_pwrite, "pwrite64");
    find(&real_write, "write");
    find(&real_truncate, "ftruncate64");
    find(&real_fsync, "fsync");
    find(&real_fdatasync, "fdatasync");
}

static long setting(const char *name, long otherwise)
{
    const char *value = getenv(name);

    return value ? strtol(value, NULL, 10) : otherwise;
}

static bool is_ours(int fd, struct stat *st)
{
    const char *dir = getenv("POWERCUT_DIR");
    char link[64], path[1024];
    ssize_t n;

    if (!dir || fstat(fd, st) != 0 || !S_ISREG(st->st_mode))
        return false;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    if (n <= 0)
        return false;
    path[n] = 0;
    /* The shared index of a write-ahead log is rebuilt after a crash: no promise rests on it. */
    return strncmp(path, dir, strlen(dir)) == 0 && !strstr(path, "-shm");
}

static struct seen *file_of(int fd, const struct stat *st)
{
    char link[64];
    int i = 0;

    while (i < FILES_MAX && files[i].inode && files[i].inode != st->st_ino)
        i++;
    if (i == FILES_MAX)
        abort();
    if (!files[i].inode) {
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        files[i] = (struct seen){st->st_ino, open(link, O_RDWR | O_CLOEXEC)};
    }
    return &files[i];
}

static void remember(int fd, const struct stat *st, off_t at, size_t n, bool cut)
{
    struct undo *u = calloc(1, sizeof(*u));

    *u = (struct undo){.file = file_of(fd, st),
                       .at = at,
                       .size = st->st_size,
                       .length = cut ? 0 : n,
                       .bytes = malloc(n ? n : 1),
                       .before = newest};
    if (at < st->st_size) {
        ssize_t got = pread(fd, u->bytes, n, at);

        u->n = got > 0 ? (size_t)got : 0;
    }
    newest = u;
}

/* How many bytes of an unsynced write reach the disk. */
static size_t reach(const struct undo *u)
{
    static uint64_t state;
    const char *seed = getenv("POWERCUT_KEEP");
    unsigned draw;

    if (!seed || u->doomed)
        return 0;
    if (!state)
        state = strtoull(seed, NULL, 10) * 2654435761u + 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    draw = (unsigned)(state >> 40);
    if (draw % 4 == 0 && u->length > SECTOR)
        return draw / 4 % (u->length / SECTOR) * SECTOR;
    return draw % 4 == 1 ? 0 : u->length;
}

static void put_back(const struct undo *u, size_t reached)
{
    static const char zeros[SECTOR];
    size_t end = u->n > reached ? u->n : reached;

    if (u->n > reached &&
        real_pwrite(u->file->fd, u->bytes + reached, u->n - reached, u->at + (off_t)reached) < 0)
        _exit(98);
    /* Where there was nothing before, a torn write leaves what a new block of the disk holds. */
    for (size_t i = end; reached && i < u->length; i += SECTOR)
        if (real_pwrite(u->file->fd, zeros, u->length - i < SECTOR ? u->length - i : SECTOR,
                        u->at + (off_t)i) < 0)
            _exit(98);
}

static void cut_the_power(int status)
{
    for (struct undo *u = newest; u; u = u->before) {
        size_t reached = reach(u);

        if (u->length && reached == u->length)
            continue;
        put_back(u, reached);
        if (!getenv("POWERCUT_KEEP") && real_truncate(u->file->fd, u->size) != 0)
            _exit(98);
    }
    syscall(SYS_exit_group, status);
}

/* With the lock held, after a write. */
static void count(void)
{
    long after = setting("POWERCUT_AFTER", 0);

    if (++writes == after)
        cut_the_power(99);
}

/* With the lock held, before a write. */
static bool is_full(void)
{
    long full = setting("POWERCUT_FULL", 0);

    if (!full || writes + 1 < full || writes + 1 >= full + setting("POWERCUT_FULL_FOR", 20))
        return false;
    writes++;
    errno = ENOSPC;
    return true;
}

/* The unsynced writes of a file: on the disk now, or never. */
static void settle(int fd, bool failed)
{
    struct stat st;

    if (getenv("POWERCUT_LIE") || !is_ours(fd, &st))
        return;
    for (struct undo **at = &newest; *at;) {
        struct undo *u = *at;

        if (u->file->inode != st.st_ino || u->doomed || failed) {
            u->doomed |= failed && u->file->inode == st.st_ino;
            at = &u->before;
            continue;
        }
        *at = u->before;
        free(u->bytes);
        free(u);
    }
}

static ssize_t do_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    struct stat st;
    ssize_t done;

    pthread_mutex_lock(&lock);
    if (!is_ours(fd, &st)) {
        done = real_pwrite(fd, bytes, n, at);
    } else if (is_full()) {
        done = -1;
    } else {
        remember(fd, &st, at, n, false);
        done = real_pwrite(fd, bytes, n, at);
        count();
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return do_pwrite(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    return do_pwrite(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    struct stat st;
    ssize_t done;

    if (!is_ours(fd, &st))
        return real_write(fd, bytes, n);
    done = do_pwrite(fd, bytes, n, lseek(fd, 0, SEEK_CUR));
    if (done > 0)
        lseek(fd, done, SEEK_CUR);
    return done;
}

static int do_truncate(int fd, off_t size)
{
    struct stat st;
    int rc;

    pthread_mutex_lock(&lock);
    if (is_ours(fd, &st))
        remember(fd, &st, size, st.st_size > size ? (size_t)(st.st_size - size) : 0, true);
    rc = real_truncate(fd, size);
    pthread_mutex_unlock(&lock);
    return rc;
}

int ftruncate(int fd, off_t size)
{
    return do_truncate(fd, size);
}

int ftruncate64(int fd, off_t size)
{
    return do_truncate(fd, size);
}

static int do_sync(int fd, int (*sync)(int))
{
    struct stat st;
    bool fails;
    int rc;

    pthread_mutex_lock(&lock);
    fails = is_ours(fd, &st) && ++syncs == setting("POWERCUT_FAIL_SYNC", 0);
    rc = fails ? -1 : sync(fd);
    settle(fd, fails);
    if (fails)
        errno = EIO;
    pthread_mutex_unlock(&lock);
    return rc;
}

int fsync(int fd)
{
    return do_sync(fd, real_fsync);
}

int fdatasync(int fd)
{
    return do_sync(fd, real_fdatasync);
}

/* A program that sees its disk fail ends by itself; then comes the power cut. */
void _exit(int status)
{
    if (getenv("POWERCUT_FAIL_SYNC"))
        cut_the_power(status);
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}
