/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page "Revenue": one truth from the order ledger, beside what the platforms claim. */
#include "base/i18n.h"
#include "insight/view_list.h"
#include "insight/view_run.h"

static const char *const ledger_by[] = {"month",    "total",   "day",    "week", "channel",
                                        "campaign", "country", "device", NULL};
static const char *const time_by[] = {"month", "total", "day", "week", NULL};
static const char *const part_by[] = {"channel", "platform", "campaign", NULL};

#define PARAM_BY(list)                                                                             \
    {                                                                                              \
        .name = "by", .type = VIEW_CHOICE, .choices = (list),                                      \
        .summary = N_("What the rows stand for.")                                                  \
    }

static const struct view_param ledger_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                  PARAM_BY(ledger_by), VIEW_PARAM_LIMIT(500),
                                                  VIEW_PARAM_CURSOR};
static const struct view_param time_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                PARAM_BY(time_by), VIEW_PARAM_LIMIT(500),
                                                VIEW_PARAM_CURSOR};
static const struct view_param part_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                PARAM_BY(part_by), VIEW_PARAM_LIMIT(500),
                                                VIEW_PARAM_CURSOR};
static const struct view_param span_params[] = {VIEW_PARAM_FROM(364), VIEW_PARAM_TO,
                                                VIEW_PARAM_LIMIT(500), VIEW_PARAM_CURSOR};

/* By its word, of any of the lists above. */
static enum day_key key_of(const struct view_run *run)
{
    static const struct {
        const char *word;
        enum day_key key;
    } keys[] = {{"month", KEY_MONTH},     {"total", KEY_TOTAL},     {"day", KEY_DAY},
                {"week", KEY_WEEK},       {"channel", KEY_CHANNEL}, {"campaign", KEY_CAMPAIGN},
                {"country", KEY_COUNTRY}, {"device", KEY_DEVICE},   {"platform", KEY_PLATFORM}};
    struct str by = view_value(run, "by")->text;

    for (size_t i = 0; i < TM_COUNT(keys); i++)
        if (str_eqz(by, keys[i].word))
            return keys[i].key;
    assert(false && "a word that is on no list");
    return KEY_TOTAL;
}

static struct day_span span_of(const struct view_run *run)
{
    return (struct day_span){view_value(run, "from")->i, view_value(run, "to")->i,
                             run->request->context->week_start};
}

static struct str key_text(const struct day_group *g)
{
    return g->text[0] ? str_of(g->text) : g->key;
}

static int compare(struct str x, struct str y)
{
    size_t n = x.n < y.n ? x.n : y.n;
    int order = n ? memcmp(x.p, y.p, n) : 0;

    return order ? order : (x.n > y.n) - (x.n < y.n);
}

static int by_key(const void *a, const void *b)
{
    return compare(key_text(a), key_text(b));
}

static int by_revenue(const void *a, const void *b)
{
    int64_t x = ((const struct day_group *)a)->ledger[LEDGER_NET],
            y = ((const struct day_group *)b)->ledger[LEDGER_NET];

    return x != y ? (x < y) - (x > y) : by_key(a, b);
}

static int by_spent(const void *a, const void *b)
{
    int64_t x = ((const struct day_group *)a)->spend[SPEND_SPENT],
            y = ((const struct day_group *)b)->spend[SPEND_SPENT];

    return x != y ? (x < y) - (x > y) : by_key(a, b);
}

/* As the engine rounds: halves to even. */
static struct view_cell money_per(int64_t minor, int64_t n)
{
    double v = n > 0 ? nearbyint((double)minor / (double)n) : (double)NAN;
    bool none = !(fabs(v) < 9e18);

    return (struct view_cell){.none = none, .i = none ? 0 : (int64_t)v};
}

static struct view_cell ratio_of(int64_t above, int64_t below)
{
    return (struct view_cell){.none = below == 0, .d = below ? (double)above / (double)below : 0};
}

