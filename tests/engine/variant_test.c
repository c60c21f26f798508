/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Measuring in a real engine: two statements at a time, and other definitions: another window,
 * revenue before refunds, guests apart. */
#include "live.h"

#include <dirent.h>

#include "insight/resolve.h"
#include "maturity/measure.h"

static struct model *model;

/* Forty customers bought first on 1 May 2025; twenty again in July, ten of these as guests; all on
 * 1 June 2026, a fifth given back; five on 1 August 2026. Ten guests came on 5 June 2026. */
static void statements(void)
{
    live_sql("fill",
             "INSERT INTO raw_order (import_id, source, line, order_key, status, ordered_at, "
             "currency, total, refunded, email, customer_id)\n"
             "SELECT 1, 'woocommerce', n, toString(n), 'paid', at, 'EUR', 1000, back, "
             "concat(buyer, '@example.com'), if(guest, '', buyer) FROM (\n"
             "SELECT number AS n, toDateTime64('2025-05-01 10:00:00', 6, 'UTC') AS at, 0 AS back, "
             "concat('c', toString(number)) AS buyer, 0 AS guest FROM numbers(40)\n"
             "UNION ALL SELECT 100 + number, toDateTime64('2025-07-01 10:00:00', 6, 'UTC'), 0, "
             "concat('c', toString(number)), number < 10 FROM numbers(20)\n"
             "UNION ALL SELECT 200 + number, toDateTime64('2026-06-01 10:00:00', 6, 'UTC'), 200, "
             "concat('c', toString(number)), 0 FROM numbers(40)\n"
             "UNION ALL SELECT 300 + number, toDateTime64('2026-08-01 10:00:00', 6, 'UTC'), 0, "
             "concat('c', toString(number)), 0 FROM numbers(5)\n"
             "UNION ALL SELECT 400 + number, toDateTime64('2026-06-05 10:00:00', 6, 'UTC'), 0, "
             "concat('g', toString(number)), 1 FROM numbers(10))");
    live_sql("lacked", "-- columns: n UInt64\n"
                       "SELECT sum(value) AS n FROM system.errors WHERE code = 241");
    live_sql("forget_accounts", "ALTER TABLE raw_order UPDATE customer_id = '' WHERE 1 "
                                "SETTINGS mutations_sync = 1");
}

/* The measures as they are, but one that lacks memory the first time it is asked for. */
static void measures(void)
{
    static const char hungry[] =
        "-- name: measure/org_5\n"
        "-- params: as_of DateTime64(6, 'UTC'), days UInt32\n"
        "-- columns: known UInt8, k Float64, n Float64\n"
        "SELECT toUInt8(1) AS known, toFloat64(3) AS k, 4. + throwIf((SELECT sum(value)\n"
        "       FROM system.errors WHERE code = 241) = 0, 'memory', toInt16(241)) AS n\n"
        "WHERE {as_of:DateTime64(6, 'UTC')} > toDateTime64(0, 6, 'UTC') AND {days:UInt32} > 0\n"
        "SETTINGS allow_custom_error_code_in_throwif = 1\n";
    DIR *dir = opendir(SQL_DIR "/measure");
    struct dirent *file;

    if (!dir || unlink(temp_path("sql/measure")) || mkdir(temp_path("sql/measure"), 0700))
        perror("sql/measure");
    while (dir && (file = readdir(dir)) != NULL) {
        char from[1024], to[512];

        if (!strstr(file->d_name, ".sql") || strcmp(file->d_name, "org_5.sql") == 0)
            continue;
        snprintf(from, sizeof(from), "%s/measure/%s", SQL_DIR, file->d_name);
        snprintf(to, sizeof(to), "sql/measure/%s", file->d_name);
        if (symlink(from, temp_path(to)))
            perror(to);
    }
    if (dir)
        closedir(dir);
    temp_writez("sql/measure/org_5.sql", hungry);
}

static const struct evidence *of(const struct evidence_set *set, const char *practice)
{
    return &set->items[model_practice(model, practice)];
}

static struct evidence_set *as(struct engine *e, const struct measure_options *options, size_t v,
                               const struct evidence_set *base)
{
    struct evidence_set *set = NULL;

    CHECK_OK(measure_variant(e, options, &measure_variants[v], base, &set, &live_err), live_err);
    if (!set)
        exit(tap_done());
    return set;
}

