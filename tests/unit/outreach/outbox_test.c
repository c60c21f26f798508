/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The outbox and the gate together against a channel that remembers what it got: whatever happens
 * in whatever order - withdrawals, lost answers, dead senders, pauses, stops, planning again -
 * nobody gets marketing twice, after a withdrawal, at night or above the caps, and every message
 * that was planned is accounted for. With TIDEMARK_TEST_LONG a million steps. */
#include "outreach/claim.h"

#include "tap.h"
#include "temp_dir.h"

#define START civil_to_utc(&(struct civil){2026, 3, 20, 6, 0, 0, 0})
#define MINUTE (60 * US_PER_SECOND)

enum { PEOPLE = 40, CAMPAIGNS = 6, STEPS = 3, SENDERS = 3, HELD_MOST = 8, SENT_MOST = 4096 };

static struct store *store;
static struct outbox *outbox;
static struct consents *ledger;
static struct gate_rules rules;
static struct err err = ERR_INIT;

static uint64_t random_state = 88172645463325252U;
static uint64_t draw(uint64_t below) /* xorshift (Marsaglia 2003) */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

/* ---- people ------------------------------------------------------------------------------- */

static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Asia/Bangkok",
                                    "Asia/Riyadh",   "Pacific/Apia",     "Australia/Lord_Howe"};

static void address_of(int person, char out[64])
{
    snprintf(out, 64, "person%d@example.com", person);
}

static void say(int person, enum consent_state state, int64_t at_us)
{
    char address[64];
    const struct consent_fact fact = {.kind = IDENTIFIER_EMAIL,
                                      .address = (address_of(person, address), str_of(address)),
                                      .channel = STR_LIT("email"),
                                      .state = state,
                                      .when_us = at_us,
                                      .source = STR_LIT("shop"),
                                      .method = STR_LIT("form")};
    enum err_code rc = consents_begin(ledger, &err);
    bool added;

    if (rc == ERR_OK)
        rc = consents_end(ledger, consents_add(ledger, &fact, &added, &err), &err);
    if (rc != ERR_OK)
        CHECK_MSG(false, "telling the ledger: %s", err.msg);
}

/* ---- the channel, and what must hold ------------------------------------------------------ */

struct sent {
    int64_t message, at_us;
    bool transactional;
};
static struct sent sent[PEOPLE][SENT_MOST];
static size_t sent_count[PEOPLE];
static bool withdrawn[PEOPLE];
static struct zone *zone_of[PEOPLE];

static struct {
    int64_t sent, doubled, after_withdrawal, at_night, above_caps, while_stopped, lost_answers;
} seen;

static void look_at_caps(int person, int64_t now_us)
{
    for (size_t i = 0; i < rules.cap_count; i++) {
        int n = 0;

        for (size_t j = 0; j < sent_count[person]; j++)
            n += !sent[person][j].transactional &&
                 sent[person][j].at_us > now_us - rules.caps[i].window_us;
        seen.above_caps += n >= rules.caps[i].most;
    }
}

static void receive(const struct outbox_message *m, int64_t now_us, bool halted)
{
    int person = (int)m->person - 1;
    struct civil local = zone_from_utc(zone_of[person], now_us);

    seen.sent++;
    seen.while_stopped += halted;
    for (size_t j = 0; j < sent_count[person]; j++)
        seen.doubled += sent[person][j].message == m->id && !m->transactional;
    if (!m->transactional) {
        seen.after_withdrawal += withdrawn[person];
        seen.at_night +=
            !sending_hours_allow(&rules.hours[0].hours, local.hour * 60 + local.minute);
        look_at_caps(person, now_us);
    }
    if (sent_count[person] < SENT_MOST)
        sent[person][sent_count[person]++] = (struct sent){m->id, now_us, m->transactional};
}

/* ---- senders ------------------------------------------------------------------------------ */

struct sender {
    struct claims claims;
    struct outbox_message held[HELD_MOST];
    bool handed[HELD_MOST], received[HELD_MOST];
    size_t n;
};
static struct sender senders[SENDERS];
static struct claim_counts counts;

