/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/identity.h"

struct decisions {
    struct identity_decision *list; /* by ids */
    size_t n;
};

static enum err_code read_links(struct engine *engine, bool scoped, struct linker *linker,
                                struct err *err)
{
    const struct param params[] = {PARAM_I64("scoped", scoped)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    uint64_t ids[ID_KIND_COUNT];

    TRY(engine_query(engine, "identity/edges", params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        for (size_t kind = 0; kind < ID_KIND_COUNT; kind++)
            ids[kind] = result_uint(res, kind);
        TRY(linker_add(linker, ids, err));
    }
    return result_status(res, err);
}

static enum err_code join_aliases(struct engine *engine, struct linker *linker, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/aliases", NULL, 0, &res, err));
    while (result_next(res))
        (void)linker_join(linker, result_uint(res, 0), result_uint(res, 1));
    return result_status(res, err);
}

static enum err_code write_identity(struct engine *engine, struct linker *linker, struct err *err)
{
    static const struct insert_column columns[] = {{"id", "UInt64"}, {"person", "UInt64"}};
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;
    uint64_t id, person;
    size_t at = 0;

    TRY(engine_run(engine, "identity/clear", NULL, 0, err));
    TRY(insert_open(engine, "identity/insert", NULL, columns, TM_COUNT(columns), &insert, err));
    while (linker_next(linker, &at, &id, &person)) {
        insert_uint(insert, id);
        insert_uint(insert, person);
        TRY(insert_row(insert, err));
    }
    return insert_finish(insert, err);
}

static enum err_code read_decisions(struct engine *engine, struct decisions *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    size_t cap = 0;

    TRY(engine_query(engine, "identity/decisions", NULL, 0, &res, err));
    while (result_next(res)) {
        if (out->n == cap) {
            cap = cap ? cap * 2 : 64;
            out->list = xrealloc(out->list, cap * sizeof(*out->list));
        }
        out->list[out->n++] = (struct identity_decision){result_uint(res, 0), result_uint(res, 1),
                                                         result_uint(res, 2) != 0};
    }
    return result_status(res, err);
}

static void decisions_release(struct decisions *decisions)
{
    free(decisions->list);
}

static int by_ids(const void *a, const void *b)
{
    const struct identity_decision *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static bool equal(const struct decisions *kept, const struct identity_decision *sorted, size_t n)
{
    if (kept->n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (by_ids(&kept->list[i], &sorted[i]) != 0 || kept->list[i].apart != sorted[i].apart)
            return false;
    return true;
}

static enum err_code write_decisions(struct engine *engine, const struct identity_decision *list,
                                     size_t n, struct err *err)
{
    static const struct insert_column columns[] = {
        {"a", "UInt64"}, {"b", "UInt64"}, {"apart", "UInt8"}};
    TM_CLEANUP(insert_freep) struct insert *insert = NULL;

    TRY(engine_run(engine, "identity/clear_decisions", NULL, 0, err));
    TRY(insert_open(engine, "identity/insert_decisions", NULL, columns, TM_COUNT(columns), &insert,
                    err));
    for (size_t i = 0; i < n; i++) {
        insert_uint(insert, list[i].a);
        insert_uint(insert, list[i].b);
        insert_uint(insert, list[i].apart);
        TRY(insert_row(insert, err));
    }
    return insert_finish(insert, err);
}

enum err_code identity_put_decisions(struct engine *engine,
                                     const struct identity_decision *decisions, size_t n,
                                     struct err *err)
{
    TM_CLEANUP(decisions_release) struct decisions kept = {0}, sorted = {.n = n};

    TRY(read_decisions(engine, &kept, err));
    if (n) {
        sorted.list = xmalloc(n * sizeof(*sorted.list));
        memcpy(sorted.list, decisions, n * sizeof(*sorted.list));
        qsort(sorted.list, n, sizeof(*sorted.list), by_ids);
    }
    return equal(&kept, sorted.list, n) ? ERR_OK : write_decisions(engine, sorted.list, n, err);
}

enum err_code identity_build(struct engine *engine, bool *out_scoped,
                             struct identity_summary *out_summary, struct err *err)
{
    TM_CLEANUP(linker_freep) struct linker *linker = linker_new();
    TM_CLEANUP(result_freep) struct result *shops = NULL;
    TM_CLEANUP(decisions_release) struct decisions decided = {0};
    bool scoped = false;

    TRY(read_decisions(engine, &decided, err));
    TRY(engine_query(engine, "identity/shops", NULL, 0, &shops, err));
    while (result_next(shops))
        scoped = result_int(shops, 0) > 1;
    TRY(result_status(shops, err));
    for (size_t i = 0; i < decided.n; i++)
        if (decided.list[i].apart)
            linker_keep_apart(linker, decided.list[i].a, decided.list[i].b);
    TRY(read_links(engine, scoped, linker, err));
    /* One whose records are gone joins nobody, and is applied again when they come back. */
    for (size_t i = 0; i < decided.n; i++)
        if (!decided.list[i].apart)
            (void)linker_join(linker, decided.list[i].a, decided.list[i].b);
    TRY(join_aliases(engine, linker, err));
    TRY(write_identity(engine, linker, err));
    *out_scoped = scoped;
    *out_summary = linker_summary(linker);
    return ERR_OK;
}
