/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark-node - the analytics engine as a process of its own.
 *
 *     tidemark-node --dir DIR [--lib LIBRARY]
 *
 * Loads libchdb.so, which is all of ClickHouse, and runs it as a private server of one folder.
 * It is started by tidemark (src/engine/node.c) and by nobody else:
 *
 *   standard input   a pipe. First the settings, one "key=value" a line, ended by an empty line
 *                    (secrets come this way, so that they stand in no command line and no
 *                    environment). Then it stays open: when it closes, the node ends.
 *   standard output  a pipe: "ready PORT VERSION" once the node listens.
 *   standard error   a log; the reason when the node cannot start.
 *
 * Exit status: 75 another node uses the folder, 69 no usable library, 64 called wrongly, 70 other.
 *
 * Why the pseudo terminal: without one the library takes itself for a batch job and installs an
 * error handler under which one client's connection reset ends the whole process.
 */
#include "node.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOCK_TRIES = 50, /* a node whose parent was killed needs a moment to go */
    LISTEN_TRIES = 2000,
    STEP_MS = 10,
    LISTEN_STEP_MS = 5,
    MAX_FDS = 4096,
};

/* Where the library may be when --lib does not say, in this order. */
static const char *const library_paths[] = {NODE_LIBRARY_PATHS};

struct library {
    void *(*query_cmdline)(int argc, char **argv);
    const char *(*result_error)(void *result);
    const char *(*version)(void);
};

static int control_fd = -1; /* read end of the parent's pipe */
static int status_fd = -1;  /* write end of "ready" */
static const char *library_version = "";

void die(int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fputs("tidemark-node: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    fflush(stderr);
    _exit(status);
}

static void sleep_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

/* One line of the control pipe, read byte by byte so that nothing behind it is taken. */
static void read_line(char *line, size_t size)
{
    size_t n = 0;

    for (;;) {
        char c;
        ssize_t got = read(STDIN_FILENO, &c, 1);

        if (got < 0 && errno == EINTR)
            continue;
        if (got != 1)
            die(EXIT_CALLED_WRONGLY, "the settings on standard input end too early");
        if (c == '\n')
            break;
        if (n + 1 >= size)
            die(EXIT_CALLED_WRONGLY, "a setting on standard input is too long");
        line[n++] = c;
    }
    line[n] = '\0';
}

static void set_text(char *to, size_t size, const char *key, const char *value)
{
    if ((size_t)snprintf(to, size, "%s", value) >= size)
        die(EXIT_CALLED_WRONGLY, "the setting %s is too long", key);
    for (const char *p = value; *p; p++)
        if (!strchr("0123456789abcdef", *p))
            die(EXIT_CALLED_WRONGLY, "the setting %s is not hexadecimal", key);
}

static unsigned long long number(const char *key, const char *value)
{
    char *end;
    unsigned long long n;

    errno = 0;
    n = strtoull(value, &end, 10);
    if (errno || *end || end == value || n == 0)
        die(EXIT_CALLED_WRONGLY, "the setting %s is not a positive number", key);
    return n;
}

static void read_settings(struct node_settings *s)
{
    char line[256];

    for (;;) {
        char *value;

        read_line(line, sizeof(line));
        if (!line[0])
            break;
        value = strchr(line, '=');
        if (!value)
            die(EXIT_CALLED_WRONGLY, "standard input: expected key=value");
        *value++ = '\0';
        if (strcmp(line, "password_sha256") == 0)
            set_text(s->password_sha256, sizeof(s->password_sha256), line, value);
        else if (strcmp(line, "secret") == 0)
            set_text(s->secret, sizeof(s->secret), line, value);
        else if (strcmp(line, "memory") == 0)
            s->memory = number(line, value);
        else if (strcmp(line, "cache") == 0)
            s->cache = number(line, value);
        else if (strcmp(line, "threads") == 0)
            s->threads = (unsigned)number(line, value);
        else
            die(EXIT_CALLED_WRONGLY, "unknown setting %s", line);
    }
    if (strlen(s->password_sha256) != 64 || strlen(s->secret) < 32 || !s->memory || !s->cache ||
        !s->threads)
        die(EXIT_CALLED_WRONGLY, "a setting is missing on standard input");
}

/* Held until the process ends, however it ends. Taken before anything in the folder is touched. */
static void lock_folder(const char *dir)
{
    char path[PATH_BYTES];
    int fd;

    path_join(path, dir, "node.lock");
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        die(EXIT_OTHER, "cannot open %s: %s", path, strerror(errno));
    for (int i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            die(EXIT_OTHER, "cannot lock %s: %s", path, strerror(errno));
        if (i == LOCK_TRIES)
            die(EXIT_FOLDER_BUSY, "another tidemark-node uses the folder %s", dir);
        sleep_ms(STEP_MS);
    }
}

static void *symbol(void *handle, const char *path, const char *name)
{
    void *p = dlsym(handle, name);

    if (!p)
        die(EXIT_NO_LIBRARY, "%s has no function %s", path, name);
    return p;
}

static const char *library_path(const char *given)
{
    if (given)
        return given;
    for (size_t i = 0; i < sizeof(library_paths) / sizeof(library_paths[0]); i++)
        if (access(library_paths[i], R_OK) == 0)
            return library_paths[i];
    die(EXIT_NO_LIBRARY, "the engine's library libchdb.so was not found");
    return NULL;
}

static struct library load_library(const char *given)
{
    const char *path = library_path(given);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    struct library lib;

    if (!handle)
        die(EXIT_NO_LIBRARY, "cannot load the engine's library: %s", dlerror());
    *(void **)&lib.query_cmdline = symbol(handle, path, "chdb_query_cmdline");
    *(void **)&lib.result_error = symbol(handle, path, "chdb_result_error");
    *(void **)&lib.version = symbol(handle, path, "chdb_version");
    library_version = lib.version();
    if (strncmp(library_version, NODE_LIBRARY_VERSION ".", sizeof(NODE_LIBRARY_VERSION)) != 0)
        die(EXIT_NO_LIBRARY, "%s is version %s; this program needs %s", path, library_version,
            NODE_LIBRARY_VERSION);
    return lib;
}

/* The port of the socket on which this process listens, 0 while there is none. */
static unsigned listening_port(void)
{
    for (int fd = 3; fd < MAX_FDS; fd++) {
        struct sockaddr_in at = {0};
        socklen_t n = sizeof(at);
        int listens = 0;
        socklen_t size = sizeof(listens);

        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || !listens)
            continue;
        if (getsockname(fd, (struct sockaddr *)&at, &n) == 0 && at.sin_family == AF_INET)
            return ntohs(at.sin_port);
    }
    return 0;
}

