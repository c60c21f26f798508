/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "taker.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS = 1024, KEPT = 8 << 20, CHUNK = 64 << 10, EVENTS = 64, ANSWER = 512 };

const char *const taker_words[TAKER_WORDS] = {"ok", "after", "before", "in", "hard", "spam"};

struct client {
    bool used, http, text;
    enum taker_word word;
    uint32_t number;
    char *p; /* what came and is not dealt with; owned */
    size_t n, room, looked;
    char answer[ANSWER];
    size_t answer_n;
};

static struct client clients[CLIENTS];
static struct taker_seen *seen;
static uint64_t *ids; /* hashes of Message-IDs; 0: none */

/* ---- counting ----------------------------------------------------------------------------- */

static void count_id(const char *p, size_t n)
{
    uint64_t hash = 1469598103934665603U;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)p[i]) * 1099511628211U;
    hash += !hash;
    for (size_t at = hash % TAKER_IDS;; at = (at + 1) % TAKER_IDS) {
        if (ids[at] == hash)
            return;
        if (!ids[at]) {
            ids[at] = hash;
            seen->ids++;
            return;
        }
    }
}

static void count(const struct client *c)
{
    seen->taken++;
    if (c->number < TAKER_NUMBERS && seen->times[c->number] < UINT8_MAX)
        seen->times[c->number]++;
}

static void count_mail(const struct client *c, const char *text, size_t n)
{
    static const char name[] = "Message-ID: <";
    const char *at = memmem(text, n < 4096 ? n : 4096, name, sizeof(name) - 1), *end;

    count(c);
    seen->bytes += (int64_t)n;
    at = at ? at + sizeof(name) - 1 : NULL;
    end = at ? memchr(at, '>', (size_t)(text + n - at)) : NULL;
    if (end)
        count_id(at, (size_t)(end - at));
}

/* "WORD.NUMBER" */
static void read_name(struct client *c, const char *name)
{
    c->word = TAKER_OK;
    c->number = TAKER_NUMBERS;
    for (int w = 0; w < TAKER_WORDS; w++) {
        size_t n = strlen(taker_words[w]);

        if (strncmp(name, taker_words[w], n) == 0 && name[n] == '.') {
            c->word = seen->well ? TAKER_OK : (enum taker_word)w;
            c->number = (uint32_t)strtoul(name + n + 1, NULL, 10);
        }
    }
}

/* ---- talking ------------------------------------------------------------------------------ */

/* What is said to pipelined commands goes in one piece. */
static void say(struct client *c, const char *text)
{
    size_t n = strlen(text);

    if (c->answer_n + n <= ANSWER) {
        memcpy(c->answer + c->answer_n, text, n);
        c->answer_n += n;
    }
}

/* False: the connection is over. */
static bool end_text(struct client *c, size_t n)
{
    c->text = false;
    count_mail(c, c->p, n);
    if (c->word == TAKER_DIE_AFTER)
        return false;
    if (c->word == TAKER_DIE_IN) {
        say(c, "250 2.0.0 o");
        return false;
    }
    say(c, c->word == TAKER_SPAM ? "554 5.7.1 spam\r\n" : "250 2.0.0 taken\r\n");
    return true;
}

static bool obey(struct client *c, const char *line)
{
    if (strncasecmp(line, "DATA", 4) == 0) {
        if (c->word == TAKER_DIE_BEFORE)
            return false;
        c->text = c->word != TAKER_HARD;
        say(c, c->text ? "354 go\r\n" : "503 5.5.1 nobody\r\n");
    } else if (strncasecmp(line, "EHLO", 4) == 0) {
        say(c, "250-taker\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 PIPELINING\r\n");
    } else if (strncasecmp(line, "RCPT", 4) == 0) {
        const char *name = strchr(line, '<');

        read_name(c, name ? name + 1 : "");
        say(c, c->word == TAKER_HARD ? "550 5.7.1 not wanted\r\n" : "250 2.1.5 ok\r\n");
    } else if (strncasecmp(line, "QUIT", 4) == 0) {
        return false;
    } else {
        say(c, "250 2.0.0 ok\r\n");
    }
    return true;
}

/* One command or text from what came; *out_used 0: it is not whole. */
static bool talk_mail(struct client *c, size_t *out_used)
{
    static const char dot[] = "\r\n.\r\n";
    size_t from = c->looked > 4 ? c->looked - 4 : 0;
    char *end = c->text ? memmem(c->p + from, c->n - from, dot, 5) : memchr(c->p, '\n', c->n);

    *out_used = 0;
    c->looked = c->n;
    if (!end)
        return true;
    c->looked = 0;
    if (c->text) {
        *out_used = (size_t)(end - c->p) + 5;
        return end_text(c, *out_used);
    }
    *end = '\0';
    *out_used = (size_t)(end - c->p) + 1;
    return obey(c, c->p);
}

/* "To=%2B1555DNNNNNN" */
static void read_phone(struct client *c, const char *body, size_t n)
{
    static const char name[] = "To=%2B1555";
    const char *at = memmem(body, n, name, sizeof(name) - 1);

    c->word = TAKER_OK;
    c->number = TAKER_NUMBERS;
    if (!at || (size_t)(body + n - at) < sizeof(name) - 1 + 7)
        return;
    at += sizeof(name) - 1;
    if (!seen->well && at[0] - '0' < TAKER_WORDS)
        c->word = (enum taker_word)(at[0] - '0');
    c->number = (uint32_t)strtoul(at + 1, NULL, 10);
}

