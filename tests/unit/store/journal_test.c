/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/journal.h"

#include "base/timestamp.h"
#include "store/sqlite.h"
#include "tap.h"
#include "temp_dir.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

/* The program's own: SQLite's calls end here, too. */
static atomic_int syncs;

int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}

static struct journal *open_journal(void)
{
    struct journal *journal = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(journal_open(temp_dir, &journal, &err), err);
    return journal;
}

static enum journal_fate put(struct journal *journal, int64_t source, const char *id,
                             const char *refused, int64_t received_us)
{
    struct journal_record r = {.source = source,
                               .id = str_of(id),
                               .body = STR_LIT("{\"event\":\"x\"}"),
                               .received_us = received_us,
                               .refused = refused};
    struct err err = ERR_INIT;

    CHECK_OK(journal_append(journal, &r, 1, &err), err);
    return r.fate;
}

/* The build fails here when the settings do not give what is promised: no answer before a sync. */
static void syncs_before_it_answers(void)
{
    struct journal *journal = open_journal();
    struct store *store = NULL;
    struct err err = ERR_INIT;

    for (int i = 0; i < 5; i++) {
        char id[16];
        int before = syncs;

        snprintf(id, sizeof(id), "s%d", i);
        put(journal, 9, id, NULL, timestamp_now());
        CHECK(syncs > before);
    }
    journal_close(journal);
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    for (int i = 0; i < 3; i++) {
        int before = syncs;

        CHECK_OK(store_put(store, "x", str_of(&"yyy"[i]), &err), err);
        CHECK(syncs > before);
    }
    store_close(store);
}

struct seen {
    int64_t n, damaged, last_seq;
    char ids[256];
};

static enum err_code see(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct seen *seen = ctx;
    size_t at = strlen(seen->ids);

    (void)err;
    CHECK(entry->seq > seen->last_seq);
    seen->last_seq = entry->seq;
    seen->n++;
    seen->damaged += entry->damaged;
    snprintf(seen->ids + at, sizeof(seen->ids) - at, "%" PRId64 ":%.*s ", entry->source,
             (int)entry->id.n, entry->id.p);
    return ERR_OK;
}

static struct seen seen_in(struct journal *journal, int64_t first, int64_t last)
{
    struct seen seen = {0};
    struct err err = ERR_INIT;

    CHECK_OK(journal_each(journal, first, last, 1000, see, &seen, &err), err);
    return seen;
}

static enum err_code keep_tally(void *ctx, const struct journal_tally *tally, struct err *err)
{
    struct journal_tally *list = ctx;

    (void)err;
    list[tally->source] = *tally;
    return ERR_OK;
}

static enum err_code keep_refusal(void *ctx, const struct journal_refusal *refusal, struct err *err)
{
    char *out = ctx;
    size_t at = strlen(out);

    (void)err;
    snprintf(out + at, 200 - at, "%.*s:%.*s ", (int)refusal->id.n, refusal->id.p,
             (int)refusal->reason.n, refusal->reason.p);
    return ERR_OK;
}

static void once_each(void)
{
    struct journal *journal = open_journal();
    struct journal_tally tallies[10] = {{0}};
    char refusals[200] = "";
    struct err err = ERR_INIT;
    struct seen seen;

    CHECK(put(journal, 1, "a", NULL, 5) == JOURNAL_STORED);
    CHECK(put(journal, 1, "a", NULL, 6) == JOURNAL_REPEATED);
    CHECK(put(journal, 2, "a", NULL, 7) == JOURNAL_STORED);
    CHECK(put(journal, 1, "bad", "no_type", 8) == JOURNAL_REFUSED);
    CHECK(put(journal, 1, "", "no_person", 9) == JOURNAL_REFUSED);
    journal_close(journal);
    journal = open_journal();
    CHECK(put(journal, 1, "a", NULL, 10) == JOURNAL_REPEATED);
    CHECK(put(journal, 1, "b", NULL, 11) == JOURNAL_STORED);
    seen = seen_in(journal, 1, INT64_MAX);
    CHECK_STR(seen.ids, "1:a 2:a 1:b ");
    CHECK_INT(seen.damaged, 0);
    CHECK_OK(journal_tallies(journal, keep_tally, tallies, &err), err);
    CHECK_INT(tallies[1].accepted, 6);
    CHECK_INT(tallies[1].pruned, 0);
    CHECK_INT(tallies[1].stored, 2);
    CHECK_INT(tallies[1].repeated, 2);
    CHECK_INT(tallies[1].refused, 2);
    CHECK_INT(tallies[1].last_us, 11);
    CHECK_INT(tallies[1].refused_us, 9);
    CHECK_INT(tallies[2].stored, 1);
    CHECK_OK(journal_refused(journal, 1, 10, keep_refusal, refusals, &err), err);
    CHECK_STR(refusals, ":no_person bad:no_type ");
    journal_close(journal);
}

