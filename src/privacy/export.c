/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/export.h"

#include "base/file.h"
#include "intake/live/redact.h"
#include "privacy/export_parts.h"
#include "store/people.h"

#include <sys/stat.h>

enum { STORY_MAX = 1000000, CELL_MAX = 8 << 20 };

/* What each kind is called in the export. */
static const char *const list_names[RECORD_KIND_COUNT] = {
    [RECORD_PERSON] = "profiles", [RECORD_ORDER] = "orders", [RECORD_LINE] = "order_lines",
    [RECORD_REFUND] = "refunds",  [RECORD_EVENT] = "events", [RECORD_MESSAGE] = "messages",
    [RECORD_CONSENT] = "consents"};

static struct buf *new_file(struct exporting *x, const char *name)
{
    struct export_file *file = &x->out->files[x->out->n++];

    assert(x->out->n <= EXPORT_FILES_MAX);
    snprintf(file->name, sizeof(file->name), "%s", name);
    file->text = BUF_INIT(EXPORT_BYTES_MAX);
    return &file->text;
}

struct buf *export_csv(struct exporting *x, const char *list)
{
    char name[64];

    snprintf(name, sizeof(name), "%s.csv", list);
    return new_file(x, name);
}

/* ---- cells -------------------------------------------------------------------------------- */

static const struct record_column *column_named(enum record_kind kind, const char *name)
{
    const struct record_layout *layout = record_layout(kind);

    for (size_t i = 0; i < layout->column_count; i++)
        if (strcmp(layout->columns[i].name, name) == 0)
            return &layout->columns[i];
    return NULL;
}

/* The text of a cell, money as a plain number of its currency; "" where nothing is known. */
static void cell_text(struct exporting *x, struct result *res, size_t i,
                      const struct record_column *c, int decimals)
{
    const char *type = result_column_type(res, i);
    int64_t number;

    buf_reset(&x->cell);
    if (result_null(res, i))
        return;
    if (strstr(type, "String")) {
        buf_adds(&x->cell, result_text(res, i));
        return;
    }
    if (strstr(type, "Float")) {
        if (!isnan(result_real(res, i)))
            buf_addf(&x->cell, "%.15g", result_real(res, i));
        return;
    }
    number = result_int(res, i);
    if (strstr(type, "DateTime")) {
        if (number != TIME_NONE)
            timestamp_add_iso(&x->cell, number);
    } else if (c && c->type == COL_MONEY) {
        money_add_plain(&x->cell, number, decimals);
    } else if (c && c->type == COL_PRICE) {
        money_add_plain(&x->cell, number, 6);
    } else if (c && c->type == COL_FLAG) {
        buf_addz(&x->cell, number < 0 ? "" : number ? "yes" : "no");
    } else if (strstr(type, "UInt64")) {
        buf_addf(&x->cell, "%" PRIu64, result_uint(res, i));
    } else {
        buf_addf(&x->cell, "%" PRId64, number);
    }
}

static int decimals_of(struct result *res, enum record_kind kind)
{
    int decimals = 2;

    for (size_t i = 0; i < result_column_count(res); i++)
        if (column_named(kind, "currency") && strcmp(result_column_name(res, i), "currency") == 0)
            decimals = currency_decimals(result_text(res, i));
    return decimals < 0 ? 2 : decimals;
}

/* Every row of a result, into the JSON list and the CSV file of that name. */
static enum err_code add_result(struct exporting *x, struct result *res, const char *list, int kind,
                                int64_t *io_n, struct err *err)
{
    struct buf *csv = export_csv(x, list);

    json_key(&x->w, list);
    json_begin_array(&x->w);
    for (size_t i = 0; i < result_column_count(res); i++) {
        buf_addz(csv, i ? "," : "");
        buf_add_csv(csv, str_of(result_column_name(res, i)));
    }
    buf_addz(csv, "\r\n");
    while (result_next(res)) {
        int decimals = kind < 0 ? 2 : decimals_of(res, (enum record_kind)kind);

        json_begin_object(&x->w);
        for (size_t i = 0; i < result_column_count(res); i++) {
            const char *name = result_column_name(res, i);

            cell_text(x, res, i, kind < 0 ? NULL : column_named((enum record_kind)kind, name),
                      decimals);
            if (x->cell.n)
                json_key_string(&x->w, name, buf_str(&x->cell));
            buf_addz(csv, i ? "," : "");
            buf_add_csv(csv, buf_str(&x->cell));
        }
        json_end_object(&x->w);
        buf_addz(csv, "\r\n");
        *io_n += 1;
    }
    json_end_array(&x->w);
    TRY(buf_check(csv, err));
    return result_status(res, err);
}

