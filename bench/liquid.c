/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Renders one message again and again: liquid TEMPLATE DATA SECONDS THREADS. Prints messages a
 * second, bytes a message, and processor microseconds a message; with 0 SECONDS the message. */
#include "base/file.h"
#include "outreach/liquid/liquid.h"

#include <pthread.h>
#include <time.h>

enum { THREADS_MAX = 64, FILE_MAX = 4 << 20 };

struct worker {
    pthread_t thread;
    const struct liquid *liquid;
    const struct liquid_settings *settings;
    double seconds, cpu;
    uint64_t messages;
    size_t bytes;
    bool failed;
};

static double clock_of(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Every message must be as long as the first. */
static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct arena arena = ARENA_INIT(8 << 20);
    struct buf out = BUF_INIT(4 << 20);
    double began = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_THREAD_CPUTIME_ID);

    while (!w->failed && (w->messages % 256 || clock_of(CLOCK_MONOTONIC) - began < w->seconds)) {
        struct err err = ERR_INIT;

        buf_reset(&out);
        arena_reset(&arena);
        w->failed = liquid_render(w->liquid, w->settings, &arena, &out, NULL, &err) != ERR_OK ||
                    (w->bytes && out.n != w->bytes);
        w->bytes = out.n;
        w->messages++;
    }
    w->cpu = clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
    arena_release(&arena);
    buf_release(&out);
    return NULL;
}

static int measure(const struct liquid *liquid, const struct liquid_settings *settings,
                   double seconds, size_t threads)
{
    struct worker workers[THREADS_MAX];
    double began = clock_of(CLOCK_MONOTONIC), cpu = 0;
    uint64_t messages = 0;
    bool failed = false;

    for (size_t i = 0; i < threads; i++) {
        workers[i] = (struct worker){.liquid = liquid, .settings = settings, .seconds = seconds};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 1;
    }
    for (size_t i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        messages += workers[i].messages;
        cpu += workers[i].cpu;
        failed = failed || workers[i].failed;
    }
    printf("%.0f %zu %.2f\n", (double)messages / (clock_of(CLOCK_MONOTONIC) - began),
           workers[0].bytes, cpu * 1e6 / (double)messages);
    return failed;
}

static enum err_code run(char **argv, int *out_failed, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_MAX), data = BUF_INIT(FILE_MAX);
    TM_CLEANUP(liquid_freep) struct liquid *liquid = NULL;
    TM_CLEANUP(arena_release) struct arena arena = ARENA_INIT(64 << 20);
    struct json_parser *parser = json_parser_new(FILE_MAX);
    struct liquid_settings settings = {.limits = liquid_limits_usual};
    struct buf out = BUF_INIT(4 << 20);
    struct liquid_text source = {"", STR_NONE};
    double seconds = strtod(argv[3], NULL);
    size_t threads = strtoul(argv[4], NULL, 10);
    struct json_value json;

    TRY(file_read(argv[1], FILE_MAX, &text, err));
    TRY(file_read(argv[2], FILE_MAX, &data, err));
    source.text = buf_str(&text);
    TRY(json_parse(parser, buf_str(&data), &json, err));
    TRY(value_from_json(json, 0, &arena, &settings.data, err));
    json_parser_free(parser);
    TRY(liquid_compile(&source, 1, LIQUID_HTML, false, &liquid, NULL, err));
    if (seconds > 0) {
        settings.limits.time_ms = 1000; /* a busy machine may stop a thread for longer than usual */
        *out_failed = measure(liquid, &settings, seconds, threads < THREADS_MAX ? threads : 1);
        return ERR_OK;
    }
    TRY(liquid_render(liquid, &settings, &arena, &out, NULL, err));
    fwrite(out.p, 1, out.n, stdout);
    buf_release(&out);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    int failed = 0;

    if (argc != 5) {
        fprintf(stderr, "liquid TEMPLATE DATA SECONDS THREADS\n");
        return 64;
    }
    if (run(argv, &failed, &err) != ERR_OK) {
        fprintf(stderr, "%s %s\n", err.msg, err.context);
        return 1;
    }
    return failed;
}
