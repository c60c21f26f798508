/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* WooCommerce, Analytics > Customers: one row a customer. */
#include "intake/import/fields.h"

enum {
    NAME,
    USERNAME,
    LAST_ACTIVE,
    SIGN_UP,
    EMAIL,
    ORDERS,
    SPEND,
    COUNTRY,
    CITY,
    REGION,
    POSTAL_CODE,
    PHONE,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [NAME] = {{"Name", "Nom", "Nombre", "Nome"}, true},
    [USERNAME] = {{"Username", "Benutzername", "Identifiant", "Nombre de usuario"}, true},
    [LAST_ACTIVE] = {{"Last Active", "Zuletzt aktiv", "Derni\u00e8re activit\u00e9",
                      "\u00daltima actividad"},
                     false},
    [SIGN_UP] = {{"Sign Up", "Registrierung", "Registriert", "Inscription", "Registro",
                  "Date Registered"},
                 true},
    [EMAIL] = {{"Email", "E-Mail", "E-mail", "Correo electr\u00f3nico"}, true},
    [ORDERS] = {{"Orders", "Bestellungen", "Commandes", "Pedidos"}, false},
    [SPEND] = {{"Total Spend", "Gesamtausgaben", "D\u00e9penses totales", "Gasto total"}, false},
    [COUNTRY] = {{"Country / Region", "Country", "Land / Region", "Pays/r\u00e9gion",
                  "Pa\u00eds / Regi\u00f3n"},
                 false},
    [CITY] = {{"City", "Stadt", "Ville", "Ciudad"}, false},
    [REGION] = {{"Region", "R\u00e9gion", "Regi\u00f3n"}, false},
    [POSTAL_CODE] = {{"Postal Code", "Postleitzahl", "Code postal", "C\u00f3digo postal"}, false},
    [PHONE] = {{"Billing Phone", "Shipping Phone"}, false},
};

static enum err_code read_values(struct import_run *run, const struct csv_row *row,
                                 struct person_record *person, bool *out_ok, struct err *err)
{
    const char *currency = import_currency(run);

    TRY(import_time(run, row, SIGN_UP, &person->created_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, LAST_ACTIVE, &person->active_at, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, ORDERS, &person->claimed_orders, out_ok, err));
    if (!*out_ok || !currency[0])
        return ERR_OK;
    person->currency = str_of(currency);
    return import_money(run, row, SPEND, currency, &person->claimed_spent, out_ok, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    bool ok;

    person.line = row->line;
    person.email = field_email(run, row, EMAIL);
    person.phone = field_phone(run, row, PHONE);
    person.user_id = field_id(run, row, USERNAME);
    person.profile_key = person.email.n ? person.email : person.user_id;
    if (person.profile_key.n == 0) {
        import_reject(run, row->line, "the customer has neither an e-mail address nor a user name");
        return ERR_OK;
    }
    TRY(read_values(run, row, &person, &ok, err));
    if (!ok)
        return ERR_OK;
    person.first_name = import_cell(run, row, NAME);
    person.country = import_cell(run, row, COUNTRY);
    person.city = import_cell(run, row, CITY);
    person.region = import_cell(run, row, REGION);
    person.postal_code = import_cell(run, row, POSTAL_CODE);
    return import_put(run, RECORD_PERSON, &person, err);
}

const struct importer woo_analytics_customers_importer = {
    .name = "woo_analytics_customers",
    .source = "woocommerce",
    .title = N_("WooCommerce Analytics: customers"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
};
