/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Records of the shop (shop/record.h) into their tables, by their layout. */
#include "engine/insert.h"

enum { OWN_COLUMNS = 3, MAX_COLUMNS = 64 };

static const char *const engine_types[] = {
    [COL_STR] = "String",
    [COL_TIME] = "DateTime64(6, 'UTC')",
    [COL_DAY] = "Date32",
    [COL_MONEY] = "Nullable(Int64)",
    [COL_PRICE] = "Nullable(Int64)",
    [COL_INT] = "Nullable(Int64)",
    [COL_REAL] = "Nullable(Float64)",
    [COL_FLAG] = "Int8",
};

/* Texts of which the table has few, as its own statement says, are sent as words (words.h). */
static const char *text_type(const struct statement *table, const char *column)
{
    static const char words[] = "LowCardinality(String)";
    char line[128];

    snprintf(line, sizeof(line), "\n    %s %s", column, words);
    return table && strstr(table->text, line) ? words : "String";
}

enum err_code insert_open_records(struct engine *engine, enum record_kind kind, const char *token,
                                  struct insert **out_insert, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    struct insert_column columns[MAX_COLUMNS] = {
        {"import_id", "UInt32"},
        {"source", "String"},
        {"line", "UInt64"},
    };
    const struct statement *table;
    char statement[64];

    assert(layout->column_count + OWN_COLUMNS <= MAX_COLUMNS);
    snprintf(statement, sizeof(statement), "schema/stage_%s", layout->name);
    table = catalogue_find(engine->catalogue, statement);
    columns[1].type = text_type(table, columns[1].name);
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct record_column *c = &layout->columns[i];

        columns[OWN_COLUMNS + i] = (struct insert_column){
            c->name, c->type == COL_STR ? text_type(table, c->name) : engine_types[c->type]};
    }
    snprintf(statement, sizeof(statement), "import/insert_%s", layout->name);
    TRY(insert_open(engine, statement, token, columns, OWN_COLUMNS + layout->column_count,
                    out_insert, err));
    insert_set_layout(*out_insert, layout);
    return ERR_OK;
}

static void insert_field(struct insert *insert, enum column_type type, const char *field)
{
    int64_t i;
    double d;
    struct str s;

    switch (type) {
    case COL_STR:
        memcpy(&s, field, sizeof(s));
        insert_text(insert, s);
        break;
    case COL_REAL:
        memcpy(&d, field, sizeof(d));
        insert_real(insert, d);
        break;
    case COL_TIME:
    case COL_DAY:
    case COL_MONEY:
    case COL_PRICE:
    case COL_INT:
    case COL_FLAG:
        memcpy(&i, field, sizeof(i));
        insert_int(insert, i);
        break;
    }
}

enum err_code insert_record(struct insert *insert, uint32_t import_id, struct str source,
                            const void *record, struct err *err)
{
    const struct record_layout *layout = insert_layout(insert);
    const char *base = record;
    int64_t line;

    assert(layout);
    memcpy(&line, base, sizeof(line)); /* the first field of every record */
    insert_uint(insert, import_id);
    insert_text(insert, source);
    insert_int(insert, line);
    for (size_t i = 0; i < layout->column_count; i++)
        insert_field(insert, layout->columns[i].type, base + layout->columns[i].offset);
    return insert_row(insert, err);
}
