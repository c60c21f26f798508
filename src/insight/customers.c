/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page "Customers": who they are by recency, frequency and value. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const char *const groups[] = {
    "all",     "champions",   "loyal",       "promising", "recent", "needs_attention",
    "at_risk", "cannot_lose", "hibernating", "lost",      NULL};
static const char *const sorts[] = {"revenue", "orders", "recent", "first", NULL};

static const struct view_param page_params[] = {VIEW_PARAM_LIMIT(100), VIEW_PARAM_CURSOR};
static const struct view_param list_params[] = {
    {.name = "group", .type = VIEW_CHOICE, .choices = groups, .summary = N_("Only this group.")},
    {.name = "sort", .type = VIEW_CHOICE, .choices = sorts, .summary = N_("Which come first.")},
    VIEW_PARAM_LIMIT(100),
    VIEW_PARAM_CURSOR,
};

/* As the engine rounds: halves to even. */
static struct view_cell money_per(int64_t minor, int64_t n)
{
    double v = n > 0 ? nearbyint((double)minor / (double)n) : (double)NAN;

    return (struct view_cell){.none = !(fabs(v) < 9e18), .i = fabs(v) < 9e18 ? (int64_t)v : 0};
}

static enum err_code run_rfm(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"recency",   "worth",  "segment",
                                        "customers", "orders", "revenue"};
    int64_t row = 0;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    for (int recency = SCORES; recency >= 1; recency--)
        for (int worth = SCORES; worth >= 1; worth--) {
            const struct people_sum *sum = &run->memory->people->cells[recency - 1][worth - 1];
            const struct view_cell cells[] = {VIEW_CELL_INT(recency),
                                              VIEW_CELL_INT(worth),
                                              VIEW_CELL_WORD(people_cell_name(recency, worth)),
                                              VIEW_CELL_INT(sum->customers),
                                              VIEW_CELL_INT(sum->orders),
                                              VIEW_CELL_INT(sum->revenue)};

            if (sum->customers && view_in_page(run, row++))
                view_row(run, cells, TM_COUNT(cells));
        }
    return ERR_OK;
}

struct group_row {
    const char *name;
    const struct people_sum *sum;
};

static int by_revenue(const void *a, const void *b)
{
    const struct group_row *x = a, *y = b;

    if (x->sum->revenue != y->sum->revenue)
        return x->sum->revenue < y->sum->revenue ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void group_row(struct view_run *run, const struct group_row *g,
                      const struct people_sum *whole)
{
    double customers = (double)whole->customers, revenue = (double)whole->revenue;
    const struct view_cell cells[] = {
        VIEW_CELL_WORD(g->name),
        VIEW_CELL_INT(g->sum->customers),
        {.d = (double)g->sum->customers / customers},
        VIEW_CELL_INT(g->sum->orders),
        VIEW_CELL_INT(g->sum->revenue),
        {.d = whole->revenue ? (double)g->sum->revenue / revenue : 0},
        money_per(g->sum->revenue, g->sum->orders),
        view_cell_day(g->sum->last_day),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static enum err_code run_rfm_groups(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"segment", "customers", "customers_share",
                                        "orders",  "revenue",   "revenue_share",
                                        "aov",     "last_day"};
    struct group_row rows[TM_COUNT(groups)];
    struct people_sum whole = {0};
    size_t n = 0;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    for (size_t i = 0; people_group_names[i]; i++) {
        const struct people_sum *sum = &run->memory->people->groups[i];

        whole.customers += sum->customers;
        whole.revenue = days_plus(whole.revenue, sum->revenue);
        if (sum->customers)
            rows[n++] = (struct group_row){people_group_names[i], sum};
    }
    if (n)
        qsort(rows, n, sizeof(*rows), by_revenue);
    for (size_t i = 0; i < n; i++)
        if (view_in_page(run, (int64_t)i))
            group_row(run, &rows[i], &whole);
    return ERR_OK;
}

static void customer_row(struct view_run *run, const struct known_person *p)
{
    char id[24];
    const struct view_cell cells[] = {
        view_cell_id(p->id, id),
        {.text = p->name},
        {.text = p->email},
        {.text = p->country},
        view_cell_day(p->first_day),
        view_cell_day(p->last_day),
        VIEW_CELL_INT(p->orders),
        VIEW_CELL_INT(p->revenue),
        money_per(p->revenue, p->orders),
        VIEW_CELL_INT(p->recency),
        VIEW_CELL_INT(p->frequency),
        VIEW_CELL_INT(p->monetary),
        VIEW_CELL_WORD(people_group_of(p)),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static enum err_code run_customers(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"person",    "name",     "email",   "country", "first_day",
                                        "last_day",  "orders",   "revenue", "aov",     "recency",
                                        "frequency", "monetary", "segment"};
    const struct view_people *people = run->memory->people;
    struct str group = view_value(run, "group")->text, sort = view_value(run, "sort")->text;
    const bool all = str_eqz(group, groups[0]);
    size_t order = 0;
    int64_t row = 0;

    (void)err;
    while (order + 1 < PEOPLE_ORDERS && !str_eqz(sort, sorts[order]))
        order++;
    view_begin(run, names, TM_COUNT(names));
    for (size_t i = 0; i < people->n && row <= run->offset + run->limit; i++) {
        const struct known_person *p = &people->list[people->in_order[order][i]];

        if (p->recency && (all || str_eqz(group, people_group_of(p))) && view_in_page(run, row++))
            customer_row(run, p);
    }
    return ERR_OK;
}

#define VIEW_PARAMS(list) .params = (list), .param_count = TM_COUNT(list)

const struct view view_rfm = {
    .name = "rfm",
    .summary = N_("Customers by how lately and how much they bought: the map."),
    VIEW_PARAMS(page_params),
    .needs = "orders",
    .memory = MEMORY_PEOPLE,
    .run = run_rfm,
};
const struct view view_rfm_groups = {
    .name = "rfm_groups",
    .summary = N_("The map's named groups with their share of customers and revenue."),
    VIEW_PARAMS(page_params),
    .needs = "orders",
    .memory = MEMORY_PEOPLE,
    .run = run_rfm_groups,
};
const struct view view_customers = {
    .name = "customers",
    .summary = N_("The list of customers."),
    VIEW_PARAMS(list_params),
    .needs = "orders",
    .personal = true,
    .memory = MEMORY_PEOPLE,
    .run = run_customers,
};
