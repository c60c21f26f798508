/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Composes a message to begin with again and again: message NAME DATA SECONDS THREADS WHAT, of
 * which WHAT is "whole" (subject, preheader, HTML and text) or "html". Prints messages a second,
 * bytes a message and processor microseconds a message; with 0 SECONDS the HTML. */
#include "base/file.h"
#include "base/json_write.h"
#include "outreach/message/frame.h"

#include <pthread.h>
#include <time.h>

enum { THREADS_MAX = 64, FILE_MAX = 4 << 20 };

struct worker {
    pthread_t thread;
    const struct message *message;
    struct message_for to;
    double seconds, cpu;
    bool html_alone;
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

static void open_locales(struct locale *locales[LANG_COUNT], bool *io_failed)
{
    struct err err = ERR_INIT;

    for (int l = 0; l < LANG_COUNT; l++)
        *io_failed = *io_failed || locale_open((enum language)l, &locales[l], &err) != ERR_OK;
}

/* What a message itself knows stands among the data. */
static enum err_code compose_html(const struct message *message, const struct message_for *to,
                                  struct arena *scratch, struct composed *out, struct err *err)
{
    const struct liquid_settings settings = {.data = to->data,
                                             .language = LANG_EN,
                                             .locale = to->locales[LANG_EN],
                                             .currency = to->currency,
                                             .texts = message->languages[0].texts,
                                             .texts_else = frame_texts("en"),
                                             .limits = liquid_limits_usual};

    buf_reset(&out->parts[MESSAGE_HTML]);
    return liquid_render(message->parts[MESSAGE_HTML], &settings, scratch,
                         &out->parts[MESSAGE_HTML], NULL, err);
}

/* Every message must be as long as the first. */
static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct arena arena = ARENA_INIT(8 << 20);
    struct locale *locales[LANG_COUNT] = {NULL};
    struct composed composed;
    double began, cpu;

    composed_init(&composed);
    open_locales(locales, &w->failed);
    w->to.locales = locales;
    began = clock_of(CLOCK_MONOTONIC);
    cpu = clock_of(CLOCK_THREAD_CPUTIME_ID);
    while (!w->failed &&
           (w->messages % 256 || !w->messages || clock_of(CLOCK_MONOTONIC) - began < w->seconds)) {
        if (w->seconds <= 0 && w->messages)
            break;
        struct err err = ERR_INIT;
        size_t bytes;

        arena_reset(&arena);
        w->failed = (w->html_alone ? compose_html : message_compose)(w->message, &w->to, &arena,
                                                                     &composed, &err) != ERR_OK;
        bytes = composed.parts[MESSAGE_HTML].n;
        w->failed = w->failed || (w->bytes && bytes != w->bytes);
        w->bytes = bytes;
        w->messages++;
    }
    w->cpu = clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
    if (w->seconds <= 0)
        fwrite(composed.parts[MESSAGE_HTML].p, 1, composed.parts[MESSAGE_HTML].n, stdout);
    composed_release(&composed);
    arena_release(&arena);
    for (int l = 0; l < LANG_COUNT; l++)
        locale_close(locales[l]);
    return NULL;
}

static int measure(const struct worker *of, size_t threads)
{
    struct worker workers[THREADS_MAX];
    double began = clock_of(CLOCK_MONOTONIC), cpu = 0;
    uint64_t messages = 0;
    bool failed = false;

    for (size_t i = 0; i < threads; i++) {
        workers[i] = *of;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 1;
    }
    for (size_t i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        messages += workers[i].messages;
        cpu += workers[i].cpu;
        failed = failed || workers[i].failed;
    }
    if (of->seconds > 0)
        printf("%.0f %zu %.2f\n", (double)messages / (clock_of(CLOCK_MONOTONIC) - began),
               workers[0].bytes, cpu * 1e6 / (double)messages);
    return failed;
}

static enum err_code read_starter(const char *name, struct message **out, struct err *err)
{
    const struct message_starter *s;

    for (size_t i = 0; (s = message_starter(i)); i++)
        if (strcmp(s->name, name) == 0)
            return message_read(s->text, name, false, out, err);
    return err_set(err, ERR_NOT_FOUND, "there is no starter \"%s\"", name);
}

static void write_texts(struct json_writer *w, struct value texts)
{
    json_begin_object(w);
    for (uint32_t i = 0; i < texts.n; i++) {
        json_key(w, texts.pairs[i].key.p);
        if (texts.pairs[i].value.type == VALUE_MAP)
            write_texts(w, texts.pairs[i].value);
        else
            json_string(w, value_text(texts.pairs[i].value));
    }
    json_end_object(w);
}

/* Keys of messages end with a NUL. */
static void print_source(const struct message *m)
{
    struct liquid_text partials[FRAME_PARTIALS];
    struct buf out = BUF_INIT(FILE_MAX);
    struct json_writer w = JSON_WRITER(&out);
    size_t n = frame_partials(partials);

    json_begin_object(&w);
    json_key_stringz(&w, "html", m->sources[MESSAGE_HTML]);
    json_key(&w, "partials");
    json_begin_object(&w);
    for (size_t i = 0; i < n; i++)
        json_key_string(&w, partials[i].name, partials[i].text);
    json_end_object(&w);
    json_key(&w, "texts");
    write_texts(&w, m->languages[0].texts);
    json_key(&w, "frame");
    write_texts(&w, frame_texts("en"));
    json_end_object(&w);
    fwrite(out.p, 1, out.n, stdout);
    buf_release(&out);
}

static enum err_code run(char **argv, int *out_failed, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(FILE_MAX);
    TM_CLEANUP(message_freep) struct message *message = NULL;
    TM_CLEANUP(arena_release) struct arena arena = ARENA_INIT(64 << 20);
    struct json_parser *parser = json_parser_new(FILE_MAX);
    size_t threads = strtoul(argv[4], NULL, 10);
    struct worker w = {.seconds = strtod(argv[3], NULL),
                       .html_alone = strcmp(argv[5], "html") == 0,
                       .to = {.language = "en",
                              .shops_language = "en",
                              .marketing = true,
                              .unsubscribe_url = "https://shop.example/u/0123456789abcdef",
                              .currency = "EUR"}};
    struct json_value json;

    TRY(read_starter(argv[1], &message, err));
    TRY(file_read(argv[2], FILE_MAX, &data, err));
    TRY(json_parse(parser, buf_str(&data), &json, err));
    TRY(value_from_json(json, 0, &arena, &w.to.data, err));
    json_parser_free(parser);
    w.message = message;
    if (strcmp(argv[5], "source") == 0) {
        print_source(message);
        return ERR_OK;
    }
    *out_failed = measure(&w, threads && threads < THREADS_MAX ? threads : 1);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    int failed = 0;

    if (argc != 6) {
        fprintf(stderr, "usage: message NAME DATA SECONDS THREADS whole|html|source\n");
        return 64;
    }
    if (run(argv, &failed, &err) != ERR_OK)
        fprintf(stderr, "%s (%s)\n", err.msg, err.context);
    return failed || err.code != ERR_OK;
}
