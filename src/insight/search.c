/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finding people: names and addresses in memory, identifiers and order numbers in the engine. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

#include <unicode/ucasemap.h>

enum { EXACT_MAX = 10000, QUERY_MAX = 200, LOWER_MAX = 3 * QUERY_MAX + 1 };

static const struct view_param params[] = {
    {.name = "q",
     .type = VIEW_TEXT,
     .required = true,
     .low = 2,
     .high = QUERY_MAX,
     .summary = N_("The beginning of a name or address, or a whole number or address.")},
    VIEW_PARAM_LIMIT(50),
    VIEW_PARAM_CURSOR,
};

/* A person whose identifier or order the text is. */
struct exact {
    uint64_t id;
    bool order; /* only that */
};

/* " text": as it stands before a later word of a name; without the blank it begins a text. */
static enum err_code lower(struct str q, char out[LOWER_MAX + 1], struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", 0, &status);
    int32_t n = 0;

    out[0] = ' ';
    if (U_SUCCESS(status))
        n = ucasemap_utf8ToLower(map, out + 1, LOWER_MAX, q.p, (int32_t)q.n, &status);
    ucasemap_close(map);
    if (U_FAILURE(status) || n >= LOWER_MAX)
        return err_set(err, ERR_INVALID, "the text cannot be searched for");
    return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct exact *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static enum err_code find_exact(struct view_run *run, struct exact *out, size_t *out_n,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    size_t n = 0;

    TRY(view_query(run, "insight/search_exact", &res, err));
    while (result_next(res))
        if (n < EXACT_MAX)
            out[n++] = (struct exact){result_uint(res, 0), str_eqz(result_text(res, 1), "order")};
    TRY(result_status(res, err));
    if (n)
        qsort(out, n, sizeof(*out), by_id);
    *out_n = n;
    return ERR_OK;
}

static bool begins(struct str text, struct str with)
{
    return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0;
}

/* How the person matches: the first by the alphabet where several do. NULL: not at all. */
static const char *match(const struct known_person *p, struct str word, const struct exact *exact)
{
    struct str text = {word.p + 1, word.n - 1};

    if (begins(p->email_lower, text))
        return "email";
    if (exact && !exact->order)
        return "identifier";
    if (begins(p->name_lower, text) ||
        (p->name_lower.n >= word.n && memmem(p->name_lower.p, p->name_lower.n, word.p, word.n)))
        return "name";
    return exact ? "order" : NULL;
}

static void found_row(struct view_run *run, const struct known_person *p, const char *matched)
{
    char id[24];
    const struct view_cell cells[] = {
        view_cell_id(p->id, id),    {.text = p->name},        {.text = p->email},
        VIEW_CELL_WORD(matched),    VIEW_CELL_INT(p->orders), VIEW_CELL_INT(p->revenue),
        view_cell_day(p->last_day),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static void send_found(struct view_run *run, struct str word, const struct exact *exact, size_t n)
{
    static const char *const names[] = {"person", "name",    "email",   "matched",
                                        "orders", "revenue", "last_day"};
    const struct view_people *people = run->memory->people;
    int64_t row = 0;

    view_begin(run, names, TM_COUNT(names));
    for (size_t i = 0; i < people->n && row <= run->offset + run->limit; i++) {
        const struct known_person *p = &people->list[people->in_order[BY_REVENUE][i]];
        const struct exact wanted = {.id = p->id};
        const char *matched =
            match(p, word, n ? bsearch(&wanted, exact, n, sizeof(*exact), by_id) : NULL);

        if (matched && view_in_page(run, row++))
            found_row(run, p, matched);
    }
}

static enum err_code run_search(struct view_run *run, struct err *err)
{
    struct exact *exact;
    char word[LOWER_MAX + 1];
    enum err_code rc;
    size_t n = 0;

    TRY(lower(view_value(run, "q")->text, word, err));
    exact = xcalloc(EXACT_MAX, sizeof(*exact));
    rc = find_exact(run, exact, &n, err);
    if (rc == ERR_OK)
        send_found(run, str_of(word), exact, n);
    free(exact);
    return rc;
}

const struct view view_search = {
    .name = "search",
    .summary = N_("Find people by name, address or number."),
    .params = params,
    .param_count = TM_COUNT(params),
    .needs = "orders customers",
    .personal = true,
    .memory = MEMORY_PEOPLE,
    .asks_engine = true,
    .run = run_search,
};
