/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/forget_source.h"

#include "base/i18n.h"
#include "base/timestamp.h"
#include "engine/remains.h"
#include "engine/source.h"
#include "intake/live/left.h"
#include "intake/live/redact.h"
#include "privacy/steps.h"
#include "store/consent.h"
#include "store/outbox.h"
#include "store/people.h"

enum { EDITS = 2000, LEFT_MAX = 256, SAMPLES = 16, SEALED_MAX = 1 << 20 };

static enum err_code open_rows(const struct erasing *e, struct source_rows **out, struct err *err)
{
    const struct source_rows_of of = {e->name, e->imports, e->import_count, e->others,
                                      e->other_count};

    return source_rows_open(e->ctx->engine, &of, out, err);
}

/* ---- which source ------------------------------------------------------------------------- */

struct numbers {
    struct erasing *e;
    const int64_t *same; /* sources of the same name */
    size_t same_count;
};

static enum err_code take_number(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct numbers *n = ctx;
    struct erasing *e = n->e;

    (void)err;
    for (size_t i = 0; i < n->same_count; i++)
        if (n->same[i] == entry->source) {
            if ((e->other_count & (e->other_count - 1)) == 0)
                e->others = xrealloc(e->others, (e->other_count ? 2 * e->other_count : 1) *
                                                    sizeof(*e->others));
            e->others[e->other_count++] = entry->seq;
            break;
        }
    return ERR_OK;
}

static enum err_code find_others(struct erasing *e, struct err *err)
{
    struct source_entry *all = xcalloc(STORE_SOURCES_MAX, sizeof(*all));
    int64_t same[STORE_SOURCES_MAX];
    struct numbers numbers = {e, same, 0};
    size_t n = 0;
    enum err_code rc = store_sources_list(e->ctx->store, 0, all, STORE_SOURCES_MAX, &n, err);

    for (size_t i = 0; i < n && rc == ERR_OK; i++) {
        char name[32];

        live_source_name(&all[i], name);
        if (all[i].id != e->source->id && strcmp(name, e->name) == 0)
            same[numbers.same_count++] = all[i].id;
    }
    free(all);
    if (rc == ERR_OK && numbers.same_count && e->journal)
        rc = journal_each(e->journal, 1, INT64_MAX, INT64_MAX, take_number, &numbers, err);
    return rc;
}

static enum err_code find_imports(struct erasing *e, struct err *err)
{
    struct range *ranges = xcalloc(RANGES_MAX, sizeof(*ranges));
    size_t n = 0;
    enum err_code rc = store_ranges(e->ctx->store, ranges, RANGES_MAX, &n, err);

    e->imports = xcalloc(n + 1, sizeof(*e->imports));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        e->imports[e->import_count++] = ranges[i].import_id;
    free(ranges);
    return rc;
}

enum err_code forget_source_prepare(struct erasing *e, struct err *err)
{
    e->source = xcalloc(1, sizeof(*e->source));
    TRY(store_source_get(e->ctx->store, e->erasure->source, e->source, err));
    live_source_name(e->source, e->name);
    TRY(find_imports(e, err));
    return find_others(e, err);
}

