/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is told before a launch is what the gate does after it; and to tell it changes nothing. */
#include "outreach/campaign/look.h"
#include "outreach/claim.h"
#include "outreach/sender/sender.h"
#include "store/settings.h"
#include "tap.h"
#include "temp_dir.h"

enum { PEOPLE = 240 };
/* 12:00 UTC: day in Berlin, night in Auckland. */
#define NOON (civil_to_utc(&(struct civil){2026, 11, 20, 12, 0, 0, 0}))

static struct err err = ERR_INIT;

static struct shop {
    struct store *store;
    struct outbox *outbox;
    struct consents *consents;
    struct gate_rules rules;
    struct quiet *quiet;
    struct zone *zone;
    struct campaign *campaign;
    size_t people;
    bool known; /* the ledger and the outbox are there */
} shop;

static const char text[] = "name: c\nto: {include: Buyers}\nholdout: 10\nsends:\n"
                           "  - {name: s, message: m, channel: [sms, email], when: at once}\n";

static enum err_code crowd(void *ctx, const struct campaign *campaign, struct crowd *out,
                           struct err *e)
{
    const struct shop *s = ctx;

    (void)campaign, (void)e;
    *out = (struct crowd){
        .people = xcalloc(s->people, sizeof(uint64_t)), .n = s->people, .left_out = 3};
    for (size_t i = 0; i < s->people; i++)
        out->people[i] = i + 1;
    return ERR_OK;
}

/* Every fifth has a phone, every eighth nothing at all. */
static enum err_code reach(void *ctx, struct outbox_message *io, bool *out_found, size_t n,
                           struct err *e)
{
    (void)ctx, (void)e;
    for (size_t i = 0; i < n; i++) {
        struct outbox_message *m = &io[i];
        bool sms = strcmp(m->channel, "sms") == 0;

        out_found[i] = m->person % 8 != 0 && (!sms || m->person % 5 == 0);
        if (!out_found[i])
            continue;
        snprintf(m->address, sizeof(m->address),
                 sms ? "+49301000%04" PRIu64 : "p%" PRIu64 "@example.com", m->person);
        snprintf(m->zone, sizeof(m->zone), "%s",
                 m->person % 7 == 0 ? "Pacific/Auckland" : "Europe/Berlin");
        CHECK(suppression_address(consents_keys(shop.consents), m->channel, str_of(m->address),
                                  "DE", &m->who));
    }
    return ERR_OK;
}

static enum err_code judge(void *ctx, const struct outbox_message *messages, const int64_t *at_us,
                           size_t n, struct gate_decision *out, struct err *e)
{
    const struct shop *s = ctx;
    struct claims claims = {.outbox = s->known ? s->outbox : NULL,
                            .consents = s->known ? s->consents : NULL,
                            .quiet = s->quiet,
                            .rules = &s->rules,
                            .country = "DE"};

    for (size_t i = 0; i < n; i++)
        TRY(claim_forecast(&claims, &messages[i], at_us[i], &out[i], e));
    return ERR_OK;
}

static const struct campaign_world world = {
    .crowd = crowd, .reach = reach, .judge = judge, .ctx = &shop};

/* ---- a shop ------------------------------------------------------------------------------- */

static enum err_code say(int person, const char *channel, enum consent_state state, int64_t when_us)
{
    char address[64];
    struct consent_fact fact = {.kind = strcmp(channel, "sms") == 0 ? IDENTIFIER_PHONE
                                                                    : IDENTIFIER_EMAIL,
                                .channel = str_of(channel),
                                .state = state,
                                .when_us = when_us,
                                .source = STR_LIT("shop"),
                                .method = STR_LIT("form")};
    bool new;

    snprintf(address, sizeof(address),
             fact.kind == IDENTIFIER_PHONE ? "+49301000%04d" : "p%d@example.com", person);
    fact.address = str_of(address);
    return consents_add(shop.consents, &fact, &new, &err);
}

