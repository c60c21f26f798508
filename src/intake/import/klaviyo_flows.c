/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Klaviyo flow report: a row each a message of a flow and day. It gives some counts as rates only;
 * these are counted back from the deliveries. */
#include "intake/import/importer.h"

#include "intake/import/klaviyo_metric.h"
#include "intake/import/report_cells.h"
#include "shop/event.h"

enum {
    C_DAY,
    C_FLOW_ID,
    C_FLOW_NAME,
    C_MESSAGE_ID,
    C_MESSAGE_NAME,
    C_CHANNEL,
    C_STATUS,
    C_RECIPIENTS,
    C_DELIVERED,
    C_OPENS,
    C_CLICKS,
    C_REVENUE,
    C_UNSUBSCRIBES,
    C_UNSUB_RATE,
    C_COMPLAINTS,
    C_COMPLAINT_RATE,
    C_BOUNCES,
    C_BOUNCE_RATE,
    C_TAGS,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_DAY] = {{"Day", "Date"}, true},
    [C_FLOW_ID] = {{"Flow ID"}, false},
    [C_FLOW_NAME] = {{"Flow Name", "Flow"}, true},
    [C_MESSAGE_ID] = {{"Flow Message ID", "Message ID"}, false},
    [C_MESSAGE_NAME] = {{"Flow Message Name", "Message Name"}, false},
    [C_CHANNEL] = {{"Flow Message Channel", "Message Channel", "Channel"}, false},
    [C_STATUS] = {{"Status", "Flow Status", "Message Status"}, false},
    [C_RECIPIENTS] = {{"Total Recipients", "Recipients"}, false},
    [C_DELIVERED] = {{"Delivered", "Successful Deliveries", "Deliveries"}, true},
    [C_OPENS] = {{"Unique Opens"}, false},
    [C_CLICKS] = {{"Unique Clicks"}, false},
    [C_REVENUE] = {{"Revenue", "Total Revenue", "Placed Order Value"}, false},
    [C_UNSUBSCRIBES] = {{"Unsubscribes", "Unique Unsubscribes"}, false},
    [C_UNSUB_RATE] = {{"Unsub Rate", "Unsubscribe Rate"}, false},
    [C_COMPLAINTS] = {{"Spam Complaints", "Complaints"}, false},
    [C_COMPLAINT_RATE] = {{"Complaint Rate", "Spam Complaint Rate", "Spam Complaints Rate",
                           "Spam Rate"},
                          false},
    [C_BOUNCES] = {{"Bounces", "Unique Bounces"}, false},
    [C_BOUNCE_RATE] = {{"Bounce Rate"}, false},
    [C_TAGS] = {{"Tags"}, false},
};

static const struct count_cell counts[] = {
    {C_RECIPIENTS, offsetof(struct mailing_record, recipients)},
    {C_DELIVERED, offsetof(struct mailing_record, delivered)},
    {C_OPENS, offsetof(struct mailing_record, opens)},
    {C_CLICKS, offsetof(struct mailing_record, clicks)},
    {C_UNSUBSCRIBES, offsetof(struct mailing_record, unsubscribes)},
    {C_COMPLAINTS, offsetof(struct mailing_record, complaints)},
    {C_BOUNCES, offsetof(struct mailing_record, bounces)},
};

static enum err_code read_rates(struct import_run *run, const struct csv_row *row,
                                struct mailing_record *mailing, bool *out_ok, struct err *err)
{
    static const struct count_cell rates[] = {
        {C_UNSUB_RATE, offsetof(struct mailing_record, unsubscribes)},
        {C_COMPLAINT_RATE, offsetof(struct mailing_record, complaints)},
        {C_BOUNCE_RATE, offsetof(struct mailing_record, bounces)},
    };

    *out_ok = true;
    for (size_t i = 0; i < TM_COUNT(rates) && *out_ok; i++) {
        char *field = (char *)mailing + rates[i].offset;
        int64_t count;

        memcpy(&count, field, sizeof(count));
        if (count != AMOUNT_NONE)
            continue;
        TRY(report_rate_of(run, row, rates[i].column, mailing->delivered, &count, out_ok, err));
        memcpy(field, &count, sizeof(count));
    }
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct mailing_record mailing = RECORD_INIT(mailing, MAILING_COLUMNS);
    bool ok;

    mailing.line = row->line;
    mailing.kind = STR_LIT("flow");
    mailing.name = import_cell(run, row, C_FLOW_NAME);
    if (mailing.name.n == 0 || report_is_total(import_cell(run, row, C_DAY))) {
        import_skipped(run);
        return ERR_OK;
    }
    mailing.item_key = report_key(run, row, C_FLOW_ID, mailing.name);
    mailing.step_name = import_cell(run, row, C_MESSAGE_NAME);
    mailing.step_key = report_key(run, row, C_MESSAGE_ID, mailing.step_name);
    mailing.flow_kind = str_of(flow_kind_of(mailing.name));
    mailing.status = report_lower(run, import_cell(run, row, C_STATUS));
    mailing.tags = import_cell(run, row, C_TAGS);
    mailing.channel = report_channel(run, row, C_CHANNEL);
    TRY(import_day(run, row, C_DAY, &mailing.day, &ok, err));
    if (ok && mailing.day == 0)
        import_reject(run, row->line, "the row has no day");
    if (!ok || mailing.day == 0)
        return ERR_OK;
    TRY(report_counts(run, row, counts, TM_COUNT(counts), &mailing, &ok, err));
    if (ok)
        TRY(read_rates(run, row, &mailing, &ok, err));
    return ok ? klaviyo_put(run, row, C_REVENUE, &mailing, err) : ERR_OK;
}

const struct importer klaviyo_flows_importer = {
    .name = "klaviyo_flows",
    .source = "klaviyo",
    .title = N_("Klaviyo flows"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .begin = klaviyo_metric_begin,
    .row = read_row,
    .state_size = sizeof(struct klaviyo_metric),
};