static bool is_another(const struct erasing *e, int64_t number)
{
    size_t low = 0, high = e->other_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (e->others[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->other_count && e->others[low] == number;
}

/* An entry that came live names its message; its import is not always known then. */
static bool is_its_entry(void *ctx, const struct consent_entry *entry)
{
    const struct erasing *e = ctx;
    bool live = entry->fact.import_id == 0;

    if (!str_eqz(entry->fact.source, e->name))
        return false;
    for (size_t i = 0; i < e->import_count && !live; i++)
        live = entry->fact.import_id == (int64_t)e->imports[i];
    return live && !is_another(e, entry->fact.line);
}

/* ---- journal ------------------------------------------------------------------------------ */

struct emptying {
    struct erasing *e;
    struct pseudonyms *pseudonyms; /* owned */
    struct buf left;               /* of a message of which nothing stays */
    struct journal_edit list[EDITS];
    char ids[EDITS][2 * PSEUDONYM_BYTES + 1];
    size_t n;
    int64_t total;
};

static enum err_code flush(struct emptying *m, struct err *err)
{
    TRY(erasing_count_messages(m->e, m->list, m->n, err));
    TRY(journal_edit(m->e->journal, m->list, m->n, err));
    m->n = 0;
    return ERR_OK;
}

static bool is_full(const struct emptying *m, const struct journal_entry *entry)
{
    return entry->source == m->e->source->id && !str_eq(entry->body, buf_str(&m->left));
}

static enum err_code empty_message(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct emptying *m = ctx;
    struct pseudonym hash;

    if (!is_full(m, entry))
        return ERR_OK;
    pseudonym_digest(m->pseudonyms, "message id", entry->id, &hash);
    for (size_t i = 0; i < PSEUDONYM_BYTES; i++)
        snprintf(m->ids[m->n] + 2 * i, 3, "%02x", hash.bytes[i]);
    m->list[m->n] = (struct journal_edit){
        .seq = entry->seq, .body = buf_str(&m->left), .id = str_of(m->ids[m->n])};
    return ++m->n == EDITS ? flush(m, err) : ERR_OK;
}

static enum err_code count_message(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct emptying *m = ctx;

    (void)err;
    m->total += is_full(m, entry);
    return ERR_OK;
}

static enum err_code each_message(struct erasing *e, bool empty, int64_t *out_n, struct err *err)
{
    struct emptying *m = xcalloc(1, sizeof(*m));
    enum err_code rc;

    *m = (struct emptying){.e = e, .left = BUF_INIT(LEFT_MAX)};
    left_begin(&m->left);
    left_end(&m->left);
    rc = pseudonyms_open(e->ctx->store, &m->pseudonyms, err);
    if (rc == ERR_OK)
        rc = journal_each(e->journal, 1, INT64_MAX, INT64_MAX,
                          empty ? empty_message : count_message, m, err);
    if (rc == ERR_OK && m->n)
        rc = flush(m, err);
    if (out_n)
        *out_n = m->total;
    pseudonyms_close(m->pseudonyms);
    buf_release(&m->left);
    free(m);
    return rc;
}

static enum err_code forget_journal(struct erasing *e, struct err *err)
{
    if (!e->journal)
        return ERR_OK;
    TRY(each_message(e, true, NULL, err));
    TRY(journal_empty_refused(e->journal, e->source->id, erasing_count_refused, e, err));
    return journal_compact(e->journal, err);
}

/* ---- records ------------------------------------------------------------------------------ */

static enum err_code count_rows(struct source_rows *rows, struct erase_plan *plan, struct err *err)
{
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        TRY(source_rows_count(rows, (enum record_kind)k, &res, err));
        while (result_next(res)) {
            erase_plan_add(plan, (uint32_t)result_int(res, 0), (enum record_kind)k,
                           result_int(res, 1));
            plan->named[k] += result_int(res, 1);
        }
        TRY(result_status(res, err));
    }
    return ERR_OK;
}

/* Decisions on people of whom nothing is left. */
static enum err_code forget_decisions(struct erasing *e, struct source_rows *rows, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(source_rows_decided(rows, &res, err));
    while (result_next(res)) {
        uint64_t id = result_uint(res, 0);

        TRY(store_people_forget(e->ctx->store, &id, 1, err));
    }
    return result_status(res, err);
}

struct vanishing {
    struct erasing *e;
    struct pseudonyms *keys; /* owned */
    unsigned char quick_key[16];
    struct pseudonym list[EDITS];
    size_t n;
};

static enum err_code forget_messages(struct vanishing *v, struct err *err)
{
    TRY(erasing_empty_outbox(v->e, v->list, v->n, err));
    v->n = 0;
    return ERR_OK;
}

static enum err_code add_vanishing(struct vanishing *v, enum personal what, struct str source,
                                   struct str value, struct err *err)
{
    struct erasure_id id;

    if (!erasure_hash(v->keys, v->quick_key, what, source, value, &id))
        return ERR_OK;
    v->list[v->n++] = id.hash;
    return v->n == EDITS ? forget_messages(v, err) : ERR_OK;
}

static enum err_code each_vanishing(struct vanishing *v, struct source_rows *rows,
                                    enum personal what, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(source_rows_only(rows, what, &res, err));
    while (result_next(res)) {
        TRY(add_vanishing(v, what, STR_NONE, result_text(res, 0), err));
        if (personal_is_scoped(what))
            TRY(add_vanishing(v, what, str_of(v->e->name), result_text(res, 0), err));
    }
    return result_status(res, err);
}

/* Messages to those whom only it knew. Who they are is told by the rows: so before these go. */
static enum err_code forget_outbox(struct erasing *e, struct source_rows *rows, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    struct vanishing *v;
    enum err_code rc;

    TRY(outbox_open_kept(e->ctx->store, &outbox, err));
    if (!outbox)
        return ERR_OK;
    v = xcalloc(1, sizeof(*v));
    v->e = e;
    rc = pseudonyms_open(e->ctx->store, &v->keys, err);
    if (rc == ERR_OK)
        erasure_quick_key(v->keys, v->quick_key);
    for (int what = 0; what < PERSONAL_UNSAID && rc == ERR_OK; what++)
        if (personal_is_id((enum personal)what))
            rc = each_vanishing(v, rows, (enum personal)what, err);
    if (rc == ERR_OK && v->n)
        rc = forget_messages(v, err);
    pseudonyms_close(v->keys);
    free(v);
    return rc;
}

static enum err_code forget_records(struct erasing *e, struct err *err)
{
    TM_CLEANUP(source_rows_closep) struct source_rows *rows = NULL;
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;

    TRY(open_rows(e, &rows, err));
    TRY(count_rows(rows, &plan, err));
    TRY(erase_plan_note(e, &plan, err));
    TRY(forget_outbox(e, rows, err));
    for (int k = 0; k < RECORD_KIND_COUNT; k++)
        if (plan.named[k])
            TRY(source_rows_remove(rows, (enum record_kind)k, err));
    TRY(remains_renew(e->ctx->engine, err));
    TRY(store_erasure_settle(e->ctx->store, e->erasure->id, err));
    return forget_decisions(e, rows, err);
}

/* ---- the rest ----------------------------------------------------------------------------- */

static enum err_code forget_store(struct erasing *e, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct store *store = e->ctx->store;
    int64_t n = 0;

    TRY(consents_open_kept(store, &ledger, err));
    if (ledger)
        TRY(consent_forget(ledger, is_its_entry, e, &n, err));
    TRY(store_source_forget(store, e->source->id, err));
    TRY(store_forget_answers(store, err));
    TRY(store_erase_texts(store, e->who.needles, e->who.needle_count, &n, err));
    return store_compact(store, err);
}

static enum err_code forget_files(struct erasing *e, struct err *err)
{
    struct file_search search = {.all_logs = true};

    return erasing_look_at_files(e, true, &search, NULL, err);
}

struct entries {
    struct erasing *e;
    int64_t n;
};

static enum err_code count_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct entries *entries = ctx;

    (void)err;
    entries->n += !entry->erased && is_its_entry(entries->e, entry);
    return ERR_OK;
}

