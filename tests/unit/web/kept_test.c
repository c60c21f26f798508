/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Answers that are kept: made once, however many ask; bounded; errors are not kept. */
#include "web/kept.h"

#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { ASKERS = 16 };

static struct kept *kept;

struct question {
    const char *key, *text;
    size_t times; /* the text, so often */
    int wait_ms;
    enum err_code rc;
    atomic_int made;
};

static enum err_code make(void *ctx, struct buf *out, struct err *err)
{
    struct question *q = ctx;

    q->made++;
    usleep((useconds_t)q->wait_ms * 1000);
    for (size_t i = 0; i < q->times; i++)
        buf_addz(out, q->text);
    return q->rc == ERR_OK ? ERR_OK : err_set(err, q->rc, "no answer to %s", q->key);
}

static bool ask(struct question *q, enum err_code want)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    struct kept_asker asker = {.make = make, .ctx = q};
    bool good = kept_answer(kept, str_of(q->key), &asker, &out, &err) == want && err.code == want;

    good = good && (want != ERR_OK || out.n == strlen(q->text) * q->times);
    good = good && (want == ERR_OK || strstr(err.msg, q->key));
    buf_release(&out);
    return good;
}

static void *ask_slowly(void *ctx)
{
    struct question *q = ctx;

    return ask(q, q->rc) ? q : NULL;
}

static void ask_at_once(struct question *q)
{
    pthread_t threads[ASKERS];
    void *good = NULL;
    int right = 0;

    for (size_t i = 0; i < ASKERS; i++)
        CHECK(pthread_create(&threads[i], NULL, ask_slowly, q) == 0);
    for (size_t i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], &good);
        right += good != NULL;
    }
    CHECK_INT(right, ASKERS);
    CHECK_INT(q->made, 1);
}

static void once(void)
{
    struct question a = {.key = "a", .text = "yes", .times = 1},
                    b = {.key = "b", .text = "no", .times = 3};

    kept = kept_new(1 << 16);
    for (int i = 0; i < 3; i++) {
        CHECK(ask(&a, ERR_OK));
        CHECK(ask(&b, ERR_OK));
    }
    CHECK_INT(a.made, 1);
    CHECK_INT(b.made, 1);
    kept_free(kept);
}

static void together(void)
{
    struct question good = {.key = "slow", .text = "at last", .times = 1, .wait_ms = 200};
    struct question bad = {.key = "bad", .text = "", .wait_ms = 200, .rc = ERR_UNAVAILABLE};
    int64_t found, made;

    kept = kept_new(1 << 16);
    ask_at_once(&good);
    ask_at_once(&bad);
    CHECK(ask(&bad, ERR_UNAVAILABLE));
    CHECK_INT(bad.made, 2); /* an error is not kept */
    kept_count(kept, &found, &made);
    CHECK_INT(found, 2 * (ASKERS - 1));
    CHECK_INT(made, 3);
    kept_free(kept);
}

/* A hundred bytes each into a thousand: the least lately used go. */
static void bounded(void)
{
    struct question all[12], large = {.key = "large", .text = "x", .times = 400};
    char keys[12][8];

    kept = kept_new(1000);
    for (size_t i = 0; i < 12; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
        all[i] = (struct question){.key = keys[i], .text = "0123456789", .times = 10};
        CHECK(ask(&all[i], ERR_OK));
        CHECK(ask(&all[0], ERR_OK)); /* used all the time */
    }
    CHECK_INT(all[0].made, 1);
    CHECK(ask(&all[11], ERR_OK));
    CHECK_INT(all[11].made, 1);
    CHECK(ask(&all[1], ERR_OK));
    CHECK_INT(all[1].made, 2);
    CHECK(ask(&large, ERR_OK) && ask(&large, ERR_OK));
    CHECK_INT(large.made, 2); /* too large to be kept */
    CHECK(ask(&all[0], ERR_OK));
    CHECK_INT(all[0].made, 1);
    kept_free(kept);
}

/* More questions than places. */
static void many(void)
{
    struct question q = {.text = "x", .times = 1};
    char key[16];

    kept = kept_new(1 << 20);
    for (int i = 0; i < 3000; i++) {
        snprintf(key, sizeof(key), "%d", i);
        q.key = key;
        if (!ask(&q, ERR_OK))
            CHECK_MSG(false, "question %d", i);
    }
    CHECK_INT(q.made, 3000);
    CHECK(ask(&q, ERR_OK));
    CHECK_INT(q.made, 3000);
    kept_free(kept);
}

/* The first who asks leaves: cancelled, it is made for who still waits. */
static enum err_code make_second(void *ctx, struct buf *out, struct err *err)
{
    struct question *q = ctx;

    if (++q->made == 1) {
        usleep((useconds_t)q->wait_ms * 1000);
        return err_set(err, ERR_CANCELLED, "left");
    }
    buf_addz(out, q->text);
    return ERR_OK;
}

static void *ask_and_leave(void *ctx)
{
    struct question *q = ctx;
    struct buf out = BUF_INIT(1 << 10);
    struct kept_asker asker = {.make = make_second, .ctx = q};
    struct err err = ERR_INIT;

    return kept_answer(kept, str_of(q->key), &asker, &out, &err) == ERR_CANCELLED ? q : NULL;
}

static void cancelled(void)
{
    struct question q = {.key = "left", .text = "here", .times = 1, .wait_ms = 300};
    struct kept_asker second = {.make = make_second, .ctx = &q};
    struct kept_asker alone = {.make = make_second, .ctx = &q};
    struct buf out = BUF_INIT(1 << 10);
    struct err err = ERR_INIT;
    void *left = NULL;
    pthread_t first;

    kept = kept_new(1 << 16);
    CHECK(!kept_leave(kept, &alone)); /* it makes nothing yet */
    CHECK(pthread_create(&first, NULL, ask_and_leave, &q) == 0);
    while (q.made == 0)
        usleep(1000);
    CHECK_OK(kept_answer(kept, str_of(q.key), &second, &out, &err), err);
    CHECK_STR(buf_cstr(&out), "here");
    CHECK_INT(q.made, 2);
    pthread_join(first, &left);
    CHECK(left != NULL);
    buf_release(&out);
    kept_free(kept);
}

int main(void)
{
    once();
    together();
    bounded();
    many();
    cancelled();
    return tap_done();
}
