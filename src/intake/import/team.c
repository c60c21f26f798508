/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/team.h"

#include "base/i18n.h"
#include "intake/import/read.h"
#include "intake/import/table.h"

#include <pthread.h>
#include <unistd.h>

enum {
    TEAM_MAX = 8,
    CHUNKS = TEAM_MAX + 2,
    CHUNK_BYTES = 512 * 1024, /* of lines, before a chunk is handed over */
    CHUNK_LINES = 4096,
    SMALL_FILE = 4 * 1024 * 1024
};

/* Lines on their way from the reader to a worker. */
struct chunk {
    struct buf text;
    uint32_t ends[CHUNK_LINES]; /* of each line in `text` */
    size_t lines;
    int64_t first; /* number of the first line; the others follow on it */
};

struct worker {
    struct team *team;
    pthread_t thread;
    bool started;
    struct import_ctx ctx; /* the run's, with a lane of the target */
    struct import_file *file;
    struct import_run run;
    struct json_parser *parser;
    enum err_code rc; /* of the first line that ended the work, which is err_line */
    struct err err;
    int64_t err_line;
};

struct team {
    struct worker workers[TEAM_MAX];
    size_t size;
    enum language language; /* of messages */
    struct chunk *chunks;   /* owned; CHUNKS of them */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct chunk *ready[CHUNKS], *empty[CHUNKS];
    size_t ready_first, ready_count, empty_count;
    bool complete; /* no more lines come */
    bool failed;   /* a worker met an error: no more lines are wanted */
};

static size_t team_size(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > TEAM_MAX ? TEAM_MAX : (size_t)n;
}

bool team_wanted(const struct import_run *run, const struct input *input)
{
    return run->importer->independent && run->ctx->target.lane && !run->evidence &&
           input_size(input) >= SMALL_FILE && team_size() > 1;
}

/* Lines after the first that ends the work are not looked at. */
static void read_chunk(struct worker *w, const struct chunk *chunk)
{
    size_t from = 0;

    for (size_t i = 0; i < chunk->lines && w->rc == ERR_OK; i++) {
        struct str line = {chunk->text.p + from, chunk->ends[i] - from};

        w->err_line = chunk->first + (int64_t)i;
        if (str_trim(line).n > 0)
            w->rc = read_object(&w->run, w->parser, line, w->err_line, &w->err);
        from = chunk->ends[i];
    }
}

static struct chunk *take_ready(struct team *team)
{
    struct chunk *chunk = NULL;

    pthread_mutex_lock(&team->lock);
    while (!team->ready_count && !team->complete)
        pthread_cond_wait(&team->changed, &team->lock);
    if (team->ready_count) {
        chunk = team->ready[team->ready_first];
        team->ready_first = (team->ready_first + 1) % CHUNKS;
        team->ready_count--;
    }
    pthread_mutex_unlock(&team->lock);
    return chunk;
}

static void give_back(struct team *team, struct chunk *chunk, bool failed)
{
    pthread_mutex_lock(&team->lock);
    team->empty[team->empty_count++] = chunk;
    team->failed = team->failed || failed;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
}

static void *work(void *opaque)
{
    struct worker *w = opaque;
    struct chunk *chunk;

    i18n_use(w->team->language);
    while ((chunk = take_ready(w->team)) != NULL) {
        read_chunk(w, chunk);
        give_back(w->team, chunk, w->rc != ERR_OK);
    }
    return NULL;
}

/* An empty chunk, or NULL when a worker failed. */
static struct chunk *take_empty(struct team *team)
{
    struct chunk *chunk = NULL;

    pthread_mutex_lock(&team->lock);
    while (!team->empty_count && !team->failed)
        pthread_cond_wait(&team->changed, &team->lock);
    if (!team->failed)
        chunk = team->empty[--team->empty_count];
    pthread_mutex_unlock(&team->lock);
    if (chunk) {
        buf_reset(&chunk->text);
        chunk->lines = 0;
    }
    return chunk;
}

static void hand_over(struct team *team, struct chunk *chunk)
{
    pthread_mutex_lock(&team->lock);
    team->ready[(team->ready_first + team->ready_count++) % CHUNKS] = chunk;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
}

static enum err_code fill_chunk(struct input *input, struct chunk *chunk, bool *out_more,
                                struct err *err)
{
    *out_more = true;
    while (chunk->lines < CHUNK_LINES && chunk->text.n < CHUNK_BYTES) {
        struct str line;
        int64_t number;

        TRY(input_line(input, TABLE_LINE_MAX, &line, &number, out_more, err));
        if (!*out_more)
            return ERR_OK;
        if (chunk->lines == 0)
            chunk->first = number;
        buf_adds(&chunk->text, line);
        chunk->ends[chunk->lines++] = (uint32_t)chunk->text.n;
    }
    return buf_check(&chunk->text, err);
}

/* The calling thread's part: lines into chunks, until the end or a worker's failure. */
static enum err_code read_lines(struct team *team, const struct import_run *run,
                                struct input *input, struct err *err)
{
    bool more = true;

    while (more) {
        struct chunk *chunk = take_empty(team);
        enum err_code rc;

        if (!chunk)
            return ERR_OK; /* the worker tells why */
        rc = run_check_time(run, input, err);
        if (rc == ERR_OK)
            rc = fill_chunk(input, chunk, &more, err);
        hand_over(team, chunk); /* what was read before an error may hold an earlier one */
        TRY(rc);
    }
    return ERR_OK;
}

