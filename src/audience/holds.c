/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/holds.h"

#include "base/money.h"
#include "base/timestamp.h"
#include "insight/people.h"

/* ---- literals ------------------------------------------------------------------------------ */

static int64_t months_from(int64_t day, int64_t months)
{
    int year, month, d, last;
    int64_t at;

    civil_from_days(day, &year, &month, &d);
    at = (int64_t)year * 12 + month - 1 + months;
    at = at < 12 ? 12 : at > INT64_C(9999) * 12 + 11 ? INT64_C(9999) * 12 + 11 : at;
    year = (int)(at / 12);
    month = (int)(at % 12) + 1;
    last = civil_month_days(year, month);
    return civil_to_days(year, month, d < last ? d : last);
}

static int64_t moment(const struct literal *v, enum word_type type, const struct audience_now *now)
{
    static const struct {
        char unit;
        int64_t us;
    } units[] = {
        {'n', 60 * US_PER_SECOND}, {'h', US_PER_HOUR}, {'d', US_PER_DAY}, {'w', 7 * US_PER_DAY}};

    if (type == TYPE_TIME) {
        for (size_t i = 0; i < TM_COUNT(units); i++)
            if (v->unit == units[i].unit)
                return now->now_us + v->number * units[i].us;
        return now->now_us;
    }
    if (v->unit == 'm' || v->unit == 'y')
        return months_from(now->today, v->number * (v->unit == 'y' ? 12 : 1));
    return now->today + v->number * (v->unit == 'w' ? 7 : 1);
}

int64_t literal_value(const struct literal *v, enum word_type type, const struct audience_now *now)
{
    int decimals = type == TYPE_QUANTITY ? 6 : type == TYPE_MONEY ? now->decimals : 0;
    int64_t n = v->number;

    if (v->kind == LITERAL_BACK)
        return moment(v, type, now);
    for (int i = v->decimals; v->kind == LITERAL_NUMBER && i < decimals; i++)
        n *= 10;
    return n;
}

bool literal_is(const struct literal *v, struct str text)
{
    bool is = str_eq(text, v->folded);

    for (size_t i = 0; i < v->same_count && !is; i++)
        is = str_eq(text, v->same[i]);
    return is;
}

/* ---- conditions ---------------------------------------------------------------------------- */

static enum truth truth_of(bool b)
{
    return b ? IS_TRUE : IS_FALSE;
}

static bool contains(struct str text, struct str part)
{
    return memmem(text.p, text.n, part.p, part.n) != NULL;
}

static enum truth compare_text(const struct condition *c, struct str text)
{
    bool found = false;

    if (!text.n)
        return IS_UNKNOWN;
    if (c->is == IS_CONTAINING || c->is == IS_NOT_CONTAINING)
        return truth_of(contains(text, c->values[0].folded) == (c->is == IS_CONTAINING));
    for (size_t i = 0; i < c->n; i++)
        found = found || literal_is(&c->values[i], text);
    return truth_of(found == (c->is == IS_EQ || c->is == IS_IN));
}

static enum truth compare_list(const struct condition *c, const struct fact *value)
{
    bool found = false;

    for (size_t i = 0; i < value->n; i++)
        found = found || literal_is(&c->values[0], value->list[i]);
    return truth_of(found == (c->is == IS_CONTAINING));
}

static void note_until(const struct holding *h, int64_t at_us)
{
    if (h->until_us && at_us < *h->until_us)
        *h->until_us = at_us;
}

/* A moment that is counted from now comes nearer to those that are later than it. */
static void note_moments(const struct holding *h, const struct condition *c, int64_t v)
{
    for (size_t i = 0; i < c->n; i++) {
        const int64_t limit = literal_value(&c->values[i], c->word->type, &h->now);

        if (c->values[i].kind == LITERAL_BACK && v >= limit)
            note_until(h, v == limit ? h->now.now_us + 1 : h->now.now_us + (v - limit));
    }
}

static enum truth compare_int(const struct holding *h, const struct condition *c, int64_t v)
{
    enum word_type type = c->word->type;
    int64_t first = literal_value(&c->values[0], type, &h->now);
    bool found = false;

    if (v == AMOUNT_NONE)
        return IS_UNKNOWN;
    if (h->until_us && type == TYPE_TIME)
        note_moments(h, c, v);
    switch (c->is) {
    case IS_LT:
        return truth_of(v < first);
    case IS_LE:
        return truth_of(v <= first);
    case IS_GT:
        return truth_of(v > first);
    case IS_GE:
        return truth_of(v >= first);
    case IS_BETWEEN:
        return truth_of(v >= first && v <= literal_value(&c->values[1], type, &h->now));
    default:
        for (size_t i = 0; i < c->n; i++)
            found = found || v == literal_value(&c->values[i], type, &h->now);
        return truth_of(found == (c->is == IS_EQ || c->is == IS_IN));
    }
}

