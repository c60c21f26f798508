/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/erase.h"

#include "base/i18n.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/remains.h"
#include "intake/live/redact.h"
#include "privacy/filed.h"
#include "privacy/steps.h"
#include "store/advertised.h"
#include "store/consent.h"
#include "store/memberships.h"
#include "store/people.h"

#include <unistd.h>

enum { SEALED_MAX = 8 << 20, TRIES = 3 };

static void release(struct erasing *e)
{
    erased_free(e->erased);
    free(e->hashes);
    who_release(&e->who);
    journal_close(e->opened);
    free(e->source);
    free(e->imports);
    free(e->others);
}

enum err_code erasing_take_journal(struct erasing *e, struct err *err)
{
    e->journal = e->ctx->journal;
    if (e->journal)
        return ERR_OK;
    TRY(journal_open_kept(e->ctx->store, &e->opened, err));
    e->journal = e->opened;
    return ERR_OK;
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

enum err_code erasing_count_messages(void *erasing, const struct journal_edit *edits, size_t n,
                                     struct err *err)
{
    struct erasing *e = erasing;
    const int64_t counted = e->erasure->counted_seq;

    if (!n || edits[n - 1].seq <= counted)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        e->erasure->messages += edits[i].seq > counted;
    e->erasure->counted_seq = edits[n - 1].seq;
    return store_erasure_update(e->ctx->store, e->erasure, err);
}

enum err_code erasing_count_refused(void *erasing, int64_t n, struct err *err)
{
    struct erasing *e = erasing;

    if (e->erasure->counted_seq == INT64_MAX)
        return ERR_OK;
    e->erasure->messages += n;
    e->erasure->counted_seq = INT64_MAX;
    return store_erasure_update(e->ctx->store, e->erasure, err);
}

static enum err_code erase_journal(struct erasing *e, struct err *err)
{
    struct redact_ctx ctx = redacting(e);

    if (!e->journal)
        return ERR_OK;
    ctx.going = erasing_count_messages;
    ctx.going_ctx = e;
    TRY(redact_journal(&ctx, 0, INT64_MAX, err));
    TRY(journal_edit_refused(e->journal, e->who.needles, e->who.needle_count, erasing_count_refused,
                             e, err));
    return journal_compact(e->journal, err);
}

/* ---- records ------------------------------------------------------------------------------ */

void erase_plan_release(struct erase_plan *plan)
{
    free(plan->list);
    buf_release(&plan->imports);
}

void erase_plan_add(struct erase_plan *plan, uint32_t import_id, enum record_kind kind,
                    int64_t gone)
{
    if ((plan->n & (plan->n - 1)) == 0)
        plan->list = xrealloc(plan->list, (plan->n ? 2 * plan->n : 1) * sizeof(*plan->list));
    plan->list[plan->n++] = (struct erasure_count){import_id, (int)kind, gone};
    plan->gone += gone;
}

enum err_code erase_plan_note(struct erasing *e, const struct erase_plan *plan, struct err *err)
{
    bool planned = false;

    TRY(store_erasure_planned(e->ctx->store, e->erasure->id, &planned, err));
    if (planned)
        return ERR_OK;
    e->erasure->records += plan->gone;
    e->erasure->orders += plan->named[RECORD_ORDER];
    TRY(store_erasure_plan(e->ctx->store, e->erasure->id, plan->list, plan->n, err));
    return store_erasure_update(e->ctx->store, e->erasure, err);
}

static enum err_code count_kind(struct person_rows *rows, enum record_kind kind,
                                struct erase_plan *plan, struct err *err)
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
        snprintf(number, sizeof(number), " %u ", import_id);
        if (!strstr(buf_cstr(&plan->imports), number))
            buf_addz(&plan->imports, number);
        if (gone)
            erase_plan_add(plan, import_id, kind, gone);
    }
    return result_status(res, err);
}

static enum err_code count_all(struct person_rows *rows, struct erase_plan *plan, struct err *err)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        TRY(count_kind(rows, (enum record_kind)kind, plan, err));
    return buf_check(&plan->imports, err);
}

