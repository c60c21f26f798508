/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finished erasures in a file: it comes back as it was, or not at all, and to its own workspace. */
#include "store/erasures_file.h"

#include "base/timestamp.h"
#include "store/home.h"
#include "tap.h"
#include "temp_dir.h"

#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static void add(struct store *store, const char *const *addresses, size_t n, int64_t at_us,
                bool done)
{
    struct err err = ERR_INIT;
    struct pseudonyms *keys = NULL;
    struct erasure *e = xcalloc(1, sizeof(*e));
    struct erasure_id ids[4];
    unsigned char key[16];

    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    erasure_quick_key(keys, key);
    for (size_t i = 0; i < n; i++) {
        CHECK(erasure_hash(keys, key, PERSONAL_EMAIL, STR_NONE, str_of(addresses[i]), &ids[i]));
        ids[i].other = i == 1;
    }
    e->requested_us = at_us;
    CHECK_OK(store_erasure_add(store, e, ids, n, STR_LIT("sealed"), &err), err);
    e->step = done ? ERASE_DONE : ERASE_FILES;
    CHECK_OK(store_erasure_update(store, e, &err), err);
    pseudonyms_close(keys);
    free(e);
}

/* Whoever has thousands of orders has as many identifiers to be sealed. */
static void many_identifiers(struct store *store)
{
    struct err err = ERR_INIT;
    struct erasure *e = xcalloc(1, sizeof(*e));
    struct buf text = BUF_INIT(FILE_MAX), back = BUF_INIT(FILE_MAX);

    for (int i = 0; i < 10000; i++)
        buf_addf(&text, "{\"kind\": \"order\", \"value\": \"%d\"},", i);
    e->requested_us = 9000;
    CHECK_OK(store_erasure_add(store, e, NULL, 0, buf_str(&text), &err), err);
    CHECK_OK(store_erasure_identifiers(store, e->id, &back, &err), err);
    CHECK(str_eq(buf_str(&text), buf_str(&back)));
    buf_release(&text);
    buf_release(&back);
    free(e);
}

static void write_file(struct store *store, struct buf *out, int64_t wanted)
{
    struct err err = ERR_INIT;
    int64_t n = 0;

    CHECK_OK(store_erasures_write(store, NULL, out, &n, &err), err);
    CHECK_INT(n, wanted);
}

static void there_and_back(struct store *store, const struct buf *text)
{
    struct err err = ERR_INIT;
    struct erasures_filed filed;
    bool known = false;

    CHECK_OK(store_erasures_read(store, buf_str(text), &filed, &err), err);
    CHECK_INT((int64_t)filed.n, 2);
    CHECK_INT((int64_t)filed.id_count, 3);
    CHECK_INT(filed.list[0].requested_us, 1000);
    CHECK_INT((int64_t)filed.list[0].n, 2);
    CHECK(filed.ids[0].other != filed.ids[1].other && !filed.ids[2].other);
    CHECK_INT(filed.ids[2].requested_us, 2000);
    CHECK_OK(store_erasure_known(store, &filed, &filed.list[1], &known, &err), err);
    CHECK(known);
    filed.ids[2].hash.bytes[3] ^= 1;
    CHECK_OK(store_erasure_known(store, &filed, &filed.list[1], &known, &err), err);
    CHECK(!known);
    erasures_filed_release(&filed);
    CHECK(strstr(buf_cstr(text), "example") == NULL);
}

