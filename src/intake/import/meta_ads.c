/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Meta Ads Manager: the report of campaigns, ad sets or ads, a row each a day. */
#include "intake/import/importer.h"

#include "intake/import/report_cells.h"
#include "shop/channel.h"
#include "shop/identifier.h"

enum {
    C_DAY,
    C_START,
    C_END,
    C_CAMPAIGN,
    C_CAMPAIGN_ID,
    C_AD_SET,
    C_AMOUNT,
    C_CURRENCY,
    C_IMPRESSIONS,
    C_LINK_CLICKS,
    C_CLICKS,
    C_PURCHASES,
    C_RESULTS,
    C_INDICATOR,
    C_VALUE,
    C_ATTRIBUTION,
    C_REACH,
    C_DELIVERY,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_DAY] = {{"Day", "Tag", "Jour", "Día", "Dia", "Giorno", "Dag", "วัน", "اليوم"}, false},
    [C_START] = {{"Reporting starts", "Berichtsstart", "Début des rapports", "Inicio del informe",
                  "Início dos relatórios", "Inizio report", "Inizio dei report",
                  "การเริ่มต้นการรายงาน", "بداية إعداد التقارير"},
                 false},
    [C_END] = {{"Reporting ends", "Berichtsende", "Fin des rapports", "Fin del informe",
                "Término dos relatórios", "Encerramento dos relatórios", "Fine report",
                "Fine dei report", "การสิ้นสุดการรายงาน", "نهاية إعداد التقارير"},
               false},
    [C_CAMPAIGN] = {{"Campaign name", "Campaign", "Kampagnenname", "Nom de la campagne",
                     "Nombre de la campaña", "Nome da campanha", "Nome della campagna",
                     "Campagnenaam", "ชื่อแคมเปญ", "اسم الحملة"},
                    true},
    [C_CAMPAIGN_ID] = {{"Campaign ID", "Kampagnen-ID", "ID de campagne", "ID de la campagne",
                        "Identificador de la campaña", "ID แคมเปญ"},
                       false},
    [C_AD_SET] = {{"Ad set name", "Ad Set Name", "Anzeigengruppenname",
                   "Nom de l’ensemble de publicités", "Nom de l'ensemble de publicités",
                   "Nombre del conjunto de anuncios", "ชื่อชุดโฆษณา"},
                  false},
    [C_AMOUNT] = {{"Amount spent*", "Ausgegebener Betrag*", "Montant dépensé*", "Importe gastado*",
                   "Valor usado*", "Montante gasto*", "Importo speso*", "Besteed bedrag*",
                   "จำนวนเงินที่ใช้จ่าย*", "المبلغ الذي تم إنفاقه*"},
                  true},
    [C_CURRENCY] = {{"Currency", "Account currency", "Währung", "Devise", "Divisa"}, false},
    [C_IMPRESSIONS] = {{"Impressions", "Impressionen", "Impresiones", "Impressões", "Impression",
                        "Weergaven", "อิมเพรสชัน", "مرات الظهور"},
                       false},
    [C_LINK_CLICKS] = {{"Link clicks", "Link-Klicks", "Linkklicks", "Clics sur un lien",
                        "Clics en el enlace", "Cliques no link", "Clic sul link", "การคลิกลิงก์"},
                       false},
    [C_CLICKS] = {{"Clicks (all)", "Klicks (alle)", "Clics (tous)", "Clics (todos)"}, false},
    [C_PURCHASES] = {{"Purchases", "Website purchases", "Käufe", "Achats", "Compras", "การซื้อ"},
                     false},
    [C_RESULTS] = {{"Results", "Ergebnisse", "Résultats", "Resultados", "ผลลัพธ์"}, false},
    [C_INDICATOR] = {{"Result indicator", "Result type", "Ergebnisindikator",
                      "Indicateur de résultats", "Indicador de resultado"},
                     false},
    [C_VALUE] = {{"Purchases conversion value", "Purchase conversion value",
                  "Website purchases conversion value", "Wert der Käufe-Conversions",
                  "Conversion-Wert für Käufe", "Valeur de conversion des achats",
                  "Valor de conversión de compras", "มูลค่า Conversion การซื้อ"},
                 false},
    [C_ATTRIBUTION] = {{"Attribution setting", "Attributionseinstellung",
                        "Attributions-Einstellung", "Paramètre d’attribution",
                        "Paramètre d'attribution", "Configuración de atribución"},
                       false},
    [C_REACH] = {{"Reach", "Reichweite", "Couverture", "Alcance", "การเข้าถึง"}, false},
    [C_DELIVERY] = {{"Campaign delivery", "Ad set delivery", "Ad delivery", "Delivery status",
                     "Kampagnenauslieferung", "Diffusion de la campagne"},
                    false},
};

static bool matches(const struct import_run *run)
{
    return import_has_column(run, C_DAY) || import_has_column(run, C_START);
}

