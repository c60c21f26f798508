/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/run.h"

enum { REASON_MAX = 300 };

enum err_code run_init(struct import_run *run, const struct import_ctx *ctx,
                       struct import_file *file, struct err *err)
{
    *run = (struct import_run){
        .ctx = ctx,
        .file = file,
        .header = HEADER_INIT,
        .preamble = BUF_INIT(PREAMBLE_MAX),
        .row_arena = ARENA_INIT(ROW_BYTES_MAX),
        .file_arena = ARENA_INIT(FILE_BYTES_MAX),
        .newest_limit_us = timestamp_now() + US_PER_DAY,
    };
    TRY(zone_open(ctx->settings->time_zone, &run->zone, err));
    run->style = (struct read_style){
        .dates = ctx->options.dates,
        .decimals = ctx->options.decimals,
        .buddhist = ctx->options.buddhist,
        .zone = run->zone,
    };
    return ERR_OK;
}

static void release_state(struct import_run *run)
{
    if (run->state && run->importer->release)
        run->importer->release(run->state);
    free(run->state);
    run->state = NULL;
}

void run_restart(struct import_run *run, bool evidence)
{
    release_state(run);
    header_release(&run->header);
    buf_reset(&run->preamble);
    arena_release(&run->row_arena);
    arena_release(&run->file_arena);
    import_file_clear(run->file);
    run->evidence = evidence;
    run->line = 0;
    if (run->importer && run->importer->state_size)
        run->state = xcalloc(1, run->importer->state_size);
}

void run_release(struct import_run *run)
{
    release_state(run);
    header_release(&run->header);
    buf_release(&run->preamble);
    arena_release(&run->row_arena);
    arena_release(&run->file_arena);
    if (run->zone)
        zone_close(run->zone);
    run->zone = NULL;
}

void run_row_begin(struct import_run *run, int64_t line)
{
    run->line = line;
    run->fate = ROW_STORED;
    arena_reset(&run->row_arena);
    run->file->entry.rows++;
}

void run_row_end(struct import_run *run)
{
    struct import_entry *e = &run->file->entry;

    switch (run->fate) {
    case ROW_STORED:
        e->stored++;
        break;
    case ROW_MERGED:
        e->merged++;
        break;
    case ROW_REJECTED:
        e->rejected++;
        break;
    case ROW_SKIPPED:
        e->skipped++;
        break;
    }
    run->line = 0;
    assert(e->rows == e->stored + e->merged + e->rejected + e->skipped);
}

enum err_code run_check_time(const struct import_run *run, struct input *input, struct err *err)
{
    const struct import_ctx *ctx = run->ctx;

    if (ctx->cancel && *ctx->cancel)
        return err_set(err, ERR_CANCELLED, "importing %s was cancelled", run_name(run));
    if (ctx->progress)
        ctx->progress(ctx->progress_ctx, run_name(run), input_position(input), input_size(input));
    return ERR_OK;
}

const char *run_name(const struct import_run *run)
{
    return run->file->entry.name;
}

const struct importer *run_importer(const struct import_run *run)
{
    return run->importer;
}

void import_file_clear(struct import_file *file)
{
    struct import_entry *e = &file->entry;

    e->rows = e->stored = e->merged = e->rejected = e->skipped = 0;
    memset(e->records, 0, sizeof(e->records));
    e->newest_us = TIME_NONE;
    file->total_count = 0;
    for (size_t i = 0; i < file->note_count; i++)
        free(file->notes[i]);
    file->note_count = 0;
    for (size_t i = 0; i < file->reject_count; i++)
        free(file->rejects[i].reason);
    free(file->rejects);
    file->rejects = NULL;
    file->reject_count = 0;
}

void *import_state(struct import_run *run)
{
    return run->state;
}

struct arena *import_row_arena(struct import_run *run)
{
    return &run->row_arena;
}

struct arena *import_file_arena(struct import_run *run)
{
    return &run->file_arena;
}

struct str import_cell(const struct import_run *run, const struct csv_row *row, size_t column)
{
    int at = run->header.bound[column];
    struct str s;

    if (at < 0 || (size_t)at >= row->n)
        return STR_NONE;
    s = str_trim(row->cells[at]);
    if (s.n > 0 && s.p[0] == '\'')
        s = str_trim((struct str){s.p + 1, s.n - 1});
    return s;
}

bool import_has_column(const struct import_run *run, size_t column)
{
    return run->header.bound[column] >= 0;
}

struct str import_column_name(const struct import_run *run, size_t column)
{
    int at = run->header.bound[column];

    return at < 0 ? STR_NONE : run->header.cells[at];
}

struct str import_preamble(const struct import_run *run)
{
    return buf_str(&run->preamble);
}

size_t import_header_count(const struct import_run *run)
{
    return run->header.n;
}

struct str import_header_cell(const struct import_run *run, size_t i)
{
    return i < run->header.n ? run->header.cells[i] : STR_NONE;
}

bool import_rebind(struct import_run *run, const struct csv_row *row)
{
    return header_take(&run->header, run->importer, row);
}

