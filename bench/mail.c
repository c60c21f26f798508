/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Messages rendered, written down, signed and handed over to a server on this machine that takes
 * everything: mail TEMPLATE DATA MESSAGES WRITERS CONNECTIONS KEY|-. Prints messages a second and
 * processor microseconds a message, of the sender alone. Each must be accepted, and the server
 * must have counted as many. */
#include "base/file.h"
#include "outreach/liquid/liquid.h"
#include "outreach/mail/mail.h"
#include "outreach/mail/smtp.h"
#include "outreach/text/text.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20, READY = 256, CLIENTS = 128, CHUNK = 65536 };

/* ---- the server, in a process of its own --------------------------------------------------- */

struct client {
    char line[1024];
    size_t n;
    int end; /* how much of CRLF . CRLF has come; -1: commands */
};

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(1);
}

/* True: a message is whole. */
static bool take(struct client *c, int fd, char byte)
{
    static const char end[] = "\r\n.\r\n";

    if (c->end >= 0) {
        c->end = byte == end[c->end] ? c->end + 1 : byte == '\r' ? 1 : 0;
        if (c->end < 5)
            return false;
        c->end = -1;
        say(fd, "250 2.0.0 taken\r\n");
        return true;
    }
    if (c->n < sizeof(c->line))
        c->line[c->n++] = byte;
    if (byte != '\n')
        return false;
    c->n = 0;
    if (strncmp(c->line, "DATA", 4) == 0) {
        c->end = 2;
        say(fd, "354 go\r\n");
    } else {
        say(fd, strncmp(c->line, "EHLO", 4) == 0 ? "250-sink\r\n250 PIPELINING\r\n" : "250 ok\r\n");
    }
    return false;
}

static void serve(int listener, int report)
{
    static struct client clients[CLIENTS];
    static char bytes[CHUNK];
    struct pollfd fds[CLIENTS + 1] = {{.fd = listener, .events = POLLIN}};
    nfds_t n = 1;
    int64_t taken = 0;

    fds[n++] = (struct pollfd){.fd = report, .events = POLLIN}; /* its other end closes */
    for (;;) {
        if (poll(fds, n, -1) < 0)
            _exit(1);
        if (fds[1].revents) {
            if (write(report, &taken, sizeof(taken)) != sizeof(taken))
                _exit(1);
            _exit(0);
        }
        for (nfds_t i = n - 1; i >= 2; i--) {
            ssize_t got = fds[i].revents ? read(fds[i].fd, bytes, sizeof(bytes)) : -1;

            for (ssize_t k = 0; k < got; k++)
                taken += take(&clients[i - 2], fds[i].fd, bytes[k]);
            if (fds[i].revents && got <= 0) {
                close(fds[i].fd);
                fds[i] = fds[--n];
                clients[i - 2] = clients[n - 2];
            }
        }
        if (fds[0].revents && n < CLIENTS) {
            fds[n] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
            clients[n - 2] = (struct client){.end = -1};
            say(fds[n++].fd, "220 sink\r\n");
        }
    }
}

/* ---- the sender ---------------------------------------------------------------------------- */

struct work {
    const struct liquid *liquid;
    struct value data;
    const struct dkim_key *key;
    int messages, next;
    struct buf ready[READY]; /* written, and not yet put */
    int64_t numbers[READY];
    size_t ready_n;
    pthread_mutex_t lock;
    pthread_cond_t room, some;
    bool failed;
};

static enum err_code write_one(struct work *w, struct arena *arena, int64_t number, struct buf *out,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf html = BUF_INIT(FILE_MAX), text = BUF_INIT(FILE_MAX);
    struct liquid_settings settings = {.limits = liquid_limits_usual, .data = w->data};
    char id[64], to[64];
    struct mail mail;

    settings.limits.time_ms = 1000;
    arena_reset(arena);
    TRY(liquid_render(w->liquid, &settings, arena, &html, NULL, err));
    TRY(text_from_html(buf_str(&html), &text, err));
    snprintf(id, sizeof(id), "m%" PRId64 "@shop.example", number);
    snprintf(to, sizeof(to), "person%" PRId64 "@d%" PRId64 ".example", number, number % 100);
    mail = (struct mail){.from_name = STR_LIT("متجر النخيل"),
                         .from = STR_LIT("news@shop.example"),
                         .to = str_of(to),
                         .subject = STR_LIT("ตะกร้าของคุณยังรออยู่"),
                         .html = buf_str(&html),
                         .text = buf_str(&text),
                         .message_id = str_of(id),
                         .date_us = INT64_C(1795425300) * US_PER_SECOND,
                         .list_id = STR_LIT("news.shop.example"),
                         .unsubscribe_url = STR_LIT("https://shop.example/u/0123456789abcdef")};
    return mail_write(&mail, w->key, out, err);
}

static void *write_all(void *ctx)
{
    struct work *w = ctx;
    struct arena arena = ARENA_INIT(8 << 20);

    for (;;) {
        struct buf out = BUF_INIT(FILE_MAX);
        struct err err = ERR_INIT;
        int64_t number;

        pthread_mutex_lock(&w->lock);
        number = w->next < w->messages && !w->failed ? w->next++ : -1;
        pthread_mutex_unlock(&w->lock);
        if (number < 0)
            break;
        if (write_one(w, &arena, number, &out, &err) != ERR_OK) {
            fprintf(stderr, "%s\n", err.msg);
            w->failed = true;
        }
        pthread_mutex_lock(&w->lock);
        while (w->ready_n == READY && !w->failed)
            pthread_cond_wait(&w->room, &w->lock);
        if (w->ready_n < READY) {
            w->numbers[w->ready_n] = number;
            w->ready[w->ready_n++] = out;
        }
        pthread_cond_signal(&w->some);
        pthread_mutex_unlock(&w->lock);
    }
    arena_release(&arena);
    return NULL;
}

