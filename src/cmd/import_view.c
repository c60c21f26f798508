/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/import_view.h"

#include "base/locale.h"
#include "cmd/cmd.h"

static const struct outcome_row {
    const char *word; /* in JSON */
    const char *sign;
} outcomes[] = {
    [IMPORT_STORED] = {"stored", "✓"},   [IMPORT_ALREADY] = {"already_imported", "="},
    [IMPORT_IGNORED] = {"ignored", "·"}, [IMPORT_UNRECOGNISED] = {"unrecognised", "?"},
    [IMPORT_REFUSED] = {"refused", "✗"},
};

/* "1,204 orders": a count with the words for its kind. */
static void add_records(struct buf *out, size_t kind, int64_t n)
{
    static const char *const words[RECORD_KIND_COUNT][2] = {
        [RECORD_PERSON] = NP_("person", "people"),
        [RECORD_ORDER] = NP_("order", "orders"),
        [RECORD_LINE] = NP_("order line", "order lines"),
        [RECORD_REFUND] = NP_("refund", "refunds"),
        [RECORD_EVENT] = NP_("event", "events"),
        [RECORD_TRAFFIC] = NP_("traffic row", "traffic rows"),
        [RECORD_MESSAGE] = NP_("message event", "message events"),
        [RECORD_MAILING] = NP_("mailing total", "mailing totals"),
        [RECORD_SPEND] = NP_("spend row", "spend rows"),
        [RECORD_CONSENT] = NP_("consent", "consents"),
        [RECORD_PRODUCT] = NP_("product", "products"),
        [RECORD_ACTIVITY] = NP_("log entry", "log entries"),
    };

    buf_addf(out, "%s %s", cmd_number(n).text, P_(words[kind][0], words[kind][1], (uint64_t)n));
}

static void add_labelled(struct locale *locale, struct buf *out, const char *label, int64_t n)
{
    buf_addf(out, "%s ", label);
    locale_add_int(locale, out, n);
}

static void add_stored(struct locale *locale, const struct import_file *file, struct buf *out)
{
    const struct import_entry *e = &file->entry;
    bool first = true;

    buf_addz(out, "    ");
    add_labelled(locale, out, _("rows read"), e->rows);
    buf_addz(out, ": ");
    add_labelled(locale, out, _("stored"), e->stored);
    buf_addz(out, ", ");
    add_labelled(locale, out, _("merged"), e->merged);
    buf_addz(out, ", ");
    add_labelled(locale, out, _("rejected"), e->rejected);
    buf_addz(out, ", ");
    add_labelled(locale, out, _("no data"), e->skipped);
    buf_addz(out, "\n    ");
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (!e->records[kind])
            continue;
        if (!first)
            buf_addz(out, ", ");
        first = false;
        add_records(out, kind, e->records[kind]);
        if (file->known[kind]) {
            buf_addz(out, " (");
            add_labelled(locale, out, _("already known"), file->known[kind]);
            buf_addc(out, ')');
        }
    }
    buf_addc(out, '\n');
    for (size_t i = 0; i < file->total_count; i++) {
        const struct import_total *total = &file->totals[i];
        int decimals = currency_decimals(str_of(total->currency));

        buf_addf(out, "    %s: ", _(total->name));
        locale_add_money(locale, out, total->minor, total->currency, decimals < 0 ? 2 : decimals,
                         false);
        buf_addc(out, '\n');
    }
}

static void add_details(struct locale *locale, const struct import_file *file, struct buf *out)
{
    for (size_t i = 0; i < file->note_count; i++)
        buf_addf(out, "    %s\n", file->notes[i]);
    for (size_t i = 0; i < file->reject_count; i++) {
        buf_addz(out, "    ");
        add_labelled(locale, out, _("line"), file->rejects[i].line);
        buf_addf(out, ": %s\n", file->rejects[i].reason);
    }
    if (file->entry.rejected > (int64_t)file->reject_count && file->reject_count) {
        buf_addz(out, "    ");
        add_labelled(locale, out, _("further rejected rows:"),
                     file->entry.rejected - (int64_t)file->reject_count);
        buf_addc(out, '\n');
    }
}

static void add_file(struct locale *locale, const struct import_file *file, struct buf *out)
{
    if (file->outcome == IMPORT_IGNORED)
        return;
    /* The name isolated: its full stops and brackets stay in place beside Arabic. */
    buf_addf(out, *cmd_line_start() ? "%s%s \u2068%s\u2069" : "%s%s %s", cmd_line_start(),
             outcomes[file->outcome].sign, file->entry.name);
    if (file->title[0])
        buf_addf(out, "  —  %s", _(file->title));
    buf_addc(out, '\n');
    if (file->outcome == IMPORT_STORED)
        add_stored(locale, file, out);
    else if (file->outcome == IMPORT_ALREADY)
        buf_addf(out, "    %s\n", _("imported before; nothing changed"));
    else
        buf_addf(out, "    %s\n", file->err.msg);
    if (file->err.hint[0] && !file->reject_count) /* else the rejected lines say it */
        buf_addf(out, "    %s\n", file->err.hint);
    add_details(locale, file, out);
}

enum err_code import_view_text(const struct import_report *report, struct buf *out, struct err *err)
{
    TM_CLEANUP(locale_closep) struct locale *locale = NULL;

    TRY(locale_open(i18n_current(), &locale, err));
    for (size_t i = 0; i < report->n; i++)
        add_file(locale, report->files[i], out);
    return ERR_OK;
}

