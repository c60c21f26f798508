/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The library's two settings files: what is open, to whom, and how much it may use. */
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void path_join(char out_path[PATH_BYTES], const char *dir, const char *name)
{
    if (snprintf(out_path, PATH_BYTES, "%s/%s", dir, name) >= PATH_BYTES)
        die(EXIT_OTHER, "the folder's path is too long");
}

/* A new file that only this user can read, in place of one of an earlier start. */
static FILE *create(const char *dir, const char *name, char path[PATH_BYTES])
{
    FILE *f = NULL;
    int fd;

    path_join(path, dir, name);
    if (unlink(path) && errno != ENOENT)
        die(EXIT_OTHER, "cannot replace %s: %s", path, strerror(errno));
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        f = fdopen(fd, "w");
    if (!f)
        die(EXIT_OTHER, "cannot write %s: %s", path, strerror(errno));
    return f;
}

static void finish(FILE *f, const char *path)
{
    if (ferror(f) || fclose(f))
        die(EXIT_OTHER, "cannot write %s: %s", path, strerror(errno));
}

static void add_escaped(FILE *f, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", f);
        else if (*text == '<')
            fputs("&lt;", f);
        else if (*text == '>')
            fputs("&gt;", f);
        else
            fputc(*text, f);
    }
}

static void number(FILE *f, const char *name, unsigned long long value)
{
    fprintf(f, "  <%s>%llu</%s>\n", name, value, name);
}

/* Only requests that carry the secret are answered at all: the library's own user has to be
 * without a password on the loopback, and without this rule anybody on the machine would be it. */
static void write_doors(FILE *f, const struct node_settings *s)
{
    fputs("  <listen_host>127.0.0.1</listen_host>\n"
          "  <http_port>0</http_port>\n"
          "  <keep_alive_timeout>3600</keep_alive_timeout>\n"
          "  <http_handlers>\n    <rule>\n"
          "      <headers><X-Tidemark-Key>",
          f);
    fputs(s->secret, f);
    fputs("</X-Tidemark-Key></headers>\n"
          "      <methods>POST</methods>\n"
          "      <handler><type>dynamic_query_handler</type>"
          "<query_param_name>query</query_param_name></handler>\n"
          "    </rule>\n  </http_handlers>\n"
          "  <user_directories><users_xml><path>users.xml</path></users_xml></user_directories>\n",
          f);
}

static void write_limits(FILE *f, const struct node_settings *s)
{
    number(f, "max_server_memory_usage", s->memory);
    number(f, "mark_cache_size", s->cache / 4);
    number(f, "primary_index_cache_size", s->cache / 8);
    number(f, "index_mark_cache_size", s->cache / 16);
    number(f, "uncompressed_cache_size", s->cache / 8);
    number(f, "index_uncompressed_cache_size", s->cache / 16);
    number(f, "compiled_expression_cache_size", s->cache / 8);
    number(f, "max_thread_pool_size", 200);
    number(f, "max_thread_pool_free_size", 8);
    number(f, "background_pool_size", 2);
    number(f, "background_move_pool_size", 1);
    number(f, "background_fetches_pool_size", 1);
    number(f, "background_common_pool_size", 1);
    number(f, "background_schedule_pool_size", 4);
    number(f, "max_connections", 64);
    /* Parts stay as they were inserted: an import is a partition of few, large parts that is read
     * whole, and merging them would take the processors from the import itself. */
    fputs("  <merge_tree>\n", f);
    number(f, "max_bytes_to_merge_at_max_space_in_pool", 1);
    number(f, "max_compress_block_size", 128 * 1024);
    fputs("  </merge_tree>\n", f);
}

static void write_config(const char *dir, const struct node_settings *s)
{
    char path[PATH_BYTES];
    FILE *f = create(dir, "run/config.xml", path);

    fputs("<clickhouse>\n  <path>", f);
    add_escaped(f, dir);
    fputs("/data/</path>\n"
          "  <timezone>UTC</timezone>\n"
          "  <send_crash_reports><enabled>false</enabled></send_crash_reports>\n",
          f);
    write_doors(f, s);
    write_limits(f, s);
    fputs("</clickhouse>\n", f);
    finish(f, path);
}

