/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/drain.h"

#include "base/log.h"
#include "intake/live/redact.h"

enum { BATCH_MESSAGES = 100000, PARTS_MAX = 32, MERGES_MAX = 3, REJECTS_MAX = STORE_REJECTS_KEPT };

struct draining {
    const struct drain_ctx *ctx;
    struct live_run run;
    struct arena arena;
    struct source_entry *sources; /* owned */
    size_t source_count;
    int64_t upto;        /* newest message when it began: what comes meanwhile is the next one's */
    struct range *range; /* being filled */
    struct range_batch batch;
    struct store_reject rejects[REJECTS_MAX]; /* reasons are constants */
    size_t reject_count;
    struct live_guard *guard;          /* owned; NULL: nobody was ever erased */
    int64_t before;                    /* records in the batch before this message */
    const struct source_entry *source; /* of the message before */
};

/* ---- one message -------------------------------------------------------------------------- */

static int64_t sum(const int64_t *records)
{
    int64_t n = 0;

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        n += records[kind];
    return n;
}

static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct draining *d = ctx;

    if (d->guard && !live_guard_admits(d->guard, kind, &record))
        return ERR_OK;
    TRY(d->ctx->target.put(d->ctx->target.ctx, kind, record, err));
    d->batch.records[kind]++;
    return ERR_OK;
}

/* Records bear the name of their message's source. */
static enum err_code change_source(struct draining *d, const struct source_entry *source,
                                   struct err *err)
{
    char name[32];

    if (source == d->source)
        return ERR_OK;
    d->source = source;
    live_source_name(source, name);
    return d->ctx->target.begin(d->ctx->target.ctx, d->range->import_id, name, 0, err);
}

static void reject(struct draining *d, int64_t seq, const char *reason)
{
    d->batch.rejected++;
    if (d->reject_count < REJECTS_MAX)
        d->rejects[d->reject_count++] = (struct store_reject){seq, reason};
}

/* What is wrong with the message rather than with store, engine or machine. */
static bool is_of_message(enum err_code code)
{
    static const enum err_code codes[] = {ERR_INVALID, ERR_NOT_FOUND, ERR_TOO_LARGE,
                                          ERR_UNRECOGNISED, ERR_AMBIGUOUS};

    for (size_t i = 0; i < TM_COUNT(codes); i++)
        if (codes[i] == code)
            return true;
    return false;
}

static enum err_code take_known(struct draining *d, const struct live_message *message,
                                struct err *err)
{
    enum err_code rc;

    TRY(change_source(d, message->source, err));
    arena_reset(&d->arena);
    d->run.rejected = NULL;
    if (d->guard)
        live_guard_message(d->guard, message);
    rc = (d->ctx->records ? d->ctx->records : live_records)(&d->run, message, err);
    if (rc != ERR_OK && !is_of_message(rc))
        return rc;
    if (rc != ERR_OK) {
        if (d->batch.rejected == 0) /* one of many is enough */
            log_line(LOG_ERROR, "intake", "message=%" PRId64 " %s", message->seq, err->msg);
        reject(d, message->seq, live_reason_name(LIVE_FAULT));
        *err = ERR_INIT;
    } else if (d->run.rejected) {
        reject(d, message->seq, d->run.rejected);
    } else if (sum(d->batch.records) == d->before) {
        d->batch.empty++;
    }
    return ERR_OK;
}

static enum err_code take(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct draining *d = ctx;
    const struct source_entry *source = source_of_list(d->sources, d->source_count, entry->source);
    const struct live_message message = {.source = source,
                                         .seq = entry->seq,
                                         .received_us = entry->received_us,
                                         .id = entry->id,
                                         .body = entry->body};

    d->before = sum(d->batch.records);
    d->batch.last = entry->seq;
    d->batch.messages++;
    if (entry->damaged) {
        reject(d, entry->seq, live_reason_name(LIVE_DAMAGED));
        return ERR_OK;
    }
    if (entry->received_us > d->batch.newest_us)
        d->batch.newest_us = entry->received_us;
    if (!source) {
        reject(d, entry->seq, live_reason_name(LIVE_FAULT));
        return ERR_OK;
    }
    return take_known(d, &message, err);
}

/* ---- one batch ---------------------------------------------------------------------------- */

/* Staged records join the range's others. */
static enum err_code finish(struct draining *d, struct range *range, struct err *err)
{
    const struct target *target = &d->ctx->target;

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (range->batch.records[kind] > 0)
            TRY(target->move(target->ctx, range->import_id, (enum record_kind)kind,
                             range->done.records[kind], range->batch.records[kind], err));
    TRY(store_range_finish(d->ctx->store, range, err));
    return target->drop(target->ctx, range->import_id, err);
}

static enum err_code stage(struct draining *d, int64_t first, struct err *err)
{
    const struct target *target = &d->ctx->target;

