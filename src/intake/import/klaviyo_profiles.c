/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Klaviyo profiles and list members: people, and what they allow by e-mail and by SMS. */
#include "intake/import/report_cells.h"

#include "shop/identifier.h"

enum {
    C_EMAIL,
    C_ID,
    C_PHONE,
    C_FIRST,
    C_LAST,
    C_CITY,
    C_REGION,
    C_COUNTRY,
    C_ZIP,
    C_LANGUAGE,
    C_SOURCE,
    C_CREATED,
    C_ADDED,
    C_ACTIVE,
    C_EMAIL_CONSENT,
    C_EMAIL_AT,
    C_EMAIL_METHOD,
    C_SMS_CONSENT,
    C_SMS_AT,
    C_SMS_METHOD,
    C_BIRTHDAY,
    C_COUNT
};

static const struct import_column columns[C_COUNT] = {
    [C_EMAIL] = {{"Email", "Email Address"}, true},
    [C_ID] = {{"Klaviyo ID", "Profile ID", "Person ID"}, true},
    [C_PHONE] = {{"Phone Number", "Phone"}, false},
    [C_FIRST] = {{"First Name"}, false},
    [C_LAST] = {{"Last Name"}, false},
    [C_CITY] = {{"City"}, false},
    [C_REGION] = {{"State / Region", "State/Region", "Region", "State"}, false},
    [C_COUNTRY] = {{"Country"}, false},
    [C_ZIP] = {{"Zip Code", "Zip", "Postal Code"}, false},
    [C_LANGUAGE] = {{"Locale", "Language"}, false},
    [C_SOURCE] = {{"Source", "Initial Source"}, false},
    [C_CREATED] = {{"Profile Created On", "Created", "Created At", "Profile Created"}, false},
    [C_ADDED] = {{"Date Added", "Added", "List Added Date"}, false},
    [C_ACTIVE] = {{"Last Active", "Last Active On", "Last Event Date"}, false},
    [C_EMAIL_CONSENT] = {{"Email Marketing Consent", "Email Consent", "Email Marketing Status",
                          "Email Subscription Status"},
                         false},
    [C_EMAIL_AT] = {{"Email Marketing Consent Timestamp", "Email Consent Timestamp",
                     "Email Marketing Consent Date", "Email Marketing Consent Updated At",
                     "Consent Timestamp"},
                    false},
    [C_EMAIL_METHOD] = {{"Email Marketing Consent Method", "Email Consent Method",
                         "Consent Method"},
                        false},
    [C_SMS_CONSENT] = {{"SMS Marketing Consent", "SMS Consent", "SMS Consent Status",
                        "SMS Marketing Status"},
                       false},
    [C_SMS_AT] = {{"SMS Marketing Consent Timestamp", "SMS Consent Timestamp",
                   "SMS Marketing Consent Date", "SMS Consent Date"},
                  false},
    [C_SMS_METHOD] = {{"SMS Marketing Consent Method", "SMS Consent Method"}, false},
    [C_BIRTHDAY] = {{"Birthday", "Birth Date", "Birthdate", "Date of Birth"}, false},
};

static const struct {
    const char *theirs, *state;
} states[] = {
    {"SUBSCRIBED", "granted"},
    {"YES", "granted"},
    {"TRUE", "granted"},
    {"1", "granted"},
    {"UNSUBSCRIBED", "withdrawn"},
    {"NEVER_SUBSCRIBED", "denied"},
    {"NEVER SUBSCRIBED", "denied"},
    {"NO", "denied"},
    {"FALSE", "denied"},
    {"0", "denied"},
    {"PENDING", "pending"},
    {"PENDING CONFIRMATION", "pending"},
    {"SUPPRESSED", "unreachable"},
    {"BOUNCED", "unreachable"},
    {"HARD_BOUNCE", "unreachable"},
    {"USER_SUPPRESSED", "withdrawn"},
    {"MARKED_AS_SPAM", "withdrawn"},
};

struct consent_columns {
    const char *channel;
    size_t state, at, method;
};

static const struct consent_columns consents[] = {
    {"email", C_EMAIL_CONSENT, C_EMAIL_AT, C_EMAIL_METHOD},
    {"sms", C_SMS_CONSENT, C_SMS_AT, C_SMS_METHOD},
};

