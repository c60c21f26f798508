/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/remains.h"

#include "engine/anew.h"

/* Their names, each with a space behind it. */
static enum err_code list(struct engine *engine, struct buf *names, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out_n = 0;
    TRY(engine_query(engine, "engine/table_remains", NULL, 0, &res, err));
    for (; result_next(res); ++*out_n) {
        buf_adds(names, result_text(res, 0));
        buf_addc(names, ' ');
    }
    TRY(result_status(res, err));
    return buf_check(names, err);
}

enum err_code remains_count(struct engine *engine, int64_t *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf names = BUF_INIT(8192);

    return list(engine, &names, out, err);
}

enum err_code remains_renew(struct engine *engine, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf names = BUF_INIT(8192);
    char *save = NULL;
    int64_t n;

    TRY(list(engine, &names, &n, err));
    for (char *name = names.p ? strtok_r(names.p, " ", &save) : NULL; name;
         name = strtok_r(NULL, " ", &save))
        TRY(anew_copy(engine, name, NULL, err));
    return ERR_OK;
}
