/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/fields.h"

#include "intake/import/report_cells.h"
#include "shop/channel.h"
#include "shop/event.h"
#include "shop/identifier.h"
#include "shop/order.h"

enum { MICROS = 1000000 };

static struct str keep(struct import_run *run, const struct identifier *id)
{
    return id->n ? arena_str(import_row_arena(run), identifier_str(id)) : STR_NONE;
}

struct str field_email(struct import_run *run, const struct csv_row *row, size_t column)
{
    struct str raw = import_cell(run, row, column);
    struct identifier id;

    if (raw.n == 0)
        return STR_NONE;
    identifier_email(raw, &id);
    return keep(run, &id);
}

struct str field_phone(struct import_run *run, const struct csv_row *row, size_t column)
{
    struct str raw = import_cell(run, row, column);
    struct identifier id;

    if (raw.n == 0)
        return STR_NONE;
    identifier_phone(raw, import_country(run), &id);
    return keep(run, &id);
}

struct str field_id(struct import_run *run, const struct csv_row *row, size_t column)
{
    struct str raw = import_cell(run, row, column);
    struct identifier id;

    if (raw.n == 0)
        return STR_NONE;
    identifier_id(raw, &id);
    return keep(run, &id);
}

struct str field_either(const struct import_run *run, const struct csv_row *row, size_t first,
                        size_t second)
{
    struct str s = import_cell(run, row, first);

    return s.n > 0 ? s : import_cell(run, row, second);
}

int64_t field_flag(const struct import_run *run, const struct csv_row *row, size_t column)
{
    int64_t flag = -1;

    if (parse_flag(import_cell(run, row, column), &flag, NULL) != ERR_OK)
        return -1;
    return flag;
}

struct str field_lower(struct import_run *run, const struct csv_row *row, size_t column)
{
    return report_lower(run, import_cell(run, row, column));
}

bool field_in_list(struct str word, const char *list)
{
    for (const char *p = list; *p && word.n > 0;) {
        size_t n = strcspn(p, " ");

        if (str_eq(word, (struct str){p, n}))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

enum err_code field_currency(struct import_run *run, const struct csv_row *row, size_t column,
                             char out[4], bool *out_ok, struct err *err)
{
    struct str cell = import_cell(run, row, column);
    const char *own;

    *out_ok = true;
    if (cell.n == 0) {
        TRY(import_need_currency(run, &own, err));
        cell = str_of(own);
    }
    if (cell.n != 3 || currency_decimals(cell) < 0) {
        import_reject(run, row->line, "\"%.*s\" is not a currency (ISO 4217)",
                      (int)(cell.n < 40 ? cell.n : 40), cell.p);
        *out_ok = false;
        return ERR_OK;
    }
    for (int i = 0; i < 3; i++)
        out[i] = (char)toupper((unsigned char)cell.p[i]);
    out[3] = 0;
    return ERR_OK;
}

int64_t micros_times(int64_t a, int64_t b)
{
    __int128 product = (__int128)a * b;

    if (a == AMOUNT_NONE || b == AMOUNT_NONE)
        return AMOUNT_NONE;
    product = (product + (product < 0 ? -MICROS / 2 : MICROS / 2)) / MICROS;
    if (product > INT64_MAX || product <= INT64_MIN)
        return AMOUNT_NONE;
    return (int64_t)product;
}

int64_t micros_over(int64_t a, int64_t b)
{
    __int128 ratio;

    if (a == AMOUNT_NONE || b == AMOUNT_NONE || b == 0)
        return AMOUNT_NONE;
    ratio = (__int128)a * MICROS / b;
    return ratio > INT64_MAX || ratio <= INT64_MIN ? AMOUNT_NONE : (int64_t)ratio;
}

int64_t micros_minus(int64_t a, int64_t b)
{
    int64_t rest;

    if (a == AMOUNT_NONE || b == AMOUNT_NONE || __builtin_sub_overflow(a, b, &rest))
        return AMOUNT_NONE;
    return rest;
}

double micros_real(int64_t micros)
{
    return micros == AMOUNT_NONE ? (double)NAN : (double)micros / MICROS;
}

int64_t line_total(int64_t quantity_micros, int64_t unit_price, int64_t discount)
{
    int64_t total = micros_times(quantity_micros, unit_price);

    return discount == AMOUNT_NONE ? total : micros_minus(total, discount);
}

enum err_code put_consent(struct import_run *run, const struct csv_row *row,
                          const struct person_record *person, size_t column, const char *channel,
                          struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);
    int64_t flag = field_flag(run, row, column);

    if (flag < 0)
        return ERR_OK;
    consent.line = row->line;
    consent.profile_key = person->profile_key;
    consent.email = person->email;
    consent.phone = person->phone;
    consent.customer_id = person->customer_id;
    consent.channel = str_of(channel);
    consent.state = flag ? STR_LIT("granted") : STR_LIT("denied");
    return import_put(run, RECORD_CONSENT, &consent, err);
}

static void finish_event(struct import_run *run, struct event_record *event)
{
    char name[EVENT_NAME_MAX];
    const struct touch touch = {event->utm_source, event->utm_medium, event->utm_campaign,
                                event->click_id, event->referrer};

    event->name = arena_str(import_row_arena(run), event_canonical(event->name, name));
    if (event->channel.n == 0)
        event->channel = str_of(channel_of(&touch));
}

void field_finish(struct import_run *run, enum record_kind kind, void *record)
{
    if (kind == RECORD_EVENT)
        finish_event(run, record);
    else if (kind == RECORD_ORDER)
        order_finish(record, STR_NONE);
}
