/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tidemark's own event format: what people did, what happened to messages sent to them, and what
 * they allowed, one row each (docs/formats.md). */
#include "base/ip_short.h"
#include "intake/import/fields.h"

enum {
    EVENT,
    OCCURRED_AT,
    EVENT_ID,
    ANONYMOUS_ID,
    USER_ID,
    CUSTOMER_ID,
    EMAIL,
    PHONE,
    SESSION_ID,
    PLATFORM,
    DEVICE,
    COUNTRY,
    UTM_SOURCE,
    UTM_MEDIUM,
    UTM_CAMPAIGN,
    CLICK_ID,
    REFERRER,
    PAGE,
    ORDER_ID,
    PRODUCT_ID,
    VALUE,
    CURRENCY,
    MESSAGE_ID,
    CHANNEL,
    CAMPAIGN_ID,
    FLOW_ID,
    FLOW_KIND,
    STEP_ID,
    PLAN_ID,
    AUDIENCE,
    PROFILE_ID,
    IS_MACHINE,
    IS_PERSONAL,
    METHOD,
    PROOF,
    WORDING,
    IP,
    USER_AGENT,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [EVENT] = {{"event"}, true},
    [OCCURRED_AT] = {{"occurred_at"}, true},
    [EVENT_ID] = {{"event_id"}, false},
    [ANONYMOUS_ID] = {{"anonymous_id"}, false},
    [USER_ID] = {{"user_id"}, false},
    [CUSTOMER_ID] = {{"customer_id"}, false},
    [EMAIL] = {{"email"}, false},
    [PHONE] = {{"phone"}, false},
    [SESSION_ID] = {{"session_id"}, false},
    [PLATFORM] = {{"platform"}, false},
    [DEVICE] = {{"device"}, false},
    [COUNTRY] = {{"country"}, false},
    [UTM_SOURCE] = {{"utm_source"}, false},
    [UTM_MEDIUM] = {{"utm_medium"}, false},
    [UTM_CAMPAIGN] = {{"utm_campaign"}, false},
    [CLICK_ID] = {{"click_id"}, false},
    [REFERRER] = {{"referrer"}, false},
    [PAGE] = {{"page"}, false},
    [ORDER_ID] = {{"order_id"}, false},
    [PRODUCT_ID] = {{"product_id"}, false},
    [VALUE] = {{"value"}, false},
    [CURRENCY] = {{"currency"}, false},
    [MESSAGE_ID] = {{"message_id"}, false},
    [CHANNEL] = {{"channel"}, false},
    [CAMPAIGN_ID] = {{"campaign_id"}, false},
    [FLOW_ID] = {{"flow_id"}, false},
    [FLOW_KIND] = {{"flow_kind"}, false},
    [STEP_ID] = {{"step_id"}, false},
    [PLAN_ID] = {{"plan_id"}, false},
    [AUDIENCE] = {{"audience"}, false},
    [PROFILE_ID] = {{"profile_id"}, false},
    [IS_MACHINE] = {{"is_machine"}, false},
    [IS_PERSONAL] = {{"is_personal"}, false},
    [METHOD] = {{"method"}, false},
    [PROOF] = {{"proof"}, false},
    [WORDING] = {{"wording"}, false},
    [IP] = {{"ip"}, false},
    [USER_AGENT] = {{"user_agent"}, false},
};

static bool one_of(struct str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eqz(word, words[i]))
            return true;
    return false;
}

static enum err_code put_message(struct import_run *run, const struct csv_row *row, struct str name,
                                 int64_t at_us, struct err *err)
{
    static const char *const names[] = {"sent",    "delivered",  "opened",      "clicked",
                                        "bounced", "complained", "unsubscribed"};
    struct message_record m = RECORD_INIT(message, MESSAGE_COLUMNS);

    if (!one_of(name, names, TM_COUNT(names))) {
        import_reject(run, row->line, "\"message_%.*s\" is not an event of messages",
                      (int)(name.n < 40 ? name.n : 40), name.p);
        return ERR_OK;
    }
    m.line = row->line;
    m.name = name;
    m.occurred_at = at_us;
    m.message_key = import_cell(run, row, MESSAGE_ID);
    m.channel = field_lower(run, row, CHANNEL);
    m.campaign_key = import_cell(run, row, CAMPAIGN_ID);
    m.flow_key = import_cell(run, row, FLOW_ID);
    m.flow_kind = field_lower(run, row, FLOW_KIND);
    m.step_key = import_cell(run, row, STEP_ID);
    m.plan_key = import_cell(run, row, PLAN_ID);
    m.audience = import_cell(run, row, AUDIENCE);
    m.profile_key = field_id(run, row, PROFILE_ID);
    m.email = field_email(run, row, EMAIL);
    m.phone = field_phone(run, row, PHONE);
    m.customer_id = field_id(run, row, CUSTOMER_ID);
    m.is_machine = field_flag(run, row, IS_MACHINE);
    m.is_personal = field_flag(run, row, IS_PERSONAL);
    if (m.profile_key.n + m.email.n + m.phone.n + m.customer_id.n == 0) {
        import_reject(run, row->line,
                      "the message does not say to whom it went (profile_id, "
                      "email, phone or customer_id)");
        return ERR_OK;
    }
    return import_put(run, RECORD_MESSAGE, &m, err);
}

