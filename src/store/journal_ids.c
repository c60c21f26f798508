/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/journal_ids.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096,
    SLOTS_FIRST = 1 << 12,
    SLOTS_TIMES = 4,
    SLOTS_MOST = 1 << 22, /* 64 MiB */
    FILES_MAX = 512,      /* 1.4 thousand million records */
    PATH_BYTES = 1200
};

_Static_assert(JOURNAL_IDS_KEY == crypto_shorthash_KEYBYTES, "the key of the hash");

struct head {
    char magic[8];
    unsigned char key[JOURNAL_IDS_KEY];
    uint64_t slots;
    int64_t covered;
};
static const char magic[8] = "tm-ids1";

/* Of 16 bytes, so that none lies across two sectors. */
struct slot {
    uint64_t hash;
    int64_t seq; /* 0: empty */
};

struct file {
    int number, fd;
    bool synced; /* full, and on stable storage */
    uint64_t slots, used;
    struct head *map; /* of the whole file */
};

struct journal_ids {
    char path[PATH_BYTES]; /* without the number */
    unsigned char key[JOURNAL_IDS_KEY];
    pthread_mutex_t lock; /* of `n`, while a sync goes on */
    struct file files[FILES_MAX];
    size_t n;
};

uint64_t journal_ids_hash(const struct journal_ids *ids, int64_t source, struct str id)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value;

    crypto_shorthash(hash, (const unsigned char *)id.p, id.n, ids->key);
    memcpy(&value, hash, sizeof(value));
    return value ^ ((uint64_t)source * UINT64_C(0x9E3779B97F4A7C15));
}

/* ---- files -------------------------------------------------------------------------------- */

static enum err_code wrong(struct err *err, const char *what)
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return err_set(err, ERR_NO_SPACE, "the workspace's disk is full");
    return err_set(err, ERR_STORE, "%s the journal's table of ids: %s", what, strerror(errno));
}

