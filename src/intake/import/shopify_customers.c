/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shopify's customers_export.csv, current and older, and its import template, which lacks ids and
 * totals. Of the columns of metafields, which the shop names, the day of birth is read: Shopify's
 * own field for it. */
#include "intake/import/fields.h"
#include "intake/import/report_cells.h"

enum {
    CUSTOMER_ID,
    FIRST_NAME,
    LAST_NAME,
    EMAIL,
    ACCEPTS_EMAIL,
    ACCEPTS_SMS,
    ACCEPTS_WHATSAPP,
    CITY,
    REGION,
    COUNTRY,
    ZIP,
    PHONE,
    ADDRESS_PHONE,
    SPENT,
    ORDERS,
    TAGS,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [CUSTOMER_ID] = {{"Customer ID"}, false},
    [FIRST_NAME] = {{"First Name"}, true},
    [LAST_NAME] = {{"Last Name"}, true},
    [EMAIL] = {{"Email"}, true},
    [ACCEPTS_EMAIL] = {{"Accepts Email Marketing", "Accepts Marketing"}, true},
    [ACCEPTS_SMS] = {{"Accepts SMS Marketing"}, false},
    [ACCEPTS_WHATSAPP] = {{"Accepts WhatsApp Marketing"}, false},
    [CITY] = {{"Default Address City", "City"}, false},
    [REGION] = {{"Default Address Province Code", "Province Code", "Province"}, false},
    [COUNTRY] = {{"Default Address Country Code", "Country Code", "Country"}, false},
    [ZIP] = {{"Default Address Zip", "Zip"}, false},
    [PHONE] = {{"Phone"}, false},
    [ADDRESS_PHONE] = {{"Default Address Phone"}, false},
    [SPENT] = {{"Total Spent"}, false},
    [ORDERS] = {{"Total Orders"}, false},
    [TAGS] = {{"Tags"}, false},
};

static struct str birthday(struct import_run *run, const struct csv_row *row)
{
    static const char field[] = "(customer.metafields.facts.birth_date)";

    for (size_t i = 0; i < import_header_count(run) && i < row->n; i++) {
        const struct str name = str_trim(import_header_cell(run, i));

        if (name.n >= sizeof(field) - 1 &&
            str_eqz((struct str){name.p + name.n - (sizeof(field) - 1), sizeof(field) - 1}, field))
            return report_birthday(run, str_trim(row->cells[i]), import_style(run)->dates);
    }
    return STR_NONE;
}

/* The total says no currency: it is the shop's, and left out where that is not known. */
static enum err_code read_totals(struct import_run *run, const struct csv_row *row,
                                 struct person_record *person, bool *out_ok, struct err *err)
{
    const char *currency = import_currency(run);

    TRY(import_count(run, row, ORDERS, &person->claimed_orders, out_ok, err));
    if (!*out_ok || !currency[0])
        return ERR_OK;
    person->currency = str_of(currency);
    return import_money(run, row, SPENT, currency, &person->claimed_spent, out_ok, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    bool ok;

    person.line = row->line;
    person.customer_id = field_id(run, row, CUSTOMER_ID);
    person.email = field_email(run, row, EMAIL);
    person.phone = field_phone(run, row, PHONE);
    if (person.phone.n == 0)
        person.phone = field_phone(run, row, ADDRESS_PHONE);
    person.profile_key = person.customer_id.n ? person.customer_id
                         : person.email.n     ? person.email
                                              : person.phone;
    if (person.profile_key.n == 0) {
        import_reject(run, row->line, "the customer has no id, e-mail address or phone number");
        return ERR_OK;
    }
    TRY(read_totals(run, row, &person, &ok, err));
    if (!ok)
        return ERR_OK;
    person.first_name = import_cell(run, row, FIRST_NAME);
    person.last_name = import_cell(run, row, LAST_NAME);
    person.city = import_cell(run, row, CITY);
    person.region = import_cell(run, row, REGION);
    person.country = import_cell(run, row, COUNTRY);
    person.postal_code = import_cell(run, row, ZIP);
    person.tags = import_cell(run, row, TAGS);
    person.birthday = birthday(run, row);
    TRY(import_put(run, RECORD_PERSON, &person, err));
    if (person.email.n > 0)
        TRY(put_consent(run, row, &person, ACCEPTS_EMAIL, "email", err));
    if (person.phone.n == 0)
        return ERR_OK;
    TRY(put_consent(run, row, &person, ACCEPTS_SMS, "sms", err));
    return put_consent(run, row, &person, ACCEPTS_WHATSAPP, "whatsapp", err);
}

const struct importer shopify_customers_importer = {
    .name = "shopify_customers",
    .source = "shopify",
    .title = N_("Shopify customers"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
};
