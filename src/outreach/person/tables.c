/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/tables.h"

#include <pthread.h>

/* Two who make the tables at once would fill them twice. */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

enum err_code query_numbers(struct engine *engine, const char *statement, const char *name,
                            const uint64_t *numbers, size_t n, struct result **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf list = BUF_INIT(21 * NUMBERS_MAX + 2);

    buf_addc(&list, '[');
    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%s%" PRIu64, i ? "," : "", numbers[i]);
    buf_addc(&list, ']');
    TRY(buf_check(&list, err));
    const struct param param = PARAM_STR(name, buf_str(&list));

    return engine_query(engine, statement, &param, 1, out, err);
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

/* In which currency the records are resolved. */
static enum err_code read_currency(struct engine *engine, char *out, size_t size, int *out_decimals,
                                   struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "insight/resolved", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str currency = result_text(res, result_column(res, "currency"));

        snprintf(out, size, "%.*s", (int)currency.n, currency.p);
        *out_decimals = (int)result_int(res, result_column(res, "decimals"));
    }
    return result_status(res, err);
}

static enum err_code make(struct engine *engine, const struct making *of, struct err *err)
{
    /* Each builds on those before it. */
    static const char *const clears[] = {"person", "alias", "line", "view", "product", "pair"};
    static const char *const makes[] = {"person", "alias",   "line", "own_alias",
                                        "view",   "product", "pair"};
    char number[24], currency[8] = "", name[64];
    int decimals = 2;
    bool scoped;

    TRY(read_scoped(engine, &scoped, err));
    TRY(read_currency(engine, currency, sizeof(currency), &decimals, err));
    snprintf(number, sizeof(number), "%" PRIu64, of->fingerprint);
    const struct param params[] = {PARAM_STRZ("fingerprint", number), PARAM_I64("scoped", scoped),
                                   PARAM_STRZ("currency", currency),
                                   PARAM_I64("decimals", decimals)};
    struct param picked[TM_COUNT(params)];

    TRY(engine_run(engine, "resolve/clear_contact_made", NULL, 0, err));
    for (size_t i = 0; i < TM_COUNT(clears); i++) {
        snprintf(name, sizeof(name), "resolve/clear_contact_%s", clears[i]);
        TRY(engine_run(engine, name, NULL, 0, err));
    }
    for (size_t i = 0; i < TM_COUNT(makes); i++) {
        size_t n;

        snprintf(name, sizeof(name), "outreach/make_%s", makes[i]);
        n = engine_pick_params(engine, name, params, TM_COUNT(params), picked);
        TRY(engine_run(engine, name, picked, n, err));
    }
    return engine_run(engine, "outreach/note_made", &params[0], 1, err);
}

enum err_code person_is_ready(struct engine *engine, bool *out, struct err *err)
{
    struct making of;

    TRY(look(engine, &of, err));
    *out = !of.known || of.fresh;
    return ERR_OK;
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
