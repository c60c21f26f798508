/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/mapping.h"

#include "base/i18n.h"
#include "intake/import/mapping_file.h"

enum { PLAN_BYTES_MAX = 4 << 20 };

/* What is being resolved, for errors. */
struct resolve {
    struct mapping *mapping;
    const struct mapping_text *text;
    const char *path;
    size_t line;       /* of the record, field or condition at hand */
    const char *field; /* NULL outside fields */
};

static TM_PRINTF(3, 4) enum err_code
    mapping_fail(const struct resolve *r, struct err *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), i18n_text(fmt), ap);
    va_end(ap);
    if (!r->field)
        return err_set(err, ERR_INVALID, "%s:%zu: %s", r->path, r->line, text);
    return err_set(err, ERR_INVALID, "%s:%zu: field \"%s\": %s", r->path, r->line, r->field, text);
}

static struct str keep(struct mapping *m, const char *text)
{
    return arena_str(&m->arena, str_of(text));
}

/* The number of a column of the file; every column that is named must be in the file. */
static enum err_code column_of(struct resolve *r, struct str name, size_t *out_column,
                               struct err *err)
{
    struct mapping *m = r->mapping;
    const char *const *listed = r->text->columns.p;
    bool known = r->text->columns.n == 0;

    for (size_t i = 0; i < r->text->columns.n; i++)
        known = known || header_name_matches(name, listed[i]);
    if (!known)
        return mapping_fail(r, err, "\"%.*s\" is not among the columns", (int)name.n, name.p);
    for (*out_column = 0; *out_column < m->column_count; ++*out_column)
        if (header_name_matches(name, m->columns[*out_column].names[0]))
            return ERR_OK;
    if (m->column_count == IMPORT_COLUMNS_MAX)
        return mapping_fail(r, err, "more than %d columns are used", IMPORT_COLUMNS_MAX);
    m->columns[m->column_count++] = (struct import_column){{arena_strdup(&m->arena, name)}, true};
    return ERR_OK;
}

static enum err_code conditions_of(struct resolve *r, struct yaml_items items,
                                   struct conditions *out, struct err *err)
{
    const struct condition_text *texts = items.p;
    struct read_style style = {.decimals = DECIMALS_POINT};

    out->list = arena_alloc(&r->mapping->arena, items.n * sizeof(*out->list));
    TRY(arena_check(&r->mapping->arena, err));
    out->n = items.n;
    for (size_t i = 0; i < out->n; i++) {
        struct condition *c = &out->list[i];

        r->line = texts[i].line;
        TRY(column_of(r, str_of(texts[i].column), &c->column, err));
        c->test = (enum test)texts[i].is;
        c->is_not = texts[i].is_not;
        c->value = keep(r->mapping, texts[i].value);
        if ((c->test == TEST_LESS || c->test == TEST_MORE) &&
            (parse_micros(c->value, &style, &c->micros, NULL) != ERR_OK ||
             c->micros == AMOUNT_NONE))
            return mapping_fail(r, err, "\"%.*s\" is not a number to compare with", (int)c->value.n,
                                c->value.p);
    }
    return ERR_OK;
}

static enum err_code add_part(struct resolve *r, struct field_plan *f, enum part_type type,
                              struct str text, struct err *err)
{
    struct part *part = &f->parts[f->part_count];

    if (type == PART_TEXT && text.n == 0)
        return ERR_OK;
    if (f->part_count == PLAN_PARTS_MAX)
        return mapping_fail(r, err, "the pattern has more than %d parts", PLAN_PARTS_MAX);
    f->part_count++;
    part->type = type;
    part->text = arena_str(&r->mapping->arena, text);
    return type == PART_COLUMN ? column_of(r, text, &part->column, err) : ERR_OK;
}

/* "{InvoiceNo}-{line}": names between braces are columns, `line` is the row's line number. */
static enum err_code pattern_parts(struct resolve *r, struct field_plan *f, const char *pattern,
                                   struct err *err)
{
    for (const char *p = pattern; *p;) {
        const char *open = strchr(p, '{');
        const char *close = open ? strchr(open, '}') : NULL;
        struct str name;

        if (open && !close)
            return mapping_fail(r, err, "the pattern \"%s\" lacks a closing brace", pattern);
        TRY(add_part(r, f, PART_TEXT, (struct str){p, open ? (size_t)(open - p) : strlen(p)}, err));
        if (!open)
            break;
        name = (struct str){open + 1, (size_t)(close - open) - 1};
        TRY(add_part(r, f, str_eqz(name, "line") ? PART_LINE : PART_COLUMN, name, err));
        p = close + 1;
    }
    return ERR_OK;
}

static bool is_number(enum column_type type)
{
    return type == COL_MONEY || type == COL_PRICE || type == COL_INT || type == COL_REAL;
}

static enum err_code source_of(struct resolve *r, const struct field_text *t, struct field_plan *f,
                               struct err *err)
{
    int sources = (t->column != NULL) + (t->value != NULL) + (t->pattern != NULL);

