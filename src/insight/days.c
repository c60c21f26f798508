/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/days.h"

#include "base/arena.h"

enum { KEYS = 6, SUMS = LEDGER_SUMS, TEXT_BYTES_MAX = 256 << 20, FED_MAX = 1024 };

/* What the engine's Date32 holds: 1900 to 2299. */
static const int64_t day_least = -25567, day_most = 120529;

struct day_row {
    int32_t day;
    uint32_t keys[KEYS]; /* numbers of texts */
    int64_t sums[SUMS];
    double reals[SPEND_REALS];
};

struct table {
    struct day_row *rows; /* owned */
    size_t n, cap;
};

struct view_days {
    struct table tables[DAYS_TABLES];
    int32_t first_day, last_day;
    struct arena arena;
    struct str *texts; /* owned; the texts in `arena` */
    size_t text_count;
    uint32_t *slots; /* owned; numbers of texts from 1, by their hash */
    size_t slot_count;
    char fed[FED_MAX]; /* " need need " */
};

/* The place of each key in a row; KEYS: the table does not have it. */
static const unsigned char key_places[DAYS_TABLES][KEY_MONTH + 1] = {
    [DAYS_LEDGER] = {[KEY_CHANNEL] = 0,
                     [KEY_COUNTRY] = 1,
                     [KEY_DEVICE] = 2,
                     [KEY_CAMPAIGN] = 3,
                     [KEY_LAST] = 4,
                     [KEY_FIRST] = 5},
    [DAYS_SPEND] = {[KEY_CHANNEL] = 0, [KEY_PLATFORM] = 1, [KEY_CAMPAIGN] = 2},
    [DAYS_PRODUCTS] = {[KEY_PRODUCT] = 0},
    [DAYS_VISITS] = {0},
};

/* Beside the key of a product's row. */
enum { PLACE_TITLE = 1, PLACE_CATEGORY = 2 };

/* The statements give the days in order. */
static const struct {
    const char *statement;
    size_t keys, sums, reals; /* columns after the day, in this order */
} layouts[DAYS_TABLES] = {
    [DAYS_LEDGER] = {"insight/ledger_days", 6, LEDGER_SUMS, 0},
    [DAYS_SPEND] = {"insight/spend_by_day", 3, SPEND_SUMS, SPEND_REALS},
    [DAYS_PRODUCTS] = {"insight/product_days", 3, PRODUCT_SUMS, PRODUCT_REALS},
    [DAYS_VISITS] = {"insight/visit_days", 0, 0, VISIT_REALS},
};

static size_t hash_of(struct str s)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32);
}

static void grow_slots(struct view_days *d)
{
    size_t n = d->slot_count ? d->slot_count * 2 : 1024;

    free(d->slots);
    d->slots = xcalloc(n, sizeof(*d->slots));
    d->slot_count = n;
    for (uint32_t i = 0; i < d->text_count; i++) {
        size_t at = hash_of(d->texts[i]) & (n - 1);

        while (d->slots[at])
            at = (at + 1) & (n - 1);
        d->slots[at] = i + 1;
    }
}

/* The text's number. */
static uint32_t number_of(struct view_days *d, struct str text)
{
    size_t at;

    if (d->text_count * 2 >= d->slot_count)
        grow_slots(d);
    at = hash_of(text) & (d->slot_count - 1);
    while (d->slots[at]) {
        struct str known = d->texts[d->slots[at] - 1];

        if (known.n == text.n && memcmp(known.p, text.p, text.n) == 0)
            return d->slots[at] - 1;
        at = (at + 1) & (d->slot_count - 1);
    }
    if ((d->text_count & (d->text_count - 1)) == 0)
        d->texts = xrealloc(d->texts, (d->text_count ? d->text_count * 2 : 64) * sizeof(*d->texts));
    d->texts[d->text_count++] = arena_str(&d->arena, text);
    d->slots[at] = (uint32_t)d->text_count;
    return (uint32_t)d->text_count - 1;
}

static struct day_row *new_row(struct table *t)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1024;
        t->rows = xrealloc(t->rows, t->cap * sizeof(*t->rows));
    }
    t->rows[t->n] = (struct day_row){0};
    return &t->rows[t->n++];
}

static enum err_code load_table(struct engine *engine, struct view_days *d, enum day_table table,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t before = day_least;

    TRY(engine_query(engine, layouts[table].statement, NULL, 0, &res, err));
    while (result_next(res)) {
        int64_t day = result_int(res, 0);
        struct day_row *row;
        size_t at = 1;

        if (day < day_least || day > day_most)
            continue;
        if (day < before)
            return err_set(err, ERR_ENGINE, "the engine's answer is out of order");
        before = day;
        row = new_row(&d->tables[table]);
        row->day = (int32_t)day;
        for (size_t i = 0; i < layouts[table].keys; i++)
            row->keys[i] = number_of(d, result_text(res, at++));
        for (size_t i = 0; i < layouts[table].sums; i++)
            row->sums[i] = result_int(res, at++);
        for (size_t i = 0; i < layouts[table].reals; i++)
            row->reals[i] = result_real(res, at++);
        d->first_day = row->day < d->first_day ? row->day : d->first_day;
        d->last_day = row->day > d->last_day ? row->day : d->last_day;
    }
    return result_status(res, err);
}

static enum err_code load_fed(struct engine *engine, struct view_days *d, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    size_t n = 1;

    d->fed[0] = ' ';
    TRY(engine_query(engine, "insight/fed", NULL, 0, &res, err));
    while (result_next(res) && n < FED_MAX) {
        struct str need = result_text(res, 0);

        n += (size_t)snprintf(d->fed + n, FED_MAX - n, "%.*s ", (int)need.n, need.p);
    }
    return result_status(res, err);
}

