/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mailchimp audience exports: subscribed, unsubscribed, cleaned and non-subscribed members. The
 * files differ by their columns: UNSUB_TIME and CLEAN_TIME. Times are UTC; birthdays are MM/DD. */
#include "intake/import/report_cells.h"

#include "base/ip_short.h"
#include "shop/identifier.h"

enum {
    C_EMAIL,
    C_FIRST,
    C_LAST,
    C_PHONE,
    C_RATING,
    C_OPTIN_TIME,
    C_OPTIN_IP,
    C_CONFIRM_TIME,
    C_CONFIRM_IP,
    C_COUNTRY,
    C_REGION,
    C_LAST_CHANGED,
    C_LEID,
    C_EUID,
    C_TAGS,
    C_UNSUB_TIME,
    C_UNSUB_TITLE,
    C_UNSUB_REASON,
    C_CLEAN_TIME,
    C_CLEAN_TITLE,
    C_SOURCE,
    C_LANGUAGE,
    C_BIRTHDAY,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_EMAIL] = {{"Email Address", "Email", "E-Mail-Adresse", "E-Mail", "Adresse e-mail",
                  "Adresse électronique", "Dirección de correo electrónico", "Correo electrónico",
                  "อีเมล", "البريد الإلكتروني"},
                 true},
    [C_FIRST] = {{"First Name", "FNAME", "Vorname", "Prénom", "Nombre", "ชื่อ"}, false},
    [C_LAST] = {{"Last Name", "LNAME", "Nachname", "Nom", "Apellidos", "Apellido", "นามสกุล"},
                false},
    [C_PHONE] = {{"Phone Number", "Phone", "Mobile", "SMS Phone Number", "Telefon", "Téléphone",
                  "Teléfono", "โทรศัพท์"},
                 false},
    [C_RATING] = {{"MEMBER_RATING"}, false},
    [C_OPTIN_TIME] = {{"OPTIN_TIME"}, false},
    [C_OPTIN_IP] = {{"OPTIN_IP"}, false},
    [C_CONFIRM_TIME] = {{"CONFIRM_TIME"}, false},
    [C_CONFIRM_IP] = {{"CONFIRM_IP"}, false},
    [C_COUNTRY] = {{"CC"}, false},
    [C_REGION] = {{"REGION"}, false},
    [C_LAST_CHANGED] = {{"LAST_CHANGED"}, false},
    [C_LEID] = {{"LEID"}, false},
    [C_EUID] = {{"EUID"}, false},
    [C_TAGS] = {{"TAGS"}, false},
    [C_UNSUB_TIME] = {{"UNSUB_TIME"}, false},
    [C_UNSUB_TITLE] = {{"UNSUB_CAMPAIGN_TITLE"}, false},
    [C_UNSUB_REASON] = {{"UNSUB_REASON"}, false},
    [C_CLEAN_TIME] = {{"CLEAN_TIME"}, false},
    [C_CLEAN_TITLE] = {{"CLEAN_CAMPAIGN_TITLE"}, false},
    [C_SOURCE] = {{"SOURCE", "Signup Source"}, false},
    [C_LANGUAGE] = {{"LANGUAGE", "Language"}, false},
    [C_BIRTHDAY] = {{"Birthday", "BIRTHDAY", "Geburtstag", "Anniversaire", "Cumpleaños", "วันเกิด",
                     "عيد الميلاد"},
                    false},
};

struct member {
    struct identifier email, phone;
    int64_t optin_at, confirm_at, changed_at, left_at;
};

static bool matches(const struct import_run *run)
{
    int signs = import_has_column(run, C_RATING) + import_has_column(run, C_OPTIN_TIME) +
                import_has_column(run, C_CONFIRM_TIME) + import_has_column(run, C_LEID) +
                import_has_column(run, C_EUID);

    return signs >= 2;
}

static enum err_code begin(struct import_run *run, struct err *err)
{
    (void)err;
    import_style(run)->zone = NULL;
    return ERR_OK;
}

/* "\"VIP\",\"Blog\"" -> "VIP,Blog" */
static struct str plain_tags(struct import_run *run, struct str tags)
{
    char *out = arena_strdup(import_row_arena(run), tags);
    size_t n = 0;

    for (char *p = out; *p; p++)
        if (*p != '"')
            out[n++] = *p;
    out[n] = '\0';
    return str_of(out);
}

