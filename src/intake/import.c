/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import.h"

#include "intake/import/mapping.h"
#include "intake/pending_digest.h"
#include "intake/walk.h"

#include <sys/stat.h>

enum { CANDIDATES_MAX = 64, MAPPINGS_MAX = 16, LARGE_FILE = 64 * 1024 * 1024 };

/* Mappings in force: the one that was named, or those of the file's folder. */
struct mappings {
    struct mapping *list[MAPPINGS_MAX]; /* owned */
    size_t n;
    char folder[1024]; /* whose they are */
};

struct job {
    const struct import_ctx *ctx;
    struct import_report *report;
    struct mappings mappings;
    struct pending_digest *pending; /* of the file that is read; NULL when its digest is known */
};

void import_report_release(struct import_report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        import_file_clear(report->files[i]);
        free(report->files[i]);
    }
    free(report->files);
    *report = (struct import_report){NULL, 0};
}

enum err_code import_report_code(const struct import_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        if (report->files[i]->outcome >= IMPORT_UNRECOGNISED)
            return report->files[i]->err.code;
    return ERR_OK;
}

static struct import_file *add_file(struct import_report *report, const char *path)
{
    struct import_file *file = xcalloc(1, sizeof(*file));
    const char *slash = strrchr(path, '/');

    if (report->n % 64 == 0)
        report->files = xrealloc(report->files, (report->n + 64) * sizeof(struct import_file *));
    report->files[report->n++] = file;
    snprintf(file->entry.path, sizeof(file->entry.path), "%s", path);
    snprintf(file->entry.name, sizeof(file->entry.name), "%s", slash ? slash + 1 : path);
    return file;
}

/* Failures of the workspace or its engine rather than of one file. */
static bool ends_work(enum err_code code)
{
    static const enum err_code codes[] = {ERR_CANCELLED, ERR_ENGINE, ERR_UNAVAILABLE, ERR_TIMEOUT,
                                          ERR_STORE,     ERR_BUSY,   ERR_NO_SPACE,    ERR_INTERNAL};

    for (size_t i = 0; i < TM_COUNT(codes); i++)
        if (codes[i] == code)
            return true;
    return false;
}

/* Staged records of a kind become part of the data. */
static enum err_code move_kinds(const struct target *target, const struct import_entry *entry,
                                struct err *err)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (entry->records[kind] > 0)
            TRY(target->move(target->ctx, entry->id, (enum record_kind)kind, entry->records[kind],
                             err));
    return target->drop(target->ctx, entry->id, err);
}

static enum err_code end_import(struct store *store, struct import_entry *entry,
                                enum import_status status, struct err *err)
{
    entry->status = status;
    entry->ended_us = timestamp_now();
    return store_import_update(store, entry, err);
}

static enum err_code keep_rejects(struct store *store, const struct import_file *file,
                                  struct err *err)
{
    TM_CLEANUP(free_charp)
    char *memory = xcalloc(file->reject_count + 1, sizeof(struct store_reject));
    struct store_reject *rejects = (struct store_reject *)(void *)memory;

    for (size_t i = 0; i < file->reject_count; i++)
        rejects[i] = (struct store_reject){file->rejects[i].line, file->rejects[i].reason};
    return store_rejects_add(store, file->entry.id, rejects, file->reject_count, err);
}

/* The file was read to its end. From the moment it is marked as committing, it will be in. */
static enum err_code commit(const struct import_ctx *ctx, struct import_file *file, struct err *err)
{
    struct import_entry *entry = &file->entry;

