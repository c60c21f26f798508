/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "audience/complete.h"

#include "audience/complete_parts.h"
#include "audience/fold.h"
#include "audience/holds.h"
#include "base/money.h"
#include "shop/birthday.h"

enum { LIST_MOST = 1000, FOLDED_BYTES = 64 << 10, VISIT_PAUSE_MINUTES = 30 };

int64_t complete_day(const struct completing *how, int64_t at_us)
{
    struct civil c = zone_from_utc(how->zone, at_us);

    return civil_to_days(c.year, c.month, c.day);
}

int64_t complete_amount(const struct completing *how, int64_t amount, struct str currency,
                        int64_t day)
{
    if (how->terms)
        return audience_terms_amount(how->terms, amount, currency, day);
    return !currency.n || str_eqz(currency, how->currency) ? amount : AMOUNT_NONE;
}

struct fact *complete_own_row(struct audience_facts *facts)
{
    return audience_facts_row(facts, FROM_PERSON);
}

void complete_text(struct audience_facts *facts, struct fact *row, enum column_id column,
                   struct str text)
{
    if (text.n)
        fact_text(facts, row, column, text, true);
}

void complete_list(struct audience_facts *facts, struct fact *row, enum column_id column,
                   struct str text)
{
    struct fact *list = complete_cell(row, column);
    struct buf folded = BUF_INIT(FOLDED_BYTES);
    struct str texts[LIST_MOST + 1];
    bool known = false;

    fold_add(&folded, text);
    for (size_t i = 0; i < list->n && !known; i++)
        known = str_eq(list->list[i], buf_str(&folded));
    if (text.n && !known && list->n < LIST_MOST) {
        if (list->n)
            memcpy(texts, list->list, list->n * sizeof(*texts));
        texts[list->n] = buf_str(&folded);
        fact_list(facts, row, column, texts, list->n + 1, false);
    }
    buf_release(&folded);
}

/* ---- events and visits --------------------------------------------------------------------- */

static bool is_direct(struct str channel)
{
    return !channel.n || str_ieqz(channel, "direct") || str_ieqz(channel, "unassigned");
}

/* The newest moment at which the person did something before this one. */
static int64_t last_moment(const struct audience_facts *facts)
{
    size_t n, columns = (size_t)source_columns(FROM_EVENTS);
    const struct fact *rows = facts_rows(facts, FROM_EVENTS, &n);
    int64_t last = INT64_MIN;

    for (size_t i = 0; i < n; i++) {
        int64_t at = rows[i * columns + (size_t)column_infos[EVENTS_at].at].i;

        last = at > last ? at : last;
    }
    return last;
}

static void note_visit(struct audience_facts *facts, const struct event_record *r, int64_t day,
                       int64_t last)
{
    struct str channel = is_direct(r->channel) ? str_of("Direct") : r->channel;
    struct fact *own = complete_own_row(facts);
    const bool begins =
        last == INT64_MIN || r->occurred_at - last > VISIT_PAUSE_MINUTES * 60 * US_PER_SECOND;

    if (complete_cell(own, PERSON_first_seen_day)->i == AMOUNT_NONE) {
        fact_int(own, PERSON_first_seen_day, day);
        fact_text(facts, own, PERSON_first_channel, channel, true);
        complete_text(facts, own, PERSON_first_device, r->device);
    }
    if (r->occurred_at < last)
        return;
    if (complete_cell(own, PERSON_last_seen_day)->i == AMOUNT_NONE ||
        complete_cell(own, PERSON_last_seen_day)->i < day)
        fact_int(own, PERSON_last_seen_day, day);
    if (begins ||
        (is_direct(complete_cell(own, PERSON_last_channel)->text) && !is_direct(r->channel)))
        fact_text(facts, own, PERSON_last_channel, channel, true);
    if (begins)
        complete_text(facts, own, PERSON_last_device, r->device);
    complete_list(facts, own, PERSON_devices, r->device);
}

static void take_event(struct audience_facts *facts, struct completing *how,
                       const struct event_record *r)
{
    const int64_t last = last_moment(facts), day = complete_day(how, r->occurred_at);
    struct fact *row = audience_facts_row(facts, FROM_EVENTS);

    if (!row)
        return;
    fact_int(row, EVENTS_at, r->occurred_at);
    fact_int(row, EVENTS_day, day);
    fact_text(facts, row, EVENTS_event, r->name, true);
    fact_text(facts, row, EVENTS_product, r->product_key, true);
    fact_int(row, EVENTS_value, complete_amount(how, r->value, r->currency, day));
    fact_text(facts, row, EVENTS_channel, r->channel, true);
    fact_text(facts, row, EVENTS_device, r->device, true);
    fact_text(facts, row, EVENTS_platform, r->platform, true);
    fact_text(facts, row, EVENTS_country, r->country, true);
    fact_text(facts, row, EVENTS_campaign, r->utm_campaign, true);
    fact_text(facts, row, EVENTS_page, r->page, true);
    if (!str_eqz(r->name, "order_refund"))
        note_visit(facts, r, day, last);
}

