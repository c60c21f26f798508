/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal.c - how many messages a second are on stable storage.
 *
 *     bench-journal DIR [THREADS] [SECONDS]
 *
 * Threads that each append one message at a time (a `track` call), then batches of 500. The
 * baseline is a write and fdatasync() of one message after the other, in the same folder.
 */
#include "base/timestamp.h"
#include "store/journal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { BODY = 600, BATCH = 500, THREADS_MAX = 256 };

struct load {
    struct journal *journal;
    int number, size;
    double until;
    int64_t done;
    atomic_bool *failed;
};

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *append(void *ctx)
{
    struct load *load = ctx;
    static char body[BODY];
    struct journal_record records[BATCH];
    static _Thread_local char ids[BATCH][JOURNAL_ID_MAX];
    struct err err = ERR_INIT;

    memset(body, 'x', sizeof(body));
    while (seconds() < load->until && !*load->failed) {
        for (int i = 0; i < load->size; i++) {
            int n = snprintf(ids[i], sizeof(ids[i]), "%08x-%d-%" PRId64 "-%d",
                             (unsigned)(load->done * 2654435761u), load->number, load->done + i,
                             load->size);

            records[i] = (struct journal_record){.source = 1,
                                                 .id = {ids[i], (size_t)n},
                                                 .body = {body, sizeof(body)},
                                                 .received_us = timestamp_now()};
        }
        if (journal_append(load->journal, records, (size_t)load->size, &err) != ERR_OK) {
            fprintf(stderr, "bench-journal: %s\n", err.msg);
            *load->failed = true;
        }
        load->done += load->size;
    }
    return NULL;
}

static double run(struct journal *journal, int threads, int size, double for_seconds)
{
    static struct load loads[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    atomic_bool failed = false;
    double from = seconds();
    int64_t done = 0;

    for (int i = 0; i < threads; i++) {
        loads[i] = (struct load){journal, i, size, from + for_seconds, 0, &failed};
        pthread_create(&ids[i], NULL, append, &loads[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        done += loads[i].done;
    }
    if (failed)
        exit(1);
    return (double)done / (seconds() - from);
}

static double bare(const char *dir)
{
    char path[1200], body[BODY] = {0};
    double from = seconds();
    int n = 0, fd;

    snprintf(path, sizeof(path), "%s/bare", dir);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (; fd >= 0 && seconds() - from < 1; n++)
        if (write(fd, body, sizeof(body)) != BODY || fdatasync(fd) != 0)
            break;
    close(fd);
    unlink(path);
    return n / (seconds() - from);
}

static enum err_code print_tally(void *ctx, const struct journal_tally *tally, struct err *err)
{
    (void)ctx;
    (void)err;
    printf("stored %" PRId64 ", repeated %" PRId64 "\n", tally->stored, tally->repeated);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 64;
    double length = argc > 3 ? strtod(argv[3], NULL) : 3;
    struct err err = ERR_INIT;
    double base;

    if (argc < 2 || threads < 1 || threads > THREADS_MAX ||
        journal_open(argv[1], &journal, &err) != ERR_OK) {
        fprintf(stderr, "bench-journal: %s\n", argc < 2 ? "name a folder" : err.msg);
        return 2;
    }
    base = bare(argv[1]);
    printf("one after the other, write and sync: %.0f/s\n", base);
    printf("%d threads, one message each: %.0f/s", threads, run(journal, threads, 1, length));
    printf("\n4 threads, batches of %d: %.0f/s\n", BATCH, run(journal, 4, BATCH, length));
    return journal_tallies(journal, print_tally, NULL, &err) == ERR_OK ? 0 : 1;
}
