/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows into Native blocks: for each column its name, its type and then all its values. */
#include "engine/insert.h"

#include "engine/type.h"

enum {
    BLOCK_ROWS = 65536,
    BLOCK_BYTES = 2 * 1024 * 1024, /* a block is sent when it has grown past this */
    VALUE_LIMIT = 16 * 1024 * 1024,
    COLUMN_LIMIT = BLOCK_BYTES + VALUE_LIMIT + 1024,
    MAX_COLUMNS = 64,
};

struct insert_target {
    char *name, *type; /* owned */
    struct cell_type as;
    struct buf nulls, values;
};

struct insert {
    struct upload *upload; /* owned */
    char statement[128];
    struct insert_target columns[MAX_COLUMNS];
    size_t count;
    size_t at; /* column of the next value */
    size_t rows;
    size_t bytes;
    struct buf block;
    const struct record_layout *layout; /* borrowed; of insert_record() */
    struct err err;                     /* the first of the values */
};

static void add_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_addc(b, (char)(v | 0x80));
    buf_addc(b, (char)v);
}

static void add_text(struct buf *b, struct str s)
{
    add_varint(b, s.n);
    buf_adds(b, s);
}

static enum err_code add_columns(struct insert *in, const struct insert_column *columns, size_t n,
                                 struct err *err)
{
    if (n == 0 || n > MAX_COLUMNS)
        return err_set(err, ERR_INTERNAL, "an insert of %zu columns", n);
    in->count = n;
    for (size_t i = 0; i < n; i++) {
        struct insert_target *c = &in->columns[i];

        c->name = xstrdup(columns[i].name);
        c->type = xstrdup(columns[i].type);
        c->values = BUF_INIT(COLUMN_LIMIT);
        c->nulls = BUF_INIT(BLOCK_ROWS);
        TRY(cell_type_parse(c->type, &c->as, err));
        if (c->as.array || (c->as.kind == CELL_TEXT && (c->as.width || c->as.nullable)))
            return err_set(err, ERR_INTERNAL, "columns of type %s cannot be inserted", c->type);
    }
    return ERR_OK;
}

enum err_code insert_open(struct engine *engine, const char *statement, const char *token,
                          const struct insert_column *columns, size_t n, struct insert **out_insert,
                          struct err *err)
{
    struct request r = {.token = token, .in_url = true};
    struct insert *in;
    enum err_code rc;

    r.statement = catalogue_find(engine->catalogue, statement);
    if (!r.statement)
        return err_set(err, ERR_INTERNAL, "there is no statement %s in sql/", statement);
    in = xcalloc(1, sizeof(*in));
    in->block = BUF_INIT(SIZE_MAX / 4); /* bounded by its columns */
    snprintf(in->statement, sizeof(in->statement), "%s", statement);
    rc = add_columns(in, columns, n, err);
    if (rc == ERR_OK)
        rc = upload_open(engine, &r, &in->upload, err);
    if (rc != ERR_OK) {
        err_context(err, "statement %s", statement);
        insert_free(in);
        return rc;
    }
    *out_insert = in;
    return ERR_OK;
}

static struct insert_target *next_column(struct insert *in)
{
    assert(in->at < in->count);
    return &in->columns[in->at++];
}

/* A number in the width of its column, with its null flag. */
static void add_number(struct insert *in, struct insert_target *c, uint64_t bits, bool null)
{
    if (c->as.nullable)
        buf_addc(&c->nulls, null ? 1 : 0);
    if (null)
        bits = 0;
    buf_add(&c->values, &bits, c->as.width);
    in->bytes += c->as.width + c->as.nullable;
}

void insert_text(struct insert *insert, struct str s)
{
    struct insert_target *c = next_column(insert);

    assert(c->as.kind == CELL_TEXT);
    if (s.n > VALUE_LIMIT) {
        if (insert->err.code == ERR_OK)
            err_set(&insert->err, ERR_TOO_LARGE, "a text of column %s is longer than %d MiB",
                    c->name, VALUE_LIMIT >> 20);
        s = STR_NONE;
    }
    add_text(&c->values, s);
    insert->bytes += s.n + 1;
}

