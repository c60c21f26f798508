/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Senders of live events, as light as can be: what the processors do is the server's work.
 *
 *     live_load PORT batch|track KEY EVENTS CONNECTIONS [FIRST]
 *     live_load PORT rows HEADERS EVENTS CONNECTIONS PATH [ROWS]
 *
 * `batch`: requests of as many events as 480 KB take; `track`: one event each. `rows`: the same
 * events as rows for the bare engine, so many a request (20,000 at most), with HEADERS ("Name:
 * value", separated by |). Events are numbered from FIRST and differ in id, person, product and
 * time. Connections stay open. An answer of 429 or 503 is waited out as it says, and the request is
 * sent again. Prints
 *
 *     seconds N events N bytes N again N p50_us N p99_us N longest_us N
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

enum {
    LINKS_MAX = 120,
    BATCH_BYTES = 480 << 10,
    ROWS_A_REQUEST = 20000,
    EVENT_MAX = 1600,
    HEAD_MAX = 2048,
    ANSWER_MAX = 4096,
    PEOPLE = 20000
};

struct link {
    int fd;
    char *out;
    size_t from, to, sent; /* of `out`: the request */
    long events;
    bool writing, busy;
    int64_t begun_us, again_us; /* again_us: not before then; 0 */
    char in[ANSWER_MAX];
    size_t got;
};

static struct link links[LINKS_MAX];
static int poller, port, link_count;
static const char *target, *headers;
static long todo, next_number, per_request, done_events, sent_again;
static int64_t bytes_sent;
static bool rows, wrapped;
static uint32_t *waits; /* microseconds, one an answer */
static size_t wait_count, wait_room;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "live_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A hash, so that ids are in no order. */
static uint64_t mixed(uint64_t z)
{
    z = (z + 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* ---- events ------------------------------------------------------------------------------- */

/* What analytics.js sends; @ are places for digits: id, person, second, product (thrice), price. */
static const char track_text[] =
    "{\"type\":\"track\",\"event\":\"Product Viewed\",\"messageId\":\"ajs-next-@@@@@@@@@@@@@@@@\","
    "\"anonymousId\":\"@@@@@@@@-5d3c-4b6e-9f00-a1b2c3d4e5f6\",\"userId\":null,"
    "\"timestamp\":\"2026-10-05T10:@@:@@.250Z\",\"properties\":{\"product_id\":\"p@@@@\","
    "\"sku\":\"SKU-@@@@\",\"name\":\"A hat of felt, "
    "blue\",\"category\":\"Hats\",\"brand\":\"Example\","
    "\"price\":@@.50,\"quantity\":1,\"currency\":\"EUR\"},\"integrations\":{},\"context\":{"
    "\"page\":{"
    "\"path\":\"/products/hat\",\"referrer\":\"https://www.google.com/\",\"search\":\"\","
    "\"title\":\"A hat of felt\",\"url\":\"https://shop.example.com/products/hat\"},"
    "\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36\",\"locale\":\"en-GB\",\"library\":{\"name\":\"analytics.js\","
    "\"version\":\"npm:next-1.70.0\"},\"timezone\":\"Europe/Berlin\"}}";
static const char page_text[] =
    "{\"type\":\"page\",\"name\":\"Home\",\"messageId\":\"ajs-next-@@@@@@@@@@@@@@@@\","
    "\"anonymousId\":\"@@@@@@@@-5d3c-4b6e-9f00-a1b2c3d4e5f6\",\"userId\":null,"
    "\"timestamp\":\"2026-10-05T10:@@:@@.250Z\",\"properties\":{\"path\":\"/p@@@@\","
    "\"referrer\":\"\",\"title\":\"Hats @@@@\",\"search\":\"?utm_source=newsletter\","
    "\"url\":\"https://shop.example.com/"
    "?utm_source=newsletter&utm_medium=email&utm_campaign=a@@\"},"
    "\"integrations\":{},\"context\":{\"campaign\":{\"source\":\"newsletter\",\"medium\":\"email\"}"
    ","
    "\"userAgent\":\"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1\",\"locale\":\"th-TH\","
    "\"library\":{\"name\":\"analytics.js\",\"version\":\"npm:next-1.70.0\"},"
    "\"timezone\":\"Asia/Bangkok\"}}";
/* The same as Tidemark keeps them, columns that are empty left out. */
static const char track_row[] =
    "{\"import_id\":1,\"source\":\"live:1\",\"line\":1,\"event_key\":\"ajs-next-@@@@@@@@@@@@@@@@\","
    "\"name\":\"product_view\",\"anonymous_id\":\"@@@@@@@@-5d3c-4b6e-9f00-a1b2c3d4e5f6\","
    "\"occurred_at\":\"2026-10-05 10:@@:@@.250000\",\"product_key\":\"p@@@@\",\"platform\":\"web\","
    "\"device\":\"desktop\",\"referrer\":\"https://www.google.com/@@@@\",\"value\":@@50,"
    "\"currency\":\"EUR\",\"page\":\"https://shop.example.com/products/hat\","
    "\"channel\":\"organic_search\"}\n";
static const char page_row[] =
    "{\"import_id\":1,\"source\":\"live:1\",\"line\":1,\"event_key\":\"ajs-next-@@@@@@@@@@@@@@@@\","
    "\"name\":\"page_view\",\"anonymous_id\":\"@@@@@@@@-5d3c-4b6e-9f00-a1b2c3d4e5f6\","
    "\"occurred_at\":\"2026-10-05 10:@@:@@.250000\",\"session_id\":\"@@@@\",\"user_id\":\"u@@@@\","
    "\"page\":\"https://shop.example.com/"
    "?utm_source=newsletter&utm_medium=email&utm_campaign=a@@\","
    "\"utm_source\":\"newsletter\",\"utm_medium\":\"email\",\"utm_campaign\":\"a7\","
    "\"platform\":\"web\",\"device\":\"mobile\",\"channel\":\"email\"}\n";

enum { PLACES = 7 };
struct form {
    const char *text;
    size_t n, at[PLACES];
};
static struct form forms[2];

static void find_places(struct form *form, const char *text, size_t n)
{
    size_t count = 0;

    *form = (struct form){.text = text, .n = n};
    for (size_t i = 0; i < n; i++)
        if (text[i] == '@' && (i == 0 || text[i - 1] != '@'))
            form->at[count++] = i;
    if (count != PLACES)
        fail("a text has other places than expected");
}

static void put_digits(char *at, size_t n, uint64_t value, unsigned base)
{
    while (n-- > 0) {
        at[n] = "0123456789abcdef"[value % base];
        value /= base;
    }
}

static size_t put_event(char *out, long number)
{
    const struct form *form = &forms[number % 2];
    uint64_t id = mixed((uint64_t)number), person = mixed(id % PEOPLE);

    memcpy(out, form->text, form->n);
    put_digits(out + form->at[0], 16, id, 16);
    put_digits(out + form->at[1], 8, person, 16);
    put_digits(out + form->at[2], 2, (uint64_t)number / 60 % 60, 10);
    put_digits(out + form->at[3], 2, (uint64_t)number % 60, 10);
    put_digits(out + form->at[4], 4, id % 500, 10);
    put_digits(out + form->at[5], 4, id % 500, 10);
    put_digits(out + form->at[6], 2, 10 + id % 90, 10);
    return form->n;
}

/* ---- connections -------------------------------------------------------------------------- */

static void open_link(struct link *l)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = l};
    int one = 1;

    /* Sixteen a sender's address. */
    from.sin_addr.s_addr = htonl(0x7f000101U + (uint32_t)(l - links) / 16);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)port);
    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || (!rows && bind(l->fd, (struct sockaddr *)&from, sizeof(from))) ||
        connect(l->fd, (struct sockaddr *)&to, sizeof(to)))
        fail("connecting");
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (fcntl(l->fd, F_SETFL, O_NONBLOCK) || epoll_ctl(poller, EPOLL_CTL_ADD, l->fd, &event))
        fail("a connection");
}