static void file_path(const struct journal_ids *ids, int number, char out[PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%.1150s.ids.%d", ids->path, number);
}

static size_t file_bytes(uint64_t slots)
{
    return HEAD_BYTES + (size_t)slots * sizeof(struct slot);
}

static const struct slot *slots_of(const struct file *f)
{
    return (const struct slot *)(const void *)((const char *)f->map + HEAD_BYTES);
}

static void close_file(struct file *f)
{
    if (f->map)
        munmap(f->map, file_bytes(f->slots));
    if (f->fd >= 0)
        close(f->fd);
    *f = (struct file){.fd = -1};
}

static enum err_code write_at(const struct file *f, const void *p, size_t n, size_t at,
                              struct err *err)
{
    ssize_t done = pwrite(f->fd, p, n, (off_t)at);

    if (done == (ssize_t)n)
        return ERR_OK;
    if (done >= 0)
        errno = ENOSPC;
    return wrong(err, "writing");
}

static bool map_file(struct file *f)
{
    void *map = mmap(NULL, file_bytes(f->slots), PROT_READ, MAP_SHARED, f->fd, 0);

    f->map = map == MAP_FAILED ? NULL : map;
    return f->map != NULL;
}

static uint64_t count_used(const struct file *f, int64_t *out_last)
{
    const struct slot *slots = slots_of(f);
    uint64_t used = 0;

    *out_last = 0;
    for (uint64_t i = 0; i < f->slots; i++) {
        used += slots[i].seq != 0;
        if (slots[i].seq > *out_last)
            *out_last = slots[i].seq;
    }
    return used;
}

/* False when it is not there, or not as it should be. */
static bool open_file(const struct journal_ids *ids, int number, struct file *out)
{
    char path[PATH_BYTES];
    struct head head;
    struct stat st;

    *out = (struct file){.number = number};
    file_path(ids, number, path);
    out->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (out->fd < 0 || fstat(out->fd, &st) != 0 ||
        pread(out->fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
        memcmp(head.magic, magic, sizeof(magic)) != 0 ||
        memcmp(head.key, ids->key, sizeof(head.key)) != 0 || head.slots < SLOTS_FIRST ||
        head.slots > SLOTS_MOST || (head.slots & (head.slots - 1)) != 0 ||
        st.st_size != (off_t)file_bytes(head.slots)) {
        close_file(out);
        return false;
    }
    out->slots = head.slots;
    if (!map_file(out)) {
        close_file(out);
        return false;
    }
    return true;
}

static enum err_code sync_folder(const struct journal_ids *ids, struct err *err)
{
    char path[PATH_BYTES];
    int fd, rc;

    snprintf(path, sizeof(path), "%s", ids->path);
    fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return wrong(err, "syncing");
    rc = fsync(fd);
    close(fd);
    return rc == 0 ? ERR_OK : wrong(err, "syncing");
}

/* The next file, which covers as much as those before. */
static enum err_code add_file(struct journal_ids *ids, struct err *err)
{
    struct file *before = ids->n ? &ids->files[ids->n - 1] : NULL, *f = &ids->files[ids->n];
    struct head head = {.slots = SLOTS_FIRST, .covered = before ? before->map->covered : 0};
    char path[PATH_BYTES];
    enum err_code rc;

    if (ids->n == FILES_MAX)
        return err_set(err, ERR_STORE, "the journal has too many messages");
    if (before)
        head.slots =
            before->slots < SLOTS_MOST ? before->slots * SLOTS_TIMES : (uint64_t)SLOTS_MOST;
    memcpy(head.magic, magic, sizeof(magic));
    memcpy(head.key, ids->key, sizeof(head.key));
    *f = (struct file){.number = before ? before->number + 1 : 1, .slots = head.slots};
    file_path(ids, f->number, path);
    f->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f->fd < 0 || ftruncate(f->fd, (off_t)file_bytes(f->slots)) != 0 || !map_file(f))
        rc = wrong(err, "making");
    else
        rc = write_at(f, &head, sizeof(head), 0, err);
    if (rc != ERR_OK) {
        close_file(f);
        unlink(path);
        return rc;
    }
    pthread_mutex_lock(&ids->lock);
    ids->n++;
    pthread_mutex_unlock(&ids->lock);
    return ERR_OK;
}

/* ---- opening ------------------------------------------------------------------------------ */

static void remove_file(const struct journal_ids *ids, int number)
{
    char path[PATH_BYTES];

    file_path(ids, number, path);
    unlink(path);
}

/* Of "journal.db.ids.7" 7, else 0. */
static int number_in(const char *name, const char *base)
{
    size_t n = strlen(base);

    if (strncmp(name, base, n) != 0 || strncmp(name + n, ".ids.", 5) != 0)
        return 0;
    return (int)strtol(name + n + 5, NULL, 10);
}

/* The lowest and the highest number of a file that is there; 0 without any. Old ones have gone. */
static void find_numbers(const struct journal_ids *ids, int *out_first, int *out_last)
{
    const char *base = strrchr(ids->path, '/') + 1;
    char path[PATH_BYTES];
    struct dirent *entry;
    DIR *dir;

    *out_first = *out_last = 0;
    snprintf(path, sizeof(path), "%s", ids->path);
    dir = opendir(dirname(path));
    while (dir && (entry = readdir(dir))) {
        int number = number_in(entry->d_name, base);

        if (number <= 0)
            continue;
        if (!*out_first || number < *out_first)
            *out_first = number;
        if (number > *out_last)
            *out_last = number;
    }
    if (dir)
        closedir(dir);
}

/* One that is not as it should be spoils all. */
static void open_files(struct journal_ids *ids)
{
    int first, last, number;
    int64_t seq;

    find_numbers(ids, &first, &last);
    for (number = first; number && number <= last; number++) {
        if (ids->n == FILES_MAX || !open_file(ids, number, &ids->files[ids->n]))
            break;
        ids->n++;
    }
    if (number && number <= last) {
        while (ids->n > 0)
            close_file(&ids->files[--ids->n]);
        for (number = first; number <= last; number++)
            remove_file(ids, number);
    }
    if (ids->n)
        ids->files[ids->n - 1].used = count_used(&ids->files[ids->n - 1], &seq);
}

enum err_code journal_ids_open(const char *path, const unsigned char key[JOURNAL_IDS_KEY],
                               struct journal_ids **out, int64_t *out_covered, struct err *err)
{
    struct journal_ids *ids = xcalloc(1, sizeof(*ids));
    enum err_code rc = ERR_OK;

    *out_covered = 0;
    snprintf(ids->path, sizeof(ids->path), "%.1150s", path);
    memcpy(ids->key, key, sizeof(ids->key));
    pthread_mutex_init(&ids->lock, NULL);
    open_files(ids);
    if (ids->n)
        *out_covered = ids->files[ids->n - 1].map->covered;
    else
        rc = add_file(ids, err);
    if (rc == ERR_OK)
        *out = ids;
    else
        journal_ids_close(ids);
    return rc;
}

void journal_ids_close(struct journal_ids *ids)
{
    if (!ids)
        return;
    for (size_t i = 0; i < ids->n; i++)
        close_file(&ids->files[i]);
    pthread_mutex_destroy(&ids->lock);
    free(ids);
}

/* ---- entries ------------------------------------------------------------------------------ */

int64_t journal_ids_next(const struct journal_ids *ids, uint64_t hash,
                         struct journal_ids_search *search)
{
    for (; search->files < ids->n; search->files++, search->slot = 0) {
        const struct file *f = &ids->files[ids->n - 1 - search->files];
        const struct slot *slots = slots_of(f);

        while (search->slot < f->slots) {
            const struct slot *s = &slots[(hash + search->slot++) & (f->slots - 1)];

            if (s->seq == 0)
                break;
            if (s->hash == hash)
                return s->seq;
        }
    }
    return 0;
}

enum err_code journal_ids_add(struct journal_ids *ids, uint64_t hash, int64_t seq, struct err *err)
{
    const struct slot entry = {hash, seq}, *slots;
    struct file *f = &ids->files[ids->n - 1];
    uint64_t at;

    if (f->used >= f->slots / 3 * 2) {
        TRY(add_file(ids, err));
        f = &ids->files[ids->n - 1];
    }
    slots = slots_of(f);
    for (at = hash & (f->slots - 1); slots[at].seq; at = (at + 1) & (f->slots - 1))
        ;
    TRY(write_at(f, &entry, sizeof(entry), HEAD_BYTES + (size_t)at * sizeof(entry), err));
    f->used++;
    return ERR_OK;
}

enum err_code journal_ids_sync(struct journal_ids *ids, int64_t seq, struct err *err)
{
    size_t n;

    pthread_mutex_lock(&ids->lock);
    n = ids->n;
    pthread_mutex_unlock(&ids->lock);
    for (size_t i = 0; i < n; i++) {
        if (!ids->files[i].synced && fdatasync(ids->files[i].fd) != 0)
            return wrong(err, "syncing");
        ids->files[i].synced = i + 1 < n;
    }
    TRY(sync_folder(ids, err));
    TRY(write_at(&ids->files[n - 1], &seq, sizeof(seq), offsetof(struct head, covered), err));
    return fdatasync(ids->files[n - 1].fd) == 0 ? ERR_OK : wrong(err, "syncing");
}

void journal_ids_prune(struct journal_ids *ids, int64_t seq)
{
    size_t gone = 0;
    int64_t last;

    while (gone + 1 < ids->n && (count_used(&ids->files[gone], &last), last <= seq)) {
        remove_file(ids, ids->files[gone].number);
        close_file(&ids->files[gone++]);
    }
    memmove(ids->files, ids->files + gone, (ids->n - gone) * sizeof(ids->files[0]));
    ids->n -= gone;
}
