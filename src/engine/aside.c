/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Derived tables made anew beside those that are read meanwhile (engine.h). */
#include "engine/schema.h"

static const char schema_prefix[] = "schema/";

/* What sources said, and people: the same from both sides. */
static bool is_given(const char *table)
{
    return strncmp(table, "raw_", 4) == 0 || strcmp(table, "identity_decision") == 0;
}

/* Stage tables are of imports alone. */
static bool is_derived(const char *table)
{
    return !is_given(table) && strncmp(table, "stage_", 6) != 0;
}

/* The next table after *at that `wanted` says yes to; NULL at the end. */
static const struct statement *next_table(const struct engine *e, size_t *at,
                                          bool (*wanted)(const char *table), const char **out_table)
{
    while (*at < catalogue_count(e->catalogue)) {
        const struct statement *s = catalogue_at(e->catalogue, (*at)++);

        if (strncmp(s->name, schema_prefix, sizeof(schema_prefix) - 1) != 0)
            continue;
        *out_table = s->name + sizeof(schema_prefix) - 1;
        if (wanted(*out_table))
            return s;
    }
    return NULL;
}

/* A statement on a table and the one of that name beside it. */
static enum err_code run_on_both(struct engine *e, const char *what, const char *text,
                                 struct err *err)
{
    struct statement s = {.name = what, .text = text};
    /* A cancellation half way through would leave tables of two makings. */
    struct request r = {.statement = &s, .uncancellable = true};

    return request_run(e, &r, err);
}

/* The other database's table under its own name. */
static enum err_code alias(struct engine *e, const char *table, struct err *err)
{
    char text[512];

    snprintf(text, sizeof(text),
             "CREATE TABLE tidemark_next.%.120s ENGINE = Alias('tidemark', '%.120s')", table,
             table);
    return run_on_both(e, "engine/alias", text, err);
}

static enum err_code make_tables(struct engine *e, struct err *err)
{
    const struct statement *s;
    const char *table;

    TRY(engine_run(e, "engine/drop_next", NULL, 0, err));
    TRY(engine_run(e, "engine/create_next", NULL, 0, err));
    for (size_t at = 0; next_table(e, &at, is_given, &table);)
        TRY(alias(e, table, err));
    e->database = "tidemark_next";
    for (size_t at = 0; (s = next_table(e, &at, is_derived, &table));)
        TRY(engine_run(e, s->name, NULL, 0, err));
    return ERR_OK;
}

enum err_code engine_aside_begin(struct engine *engine, struct err *err)
{
    enum err_code rc;

    engine->database = "tidemark"; /* one before may not have been ended */
    rc = make_tables(engine, err);
    if (rc != ERR_OK)
        engine->database = "tidemark";
    return rc;
}

static enum err_code exchange(struct engine *e, const char *table, struct err *err)
{
    char text[512];

    snprintf(text, sizeof(text), "EXCHANGE TABLES tidemark_next.%.120s AND tidemark.%.120s", table,
             table);
    return run_on_both(e, "engine/exchange", text, err);
}

enum err_code engine_aside_end(struct engine *engine, const char *first, struct err *err)
{
    const char *table;

    engine->database = "tidemark";
    if (first)
        TRY(exchange(engine, first, err));
    for (size_t at = 0; first && next_table(engine, &at, is_derived, &table);)
        if (strcmp(table, first) != 0)
            TRY(exchange(engine, table, err));
    return engine_run(engine, "engine/drop_next", NULL, 0, err);
}
