/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The gate: what holds a message, what skips it, in which order, and what never does. */
#include "outreach/gate.h"

#include "base/i18n.h"

#include "tap.h"

#define HOUR US_PER_HOUR
#define NOON civil_to_utc(&(struct civil){2026, 11, 22, 12, 0, 0, 0})

static struct quiet *quiet;
static struct gate_rules rules;
static struct outbox_contact contacts[GATE_CONTACTS_MAX];

static struct outbox_message message(void)
{
    return (struct outbox_message){.channel = "email",
                                   .purpose = "marketing",
                                   .zone = "Europe/London",
                                   .content = {{1, 2, 3}},
                                   .not_after_us = NOON + 24 * HOUR};
}

static struct gate_facts facts(void)
{
    return (struct gate_facts){.now_us = NOON,
                               .campaign = CAMPAIGN_RUNNING,
                               .addressed = true,
                               .consent = CONSENT_GRANTED,
                               .contacts = contacts};
}

static struct gate_decision ask(const struct outbox_message *m, const struct gate_facts *f)
{
    return gate_decide(&rules, quiet, m, f);
}

#define EXPECT(m, f, v, r)                                                                         \
    do {                                                                                           \
        struct gate_decision d_ = ask(&(m), &(f));                                                 \
        CHECK_MSG(d_.verdict == (v) && d_.reason == (r), "%s: verdict %d, \"%s\"", #r,             \
                  (int)d_.verdict, gate_reason_word(d_.reason));                                   \
    } while (0)

static void the_shop(void)
{
    struct outbox_message m = message();
    struct gate_facts f = facts();

    EXPECT(m, f, GATE_SEND, GATE_NONE);
    f.stopped = true;
    EXPECT(m, f, GATE_HOLD, GATE_STOPPED);
    f = facts();
    f.disarmed = true;
    EXPECT(m, f, GATE_HOLD, GATE_DISARMED);
    f = facts();
    f.campaign = CAMPAIGN_PAUSED;
    EXPECT(m, f, GATE_HOLD, GATE_PAUSED);
    f.campaign = CAMPAIGN_ENDED;
    EXPECT(m, f, GATE_SKIP, GATE_ENDED);
    f = facts();
    f.addressed = false;
    EXPECT(m, f, GATE_SKIP, GATE_NO_ADDRESS);
    f = facts();
    f.now_us = m.not_after_us + 1;
    EXPECT(m, f, GATE_SKIP, GATE_LATE);
    f.campaign = CAMPAIGN_PAUSED; /* it does not outlive its time by a pause */
    EXPECT(m, f, GATE_SKIP, GATE_LATE);
}

static void the_person(void)
{
    static const struct {
        enum suppression_reason suppressed;
        enum gate_reason reason;
        bool transactional_too;
    } table[] = {
        {SUPPRESSED_UNSUBSCRIBED, GATE_UNSUBSCRIBED, false},
        {SUPPRESSED_COMPLAINT, GATE_COMPLAINT, false},
        {SUPPRESSED_BOUNCED, GATE_BOUNCED, true},
        {SUPPRESSED_ERASED, GATE_ERASED, true},
        {SUPPRESSED_BY_HAND, GATE_BY_HAND, true},
    };
    static const enum gate_reason words[CONSENT_STATES + 1] = {
        [CONSENT_PENDING] = GATE_UNCONFIRMED,    [CONSENT_DENIED] = GATE_REFUSED,
        [CONSENT_WITHDRAWN] = GATE_UNSUBSCRIBED, [CONSENT_UNREACHABLE] = GATE_BOUNCED,
        [CONSENT_STATES] = GATE_NO_CONSENT,
    };

    for (size_t i = 0; i < TM_COUNT(table); i++) {
        struct outbox_message m = message();
        struct gate_facts f = facts();

        f.suppressed = table[i].suppressed; /* although the ledger says granted */
        EXPECT(m, f, GATE_SKIP, table[i].reason);
        m.transactional = true;
        CHECK((ask(&m, &f).verdict == GATE_SKIP) == table[i].transactional_too);
    }
    for (int said = CONSENT_GRANTED + 1; said <= CONSENT_STATES; said++) {
        struct outbox_message m = message();
        struct gate_facts f = facts();

        f.consent = (enum consent_state)said;
        EXPECT(m, f, GATE_SKIP, words[said]);
        m.transactional = true;
        EXPECT(m, f, GATE_SEND, GATE_NONE);
    }
}

static void contact(size_t i, const char *channel, int64_t at_us)
{
    contacts[i] = (struct outbox_contact){.at_us = at_us};
    snprintf(contacts[i].channel, sizeof(contacts[i].channel), "%s", channel);
}

