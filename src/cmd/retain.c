/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/retain.h"

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/person.h"
#include "cmd/records.h"
#include "intake/live/drain.h"
#include "privacy/idle.h"
#include "store/access.h"

enum { PRUNE_PIECE = 20000 };

const char *const retain_names[RETAIN_KINDS] = {[RETAIN_EVENTS] = "events",
                                                [RETAIN_MESSAGES] = "messages",
                                                [RETAIN_LIVE] = "live",
                                                [RETAIN_PEOPLE] = "people",
                                                [RETAIN_STORE + KEPT_REASONS] = "reasons",
                                                [RETAIN_STORE + KEPT_MARKS] = "marks",
                                                [RETAIN_STORE + KEPT_AUDIT] = "audit",
                                                [RETAIN_STORE + KEPT_ERASURES] = "erasures"};

static const char under_way_name[] = "retain under way", last_name[] = "retained",
                  people_name[] = "people retained";

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
    if (r->n[RETAIN_EVENTS] + r->n[RETAIN_MESSAGES] == 0)
        return ERR_OK;
    TRY(store_put(ws->store, under_way_name, STR_LIT("1"), err));
    TRY(forget(ws, "import/forget_event", r->from[RETAIN_EVENTS], r->n[RETAIN_EVENTS], err));
    TRY(forget(ws, "import/forget_message", r->from[RETAIN_MESSAGES], r->n[RETAIN_MESSAGES], err));
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
    struct old_live old = {.before_us = io->from[RETAIN_LIVE]};
    enum err_code rc = journal_each(journal, 1, last, INT64_MAX, count_live, &old, err);

    if (rc == ERR_CANCELLED) {
        *err = ERR_INIT;
        rc = ERR_OK;
    }
    io->n[RETAIN_LIVE] = old.n;
    return rc;
}

static enum err_code prune(struct journal *journal, int64_t last, struct retained *io,
                           struct err *err)
{
    int64_t n = 0;

    do {
        TRY(journal_prune(journal, io->from[RETAIN_LIVE], last, PRUNE_PIECE, &n, err));
        io->n[RETAIN_LIVE] += n;
    } while (n > 0);
    return ERR_OK;
}

static enum err_code retain_live(struct workspace *ws, struct journal *journal, bool only_look,
                                 struct retained *io, struct err *err)
{
    int64_t last = 0;

    if (!journal || io->from[RETAIN_LIVE] == TIME_NONE)
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

/* On record, with what went. */
static enum err_code note_done(struct workspace *ws, const struct retained *r, const char *name,
                               struct err *err)
{
    struct audit_entry entry = {
        .at_us = timestamp_now(), .actor = "tidemark", .action = "retain", .status = 200};
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1024);
    char now[32];

    for (int i = 0; i < RETAIN_KINDS; i++)
        if (r->n[i])
            buf_addf(&text, "%s%s=%" PRId64, text.n ? " " : "", retain_names[i], r->n[i]);
    log_line(LOG_INFO, "cmd", "kept no longer: %s", text.n ? buf_cstr(&text) : "nothing");
    snprintf(entry.object, sizeof(entry.object), "%s", text.n ? buf_cstr(&text) : "nothing");
    TRY(store_audit_add(ws->store, &entry, 1, err));
    snprintf(now, sizeof(now), "%" PRId64, timestamp_now());
    return store_put(ws->store, name, str_of(now), err);
}

static enum err_code retain_store(struct workspace *ws, bool only_look, struct retained *io,
                                  struct err *err)
{
    for (int k = 0; k < STORE_KEPT; k++) {
        enum err_code (*act)(struct store *, enum store_kept, int64_t, int64_t *, struct err *) =
            only_look ? store_kept_count : store_kept_remove;

        if (io->from[RETAIN_STORE + k] != TIME_NONE)
            TRY(act(ws->store, (enum store_kept)k, io->from[RETAIN_STORE + k],
                    &io->n[RETAIN_STORE + k], err));
    }
    return ERR_OK;
}

static void set_begins(const struct settings *s, struct retained *out)
{
    const int days[RETAIN_KINDS] = {[RETAIN_EVENTS] = s->keep_events,
                                    [RETAIN_MESSAGES] = s->keep_messages,
                                    [RETAIN_LIVE] = s->keep_live,
                                    [RETAIN_PEOPLE] = s->keep_people,
                                    [RETAIN_STORE + KEPT_REASONS] = s->keep_reasons,
                                    [RETAIN_STORE + KEPT_MARKS] = s->keep_marks,
                                    [RETAIN_STORE + KEPT_AUDIT] = s->keep_audit,
                                    [RETAIN_STORE + KEPT_ERASURES] = s->keep_erasures};

    *out = (struct retained){0};
    for (int i = 0; i < RETAIN_KINDS; i++)
        out->from[i] = begin_of(days[i]);
}

