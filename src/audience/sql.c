/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/sql.h"

#include "audience/holds.h"
#include "insight/people.h"

enum { SQL_BYTES_MAX = 4 << 20, VALUES_BYTES_MAX = 16 << 20, PARAMS_MAX = 20000 };

/* One letter a source, for the names of its parts: o0, o1, ... */
static const char letters[FROM_COUNT] = {'p', 'o', 'l', 'e', 'm', 'c', 'r'};

void sql_begin(struct sql *s, const struct audience_set *set, const struct audience_now *now)
{
    *s = (struct sql){.text = BUF_INIT(SQL_BYTES_MAX), .arena = ARENA_INIT(VALUES_BYTES_MAX)};
    s->set = set;
    s->now = *now;
}

void sql_release(struct sql *s)
{
    for (size_t i = 0; i < FROM_COUNT; i++)
        free(s->parts[i].list);
    free(s->params);
    free(s->types);
    buf_release(&s->text);
    arena_release(&s->arena);
}

/* ---- values -------------------------------------------------------------------------------- */

static void add_param(struct sql *s, struct buf *out, struct str value, const char *type)
{
    struct sql_param *p;
    size_t i = 0;

    while (i < s->param_count &&
           !(strcmp(s->types[i], type) == 0 && str_eq(s->params[i].text, value)))
        i++;
    if (i == s->param_count) {
        if (i == s->param_room) {
            s->param_room = s->param_room ? 2 * s->param_room : 64;
            s->params = xrealloc(s->params, s->param_room * sizeof(*s->params));
            s->types = xrealloc(s->types, s->param_room * sizeof(*s->types));
        }
        p = arena_alloc(&s->arena, sizeof(*p));
        if (!p || i == PARAMS_MAX) {
            s->arena.failed = true;
            return;
        }
        snprintf(p->name, sizeof(p->name), "v%zu", i);
        s->params[i] = (struct param){
            .name = p->name, .type = PARAM_TEXT, .text = arena_str(&s->arena, value)};
        s->types[i] = type;
        s->param_count++;
    }
    buf_addf(out, "{v%zu:%s}", i, type);
}

void sql_int(struct sql *s, struct buf *out, int64_t v)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, v);
    add_param(s, out, str_of(text), "Int64");
}

void sql_text(struct sql *s, struct buf *out, struct str v)
{
    add_param(s, out, v, "String");
}

/* ---- conditions ---------------------------------------------------------------------------- */

static void add_value(struct sql *s, struct buf *out, const struct condition *c, size_t i)
{
    if (c->values[i].kind == LITERAL_TEXT)
        sql_text(s, out, c->values[i].folded);
    else
        sql_int(s, out, literal_value(&c->values[i], c->word->type, &s->now));
}

/* `what` is an expression that is NULL where nothing is known. */
static void add_condition(struct sql *s, struct buf *out, const struct condition *c,
                          const char *what)
{
    bool text = c->word->type == TYPE_TEXT, list = c->word->type == TYPE_LIST;
    bool negative = c->is == IS_NE || c->is == IS_NOT_IN;

    switch (c->is) {
    case IS_NULL:
    case IS_NOT_NULL:
        buf_addf(out, "%s%s(%s)", c->is == IS_NULL ? "" : "NOT ", list ? "empty" : "isNull", what);
        return;
    case IS_CONTAINING:
    case IS_NOT_CONTAINING:
        buf_addf(out, text ? "position(%s, " : "hasAny(%s, [", what);
        add_value(s, out, c, 0);
        for (size_t k = 0; list && k < c->values[0].same_count; k++) {
            buf_addz(out, ", ");
            sql_text(s, out, c->values[0].same[k]);
        }
        buf_addz(out, text ? ")" : "])");
        buf_addz(out, c->is == IS_NOT_CONTAINING ? " = 0" : text ? " > 0" : "");
        return;
    case IS_BETWEEN:
        buf_addf(out, "(%s >= ", what);
        add_value(s, out, c, 0);
        buf_addf(out, " AND %s <= ", what);
        add_value(s, out, c, 1);
        buf_addc(out, ')');
        return;
    case IS_LT:
    case IS_LE:
    case IS_GT:
    case IS_GE:
        buf_addf(out, "%s %s ", what, compare_words[c->is]);
        add_value(s, out, c, 0);
        return;
    default:
        buf_addz(out, negative ? "NOT (" : "(");
        for (size_t i = 0; i < c->n; i++) {
            buf_addf(out, "%s%s = ", i ? " OR " : "", what);
            add_value(s, out, c, i);
            for (size_t k = 0; k < c->values[i].same_count; k++) { /* IN would not know NULL */
                buf_addf(out, " OR %s = ", what);
                sql_text(s, out, c->values[i].same[k]);
            }
        }
        buf_addc(out, ')');
    }
}

