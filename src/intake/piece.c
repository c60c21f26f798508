/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/piece.h"

#include "intake/pending_digest.h"

#include <sys/stat.h>

enum { CANDIDATES_MAX = 64, LARGE_FILE = 64 * 1024 * 1024 };

/* A piece that is read. */
struct reading {
    struct piece *piece;
    const struct import_ctx *ctx;
    const struct piece_turn *turn;
    size_t members;
    int64_t size;                   /* on the disk */
    struct pending_digest *pending; /* of the file that is read; NULL when its digest is known */
};

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

enum err_code piece_end_import(struct store *store, struct import_entry *entry,
                               enum import_status status, struct err *err)
{
    entry->status = status;
    entry->ended_us = timestamp_now();
    return store_import_update(store, entry, err);
}

/* Staged records of a kind become part of the data. */
enum err_code piece_move(const struct target *target, const struct import_entry *entry,
                         struct err *err)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (entry->records[kind] > 0)
            TRY(target->move(target->ctx, entry->id, (enum record_kind)kind, 0,
                             entry->records[kind], err));
    return target->drop(target->ctx, entry->id, err);
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

/* Every record of it is staged for good. From the moment it is marked as committing, it will be
 * in. */
static enum err_code commit(const struct import_ctx *ctx, struct import_file *file, struct err *err)
{
    struct import_entry *entry = &file->entry;

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (entry->records[kind] > 0)
            TRY(ctx->target.known(ctx->target.ctx, entry->id, (enum record_kind)kind,
                                  &file->known[kind], err));
    TRY(keep_rejects(ctx->store, file, err));
    entry->status = IMPORT_COMMITTING;
    TRY(store_import_update(ctx->store, entry, err));
    TRY(piece_move(&ctx->target, entry, err));
    return piece_end_import(ctx->store, entry, IMPORT_DONE, err);
}

/* Nothing of the file stays; what cannot be cleared now is cleared by the next start. */
static void abandon(const struct import_ctx *ctx, struct import_file *file, struct err *err)
{
    struct err second = ERR_INIT;

    if (file->entry.status == IMPORT_COMMITTING)
        return;
    if (ctx->target.drop(ctx->target.ctx, file->entry.id, &second) != ERR_OK ||
        piece_end_import(ctx->store, &file->entry, IMPORT_FAILED, &second) != ERR_OK)
        err_context(err, "and clearing up failed: %s", second.msg);
}

static enum err_code read_and_stage(struct reading *reading, struct import_run *run,
                                    struct input *input, const struct candidate *candidate,
                                    struct err *err)
{
    const struct import_ctx *ctx = run->ctx;
    struct import_file *file = run->file;
    enum err_code rc;

    snprintf(file->title, sizeof(file->title), "%s", run->importer->title);
    snprintf(file->entry.format, sizeof(file->entry.format), "%s", run->importer->name);
    snprintf(file->entry.source, sizeof(file->entry.source), "%s", run->importer->source);
    reading->turn->wait(reading->turn->ctx);
    TRY(store_import_begin(ctx->store, &file->entry, err));
    if (reading->members == 1)
        reading->turn->pass(reading->turn->ctx);
    rc = read_all(run, input, candidate, err);
    if (rc == ERR_OK && reading->pending)
        rc = pending_digest_take(reading->pending, file->entry.digest, err);
    if (rc == ERR_OK)
        rc = ctx->target.finish(ctx->target.ctx, err);
    if (rc != ERR_OK)
        abandon(ctx, file, err);
    return rc;
}

static struct candidates list_candidates(const struct mappings *mappings, struct candidate *list)
{
    size_t n = 0;

    for (size_t i = 0; i < mappings->n; i++)
        list[n++] = mapping_candidate(mappings->list[i]);
    for (size_t i = 0; importers[i]; i++) {
        assert(n < CANDIDATES_MAX);
        list[n++] = (struct candidate){.importer = importers[i]};
    }
    return (struct candidates){list, n};
}

static enum err_code import_input(struct reading *reading, struct import_file *file,
                                  struct input *input, struct err *err)
{
    struct candidate list[CANDIDATES_MAX];
    const struct candidate *candidate = NULL;
    struct import_run run;
    enum err_code rc;

    snprintf(file->entry.name, sizeof(file->entry.name), "%s", input_name(input));
    rc = run_init(&run, reading->ctx, file, err);
    if (rc == ERR_OK)
        rc = read_recognise(&run, input, list_candidates(reading->piece->mappings, list),
                            &candidate, err);
    if (rc == ERR_OK)
        rc = read_and_stage(reading, &run, input, candidate, err);
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

static enum err_code import_member(struct reading *reading, struct import_file *file,
                                   struct err *err)
{
    TM_CLEANUP(input_closep) struct input *input = NULL;
    struct import_entry known;
    bool found = false;

