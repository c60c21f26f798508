/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A mapping at work: rows into records. */
#include "intake/import/fields.h"
#include "intake/import/mapping_group.h"
#include "intake/import/mapping_plan.h"
#include "intake/import/report_cells.h"
#include "shop/identifier.h"

enum { VALUE_MAX = 64 << 10 };

struct state {
    struct groups groups[PLAN_RECORDS_MAX];
    struct zone *zone; /* owned; the mapping's */
    struct buf text;
};

size_t mapping_state_size(void)
{
    return sizeof(struct state);
}

void mapping_state_release(void *memory)
{
    struct state *state = memory;

    for (size_t i = 0; i < PLAN_RECORDS_MAX; i++)
        groups_release(&state->groups[i]);
    if (state->zone)
        zone_close(state->zone);
    buf_release(&state->text);
}

/* The importer of a mapping is its first member. */
static const struct mapping *mapping_of(const struct import_run *run)
{
    return (const struct mapping *)(const void *)run_importer(run);
}

enum err_code mapping_begin(struct import_run *run, struct err *err)
{
    const struct mapping *m = mapping_of(run);
    struct state *state = import_state(run);
    struct read_style *style = import_style(run);

    state->text.limit = VALUE_MAX;
    if (m->time_zone[0]) {
        TRY(zone_open(m->time_zone, &state->zone, err));
        style->zone = state->zone;
    }
    if (style->dates == DATES_UNKNOWN)
        style->dates = m->dates;
    if (style->decimals == DECIMALS_UNKNOWN)
        style->decimals = m->decimals;
    return ERR_OK;
}

static bool holds(struct import_run *run, const struct csv_row *row, const struct condition *c)
{
    struct str cell = import_cell(run, row, c->column);
    int64_t micros;

    switch (c->test) {
    case TEST_EQUALS:
        return str_eq(cell, c->value);
    case TEST_PREFIX:
        return str_starts(cell, c->value.p);
    case TEST_SUFFIX:
        return str_ends(cell, c->value.p);
    case TEST_CONTAINS:
        return str_icontains(cell, c->value.p);
    case TEST_EMPTY:
        return cell.n == 0;
    case TEST_LESS:
    case TEST_MORE:
        if (parse_micros(cell, import_style(run), &micros, NULL) != ERR_OK || micros == AMOUNT_NONE)
            return false;
        return c->test == TEST_LESS ? micros < c->micros : micros > c->micros;
    }
    return false;
}

static bool all_hold(struct import_run *run, const struct csv_row *row,
                     const struct conditions *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (holds(run, row, &all->list[i]) == all->list[i].is_not)
            return false;
    return true;
}

static enum err_code text_of(struct import_run *run, const struct csv_row *row,
                             const struct field_plan *f, struct str *out, struct err *err)
{
    struct state *state = import_state(run);

    if (f->part_count == 1 && f->parts[0].type == PART_COLUMN) {
        *out = import_cell(run, row, f->parts[0].column);
        return ERR_OK;
    }
    buf_reset(&state->text);
    for (size_t i = 0; i < f->part_count; i++) {
        if (f->parts[i].type == PART_COLUMN)
            buf_adds(&state->text, import_cell(run, row, f->parts[i].column));
        else if (f->parts[i].type == PART_LINE)
            buf_addf(&state->text, "%" PRId64, row->line);
        else
            buf_adds(&state->text, f->parts[i].text);
    }
    TRY(buf_check(&state->text, err));
    *out = arena_str(import_row_arena(run), buf_str(&state->text));
    return ERR_OK;
}

static struct str normalised(struct import_run *run, enum identity identity, struct str text)
{
    struct identifier id;

    switch (identity) {
    case IDENTITY_NONE:
        return text;
    case IDENTITY_EMAIL:
        identifier_email(text, &id);
        break;
    case IDENTITY_PHONE:
        identifier_phone(text, import_country(run), &id);
        break;
    case IDENTITY_OTHER:
        identifier_id(text, &id);
        break;
    case IDENTITY_BIRTHDAY:
        return report_birthday(run, text, import_style(run)->dates);
    }
    return id.n ? arena_str(import_row_arena(run), identifier_str(&id)) : STR_NONE;
}

