/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/anew.h"

#include "base/log.h"
#include "engine/transfer.h"

enum { TEXT_MAX = 256 << 10 };

enum err_code anew_begin(struct engine *engine, struct err *err)
{
    TRY(engine_run(engine, "engine/drop_next", NULL, 0, err));
    return engine_run(engine, "engine/create_next", NULL, 0, err);
}

void anew_end(struct engine *engine)
{
    struct err err = ERR_INIT;

    if (engine_run(engine, "engine/drop_next", NULL, 0, &err) != ERR_OK)
        log_line(LOG_DEBUG, "engine", "left for the next one: %s", err.msg);
}

enum err_code anew_run(struct engine *engine, const char *name, struct buf *text, struct err *err)
{
    struct statement s = {.name = name, .text = buf_cstr(text)};
    const struct request r = {.statement = &s};
    enum err_code rc = buf_check(text, err);

    if (rc == ERR_OK)
        rc = request_run(engine, &r, err);
    buf_release(text);
    return rc;
}

enum err_code anew_beside(struct engine *engine, const char *table, struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addf(&text, "DROP TABLE IF EXISTS tidemark_next.%s SYNC", table);
    TRY(anew_run(engine, "engine/anew_drop", &text, err));
    buf_addf(&text, "CREATE TABLE tidemark_next.%s AS tidemark.%s", table, table);
    return anew_run(engine, "engine/anew_beside", &text, err);
}

enum err_code anew_take_place(struct engine *engine, const char *table, struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    buf_addf(&text, "EXCHANGE TABLES tidemark_next.%s AND tidemark.%s", table, table);
    TRY(anew_run(engine, "engine/anew_exchange", &text, err));
    buf_addf(&text, "DROP TABLE tidemark_next.%s SYNC", table);
    return anew_run(engine, "engine/anew_drop", &text, err);
}

enum err_code anew_copy(struct engine *engine, const char *table, const char *where,
                        struct err *err)
{
    struct buf text = BUF_INIT(TEXT_MAX);

    TRY(anew_beside(engine, table, err));
    buf_addf(&text, "INSERT INTO tidemark_next.%s SELECT t.* FROM tidemark.%s AS t", table, table);
    if (where)
        buf_addf(&text, " WHERE %s", where);
    buf_addz(&text, ANEW_SETTINGS);
    TRY(anew_run(engine, "engine/anew_copy", &text, err));
    return anew_take_place(engine, table, err);
}
