/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/tables.h"

#include <pthread.h>

/* Two who make the tables at once would fill them twice. */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

struct str people_list(const uint64_t *people, size_t n, char out[PEOPLE_LIST_MAX])
{
    size_t used = 0;

    assert(n <= PERSON_BATCH);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, PEOPLE_LIST_MAX - used, "%c%" PRIu64, i ? ',' : '[',
                                 people[i]);
    used += (size_t)snprintf(out + used, PEOPLE_LIST_MAX - used, "%s", n ? "]" : "[]");
    return (struct str){out, used};
}

struct making {
    bool known, fresh;
    uint64_t fingerprint;
};

static enum err_code look(struct engine *engine, struct making *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out = (struct making){.known = false};
    TRY(engine_query(engine, "outreach/made", NULL, 0, &res, err));
    while (result_next(res))
        *out = (struct making){true, result_uint(res, 1) == 1, result_uint(res, 0)};
    return result_status(res, err);
}

static enum err_code read_scoped(struct engine *engine, bool *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out = false;
    TRY(engine_query(engine, "identity/shops", NULL, 0, &res, err));
    while (result_next(res))
        *out = result_uint(res, 0) > 1;
    return result_status(res, err);
}

static enum err_code make(struct engine *engine, const struct making *of, struct err *err)
{
    static const char *const tables[] = {"person"};
    char number[24];
    bool scoped;

    TRY(read_scoped(engine, &scoped, err));
    snprintf(number, sizeof(number), "%" PRIu64, of->fingerprint);
    const struct param params[] = {PARAM_I64("scoped", scoped), PARAM_STRZ("fingerprint", number)};
    struct param picked[TM_COUNT(params)];

    TRY(engine_run(engine, "resolve/clear_contact_made", NULL, 0, err));
    for (size_t i = 0; i < TM_COUNT(tables); i++) {
        char clear[64], fill[64];
        size_t n;

        snprintf(clear, sizeof(clear), "resolve/clear_contact_%s", tables[i]);
        snprintf(fill, sizeof(fill), "outreach/make_%s", tables[i]);
        n = engine_pick_params(engine, fill, params, TM_COUNT(params), picked);
        TRY(engine_run(engine, clear, NULL, 0, err));
        TRY(engine_run(engine, fill, picked, n, err));
    }
    return engine_run(engine, "outreach/note_made", &params[1], 1, err);
}

enum err_code person_prepare(struct engine *engine, struct err *err)
{
    struct making of;
    enum err_code rc;

    TRY(look(engine, &of, err));
    if (!of.known || of.fresh)
        return ERR_OK;
    pthread_mutex_lock(&making);
    rc = look(engine, &of, err);
    if (rc == ERR_OK && of.known && !of.fresh)
        rc = make(engine, &of, err);
    pthread_mutex_unlock(&making);
    return rc;
}