enum err_code view_days_load(struct engine *engine, unsigned tables, struct view_days **out_days,
                             struct err *err)
{
    struct view_days *d = xcalloc(1, sizeof(*d));
    enum err_code rc = ERR_OK;

    d->arena = ARENA_INIT(TEXT_BYTES_MAX);
    d->first_day = INT32_MAX;
    d->last_day = INT32_MIN;
    for (size_t i = 0; i < DAYS_TABLES && rc == ERR_OK; i++)
        if (tables & 1U << i)
            rc = load_table(engine, d, (enum day_table)i, err);
    if (rc == ERR_OK)
        rc = load_fed(engine, d, err);
    if (rc != ERR_OK) {
        view_days_free(d);
        return rc;
    }
    *out_days = d;
    return ERR_OK;
}

void view_days_free(struct view_days *days)
{
    if (!days)
        return;
    for (size_t i = 0; i < DAYS_TABLES; i++)
        free(days->tables[i].rows);
    arena_release(&days->arena);
    free(days->texts);
    free(days->slots);
    free(days);
}

bool view_days_has(const struct view_days *days, enum day_table table)
{
    return days->tables[table].n > 0;
}

void view_days_missing(const struct view_days *days, const char *needs, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    while (*needs) {
        size_t n = strcspn(needs, " ");
        char need[64];

        snprintf(need, sizeof(need), " %.*s ", (int)n, needs);
        if (!strstr(days->fed, need) && used + n + 2 < size)
            used +=
                (size_t)snprintf(out + used, size - used, "%s%.*s", used ? " " : "", (int)n, needs);
        needs += n + (needs[n] == ' ');
    }
}

/* The first day of what the day belongs to. */
static int64_t begin_of(int64_t day, enum day_key key, int week_start)
{
    int year, month, of_month;

    if (key == KEY_WEEK) {
        int64_t weekday = (day % 7 + 7 + 3) % 7 + 1; /* 1970 began on a Thursday */

        return day - (weekday - week_start + 7) % 7;
    }
    if (key != KEY_MONTH)
        return day;
    civil_from_days(day, &year, &month, &of_month);
    return civil_to_days(year, month, 1);
}

static void write_day(struct day_group *g, int64_t day)
{
    int year, month, of_month;

    g->day = day;
    civil_from_days(day, &year, &month, &of_month);
    snprintf(g->text, sizeof(g->text), "%04d-%02d-%02d", year, month, of_month);
}

/* Room for each text or day; a week may begin before the first day. */
static void make_room(const struct view_days *d, bool is_time, struct day_groups *groups)
{
    enum { BEFORE = 31 };

    if (groups->at)
        return;
    groups->at_count =
        is_time ? (size_t)(d->last_day - d->first_day) + 1 + BEFORE : d->text_count + 1;
    groups->at = xcalloc(groups->at_count, sizeof(*groups->at));
}

static struct day_group *new_group(struct day_groups *groups)
{
    if ((groups->n & (groups->n - 1)) == 0)
        groups->list =
            xrealloc(groups->list, (groups->n ? groups->n * 2 : 16) * sizeof(*groups->list));
    groups->list[groups->n] = (struct day_group){0};
    return &groups->list[groups->n++];
}

static struct day_group *group_of(const struct view_days *d, enum day_table table,
                                  const struct day_row *row, enum day_key key, int week_start,
                                  struct day_groups *groups)
{
    bool is_time = key >= KEY_DAY;
    int64_t begin = is_time ? begin_of(row->day, key, week_start) : 0;
    uint32_t number = key == KEY_TOTAL || is_time ? 0 : row->keys[key_places[table][key]];
    size_t place = is_time ? (size_t)(begin - d->first_day + 31) : number;
    struct day_group *g;

    assert(place < groups->at_count);
    if (groups->at[place])
        return &groups->list[groups->at[place] - 1];
    g = new_group(groups);
    groups->at[place] = (uint32_t)groups->n;
    if (is_time)
        write_day(g, begin);
    else if (key != KEY_TOTAL)
        g->key = d->texts[number];
    return g;
}

/* Of tables that have any. */
static int64_t *sums_of(struct day_group *g, enum day_table table)
{
    return table == DAYS_LEDGER ? g->ledger : table == DAYS_SPEND ? g->spend : g->product;
}

/* The first row that is not before the day. */
static size_t first_at(const struct table *t, int64_t day)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (t->rows[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void view_days_add(const struct view_days *days, enum day_table table, const struct day_span *span,
                   enum day_key key, struct day_groups *groups)
{
    const struct table *t = &days->tables[table];

    if (!t->n)
        return;
    make_room(days, key >= KEY_DAY, groups);
    for (size_t i = first_at(t, span->from); i < t->n && t->rows[i].day <= span->to; i++) {
        const struct day_row *row = &t->rows[i];
        struct day_group *g;
        int64_t *sums;

        g = group_of(days, table, row, key, span->week_start, groups);
        sums = sums_of(g, table);
        if (table == DAYS_PRODUCTS) {
            g->title = days->texts[row->keys[PLACE_TITLE]];
            g->category = days->texts[row->keys[PLACE_CATEGORY]];
        }
        g->rows[table]++;
        for (size_t k = 0; k < layouts[table].sums; k++)
            sums[k] = days_plus(sums[k], row->sums[k]);
        for (size_t k = 0; k < layouts[table].reals; k++)
            g->reals[k] += row->reals[k];
    }
}

void day_groups_release(struct day_groups *groups)
{
    free(groups->list);
    free(groups->at);
    *groups = (struct day_groups){0};
}