static void add_preset(struct sql *s, struct buf *out, int column, const char *text)
{
    if (column < 0)
        return;
    buf_addf(out, "%s = ", column_infos[column].name);
    sql_text(s, out, str_of(text));
}

/* What a row must be to count for a function; "1" when any does. */
static void add_row_filter(struct sql *s, struct buf *out, const struct node *node)
{
    char what[64];
    bool any = false;

    buf_addz(out, "ifNull(");
    for (size_t i = 0; i < TM_COUNT(node->function->presets); i++) {
        if (node->function->presets[i].column < 0)
            continue;
        buf_addz(out, any ? " AND " : "");
        add_preset(s, out, node->function->presets[i].column, node->function->presets[i].text);
        any = true;
    }
    for (const struct condition *c = node->conditions; c; c = c->next) {
        const struct column_info *column;

        if (c->word->way != WAY_FIELD)
            continue;
        column = &column_infos[c->word->column];
        snprintf(what, sizeof(what), column->kind == COLUMN_TEXT ? "nullIf(%s, '')" : "%s",
                 column->name);
        buf_addz(out, any ? " AND " : "");
        add_condition(s, out, c, what);
        any = true;
    }
    buf_addz(out, any ? ", 0)" : "1, 0)");
}

/* ---- parts --------------------------------------------------------------------------------- */

/* The name of a source's part, new or known; releases `part`. */
static void add_part(struct sql *s, struct buf *out, enum word_source source, struct buf *part)
{
    size_t i = 0;

    while (i < s->parts[source].n && !str_eq(s->parts[source].list[i], buf_str(part)))
        i++;
    if (i == s->parts[source].n) {
        if (i == s->parts[source].room) {
            s->parts[source].room = i ? 2 * i : 16;
            s->parts[source].list =
                xrealloc(s->parts[source].list, s->parts[source].room * sizeof(struct str));
        }
        s->parts[source].list[i] = arena_str(&s->arena, buf_str(part));
        s->parts[source].n++;
    }
    if (part->failed)
        s->arena.failed = true;
    buf_addf(out, "%c%zu", letters[source], i);
    buf_release(part);
}

/* countIf, sumIf, minOrNullIf, maxOrNullIf of a column over the rows with a preset text. */
static void add_aggregate(struct sql *s, struct buf *out, enum word_source source,
                          enum word_way way, int column, int preset, const char *text)
{
    static const char *const names[] = {
        [WAY_COUNT] = "count", [WAY_SUM] = "sum", [WAY_MIN] = "minOrNull", [WAY_MAX] = "maxOrNull"};
    struct buf part = BUF_INIT(4096);
    bool filtered = preset >= 0;

    buf_addf(&part, "%s%s(", names[way], filtered ? "If" : "");
    if (way == WAY_SUM)
        buf_addf(&part, "ifNull(%s, 0)", column_infos[column].name);
    else if (way != WAY_COUNT)
        buf_addz(&part, column_infos[column].name);
    if (filtered) {
        buf_addz(&part, way == WAY_COUNT ? "" : ", ");
        add_preset(s, &part, preset, text);
    }
    buf_addc(&part, ')');
    add_part(s, out, source, &part);
}

static void add_total(struct sql *s, struct buf *out, const struct node *node, int column)
{
    struct buf part = BUF_INIT(1 << 20);

    if (column == COUNT_ROWS)
        buf_addz(&part, "countIf(");
    else
        buf_addf(&part, "sumIf(ifNull(%s, 0), ", column_infos[column].name);
    add_row_filter(s, &part, node);
    buf_addc(&part, ')');
    add_part(s, out, node->function->source, &part);
}

