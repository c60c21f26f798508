/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* GA4 report downloads and explorations: tables of counts under comment lines that tell the
 * period. A file may hold several tables; each has its own dimensions. */
#include "intake/import/importer.h"

#include "intake/import/report_cells.h"
#include "shop/channel.h"

enum {
    /* dimensions, in the order in which they are named in `dimensions` */
    C_DATE,
    C_NTH_DAY,
    C_CHANNEL,
    C_SOURCE_MEDIUM,
    C_SOURCE,
    C_MEDIUM,
    C_CAMPAIGN,
    C_DEVICE,
    C_COUNTRY,
    C_PAGE,
    /* metrics */
    C_SESSIONS,
    C_ENGAGED,
    C_TOTAL_USERS,
    C_ACTIVE_USERS,
    C_NEW_USERS,
    C_VIEWS,
    C_ITEMS_VIEWED,
    C_CARTS,
    C_CHECKOUTS,
    C_PURCHASES,
    C_PURCHASE_REVENUE,
    C_TOTAL_REVENUE,
    /* known, so that they are not taken for dimensions */
    C_KEY_EVENTS,
    C_EVENTS,
    C_ENGAGEMENT_RATE,
    C_ENGAGEMENT_TIME,
    C_PER_SESSION,
    C_BOUNCE_RATE,
    C_COUNT,
    DIMENSIONS = C_SESSIONS
};