/* Tells the parent the port, then ends the process as soon as the parent's pipe closes. What was
 * acknowledged is on the disk by then; the library has no faster or safer way to end. */
static void *watch(void *unused)
{
    char byte;
    unsigned port = 0;

    (void)unused;
    for (int i = 0; i < LISTEN_TRIES && !port; i++) {
        port = listening_port();
        if (!port)
            sleep_ms(LISTEN_STEP_MS);
    }
    if (!port)
        die(EXIT_OTHER, "the engine does not listen");
    dprintf(status_fd, "ready %u %s\n", port, library_version);
    close(status_fd);
    for (;;) {
        ssize_t got = read(control_fd, &byte, 1);

        if (got == 0 || (got < 0 && errno != EINTR))
            _exit(0);
    }
}

/* The pipes move to descriptors that the library does not know; a terminal takes the place of
 * standard input, and what the library prints goes nowhere. */
static void arrange_descriptors(void)
{
    int master, slave, null;

    control_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    status_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (control_fd < 0 || status_fd < 0 || null < 0 || openpty(&master, &slave, NULL, NULL, NULL))
        die(EXIT_OTHER, "cannot arrange descriptors: %s", strerror(errno));
    if (dup2(slave, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        die(EXIT_OTHER, "cannot arrange descriptors: %s", strerror(errno));
    fcntl(master, F_SETFD, FD_CLOEXEC);
    close(slave);
}

static void run(const struct library *lib, const char *dir)
{
    char config[PATH_BYTES + 32], path[PATH_BYTES + 32];
    char *argv[] = {
        (char *)"tidemark-node",
        (char *)"--interactive",
        config,
        path,
        (char *)"--query=SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM system.numbers "
                "SETTINGS max_block_size = 1, "
                "function_sleep_max_microseconds_per_block = 100000000 FORMAT Null",
        NULL,
    };
    void *result;
    const char *error;

    snprintf(config, sizeof(config), "--config-file=%s/run/config.xml", dir);
    snprintf(path, sizeof(path), "--path=%s/data", dir);
    result = lib->query_cmdline((int)(sizeof(argv) / sizeof(argv[0])) - 1, argv);
    error = result ? lib->result_error(result) : NULL;
    die(EXIT_OTHER, "the engine ended: %s", error ? error : "no reason given");
}

int main(int argc, char **argv)
{
    static struct node_settings settings;
    static char dir[PATH_BYTES];
    const struct rlimit no_core = {0, 0};
    const char *given_dir = NULL, *given_lib = NULL;
    char home[PATH_BYTES];
    struct library lib;
    pthread_t thread;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--dir") == 0)
            given_dir = argv[i + 1];
        else if (strcmp(argv[i], "--lib") == 0)
            given_lib = argv[i + 1];
    }
    if (!given_dir)
        die(EXIT_CALLED_WRONGLY, "this program is started by tidemark, not by hand");
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_CORE, &no_core); /* a core would hold the shop's data */
    read_settings(&settings);
    if (!realpath(given_dir, dir))
        die(EXIT_OTHER, "cannot find the folder %s: %s", given_dir, strerror(errno));
    lock_folder(dir);
    config_write(dir, &settings);
    path_join(home, dir, "run");
    /* So that no file of the user's home can change the engine's settings. */
    clearenv();
    setenv("HOME", home, 1);
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    lib = load_library(given_lib);
    arrange_descriptors();
    confine(dir);
    if (pthread_create(&thread, NULL, watch, NULL))
        die(EXIT_OTHER, "cannot start a thread");
    run(&lib, dir);
    return EXIT_OTHER;
}
