/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/node.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"

/* The word of tidemark-node/tidemark-node.c for each exit status that means something. */
enum { NODE_EXIT_NO_LIBRARY = 69, NODE_EXIT_BUSY = 75 };

enum {
    READY_MS = 30000, /* a busy machine takes its time; a healthy one answers within one second */
    END_MS = 5000,
    STEP_MS = 5,
    LOG_TAIL = 360,
    SECRET_BYTES = 32,
    PATH_BYTES = 4096,
    DISK_LEAST = 1 << 20, /* bytes, to start with */
};

static const uint64_t default_memory = UINT64_C(640) << 20;
static const uint64_t default_cache = UINT64_C(64) << 20;

struct node {
    pid_t pid; /* 0 once its end was seen */
    pthread_mutex_t lock;
    int exit_status; /* as waitpid() gives it */
    int control_fd;  /* the node ends when this closes */
    unsigned port;
    char password[2 * SECRET_BYTES + 1];
    char secret[2 * SECRET_BYTES + 1];
    char log[PATH_BYTES]; /* path of the node's standard error */
};

static enum err_code no_program(const char *given, struct err *err)
{
    enum err_code code = err_errno(err, "TIDEMARK_NODE names %s, which cannot be run", given);

    err_hint(err, "Correct the environment variable TIDEMARK_NODE, or unset it.");
    return code;
}

/* The program: beside the one that runs, where the build put it, where it is installed. */
static enum err_code find_program(char path[PATH_BYTES], struct err *err)
{
    const char *given = getenv("TIDEMARK_NODE");
    char self[PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    const char *places[] = {NODE_PROGRAM_BUILT, NODE_PROGRAM_INSTALLED};
    char *slash;

    if (given && *given) {
        snprintf(path, PATH_BYTES, "%s", given);
        if (access(path, X_OK) == 0)
            return ERR_OK;
        return no_program(given, err);
    }
    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    if (slash) {
        slash[1] = '\0';
        if (snprintf(path, PATH_BYTES, "%stidemark-node", self) < PATH_BYTES &&
            access(path, X_OK) == 0)
            return ERR_OK;
    }
    for (size_t i = 0; i < TM_COUNT(places); i++) {
        snprintf(path, PATH_BYTES, "%s", places[i]);
        if (access(path, X_OK) == 0)
            return ERR_OK;
    }
    err_set(err, ERR_UNAVAILABLE, "the program tidemark-node was not found");
    err_hint(err, "Install it beside tidemark, or name it in the environment as TIDEMARK_NODE.");
    return ERR_UNAVAILABLE;
}

/* Every folder of the path that is missing, for this user only. */
static enum err_code make_folder(const char *dir, struct err *err)
{
    char path[PATH_BYTES];
    size_t n = strlen(dir);

    if (n == 0 || n >= sizeof(path) - 16)
        return err_set(err, ERR_INVALID, "the engine's folder has no usable name: \"%s\"", dir);
    memcpy(path, dir, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0700) && errno != EEXIST)
            return err_errno(err, "could not make the folder %s", path);
        path[i] = i < n ? '/' : '\0';
    }
    return ERR_OK;
}

static enum err_code make_secrets(struct node *node, char password_sha256[65], struct err *err)
{
    unsigned char bytes[SECRET_BYTES];

    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "no source of random numbers");
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(node->password, sizeof(node->password), bytes, sizeof(bytes));
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(node->secret, sizeof(node->secret), bytes, sizeof(bytes));
    digest_of(str_of(node->password), password_sha256);
    return ERR_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe whose ends are no standard descriptors, whatever the caller has closed. */
static enum err_code make_pipe(int ends[2], struct err *err)
{
    int raw[2];

    if (pipe2(raw, O_CLOEXEC))
        return err_errno(err, "could not make a pipe");
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
        close(raw[i]);
    }
    if (ends[0] < 0 || ends[1] < 0)
        return err_errno(err, "could not make a pipe");
    return ERR_OK;
}

/* A session of its own: an interrupt typed at the terminal is for this program, which then
 * cancels what is under way, and must not end the node. */