    if (sources != 1)
        return mapping_fail(r, err, "give exactly one of column, value and pattern");
    if (t->column)
        TRY(add_part(r, f, PART_COLUMN, str_of(t->column), err));
    else if (t->value)
        TRY(add_part(r, f, PART_TEXT, str_of(t->value), err));
    else
        TRY(pattern_parts(r, f, t->pattern, err));
    if ((t->times || t->sum) && !is_number(f->type))
        return mapping_fail(r, err, "times and sum are for numbers and amounts");
    if (t->times && !t->column)
        return mapping_fail(r, err, "times goes with column");
    f->has_times = t->times != NULL;
    f->is_sum = t->sum;
    return t->times ? column_of(r, str_of(t->times), &f->times, err) : ERR_OK;
}

static enum identity identity_of(const char *field)
{
    static const char *const others[] = {"customer_id", "user_id", "anonymous_id", "profile_key"};

    if (strcmp(field, "email") == 0)
        return IDENTITY_EMAIL;
    if (strcmp(field, "phone") == 0)
        return IDENTITY_PHONE;
    if (strcmp(field, "birthday") == 0)
        return IDENTITY_BIRTHDAY;
    for (size_t i = 0; i < TM_COUNT(others); i++)
        if (strcmp(field, others[i]) == 0)
            return IDENTITY_OTHER;
    return IDENTITY_NONE;
}

static enum err_code field_of(struct resolve *r, const struct record_text *record,
                              const struct field_text *t, struct record_plan *plan, size_t at,
                              struct err *err)
{
    struct field_plan *f = &plan->fields[at];
    const struct record_layout *layout = plan->layout;

    while (f->target < layout->column_count &&
           strcmp(layout->columns[f->target].name, t->field) != 0)
        f->target++;
    if (f->target == layout->column_count || strcmp(t->field, "updated_at") == 0)
        return mapping_fail(r, err, "a record of kind \"%s\" has no such field", record->kind);
    f->type = layout->columns[f->target].type;
    f->is_currency = strcmp(t->field, "currency") == 0;
    f->identity = identity_of(t->field);
    if (t->sum && !record->group)
        return mapping_fail(r, err, "sum is for records with group: true");
    plan->needs_currency = plan->needs_currency || f->type == COL_MONEY || f->type == COL_PRICE;
    TRY(source_of(r, t, f, err));
    return conditions_of(r, t->when, &f->when, err);
}

static void *blank_of(struct arena *arena, const struct record_layout *layout)
{
    char *blank = arena_alloc(arena, layout->size);

    for (size_t i = 0; blank && i < layout->column_count; i++) {
        const struct record_column *c = &layout->columns[i];
        const struct str none = STR_NONE;
        const double nan = (double)NAN;
        const int64_t amount = AMOUNT_NONE, flag = -1;

        switch (c->type) {
        case COL_STR:
            memcpy(blank + c->offset, &none, sizeof(none));
            break;
        case COL_REAL:
            memcpy(blank + c->offset, &nan, sizeof(nan));
            break;
        case COL_MONEY:
        case COL_PRICE:
        case COL_INT:
            memcpy(blank + c->offset, &amount, sizeof(amount));
            break;
        case COL_FLAG:
            memcpy(blank + c->offset, &flag, sizeof(flag));
            break;
        case COL_TIME:
        case COL_DAY:
            break; /* zeroed memory is TIME_NONE */
        }
    }
    return blank;
}

static enum err_code group_of(struct resolve *r, struct record_plan *plan, struct err *err)
{
    bool has_key = false;

    plan->kept = arena_alloc(&r->mapping->arena, plan->field_count * sizeof(*plan->kept));
    TRY(arena_check(&r->mapping->arena, err));
    for (size_t i = 0; i < plan->field_count; i++) {
        size_t target = plan->fields[i].target, k = 0;

        while (k < plan->kept_count && plan->kept[k] != target)
            k++;
        if (k == plan->kept_count)
            plan->kept[plan->kept_count++] = target;
        if (strcmp(plan->layout->columns[target].name, "order_key") == 0) {
            has_key = true;
            plan->key = k;
        }
    }
    if (plan->kind != RECORD_ORDER || !has_key)
        return mapping_fail(r, err, "group: true is for orders with an order_key");
    return ERR_OK;
}

/* The currency comes first: how many decimals an amount has depends on it. */
static enum err_code fields_of(struct resolve *r, const struct record_text *t,
                               struct record_plan *plan, struct err *err)
{
    const struct field_text *fields = t->fields.p;
    size_t n = 0;

    plan->fields = arena_alloc(&r->mapping->arena, t->fields.n * sizeof(*plan->fields));
    TRY(arena_check(&r->mapping->arena, err));
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < t->fields.n; i++) {
            bool is_currency = strcmp(fields[i].field, "currency") == 0;

            if (is_currency != (round == 0))
                continue;
            r->field = fields[i].field;
            r->line = fields[i].line;
            TRY(field_of(r, t, &fields[i], plan, n++, err));
        }
    }
    r->field = NULL;
    r->line = t->line;
    plan->field_count = n;
    return ERR_OK;
}