/* What could not be parsed: a rejected row, or an ambiguity for the driver. */
static enum err_code parsed(struct import_run *run, const struct csv_row *row, const char *field,
                            enum err_code rc, bool *out_ok, struct err *err)
{
    *out_ok = rc == ERR_OK;
    if (rc == ERR_OK)
        return ERR_OK;
    if (rc == ERR_AMBIGUOUS) {
        err_set(err, rc, "%s, line %" PRId64 ", field \"%s\": %s", run_name(run), row->line, field,
                run->cell_err.msg);
        err_hint(err, "%s", run->cell_err.hint);
        return rc;
    }
    import_reject(run, row->line, "field \"%s\": %s", field, run->cell_err.msg);
    return ERR_OK;
}

/* A number as micros, with what it is multiplied by. */
static enum err_code micros_of(struct import_run *run, const struct csv_row *row,
                               const struct field_plan *f, const char *field, struct str text,
                               int64_t *out, bool *out_ok, struct err *err)
{
    struct read_style *style = import_style(run);
    int64_t times;

    TRY(parsed(run, row, field, parse_micros(text, style, out, &run->cell_err), out_ok, err));
    if (!*out_ok || !f->has_times)
        return ERR_OK;
    TRY(import_micros(run, row, f->times, &times, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    if (*out != AMOUNT_NONE && times != AMOUNT_NONE &&
        (*out = micros_times(*out, times)) == AMOUNT_NONE) {
        import_reject(run, row->line, "field \"%s\": the product is too large", field);
        *out_ok = false;
    } else if (times == AMOUNT_NONE) {
        *out = AMOUNT_NONE;
    }
    return ERR_OK;
}

/* A sum stays in micros until its group is complete. */
static enum err_code number_of(struct import_run *run, const struct csv_row *row,
                               const struct field_plan *f, const char *field, struct str text,
                               int decimals, union kept_value *out, bool *out_ok, struct err *err)
{
    int64_t micros = AMOUNT_NONE;

    if (f->type == COL_INT && !f->has_times && !f->is_sum)
        return parsed(run, row, field,
                      parse_count(text, import_style(run), &out->i, &run->cell_err), out_ok, err);
    if (f->type == COL_REAL && !f->has_times && !f->is_sum)
        return parsed(run, row, field, parse_real(text, import_style(run), &out->x, &run->cell_err),
                      out_ok, err);
    TRY(micros_of(run, row, f, field, text, &micros, out_ok, err));
    if (f->is_sum || f->type == COL_PRICE)
        out->i = micros;
    else if (f->type == COL_MONEY)
        out->i = money_from_micros(micros, decimals);
    else if (f->type == COL_INT)
        out->i = money_from_micros(micros, 0);
    else
        out->x = micros_real(micros);
    return ERR_OK;
}

static enum err_code value_of(struct import_run *run, const struct csv_row *row,
                              const struct record_plan *plan, const struct field_plan *f,
                              int decimals, union kept_value *out, bool *out_ok, struct err *err)
{
    const char *field = plan->layout->columns[f->target].name;
    struct read_style *style = import_style(run);
    struct str text;

    *out_ok = true;
    TRY(text_of(run, row, f, &text, err));
    switch (f->type) {
    case COL_STR:
        out->text = normalised(run, f->identity, text);
        return ERR_OK;
    case COL_TIME:
        return parsed(run, row, field, parse_time(text, style, &out->i, &run->cell_err), out_ok,
                      err);
    case COL_DAY:
        return parsed(run, row, field, parse_day(text, style, &out->i, &run->cell_err), out_ok,
                      err);
    case COL_FLAG:
        return parsed(run, row, field, parse_flag(text, &out->i, &run->cell_err), out_ok, err);
    case COL_MONEY:
    case COL_PRICE:
    case COL_INT:
    case COL_REAL:
        break;
    }
    return number_of(run, row, f, field, text, decimals, out, out_ok, err);
}

static void set_value(const struct record_column *column, char *record,
                      const union kept_value *value)
{
    if (column->type == COL_STR)
        memcpy(record + column->offset, &value->text, sizeof(value->text));
    else if (column->type == COL_REAL)
        memcpy(record + column->offset, &value->x, sizeof(value->x));
    else
        memcpy(record + column->offset, &value->i, sizeof(value->i));
}

/* The decimals of the record's currency, which is the field's, the mapping's or the shop's. */
static enum err_code settle_currency(struct import_run *run, const struct csv_row *row,
                                     const struct record_plan *plan, char *record,
                                     int *out_decimals, bool *out_ok, struct err *err)
{
    struct str *currency = (struct str *)(void *)(record + plan->currency_offset);
    const char *own = mapping_of(run)->currency;

    *out_ok = true;
    *out_decimals = 2;
    if (!plan->needs_currency || plan->currency_offset == 0)
        return ERR_OK;
    if (currency->n == 0) {
        if (!own[0])
            TRY(import_need_currency(run, &own, err));
        *currency = str_of(own);
    }
    *out_decimals = currency_decimals(*currency);
    if (*out_decimals < 0) {
        import_reject(run, row->line, "\"%.*s\" is not a currency (ISO 4217)",
                      (int)(currency->n < 40 ? currency->n : 40), currency->p);
        *out_ok = false;
    }
    return ERR_OK;
}

/* Fills a record from the row. `set` tells which columns of the layout are. */
static enum err_code fill(struct import_run *run, const struct csv_row *row,
                          const struct record_plan *plan, char *record, uint64_t *set, bool *out_ok,
                          struct err *err)
{
    bool has_currency = false;
    int decimals = 2;

    *out_ok = true;
    *set = 0;
    memcpy(record, plan->blank, plan->layout->size);
    memcpy(record, &row->line, sizeof(row->line)); /* `line` is every record's first member */
    for (size_t i = 0; i < plan->field_count; i++) {
        const struct field_plan *f = &plan->fields[i];
        union kept_value value = {.i = 0};

        if (!has_currency && !f->is_currency) {
            TRY(settle_currency(run, row, plan, record, &decimals, out_ok, err));
            has_currency = true;
        }
        if (!*out_ok || (*set >> f->target & 1) || !all_hold(run, row, &f->when))
            continue;
        TRY(value_of(run, row, plan, f, decimals, &value, out_ok, err));
        if (!*out_ok)
            return ERR_OK;
        set_value(&plan->layout->columns[f->target], record, &value);
        *set |= UINT64_C(1) << f->target;
    }
    return ERR_OK;
}

static void get_value(const struct record_column *column, const char *record,
                      union kept_value *value)
{
    if (column->type == COL_STR)
        memcpy(&value->text, record + column->offset, sizeof(value->text));
    else if (column->type == COL_REAL)
        memcpy(&value->x, record + column->offset, sizeof(value->x));
    else
        memcpy(&value->i, record + column->offset, sizeof(value->i));
}

static bool sums_target(const struct record_plan *plan, size_t target)
{
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].target == target && plan->fields[i].is_sum)
            return true;
    return false;
}

