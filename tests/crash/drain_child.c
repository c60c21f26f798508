/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* drain_child.c - the whole way under fire: drain_child DIR FIRST.
 *
 * Threads append messages to the journal of the workspace DIR and write each id to standard output
 * once it is acknowledged, while another brings them into a real engine, over and over. It ends by
 * being killed. With "check" in place of FIRST it brings in what is left, and prints how many
 * messages were acknowledged by the journal, how many events the engine has, and of how many ids;
 * then, one a line, the ids in the engine. */
#include "base/timestamp.h"
#include "intake/live/drain.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS = 3, BATCH = 10 };

static struct store *store;
static struct journal *journal;
static struct engine *engine;
static struct engine_target *target;
static struct settings settings;
static atomic_llong next_id;

/* A protocol of its own: each message is one event. */
static enum err_code records(struct live_run *run, const struct live_message *message,
                             struct err *err)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);

    event.event_key = message->id;
    event.name = STR_LIT("page_view");
    event.occurred_at = message->received_us;
    event.line = message->seq;
    run->rejected = NULL;
    return live_put(run, RECORD_EVENT, &event, err);
}

static _Noreturn void give_up(const struct err *err)
{
    fprintf(stderr, "drain_child: %s %s\n", err->msg, err->context);
    _exit(3);
}

static void *append(void *ctx)
{
    struct err err = ERR_INIT;

    for (;;) {
        struct journal_record list[BATCH];
        char ids[BATCH][24], told[BATCH * 24];
        int length = 0;

        for (int i = 0; i < BATCH; i++) {
            snprintf(ids[i], sizeof(ids[i]), "%lld", atomic_fetch_add(&next_id, 1));
            list[i] = (struct journal_record){.source = 1,
                                              .id = str_of(ids[i]),
                                              .body = STR_LIT("{}"),
                                              .received_us = timestamp_now()};
        }
        if (journal_append(journal, list, BATCH, &err) != ERR_OK)
            give_up(&err);
        for (int i = 0; i < BATCH; i++)
            length += snprintf(told + length, sizeof(told) - (size_t)length, "%s\n", ids[i]);
        if (write(STDOUT_FILENO, told, (size_t)length) != length)
            _exit(4);
    }
    return ctx;
}

static void drain_once(void)
{
    const struct drain_ctx ctx = {.store = store,
                                  .journal = journal,
                                  .engine = engine,
                                  .target = engine_target_door(target),
                                  .settings = &settings,
                                  .records = records};
    struct drain_summary told;
    struct err err = ERR_INIT;

    if (drain(&ctx, &told, &err) != ERR_OK)
        give_up(&err);
}

static enum err_code open_all(const char *dir, struct err *err)
{
    struct source_entry source = {.protocol = "test", .name = "test"};
    struct engine_options options = {.dir = NULL, .sql_dir = getenv("DRAIN_SQL")};
    static char path[1100];
    size_t n = 0;

    settings = settings_default();
    TRY(store_open(dir, &store, err));
    TRY(store_sources_list(store, 0, &source, 1, &n, err));
    if (n == 0)
        TRY(store_source_add(store, &source, err));
    TRY(journal_open(dir, &journal, err));
    TRY(store_path(store, "engine", path, sizeof(path), err));
    options.dir = path;
    TRY(engine_open(&options, &engine, err));
    target = engine_target_new(engine);
    return ERR_OK;
}

static enum err_code print_events(struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct journal_span span;

    TRY(journal_span(journal, 0, INT64_MAX, &span, err));
    printf("%" PRId64 "\n", span.n);
    TRY(engine_query(engine, "test/ids", NULL, 0, &res, err));
    while (result_next(res))
        printf("%.*s\n", (int)result_text(res, 0).n, result_text(res, 0).p);
    return result_status(res, err);
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    pthread_t thread;

    if (argc < 3)
        return 2;
    if (open_all(argv[1], &err) != ERR_OK)
        give_up(&err);
    if (strcmp(argv[2], "check") == 0) {
        drain_once();
        if (print_events(&err) != ERR_OK)
            give_up(&err);
        engine_target_free(target);
        engine_close(engine);
        journal_close(journal);
        store_close(store);
        return 0;
    }
    next_id = strtoll(argv[2], NULL, 10);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread, NULL, append, NULL) != 0)
            return 2;
    for (;;)
        drain_once();
}
