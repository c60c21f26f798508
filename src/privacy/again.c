/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/again.h"

#include "intake/live/redact.h"
#include "privacy/forget_source.h"
#include "store/consent.h"

/* A hash of the file, with the erasure it is of. */
struct sought {
    uint64_t quick;
    const struct erasure_id *id;
    size_t erasure;
};

struct again {
    const struct erase_ctx *ctx;
    const struct erasures_filed *filed;
    struct pseudonyms *keys; /* owned */
    unsigned char quick_key[16];
    struct sought *sought; /* owned; by `quick` */
    size_t sought_count;
    struct who *found; /* owned; one an erasure: who is here */
    bool *known;       /* owned; nothing is to be done */
    enum err_code rc;
    struct err *err;
};

static int by_quick(const void *a, const void *b)
{
    const struct sought *x = a, *y = b;

    return (x->quick > y->quick) - (x->quick < y->quick);
}

static void release(struct again *a)
{
    for (size_t i = 0; i < a->filed->n; i++)
        who_release(&a->found[i]);
    free(a->found);
    free(a->known);
    free(a->sought);
    pseudonyms_close(a->keys);
}

/* ---- whom to look for --------------------------------------------------------------------- */

/* One that was made after the copy was is not here. */
static enum err_code look_at_source(struct again *a, size_t i, struct err *err)
{
    const struct erasure_filed *one = &a->filed->list[i];
    struct source_entry *here = xcalloc(1, sizeof(*here));
    enum err_code rc =
        a->known[i] ? ERR_OK : store_source_get(a->ctx->store, one->source, here, err);

    if (rc == ERR_NOT_FOUND) {
        *err = ERR_INIT;
        rc = ERR_OK;
    }
    a->known[i] |= here->created_us != one->made_us;
    free(here);
    return rc;
}

static enum err_code begin(struct again *a, struct again_counts *out, struct err *err)
{
    const struct erasures_filed *f = a->filed;

    a->found = xcalloc(f->n + 1, sizeof(*a->found));
    a->known = xcalloc(f->n + 1, sizeof(*a->known));
    a->sought = xcalloc(f->id_count + 1, sizeof(*a->sought));
    for (size_t i = 0; i < f->n; i++)
        a->found[i] = WHO_INIT;
    TRY(pseudonyms_open(a->ctx->store, &a->keys, err));
    erasure_quick_key(a->keys, a->quick_key);
    for (size_t i = 0; i < f->n; i++) {
        const struct erasure_filed *one = &f->list[i];

        TRY(store_erasure_known(a->ctx->store, f, one, &a->known[i], err));
        if (one->source) {
            TRY(look_at_source(a, i, err));
            out->sources += !a->known[i];
            continue;
        }
        out->people++;
        out->known += a->known[i];
        for (size_t k = 0; k < one->n && !a->known[i]; k++) {
            const struct erasure_id *id = &f->ids[one->first + k];

            a->sought[a->sought_count++] = (struct sought){id->quick, id, i};
        }
    }
    qsort(a->sought, a->sought_count, sizeof(*a->sought), by_quick);
    return ERR_OK;
}

