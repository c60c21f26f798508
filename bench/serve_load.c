/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Users who open page after page, as light as can be: what the processors do is the server's work.
 *
 *     serve_load PORT USERS SECONDS THINK_MS COOKIE once|again <pages
 *
 * Each line of the input is a page: its name and the paths that it asks for, separated by tabs.
 * `again`: users pick lines at random; `once`: each line is opened once, by whoever comes first.
 * A user has an address of its own and at most six connections, which stay open, and reads for
 * THINK_MS on average (evenly spread from none to twice as much) between pages. Prints a line
 * "page NAME MICROSECONDS" a page and "ask MICROSECONDS" an answer; a status other than 200 ends
 * it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { USERS_MAX = 200, CONNECTIONS = 6, PATHS_MAX = 32, ANSWER_MAX = 8 << 20, REQUEST_MAX = 4096 };

struct page {
    const char *name, *paths[PATHS_MAX];
    size_t n;
};

struct link {
    struct user *user;
    int fd; /* -1: not open */
    bool busy;
    int64_t from_us;
    char *in;
    size_t got, whole; /* whole: bytes of the answer, 0: not known yet */
};

struct user {
    unsigned number;
    const struct page *page; /* NULL: reading */
    size_t asked, answered;
    int64_t from_us, next_us;
    struct link links[CONNECTIONS];
};

static struct page *pages;
static size_t page_count, page_next;
static struct user users[USERS_MAX];
static unsigned user_count;
static bool once;
static int poller, port;
static int64_t until_us, think_us;
static const char *cookie;
static uint64_t dice = 0x9e3779b97f4a7c15;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t draw(uint64_t below)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice % below;
}

static void fail(const char *what)
{
    fprintf(stderr, "serve_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The lines stay in memory; a page points into them. */
static void read_pages(void)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        char *at = strdup(line), *word;
        struct page *p;

        if ((page_count & (page_count - 1)) == 0)
            pages = realloc(pages, (page_count ? page_count * 2 : 16) * sizeof(*pages));
        if (!at || !pages)
            fail("memory");
        p = &pages[page_count++];
        *p = (struct page){.name = strsep(&at, "\t\n")};
        while ((word = strsep(&at, "\t\n")) && *word && p->n < PATHS_MAX)
            p->paths[p->n++] = word;
    }
    free(line);
    if (!page_count)
        fail("no pages");
}

static void open_link(struct link *link)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
    int one = 1;

    from.sin_addr.s_addr = htonl(0x7f000100U + link->user->number + 1);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)port);
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->fd < 0 || bind(link->fd, (struct sockaddr *)&from, sizeof(from)) ||
        connect(link->fd, (struct sockaddr *)&to, sizeof(to)))
        fail("connecting");
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (fcntl(link->fd, F_SETFL, O_NONBLOCK) || epoll_ctl(poller, EPOLL_CTL_ADD, link->fd, &event))
        fail("a connection");
    if (!link->in)
        link->in = malloc(ANSWER_MAX);
    if (!link->in)
        fail("memory");
}

static void ask(struct link *link, const char *path)
{
    char text[REQUEST_MAX];
    int n = snprintf(text, sizeof(text),
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\n"
                     "Accept-Encoding: gzip\r\n\r\n",
                     path, port, cookie);

    if (n >= (int)sizeof(text))
        fail("a path is too long");
    if (link->fd < 0)
        open_link(link);
    link->busy = true;
    link->got = link->whole = 0;
    link->from_us = now_us();
    if (write(link->fd, text, (size_t)n) != n)
        fail("asking");
}

static void ask_more(struct user *u)
{
    for (size_t i = 0; i < CONNECTIONS && u->asked < u->page->n; i++)
        if (!u->links[i].busy)
            ask(&u->links[i], u->page->paths[u->asked++]);
}

/* Opens a page, unless the time or the pages are over. */
static void begin(struct user *u, int64_t now)
{
    u->next_us = INT64_MAX;
    if (now >= until_us || (once && page_next >= page_count))
        return;
    u->page = &pages[once ? page_next++ : draw(page_count)];
    u->asked = u->answered = 0;
    u->from_us = now;
    ask_more(u);
}

static void answered(struct link *link)
{
    struct user *u = link->user;
    int64_t now = now_us();

    if (strncmp(link->in, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "serve_load: %s: %.300s\n", u->page->name, link->in);
        exit(1);
    }
    printf("ask %ld\n", (long)(now - link->from_us));
    link->busy = false;
    if (++u->answered < u->page->n) {
        ask_more(u);
        return;
    }
    printf("page %s %ld\n", u->page->name, (long)(now - u->from_us));
    u->page = NULL;
    u->next_us = now;
    if (think_us)
        u->next_us += (int64_t)draw((uint64_t)(2 * think_us));
    else
        begin(u, now);
}

static void close_link(struct link *link)
{
    if (link->busy)
        fail("the server hung up");
    close(link->fd);
    link->fd = -1;
}

static void take(struct link *link)
{
    ssize_t n = read(link->fd, link->in + link->got, ANSWER_MAX - 1 - link->got);

    if (n <= 0) {
        if (n < 0 && errno == EAGAIN)
            return;
        close_link(link);
        return;
    }
    link->got += (size_t)n;
    link->in[link->got] = '\0';
    if (!link->whole) {
        const char *end = strstr(link->in, "\r\n\r\n");
        const char *length = strcasestr(link->in, "\r\ncontent-length: ");

        if (!end)
            return;
        if (!length || length > end)
            fail("an answer without its length");
        link->whole = (size_t)(end + 4 - link->in) + strtoul(length + 18, NULL, 10);
    }
    if (link->got >= link->whole)
        answered(link);
}

/* Milliseconds until somebody has read to the end; begins what is due. -1: nothing goes on. */
static int begin_due(void)
{
    int64_t now = now_us(), next = INT64_MAX;
    bool busy = false;

    for (unsigned i = 0; i < user_count; i++) {
        if (!users[i].page && users[i].next_us <= now)
            begin(&users[i], now);
        busy = busy || users[i].page;
        if (!users[i].page && users[i].next_us < next && users[i].next_us < until_us)
            next = users[i].next_us;
    }
    if (!busy && next == INT64_MAX)
        return -1;
    return next == INT64_MAX ? 1000 : (int)((next - now) / 1000 + 1);
}

int main(int argc, char **argv)
{
    int64_t from = now_us();
    int wait;

    if (argc != 7)
        return 2;
    port = (int)strtol(argv[1], NULL, 10);
    user_count = (unsigned)strtoul(argv[2], NULL, 10);
    until_us = from + (int64_t)(strtod(argv[3], NULL) * 1e6);
    think_us = strtol(argv[4], NULL, 10) * 1000;
    cookie = argv[5];
    once = strcmp(argv[6], "once") == 0;
    if (!user_count || user_count > USERS_MAX)
        return 2;
    read_pages();
    poller = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < user_count; i++) {
        users[i].number = i;
        users[i].next_us = think_us ? from + (int64_t)draw((uint64_t)think_us) : from;
        for (size_t k = 0; k < CONNECTIONS; k++)
            users[i].links[k] = (struct link){.user = &users[i], .fd = -1};
    }
    while ((wait = begin_due()) >= 0) {
        struct epoll_event events[64];
        int n = epoll_wait(poller, events, 64, wait);

        for (int i = 0; i < n; i++)
            take(events[i].data.ptr);
    }
    return 0;
}
