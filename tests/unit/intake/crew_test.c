/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files that are read two at a time come to what they come to one after the other: ids, order,
 * copies, broken files, and an error that ends the work. */
#include "harness.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 14, WAIT_SECONDS = 20 };

/* The tables, and a way into them for each hand. */
static struct tables {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct buf moved;               /* "1:order 12;" for each import moved in, in order */
    int64_t staged[MEMORY_IMPORTS]; /* records */
    int ways, most_ways;
    bool meet; /* the first two files wait for each other at their first record */
    bool met;
    uint32_t fails; /* the import whose records cannot be put */
} tables = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

struct way {
    uint32_t import_id;
};

static enum err_code way_begin(void *opaque, uint32_t import_id, const char *source, int attempt,
                               struct err *err)
{
    struct way *way = opaque;

    (void)source, (void)attempt, (void)err;
    assert(import_id < MEMORY_IMPORTS);
    way->import_id = import_id;
    pthread_mutex_lock(&tables.lock);
    tables.staged[import_id] = 0;
    pthread_mutex_unlock(&tables.lock);
    return ERR_OK;
}

/* True once both of the first two imports have come here. */
static bool meet(uint32_t import_id)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    pthread_cond_broadcast(&tables.changed);
    while (!tables.staged[3 - import_id])
        if (pthread_cond_timedwait(&tables.changed, &tables.lock, &until) != 0)
            return false;
    return true;
}

static enum err_code way_put(void *opaque, enum record_kind kind, const void *record,
                             struct err *err)
{
    const struct way *way = opaque;
    enum err_code rc = ERR_OK;

    (void)kind, (void)record;
    pthread_mutex_lock(&tables.lock);
    tables.staged[way->import_id]++;
    if (tables.meet && way->import_id <= 2 && tables.staged[way->import_id] == 1)
        tables.met = meet(way->import_id);
    if (way->import_id == tables.fails)
        rc = err_set(err, ERR_ENGINE, "this import was made to fail");
    pthread_mutex_unlock(&tables.lock);
    return rc;
}

static enum err_code way_finish(void *opaque, struct err *err)
{
    (void)opaque, (void)err;
    return ERR_OK;
}

static enum err_code way_move(void *opaque, uint32_t import_id, enum record_kind kind,
                              int64_t before, int64_t count, struct err *err)
{
    (void)opaque, (void)err;
    pthread_mutex_lock(&tables.lock);
    CHECK(before == 0 && tables.staged[import_id] >= count);
    buf_addf(&tables.moved, "%" PRIu32 ":%s %" PRId64 ";", import_id, record_layout(kind)->name,
             count);
    pthread_mutex_unlock(&tables.lock);
    return ERR_OK;
}

static enum err_code way_drop(void *opaque, uint32_t import_id, struct err *err)
{
    (void)opaque, (void)err;
    pthread_mutex_lock(&tables.lock);
    tables.staged[import_id] = 0;
    pthread_mutex_unlock(&tables.lock);
    return ERR_OK;
}

static enum err_code way_known(void *opaque, uint32_t import_id, enum record_kind kind,
                               int64_t *out_n, struct err *err)
{
    (void)opaque, (void)import_id, (void)kind, (void)err;
    *out_n = 0;
    return ERR_OK;
}

static void way_close(void *opaque)
{
    free(opaque);
    tables.ways--;
}

static enum err_code way_again(void *opaque, struct target *out_target, struct err *err);

static struct target way_new(bool helped)
{
    return (struct target){.ctx = xcalloc(1, sizeof(struct way)),
                           .begin = way_begin,
                           .put = way_put,
                           .finish = way_finish,
                           .move = way_move,
                           .drop = way_drop,
                           .known = way_known,
                           .again = helped ? way_again : NULL,
                           .close = way_close};
}

static enum err_code way_again(void *opaque, struct target *out_target, struct err *err)
{
    (void)opaque, (void)err;
    tables.most_ways = ++tables.ways;
    *out_target = way_new(false);
    return ERR_OK;
}

static void write_orders(const char *name, int64_t first, int64_t count)
{
    struct buf b = BUF_INIT(1 << 20);

    buf_addz(&b, "order_id,ordered_at,total,currency\n");
    for (int64_t i = first; i < first + count; i++)
        buf_addf(&b, "%" PRId64 ",2026-01-02,%" PRId64 ".00,EUR\n", i, i % 90 + 1);
    temp_write(name, b.p, b.n);
    buf_release(&b);
}