struct naming {
    const struct erase_plan *plan;
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
    if (!store_import_of_file(entry) || !strstr(buf_cstr(&naming->plan->imports), number) ||
        access(entry->path, F_OK) != 0 || strstr(e->files, entry->path) ||
        n + strlen(entry->path) + 2 > sizeof(e->files))
        return ERR_OK;
    snprintf(e->files + n, sizeof(e->files) - n, "%s\n", entry->path);
    return ERR_OK;
}

static enum err_code note_plan(struct erasing *e, const struct erase_plan *plan, struct err *err)
{
    struct naming naming = {plan, e->erasure};

    TRY(store_import_each(e->ctx->store, IMPORT_DONE, name_file, &naming, err));
    return erase_plan_note(e, plan, err);
}

/* Segments have people by numbers, which are those of their identifiers. */
static enum err_code forget_memberships(struct erasing *e, const uint64_t *people, size_t n,
                                        struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    enum err_code rc = ERR_OK;

    TRY(outbox_open_kept(e->ctx->store, &outbox, err));
    if (!outbox)
        return ERR_OK;
    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = membership_forget(outbox, people[i], err);
    return outbox_end(outbox, rc, err);
}

static enum err_code forget_decisions(struct erasing *e, struct person_rows *rows, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(store_people_forget(e->ctx->store, e->who.people, e->who.people_count, err));
    TRY(forget_memberships(e, e->who.people, e->who.people_count, err));
    TRY(person_rows_hashes(rows, &res, err));
    while (result_next(res)) {
        uint64_t id = result_uint(res, 0);

        TRY(store_people_forget(e->ctx->store, &id, 1, err));
        TRY(forget_memberships(e, &id, 1, err));
    }
    return result_status(res, err);
}