/* ---- what there is ------------------------------------------------------------------------ */

static void add_identifiers(struct exporting *x)
{
    struct buf *csv = export_csv(x, "identifiers");

    buf_addz(csv, "kind,source,value\r\n");
    json_key(&x->w, "identifiers");
    json_begin_array(&x->w);
    for (size_t i = 0; i < x->who->n; i++) {
        const struct person_id *id = &x->who->ids[i];

        if (id->other || id->kind == PERSONAL_ORDER)
            continue;
        json_begin_object(&x->w);
        json_key_stringz(&x->w, "kind", personal_name(id->kind));
        json_key_string(&x->w, "source", id->source);
        json_key_string(&x->w, "value", id->value);
        json_end_object(&x->w);
        buf_addf(csv, "%s,", personal_name(id->kind));
        buf_add_csv(csv, id->source);
        buf_addc(csv, ',');
        buf_add_csv(csv, id->value);
        buf_addz(csv, "\r\n");
    }
    json_end_array(&x->w);
}

static enum err_code add_records(struct exporting *x, struct err *err)
{
    TM_CLEANUP(person_rows_closep) struct person_rows *rows = NULL;

    TRY(who_rows(x->who, x->ctx->engine, &rows, err));
    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;

        if (!list_names[k])
            continue;
        TRY(person_rows_query(rows, (enum record_kind)k, false, &res, err));
        TRY(add_result(x, res, list_names[k], k, &x->out->records, err));
    }
    return ERR_OK;
}

/* Orders, visits, messages and consent as figures have them. */
static enum err_code add_story(struct exporting *x, struct err *err)
{
    int64_t n = 0;

    for (size_t i = 0; i < x->who->people_count; i++) {
        TM_CLEANUP(result_freep) struct result *res = NULL;
        char person[24], list[32];

        snprintf(person, sizeof(person), "%" PRIu64, x->who->people[i]);
        const struct param params[] = {PARAM_STRZ("person", person), PARAM_I64("limit", STORY_MAX),
                                       PARAM_I64("offset", 0)};

        snprintf(list, sizeof(list), i ? "story_%zu" : "story", i + 1);
        TRY(engine_query(x->ctx->engine, "insight/person", params, TM_COUNT(params), &res, err));
        TRY(add_result(x, res, list, -1, &n, err));
    }
    return ERR_OK;
}

struct telling {
    struct exporting *x;
    struct buf *csv;
};

static void tell_message(struct telling *t, int64_t received_us, int64_t source, struct str id,
                         struct str body)
{
    struct exporting *x = t->x;

    buf_reset(&x->cell);
    timestamp_add_iso(&x->cell, received_us);
    json_begin_object(&x->w);
    json_key_string(&x->w, "received_at", buf_str(&x->cell));
    json_key_int(&x->w, "source", source);
    json_key_string(&x->w, "id", id);
    json_key_string(&x->w, "said", body);
    json_end_object(&x->w);
    buf_addf(t->csv, "%s,%" PRId64 ",", buf_cstr(&x->cell), source);
    buf_add_csv(t->csv, id);
    buf_addc(t->csv, ',');
    buf_add_csv(t->csv, body);
    buf_addz(t->csv, "\r\n");
    x->out->messages++;
}

static enum err_code tell_entry(void *ctx, const struct journal_entry *entry, struct str left,
                                struct err *err)
{
    struct telling *t = ctx;

    (void)left;
    tell_message(t, entry->received_us, entry->source, entry->id, entry->body);
    return buf_check(t->csv, err);
}

static enum err_code tell_refused(void *ctx, const struct journal_refusal *one, struct err *err)
{
    struct telling *t = ctx;