/* ---- messages and consent ------------------------------------------------------------------ */

static void set_consent(struct audience_facts *facts, const struct completing *how,
                        struct str channel, struct str state, int64_t at_us)
{
    size_t n, columns = (size_t)source_columns(FROM_CONSENTS);
    const struct fact *rows = facts_rows(facts, FROM_CONSENTS, &n);
    const int64_t day = at_us > TIME_NONE ? complete_day(how, at_us) : AMOUNT_NONE;
    struct fact *row = NULL;

    for (size_t i = 0; i < n && !row; i++)
        if (str_eq(rows[i * columns + (size_t)column_infos[CONSENTS_channel].at].text, channel))
            row = audience_facts_at(facts, FROM_CONSENTS, i);
    if (row && day != AMOUNT_NONE && complete_cell(row, CONSENTS_day)->i > day)
        return; /* a later word is known */
    if (!row)
        row = audience_facts_row(facts, FROM_CONSENTS);
    if (!row)
        return;
    fact_text(facts, row, CONSENTS_channel, channel, true);
    fact_text(facts, row, CONSENTS_state, state, true);
    fact_int(row, CONSENTS_day, day);
}

/* People get a campaign's or flow's message once: a second click is the same one's. */
static bool is_told(const struct audience_facts *facts, const struct message_record *r)
{
    size_t n, columns = (size_t)source_columns(FROM_MESSAGES);
    const struct fact *rows = facts_rows(facts, FROM_MESSAGES, &n);
    const struct {
        enum column_id column;
        struct str text;
    } same[] = {{MESSAGES_kind, r->name},
                {MESSAGES_channel, r->channel},
                {MESSAGES_campaign, r->campaign_key},
                {MESSAGES_flow, r->flow_key}};

    for (size_t i = 0; i < n; i++) {
        bool told = true;

        for (size_t k = 0; k < TM_COUNT(same) && told; k++) {
            struct buf folded = BUF_INIT(FOLDED_BYTES);

            fold_add(&folded, same[k].text);
            told = str_eq(rows[i * columns + (size_t)column_infos[same[k].column].at].text,
                          buf_str(&folded));
            buf_release(&folded);
        }
        if (told)
            return true;
    }
    return false;
}

static bool withdraws(const struct message_record *r)
{
    return str_eqz(r->name, "unsubscribed") || str_eqz(r->name, "complained");
}

static void take_message(struct audience_facts *facts, struct completing *how,
                         const struct message_record *r)
{
    const bool by_machine =
        r->is_machine == 1 && (str_eqz(r->name, "opened") || str_eqz(r->name, "clicked"));
    struct fact *row;

    if (withdraws(r))
        set_consent(facts, how, r->channel, str_of("withdrawn"), r->occurred_at);
    if (by_machine || r->occurred_at <= TIME_NONE || is_told(facts, r) ||
        !(row = audience_facts_row(facts, FROM_MESSAGES)))
        return;
    fact_int(row, MESSAGES_at, r->occurred_at);
    fact_int(row, MESSAGES_day, complete_day(how, r->occurred_at));
    fact_text(facts, row, MESSAGES_kind, r->name, true);
    fact_text(facts, row, MESSAGES_channel, r->channel, true);
    fact_text(facts, row, MESSAGES_campaign, r->campaign_key, true);
    fact_text(facts, row, MESSAGES_flow, r->flow_key, true);
    fact_text(facts, row, MESSAGES_flow_kind, r->flow_kind, true);
}

/* ---- profiles ------------------------------------------------------------------------------ */

static void take_name(struct audience_facts *facts, struct fact *own, const struct person_record *r)
{
    struct buf name = BUF_INIT(4096);

    buf_adds(&name, r->first_name);
    if (r->first_name.n && r->last_name.n)
        buf_addc(&name, ' ');
    buf_adds(&name, r->last_name);
    complete_text(facts, own, PERSON_name, buf_str(&name));
    buf_release(&name);
}

static void take_tags(struct audience_facts *facts, struct fact *own, struct str tags)
{
    while (tags.n) {
        const char *comma = memchr(tags.p, ',', tags.n);
        struct str tag = {tags.p, comma ? (size_t)(comma - tags.p) : tags.n};

        tags.p += tag.n + (comma ? 1 : 0);
        tags.n -= tag.n + (comma ? 1 : 0);
        complete_list(facts, own, PERSON_tags, str_trim(tag));
    }
}