static size_t first_of(const struct again *a, uint64_t quick)
{
    size_t low = 0, high = a->sought_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (a->sought[middle].quick < quick)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* An identifier of whoever is here. */
static void compare(void *ctx, enum personal kind, struct str source, struct str value)
{
    struct again *a = ctx;
    const uint64_t quick = erasure_quick(a->quick_key, kind, source, value);
    struct erasure_id hash;

    for (size_t i = first_of(a, quick); i < a->sought_count && a->sought[i].quick == quick; i++) {
        const struct sought *s = &a->sought[i];
        const struct person_id id = {kind, source, value, s->id->other};

        if (s->id->kind == kind &&
            erasure_hash(a->keys, a->quick_key, kind, source, value, &hash) &&
            memcmp(&hash.hash, &s->id->hash, sizeof(hash.hash)) == 0 && a->rc == ERR_OK)
            a->rc = who_add_id(&a->found[s->erasure], &id, a->err);
    }
}

/* Within their source, and everywhere, as identity may have joined them. */
static void compare_both(void *ctx, enum personal kind, struct str source, struct str value)
{
    if (personal_is_scoped(kind))
        compare(ctx, kind, source, value);
    compare(ctx, kind, STR_NONE, value);
}

/* ---- looking ------------------------------------------------------------------------------ */

static enum err_code look_at_records(struct again *a, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;

    TRY(person_rows_open(a->ctx->engine, &rows, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        if (!personal_any((enum record_kind)kind))
            continue;
        TRY(person_rows_every(rows, (enum record_kind)kind, &res, err));
        while (result_next(res) && a->rc == ERR_OK)
            compare(a, personal_named(result_text(res, 0)), result_text(res, 1),
                    result_text(res, 2));
        TRY(a->rc);
        TRY(result_status(res, err));
    }
    return ERR_OK;
}

static enum err_code look_at_journal(struct again *a, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *opened = NULL;
    struct redact_ctx redact = {
        .store = a->ctx->store, .settings = a->ctx->settings, .journal = a->ctx->journal};

    if (!redact.journal)
        TRY(journal_open_kept(a->ctx->store, &opened, err));
    if (opened)
        redact.journal = opened;
    if (redact.journal)
        TRY(redact_identifiers(&redact, compare_both, a, err));
    return a->rc;
}

/* ---- erasing ------------------------------------------------------------------------------ */

static struct erasure *begun(const struct erasure_filed *one)
{
    struct erasure *e = xcalloc(1, sizeof(*e));

    snprintf(e->actor, sizeof(e->actor), "applied again");
    e->requested_us = one->requested_us;
    return e;
}

/* Of whom nothing is here: suppressed, and on record. */
static enum err_code note_absent(struct again *a, const struct erasure_filed *one, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct pseudonym *who = xcalloc(one->n + 1, sizeof(*who));
    const struct who nobody = WHO_INIT;
    struct erasure *e = begun(one);
    int64_t entries = 0;
    size_t n = 0;
    enum err_code rc;

    for (size_t i = 0; i < one->n; i++) {
        const struct erasure_id *id = &a->filed->ids[one->first + i];

        if (!id->other && id->kind != PERSONAL_ORDER)
            who[n++] = id->hash;
    }
    rc = consents_open(a->ctx->store, &ledger, err);
    if (rc == ERR_OK && n)
        rc = consent_erase(ledger, who, n, &entries, err);
    if (rc == ERR_OK)
        rc = erase_begin_known(a->ctx, &nobody, &a->filed->ids[one->first], one->n, e, err);
    e->step = ERASE_DONE;
    if (rc == ERR_OK)
        rc = store_erasure_update(a->ctx->store, e, err);
    free(who);
    free(e);
    return rc;
}

static enum err_code note_present(struct again *a, size_t i, struct err *err)
{
    const struct erasure_filed *one = &a->filed->list[i];
    struct erasure *e = begun(one);
    enum err_code rc;

    a->found[i].until_us = one->requested_us;
    rc = erase_begin_known(a->ctx, &a->found[i], &a->filed->ids[one->first], one->n, e, err);
    free(e);
    return rc;
}

static enum err_code add_done(void *ctx, const struct erasure *e, struct err *err)
{
    struct again_counts *out = ctx;

    (void)err;
    if (strcmp(e->actor, "applied again") != 0 || e->step != ERASE_DONE || !e->searched_files)
        return ERR_OK;
    out->messages += e->messages;
    out->records += e->records;
    out->orders += e->orders;
    out->searched_bytes = e->searched_bytes;
    out->searched_files = e->searched_files;
    return ERR_OK;
}

static enum err_code note_source(struct again *a, const struct erasure_filed *one, struct err *err)
{
    struct erasure *e = begun(one);
    enum err_code rc = forget_source_begin(a->ctx, one->source, e, err);

    free(e);
    return rc;
}

static enum err_code begin_one(struct again *a, size_t i, struct err *err)
{
    const struct erasure_filed *one = &a->filed->list[i];

    if (one->source)
        return note_source(a, one, err);
    return who_identifiers(&a->found[i]) > 0 ? note_present(a, i, err) : note_absent(a, one, err);
}

static enum err_code work(struct again *a, bool only_look, struct again_counts *out,
                          struct err *err)
{
    struct again_counts before = {0}, after = {0};
    int64_t finished = 0;

    TRY(begin(a, out, err));
    if (a->sought_count) {
        TRY(look_at_records(a, err));
        TRY(look_at_journal(a, err));
    }
    TRY(store_erasures_each(a->ctx->store, false, add_done, &before, err));
    for (size_t i = 0; i < a->filed->n; i++) {
        if (a->known[i])
            continue;
        if (!a->filed->list[i].source) {
            out->present += who_identifiers(&a->found[i]) > 0;
            out->absent += who_identifiers(&a->found[i]) == 0;
        }
        if (!only_look)
            TRY(begin_one(a, i, err));
    }
    if (only_look)
        return ERR_OK;
    TRY(erase_resume(a->ctx, &finished, err));
    TRY(store_erasures_each(a->ctx->store, false, add_done, &after, err));
    out->messages = after.messages - before.messages;
    out->records = after.records - before.records;
    out->orders = after.orders - before.orders;
    out->searched_bytes = finished ? after.searched_bytes : 0;
    out->searched_files = finished ? after.searched_files : 0;
    return ERR_OK;
}

enum err_code again_apply(const struct erase_ctx *ctx, const struct erasures_filed *filed,
                          bool only_look, struct again_counts *out, struct err *err)
{
    struct again a = {.ctx = ctx, .filed = filed, .rc = ERR_OK, .err = err};
    enum err_code rc;

    *out = (struct again_counts){0};
    rc = work(&a, only_look, out, err);
    release(&a);
    return rc;
}