static enum err_code count_entries(struct erasing *e, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct entries entries = {e, 0};

    *out_n = 0;
    TRY(consents_open_kept(e->ctx->store, &ledger, err));
    if (!ledger)
        return ERR_OK;
    TRY(consents_each(ledger, 0, INT64_MAX, count_entry, &entries, err));
    *out_n = entries.n;
    return ERR_OK;
}

static enum err_code verify_rows(struct erasing *e, struct err *err)
{
    TM_CLEANUP(source_rows_closep) struct source_rows *rows = NULL;
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;
    int64_t n = 0;

    TRY(open_rows(e, &rows, err));
    TRY(count_rows(rows, &plan, err));
    TRY(erasing_found(e, N_("the analytics engine"), plan.gone, err));
    TRY(remains_count(e->ctx->engine, &n, err));
    return erasing_found(e, N_("old parts of the analytics engine's tables"), n, err);
}

static enum err_code verify(struct erasing *e, struct err *err)
{
    struct file_search search = {0};
    int64_t n = 0;

    if (e->journal) {
        TRY(each_message(e, false, &n, err));
        TRY(erasing_found(e, N_("the journal"), n, err));
    }
    TRY(verify_rows(e, err));
    TRY(count_entries(e, &n, err));
    TRY(erasing_found(e, N_("the ledger of consent"), n, err));
    TRY(store_find_texts(e->ctx->store, e->who.needles, e->who.needle_count, &n, err));
    TRY(erasing_found(e, N_("the store"), n, err));
    TRY(erasing_look_at_files(e, false, &search, NULL, err));
    return erasing_judge_files(e, &search, err);
}

