/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as what comes in at the server: request line, headers, cookies, body.
 *
 * The whole server runs as it always does, but its HTTP library gets no listening socket: the bytes
 * go in at one end of a pair of sockets and the answer comes out there. There are two shops, "tea"
 * and "mugs"; in each an owner is logged in (session) and has a program's key (bearer). Passwords
 * are not hashed, nothing is limited and no engine can be woken, for all of these take time. */
#include "fuzz.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/log.h"
#include "store/access.h"
#include "web/dispatch.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHOPS = 2, PORT = 8420, ANSWER_BYTES = 4 << 20, STEPS_MAX = 200, IDLE_STEPS = 3 };

#define TEN(c) c c c c c c c c c c
#define SECRET(c) TEN(c) TEN(c) TEN(c) TEN(c) TEN(c) TEN(c) c c c c
static const char session_secret[] = SECRET("5"), csrf[] = SECRET("c");
static const char key_secret[] = "tmk_" SECRET("b");

static struct MHD_Daemon *server;
static struct store *stores[SHOPS];
static char folder[64];
static _Atomic int ready_count;

/* What the server calls, in the place of the libraries. */

struct MHD_Daemon *MHD_start_daemon(unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback apc,
                                    void *apc_cls, MHD_AccessHandlerCallback dh, void *dh_cls, ...)
{
    struct MHD_Daemon *(*real)(unsigned, uint16_t, MHD_AcceptPolicyCallback, void *,
                               MHD_AccessHandlerCallback, void *, ...) = NULL;
    void *symbol = dlsym(RTLD_NEXT, "MHD_start_daemon");

    (void)flags, (void)port;
    MUST(symbol);
    memcpy(&real, &symbol, sizeof(real));
    server = real(MHD_USE_NO_LISTEN_SOCKET, 0, apc, apc_cls, dh, dh_cls,
                  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX,
                  MHD_OPTION_NOTIFY_COMPLETED, dispatch_done, dh_cls, MHD_OPTION_NOTIFY_CONNECTION,
                  watch_connection, dh_cls, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return server;
}

const union MHD_DaemonInfo *MHD_get_daemon_info(struct MHD_Daemon *daemon,
                                                enum MHD_DaemonInfoType type, ...)
{
    static const union MHD_DaemonInfo info = {.port = PORT};

    (void)daemon, (void)type;
    return &info;
}

int crypto_pwhash_str_alg(char out[crypto_pwhash_STRBYTES], const char *const password,
                          unsigned long long n, unsigned long long passes, size_t bytes, int alg)
{
    (void)n, (void)passes, (void)bytes, (void)alg;
    snprintf(out, crypto_pwhash_STRBYTES, "$%.100s", password);
    return 0;
}

int crypto_pwhash_str_verify(const char kept[crypto_pwhash_STRBYTES], const char *const password,
                             unsigned long long n)
{
    (void)n;
    return strncmp(kept + 1, password, 100) == 0 ? 0 : -1;
}

struct limits *limits_new(void)
{
    return NULL;
}

void limits_free(struct limits *limits)
{
    (void)limits;
}

int limits_take(struct limits *limits, const char *kind, const char *name, int most)
{
    (void)limits, (void)kind, (void)name, (void)most;
    return 0;
}

void limits_fail(struct limits *limits, const char *kind, const char *name, int free_ones)
{
    (void)limits, (void)kind, (void)name, (void)free_ones;
}

int limits_wait(struct limits *limits, const char *kind, const char *name)
{
    (void)limits, (void)kind, (void)name;
    return 0;
}

void limits_clear(struct limits *limits, const char *kind, const char *name)
{
    (void)limits, (void)kind, (void)name;
}

void log_line(enum log_level level, const char *component, const char *fmt, ...)
{
    (void)level, (void)component, (void)fmt;
}

/* The shops. */

static void no_web(void *ctx, struct web *web)
{
    (void)ctx, (void)web;
}

static enum err_code no_engine(void *ctx, struct engine **out_engine, struct err *err)
{
    (void)ctx, (void)out_engine;
    return err_set(err, ERR_UNAVAILABLE, "there is no engine here");
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void ready(void *ctx, struct web *web, const struct web_ready *told)
{
    (void)ctx, (void)web;
    MUST(told->url[0] && !told->setup_token && !told->reset_token);
    ready_count++;
}

/* An owner who is logged in, whatever the requests before have done. */
static void log_in(struct store *store)
{
    struct session_entry session = {.created_us = timestamp_now()}, kept;
    struct user_entry *users = xcalloc(STORE_USERS_MAX, sizeof(*users));
    bool found = false;
    size_t n = 0;

    digest_of(str_of(session_secret), session.hash);
    MUST(store_session_get(store, session.hash, &kept, &found, NULL) == ERR_OK);
    MUST(store_users_list(store, 0, users, STORE_USERS_MAX, &n, NULL) == ERR_OK);
    for (size_t i = 0; i < n && !found; i++)
        if (users[i].role == ROLE_OWNER && !users[i].disabled)
            session.user_id = users[i].id;
    snprintf(session.csrf, sizeof(session.csrf), "%s", csrf);
    session.seen_us = session.created_us;
    if (!found) /* ended, or its owner is one no more */
        MUST(store_session_put(store, &session, 0, NULL) == ERR_OK);
    free(users);
}

static void open_shop(size_t i, const char *name)
{
    struct user_entry owner = {.email = "owner@example.com", .password = "$correct horse battery"};
    struct key_entry key = {.name = "program", .prefix = "tmk_bbbbbbbb", .scopes = SCOPE_ALL};
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    MUST(store_open(path, &stores[i], NULL) == ERR_OK);
    snprintf(path, sizeof(path), "%s/%s/tidemark.yaml", folder, name);
    MUST(file_replace(path, STR_LIT("shop: Ming's Tea\ncurrency: EUR\n"), NULL) == ERR_OK);
    owner.role = ROLE_OWNER;
    MUST(store_user_first(stores[i], &owner, NULL) == ERR_OK);
    key.user_id = owner.id;
    key.created_us = key.used_us = timestamp_now();
    key.expires_us = key.created_us + 365 * US_PER_DAY;
    digest_of(str_of(key_secret), key.hash);
    MUST(store_key_add(stores[i], &key, NULL) == ERR_OK);
    log_in(stores[i]);
}

static void *serve(void *options)
{
    struct err err = ERR_INIT;

    MUST(web_serve(options, &err) == ERR_OK);
    return NULL;
}

static void clear_up(void)
{
    folder_remove(folder);
}

static void open_site(void)
{
    static struct web_shop shops[SHOPS] = {{.name = "tea"}, {.name = "mugs"}};
    static struct web_options options = {.listen = "127.0.0.1:0",
                                         .shops = shops,
                                         .shop_count = SHOPS,
                                         .engines_max = 1,
                                         .stall_after = 60};
    static const volatile sig_atomic_t never = 0;
    static struct model *model;
    pthread_t thread;

    snprintf(folder, sizeof(folder), "%s/tidemark-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    MUST(mkdtemp(folder) && atexit(clear_up) == 0);
    MUST(sodium_init() >= 0 && model_load(NULL, &model, NULL) == ERR_OK);
    for (size_t i = 0; i < SHOPS; i++) {
        open_shop(i, shops[i].name);
        shops[i].store = stores[i];
        shops[i].work = (struct web_work){.attach = no_web,
                                          .wake = no_engine,
                                          .sleep = nothing,
                                          .begin = nothing,
                                          .cancel = nothing};
    }
    options.model = model;
    options.stop = &never;
    options.ready = ready;
    MUST(pthread_create(&thread, NULL, serve, &options) == 0 && pthread_detach(thread) == 0);
    while (ready_count < SHOPS)
        usleep(1000);
}

/* One connection, from its first byte to its end. */
static size_t talk(const uint8_t *data, size_t size, char *out, size_t cap)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    size_t n = 0;
    int ends[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    MUST(send(ends[0], data, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size);
    MUST(MHD_add_connection(server, ends[1], (struct sockaddr *)&from, sizeof(from)) == MHD_YES);
    for (int steps = 0, idle = 0; steps < STEPS_MAX && idle < IDLE_STEPS; steps++) {
        ssize_t got;

        MHD_run(server);
        got = recv(ends[0], out + n, cap - n - 1, MSG_DONTWAIT);
        idle = got > 0 ? 0 : idle + 1;
        n += got > 0 ? (size_t)got : 0;
        if (got == 0)
            break;
    }
    close(ends[0]);
    MHD_run(server);
    MHD_run(server);
    out[n] = '\0';
    return n;
}

/* Of the first answer; NULL when the header is not there. */
static const char *header_of(const char *answer, const char *end, const char *name)
{
    const char *at = strcasestr(answer, name);

    return at && at < end ? at + strlen(name) : NULL;
}

static void check_json(const char *text, size_t n)
{
    static struct json_parser *parser;
    struct json_value root;
    struct err err = ERR_INIT;

    if (!parser)
        parser = json_parser_new(ANSWER_BYTES);
    MUST(json_parse(parser, (struct str){text, n}, &root, &err) == ERR_OK);
}

/* Whatever came in, the answer is one, says nothing of our insides, and is what it claims to be. */
static void check_answer(const char *answer, size_t n)
{
    const char *end = strstr(answer, "\r\n\r\n"), *type, *length;
    long status = n > 12 ? strtol(answer + 9, NULL, 10) : 0;
    size_t body;

    MUST(strncmp(answer, "HTTP/1.1 ", 9) == 0 || strncmp(answer, "HTTP/1.0 ", 9) == 0);
    MUST(end && status >= 200 && status < 600);
    if (!header_of(answer, end, "\r\nX-Request-Id: ")) /* the library's own refusal */
        return;
    MUST(status != 500);
    MUST(header_of(answer, end, "\r\nX-Content-Type-Options: nosniff"));
    MUST(header_of(answer, end, "\r\nContent-Security-Policy: "));
    MUST(!memmem(answer, (size_t)(end - answer), folder, strlen(folder)));
    type = header_of(answer, end, "\r\nContent-Type: application/");
    length = header_of(answer, end, "\r\nContent-Length: ");
    body = length ? (size_t)strtoul(length, NULL, 10) : 0;
    if (type && (strncmp(type, "json", 4) == 0 || strncmp(type, "problem+json", 12) == 0) && body &&
        (size_t)(answer + n - (end + 4)) >= body && end[4] == '{')
        check_json(end + 4, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *answer;
    size_t n;

    if (!answer) {
        answer = xmalloc(ANSWER_BYTES);
        open_site();
    }
    if (size > 64 << 10)
        return 0;
    n = talk(data, size, answer, ANSWER_BYTES);
    if (n)
        check_answer(answer, n);
    if (strncmp(answer, "HTTP/1.1 401", 12) == 0 || strncmp(answer, "HTTP/1.1 204", 12) == 0 ||
        strstr(answer, "\r\nSet-Cookie: "))
        for (size_t i = 0; i < SHOPS; i++)
            log_in(stores[i]);
    return 0;
}
