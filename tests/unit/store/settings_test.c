/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/settings.h"

#include "tap.h"
#include "temp_dir.h"

static void defaults(void)
{
    struct err err = ERR_INIT;
    struct settings s;

    CHECK_OK(settings_read(temp_path("absent.yaml"), &s, &err), err);
    CHECK_STR(s.currency, "");
    CHECK_STR(s.time_zone, "UTC");
    CHECK(isnan(s.margin));
    temp_writez("empty.yaml", "# nothing yet\n");
    CHECK_OK(settings_read(temp_path("empty.yaml"), &s, &err), err);
    CHECK(s.week_start == WEEK_MONDAY);
    CHECK(s.ways.calendar == CALENDAR_GREGORIAN && s.ways.digits == DIGITS_LATIN);
}

static void round_trip(void)
{
    struct err err = ERR_INIT;
    struct settings s, t;

    temp_writez("a.yaml", "shop: Blue \"Hat\"\ncurrency: eur\ncountry: de\n"
                          "time_zone: Europe/Berlin\nweek_start: sunday\nmargin: 0.35\n"
                          "goal: 4000050\n"
                          "vertical: apparel\nopened: 2023-05-17\nrates: rates.csv\n"
                          "erasures_file: ../shop.erasures\n"
                          "calendar: buddhist\ndigits: arab\nmemory_mib: 512\n"
                          "keep_events: 760\nkeep_messages: 0\nkeep_live: 31\n");
    CHECK_OK(settings_read(temp_path("a.yaml"), &s, &err), err);
    CHECK_STR(s.currency, "EUR");
    CHECK_STR(s.country, "DE");
    CHECK_NEAR(s.margin, 0.35, 1e-7);
    CHECK_INT(s.opened_day, civil_to_days(2023, 5, 17));
    CHECK_INT(s.memory_bytes, 512 << 20);
    CHECK_OK(settings_write(temp_path("b.yaml"), &s, &err), err);
    CHECK_OK(settings_read(temp_path("b.yaml"), &t, &err), err);
    CHECK_STR(t.shop, "Blue \"Hat\"");
    CHECK_STR(t.time_zone, "Europe/Berlin");
    CHECK(t.week_start == WEEK_SUNDAY);
    CHECK(t.ways.calendar == CALENDAR_BUDDHIST && t.ways.digits == DIGITS_ARABIC);
    CHECK_NEAR(t.margin, s.margin, 1e-9);
    CHECK_INT(s.goal, 4000050);
    CHECK_INT(t.goal, s.goal);
    CHECK_INT(t.opened_day, s.opened_day);
    CHECK_STR(t.rates, "rates.csv");
    CHECK_STR(t.erasures_file, "../shop.erasures");
    CHECK_MSG(t.keep_events == 760 && t.keep_messages == 0 && t.keep_live == 31,
              "for how long is kept");
}

static void errors(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"currency: EURO\n", ":1: currency: must be a code of 3 letters"},
        {"shop: a\ncurrency: XQZ\n", ":2: currency: \"XQZ\" is no currency of ISO 4217"},
        {"shop: a\nmargn: 0.3\n", ":2: unknown field \"margn\""},
        {"shop: a\nmargin: lots\n", ":2: margin: must be a number"},
        {"margin: 35\n", ":1: margin: must lie between 0 and 1, is 35"},
        {"goal: -1\n", ":1: goal: must lie between 0 and"},
        {"time_zone: Mars/Olympus\n", ":1: time_zone: \"Mars/Olympus\" is no time zone"},
        {"country: D1\n", ":1: country: must be a code of 2 letters"},
        {"country: QQ\n", ":1: country: \"QQ\" is no country of ISO 3166"},
        {"\nweek_start: friday\n", ":2: week_start: must be one of monday, sunday, saturday"},
        {"opened: 03/04/2023\n", ":1: opened: must be a day such as 2023-05-17"},
        {"calendar: thai\n", ":1: calendar: must be one of gregorian, buddhist"},
        {"digits: roman\n", ":1: digits: must be one of latn, arab"},
        {"keep_live: 30\n", ":1: keep_live: must be 31 days or more, or 0 for ever"},
        {"keep_events: -1\n", ":1: keep_events: must lie between 0"},
        {"memory_mib: -1\n", ":1: memory_mib: must lie between 0"},
        {"shop: a\nshop: b\n", ":2: \"shop\" is given twice"},
        {"shop: [a, b]\n", ":1: shop: must be a text"},
        {"- shop\n", ":1: must be a block"},
        {"shop: \"a\n", "bad.yaml:"},
    };
    struct settings s;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct err err = ERR_INIT;

        temp_writez("bad.yaml", cases[i].text);
        CHECK(settings_read(temp_path("bad.yaml"), &s, &err) == ERR_INVALID);
        CHECK_MSG(strstr(err.msg, cases[i].message), "the error for case %zu says \"%s\": %s", i,
                  cases[i].message, err.msg);
    }
}