    TRY(target->drop(target->ctx, d->range->import_id, err));
    TRY(journal_each(d->ctx->journal, first, d->upto < d->range->end ? d->upto : d->range->end,
                     BATCH_MESSAGES, take, d, err));
    if (d->guard)
        TRY(live_guard_settle(d->guard, err));
    return target->finish(target->ctx, err);
}

/* The next messages of the range. *out_more is false when there were none. */
static enum err_code fill(struct draining *d, struct range *range, struct drain_summary *out,
                          bool *out_more, struct err *err)
{
    struct err unheard = ERR_INIT;
    enum err_code rc;

    d->range = range;
    d->batch = (struct range_batch){.last = range->done.last};
    d->reject_count = 0;
    d->source = NULL;
    rc = stage(d, range->done.last + 1, err);
    *out_more = d->batch.messages > 0;
    if (rc != ERR_OK || !*out_more) {
        /* What stays is dropped before the next batch is staged. */
        if (d->ctx->target.drop(d->ctx->target.ctx, range->import_id, &unheard) != ERR_OK)
            log_line(LOG_ERROR, "intake", "staged live records stay: %s", unheard.msg);
        return rc;
    }
    out->messages += d->batch.messages;
    out->rejected += d->batch.rejected;
    out->records += sum(d->batch.records);
    TRY(store_range_prepare(d->ctx->store, range, &d->batch, d->rejects, d->reject_count, err));
    return finish(d, range, err);
}

static bool is_cancelled(const struct drain_ctx *ctx)
{
    return ctx->cancel && *ctx->cancel;
}

static enum err_code fill_wholly(struct draining *d, struct range *range, struct drain_summary *out,
                                 struct err *err)
{
    bool more = true;

    while (more && range->done.last < range->end && range->done.last < d->upto) {
        if (is_cancelled(d->ctx))
            return err_set(err, ERR_CANCELLED, "it was cancelled");
        TRY(fill(d, range, out, &more, err));
        if (d->ctx->progress && more)
            d->ctx->progress(d->ctx->progress_ctx, out->messages);
    }
    /* What the journal has no more of is nothing to wait for. */
    if (!more && range->end != RANGE_OPEN) {
        range->batch.last = range->end;
        TRY(store_range_finish(d->ctx->store, range, err));
    }
    return ERR_OK;
}

/* ---- what the engine holds ---------------------------------------------------------------- */

static bool holds(const struct holding *has, const struct range *range, bool with_batch)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        int64_t done = range->done.records[kind], batch = range->batch.records[kind];

        if (has->records[kind] != done + (with_batch ? batch : 0) &&
            !(with_batch && has->records[kind] == done))
            return false;
    }
    return true;
}

static enum err_code drop_records(struct draining *d, uint32_t import_id, struct err *err)
{
    TRY(target_drop_moved(d->ctx->engine, import_id, NULL, NULL, err));
    return d->ctx->target.drop(d->ctx->target.ctx, import_id, err);
}

/* It is read anew from the journal. Not when the engine still has what the journal has not. */
static enum err_code read_again(struct draining *d, struct range *range, const struct holding *has,
                                struct drain_summary *out, struct err *err)
{
    struct journal_span span;

    TRY(journal_span(d->ctx->journal, range->first, range->done.last, &span, err));
    if (span.n < range->done.messages && sum(has->records) > 0) {
        out->lacking++;
        log_line(LOG_ERROR, "intake", "live import %" PRIu32 " is not whole in the engine",
                 range->import_id);
        return range->end == RANGE_OPEN ? store_range_close(d->ctx->store, range, err) : ERR_OK;
    }
    log_line(LOG_INFO, "intake", "live import %" PRIu32 " is read again: %" PRId64 " messages",
             range->import_id, span.n);
    out->again += span.n;
    TRY(store_range_empty(d->ctx->store, range, err));
    return drop_records(d, range->import_id, err);
}

/* Finishes a batch that was prepared; then the engine holds the range, or it is read again. */
static enum err_code put_right(struct draining *d, struct range *range, const struct holding *has,
                               struct drain_summary *out, struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings now = {0};
    struct holding moved;
    enum err_code rc;

    if (range->batch.last == 0)
        return holds(has, range, false) ? ERR_OK : read_again(d, range, has, out, err);
    if (!holds(has, range, true))
        return read_again(d, range, has, out, err);
    rc = finish(d, range, err);
    if (rc != ERR_OK && rc != ERR_ENGINE)
        return rc;
    *err = ERR_INIT; /* reading it again tells what else is wrong */
    TRY(holdings_read(d->ctx->engine, &now, err));
    moved = holdings_of(&now, range->import_id);
    return rc == ERR_OK && holds(&moved, range, false) ? ERR_OK
                                                       : read_again(d, range, &moved, out, err);
}

/* ---- small parts -------------------------------------------------------------------------- */

