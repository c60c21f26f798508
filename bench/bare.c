/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* bare - the engine's library alone, as a yardstick: runs statements in one process.
 *
 *     bare LIBRARY FOLDER [name=value ...] FILE.sql ...
 *
 * Opens an empty data base in FOLDER, sets the parameters and runs each file as one statement, in
 * order; rows are computed and dropped. It is a program of its own because tidemark-node is not
 * allowed to read files. Nothing but the bench uses it.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 64 * 1024, PATH_BYTES = 4096 };

struct engine {
    void **(*connect)(int argc, char **argv);
    void *(*query)(void *connection, const char *text, const char *format);
    const char *(*error)(void *result);
    void (*destroy)(void *result);
    void *connection;
};

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "bare: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    exit(1);
}

static void *symbol(void *handle, const char *name)
{
    void *at = dlsym(handle, name);

    if (!at)
        die("the library has no %s", name);
    return at;
}

static struct engine open_engine(const char *library, const char *folder)
{
    char path[PATH_BYTES];
    char *argv[] = {(char *)"bare", path, NULL};
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    struct engine e;
    void **connection;

    if (!handle)
        die("%s", dlerror());
    if (snprintf(path, sizeof(path), "--path=%s", folder) >= (int)sizeof(path))
        die("the folder's path is too long");
    *(void **)&e.connect = symbol(handle, "chdb_connect");
    *(void **)&e.query = symbol(handle, "chdb_query");
    *(void **)&e.error = symbol(handle, "chdb_result_error");
    *(void **)&e.destroy = symbol(handle, "chdb_destroy_query_result");
    connection = e.connect(2, argv);
    if (!connection || !*connection)
        die("the library does not start in %s", folder);
    e.connection = *connection;
    return e;
}

static void run(const struct engine *e, const char *name, const char *text)
{
    void *result = e->query(e->connection, text, "Null");
    const char *error = result ? e->error(result) : "no result";

    if (error && error[0])
        die("%s: %s", name, error);
    e->destroy(result);
}

static void set_param(const struct engine *e, const char *pair)
{
    const char *value = strchr(pair, '=');
    char text[PATH_BYTES];

    if (strpbrk(pair, "'\\"))
        die("%s: no quotes in parameters", pair);
    if (snprintf(text, sizeof(text), "SET param_%.*s = '%s'", (int)(value - pair), pair,
                 value + 1) >= (int)sizeof(text))
        die("%.40s...: too long", pair);
    run(e, pair, text);
}

static void run_file(const struct engine *e, const char *path)
{
    static char text[TEXT_BYTES];
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

    if (!f || ferror(f) || !feof(f))
        die("%s cannot be read", path);
    fclose(f);
    text[n] = '\0';
    run(e, path, text);
}

int main(int argc, char **argv)
{
    struct engine e;

    if (argc < 4)
        die("bare LIBRARY FOLDER [name=value ...] FILE.sql ...");
    e = open_engine(argv[1], argv[2]);
    for (int i = 3; i < argc; i++) {
        if (strchr(argv[i], '='))
            set_param(&e, argv[i]);
        else
            run_file(&e, argv[i]);
    }
    fflush(NULL);
    _exit(0); /* the library's threads need no farewell */
}