static const struct import_column columns[C_COUNT] = {
    [C_DATE] = {{"Date", "Day", "Datum", "Tag", "Jour", "Fecha", "Día", "วันที่", "التاريخ"}, false},
    [C_NTH_DAY] = {{"Nth day", "N. Tag", "N-ter Tag", "Nième jour", "N.º de día"}, false},
    [C_CHANNEL] = {{"Session default channel group", "Session primary channel group*",
                    "Default channel group*", "Session default channel grouping",
                    "Standard-Channelgruppe der Sitzung", "Sitzung – Standard-Channelgruppe*",
                    "Primäre Channelgruppe der Sitzung*",
                    "Groupe de canaux par défaut de la session",
                    "Grupo de canales predeterminado de la sesión", "กลุ่มแชแนลเริ่มต้นของเซสชัน"},
                   false},
    [C_SOURCE_MEDIUM] = {{"Session source / medium", "Source / medium", "Session source/medium",
                          "Sitzung – Quelle/Medium", "Quelle/Medium der Sitzung",
                          "Quelle / Medium der Sitzung", "Source/Support de la session",
                          "Source / support de la session", "Fuente/medio de la sesión",
                          "แหล่งที่มา / สื่อของเซสชัน"},
                         false},
    [C_SOURCE] = {{"Session source", "Source", "Quelle der Sitzung", "Sitzung – Quelle",
                   "Source de la session", "Fuente de la sesión", "แหล่งที่มาของเซสชัน"},
                  false},
    [C_MEDIUM] = {{"Session medium", "Medium", "Medium der Sitzung", "Sitzung – Medium",
                   "Support de la session", "Medio de la sesión", "สื่อของเซสชัน"},
                  false},
    [C_CAMPAIGN] = {{"Session campaign", "Campaign", "Kampagne der Sitzung", "Sitzung – Kampagne",
                     "Campagne de la session", "Campaña de la sesión", "แคมเปญของเซสชัน"},
                    false},
    [C_DEVICE] = {{"Device category", "Device", "Gerätekategorie", "Catégorie d'appareil",
                   "Catégorie d’appareil", "Catégorie de l'appareil", "Categoría de dispositivo",
                   "หมวดหมู่อุปกรณ์", "فئة الجهاز"},
                  false},
    [C_COUNTRY] = {{"Country", "Land", "Pays", "País", "ประเทศ", "البلد"}, false},
    [C_PAGE] = {{"Landing page", "Landing page + query string", "Page path and screen class",
                 "Page path", "Zielseite", "Landingpage", "Page de destination",
                 "Página de destino", "หน้า Landing Page"},
                false},
    [C_SESSIONS] = {{"Sessions", "Sitzungen", "Sesiones", "เซสชัน", "الجلسات"}, false},
    [C_ENGAGED] = {{"Engaged sessions", "Sitzungen mit Interaktionen", "Sitzungen mit Interaktion",
                    "Sessions avec engagement", "Sessions engagées", "Sesiones con interacción",
                    "เซสชันที่มีส่วนร่วม"},
                   false},
    [C_TOTAL_USERS] = {{"Total users", "Nutzer insgesamt", "Gesamtnutzerzahl",
                        "Nombre total d'utilisateurs", "Total d'utilisateurs", "Usuarios totales",
                        "Total de usuarios", "ผู้ใช้ทั้งหมด"},
                       false},
    [C_ACTIVE_USERS] = {{"Active users", "Users", "Aktive Nutzer", "Nutzer", "Utilisateurs actifs",
                         "Utilisateurs", "Usuarios activos", "Usuarios", "ผู้ใช้ที่มีการใช้งาน", "ผู้ใช้"},
                        false},
    [C_NEW_USERS] = {{"New users", "Neue Nutzer", "Nouveaux utilisateurs", "Usuarios nuevos",
                      "Nuevos usuarios", "ผู้ใช้ใหม่"},
                     false},
    [C_VIEWS] = {{"Views", "Pageviews", "Aufrufe", "Vues", "Vistas", "Visualizaciones", "การดู"},
                 false},
    [C_ITEMS_VIEWED] = {{"Items viewed", "Item views", "Item view events", "Aufgerufene Artikel",
                         "Angesehene Artikel", "Articles consultés", "Articles vus",
                         "Artículos vistos", "สินค้าที่มีการดู"},
                        false},
    [C_CARTS] = {{"Add to carts", "Add-to-carts", "Items added to cart", "In den Einkaufswagen",
                  "In den Einkaufswagen gelegt", "Ajouts au panier", "Añadidos al carrito",
                  "Veces que se ha añadido al carrito", "หยิบใส่รถเข็น"},
                 false},
    [C_CHECKOUTS] = {{"Checkouts", "Items checked out", "Bezahlvorgänge", "Kaufvorgänge",
                      "Processus de paiement", "Règlements", "Pasos por caja",
                      "Tramitaciones de la compra", "การชำระเงิน"},
                     false},
    [C_PURCHASES] = {{"Ecommerce purchases", "Transactions", "Purchases", "E-Commerce-Käufe",
                      "Transaktionen", "Käufe", "Achats e-commerce",
                      "Compras de comercio electrónico", "Transacciones", "การซื้อผ่านอีคอมเมิร์ซ"},
                     false},
    [C_PURCHASE_REVENUE] = {{"Purchase revenue", "Kaufumsatz", "Umsatz aus Käufen",
                             "Revenus générés par les achats", "Revenus des achats",
                             "Ingresos de compras", "Ingresos por compras", "รายได้จากการซื้อ"},
                            false},
    [C_TOTAL_REVENUE] = {{"Total revenue", "Revenue", "Gesamtumsatz", "Revenu total",
                          "Revenus totaux", "Ingresos totales", "รายได้ทั้งหมด", "รายได้รวม"},
                         false},
    [C_KEY_EVENTS] = {{"Key events", "Conversions", "Schlüsselereignisse", "Événements clés",
                       "Eventos clave", "เหตุการณ์สำคัญ"},
                      false},
    [C_EVENTS] = {{"Event count", "Ereignisanzahl", "Nombre d'événements", "Número de eventos",
                   "จำนวนเหตุการณ์"},
                  false},
    [C_ENGAGEMENT_RATE] = {{"Engagement rate", "Engagement-Rate", "Taux d'engagement",
                            "Porcentaje de interacciones", "Tasa de interacción"},
                           false},
    [C_ENGAGEMENT_TIME] = {{"Average engagement time*", "Durchschnittliche*",
                            "Durée moyenne d'engagement*", "Duración media de la interacción*"},
                           false},
    [C_PER_SESSION] = {{"Events per session", "Engaged sessions per user",
                        "Engaged sessions per active user", "Views per active user",
                        "Ereignisse pro Sitzung", "Événements par session", "Eventos por sesión"},
                       false},
    [C_BOUNCE_RATE] = {{"Bounce rate", "Absprungrate", "Taux de rebond", "Porcentaje de rebote"},
                       false},
};