static enum err_code put_person(struct import_run *run, const struct csv_row *row,
                                const struct member *m, struct str key, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);

    person.line = row->line;
    person.profile_key = key;
    person.email = identifier_str(&m->email);
    person.phone = identifier_str(&m->phone);
    person.first_name = import_cell(run, row, C_FIRST);
    person.last_name = import_cell(run, row, C_LAST);
    person.country = import_cell(run, row, C_COUNTRY);
    person.region = import_cell(run, row, C_REGION);
    person.language = import_cell(run, row, C_LANGUAGE);
    person.tags = plain_tags(run, import_cell(run, row, C_TAGS));
    person.signup_source = import_cell(run, row, C_SOURCE);
    person.birthday = report_birthday(run, import_cell(run, row, C_BIRTHDAY), DATES_MDY);
    person.created_at = m->optin_at != TIME_NONE ? m->optin_at : m->confirm_at;
    return import_put(run, RECORD_PERSON, &person, err);
}

/* How the member came onto the list, with the address it was done from as proof. */
static enum err_code put_joined(struct import_run *run, const struct csv_row *row,
                                const struct member *m, struct consent_record consent,
                                struct err *err)
{
    struct str optin_ip = import_cell(run, row, C_OPTIN_IP);
    struct str confirm_ip = import_cell(run, row, C_CONFIRM_IP);
    char ip[IP_SHORT_MAX];

    consent.state = STR_LIT("granted");
    consent.changed_at = m->confirm_at != TIME_NONE ? m->confirm_at : m->optin_at;
    if (optin_ip.n && m->optin_at != TIME_NONE && m->confirm_at > m->optin_at)
        consent.method = STR_LIT("double opt-in");
    else
        consent.method = optin_ip.n ? STR_LIT("form") : STR_LIT("import");
    if (ip_short(optin_ip.n ? optin_ip : confirm_ip, ip))
        consent.proof = str_of(ip);
    return import_put(run, RECORD_CONSENT, &consent, err);
}

static enum err_code put_left(struct import_run *run, const struct csv_row *row,
                              const struct member *m, struct consent_record consent,
                              struct err *err)
{
    bool cleaned = import_has_column(run, C_CLEAN_TIME);
    struct str title = import_cell(run, row, cleaned ? C_CLEAN_TITLE : C_UNSUB_TITLE);
    struct str reason = import_cell(run, row, C_UNSUB_REASON);

    consent.state = cleaned ? STR_LIT("unreachable") : STR_LIT("withdrawn");
    consent.method = cleaned ? STR_LIT("bounce") : STR_LIT("unsubscribe");
    consent.proof = title.n ? title : reason;
    consent.changed_at = m->left_at != TIME_NONE ? m->left_at : m->changed_at;
    return import_put(run, RECORD_CONSENT, &consent, err);
}

static enum err_code put_consents(struct import_run *run, const struct csv_row *row,
                                  const struct member *m, struct str key, struct err *err)
{
    struct consent_record consent = RECORD_INIT(consent, CONSENT_COLUMNS);
    bool joined = m->optin_at != TIME_NONE || m->confirm_at != TIME_NONE;

    consent.line = row->line;
    consent.profile_key = key;
    consent.email = identifier_str(&m->email);
    consent.channel = STR_LIT("email");
    if (joined)
        TRY(put_joined(run, row, m, consent, err));
    if (import_has_column(run, C_CLEAN_TIME) || import_has_column(run, C_UNSUB_TIME))
        return put_left(run, row, m, consent, err);
    if (joined)
        return ERR_OK;
    import_note(run, "members without a time of opt-in or confirmation count as not having agreed");
    consent.state = STR_LIT("denied");
    return import_put(run, RECORD_CONSENT, &consent, err);
}

static enum err_code read_times(struct import_run *run, const struct csv_row *row, struct member *m,
                                bool *out_ok, struct err *err)
{
    size_t left = import_has_column(run, C_CLEAN_TIME) ? C_CLEAN_TIME : C_UNSUB_TIME;

    TRY(import_time(run, row, C_OPTIN_TIME, &m->optin_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, C_CONFIRM_TIME, &m->confirm_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, C_LAST_CHANGED, &m->changed_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, left, &m->left_at, out_ok, err));
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct member m = {.optin_at = TIME_NONE};
    struct str key = import_cell(run, row, C_EUID);
    bool ok;

    identifier_email(import_cell(run, row, C_EMAIL), &m.email);
    identifier_phone(import_cell(run, row, C_PHONE), import_country(run), &m.phone);
    if (m.email.n == 0) {
        import_reject(run, row->line, "the e-mail address is missing or not valid");
        return ERR_OK;
    }
    TRY(read_times(run, row, &m, &ok, err));
    if (!ok)
        return ERR_OK;
    if (key.n == 0)
        key = import_cell(run, row, C_LEID);
    if (key.n == 0)
        key = identifier_str(&m.email);
    TRY(put_person(run, row, &m, key, err));
    return put_consents(run, row, &m, key, err);
}

const struct importer mailchimp_audience_importer = {
    .name = "mailchimp_audience",
    .source = "mailchimp",
    .title = N_("Mailchimp audience"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .matches = matches,
    .begin = begin,
    .row = read_row,
};
