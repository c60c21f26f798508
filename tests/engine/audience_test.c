/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Segments over everybody and in memory: the same members, for random segments and random people;
 * also where only those rows are loaded that the segments read, and whose answer time changes is
 * among those of whom that is said.
 *
 * TIDEMARK_TEST_LONG=1: 10,000 segments x 1,000 people. */
#include "live.h"

#include "audience/fold.h"
#include "audience/index.h"
#include "audience/members.h"
#include "audience/sql.h"
#include "audience_people.h"
#include "audience_random.h"
#include "base/i18n.h"

static const struct audience_now now = {
    .now_us = INT64_C(1795162500250001), .today = 20777, .decimals = 2};

/* ---- both ways ----------------------------------------------------------------------------- */

enum { TOGETHER = 20 };

struct person {
    uint64_t id;
    struct audience_facts *facts;
};

static struct person *people;
static size_t people_count;
static size_t compared, members;

static void compare_row(const struct audience_set *set, struct result *res)
{
    const struct person *one = people;
    static size_t shown;

    while (one < people + people_count && one->id != result_uint(res, 0))
        one++;
    if (one == people + people_count) {
        CHECK_MSG(false, "somebody nobody knows");
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        bool in = result_int(res, i + 1) != 0;

        compared++;
        members += in;
        if (audience_holds(set, i, one->facts, &now) == in)
            continue;
        if (shown++ < 5)
            CHECK_MSG(false, "%" PRIu64 " is %s by SQL: %.*s", one->id, in ? "in" : "out",
                      (int)set->segments[i].text.n, set->segments[i].text.p);
        else
            tap_failed++;
    }
}

static void compare_set(struct engine *e, struct audience_set *set)
{
    struct result *res = NULL;
    size_t all[TOGETHER], rows = 0;
    struct sql s;

    for (size_t i = 0; i < set->n; i++)
        all[i] = i;
    sql_begin(&s, set, &now);
    CHECK_OK(sql_people(&s, all, set->n, 0, UINT64_MAX, &live_err), live_err);
    const struct statement made = {.name = "test/people", .text = buf_cstr(&s.text)};
    enum err_code rc =
        engine_query_made(e, &made, s.params, s.types, s.param_count, &res, &live_err);

    if (rc != ERR_OK) {
        CHECK_MSG(false, "%s\n%s", live_err.msg, buf_cstr(&s.text));
    } else {
        while (result_next(res)) {
            compare_row(set, res);
            rows++;
        }
        CHECK_OK(result_status(res, &live_err), live_err);
        CHECK_MSG(rows == people_count, "everybody is asked once");
    }
    result_free(res);
    sql_release(&s);
}

/* ---- with fewer rows ----------------------------------------------------------------------- */

struct fewer {
    const struct audience_set *set;
    size_t n, bytes, all_bytes;
};

static enum err_code compare_fewer(void *ctx, uint64_t person, struct audience_facts *facts,
                                   struct err *err)
{
    const struct person *one = people;
    struct fewer *f = ctx;

    (void)err;
    while (one < people + people_count && one->id != person)
        one++;
    CHECK_MSG(one < people + people_count && facts, "somebody nobody knows");
    for (size_t i = 0; facts && i < f->set->n; i++)
        if (audience_holds(f->set, i, facts, &now) != audience_holds(f->set, i, one->facts, &now))
            CHECK_MSG(false, "%" PRIu64 " with the rows that are read: %.*s", person,
                      (int)f->set->segments[i].text.n, f->set->segments[i].text.p);
    f->n++;
    f->bytes += facts ? audience_facts_bytes(facts) : 0;
    f->all_bytes += audience_facts_bytes(one->facts);
    audience_facts_free(facts);
    return ERR_OK;
}

/* Of whom time alone changes an answer. */
static void compare_timed(struct engine *e, const struct audience_set *set,
                          const struct audience_rows *rows)
{
    struct audience_index *index = audience_index_new(set);
    uint64_t *timed = NULL;
    size_t n = 0, missing = 0;

    CHECK_OK(audience_load_timed(e, rows, now.now_us, people_count, &timed, &n, &live_err),
             live_err);
    for (size_t i = 0; i < people_count; i++) {
        struct audience_verdicts v = {.in = NULL};
        bool said = false;

        audience_judge(index, people[i].facts, &now, NULL, &v);
        for (size_t k = 0; k < n; k++)
            said |= timed[k] == people[i].id;
        missing += v.until_us < INT64_MAX && !said;
        audience_verdicts_release(&v);
    }
    CHECK_INT(missing, 0);
    free(timed);
    audience_index_free(index);
}