static void add_rows(struct sql *s, struct buf *out, const struct node *node)
{
    bool totals = false;

    buf_addc(out, '(');
    for (const struct condition *c = node->conditions; c; c = c->next) {
        struct buf what = BUF_INIT(64);

        if (c->word->way != WAY_TOTAL)
            continue;
        add_total(s, &what, node, c->word->column);
        buf_addz(out, totals ? " AND " : "");
        add_condition(s, out, c, buf_cstr(&what));
        buf_release(&what);
        totals = true;
    }
    if (!totals) {
        add_total(s, out, node, COUNT_ROWS);
        buf_addz(out, " > 0");
    }
    buf_addc(out, ')');
}

/* ---- attributes made of several ------------------------------------------------------------ */

static void add_average(struct sql *s, struct buf *out)
{
    struct buf n = BUF_INIT(64);

    add_aggregate(s, &n, FROM_ORDERS, WAY_COUNT, -1, -1, NULL);
    buf_addf(out, "if(%s = 0, NULL, intDiv(", buf_cstr(&n));
    add_aggregate(s, out, FROM_ORDERS, WAY_SUM, ORDERS_amount, -1, NULL);
    buf_addf(out, ", greatest(toInt64(%s), 1)))", buf_cstr(&n));
    buf_release(&n);
}

static void add_abandoned(struct sql *s, struct buf *out)
{
    struct buf begun = BUF_INIT(64), ordered = BUF_INIT(64);

    add_aggregate(s, &begun, FROM_EVENTS, WAY_MAX, EVENTS_at, EVENTS_event, "checkout_start");
    add_aggregate(s, &ordered, FROM_ORDERS, WAY_MAX, ORDERS_at, -1, NULL);
    buf_addf(out, "if(ifNull(%s, 0) >= ifNull(%s, 0), NULL, ", buf_cstr(&ordered),
             buf_cstr(&begun));
    add_aggregate(s, out, FROM_EVENTS, WAY_MAX, EVENTS_day, EVENTS_event, "checkout_start");
    buf_addc(out, ')');
    buf_release(&begun);
    buf_release(&ordered);
}

static void add_status(struct sql *s, struct buf *out, const struct word *word)
{
    struct buf part = BUF_INIT(256), state = BUF_INIT(64);

    buf_addz(&part, "anyIf(toString(state), ");
    add_preset(s, &part, word->preset, word->preset_text);
    buf_addc(&part, ')');
    add_part(s, &state, FROM_CONSENTS, &part);
    buf_addf(out, "if(%s = '', 'denied', %s)", buf_cstr(&state), buf_cstr(&state));
    buf_release(&state);
}

static void add_rfm(struct buf *out)
{
    buf_addz(out, "transform(p.recency * 10 + intDiv(p.frequency + p.monetary + 1, 2), [");
    for (int i = 0; i < SCORES * SCORES; i++)
        buf_addf(out, "%s%d", i ? ", " : "", 10 * (i / SCORES + 1) + i % SCORES + 1);
    buf_addz(out, "], [");
    for (int i = 0; i < SCORES * SCORES; i++)
        buf_addf(out, "%s'%s'", i ? ", " : "", people_cell_name(i / SCORES + 1, i % SCORES + 1));
    buf_addz(out, "], 'prospects')");
}

static void add_life(struct sql *s, struct buf *out)
{
    struct buf n = BUF_INIT(64), age = BUF_INIT(256);

    add_aggregate(s, &n, FROM_ORDERS, WAY_COUNT, -1, -1, NULL);
    sql_int(s, &age, s->now.today);
    buf_addz(&age, " - ");
    add_aggregate(s, &age, FROM_ORDERS, WAY_MAX, ORDERS_day, -1, NULL);
    buf_addf(out,
             "multiIf(%s = 0, 'prospect', %s = 1 AND %s <= %d, 'new', %s <= %d, 'active', "
             "%s <= %d, 'at_risk', 'lapsed')",
             buf_cstr(&n), buf_cstr(&n), buf_cstr(&age), LIFE_NEW_DAYS, buf_cstr(&age),
             LIFE_ACTIVE_DAYS, buf_cstr(&age), LIFE_RISK_DAYS);
    buf_release(&n);
    buf_release(&age);
}

