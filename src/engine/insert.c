/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows into Native blocks: for each column its name, its type and then all its values. */
#include "engine/insert.h"

#include "engine/type.h"
#include "engine/words.h"

enum {
    BLOCK_ROWS = WORDS_MAX,
    BLOCK_BYTES = 2 * 1024 * 1024, /* a block is sent when it has grown past this */
    VALUE_LIMIT = 16 * 1024 * 1024,
    COLUMN_START = 16 * 1024,
    MAX_COLUMNS = 64,
};

/* The bytes of one column, of one block. A struct buf of its own kind: it takes millions of small
 * values, and what a struct buf promises with each of them (a limit, an ending NUL) costs more than
 * the value itself. Its size is bounded by when blocks are sent. */
struct column_bytes {
    char *p; /* owned */
    size_t n, cap;
};

struct insert_target {
    char *name, *type; /* owned */
    struct cell_type as;
    bool is_words; /* texts of which there are few: the values are their numbers */
    struct column_bytes nulls, values;
    struct words words;
};

struct insert {
    struct upload *upload; /* owned, but by a lane borrowed */
    bool lane;
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
    char bytes[VARINT_MAX];

    buf_add(b, bytes, put_varint(bytes, v));
}

static void add_text(struct buf *b, struct str s)
{
    add_varint(b, s.n);
    buf_adds(b, s);
}

/* Room for `n` more bytes behind what is there. */
static inline char *column_room(struct column_bytes *c, size_t n)
{
    if (c->n + n > c->cap) {
        size_t cap = c->cap ? c->cap : COLUMN_START;

        while (cap < c->n + n)
            cap *= 2;
        c->p = xrealloc(c->p, cap);
        c->cap = cap;
    }
    return c->p + c->n;
}

static inline void column_add(struct column_bytes *c, const void *p, size_t n)
{
    memcpy(column_room(c, n), p, n);
    c->n += n;
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
        TRY(cell_type_parse(c->type, &c->as, err));
        c->is_words = strcmp(c->type, "LowCardinality(String)") == 0;
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

struct insert *insert_lane(const struct insert *insert)
{
    struct insert *in = xcalloc(1, sizeof(*in));

    *in = (struct insert){.upload = insert->upload,
                          .lane = true,
                          .count = insert->count,
                          .block = BUF_INIT(insert->block.limit),
                          .layout = insert->layout};
    memcpy(in->statement, insert->statement, sizeof(in->statement));
    for (size_t i = 0; i < in->count; i++)
        in->columns[i] = (struct insert_target){.name = xstrdup(insert->columns[i].name),
                                                .type = xstrdup(insert->columns[i].type),
                                                .as = insert->columns[i].as,
                                                .is_words = insert->columns[i].is_words};
    return in;
}

static struct insert_target *next_column(struct insert *in)
{
    assert(in->at < in->count);
    return &in->columns[in->at++];
}

/* A number in the width of its column, with its null flag. */
static void add_number(struct insert *in, struct insert_target *c, uint64_t bits, bool null)
{
    const char flag = null;

    if (c->as.nullable)
        column_add(&c->nulls, &flag, 1);
    if (null)
        bits = 0;
    memcpy(column_room(&c->values, sizeof(bits)), &bits, sizeof(bits)); /* little-endian, as sent */
    c->values.n += c->as.width;
    in->bytes += c->as.width + c->as.nullable;
}

void insert_text(struct insert *insert, struct str s)
{
    struct insert_target *c = next_column(insert);
    size_t head;
    char *at;

    assert(c->as.kind == CELL_TEXT);
    if (s.n > VALUE_LIMIT) {
        if (insert->err.code == ERR_OK)
            err_set(&insert->err, ERR_TOO_LARGE, "a text of column %s is longer than %d MiB",
                    c->name, VALUE_LIMIT >> 20);
        s = STR_NONE;
    }
    if (c->is_words) {
        uint16_t number = words_number(&c->words, s, &insert->bytes);

        column_add(&c->values, &number, sizeof(number));
        insert->bytes += sizeof(number);
        return;
    }
    at = column_room(&c->values, VARINT_MAX + s.n);
    head = put_varint(at, s.n);
    memcpy(at + head, s.p, s.n);
    c->values.n += head + s.n;
    insert->bytes += head + s.n;
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

        add_text(b, str_of(c->name));
        add_text(b, str_of(c->type));
        buf_add(b, c->nulls.p, c->nulls.n);
        if (c->is_words)
            words_write(&c->words, c->values.p, in->rows, b);
        else
            buf_add(b, c->values.p, c->values.n);
        words_reset(&c->words);
        c->nulls.n = c->values.n = 0;
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
    if (insert->err.code == ERR_OK && !insert->lane)
        (void)!upload_finish(insert->upload, &insert->err);
    return fail(insert, insert->err.code, err);
}

void insert_free(struct insert *insert)
{
    if (!insert)
        return;
    if (!insert->lane)
        upload_close(insert->upload);
    for (size_t i = 0; i < insert->count; i++) {
        struct insert_target *c = &insert->columns[i];

        free(c->name);
        free(c->type);
        free(c->nulls.p);
        free(c->values.p);
        words_release(&c->words);
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