static enum err_code take_out(struct erasing *e, struct person_rows *rows,
                              const struct erase_plan *plan, struct err *err)
{
    TRY(note_plan(e, plan, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (plan->named[kind])
            TRY(person_rows_remove(rows, (enum record_kind)kind, err));
    /* Of whatever was taken out before. */
    TRY(remains_renew(e->ctx->engine, err));
    TRY(store_erasure_settle(e->ctx->store, e->erasure->id, err));
    return forget_decisions(e, rows, err);
}

static enum err_code erase_records(struct erasing *e, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;

    TRY(who_rows(&e->who, e->ctx->engine, &rows, err));
    TRY(count_all(rows, &plan, err));
    return take_out(e, rows, &plan, err);
}

/* ---- the rest ----------------------------------------------------------------------------- */

enum err_code erasing_empty_derived(struct erasing *e, struct err *err)
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

/* The pseudonyms of all that is the person's alone. The caller frees them. */
static struct pseudonym *own_pseudonyms(const struct erasing *e, size_t *out_n)
{
    struct pseudonym *who = xcalloc(e->hash_count + 1, sizeof(*who));

    *out_n = 0;
    for (size_t i = 0; i < e->hash_count; i++)
        if (!e->hashes[i].other && e->hashes[i].kind != PERSONAL_ORDER)
            who[(*out_n)++] = e->hashes[i].hash;
    return who;
}

/* The ledger lets go of what it says of the person, and no channel may be used any more. */
static enum err_code erase_consent(struct erasing *e, const struct pseudonym *who, size_t n,
                                   struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    int64_t entries = 0;

    TRY(consents_open(e->ctx->store, &consents, err));
    return n ? consent_erase(consents, who, n, &entries, err) : ERR_OK;
}

/* Advertising places are told by the next file that takes people out. */
static enum err_code leave_lists(struct erasing *e, const struct pseudonym *who, size_t n,
                                 struct err *err)
{
    TM_CLEANUP(advertised_closep) struct advertised *lists = NULL;
    int64_t left = 0;

    TRY(advertised_open_kept(e->ctx->store, &lists, err));
    return lists ? advertised_forget(lists, who, n, timestamp_now(), &left, err) : ERR_OK;
}

enum err_code erasing_empty_outbox(struct erasing *e, const struct pseudonym *who, size_t n,
                                   struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    int64_t messages = 0;

    TRY(leave_lists(e, who, n, err));
    TRY(outbox_open_kept(e->ctx->store, &outbox, err));
    if (!outbox)
        return ERR_OK;
    TRY(outbox_begin(outbox, err));
    TRY(outbox_end(outbox, outbox_forget(outbox, who, n, timestamp_now(), &messages, err), err));
    return outbox_settle(outbox, err);
}

static enum err_code erase_store(struct erasing *e, struct err *err)
{
    size_t who_count;
    struct pseudonym *who = own_pseudonyms(e, &who_count);
    enum err_code rc = erase_consent(e, who, who_count, err);
    int64_t n = 0;

    if (rc == ERR_OK)
        rc = erasing_empty_outbox(e, who, who_count, err);
    free(who);
    TRY(rc);
    TRY(store_erase_texts(e->ctx->store, e->who.needles, e->who.needle_count, &n, err));
    return store_compact(e->ctx->store, err);
}

enum err_code erasing_look_at_files(struct erasing *e, bool clean, struct file_search *search,
                                    struct buf *own, struct err *err)
{
    *search = (struct file_search){.dir = store_dir(e->ctx->store),
                                   .needles = e->who.needles,
                                   .needle_count = e->who.needle_count,
                                   .clean = clean,
                                   .all_logs = search->all_logs,
                                   .own = own};
    return files_search(search, err);
}

static enum err_code erase_files(struct erasing *e, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf own = BUF_INIT(sizeof(e->erasure->files));
    struct erasure *erasure = e->erasure;
    struct file_search search = {0};
    size_t n = strlen(erasure->files);

    TRY(erasing_look_at_files(e, true, &search, &own, err));
    if (n + own.n < sizeof(erasure->files) && own.n && !strstr(erasure->files, buf_cstr(&own)))
        snprintf(erasure->files + n, sizeof(erasure->files) - n, "%s", buf_cstr(&own));
    return ERR_OK;
}

enum err_code erasing_found(struct erasing *e, const char *where, int64_t n, struct err *err)
{
    if (!n)
        return ERR_OK;
    snprintf(e->erasure->problem, sizeof(e->erasure->problem), "%.500s", where);
    if (e->source)
        return err_set(err, ERR_STORE, "something of the source of live data is left in %s",
                       _(where));
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
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;
    int64_t n = 0;

    TRY(who_rows(&e->who, e->ctx->engine, &rows, err));
    TRY(count_all(rows, &plan, err));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (kind != RECORD_REFUND) /* known by their orders, which stay */
            n += plan.named[kind];
    TRY(erasing_found(e, N_("the analytics engine"), n, err));
    TRY(remains_count(e->ctx->engine, &n, err));
    return erasing_found(e, N_("old parts of the analytics engine's tables"), n, err);
}

struct newer {
    const struct erasing *e;
    int64_t found;
};

static enum err_code count_newer(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct newer *newer = ctx;
    const struct who *who = &newer->e->who;

    (void)err;
    if (!entry->damaged && entry->received_us > newer->e->erasure->requested_us)
        newer->found += files_count(who->needles, who->needle_count, entry->body) +
                        files_count(who->needles, who->needle_count, entry->id);
    return ERR_OK;
}

static enum err_code judge_live(struct erasing *e, const struct file_search *search,
                                struct err *err)
{
    struct newer newer = {.e = e};

    if (!search->live && !search->live_log)
        return ERR_OK;
    if (e->journal)
        TRY(journal_each(e->journal, 1, INT64_MAX, INT64_MAX, count_newer, &newer, err));
    return erasing_found(e, N_("the journal's file"),
                         search->live > newer.found || (search->live_log && !newer.found), err);
}

enum err_code erasing_judge_files(struct erasing *e, const struct file_search *search,
                                  struct err *err)
{
    e->erasure->searched_bytes = search->bytes;
    e->erasure->searched_files = search->files;
    TRY(erasing_found(e, search->first, search->found, err));
    return judge_live(e, search, err);
}

static enum err_code verify(struct erasing *e, struct err *err)
{
    const struct redact_ctx ctx = redacting(e);
    struct file_search search = {0};
    int64_t n = 0;

    if (e->journal) {
        TRY(redact_each(&ctx, 0, INT64_MAX, count_message, &n, err));
        TRY(erasing_found(e, N_("the journal"), n, err));
    }
    TRY(verify_rows(e, err));
    TRY(store_find_texts(e->ctx->store, e->who.needles, e->who.needle_count, &n, err));
    TRY(erasing_found(e, N_("the store"), n, err));
    TRY(erasing_look_at_files(e, false, &search, NULL, err));
    return erasing_judge_files(e, &search, err);
}

/* Before it counts as done: a copy that is brought back is to know of it. */
static enum err_code write_down(struct erasing *e, struct err *err)
{
    enum err_code rc = filed_write(e->ctx->store, e->ctx->settings, e->erasure->id, err);

    if (rc != ERR_OK)
        snprintf(e->erasure->problem, sizeof(e->erasure->problem), "%s",
                 N_("the file of erasures could not be written"));
    return rc;
}

static erasing_step *const person_steps[ERASE_DONE] = {
    [ERASE_JOURNAL] = erase_journal,
    [ERASE_RECORDS] = erase_records,
    [ERASE_DERIVED] = erasing_empty_derived,
    [ERASE_STORE] = erase_store,
    [ERASE_FILES] = erase_files,
    [ERASE_VERIFY] = verify,
};

static enum err_code prepare(struct erasing *e, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SEALED_MAX);

    TRY(store_erasure_identifiers(e->ctx->store, e->erasure->id, &text, err));
    TRY(who_read(buf_str(&text), &e->who, err));
    TRY(erasing_take_journal(e, err));
    if (e->erasure->source)
        return forget_source_prepare(e, err);
    /* One that is applied again has more than are named here. */
    TRY(store_erasure_ids(e->ctx->store, e->erasure->id, &e->hashes, &e->hash_count, err));
    return erased_of(e->ctx->store, e->hashes, e->hash_count, e->erasure->requested_us, &e->erased,
                     err);
}

static void forget(const struct erasing *e)
{
    if (e->ctx->forget)
        e->ctx->forget(e->ctx->forget_ctx, &e->who);
}

static enum err_code do_steps(struct erasing *e, struct err *err)
{
    struct erasure *erasure = e->erasure;
    erasing_step *const *steps = erasure->source ? forget_source_steps : person_steps;

    forget(e);
    while (erasure->step < ERASE_DONE) {
        if (e->ctx->progress)
            e->ctx->progress(e->ctx->progress_ctx, erasure->step);
        TRY(steps[erasure->step](e, err));
        if (erasure->step == ERASE_VERIFY)
            TRY(write_down(e, err));
        erasure->step++;
        TRY(store_erasure_update(e->ctx->store, erasure, err));
    }
    forget(e); /* what was read meanwhile */
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
        if (erasure->step == ERASE_VERIFY) {
            erasure->step = ERASE_JOURNAL;
            erasure->counted_seq = 0;
        }
        if (store_erasure_update(ctx->store, erasure, &unheard) != ERR_OK)
            log_line(LOG_ERROR, "privacy", "erasure=%" PRId64 " not noted: %s", erasure->id,
                     unheard.msg);
    }
    release(e);
    free(e);
    return rc;
}