/* What is valid stands in the hint, and nothing that cannot be read again is written. */
static void help(void)
{
    struct settings s = settings_default();
    struct err err = ERR_INIT;

    temp_writez("bad.yaml", "margn: 0.3\n");
    CHECK(settings_read(temp_path("bad.yaml"), &s, &err) == ERR_INVALID);
    CHECK_STR(err.hint, "perhaps \"margin\" was meant");
    temp_writez("bad.yaml", "colour: blue\n");
    CHECK(settings_read(temp_path("bad.yaml"), &s, &err) == ERR_INVALID);
    CHECK(strstr(err.hint, "known here: shop, currency, ") && strstr(err.hint, "memory_mib"));

    s = settings_default();
    temp_writez("kept.yaml", "shop: Blue Hat\n");
    snprintf(s.currency, sizeof(s.currency), "XQZ");
    CHECK(settings_write(temp_path("kept.yaml"), &s, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "currency: \"XQZ\" is no currency of ISO 4217");
    CHECK_OK(settings_read(temp_path("kept.yaml"), &s, &err), err);
    CHECK_STR(s.shop, "Blue Hat");
    temp_writez("blank.yaml", "shop:\ncurrency:\ncountry: ~\ntime_zone:\nweek_start:\nmargin:\n"
                              "vertical:\nopened:\nrates:\ncalendar:\ndigits:\nmemory_mib:\n");
    CHECK_OK(settings_read(temp_path("blank.yaml"), &s, &err), err);
    CHECK_STR(s.time_zone, "UTC");
    CHECK(isnan(s.margin) && s.opened_day == 0);
}

static const char sending_text[] =
    "shop: Hat\n"
    "sending:\n"
    "  marketing: {name: Blue Hat, address: news@shop.example}\n"
    "  transactional: {name: \"Blue \\\"Hat\\\"\", address: orders@shop.example}\n"
    "  reply_to: help@shop.example\n"
    "  postal_address: \"1 High Street, Town\"\n"
    "  url: https://shop.example\n"
    "  logo: https://shop.example/logo.png\n"
    "  color: \"#1a73e8\"\n"
    "  bounce_domain: bounce.shop.example\n"
    "  bounce_folder: /var/mail/bounces\n"
    "  mailbox: {url: \"imaps://mail.shop.example/Bounces\", user: b, delete: yes}\n"
    "  smtp: {host: mail.shop.example, port: 465, tls: implicit, user: u,"
    " password_file: smtp.password, connections: 4}\n"
    "  dkim: {key_file: dkim.pem, domain: shop.example, selector: s1}\n"
    "  sms: {base: \"https://sms.example\", account: AC1, user: SK1, password_env: SMS,"
    " from: \"+15551230000\"}\n"
    "  private_network: yes\n"
    "  per_minute: 600\n"
    "  per_minute_domain: 60\n"
    "  warm_up: {from: 2026-11-01, first_day: 2880}\n"
    "  caps:\n"
    "    - {most: 2, hours: 24}\n"
    "    - {channel: sms, most: 1, hours: 168, then: skip}\n"
    "  hours: {email: 07:30-22:00, push: always}\n"
    "  same_after_days: 7\n"
    "  approval_from: 500\n"
    "  track_clicks: no\n";

static void sending(void)
{
    const int64_t began = civil_to_days(2026, 11, 1);
    TM_CLEANUP(buf_release) struct buf a = BUF_INIT(0), b = BUF_INIT(0);
    struct json_writer wa = JSON_WRITER(&a), wb = JSON_WRITER(&b);
    struct err err = ERR_INIT;
    const char *const ways[] = {"whatsapp", "sms", "email"};
    const char *by[TM_COUNT(ways)];
    struct settings s, t;

    CHECK_OK(settings_parse("t", STR_LIT("shop: a\n"), &s, &err), err);
    CHECK(!s.sending.given && s.sending.track_opens && s.sending.smtp.port == 587);
    CHECK_OK(settings_parse("t", str_of(sending_text), &s, &err), err);
    CHECK(s.sending.given);
    CHECK_STR(s.sending.transactional.name, "Blue \"Hat\"");
    CHECK_STR(s.sending.smtp.host, "mail.shop.example");
    CHECK(s.sending.smtp.port == 465 && s.sending.smtp.tls == SENDING_TLS_IMPLICIT);
    CHECK_STR(s.sending.dkim.selector, "s1");
    CHECK_STR(s.sending.mailbox.url, "imaps://mail.shop.example/Bounces");
    CHECK(s.sending.mailbox.remove);
    CHECK_STR(s.sending.sms.from, "+15551230000");
    CHECK(s.sending.private_network);
    CHECK(s.sending.caps_given && s.sending.cap_count == 2);
    CHECK_STR(s.sending.caps[0].channel, "any");
    CHECK(s.sending.caps[0].then == 0 && s.sending.caps[1].then == 1);
    CHECK(s.sending.hours_count == 2 && s.sending.hours[0].from_minute == 450);
    CHECK(s.sending.hours[1].from_minute == s.sending.hours[1].until_minute);
    CHECK(!s.sending.track_clicks && s.sending.track_opens && s.sending.same_after_days == 7);
    CHECK_INT(s.sending.approval_from, 500);

    CHECK_OK(settings_write(temp_path("sending.yaml"), &s, &err), err);
    CHECK_OK(settings_read(temp_path("sending.yaml"), &t, &err), err);
    sending_write(&wa, &s.sending);
    sending_write(&wb, &t.sending);
    CHECK(t.sending.given);
    CHECK_STR(buf_cstr(&a), buf_cstr(&b));

    CHECK(sending_ways(&s.sending, ways, 3, by) == 2 && by[0] == ways[1] && by[1] == ways[2]);
    s.sending.sms.account[0] = '\0';
    CHECK(sending_ways(&s.sending, ways, 3, by) == 1 && by[0] == ways[2]);
    CHECK_MSG(sending_ways(&s.sending, ways, 2, by) == 2, "where it has none: all");
    CHECK(sending_ways(NULL, ways, 3, by) == 3);

    /* Two a minute on the first day, a quarter more each day, the limit after six weeks. */
    CHECK_INT(sending_per_minute(&s.sending, began), 2);
    CHECK_INT(sending_per_minute(&s.sending, began + 10), 18);
    CHECK_INT(sending_per_minute(&s.sending, began + 41), 600);
    CHECK_INT(sending_per_minute(&s.sending, began + 42), 600);
    s.sending.per_minute = 0;
    CHECK_INT(sending_per_minute(&s.sending, began + 42), 0);
}

/* Each with its line and field. */
static void sending_errors(void)
{
#define FIRST "sending:\n  smtp: {host: m.example}\n  transactional: {address: a@b.example}\n"
    static const struct {
        const char *text, *message;
    } cases[] = {
        {FIRST "  colour: red\n", ":4: sending: unknown field \"colour\""},
        {FIRST "  color: red\n", ":4: sending.color: must be a colour such as"},
        {FIRST "  reply_to: nobody\n", ":4: sending.reply_to: must be an e-mail address"},
        {FIRST "  reply_to: \"a@b.example\\nBcc: c@d.example\"\n", ":4: sending.reply_to: "},
        {FIRST "  url: javascript:alert(1)\n", ":4: sending.url: must be a web address"},
        {FIRST "  bounce_domain: here\n", ":4: sending.bounce_domain: must be a domain"},
        {FIRST "  mailbox: {url: \"https://a.example\"}\n", ":4: sending.mailbox.url: must be a "},
        {FIRST "  mailbox: {url: \"imaps://u:p@a.example\"}\n", ":4: sending.mailbox.url: must"},
        {FIRST "  per_minute: -1\n", ":4: sending.per_minute: must lie between 0"},
        {FIRST "  warm_up: {from: soon}\n", ":4: sending.warm_up.from: must be a day"},
        {FIRST "  caps: [{most: 0, hours: 1}]\n", ":4: sending.caps[1].most: must lie between 1"},
        {FIRST "  caps: [{most: 1}]\n", ":4: sending.caps[1]: \"hours\" is missing"},
        {FIRST "  caps: [{most: 1, hours: 1, channel: fax}]\n", ":4: sending.caps[1].channel: "},
        {FIRST "  hours: {email: late}\n", ":4: sending.hours: must be hours of one day"},
        {FIRST "  hours: {email: 21:00-08:00}\n", ":4: sending.hours: must be hours of one day"},
        {FIRST "  hours: {fax: always}\n", ":4: sending.hours: must be one of email, sms"},
        {FIRST "  marketing: {address: n@b.example}\n", ":2: sending: needs postal_address"},
        {FIRST "  dkim: {key_file: a}\n", ":2: sending: has dkim.key_file, and needs dkim.domain"},
        {"sending: {smtp: {host: m.example}}\n", ":1: sending: needs marketing.address or"},
        {"sending: {transactional: {address: a@b.example}}\n", ":1: sending: needs smtp.host"},
        {"sending: {smtp: {host: m.example, port: 0}}\n",
         ":1: sending.smtp.port: must lie between 1"},
        {"sending: {smtp: {host: m.example, tls: maybe}}\n", ":1: sending.smtp.tls: must be one"},
        {"sending: {smtp: {host: m.example, password: secret}}\n",
         ":1: sending.smtp: unknown field \"password\""},
        {"sending:\n  transactional: {address: a@b.example}\n"
         "  smtp: {host: m.example, user: u}\n",
         ":2: sending: has smtp.user, and needs smtp.password_file"},
        {"sending:\n  transactional: {address: a@b.example}\n"
         "  smtp: {host: m.example, user: u, password_env: P, tls: off}\n",
         ":2: sending: has smtp.user, and needs smtp.tls"},
        {FIRST "  sms: {account: AC1, password_env: P}\n",
         ":2: sending: has sms.account, and needs "
         "sms.from"},
        {FIRST "  sms: {account: AC1, from: Hat}\n", ":2: sending: has sms.account, and needs "
                                                     "sms.password_file or sms.password_env"},
        {FIRST "  sms: {account: AC1, from: Hat, password_env: A, password_file: b}\n",
         ":2: sending: has sms.account, and needs sms.password_file or sms.password_env, one"},
        {FIRST "  sms: {base: here}\n", ":4: sending.sms.base: must be a web address"},
    };
#undef FIRST
    struct settings s;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct err err = ERR_INIT;

        CHECK(settings_parse("t", str_of(cases[i].text), &s, &err) == ERR_INVALID);
        CHECK_MSG(strstr(err.msg, cases[i].message), "the error for case %zu says \"%s\": %s", i,
                  cases[i].message, err.msg);
    }
}