static const char *const table_engines[] = {
    "Atomic", "MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree",
    "Memory", "Alias"};

/* `default` is the library's own session: what its start needs and no more. `app` may do all with
 * the tables of tidemark, make their next form in tidemark_next, and nothing outside: without a
 * SOURCES grant no statement can read files or reach the network.
 *
 * What does not fit goes to the disk: sorts and groups from a third of the memory on, the looked-up
 * side of a join from an eighth (a statement has several).
 *
 * Statements are not compiled: most last tens of milliseconds, and compiling takes up to a second.
 */
static void write_users(const char *dir, const struct node_settings *s)
{
    char path[PATH_BYTES];
    FILE *f = create(dir, "run/users.xml", path);

    fprintf(
        f,
        "<clickhouse>\n"
        "  <profiles><default>\n"
        "    <max_threads>%u</max_threads>\n"
        "    <max_threads_min_free_memory_per_thread>0</max_threads_min_free_memory_per_thread>\n"
        "    <max_insert_threads_min_free_memory_per_thread>0"
        "</max_insert_threads_min_free_memory_per_thread>\n"
        "    <max_memory_usage>%llu</max_memory_usage>\n"
        "    <max_bytes_before_external_group_by>%llu</max_bytes_before_external_group_by>\n"
        "    <max_bytes_before_external_sort>%llu</max_bytes_before_external_sort>\n"
        "    <max_bytes_before_external_join>%llu</max_bytes_before_external_join>\n"
        "    <implicit_select>0</implicit_select>\n"
        "    <allow_introspection_functions>0</allow_introspection_functions>\n"
        "    <async_insert>0</async_insert>\n"
        "    <compile_expressions>0</compile_expressions>\n"
        "    <compile_aggregate_expressions>0</compile_aggregate_expressions>\n"
        "    <compile_sort_description>0</compile_sort_description>\n"
        "    <log_queries>0</log_queries>\n"
        "  </default></profiles>\n"
        "  <quotas><default/></quotas>\n"
        "  <users>\n"
        "    <default><no_password/><networks><ip>127.0.0.1</ip></networks>"
        "<profile>default</profile><quota>default</quota><grants>\n"
        "      <query>GRANT SYSTEM LISTEN ON *.*</query>\n"
        "      <query>GRANT SELECT ON system.numbers</query>\n"
        "    </grants></default>\n",
        s->threads, s->memory / 10 * 9, s->memory / 3, s->memory / 3, s->memory / 8);
    fprintf(f,
            "    <app><password_sha256_hex>%s</password_sha256_hex>"
            "<networks><ip>127.0.0.1</ip></networks>"
            "<profile>default</profile><quota>default</quota><grants>\n"
            "      <query>GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, "
            "CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE, SHOW "
            "ON tidemark.*</query>\n"
            "      <query>GRANT SELECT, INSERT, CREATE DATABASE, CREATE TABLE, DROP DATABASE, DROP "
            "TABLE, TRUNCATE, SHOW ON tidemark_next.*</query>\n"
            "      <query>GRANT SELECT ON system.*</query>\n"
            "      <query>GRANT CREATE TEMPORARY TABLE, KILL QUERY ON *.*</query>\n",
            s->password_sha256);
    for (size_t i = 0; i < sizeof(table_engines) / sizeof(table_engines[0]); i++)
        fprintf(f, "      <query>GRANT TABLE ENGINE ON %s</query>\n", table_engines[i]);
    fputs("    </grants></app>\n  </users>\n</clickhouse>\n", f);
    finish(f, path);
}

void config_write(const char *dir, const struct node_settings *settings)
{
    char run[PATH_BYTES];

    path_join(run, dir, "run");
    if (mkdir(run, 0700) && errno != EEXIST)
        die(EXIT_OTHER, "cannot make the folder %s: %s", run, strerror(errno));
    if (chmod(run, 0700))
        die(EXIT_OTHER, "cannot protect the folder %s: %s", run, strerror(errno));
    write_config(dir, settings);
    write_users(dir, settings);
}