static bool add(int64_t *sum, int64_t micros)
{
    if (micros == AMOUNT_NONE)
        return true;
    if (*sum == AMOUNT_NONE)
        *sum = 0;
    return !__builtin_add_overflow(*sum, micros, sum);
}

/* The first row of an order gives its fields, every row adds to its sums. */
static enum err_code join_group(struct import_run *run, const struct csv_row *row, size_t at,
                                const char *record, bool *out_is_new, struct err *err)
{
    const struct record_plan *plan = &mapping_of(run)->records[at];
    struct arena *arena = import_file_arena(run);
    struct state *state = import_state(run);
    union kept_value key;
    struct grouped *g;

    get_value(&plan->layout->columns[plan->kept[plan->key]], record, &key);
    if (key.text.n == 0) {
        import_reject(run, row->line, "the row has no order_key");
        return ERR_OK;
    }
    g = groups_get(&state->groups[at], key.text, plan->key, plan->kept_count, arena, out_is_new);
    TRY(arena_check(arena, err));
    if (*out_is_new)
        g->line = row->line;
    for (size_t k = 0; k < plan->kept_count; k++) {
        const struct record_column *column = &plan->layout->columns[plan->kept[k]];
        bool is_sum = sums_target(plan, plan->kept[k]);
        union kept_value value = {.i = 0};

        get_value(column, record, &value);
        if (is_sum) {
            if (*out_is_new)
                g->values[k].i = AMOUNT_NONE;
            if (!add(&g->values[k].i, value.i))
                return err_set(err, ERR_TOO_LARGE,
                               "%s, line %" PRId64 ": the sum of \"%s\" is "
                               "too large",
                               run_name(run), row->line, column->name);
        } else if (*out_is_new && k != plan->key) {
            if (column->type == COL_STR)
                value.text = arena_str(arena, value.text);
            g->values[k] = value;
        }
    }
    return arena_check(arena, err);
}

