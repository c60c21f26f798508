/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal_child.c - the process that is killed: journal_child DIR FIRST [THREADS [ACKNOWLEDGED]].
 *
 * Threads append messages and write each id to standard output once it is acknowledged, in one
 * write, so that nobody's last line is half. Ids are FIRST, FIRST + 1, ... While the disk is full
 * they try again. It ends with status 0 once so many are acknowledged, with 3 when the journal
 * fails. With "check" in place of FIRST it prints the ids that the journal holds, one a line, in
 * order, and fails when SQLite or a checksum finds anything wrong. */
#include "base/timestamp.h"
#include "store/journal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { BATCH_MAX = 20, BODY = 1500 };

static struct journal *journal;
static atomic_llong next_id, acknowledged;
static long long enough = INT64_MAX;

static void append_or_end(struct journal_record *records, int n)
{
    struct err err = ERR_INIT;
    enum err_code rc;

    while ((rc = journal_append(journal, records, (size_t)n, &err)) == ERR_NO_SPACE)
        usleep(1000);
    if (rc != ERR_OK)
        _exit(journal_is_sound(journal) ? 6 : 3);
}

/* Some alone, some together; every tenth is sent twice. */
static void *append(void *ctx)
{
    static char body[BODY];
    unsigned seed = (unsigned)(size_t)ctx;

    for (;;) {
        struct journal_record records[BATCH_MAX];
        char ids[BATCH_MAX][24], told[BATCH_MAX * 24];
        int n, length = 0;

        seed = seed * 1664525u + 1013904223u;
        n = 1 + (int)(seed >> 16) % BATCH_MAX;
        for (int i = 0; i < n; i++) {
            snprintf(ids[i], sizeof(ids[i]), "%lld", next_id++);
            records[i] = (struct journal_record){.source = 1,
                                                 .id = str_of(ids[i]),
                                                 .body = {body, sizeof(body)},
                                                 .received_us = timestamp_now()};
        }
        append_or_end(records, n);
        for (int i = 0; i < n; i++)
            length += snprintf(told + length, sizeof(told) - (size_t)length, "%s\n", ids[i]);
        if (write(STDOUT_FILENO, told, (size_t)length) != length)
            _exit(4);
        if (atomic_fetch_add(&acknowledged, n) + n >= enough)
            _exit(0);
        if (seed % 10 == 0) {
            append_or_end(records, n);
            if (records[0].fate != JOURNAL_REPEATED)
                _exit(5);
        }
    }
    return NULL;
}

static enum err_code print_id(void *ctx, const struct journal_entry *entry, struct err *err)
{
    (void)ctx;
    if (entry->damaged)
        return err_set(err, ERR_STORE, "message %" PRId64 " is damaged", entry->seq);
    printf("%.*s\n", (int)entry->id.n, entry->id.p);
    return ERR_OK;
}

static enum err_code check(struct err *err)
{
    struct journal_health health;

    TRY(journal_check(journal, &health, err));
    if (health.problem[0])
        return err_set(err, ERR_STORE, "%s", health.problem);
    return journal_each(journal, 0, INT64_MAX, INT64_MAX, print_id, NULL, err);
}

int main(int argc, char **argv)
{
    int threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 4;
    struct err err = ERR_INIT;
    enum err_code rc;
    pthread_t thread;

    if (argc < 3)
        return 2;
    while ((rc = journal_open(argv[1], &journal, &err)) == ERR_NO_SPACE)
        usleep(1000);
    if (rc == ERR_OK && strcmp(argv[2], "check") == 0) {
        rc = check(&err);
        journal_close(journal);
    }
    if (rc != ERR_OK) {
        fprintf(stderr, "journal_child: %s\n", err.msg);
        _exit(rc == ERR_STORE ? 3 : 2);
    }
    if (strcmp(argv[2], "check") == 0)
        return 0;
    next_id = strtoll(argv[2], NULL, 10);
    enough = argc > 4 ? strtoll(argv[4], NULL, 10) : INT64_MAX;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread, NULL, append, (void *)(size_t)(next_id + i)) != 0)
            return 2;
    for (;;)
        pause();
}
