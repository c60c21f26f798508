/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands beside the sender's loop (tests/mail/sending.py runs that): links that nobody can
 * make up, the shop's contact rules, what is counted of responses, and when a campaign must stop.
 */
#include "base/i18n.h"
#include "outreach/sender/links.h"
#include "outreach/sender/sender.h"
#include "outreach/sender/track.h"

#include "tap.h"
#include "temp_dir.h"

static struct store *store;
static struct outbox *outbox;
static struct pseudonyms *keys;
static struct err err = ERR_INIT;

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- links -------------------------------------------------------------------------------- */

static void round_trip(void)
{
    TM_CLEANUP(buf_release) struct buf a = BUF_INIT(LINK_MAX), b = BUF_INIT(LINK_MAX);
    const struct str target = STR_LIT("https://shop.example/a?b=c&d=%20#e");
    struct link_leave leave = {.message = 41, .channel = "email", .purpose = "marketing"}, l;
    struct link_track t;

    CHECK(pseudonym_email(keys, STR_LIT("ada@example.com"), &leave.who));
    link_leave_write(keys, &leave, &a);
    CHECK(link_leave_read(keys, buf_str(&a), &l));
    CHECK(l.message == 41 && memcmp(&l.who, &leave.who, sizeof(l.who)) == 0);
    CHECK_STR(l.channel, "email");
    CHECK_STR(l.purpose, "marketing");
    CHECK(link_track_write(keys, LINK_CLICK, 42, target, &b));
    CHECK(link_track_read(keys, buf_str(&b), &t));
    CHECK(t.kind == LINK_CLICK && t.message == 42);
    CHECK_STR(t.target, target.p);
    CHECK_MSG(!link_track_read(keys, buf_str(&a), &t) && !link_leave_read(keys, buf_str(&b), &l),
              "one kind does not stand in for another");
}

static void forged(void)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(LINK_MAX);
    uint64_t state = 88172645463325252U;
    struct link_track t;
    int let_in = 0;

    CHECK(link_track_write(keys, LINK_CLICK, 42, STR_LIT("https://shop.example/here"), &text));
    for (int i = 0; i < 200000; i++) {
        char was;
        size_t at;

        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        at = state % text.n;
        was = text.p[at];
        text.p[at] = letters[state >> 32 & 63];
        let_in += text.p[at] != was && link_track_read(keys, buf_str(&text), &t);
        text.p[at] = was;
    }
    CHECK_INT(let_in, 0);
    CHECK(!link_track_read(keys, STR_LIT(""), &t) && !link_track_read(keys, STR_LIT("AQ"), &t));
    for (size_t i = 0; i < 4; i++) {
        static const char *const targets[] = {"javascript:alert(1)", "//evil.example/",
                                              "https://a.example/\r\nSet-Cookie: x",
                                              "data:text/html,hello"};
        buf_reset(&text);
        CHECK_MSG(!link_track_write(keys, LINK_CLICK, 1, str_of(targets[i]), &text) && !text.n,
                  "%s is no target", targets[i]);
    }
}

/* No letter of a link to leave may be another, nor may one be missing or be added. */
static void forged_leave(void)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(LINK_MAX);
    struct link_leave leave = {.message = 41, .channel = "email", .purpose = "marketing"}, l;
    int let_in = 0;

    CHECK(pseudonym_email(keys, STR_LIT("ada@example.com"), &leave.who));
    link_leave_write(keys, &leave, &text);
    for (size_t at = 0; at < text.n; at++)
        for (const char *other = letters; *other; other++) {
            const char was = text.p[at];

            text.p[at] = *other;
            let_in += *other != was && link_leave_read(keys, buf_str(&text), &l);
            text.p[at] = was;
        }
    for (size_t n = 0; n < text.n; n++)
        let_in += link_leave_read(keys, (struct str){text.p, n}, &l);
    CHECK_INT(let_in, 0);
    CHECK(link_leave_read(keys, buf_str(&text), &l));
    buf_addz(&text, "AAAA");
    CHECK(!link_leave_read(keys, buf_str(&text), &l));
}

/* ---- what is counted ---------------------------------------------------------------------- */

/* The links of a text, as they are followed; what is not counted stands as it is. */
static size_t followed(const struct buf *html, char out[][LINK_TARGET_MAX + 1], size_t cap)
{
    static const char start[] = "https://l.example/c?t=";
    const char *at = buf_cstr(html);
    size_t n = 0;

    while (n < cap && (at = strstr(at, start))) {
        struct link_track t;

        at += sizeof(start) - 1;
        if (!link_track_read(keys, (struct str){at, strcspn(at, "\"'")}, &t) || t.message != 7)
            CHECK_MSG(false, "a link that is not ours: %.40s", at);
        else if (t.kind == LINK_CLICK)
            snprintf(out[n++], LINK_TARGET_MAX + 1, "%s", t.target);
    }
    return n;
}