static void compare_loaded(struct engine *e, const struct audience_set *set)
{
    struct fewer f = {.set = set};
    struct audience_rows rows;
    uint64_t *all = xcalloc(people_count, sizeof(*all));
    struct audience_loading loading = {
        .people = all, .n = people_count, .rows = &rows, .today = now.today, .most = 1000};

    for (size_t i = 0; i < people_count; i++)
        all[i] = people[i].id;
    audience_rows_of(set, &rows);
    CHECK_OK(audience_load_some(e, &loading, compare_fewer, &f, &live_err), live_err);
    CHECK_INT(f.n, people_count);
    CHECK(f.bytes <= f.all_bytes);
    compare_timed(e, set, &rows);
    audience_rows_release(&rows);
    free(all);
}

/* What a few segments read is loaded, and nothing else. */
static void test_few_rows(struct engine *e)
{
    struct audience_segment list[] = {
        {.id = 1, .name = "a", .text = STR_LIT("events('cart_add', date >= -2d)")},
        {.id = 2, .name = "b", .text = STR_LIT("messages(kind = 'clicked') OR amount_spent > 5")},
    };
    struct audience_set set = {list, TM_COUNT(list)};
    struct fewer f = {.set = &set};
    struct audience_rows rows;
    struct audience_loading loading = {
        .people = &people[3].id, .n = 1, .rows = &rows, .today = now.today, .most = 1000};

    audience_set_link(&set, &now);
    audience_rows_of(&set, &rows);
    CHECK_INT(rows.n, 3);
    compare_loaded(e, &set);
    for (size_t i = 0; i < 20; i++) {
        loading.people = &people[i].id;
        CHECK_OK(audience_load_some(e, &loading, compare_fewer, &f, &live_err), live_err);
    }
    CHECK_MSG(f.bytes * 10 < f.all_bytes * 9, "%zu of %zu bytes", f.bytes, f.all_bytes);
    audience_rows_release(&rows);
    audience_set_release(&set);
}

/* Rows that are still to come, and rows of other names: who is waited for is looked at, and nobody
 * else. */
static void test_moments(struct engine *e)
{
    struct audience_segment list[] = {
        {.id = 1, .name = "a", .text = STR_LIT("messages(time > -0min)")},
        {.id = 2, .name = "b", .text = STR_LIT("messages(time >= -95h, kind = 'unsubscribed')")},
    };
    struct audience_set set = {list, TM_COUNT(list)};

    audience_set_link(&set, &now);
    compare_loaded(e, &set);
    audience_set_release(&set);
}

static void test_random(struct engine *e, size_t segments)
{
    for (size_t from = 0; from < segments; from += TOGETHER) {
        struct audience_segment list[TOGETHER] = {{0}};
        struct audience_set set = {list, TOGETHER};
        struct buf texts[TOGETHER];
        char names[TOGETHER][8];

        for (unsigned i = 0; i < TOGETHER; i++) {
            texts[i] = BUF_INIT(AUDIENCE_TEXT_MAX);
            snprintf(names[i], sizeof(names[i]), "s%u", i);
            add_any(&texts[i], 3, i < 7 ? i : 7);
            list[i] =
                (struct audience_segment){.id = i, .name = names[i], .text = buf_str(&texts[i])};
        }
        audience_set_link(&set, &now);
        for (size_t i = 0; i < TOGETHER; i++)
            if (list[i].err.code != ERR_OK)
                CHECK_MSG(false, "%s: %s (%s)", list[i].err.msg, list[i].err.hint,
                          buf_cstr(&texts[i]));
        compare_set(e, &set);
        compare_loaded(e, &set);
        audience_set_release(&set);
        for (size_t i = 0; i < TOGETHER; i++)
            buf_release(&texts[i]);
    }
    CHECK_MSG(members > compared / 20 && members < compared - compared / 20,
              "%zu comparisons, %zu of them members", compared, members);
}

static enum err_code keep(void *ctx, uint64_t person, struct audience_facts *facts, struct err *err)
{
    (void)ctx, (void)err;
    people[people_count++] = (struct person){person, facts};
    return ERR_OK;
}

static void make_people(struct engine *e, uint64_t count)
{
    const struct param params[] = {PARAM_I64("people", (int64_t)count), PARAM_I64("seed", 7)};
    struct audience_facts *one = NULL;

    for (size_t i = 0; i < TM_COUNT(people_tables); i++) {
        char name[64];

        snprintf(name, sizeof(name), "test/fill_%s", people_tables[i].name);
        CHECK_OK(engine_run(e, name, params, 2, &live_err), live_err);
    }
    CHECK_OK(engine_run(e, "test/resolved", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "audience/note_made", NULL, 0, &live_err), live_err);
    people = xcalloc(count, sizeof(*people));
    CHECK_OK(audience_load_each(e, 0, UINT64_MAX, keep, NULL, &live_err), live_err);
    CHECK_INT(people_count, count);
    CHECK_OK(audience_load(e, people[3].id, &one, &live_err), live_err);
    audience_facts_free(one);
    CHECK_INT(audience_load(e, 1, &one, &live_err), ERR_NOT_FOUND);
}