/* All agreed but every third; every ninth went back on it. */
static void tell_words(void)
{
    enum err_code rc = ERR_OK;

    CHECK_OK(consents_begin(shop.consents, &err), err);
    for (int i = 1; rc == ERR_OK && i <= PEOPLE; i++) {
        if (i % 3 == 0)
            continue;
        rc = say(i, "email", CONSENT_GRANTED, NOON - 9 * US_PER_DAY);
        if (rc == ERR_OK)
            rc = say(i, "sms", i % 10 ? CONSENT_GRANTED : CONSENT_PENDING, NOON - 9 * US_PER_DAY);
        if (rc == ERR_OK && i % 11 == 0)
            rc = say(i, "email", CONSENT_WITHDRAWN, NOON - 8 * US_PER_DAY);
    }
    CHECK_OK(consents_end(shop.consents, rc, &err), err);
}

/* Every thirteenth got something an hour ago. */
static void send_before(void)
{
    enum err_code rc = ERR_OK;

    CHECK_OK(outbox_begin(shop.outbox, &err), err);
    rc = outbox_arm(shop.outbox, &err);
    for (int i = 13; rc == ERR_OK && i <= PEOPLE; i += 13) {
        struct outbox_message m = {.campaign = 99,
                                   .step = 1,
                                   .person = (uint64_t)i,
                                   .channel = "email",
                                   .purpose = "marketing",
                                   .planned_us = NOON,
                                   .next_us = NOON,
                                   .not_after_us = NOON + US_PER_DAY};
        struct outbox_change change = {.from = OUTBOX_PLANNED,
                                       .to = OUTBOX_CLAIMED,
                                       .now_us = NOON - US_PER_HOUR,
                                       .lease_us = NOON + US_PER_DAY};
        bool found, done = false;

        (void)reach(NULL, &m, &found, 1, &err);
        if (!found)
            continue;
        rc = outbox_plan(shop.outbox, &m, STR_LIT("{}"), &done, &err);
        for (change.id = 1; rc == ERR_OK && done; change.id++) {
            struct outbox_message kept;

            rc = outbox_find(shop.outbox, change.id, &kept, NULL, &found, &err);
            if (rc == ERR_OK && found && kept.person == m.person)
                break;
        }
        if (rc == ERR_OK)
            rc = outbox_change(shop.outbox, &change, &done, NULL, &err);
    }
    CHECK_OK(outbox_end(shop.outbox, rc, &err), err);
}

static void open_shop(const char *folder)
{
    struct settings settings = settings_default();

    shop = (struct shop){.people = PEOPLE, .known = true, .quiet = quiet_new()};
    sender_rules(&settings.sending, &shop.rules);
    CHECK_OK(store_open(temp_path(folder), &shop.store, &err), err);
    CHECK_OK(outbox_open(shop.store, &shop.outbox, &err), err);
    CHECK_OK(consents_open(shop.store, &shop.consents, &err), err);
    CHECK_OK(zone_open("Europe/Berlin", &shop.zone, &err), err);
    CHECK_OK(campaign_read(str_of(text), NULL, NULL, &shop.campaign, &err), err);
}

static void close_shop(void)
{
    campaign_free(shop.campaign);
    zone_close(shop.zone);
    quiet_free(shop.quiet);
    consents_close(shop.consents);
    outbox_close(shop.outbox);
    store_close(shop.store);
}

static struct campaign_preview look(void)
{
    struct campaign_planner p = {.quiet = shop.quiet, .zone = shop.zone, .world = &world};
    struct campaign_preview got;

    CHECK_OK(campaign_look(&p, 5, shop.campaign, NOON, &got, &err), err);
    return got;
}

/* ---- what is told, and what happens ------------------------------------------------------- */

static int64_t kept(void)
{
    struct consent_health health;

    CHECK_OK(consents_verify(shop.consents, &health, &err), err);
    return health.entries;
}