static void open_sender(struct sender *s)
{
    CHECK_OK(outbox_open(store, &s->claims.outbox, &err), err);
    CHECK_OK(consents_open(store, &s->claims.consents, &err), err);
    s->claims.quiet = quiet_new();
    s->claims.rules = &rules;
    s->claims.country = "";
    s->claims.lease_us = 30 * US_PER_SECOND;
}

static void close_sender(struct sender *s)
{
    outbox_close(s->claims.outbox);
    consents_close(s->claims.consents);
    quiet_free(s->claims.quiet);
}

static void must(enum err_code rc, const char *what)
{
    if (rc != ERR_OK)
        CHECK_MSG(false, "%s: %s", what, err.msg);
    err = ERR_INIT;
}

static void claim_some(struct sender *s, int64_t now_us)
{
    size_t n = 0;

    if (s->n > 0)
        return;
    must(claim_messages(&s->claims, now_us, s->held, 1 + draw(HELD_MOST), &n, &counts, &err),
         "claiming");
    s->n = n;
    memset(s->handed, 0, sizeof(s->handed));
}

static enum err_code hand_over(struct claims *claims, int64_t now_us,
                               const struct outbox_message *messages, size_t n, bool *out_go,
                               struct claim_counts *to)
{
    struct claim_exchange x = {.messages = messages, .message_n = n, .out_go = out_go};

    return claim_exchange(claims, now_us, &x, to, &err);
}

static enum err_code settle(struct claims *claims, int64_t now_us,
                            const struct claim_answer *answers, size_t n, int64_t *out_late)
{
    struct claim_exchange x = {.answers = answers, .answer_n = n};
    enum err_code rc = claim_exchange(claims, now_us, &x, &counts, &err);

    *out_late = x.out_late;
    return rc;
}

static void hand_over_some(struct sender *s, int64_t now_us, bool halted)
{
    bool go[HELD_MOST];
    size_t kept = 0;

    if (s->n == 0 || s->handed[0])
        return;
    must(hand_over(&s->claims, now_us, s->held, s->n, go, &counts), "handing over");
    for (size_t i = 0; i < s->n; i++) {
        if (!go[i])
            continue;
        s->held[kept] = s->held[i];
        s->handed[kept] = true;
        s->received[kept] = draw(12) > 0; /* else it is lost on the way to the channel */
        if (s->received[kept])
            receive(&s->held[kept], now_us, halted);
        kept++;
    }
    s->n = kept;
}

/* What a channel says of a message: of one that it has, that or nothing. */
static enum claim_outcome answer_of(const struct sender *s, size_t i)
{
    static const enum claim_outcome has[] = {CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_UNCERTAIN},
                                    has_not[] = {CLAIM_FAILED, CLAIM_LATER, CLAIM_UNCERTAIN};

    if (!s->handed[i])
        return CLAIM_GIVEN_BACK;
    return s->received[i] ? has[draw(3)] : has_not[draw(3)];
}

static void settle_some(struct sender *s, int64_t now_us)
{
    struct claim_answer answers[HELD_MOST];
    int64_t late;

    if (s->n == 0)
        return;
    for (size_t i = 0; i < s->n; i++)
        answers[i] = (struct claim_answer){.id = s->held[i].id,
                                           .claim = s->held[i].claim,
                                           .outcome = answer_of(s, i),
                                           .next_us = now_us,
                                           .text = STR_LIT("250 ok")};
    if (!s->handed[0] && draw(4) == 0)
        must(claim_unfit(&s->claims, now_us, &s->held[0], STR_LIT("no name"), &err), "unfit");
    must(settle(&s->claims, now_us, answers, s->n, &late), "settling");
    seen.lost_answers += late;
    s->n = 0;
}

/* ---- everything at random ----------------------------------------------------------------- */

static int64_t planned;
static bool stopped;