/* Without the breakdown by day a row may cover weeks, and a day's spend would be a guess. */
static enum err_code refuse_period(const struct csv_row *row, struct err *err)
{
    err_set(err, ERR_AMBIGUOUS, "the row on line %" PRId64 " covers more than one day", row->line);
    err_hint(err, "Export the report again from Ads Manager with Breakdown > By time > Day.");
    return ERR_AMBIGUOUS;
}

static enum err_code read_days(struct import_run *run, const struct csv_row *row,
                               struct spend_record *spend, bool *out_ok, struct err *err)
{
    *out_ok = true;
    if (import_has_column(run, C_DAY)) {
        TRY(import_day(run, row, C_DAY, &spend->day_from, out_ok, err));
        spend->day_to = spend->day_from;
    } else {
        TRY(import_day(run, row, C_START, &spend->day_from, out_ok, err));
        if (*out_ok)
            TRY(import_day(run, row, C_END, &spend->day_to, out_ok, err));
        if (*out_ok && spend->day_to != spend->day_from)
            return refuse_period(row, err);
    }
    if (*out_ok && spend->day_from == 0) {
        import_reject(run, row->line, "the row has no day");
        *out_ok = false;
    }
    return ERR_OK;
}

static enum err_code read_currency(struct import_run *run, const struct csv_row *row,
                                   const char **out_code, struct err *err)
{
    struct str code = report_currency_of(import_column_name(run, C_AMOUNT));

    if (code.n == 0)
        code = import_cell(run, row, C_CURRENCY);
    if (code.n == 0)
        return import_need_currency(run, out_code, err);
    *out_code = arena_strdup(import_row_arena(run), code);
    return ERR_OK;
}

/* Purchases; else the results where these are purchases. Meta leaves a cell empty for none. */
static enum err_code read_conversions(struct import_run *run, const struct csv_row *row,
                                      double *out_conversions, bool *out_ok, struct err *err)
{
    size_t column = C_PURCHASES;

    *out_ok = true;
    if (!import_has_column(run, C_PURCHASES)) {
        column = C_RESULTS;
        if (!import_has_column(run, C_RESULTS))
            return ERR_OK;
        if (!str_icontains(import_cell(run, row, C_INDICATOR), "purchase")) {
            import_note(run, "results that are not marked as purchases are left out");
            return ERR_OK;
        }
    }
    TRY(import_real(run, row, column, out_conversions, out_ok, err));
    if (*out_ok && isnan(*out_conversions))
        *out_conversions = 0;
    return ERR_OK;
}

static void set_campaign(struct import_run *run, const struct csv_row *row,
                         struct spend_record *spend)
{
    struct identifier id;

    spend->campaign = import_cell(run, row, C_CAMPAIGN);
    identifier_id(import_cell(run, row, C_CAMPAIGN_ID), &id);
    spend->campaign_key = id.n ? arena_str(import_row_arena(run), identifier_str(&id))
                               : report_lower(run, spend->campaign);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    static const struct count_cell link_clicks[] = {
        {C_IMPRESSIONS, offsetof(struct spend_record, impressions)},
        {C_LINK_CLICKS, offsetof(struct spend_record, clicks)},
    };
    static const struct count_cell all_clicks[] = {
        {C_IMPRESSIONS, offsetof(struct spend_record, impressions)},
        {C_CLICKS, offsetof(struct spend_record, clicks)},
    };
    struct spend_record spend = RECORD_INIT(spend, SPEND_COLUMNS);
    const char *currency;
    bool ok;

    if (import_cell(run, row, C_CAMPAIGN).n == 0) {
        import_skipped(run);
        return ERR_OK;
    }
    spend.line = row->line;
    spend.platform = STR_LIT("meta");
    spend.audience = import_cell(run, row, C_AD_SET);
    spend.attribution = import_cell(run, row, C_ATTRIBUTION);
    set_campaign(run, row, &spend);
    spend.channel = str_of(channel_of_platform(spend.platform, spend.campaign));
    TRY(read_days(run, row, &spend, &ok, err));
    if (!ok)
        return ERR_OK;
    TRY(read_currency(run, row, &currency, err));
    spend.currency = str_of(currency);
    TRY(import_money(run, row, C_AMOUNT, currency, &spend.spent, &ok, err));
    if (ok)
        TRY(import_money(run, row, C_VALUE, currency, &spend.conversion_value, &ok, err));
    if (ok)
        TRY(report_counts(run, row,
                          import_has_column(run, C_LINK_CLICKS) ? link_clicks : all_clicks,
                          TM_COUNT(link_clicks), &spend, &ok, err));
    if (ok)
        TRY(read_conversions(run, row, &spend.conversions, &ok, err));
    if (!ok)
        return ERR_OK;
    import_total(run, "spend", currency, spend.spent);
    return import_put(run, RECORD_SPEND, &spend, err);
}

const struct importer meta_ads_importer = {
    .name = "meta_ads",
    .source = "meta",
    .title = N_("Meta Ads report"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .row = read_row,
};