static void check_variants(struct engine *e, const struct measure_options *options,
                           const struct evidence_set *base)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *window = as(e, options, 0, base);
    TM_CLEANUP(evidence_set_freep) struct evidence_set *gross = as(e, options, 2, base);
    TM_CLEANUP(evidence_set_freep) struct evidence_set *guests = as(e, options, 3, base);

    CHECK_NEAR(of(base, "RET-1")->findings[0].k, 20, 0);
    CHECK_NEAR(of(base, "RET-1")->findings[0].n, 40, 0);
    CHECK_NEAR(of(base, "RET-3")->findings[0].su, 37000, 1e-6);
    CHECK_NEAR(of(base, "RET-3")->findings[0].sd, 47000, 1e-6);
    CHECK_NEAR(of(base, "DAT-1")->findings[0].k, 55, 0);

    CHECK_STR(measure_variants[0].id, "window_90");
    CHECK_NEAR(of(window, "RET-3")->findings[0].su, 5000, 1e-6);
    CHECK_NEAR(of(window, "RET-3")->findings[0].sd, 5000, 1e-6);
    CHECK_NEAR(of(window, "DAT-1")->findings[0].n, 5, 0);
    CHECK_INT(of(window, "RET-3")->findings[0].slot, of(base, "RET-3")->findings[0].slot);
    CHECK(of(window, "DAT-1")->window_from > of(base, "DAT-1")->window_from);
    CHECK_NEAR(of(window, "RET-1")->findings[0].n, 40, 0); /* its year is what it is about */

    CHECK_STR(measure_variants[2].id, "refunds_in");
    CHECK_NEAR(of(gross, "RET-3")->findings[0].su, 45000, 1e-6);
    CHECK_NEAR(of(gross, "RET-3")->findings[0].sd, 55000, 1e-6);

    CHECK_STR(measure_variants[3].id, "guests_apart");
    CHECK_NEAR(of(guests, "RET-1")->findings[0].k, 10, 0);
    CHECK_NEAR(of(guests, "RET-1")->findings[0].n, 50, 0);
    CHECK_NEAR(of(guests, "RET-3")->findings[0].su, 37000, 1e-6);
    CHECK_NEAR(of(guests, "DAT-1")->findings[0].k, 45, 0);
    CHECK_NEAR(of(guests, "DAT-1")->findings[0].n, 55, 0);
}

/* Which of the two asks for what is chance; the result is not. */
static void check_again(struct engine *e, const struct measure_options *options,
                        const struct evidence_set *base)
{
    struct evidence_set *again = evidence_set_new(model);
    int slot = -1;

    CHECK_OK(measure(e, options, again, &live_err), live_err);
    CHECK(base->slots > 1);
    CHECK_INT(again->slots, base->slots);
    if (again->slots == base->slots)
        CHECK(memcmp(again->sigma, base->sigma, base->slots * base->slots * sizeof(*base->sigma)) ==
              0);
    for (size_t i = 0; i < model->practice_count; i++)
        for (size_t k = 0; k < model->practices[i].indicator_count; k++) {
            const struct finding *a = &base->items[i].findings[k];

            CHECK_INT(again->items[i].findings[k].slot, a->slot);
            CHECK(a->slot < 0 || a->slot == ++slot); /* in the order of practices */
        }
    evidence_set_free(again);
}

int main(void)
{
    struct resolve_options how = {.time_zone = "UTC", .currency = "", .as_of = TIME_NONE};
    struct measure_options options = {.time_zone = "UTC", .margin = NAN, .currency = "EUR"};
    struct resolve_summary summary;
    struct evidence_set *base, *guests;
    struct engine *e;

    live_begin();
    statements();
    measures();
    e = live_start((struct engine_options){0});
    CHECK_OK(model_load(NULL, &model, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/fill", NULL, 0, &live_err), live_err);
    how.as_of = INT64_C(1790726400) * 1000000; /* 2026-09-30 */
    CHECK_OK(resolve(e, &how, &summary, &live_err), live_err);
    options.as_of = summary.as_of;
    base = evidence_set_new(model);
    CHECK_OK(measure(e, &options, base, &live_err), live_err);
    CHECK_NEAR(of(base, "ORG-5")->findings[0].n, 4, 0); /* alone there was memory for it */
    CHECK_INT(live_number(e, "test/lacked"), 1);
    check_again(e, &options, base);
    check_variants(e, &options, base);

    /* A shop whose exports name no accounts has no guests. */
    CHECK_OK(engine_run(e, "test/forget_accounts", NULL, 0, &live_err), live_err);
    guests = as(e, &options, 3, base);
    CHECK_NEAR(of(guests, "RET-1")->findings[0].k, 20, 0);
    CHECK_NEAR(of(guests, "RET-1")->findings[0].n, 40, 0);
    evidence_set_free(guests);
    evidence_set_free(base);
    model_free(model);
    engine_close(e);
    return tap_done();
}