static void watch(struct link *l, bool writing)
{
    struct epoll_event event = {.events = EPOLLIN | (writing ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = l};

    if (l->writing == writing)
        return;
    l->writing = writing;
    if (epoll_ctl(poller, EPOLL_CTL_MOD, l->fd, &event))
        fail("a connection");
}

static void push(struct link *l)
{
    while (l->sent < l->to) {
        ssize_t n = send(l->fd, l->out + l->sent, l->to - l->sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0)
            fail("sending");
        l->sent += (size_t)n;
        bytes_sent += n;
    }
    watch(l, l->sent < l->to);
}

static void send_request(struct link *l)
{
    l->busy = true;
    l->got = 0;
    l->sent = l->from;
    l->again_us = 0;
    l->begun_us = now_us();
    push(l);
}

/* The body first, then the head in front of it. */
static void make_request(struct link *l)
{
    static const char begin_text[] = "{\"batch\":[", end_text[] = "]}";
    size_t at = HEAD_MAX, head;
    char text[HEAD_MAX];

    l->events = 0;
    if (wrapped) {
        memcpy(l->out + at, begin_text, sizeof(begin_text) - 1);
        at += sizeof(begin_text) - 1;
    }
    while (todo > 0 && l->events < per_request &&
           (!wrapped || at < HEAD_MAX + BATCH_BYTES - EVENT_MAX)) {
        if (wrapped && l->events)
            l->out[at++] = ',';
        at += put_event(l->out + at, next_number++);
        l->events++;
        todo--;
    }
    if (wrapped) {
        memcpy(l->out + at, end_text, sizeof(end_text) - 1);
        at += sizeof(end_text) - 1;
    }
    head = (size_t)snprintf(text, sizeof(text),
                            "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                            target, port, headers, at - HEAD_MAX);
    l->from = HEAD_MAX - head;
    memcpy(l->out + l->from, text, head);
    l->to = at;
}

static void begin(struct link *l)
{
    l->busy = false;
    if (todo <= 0)
        return;
    make_request(l);
    send_request(l);
}

static void keep_wait(int64_t us)
{
    if (wait_count == wait_room) {
        wait_room = wait_room ? 2 * wait_room : 4096;
        waits = realloc(waits, wait_room * sizeof(*waits));
        if (!waits)
            fail("memory");
    }
    waits[wait_count++] = (uint32_t)us;
}

static void answered(struct link *l)
{
    const char *wait = strcasestr(l->in, "\r\nretry-after: ");
    int status = (int)strtol(l->in + 9, NULL, 10);

    if ((status == 429 || status == 503) && wait) {
        sent_again++;
        l->again_us = now_us() + strtol(wait + 15, NULL, 10) * 1000000;
        return;
    }
    if (status != 200) {
        fprintf(stderr, "live_load: %.500s\n", l->in);
        exit(1);
    }
    keep_wait(now_us() - l->begun_us);
    done_events += l->events;
    begin(l);
}

static bool whole(const struct link *l)
{
    const char *end = strstr(l->in, "\r\n\r\n");
    const char *length = strcasestr(l->in, "\r\ncontent-length: ");

    if (!end)
        return false;
    if (length && length < end)
        return l->got >= (size_t)(end + 4 - l->in) + strtoul(length + 18, NULL, 10);
    return strstr(end, "\r\n0\r\n\r\n") != NULL || strncmp(end + 4, "0\r\n\r\n", 5) == 0;
}

static void take(struct link *l)
{
    ssize_t n = read(l->fd, l->in + l->got, ANSWER_MAX - 1 - l->got);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        if (l->busy)
            fail("the server hung up");
        close(l->fd);
        return;
    }
    l->got += (size_t)n;
    l->in[l->got] = '\0';
    if (whole(l))
        answered(l);
}

static bool send_due(void)
{
    int64_t now = now_us();
    bool busy = false;

    for (int i = 0; i < link_count; i++) {
        if (links[i].again_us && links[i].again_us <= now)
            send_request(&links[i]);
        busy = busy || links[i].busy;
    }
    return busy;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* "key:" in base 64, or lines out of "a|b". */
static char *make_headers(const char *given)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = calloc(1, HEAD_MAX / 2), key[128] = "";
    size_t n, at;

    if (!out || strlen(given) >= HEAD_MAX / 4)
        fail("headers");
    if (rows) {
        for (at = 0; *given; given++) {
            if (*given == '|')
                out[at++] = '\r';
            out[at++] = *given == '|' ? '\n' : *given;
        }
        return out;
    }
    n = (size_t)snprintf(key, sizeof(key) - 3, "%s:", given);
    at = (size_t)sprintf(out, "Authorization: Basic ");
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)(unsigned char)key[i] << 16 |
                     (unsigned)(unsigned char)key[i + 1] << 8 | (unsigned char)key[i + 2];

        for (size_t k = 0; k < 4; k++)
            out[at++] = k > n - i ? '=' : digits[v >> (18 - 6 * k) & 63];
    }
    return out;
}