/* Into a file that somebody wrote by hand only what differs goes. */
static void editing(void)
{
    static const char by_hand[] = "# ours\nmargin: 0.4   # after fees\n\nshop: Hat # the old name\n"
                                  "goal: 100\nvertical: apparel\n";
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
    struct err err = ERR_INIT;
    struct settings before, after, again;

    buf_addz(&text, by_hand);
    CHECK_OK(settings_parse("t", buf_str(&text), &before, &err), err);
    after = before;
    CHECK_OK(settings_edit(&text, &before, &after, &err), err);
    CHECK_STR(buf_cstr(&text), by_hand);
    snprintf(after.shop, sizeof(after.shop), "Blue: \"Hat\"");
    snprintf(after.currency, sizeof(after.currency), "THB");
    after.goal = 0;
    after.keep_live = 40;
    CHECK_OK(settings_edit(&text, &before, &after, &err), err);
    CHECK(strstr(buf_cstr(&text), "# ours\nmargin: 0.4   # after fees\n"));
    CHECK(strstr(buf_cstr(&text), "vertical: apparel\n") && !strstr(buf_cstr(&text), "goal"));
    CHECK_OK(settings_parse("t", buf_str(&text), &again, &err), err);
    CHECK_STR(again.shop, "Blue: \"Hat\"");
    CHECK_STR(again.currency, "THB");
    CHECK(again.goal == 0 && again.keep_live == 40 && fabs(again.margin - 0.4) < 1e-9);
    snprintf(after.currency, sizeof(after.currency), "XQZ");
    CHECK(settings_edit(&text, &again, &after, &err) == ERR_INVALID);

    buf_reset(&text);
    CHECK_OK(settings_edit(&text, &again, &again, &err), err);
    CHECK_OK(settings_parse("t", buf_str(&text), &after, &err), err);
    CHECK_STR(after.shop, again.shop);
}

int main(void)
{
    temp_dir_make();
    defaults();
    round_trip();
    errors();
    help();
    editing();
    sending();
    sending_errors();
    return tap_done();
}
