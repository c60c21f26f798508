/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mailchimp campaign report: a row each a regular campaign. The header is read by names only;
 * no export of a real account was at hand to confirm it. */
#include "intake/import/importer.h"

#include "intake/import/report_cells.h"

enum {
    C_TITLE,
    C_SUBJECT,
    C_LIST,
    C_SEND_DATE,
    C_RECIPIENTS,
    C_DELIVERED,
    C_SOFT,
    C_HARD,
    C_BOUNCES,
    C_FORWARDS,
    C_OPENS,
    C_CLICKS,
    C_UNSUBSCRIBES,
    C_COMPLAINTS,
    C_FOLDER,
    C_ID,
    C_ORDERS,
    C_REVENUE,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_TITLE] = {{"Title", "Campaign Title", "Name", "Titel", "Titre", "Título"}, false},
    [C_SUBJECT] = {{"Subject", "Subject Line", "Betreff", "Objet", "Asunto"}, false},
    [C_LIST] = {{"List", "Audience", "List Name", "Audience Name", "Liste", "Lista"}, false},
    [C_SEND_DATE] = {{"Send Date", "Sent Date", "Send Time", "Sendedatum", "Date d'envoi",
                      "Fecha de envío"},
                     true},
    [C_RECIPIENTS] = {{"Total Recipients", "Recipients", "Emails Sent", "Empfänger",
                       "Destinataires", "Destinatarios"},
                      true},
    [C_DELIVERED] = {{"Successful Deliveries", "Deliveries", "Delivered"}, false},
    [C_SOFT] = {{"Soft Bounces"}, false},
    [C_HARD] = {{"Hard Bounces"}, false},
    [C_BOUNCES] = {{"Total Bounces", "Bounces"}, false},
    [C_FORWARDS] = {{"Times Forwarded", "Forwards"}, false},
    [C_OPENS] = {{"Unique Opens"}, false},
    [C_CLICKS] = {{"Unique Clicks"}, false},
    [C_UNSUBSCRIBES] = {{"Unsubscribes", "Unsubscribed"}, false},
    [C_COMPLAINTS] = {{"Abuse Complaints", "Abuse Reports", "Complaints"}, false},
    [C_FOLDER] = {{"Folder Id", "Folder"}, false},
    [C_ID] = {{"Unique Id", "Campaign Id", "Campaign ID"}, false},
    [C_ORDERS] = {{"Total Orders", "Orders"}, false},
    [C_REVENUE] = {{"Total Revenue", "Revenue", "Total Gross Sales"}, false},
};

static bool matches(const struct import_run *run)
{
    int signs = import_has_column(run, C_SOFT) + import_has_column(run, C_HARD) +
                import_has_column(run, C_FORWARDS) + import_has_column(run, C_COMPLAINTS) +
                import_has_column(run, C_FOLDER);

    return signs >= 2 && (import_has_column(run, C_TITLE) || import_has_column(run, C_SUBJECT));
}

static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;

    if (a == AMOUNT_NONE || b == AMOUNT_NONE)
        return a == AMOUNT_NONE ? b : a;
    return __builtin_add_overflow(a, b, &sum) ? AMOUNT_NONE : sum;
}

static enum err_code read_counts(struct import_run *run, const struct csv_row *row,
                                 struct mailing_record *mailing, bool *out_ok, struct err *err)
{
    static const struct count_cell counts[] = {
        {C_RECIPIENTS, offsetof(struct mailing_record, recipients)},
        {C_DELIVERED, offsetof(struct mailing_record, delivered)},
        {C_OPENS, offsetof(struct mailing_record, opens)},
        {C_CLICKS, offsetof(struct mailing_record, clicks)},
        {C_UNSUBSCRIBES, offsetof(struct mailing_record, unsubscribes)},
        {C_COMPLAINTS, offsetof(struct mailing_record, complaints)},
        {C_ORDERS, offsetof(struct mailing_record, orders)},
        {C_BOUNCES, offsetof(struct mailing_record, bounces)},
    };
    int64_t soft, hard;

    TRY(report_counts(run, row, counts, TM_COUNT(counts), mailing, out_ok, err));
    if (!*out_ok || mailing->bounces != AMOUNT_NONE)
        return ERR_OK;
    TRY(import_count(run, row, C_SOFT, &soft, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, C_HARD, &hard, out_ok, err));
    if (*out_ok)
        mailing->bounces = sum_of(soft, hard);
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct mailing_record mailing = RECORD_INIT(mailing, MAILING_COLUMNS);
    bool ok;

    mailing.line = row->line;
    mailing.kind = STR_LIT("campaign");
    mailing.channel = STR_LIT("email");
    mailing.status = STR_LIT("sent");
    mailing.subject = import_cell(run, row, C_SUBJECT);
    mailing.name = import_cell(run, row, C_TITLE);
    if (mailing.name.n == 0)
        mailing.name = mailing.subject;
    mailing.audience = import_cell(run, row, C_LIST);
    mailing.item_key = report_key(run, row, C_ID, mailing.name);
    if (mailing.name.n == 0 || report_is_total(mailing.name)) {
        import_skipped(run);
        return ERR_OK;
    }
    TRY(report_sent_at(run, row, C_SEND_DATE, &mailing, &ok, err));
    if (ok)
        TRY(read_counts(run, row, &mailing, &ok, err));
    if (ok)
        TRY(report_revenue(run, row, C_REVENUE, &mailing.revenue, &mailing.currency, &ok, err));
    return ok ? import_put(run, RECORD_MAILING, &mailing, err) : ERR_OK;
}

const struct importer mailchimp_campaigns_importer = {
    .name = "mailchimp_campaigns",
    .source = "mailchimp",
    .title = N_("Mailchimp campaigns"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .row = read_row,
};
