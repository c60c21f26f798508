/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* measure.h - evidence out of the shop's own data: runs each practice's measures in the engine.
 *
 * The statements are sql/measure/<measure>.sql. What a statement returns follows from the
 * indicator's form: `known, k, n` for SHARE and RATE, `known, value, n` for VALUE, and one row a
 * cluster, `cluster|person, u, d`, for FRACTION and RATIO. The latter are reduced here to the
 * sums of the closed form of maturity.md 6.3 (b); those whose clusters are persons also get their
 * joint covariance, so that the stage is drawn with the correlation that they have.
 */
#ifndef TM_MATURITY_MEASURE_H
#define TM_MATURITY_MEASURE_H

#include "engine/engine.h"
#include "maturity/evidence.h"

struct measure_options {
    int64_t as_of;
    const char *time_zone;
    double margin;        /* contribution margin, 0..1; NAN when not known */
    const char *currency; /* reporting currency; enters the fingerprint */
    /* Told which practice is measured, with the share done before it; NULL for none. */
    void (*progress)(void *ctx, const char *step, double done);
    void *progress_ctx;
};

/* Fills findings, applicability, windows, freshness, sources and fingerprints of `set`. */
TM_MUST_CHECK enum err_code measure(struct engine *engine, const struct measure_options *options,
                                    struct evidence_set *set, struct err *err);

/* Another way of counting (maturity.md 6.9, 8): another window, revenue before refunds, orders of
 * guests as customers of their own. */
struct measure_variant {
    const char *id;
    int days; /* window instead of the practice's own; 0: its own */
    bool refunds, guests_apart;
};
enum { MEASURE_VARIANTS = 4 };
extern const struct measure_variant measure_variants[MEASURE_VARIANTS];

/* A copy of `base`, which measure() filled and which must live longer, with those practices
 * measured anew that the variant counts otherwise: figures of trade over a window; sums of revenue;
 * repeat purchase and linked orders. Everything else, also the correlation of ratios,
 * is as in `base`. For sensitivity(). */
TM_MUST_CHECK enum err_code measure_variant(struct engine *engine,
                                            const struct measure_options *options,
                                            const struct measure_variant *variant,
                                            const struct evidence_set *base,
                                            struct evidence_set **out_set, struct err *err);

#endif