/* ---- doors -------------------------------------------------------------------------------- */

static enum err_code count_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    (void)err;
    *(int64_t *)ctx += !entry->erased;
    return ERR_OK;
}

/* What is known of the person besides records and messages. */
static enum err_code count_rest(const struct erasing *e, const struct who *who, int64_t *out,
                                struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    int64_t texts = 0;

    *out = 0;
    TRY(consents_open_kept(e->ctx->store, &consents, err));
    for (size_t i = 0; i < e->hash_count && consents; i++)
        if (!e->hashes[i].other && e->hashes[i].kind != PERSONAL_ORDER)
            TRY(consents_of(consents, &e->hashes[i].hash, count_entry, out, err));
    TRY(store_find_texts(e->ctx->store, who->needles, who->needle_count, &texts, err));
    *out += texts;
    return ERR_OK;
}

enum err_code erase_count(const struct erase_ctx *ctx, const struct who *who, struct erasure *out,
                          bool *out_any, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;
    struct erasing *e = xcalloc(1, sizeof(*e));
    struct naming naming = {&plan, out};
    struct redact_ctx redact;
    int64_t rest = 0;
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
        rc = erasing_take_journal(e, err);
    redact = redacting(e);
    redact.needles = who->needles;
    redact.needle_count = who->needle_count;
    if (rc == ERR_OK && e->journal)
        rc = redact_each(&redact, 0, INT64_MAX, count_message, &out->messages, err);
    out->records = plan.gone;
    out->orders = plan.named[RECORD_ORDER];
    if (rc == ERR_OK && out_any)
        rc = count_rest(e, who, &rest, err);
    for (int kind = 0; kind < RECORD_KIND_COUNT && out_any; kind++)
        rest += kind == RECORD_REFUND ? 0 : plan.named[kind];
    if (out_any)
        *out_any = rest + out->messages > 0;
    release(e);
    free(e);
    return rc;
}

