/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The text of a campaign: what it says comes out, and each mistake is told where it is. */
#include "outreach/campaign/campaign.h"

#include "base/i18n.h"
#include "tap.h"

static struct err err = ERR_INIT;

static const char whole[] =
    "name: Black Friday\n"
    "about: The sale of the year\n"
    "practice: EML-1\n"
    "to:\n"
    "  include: [Buyers, {where: number_of_orders > 1}]\n"
    "  exclude: Blocked\n"
    "purpose: offers\n"
    "holdout: 5\n"
    "throttle: 5000\n"
    "needs_approval: yes\n"
    "sends:\n"
    "  - name: opening\n"
    "    channel: [email, sms]\n"
    "    when: 2026-11-27 09:00\n"
    "    variants:\n"
    "      - {name: A, message: bf-a, share: 60}\n"
    "      - {name: B, message: bf-b, share: 40}\n"
    "    winner: {test: 20, after: 4 hours, by: orders}\n"
    "  - {name: local, channel: push, message: bf-a, when: \"2026-11-28 10:30\", zone: person}\n"
    "  - {name: last call, channel: sms, message: bf-2, after: 3 days, only: not ordered,\n"
    "     not_after: 2 hours}\n";

static void says(void)
{
    TM_CLEANUP(campaign_freep) struct campaign *c = NULL;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    CHECK_OK(campaign_read(str_of(whole), "bf.yaml", NULL, &c, &err), err);
    if (!c)
        return;
    CHECK_STR(c->name, "Black Friday");
    CHECK_STR(c->purpose, "offers");
    CHECK(c->include.n == 2 && strcmp(c->include.list[0].segment, "Buyers") == 0);
    CHECK_STR(c->include.list[1].where, "number_of_orders > 1");
    CHECK(c->exclude.n == 1 && strcmp(c->exclude.list[0].segment, "Blocked") == 0);
    CHECK(c->holdout == 5 && c->per_hour == 5000 && c->needs_second);
    CHECK_INT(c->send_count, 3);

    const struct campaign_send *first = &c->sends[0], *local = &c->sends[1], *last = &c->sends[2];

    CHECK(first->channel_count == 2 && strcmp(first->channels[1], "sms") == 0);
    CHECK(first->time == CAMPAIGN_AT && !first->persons_clock);
    CHECK(first->at.month == 11 && first->at.day == 27 && first->at.hour == 9);
    CHECK(first->variant_count == 2 && first->variants[1].share == 40);
    CHECK(first->has_winner && first->test == 20 && first->winner_by == CAMPAIGN_BY_ORDERS);
    CHECK_INT(first->winner_after_us, 4 * US_PER_HOUR);
    CHECK_INT(first->not_after_us, US_PER_HOUR);
    CHECK(local->persons_clock && local->at.minute == 30 && local->variant_count == 1);
    CHECK_STR(local->variants[0].message, "bf-a");
    CHECK(last->time == CAMPAIGN_AFTER && last->after_us == 3 * US_PER_DAY);
    CHECK(last->only == CAMPAIGN_NOT_ORDERED && last->not_after_us == 2 * US_PER_HOUR);
    CHECK_STR(campaign_message(c, 0), "bf-a");
    CHECK_STR(campaign_message(c, 2), "bf-2");
    CHECK(!campaign_message(c, 3));
    campaign_write_json(c, &w);
    CHECK(!json.failed && strstr(buf_cstr(&json), "\"when\": \"2026-11-27 09:00\""));
}

static void refused(const char *text, const char *told)
{
    struct campaign *c = NULL;
    enum err_code rc;

    err = ERR_INIT;
    rc = campaign_read(str_of(text), "c.yaml", NULL, &c, &err);
    CHECK_MSG(rc == ERR_INVALID && !c && strstr(err.msg, told), "\"%s\" is told: %s", told,
              rc == ERR_OK ? "(nothing)" : err.msg);
    campaign_free(c);
}

#define HEAD "name: c\nto: {include: Buyers}\n"
#define S "sends:\n  - {name: s, channel: email, "
#define TWO "variants: [{name: A, message: a, share: 50}, {name: B, message: b, share: 50}]"
#define FIRST S "message: m, when: at once}\n"
#define SECOND FIRST "  - {name: t, channel: sms, "