/* Sorts the groups and sends the page's. */
static void send_groups(struct view_run *run, struct day_groups *groups,
                        int (*order)(const void *, const void *),
                        void (*row)(struct view_run *run, const struct day_group *g))
{
    if (groups->n)
        qsort(groups->list, groups->n, sizeof(*groups->list), order);
    for (size_t i = 0; i < groups->n; i++)
        if (view_in_page(run, (int64_t)i))
            row(run, &groups->list[i]);
    day_groups_release(groups);
}

static void ledger_row(struct view_run *run, const struct day_group *g)
{
    const int64_t *s = g->ledger;
    const struct view_cell cells[] = {
        {.text = key_text(g)},
        VIEW_CELL_INT(s[LEDGER_NET]),
        VIEW_CELL_INT(s[LEDGER_ORDERS]),
        money_per(s[LEDGER_VALID_NET], s[LEDGER_ORDERS]),
        VIEW_CELL_INT(s[LEDGER_REFUNDS]),
        VIEW_CELL_INT(s[LEDGER_NEW_ORDERS]),
        VIEW_CELL_INT(s[LEDGER_NEW_REVENUE]),
        VIEW_CELL_INT(s[LEDGER_RETURNING_ORDERS]),
        VIEW_CELL_INT(s[LEDGER_RETURNING_REVENUE]),
        VIEW_CELL_INT(days_minus(days_minus(s[LEDGER_ORDERS], s[LEDGER_NEW_ORDERS]),
                                 s[LEDGER_RETURNING_ORDERS])),
        VIEW_CELL_INT(days_minus(days_minus(s[LEDGER_NET], s[LEDGER_NEW_REVENUE]),
                                 s[LEDGER_RETURNING_REVENUE])),
    };

    view_row(run, cells, TM_COUNT(cells));
}

/* Revenue is net of refunds; an order on the day of the customer's first is no repeat
 * (measure/ret_1). What is not of a known customer (guests, credit notes) is unknown, so that the
 * three add up. */
static enum err_code run_revenue(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"key",
                                        "revenue",
                                        "orders",
                                        "aov",
                                        "refunds",
                                        "new_orders",
                                        "new_revenue",
                                        "returning_orders",
                                        "returning_revenue",
                                        "unknown_orders",
                                        "unknown_revenue"};
    const struct day_span span = span_of(run);
    struct day_groups groups = {0};
    const struct view_days *days = run->memory->days;
    enum day_key key = key_of(run);

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    view_days_add(days, DAYS_LEDGER, &span, key, &groups);
    send_groups(run, &groups, key >= KEY_DAY ? by_key : by_revenue, ledger_row);
    return ERR_OK;
}

static int by_product_revenue(const void *a, const void *b)
{
    int64_t x = ((const struct day_group *)a)->product[PRODUCT_NET],
            y = ((const struct day_group *)b)->product[PRODUCT_NET];

    return x != y ? (x < y) - (x > y) : by_key(a, b);
}

static void product_row(struct view_run *run, const struct day_group *g)
{
    const struct view_cell cells[] = {
        {.text = g->key},
        {.text = g->title},
        {.text = g->category},
        VIEW_CELL_INT(g->product[PRODUCT_NET]),
        VIEW_CELL_INT(g->product[PRODUCT_ORDERS]),
        VIEW_CELL_REAL(g->reals[PRODUCT_QUANTITY]),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static enum err_code run_products(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"key",     "title",  "category",
                                        "revenue", "orders", "quantity"};
    const struct day_span span = span_of(run);
    struct day_groups groups = {0};
    const struct view_days *days = run->memory->days;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    view_days_add(days, DAYS_PRODUCTS, &span, KEY_PRODUCT, &groups);
    send_groups(run, &groups, by_product_revenue, product_row);
    return ERR_OK;
}

/* A channel as three tell it. */
struct told {
    struct str channel;
    const struct day_group *last, *first, *spend;
};

static struct told *told_of(struct told *list, size_t *n, struct str channel)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i].channel.n == channel.n &&
            (!channel.n || memcmp(list[i].channel.p, channel.p, channel.n) == 0))
            return &list[i];
    list[*n] = (struct told){.channel = channel};
    return &list[(*n)++];
}