static bool put(struct smtp *smtp, struct buf *text, int64_t number)
{
    char to[64];
    struct err err = ERR_INIT;

    snprintf(to, sizeof(to), "person%" PRId64 "@d%" PRId64 ".example", number, number % 100);
    if (smtp_put(smtp,
                 &(struct smtp_message){.tag = number,
                                        .sender = STR_LIT("b@shop.example"),
                                        .recipient = str_of(to),
                                        .text = text},
                 &err) == ERR_OK)
        return true;
    fprintf(stderr, "%s\n", err.msg);
    return false;
}

static void hand_over(struct work *w, struct smtp *smtp, int pending)
{
    struct smtp_answer answers[256];
    int ended = 0;

    while (ended < w->messages && !w->failed) {
        size_t got;

        pthread_mutex_lock(&w->lock);
        while (w->ready_n == 0 && smtp_pending(smtp) == 0 && !w->failed)
            pthread_cond_wait(&w->some, &w->lock);
        while (w->ready_n > 0 && smtp_pending(smtp) < (size_t)pending && !w->failed) {
            w->ready_n--;
            w->failed = !put(smtp, &w->ready[w->ready_n], w->numbers[w->ready_n]);
        }
        pthread_cond_broadcast(&w->room);
        pthread_mutex_unlock(&w->lock);
        got = smtp_poll(smtp, 2, answers, TM_COUNT(answers));
        for (size_t i = 0; i < got; i++)
            if (answers[i].outcome != CLAIM_ACCEPTED) {
                fprintf(stderr, "%s\n", answers[i].text);
                w->failed = true;
            }
        ended += (int)got;
    }
}

static double clock_of(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum err_code run(struct work *w, int port, int writers, int connections, struct err *err)
{
    TM_CLEANUP(smtp_closep) struct smtp *smtp = NULL;
    struct smtp_settings settings;
    pthread_t threads[16];
    double began = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);

    smtp_settings_default(&settings);
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.tls = SMTP_TLS_OFF;
    settings.connections = connections;
    settings.per_connection = 1000;
    TRY(smtp_open(&settings, &smtp, err));
    for (int i = 0; i < writers; i++)
        if (pthread_create(&threads[i], NULL, write_all, w) != 0)
            return err_errno(err, "a thread could not be made");
    hand_over(w, smtp, settings.pending);
    for (int i = 0; i < writers; i++)
        pthread_join(threads[i], NULL);
    printf("%.0f messages/s, %.0f us each\n", w->messages / (clock_of(CLOCK_MONOTONIC) - began),
           (clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / w->messages);
    return ERR_OK;
}

static int start_server(int *out_port, int *out_report)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM, 0), pair[2];

    if (listener < 0 || bind(listener, (struct sockaddr *)&at, n) != 0 ||
        listen(listener, CLIENTS) != 0 || getsockname(listener, (struct sockaddr *)&at, &n) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
    *out_port = ntohs(at.sin_port);
    *out_report = pair[0];
    if (fork() == 0) {
        close(pair[0]);
        serve(listener, pair[1]);
    }
    close(pair[1]);
    close(listener);
    return 0;
}

static enum err_code prepare(char **argv, struct work *w, struct arena *arena,
                             struct liquid **out_liquid, struct dkim_key **out_key, struct err *err)
{
    static struct buf text = {.limit = FILE_MAX}, data = {.limit = FILE_MAX};
    struct json_parser *parser = json_parser_new(FILE_MAX);
    struct liquid_text source = {"", STR_NONE};
    struct json_value json;

    TRY(file_read(argv[1], FILE_MAX, &text, err));
    TRY(file_read(argv[2], FILE_MAX, &data, err));
    source.text = buf_str(&text);
    TRY(json_parse(parser, buf_str(&data), &json, err));
    TRY(value_from_json(json, 0, arena, &w->data, err));
    json_parser_free(parser);
    TRY(liquid_compile(&source, 1, LIQUID_HTML, false, out_liquid, NULL, err));
    if (strcmp(argv[6], "-") != 0)
        TRY(dkim_key_open(argv[6], "shop.example", "s1", out_key, err));
    w->liquid = *out_liquid;
    w->key = *out_key;
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct work w = {.lock = PTHREAD_MUTEX_INITIALIZER,
                     .room = PTHREAD_COND_INITIALIZER,
                     .some = PTHREAD_COND_INITIALIZER};
    struct arena arena = ARENA_INIT(64 << 20);
    struct liquid *liquid = NULL;
    struct dkim_key *key = NULL;
    struct err err = ERR_INIT;
    int port = 0, report = -1;
    int64_t taken = -1;

    signal(SIGPIPE, SIG_IGN);
    if (argc != 7) {
        fprintf(stderr, "mail TEMPLATE DATA MESSAGES WRITERS CONNECTIONS KEY|-\n");
        return 64;
    }
    w.messages = (int)strtol(argv[3], NULL, 10);
    if (start_server(&port, &report) != 0 ||
        prepare(argv, &w, &arena, &liquid, &key, &err) != ERR_OK ||
        run(&w, port, (int)strtol(argv[4], NULL, 10) % 16, (int)strtol(argv[5], NULL, 10), &err) !=
            ERR_OK) {
        fprintf(stderr, "%s %s\n", err.msg, err.context);
        return 1;
    }
    if (write(report, "", 1) != 1 || read(report, &taken, sizeof(taken)) != sizeof(taken) ||
        taken != w.messages)
        w.failed = true;
    wait(NULL);
    printf("%" PRId64 " of %d taken\n", taken, w.messages);
    liquid_free(liquid);
    dkim_key_free(key);
    arena_release(&arena);
    return w.failed;
}
