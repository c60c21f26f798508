/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/catalogue.h"

#include <fts.h>

#include "base/arena.h"
#include "base/embedded.h"
#include "base/file.h"

extern const struct embedded_file sql_files[];

enum {
    MAX_STATEMENTS = 2000,
    MAX_FILE_BYTES = 256 * 1024,
    MAX_CATALOGUE_BYTES = 64 * 1024 * 1024,
};

struct catalogue {
    struct arena arena;
    struct statement *statements; /* owned; by name */
    size_t count, cap;
};

static enum err_code add(struct catalogue *c, const char *name, struct str text, struct err *err)
{
    if (c->count == MAX_STATEMENTS)
        return err_set(err, ERR_TOO_LARGE, "more than %d statements", MAX_STATEMENTS);
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 64;
        c->statements = xrealloc(c->statements, c->cap * sizeof(*c->statements));
    }
    TRY(statement_parse(&c->arena, name, text, &c->statements[c->count], err));
    c->count++;
    return ERR_OK;
}

static enum err_code add_file(struct catalogue *c, const char *path, const char *name,
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);

    TRY(file_read(path, MAX_FILE_BYTES, &text, err));
    return add(c, name, buf_str(&text), err);
}

/* "measure/x" of ".../sql/measure/x.sql" */
static enum err_code add_entry(struct catalogue *c, const char *root, const FTSENT *entry,
                               struct err *err)
{
    struct buf name = BUF_INIT(1024);
    struct str path = {entry->fts_path, entry->fts_pathlen};
    size_t skip = strlen(root) + (str_ends(str_of(root), "/") ? 0 : 1);
    enum err_code rc;

    if (entry->fts_info != FTS_F || !str_ends(path, ".sql"))
        return ERR_OK;
    buf_add(&name, path.p + skip, path.n - skip - strlen(".sql"));
    rc = buf_check(&name, err);
    if (rc == ERR_OK)
        rc = add_file(c, entry->fts_path, buf_cstr(&name), err);
    buf_release(&name);
    return rc;
}

static enum err_code add_folder(struct catalogue *c, const char *dir, struct err *err)
{
    char *roots[] = {(char *)(uintptr_t)dir, NULL};
    FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    enum err_code rc = ERR_OK;
    FTSENT *entry;

    if (!walk)
        return err_errno(err, "could not read the folder %s", dir);
    while (rc == ERR_OK && (entry = fts_read(walk)) != NULL)
        rc = add_entry(c, dir, entry, err);
    fts_close(walk);
    if (rc == ERR_OK && c->count == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no statements (*.sql) below %s", dir);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct statement *x = a, *y = b;

    return strcmp(x->name, y->name);
}

enum err_code catalogue_open(const char *sql_dir, struct catalogue **out_catalogue, struct err *err)
{
    struct catalogue *c = xcalloc(1, sizeof(*c));
    enum err_code rc = ERR_OK;

    c->arena = ARENA_INIT(MAX_CATALOGUE_BYTES);
    if (sql_dir)
        rc = add_folder(c, sql_dir, err);
    for (size_t i = 0; !sql_dir && sql_files[i].name && rc == ERR_OK; i++)
        rc = add(c, sql_files[i].name, (struct str){sql_files[i].text, sql_files[i].n}, err);
    if (rc != ERR_OK) {
        catalogue_close(c);
        return rc;
    }
    if (c->count)
        qsort(c->statements, c->count, sizeof(*c->statements), by_name);
    *out_catalogue = c;
    return ERR_OK;
}

void catalogue_close(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    free(catalogue->statements);
    arena_release(&catalogue->arena);
    free(catalogue);
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct statement *catalogue_at(const struct catalogue *catalogue, size_t i)
{
    assert(i < catalogue->count);
    return &catalogue->statements[i];
}

const struct statement *catalogue_find(const struct catalogue *catalogue, const char *name)
{
    struct statement key = {.name = name};

    if (!catalogue->count)
        return NULL;
    return bsearch(&key, catalogue->statements, catalogue->count, sizeof(key), by_name);
}
