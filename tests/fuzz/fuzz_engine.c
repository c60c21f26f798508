/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz_engine.h"

#include "engine/transfer.h"
#include "fuzz.h"

static const char next_answer[] = "\n--\n";

static struct {
    struct str bytes;
    size_t piece;
    bool rows;
} answer;

struct engine *fuzz_engine(struct str bytes, size_t piece, bool rows)
{
    static struct engine *engine;

    if (!engine) {
        engine = xcalloc(1, sizeof(*engine));
        engine->timeout_ms = 1000;
        engine->database = "app";
        MUST(catalogue_open(NULL, &engine->catalogue, NULL) == ERR_OK);
    }
    answer.bytes = bytes;
    answer.piece = piece ? piece : 1;
    answer.rows = rows;
    return engine;
}

/* Digits that are no number of that width would be the engine's error, not the caller's. */
static void check_number(const struct param *p, const char *type)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
    int bits = strncmp(type, "UInt", 4) == 0 ? (int)strtol(type + 4, NULL, 10) : 0;

    if (!bits || p->type == PARAM_REAL)
        return;
    MUST(param_add(&text, p, type, NULL) == ERR_OK);
    errno = 0;
    MUST(isdigit((unsigned char)buf_cstr(&text)[0]));
    MUST(strtoull(buf_cstr(&text), NULL, 10) <= UINT64_MAX >> (64 - bits) && errno == 0);
}

/* What a caller lets through can be written as the engine reads it. */
static void check_params(const struct request *request)
{
    TM_CLEANUP(buf_release) struct buf value = BUF_INIT(64 << 10);
    const struct statement *s = request->statement;
    struct err err = ERR_INIT;

    MUST(request_check(request, &err) == ERR_OK);
    for (size_t i = 0; i < s->param_count; i++)
        for (size_t k = 0; k < request->n; k++)
            if (strcmp(request->params[k].name, s->params[i].name) == 0) {
                MUST(param_add(&value, &request->params[k], s->params[i].type, &err) == ERR_OK);
                check_number(&request->params[k], s->params[i].type);
            }
}

static void add_text(struct buf *b, struct str s)
{
    uint64_t n = s.n;

    for (; n >= 0x80; n >>= 7)
        buf_addc(b, (char)(n | 0x80));
    buf_addc(b, (char)n);
    buf_add(b, s.p, s.n);
}

static void add_columns(struct buf *b, const struct statement *s)
{
    buf_addc(b, (char)s->column_count);
    for (size_t i = 0; i < s->column_count; i++)
        add_text(b, str_of(s->columns[i].name));
    for (size_t i = 0; i < s->column_count; i++)
        add_text(b, str_of(s->columns[i].type));
}

enum err_code transfer_open(struct engine *engine, const struct request *request,
                            struct transfer **out_transfer, struct err *err)
{
    struct transfer *t = xcalloc(1, sizeof(*t));

    (void)err;
    check_params(request);
    t->engine = engine;
    t->statement = request->statement;
    t->in = BUF_INIT(1 << 20);
    if (answer.rows && request->statement->column_count)
        add_columns(&t->in, request->statement);
    *out_transfer = t;
    return ERR_OK;
}

static void skip(size_t n)
{
    answer.bytes.p += n;
    answer.bytes.n -= n;
}

enum err_code transfer_more(struct transfer *t, struct err *err)
{
    size_t mark = sizeof(next_answer) - 1;
    const char *end =
        answer.rows ? memmem(answer.bytes.p, answer.bytes.n, next_answer, mark) : NULL;
    size_t left = end ? (size_t)(end - answer.bytes.p) : answer.bytes.n;
    size_t n = left < answer.piece ? left : answer.piece;

    buf_add(&t->in, answer.bytes.p, n);
    skip(n);
    t->done = n == left;
    if (t->done && end)
        skip(mark);
    return buf_check(&t->in, err);
}

struct str transfer_data(const struct transfer *t)
{
    return (struct str){t->in.n ? t->in.p + t->taken : "", t->in.n - t->taken};
}

void transfer_take(struct transfer *t, size_t n)
{
    t->taken += n;
    MUST(t->taken <= t->in.n);
}

bool transfer_retryable(const struct transfer *t)
{
    (void)t;
    return false;
}

void transfer_close(struct transfer *t)
{
    if (!t)
        return;
    buf_release(&t->in);
    free(t);
}

enum err_code connection_fault(struct engine *engine, const char *what, struct err *err)
{
    (void)engine;
    return err_set(err, ERR_UNAVAILABLE, "%s", what);
}

void engine_kill(struct engine *engine, const char *query_id)
{
    (void)engine;
    (void)query_id;
}
