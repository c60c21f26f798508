/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sources.h - who may send live messages: write keys of sites and apps, connections of shops.
 *
 * A write key stands in the page of a shop for all to see: it lets messages in and nothing out, and
 * may be shown again. What a shop's webhooks are signed with is a secret: kept sealed (vault.h),
 * and no call but store_source_secret() tells it. Sources are revoked, never deleted: what they
 * sent stays theirs.
 */
#ifndef TM_STORE_SOURCES_H
#define TM_STORE_SOURCES_H

#include "store/store.h"

enum { STORE_SOURCES_MAX = 200, SOURCE_KEY = 33, SOURCE_SECRET_MAX = 512 };

struct source_entry {
    int64_t id;                     /* given by the store, never used twice */
    char protocol[32];              /* "segment" */
    char name[128];                 /* the shop's own word for it */
    char key[SOURCE_KEY];           /* 32 characters, made by the store */
    char domain[128];               /* the only shop whose messages are its own; "": any */
    bool ledger;                    /* its orders are the shop's own, not another's copy of them */
    int64_t created_us, revoked_us; /* TIME_NONE: not yet */
};

/* `protocol`, `name`, `domain` and `ledger` are read; id, key and created_us are given.
 * ERR_TOO_LARGE when there are STORE_SOURCES_MAX. */
TM_MUST_CHECK enum err_code store_source_add(struct store *store, struct source_entry *io_source,
                                             struct err *err);
/* ERR_NOT_FOUND when there is none of that number or it was revoked before. */
TM_MUST_CHECK enum err_code store_source_revoke(struct store *store, int64_t id, struct err *err);
/* Its name and domain. ERR_NOT_FOUND when there is none of that number or it was revoked. */
TM_MUST_CHECK enum err_code store_source_change(struct store *store,
                                                const struct source_entry *source, struct err *err);
/* A new key in place of the old one, which counts no more. ERR_NOT_FOUND as above. */
TM_MUST_CHECK enum err_code store_source_rotate(struct store *store, int64_t id,
                                                struct source_entry *out, struct err *err);
/* Revoked ones are found as well. ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code store_source_get(struct store *store, int64_t id,
                                             struct source_entry *out, struct err *err);
/* By number, from `after` on; *out_n at most `cap`. */
TM_MUST_CHECK enum err_code store_sources_list(struct store *store, int64_t after,
                                               struct source_entry *out, size_t cap, size_t *out_n,
                                               struct err *err);

/* The one of that number, or NULL. */
const struct source_entry *source_of_list(const struct source_entry *list, size_t n, int64_t id);

/* What its messages are signed with. */
TM_MUST_CHECK enum err_code store_source_secret_put(struct store *store, int64_t id,
                                                    struct str secret, struct err *err);
/* Its secret and domain go, as what it sent does (privacy/forget_source.h). */
TM_MUST_CHECK enum err_code store_source_forget(struct store *store, int64_t id, struct err *err);
/* ERR_NOT_FOUND when it has none. */
TM_MUST_CHECK enum err_code store_source_secret(struct store *store, int64_t id,
                                                struct buf *out_secret, struct err *err);

#endif