/* The state that the cell tells; some exports give the time of subscribing instead of a word. */
static enum err_code read_consent(struct import_run *run, const struct csv_row *row,
                                  const struct consent_columns *c, struct consent_record *consent,
                                  bool *out_ok, struct err *err)
{
    struct str value = import_cell(run, row, c->state);

    TRY(import_time(run, row, c->at, &consent->changed_at, out_ok, err));
    if (!*out_ok || value.n == 0)
        return ERR_OK;
    for (size_t i = 0; i < TM_COUNT(states) && consent->state.n == 0; i++)
        if (str_ieqz(value, states[i].theirs))
            consent->state = str_of(states[i].state);
    if (consent->state.n == 0 && value.n >= 8 && isdigit((unsigned char)value.p[0])) {
        TRY(import_time(run, row, c->state, &consent->changed_at, out_ok, err));
        consent->state = STR_LIT("granted");
    }
    if (consent->state.n == 0)
        import_note(run, "consent \"%.*s\" is not known and left out",
                    (int)(value.n < 60 ? value.n : 60), value.p);
    return ERR_OK;
}

static void fill_person(struct import_run *run, const struct csv_row *row,
                        struct person_record *person)
{
    person->first_name = import_cell(run, row, C_FIRST);
    person->last_name = import_cell(run, row, C_LAST);
    person->city = import_cell(run, row, C_CITY);
    person->region = import_cell(run, row, C_REGION);
    person->country = import_cell(run, row, C_COUNTRY);
    person->postal_code = import_cell(run, row, C_ZIP);
    person->language = import_cell(run, row, C_LANGUAGE);
    person->signup_source = import_cell(run, row, C_SOURCE);
    person->birthday =
        report_birthday(run, import_cell(run, row, C_BIRTHDAY), import_style(run)->dates);
}

/* Who joined a list on a day has not said anything that day: no withdrawal is lifted by it. */
static struct str of_list(struct import_run *run, struct str method)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4096);

    if (method.n == 0)
        return method;
    buf_addf(&text, "list: %.*s", (int)(method.n < 400 ? method.n : 400), method.p);
    return arena_str(import_row_arena(run), buf_str(&text));
}

/* An undated consent dates from the day on which the person joined the list. */
static enum err_code put_consent(struct import_run *run, const struct person_record *person,
                                 int64_t added_at, struct consent_record consent,
                                 const char *channel, struct err *err)
{
    bool sms = strcmp(channel, "sms") == 0;

    if (consent.state.n == 0 || (sms ? person->phone.n : person->email.n) == 0)
        return ERR_OK;
    consent.line = person->line;
    consent.profile_key = person->profile_key;
    consent.email = person->email;
    consent.phone = person->phone;
    consent.channel = str_of(channel);
    if (consent.method.n == 0 && str_eqz(consent.state, "granted"))
        consent.method = person->signup_source;
    if (consent.changed_at == TIME_NONE && str_eqz(consent.state, "granted") && !sms) {
        consent.changed_at = added_at;
        consent.method = of_list(run, consent.method);
    }
    return import_put(run, RECORD_CONSENT, &consent, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct consent_record consent[TM_COUNT(consents)];
    struct identifier email, phone, id;
    int64_t added_at;
    bool ok;

    identifier_email(import_cell(run, row, C_EMAIL), &email);
    identifier_phone(import_cell(run, row, C_PHONE), import_country(run), &phone);
    identifier_id(import_cell(run, row, C_ID), &id);
    if (email.n == 0 && phone.n == 0) {
        import_reject(run, row->line, "the profile has neither a valid e-mail address nor a phone");
        return ERR_OK;
    }
    person.line = row->line;
    person.email = identifier_str(&email);
    person.phone = identifier_str(&phone);
    person.profile_key = id.n ? identifier_str(&id) : person.email.n ? person.email : person.phone;
    fill_person(run, row, &person);
    TRY(import_time(run, row, C_CREATED, &person.created_at, &ok, err));
    if (ok)
        TRY(import_time(run, row, C_ACTIVE, &person.active_at, &ok, err));
    if (ok)
        TRY(import_time(run, row, C_ADDED, &added_at, &ok, err));
    for (size_t i = 0; i < TM_COUNT(consents) && ok; i++) {
        consent[i] = RECORD_INIT(consent, CONSENT_COLUMNS);
        consent[i].method = import_cell(run, row, consents[i].method);
        TRY(read_consent(run, row, &consents[i], &consent[i], &ok, err));
    }
    if (!ok)
        return ERR_OK;
    TRY(import_put(run, RECORD_PERSON, &person, err));
    for (size_t i = 0; i < TM_COUNT(consents); i++)
        TRY(put_consent(run, &person, added_at, consent[i], consents[i].channel, err));
    return ERR_OK;
}

const struct importer klaviyo_profiles_importer = {
    .name = "klaviyo_profiles",
    .source = "klaviyo",
    .title = N_("Klaviyo profiles"),
    .columns = columns,
    .column_count = TM_COUNT(columns),
    .row = read_row,
};