static void plan_one(int64_t now_us)
{
    int person = (int)draw(PEOPLE);
    struct outbox_message m = {.campaign = 1 + (int64_t)draw(CAMPAIGNS),
                               .step = (int64_t)draw(STEPS),
                               .occurrence = (now_us - START) / (2 * US_PER_DAY),
                               .person = (uint64_t)person + 1,
                               .channel = "email",
                               .purpose = "marketing",
                               .planned_us = now_us,
                               .next_us = now_us + (int64_t)draw(3) * US_PER_HOUR,
                               .not_after_us = now_us + (int64_t)draw(9) * US_PER_DAY};
    bool new = false;

    m.transactional = m.campaign == CAMPAIGNS;
    address_of(person, m.address);
    snprintf(m.zone, sizeof(m.zone), "%s", zones[(size_t)person % TM_COUNT(zones)]);
    pseudonym_email(consents_keys(ledger), str_of(m.address), &m.who);
    must(outbox_begin(outbox, &err), "begin");
    must(outbox_end(outbox, outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err), &err), "planning");
    planned += new;
}

static void shop_changes(int64_t now_us)
{
    struct outbox_recovered recovered;
    enum err_code rc;

    must(outbox_begin(outbox, &err), "begin");
    switch (draw(3)) {
    case 0:
        stopped = draw(4) == 0;
        rc = outbox_stop(outbox, stopped, &err);
        break;
    case 1:
        rc = outbox_campaign_set(outbox, 1 + (int64_t)draw(CAMPAIGNS),
                                 draw(3) == 0 ? CAMPAIGN_PAUSED : CAMPAIGN_RUNNING, "", &err);
        break;
    default:
        rc = outbox_recover(outbox, now_us, false, &recovered, &err);
        break;
    }
    must(outbox_end(outbox, rc, &err), "the shop's word");
}

static void person_changes(int64_t now_us)
{
    int person = (int)draw(PEOPLE);

    withdrawn[person] = draw(3) > 0;
    say(person, withdrawn[person] ? CONSENT_WITHDRAWN : CONSENT_GRANTED, now_us);
}