static void mistakes(void)
{
    refused("", "the file is empty");
    refused("name: c\n" FIRST, "to");
    refused("name: c\nto: {}\n" FIRST, "include");
    refused("name: c\nto: {include: []}\n" FIRST, "at least 1 entry");
    refused("name: c\nto: {include: [{where: number_of_order = 3}]}\n" FIRST, "number_of_order");
    refused("name: c\nto: {include: [{where: \"\"}]}\n" FIRST, "where");
    refused(HEAD "sends: []\n", "at least 1 entry");
    refused(HEAD S "message: m}\n", "either \"when\" or \"after\"");
    refused(HEAD S "message: m, when: soon}\n", "\"2026-11-27 09:00\"");
    refused(HEAD S "message: m, when: 2026-02-30 09:00}\n", "\"2026-11-27 09:00\"");
    refused(HEAD S "message: m, when: 2026-11-27 24:00}\n", "\"2026-11-27 09:00\"");
    refused(HEAD S "message: m, when: 2026-11-27 09:0x}\n", "\"2026-11-27 09:00\"");
    refused(HEAD S "when: at once}\n", "\"message\" or \"variants\"");
    refused(HEAD S "when: at once, message: m, " TWO "}\n", "\"message\" or \"variants\"");
    refused(HEAD S "message: m, when: at once, zone: person}\n", "beside a day and a time");
    refused(HEAD S "message: m, after: 3 days}\n", "the first message");
    refused(HEAD S "message: m, when: at once, only: ordered}\n", "the first message");
    refused(HEAD SECOND "message: m, when: at once, after: 1 day}\n", "either \"when\"");
    refused(HEAD FIRST "  - {name: s, channel: sms, message: m, after: 1 day}\n",
            "two messages are called \"s\"");
    refused(HEAD "sends:\n  - {name: s, channel: [], message: m, when: at once}\n", "at least 1");
    refused(HEAD "sends:\n  - {name: s, channel: [sms, sms], message: m, when: at once}\n",
            "named twice");
    refused(HEAD "holdout: 51\n" FIRST, "between 0 and 50");
    refused(HEAD "throttle: 0\n" FIRST, "throttle");
}

static void variants(void)
{
    refused(HEAD S "when: at once, variants: [{name: A, message: a, share: 100}]}\n", "at least 2");
    refused(HEAD S "when: at once, variants: [{name: A, message: a, share: 50},"
                   " {name: B, message: b, share: 40}]}\n",
            "the shares come to 90");
    refused(HEAD S "when: at once, variants: [{name: A, message: a, share: 50},"
                   " {name: A, message: b, share: 50}]}\n",
            "two variants are called \"A\"");
    refused(HEAD S "when: at once, " TWO ", winner: {test: 20, after: 1 hour, by: opens}}\n",
            "machines open");
    refused(HEAD S "when: at once, message: m, winner: {test: 20, after: 1 hour, by: clicks}}\n",
            "no variants");
    refused(HEAD S "when: at once, " TWO ", winner: {test: 95, after: 1 hour, by: clicks}}\n",
            "between 1 and 90");
    refused(HEAD S "when: 2026-11-27 09:00, zone: person, " TWO
                   ", winner: {test: 20, after: 1 hour, by: clicks}}\n",
            "to all at one time");
}

static void all_mistakes(void)
{
    struct err list[8];
    struct yaml_faults faults = {.items = list, .cap = TM_COUNT(list)};
    struct campaign *c = NULL;

    err = ERR_INIT;
    CHECK(campaign_read(str_of(HEAD "holdout: many\nthrottle: fast\n" FIRST), "c.yaml", &faults, &c,
                        &err) == ERR_INVALID);
    CHECK_INT(faults.n, 2);
    CHECK(!c && strstr(list[0].msg, "c.yaml:3: holdout") && strstr(list[1].msg, "c.yaml:4:"));
}

/* In each language: a translation must not break the text. */
static void starters(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        i18n_use((enum language)l);
        for (size_t i = 0; campaign_starter(i); i++) {
            TM_CLEANUP(buf_release) struct buf text = BUF_INIT(CAMPAIGN_TEXT_MAX);
            TM_CLEANUP(campaign_freep) struct campaign *c = NULL;

            campaign_starter_write(campaign_starter(i), &text);
            CHECK_OK(campaign_read(buf_str(&text), campaign_starter(i)->code, NULL, &c, &err), err);
            CHECK_STR(c ? c->name : "", i18n_text(campaign_starter(i)->name));
        }
    }
    i18n_use(LANG_EN);
}

int main(void)
{
    says();
    mistakes();
    variants();
    all_mistakes();
    starters();
    return tap_done();
}
