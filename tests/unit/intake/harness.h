/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* harness.h - imports into memory: what an importer made of a file, as text to compare.
 *
 * A record is one line: "order order_key=#1001 total=1234 ...", with the fields that are known.
 * Staged and stored records are kept apart, and any step of the target can be made to fail.
 */
#ifndef TM_TESTS_UNIT_INTAKE_HARNESS_H
#define TM_TESTS_UNIT_INTAKE_HARNESS_H

#include "intake/import.h"
#include "tap.h"
#include "temp_dir.h"

enum { MEMORY_IMPORTS = 64, MEMORY_BYTES = 64 << 20 };

struct memory_target {
    struct buf staged[MEMORY_IMPORTS][RECORD_KIND_COUNT];
    struct buf stored;
    uint32_t import_id;
    int calls, fail_at; /* the call that fails, from 1; 0 = none */
    int64_t count[RECORD_KIND_COUNT];
    bool quiet; /* counts only */
};

static struct memory_target memory;
static struct store *store;
static struct settings settings;
static struct import_ctx ctx;
static struct import_report report;

static inline enum err_code memory_step(struct err *err)
{
    if (++memory.calls == memory.fail_at)
        return err_set(err, ERR_ENGINE, "this step was made to fail");
    return ERR_OK;
}

static inline void add_field(struct buf *b, const struct record_column *c, const void *at)
{
    struct str s;
    int64_t i;
    double x;

    if (c->type == COL_STR) {
        memcpy(&s, at, sizeof(s));
        if (s.n)
            buf_addf(b, " %s=%.*s", c->name, (int)s.n, s.p);
    } else if (c->type == COL_REAL) {
        memcpy(&x, at, sizeof(x));
        if (!isnan(x))
            buf_addf(b, " %s=%.10g", c->name, x);
    } else {
        memcpy(&i, at, sizeof(i));
        if (c->type == COL_TIME && i != TIME_NONE) {
            buf_addf(b, " %s=", c->name);
            timestamp_add_iso(b, i);
        } else if (c->type == COL_DAY && i != 0) {
            buf_addf(b, " %s=", c->name);
            timestamp_add_date(b, i * US_PER_DAY);
        } else if (c->type == COL_FLAG
                       ? i >= 0
                       : c->type != COL_TIME && c->type != COL_DAY && i != AMOUNT_NONE) {
            buf_addf(b, " %s=%" PRId64, c->name, i);
        }
    }
}

static inline enum err_code memory_begin(void *unused, uint32_t import_id, const char *source,
                                         int attempt, struct err *err)
{
    (void)unused;
    (void)source;
    assert(import_id < MEMORY_IMPORTS);
    TRY(memory_step(err));
    memory.import_id = import_id;
    memset(memory.count, 0, sizeof(memory.count));
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        assert(attempt > 0 || memory.staged[import_id][k].n == 0);
        buf_reset(&memory.staged[import_id][k]);
        memory.staged[import_id][k].limit = MEMORY_BYTES;
    }
    return ERR_OK;
}

static inline enum err_code memory_put(void *unused, enum record_kind kind, const void *record,
                                       struct err *err)
{
    struct buf *b = &memory.staged[memory.import_id][kind];
    const struct record_layout *layout = record_layout(kind);

    (void)unused;
    TRY(memory_step(err));
    memory.count[kind]++;
    if (memory.quiet)
        return ERR_OK;
    buf_addz(b, layout->name);
    for (size_t i = 0; i < layout->column_count; i++)
        add_field(b, &layout->columns[i], (const char *)record + layout->columns[i].offset);
    buf_addc(b, '\n');
    return buf_check(b, err);
}

static inline enum err_code memory_finish(void *unused, struct err *err)
{
    (void)unused;
    return memory_step(err);
}

static inline enum err_code memory_move(void *unused, uint32_t import_id, enum record_kind kind,
                                        int64_t before, int64_t count, struct err *err)
{
    (void)unused;
    (void)before;
    (void)count;
    TRY(memory_step(err));
    memory.stored.limit = MEMORY_BYTES;
    buf_adds(&memory.stored, buf_str(&memory.staged[import_id][kind]));
    buf_reset(&memory.staged[import_id][kind]);
    return buf_check(&memory.stored, err);
}

static inline enum err_code memory_drop(void *unused, uint32_t import_id, struct err *err)
{
    (void)unused;
    TRY(memory_step(err));
    for (int k = 0; k < RECORD_KIND_COUNT; k++)
        buf_reset(&memory.staged[import_id][k]);
    return ERR_OK;
}

static inline enum err_code memory_known(void *unused, uint32_t import_id, enum record_kind kind,
                                         int64_t *out_n, struct err *err)
{
    (void)unused;
    (void)import_id;
    (void)kind;
    *out_n = 0;
    return memory_step(err);
}

static inline void open_shop(void)
{
    struct err err = ERR_INIT;

    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    ctx.store = store;
}

static inline void harness_open(void)
{
    temp_dir_make();
    settings = settings_default();
    ctx = (struct import_ctx){
        .target = {.begin = memory_begin,
                   .put = memory_put,
                   .finish = memory_finish,
                   .move = memory_move,
                   .drop = memory_drop,
                   .known = memory_known},
        .settings = &settings,
    };
    open_shop();
}

/* An empty shop again. */
static inline void harness_reset(void)
{
    import_report_release(&report);
    store_close(store);
    store = NULL;
    for (int i = 0; i < MEMORY_IMPORTS; i++)
        for (int k = 0; k < RECORD_KIND_COUNT; k++)
            buf_release(&memory.staged[i][k]);
    buf_release(&memory.stored);
    memset(&memory, 0, sizeof(memory));
    temp_dir_remove();
    temp_dir_make();
    open_shop();
}

static inline void harness_close(void)
{
    harness_reset();
    store_close(store);
}

static inline enum err_code import_path(const char *path, struct err *err)
{
    import_report_release(&report);
    return import_paths(&ctx, &path, 1, &report, err);
}

/* Writes the file, imports it and returns what became of it. */
static inline const struct import_file *import_text(const char *name, const char *text, size_t n)
{
    static struct import_file none;
    struct err err = ERR_INIT;

    temp_write(name, text, n);
    CHECK_OK(import_path(temp_path(name), &err), err);
    return report.n ? report.files[0] : &none;
}

static inline const struct import_file *import_z(const char *name, const char *text)
{
    return import_text(name, text, strlen(text));
}

/* The records that are stored, as text. */
static inline const char *stored(void)
{
    return buf_cstr(&memory.stored);
}

#define CHECK_STORED(text)                                                                         \
    tap_check(strstr(stored(), text) != NULL, __FILE__, __LINE__, "stored: %s%s%s", text,          \
              strstr(stored(), text) ? "" : " -- got: ", strstr(stored(), text) ? "" : stored())

/* rows = stored + merged + rejected + skipped, as given. */
#define CHECK_ROWS(file, s, m, r, k)                                                               \
    tap_check((file)->entry.rows == (s) + (m) + (r) + (k) && (file)->entry.stored == (s) &&        \
                  (file)->entry.merged == (m) && (file)->entry.rejected == (r),                    \
              __FILE__, __LINE__,                                                                  \
              "rows %d stored %d merged %d rejected; got %" PRId64 ", %" PRId64 ", %" PRId64       \
              " of %" PRId64 " (%s %s)",                                                           \
              (s), (m), (r), (file)->entry.stored, (file)->entry.merged, (file)->entry.rejected,   \
              (file)->entry.rows, (file)->err.msg, (file)->err.hint)

#endif