/* addYears() makes 29 February the 28th in other years. */
static void add_birthday(struct sql *s, struct buf *out)
{
    int year, month, day;

    civil_from_days(s->now.today, &year, &month, &day);
    buf_addz(out, "if(p.birth_month IS NULL OR p.birth_day IS NULL, NULL, arrayFirst(d -> d >= ");
    sql_int(s, out, s->now.today);
    buf_addz(out, ", [");
    for (int i = 0; i < 2; i++) {
        buf_addz(out, i ? ", " : "");
        buf_addz(out, "toInt32(addYears(makeDate32(2000, assumeNotNull(p.birth_month), "
                      "assumeNotNull(p.birth_day)), ");
        sql_int(s, out, year - 2000 + i);
        buf_addz(out, "))");
    }
    buf_addz(out, "]))");
}

static void add_made(struct sql *s, struct buf *out, const struct word *word)
{
    switch ((enum word_made)word->column) {
    case MADE_AVERAGE:
        add_average(s, out);
        break;
    case MADE_ABANDONED:
        add_abandoned(s, out);
        break;
    case MADE_STATUS:
        add_status(s, out, word);
        break;
    case MADE_RFM:
        add_rfm(out);
        break;
    case MADE_LIFE:
        add_life(s, out);
        break;
    case MADE_BIRTHDAY:
        add_birthday(s, out);
        break;
    }
}

static void add_attribute(struct sql *s, struct buf *out, const struct word *word)
{
    const struct column_info *column;

    switch (word->way) {
    case WAY_COLUMN:
        column = &column_infos[word->column];
        buf_addf(out, column->kind == COLUMN_TEXT ? "nullIf(p.%s, '')" : "p.%s", column->name);
        break;
    case WAY_MADE:
        add_made(s, out, word);
        break;
    case WAY_LATER:
        buf_addz(out, word->type == TYPE_CHOICE ? "CAST(NULL AS Nullable(String))"
                                                : "CAST(NULL AS Nullable(Int64))");
        break;
    default:
        add_aggregate(s, out, word->source, word->way, word->column, word->preset,
                      word->preset_text);
    }
}

/* ---- sequences ----------------------------------------------------------------------------- */

static void add_times(struct sql *s, struct buf *out, const struct node *step)
{
    struct buf part = BUF_INIT(1 << 20);

    buf_addz(&part, "arraySlice(arrayReverseSort(groupUniqArrayIf(at, ");
    add_row_filter(s, &part, step);
    buf_addf(&part, ")), 1, %d)", SEQUENCE_ROWS_MAX);
    add_part(s, out, step->function->source, &part);
}

/* Whether time `after` follows `before`, both names of lambdas' arguments. */
static void add_follows(struct sql *s, struct buf *out, size_t after, size_t before,
                        int64_t within_us)
{
    buf_addf(out, "x%zu > x%zu", after, before);
    if (!within_us)
        return;
    buf_addf(out, " AND x%zu <= x%zu + ", after, before);
    sql_int(s, out, within_us);
}

static void add_sequence(struct sql *s, struct buf *out, const struct node *node)
{
    struct buf reached = BUF_INIT(SQL_BYTES_MAX);

    add_times(s, &reached, node->first);
    for (const struct node *step = node->first->next; step; step = step->next) {
        struct buf next = BUF_INIT(SQL_BYTES_MAX);
        size_t a = s->lambdas++, b = s->lambdas++;

        if (step->absent) {
            buf_addf(&next, "arrayFilter(x%zu -> x%zu + ", a, a);
            sql_int(s, &next, step->within_us);
            buf_addz(&next, " <= ");
            sql_int(s, &next, s->now.now_us);
            buf_addf(&next, " AND NOT arrayExists(x%zu -> ", b);
            add_follows(s, &next, b, a, step->within_us);
            buf_addz(&next, ", ");
            add_times(s, &next, step);
            buf_addf(&next, "), %s)", buf_cstr(&reached));
        } else {
            buf_addf(&next, "arrayFilter(x%zu -> arrayExists(x%zu -> ", a, b);
            add_follows(s, &next, a, b, step->within_us);
            buf_addf(&next, ", %s), ", buf_cstr(&reached));
            add_times(s, &next, step);
            buf_addc(&next, ')');
        }
        buf_release(&reached);
        reached = next;
    }
    buf_addf(out, "notEmpty(%s)", buf_cstr(&reached));
    buf_release(&reached);
}

/* ---- the tree ------------------------------------------------------------------------------ */

static void add_node(struct sql *s, struct buf *out, const struct node *node);