struct read_style *import_style(struct import_run *run)
{
    return &run->style;
}

const char *import_currency(const struct import_run *run)
{
    const char *chosen = run->ctx->options.currency;

    return chosen && chosen[0] ? chosen : run->ctx->settings->currency;
}

const char *import_country(const struct import_run *run)
{
    return run->ctx->settings->country;
}

enum err_code import_need_currency(struct import_run *run, const char **out_code, struct err *err)
{
    const char *code = import_currency(run);

    if (!code[0]) {
        err_set(err, ERR_AMBIGUOUS, "%s does not say in which currency its amounts are",
                run_name(run));
        err_hint(err, "say it with --currency CODE, such as --currency EUR, or set currency in "
                      "tidemark.yaml");
        return ERR_AMBIGUOUS;
    }
    *out_code = code;
    return ERR_OK;
}

/* The fields of each kind that tell how new the data are: a time, a day, or whichever there is. */
static const struct {
    size_t time, day;
} newest_fields[RECORD_KIND_COUNT] = {
    [RECORD_PERSON] = {offsetof(struct person_record, created_at), 0},
    [RECORD_ORDER] = {offsetof(struct order_record, ordered_at), 0},
    [RECORD_REFUND] = {offsetof(struct refund_record, refunded_at), 0},
    [RECORD_EVENT] = {offsetof(struct event_record, occurred_at), 0},
    [RECORD_TRAFFIC] = {0, offsetof(struct traffic_record, day_to)},
    [RECORD_MESSAGE] = {offsetof(struct message_record, occurred_at), 0},
    [RECORD_MAILING] = {offsetof(struct mailing_record, sent_at),
                        offsetof(struct mailing_record, day)},
    [RECORD_SPEND] = {0, offsetof(struct spend_record, day_to)},
    [RECORD_CONSENT] = {offsetof(struct consent_record, changed_at), 0},
    [RECORD_PRODUCT] = {offsetof(struct product_record, created_at), 0},
    [RECORD_ACTIVITY] = {offsetof(struct activity_record, started_at), 0},
};

static void note_newest(struct import_run *run, enum record_kind kind, const void *record)
{
    int64_t at_us = TIME_NONE, day = 0;

    if (newest_fields[kind].time)
        memcpy(&at_us, (const char *)record + newest_fields[kind].time, sizeof(at_us));
    if (at_us == TIME_NONE && newest_fields[kind].day)
        memcpy(&day, (const char *)record + newest_fields[kind].day, sizeof(day));
    if (day && __builtin_mul_overflow(day, US_PER_DAY, &at_us))
        return;
    if (at_us <= run->newest_limit_us && at_us > run->file->entry.newest_us)
        run->file->entry.newest_us = at_us;
}

/* Whether the record gets in; emptied when it is of somebody who was erased. */
static bool admit(struct import_run *run, enum record_kind kind, const void **io_record,
                  union record_any *emptied)
{
    enum erased_verdict verdict = erased_look(
        run->ctx->erased, kind, str_of(run->file->entry.source), *io_record, TIME_NONE, emptied);

    if (verdict != ERASED_NOBODY)
        import_note(run, "Records from before a person's erasure were left out, or their orders "
                         "taken in without the person.");
    if (verdict == ERASED_EMPTIED)
        *io_record = emptied;
    if (verdict == ERASED_KEPT_OUT)
        import_skipped(run);
    return verdict != ERASED_KEPT_OUT;
}

enum err_code import_put(struct import_run *run, enum record_kind kind, const void *record,
                         struct err *err)
{
    union record_any emptied;

    TRY(arena_check(&run->row_arena, err)); /* texts that did not fit would be stored as "" */
    TRY(arena_check(&run->file_arena, err));
    if (run->evidence)
        return ERR_OK;
    if (run->ctx->erased && !admit(run, kind, &record, &emptied))
        return ERR_OK;
    TRY(run->ctx->target.put(run->ctx->target.ctx, kind, record, err));
    run->file->entry.records[kind]++;
    note_newest(run, kind, record);
    return ERR_OK;
}

static void keep_reject(struct import_file *file, int64_t line, const char *reason)
{
    if (file->reject_count == STORE_REJECTS_KEPT)
        return;
    if (!file->rejects)
        file->rejects = xcalloc(STORE_REJECTS_KEPT, sizeof(*file->rejects));
    file->rejects[file->reject_count++] = (struct import_reject_line){line, xstrdup(reason)};
}

void import_reject(struct import_run *run, int64_t line, const char *fmt, ...)
{
    struct import_entry *e = &run->file->entry;
    char reason[REASON_MAX];
    va_list ap;

    if (line == run->line && run->fate == ROW_REJECTED)
        return; /* the first reason is enough */
    va_start(ap, fmt);
    vsnprintf(reason, sizeof(reason), i18n_text(fmt), ap);
    va_end(ap);
    keep_reject(run->file, line, reason);
    if (line == run->line) {
        run->fate = ROW_REJECTED;
    } else if (e->stored > 0) { /* an earlier row, held back until now */
        e->stored--;
        e->rejected++;
    }
}