    if (!reading->pending)
        TRY(store_import_find(reading->ctx->store, file->entry.digest, file->entry.member, &known,
                              &found, err));
    if (found) {
        keep_given_name(&file->entry, &known);
        file->entry = known;
        file->outcome = IMPORT_ALREADY;
        return ERR_OK;
    }
    TRY(input_open(file->entry.path, (size_t)file->entry.member, &input, err));
    TRY(import_input(reading, file, input, err));
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

static enum err_code import_members(struct reading *reading, const char *digest, struct err *err)
{
    for (size_t i = 0; i < reading->members; i++) {
        struct import_file *file = add_file(&reading->piece->report, reading->piece->path);

        snprintf(file->entry.digest, sizeof(file->entry.digest), "%s", digest);
        file->entry.size = reading->size;
        file->entry.member = (int64_t)i;
        TRY(settle(file, import_member(reading, file, &file->err), err));
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
static bool is_no_export(const struct import_ctx *ctx, const char *path)
{
    const char *rates = ctx->settings->rates;
    char rates_path[2048];

    if (is_yaml(path))
        return true;
    if (!rates[0])
        return false;
    snprintf(rates_path, sizeof(rates_path), "%s/%s", store_dir(ctx->store), rates);
    return same_file(path, rates[0] == '/' ? rates : rates_path);
}

/* The digest tells whether the content is known. A large file of a size that no import had cannot
 * be: its digest is made while it is read. */
static enum err_code find_digest(struct reading *reading, char digest[65], struct err *err)
{
    const char *path = reading->piece->path;
    bool seen = true;

    digest[0] = 0;
    if (reading->size >= LARGE_FILE && reading->members == 1)
        TRY(store_import_has_size(reading->ctx->store, reading->size, &seen, err));
    if (!seen)
        return pending_digest_start(path, &reading->pending, err);
    return input_digest(path, NULL, digest, err);
}

/* What can be known of a path before it is read. */
static enum err_code look_at(struct reading *reading, char digest[65], struct err *err)
{
    const char *path = reading->piece->path;
    struct stat st;

    if (strlen(path) >= sizeof(((struct import_entry *)0)->path))
        return err_set(err, ERR_INVALID, "the path \"%.200s...\" is too long", path);
    TRY(input_member_count(path, &reading->members, err));
    if (stat(path, &st) != 0)
        return err_errno(err, "opening \"%s\"", path);
    reading->size = (int64_t)st.st_size;
    return find_digest(reading, digest, err);
}

void piece_read(struct piece *piece, const struct import_ctx *ctx, const struct piece_turn *turn)
{
    struct reading reading = {.piece = piece, .ctx = ctx, .turn = turn};
    struct err first = ERR_INIT;
    struct import_file *file;
    char digest[65];
    enum err_code rc;

    if (is_no_export(ctx, piece->path)) {
        add_file(&piece->report, piece->path)->outcome = IMPORT_IGNORED;
        return;
    }
    rc = look_at(&reading, digest, &first);
    if (rc == ERR_OK) {
        piece->rc = import_members(&reading, digest, &piece->err);
        pending_digest_free(reading.pending);
        return;
    }
    file = add_file(&piece->report, piece->path);
    file->err = first;
    piece->rc = settle(file, rc, &piece->err);
}

static bool is_staged(const struct import_file *file)
{
    return file->outcome == IMPORT_STORED && file->entry.status == IMPORT_STAGING;
}

void piece_conclude(struct piece *piece, const struct import_ctx *ctx)
{
    for (size_t i = 0; i < piece->report.n; i++) {
        struct import_file *file = piece->report.files[i];
        enum err_code rc;

        if (!is_staged(file))
            continue;
        rc = commit(ctx, file, &file->err);
        if (rc != ERR_OK)
            abandon(ctx, file, &file->err);
        rc = settle(file, rc, &piece->err);
        if (rc != ERR_OK) {
            piece->rc = rc;
            return;
        }
    }
}

void piece_abandon(struct piece *piece, const struct import_ctx *ctx)
{
    struct err unheard = ERR_INIT; /* what stays is cleared by the next start */

    for (size_t i = 0; i < piece->report.n; i++)
        if (is_staged(piece->report.files[i]))
            abandon(ctx, piece->report.files[i], &unheard);
    import_report_release(&piece->report);
}