static enum err_code put_word(struct import_run *run, const struct csv_row *row, struct str state,
                              int64_t at_us, struct err *err)
{
    static const char *const states[] = {"granted", "withdrawn", "denied", "pending"};
    struct consent_record c = RECORD_INIT(consent, CONSENT_COLUMNS);
    char ip[IP_SHORT_MAX];

    if (!one_of(state, states, TM_COUNT(states))) {
        import_reject(run, row->line, "\"consent_%.*s\" is not an event of consent",
                      (int)(state.n < 40 ? state.n : 40), state.p);
        return ERR_OK;
    }
    c.line = row->line;
    c.state = state;
    c.changed_at = at_us;
    c.profile_key = field_id(run, row, PROFILE_ID);
    c.email = field_email(run, row, EMAIL);
    c.phone = field_phone(run, row, PHONE);
    c.customer_id = field_id(run, row, CUSTOMER_ID);
    c.channel = field_lower(run, row, CHANNEL);
    c.method = import_cell(run, row, METHOD);
    c.proof = import_cell(run, row, PROOF);
    c.wording = import_cell(run, row, WORDING);
    c.page = import_cell(run, row, PAGE);
    c.agent = import_cell(run, row, USER_AGENT);
    (void)ip_short(import_cell(run, row, IP), ip);
    c.ip = str_of(ip);
    if (c.profile_key.n + c.email.n + c.phone.n + c.customer_id.n == 0 || c.channel.n == 0) {
        import_reject(run, row->line,
                      "a consent needs a channel and whose it is (profile_id, "
                      "email, phone or customer_id)");
        return ERR_OK;
    }
    return import_put(run, RECORD_CONSENT, &c, err);
}

/* An id made from the content, so that the same event of two files is one. */
static struct str key_of(struct import_run *run, const struct csv_row *row)
{
    uint64_t hash = 14695981039346656037u;
    char text[24];

    for (size_t i = 0; i < row->n; i++)
        hash = (hash ^ str_hash(row->cells[i])) * 1099511628211u;
    snprintf(text, sizeof(text), "h%016" PRIx64, hash);
    return arena_str(import_row_arena(run), str_of(text));
}

static enum err_code read_value(struct import_run *run, const struct csv_row *row,
                                struct event_record *e, bool *out_ok, struct err *err)
{
    char currency[4];

    *out_ok = true;
    if (import_cell(run, row, VALUE).n == 0)
        return ERR_OK;
    TRY(field_currency(run, row, CURRENCY, currency, out_ok, err));
    if (!*out_ok)
        return ERR_OK;
    e->currency = arena_str(import_row_arena(run), str_of(currency));
    return import_money(run, row, VALUE, currency, &e->value, out_ok, err);
}

static enum err_code put_event(struct import_run *run, const struct csv_row *row, struct str name,
                               int64_t at_us, struct err *err)
{
    struct event_record e = RECORD_INIT(event, EVENT_COLUMNS);
    bool ok;

    e.line = row->line;
    e.name = name;
    e.occurred_at = at_us;
    e.event_key = import_cell(run, row, EVENT_ID);
    if (e.event_key.n == 0)
        e.event_key = key_of(run, row);
    e.anonymous_id = field_id(run, row, ANONYMOUS_ID);
    e.user_id = field_id(run, row, USER_ID);
    e.customer_id = field_id(run, row, CUSTOMER_ID);
    e.email = field_email(run, row, EMAIL);
    e.phone = field_phone(run, row, PHONE);
    e.session_id = import_cell(run, row, SESSION_ID);
    e.platform = import_cell(run, row, PLATFORM);
    e.device = field_lower(run, row, DEVICE);
    e.country = import_cell(run, row, COUNTRY);
    e.utm_source = import_cell(run, row, UTM_SOURCE);
    e.utm_medium = import_cell(run, row, UTM_MEDIUM);
    e.utm_campaign = import_cell(run, row, UTM_CAMPAIGN);
    e.click_id = import_cell(run, row, CLICK_ID);
    e.referrer = import_cell(run, row, REFERRER);
    e.page = import_cell(run, row, PAGE);
    e.order_key = import_cell(run, row, ORDER_ID);
    e.product_key = import_cell(run, row, PRODUCT_ID);
    TRY(read_value(run, row, &e, &ok, err));
    if (!ok)
        return ERR_OK;
    field_finish(run, RECORD_EVENT, &e);
    return import_put(run, RECORD_EVENT, &e, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct str event = field_lower(run, row, EVENT);
    const size_t message = strlen("message_"), consent = strlen("consent_");
    int64_t at_us;
    bool ok;

    TRY(import_time(run, row, OCCURRED_AT, &at_us, &ok, err));
    if (!ok)
        return ERR_OK;
    if (event.n == 0 || at_us == TIME_NONE) {
        import_reject(run, row->line, "an event needs a name (event) and a time (occurred_at)");
        return ERR_OK;
    }
    if (str_starts(event, "message_"))
        return put_message(run, row, (struct str){event.p + message, event.n - message}, at_us,
                           err);
    if (str_starts(event, "consent_"))
        return put_word(run, row, (struct str){event.p + consent, event.n - consent}, at_us, err);
    return put_event(run, row, event, at_us, err);
}

const struct importer tidemark_events_importer = {
    .name = "tidemark_events",
    .source = "tidemark",
    .title = N_("Tidemark events"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
};
