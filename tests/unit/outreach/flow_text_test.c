/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The text of a flow: what it says comes out, and each mistake is told where it is. */
#include "outreach/flow/flow.h"

#include "base/i18n.h"
#include "outreach/message/message.h"
#include "tap.h"

#define HEAD "name: Cart\nstart:\n  event: Product Added\n"

static struct err err = ERR_INIT;

static const char whole[] =
    "name: Cart left\n"
    "about: Reminds of a cart\n"
    "practice: AUT-2\n"
    "start:\n"
    "  event: Product Added\n"
    "  where: email_subscription_status = 'SUBSCRIBED'\n"
    "again: 2 weeks\n"
    "holdout: 12.5\n"
    "goal: Order Completed\n"
    "leave: [Order Refunded]\n"
    "while: number_of_orders < 5\n"
    "steps:\n"
    "  - {name: hour, wait: 1 hour}\n"
    "  - {name: back, wait_for: Checkout Started, at_most: 90 minutes, then: thanks}\n"
    "  - {name: day, until: \"09:30\", on: [monday, friday]}\n"
    "  - {name: vip, if: rfm_group = 'CHAMPIONS', then: call, else: which}\n"
    "  - {name: call, ask: Ring the customer, assignee: Mona, due: 2 days, next: end}\n"
    "  - {name: which, split: [{share: 30, then: a}, {share: 70, then: b}]}\n"
    "  - {name: a, send: cart-1, channel: email, next: thanks}\n"
    "  - {name: b, send: cart-2, channel: sms, not_after: 3h}\n"
    "  - {name: thanks, send: receipt, channel: email, transactional: yes, purpose: service}\n";

static void says(void)
{
    TM_CLEANUP(flow_freep) struct flow *f = NULL;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    CHECK_OK(flow_read(str_of(whole), "cart.yaml", NULL, &f, &err), err);
    if (!f)
        return;
    CHECK_STR(f->name, "Cart left");
    CHECK(f->start == FLOW_ON_EVENT && strcmp(f->start_name, "cart_add") == 0);
    CHECK(f->again_us == 14 * US_PER_DAY && f->holdout == 12.5);
    CHECK_STR(f->goal, "order_complete");
    CHECK(f->leave_count == 1 && strcmp(f->leaves[0], "order_refund") == 0);
    CHECK_INT(f->step_count, 9);
    CHECK(f->steps[0].kind == FLOW_WAIT && f->steps[0].wait_us == US_PER_HOUR);
    CHECK(f->steps[0].next == 1 && f->steps[1].then == 8 && f->steps[1].otherwise == 2);
    CHECK(f->steps[2].minute == 570 && f->steps[2].weekdays == (1 | 1 << 4));
    CHECK(f->steps[3].then == 4 && f->steps[3].otherwise == 5 && f->steps[4].next == 9);
    CHECK(f->steps[5].ways[1].to == 7 && f->steps[5].ways[1].share == 70);
    CHECK(f->steps[6].not_after_us == US_PER_DAY && f->steps[7].not_after_us == 3 * US_PER_HOUR);
    CHECK(f->steps[8].transactional && strcmp(f->steps[8].purpose, "service") == 0);
    CHECK_STR(f->steps[6].purpose, "marketing");
    CHECK_STR(flow_condition(f, 0), "email_subscription_status = 'SUBSCRIBED'");
    CHECK_STR(flow_condition(f, 2), "rfm_group = 'CHAMPIONS'");
    CHECK(!flow_condition(f, 3));
    CHECK_STR(flow_message(f, 2), "receipt");
    CHECK(!flow_message(f, 3));
    CHECK(flow_step_of(f, f->steps[4].id) == 4 && flow_step_of(f, 12345) == f->step_count);
    flow_write_json(f, &w);
    CHECK(!json.failed && strstr(buf_cstr(&json), "\"thanks\""));
}

