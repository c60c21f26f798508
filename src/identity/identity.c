/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/identity.h"

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

uint64_t identity_decisions_hash(const struct identity_decision *decisions, size_t n)
{
    uint64_t hash = 0;

    /* The order in which they are kept does not matter. */
    for (size_t i = 0; i < n; i++) {
        uint64_t row[3] = {decisions[i].a, decisions[i].b, decisions[i].apart};

        hash ^= str_hash((struct str){(const char *)row, sizeof(row)});
    }
    return hash;
}

enum err_code identity_build(struct engine *engine, const struct identity_decision *decisions,
                             size_t n, bool *out_scoped, struct identity_summary *out_summary,
                             struct err *err)
{
    TM_CLEANUP(linker_freep) struct linker *linker = linker_new();
    TM_CLEANUP(result_freep) struct result *shops = NULL;
    bool scoped = false;

    TRY(engine_query(engine, "identity/shops", NULL, 0, &shops, err));
    while (result_next(shops))
        scoped = result_int(shops, 0) > 1;
    TRY(result_status(shops, err));
    for (size_t i = 0; i < n; i++)
        if (decisions[i].apart)
            linker_keep_apart(linker, decisions[i].a, decisions[i].b);
    TRY(read_links(engine, scoped, linker, err));
    /* One whose records are gone joins nobody, and is applied again when they come back. */
    for (size_t i = 0; i < n; i++)
        if (!decisions[i].apart)
            (void)linker_join(linker, decisions[i].a, decisions[i].b);
    TRY(write_identity(engine, linker, err));
    *out_scoped = scoped;
    *out_summary = linker_summary(linker);
    return ERR_OK;
}