/* Large and small in turn; two copies, a broken one, one of no known format, a mapping's place. */
static void write_folder(void)
{
    char name[64];

    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "exports/%02d.csv", i);
        write_orders(name, 1000 * (i + 1), i % 3 == 0 ? 900 : 5 + i);
    }
    write_orders("exports/02 copy.csv", 3000, 7);
    write_orders("exports/09 copy.csv", 10000, 900);
    temp_writez("exports/05 broken.csv", "order_id,ordered_at,total,currency\n1,2026-01-02,1.0");
    temp_writez("exports/07 other.csv", "a,b\n1,2\n");
    temp_writez("exports/settings.yaml", "currency: EUR\n");
}

/* What became of the files, one a line. */
static void add_outcomes(struct buf *b)
{
    for (size_t i = 0; i < report.n; i++) {
        const struct import_file *f = report.files[i];

        buf_addf(b, "%s %d id %" PRIu32 " rows %" PRId64 " stored %" PRId64 " %s\n", f->entry.name,
                 (int)f->outcome, f->entry.id, f->entry.rows, f->entry.stored, f->err.msg);
    }
}

static enum err_code read_folder(bool helped, struct buf *outcomes, struct err *err)
{
    enum err_code rc;
    char exports[512];

    harness_reset();
    snprintf(exports, sizeof(exports), "%s", temp_path("exports"));
    if (mkdir(exports, 0700) != 0)
        perror(exports);
    write_folder();
    buf_reset(&tables.moved);
    memset(tables.staged, 0, sizeof(tables.staged));
    ctx.target = way_new(helped);
    rc = import_path(exports, err);
    free(ctx.target.ctx);
    buf_reset(outcomes);
    add_outcomes(outcomes);
    return rc;
}

static void same_as_one_after_the_other(void)
{
    struct buf alone = BUF_INIT(1 << 20), together = BUF_INIT(1 << 20), moved = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    CHECK_OK(read_folder(false, &alone, &err), err);
    buf_adds(&moved, buf_str(&tables.moved));
    CHECK_INT((int64_t)report.n, FILES + 5);
    CHECK(strstr(buf_cstr(&alone), "02 copy.csv 0 ") != NULL); /* it stands before 02.csv */
    CHECK(strstr(buf_cstr(&alone), "02.csv 1 ") != NULL);
    CHECK(strstr(buf_cstr(&alone), "05 broken.csv 4 ") != NULL);
    CHECK(strstr(buf_cstr(&alone), "07 other.csv 3 ") != NULL);
    CHECK_INT(tables.most_ways, 0);
    for (int i = 0; i < 4; i++) {
        CHECK_OK(read_folder(true, &together, &err), err);
        CHECK_STR(buf_cstr(&together), buf_cstr(&alone));
        CHECK_STR(buf_cstr(&tables.moved), buf_cstr(&moved));
    }
    CHECK_INT(tables.most_ways, 1);
    CHECK_INT(tables.ways, 0);
    buf_release(&alone);
    buf_release(&together);
    buf_release(&moved);
}

static void two_at_a_time(void)
{
    struct buf outcomes = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    tables.meet = true;
    CHECK_OK(read_folder(true, &outcomes, &err), err);
    CHECK(tables.met);
    tables.meet = false;
    buf_release(&outcomes);
}

static enum err_code count_status(void *counts, const struct import_entry *entry, struct err *err)
{
    (void)err;
    ((int *)counts)[entry->status]++;
    return ERR_OK;
}

/* What stands before the failure stays; what stands behind it was never there. */
static void error_ends_the_work(void)
{
    struct buf outcomes = BUF_INIT(1 << 20);

    tables.fails = 4;
    for (int i = 0; i < 3; i++) {
        struct err err = ERR_INIT;
        int counts[4] = {0};

        CHECK_INT(read_folder(true, &outcomes, &err), ERR_ENGINE);
        CHECK_STR(buf_cstr(&tables.moved), "1:order 900;2:order 6;3:order 7;");
        CHECK_INT((int64_t)report.n, 5);
        CHECK(report.files[4]->outcome == IMPORT_REFUSED);
        CHECK_OK(store_import_each(store, -1, count_status, counts, &err), err);
        CHECK_INT(counts[IMPORT_DONE], 3);
        CHECK_INT(counts[IMPORT_STAGING] + counts[IMPORT_COMMITTING], 0);
    }
    tables.fails = 0;
    buf_release(&outcomes);
}

int main(void)
{
    tables.moved = BUF_INIT(1 << 20);
    harness_open();
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        tap_skip("there is one processor: files are read one after the other");
        return tap_done();
    }
    same_as_one_after_the_other();
    two_at_a_time();
    error_ends_the_work();
    harness_close();
    buf_release(&tables.moved);
    return tap_done();
}