static void by_a_date(void)
{
    TM_CLEANUP(flow_freep) struct flow *f = NULL;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    CHECK_OK(flow_read(STR_LIT("name: Soon\n"
                               "start: {every_year: birthday, days: -3, at: \"09:30\"}\n"
                               "steps: [{name: s, send: m, channel: email}]\n"),
                       NULL, NULL, &f, &err),
             err);
    if (!f)
        return;
    CHECK(f->start == FLOW_ON_DATE && f->every_year && f->days == -3 && f->minute == 570);
    CHECK(f->again_us == 0 && f->late_us == 12 * US_PER_HOUR);
    CHECK_STR(f->start_name, "birthday");
    flow_write_json(f, &w);
    CHECK(strstr(buf_cstr(&json), "\"every_year\"") && strstr(buf_cstr(&json), "-3") &&
          strstr(buf_cstr(&json), "570") && strstr(buf_cstr(&json), "43200"));
}

static void refused(const char *text, const char *told)
{
    struct flow *f = NULL;
    enum err_code rc;

    err = ERR_INIT;
    rc = flow_read(str_of(text), "f.yaml", NULL, &f, &err);
    CHECK_MSG(rc == ERR_INVALID && !f && strstr(err.msg, told), "\"%s\" is told: %s", told,
              rc == ERR_OK ? "(nothing)" : err.msg);
    flow_free(f);
}

#define SEND "  - {name: s, send: m, channel: email}\n"

static void mistakes(void)
{
    refused("", "the file is empty");
    refused("name: Cart\nsteps: []\n", "start");
    refused(HEAD "steps: []\n", "at least 1 entry");
    refused(HEAD "steps:\n  - {name: s}\n", "a step is one of");
    refused(HEAD "steps:\n  - {name: s, wait: 1 hour, send: m}\n", "a step is one of");
    refused(HEAD "steps:\n  - {name: s, send: m}\n", "\"channel\" is missing");
    refused(HEAD "steps:\n  - {name: s, send: m, channel: pigeon}\n", "must be one of email");
    refused(HEAD "steps:\n  - {name: s, send: m, channel: email, due: 2 days}\n",
            "\"due\" has no meaning beside \"send\"");
    refused(HEAD "steps:\n  - {name: w, wait: soon}\n" SEND, "\"soon\" is no length of time");
    refused(HEAD "steps:\n  - {name: w, wait: 0 days}\n" SEND, "is no length of time");
    refused(HEAD "steps:\n  - {name: w, wait: 367 days}\n" SEND, "longer than 366 days");
    refused(HEAD "steps:\n  - {name: w, wait: 999999 weeks}\n" SEND, "longer than 366 days");
    refused(HEAD "steps:\n  - {name: w, until: \"24:00\"}\n" SEND, "a time of day");
    refused(HEAD "steps:\n  - {name: w, until: \"9:00\"}\n" SEND, "a time of day");
    refused(HEAD "steps:\n  - {name: w, if: number_of_order = 3}\n" SEND, "number_of_order");
    refused(HEAD "steps:\n  - {name: end, send: m, channel: email}\n", "another name");
    refused(HEAD "steps:\n" SEND SEND, "two steps are called \"s\"");
    refused(HEAD "steps:\n  - {name: w, wait: 1 day, next: t}\n" SEND, "there is no step \"t\"");
    refused(HEAD
            "steps:\n  - {name: p, split: [{share: 30, then: s}, {share: 60, then: s}]}\n" SEND,
            "the shares come to 90");
    refused("name: x\nstart: {event: a, enters: b}\nsteps:\n" SEND, "name one of event");
    refused("name: x\nstart: {date: last_order_date}\nsteps:\n" SEND, "\"at\" is missing");
    refused("name: x\nstart: {event: a, days: 3}\nsteps:\n" SEND, "no meaning without a date");
    refused("name: x\nstart: {date: birthday, at: \"09:00\"}\nsteps:\n" SEND,
            "\"birthday\" comes every year");
    refused("name: x\nstart: {every_year: Christmas, at: \"09:00\"}\nsteps:\n" SEND,
            "no date called \"Christmas\"");
    refused(
        "name: x\nstart: {every_year: birthday, at: \"09:00\", not_after: 8 days}\nsteps:\n" SEND,
        "is 7 days at most");
    refused(HEAD "holdout: 51\nsteps:\n" SEND, "between 0 and 50");
}