/* A file of another state of the workspace is written anew: what only it has stays in it. */
static void written_besides(struct store *store, const struct buf *older)
{
    struct erasure_id id = {.kind = PERSONAL_EMAIL, .hash = {{7}}, .quick = 7};
    struct erasure_filed list[] = {{.requested_us = 5000, .first = 0, .n = 1},
                                   {.requested_us = 6000, .source = 3, .made_us = 4000, .first = 1},
                                   {.requested_us = 10, .source = 4, .made_us = 5, .first = 1}};
    const struct erasures_filed others = {0, list, TM_COUNT(list), &id, 1};
    const struct erasures_besides besides = {0, &others, 100};
    struct buf text = BUF_INIT(FILE_MAX);
    struct erasures_filed filed = {0};
    char sum[ERASURES_SUM_MAX], other[ERASURES_SUM_MAX];
    struct err err = ERR_INIT;
    int64_t n = 0;

    CHECK_OK(store_erasures_write(store, &besides, &text, &n, &err), err);
    CHECK_INT(n, 4); /* two of its own, and two that are not too old */
    CHECK_OK(store_erasures_read(store, buf_str(&text), &filed, &err), err);
    CHECK_INT((int64_t)filed.n, 4);
    CHECK_INT(filed.list[2].requested_us, 5000);
    CHECK_INT((int64_t)filed.ids[filed.list[2].first].quick, 7);
    CHECK_INT(filed.list[3].source, 3);
    CHECK_INT(filed.list[3].made_us, 4000);
    CHECK(erasures_file_sum(buf_str(&text), sum) && strlen(sum) == 2 * PSEUDONYM_BYTES);
    CHECK(erasures_file_sum(buf_str(older), other) && strcmp(sum, other) != 0);
    CHECK(!erasures_file_sum((struct str){text.p, text.n - 1}, other));
    CHECK(!erasures_file_sum(STR_NONE, other));
    erasures_filed_release(&filed);
    buf_release(&text);
}

static bool is_refused(struct store *store, struct str text)
{
    struct err err = ERR_INIT;
    struct erasures_filed filed;
    enum err_code rc = store_erasures_read(store, text, &filed, &err);

    return rc == ERR_INVALID && !filed.list && !filed.ids && err.msg[0];
}

/* Every byte that is another, every end that is too early, and anything after the end. */
static void damaged(struct store *store, struct buf *text)
{
    int64_t refused = 0;
    size_t n = text->n;

    for (size_t i = 0; i < n; i++) {
        text->p[i] ^= 1;
        refused += is_refused(store, buf_str(text));
        text->p[i] ^= 1;
        refused += is_refused(store, (struct str){text->p, i});
    }
    CHECK_INT(refused, 2 * (int64_t)n);
    buf_addz(text, "person 1\n");
    CHECK(is_refused(store, buf_str(text)));
    CHECK(is_refused(store, STR_NONE));
}

/* The file is known again as itself; a copy of it, and one brought back, are not. */
static void home(struct store *store, const char *dir)
{
    struct err err = ERR_INIT;
    char from[600], to[600];
    bool moved = true;

    CHECK_OK(store_has_moved(store, &moved, &err), err);
    CHECK(!moved);
    snprintf(from, sizeof(from), "%s/store.db", dir);
    snprintf(to, sizeof(to), "%s/store.db.away", dir);
    CHECK(rename(from, to) == 0 && symlink(to, from) == 0);
    CHECK_OK(store_has_moved(store, &moved, &err), err);
    CHECK(moved);
    CHECK_OK(store_stay(store, &err), err);
    CHECK_OK(store_has_moved(store, &moved, &err), err);
    CHECK(!moved);
}

int main(void)
{
    static const char *const first[] = {"ann@example.com", "ben@example.com"};
    static const char *const second[] = {"cleo@example.com"};
    struct err err = ERR_INIT;
    struct store *store = NULL, *stranger = NULL;
    struct buf text = BUF_INIT(FILE_MAX), none = BUF_INIT(FILE_MAX);

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(store_open(temp_path("stranger"), &stranger, &err), err);
    if (store && stranger) {
        add(store, second, 1, 2000, true);
        add(store, first, 2, 1000, true);
        add(store, first, 1, 3000, false); /* under way: not in the file */
        write_file(store, &text, 2);
        write_file(stranger, &none, 0);
        there_and_back(store, &text);
        written_besides(store, &text);
        CHECK(is_refused(stranger, buf_str(&text)));
        CHECK(is_refused(store, buf_str(&none)));
        damaged(store, &text);
        many_identifiers(store);
        home(store, temp_path("shop"));
    }
    buf_release(&text);
    buf_release(&none);
    store_close(store);
    store_close(stranger);
    return tap_done();
}