enum err_code erase_begin_known(const struct erase_ctx *ctx, const struct who *who,
                                const struct erasure_id *ids, size_t n, struct erasure *io_erasure,
                                struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SEALED_MAX);

    io_erasure->identifiers = (int64_t)who_identifiers(who);
    who_write(who, &text);
    TRY(buf_check(&text, err));
    return store_erasure_add(ctx->store, io_erasure, ids, n, buf_str(&text), err);
}

enum err_code erase_begin(const struct erase_ctx *ctx, const struct who *who,
                          struct erasure *io_erasure, struct err *err)
{
    struct erasure_id *hashes = NULL;
    size_t n = 0;
    enum err_code rc;

    io_erasure->requested_us = timestamp_now();
    rc = who_hashes(who, ctx->store, &hashes, &n, err);
    if (rc == ERR_OK)
        rc = erase_begin_known(ctx, who, hashes, n, io_erasure, err);
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

/* ---- telling --------------------------------------------------------------------------------- */

void erasure_json(const struct erasure *e, struct json_writer *w)
{
    struct str rest = str_of(e->files);

    json_begin_object(w);
    json_key_int(w, "erasure", e->id);
    json_key_int(w, "source", e->source);
    json_key_time(w, "requested_at", e->requested_us);
    json_key_time(w, "finished_at", e->finished_us);
    json_key_stringz(w, "step", erasure_step_name(e->step));
    json_key_stringz(w, "actor", e->actor);
    json_key_int(w, "identifiers", e->identifiers);
    json_key_int(w, "messages", e->messages);
    json_key_int(w, "records", e->records);
    json_key_int(w, "orders", e->orders);
    json_key_int(w, "searched_bytes", e->searched_bytes);
    json_key_int(w, "searched_files", e->searched_files);
    json_key_stringz(w, "problem", e->problem);
    json_key(w, "files");
    json_begin_array(w);
    while (rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;

        if (n)
            json_string(w, (struct str){rest.p, n});
        rest = (struct str){rest.p + n + (end != NULL), rest.n - n - (end != NULL)};
    }
    json_end_array(w);
    json_end_object(w);
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
    TM_CLEANUP(journal_closep) struct journal *opened = NULL;
    struct redact_ctx redact = {
        .store = ctx->store, .settings = ctx->settings, .journal = ctx->journal};

    *out_erased = *out_found = 0;
    TRY(store_erasures_each(ctx->store, false, count_erasure, out_erased, err));
    TRY(erased_load(ctx->store, &erased, err));
    if (!erased)
        return ERR_OK;
    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        TRY(recheck_kind(ctx, erased, kinds[i], out_found, err));
    if (!redact.journal) {
        TRY(journal_open_kept(ctx->store, &opened, err));
        redact.journal = opened;
    }
    redact.erased = erased;
    return redact.journal ? redact_each(&redact, 0, INT64_MAX, count_message, out_found, err)
                          : ERR_OK;
}
