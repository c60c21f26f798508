/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* resolve.h - from raw records to one truth: people, orders, visits, messages, spend.
 *
 * What the sources say is kept as it came in the engine's raw tables. Resolving builds from it
 * the tables that all figures read: each order once, with its person, its channel and its money
 * in one reporting currency. It runs anew after every import; nothing in it is lost by deleting
 * it. Which statements run, in which order, is one table in resolve.c.
 */
#ifndef TM_INSIGHT_RESOLVE_H
#define TM_INSIGHT_RESOLVE_H

#include "engine/engine.h"
#include "identity/identity.h"
#include "shop/rates.h"

/* For tables that are made beside the ones before, which others read meanwhile. */
struct resolve_aside {
    /* The new tables are whole and nobody but `engine` sees them yet: what shall be read of them
     * before they are shown. With an error the old ones stay. */
    enum err_code (*read)(void *ctx, struct engine *engine, int64_t as_of, struct err *err);
    /* True: they are about to change places and nobody may read; false: that is over. */
    void (*hold)(void *ctx, bool on);
    void *ctx;
};

struct resolve_options {
    const char *time_zone;     /* IANA name; of the shop's days */
    const char *currency;      /* reporting currency; "" = the one most orders are in */
    const struct rates *rates; /* for the other currencies; or NULL */
    int64_t as_of;             /* TIME_NONE = the newest record */
    /* Told what is being done, with the share done before it; NULL for none. */
    void (*progress)(void *ctx, const char *step, double done);
    void *progress_ctx;
    const struct resolve_aside *aside; /* NULL: nobody else reads */
    /* Fills the table `assigned`, which is empty; NULL: it stays so. */
    enum err_code (*assign)(void *ctx, struct engine *engine, struct err *err);
    void *assign_ctx;
    bool passing; /* the tables are let go soon: what views alone read is not made */
};

/* A currency whose records could not be converted: they count, their money does not. */
struct unconverted {
    char currency[4];
    uint64_t orders, records;
};

enum { UNCONVERTED_MAX = 16 };

struct resolve_summary {
    int64_t as_of;
    bool as_of_from_data;
    bool scoped;      /* customer numbers count only within their source */
    char currency[4]; /* "" when no record names one */
    int decimals;
    struct identity_summary identity;
    struct unconverted unconverted[UNCONVERTED_MAX];
    size_t unconverted_count;
};

/* ERR_NOT_FOUND when nothing at all was imported; the tables are empty then. */
TM_MUST_CHECK enum err_code resolve(struct engine *engine, const struct resolve_options *options,
                                    struct resolve_summary *out_summary, struct err *err);

#endif