static enum err_code put_order_total(struct import_run *run, enum record_kind kind,
                                     const void *record, struct err *err)
{
    const struct order_record *order = record;
    char currency[4] = "";

    if (kind == RECORD_ORDER && order->currency.n == 3) {
        memcpy(currency, order->currency.p, 3);
        import_total(run, "order total", currency, order->total);
    }
    return import_put(run, kind, record, err);
}

/* Records of a row are put together: all of them, or the row is rejected. */
static enum err_code put_all(struct import_run *run, const struct csv_row *row, char **records,
                             struct err *err)
{
    const struct mapping *m = mapping_of(run);
    bool any = false, joined = false, is_new = false;

    for (size_t i = 0; i < m->record_count; i++) {
        bool first = false;

        if (!records[i])
            continue;
        if (m->records[i].is_group) {
            TRY(join_group(run, row, i, records[i], &first, err));
            joined = true;
            is_new = is_new || first;
        } else {
            TRY(put_order_total(run, m->records[i].kind, records[i], err));
            any = true;
        }
    }
    if (!any && !joined)
        import_skipped(run);
    else if (!any && !is_new)
        import_merged(run);
    return ERR_OK;
}

enum err_code mapping_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    const struct mapping *m = mapping_of(run);
    char *records[PLAN_RECORDS_MAX] = {NULL};

    if (m->skip.n > 0 && all_hold(run, row, &m->skip)) {
        import_skipped(run);
        return ERR_OK;
    }
    for (size_t i = 0; i < m->record_count; i++) {
        const struct record_plan *plan = &m->records[i];
        uint64_t set;
        bool ok;

        if (!all_hold(run, row, &plan->when))
            continue;
        records[i] = arena_alloc(import_row_arena(run), plan->layout->size);
        TRY(arena_check(import_row_arena(run), err));
        TRY(fill(run, row, plan, records[i], &set, &ok, err));
        if (!ok)
            return ERR_OK;
        field_finish(run, plan->kind, records[i]);
    }
    return put_all(run, row, records, err);
}

static enum err_code put_group(struct import_run *run, const struct record_plan *plan,
                               const struct grouped *g, struct err *err)
{
    struct order_record order;
    char *record = (char *)&order;
    struct str *currency = &order.currency;
    int decimals;

    memcpy(record, plan->blank, plan->layout->size);
    order.line = g->line;
    for (size_t k = 0; k < plan->kept_count; k++)
        set_value(&plan->layout->columns[plan->kept[k]], record, &g->values[k]);
    if (currency->n == 0) {
        const char *own = mapping_of(run)->currency;

        if (!own[0])
            TRY(import_need_currency(run, &own, err));
        *currency = str_of(own);
    }
    decimals = currency_decimals(*currency);
    for (size_t k = 0; k < plan->kept_count; k++) {
        const struct record_column *column = &plan->layout->columns[plan->kept[k]];
        union kept_value value = g->values[k];

        if (!sums_target(plan, plan->kept[k]))
            continue;
        if (column->type == COL_MONEY)
            value.i = money_from_micros(value.i, decimals);
        set_value(column, record, &value);
    }
    field_finish(run, RECORD_ORDER, record);
    return put_order_total(run, RECORD_ORDER, record, err);
}

enum err_code mapping_end(struct import_run *run, struct err *err)
{
    const struct mapping *m = mapping_of(run);
    struct state *state = import_state(run);

    for (size_t i = 0; i < m->record_count; i++)
        for (const struct grouped *g = state->groups[i].first; g; g = g->next)
            TRY(put_group(run, &m->records[i], g, err));
    return ERR_OK;
}