static void take_person(struct audience_facts *facts, const struct completing *how,
                        const struct person_record *r)
{
    const char *at = r->email.n ? memchr(r->email.p, '@', r->email.n) : NULL;
    struct fact *own = complete_own_row(facts);
    int month, of_month;

    if (r->is_deleted == 1)
        return;
    take_name(facts, own, r);
    complete_text(facts, own, PERSON_email, r->email);
    if (at)
        complete_text(facts, own, PERSON_domain,
                      (struct str){at + 1, r->email.n - (size_t)(at + 1 - r->email.p)});
    complete_text(facts, own, PERSON_language, r->language);
    complete_text(facts, own, PERSON_signup_source, r->signup_source);
    if (birthday_parts(r->birthday, &month, &of_month)) {
        fact_int(own, PERSON_birth_month, month);
        fact_int(own, PERSON_birth_day, of_month);
    }
    if (r->created_at > TIME_NONE && complete_cell(own, PERSON_added_day)->i == AMOUNT_NONE)
        fact_int(own, PERSON_added_day, complete_day(how, r->created_at));
    complete_list(facts, own, PERSON_countries, r->country);
    complete_list(facts, own, PERSON_regions, r->region);
    complete_list(facts, own, PERSON_cities, r->city);
    take_tags(facts, own, r->tags);
}

/* ---- what is otherwise now ----------------------------------------------------------------- */

static bool is_same(const struct fact *a, const struct fact *b)
{
    return a->i == b->i && a->n == b->n && str_eq(a->text, b->text);
}

/* Lists only grow. */
static void touch_own(struct audience_facts *facts, const struct fact *before,
                      struct audience_touched *touched)
{
    const struct fact *own = complete_own_row(facts);

    for (int i = 0; i < source_columns(FROM_PERSON); i++)
        if (!is_same(&own[i], &before[i]))
            touched->own |= UINT64_C(1) << i;
}

static void touch_named(struct audience_touched *touched, enum word_source source, struct str name)
{
    struct buf folded = BUF_INIT(FOLDED_BYTES);

    fold_add(&folded, name);
    audience_touch(touched, source, buf_str(&folded));
    buf_release(&folded);
}

static void touch_rows(struct audience_touched *touched, enum record_kind kind, const void *record)
{
    switch (kind) {
    case RECORD_ORDER:
        audience_touch(touched, FROM_ORDERS, STR_NONE);
        audience_touch(touched, FROM_LINES, STR_NONE);
        break;
    case RECORD_LINE:
        audience_touch(touched, FROM_LINES, STR_NONE);
        break;
    case RECORD_REFUND:
        audience_touch(touched, FROM_ORDERS, STR_NONE);
        break;
    case RECORD_EVENT:
        touch_named(touched, FROM_EVENTS, ((const struct event_record *)record)->name);
        break;
    case RECORD_MESSAGE:
        touch_named(touched, FROM_MESSAGES, ((const struct message_record *)record)->name);
        if (withdraws(record))
            touch_named(touched, FROM_CONSENTS, ((const struct message_record *)record)->channel);
        break;
    case RECORD_CONSENT:
        touch_named(touched, FROM_CONSENTS, ((const struct consent_record *)record)->channel);
        break;
    default:
        break;
    }
}

static void take(struct audience_facts *facts, struct completing *how, enum record_kind kind,
                 const void *record)
{
    switch (kind) {
    case RECORD_PERSON:
        take_person(facts, how, record);
        break;
    case RECORD_ORDER:
        complete_order(facts, how, record);
        break;
    case RECORD_LINE:
        complete_line(facts, how, record);
        break;
    case RECORD_REFUND:
        complete_refund(facts, how, record);
        break;
    case RECORD_EVENT:
        take_event(facts, how, record);
        break;
    case RECORD_MESSAGE:
        take_message(facts, how, record);
        break;
    case RECORD_CONSENT: {
        const struct consent_record *r = record;

        set_consent(facts, how, r->channel, r->state, r->changed_at);
        break;
    }
    default:
        break;
    }
}

void audience_complete(struct audience_facts *facts, struct completing *how, enum record_kind kind,
                       const void *record)
{
    struct fact before[SOURCE_COLUMNS_MAX];

    memcpy(before, complete_own_row(facts), (size_t)source_columns(FROM_PERSON) * sizeof(*before));
    take(facts, how, kind, record);
    if (!how->touched)
        return;
    touch_own(facts, before, how->touched);
    touch_rows(how->touched, kind, record);
}