static void pictures(void)
{
    refused(HEAD "steps:\n" SEND "  - {name: w, wait: 1 day, next: s}\n", "circle: s > w > s");
    refused(HEAD "steps:\n  - {name: w, wait: 1 day, next: w}\n", "circle: w > w");
    refused(HEAD "steps:\n  - {name: w, wait: 1 day, next: s}\n"
                 "  - {name: x, send: m, channel: email}\n" SEND,
            "nobody comes to the step \"x\"");
    refused(HEAD "steps:\n" SEND "  - {name: w, wait: 1 day}\n", "after the step \"w\" nothing");
    refused(HEAD "steps:\n  - {name: w, wait: 1 day}\n", "after the step \"w\" nothing");
}

/* One or several, each once. */
static void channels(void)
{
    TM_CLEANUP(flow_freep) struct flow *f = NULL;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    CHECK_OK(flow_read(str_of(HEAD "steps:\n  - {name: a, send: m, channel: sms}\n"
                                   "  - {name: b, send: m, channels: [sms, email]}\n"),
                       NULL, NULL, &f, &err),
             err);
    if (!f)
        return;
    CHECK(f->steps[0].channel_count == 1 && strcmp(f->steps[0].channels[0], "sms") == 0);
    CHECK(f->steps[1].channel_count == 2 && strcmp(f->steps[1].channels[1], "email") == 0);
    flow_write_json(f, &w);
    CHECK(!json.failed && strstr(buf_cstr(&json), "\"channels\""));
    refused(HEAD "steps:\n  - {name: s, send: m, channels: []}\n", "at least 1 entry");
    refused(HEAD "steps:\n  - {name: s, send: m, channels: [sms, pigeon]}\n",
            "must be one of email");
    refused(HEAD "steps:\n  - {name: s, send: m, channels: [sms, sms]}\n",
            "\"sms\" is named twice");
    refused(HEAD "steps:\n  - {name: s, send: m, channels: [sms, email, push, whatsapp, sms]}\n",
            "at most 4");
    refused(HEAD "steps:\n  - {name: s, send: m, channel: sms, channels: [email]}\n",
            "either \"channel\" or \"channels\"");
    refused(HEAD "steps:\n  - {name: s, ask: x, due: 1 day, channels: [email]}\n",
            "\"channels\" has no meaning beside \"ask\"");
}

#define TELL(url) HEAD "steps:\n  - {name: t, webhook: \"" url "\"}\n"

/* What it may be told to, and that a flow may do nothing else. */
static void webhooks(void)
{
    TM_CLEANUP(flow_freep) struct flow *f = NULL;
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&json);

    CHECK_OK(
        flow_read(str_of(HEAD "steps:\n  - {name: w, wait: 1 day}\n"
                              "  - {name: t, webhook: https://crm.example/in?a=1}\n"
                              "  - {name: u, webhook: \"https://erp.example\", not_after: 2h}\n"),
                  NULL, NULL, &f, &err),
        err);
    if (!f)
        return;
    CHECK(f->steps[1].kind == FLOW_WEBHOOK && f->steps[1].next == 2);
    CHECK_STR(f->steps[1].url, "https://crm.example/in?a=1");
    CHECK_MSG(f->steps[1].not_after_us == 4 * US_PER_DAY, "long enough for all tries");
    CHECK_INT(f->steps[2].not_after_us, 2 * US_PER_HOUR);
    CHECK_MSG(!flow_message(f, 0), "no message of the shop's is sent");
    flow_write_json(f, &w);
    CHECK(!json.failed && strstr(buf_cstr(&json), "\"url\": \"https://crm.example/in?a=1\""));
    refused(TELL("http://crm.example/"), "f.yaml:5: steps[0].webhook: the address");
    refused(TELL("http://crm.example/"), "must begin with https://");
    refused(TELL("https://crm.example:8443/"), "must not name another port");
    refused(TELL("https://me:word@crm.example/"), "must not hold a name or password");
    refused(TELL("https://127.0.0.1/"), "private network");
    refused(TELL("https://[::1]/"), "private network");
    refused(TELL("https://2130706433/"), "private network");
    refused(TELL("https://printer.local/"), "private network");
    refused(TELL("crm"), "must be written like https://");
    refused(TELL(""), "webhook");
    refused(HEAD "steps:\n  - {name: t, webhook: https://crm.example, channel: email}\n",
            "\"channel\" has no meaning beside \"webhook\"");
    refused(HEAD "steps:\n  - {name: t, webhook: https://crm.example, send: m}\n",
            "a step is one of");
}

