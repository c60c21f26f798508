/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Segment's messages out of the journal, as records: who somebody is. */
#include "intake/live/segment_parts.h"

#include "base/i18n.h"
#include "base/parse.h"
#include "intake/live/glance.h"
#include "shop/birthday.h"
#include "shop/event.h"

static struct str set_id(struct json_value v, struct identifier *out)
{
    struct segment_number number;

    identifier_id(segment_text(v, &number), out);
    return identifier_str(out);
}

static void set_email(struct segment_message *m)
{
    const struct json_value choice[] = {
        json_get(m->traits, "email"),
        json_get(json_get(m->context, "traits"), "email"),
        m->call == SEGMENT_TRACK ? json_get(m->properties, "email") : (struct json_value){NULL, 0},
        segment_get(m->root, "userId", "user_id"),
    };

    for (size_t i = 0; i < TM_COUNT(choice) && !m->email.n; i++) {
        identifier_email(json_text(choice[i], STR_NONE), &m->ids[2]);
        m->email = identifier_str(&m->ids[2]);
    }
}

static void set_person(struct segment_message *m)
{
    struct segment_number number;

    m->user_id = set_id(segment_get(m->root, "userId", "user_id"), &m->ids[0]);
    m->anonymous_id = set_id(segment_get(m->root, "anonymousId", "anonymous_id"), &m->ids[1]);
    set_email(m);
    identifier_phone(segment_text(json_get(m->traits, "phone"), &number), m->run->country,
                     &m->ids[3]);
    m->phone = identifier_str(&m->ids[3]);
    m->profile_key = m->user_id.n ? m->user_id : m->email.n ? m->email : m->anonymous_id;
}

/* ---- the person --------------------------------------------------------------------------- */

static struct str trait(const struct segment_message *m, const char *camel, const char *snake,
                        struct segment_number *number)
{
    return str_trim(segment_text(segment_get(m->traits, camel, snake), number));
}

/* "Peter Gibbons" where the parts are not told; a single word is a first name. */
static void set_names(const struct segment_message *m, struct person_record *person,
                      struct segment_number numbers[3])
{
    struct str name = trait(m, "name", "full_name", &numbers[2]);
    const char *blank;

    person->first_name = trait(m, "firstName", "first_name", &numbers[0]);
    person->last_name = trait(m, "lastName", "last_name", &numbers[1]);
    if (person->first_name.n || person->last_name.n || !name.n)
        return;
    blank = memrchr(name.p, ' ', name.n);
    person->first_name = blank ? (struct str){name.p, (size_t)(blank - name.p)} : name;
    if (blank)
        person->last_name = (struct str){blank + 1, name.n - (size_t)(blank + 1 - name.p)};
}

static struct str language_of_person(const struct segment_message *m, struct segment_number *number)
{
    struct str language = trait(m, "language", "locale", number);

    return language.n ? language : json_text(json_get(m->context, "locale"), STR_NONE);
}

static int64_t created_at(const struct segment_message *m)
{
    struct read_style style = {.dates = DATES_UNKNOWN};
    struct segment_number number;
    int64_t at = TIME_NONE;

    if (parse_time(trait(m, "createdAt", "created_at", &number), &style, &at, NULL) != ERR_OK)
        at = TIME_NONE;
    return at;
}

enum err_code segment_put_person(struct segment_message *m, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct json_value address = json_get(m->traits, "address");
    struct segment_number numbers[8], birth;
    char birthday[BIRTHDAY_SIZE];

    person.line = m->message->seq;
    person.profile_key = m->profile_key;
    person.email = m->email;
    person.phone = m->phone;
    person.user_id = m->user_id;
    person.anonymous_id = m->anonymous_id;
    set_names(m, &person, numbers);
    person.country = segment_text(json_get(address, "country"), &numbers[3]);
    person.region = segment_text(segment_get(address, "state", "region"), &numbers[4]);
    person.city = segment_text(json_get(address, "city"), &numbers[5]);
    person.postal_code =
        segment_text(segment_get(address, "postalCode", "postal_code"), &numbers[6]);
    person.language = language_of_person(m, &numbers[7]);
    if (birthday_of(trait(m, "birthday", "birth_date", &birth), DATES_UNKNOWN, birthday))
        person.birthday = str_of(birthday);
    person.created_at = created_at(m);
    person.active_at = m->at_us;
    return live_put(m->run, RECORD_PERSON, &person, err);
}