/* All but people. */
static enum err_code retain_records(struct workspace *ws, struct journal *journal, bool only_look,
                                    struct retained *io, struct err *err)
{
    TRY(finish_earlier(ws, err));
    TRY(count_old(ws, "import/old_event", io->from[RETAIN_EVENTS], &io->n[RETAIN_EVENTS], err));
    TRY(count_old(ws, "import/old_message", io->from[RETAIN_MESSAGES], &io->n[RETAIN_MESSAGES],
                  err));
    TRY(retain_live(ws, journal, only_look, io, err));
    TRY(retain_store(ws, only_look, io, err));
    return only_look ? ERR_OK : forget_records(ws, io, err);
}

static enum err_code retain_people(const struct erase_ctx *ctx, int64_t read_us, bool only_look,
                                   struct retained *io, struct err *err)
{
    const struct idle_wish wish = {.before_us = io->from[RETAIN_PEOPLE],
                                   .read_us = read_us,
                                   .most = only_look ? 0 : RETAIN_PEOPLE_MOST};
    int64_t idle = 0, gone = 0;
    enum err_code rc = idle_erase(ctx, &wish, &idle, &gone, err);

    progress_clear();
    io->n[RETAIN_PEOPLE] = only_look ? idle : gone;
    io->people_left = only_look ? 0 : idle - gone;
    return rc;
}

/* Before events and messages go, by which it is known who was there. */
static enum err_code retain_own_people(struct workspace *ws, struct journal *journal,
                                       bool only_look, struct retained *io, struct err *err)
{
    struct erase_ctx ctx = person_erase_ctx(ws);
    struct view_context context;
    enum err_code rc;

    if (io->from[RETAIN_PEOPLE] == TIME_NONE)
        return ERR_OK;
    ctx.journal = journal;
    rc = records_make_fresh(ws, NULL, &context, err);
    if (rc == ERR_NOT_FOUND) { /* no dated record: nobody is known */
        *err = ERR_INIT;
        return ERR_OK;
    }
    TRY(rc);
    return retain_people(&ctx, timestamp_now(), only_look, io, err);
}

enum err_code retain(struct workspace *ws, struct journal *journal, bool only_look,
                     struct retained *out, struct err *err)
{
    set_begins(&ws->settings, out);
    TRY(retain_own_people(ws, journal, only_look, out, err));
    TRY(retain_records(ws, journal, only_look, out, err));
    return only_look ? ERR_OK : note_done(ws, out, last_name, err);
}

/* Whether a day has passed. */
static enum err_code is_due(struct workspace *ws, const char *name, bool *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(64);
    bool found;

    TRY(store_get(ws->store, name, &kept, &found, err));
    *out = !found || !kept.n || strtoll(buf_cstr(&kept), NULL, 10) <= timestamp_now() - US_PER_DAY;
    return ERR_OK;
}

enum err_code retain_daily(struct workspace *ws, struct journal *journal, struct err *err)
{
    struct retained done;
    bool due = false;

    set_begins(&ws->settings, &done);
    done.from[RETAIN_PEOPLE] = TIME_NONE;
    for (int i = 0; i < RETAIN_KINDS; i++)
        due = due || done.from[i] != TIME_NONE;
    if (due)
        TRY(is_due(ws, last_name, &due, err));
    if (!due)
        return ERR_OK;
    TRY(retain_records(ws, journal, false, &done, err));
    return note_done(ws, &done, last_name, err);
}

enum err_code retain_people_daily(struct workspace *ws, const struct erase_ctx *ctx,
                                  int64_t read_us, int64_t *out_gone, struct err *err)
{
    struct retained done;
    bool due = false;

    *out_gone = 0;
    set_begins(&ws->settings, &done);
    if (done.from[RETAIN_PEOPLE] == TIME_NONE || read_us == TIME_NONE)
        return ERR_OK;
    TRY(is_due(ws, people_name, &due, err));
    if (!due)
        return ERR_OK;
    TRY(retain_people(ctx, read_us, false, &done, err));
    *out_gone = done.n[RETAIN_PEOPLE];
    return note_done(ws, &done, people_name, err);
}