static void twice_in_one_call(void)
{
    struct journal *journal = open_journal();
    struct journal_record two[2];
    struct err err = ERR_INIT;

    for (int i = 0; i < 2; i++)
        two[i] = (struct journal_record){
            .source = 3, .id = STR_LIT("same"), .body = STR_LIT("\0\xff"), .received_us = 1};
    CHECK_OK(journal_append(journal, two, 2, &err), err);
    CHECK(two[0].fate == JOURNAL_STORED && two[1].fate == JOURNAL_REPEATED);
    journal_close(journal);
}

/* A journal of the first version: what it holds counts as all that was not let go. */
static void of_an_earlier_version(void)
{
    struct store first = {.lock = -1};
    struct journal *journal = open_journal();
    struct journal_tally tallies[10] = {{0}};
    struct err err = ERR_INIT;
    char path[1100];

    put(journal, 9, "kept", NULL, 5);
    put(journal, 9, "kept", NULL, 5);
    journal_close(journal);
    snprintf(path, sizeof(path), "%s/journal.db", temp_dir);
    CHECK_OK(store_connect(&first, path, 0, &err), err);
    CHECK_OK(store_exec(&first,
                        "ALTER TABLE tally DROP COLUMN accepted;"
                        "ALTER TABLE tally DROP COLUMN pruned;"
                        "UPDATE tally SET stored = stored + 3 WHERE source = 9;"
                        "PRAGMA user_version=1;",
                        &err),
             err);
    sqlite3_close(first.db);
    journal = open_journal();
    CHECK_OK(journal_tallies(journal, keep_tally, tallies, &err), err);
    CHECK_INT(tallies[9].accepted, 5);
    CHECK_INT(tallies[9].pruned, 3);
    CHECK_INT(tallies[1].accepted, 6);
    put(journal, 9, "one more", NULL, 6);
    CHECK_OK(journal_tallies(journal, keep_tally, tallies, &err), err);
    CHECK_INT(tallies[9].accepted, 6);
    CHECK_INT(tallies[9].stored, 5);
    journal_close(journal);
}

static void limits(void)
{
    static char large[JOURNAL_BODY_MAX + 1];
    struct journal *journal = open_journal();
    struct journal_record r = {.source = 1, .id = STR_LIT("l"), .body = {large, sizeof(large)}};
    struct err err = ERR_INIT;

    CHECK(journal_append(journal, &r, 1, &err) == ERR_TOO_LARGE);
    r.body = STR_NONE;
    r.id = (struct str){large, JOURNAL_ID_MAX + 1};
    CHECK(journal_append(journal, &r, 1, &err) == ERR_INVALID);
    r.id = STR_NONE;
    CHECK(journal_append(journal, &r, 1, &err) == ERR_INVALID);
    CHECK(journal_append(journal, &r, JOURNAL_BATCH_MAX + 1, &err) == ERR_TOO_LARGE);
    CHECK(journal_is_sound(journal));
    journal_close(journal);
}

static void old_ones_go(void)
{
    int64_t now = timestamp_now(), old = now - 40 * US_PER_DAY, n = -1;
    struct journal *journal = open_journal();
    struct journal_tally tallies[10] = {{0}};
    struct journal_span span;
    struct err err = ERR_INIT;

    CHECK_OK(journal_prune(journal, now - 31 * US_PER_DAY, INT64_MAX, 1000, &n, &err), err);
    put(journal, 5, "old", NULL, old);
    put(journal, 5, "older", NULL, old - US_PER_DAY);
    put(journal, 5, "new", NULL, now);
    put(journal, 5, "late", NULL, old); /* behind a new one: it waits with it */
    CHECK_OK(journal_span(journal, 0, INT64_MAX, &span, &err), err);
    CHECK(journal_prune(journal, now - 29 * US_PER_DAY, INT64_MAX, 10, &n, &err) == ERR_INVALID);
    /* Not what was not passed on yet. */
    CHECK_OK(journal_prune(journal, now - 31 * US_PER_DAY, span.last - 3, 10, &n, &err), err);
    CHECK_INT(n, span.n - 3);
    CHECK_OK(journal_prune(journal, now - 31 * US_PER_DAY, INT64_MAX, 10, &n, &err), err);
    CHECK_INT(n, 1);
    CHECK_STR(seen_in(journal, 0, INT64_MAX).ids, "5:new 5:late ");
    CHECK_OK(journal_tallies(journal, keep_tally, tallies, &err), err);
    CHECK_INT(tallies[5].stored - tallies[5].pruned, 2);
    CHECK(put(journal, 5, "new", NULL, now) == JOURNAL_REPEATED);
    CHECK(put(journal, 5, "old", NULL, now) == JOURNAL_STORED);
    journal_close(journal);
}