static void one_step(int64_t now_us)
{
    struct sender *s = &senders[draw(SENDERS)];

    switch (draw(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        plan_one(now_us);
        break;
    case 4:
        person_changes(now_us);
        break;
    case 5:
        shop_changes(now_us);
        break;
    case 6:
        if (draw(6) == 0) /* the sender dies and forgets what it had */
            s->n = 0;
        break;
    case 7:
    case 8:
    case 9:
        settle_some(s, now_us);
        break;
    case 10:
    case 11:
    case 12:
        hand_over_some(s, now_us, stopped);
        break;
    default:
        claim_some(s, now_us);
        break;
    }
}

static int64_t total(enum outbox_state state)
{
    struct outbox_count all[OUTBOX_COUNTS_MAX];
    int64_t sum = 0;
    size_t n = 0;

    must(outbox_counts(outbox, 0, all, TM_COUNT(all), &n, &err), "counting");
    for (size_t i = 0; i < n; i++)
        if (state == OUTBOX_STATES || all[i].state == state)
            sum += all[i].n;
    return sum;
}

/* never_28 among others: nothing goes to who withdrew (dittofeed f0cfc3e7e asked nobody). */
static void at_random(int64_t steps)
{
    int64_t now_us = START;

    for (int i = 0; i < PEOPLE; i++) {
        CHECK_OK(zone_open(zones[(size_t)i % TM_COUNT(zones)], &zone_of[i], &err), err);
        say(i, CONSENT_GRANTED, START - US_PER_DAY);
    }
    for (int i = 0; i < SENDERS; i++)
        open_sender(&senders[i]);
    for (int64_t i = 0; i < steps; i++) {
        now_us += (int64_t)draw(draw(20) == 0 ? 180 * MINUTE : 20 * US_PER_SECOND);
        one_step(now_us);
    }
    CHECK_MSG(seen.sent > steps / 100, "%" PRId64 " steps, %" PRId64 " planned, %" PRId64 " sent",
              steps, planned, seen.sent);
    CHECK_MSG(counts.held > 0 && counts.skipped > 0,
              "%" PRId64 " held, %" PRId64 " skipped, %" PRId64 " lost to others, %" PRId64
              " answers too late",
              counts.held, counts.skipped, counts.lost, seen.lost_answers);
    CHECK_INT(seen.doubled, 0);
    CHECK_INT(seen.after_withdrawal, 0);
    CHECK_INT(seen.at_night, 0);
    CHECK_INT(seen.above_caps, 0);
    CHECK_INT(seen.while_stopped, 0);
    CHECK_INT(total(OUTBOX_STATES), planned);
    CHECK_INT(counts.handed_over >= seen.sent, true);
    for (int i = 0; i < SENDERS; i++)
        close_sender(&senders[i]);
    for (int i = 0; i < PEOPLE; i++)
        zone_close(zone_of[i]);
}

/* ---- one after the other ------------------------------------------------------------------ */

static struct outbox_message plain(int person, int64_t campaign)
{
    struct outbox_message m = {.campaign = campaign,
                               .person = (uint64_t)person + 1,
                               .channel = "email",
                               .purpose = "marketing",
                               .planned_us = START,
                               .next_us = START,
                               .not_after_us = START + 90 * US_PER_DAY};

    address_of(person, m.address);
    snprintf(m.zone, sizeof(m.zone), "%s", zones[(size_t)person % TM_COUNT(zones)]);
    pseudonym_email(consents_keys(ledger), str_of(m.address), &m.who);
    return m;
}

static bool plan(const struct outbox_message *m)
{
    bool new = false;

    must(outbox_begin(outbox, &err), "begin");
    must(outbox_end(outbox, outbox_plan(outbox, m, STR_LIT("{\"x\":1}"), &new, &err), &err),
         "plan");
    planned += new;
    return new;
}

/* never_3: the same message twice within seconds (mautic #9880, #11763). */
static void once_each(void)
{
    struct outbox_message m = plain(1, 70), other;

    CHECK_MSG(plan(&m) && !plan(&m), "the same message is planned once");
    other = m;
    other.person = 999; /* two people of one address */
    CHECK(!plan(&other));
    other = plain(2, 70);
    other.person = m.person; /* two addresses of one person */
    CHECK(!plan(&other));
    m.occurrence = 1;
    CHECK(plan(&m));
}

static void ways(void)
{
    struct outbox_message m = plain(3, 71), found;
    struct outbox_change c = {.from = OUTBOX_PLANNED, .to = OUTBOX_ACCEPTED};
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    size_t n = 0;
    bool done, is;

    plan(&m);
    CHECK_OK(outbox_due(outbox, &(struct outbox_queue){71, "email"}, START, &m, 1, &n, &err), err);
    CHECK_INT(n, 1);
    c.id = m.id;
    CHECK_MSG(outbox_change(outbox, &c, &done, NULL, &err) == ERR_INTERNAL,
              "nothing is accepted that was not handed over");
    err = ERR_INIT;
    c.from = OUTBOX_SKIPPED;
    c.to = OUTBOX_PLANNED;
    CHECK(outbox_change(outbox, &c, &done, NULL, &err) == ERR_INTERNAL);
    err = ERR_INIT;
    CHECK_OK(outbox_find(outbox, m.id, &found, &data, &is, &err), err);
    CHECK(is && found.person == m.person && memcmp(&found.who, &m.who, sizeof(m.who)) == 0);
    CHECK_STR(buf_cstr(&data), "{\"x\":1}");
    CHECK_OK(outbox_find(outbox, 1 << 30, &found, NULL, &is, &err), err);
    CHECK(!is);
}

static void close_address(int person, enum suppression_reason reason)
{
    struct outbox_message m = plain(person, 76);

    must(consents_begin(ledger, &err), "begin");
    must(consents_end(ledger,
                      suppression_add(ledger, "email", &m.who, reason, timestamp_now(),
                                      STR_LIT("test"), &err),
                      &err),
         "suppressing");
}

/* An address may be closed although its person allows messages: nothing goes to it, also when that
 * became known after it was claimed. */
static void closed_addresses(void)
{
    const int64_t noon = START + 5 * US_PER_HOUR;
    struct sender s = {0};
    struct claim_counts c = {0};
    bool go[HELD_MOST] = {true};
    size_t n = 0;

    for (int person = 900; person < 902; person++) {
        struct outbox_message m = plain(person, 76);

        snprintf(m.zone, sizeof(m.zone), "%s", plain(6, 76).zone); /* where it is day */
        say(person, CONSENT_GRANTED, START - US_PER_HOUR);
        plan(&m);
    }
    close_address(900, SUPPRESSED_BY_HAND);
    open_sender(&s);
    s.claims.turn = 75;
    CHECK_OK(claim_messages(&s.claims, noon, s.held, HELD_MOST, &n, &c, &err), err);
    CHECK_MSG(n == 1 && s.held[0].person == 902, "who is closed by hand is not claimed");
    close_address(901, SUPPRESSED_BOUNCED);
    CHECK_OK(hand_over(&s.claims, noon, s.held, 1, go, &c), err);
    CHECK_MSG(!go[0], "nor handed over, once it is closed");
    close_sender(&s);
}

/* A process that dies with messages in its hands. */
static void recovery(void)
{
    struct sender s = {0};
    struct outbox_message m = plain(6, 72), old;
    struct outbox_recovered r;
    struct claim_answer late;
    struct claim_counts c = {0};
    int64_t lost = 0, noon = START + 5 * US_PER_HOUR;
    bool go[HELD_MOST];
    size_t n = 0;

    say(6, CONSENT_GRANTED, START - US_PER_HOUR);
    say(12, CONSENT_GRANTED, START - US_PER_HOUR);
    plan(&m);
    m = plain(12, 72);
    plan(&m);
    open_sender(&s);
    s.claims.turn = 71; /* 72 comes next */
    CHECK_OK(claim_messages(&s.claims, noon, s.held, HELD_MOST, &n, &c, &err), err);
    CHECK_INT(n, 2);
    CHECK_OK(hand_over(&s.claims, noon, s.held, 1, go, &c), err);
    CHECK(go[0]);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_recover(outbox, noon + 29 * US_PER_SECOND, false, &r, &err), err);
    CHECK_MSG(r.planned == 0 && r.uncertain == 0, "leases hold");
    CHECK_OK(outbox_recover(outbox, noon + 29 * US_PER_SECOND, true, &r, &err), err);
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
    CHECK_MSG(r.planned == 1 && r.uncertain == 1,
              "%" PRId64 " planned again, %" PRId64 " uncertain", r.planned, r.uncertain);
    CHECK_OK(hand_over(&s.claims, noon, &s.held[1], 1, go, &c), err);
    CHECK_MSG(!go[0] && c.lost == 1, "who comes back from the dead has lost its claim");
    old = s.held[1];
    noon += US_PER_HOUR / 60;
    CHECK_OK(claim_messages(&s.claims, noon, &s.held[1], 1, &n, &c, &err), err);
    CHECK(n == 1 && s.held[1].id == old.id && s.held[1].claim > old.claim);
    CHECK_OK(hand_over(&s.claims, noon, &old, 1, go, &c), err);
    CHECK_MSG(!go[0] && c.lost == 2, "so it has when another claimed it since");
    CHECK_OK(hand_over(&s.claims, noon, &s.held[1], 1, go, &c), err);
    CHECK(go[0]);
    late = (struct claim_answer){
        .id = s.held[0].id, .claim = s.held[0].claim, .outcome = CLAIM_ACCEPTED};
    CHECK_OK(settle(&s.claims, noon, &late, 1, &lost), err);
    CHECK_INT(lost, 0);
    CHECK_MSG(total(OUTBOX_ACCEPTED) == 1 && total(OUTBOX_UNCERTAIN) == 0,
              "an answer that comes late is the truth");
    close_sender(&s);
}

