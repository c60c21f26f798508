/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/idle.h"

#include "base/timestamp.h"

struct idle {
    const struct erase_ctx *ctx;
    const struct idle_wish *wish;
    uint64_t *people; /* owned; those who were longest silent first */
    size_t n;
};

/* When each import came, as the engine reads arrays. */
struct came {
    struct buf imports, times;
};

static enum err_code add_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct came *came = ctx;
    int64_t at = entry->ended_us > entry->started_us ? entry->ended_us : entry->started_us;

    (void)err;
    /* What comes live goes into one import for long. */
    if (strcmp(entry->format, STORE_FORMAT_LIVE) == 0 && entry->newest_us > at)
        at = entry->newest_us;
    if (strcmp(entry->format, STORE_FORMAT_SENT) == 0) /* tells nothing of who was written to */
        at = 0;
    buf_addf(&came->imports, ",%" PRIu32, entry->id);
    buf_addf(&came->times, ",%" PRId64, at);
    return ERR_OK;
}

static enum err_code read_came(struct store *store, struct came *came, struct err *err)
{
    /* Arrays without anything have no type. */
    buf_addz(&came->imports, "[0");
    buf_addz(&came->times, "[0");
    TRY(store_import_each(store, IMPORT_DONE, add_import, came, err));
    buf_addc(&came->imports, ']');
    buf_addc(&came->times, ']');
    TRY(buf_check(&came->imports, err));
    return buf_check(&came->times, err);
}

static enum err_code ask(const struct idle *idle, const struct came *came, struct result **out,
                         struct err *err)
{
    const struct param params[] = {
        PARAM_AT("before", idle->wish->before_us), PARAM_STR("imports", buf_str(&came->imports)),
        PARAM_STR("came", buf_str(&came->times)), PARAM_I64("now", timestamp_now())};

    return engine_query(idle->ctx->engine, "identity/idle", params, TM_COUNT(params), out, err);
}

static enum err_code find(struct idle *idle, int64_t *out_idle, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct came came = {BUF_INIT(1 << 20), BUF_INIT(1 << 20)};
    enum err_code rc = read_came(idle->ctx->store, &came, err);

    if (rc == ERR_OK)
        rc = ask(idle, &came, &res, err);
    buf_release(&came.imports);
    buf_release(&came.times);
    TRY(rc);
    idle->people = xcalloc(idle->wish->most + 1, sizeof(*idle->people));
    while (result_next(res)) {
        if (idle->n < idle->wish->most)
            idle->people[idle->n++] = result_uint(res, 0);
        ++*out_idle;
    }
    return result_status(res, err);
}

/* People who are erased together: as many as the search for their texts takes. */
static enum err_code find_some(const struct idle *idle, size_t first, struct who *out,
                               size_t *out_n, struct err *err)
{
    size_t n = idle->n - first < WHO_PEOPLE_MAX ? idle->n - first : WHO_PEOPLE_MAX;

    for (;; n /= 2) {
        TRY(who_of_people(idle->ctx->engine, idle->people + first, n, out, err));
        *out_n = n;
        if (out->needle_count < PERSON_NEEDLES || n == 1)
            return ERR_OK;
        who_release(out);
    }
}

static enum err_code begin(const struct idle *idle, const struct who *who, struct err *err)
{
    struct erasure *e = xcalloc(1, sizeof(*e));
    struct erasure_id *hashes = NULL;
    size_t n = 0;
    enum err_code rc = who_hashes(who, idle->ctx->store, &hashes, &n, err);

    snprintf(e->actor, sizeof(e->actor), "no activity");
    e->requested_us = idle->wish->read_us;
    if (rc == ERR_OK)
        rc = erase_begin_known(idle->ctx, who, hashes, n, e, err);
    free(hashes);
    free(e);
    return rc;
}

/* All are found before the first of them goes, by which the resolved records go, too. */
static enum err_code erase(const struct idle *idle, struct err *err)
{
    int64_t finished = 0;

    for (size_t i = 0, n = 0; i < idle->n; i += n) {
        TM_CLEANUP(who_release) struct who who = WHO_INIT;

        TRY(find_some(idle, i, &who, &n, err));
        TRY(begin(idle, &who, err));
    }
    return erase_resume(idle->ctx, &finished, err);
}

enum err_code idle_erase(const struct erase_ctx *ctx, const struct idle_wish *wish,
                         int64_t *out_idle, int64_t *out_gone, struct err *err)
{
    struct idle idle = {.ctx = ctx, .wish = wish};
    enum err_code rc;

    *out_idle = *out_gone = 0;
    rc = find(&idle, out_idle, err);
    if (rc == ERR_OK && idle.n)
        rc = erase(&idle, err);
    if (rc == ERR_OK)
        *out_gone = (int64_t)idle.n;
    free(idle.people);
    return rc;
}