static void counted(void)
{
    static const char page[] =
        "<html><body><a class=x HREF='https://shop.example/?a=1&amp;b=2'>x</a> hrefhref=\"no\""
        "<a href=\"https://l.example/u/abc\">out</a><a href=\"mailto:a@b.example\">m</a>"
        "<a href=\"https://shop.example/two\">y</a><a href=\"https://broken></body></html>";
    TM_CLEANUP(buf_release) struct buf html = BUF_INIT(1 << 20);
    static char found[8][LINK_TARGET_MAX + 1];
    struct track t = {.keys = keys,
                      .base = "https://l.example",
                      .untouched = "https://l.example/u/abc",
                      .message = 7,
                      .clicks = true,
                      .opens = true};

    buf_addz(&html, page);
    track_html(&t, &html);
    CHECK_INT(followed(&html, found, 8), 2);
    CHECK_STR(found[0], "https://shop.example/?a=1&b=2");
    CHECK_STR(found[1], "https://shop.example/two");
    CHECK(strstr(buf_cstr(&html), "<a href=\"https://l.example/u/abc\">out"));
    CHECK(strstr(buf_cstr(&html), "<a href=\"mailto:a@b.example\">"));
    CHECK(strstr(buf_cstr(&html), "display:none") && strstr(buf_cstr(&html), "/o?t="));
    CHECK(str_ends(buf_str(&html), "</body></html>"));
    buf_reset(&html);
    buf_addz(&html, page);
    t.clicks = t.opens = false;
    track_html(&t, &html);
    CHECK_MSG(strcmp(buf_cstr(&html), page) == 0, "nothing is counted where the shop says so");
}

static void machines_told(void)
{
#define PHONE "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"
    static const struct {
        const char *what;
        struct track_asker asker;
        bool machine;
    } cases[] = {
        {"a person", {LINK_CLICK, PHONE, NULL, false, 3600 * US_PER_SECOND}, false},
        {"a person, of whose message little is known", {LINK_CLICK, PHONE, NULL, false, -1}, false},
        {"a person who opens", {LINK_OPEN, PHONE, NULL, false, 60 * US_PER_SECOND}, false},
        {"HEAD", {LINK_CLICK, PHONE, NULL, true, 3600 * US_PER_SECOND}, true},
        {"looking ahead", {LINK_CLICK, PHONE, "prefetch", false, 3600 * US_PER_SECOND}, true},
        {"two seconds later", {LINK_CLICK, PHONE, NULL, false, 2 * US_PER_SECOND}, true},
        {"the hidden link", {LINK_TRAP, PHONE, NULL, false, 3600 * US_PER_SECOND}, true},
        {"no name", {LINK_CLICK, NULL, NULL, false, 3600 * US_PER_SECOND}, true},
        {"a scanner", {LINK_CLICK, "Barracuda Sentinel", NULL, false, 3600 * US_PER_SECOND}, true},
        {"curl", {LINK_CLICK, "curl/8.1", NULL, false, 3600 * US_PER_SECOND}, true},
        {"Apple's mail", {LINK_OPEN, "Mozilla/5.0", NULL, false, 3600 * US_PER_SECOND}, true},
    };
#undef PHONE

    for (size_t i = 0; i < TM_COUNT(cases); i++)
        CHECK_MSG(track_is_machine(&cases[i].asker) == cases[i].machine, "%s", cases[i].what);
}

/* ---- rules -------------------------------------------------------------------------------- */

static void contact_rules(void)
{
    struct sending s = sending_default();
    struct gate_rules rules, usual;

    gate_rules_default(&usual);
    sender_rules(&s, &rules);
    CHECK_MSG(memcmp(&rules, &usual, sizeof(rules)) == 0, "the gate's own where nothing is said");
    s.caps_given = true;
    s.cap_count = 1;
    s.caps[0] = (struct sending_cap){"sms", 2, 48, 1};
    s.hours_count = 2;
    s.hours[0] = (struct sending_window){"email", 0, 0};
    s.hours[1] = (struct sending_window){"webhook", 60, 120};
    s.same_after_days = 0;
    sender_rules(&s, &rules);
    CHECK(rules.cap_count == 1 && rules.caps[0].most == 2 && !rules.caps[0].waits);
    CHECK(rules.caps[0].window_us == 48 * US_PER_HOUR && rules.duplicate_us == 0);
    CHECK_STR(rules.caps[0].channel, "sms");
    CHECK_INT(rules.hours_count, usual.hours_count + 1);
    CHECK(rules.hours[0].hours.from_minute == rules.hours[0].hours.until_minute);
}

/* ---- responses and the breaker -------------------------------------------------------------- */

