/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import.h"

#include "intake/crew.h"
#include "intake/walk.h"

struct job {
    const struct import_ctx *ctx;
    struct walk walk;
    struct piece *pieces;   /* owned; one a path of the walk */
    struct mappings named;  /* the one that the user named */
    struct mappings *found; /* owned; of each folder, at the place of its first path */
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

static void drop_mappings(struct mappings *mappings)
{
    for (size_t i = 0; i < mappings->n; i++)
        mapping_free(mappings->list[i]);
    mappings->n = 0;
}

static void release_job(struct job *job)
{
    for (size_t i = 0; i < job->walk.n; i++) {
        if (job->found)
            drop_mappings(&job->found[i]);
        if (job->pieces)
            import_report_release(&job->pieces[i].report);
    }
    drop_mappings(&job->named);
    free(job->found);
    free(job->pieces);
    walk_release(&job->walk);
}

/* With its last slash; "" for a name alone. */
static struct str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return (struct str){path, slash ? (size_t)(slash - path) + 1 : 0};
}

/* The mappings among the files of a folder. */
static enum err_code read_mappings(const struct walk *walk, struct str folder,
                                   struct mappings *mappings, struct err *err)
{
    for (size_t i = 0; i < walk->n; i++) {
        const char *path = walk->paths[i];

        if (!str_ends(str_of(path), ".mapping.yaml") || !str_eq(folder_of(path), folder))
            continue;
        if (mappings->n == MAPPINGS_MAX)
            return err_set(err, ERR_TOO_LARGE, "there are more than %d mapping files in \"%.*s\"",
                           MAPPINGS_MAX, (int)folder.n, folder.p);
        TRY(mapping_read(path, &mappings->list[mappings->n], err));
        mappings->n++;
    }
    return ERR_OK;
}

/* The mappings for the path at `at`: those of its folder, read once. */
static enum err_code find_mappings(struct job *job, size_t at, struct err *err)
{
    struct str folder = folder_of(job->walk.paths[at]);

    for (size_t i = at; i > 0; i--)
        if (str_eq(folder_of(job->walk.paths[i - 1]), folder)) {
            job->pieces[at].mappings = job->pieces[i - 1].mappings;
            return ERR_OK;
        }
    job->pieces[at].mappings = &job->found[at];
    return read_mappings(&job->walk, folder, &job->found[at], err);
}

static enum err_code make_pieces(struct job *job, struct err *err)
{
    const char *mapping = job->ctx->options.mapping;
    size_t n = job->walk.n;

    job->pieces = xcalloc(n + 1, sizeof(*job->pieces));
    job->found = xcalloc(n + 1, sizeof(*job->found));
    if (mapping) {
        TRY(mapping_read(mapping, &job->named.list[0], err));
        job->named.n = 1;
    }
    for (size_t i = 0; i < n; i++) {
        job->pieces[i] = (struct piece){.path = job->walk.paths[i], .mappings = &job->named};
        if (!mapping)
            TRY(find_mappings(job, i, err));
    }
    return ERR_OK;
}

/* The files of all pieces, in their order, become the report's. */
static void take_files(struct job *job, struct import_report *report)
{
    size_t n = 0;

    for (size_t i = 0; i < job->walk.n; i++)
        n += job->pieces[i].report.n;
    report->files = xcalloc(n + 1, sizeof(struct import_file *));
    for (size_t i = 0; i < job->walk.n; i++) {
        struct import_report *part = &job->pieces[i].report;

        for (size_t k = 0; k < part->n; k++)
            report->files[report->n++] = part->files[k];
        part->n = 0;
    }
}

enum err_code import_paths(const struct import_ctx *given, const char *const *paths, size_t n,
                           struct import_report *out_report, struct err *err)
{
    TM_CLEANUP(erased_freep) struct erased *erased = NULL;
    struct import_ctx with_erased = *given;
    const struct import_ctx *ctx = &with_erased;
    struct job job = {.ctx = ctx};
    enum err_code rc;

    *out_report = (struct import_report){NULL, 0};
    TRY(erased_load(given->store, &erased, err));
    with_erased.erased = erased;
    rc = import_recover(ctx->store, &ctx->target, err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = walk_add(&job.walk, paths[i], IMPORT_FILES_MAX, err);
    if (rc == ERR_OK)
        rc = make_pieces(&job, err);
    if (rc == ERR_OK) {
        rc = crew_read(ctx, job.pieces, job.walk.n, err);
        take_files(&job, out_report);
    }
    release_job(&job);
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
                TRY(piece_move(target, &l->list[i], err));
            else
                TRY(target->drop(target->ctx, l->list[i].id, err));
            TRY(piece_end_import(store, &l->list[i],
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