/* How a dimension is called in a record; "" where it is the same as another. */
static const char *const dimension_names[DIMENSIONS] = {
    "day",    "day",      "channel", "source,medium", "source",
    "medium", "campaign", "device",  "country",       "page",
};

struct state {
    int64_t seen_from, seen_to; /* the last two dates of the comment lines */
    bool comment;               /* the last row was one: a header follows */
    bool usable;                /* the table at hand has dimensions and counts that we know */
    char dimensions[256];
};

static bool is_comment(struct str cell)
{
    cell = str_trim(cell);
    return cell.n && cell.p[0] == '#';
}

/* Dates YYYYMMDD in comment lines, in whatever language: first the start, then the end. */
static void take_dates(struct state *state, struct str line)
{
    size_t digits = 0;

    for (size_t i = 0; i <= line.n; i++) {
        if (i < line.n && isdigit((unsigned char)line.p[i])) {
            digits++;
            continue;
        }
        if (digits == 8) {
            struct read_style style = {.dates = DATES_UNKNOWN};
            int64_t day;

            if (parse_day((struct str){line.p + i - 8, 8}, &style, &day, NULL) == ERR_OK) {
                state->seen_from = state->seen_to;
                state->seen_to = day;
            }
        }
        digits = 0;
    }
}

static bool has_dimension(const struct import_run *run)
{
    for (size_t c = 0; c < DIMENSIONS; c++)
        if (import_has_column(run, c))
            return true;
    return false;
}

static bool has_metric(const struct import_run *run)
{
    for (size_t c = C_SESSIONS; c <= C_TOTAL_REVENUE; c++)
        if (import_has_column(run, c))
            return true;
    return false;
}

/* The words "Date" and "Users" alone are in many files; GA4's own begin with comment lines. */
static bool matches(const struct import_run *run)
{
    if (!has_dimension(run) || !has_metric(run))
        return false;
    if (is_comment(import_preamble(run)))
        return true;
    return import_has_column(run, C_SESSIONS) &&
           (import_has_column(run, C_CHANNEL) || import_has_column(run, C_SOURCE_MEDIUM) ||
            import_has_column(run, C_ENGAGED) || import_has_column(run, C_DEVICE) ||
            import_has_column(run, C_DATE));
}

/* The importer's column that is bound to this header cell, or C_COUNT. */
static size_t column_at(const struct import_run *run, size_t cell)
{
    const char *p = import_header_cell(run, cell).p;

    for (size_t c = 0; c < C_COUNT; c++)
        if (import_has_column(run, c) && import_column_name(run, c).p == p)
            return c;
    return C_COUNT;
}

static void add_dimension(struct buf *b, struct str name)
{
    if (b->n)
        buf_addc(b, ',');
    for (size_t i = 0; i < name.n; i++)
        buf_addc(b, (char)tolower((unsigned char)name.p[i]));
}

/* Names of the table's dimensions: ours in their order, then those that we do not know, so that
 * a table that is split further is never taken for one that is not. */
static enum err_code name_dimensions(struct import_run *run, struct state *state, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(state->dimensions) - 1);

    for (size_t c = 0; c < DIMENSIONS; c++)
        if (import_has_column(run, c) && !(c == C_NTH_DAY && import_has_column(run, C_DATE)))
            add_dimension(&b, str_of(dimension_names[c]));
    for (size_t i = 0; i < import_header_count(run); i++) {
        size_t c = column_at(run, i);

        if (c < C_COUNT && c >= DIMENSIONS)
            break;
        if (c == C_COUNT)
            add_dimension(&b, import_header_cell(run, i));
    }
    TRY(buf_check(&b, err));
    snprintf(state->dimensions, sizeof(state->dimensions), "%s", buf_cstr(&b));
    return ERR_OK;
}

