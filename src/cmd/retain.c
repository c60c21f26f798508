/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/retain.h"

#include "base/log.h"
#include "intake/live/drain.h"

enum { PRUNE_PIECE = 20000 };

static const char under_way_name[] = "retain under way", last_name[] = "retained";

/* ---- the engine's records ----------------------------------------------------------------- */

static enum err_code count_old(struct workspace *ws, const char *statement, int64_t before_us,
                               int64_t *out_n, struct err *err)
{
    const struct param params[] = {PARAM_AT("before", before_us)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out_n = 0;
    if (before_us == TIME_NONE)
        return ERR_OK;
    TRY(engine_query(ws->engine, statement, params, TM_COUNT(params), &res, err));
    while (result_next(res))
        *out_n = result_int(res, 0);
    return result_status(res, err);
}

static enum err_code forget(struct workspace *ws, const char *statement, int64_t before_us,
                            int64_t n, struct err *err)
{
    const struct param params[] = {PARAM_AT("before", before_us)};

    return n ? engine_run(ws->engine, statement, params, TM_COUNT(params), err) : ERR_OK;
}

struct counting {
    struct import_entry *list; /* owned */
    size_t n;
};

static enum err_code keep_entry(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct counting *all = ctx;

    (void)err;
    all->list = xrealloc(all->list, (all->n + 1) * sizeof(*all->list));
    all->list[all->n++] = *entry;
    return ERR_OK;
}

static enum err_code recount_one(struct workspace *ws, const struct holdings *holdings,
                                 struct import_entry *entry, struct err *err)
{
    static const enum record_kind kinds[] = {RECORD_EVENT, RECORD_MESSAGE};
    const struct holding has = holdings_of(holdings, entry->id);
    bool other = false;

    for (size_t i = 0; i < TM_COUNT(kinds); i++) {
        other = other || has.records[kinds[i]] < entry->records[kinds[i]];
        if (has.records[kinds[i]] < entry->records[kinds[i]])
            entry->records[kinds[i]] = has.records[kinds[i]];
    }
    return other ? store_import_update(ws->store, entry, err) : ERR_OK;
}

/* Imports have as many events and messages as are there now: fewer is what was wanted. */
static enum err_code recount(struct workspace *ws, struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings holdings = {0};
    struct counting all = {NULL, 0};
    enum err_code rc = holdings_read(ws->engine, &holdings, err);

    if (rc == ERR_OK)
        rc = store_import_each(ws->store, IMPORT_DONE, keep_entry, &all, err);
    for (size_t i = 0; i < all.n && rc == ERR_OK; i++)
        rc = recount_one(ws, &holdings, &all.list[i], err);
    free(all.list);
    return rc == ERR_OK ? store_put(ws->store, under_way_name, STR_NONE, err) : rc;
}

/* Noted first: were the process to end in between, the counts are set right the next time. */
static enum err_code forget_records(struct workspace *ws, const struct retained *r, struct err *err)
{
    if (r->events + r->messages == 0)
        return ERR_OK;
    TRY(store_put(ws->store, under_way_name, STR_LIT("1"), err));
    TRY(forget(ws, "import/forget_event", r->events_from, r->events, err));
    TRY(forget(ws, "import/forget_message", r->messages_from, r->messages, err));
    return recount(ws, err);
}

static enum err_code finish_earlier(struct workspace *ws, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(16);
    bool found;

    TRY(store_get(ws->store, under_way_name, &kept, &found, err));
    return found && kept.n ? recount(ws, err) : ERR_OK;
}

/* ---- the journal -------------------------------------------------------------------------- */

/* The number up to which all messages are in the engine. */
static enum err_code covered(struct workspace *ws, int64_t *out_last, struct err *err)
{
    struct range *ranges = xcalloc(RANGES_MAX, sizeof(*ranges));
    size_t n = 0;
    enum err_code rc = store_ranges(ws->store, ranges, RANGES_MAX, &n, err);
    bool whole = true;

    *out_last = 0;
    for (size_t i = 0; i < n && whole && rc == ERR_OK; i++) {
        *out_last = ranges[i].done.last;
        whole = ranges[i].done.last == ranges[i].end;
    }
    free(ranges);
    return rc;
}

struct old_live {
    int64_t before_us, n;
};

static enum err_code count_live(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct old_live *old = ctx;

    if (entry->received_us >= old->before_us)
        return err_set(err, ERR_CANCELLED, "the rest is newer");
    old->n++;
    return ERR_OK;
}

static enum err_code look_at_journal(struct journal *journal, int64_t last, struct retained *io,
                                     struct err *err)
{
    struct old_live old = {.before_us = io->live_from};
    enum err_code rc = journal_each(journal, 1, last, INT64_MAX, count_live, &old, err);

    if (rc == ERR_CANCELLED) {
        *err = ERR_INIT;
        rc = ERR_OK;
    }
    io->live = old.n;
    return rc;
}

static enum err_code prune(struct journal *journal, int64_t last, struct retained *io,
                           struct err *err)
{
    int64_t n = 0;

    do {
        TRY(journal_prune(journal, io->live_from, last, PRUNE_PIECE, &n, err));
        io->live += n;
    } while (n > 0);
    return ERR_OK;
}

static enum err_code retain_live(struct workspace *ws, struct journal *journal, bool only_look,
                                 struct retained *io, struct err *err)
{
    int64_t last = 0;

    if (!journal || io->live_from == TIME_NONE)
        return ERR_OK;
    TRY(covered(ws, &last, err));
    if (last == 0)
        return ERR_OK;
    return only_look ? look_at_journal(journal, last, io, err) : prune(journal, last, io, err);
}

/* ---- doors -------------------------------------------------------------------------------- */

static int64_t begin_of(int days)
{
    return days ? timestamp_now() - days * US_PER_DAY : TIME_NONE;
}

static enum err_code note_done(struct workspace *ws, struct err *err)
{
    char now[32];

    snprintf(now, sizeof(now), "%" PRId64, timestamp_now());
    return store_put(ws->store, last_name, str_of(now), err);
}

enum err_code retain(struct workspace *ws, struct journal *journal, bool only_look,
                     struct retained *out, struct err *err)
{
    *out = (struct retained){.events_from = begin_of(ws->settings.keep_events),
                             .messages_from = begin_of(ws->settings.keep_messages),
                             .live_from = begin_of(ws->settings.keep_live)};
    TRY(finish_earlier(ws, err));
    TRY(count_old(ws, "import/old_event", out->events_from, &out->events, err));
    TRY(count_old(ws, "import/old_message", out->messages_from, &out->messages, err));
    TRY(retain_live(ws, journal, only_look, out, err));
    if (only_look)
        return ERR_OK;
    TRY(forget_records(ws, out, err));
    if (out->events + out->messages + out->live)
        log_line(LOG_INFO, "cmd",
                 "kept no longer events=%" PRId64 " messages=%" PRId64 " live=%" PRId64,
                 out->events, out->messages, out->live);
    return note_done(ws, err);
}

enum err_code retain_daily(struct workspace *ws, struct journal *journal, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(64);
    const struct settings *s = &ws->settings;
    struct retained done;
    bool found;

    if (!s->keep_events && !s->keep_messages && !s->keep_live)
        return ERR_OK;
    TRY(store_get(ws->store, last_name, &kept, &found, err));
    if (found && kept.n && strtoll(buf_cstr(&kept), NULL, 10) > timestamp_now() - US_PER_DAY)
        return ERR_OK;
    return retain(ws, journal, false, &done, err);
}
