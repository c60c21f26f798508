/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tidemark's own spend ledger: money spent on marketing, a day, a month or a period a row
 * (docs/formats.md). */
#include "intake/import/fields.h"
#include "shop/channel.h"

enum {
    CHANNEL,
    PLATFORM,
    DATE,
    SPENT,
    UNTIL,
    PLANNED,
    CURRENCY,
    CAMPAIGN_ID,
    CAMPAIGN,
    AUDIENCE,
    IMPRESSIONS,
    CLICKS,
    CONVERSIONS,
    CONVERSION_VALUE,
    NEW_CUSTOMERS,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [CHANNEL] = {{"channel"}, false},
    [PLATFORM] = {{"platform"}, false},
    [DATE] = {{"date"}, true},
    [SPENT] = {{"spent", "spend"}, true},
    [UNTIL] = {{"until"}, false},
    [PLANNED] = {{"planned"}, false},
    [CURRENCY] = {{"currency"}, false},
    [CAMPAIGN_ID] = {{"campaign_id"}, false},
    [CAMPAIGN] = {{"campaign"}, false},
    [AUDIENCE] = {{"audience"}, false},
    [IMPRESSIONS] = {{"impressions"}, false},
    [CLICKS] = {{"clicks"}, false},
    [CONVERSIONS] = {{"conversions"}, false},
    [CONVERSION_VALUE] = {{"conversion_value"}, false},
    [NEW_CUSTOMERS] = {{"new_customers"}, false},
};

static bool matches(const struct import_run *run)
{
    return import_has_column(run, CHANNEL) || import_has_column(run, PLATFORM);
}

/* "2026-03" is the whole of March. */
static bool month_of(struct str s, int64_t *out_from, int64_t *out_to)
{
    int year = 0, month = 0;

    if (s.n != 7 || s.p[4] != '-')
        return false;
    for (size_t i = 0; i < 7; i++)
        if (i != 4 && !isdigit((unsigned char)s.p[i]))
            return false;
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (s.p[i] - '0');
    month = (s.p[5] - '0') * 10 + (s.p[6] - '0');
    if (year < 1 || month < 1 || month > 12)
        return false;
    *out_from = civil_to_days(year, month, 1);
    *out_to = civil_to_days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) - 1;
    return true;
}

static enum err_code read_days(struct import_run *run, const struct csv_row *row,
                               struct spend_record *s, bool *out_ok, struct err *err)
{
    int64_t unused;

    *out_ok = true;
    if (!month_of(import_cell(run, row, DATE), &s->day_from, &s->day_to)) {
        TRY(import_day(run, row, DATE, &s->day_from, out_ok, err));
        s->day_to = s->day_from;
    }
    if (!*out_ok)
        return ERR_OK;
    if (import_cell(run, row, UNTIL).n > 0 &&
        !month_of(import_cell(run, row, UNTIL), &unused, &s->day_to))
        TRY(import_day(run, row, UNTIL, &s->day_to, out_ok, err));
    if (*out_ok && (s->day_from == 0 || s->day_to < s->day_from)) {
        import_reject(run, row->line,
                      s->day_from == 0 ? N_("the row has no date") : N_("until is before date"));
        *out_ok = false;
    }
    return ERR_OK;
}

static enum err_code read_numbers(struct import_run *run, const struct csv_row *row,
                                  const char *currency, struct spend_record *s, bool *out_ok,
                                  struct err *err)
{
    TRY(import_money(run, row, SPENT, currency, &s->spent, out_ok, err));
    if (*out_ok)
        TRY(import_money(run, row, PLANNED, currency, &s->planned, out_ok, err));
    if (*out_ok)
        TRY(import_money(run, row, CONVERSION_VALUE, currency, &s->conversion_value, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, IMPRESSIONS, &s->impressions, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, CLICKS, &s->clicks, out_ok, err));
    if (*out_ok)
        TRY(import_real(run, row, CONVERSIONS, &s->conversions, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, NEW_CUSTOMERS, &s->new_customers, out_ok, err));
    if (*out_ok && s->spent == AMOUNT_NONE && s->planned == AMOUNT_NONE) {
        import_reject(run, row->line, "the row has neither spent nor planned");
        *out_ok = false;
    }
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct spend_record s = RECORD_INIT(spend, SPEND_COLUMNS);
    struct str channel = import_cell(run, row, CHANNEL);
    const char *known;
    char currency[4];
    bool ok;

    s.line = row->line;
    s.platform = field_lower(run, row, PLATFORM);
    s.campaign = import_cell(run, row, CAMPAIGN);
    if (channel.n == 0 && s.platform.n == 0) {
        import_reject(run, row->line, "the row has neither a channel nor a platform");
        return ERR_OK;
    }
    known =
        channel.n > 0 ? channel_canonical(channel) : channel_of_platform(s.platform, s.campaign);
    s.channel = known ? str_of(known) : channel;
    if (!known)
        import_note(run, "the channel \"%.*s\" is none of Tidemark's names and is kept as it is",
                    (int)(channel.n < 40 ? channel.n : 40), channel.p);
    TRY(field_currency(run, row, CURRENCY, currency, &ok, err));
    if (ok)
        TRY(read_days(run, row, &s, &ok, err));
    if (ok)
        TRY(read_numbers(run, row, currency, &s, &ok, err));
    if (!ok)
        return ERR_OK;
    s.currency = str_of(currency);
    s.campaign_key = import_cell(run, row, CAMPAIGN_ID);
    if (s.campaign_key.n == 0)
        s.campaign_key = s.campaign;
    s.audience = import_cell(run, row, AUDIENCE);
    import_total(run, "spend", currency, s.spent);
    return import_put(run, RECORD_SPEND, &s, err);
}

const struct importer tidemark_spend_importer = {
    .name = "tidemark_spend",
    .source = "tidemark",
    .title = N_("Tidemark spend ledger"),
    .columns = columns,
    .column_count = COLUMNS,
    .matches = matches,
    .row = read_row,
};