erasing_step *const forget_source_steps[ERASE_DONE] = {
    [ERASE_JOURNAL] = forget_journal,
    [ERASE_RECORDS] = forget_records,
    [ERASE_DERIVED] = erasing_empty_derived,
    [ERASE_STORE] = forget_store,
    [ERASE_FILES] = forget_files,
    [ERASE_VERIFY] = verify,
};

/* ---- whom only it knew -------------------------------------------------------------------- */

/* What the search at the end looks for: addresses that stand nowhere but in what the source said.
 */
struct sampling {
    struct erasing *e;
    struct consents *ledger; /* NULL: there is none */
    bool elsewhere[2 * SAMPLES];
    int64_t total;
};

static enum err_code take_samples(struct sampling *s, struct source_rows *rows, enum personal what,
                                  struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    int n = 0;

    TRY(source_rows_only(rows, what, &res, err));
    while (result_next(res)) {
        s->total++;
        if (n++ < SAMPLES)
            TRY(who_add(&s->e->who, what, STR_NONE, result_text(res, 0), err));
    }
    return result_status(res, err);
}

static void look_for(struct sampling *s, struct str text)
{
    for (size_t i = 0; i < s->e->who.n; i++)
        s->elsewhere[i] |=
            memmem(text.p, text.n, s->e->who.ids[i].value.p, s->e->who.ids[i].value.n) != NULL;
}

/* Another source may name them in words. */
static enum err_code look_at_message(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct sampling *s = ctx;

    (void)err;
    if (entry->source != s->e->source->id) {
        look_for(s, entry->body);
        look_for(s, entry->id);
    }
    return ERR_OK;
}

static enum err_code look_at_refused(void *ctx, const struct journal_refusal *one, struct err *err)
{
    struct sampling *s = ctx;

    (void)err;
    if (one->source != s->e->source->id) {
        look_for(s, one->body);
        look_for(s, one->id);
    }
    return ERR_OK;
}

/* Or somebody of the shop may have noted their word. */
static enum err_code look_at_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct sampling *s = ctx;

    (void)err;
    if (!entry->erased && !is_its_entry(s->e, entry)) {
        look_for(s, entry->fact.address);
        look_for(s, entry->fact.proof);
    }
    return ERR_OK;
}

static enum err_code look_elsewhere(struct sampling *s, struct err *err)
{
    struct erasing *e = s->e;
    size_t kept = 0;

    if (e->journal) {
        TRY(journal_each(e->journal, 1, INT64_MAX, INT64_MAX, look_at_message, s, err));
        TRY(journal_refused(e->journal, 0, INT64_MAX, look_at_refused, s, err));
    }
    if (s->ledger)
        TRY(consents_each(s->ledger, 0, INT64_MAX, look_at_entry, s, err));
    for (size_t i = 0; i < e->who.n; i++)
        if (!s->elsewhere[i])
            e->who.ids[kept++] = e->who.ids[i];
    e->who.n = kept;
    return ERR_OK;
}

static enum err_code sample(struct erasing *e, bool with_texts, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(source_rows_closep) struct source_rows *rows = NULL;
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct sampling s = {.e = e};

    TRY(open_rows(e, &rows, err));
    TRY(take_samples(&s, rows, PERSONAL_EMAIL, err));
    TRY(take_samples(&s, rows, PERSONAL_PHONE, err));
    *out_n = s.total;
    if (!with_texts)
        return ERR_OK;
    TRY(consents_open_kept(e->ctx->store, &ledger, err));
    s.ledger = ledger;
    return look_elsewhere(&s, err);
}