static void caps(void)
{
    struct outbox_message m = message();
    struct gate_facts f = facts();
    struct gate_decision d;

    m.not_after_us = NOON + 300 * HOUR;
    contact(0, "sms", NOON - 15 * HOUR);
    f.contact_count = 1;
    d = ask(&m, &f);
    CHECK_MSG(d.verdict == GATE_HOLD && d.reason == GATE_CAPPED && d.until_us == NOON + HOUR,
              "another channel's message counts, until 16 hours are over");
    contact(0, "email", NOON - 16 * HOUR);
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    /* Four within a week: room when the oldest of them leaves it. */
    for (size_t i = 0; i < 4; i++)
        contact(i, "email", NOON - (int64_t)(20 + 30 * i) * HOUR);
    f.contact_count = 4;
    d = ask(&m, &f);
    CHECK(d.verdict == GATE_HOLD && d.until_us == NOON + (168 - 110) * HOUR);
    contacts[1].transactional = true;
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    contacts[1].transactional = false;
    m.transactional = true;
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    m.transactional = false;
    m.not_after_us = NOON + 2 * HOUR; /* its time would be over */
    EXPECT(m, f, GATE_SKIP, GATE_CAPPED);
    m = message();
    rules.caps[1].waits = false;
    EXPECT(m, f, GATE_SKIP, GATE_CAPPED);
    gate_rules_default(&rules);
    snprintf(rules.caps[1].channel, sizeof(rules.caps[1].channel), "sms");
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    /* That of a channel counts its own messages, and holds no others up. */
    rules.caps[1].most = 1;
    snprintf(m.channel, sizeof(m.channel), "sms");
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    contact(3, "sms", NOON - 17 * HOUR);
    m.not_after_us = NOON + 300 * HOUR;
    d = ask(&m, &f);
    CHECK(d.verdict == GATE_HOLD && d.until_us == NOON + (168 - 17) * HOUR);
    m = message();
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    gate_rules_default(&rules);
    CHECK_INT(gate_memory_us(&rules), 30 * US_PER_DAY);
}

static void duplicates(void)
{
    struct outbox_message m = message();
    struct gate_facts f = facts();

    contact(0, "email", NOON - 29 * US_PER_DAY);
    contacts[0].content = m.content;
    f.contact_count = 1;
    EXPECT(m, f, GATE_SKIP, GATE_DUPLICATE);
    contacts[0].at_us = NOON - 31 * US_PER_DAY;
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    contacts[0].at_us = NOON - 29 * US_PER_DAY;
    contacts[0].content.bytes[15] = 1;
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    m.content = contacts[0].content = (struct pseudonym){0};
    EXPECT(m, f, GATE_SEND, GATE_NONE);
}

static void hours(void)
{
    struct outbox_message m = message();
    struct gate_facts f = facts();
    struct gate_decision d;

    f.now_us = NOON + 9 * HOUR; /* 21:00 in London */
    d = ask(&m, &f);
    CHECK(d.verdict == GATE_HOLD && d.reason == GATE_QUIET && d.until_us == NOON + 20 * HOUR);
    m.not_after_us = NOON + 19 * HOUR;
    EXPECT(m, f, GATE_SKIP, GATE_QUIET);
    m.transactional = true;
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    m = message();
    m.zone[0] = '\0';
    EXPECT(m, f, GATE_HOLD, GATE_ZONE_UNKNOWN);
    snprintf(m.channel, sizeof(m.channel), "webhook");
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    /* Nobody's settings let text messages ring Americans at night. */
    m = message();
    snprintf(m.channel, sizeof(m.channel), "sms");
    snprintf(m.zone, sizeof(m.zone), "America/New_York");
    snprintf(m.country, sizeof(m.country), "US");
    rules.hours_count = 0;
    f.now_us = NOON; /* 7:00 there */
    d = ask(&m, &f);
    CHECK(d.verdict == GATE_HOLD && d.until_us == NOON + HOUR);
    snprintf(m.country, sizeof(m.country), "GB");
    EXPECT(m, f, GATE_SEND, GATE_NONE);
    gate_rules_default(&rules);
}

static void words(void)
{
    for (int i = GATE_NONE + 1; i < GATE_REASONS; i++) {
        const char *english = gate_reason_text((enum gate_reason)i);

        CHECK(*gate_reason_word((enum gate_reason)i) && *english);
        for (int l = LANG_EN + 1; l < LANG_COUNT; l++) {
            enum language before = i18n_use((enum language)l);

            CHECK_MSG(strcmp(gate_reason_text((enum gate_reason)i), english) != 0, "\"%s\" in %s",
                      english, language_codes[l]);
            i18n_use(before);
        }
    }
    CHECK_STR(gate_reason_text(GATE_NONE), "");
}

int main(void)
{
    quiet = quiet_new();
    gate_rules_default(&rules);
    the_shop();
    the_person();
    caps();
    duplicates();
    hours();
    words();
    quiet_free(quiet);
    return tap_done();
}
