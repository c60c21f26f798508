/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Google Ads: the campaign report segmented by day, as its CSV and "CSV (Excel)" downloads. */
#include "intake/import/importer.h"

#include "intake/import/report_cells.h"
#include "shop/channel.h"
#include "shop/identifier.h"

enum {
    C_DAY,
    C_WEEK,
    C_MONTH,
    C_CAMPAIGN,
    C_CAMPAIGN_ID,
    C_CURRENCY,
    C_COST,
    C_IMPRESSIONS,
    C_CLICKS,
    C_CONVERSIONS,
    C_VALUE,
    C_TYPE,
    C_AD_GROUP,
    C_DEVICE,
    C_STATUS,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_DAY] = {{"Day", "Tag", "Jour", "Día", "Dia", "Giorno", "Date", "Datum", "วัน", "اليوم"},
               false},
    [C_WEEK] = {{"Week", "Woche", "Semaine", "Semana", "Settimana", "สัปดาห์", "الأسبوع"}, false},
    [C_MONTH] = {{"Month", "Monat", "Mois", "Mes", "Mese", "Quarter", "Year", "เดือน", "الشهر"},
                 false},
    [C_CAMPAIGN] = {{"Campaign", "Kampagne", "Campagne", "Campaña", "Campagna", "แคมเปญ", "الحملة"},
                    true},
    [C_CAMPAIGN_ID] = {{"Campaign ID", "Kampagnen-ID", "ID de campagne", "ID de la campagne",
                        "N° de campagne", "ID de campaña", "ID de la campaña", "รหัสแคมเปญ",
                        "معرّف الحملة"},
                       false},
    [C_CURRENCY] = {{"Currency code", "Currency", "Währungscode", "Währung", "Code de devise",
                     "Code devise", "Devise", "Código de moneda", "รหัสสกุลเงิน", "رمز العملة"},
                    false},
    [C_COST] = {{"Cost", "Kosten", "Coût", "Coste", "Costo", "ต้นทุน", "ค่าใช้จ่าย", "التكلفة"}, true},
    [C_IMPRESSIONS] = {{"Impr.", "Impressions", "Impressionen", "Impresiones", "การแสดงผล",
                        "مرات الظهور"},
                       false},
    [C_CLICKS] = {{"Clicks", "Klicks", "Clics", "Clic", "คลิก", "النقرات"}, false},
    [C_CONVERSIONS] = {{"Conversions", "Conv.", "Conversiones", "Conversioni", "Conversion",
                        "การแปลง", "Conversion (ทั้งหมด)", "الإحالات الناجحة"},
                       false},
    [C_VALUE] = {{"Conv. value", "Conversion value", "Conversions value", "Conv.-Wert",
                  "Conversion-Wert", "Valeur conv.", "Valeur de conversion", "Valor conv.",
                  "Valor de conv.", "มูลค่า Conversion"},
                 false},
    [C_TYPE] = {{"Campaign type", "Kampagnentyp", "Type de campagne", "Tipo de campaña",
                 "ประเภทแคมเปญ", "نوع الحملة"},
                false},
    [C_AD_GROUP] = {{"Ad group", "Anzeigengruppe", "Groupe d'annonces", "Groupe d’annonces",
                     "Grupo de anuncios", "กลุ่มโฆษณา"},
                    false},
    [C_DEVICE] = {{"Device", "Gerät", "Appareil", "Dispositivo", "อุปกรณ์"}, false},
    [C_STATUS] = {{"Campaign state", "Campaign status", "Kampagnenstatus", "État de la campagne",
                   "Estado de la campaña"},
                  false},
};

static bool matches(const struct import_run *run)
{
    return import_has_column(run, C_IMPRESSIONS) || import_has_column(run, C_CLICKS);
}

static enum err_code begin(struct import_run *run, struct err *err)
{
    struct str segment = import_has_column(run, C_WEEK) ? import_column_name(run, C_WEEK)
                                                        : import_column_name(run, C_MONTH);