static enum err_code worker_start(struct worker *w, struct team *team, const struct import_run *run,
                                  struct err *err)
{
    size_t lane = (size_t)(w - team->workers);
    int failed;

    w->team = team;
    w->ctx = *run->ctx;
    w->ctx.target.ctx = run->ctx->target.lane(run->ctx->target.ctx, lane);
    w->ctx.progress = NULL;
    w->file = xcalloc(1, sizeof(*w->file));
    w->file->entry = run->file->entry;
    TRY(run_init(&w->run, &w->ctx, w->file, err));
    w->run.importer = run->importer;
    w->run.style = run->style;
    w->run.style.zone = w->run.zone;
    run_restart(&w->run, false);
    w->parser = json_parser_new(TABLE_LINE_MAX);
    failed = pthread_create(&w->thread, NULL, work, w);
    if (failed)
        return err_errno_at(err, failed, __FILE__, __LINE__, "could not start a thread");
    w->started = true;
    return ERR_OK;
}

static void add_counts(struct import_entry *to, const struct import_entry *from)
{
    to->rows += from->rows;
    to->stored += from->stored;
    to->merged += from->merged;
    to->rejected += from->rejected;
    to->skipped += from->skipped;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        to->records[kind] += from->records[kind];
    if (from->newest_us > to->newest_us)
        to->newest_us = from->newest_us;
}

/* Both lists are in the order of lines; the first STORE_REJECTS_KEPT of both stay. */
static void add_rejects(struct import_file *to, struct import_file *from)
{
    struct import_reject_line *all = xcalloc(STORE_REJECTS_KEPT, sizeof(*all));
    size_t n = 0, i = 0, j = 0;

    while (n < STORE_REJECTS_KEPT && (i < to->reject_count || j < from->reject_count)) {
        bool first = j == from->reject_count ||
                     (i < to->reject_count && to->rejects[i].line < from->rejects[j].line);
        struct import_reject_line *r = first ? &to->rejects[i++] : &from->rejects[j++];

        all[n++] = (struct import_reject_line){r->line, r->reason};
        r->reason = NULL;
    }
    for (size_t k = 0; k < to->reject_count; k++)
        free(to->rejects[k].reason);
    free(to->rejects);
    to->rejects = all;
    to->reject_count = n;
}

static void add_report(struct import_run *run, struct import_file *from)
{
    struct import_file *to = run->file;

    add_counts(&to->entry, &from->entry);
    add_rejects(to, from);
    for (size_t i = 0; i < from->note_count; i++)
        import_note(run, "%s", from->notes[i]);
    for (size_t i = 0; i < from->total_count; i++)
        run_add_total(run, &from->totals[i]);
}

/* The error on the earliest line stands for all. */
static enum err_code first_error(const struct team *team, struct err *err)
{
    const struct worker *first = NULL;

    for (size_t i = 0; i < team->size; i++) {
        const struct worker *w = &team->workers[i];

        if (w->rc != ERR_OK && (!first || w->err_line < first->err_line))
            first = w;
    }
    if (!first)
        return ERR_OK;
    if (err)
        *err = first->err;
    return first->rc;
}

static void team_init(struct team *team)
{
    team->language = i18n_current();
    team->size = team_size();
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->changed, NULL);
    team->chunks = xcalloc(CHUNKS, sizeof(*team->chunks));
    for (size_t i = 0; i < team->size + 2; i++) {
        team->chunks[i].text = BUF_INIT((size_t)TABLE_LINE_MAX + CHUNK_BYTES);
        team->empty[team->empty_count++] = &team->chunks[i];
    }
}

static void team_join(struct team *team)
{
    pthread_mutex_lock(&team->lock);
    team->complete = true;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
    for (size_t i = 0; i < team->size; i++)
        if (team->workers[i].started)
            pthread_join(team->workers[i].thread, NULL);
}

static void team_release(struct team *team)
{
    for (size_t i = 0; i < team->size; i++) {
        struct worker *w = &team->workers[i];

        if (!w->file)
            continue;
        run_release(&w->run);
        json_parser_free(w->parser);
        import_file_clear(w->file);
        free(w->file);
    }
    for (size_t i = 0; i < CHUNKS; i++)
        buf_release(&team->chunks[i].text);
    free(team->chunks);
    pthread_cond_destroy(&team->changed);
    pthread_mutex_destroy(&team->lock);
}

enum err_code team_read(struct import_run *run, struct input *input, struct err *err)
{
    TM_CLEANUP(free_charp) char *memory = xcalloc(1, sizeof(struct team));
    struct team *team = (struct team *)(void *)memory;
    enum err_code rc = ERR_OK, earlier;

    team_init(team);
    for (size_t i = 0; i < team->size && rc == ERR_OK; i++)
        rc = worker_start(&team->workers[i], team, run, err);
    if (rc == ERR_OK)
        rc = read_lines(team, run, input, err);
    team_join(team);
    /* What a worker met stands on an earlier line than what stopped the reader. */
    earlier = first_error(team, err);
    if (earlier != ERR_OK)
        rc = earlier;
    if (rc == ERR_OK)
        for (size_t i = 0; i < team->size; i++)
            add_report(run, team->workers[i].file);
    team_release(team);
    return rc;
}