    TRY(ctx->target.finish(ctx->target.ctx, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (entry->records[kind] > 0)
            TRY(ctx->target.known(ctx->target.ctx, entry->id, (enum record_kind)kind,
                                  &file->known[kind], err));
    TRY(keep_rejects(ctx->store, file, err));
    entry->status = IMPORT_COMMITTING;
    TRY(store_import_update(ctx->store, entry, err));
    TRY(move_kinds(&ctx->target, entry, err));
    return end_import(ctx->store, entry, IMPORT_DONE, err);
}

/* Nothing of the file stays; what cannot be cleared now is cleared by the next start. */
static void abandon(const struct import_ctx *ctx, struct import_file *file, struct err *err)
{
    struct err second = ERR_INIT;

    if (file->entry.status == IMPORT_COMMITTING)
        return;
    if (ctx->target.drop(ctx->target.ctx, file->entry.id, &second) != ERR_OK ||
        end_import(ctx->store, &file->entry, IMPORT_FAILED, &second) != ERR_OK)
        err_context(err, "and clearing up failed: %s", second.msg);
}

static enum err_code read_and_store(struct job *job, struct import_run *run, struct input *input,
                                    const struct candidate *candidate, struct err *err)
{
    const struct import_ctx *ctx = run->ctx;
    struct import_file *file = run->file;
    enum err_code rc;

    snprintf(file->title, sizeof(file->title), "%s", run->importer->title);
    snprintf(file->entry.format, sizeof(file->entry.format), "%s", run->importer->name);
    snprintf(file->entry.source, sizeof(file->entry.source), "%s", run->importer->source);
    TRY(store_import_begin(ctx->store, &file->entry, err));
    rc = read_all(run, input, candidate, err);
    if (rc == ERR_OK && job->pending)
        rc = pending_digest_take(job->pending, file->entry.digest, err);
    if (rc == ERR_OK)
        rc = commit(ctx, file, err);
    if (rc != ERR_OK)
        abandon(ctx, file, err);
    return rc;
}

static struct candidates list_candidates(const struct job *job, struct candidate *list)
{
    size_t n = 0;

    for (size_t i = 0; i < job->mappings.n; i++)
        list[n++] = mapping_candidate(job->mappings.list[i]);
    for (size_t i = 0; importers[i]; i++) {
        assert(n < CANDIDATES_MAX);
        list[n++] = (struct candidate){.importer = importers[i]};
    }
    return (struct candidates){list, n};
}

static enum err_code import_input(struct job *job, struct import_file *file, struct input *input,
                                  struct err *err)
{
    struct candidate list[CANDIDATES_MAX];
    const struct candidate *candidate = NULL;
    struct import_run run;
    enum err_code rc;

    snprintf(file->entry.name, sizeof(file->entry.name), "%s", input_name(input));
    rc = run_init(&run, job->ctx, file, err);
    if (rc == ERR_OK)
        rc = read_recognise(&run, input, list_candidates(job, list), &candidate, err);
    if (rc == ERR_OK)
        rc = read_and_store(job, &run, input, candidate, err);
    run_release(&run);
    return rc;
}

/* The copy of a file that came under another name is told by the name that it has now. */
static void keep_given_name(const struct import_entry *given, struct import_entry *known)
{
    const char *slash = strrchr(known->path, '/');

    if (strcmp(slash ? slash + 1 : known->path, given->name) != 0)
        snprintf(known->name, sizeof(known->name), "%s", given->name);
    snprintf(known->path, sizeof(known->path), "%s", given->path);
}

static enum err_code import_member(struct job *job, struct import_file *file, struct err *err)
{
    TM_CLEANUP(input_closep) struct input *input = NULL;
    struct import_entry known;
    bool found = false;

    if (!job->pending)
        TRY(store_import_find(job->ctx->store, file->entry.digest, file->entry.member, &known,
                              &found, err));
    if (found) {
        keep_given_name(&file->entry, &known);
        file->entry = known;
        file->outcome = IMPORT_ALREADY;
        return ERR_OK;
    }
    TRY(input_open(file->entry.path, (size_t)file->entry.member, &input, err));
    TRY(import_input(job, file, input, err));
    file->outcome = IMPORT_STORED;
    file->err = ERR_INIT; /* of a first reading that did not know the style yet */
    return ERR_OK;
}

/* Writes what became of the file; only what ends the work is returned. */
static enum err_code settle(struct import_file *file, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK)
        return ERR_OK;
    file->outcome = rc == ERR_UNRECOGNISED ? IMPORT_UNRECOGNISED : IMPORT_REFUSED;
    if (file->entry.stored + file->entry.merged > 0) /* of which nothing was kept */
        import_file_clear(file);
    if (!ends_work(rc))
        return ERR_OK;
    if (err)
        *err = file->err;
    return rc;
}

static enum err_code import_archive(struct job *job, const char *path, const char *digest,
                                    int64_t size, size_t members, struct err *err)
{
    for (size_t i = 0; i < members; i++) {
        struct import_file *file = add_file(job->report, path);

        snprintf(file->entry.digest, sizeof(file->entry.digest), "%s", digest);
        file->entry.size = size;
        file->entry.member = (int64_t)i;
        TRY(settle(file, import_member(job, file, &file->err), err));
    }
    return ERR_OK;
}

static bool is_yaml(const char *path)
{
    return str_ends(str_of(path), ".yaml") || str_ends(str_of(path), ".yml");
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Files that have their place in a folder of exports without being one. */
static bool is_no_export(const struct job *job, const char *path)
{
    const char *rates = job->ctx->settings->rates;
    char rates_path[2048];

    if (is_yaml(path))
        return true;
    if (!rates[0])
        return false;
    snprintf(rates_path, sizeof(rates_path), "%s/%s", store_dir(job->ctx->store), rates);
    return same_file(path, rates[0] == '/' ? rates : rates_path);
}

/* The digest tells whether the content is known. A large file of a size that no import had cannot
 * be: its digest is made while it is read. */
static enum err_code find_digest(struct job *job, const char *path, int64_t size, size_t members,
                                 char digest[65], struct err *err)
{
    bool seen = true;

    digest[0] = 0;
    if (size >= LARGE_FILE && members == 1)
        TRY(store_import_has_size(job->ctx->store, size, &seen, err));
    if (!seen)
        return pending_digest_start(path, &job->pending, err);
    return input_digest(path, NULL, digest, err);
}

static enum err_code import_one(struct job *job, const char *path, struct err *err)
{
    struct err first = ERR_INIT;
    struct import_file *file;
    char digest[65];
    struct stat st = {.st_size = 0};
    size_t members = 0;
    enum err_code rc;

    if (is_no_export(job, path)) {
        add_file(job->report, path)->outcome = IMPORT_IGNORED;
        return ERR_OK;
    }
    rc = strlen(path) < sizeof(file->entry.path)
             ? ERR_OK
             : err_set(&first, ERR_INVALID, "the path \"%.200s...\" is too long", path);
    if (rc == ERR_OK)
        rc = input_member_count(path, &members, &first);
    if (rc == ERR_OK && stat(path, &st) != 0)
        rc = err_errno(&first, "opening \"%s\"", path);
    if (rc == ERR_OK)
        rc = find_digest(job, path, (int64_t)st.st_size, members, digest, &first);
    if (rc == ERR_OK) {
        rc = import_archive(job, path, digest, (int64_t)st.st_size, members, err);
        pending_digest_free(job->pending);
        job->pending = NULL;
        return rc;
    }
    file = add_file(job->report, path);
    file->err = first;
    return settle(file, rc, err);
}

static void drop_mappings(struct mappings *mappings)
{
    for (size_t i = 0; i < mappings->n; i++)
        mapping_free(mappings->list[i]);
    mappings->n = 0;
    mappings->folder[0] = 0;
}

/* Reads the mappings among the files of `path`'s folder, once a folder. */
static enum err_code folder_mappings(struct job *job, const struct walk *walk, const char *path,
                                     struct err *err)
{
    struct mappings *m = &job->mappings;
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    struct str folder = {path, n};

    if (job->ctx->options.mapping || str_eqz(folder, m->folder) || n >= sizeof(m->folder))
        return ERR_OK;
    drop_mappings(m);
    for (size_t i = 0; i < walk->n; i++) {
        struct str other = str_of(walk->paths[i]);

        if (other.n <= n || memcmp(other.p, path, n) != 0 || strchr(other.p + n, '/') ||
            !str_ends(other, ".mapping.yaml"))
            continue;
        if (m->n == MAPPINGS_MAX)
            return err_set(err, ERR_TOO_LARGE, "there are more than %d mapping files in \"%.*s\"",
                           MAPPINGS_MAX, (int)n, path);
        TRY(mapping_read(other.p, &m->list[m->n], err));
        m->n++;
    }
    memcpy(m->folder, path, n);
    m->folder[n] = 0;
    return ERR_OK;
}

static enum err_code import_walk(struct job *job, const struct walk *walk, struct err *err)
{
    if (job->ctx->options.mapping) {
        TRY(mapping_read(job->ctx->options.mapping, &job->mappings.list[0], err));
        job->mappings.n = 1;
    }
    for (size_t i = 0; i < walk->n; i++) {
        TRY(folder_mappings(job, walk, walk->paths[i], err));
        TRY(import_one(job, walk->paths[i], err));
    }
    return ERR_OK;
}

enum err_code import_paths(const struct import_ctx *ctx, const char *const *paths, size_t n,
                           struct import_report *out_report, struct err *err)
{
    struct job job = {.ctx = ctx, .report = out_report};
    struct walk walk = {NULL, 0, 0};
    enum err_code rc;

    *out_report = (struct import_report){NULL, 0};
    rc = import_recover(ctx->store, &ctx->target, err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = walk_add(&walk, paths[i], IMPORT_FILES_MAX, err);
    if (rc == ERR_OK)
        rc = import_walk(&job, &walk, err);
    drop_mappings(&job.mappings);
    walk_release(&walk);
    return rc;
}

/* Interrupted imports, listed first because the store is not called while it lists. */
struct leftovers {
    struct import_entry list[64];
    size_t n;
};

static enum err_code keep_leftover(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct leftovers *l = ctx;

    (void)err;
    if (l->n < TM_COUNT(l->list))
        l->list[l->n++] = *entry;
    return ERR_OK;
}

static enum err_code recover_status(struct store *store, const struct target *target,
                                    enum import_status status, struct err *err)
{
    TM_CLEANUP(free_charp) char *memory = xcalloc(1, sizeof(struct leftovers));
    struct leftovers *l = (struct leftovers *)(void *)memory;

    do {
        l->n = 0;
        TRY(store_import_each(store, (int)status, keep_leftover, l, err));
        for (size_t i = 0; i < l->n; i++) {
            if (status == IMPORT_COMMITTING)
                TRY(move_kinds(target, &l->list[i], err));
            else
                TRY(target->drop(target->ctx, l->list[i].id, err));
            TRY(end_import(store, &l->list[i],
                           status == IMPORT_COMMITTING ? IMPORT_DONE : IMPORT_FAILED, err));
        }
    } while (l->n == TM_COUNT(l->list));
    return ERR_OK;
}

enum err_code import_recover(struct store *store, const struct target *target, struct err *err)
{
    enum err_code rc = recover_status(store, target, IMPORT_COMMITTING, err);

    if (rc == ERR_OK)
        rc = recover_status(store, target, IMPORT_STAGING, err);
    if (rc != ERR_OK)
        err_context(err, "bringing an interrupted import in order");
    return rc;
}