/* The same letters in both: all that change, and others around them. */
static void test_fold(struct engine *e)
{
    struct buf all = BUF_INIT(1 << 16), from = BUF_INIT(8192), to = BUF_INIT(8192),
               ours = BUF_INIT(1 << 16);
    TM_CLEANUP(result_freep) struct result *res = NULL;

    fold_rows(&from, &to);
    buf_addz(&all, "สวัสดี ΑΣ İI ẞ 😀 عميل ");
    buf_adds(&all, buf_str(&from));
    buf_adds(&all, buf_str(&to));
    fold_add(&ours, buf_str(&all));
    const struct param params[] = {PARAM_STR("text", buf_str(&all)),
                                   PARAM_STR("fold_from", buf_str(&from)),
                                   PARAM_STR("fold_to", buf_str(&to))};

    CHECK_OK(engine_query(e, "test/fold", params, 3, &res, &live_err), live_err);
    while (result_next(res))
        CHECK(str_eq(result_text(res, 0), buf_str(&ours)));
    CHECK_OK(result_status(res, &live_err), live_err);
    buf_release(&all);
    buf_release(&from);
    buf_release(&to);
    buf_release(&ours);
}

/* Other work goes first, once. */
static enum err_code second_time(void *ctx, double done, struct err *err)
{
    static int asked;

    (void)ctx;
    CHECK(done >= 0 && done < 1);
    return asked++ ? ERR_OK : err_set(err, ERR_BUSY, "other work goes first");
}

static enum err_code never(void *ctx, double done, struct err *err)
{
    (void)ctx, (void)done;
    return err_set(err, ERR_INTERNAL, "a step is done twice");
}

/* Counts, members and what happens to the broken ones. */
static void test_members(struct engine *e)
{
    struct audience_segment list[] = {
        {.id = 11, .name = "All", .text = STR_LIT("number_of_orders >= 0")},
        {.id = 12, .name = "Broken", .text = STR_LIT("number_of_orders >=")},
        {.id = 13, .name = "Buyers", .text = STR_LIT("number_of_orders > 0")},
        {.id = 14, .name = "Not", .text = STR_LIT("segment('all') AND NOT segment('Buyers')")},
        {.id = 15,
         .name = "Injected",
         .text =
             STR_LIT("customer_name = 'x'') OR 1=1; DROP TABLE audience_person --{v0:String}'")},
    };
    struct audience_set set = {list, TM_COUNT(list)};
    int64_t counts[TM_COUNT(list)], again[TM_COUNT(list)], all = 0;
    struct audience_rebuilding steps = {.go_on = second_time};

    audience_set_link(&set, &now);
    CHECK_OK(audience_count(e, &set, &now, AUDIENCE_ALL, counts, &all, &live_err), live_err);
    CHECK_INT(all, people_count);
    CHECK_INT(counts[0], people_count);
    CHECK_INT(counts[1], -1);
    CHECK(counts[2] > 0 && counts[2] + counts[3] == counts[0]);
    CHECK_INT(counts[4], 0);
    CHECK_INT(audience_rebuild(e, &set, &now, &steps, again, &all, &live_err), ERR_BUSY);
    live_err = (struct err)ERR_INIT;
    CHECK_OK(audience_rebuild(e, &set, &now, &steps, again, &all, &live_err), live_err);
    CHECK(memcmp(counts, again, sizeof(counts)) == 0);
    steps.go_on = never; /* all steps are done */
    CHECK_OK(audience_rebuild(e, &set, &now, &steps, again, &all, &live_err), live_err);
    engine_cancel(e);
    CHECK_INT(audience_count(e, &set, &now, AUDIENCE_ALL, counts, &all, &live_err), ERR_CANCELLED);
    audience_set_release(&set);
}

int main(void)
{
    bool far = getenv("TIDEMARK_TEST_LONG") != NULL;
    struct engine *e;

    live_begin();
    for (size_t i = 0; i < TM_COUNT(people_tables); i++) {
        char name[64];

        snprintf(name, sizeof(name), "fill_%s", people_tables[i].name);
        live_sql(name, people_tables[i].text);
    }
    live_sql("resolved", "INSERT INTO resolved SELECT 1, now64(6), 1, 'UTC', 'EUR', 2, ''");
    live_sql("fold",
             "-- params: text String, fold_from String, fold_to String\n-- columns: x String\n"
             "SELECT translateUTF8({text:String}, {fold_from:String}, {fold_to:String}) AS x");
    e = live_start((struct engine_options){0});
    test_fold(e);
    make_people(e, far ? 1000 : 200);
    test_members(e);
    test_moments(e);
    test_few_rows(e);
    test_random(e, far ? 10000 : 300);
    for (size_t i = 0; i < people_count; i++)
        audience_facts_free(people[i].facts);
    free(people);
    engine_close(e);
    printf("# %zu comparisons\n", compared);
    return tap_done();
}