/* The old id is what the new one was called before: a device's id, an address, or a log-in id.
 * Which of the first and the last it is shows only beside what else came, so it is told as both. */
static enum err_code put_alias(struct segment_message *m, struct err *err)
{
    struct person_record person = RECORD_INIT(person, PERSON_COLUMNS);
    struct identifier old, address;
    struct str previous = set_id(segment_get(m->root, "previousId", "previous_id"), &old);

    identifier_email(previous, &address);
    person.line = m->message->seq;
    person.profile_key = m->profile_key;
    person.user_id = m->user_id;
    person.email = address.n ? identifier_str(&address) : m->email;
    person.anonymous_id = address.n ? m->anonymous_id : previous;
    person.previous_id = address.n ? STR_NONE : previous;
    person.active_at = m->at_us;
    return m->user_id.n ? live_put(m->run, RECORD_PERSON, &person, err) : ERR_OK;
}

/* ---- a message ---------------------------------------------------------------------------- */

static enum err_code put_track(struct segment_message *m, struct err *err)
{
    char name[EVENT_NAME_MAX];
    bool taken = false;

    if (str_eqz(event_canonical(m->event, name), GLANCE_TEST_EVENT))
        return ERR_OK; /* somebody tried the connection */
    TRY(segment_put_message(m, &taken, err));
    return taken ? ERR_OK : segment_put_event(m, err);
}

static enum err_code put_identify(struct segment_message *m, struct err *err)
{
    TRY(segment_put_person(m, err));
    return segment_put_consents(m, err);
}

static enum err_code (*const put_calls[SEGMENT_BATCH])(struct segment_message *m,
                                                       struct err *err) = {
    [SEGMENT_TRACK] = put_track,          [SEGMENT_IDENTIFY] = put_identify,
    [SEGMENT_PAGE] = segment_put_event,   [SEGMENT_SCREEN] = segment_put_event,
    [SEGMENT_GROUP] = segment_put_person, [SEGMENT_ALIAS] = put_alias,
};

/* A group's traits are the company's. */
static void set_parts(struct segment_message *m)
{
    struct segment_number number;

    m->context = json_get(m->root, "context");
    m->properties = json_get(m->root, "properties");
    m->traits =
        m->call == SEGMENT_IDENTIFY ? json_get(m->root, "traits") : json_get(m->context, "traits");
    m->event = segment_text(json_get(m->root, "event"), &number);
    if (json_type_of(json_get(m->root, "event")) != JSON_STRING)
        m->event = arena_str(m->run->arena, m->event);
    set_person(m);
}

static enum err_code records(struct live_run *run, const struct live_message *message,
                             struct err *err)
{
    struct segment_message m = {.run = run, .message = message};
    struct read_style style = {.dates = DATES_UNKNOWN};
    struct err why = ERR_INIT;

    if (json_parse(run->parser, message->body, &m.root, &why) != ERR_OK ||
        json_type_of(m.root) != JSON_OBJECT) {
        live_reject(run, LIVE_NOT_AN_OBJECT);
        return ERR_OK;
    }
    m.call = segment_call_of(json_text(json_get(m.root, "type"), STR_NONE));
    if (m.call >= SEGMENT_BATCH) {
        live_reject(run, LIVE_NO_TYPE);
        return ERR_OK;
    }
    if (parse_time(json_text(json_get(m.root, "timestamp"), STR_NONE), &style, &m.at_us, NULL) !=
            ERR_OK ||
        m.at_us == TIME_NONE) {
        live_reject(run, LIVE_BAD_TIME);
        return ERR_OK;
    }
    set_parts(&m);
    return put_calls[m.call](&m, err);
}

const struct live_protocol segment_protocol = {
    .name = "segment",
    .title = N_("Segment-compatible API"),
    .records = records,
};