void insert_int(struct insert *insert, int64_t v)
{
    struct insert_target *c = next_column(insert);
    bool null = c->as.nullable && v == AMOUNT_NONE;
    unsigned bits = (unsigned)c->as.width * 8;
    bool fits;

    assert(c->as.kind == CELL_INT || c->as.kind == CELL_UINT);
    if (c->as.kind == CELL_UINT)
        fits = v >= 0 && (bits == 64 || v >> bits == 0);
    else
        fits = bits == 64 || (v >= -(INT64_C(1) << (bits - 1)) && v < INT64_C(1) << (bits - 1));
    if (!null && !fits && insert->err.code == ERR_OK)
        err_set(&insert->err, ERR_TOO_LARGE, "%" PRId64 " does not fit into column %s (%s)", v,
                c->name, c->type);
    add_number(insert, c, (uint64_t)v, null);
}

void insert_uint(struct insert *insert, uint64_t v)
{
    struct insert_target *c = next_column(insert);
    unsigned bits = (unsigned)c->as.width * 8;

    assert(c->as.kind == CELL_UINT);
    if (bits < 64 && v >> bits && insert->err.code == ERR_OK)
        err_set(&insert->err, ERR_TOO_LARGE, "%" PRIu64 " does not fit into column %s (%s)", v,
                c->name, c->type);
    add_number(insert, c, v, false);
}

void insert_real(struct insert *insert, double v)
{
    struct insert_target *c = next_column(insert);
    uint64_t bits;

    assert(c->as.kind == CELL_REAL && c->as.width == 8);
    memcpy(&bits, &v, 8);
    add_number(insert, c, bits, c->as.nullable && isnan(v));
}

static enum err_code send_block(struct insert *in, struct err *err)
{
    struct buf *b = &in->block;

    buf_reset(b);
    add_varint(b, in->count);
    add_varint(b, in->rows);
    for (size_t i = 0; i < in->count; i++) {
        struct insert_target *c = &in->columns[i];

        TRY(buf_check(&c->values, err));
        add_text(b, str_of(c->name));
        add_text(b, str_of(c->type));
        buf_adds(b, buf_str(&c->nulls));
        buf_adds(b, buf_str(&c->values));
        buf_reset(&c->nulls);
        buf_reset(&c->values);
    }
    in->rows = 0;
    in->bytes = 0;
    TRY(buf_check(b, err));
    return upload_block(in->upload, b, err);
}

static enum err_code fail(struct insert *in, enum err_code rc, struct err *err)
{
    if (rc != ERR_OK) {
        err_context(&in->err, "statement %s", in->statement);
        if (err)
            *err = in->err;
    }
    return rc;
}

enum err_code insert_row(struct insert *insert, struct err *err)
{
    assert(insert->at == insert->count);
    insert->at = 0;
    insert->rows++;
    if (insert->err.code == ERR_OK && (insert->rows == BLOCK_ROWS || insert->bytes >= BLOCK_BYTES))
        (void)!send_block(insert, &insert->err);
    return fail(insert, insert->err.code, err);
}

enum err_code insert_finish(struct insert *insert, struct err *err)
{
    assert(insert->at == 0);
    if (insert->err.code == ERR_OK && insert->rows)
        (void)!send_block(insert, &insert->err);
    if (insert->err.code == ERR_OK)
        (void)!upload_finish(insert->upload, &insert->err);
    return fail(insert, insert->err.code, err);
}

void insert_free(struct insert *insert)
{
    if (!insert)
        return;
    upload_close(insert->upload);
    for (size_t i = 0; i < insert->count; i++) {
        struct insert_target *c = &insert->columns[i];

        free(c->name);
        free(c->type);
        buf_release(&c->nulls);
        buf_release(&c->values);
    }
    buf_release(&insert->block);
    free(insert);
}

void insert_set_layout(struct insert *insert, const struct record_layout *layout)
{
    insert->layout = layout;
}

const struct record_layout *insert_layout(const struct insert *insert)
{
    return insert->layout;
}

void insert_freep(struct insert **insert)
{
    insert_free(*insert);
}