static int spawn(const char *program, const char *dir, const int fds[3], pid_t *out_pid)
{
    char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "--dir", (char *)(uintptr_t)dir,
                    NULL};
    char *envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = posix_spawn_file_actions_adddup2(&actions, fds[0], 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&actions, fds[2], 2);
    if (!rc)
        rc = posix_spawn(out_pid, program, &actions, &attr, argv, envp);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static enum err_code launch(struct node *node, const char *dir, int *out_status_fd, struct err *err)
{
    int control[2] = {-1, -1}, status[2] = {-1, -1}, log_fd = -1, rc;
    char program[PATH_BYTES];
    enum err_code code = find_program(program, err);

    if (code == ERR_OK)
        code = make_pipe(control, err);
    if (code == ERR_OK)
        code = make_pipe(status, err);
    if (code != ERR_OK)
        goto out;
    log_fd = open(node->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) {
        code = err_errno(err, "could not write %s", node->log);
        goto out;
    }
    if (lseek(log_fd, 0, SEEK_END) > 1 << 20 && ftruncate(log_fd, 0))
        log_line(LOG_DEBUG, "engine", "could not empty %s", node->log);
    rc = spawn(program, dir, (int[]){control[0], status[1], log_fd}, &node->pid);
    if (rc) {
        code = err_errno_at(err, rc, __FILE__, __LINE__, "could not start %s", program);
        goto out;
    }
    node->control_fd = control[1];
    *out_status_fd = status[0];
    control[1] = status[0] = -1;
out:
    close_fd(&control[0]);
    close_fd(&control[1]);
    close_fd(&status[0]);
    close_fd(&status[1]);
    close_fd(&log_fd);
    return code;
}

