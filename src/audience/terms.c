/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/terms.h"

#include "base/money.h"

enum { CURRENCY_BYTES = 8 };

struct rate {
    char currency[CURRENCY_BYTES];
    int32_t day;
    double factor;
};

struct audience_terms {
    struct rate *rates; /* owned; by currency and day */
    size_t n, room;
    bool is_bounded[SCORE_COUNT];
    int64_t bounds[SCORE_COUNT][TERMS_BOUNDS];
    uint64_t fingerprint; /* of the figures, as the next */
    int64_t as_of;
};

struct audience_terms *audience_terms_new(void)
{
    return xcalloc(1, sizeof(struct audience_terms));
}

void audience_terms_free(struct audience_terms *terms)
{
    if (!terms)
        return;
    free(terms->rates);
    free(terms);
}

void audience_terms_add_rate(struct audience_terms *t, struct str currency, int64_t day,
                             double factor)
{
    struct rate rate = {.day = (int32_t)day, .factor = factor};

    if (currency.n >= sizeof(rate.currency))
        return;
    snprintf(rate.currency, sizeof(rate.currency), "%.*s", (int)currency.n, currency.p);
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->rates = xrealloc(t->rates, t->room * sizeof(*t->rates));
    }
    t->rates[t->n++] = rate;
}

void audience_terms_set_bounds(struct audience_terms *t, enum terms_score score,
                               const int64_t bounds[TERMS_BOUNDS])
{
    memcpy(t->bounds[score], bounds, sizeof(t->bounds[score]));
    t->is_bounded[score] = true;
}

/* ---- of the figures ------------------------------------------------------------------------ */

static enum err_code read_rates(struct engine *engine, struct audience_terms *t, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "audience/rates", NULL, 0, &res, err));
    while (result_next(res))
        audience_terms_add_rate(t, result_text(res, 0), result_int(res, 1), result_real(res, 2));
    return result_status(res, err);
}

static enum err_code read_bounds(struct engine *engine, struct audience_terms *t, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "audience/bounds", NULL, 0, &res, err));
    while (result_next(res)) {
        const bool any = result_uint(res, 0) > 0;
        size_t n;
        const uint64_t *all = result_uints(res, 1, &n);

        for (int score = 0; any && n == SCORE_COUNT * TERMS_BOUNDS && score < SCORE_COUNT; score++)
            audience_terms_set_bounds(t, (enum terms_score)score,
                                      (const int64_t *)all + score * TERMS_BOUNDS);
    }
    return result_status(res, err);
}

static enum err_code read_made_of(struct engine *engine, uint64_t *out_fingerprint,
                                  int64_t *out_as_of, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    *out_fingerprint = 0;
    *out_as_of = 0;
    TRY(engine_query(engine, "audience/made_of", NULL, 0, &res, err));
    while (result_next(res)) {
        *out_fingerprint = result_uint(res, 0);
        *out_as_of = result_int(res, 1);
    }
    return result_status(res, err);
}

enum err_code audience_terms_read(struct engine *engine, struct audience_terms **io,
                                  struct err *err)
{
    struct audience_terms *t;
    uint64_t fingerprint;
    int64_t as_of;
    enum err_code rc;

    TRY(read_made_of(engine, &fingerprint, &as_of, err));
    if (*io && (*io)->fingerprint == fingerprint && (*io)->as_of == as_of)
        return ERR_OK;
    t = audience_terms_new();
    t->fingerprint = fingerprint;
    t->as_of = as_of;
    rc = read_rates(engine, t, err);
    if (rc == ERR_OK)
        rc = read_bounds(engine, t, err);
    if (rc != ERR_OK) {
        audience_terms_free(t);
        return rc;
    }
    audience_terms_free(*io);
    *io = t;
    return ERR_OK;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* How many rates stand before the first one of a later day or currency. */
static size_t rates_up_to(const struct audience_terms *t, const char *currency, int64_t day)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(t->rates[middle].currency, currency);

        if (order < 0 || (order == 0 && t->rates[middle].day <= day))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* As the engine rounds: halves to the even number. */
int64_t audience_terms_amount(const struct audience_terms *t, int64_t amount, struct str currency,
                              int64_t day)
{
    char code[CURRENCY_BYTES];
    size_t n;
    double converted;

    if (amount == AMOUNT_NONE || currency.n >= sizeof(code))
        return AMOUNT_NONE;
    snprintf(code, sizeof(code), "%.*s", (int)currency.n, currency.p);
    n = rates_up_to(t, code, day);
    if (!n || strcmp(t->rates[n - 1].currency, code) != 0 || t->rates[n - 1].factor == 0)
        return AMOUNT_NONE;
    converted = rint((double)amount * t->rates[n - 1].factor);
    return fabs(converted) < 9e18 ? (int64_t)converted : AMOUNT_NONE;
}

int64_t audience_terms_score(const struct audience_terms *t, enum terms_score score, int64_t value)
{
    int64_t fifth = 1;

    for (int i = 0; t->is_bounded[score] && i < TERMS_BOUNDS; i++)
        fifth += value > t->bounds[score][i];
    return fifth;
}