    if (import_has_column(run, C_DAY))
        return ERR_OK;
    if (segment.n)
        err_set(err, ERR_AMBIGUOUS, "the report is segmented by \"%.*s\", not by day",
                (int)segment.n, segment.p);
    else
        err_set(err, ERR_AMBIGUOUS, "the report does not say on which day what was spent");
    err_hint(err, "Export the report again from Google Ads with Segment > Time > Day.");
    return ERR_AMBIGUOUS;
}

static bool has_digit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || isdigit((unsigned char)s.p[i]))
            return true;
    return false;
}

/* Sums stand at the end, without a day and with their name in the first cell. A campaign may be
 * called "Total Injury Law", or even "Total: Sale": it has a day. */
static bool is_sum(const struct import_run *run, const struct csv_row *row)
{
    struct str day = import_cell(run, row, C_DAY), first = str_trim(row->cells[0]);

    if (report_starts_total(day))
        return true;
    return !has_digit(day) && report_is_total(first);
}

static enum err_code read_currency(struct import_run *run, const struct csv_row *row,
                                   const char **out_code, struct err *err)
{
    struct str code = import_cell(run, row, C_CURRENCY);

    if (code.n == 0 || str_eqz(code, "--"))
        return import_need_currency(run, out_code, err);
    *out_code = arena_strdup(import_row_arena(run), code);
    return ERR_OK;
}

static void set_campaign(struct import_run *run, const struct csv_row *row,
                         struct spend_record *spend)
{
    struct str type = import_cell(run, row, C_TYPE);
    struct identifier id;

    spend->campaign = import_cell(run, row, C_CAMPAIGN);
    identifier_id(import_cell(run, row, C_CAMPAIGN_ID), &id);
    if (id.n && !str_eqz(identifier_str(&id), "--"))
        spend->campaign_key = arena_str(import_row_arena(run), identifier_str(&id));
    else
        spend->campaign_key = report_lower(run, spend->campaign);
    spend->channel = str_of(channel_of_platform(
        spend->platform, type.n && !str_eqz(type, "--") ? type : spend->campaign));
    spend->audience = import_cell(run, row, C_AD_GROUP);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    static const struct count_cell counts[] = {
        {C_IMPRESSIONS, offsetof(struct spend_record, impressions)},
        {C_CLICKS, offsetof(struct spend_record, clicks)},
    };
    struct spend_record spend = RECORD_INIT(spend, SPEND_COLUMNS);
    const char *currency;
    bool ok;

    if (is_sum(run, row)) {
        import_skipped(run);
        return ERR_OK;
    }
    spend.line = row->line;
    spend.platform = STR_LIT("google");
    set_campaign(run, row, &spend);
    TRY(import_day(run, row, C_DAY, &spend.day_from, &ok, err));
    if (ok && (spend.day_from == 0 || spend.campaign.n == 0))
        import_reject(run, row->line,
                      spend.campaign.n ? N_("the row has no day") : N_("the row has no campaign"));
    if (!ok || spend.day_from == 0 || spend.campaign.n == 0)
        return ERR_OK;
    spend.day_to = spend.day_from;
    TRY(read_currency(run, row, &currency, err));
    spend.currency = str_of(currency);
    TRY(import_money(run, row, C_COST, currency, &spend.spent, &ok, err));
    if (ok)
        TRY(import_money(run, row, C_VALUE, currency, &spend.conversion_value, &ok, err));
    if (ok)
        TRY(report_counts(run, row, counts, TM_COUNT(counts), &spend, &ok, err));
    if (ok)
        TRY(import_real(run, row, C_CONVERSIONS, &spend.conversions, &ok, err));
    if (!ok)
        return ERR_OK;
    import_total(run, "spend", currency, spend.spent);
    return import_put(run, RECORD_SPEND, &spend, err);
}

const struct importer google_ads_importer = {
    .name = "google_ads",
    .source = "google_ads",
    .title = N_("Google Ads report"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .begin = begin,
    .row = read_row,
};