    if (redact_names(t->x->who->needles, t->x->who->needle_count, one->body))
        tell_message(t, one->received_us, one->source, one->id, one->body);
    return buf_check(t->csv, err);
}

static enum err_code add_messages(struct exporting *x, struct err *err)
{
    TM_CLEANUP(erased_freep) struct erased *erased = NULL;
    TM_CLEANUP(free_charp) char *memory = NULL;
    struct telling t = {x, export_csv(x, "live_messages")};
    struct erasure_id *ids = NULL;
    struct redact_ctx ctx = {.store = x->ctx->store,
                             .journal = x->ctx->journal,
                             .settings = x->ctx->settings,
                             .needles = x->who->needles,
                             .needle_count = x->who->needle_count,
                             .until_us = INT64_MAX};
    size_t n = 0;

    buf_addz(t.csv, "received_at,source,id,said\r\n");
    json_key(&x->w, "live_messages");
    json_begin_array(&x->w);
    if (ctx.journal) {
        TRY(who_hashes(x->who, ctx.store, &ids, &n, err));
        memory = (char *)ids;
        TRY(erased_of(ctx.store, ids, n, INT64_MAX, &erased, err));
        ctx.erased = erased;
        TRY(redact_each(&ctx, 0, INT64_MAX, tell_entry, &t, err));
        TRY(journal_refused(ctx.journal, 0, INT64_MAX, tell_refused, &t, err));
    }
    json_end_array(&x->w);
    return ERR_OK;
}

static enum err_code tell_decision(void *ctx, const struct people_decision *one, struct err *err)
{
    struct exporting *x = ctx;
    bool own = false;

    (void)err;
    for (size_t i = 0; i < x->who->people_count; i++)
        own |= one->a == x->who->people[i] || one->b == x->who->people[i];
    if (!own)
        return ERR_OK;
    buf_reset(&x->cell);
    timestamp_add_iso(&x->cell, one->made_us);
    json_begin_object(&x->w);
    json_key_string(&x->w, "made_at", buf_str(&x->cell));
    json_key_stringz(&x->w, "kind", one->apart ? "apart" : "same");
    json_key_bool(&x->w, "stands", one->stands);
    json_end_object(&x->w);
    return ERR_OK;
}

static enum err_code add_all(struct exporting *x, struct err *err)
{
    buf_reset(&x->cell);
    timestamp_add_iso(&x->cell, timestamp_now());
    json_begin_object(&x->w);
    json_key_stringz(&x->w, "shop", x->ctx->settings->shop);
    json_key_string(&x->w, "made_at", buf_str(&x->cell));
    add_identifiers(x);
    TRY(add_records(x, err));
    TRY(add_story(x, err));
    TRY(export_consent(x, err));
    TRY(add_messages(x, err));
    json_key(&x->w, "decisions");
    json_begin_array(&x->w);
    TRY(store_people_each(x->ctx->store, tell_decision, x, err));
    json_end_array(&x->w);
    json_end_object(&x->w);
    buf_addc(x->w.out, '\n');
    return buf_check(x->w.out, err);
}

enum err_code export_person(const struct export_ctx *ctx, const struct who *who,
                            struct person_export *out, struct err *err)
{
    struct exporting x = {.ctx = ctx, .who = who, .out = out, .cell = BUF_INIT(CELL_MAX)};
    enum err_code rc;

    memset(out, 0, sizeof(*out));
    x.w = JSON_WRITER(new_file(&x, "person.json"));
    rc = add_all(&x, err);
    buf_release(&x.cell);
    return rc;
}

void person_export_release(struct person_export *out)
{
    for (size_t i = 0; i < out->n; i++)
        buf_release(&out->files[i].text);
    out->n = 0;
}

enum err_code export_write(const struct person_export *out, const char *dir, struct err *err)
{
    char path[2048];
    mode_t mask = umask(077);
    enum err_code rc = ERR_OK;

    if (mkdir(dir, 0700) && errno != EEXIST)
        rc = err_errno(err, "making the folder \"%s\"", dir);
    for (size_t i = 0; i < out->n && rc == ERR_OK; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, out->files[i].name);
        rc = file_replace(path, buf_str(&out->files[i].text), err);
    }
    umask(mask);
    return rc;
}