/* What the outbox has no room for would be cut. */
static void long_webhook(void)
{
    char text[1000];

    snprintf(text, sizeof(text),
             HEAD "steps:\n  - {name: t, webhook: \"https://crm.example/%0*d\"}\n",
             OUTBOX_ADDRESS_MAX, 0);
    refused(text, "webhook");
}

static void all_mistakes(void)
{
    struct err list[8];
    struct yaml_faults faults = {.items = list, .cap = TM_COUNT(list)};
    struct flow *f = NULL;

    err = ERR_INIT;
    CHECK(flow_read(str_of("name: x\nholdout: many\nagain: soon\nstart: {event: a}\nsteps:\n" SEND),
                    NULL, &faults, &f, &err) == ERR_INVALID);
    CHECK_INT(faults.n, 2);
    CHECK(!f);
}

/* In each language: a translation must not break the text. */
static void starters(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        i18n_use((enum language)l);
        for (size_t i = 0; flow_starter(i); i++) {
            TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FLOW_TEXT_MAX);
            TM_CLEANUP(flow_freep) struct flow *f = NULL;

            flow_starter_write(flow_starter(i), &text);
            CHECK_OK(flow_read(buf_str(&text), flow_starter(i)->code, NULL, &f, &err), err);
            CHECK_STR(f ? f->name : "", i18n_text(flow_starter(i)->name));
        }
    }
    i18n_use(LANG_EN);
}

static bool message_exists(const char *name)
{
    const struct message_starter *m;

    for (size_t i = 0; (m = message_starter(i)); i++)
        if (strcmp(m->name, name) == 0)
            return true;
    return false;
}

/* Each practice of automation has one, and each sends messages that there are. */
static void served(void)
{
    static const char *const practices[] = {"AUT-1", "AUT-2", "AUT-3", "AUT-4", "AUT-5", "AUT-6"};
    size_t found[TM_COUNT(practices)] = {0};

    for (size_t i = 0; flow_starter(i); i++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FLOW_TEXT_MAX);
        TM_CLEANUP(flow_freep) struct flow *f = NULL;
        const char *message;

        flow_starter_write(flow_starter(i), &text);
        CHECK_OK(flow_read(buf_str(&text), flow_starter(i)->code, NULL, &f, &err), err);
        for (size_t k = 0; f && (message = flow_message(f, k)); k++)
            CHECK_MSG(message_exists(message), "%s sends %s", f->name, message);
        for (size_t k = 0; f && k < TM_COUNT(practices); k++)
            found[k] += strcmp(f->practice, practices[k]) == 0;
    }
    for (size_t k = 0; k < TM_COUNT(practices); k++)
        CHECK_MSG(found[k] > 0, "%s is served", practices[k]);
}

int main(void)
{
    says();
    by_a_date();
    mistakes();
    pictures();
    channels();
    webhooks();
    long_webhook();
    all_mistakes();
    starters();
    served();
    return tap_done();
}