void import_merged(struct import_run *run)
{
    if (run->fate == ROW_STORED)
        run->fate = ROW_MERGED;
}

void import_skipped(struct import_run *run)
{
    if (run->fate == ROW_STORED)
        run->fate = ROW_SKIPPED;
}

void import_note(struct import_run *run, const char *fmt, ...)
{
    struct import_file *file = run->file;
    char text[REASON_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), i18n_text(fmt), ap);
    va_end(ap);
    for (size_t i = 0; i < file->note_count; i++)
        if (strcmp(file->notes[i], text) == 0)
            return;
    if (file->note_count < IMPORT_NOTES_MAX)
        file->notes[file->note_count++] = xstrdup(text);
}

void import_total(struct import_run *run, const char *name, const char *currency, int64_t minor)
{
    struct import_total part = {.minor = minor};

    if (minor == AMOUNT_NONE)
        return;
    snprintf(part.name, sizeof(part.name), "%s", name);
    snprintf(part.currency, sizeof(part.currency), "%s", currency);
    run_add_total(run, &part);
}

void run_add_total(struct import_run *run, const struct import_total *part)
{
    struct import_file *file = run->file;
    struct import_total *total = NULL;

    for (size_t i = 0; i < file->total_count && !total; i++)
        if (strcmp(file->totals[i].name, part->name) == 0 &&
            strcmp(file->totals[i].currency, part->currency) == 0)
            total = &file->totals[i];
    if (!total) {
        if (file->total_count == IMPORT_TOTALS_MAX) {
            import_note(run, "there are more control totals than are kept (%d)", IMPORT_TOTALS_MAX);
            return;
        }
        total = &file->totals[file->total_count++];
        *total = *part;
        total->minor = 0;
    }
    if (__builtin_add_overflow(total->minor, part->minor, &total->minor))
        import_note(run, "the control total \"%s\" is too large to be exact", part->name);
}

/* What a failed parse means: a rejected row, or an ambiguity for the driver. */
static enum err_code cell_result(struct import_run *run, const struct csv_row *row, size_t column,
                                 enum err_code rc, bool *out_ok, struct err *err)
{
    struct str name = import_column_name(run, column);
    const struct err *e = &run->cell_err;

    *out_ok = rc == ERR_OK || (rc == ERR_AMBIGUOUS && run->evidence);
    if (*out_ok)
        return ERR_OK;
    if (rc == ERR_AMBIGUOUS) {
        err_set(err, rc, "%s, line %" PRId64 ", column \"%.*s\": %s", run_name(run), row->line,
                (int)name.n, name.p, e->msg);
        err_hint(err, "%s", e->hint);
        return rc;
    }
    import_reject(run, row->line, "column \"%.*s\": %s", (int)name.n, name.p, e->msg);
    return ERR_OK;
}

enum err_code import_money(struct import_run *run, const struct csv_row *row, size_t column,
                           const char *currency, int64_t *out_minor, bool *out_ok, struct err *err)
{
    int decimals = currency_decimals(str_of(currency));
    enum err_code rc;

    *out_minor = AMOUNT_NONE;
    if (decimals < 0) {
        *out_ok = false;
        import_reject(run, row->line, "\"%s\" is not a currency (ISO 4217)", currency);
        return ERR_OK;
    }
    rc = parse_money(import_cell(run, row, column), decimals, &run->style, out_minor,
                     &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}

enum err_code import_micros(struct import_run *run, const struct csv_row *row, size_t column,
                            int64_t *out_micros, bool *out_ok, struct err *err)
{
    enum err_code rc;

    *out_micros = AMOUNT_NONE;
    rc = parse_micros(import_cell(run, row, column), &run->style, out_micros, &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}

enum err_code import_count(struct import_run *run, const struct csv_row *row, size_t column,
                           int64_t *out_n, bool *out_ok, struct err *err)
{
    enum err_code rc;

    *out_n = AMOUNT_NONE;
    rc = parse_count(import_cell(run, row, column), &run->style, out_n, &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}

enum err_code import_real(struct import_run *run, const struct csv_row *row, size_t column,
                          double *out_x, bool *out_ok, struct err *err)
{
    enum err_code rc;

    *out_x = (double)NAN;
    rc = parse_real(import_cell(run, row, column), &run->style, out_x, &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}

enum err_code import_time(struct import_run *run, const struct csv_row *row, size_t column,
                          int64_t *out_at_us, bool *out_ok, struct err *err)
{
    enum err_code rc;

    *out_at_us = TIME_NONE;
    rc = parse_time(import_cell(run, row, column), &run->style, out_at_us, &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}

enum err_code import_day(struct import_run *run, const struct csv_row *row, size_t column,
                         int64_t *out_day, bool *out_ok, struct err *err)
{
    enum err_code rc;

    *out_day = 0;
    rc = parse_day(import_cell(run, row, column), &run->style, out_day, &run->cell_err);
    return cell_result(run, row, column, rc, out_ok, err);
}
