/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/erase.h"

#include "base/i18n.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "intake/live/redact.h"
#include "privacy/files.h"
#include "store/consent.h"
#include "store/people.h"

#include <unistd.h>

enum { SEALED_MAX = 8 << 20, TRIES = 3 };

/* One erasure being done. */
struct erasing {
    const struct erase_ctx *ctx;
    struct erasure *erasure;
    struct who who;
    struct erasure_id *hashes; /* owned */
    size_t hash_count;
    struct erased *erased;   /* owned; of this erasure alone */
    struct journal *journal; /* owned; NULL: nothing came live */
};

static void release(struct erasing *e)
{
    erased_free(e->erased);
    free(e->hashes);
    who_release(&e->who);
    journal_close(e->journal);
}

static struct redact_ctx redacting(const struct erasing *e)
{
    return (struct redact_ctx){.store = e->ctx->store,
                               .journal = e->journal,
                               .settings = e->ctx->settings,
                               .erased = e->erased,
                               .needles = e->who.needles,
                               .needle_count = e->who.needle_count,
                               .until_us = e->erasure->requested_us};
}

/* ---- journal ------------------------------------------------------------------------------ */

static enum err_code erase_journal(struct erasing *e, struct err *err)
{
    const struct redact_ctx ctx = redacting(e);
    int64_t stored = 0, refused = 0;

    if (!e->journal)
        return ERR_OK;
    TRY(redact_journal(&ctx, 0, INT64_MAX, &stored, err));
    TRY(journal_edit_refused(e->journal, e->who.needles, e->who.needle_count, &refused, err));
    e->erasure->messages += stored + refused;
    return journal_compact(e->journal, err);
}

/* ---- records ------------------------------------------------------------------------------ */

struct plan {
    struct erasure_count *list; /* owned */
    size_t n;
    int64_t named[RECORD_KIND_COUNT], gone;
    struct buf imports; /* numbers of those that name the person: " 3 7 " */
};

static enum err_code count_kind(struct person_rows *rows, enum record_kind kind, struct plan *plan,
                                struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    if (!personal_any(kind))
        return ERR_OK;
    TRY(person_rows_count(rows, kind, &res, err));
    while (result_next(res)) {
        uint32_t import_id = (uint32_t)result_int(res, 0);
        int64_t gone = result_int(res, 1);
        char number[16];

        plan->named[kind] += result_int(res, 2);
        plan->gone += gone;
        snprintf(number, sizeof(number), " %u ", import_id);
        if (!strstr(buf_cstr(&plan->imports), number))
            buf_addz(&plan->imports, number);
        if (!gone)
            continue;
        if ((plan->n & (plan->n - 1)) == 0)
            plan->list = xrealloc(plan->list, (plan->n ? 2 * plan->n : 1) * sizeof(*plan->list));
        plan->list[plan->n++] = (struct erasure_count){import_id, (int)kind, gone};
    }
    return result_status(res, err);
}

static enum err_code count_all(struct person_rows *rows, struct plan *plan, struct err *err)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        TRY(count_kind(rows, (enum record_kind)kind, plan, err));
    return buf_check(&plan->imports, err);
}

static void plan_release(struct plan *plan)
{
    free(plan->list);
    buf_release(&plan->imports);
}

struct naming {
    const struct plan *plan;
    struct erasure *erasure;
};

/* The files that were read from where the shop has them: theirs to clean. */
static enum err_code name_file(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct naming *naming = ctx;
    struct erasure *e = naming->erasure;
    size_t n = strlen(e->files);
    char number[16];

    (void)err;
    snprintf(number, sizeof(number), " %u ", entry->id);
    if (strcmp(entry->format, "live") == 0 || !strstr(buf_cstr(&naming->plan->imports), number) ||
        access(entry->path, F_OK) != 0 || strstr(e->files, entry->path) ||
        n + strlen(entry->path) + 2 > sizeof(e->files))
        return ERR_OK;
    snprintf(e->files + n, sizeof(e->files) - n, "%s\n", entry->path);
    return ERR_OK;
}

static enum err_code note_plan(struct erasing *e, const struct plan *plan, struct err *err)
{
    struct naming naming = {plan, e->erasure};
    bool planned = false;

    TRY(store_import_each(e->ctx->store, IMPORT_DONE, name_file, &naming, err));
    TRY(store_erasure_planned(e->ctx->store, e->erasure->id, &planned, err));
    if (planned)
        return ERR_OK; /* by a process that ended before they were gone */
    e->erasure->records += plan->gone;
    e->erasure->orders += plan->named[RECORD_ORDER];
    TRY(store_erasure_plan(e->ctx->store, e->erasure->id, plan->list, plan->n, err));
    return store_erasure_update(e->ctx->store, e->erasure, err);
}