/* ---- doors -------------------------------------------------------------------------------- */

static void close_work(struct erasing *e)
{
    who_release(&e->who);
    journal_close(e->opened);
    free(e->source);
    free(e->imports);
    free(e->others);
}

static enum err_code open_work(struct erasing *e, const struct erase_ctx *ctx,
                               struct erasure *erasure, struct err *err)
{
    *e = (struct erasing){.ctx = ctx, .erasure = erasure, .who = WHO_INIT};
    TRY(erasing_take_journal(e, err));
    return forget_source_prepare(e, err);
}

struct refused {
    int64_t source, n;
};

static enum err_code count_refused(void *ctx, const struct journal_refusal *one, struct err *err)
{
    struct refused *refused = ctx;

    (void)err;
    refused->n += one->source == refused->source && one->id.n + one->body.n > 0;
    return ERR_OK;
}

/* Rows whose message is kept no longer, where another source may have sent them. */
static enum err_code count_unclear(struct erasing *e, struct forget_counts *out, struct err *err)
{
    struct journal_span span = {0, 0, 0};
    int64_t messages = 0;

    if (!e->other_count || !e->journal)
        return ERR_OK;
    TRY(journal_span(e->journal, 1, INT64_MAX, &span, err));
    for (int k = 0; k < RECORD_KIND_COUNT && span.first > 1; k++) {
        TM_CLEANUP(source_rows_closep) struct source_rows *rows = NULL;
        TM_CLEANUP(result_freep) struct result *res = NULL;

        TRY(open_rows(e, &rows, err));
        TRY(source_rows_before(rows, (enum record_kind)k, span.first, &res, err));
        while (result_next(res))
            messages += result_int(res, 0);
        TRY(result_status(res, err));
    }
    out->unclear = messages;
    return ERR_OK;
}

static enum err_code count_all(struct erasing *e, struct forget_counts *out, struct err *err)
{
    TM_CLEANUP(erase_plan_release) struct erase_plan plan = ERASE_PLAN_INIT;
    struct refused refused = {e->source->id, 0};

    if (e->journal) {
        TRY(each_message(e, false, &out->messages, err));
        TRY(journal_refused(e->journal, e->source->id, INT64_MAX, count_refused, &refused, err));
        out->messages += refused.n;
    }
    TRY(sample(e, false, &out->identifiers, err));
    TRY(count_unclear(e, out, err));
    TRY(count_entries(e, &out->entries, err));
    {
        TM_CLEANUP(source_rows_closep) struct source_rows *rows = NULL;

        TRY(open_rows(e, &rows, err));
        TRY(count_rows(rows, &plan, err));
    }
    out->records = plan.gone;
    out->orders = plan.named[RECORD_ORDER];
    return ERR_OK;
}

enum err_code forget_source_count(const struct erase_ctx *ctx, int64_t source,
                                  struct forget_counts *out, struct err *err)
{
    struct erasure erasure = {.source = source};
    struct erasing e;
    enum err_code rc = open_work(&e, ctx, &erasure, err);

    *out = (struct forget_counts){0};
    if (rc == ERR_OK)
        rc = count_all(&e, out, err);
    close_work(&e);
    return rc;
}

static enum err_code write_down(struct erasing *e, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(SEALED_MAX);
    struct store *store = e->ctx->store;

    TRY(sample(e, true, &e->erasure->identifiers, err));
    who_write(&e->who, &text);
    TRY(buf_check(&text, err));
    if (!e->source->revoked_us)
        TRY(store_source_revoke(store, e->source->id, err));
    return store_erasure_add(store, e->erasure, NULL, 0, buf_str(&text), err);
}

enum err_code forget_source_begin(const struct erase_ctx *ctx, int64_t source,
                                  struct erasure *io_erasure, struct err *err)
{
    struct erasing e;
    enum err_code rc;

    io_erasure->source = source;
    if (!io_erasure->requested_us)
        io_erasure->requested_us = timestamp_now();
    rc = open_work(&e, ctx, io_erasure, err);
    if (rc == ERR_OK)
        rc = write_down(&e, err);
    close_work(&e);
    return rc;
}
