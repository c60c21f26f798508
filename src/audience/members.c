/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/members.h"

#include "audience/fold.h"
#include "audience/sql.h"
#include "base/timestamp.h"

enum {
    RANGE_PEOPLE = 40000, /* of one statement */
    BATCH = 64            /* segments of one statement */
};
static const int64_t stale_us = 2 * US_PER_DAY;

/* ---- the tables ---------------------------------------------------------------------------- */

static enum err_code read_one(struct engine *engine, const char *statement, uint64_t *out_first,
                              uint64_t *out_second, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out_first = *out_second = 0;
    TRY(engine_query(engine, statement, NULL, 0, &res, err));
    while (result_next(res)) {
        *out_first = result_uint(res, 0);
        if (result_column_count(res) > 1)
            *out_second = result_uint(res, 1);
    }
    return result_status(res, err);
}

/* What is resolved: its time and zone. */
struct resolved {
    bool known;
    int64_t as_of;
    char zone[64];
    int decimals;
    char currency[4];
};

static enum err_code read_resolved(struct engine *engine, struct resolved *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out = (struct resolved){.known = false};
    TRY(engine_query(engine, "insight/resolved", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str zone = result_text(res, result_column(res, "time_zone"));
        struct str currency = result_text(res, result_column(res, "currency"));

        out->known = true;
        out->as_of = result_int(res, result_column(res, "as_of"));
        out->decimals = (int)result_int(res, result_column(res, "decimals"));
        snprintf(out->zone, sizeof(out->zone), "%.*s", (int)zone.n, zone.p);
        snprintf(out->currency, sizeof(out->currency), "%.*s", (int)currency.n, currency.p);
    }
    TRY(result_status(res, err));
    if (out->known)
        return ERR_OK;
    err_set(err, ERR_NOT_FOUND, "there are no records yet that segments could be asked of");
    err_hint(err, "Import orders, customers, events or messages first.");
    return ERR_NOT_FOUND;
}

static enum err_code make_tables(struct engine *engine, const char *zone, struct err *err)
{
    static const char *const makes[] = {"person",  "order",   "line",  "event",
                                        "message", "consent", "refund"};
    struct buf from = BUF_INIT(8192), to = BUF_INIT(8192);
    uint64_t shops, none;
    enum err_code rc;

    TRY(read_one(engine, "identity/shops", &shops, &none, err));
    fold_rows(&from, &to);
    const struct param params[] = {PARAM_STRZ("tz", zone), PARAM_I64("scoped", shops > 1),
                                   PARAM_STR("fold_from", buf_str(&from)),
                                   PARAM_STR("fold_to", buf_str(&to))};
    struct param picked[TM_COUNT(params)];

    rc = engine_run(engine, "resolve/clear_audience_made", NULL, 0, err);
    for (size_t i = 0; i < TM_COUNT(makes) && rc == ERR_OK; i++) {
        char clear[64], make[64];
        size_t n;

        snprintf(clear, sizeof(clear), "resolve/clear_audience_%s", makes[i]);
        snprintf(make, sizeof(make), "audience/make_%s", makes[i]);
        n = engine_pick_params(engine, make, params, TM_COUNT(params), picked);
        rc = engine_run(engine, clear, NULL, 0, err);
        if (rc == ERR_OK)
            rc = engine_run(engine, make, picked, n, err);
    }
    buf_release(&from);
    buf_release(&to);
    return rc;
}

enum err_code audience_make_aside(struct engine *engine, const char *zone, struct err *err)
{
    return make_tables(engine, zone[0] ? zone : "UTC", err);
}

enum err_code audience_note(struct engine *engine, struct err *err)
{
    TRY(engine_run(engine, "resolve/clear_audience_made", NULL, 0, err));
    return engine_run(engine, "audience/note_made", NULL, 0, err);
}

enum err_code audience_is_ready(struct engine *engine, bool *out, struct err *err)
{
    uint64_t fresh, people;

    TRY(read_one(engine, "audience/made", &fresh, &people, err));
    *out = fresh != 0;
    return ERR_OK;
}

enum err_code audience_prepare(struct engine *engine, struct err *err)
{
    struct resolved resolved;
    uint64_t fresh, people;

    TRY(read_resolved(engine, &resolved, err));
    TRY(read_one(engine, "audience/made", &fresh, &people, err));
    if (fresh)
        return ERR_OK;
    TRY(make_tables(engine, resolved.zone, err));
    return audience_note(engine, err);
}

enum err_code audience_now_read(struct engine *engine, struct audience_now *out, struct err *err)
{
    struct resolved resolved;
    struct zone *zone = NULL;
    struct civil c;

    TRY(read_resolved(engine, &resolved, err));
    TRY(zone_open(resolved.zone, &zone, err));
    out->now_us = timestamp_now();
    if (out->now_us - resolved.as_of > stale_us)
        out->now_us = resolved.as_of;
    c = zone_from_utc(zone, out->now_us);
    out->today = civil_to_days(c.year, c.month, c.day);
    out->decimals = resolved.decimals;
    memcpy(out->currency, resolved.currency, sizeof(out->currency));
    zone_close(zone);
    return ERR_OK;
}

/* ---- everybody ----------------------------------------------------------------------------- */

struct run {
    struct engine *engine;
    struct audience_set *set;
    const struct audience_now *now;
    int64_t *counts;
    uint64_t people;
    size_t only; /* or AUDIENCE_ALL */
    bool writes;
    struct audience_rebuilding *steps; /* NULL: all at once, without a word */
    size_t step, step_count;
};

/* How many belong, in one range of people. */
static enum err_code count_range(struct run *run, struct sql *s, const size_t *segments, size_t n,
                                 struct err *err)
{
    struct buf text = BUF_INIT(8 << 20);
    struct result *res = NULL;
    enum err_code rc;

    buf_addz(&text, "SELECT ");
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%ssum(g%zu) AS n%zu", i ? ", " : "", segments[i], i);
    buf_addz(&text, "\nFROM (");
    buf_adds(&text, buf_str(&s->text));
    buf_addc(&text, ')');
    const struct statement made = {.name = "segments/count", .text = buf_cstr(&text)};

    rc = buf_check(&text, err);
    if (rc == ERR_OK)
        rc = engine_query_made(run->engine, &made, s->params, s->types, s->param_count, &res, err);
    while (rc == ERR_OK && result_next(res))
        for (size_t i = 0; i < n; i++)
            run->counts[segments[i]] += (int64_t)result_uint(res, i);
    if (rc == ERR_OK)
        rc = result_status(res, err);
    result_free(res); /* before the text that it is of */
    buf_release(&text);
    return rc;
}

static enum err_code write_range(struct run *run, struct sql *s, const size_t *segments, size_t n,
                                 struct err *err)
{
    struct buf text = BUF_INIT(8 << 20);
    enum err_code rc;

    buf_addz(&text, "INSERT INTO audience_member\nSELECT arrayJoin(arrayFilter((s, g) -> g = 1, [");
    for (size_t i = 0; i < n; i++) {
        buf_addz(&text, i ? ", " : "");
        sql_int(s, &text, run->set->segments[segments[i]].id);
    }
    buf_addz(&text, "], [");
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%sg%zu", i ? ", " : "", segments[i]);
    buf_addz(&text, "])) AS segment, person\nFROM (");
    buf_adds(&text, buf_str(&s->text));
    buf_addc(&text, ')');
    const struct statement made = {.name = "segments/rebuild", .text = buf_cstr(&text)};

    rc = buf_check(&text, err);
    if (rc == ERR_OK)
        rc = engine_run_made(run->engine, &made, s->params, s->types, s->param_count, err);
    buf_release(&text);
    return rc;
}

static uint64_t ranges_of(const struct run *run)
{
    return run->people / RANGE_PEOPLE + 1;
}

static enum err_code run_range(struct run *run, const size_t *segments, size_t n, uint64_t low,
                               uint64_t high, struct err *err)
{
    struct sql s;
    enum err_code rc;

    sql_begin(&s, run->set, run->now);
    rc = sql_people(&s, segments, n, low, high, err);
    if (rc == ERR_OK)
        rc = (run->writes ? write_range : count_range)(run, &s, segments, n, err);
    sql_release(&s);
    return rc;
}

/* Whether the next step is to be done, which another call may have done already. */
static enum err_code begin_step(struct run *run, bool *out_do, struct err *err)
{
    struct audience_rebuilding *steps = run->steps;

    *out_do = !steps || run->step++ >= steps->steps;
    return *out_do && steps && steps->go_on
               ? steps->go_on(steps->ctx, (double)steps->steps / (double)run->step_count, err)
               : ERR_OK;
}

/* Segments together, range by range. */
static enum err_code run_together(struct run *run, const size_t *segments, size_t n,
                                  struct err *err)
{
    uint64_t ranges = ranges_of(run), width = UINT64_MAX / ranges;

    for (size_t i = 0; i < n; i++)
        run->counts[segments[i]] = 0;
    for (uint64_t r = 0; r < ranges; r++) {
        bool due;

        TRY(begin_step(run, &due, err));
        if (!due)
            continue;
        TRY(run_range(run, segments, n, r * width + (r ? 1 : 0),
                      r + 1 == ranges ? UINT64_MAX : (r + 1) * width, err));
        if (run->steps)
            run->steps->steps++;
    }
    return ERR_OK;
}

static bool is_its_own(enum err_code rc)
{
    return rc == ERR_ENGINE || rc == ERR_TOO_LARGE || rc == ERR_MEMORY;
}

/* When they cannot be answered together each stands alone, and the one at fault falls. */
static enum err_code run_batch(struct run *run, const size_t *segments, size_t n, struct err *err)
{
    struct err failure = ERR_INIT;
    enum err_code rc = run_together(run, segments, n, &failure);

    if (rc == ERR_OK)
        return ERR_OK;
    if (!is_its_own(rc)) {
        *err = failure;
        return rc;
    }
    run->steps = NULL; /* from now on all at once */
    if (n == 1) {
        run->set->segments[segments[0]].err = failure;
        run->counts[segments[0]] = -1;
        return ERR_OK;
    }
    TRY(run_batch(run, segments, n / 2, err));
    return run_batch(run, segments + n / 2, n - n / 2, err);
}

static enum err_code run_all(struct run *run, struct err *err)
{
    size_t list[BATCH], n = 0;
    uint64_t fresh;

    TRY(read_one(run->engine, "audience/made", &fresh, &run->people, err));
    run->step_count = (run->set->n / BATCH + 1) * ranges_of(run);
    for (size_t i = 0; i < run->set->n; i++) {
        run->counts[i] = -1;
        if (run->set->segments[i].tree && (run->only == AUDIENCE_ALL || run->only == i))
            list[n++] = i;
        if (n == BATCH || (n && i + 1 == run->set->n)) {
            TRY(run_batch(run, list, n, err));
            n = 0;
        }
    }
    return ERR_OK;
}

enum err_code audience_count(struct engine *engine, struct audience_set *set,
                             const struct audience_now *now, size_t only, int64_t *out_counts,
                             int64_t *out_people, struct err *err)
{
    struct run run = {.engine = engine, .set = set, .now = now, .counts = out_counts, .only = only};
    struct err unused = ERR_INIT;
    enum err_code rc = run_all(&run, err ? err : &unused);

    *out_people = (int64_t)run.people;
    return rc;
}

enum err_code audience_rebuild(struct engine *engine, struct audience_set *set,
                               const struct audience_now *now, struct audience_rebuilding *io,
                               int64_t *out_counts, int64_t *out_people, struct err *err)
{
    struct run run = {.engine = engine,
                      .set = set,
                      .now = now,
                      .counts = out_counts,
                      .only = AUDIENCE_ALL,
                      .writes = true,
                      .steps = io};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err unused = ERR_INIT;

    if (!io->steps)
        TRY(engine_run(engine, "resolve/clear_audience_member", NULL, 0, err));
    TRY(run_all(&run, err ? err : &unused));
    *out_people = (int64_t)run.people;
    TRY(engine_query(engine, "audience/counts", NULL, 0, &res, err));
    while (result_next(res))
        for (size_t i = 0; i < set->n; i++)
            if (out_counts[i] >= 0 && set->segments[i].id == result_int(res, 0))
                out_counts[i] = (int64_t)result_uint(res, 1);
    return result_status(res, err);
}

enum err_code audience_members(struct engine *engine, int64_t segment, struct result **out,
                               struct err *err)
{
    const struct param params[] = {PARAM_I64("segment", segment)};

    return engine_query(engine, "audience/members", params, TM_COUNT(params), out, err);
}

/* ---- lists --------------------------------------------------------------------------------- */

/* People of one range, read whole before they are handed on: who takes them may ask the engine. */
struct listing {
    const struct audience_set *set;
    const struct audience_now *now;
    size_t in, out;
    uint64_t *people; /* owned */
    size_t n, room;
    int64_t left;
};

static enum err_code read_list_of(struct engine *engine, struct listing *l, struct sql *s,
                                  struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(8 << 20);
    TM_CLEANUP(result_freep) struct result *res = NULL;

    buf_addz(&text, "SELECT person, toUInt8(");
    if (l->out == AUDIENCE_ALL)
        buf_addz(&text, "0");
    else
        buf_addf(&text, "g%zu", l->out);
    buf_addz(&text, ") AS left_out\nFROM (");
    buf_adds(&text, buf_str(&s->text));
    buf_addf(&text, ")\nWHERE g%zu = 1\nORDER BY person", l->in);
    const struct statement made = {.name = "segments/list", .text = buf_cstr(&text)};

    TRY(buf_check(&text, err));
    TRY(engine_query_made(engine, &made, s->params, s->types, s->param_count, &res, err));
    while (result_next(res)) {
        if (result_uint(res, 1)) {
            l->left++;
            continue;
        }
        if (l->n == l->room) {
            l->room = 2 * l->room + 1024;
            l->people = xrealloc(l->people, l->room * sizeof(*l->people));
        }
        l->people[l->n++] = result_uint(res, 0);
    }
    return result_status(res, err);
}

static enum err_code list_range(struct engine *engine, struct listing *l, uint64_t low,
                                uint64_t high, struct err *err)
{
    const size_t segments[] = {l->in, l->out};
    struct sql s;
    enum err_code rc;

    l->n = 0;
    sql_begin(&s, l->set, l->now);
    rc = sql_people(&s, segments, l->out == AUDIENCE_ALL ? 1 : 2, low, high, err);
    if (rc == ERR_OK)
        rc = read_list_of(engine, l, &s, err);
    sql_release(&s);
    return rc;
}

enum err_code audience_list(struct engine *engine, const struct audience_set *set,
                            const struct audience_now *now, size_t in, size_t out,
                            audience_take *take, void *ctx, int64_t *out_left, struct err *err)
{
    struct listing l = {.set = set, .now = now, .in = in, .out = out};
    uint64_t fresh, people, ranges, width;
    enum err_code rc = ERR_OK;

    TRY(read_one(engine, "audience/made", &fresh, &people, err));
    ranges = people / RANGE_PEOPLE + 1;
    width = UINT64_MAX / ranges;
    for (uint64_t r = 0; r < ranges && rc == ERR_OK; r++) {
        rc = list_range(engine, &l, r * width + (r ? 1 : 0),
                        r + 1 == ranges ? UINT64_MAX : (r + 1) * width, err);
        if (rc == ERR_OK && l.n)
            rc = take(ctx, l.people, l.n, err);
    }
    free(l.people);
    *out_left = l.left;
    return rc;
}