static enum err_code record_of(struct resolve *r, const struct record_text *t,
                               struct record_plan *plan, struct err *err)
{
    int kind = 0;

    r->line = t->line;
    while (kind < RECORD_KIND_COUNT &&
           strcmp(record_layout((enum record_kind)kind)->name, t->kind) != 0)
        kind++;
    if (kind == RECORD_KIND_COUNT)
        return mapping_fail(r, err, "\"%s\" is not a kind of record", t->kind);
    plan->kind = (enum record_kind)kind;
    plan->layout = record_layout(plan->kind);
    plan->is_group = t->group;
    for (size_t i = 0; i < plan->layout->column_count; i++)
        if (strcmp(plan->layout->columns[i].name, "currency") == 0)
            plan->currency_offset = plan->layout->columns[i].offset;
    plan->blank = blank_of(&r->mapping->arena, plan->layout);
    TRY(arena_check(&r->mapping->arena, err));
    TRY(conditions_of(r, t->when, &plan->when, err));
    TRY(fields_of(r, t, plan, err));
    return t->group ? group_of(r, plan, err) : ERR_OK;
}

static enum err_code names_of(struct resolve *r, struct err *err)
{
    struct mapping *m = r->mapping;
    const char *const *listed = r->text->columns.p;
    size_t n = r->text->columns.n;
    struct str *cells = arena_alloc(&m->arena, n * sizeof(*cells));

    TRY(arena_check(&m->arena, err));
    for (size_t i = 0; i < n; i++)
        cells[i] = keep(m, listed[i]);
    m->names = (struct csv_row){.cells = cells, .n = n};
    return ERR_OK;
}

static enum err_code head_of(struct resolve *r, struct err *err)
{
    struct mapping *m = r->mapping;
    const struct mapping_text *t = r->text;

    snprintf(m->name, sizeof(m->name), "%s", t->name);
    snprintf(m->title, sizeof(m->title), "%s", t->title ? t->title : t->name);
    snprintf(m->source, sizeof(m->source), "%s", t->source ? t->source : t->name);
    snprintf(m->time_zone, sizeof(m->time_zone), "%s", t->time_zone ? t->time_zone : "");
    snprintf(m->currency, sizeof(m->currency), "%s", t->currency ? t->currency : "");
    m->delimiter = t->delimiter;
    m->dates = (enum date_order)t->dates;
    m->decimals = (enum decimal_mark)t->decimals;
    return names_of(r, err);
}

static enum err_code resolve_all(struct resolve *r, struct err *err)
{
    struct mapping *m = r->mapping;
    const struct record_text *records = r->text->records.p;

    m->columns = arena_alloc(&m->arena, IMPORT_COLUMNS_MAX * sizeof(*m->columns));
    TRY(arena_check(&m->arena, err));
    TRY(head_of(r, err));
    TRY(conditions_of(r, r->text->skip, &m->skip, err));
    for (size_t i = 0; i < r->text->records.n; i++)
        TRY(record_of(r, &records[i], &m->records[m->record_count++], err));
    m->importer = (struct importer){
        .name = m->name,
        .source = m->source,
        .title = m->title,
        .columns = m->columns,
        .column_count = m->column_count,
        .row = mapping_row,
        .begin = mapping_begin,
        .end = mapping_end,
        .state_size = mapping_state_size(),
        .release = mapping_state_release,
    };
    return arena_check(&m->arena, err);
}

enum err_code mapping_read(const char *path, struct mapping **out_mapping, struct err *err)
{
    struct arena text_arena = ARENA_INIT(PLAN_BYTES_MAX);
    struct mapping_text text;
    struct resolve r = {.path = path, .text = &text};
    enum err_code rc = mapping_text_read(path, &text_arena, &text, err);

    if (rc != ERR_OK)
        goto out;
    r.mapping = xcalloc(1, sizeof(*r.mapping));
    r.mapping->arena = ARENA_INIT(PLAN_BYTES_MAX);
    rc = resolve_all(&r, err);
    if (rc != ERR_OK)
        mapping_free(r.mapping);
    else
        *out_mapping = r.mapping;
out:
    if (rc != ERR_OK && err && !err->hint[0])
        err_hint(err, "docs/formats.md describes mapping files");
    arena_release(&text_arena);
    return rc;
}

void mapping_free(struct mapping *mapping)
{
    if (!mapping)
        return;
    arena_release(&mapping->arena);
    free(mapping);
}

void mapping_freep(struct mapping **mapping)
{
    mapping_free(*mapping);
}

struct candidate mapping_candidate(const struct mapping *mapping)
{
    return (struct candidate){
        .importer = &mapping->importer,
        .delimiter = mapping->delimiter,
        .names = mapping->names.n > 0 ? &mapping->names : NULL,
        .is_mapping = true,
    };
}