static bool file_holds(const char *name, const char *needle)
{
    FILE *f = fopen(temp_path(name), "re");
    static char bytes[1 << 20];
    size_t n;

    if (!f)
        return false;
    n = fread(bytes, 1, sizeof(bytes), f);
    fclose(f);
    CHECK_MSG(n < sizeof(bytes), "%s is read whole", name);
    return memmem(bytes, n, needle, strlen(needle)) != NULL;
}

static void forgetting(void)
{
    struct outbox_message m = plain(7, 73), found;
    struct pseudonym who = m.who;
    int64_t n = 0, skipped = total(OUTBOX_SKIPPED);
    bool is;

    plan(&m);
    m.occurrence = 1;
    plan(&m);
    CHECK_OK(outbox_settle(outbox, &err), err);
    CHECK(file_holds("shop/outbox.db", m.address));
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_forget(outbox, &who, 1, START, &n, &err), &err), err);
    CHECK_INT(n, 2);
    CHECK_OK(outbox_settle(outbox, &err), err);
    CHECK_MSG(!file_holds("shop/outbox.db", m.address) &&
                  !file_holds("shop/outbox.db-wal", m.address),
              "no byte of the address is left");
    CHECK_INT(total(OUTBOX_SKIPPED), skipped + 2);
    CHECK_INT(total(OUTBOX_STATES), planned);
    for (int64_t id = 1; id < 20; id++) {
        CHECK_OK(outbox_find(outbox, id, &found, NULL, &is, &err), err);
        if (is && memcmp(&found.who, &who, sizeof(who)) == 0)
            CHECK(found.person != m.person && !*found.address && !*found.zone);
    }
}