static void count_messages(struct campaign_judged out[2])
{
    memset(out, 0, 2 * sizeof(*out));
    CHECK_OK(outbox_begin(shop.outbox, &err), err);
    for (int64_t id = 1; id < 3 * PEOPLE; id++) {
        struct outbox_message m;
        struct campaign_judged *j;
        bool found;

        CHECK_OK(outbox_find(shop.outbox, id, &m, NULL, &found, &err), err);
        if (!found || m.campaign != 5)
            continue;
        j = &out[strcmp(m.channel, "email") == 0];
        j->go += m.state == OUTBOX_CLAIMED;
        j->held[m.reason] += m.state == OUTBOX_PLANNED;
        j->refused[m.reason] += m.state == OUTBOX_SKIPPED;
    }
    CHECK_OK(outbox_end(shop.outbox, ERR_OK, &err), err);
}

static void launch_it(void)
{
    struct campaign_planner p = {
        .outbox = shop.outbox, .quiet = shop.quiet, .zone = shop.zone, .world = &world};
    const struct campaign_live live = {
        .id = 5, .campaign = shop.campaign, .launched_us = NOON, .expected = PEOPLE};
    struct claims claims = {.outbox = shop.outbox,
                            .consents = shop.consents,
                            .quiet = shop.quiet,
                            .rules = &shop.rules,
                            .country = "DE",
                            .lease_us = US_PER_DAY};
    struct outbox_message got[CLAIM_MOST];
    struct campaign_planned planned;
    struct claim_counts counts = {0};
    size_t n, asked = 0;

    CHECK_OK(campaign_plan(&p, &live, NOON, &planned, &err), err);
    do {
        CHECK_OK(
            claim_messages(&claims, NOON + 61 * US_PER_SECOND, got, CLAIM_MOST, &n, &counts, &err),
            err);
    } while (n > 0 && asked++ < 100);
}

static void as_it_happens(void)
{
    struct campaign_judged happened[2];
    struct campaign_preview told;
    int64_t entries, contacts = 0;

    open_shop("happens");
    tell_words();
    send_before();
    entries = kept();
    told = look();
    count_messages(happened);
    CHECK_INT(memcmp(happened, (struct campaign_judged[2]){{0}}, sizeof(happened)), 0);
    CHECK_INT(kept(), entries);
    launch_it();
    count_messages(happened);
    for (size_t c = 0; c < 2; c++) {
        CHECK_INT(told.judged[c].go, happened[c].go);
        for (size_t r = 0; r < GATE_REASONS; r++) {
            CHECK_INT(told.judged[c].held[r], happened[c].held[r]);
            CHECK_INT(told.judged[c].refused[r], happened[c].refused[r]);
            contacts += told.judged[c].held[r] + told.judged[c].refused[r];
        }
        contacts += told.judged[c].go;
    }
    CHECK(told.judged[1].go > 40 && told.judged[0].go > 5);
    CHECK(told.judged[1].held[GATE_CAPPED] > 2);
    CHECK(told.judged[1].held[GATE_QUIET] > 5);
    CHECK(told.judged[1].refused[GATE_NO_CONSENT] > 20);
    CHECK(told.judged[1].refused[GATE_UNSUBSCRIBED] > 5);
    CHECK(told.judged[0].refused[GATE_UNCONFIRMED] > 2);
    CHECK_INT(contacts + told.unreached + told.held_out, PEOPLE);
    CHECK_INT(told.left_out, 3);
    CHECK_INT(campaign_about(&told, told.unreached).high, told.unreached);
    close_shop();
}

static int64_t last_planned(void)
{
    int64_t last_us = 0;

    for (int64_t id = 1; id < 3 * PEOPLE; id++) {
        struct outbox_message m;
        bool found;

        CHECK_OK(outbox_find(shop.outbox, id, &m, NULL, &found, &err), err);
        if (found && m.campaign == 5 && m.next_us > last_us)
            last_us = m.next_us;
    }
    return last_us;
}