static void say_http(struct client *c, const char *status, const char *body)
{
    char head[96];

    snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", status,
             strlen(body));
    say(c, head);
    say(c, body);
}

static bool answer_http(struct client *c, bool texting)
{
    char sid[64];

    if (c->word == TAKER_DIE_BEFORE)
        return false;
    if (c->word == TAKER_HARD || c->word == TAKER_SPAM) {
        say_http(c, texting ? "400 Bad Request" : "410 Gone",
                 texting ? "{\"code\": 21211, \"message\": \"no number\"}" : "");
        return true;
    }
    count(c);
    if (c->word == TAKER_DIE_AFTER)
        return false;
    if (c->word == TAKER_DIE_IN) {
        say(c, "HTTP/1.1 20");
        return false;
    }
    snprintf(sid, sizeof(sid), "{\"sid\": \"SM%06u\", \"status\": \"queued\"}",
             c->number % 1000000);
    say_http(c, "201 Created", sid);
    return true;
}

static bool talk_http(struct client *c, size_t *out_used)
{
    static const char length[] = "\r\ncontent-length:";
    char *head = memmem(c->p, c->n, "\r\n\r\n", 4), *at, *path;
    size_t body, head_n;
    bool texting;

    *out_used = 0;
    if (!head)
        return true;
    head_n = (size_t)(head - c->p) + 4;
    *head = '\0';
    at = strcasestr(c->p, length);
    body = at ? strtoul(at + sizeof(length) - 1, NULL, 10) : 0;
    *head = '\r';
    if (c->n < head_n + body)
        return true;
    *out_used = head_n + body;
    texting = strncmp(c->p, "POST /2010-04-01/", 17) == 0;
    path = strchr(c->p, '/');
    if (texting)
        read_phone(c, c->p + head_n, body);
    else
        read_name(c, path ? path + 1 : "");
    return answer_http(c, texting);
}

/* ---- connections -------------------------------------------------------------------------- */

static void flush(struct client *c, int fd)
{
    if (c->answer_n && send(fd, c->answer, c->answer_n, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
        errno != ECONNRESET)
        _exit(1);
    c->answer_n = 0;
}

static void hang_up(struct client *c, int fd)
{
    close(fd);
    free(c->p);
    *c = (struct client){0};
    seen->open--;
}

static bool read_more(struct client *c, int fd)
{
    ssize_t got;

    if (c->room - c->n < CHUNK) {
        c->room = c->room ? c->room * 2 : 2 * CHUNK;
        c->p = c->room <= KEPT ? realloc(c->p, c->room) : NULL;
        if (!c->p)
            _exit(1);
    }
    got = read(fd, c->p + c->n, c->room - c->n);
    if (got > 0)
        c->n += (size_t)got;
    return got > 0;
}

static void serve_client(int fd)
{
    struct client *c = &clients[fd];
    bool goes_on = read_more(c, fd);
    size_t used = goes_on;

    while (goes_on && used && c->n) {
        goes_on = c->http ? talk_http(c, &used) : talk_mail(c, &used);
        memmove(c->p, c->p + used, c->n - used);
        c->n -= used;
    }
    flush(c, fd);
    if (!goes_on)
        hang_up(c, fd);
}

static void let_in(int epoll, int listener, bool http)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), one = 1;
    struct epoll_event want = {.events = EPOLLIN, .data.fd = fd};

    if (fd < 0)
        return;
    if (seen->down) {
        close(fd);
        return;
    }
    if (fd >= CLIENTS || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &want) != 0)
        _exit(1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    clients[fd] = (struct client){.used = true, .http = http};
    seen->open++;
    if (!http) {
        say(&clients[fd], "220 taker\r\n");
        flush(&clients[fd], fd);
    }
}

static void serve(int smtp, int http)
{
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event a = {.events = EPOLLIN, .data.fd = smtp};
    struct epoll_event b = {.events = EPOLLIN, .data.fd = http};

    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, smtp, &a) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, http, &b) != 0)
        _exit(1);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);

        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == smtp || fd == http)
                let_in(epoll, fd, fd == http);
            else
                serve_client(fd);
        }
    }
}

static int listen_here(int *out_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, CLIENTS) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return -1;
    *out_port = ntohs(at.sin_port);
    return fd;
}

static void *shared(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

bool taker_start(struct taker *out)
{
    int smtp = listen_here(&out->smtp_port), http = listen_here(&out->http_port);

    out->seen = seen = shared(sizeof(*seen));
    ids = shared(TAKER_IDS * sizeof(*ids));
    if (smtp < 0 || http < 0 || !seen || !ids)
        return false;
    out->pid = fork();
    if (out->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(smtp, http);
    }
    close(smtp);
    close(http);
    return out->pid > 0;
}

void taker_forget(struct taker *taker)
{
    for (size_t i = 0; i < TAKER_NUMBERS; i++)
        if (taker->seen->times[i])
            taker->seen->times[i] = 0;
}

double taker_end(struct taker *taker)
{
    struct rusage used = {0};

    kill(taker->pid, SIGKILL);
    wait4(taker->pid, NULL, 0, &used);
    munmap(taker->seen, sizeof(*taker->seen));
    munmap(ids, TAKER_IDS * sizeof(*ids));
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}
