/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Klaviyo campaign report: a row each a campaign. Times are in the account's zone. */
#include "intake/import/importer.h"

#include "intake/import/klaviyo_metric.h"
#include "intake/import/report_cells.h"

enum {
    C_NAME,
    C_TAGS,
    C_SUBJECT,
    C_LIST,
    C_SEND_TIME,
    C_RECIPIENTS,
    C_REVENUE,
    C_OPENS,
    C_TOTAL_OPENS,
    C_CLICKS,
    C_UNSUBSCRIBES,
    C_COMPLAINTS,
    C_DELIVERED,
    C_BOUNCES,
    C_ID,
    C_CHANNEL,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_NAME] = {{"Campaign Name", "Message Name", "Campaign message name"}, true},
    [C_TAGS] = {{"Tags"}, false},
    [C_SUBJECT] = {{"Subject", "Subject Line"}, false},
    [C_LIST] = {{"List", "Lists", "Audience", "Audiences", "List/Segment"}, false},
    [C_SEND_TIME] = {{"Send Time", "Send Date", "Sent At", "Send Datetime"}, true},
    [C_RECIPIENTS] = {{"Total Recipients", "Recipients"}, false},
    [C_REVENUE] = {{"Revenue", "Total Revenue", "Placed Order Value"}, false},
    [C_OPENS] = {{"Unique Opens"}, false},
    [C_TOTAL_OPENS] = {{"Total Opens"}, false},
    [C_CLICKS] = {{"Unique Clicks"}, false},
    [C_UNSUBSCRIBES] = {{"Unsubscribes", "Unique Unsubscribes", "Unsubs"}, false},
    [C_COMPLAINTS] = {{"Spam Complaints", "Complaints", "Unique Spam Complaints"}, false},
    [C_DELIVERED] = {{"Successful Deliveries", "Delivered", "Total Delivered"}, false},
    [C_BOUNCES] = {{"Bounces", "Unique Bounces", "Bounced"}, false},
    [C_ID] = {{"Campaign ID", "Campaign message ID", "Message ID"}, false},
    [C_CHANNEL] = {{"Campaign Channel", "Channel", "Campaign message channel"}, false},
};

static bool matches(const struct import_run *run)
{
    return import_has_column(run, C_RECIPIENTS) || import_has_column(run, C_DELIVERED);
}

static const struct count_cell counts[] = {
    {C_RECIPIENTS, offsetof(struct mailing_record, recipients)},
    {C_DELIVERED, offsetof(struct mailing_record, delivered)},
    {C_OPENS, offsetof(struct mailing_record, opens)},
    {C_CLICKS, offsetof(struct mailing_record, clicks)},
    {C_UNSUBSCRIBES, offsetof(struct mailing_record, unsubscribes)},
    {C_COMPLAINTS, offsetof(struct mailing_record, complaints)},
    {C_BOUNCES, offsetof(struct mailing_record, bounces)},
};

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct mailing_record mailing = RECORD_INIT(mailing, MAILING_COLUMNS);
    bool ok;

    mailing.line = row->line;
    mailing.kind = STR_LIT("campaign");
    mailing.status = STR_LIT("sent");
    mailing.name = import_cell(run, row, C_NAME);
    if (mailing.name.n == 0 || report_is_total(mailing.name)) {
        import_skipped(run);
        return ERR_OK;
    }
    mailing.item_key = report_key(run, row, C_ID, mailing.name);
    mailing.subject = import_cell(run, row, C_SUBJECT);
    mailing.audience = import_cell(run, row, C_LIST);
    mailing.tags = import_cell(run, row, C_TAGS);
    mailing.channel = report_channel(run, row, C_CHANNEL);
    TRY(report_sent_at(run, row, C_SEND_TIME, &mailing, &ok, err));
    if (ok)
        TRY(report_counts(run, row, counts, TM_COUNT(counts), &mailing, &ok, err));
    return ok ? klaviyo_put(run, row, C_REVENUE, &mailing, err) : ERR_OK;
}

const struct importer klaviyo_campaigns_importer = {
    .name = "klaviyo_campaigns",
    .source = "klaviyo",
    .title = N_("Klaviyo campaigns"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .begin = klaviyo_metric_begin,
    .row = read_row,
    .state_size = sizeof(struct klaviyo_metric),
};