/* When the last is told to go out is when it is planned for, also by people's own clocks. */
static void spread(const char *folder, const char *when, int64_t per_hour)
{
    char given[512];
    struct campaign_preview told;
    struct campaign_spread got = {0};
    struct campaign *other = NULL;

    open_shop(folder);
    snprintf(given, sizeof(given),
             "name: c\nto: {include: Buyers}\nholdout: 10\nthrottle: %" PRId64 "\nsends:\n"
             "  - {name: s, message: m, channel: [sms, email], when: %s}\n",
             per_hour, when);
    CHECK_MSG(!campaign_spread(shop.campaign, &(struct campaign_preview){.people = 9}, &got),
              "without a throttle it is not spread");
    CHECK_OK(campaign_read(str_of(given), NULL, NULL, &other, &err), err);
    campaign_free(shop.campaign);
    shop.campaign = other;
    told = look();
    CHECK(campaign_spread(shop.campaign, &told, &got));
    launch_it();
    CHECK_INT(got.last_us, last_planned());
    CHECK_MSG(got.last_us - got.first_us > 150 * US_PER_HOUR / per_hour, "%s: %.1f hours", when,
              (double)(got.last_us - got.first_us) / US_PER_HOUR);
    close_shop();
}

/* Where nothing was ever told nobody has agreed. */
static void nothing_known(void)
{
    struct campaign_preview told;

    open_shop("nothing");
    shop.known = false;
    told = look();
    CHECK_INT(told.judged[0].go + told.judged[1].go, 0);
    CHECK_INT(told.judged[1].refused[GATE_NO_CONSENT], told.by_channel[1]);
    CHECK_INT(told.looked_at, PEOPLE - told.held_out);
    close_shop();
}

/* ---- many people -------------------------------------------------------------------------- */

/* A quarter of all may be written to: who is what has nothing to do with people's numbers, which
 * are hashes. */
static bool in_quarter(uint64_t person)
{
    return person * UINT64_C(0x9e3779b97f4a7c15) >> 62 == 0;
}

static enum err_code judge_many(void *ctx, const struct outbox_message *messages,
                                const int64_t *at_us, size_t n, struct gate_decision *out,
                                struct err *e)
{
    (void)ctx, (void)at_us, (void)e;
    for (size_t i = 0; i < n; i++)
        out[i] = in_quarter(messages[i].person)
                     ? (struct gate_decision){GATE_SEND, GATE_NONE, TIME_NONE}
                     : (struct gate_decision){GATE_SKIP, GATE_NO_CONSENT, TIME_NONE};
    return ERR_OK;
}

static void many(void)
{
    struct campaign_world calls = world;
    struct campaign_planner p = {.world = &calls};
    struct campaign_preview got;
    struct campaign_about go;
    int64_t truth = 0, known;

    open_shop("many");
    shop.people = 200000;
    calls.judge = judge_many;
    p.quiet = shop.quiet;
    p.zone = shop.zone;
    CHECK_OK(campaign_look(&p, 5, shop.campaign, NOON, &got, &err), err);
    CHECK_INT(got.people, 200000);
    CHECK_INT(got.looked_at, CAMPAIGN_LOOK_MOST);
    known = got.people - got.held_out;
    CHECK(got.held_out > 19000 && got.held_out < 21000);
    go = campaign_about(&got, got.judged[0].go + got.judged[1].go);
    truth = known / 4 * 7 / 8;
    CHECK(go.low < go.n && go.n < go.high && go.high - go.low < known / 60);
    CHECK(go.low < truth && truth < go.high);
    calls.patience_us = 1; /* a busy machine: over before the first batch is */
    CHECK_OK(campaign_look(&p, 5, shop.campaign, NOON, &got, &err), err);
    CHECK_MSG(got.looked_at > 1000 && got.looked_at < 5000 && got.people == 200000,
              "%" PRId64 " looked at in short time", got.looked_at);
    go = campaign_about(&got, got.judged[0].go + got.judged[1].go);
    CHECK(go.low < truth && truth < go.high);
    go = campaign_about(&got, 0);
    CHECK(go.n == 0 && go.low == 0 && go.high > 0 && go.high < 500);
    close_shop();
}

int main(void)
{
    temp_dir_make();
    as_it_happens();
    spread("once", "at once", 60);
    spread("clocks", "2026-11-20 21:00, zone: person", 600);
    spread("over", "2026-11-20 21:00, zone: person", 20);
    nothing_known();
    many();
    return tap_done();
}