static bool is_text(const struct word *word)
{
    return word->type == TYPE_TEXT || word->type == TYPE_CHOICE;
}

static enum truth condition_truth(const struct holding *h, const struct condition *c,
                                  const struct fact *value)
{
    bool none = c->word->type == TYPE_LIST ? value->n == 0
                : is_text(c->word)         ? value->text.n == 0
                                           : value->i == AMOUNT_NONE;

    if (c->is == IS_NULL || c->is == IS_NOT_NULL)
        return truth_of(none == (c->is == IS_NULL));
    if (c->word->type == TYPE_LIST)
        return compare_list(c, value);
    return is_text(c->word) ? compare_text(c, value->text) : compare_int(h, c, value->i);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool has_preset(const struct fact *row, int column, const char *text)
{
    return column < 0 || str_eqz(row[column_infos[column].at].text, text);
}

/* Those that count from now, or the others. */
static bool conditions_fit(const struct holding *h, const struct node *node, const struct fact *row,
                           bool from_now)
{
    for (const struct condition *c = node->conditions; c; c = c->next)
        if (c->word->way == WAY_FIELD && (c->word->type == TYPE_TIME) == from_now &&
            condition_truth(h, c, &row[column_infos[c->word->column].at]) != IS_TRUE)
            return false;
    return true;
}

/* Whether a row counts for a function: no condition is false or unknown. The moments come last, so
 * that no row is waited for that does not fit by what it is. */
static bool row_fits(const struct holding *h, const struct node *node, const struct fact *row)
{
    for (size_t i = 0; i < TM_COUNT(node->function->presets); i++)
        if (!has_preset(row, node->function->presets[i].column, node->function->presets[i].text))
            return false;
    return conditions_fit(h, node, row, false) && conditions_fit(h, node, row, true);
}

static int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

int64_t rows_total(const struct holding *h, const struct node *node, int column)
{
    size_t n, columns = (size_t)source_columns(node->function->source);
    const struct fact *row = facts_rows(h->facts, node->function->source, &n);
    int64_t total = 0;

    for (; n--; row += columns) {
        int64_t v = column == COUNT_ROWS ? 1 : row[column_infos[column].at].i;

        if (v != AMOUNT_NONE && row_fits(h, node, row))
            total = plus(total, v);
    }
    return total;
}

static enum truth rows_truth(const struct holding *h, const struct node *node)
{
    bool totals = false;

    for (const struct condition *c = node->conditions; c; c = c->next) {
        struct fact value = {.i = 0};

        if (c->word->way != WAY_TOTAL)
            continue;
        totals = true;
        value.i = rows_total(h, node, c->word->column);
        if (condition_truth(h, c, &value) != IS_TRUE)
            return IS_FALSE;
    }
    return truth_of(totals || rows_total(h, node, COUNT_ROWS) > 0);
}

/* ---- attributes ---------------------------------------------------------------------------- */

/* Count, sum, least or greatest of a column over the rows that have the preset text. */
static int64_t aggregate(const struct holding *h, enum word_source source, enum word_way way,
                         int column, int preset, const char *text)
{
    size_t n, columns = (size_t)source_columns(source);
    const struct fact *row = facts_rows(h->facts, source, &n);
    int64_t best = way == WAY_COUNT || way == WAY_SUM ? 0 : AMOUNT_NONE;

    for (; n--; row += columns) {
        int64_t v = way == WAY_COUNT ? 1 : row[column_infos[column].at].i;

        if (v == AMOUNT_NONE || !has_preset(row, preset, text))
            continue;
        if (way == WAY_COUNT || way == WAY_SUM)
            best = plus(best, v);
        else if (best == AMOUNT_NONE || (way == WAY_MIN ? v < best : v > best))
            best = v;
    }
    return best;
}

static struct str life_stage(const struct holding *h)
{
    int64_t n = aggregate(h, FROM_ORDERS, WAY_COUNT, -1, -1, NULL);
    int64_t last = aggregate(h, FROM_ORDERS, WAY_MAX, ORDERS_day, -1, NULL), age;

    if (n == 0 || last == AMOUNT_NONE)
        return STR_LIT("prospect");
    age = h->now.today - last;
    return str_of(n == 1 && age <= LIFE_NEW_DAYS ? "new"
                  : age <= LIFE_ACTIVE_DAYS      ? "active"
                  : age <= LIFE_RISK_DAYS        ? "at_risk"
                                                 : "lapsed");
}

static struct str rfm_group(const struct fact *person)
{
    int64_t recency = person[column_infos[PERSON_recency].at].i;
    int64_t frequency = person[column_infos[PERSON_frequency].at].i;
    int64_t monetary = person[column_infos[PERSON_monetary].at].i;

    if (recency < 1 || recency > SCORES || frequency < 1 || frequency > SCORES || monetary < 1 ||
        monetary > SCORES)
        return STR_LIT("prospects");
    return str_of(people_cell_name((int)recency, (int)(frequency + monetary + 1) / 2));
}

static struct str consent_state(const struct holding *h, const char *channel)
{
    size_t n;
    const struct fact *row = facts_rows(h->facts, FROM_CONSENTS, &n);

    for (; n--; row += source_columns(FROM_CONSENTS))
        if (has_preset(row, CONSENTS_channel, channel) &&
            row[column_infos[CONSENTS_state].at].text.n)
            return row[column_infos[CONSENTS_state].at].text;
    return STR_LIT("denied");
}

static int64_t abandoned(const struct holding *h)
{
    int64_t begun = aggregate(h, FROM_EVENTS, WAY_MAX, EVENTS_at, EVENTS_event, "checkout_start");
    int64_t ordered = aggregate(h, FROM_ORDERS, WAY_MAX, ORDERS_at, -1, NULL);

    if (begun == AMOUNT_NONE || (ordered != AMOUNT_NONE && ordered >= begun))
        return AMOUNT_NONE;
    return aggregate(h, FROM_EVENTS, WAY_MAX, EVENTS_day, EVENTS_event, "checkout_start");
}

static int64_t average(const struct holding *h)
{
    int64_t n = aggregate(h, FROM_ORDERS, WAY_COUNT, -1, -1, NULL);

    return n ? aggregate(h, FROM_ORDERS, WAY_SUM, ORDERS_amount, -1, NULL) / n : AMOUNT_NONE;
}

/* Who was born on 29 February has the 28th in other years. */
static int64_t next_birthday(const struct fact *person, int64_t today)
{
    const int64_t month = person[column_infos[PERSON_birth_month].at].i,
                  of_month = person[column_infos[PERSON_birth_day].at].i;
    int year, m, d;
    int64_t next;

    if (month == AMOUNT_NONE || of_month == AMOUNT_NONE)
        return AMOUNT_NONE;
    civil_from_days(today, &year, &m, &d);
    next = months_from(civil_to_days(2000, (int)month, (int)of_month), (year - 2000) * INT64_C(12));
    if (next < today)
        next = months_from(civil_to_days(2000, (int)month, (int)of_month),
                           (year + 1 - 2000) * INT64_C(12));
    return next;
}

static struct fact made_value(const struct holding *h, const struct word *word)
{
    struct fact v = {.i = AMOUNT_NONE, .text = STR_NONE};
    size_t n;
    const struct fact *person = facts_rows(h->facts, FROM_PERSON, &n);

    switch ((enum word_made)word->column) {
    case MADE_AVERAGE:
        v.i = average(h);
        break;
    case MADE_ABANDONED:
        v.i = abandoned(h);
        break;
    case MADE_STATUS:
        v.text = consent_state(h, word->preset_text);
        break;
    case MADE_RFM:
        v.text = rfm_group(person);
        break;
    case MADE_LIFE:
        v.text = life_stage(h);
        break;
    case MADE_BIRTHDAY:
        v.i = next_birthday(person, h->now.today);
        break;
    }
    return v;
}

struct fact word_value(const struct holding *h, const struct word *word)
{
    size_t n;
    const struct fact *person = facts_rows(h->facts, FROM_PERSON, &n);

    if (word->way == WAY_COLUMN)
        return person[column_infos[word->column].at];
    if (word->way == WAY_MADE)
        return made_value(h, word);
    if (word->way == WAY_LATER)
        return (struct fact){.i = AMOUNT_NONE, .text = STR_NONE};
    return (struct fact){
        .i = aggregate(h, word->source, word->way, word->column, word->preset, word->preset_text),
        .text = STR_NONE};
}

/* ---- sequences ----------------------------------------------------------------------------- */

struct times {
    int64_t *at; /* owned; ascending, each once */
    size_t n;
};

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The latest SEQUENCE_ROWS_MAX times of a step. */
static struct times step_times(const struct holding *h, const struct node *step)
{
    size_t n, columns = (size_t)source_columns(step->function->source), kept = 0;
    const struct fact *row = facts_rows(h->facts, step->function->source, &n);
    struct times t = {xcalloc(n + 1, sizeof(int64_t)), 0};

    for (; n--; row += columns) /* `at` is the first column of each source of steps */
        if (row[0].i != AMOUNT_NONE && row_fits(h, step, row))
            t.at[t.n++] = row[0].i;
    qsort(t.at, t.n, sizeof(*t.at), by_time);
    for (size_t i = 0; i < t.n; i++)
        if (i == 0 || t.at[i] != t.at[i - 1])
            t.at[kept++] = t.at[i];
    t.n = kept;
    if (t.n > SEQUENCE_ROWS_MAX) {
        memmove(t.at, t.at + t.n - SEQUENCE_ROWS_MAX, SEQUENCE_ROWS_MAX * sizeof(*t.at));
        t.n = SEQUENCE_ROWS_MAX;
    }
    return t;
}

static bool follows(int64_t before, int64_t after, int64_t within_us)
{
    return after > before && (!within_us || after <= before + within_us);
}

static bool any_follows(const struct times *t, int64_t before, int64_t within_us)
{
    for (size_t i = 0; i < t->n; i++)
        if (follows(before, t->at[i], within_us))
            return true;
    return false;
}

/* Of `next` those that follow one of `reached`: at these the step can be at its end. */
static void go_on(const struct times *reached, struct times *next, int64_t within_us)
{
    size_t kept = 0;

    for (size_t i = 0; i < next->n; i++)
        for (size_t k = 0; k < reached->n; k++)
            if (follows(reached->at[k], next->at[i], within_us)) {
                next->at[kept++] = next->at[i];
                break;
            }
    next->n = kept;
}

/* One that nothing follows, once the time for it is over. */
static bool ends_without(const struct holding *h, const struct times *reached,
                         const struct times *next, int64_t within_us)
{
    for (size_t k = 0; k < reached->n; k++) {
        const int64_t over_us = reached->at[k] + within_us;

        if (over_us > h->now.now_us)
            note_until(h, over_us);
        else if (!any_follows(next, reached->at[k], within_us))
            return true;
    }
    return false;
}

static enum truth sequence_truth(const struct holding *h, const struct node *node)
{
    struct times reached = step_times(h, node->first);
    bool holds = false;

    for (const struct node *step = node->first->next; step; step = step->next) {
        struct times next = step_times(h, step);

        if (step->absent) {
            holds = ends_without(h, &reached, &next, step->within_us);
            free(next.at);
            free(reached.at);
            return truth_of(holds);
        }
        go_on(&reached, &next, step->within_us);
        free(reached.at);
        reached = next;
    }
    holds = reached.n > 0;
    free(reached.at);
    return truth_of(holds);
}

/* ---- the tree ------------------------------------------------------------------------------ */

static enum truth joined_truth(const struct holding *h, const struct node *node)
{
    enum truth most = node->kind == NODE_ALL ? IS_TRUE : IS_FALSE;

    for (const struct node *child = node->first; child; child = child->next) {
        enum truth t = node_truth(h, child);

        if (node->kind == NODE_ALL ? t < most : t > most)
            most = t;
        if (most == (node->kind == NODE_ALL ? IS_FALSE : IS_TRUE))
            break;
    }
    return most;
}

enum truth node_truth(const struct holding *h, const struct node *node)
{
    struct fact value;

    switch (node->kind) {
    case NODE_ALL:
    case NODE_ANY:
        return joined_truth(h, node);
    case NODE_NOT:
        return (enum truth)(IS_TRUE - node_truth(h, node->first));
    case NODE_TEST:
        value = word_value(h, node->conditions->word);
        return condition_truth(h, node->conditions, &value);
    case NODE_ROWS:
        return rows_truth(h, node);
    case NODE_SEQUENCE:
        return sequence_truth(h, node);
    case NODE_SEGMENT:
        return truth_of(node_truth(h, h->set->segments[node->target].tree->root) == IS_TRUE);
    }
    return IS_FALSE;
}

bool audience_holds(const struct audience_set *set, size_t segment,
                    const struct audience_facts *facts, const struct audience_now *now)
{
    const struct holding h = {.set = set, .facts = facts, .now = *now};

    return node_truth(&h, set->segments[segment].tree->root) == IS_TRUE;
}