/* A copy of the folder sends nothing until somebody says so. */
static void copied(void)
{
    struct outbox_switch s;
    struct outbox *copy;
    struct store *other;
    struct sender there = {0};
    struct claim_counts c = {0};
    char command[1400];
    size_t n = 1;

    CHECK_OK(outbox_switch(outbox, &s, &err), err);
    CHECK(!s.stopped && !s.disarmed);
    snprintf(command, sizeof(command), "cp -a '%s' '%s'", temp_path("shop"), temp_path("copy"));
    CHECK_INT(system(command), 0);
    CHECK_OK(store_open(temp_path("copy"), &other, &err), err);
    CHECK_OK(outbox_open(other, &copy, &err), err);
    CHECK_OK(outbox_switch(copy, &s, &err), err);
    CHECK_MSG(s.disarmed, "a copy is disarmed");
    CHECK_OK(consents_open(other, &there.claims.consents, &err), err);
    there.claims.outbox = copy;
    there.claims.quiet = quiet_new();
    there.claims.rules = &rules;
    there.claims.country = "";
    CHECK_OK(claim_messages(&there.claims, START + 6 * US_PER_HOUR, there.held, 8, &n, &c, &err),
             err);
    CHECK_MSG(n == 0 && c.held == 0 && c.skipped == 0, "it claims nothing, and changes nothing");
    CHECK_OK(outbox_begin(copy, &err), err);
    CHECK_OK(outbox_end(copy, outbox_arm(copy, &err), &err), err);
    CHECK_OK(outbox_switch(copy, &s, &err), err);
    CHECK(!s.disarmed);
    close_sender(&there);
    store_close(other);
}

/* A new outbox lets nothing out before somebody said so. */
static void armed_first(void)
{
    struct outbox_switch s;

    CHECK_OK(outbox_switch(outbox, &s, &err), err);
    CHECK(!s.stopped && s.disarmed);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_arm(outbox, &err), &err), err);
    CHECK_OK(outbox_switch(outbox, &s, &err), err);
    CHECK(!s.stopped && !s.disarmed);
}

int main(void)
{
    struct outbox *none = NULL;
    bool all = getenv("TIDEMARK_TEST_LONG") != NULL;

    if (access("/dev/shm", W_OK) == 0) /* thousands of commits */
        setenv("TMPDIR", "/dev/shm", 0);
    temp_dir_make();
    gate_rules_default(&rules);
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open_kept(store, &none, &err), err);
    CHECK_MSG(!none, "nothing was ever planned");
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    CHECK_OK(consents_open(store, &ledger, &err), err);
    armed_first();
    once_each();
    ways();
    closed_addresses();
    recovery();
    forgetting();
    copied();
    at_random(all ? 1000000 : 6000);
    outbox_close(outbox);
    consents_close(ledger);
    store_close(store);
    return tap_done();
}