/* *out_merged: whether there was anything to do. */
static enum err_code merge_parts(struct draining *d, const struct range *range,
                                 const struct holding *has, bool *out_merged, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", range->import_id)};
    char name[64];

    *out_merged = false;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (has->parts[kind] < PARTS_MAX && (range->end == RANGE_OPEN || has->parts[kind] < 2))
            continue;
        snprintf(name, sizeof(name), "import/merge_%s",
                 record_layout((enum record_kind)kind)->name);
        TRY(engine_run(d->ctx->engine, name, params, TM_COUNT(params), err));
        *out_merged = true;
    }
    return ERR_OK;
}

/* A few a drain, so that figures do not wait for what a busy day has left. */
static enum err_code merge_some(struct draining *d, const struct range *ranges, size_t n,
                                struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings holdings = {0};
    int merged = 0;

    TRY(holdings_read(d->ctx->engine, &holdings, err));
    for (size_t i = 0; i < n && merged < MERGES_MAX && !is_cancelled(d->ctx); i++) {
        struct holding has = holdings_of(&holdings, ranges[i].import_id);
        bool any;

        TRY(merge_parts(d, &ranges[i], &has, &any, err));
        merged += any;
    }
    return ERR_OK;
}

/* ---- doors -------------------------------------------------------------------------------- */

static enum err_code load_sources(struct draining *d, struct err *err)
{
    d->sources = xcalloc(STORE_SOURCES_MAX, sizeof(*d->sources));
    return store_sources_list(d->ctx->store, 0, d->sources, STORE_SOURCES_MAX, &d->source_count,
                              err);
}

static enum err_code drain_ranges(struct draining *d, struct range *ranges,
                                  struct drain_summary *out, struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings holdings = {0};
    size_t n = 0;

    TRY(load_sources(d, err));
    TRY(store_ranges(d->ctx->store, ranges, RANGES_MAX, &n, err));
    TRY(holdings_read(d->ctx->engine, &holdings, err));
    for (size_t i = 0; i < n; i++) {
        struct holding has = holdings_of(&holdings, ranges[i].import_id);

        TRY(put_right(d, &ranges[i], &has, out, err));
    }
    for (size_t i = 0; i < n; i++)
        TRY(fill_wholly(d, &ranges[i], out, err));
    while (n == 0 || ranges[n - 1].end != RANGE_OPEN) {
        int64_t first = n ? ranges[n - 1].end + 1 : 1;

        if (first > d->upto)
            break;
        if (n == RANGES_MAX)
            return err_set(err, ERR_TOO_LARGE, "there are more than %d live imports", RANGES_MAX);
        TRY(store_range_add(d->ctx->store, first, &ranges[n], err));
        TRY(fill_wholly(d, &ranges[n++], out, err));
    }
    return d->ctx->in_haste ? ERR_OK : merge_some(d, ranges, n, err);
}

enum err_code drain(const struct drain_ctx *ctx, struct drain_summary *out, struct err *err)
{
    struct draining *d = xcalloc(1, sizeof(*d));
    struct range *ranges = xcalloc(RANGES_MAX, sizeof(*ranges));
    enum err_code rc;

    *out = (struct drain_summary){0};
    d->ctx = ctx;
    d->upto = journal_last(ctx->journal);
    d->arena = (struct arena)ARENA_INIT(16 << 20);
    d->run = (struct live_run){.sink = {put, d},
                               .parser = json_parser_new(JOURNAL_BODY_MAX),
                               .arena = &d->arena,
                               .currency = ctx->settings->currency,
                               .country = ctx->settings->country};
    rc = live_guard_open(ctx->store, ctx->journal, ctx->settings, &d->guard, err);
    if (rc == ERR_OK)
        rc = drain_ranges(d, ranges, out, err);
    if (rc != ERR_OK)
        err_context(err, "bringing live messages into the analytics engine");
    json_parser_free(d->run.parser);
    arena_release(&d->arena);
    live_guard_free(d->guard);
    free(d->sources);
    free(ranges);
    free(d);
    return rc;
}

enum err_code drain_state(struct store *store, struct journal *journal, struct drain_state *out,
                          struct err *err)
{
    struct range *ranges = xcalloc(RANGES_MAX, sizeof(*ranges));
    struct journal_span span = {0, 0, 0};
    int64_t last = 0;
    size_t n = 0;
    enum err_code rc = store_ranges(store, ranges, RANGES_MAX, &n, err);

    *out = (struct drain_state){0, 0};
    for (size_t i = 0; i < n && rc == ERR_OK; i++) {
        last = ranges[i].end == RANGE_OPEN ? ranges[i].done.last : ranges[i].end;
        if (ranges[i].end != RANGE_OPEN && ranges[i].done.last < ranges[i].end) {
            rc = journal_span(journal, ranges[i].done.last + 1, ranges[i].end, &span, err);
            out->waiting += span.n;
        }
    }
    if (rc == ERR_OK)
        rc = journal_span(journal, last + 1, INT64_MAX, &span, err);
    out->waiting += span.n;
    out->journal_last = span.n ? span.last : last;
    free(ranges);
    return rc;
}