/* A bit of a body turns over on the disk. */
static void rot_is_found(void)
{
    struct journal *journal = open_journal();
    struct journal_health health;
    struct err err = ERR_INIT;
    struct seen seen;
    char bytes[1 << 16];
    ssize_t n, at = 0;
    int fd;

    put(journal, 7, "whole", NULL, 1);
    put(journal, 7, "rotten-one", NULL, 2);
    journal_close(journal);
    fd = open(temp_path("journal.db"), O_RDWR | O_CLOEXEC);
    n = pread(fd, bytes, sizeof(bytes), 0);
    for (ssize_t i = 0; i + 11 < n; i++)
        if (memcmp(bytes + i, "rotten-one", 10) == 0 && bytes[i + 11] != 0 && at == 0)
            at = i + 14;
    CHECK(at > 0);
    bytes[at] ^= 4;
    CHECK(pwrite(fd, bytes + at, 1, at) == 1);
    close(fd);
    journal = open_journal();
    seen = seen_in(journal, 0, INT64_MAX);
    CHECK_INT(seen.damaged, 1);
    CHECK_OK(journal_check(journal, &health, &err), err);
    CHECK_INT(health.records, seen.n);
    CHECK_INT(health.damaged, 1);
    CHECK_INT(health.first_damaged, seen.last_seq);
    journal_close(journal);
}

struct load {
    struct journal *journal;
    int number;
};

enum { THREADS = 16, EACH = 40 };

static void *append(void *ctx)
{
    struct load *load = ctx;

    for (int i = 0; i < EACH; i++) {
        struct journal_record r = {
            .source = 8, .id = STR_NONE, .body = STR_LIT("x"), .received_us = 1};
        struct err err = ERR_INIT;
        char id[32];

        snprintf(id, sizeof(id), "%d", (load->number / 2) * EACH + i); /* each by two threads */
        r.id = str_of(id);
        if (journal_append(load->journal, &r, 1, &err) != ERR_OK)
            return ctx;
    }
    return NULL;
}

static void many_threads(void)
{
    struct journal *journal = open_journal();
    struct journal_tally tallies[10] = {{0}};
    struct load loads[THREADS];
    pthread_t threads[THREADS];
    struct err err = ERR_INIT;
    void *failed = NULL;
    int before = syncs;

    for (int i = 0; i < THREADS; i++) {
        loads[i] = (struct load){journal, i};
        pthread_create(&threads[i], NULL, append, &loads[i]);
    }
    for (int i = 0; i < THREADS && !failed; i++)
        pthread_join(threads[i], &failed);
    CHECK(!failed);
    CHECK_OK(journal_tallies(journal, keep_tally, tallies, &err), err);
    CHECK_INT(tallies[8].stored, THREADS / 2 * EACH);
    CHECK_INT(tallies[8].repeated, THREADS / 2 * EACH);
    CHECK(syncs - before < THREADS * EACH); /* shared */
    journal_close(journal);
}

static enum err_code see_urgent(void *ctx, const struct journal_entry *entry, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = *(int64_t *)ctx * 1000 + entry->seq;
    return ERR_OK;
}

static int64_t urgent_ones(struct journal *journal, int64_t after)
{
    struct err err = ERR_INIT;
    int64_t seen = 0;

    CHECK_OK(journal_urgent(journal, after, 10, see_urgent, &seen, &err), err);
    return seen;
}

static int64_t put_urgent(struct journal *journal, const char *id)
{
    struct journal_record r = {.source = 9,
                               .id = str_of(id),
                               .body = STR_LIT("{}"),
                               .received_us = timestamp_now(),
                               .urgent = true};
    struct err err = ERR_INIT;

    CHECK_OK(journal_append(journal, &r, 1, &err), err);
    return journal_last(journal);
}

/* What is urgent is told until it was seen to, over the end of a process, and once. */
static void urgent_is_told(void)
{
    struct journal *journal = open_journal();
    int64_t one, two;

    put(journal, 9, "calm", NULL, timestamp_now());
    one = put_urgent(journal, "urgent 1");
    CHECK_INT(put_urgent(journal, "urgent 1"), one); /* sent again: not told again */
    two = put_urgent(journal, "urgent 2");
    CHECK_INT(urgent_ones(journal, 0), one * 1000 + two);
    CHECK_INT(urgent_ones(journal, one), two);
    journal_urgent_seen(journal, one);
    journal_close(journal);
    journal = open_journal(); /* no commit came to keep it: told once more */
    CHECK_INT(urgent_ones(journal, 0), one * 1000 + two);
    journal_urgent_seen(journal, one);
    put(journal, 9, "calm again", NULL, timestamp_now());
    journal_close(journal);
    journal = open_journal();
    CHECK_INT(urgent_ones(journal, 0), two);
    journal_close(journal);
}

int main(void)
{
    temp_dir_make();
    once_each();
    twice_in_one_call();
    of_an_earlier_version();
    limits();
    old_ones_go();
    rot_is_found();
    urgent_is_told();
    syncs_before_it_answers();
    many_threads();
    return tap_done();
}