static enum err_code forget_decisions(struct erasing *e, struct person_rows *rows, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(store_people_forget(e->ctx->store, e->who.people, e->who.people_count, err));
    TRY(person_rows_hashes(rows, &res, err));
    while (result_next(res)) {
        uint64_t id = result_uint(res, 0);

        TRY(store_people_forget(e->ctx->store, &id, 1, err));
    }
    return result_status(res, err);
}

/* Old parts of tables, of whatever was taken out before. */
static enum err_code renew_tables(struct person_rows *rows, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    TM_CLEANUP(buf_release) struct buf names = BUF_INIT(8192);
    char *save = NULL;

    TRY(person_rows_remains(rows, &res, err));
    while (result_next(res)) {
        buf_adds(&names, result_text(res, 0));
        buf_addc(&names, ' ');
    }
    TRY(result_status(res, err));
    TRY(buf_check(&names, err));
    for (char *name = names.p ? strtok_r(names.p, " ", &save) : NULL; name;
         name = strtok_r(NULL, " ", &save))
        TRY(person_rows_renew(rows, str_of(name), err));
    return ERR_OK;
}

static enum err_code take_out(struct erasing *e, struct person_rows *rows, const struct plan *plan,
                              struct err *err)
{
    TRY(note_plan(e, plan, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (plan->named[kind])
            TRY(person_rows_remove(rows, (enum record_kind)kind, err));
    TRY(renew_tables(rows, err));
    TRY(store_erasure_settle(e->ctx->store, e->erasure->id, err));
    return forget_decisions(e, rows, err);
}

static enum err_code erase_records(struct erasing *e, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;
    TM_CLEANUP(plan_release) struct plan plan = {.imports = BUF_INIT(1 << 20)};

    TRY(who_rows(&e->who, e->ctx->engine, &rows, err));
    TRY(count_all(rows, &plan, err));
    return take_out(e, rows, &plan, err);
}

/* ---- the rest ----------------------------------------------------------------------------- */

/* Empty ones take the place of all that was derived; they are filled when next asked for. */
static enum err_code erase_derived(struct erasing *e, struct err *err)
{
    const struct erase_ctx *ctx = e->ctx;
    enum err_code rc;

    TRY(engine_aside_begin(ctx->engine, err));
    if (ctx->hold)
        ctx->hold(ctx->hold_ctx, true);
    rc = engine_aside_end(ctx->engine, "resolved", err);
    if (ctx->hold)
        ctx->hold(ctx->hold_ctx, false);
    return rc;
}

/* The ledger lets go of what it says of the person, and no channel may be used any more. */
static enum err_code erase_consent(struct erasing *e, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    struct pseudonym *who = xcalloc(e->hash_count + 1, sizeof(*who));
    size_t n = 0;
    int64_t entries = 0;
    enum err_code rc = consents_open(e->ctx->store, &consents, err);

    for (size_t i = 0; i < e->hash_count; i++)
        if (!e->hashes[i].other && e->hashes[i].kind != PERSONAL_ORDER)
            who[n++] = e->hashes[i].hash;
    if (rc == ERR_OK && n)
        rc = consent_erase(consents, who, n, &entries, err);
    free(who);
    return rc;
}

static enum err_code erase_store(struct erasing *e, struct err *err)
{
    int64_t n = 0;

    TRY(erase_consent(e, err));
    TRY(store_erase_texts(e->ctx->store, e->who.needles, e->who.needle_count, &n, err));
    return store_compact(e->ctx->store, err);
}

static enum err_code look_at_files(struct erasing *e, bool clean, struct file_search *search,
                                   struct buf *own, struct err *err)
{
    *search = (struct file_search){.dir = store_dir(e->ctx->store),
                                   .needles = e->who.needles,
                                   .needle_count = e->who.needle_count,
                                   .clean = clean,
                                   .own = own};
    return files_search(search, err);
}

static enum err_code erase_files(struct erasing *e, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf own = BUF_INIT(sizeof(e->erasure->files));
    struct erasure *erasure = e->erasure;
    struct file_search search;
    size_t n = strlen(erasure->files);

    TRY(look_at_files(e, true, &search, &own, err));
    if (n + own.n < sizeof(erasure->files) && own.n && !strstr(erasure->files, buf_cstr(&own)))
        snprintf(erasure->files + n, sizeof(erasure->files) - n, "%s", buf_cstr(&own));
    return ERR_OK;
}

static enum err_code found(struct erasing *e, const char *where, int64_t n, struct err *err)
{
    if (!n)
        return ERR_OK;
    snprintf(e->erasure->problem, sizeof(e->erasure->problem), "%.500s", where);
    return err_set(err, ERR_STORE, "after the erasure something of the person is left in %s",
                   _(where));
}

static enum err_code count_message(void *ctx, const struct journal_entry *entry, struct str left,
                                   struct err *err)
{
    int64_t *n = ctx;

    (void)entry, (void)left, (void)err;
    ++*n;
    return ERR_OK;
}

static enum err_code verify_rows(struct erasing *e, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;
    TM_CLEANUP(plan_release) struct plan plan = {.imports = BUF_INIT(1 << 20)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int64_t n = 0;

    TRY(who_rows(&e->who, e->ctx->engine, &rows, err));
    TRY(count_all(rows, &plan, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (kind != RECORD_REFUND) /* known by their orders, which stay */
            n += plan.named[kind];
    TRY(found(e, N_("the analytics engine"), n, err));
    TRY(person_rows_remains(rows, &res, err));
    for (n = 0; result_next(res);)
        n++;
    TRY(result_status(res, err));
    return found(e, N_("old parts of the analytics engine's tables"), n, err);
}

static enum err_code verify(struct erasing *e, struct err *err)
{
    const struct redact_ctx ctx = redacting(e);
    struct file_search search;
    int64_t n = 0;

    if (e->journal) {
        TRY(redact_each(&ctx, 0, INT64_MAX, count_message, &n, err));
        TRY(found(e, N_("the journal"), n, err));
    }
    TRY(verify_rows(e, err));
    TRY(store_find_texts(e->ctx->store, e->who.needles, e->who.needle_count, &n, err));
    TRY(found(e, N_("the store"), n, err));
    TRY(look_at_files(e, false, &search, NULL, err));
    return found(e, search.first, search.found, err);
}

static enum err_code (*const steps[ERASE_DONE])(struct erasing *e, struct err *err) = {
    [ERASE_JOURNAL] = erase_journal, [ERASE_RECORDS] = erase_records,
    [ERASE_DERIVED] = erase_derived, [ERASE_STORE] = erase_store,
    [ERASE_FILES] = erase_files,     [ERASE_VERIFY] = verify,
};

static enum err_code prepare(struct erasing *e, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SEALED_MAX);

    TRY(store_erasure_identifiers(e->ctx->store, e->erasure->id, &text, err));
    TRY(who_read(buf_str(&text), &e->who, err));
    TRY(who_hashes(&e->who, e->ctx->store, &e->hashes, &e->hash_count, err));
    TRY(erased_of(e->ctx->store, e->hashes, e->hash_count, e->erasure->requested_us, &e->erased,
                  err));
    return journal_open_kept(e->ctx->store, &e->journal, err);
}

static enum err_code do_steps(struct erasing *e, struct err *err)
{
    struct erasure *erasure = e->erasure;

    while (erasure->step < ERASE_DONE) {
        if (e->ctx->progress)
            e->ctx->progress(e->ctx->progress_ctx, erasure->step);
        TRY(steps[erasure->step](e, err));
        erasure->step++;
        TRY(store_erasure_update(e->ctx->store, erasure, err));
    }
    /* What was sealed is gone from the file and its log, too. */
    return store_compact(e->ctx->store, err);
}

static enum err_code do_one(const struct erase_ctx *ctx, struct erasure *erasure, struct err *err)
{
    struct erasing *e = xcalloc(1, sizeof(*e));
    struct err unheard = ERR_INIT;
    enum err_code rc;

    e->ctx = ctx;
    e->erasure = erasure;
    e->who = WHO_INIT;
    erasure->problem[0] = '\0';
    rc = prepare(e, err);
    if (rc == ERR_OK)
        rc = do_steps(e, err);
    if (rc != ERR_OK) {
        err_context(err, "erasure %" PRId64 ", step %s", erasure->id,
                    erasure_step_name(erasure->step));
        if (erasure->step == ERASE_VERIFY)
            erasure->step = ERASE_JOURNAL;
        if (store_erasure_update(ctx->store, erasure, &unheard) != ERR_OK)
            log_line(LOG_ERROR, "privacy", "erasure=%" PRId64 " not noted: %s", erasure->id,
                     unheard.msg);
    }
    release(e);
    free(e);
    return rc;
}

/* ---- doors -------------------------------------------------------------------------------- */

enum err_code erase_count(const struct erase_ctx *ctx, const struct who *who, struct erasure *out,
                          struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;
    TM_CLEANUP(plan_release) struct plan plan = {.imports = BUF_INIT(1 << 20)};
    struct erasing *e = xcalloc(1, sizeof(*e));
    struct naming naming = {&plan, out};
    struct redact_ctx redact;
    enum err_code rc;

    memset(out, 0, sizeof(*out));
    out->requested_us = timestamp_now();
    out->identifiers = (int64_t)who_identifiers(who);
    e->ctx = ctx;
    e->erasure = out;
    e->who = WHO_INIT;
    rc = who_rows(who, ctx->engine, &rows, err);
    if (rc == ERR_OK)
        rc = count_all(rows, &plan, err);
    if (rc == ERR_OK)
        rc = store_import_each(ctx->store, IMPORT_DONE, name_file, &naming, err);
    if (rc == ERR_OK)
        rc = who_hashes(who, ctx->store, &e->hashes, &e->hash_count, err);
    if (rc == ERR_OK)
        rc = erased_of(ctx->store, e->hashes, e->hash_count, INT64_MAX, &e->erased, err);
    if (rc == ERR_OK)
        rc = journal_open_kept(ctx->store, &e->journal, err);
    redact = redacting(e);
    redact.needles = who->needles;
    redact.needle_count = who->needle_count;
    if (rc == ERR_OK && e->journal)
        rc = redact_each(&redact, 0, INT64_MAX, count_message, &out->messages, err);
    out->records = plan.gone;
    out->orders = plan.named[RECORD_ORDER];
    release(e);
    free(e);
    return rc;
}

enum err_code erase_begin(const struct erase_ctx *ctx, const struct who *who,
                          struct erasure *io_erasure, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SEALED_MAX);
    struct erasure_id *hashes = NULL;
    size_t n = 0;
    enum err_code rc;

    io_erasure->requested_us = timestamp_now();
    io_erasure->identifiers = (int64_t)who_identifiers(who);
    who_write(who, &text);
    TRY(buf_check(&text, err));
    rc = who_hashes(who, ctx->store, &hashes, &n, err);
    if (rc == ERR_OK)
        rc = store_erasure_add(ctx->store, io_erasure, hashes, n, buf_str(&text), err);
    free(hashes);
    return rc;
}

enum err_code erase_resume(const struct erase_ctx *ctx, int64_t *out_n, struct err *err)
{
    struct erasure *erasure = xcalloc(1, sizeof(*erasure));
    enum err_code rc = ERR_OK;
    bool more = true;

    *out_n = 0;
    while (rc == ERR_OK && more) {
        rc = store_erasure_open(ctx->store, erasure, &more, err);
        if (rc != ERR_OK || !more)
            break;
        rc = do_one(ctx, erasure, err);
        *out_n += rc == ERR_OK;
    }
    free(erasure);
    return rc;
}

/* ---- looking again ------------------------------------------------------------------------ */

static enum err_code count_erasure(void *ctx, const struct erasure *erasure, struct err *err)
{
    (void)erasure, (void)err;
    ++*(int64_t *)ctx;
    return ERR_OK;
}

/* Rows of a kind that the filter would not let in. */
static enum err_code recheck_kind(const struct erase_ctx *ctx, const struct erased *erased,
                                  enum record_kind kind, int64_t *io_found, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct record_layout *layout = record_layout(kind);
    union record_any record, emptied;
    char statement[64];

    snprintf(statement, sizeof(statement), "identity/each_%s", layout->name);
    TRY(engine_query(ctx->engine, statement, NULL, 0, &res, err));
    memset(&record, 0, sizeof(record));
    for (size_t i = 0; i < layout->column_count; i++)
        record_empty(kind, &record, i);
    while (result_next(res)) {
        for (size_t i = 0; i < layout->column_count; i++)
            for (size_t k = 1; k < result_column_count(res); k++) {
                const struct record_column *c = &layout->columns[i];
                char *field = (char *)&record + c->offset;

                if (strcmp(c->name, result_column_name(res, k)) != 0)
                    continue;
                if (c->type == COL_STR) {
                    struct str text = result_text(res, k);

                    memcpy(field, &text, sizeof(text));
                } else {
                    int64_t number = result_int(res, k);

                    memcpy(field, &number, sizeof(number));
                }
            }
        *io_found += erased_look(erased, kind, result_text(res, 0), &record, TIME_NONE, &emptied) !=
                     ERASED_NOBODY;
    }
    return result_status(res, err);
}

enum err_code erase_recheck(const struct erase_ctx *ctx, int64_t *out_erased, int64_t *out_found,
                            struct err *err)
{
    static const enum record_kind kinds[] = {RECORD_PERSON, RECORD_ORDER, RECORD_EVENT,
                                             RECORD_MESSAGE, RECORD_CONSENT};
    TM_CLEANUP(erased_freep) struct erased *erased = NULL;
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    struct redact_ctx redact = {.store = ctx->store, .settings = ctx->settings};

    *out_erased = *out_found = 0;
    TRY(store_erasures_each(ctx->store, false, count_erasure, out_erased, err));
    TRY(erased_load(ctx->store, &erased, err));
    if (!erased)
        return ERR_OK;
    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        TRY(recheck_kind(ctx, erased, kinds[i], out_found, err));
    TRY(journal_open_kept(ctx->store, &journal, err));
    redact.journal = journal;
    redact.erased = erased;
    return journal ? redact_each(&redact, 0, INT64_MAX, count_message, out_found, err) : ERR_OK;
}