static enum err_code start_table(struct import_run *run, struct err *err)
{
    struct state *state = import_state(run);

    state->comment = false;
    state->usable = has_dimension(run) && has_metric(run);
    if (state->usable)
        return name_dimensions(run, state, err);
    import_note(run, "it holds a table without a known dimension or count, which is left out");
    return ERR_OK;
}

static enum err_code begin(struct import_run *run, struct err *err)
{
    take_dates(import_state(run), import_preamble(run));
    return start_table(run, err);
}

static bool is_word(struct str s)
{
    bool letter = false;

    for (size_t i = 0; i < s.n; i++) {
        if (isdigit((unsigned char)s.p[i]))
            return false;
        letter = letter || isalpha((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80;
    }
    return letter;
}

/* A second table may follow without comment lines: words stand where counts should. */
static bool is_header(const struct import_run *run, const struct csv_row *row)
{
    size_t words = 0, metrics = 0;

    for (size_t c = C_SESSIONS; c <= C_TOTAL_REVENUE; c++) {
        if (!import_has_column(run, c))
            continue;
        metrics++;
        words += is_word(import_cell(run, row, c));
    }
    return words > 0 && words == metrics && !report_is_total(row->cells[row->n - 1]);
}

static bool is_sum(const struct import_run *run, const struct csv_row *row)
{
    bool any = false;

    if (report_is_total(row->cells[0]) || report_is_total(row->cells[row->n - 1]))
        return true;
    for (size_t c = 0; c < DIMENSIONS; c++) {
        struct str cell = import_cell(run, row, c);

        any = any || cell.n > 0;
        if (str_ieqz(cell, "grand total"))
            return true;
    }
    return !any;
}

static enum err_code read_period(struct import_run *run, const struct csv_row *row,
                                 const struct state *state, struct traffic_record *traffic,
                                 bool *out_ok, struct err *err)
{
    int64_t nth;

    *out_ok = true;
    traffic->day_from = state->seen_from;
    traffic->day_to = state->seen_to;
    if (import_has_column(run, C_DATE)) {
        TRY(import_day(run, row, C_DATE, &traffic->day_from, out_ok, err));
        traffic->day_to = traffic->day_from;
        if (*out_ok && traffic->day_from == 0) {
            *out_ok = false;
            import_reject(run, row->line, "the row has no date");
        }
        return ERR_OK;
    }
    if (state->seen_from == 0 || state->seen_to < state->seen_from) {
        err_set(err, ERR_INVALID, "the report does not tell which days it covers");
        err_hint(err, "Download it again with its comment lines (\"# Start date\"), or add the "
                      "dimension Date.");
        return ERR_INVALID;
    }
    if (!import_has_column(run, C_NTH_DAY))
        return ERR_OK;
    TRY(import_count(run, row, C_NTH_DAY, &nth, out_ok, err));
    if (*out_ok && (nth < 0 || nth > state->seen_to - state->seen_from)) {
        *out_ok = false;
        import_reject(run, row->line, "the day lies outside of the report's period");
    }
    traffic->day_from += *out_ok ? nth : 0;
    traffic->day_to = traffic->day_from;
    return ERR_OK;
}

/* "google / cpc" */
static void split_source(struct str cell, struct traffic_record *traffic)
{
    const char *slash = memmem(cell.p, cell.n, " / ", 3);

    if (!slash) {
        traffic->utm_source = cell;
        return;
    }
    traffic->utm_source = str_trim((struct str){cell.p, (size_t)(slash - cell.p)});
    traffic->utm_medium = str_trim((struct str){slash + 3, cell.n - (size_t)(slash + 3 - cell.p)});
}

static void read_dimensions(struct import_run *run, const struct csv_row *row,
                            struct traffic_record *traffic)
{
    const char *canonical;

    traffic->utm_source = import_cell(run, row, C_SOURCE);
    traffic->utm_medium = import_cell(run, row, C_MEDIUM);
    traffic->utm_campaign = import_cell(run, row, C_CAMPAIGN);
    if (import_has_column(run, C_SOURCE_MEDIUM))
        split_source(import_cell(run, row, C_SOURCE_MEDIUM), traffic);
    traffic->device = report_lower(run, import_cell(run, row, C_DEVICE));
    traffic->country = import_cell(run, row, C_COUNTRY);
    traffic->page = import_cell(run, row, C_PAGE);
    traffic->channel = import_cell(run, row, C_CHANNEL);
    canonical = channel_canonical(traffic->channel);
    if (canonical)
        traffic->channel = str_of(canonical);
    if (!import_has_column(run, C_CHANNEL) && traffic->utm_source.n && traffic->utm_medium.n) {
        struct touch touch = {.source = traffic->utm_source,
                              .medium = traffic->utm_medium,
                              .campaign = traffic->utm_campaign,
                              .click_id = STR_NONE,
                              .referrer = STR_NONE};

        traffic->channel = str_of(channel_of(&touch));
    }
}

static enum err_code read_metrics(struct import_run *run, const struct csv_row *row,
                                  struct traffic_record *traffic, bool *out_ok, struct err *err)
{
    static const struct count_cell counts[] = {
        {C_SESSIONS, offsetof(struct traffic_record, sessions)},
        {C_ENGAGED, offsetof(struct traffic_record, engaged_sessions)},
        {C_ACTIVE_USERS, offsetof(struct traffic_record, users)},
        {C_TOTAL_USERS, offsetof(struct traffic_record, users)}, /* the wider count, if both */
        {C_NEW_USERS, offsetof(struct traffic_record, new_users)},
        {C_VIEWS, offsetof(struct traffic_record, views)},
        {C_ITEMS_VIEWED, offsetof(struct traffic_record, product_views)},
        {C_CARTS, offsetof(struct traffic_record, carts)},
        {C_CHECKOUTS, offsetof(struct traffic_record, checkouts)},
        {C_PURCHASES, offsetof(struct traffic_record, purchases)},
    };
    size_t revenue =
        import_has_column(run, C_PURCHASE_REVENUE) ? C_PURCHASE_REVENUE : C_TOTAL_REVENUE;

    TRY(report_counts(run, row, counts, TM_COUNT(counts), traffic, out_ok, err));
    if (*out_ok)
        TRY(report_revenue(run, row, revenue, &traffic->revenue, &traffic->currency, out_ok, err));
    return ERR_OK;
}

static enum err_code read_data(struct import_run *run, const struct csv_row *row,
                               const struct state *state, struct err *err)
{
    struct traffic_record traffic = RECORD_INIT(traffic, TRAFFIC_COLUMNS);
    bool ok;

    traffic.line = row->line;
    traffic.dimensions = str_of(state->dimensions);
    TRY(read_period(run, row, state, &traffic, &ok, err));
    if (!ok)
        return ERR_OK;
    read_dimensions(run, row, &traffic);
    TRY(read_metrics(run, row, &traffic, &ok, err));
    return ok ? import_put(run, RECORD_TRAFFIC, &traffic, err) : ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct state *state = import_state(run);

    if (is_comment(row->cells[0])) {
        for (size_t i = 0; i < row->n; i++)
            take_dates(state, row->cells[i]);
        state->comment = true;
    } else if (state->comment || (state->usable && is_header(run, row))) {
        if (import_rebind(run, row))
            TRY(start_table(run, err));
    } else if (state->usable && !is_sum(run, row)) {
        return read_data(run, row, state, err);
    }
    import_skipped(run);
    return ERR_OK;
}

const struct importer ga4_report_importer = {
    .name = "ga4_report",
    .source = "ga4",
    .title = N_("GA4 report"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .begin = begin,
    .row = read_row,
    .state_size = sizeof(struct state),
};