static int64_t net_of(const struct day_group *g)
{
    return g ? g->ledger[LEDGER_NET] : 0;
}

static int by_last(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    int64_t m = net_of(x->last), n = net_of(y->last);

    return m != n ? (m < n) - (m > n) : compare(x->channel, y->channel);
}

static void touch_row(struct view_run *run, const struct told *t)
{
    const struct day_group *s = t->spend;
    bool claims = s && s->spend[SPEND_CLAIMS_KNOWN], worth = s && s->spend[SPEND_WORTH_KNOWN];
    const struct view_cell cells[] = {
        {.text = t->channel},
        VIEW_CELL_INT(t->last ? t->last->ledger[LEDGER_ORDERS] : 0),
        VIEW_CELL_INT(net_of(t->last)),
        VIEW_CELL_INT(t->first ? t->first->ledger[LEDGER_ORDERS] : 0),
        VIEW_CELL_INT(net_of(t->first)),
        {.none = !s, .i = s ? s->spend[SPEND_SPENT] : 0},
        {.none = !claims, .d = claims ? s->reals[SPEND_CLAIMS] : 0},
        {.none = !worth, .i = worth ? s->spend[SPEND_WORTH] : 0},
        {.none = !worth, .i = worth ? days_minus(s->spend[SPEND_WORTH], net_of(t->last)) : 0},
    };

    view_row(run, cells, TM_COUNT(cells));
}

static void send_told(struct view_run *run, struct day_groups groups[3])
{
    struct told *list = xcalloc(groups[0].n + groups[1].n + groups[2].n + 1, sizeof(*list));
    size_t n = 0;

    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < groups[k].n; i++) {
            const struct day_group *g = &groups[k].list[i];
            bool spend = k == 2;
            struct told *t;

            if (!spend && !g->ledger[LEDGER_TOUCHED])
                continue;
            t = told_of(list, &n, spend && !g->key.n ? str_of("Unassigned") : g->key);
            *(k == 0 ? &t->last : k == 1 ? &t->first : &t->spend) = g;
        }
    if (n)
        qsort(list, n, sizeof(*list), by_last);
    for (size_t i = 0; i < n; i++)
        if (view_in_page(run, (int64_t)i))
            touch_row(run, &list[i]);
    free(list);
}

/* The ledger's orders by three tellers: the last touch that was not direct, the first touch
 * (resolve/order_touches), and what the advertising platforms claim. */
static enum err_code run_touch(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"channel",        "last_orders",     "last_revenue",
                                        "first_orders",   "first_revenue",   "spend",
                                        "claimed_orders", "claimed_revenue", "difference"};
    const struct day_span span = span_of(run);
    struct day_groups groups[3] = {{0}};
    const struct view_days *days = run->memory->days;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    view_days_add(days, DAYS_LEDGER, &span, KEY_LAST, &groups[0]);
    view_days_add(days, DAYS_LEDGER, &span, KEY_FIRST, &groups[1]);
    view_days_add(days, DAYS_SPEND, &span, KEY_CHANNEL, &groups[2]);
    send_told(run, groups);
    for (size_t i = 0; i < 3; i++)
        day_groups_release(&groups[i]);
    return ERR_OK;
}