static void add_joined(struct sql *s, struct buf *out, const struct node *node)
{
    buf_addc(out, '(');
    for (const struct node *child = node->first; child; child = child->next) {
        add_node(s, out, child);
        if (child->next)
            buf_addz(out, node->kind == NODE_ALL ? " AND " : " OR ");
    }
    buf_addc(out, ')');
}

static void add_test(struct sql *s, struct buf *out, const struct node *node)
{
    struct buf what = BUF_INIT(8192);

    add_attribute(s, &what, node->conditions->word);
    buf_addc(out, '(');
    add_condition(s, out, node->conditions, buf_cstr(&what));
    buf_addc(out, ')');
    buf_release(&what);
}

static void add_node(struct sql *s, struct buf *out, const struct node *node)
{
    switch (node->kind) {
    case NODE_ALL:
    case NODE_ANY:
        add_joined(s, out, node);
        break;
    case NODE_NOT:
        buf_addz(out, "NOT (");
        add_node(s, out, node->first);
        buf_addc(out, ')');
        break;
    case NODE_TEST:
        add_test(s, out, node);
        break;
    case NODE_ROWS:
        add_rows(s, out, node);
        break;
    case NODE_SEQUENCE:
        add_sequence(s, out, node);
        break;
    case NODE_SEGMENT:
        buf_addf(out, "(g%zu = 1)", node->target);
        break;
    }
}

/* ---- the statement ------------------------------------------------------------------------- */

static void want(const struct audience_set *set, const struct node *node, bool *wanted);

static void want_segment(const struct audience_set *set, size_t i, bool *wanted)
{
    if (wanted[i])
        return;
    wanted[i] = true;
    want(set, set->segments[i].tree->root, wanted);
}

static void want(const struct audience_set *set, const struct node *node, bool *wanted)
{
    if (node->kind == NODE_SEGMENT)
        want_segment(set, node->target, wanted);
    for (const struct node *child = node->first; child; child = child->next)
        want(set, child, wanted);
}

static void add_range(struct sql *s, enum word_source source, struct str low, struct str high)
{
    struct buf *out = &s->text;

    buf_addf(out, " FROM %s WHERE person >= ", source_tables[source]);
    add_param(s, out, low, "UInt64");
    buf_addz(out, " AND person <= ");
    add_param(s, out, high, "UInt64");
}

static void add_sources(struct sql *s, uint64_t low, uint64_t high)
{
    char from[24], to[24];

    snprintf(from, sizeof(from), "%" PRIu64, low);
    snprintf(to, sizeof(to), "%" PRIu64, high);
    buf_addz(&s->text, "\nFROM (SELECT *");
    add_range(s, FROM_PERSON, str_of(from), str_of(to));
    buf_addz(&s->text, ") AS p");
    for (enum word_source i = FROM_ORDERS; i < FROM_COUNT; i++) {
        if (!s->parts[i].n)
            continue;
        buf_addz(&s->text, "\nLEFT ANY JOIN (SELECT person");
        for (size_t k = 0; k < s->parts[i].n; k++) {
            buf_addz(&s->text, ",\n    ");
            buf_adds(&s->text, s->parts[i].list[k]);
            buf_addf(&s->text, " AS %c%zu", letters[i], k);
        }
        add_range(s, i, str_of(from), str_of(to));
        buf_addf(&s->text, " GROUP BY person) AS s%c ON s%c.person = p.person", letters[i],
                 letters[i]);
    }
}

enum err_code sql_people(struct sql *s, const size_t *segments, size_t n, uint64_t low,
                         uint64_t high, struct err *err)
{
    bool *wanted = xcalloc(s->set->n + 1, sizeof(*wanted));

    for (size_t i = 0; i < n; i++)
        want_segment(s->set, segments[i], wanted);
    buf_addz(&s->text, "SELECT p.person AS person");
    for (size_t i = 0; i < s->set->n; i++) {
        if (!wanted[i])
            continue;
        buf_addz(&s->text, ",\n    toUInt8(ifNull(");
        add_node(s, &s->text, s->set->segments[i].tree->root);
        buf_addf(&s->text, ", 0)) AS g%zu", i);
    }
    free(wanted);
    add_sources(s, low, high);
    TRY(arena_check(&s->arena, err));
    return buf_check(&s->text, err);
}
