/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node's life: it ends with its parent, one folder has one, what harms it is told. */
#include "live.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static bool gone_within(pid_t pid, int ms)
{
    for (int i = 0; i < ms / 10; i++) {
        if (kill(pid, 0) && errno == ESRCH)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000L}, NULL);
    }
    return false;
}

static void test_second(struct engine *e)
{
    struct engine *second = NULL;
    char dir[1024];
    struct engine_options o = {.dir = dir};

    snprintf(dir, sizeof(dir), "%s", temp_path("node"));
    live_err = ERR_INIT;
    CHECK_INT(engine_open(&o, &second, &live_err), ERR_BUSY);
    CHECK(strstr(live_err.msg, "another tidemark is using the folder") && *live_err.hint);
    CHECK_INT(live_number(e, "test/one"), 1);
}

/* Connections that are reset in the middle of a request. */
static void test_resets(struct engine *e)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)node_port(e->node)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct buf request = BUF_INIT(4096);
    int sent = 0;

    buf_addf(&request,
             "POST /?query=INSERT+INTO+tidemark.raw_refund+(reason)+FORMAT+Native HTTP/1.1\r\n"
             "Host: x\r\nX-Tidemark-Key: %s\r\nX-ClickHouse-User: app\r\nX-ClickHouse-Key: %s\r\n"
             "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
             node_secret(e->node), node_password(e->node));
    for (int i = 0; i < 20; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
            send(fd, request.p, i % 2 ? request.n : 10, MSG_NOSIGNAL) > 0)
            sent++;
        if (i % 4 > 1) /* the node is reading by then */
            nanosleep(&(struct timespec){.tv_nsec = 5 * 1000000L}, NULL);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        close(fd);
    }
    buf_release(&request);
    CHECK_INT(sent, 20);
    CHECK_OK(node_check(e->node, 50, &live_err), live_err);
    CHECK_INT(live_number(e, "test/one"), 1);
}

/* The child opens an engine, tells the node's number and waits to be killed. */
static pid_t open_in_child(pid_t *out_node)
{
    int ends[2];
    pid_t child;

    if (pipe(ends))
        return -1;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        char dir[1024];
        struct engine_options o = {.dir = dir};
        struct engine *e = NULL;
        pid_t node = -1;

        snprintf(dir, sizeof(dir), "%s", temp_path("orphan"));
        if (engine_open(&o, &e, NULL) == ERR_OK)
            node = node_pid(e->node);
        if (write(ends[1], &node, sizeof(node)) != sizeof(node))
            _exit(1);
        pause();
        _exit(0);
    }
    close(ends[1]);
    if (read(ends[0], out_node, sizeof(*out_node)) != sizeof(*out_node))
        *out_node = -1;
    close(ends[0]);
    return child;
}

