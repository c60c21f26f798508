/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The node's doors: who is answered, what the answered may do, where secrets lie. */
#include "live.h"

#include <dirent.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

struct answer {
    long status;
    struct buf body;
};

static size_t on_body(char *data, size_t size, size_t n, void *opaque)
{
    buf_add(opaque, data, size * n);
    return size * n;
}

/* One request with just these headers; `text` NULL makes it a GET. */
static struct answer ask(struct engine *e, const char *path, const char *const *headers,
                         const char *text)
{
    struct answer a = {.body = BUF_INIT(1 << 20)};
    struct curl_slist *list = NULL;
    CURL *easy = curl_easy_init();
    char url[512];

    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", node_port(e->node), path);
    for (; *headers; headers++)
        list = curl_slist_append(list, *headers);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 5000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &a.body);
    if (text)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
    if (curl_easy_perform(easy) == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a.status);
    curl_slist_free_all(list);
    curl_easy_cleanup(easy);
    return a;
}

static void check_refused(struct engine *e, const char *path, const char *const *headers,
                          const char *text)
{
    struct answer a = ask(e, path, headers, text);

    CHECK_MSG(a.status == 404 && strncmp(buf_cstr(&a.body), "There is no handle", 18) == 0,
              "%s %s is refused (%ld)", text ? "POST" : "GET", path, a.status);
    buf_release(&a.body);
}

static void test_secret(struct engine *e)
{
    static const char *const paths[] = {
        "/",        "/?query=SELECT%201",
        "/ping",    "/replicas_status",
        "/play",    "/dashboard",
        "/metrics", "/?user=default&query=SYSTEM%20STOP%20LISTEN%20HTTP"};
    char user[300], password[300], wrong[300], secret[300];
    const char *const none[] = {NULL};
    const char *const login[] = {user, password, NULL};
    const char *const guess[] = {user, password, wrong, NULL};
    const char *const right[] = {user, password, secret, NULL};
    struct answer a;

    snprintf(user, sizeof(user), "X-ClickHouse-User: app");
    snprintf(password, sizeof(password), "X-ClickHouse-Key: %s", node_password(e->node));
    snprintf(secret, sizeof(secret), "X-Tidemark-Key: %s", node_secret(e->node));
    snprintf(wrong, sizeof(wrong), "%s", secret);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
    for (size_t i = 0; i < TM_COUNT(paths); i++) {
        check_refused(e, paths[i], none, NULL);
        check_refused(e, paths[i], login, NULL);
        check_refused(e, paths[i], none, "SELECT 1");
        check_refused(e, paths[i], login, "SELECT 1");
        check_refused(e, paths[i], guess, "SELECT 1");
        check_refused(e, paths[i], right, NULL); /* nor by GET */
    }
    a = ask(e, "/", right, "SELECT 1");
    CHECK(a.status == 200 && strcmp(buf_cstr(&a.body), "1\n") == 0);
    buf_release(&a.body);
}

/* Even with the secret: no password, no data. */
static void test_users(struct engine *e)
{
    char secret[300];
    const char *const anonymous[] = {secret, NULL};
    const char *const guess[] = {secret, "X-ClickHouse-User: app", "X-ClickHouse-Key: guess", NULL};
    static const char *const statements[] = {
        "SELECT count() FROM tidemark.raw_order",
        "INSERT INTO tidemark.raw_refund (import_id) VALUES (1)",
        "DROP TABLE tidemark.raw_order",
        "CREATE TABLE default.x (a UInt8) ENGINE = Memory",
        "SELECT * FROM file('/etc/passwd', LineAsString)",
        "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
        "SYSTEM SHUTDOWN",
        "KILL QUERY WHERE 1 ASYNC",
    };
    struct answer a;

    snprintf(secret, sizeof(secret), "X-Tidemark-Key: %s", node_secret(e->node));
    for (size_t i = 0; i < TM_COUNT(statements); i++) {
        a = ask(e, "/", anonymous, statements[i]);
        CHECK_MSG(strstr(buf_cstr(&a.body), "ACCESS_DENIED") != NULL, "anonymous: %s: %.60s",
                  statements[i], buf_cstr(&a.body));
        buf_release(&a.body);
    }
    a = ask(e, "/", guess, "SELECT 1");
    CHECK(a.status == 403 && strstr(buf_cstr(&a.body), "Code: 516") != NULL);
    buf_release(&a.body);
}

/* What a statement of ours may not do, were it to be tricked into it. */
static const struct {
    const char *name, *text;
} reaching_out[] = {
    {"file", "SELECT * FROM file('/etc/passwd', LineAsString)"},
    {"file_write", "INSERT INTO FUNCTION file('/tmp/out.csv', 'CSV', 'a UInt8') SELECT 1"},
    {"url", "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)"},
    {"remote", "SELECT * FROM remote('127.0.0.1:1', 'a.b')"},
    {"s3", "SELECT * FROM s3('http://127.0.0.1:1/bucket/key', 'CSV', 'a UInt8')"},
    {"postgresql", "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')"},
    {"mysql", "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')"},
    {"mongodb", "SELECT * FROM mongodb('127.0.0.1:1', 'd', 't', 'u', 'p', 'a UInt8')"},
    {"redis", "SELECT * FROM redis('127.0.0.1:1', 'k', 'k String, v String')"},
    {"sqlite", "SELECT * FROM sqlite('/tmp/x.db', 't')"},
    {"hdfs", "SELECT * FROM hdfs('hdfs://127.0.0.1:1/x', 'CSV', 'a UInt8')"},
    {"executable", "SELECT * FROM executable('ls', 'CSV', 'a String')"},
    {"file_function", "SELECT file('/etc/passwd')"},
    {"outfile", "SELECT 1 INTO OUTFILE '/tmp/tidemark-outfile.csv'"},
    {"url_table", "CREATE TABLE u (a UInt8) ENGINE = URL('http://127.0.0.1:1/', 'CSV')"},
    {"file_table", "CREATE TABLE f (a UInt8) ENGINE = File('CSV')"},
    {"dictionary", "CREATE DICTIONARY d (k UInt64, v String) PRIMARY KEY k\n"
                   "SOURCE(HTTP(URL 'http://127.0.0.1:1/' FORMAT 'CSV')) LIFETIME(0)\n"
                   "LAYOUT(FLAT())"},
    {"database", "CREATE DATABASE other"},
    {"user", "CREATE USER x"},
    {"grant", "GRANT ALL ON *.* TO app"},
    {"stop", "SYSTEM STOP LISTEN HTTP"},
    {"shutdown", "SYSTEM SHUTDOWN"},
    {"symbols", "SELECT addressToSymbol(1)"},
    {"backup", "BACKUP DATABASE tidemark TO File('/tmp/tidemark-backup')"},
};