static void json_counts(struct json_writer *w, const struct import_file *file)
{
    const struct import_entry *e = &file->entry;

    json_key(w, "rows");
    json_begin_object(w);
    json_key_int(w, "read", e->rows);
    json_key_int(w, "stored", e->stored);
    json_key_int(w, "merged", e->merged);
    json_key_int(w, "rejected", e->rejected);
    json_key_int(w, "skipped", e->skipped);
    json_end_object(w);
    json_key(w, "records");
    json_begin_object(w);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (e->records[kind])
            json_key_int(w, record_layout((enum record_kind)kind)->name, e->records[kind]);
    json_end_object(w);
    json_key(w, "already_known");
    json_begin_object(w);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (file->known[kind])
            json_key_int(w, record_layout((enum record_kind)kind)->name, file->known[kind]);
    json_end_object(w);
}

static void json_lists(struct json_writer *w, const struct import_file *file)
{
    json_key(w, "totals");
    json_begin_array(w);
    for (size_t i = 0; i < file->total_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "name", file->totals[i].name);
        json_key_stringz(w, "currency", file->totals[i].currency);
        json_key_int(w, "minor", file->totals[i].minor);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "notes");
    json_begin_array(w);
    for (size_t i = 0; i < file->note_count; i++)
        json_stringz(w, file->notes[i]);
    json_end_array(w);
    json_key(w, "rejects");
    json_begin_array(w);
    for (size_t i = 0; i < file->reject_count; i++) {
        json_begin_object(w);
        json_key_int(w, "line", file->rejects[i].line);
        json_key_stringz(w, "reason", file->rejects[i].reason);
        json_end_object(w);
    }
    json_end_array(w);
}

/* What has to be said for the file to be read: the options that the hint names, which is written in
 * the reader's language but for them. */
static void json_needs(struct json_writer *w, const struct err *err)
{
    static const char *const options[] = {"currency", "dates", "decimals"};
    char option[16];

    json_key(w, "needs");
    json_begin_array(w);
    for (size_t i = 0; i < TM_COUNT(options); i++) {
        snprintf(option, sizeof(option), "--%s", options[i]);
        if (err->code == ERR_AMBIGUOUS && strstr(err->hint, option))
            json_stringz(w, options[i]);
    }
    json_end_array(w);
}

static void json_file(struct json_writer *w, const struct import_file *file)
{
    bool kept = file->outcome == IMPORT_STORED || file->outcome == IMPORT_ALREADY;

    json_begin_object(w);
    json_key(w, "id");
    if (kept)
        json_int(w, file->entry.id);
    else
        json_null(w);
    json_key_stringz(w, "name", file->entry.name);
    json_key_stringz(w, "outcome", outcomes[file->outcome].word);
    json_key_stringz(w, "format", file->entry.format);
    json_key_stringz(w, "source", file->entry.source);
    json_key_stringz(w, "sha256", file->entry.digest);
    json_key_stringz(w, "encoding", file->entry.encoding);
    json_counts(w, file);
    json_lists(w, file);
    json_key(w, "problem");
    if (file->err.code == ERR_OK) {
        json_null(w);
    } else {
        json_begin_object(w);
        json_key_stringz(w, "code", err_name(file->err.code));
        json_key_stringz(w, "message", file->err.msg);
        json_key_stringz(w, "hint", file->err.hint);
        json_needs(w, &file->err);
        json_end_object(w);
    }
    json_end_object(w);
}

void import_view_json(const struct import_report *report, struct json_writer *w)
{
    json_begin_array(w);
    for (size_t i = 0; i < report->n; i++)
        json_file(w, report->files[i]);
    json_end_array(w);
}

enum err_code import_view_keep(const struct import_report *report, struct store *store,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);

    for (size_t i = 0; i < report->n; i++) {
        struct json_writer w = JSON_WRITER(&out);

        if (report->files[i]->outcome != IMPORT_STORED)
            continue;
        buf_reset(&out);
        json_file(&w, report->files[i]);
        TRY(buf_check(&out, err));
        TRY(store_import_report_put(store, report->files[i]->entry.id, buf_str(&out), err));
    }
    return ERR_OK;
}

/* Index of `given` among the words "a|b" of an option's placeholder, from 1; 0 when absent. */
static enum err_code one_of(const char *name, const char *given, const char *const words[2],
                            int *out, struct err *err)
{
    *out = 0;
    if (!given)
        return ERR_OK;
    for (int i = 0; i < 2; i++)
        if (strcmp(given, words[i]) == 0)
            *out = i + 1;
    if (*out == 0)
        return err_set(err, ERR_USAGE, "--%s must be %s or %s, not \"%s\"", name, words[0],
                       words[1], given);
    return ERR_OK;
}

enum err_code import_take_options(const struct option_row *rows, size_t n,
                                  const struct options *options, struct import_options *out,
                                  struct err *err)
{
    static const char *const dates[2] = {"dmy", "mdy"};
    static const char *const decimals[2] = {"point", "comma"};
    int chosen;

    *out = (struct import_options){0};
    TRY(one_of("dates", option_value(rows, n, options, "dates"), dates, &chosen, err));
    out->dates = chosen == 1 ? DATES_DMY : chosen == 2 ? DATES_MDY : DATES_UNKNOWN;
    TRY(one_of("decimals", option_value(rows, n, options, "decimals"), decimals, &chosen, err));
    out->decimals = chosen == 1 ? DECIMALS_POINT : chosen == 2 ? DECIMALS_COMMA : DECIMALS_UNKNOWN;
    out->currency = option_value(rows, n, options, "currency");
    if (out->currency && currency_decimals(str_of(out->currency)) < 0)
        return err_set(err, ERR_USAGE, "\"%s\" is not a currency code (ISO 4217)", out->currency);
    out->buddhist = option_value(rows, n, options, "buddhist") != NULL;
    out->mapping = option_value(rows, n, options, "mapping");
    return ERR_OK;
}