static void spend_row(struct view_run *run, const struct day_group *g)
{
    int64_t spent = g->spend[SPEND_SPENT], firsts = g->ledger[LEDGER_FIRSTS];
    const struct view_cell cells[] = {
        {.text = key_text(g)},
        VIEW_CELL_INT(spent),
        VIEW_CELL_INT(g->ledger[LEDGER_NET]),
        ratio_of(g->ledger[LEDGER_NET], spent),
        VIEW_CELL_INT(firsts),
        money_per(spent, spent > 0 ? firsts : 0),
        VIEW_CELL_REAL(g->reals[SPEND_CLICKS]),
        VIEW_CELL_REAL(g->reals[SPEND_CLAIMS]),
        VIEW_CELL_INT(g->spend[SPEND_WORTH]),
    };

    view_row(run, cells, TM_COUNT(cells));
}

/* MER = revenue over spend, CAC = spend over first orders of known customers. */
static enum err_code run_spend(struct view_run *run, struct err *err)
{
    static const char *const names[] = {"key",    "spend",          "revenue",
                                        "mer",    "new_orders",     "cac",
                                        "clicks", "claimed_orders", "claimed_revenue"};
    const struct day_span span = span_of(run);
    struct day_groups groups = {0};
    const struct view_days *days = run->memory->days;
    enum day_key key = key_of(run);

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    view_days_add(days, DAYS_SPEND, &span, key, &groups);
    if (view_days_has(days, DAYS_SPEND))
        view_days_add(days, DAYS_LEDGER, &span, key, &groups);
    send_groups(run, &groups, by_key, spend_row);
    return ERR_OK;
}

static void part_row(struct view_run *run, const struct day_group *g)
{
    const struct view_cell cells[] = {
        {.text = g->key},
        VIEW_CELL_INT(g->spend[SPEND_SPENT]),
        VIEW_CELL_REAL(g->reals[SPEND_CLICKS]),
        VIEW_CELL_REAL(g->reals[SPEND_CLAIMS]),
        VIEW_CELL_INT(g->spend[SPEND_WORTH]),
        ratio_of(g->spend[SPEND_WORTH], g->spend[SPEND_SPENT]),
    };

    view_row(run, cells, TM_COUNT(cells));
}

static enum err_code run_spend_parts(struct view_run *run, struct err *err)
{
    static const char *const names[] = {
        "key", "spend", "clicks", "claimed_orders", "claimed_revenue", "claimed_roas"};
    const struct day_span span = span_of(run);
    struct day_groups groups = {0};
    const struct view_days *days = run->memory->days;

    (void)err;
    view_begin(run, names, TM_COUNT(names));
    view_days_add(days, DAYS_SPEND, &span, key_of(run), &groups);
    send_groups(run, &groups, by_spent, part_row);
    return ERR_OK;
}

#define VIEW_PARAMS(list) .params = (list), .param_count = TM_COUNT(list)

const struct view view_revenue = {
    .name = "revenue",
    .summary = N_("Revenue, orders, refunds, new and returning customers."),
    VIEW_PARAMS(ledger_params),
    .needs = "orders",
    .memory = MEMORY_LEDGER,
    .run = run_revenue,
};
const struct view view_products = {
    .name = "products",
    .summary = N_("What the orders' revenue came from, by product."),
    VIEW_PARAMS(span_params),
    .needs = "orders",
    .memory = MEMORY_PRODUCTS,
    .run = run_products,
};
const struct view view_touch = {
    .name = "touch",
    .summary = N_("Channels by last touch, by first touch, and as the platforms claim."),
    VIEW_PARAMS(span_params),
    .needs = "orders sessions spend",
    .memory = MEMORY_LEDGER | MEMORY_SPEND,
    .run = run_touch,
};
const struct view view_spend = {
    .name = "spend",
    .summary = N_("Marketing spend beside what the whole shop took."),
    VIEW_PARAMS(time_params),
    .needs = "spend",
    .memory = MEMORY_LEDGER | MEMORY_SPEND,
    .run = run_spend,
};
const struct view view_spend_parts = {
    .name = "spend_parts",
    .summary = N_("Marketing spend by channel, platform or campaign, with its claims."),
    VIEW_PARAMS(part_params),
    .needs = "spend",
    .memory = MEMORY_SPEND,
    .run = run_spend_parts,
};