/* The function file() asks for no grant; there the kernel alone stands guard. */
static bool guarded(const char *name)
{
    return strcmp(name, "file_function") != 0 ||
           syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void test_grants(struct engine *e)
{
    for (size_t i = 0; i < TM_COUNT(reaching_out); i++) {
        char name[64];
        enum err_code rc;

        if (!guarded(reaching_out[i].name)) {
            tap_skip("this kernel has no Landlock");
            continue;
        }
        snprintf(name, sizeof(name), "test/%s", reaching_out[i].name);
        live_err = ERR_INIT;
        rc = engine_run(e, name, NULL, 0, &live_err);
        CHECK_MSG(rc == ERR_DENIED || rc == ERR_ENGINE, "%s is refused: %s", reaching_out[i].name,
                  live_err.msg);
    }
    CHECK(access("/tmp/tidemark-outfile.csv", F_OK) != 0);
    CHECK(access("/tmp/tidemark-backup", F_OK) != 0);
    CHECK_INT(live_number(e, "test/one"), 1);
}

static bool in_file(const char *path, const char *text)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(path, "re");
    static char content[1 << 20];
    size_t n = f ? fread(content, 1, sizeof(content), f) : 0;

    return memmem(content, n, text, strlen(text)) != NULL;
}

static void test_secrets_lie_low(struct engine *e)
{
    static const char *const places[] = {"cmdline", "environ"};
    static const char *const files[] = {"node/run/config.xml", "node/run/users.xml",
                                        "node/node.log", "node/node.lock"};
    struct stat st;
    char path[64];

    for (size_t i = 0; i < TM_COUNT(places); i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", node_pid(e->node), places[i]);
        CHECK(!in_file(path, node_secret(e->node)) && !in_file(path, node_password(e->node)));
    }
    for (size_t i = 0; i < TM_COUNT(files); i++) {
        CHECK_MSG(stat(temp_path(files[i]), &st) == 0 && (st.st_mode & 0777) == 0600,
                  "%s is for this user only", files[i]);
        CHECK(!in_file(temp_path(files[i]), node_password(e->node)));
    }
    CHECK(stat(temp_path("node"), &st) == 0 && (st.st_mode & 0777) == 0700);
    CHECK(stat(temp_path("node/run"), &st) == 0 && (st.st_mode & 0777) == 0700);
}

/* Whether the node's process holds the socket of that inode. */
static bool holds_socket(int pid, unsigned long inode)
{
    char dir[64], want[64];
    struct dirent *entry;
    bool found = false;
    DIR *d;

    snprintf(dir, sizeof(dir), "/proc/%d/fd", pid);
    snprintf(want, sizeof(want), "socket:[%lu]", inode);
    d = opendir(dir);
    while (d && !found && (entry = readdir(d)) != NULL) {
        char path[512], target[64];
        ssize_t n;

        snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
        n = readlink(path, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = '\0';
        found = strcmp(target, want) == 0;
    }
    if (d)
        closedir(d);
    return found;
}

/* One listening socket, on the loopback: no native port, no other address. */
static void test_listens_once(struct engine *e)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    int loopback = 0, other = 0;
    char line[512];

    for (size_t i = 0; i < TM_COUNT(tables); i++) {
        TM_CLEANUP(fclose_filep) FILE *f = fopen(tables[i], "re");

        while (f && fgets(line, sizeof(line), f)) {
            char address[64];
            unsigned state, port;
            unsigned long inode;

            if (sscanf(line, " %*d: %32[0-9A-F]:%X %*s %X %*s %*s %*s %*s %*s %lu", address, &port,
                       &state, &inode) != 4 ||
                state != 0x0A || !holds_socket(node_pid(e->node), inode))
                continue;
            if (strcmp(address, "0100007F") == 0 && port == node_port(e->node))
                loopback++;
            else
                other++;
        }
    }
    CHECK_INT(loopback, 1);
    CHECK_INT(other, 0);
}

int main(void)
{
    struct engine *e;

    live_begin();
    for (size_t i = 0; i < TM_COUNT(reaching_out); i++)
        live_sql(reaching_out[i].name, reaching_out[i].text);
    live_sql("one", "SELECT 1 AS x");
    e = live_start((struct engine_options){0});
    test_secret(e);
    test_users(e);
    test_grants(e);
    test_secrets_lie_low(e);
    test_listens_once(e);
    engine_close(e);
    return tap_done();
}
