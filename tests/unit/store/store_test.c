/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/store.h"

#include "base/timestamp.h"
#include "store/ranges.h"
#include "store/sqlite.h"
#include "tap.h"
#include "temp_dir.h"

#include <pthread.h>

static struct store *open_store(void)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    return store;
}

static void values(void)
{
    struct store *store = open_store();
    struct buf b = BUF_INIT(100);
    struct err err = ERR_INIT;
    bool found = true;

    CHECK_OK(store_get(store, "x", &b, &found, &err), err);
    CHECK(!found && b.n == 0);
    CHECK_OK(store_put(store, "x", STR_LIT("1'; DROP TABLE kept_value; --"), &err), err);
    CHECK_OK(store_put(store, "x", STR_LIT("two"), &err), err);
    store_close(store);
    store = open_store();
    CHECK_OK(store_get(store, "x", &b, &found, &err), err);
    CHECK(found);
    CHECK_STR(buf_cstr(&b), "two");
    buf_release(&b);
    store_close(store);
}

static void one_at_a_time(void)
{
    struct store *first = open_store(), *second = NULL;
    struct err err = ERR_INIT;

    CHECK(store_open(temp_path("shop"), &second, &err) == ERR_BUSY);
    CHECK(strstr(err.msg, "is in use by another process") && err.hint[0]);
    store_close(first);
    CHECK_OK(store_open(temp_path("shop"), &second, &err), err);
    store_close(second);
    temp_writez("file", "x");
    err = ERR_INIT;
    CHECK(store_open(temp_path("file"), &second, &err) != ERR_OK);
    CHECK(strstr(err.context, "opening the workspace"));
}

static void levels(void)
{
    const struct published_level two[] = {{"EML-3", 2, "abc", 7}, {"FND-1", 3, "abc", 7}};
    const struct published_level later = {"EML-3", 4, "def", 9};
    struct published_level got = {"", 0, "", 0};
    struct store *store = open_store();
    struct err err = ERR_INIT;
    bool found;

    CHECK_OK(store_levels_put(store, two, 2, &err), err);
    CHECK_OK(store_levels_put(store, &later, 1, &err), err);
    CHECK_OK(store_level_get(store, "EML-3", &got, &found, &err), err);
    CHECK(found && got.level == 4 && got.at_us == 9 && strcmp(got.scoring, "def") == 0);
    CHECK_OK(store_level_get(store, "FND-1", &got, &found, &err), err);
    CHECK(found && got.level == 3);
    CHECK_OK(store_level_get(store, "XXX-1", &got, &found, &err), err);
    CHECK(!found);
    store_close(store);
}

static struct import_entry entry_of(const char *name, const char *digest)
{
    struct import_entry e = {.size = 10};

    snprintf(e.name, sizeof(e.name), "%s", name);
    snprintf(e.digest, sizeof(e.digest), "%s", digest);
    snprintf(e.format, sizeof(e.format), "shopify_orders");
    return e;
}

static enum err_code count(void *ctx, const struct import_entry *entry, struct err *err)
{
    (void)entry;
    (void)err;
    ++*(int *)ctx;
    return ERR_OK;
}

static enum err_code add_line(void *ctx, int64_t line, struct str reason, struct err *err)
{
    (void)err;
    buf_addf(ctx, "%" PRId64 "=%.*s;", line, (int)reason.n, reason.p);
    return ERR_OK;
}

static void imports(void)
{
    struct import_entry a = entry_of("a.csv", "d1"), b = entry_of("b.csv", "d2"), got;
    const struct store_reject rejects[] = {{7, "no total"}, {9, "no name"}};
    struct store *store = open_store();
    struct buf text = BUF_INIT(200);
    struct err err = ERR_INIT;
    bool found;
    int n = 0;

    CHECK_OK(store_import_begin(store, &a, &err), err);
    CHECK_OK(store_import_begin(store, &b, &err), err);
    CHECK(a.id > 0 && b.id == a.id + 1);
    CHECK_OK(store_import_find(store, "d1", 0, &got, &found, &err), err);
    CHECK_MSG(!found, "an import that is not done is not found");
    a.status = IMPORT_DONE;
    a.rows = 5;
    a.records[2] = 1234567890123;
    a.delimiter = ';';
    CHECK_OK(store_import_update(store, &a, &err), err);
    CHECK_OK(store_import_find(store, "d1", 0, &got, &found, &err), err);
    CHECK(found && got.id == a.id && got.rows == 5 && got.records[2] == 1234567890123);
    CHECK(got.delimiter == ';' && strcmp(got.name, "a.csv") == 0);
    CHECK_OK(store_import_find(store, "d1", 1, &got, &found, &err), err);
    CHECK_MSG(!found, "another member of the archive is another content");
    CHECK_OK(store_import_each(store, IMPORT_STAGING, count, &n, &err), err);
    CHECK_INT(n, 1);
    CHECK_OK(store_import_each(store, -1, count, &n, &err), err);
    CHECK_INT(n, 3);
    CHECK_OK(store_rejects_add(store, a.id, rejects, 2, &err), err);
    CHECK_OK(store_rejects_each(store, a.id, add_line, &text, &err), err);
    CHECK_STR(buf_cstr(&text), "7=no total;9=no name;");
    CHECK_MSG(store_rejects_add(store, 999, rejects, 1, &err) == ERR_STORE,
              "rejects of an import that does not exist are refused");
    buf_release(&text);
    store_close(store);
}

/* Holds the store's lock for a while, as another thread's long transaction does. NULL: all went
 * well; what checks is the main thread's. */
static void *write_for_long(void *other)
{
    struct store *store = other;
    struct err err = ERR_INIT;
    enum err_code rc = store_put(store, "y", STR_LIT("long"), &err);

    usleep(300000);
    return store_end(store, rc, &err) == ERR_OK ? NULL : other;
}

/* Who reads first and writes then must have asked to write from the beginning, else it is refused
 * at once instead of waiting. */
static void waits(void)
{
    struct store *store = open_store(), *other = NULL;
    struct err err = ERR_INIT;
    struct range range;
    pthread_t thread;
    void *failed = NULL;

    CHECK_OK(store_again(store, &other, &err), err);
    CHECK_OK(store_exec(other, "BEGIN IMMEDIATE", &err), err);
    CHECK_INT(pthread_create(&thread, NULL, write_for_long, other), 0);
    CHECK_OK(store_range_add(store, 1, &range, &err), err);
    pthread_join(thread, &failed);
    CHECK_MSG(!failed, "the other wrote, too");
    store_close(other);
    store_close(store);
}

static void newer_schema(void)
{
    struct store *store = open_store();
    struct err err = ERR_INIT;

    CHECK_OK(store_exec(store, "UPDATE schema_version SET version = 999", &err), err);
    store_close(store);
    CHECK(store_open(temp_path("shop"), &store, &err) == ERR_STORE);
    CHECK(strstr(err.msg, "newer Tidemark"));
}

int main(void)
{
    temp_dir_make();
    values();
    one_at_a_time();
    levels();
    imports();
    waits();
    newer_schema();
    return tap_done();
}
