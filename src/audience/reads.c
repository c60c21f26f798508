/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/reads.h"

#include "audience/tree.h"
#include "base/money.h"
#include "base/timestamp.h"

int audience_name_column(enum word_source source)
{
    switch (source) {
    case FROM_EVENTS:
        return EVENTS_event;
    case FROM_MESSAGES:
        return MESSAGES_kind;
    case FROM_CONSENTS:
        return CONSENTS_channel;
    default:
        return -1;
    }
}

/* ---- of a tree ----------------------------------------------------------------------------- */

struct walk {
    const struct audience_set *set;
    void (*each)(void *ctx, const struct audience_read *read);
    void *ctx;
};

static void tell(const struct walk *w, enum word_source source, struct str name,
                 const struct node *rows, int64_t within_us)
{
    const struct audience_read read = {source, name, rows, within_us};

    w->each(w->ctx, &read);
}

static void walk_made(const struct walk *w, const struct word *word)
{
    switch ((enum word_made)word->column) {
    case MADE_ABANDONED:
        tell(w, FROM_ORDERS, STR_NONE, NULL, 0);
        tell(w, FROM_EVENTS, STR_LIT("checkout_start"), NULL, 0);
        break;
    case MADE_STATUS:
        tell(w, FROM_CONSENTS, str_of(word->preset_text), NULL, 0);
        break;
    case MADE_AVERAGE:
    case MADE_LIFE:
        tell(w, FROM_ORDERS, STR_NONE, NULL, 0);
        break;
    case MADE_RFM:
    case MADE_BIRTHDAY:
        break;
    }
}

static void walk_attribute(const struct walk *w, const struct word *word)
{
    if (word->way == WAY_MADE)
        walk_made(w, word);
    else if (word->way != WAY_COLUMN && word->way != WAY_LATER)
        tell(w, word->source,
             word->preset >= 0 && word->preset == audience_name_column(word->source)
                 ? str_of(word->preset_text)
                 : STR_NONE,
             NULL, 0);
}

/* Rows without one of the names fit no condition of it. */
static bool names_rows(const struct condition *c, enum word_source source)
{
    return c->word->way == WAY_FIELD && c->word->column == audience_name_column(source) &&
           (c->is == IS_EQ || c->is == IS_IN);
}

static void walk_rows(const struct walk *w, const struct node *node, int64_t within_us)
{
    const enum word_source source = node->function->source;
    const int names = audience_name_column(source);

    for (size_t i = 0; names >= 0 && i < TM_COUNT(node->function->presets); i++)
        if (node->function->presets[i].column == names) {
            tell(w, source, str_of(node->function->presets[i].text), node, within_us);
            return;
        }
    for (const struct condition *c = node->conditions; names >= 0 && c; c = c->next) {
        if (!names_rows(c, source))
            continue;
        for (size_t i = 0; i < c->n; i++)
            tell(w, source, c->values[i].folded, node, within_us);
        return;
    }
    tell(w, source, STR_NONE, node, within_us);
}

static void walk_node(const struct walk *w, const struct node *node)
{
    const struct audience *target;

    if (node->kind == NODE_TEST)
        walk_attribute(w, node->conditions->word);
    if (node->kind == NODE_ROWS)
        walk_rows(w, node, 0);
    if (node->kind == NODE_SEGMENT && (target = w->set->segments[node->target].tree))
        walk_node(w, target->root);
    for (const struct node *child = node->first; child; child = child->next)
        if (node->kind == NODE_SEQUENCE)
            walk_rows(w, child, child->next && child->next->absent ? child->next->within_us : 0);
        else
            walk_node(w, child);
}

void audience_each_read(const struct audience_set *set, size_t segment,
                        void (*each)(void *ctx, const struct audience_read *read), void *ctx)
{
    const struct walk w = {set, each, ctx};

    if (set->segments[segment].tree)
        walk_node(&w, set->segments[segment].tree->root);
}

/* ---- of a set ------------------------------------------------------------------------------ */

/* How far back from now, at most. */
static int64_t us_back(const struct literal *v)
{
    static const struct {
        char unit;
        int64_t us;
    } units[] = {{'n', 60 * US_PER_SECOND}, {'h', US_PER_HOUR},     {'d', US_PER_DAY},
                 {'w', 7 * US_PER_DAY},     {'m', 31 * US_PER_DAY}, {'y', 366 * US_PER_DAY}};

    for (size_t i = 0; v->number < 0 && i < TM_COUNT(units); i++)
        if (units[i].unit == v->unit)
            return -v->number * units[i].us;
    return 0;
}

static bool is_column(const struct condition *c, const char *name)
{
    return c->word->way == WAY_FIELD && strcmp(column_infos[c->word->column].name, name) == 0;
}

static bool bounds_below(const struct condition *c)
{
    return c->is == IS_GE || c->is == IS_GT || c->is == IS_EQ || c->is == IS_BETWEEN;
}

/* One condition that leaves older rows out is enough. */
static bool first_day_of(const struct node *rows, struct audience_row_read *io)
{
    for (const struct condition *c = rows ? rows->conditions : NULL; c; c = c->next) {
        const struct literal *v = c->values;

        if (!bounds_below(c) || !(is_column(c, "day") || is_column(c, "at")))
            continue;
        if (v->kind == LITERAL_DAY) {
            io->first_day = v->number < io->first_day ? v->number : io->first_day;
            return true;
        }
        if (v->kind == LITERAL_BACK) { /* and a day or two for the hours and the zone */
            const int64_t days = us_back(v) / US_PER_DAY + 2;

            io->back_days = days > io->back_days ? days : io->back_days;
            return true;
        }
    }
    return false;
}

static int64_t span_of(const struct audience_read *read)
{
    int64_t span = read->within_us;

    for (const struct condition *c = read->rows ? read->rows->conditions : NULL; c; c = c->next)
        for (size_t i = 0; c->word->type == TYPE_TIME && i < c->n; i++)
            if (c->values[i].kind == LITERAL_BACK && us_back(&c->values[i]) >= span)
                span = us_back(&c->values[i]) + 1; /* `-0h`: what is still to come */
    return span;
}

static struct audience_row_read *place_of(struct audience_rows *rows,
                                          const struct audience_read *read)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->list[i].source == read->source && rows->list[i].name_n == read->name.n &&
            memcmp(rows->list[i].name, read->name.p, read->name.n) == 0)
            return &rows->list[i];
    if (rows->n == rows->room) {
        rows->room = rows->room ? 2 * rows->room : 16;
        rows->list = xrealloc(rows->list, rows->room * sizeof(*rows->list));
    }
    rows->list[rows->n] = (struct audience_row_read){.source = read->source,
                                                     .name = xmalloc(read->name.n + 1),
                                                     .name_n = read->name.n,
                                                     .first_day = INT64_MAX};
    memcpy(rows->list[rows->n].name, read->name.n ? read->name.p : "", read->name.n);
    return &rows->list[rows->n++];
}

static void add(void *ctx, const struct audience_read *read)
{
    struct audience_row_read *one = place_of(ctx, read);
    const int64_t span = span_of(read);

    one->all_days = !first_day_of(read->rows, one) || one->all_days;
    one->span_us = span > one->span_us ? span : one->span_us;
}

void audience_rows_of(const struct audience_set *set, struct audience_rows *out)
{
    *out = (struct audience_rows){.list = NULL};
    for (size_t i = 0; i < set->n; i++)
        audience_each_read(set, i, add, out);
}

void audience_rows_release(struct audience_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->list[i].name);
    free(rows->list);
    *rows = (struct audience_rows){.list = NULL};
}
