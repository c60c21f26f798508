/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/report_cells.h"

#include "shop/birthday.h"
#include "shop/identifier.h"

/* In English, German, French and Spanish, Italian, Thai, Arabic; the longer before its part. */
static const char *const total_words[] = {
    "grand total",    "gesamtsumme", "gesamtergebnis", "gesamt",  "total general", "total général",
    "total generale", "totals",      "totale",         "totales", "totaux",        "total",
    "summe",          "somme",       "ผลรวมทั้งหมด",     "ยอดรวม",  "ผลรวม",         "รวม",
    "الإجمالي",       "المجموع",
};

enum err_code report_counts(struct import_run *run, const struct csv_row *row,
                            const struct count_cell *cells, size_t n, void *record, bool *out_ok,
                            struct err *err)
{
    int64_t count;

    *out_ok = true;
    for (size_t i = 0; i < n && *out_ok; i++) {
        if (!import_has_column(run, cells[i].column))
            continue;
        TRY(import_count(run, row, cells[i].column, &count, out_ok, err));
        if (*out_ok)
            memcpy((char *)record + cells[i].offset, &count, sizeof(count));
    }
    return ERR_OK;
}

enum err_code report_revenue(struct import_run *run, const struct csv_row *row, size_t column,
                             int64_t *out_minor, struct str *out_currency, bool *out_ok,
                             struct err *err)
{
    struct str currency = str_of(import_currency(run));

    *out_ok = true;
    *out_minor = AMOUNT_NONE;
    *out_currency = STR_NONE;
    if (!import_has_column(run, column))
        return ERR_OK;
    if (currency.n == 0) {
        import_note(run, "its revenue is left out, because neither the file nor the settings name "
                         "a currency: import it again with --currency CODE");
        return ERR_OK;
    }
    TRY(import_money(run, row, column, currency.p, out_minor, out_ok, err));
    *out_currency = currency;
    return ERR_OK;
}

enum err_code report_sent_at(struct import_run *run, const struct csv_row *row, size_t column,
                             struct mailing_record *out_mailing, bool *out_ok, struct err *err)
{
    TRY(import_time(run, row, column, &out_mailing->sent_at, out_ok, err));
    if (*out_ok && out_mailing->sent_at == TIME_NONE) {
        import_reject(run, row->line, "the campaign has no time of sending");
        *out_ok = false;
    }
    return *out_ok ? import_day(run, row, column, &out_mailing->day, out_ok, err) : ERR_OK;
}

enum err_code report_rate_of(struct import_run *run, const struct csv_row *row, size_t column,
                             int64_t base, int64_t *out_n, bool *out_ok, struct err *err)
{
    double rate;

    *out_ok = true;
    *out_n = AMOUNT_NONE;
    if (!import_has_column(run, column))
        return ERR_OK;
    TRY(import_real(run, row, column, &rate, out_ok, err));
    if (!*out_ok || isnan(rate) || base == AMOUNT_NONE)
        return ERR_OK;
    if (rate < 0 || rate > 1) {
        struct str name = import_column_name(run, column);

        *out_ok = false;
        import_reject(run, row->line, "column \"%.*s\": a rate lies between 0 and 100%%",
                      (int)name.n, name.p);
        return ERR_OK;
    }
    *out_n = llround(rate * (double)base);
    return ERR_OK;
}

/* What follows the word for a sum; .p is NULL when the cell does not begin with one. */
static struct str after_total(struct str cell)
{
    for (size_t i = 0; i < TM_COUNT(total_words); i++) {
        size_t n = strlen(total_words[i]);

        if (cell.n >= n && str_ieqz((struct str){cell.p, n}, total_words[i]))
            return (struct str){cell.p + n, cell.n - n};
    }
    return (struct str){NULL, 0};
}

bool report_is_total(struct str cell)
{
    struct str rest = after_total(str_trim(cell));

    if (!rest.p)
        return false;
    rest = str_trim(rest);
    return rest.n == 0 || rest.p[0] == ':' || rest.p[0] == '-' ||
           str_starts(rest, "\xE2\x80\x93") || str_starts(rest, "\xE2\x80\x94");
}

bool report_starts_total(struct str cell)
{
    return after_total(str_trim(cell)).p != NULL;
}

struct str report_currency_of(struct str name)
{
    for (size_t i = name.n; i >= 5; i--) {
        struct str code = {name.p + i - 4, 3};

        if (name.p[i - 1] == ')' && name.p[i - 5] == '(' && currency_decimals(code) >= 0)
            return code;
    }
    return STR_NONE;
}

struct str report_lower(struct import_run *run, struct str s)
{
    char *copy = arena_strdup(import_row_arena(run), s);

    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    return str_of(copy);
}

struct str report_key(struct import_run *run, const struct csv_row *row, size_t column,
                      struct str name)
{
    struct identifier id;

    identifier_id(import_cell(run, row, column), &id);
    return id.n ? arena_str(import_row_arena(run), identifier_str(&id)) : name;
}

struct str report_channel(struct import_run *run, const struct csv_row *row, size_t column)
{
    struct str channel = report_lower(run, import_cell(run, row, column));

    return channel.n ? channel : STR_LIT("email");
}

struct str report_birthday(struct import_run *run, struct str cell, enum date_order order)
{
    char day[BIRTHDAY_SIZE];

    if (!cell.n)
        return STR_NONE;
    if (birthday_of(cell, order, day))
        return arena_str(import_row_arena(run), str_of(day));
    import_note(run, "birthdays that are no day, or can be read in two ways, are left out");
    return STR_NONE;
}
