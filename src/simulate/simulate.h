/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate.h - the front of src/simulate: a believable shop, as the exports of its tools.
 *
 * A world of customers, visits, orders, messages and advertising is run over 24 months, and
 * written in the true formats of Shopify, Klaviyo, GA4, Meta, Google Ads and the own ledgers.
 * How mature the shop's marketing is decides what its team does, not what is measured: this room
 * knows nothing of practices, cuts or scoring, and includes only base and shop.
 *
 * The same options give the same bytes. Memory does not grow with the number of events.
 */
#ifndef TM_SIMULATE_SIMULATE_H
#define TM_SIMULATE_SIMULATE_H

#include "base/base.h"

struct simulate_options {
    int stage; /* 1..4 */
    uint64_t seed;
    int64_t orders;  /* about this many over the whole time */
    const char *dir; /* made when missing; must be empty */
    const char *end; /* last day, YYYY-MM-DD; NULL = 2026-09-30 */
    bool compress;   /* event files as .gz */
    /* Told about progress, 0..1; may be NULL. Returns false to stop (ERR_CANCELLED). */
    bool (*progress)(void *ctx, double done);
    void *ctx;
};

struct simulate_result {
    int64_t orders, customers, sessions, events, messages, files;
};

TM_MUST_CHECK enum err_code simulate(const struct simulate_options *options,
                                     struct simulate_result *out_result, struct err *err);

#endif