/* Without a SIGPIPE when the node is gone already. */
static void send_settings(struct node *node, const struct engine_options *o, const char *sha256)
{
    struct buf b = BUF_INIT(1024);
    sigset_t pipe_only, before, pending;
    const struct timespec at_once = {0};
    int threads = get_nprocs();

    buf_addf(&b, "password_sha256=%s\nsecret=%s\n", sha256, node->secret);
    buf_addf(&b, "memory=%" PRIu64 "\ncache=%" PRIu64 "\nthreads=%u\n\n",
             o->memory_bytes ? o->memory_bytes : default_memory,
             o->cache_bytes ? o->cache_bytes : default_cache,
             o->threads ? o->threads : (unsigned)(threads > 0 ? threads : 1));
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    if (write(node->control_fd, b.p, b.n) != (ssize_t)b.n) {
        log_line(LOG_DEBUG, "engine", "the node did not take its settings");
        sigpending(&pending);
        if (sigismember(&pending, SIGPIPE))
            sigtimedwait(&pipe_only, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sodium_memzero(b.p, b.n);
    buf_release(&b);
}

/* The last words of the node's log, for an error message. */
static void log_tail(const struct node *node, long from, char tail[LOG_TAIL + 1])
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(node->log, "re");
    size_t n;

    tail[0] = '\0';
    if (!f || fseek(f, 0, SEEK_END))
        return;
    if (ftell(f) - LOG_TAIL > from)
        from = ftell(f) - LOG_TAIL;
    if (fseek(f, from, SEEK_SET))
        return; /* cppcheck-suppress resourceLeak ; closed by its cleanup attribute */
    n = fread(tail, 1, LOG_TAIL, f);
    while (n && isspace((unsigned char)tail[n - 1]))
        n--;
    tail[n] = '\0';
}

/* Sees whether the process ended; the caller holds the lock. */
static bool ended(struct node *node)
{
    pid_t got;

    if (!node->pid)
        return true;
    do
        got = waitpid(node->pid, &node->exit_status, WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    if (got < 0)
        node->exit_status = 0; /* somebody else reaped it */
    node->pid = 0;
    return true;
}

static void sleep_step(void)
{
    nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
}

static bool wait_for_end(struct node *node, int wait_ms)
{
    bool gone;

    for (int waited = 0;; waited += STEP_MS) {
        pthread_mutex_lock(&node->lock);
        gone = ended(node);
        pthread_mutex_unlock(&node->lock);
        if (gone || waited >= wait_ms)
            return gone;
        sleep_step();
    }
}

enum err_code node_check(struct node *node, int wait_ms, struct err *err)
{
    char tail[LOG_TAIL + 1];

    if (!wait_for_end(node, wait_ms))
        return ERR_OK;
    log_tail(node, 0, tail);
    if (WIFSIGNALED(node->exit_status))
        err_set(err, ERR_UNAVAILABLE, "the analytics engine was ended by signal %d (%s)%s%s",
                WTERMSIG(node->exit_status), strsignal(WTERMSIG(node->exit_status)),
                *tail ? ": " : "", tail);
    else
        err_set(err, ERR_UNAVAILABLE, "the analytics engine ended with status %d%s%s",
                WEXITSTATUS(node->exit_status), *tail ? ": " : "", tail);
    err_hint(err, "Start the command again. When signal 9 ended the engine, the machine ran out of "
                  "memory.");
    return ERR_UNAVAILABLE;
}

/* Without room the engine ends before it can write why. */
static bool disk_is_full(const char *dir)
{
    struct statvfs fs;

    return statvfs(dir, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < DISK_LEAST;
}

/* Why it did not come up, in words. */
static enum err_code start_failure(struct node *node, long log_from, const char *dir,
                                   struct err *err)
{
    char tail[LOG_TAIL + 1];
    int status;

    if (!wait_for_end(node, 200)) {
        log_tail(node, log_from, tail);
        return err_set(err, ERR_UNAVAILABLE, "the analytics engine is not ready after %d s: %s",
                       READY_MS / 1000, tail);
    }
    log_tail(node, log_from, tail);
    status = WIFEXITED(node->exit_status) ? WEXITSTATUS(node->exit_status) : -1;
    if (status == NODE_EXIT_BUSY) {
        err_set(err, ERR_BUSY, "another tidemark is using the folder %s", dir);
        err_hint(err, "Wait until it has ended, or use another folder.");
        return ERR_BUSY;
    }
    if (disk_is_full(dir)) {
        errno = ENOSPC;
        return err_errno(err, "writing \"%s\"", dir);
    }
    err_set(err, ERR_UNAVAILABLE, "the analytics engine did not start: %s", tail);
    if (status == NODE_EXIT_NO_LIBRARY)
        err_hint(err, "The engine's library is fetched with: make deps");
    return ERR_UNAVAILABLE;
}

/* Reads "ready PORT VERSION". False when the node ends or is silent for too long. */
static bool read_ready(int fd, unsigned *out_port)
{
    char line[128];
    size_t n = 0;
    int64_t until = timestamp_now() + READY_MS * INT64_C(1000);

    while (n + 1 < sizeof(line)) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left_ms = (until - timestamp_now()) / 1000;
        ssize_t got;

        if (left_ms <= 0)
            return false;
        if (poll(&p, 1, (int)left_ms) <= 0)
            continue;
        got = read(fd, line + n, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (line[n] == '\n')
            break;
        n++;
    }
    line[n] = '\0';
    return sscanf(line, "ready %u ", out_port) == 1 && *out_port > 0;
}

enum err_code node_start(const struct engine_options *options, struct node **out_node,
                         struct err *err)
{
    struct node *node = xcalloc(1, sizeof(*node));
    char sha256[65];
    struct stat st;
    long log_from = 0;
    int status_fd = -1;
    enum err_code rc;

    node->control_fd = -1;
    pthread_mutex_init(&node->lock, NULL);
    snprintf(node->log, sizeof(node->log), "%s/node.log", options->dir);
    rc = make_folder(options->dir, err);
    if (rc == ERR_OK)
        rc = make_secrets(node, sha256, err);
    if (rc == ERR_OK && stat(node->log, &st) == 0)
        log_from = (long)st.st_size;
    if (rc == ERR_OK)
        rc = launch(node, options->dir, &status_fd, err);
    if (rc == ERR_OK) {
        send_settings(node, options, sha256);
        if (!read_ready(status_fd, &node->port))
            rc = start_failure(node, log_from, options->dir, err);
    }
    close_fd(&status_fd);
    if (rc != ERR_OK) {
        node_stop(node);
        return rc;
    }
    *out_node = node;
    return ERR_OK;
}

void node_stop(struct node *node)
{
    if (!node)
        return;
    close_fd(&node->control_fd);
    if (!wait_for_end(node, END_MS) && node->pid) {
        kill(node->pid, SIGKILL);
        wait_for_end(node, END_MS);
    }
    sodium_memzero(node->password, sizeof(node->password));
    sodium_memzero(node->secret, sizeof(node->secret));
    pthread_mutex_destroy(&node->lock);
    free(node);
}

unsigned node_port(const struct node *node)
{
    return node->port;
}

const char *node_password(const struct node *node)
{
    return node->password;
}

const char *node_secret(const struct node *node)
{
    return node->secret;
}

int node_pid(const struct node *node)
{
    return (int)node->pid;
}
