/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "insight/people.h"

#include "base/arena.h"
#include "insight/days.h"

enum { TEXT_BYTES_MAX = 1 << 30, COUNTRIES_MAX = 512 };

/* Fifths of recency, frequency and monetary value: Hughes (1994), Strategic Database Marketing.
 * The names are ours: rows by recency, 1 first; columns by the mean of the other two, 1 first. */
static const char *const cell_names[SCORES][SCORES] = {
    {"lost", "lost", "hibernating", "at_risk", "cannot_lose"},
    {"hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"},
    {"needs_attention", "needs_attention", "needs_attention", "loyal", "loyal"},
    {"promising", "promising", "loyal", "loyal", "champions"},
    {"recent", "promising", "loyal", "champions", "champions"},
};

const char *const people_group_names[] = {
    "champions", "loyal",       "promising",   "recent", "needs_attention",
    "at_risk",   "cannot_lose", "hibernating", "lost",   NULL};
enum { GROUPS = 9 };

const char *people_cell_name(int recency, int worth)
{
    assert(recency >= 1 && recency <= SCORES && worth >= 1 && worth <= SCORES);
    return cell_names[recency - 1][worth - 1];
}

const char *people_group_of(const struct known_person *person)
{
    return person->recency ? people_cell_name(person->recency, people_worth(person)) : "";
}

/* Countries are few, and the same ones follow each other. */
struct countries {
    struct str list[COUNTRIES_MAX];
    size_t n, last;
};

static struct str keep_country(struct view_people *p, struct countries *known, struct str country)
{
    for (size_t i = 0; i < known->n; i++) {
        size_t at = (known->last + i) % known->n;

        if (str_eq(known->list[at], country)) {
            known->last = at;
            return known->list[at];
        }
    }
    country = arena_str(p->arena, country);
    if (known->n < COUNTRIES_MAX) {
        known->last = known->n;
        known->list[known->n++] = country;
    }
    return country;
}

/* The same text is kept once. */
static struct str keep_lower(struct view_people *p, struct str lower, struct str kept)
{
    return str_eq(lower, kept) ? kept : arena_str(p->arena, lower);
}

static uint8_t score_of(const struct result *res, size_t column)
{
    int64_t score = result_int(res, column);

    return (uint8_t)(score < 0 ? 0 : score > SCORES ? SCORES : score);
}

static void add_person(struct view_people *p, const struct result *res, struct countries *known)
{
    struct known_person *one;

    if ((p->n & (p->n - 1)) == 0)
        p->list = xrealloc(p->list, (p->n ? p->n * 2 : 64) * sizeof(*p->list));
    one = &p->list[p->n++];
    *one = (struct known_person){.id = result_uint(res, 0),
                                 .name = arena_str(p->arena, result_text(res, 1)),
                                 .email = arena_str(p->arena, result_text(res, 2)),
                                 .country = keep_country(p, known, result_text(res, 3)),
                                 .first_day = (int32_t)result_int(res, 4),
                                 .last_day = (int32_t)result_int(res, 5),
                                 .orders = result_int(res, 6),
                                 .revenue = result_int(res, 7),
                                 .recency = score_of(res, 8),
                                 .frequency = score_of(res, 9),
                                 .monetary = score_of(res, 10)};
    one->name_lower = keep_lower(p, result_text(res, 11), one->name);
    one->email_lower = keep_lower(p, result_text(res, 12), one->email);
    if (one->recency && (!one->frequency || !one->monetary)) /* all three or none */
        one->recency = 0;
}

static enum err_code load(struct engine *engine, struct view_people *p, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct countries *known = xcalloc(1, sizeof(*known));
    enum err_code rc = engine_query(engine, "insight/people", NULL, 0, &res, err);

    while (rc == ERR_OK && p->n < UINT32_MAX && result_next(res))
        add_person(p, res, known);
    free(known);
    if (rc == ERR_OK)
        rc = result_status(res, err);
    return rc == ERR_OK ? arena_check(p->arena, err) : rc;
}

/* What a person is put in order by. */
struct place {
    int64_t by;
    uint64_t id;
    uint32_t at;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->by != y->by)
        return x->by < y->by ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int64_t order_of(const struct known_person *one, enum people_order order)
{
    switch (order) {
    case BY_REVENUE:
        return days_minus(0, one->revenue);
    case BY_ORDERS:
        return days_minus(0, one->orders);
    case BY_RECENT:
        return days_minus(0, one->last_day);
    case BY_FIRST:
    case PEOPLE_ORDERS:
        break;
    }
    return one->first_day;
}

static void put_in_order(struct view_people *p)
{
    struct place *places = xcalloc(p->n + 1, sizeof(*places));

    for (size_t k = 0; k < PEOPLE_ORDERS; k++) {
        p->in_order[k] = xcalloc(p->n + 1, sizeof(*p->in_order[k]));
        for (size_t i = 0; i < p->n; i++)
            places[i] = (struct place){order_of(&p->list[i], (enum people_order)k), p->list[i].id,
                                       (uint32_t)i};
        qsort(places, p->n, sizeof(*places), compare_places);
        for (size_t i = 0; i < p->n; i++)
            p->in_order[k][i] = places[i].at;
    }
    free(places);
}

static void add_to(struct people_sum *sum, const struct known_person *one)
{
    sum->customers++;
    sum->orders = days_plus(sum->orders, one->orders);
    sum->revenue = days_plus(sum->revenue, one->revenue);
}

/* The median of last days: the upper one of two. In the order of last days, the latest first. */
static void find_medians(struct view_people *p)
{
    for (size_t g = 0; g < GROUPS; g++) {
        struct people_sum *sum = &p->groups[g];
        int64_t left = sum->customers - sum->customers / 2;

        for (size_t i = 0; i < p->n && left > 0; i++) {
            const struct known_person *one = &p->list[p->in_order[BY_RECENT][i]];

            if (strcmp(people_group_of(one), people_group_names[g]) != 0)
                continue;
            sum->last_day = one->last_day;
            left--;
        }
    }
}

static void sum_up(struct view_people *p)
{
    p->groups = xcalloc(GROUPS, sizeof(*p->groups));
    for (size_t i = 0; i < p->n; i++) {
        const struct known_person *one = &p->list[i];

        if (!one->recency)
            continue;
        add_to(&p->cells[one->recency - 1][people_worth(one) - 1], one);
        for (size_t g = 0; g < GROUPS; g++)
            if (strcmp(people_group_of(one), people_group_names[g]) == 0)
                add_to(&p->groups[g], one);
    }
    find_medians(p);
}

enum err_code view_people_load(struct engine *engine, struct view_people **out_people,
                               struct err *err)
{
    struct view_people *p = xcalloc(1, sizeof(*p));
    enum err_code rc;

    p->arena = xcalloc(1, sizeof(*p->arena));
    *p->arena = ARENA_INIT(TEXT_BYTES_MAX);
    rc = load(engine, p, err);
    if (rc != ERR_OK) {
        view_people_free(p);
        return rc;
    }
    put_in_order(p);
    sum_up(p);
    *out_people = p;
    return ERR_OK;
}

void view_people_free(struct view_people *people)
{
    if (!people)
        return;
    for (size_t k = 0; k < PEOPLE_ORDERS; k++)
        free(people->in_order[k]);
    arena_release(people->arena);
    free(people->arena);
    free(people->groups);
    free(people->list);
    free(people);
}