static int read_arguments(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    port = (int)strtol(argv[1], NULL, 10);
    rows = strcmp(argv[2], "rows") == 0;
    wrapped = strcmp(argv[2], "batch") == 0;
    headers = make_headers(argv[3]);
    todo = strtol(argv[4], NULL, 10);
    link_count = (int)strtol(argv[5], NULL, 10);
    target = rows ? argc > 6 ? argv[6] : "/" : wrapped ? "/v1/batch" : "/v1/track";
    next_number = !rows && argc > 6 ? strtol(argv[6], NULL, 10) : 0;
    per_request = rows      ? (argc > 7 ? strtol(argv[7], NULL, 10) : ROWS_A_REQUEST)
                  : wrapped ? 2500
                            : 1;
    find_places(&forms[0], rows ? track_row : track_text,
                rows ? sizeof(track_row) - 1 : sizeof(track_text) - 1);
    find_places(&forms[1], rows ? page_row : page_text,
                rows ? sizeof(page_row) - 1 : sizeof(page_text) - 1);
    if (!rows && !wrapped) /* a page is no track */
        forms[1] = forms[0];
    return link_count < 1 || link_count > LINKS_MAX ? 2 : 0;
}

int main(int argc, char **argv)
{
    size_t room;
    int64_t from;

    if (read_arguments(argc, argv))
        return 2;
    room = HEAD_MAX + (rows ? (size_t)ROWS_A_REQUEST * EVENT_MAX / 2 : (size_t)BATCH_BYTES) +
           EVENT_MAX;
    poller = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < link_count; i++) {
        links[i].out = malloc(room);
        if (!links[i].out)
            fail("memory");
        open_link(&links[i]);
    }
    from = now_us();
    for (int i = 0; i < link_count; i++)
        begin(&links[i]);
    while (send_due()) {
        struct epoll_event events[64];
        int n = epoll_wait(poller, events, 64, 100);

        for (int i = 0; i < n; i++) {
            struct link *l = events[i].data.ptr;

            if (events[i].events & EPOLLOUT)
                push(l);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                take(l);
        }
    }
    qsort(waits, wait_count, sizeof(*waits), by_value);
    printf("seconds %.3f events %ld bytes %lld again %ld p50_us %u p99_us %u longest_us %u\n",
           (double)(now_us() - from) / 1e6, done_events, (long long)bytes_sent, sent_again,
           waits[wait_count / 2], waits[wait_count - 1 - wait_count / 100], waits[wait_count - 1]);
    return 0;
}