static void test_killed_parent(void)
{
    pid_t node = -1, child = open_in_child(&node);
    struct engine *e;
    char dir[1024];

    if (!CHECK(child > 0 && node > 0))
        return;
    CHECK(kill(node, 0) == 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    /* Its folder is free at once: a start waits the moment that the end takes. */
    snprintf(dir, sizeof(dir), "%s", temp_path("orphan"));
    e = live_start((struct engine_options){.dir = dir});
    CHECK(gone_within(node, 2000));
    engine_close(e);
}

static void test_killed_node(struct engine *e)
{
    struct engine *again;
    struct insert *in = NULL;
    struct refund_record refund = RECORD_INIT(refund, REFUND_COLUMNS);

    CHECK_OK(insert_open_records(e, RECORD_REFUND, NULL, &in, &live_err), live_err);
    CHECK_OK(insert_record(in, 1, STR_LIT("x"), &refund, &live_err), live_err);
    CHECK_OK(insert_finish(in, &live_err), live_err);
    insert_free(in);
    in = NULL;
    CHECK_OK(insert_open_records(e, RECORD_REFUND, NULL, &in, &live_err), live_err);
    kill(node_pid(e->node), SIGKILL);
    live_err = ERR_INIT;
    CHECK_INT(live_number(e, "test/one"), -1);
    CHECK_INT(live_err.code, ERR_UNAVAILABLE);
    CHECK(strstr(live_err.msg, "ended by signal 9") && *live_err.hint);
    live_err = ERR_INIT;
    CHECK_INT(insert_record(in, 1, STR_LIT("x"), &refund, &live_err), ERR_OK);
    CHECK_INT(insert_finish(in, &live_err), ERR_UNAVAILABLE);
    insert_free(in);
    CHECK_INT(engine_run(e, "test/one", NULL, 0, &live_err), ERR_UNAVAILABLE);
    engine_close(e);
    again = live_start((struct engine_options){0});  /* no lock is left behind */
    CHECK_INT(live_number(again, "test/staged"), 1); /* and what was acknowledged is there */
    engine_close(again);
}

static void test_attach(struct engine *e)
{
    struct engine *second = NULL;

    CHECK_OK(engine_attach(e, &second, &live_err), live_err);
    CHECK_INT(live_number(second, "test/one"), 1);
    CHECK_STR(engine_version(second), engine_version(e));
    CHECK(engine_find_statement(second, "test/one") == engine_find_statement(e, "test/one"));
    engine_close(second);
    CHECK_INT(live_number(e, "test/one"), 1);
}

static void check_open_fails(const char *dir, enum err_code want, const char *msg, const char *hint)
{
    struct engine_options o = {.dir = dir};
    struct engine *e = NULL;

    live_err = ERR_INIT;
    CHECK_INT(engine_open(&o, &e, &live_err), want);
    CHECK_MSG(strstr(live_err.msg, msg) != NULL, "\"%s\" tells \"%s\"", live_err.msg, msg);
    CHECK(strstr(live_err.hint, hint) != NULL);
    CHECK(strstr(live_err.context, "starting the analytics engine in ") != NULL);
}

/* A script in the node's place that runs the node with a library of ours. */
static void test_failing_starts(void)
{
    char script[4096], dir[1024], path[1024];

    snprintf(dir, sizeof(dir), "%s", temp_path("failing/below"));
    snprintf(path, sizeof(path), "%s", temp_path("node.sh"));
    snprintf(script, sizeof(script), "#!/bin/sh\nexec %s \"$@\" --lib /nonexistent/libchdb.so\n",
             NODE_PROGRAM);
    temp_writez("node.sh", script);
    chmod(path, 0700);
    setenv("TIDEMARK_NODE", path, 1);
    check_open_fails(dir, ERR_UNAVAILABLE, "cannot load the engine's library", "make deps");
    snprintf(script, sizeof(script), "#!/bin/sh\nexec %s \"$@\" --lib libm.so.6\n", NODE_PROGRAM);
    temp_writez("node.sh", script);
    check_open_fails(dir, ERR_UNAVAILABLE, "has no function chdb_query_cmdline", "make deps");
    temp_writez("node.sh", "#!/bin/sh\necho 'no such luck' >&2\nexit 3\n");
    check_open_fails(dir, ERR_UNAVAILABLE, "did not start: no such luck", "");
    setenv("TIDEMARK_NODE", "/nonexistent/node", 1);
    check_open_fails(dir, ERR_NOT_FOUND, "TIDEMARK_NODE names /nonexistent/node", "");
    unsetenv("TIDEMARK_NODE");
    check_open_fails("/dev/null/x", ERR_NOT_FOUND, "could not make the folder /dev/null/x", "");
    check_open_fails("", ERR_INVALID, "no usable name", "");
}

int main(void)
{
    struct engine *e;

    live_begin();
    live_sql("one", "SELECT 1 AS x");
    live_sql("staged", "SELECT count() AS n FROM stage_refund");
    test_killed_parent();
    e = live_start((struct engine_options){0});
    test_second(e);
    test_attach(e);
    test_resets(e);
    test_killed_node(e);
    test_failing_starts();
    return tap_done();
}