/* What a message can do but once is done by as many messages. */
static void respond(int64_t message, int64_t campaign, enum response_kind kind, int64_t at_us,
                    int64_t times)
{
    struct response r = {.message = message, .campaign = campaign, .kind = kind, .at_us = at_us};

    CHECK_OK(outbox_begin(outbox, &err), err);
    for (int64_t i = 0; i < times; i++) {
        if (kind <= RESPONSE_WITHDRAWN)
            r.message = message * 10000 + i;
        if (outbox_respond(outbox, &r, &err) != ERR_OK)
            CHECK_MSG(false, "%s", err.msg);
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
}

static int64_t breaks(int64_t campaign, int64_t now_us)
{
    const struct breaker_rules rules = breaker_rules_default();
    int64_t n = -1;

    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_break(outbox, &rules, campaign, now_us, &n, &err), &err),
             err);
    return n;
}

static void breaking(void)
{
    const int64_t now = civil_to_days(2026, 11, 20) * US_PER_DAY + 3600 * US_PER_SECOND;
    const struct breaker_rules rules = breaker_rules_default();
    struct campaign_health h[4];
    enum campaign_state state;
    char why[512];
    size_t n;

    respond(11, 5, RESPONSE_SENT, now, 199);
    respond(11, 5, RESPONSE_HARD, now, 30);
    CHECK_MSG(breaks(5, now) == 0, "below 200 nothing is judged");
    respond(2, 6, RESPONSE_SENT, now, 1000);
    respond(2, 6, RESPONSE_COMPLAINT, now, 2);
    CHECK_OK(outbox_health(outbox, 6, now / US_PER_DAY, h, 4, &n, &err), err);
    CHECK(n == 1 && breaker_judge(&rules, &h[0]) == BREAKER_WARN);
    respond(4, 6, RESPONSE_COMPLAINT, now, 1);
    respond(3, 7, RESPONSE_SENT, now - 8 * US_PER_DAY, 500);
    respond(3, 7, RESPONSE_HARD, now - 8 * US_PER_DAY, 150);
    CHECK_MSG(breaks(0, now) == 1, "three complaints of a thousand; what is old is not judged");
    CHECK_OK(outbox_campaign(outbox, 6, &state, &err), err);
    CHECK(state == CAMPAIGN_PAUSED);
    CHECK_MSG(breaks(0, now) == 0, "it is paused once");
    respond(11, 5, RESPONSE_SENT, now, 1);
    CHECK_INT(breaks(5, now), 1);
    CHECK_OK(outbox_health(outbox, 0, now / US_PER_DAY - 6, h, 4, &n, &err), err);
    CHECK(n == 3 && h[1].campaign == 6 && h[2].campaign == 5);
    CHECK(h[2].state == CAMPAIGN_PAUSED && strstr(h[2].why, "30 of 200"));
    i18n_use(LANG_TH);
    campaign_why(&h[2], why, sizeof(why));
    i18n_use(LANG_EN);
    CHECK_MSG(strstr(why, "30") && strstr(why, "200") && !strstr(why, "of"), "in Thai: %s", why);
    snprintf(h[2].why, sizeof(h[2].why), "ann@example.com");
    campaign_why(&h[2], why, sizeof(why));
    CHECK_STR(why, "ann@example.com");
}

static void machines(void)
{
    const int64_t now = civil_to_days(2026, 11, 20) * US_PER_DAY;
    struct outbox_message m = {.campaign = 9, .person = 1, .channel = "email"};
    struct campaign_health h;
    bool new;
    size_t n;

    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err), &err), err);
    respond(1, 9, RESPONSE_OPEN, now, 2);
    respond(1, 9, RESPONSE_CLICK, now + 1000, 3);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_respond_machine(outbox, 1, now + 1, &err), &err), err);
    CHECK_OK(outbox_health(outbox, 9, now / US_PER_DAY, &h, 1, &n, &err), err);
    CHECK(n == 1 && h.n[RESPONSE_OPEN] == 2 && h.n[RESPONSE_CLICK] == 0);
    CHECK(h.machines[RESPONSE_CLICK] == 3 && h.machines[RESPONSE_OPEN] == 0);
    respond(1, 9, RESPONSE_CLICK, now, 1000);
    CHECK_OK(outbox_health(outbox, 9, now / US_PER_DAY, &h, 1, &n, &err), err);
    CHECK_MSG(h.n[RESPONSE_CLICK] < RESPONSES_OF_MESSAGE, "one message cannot fill the disk");
}

int main(void)
{
    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    round_trip();
    forged();
    forged_leave();
    counted();
    machines_told();
    contact_rules();
    machines();
    breaking();
    outbox_close(outbox);
    pseudonyms_close(keys);
    store_close(store);
    return tap_done();
}
