/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who follows links, people or machines: 2,000 made-up sessions of known kind, by the behaviours
 * that makers of mailboxes and of scanners document and that senders see, with a clock of their
 * own. At least 95 of 100 machines are told, at most one person of 100 is taken for one. */
#include "base/timestamp.h"
#include "outreach/sender/track.h"
#include "store/responses.h"
#include "tap.h"
#include "temp_dir.h"

enum { SESSIONS = 2000, LINKS = 6 };

static struct err err = ERR_INIT;
static struct outbox *outbox;
static uint64_t random_state = 88172645463325252U;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % below;
}

static int64_t between_s(double low, double high)
{
    return (int64_t)((low + (high - low) * draw(100000) / 100000.0) * (double)US_PER_SECOND);
}

static const char *const phones_and_desks[] = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari",
};
static const char *const programs[] = {"Barracuda Sentinel (EE)", "python-requests/2.32",
                                       "Mozilla/5.0 (compatible; Googlebot/2.1)",
                                       "Slackbot-LinkExpanding 1.0", "curl/8.9"};

static const char *any_of(const char *const *list, size_t n)
{
    return list[draw((unsigned)n)];
}

/* ---- what is asked of the server ------------------------------------------------------------ */

struct visit {
    int64_t message, sent_us, now_us;
    const char *agent, *purpose;
};

static void ask(const struct visit *v, enum link_kind kind, int link)
{
    struct link_track track = {.kind = kind, .message = v->message};
    struct track_asker asker = {.kind = kind, .agent = v->agent, .purpose = v->purpose};

    if (kind == LINK_CLICK)
        snprintf(track.target, sizeof(track.target), "https://shop.example/%d", link);
    if (track_note(outbox, &track, &asker, v->now_us, &err) != ERR_OK)
        CHECK_MSG(false, "%s", err.msg);
}

/* ---- machines ----------------------------------------------------------------------------- */

/* All links one after the other within seconds, also the one that nobody sees, in the order of
 * the page (its hidden link stands at the end). */
static void all_links(struct visit *v, double after_low, double after_high, bool trap)
{
    v->now_us = v->sent_us + between_s(after_low, after_high);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    for (int i = 0; i < LINKS; i++) {
        ask(v, LINK_CLICK, i);
        v->now_us += between_s(0.02, 0.4);
    }
    if (trap)
        ask(v, LINK_TRAP, 0);
}

static void at_delivery(struct visit *v)
{
    all_links(v, 0.2, 4, draw(2));
}

static void later(struct visit *v)
{
    all_links(v, 60, 20000, true);
}

/* Those that look whether a link is shown. */
static void later_shown_ones(struct visit *v)
{
    all_links(v, 60, 20000, false);
}

static void one_at_delivery(struct visit *v)
{
    v->now_us = v->sent_us + between_s(0.2, 4.5);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    ask(v, LINK_CLICK, (int)draw(LINKS));
}

static void says_what_it_is(struct visit *v)
{
    v->now_us = v->sent_us + between_s(1, 90000);
    v->agent = draw(6) ? any_of(programs, TM_COUNT(programs)) : NULL;
    ask(v, LINK_CLICK, (int)draw(LINKS));
}

static void looks_ahead(struct visit *v)
{
    v->now_us = v->sent_us + between_s(10, 90000);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    v->purpose = draw(2) ? "prefetch" : "prefetch;prerender";
    ask(v, LINK_CLICK, (int)draw(LINKS));
}

/* Apple's mail privacy: the picture, whenever, by itself. */
static void mail_privacy(struct visit *v)
{
    v->now_us = v->sent_us + between_s(5, 90000);
    v->agent = "Mozilla/5.0";
    ask(v, LINK_OPEN, 0);
}

/* One link, late, like a person: nothing tells it. */
static void like_a_person(struct visit *v)
{
    v->now_us = v->sent_us + between_s(60, 20000);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    ask(v, LINK_CLICK, (int)draw(LINKS));
}

/* ---- people ------------------------------------------------------------------------------- */

static void reader(struct visit *v, double after_low, double after_high)
{
    int clicks = 1 + (int)draw(3);

    v->now_us = v->sent_us + between_s(after_low, after_high);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    if (draw(3))
        ask(v, LINK_OPEN, 0);
    for (int i = 0; i < clicks; i++) {
        v->now_us += between_s(3, 90);
        ask(v, LINK_CLICK, (int)draw(LINKS));
    }
}

static void person(struct visit *v)
{
    reader(v, 20, 200000);
}

/* Reads in the moment in which it comes. */
static void quick_person(struct visit *v)
{
    reader(v, 3, 20);
}

/* Presses the same button twice. */
static void double_click(struct visit *v)
{
    v->now_us = v->sent_us + between_s(30, 90000);
    v->agent = any_of(phones_and_desks, TM_COUNT(phones_and_desks));
    ask(v, LINK_CLICK, 2);
    v->now_us += between_s(0.1, 0.6);
    ask(v, LINK_CLICK, 2);
}

static const struct {
    const char *what;
    void (*visit)(struct visit *v);
    int hundredths; /* of the machines, or of the people */
    bool machine;
} kinds[] = {
    {"all links at delivery", at_delivery, 25, true},
    {"all links later", later, 15, true},
    {"all shown links later", later_shown_ones, 10, true},
    {"one link at delivery", one_at_delivery, 13, true},
    {"a program by name", says_what_it_is, 15, true},
    {"looking ahead", looks_ahead, 10, true},
    {"mail privacy's picture", mail_privacy, 10, true},
    {"one link late, like a person", like_a_person, 2, true},
    {"a reader", person, 85, false},
    {"a quick reader", quick_person, 7, false},
    {"a double click", double_click, 8, false},
};

/* ---- the measure -------------------------------------------------------------------------- */

static int64_t plan_one(int64_t n, int64_t sent_us)
{
    static const enum outbox_state ways[] = {OUTBOX_PLANNED, OUTBOX_CLAIMED, OUTBOX_HANDED_OVER,
                                             OUTBOX_ACCEPTED};
    struct outbox_message m = {.campaign = n,
                               .person = (uint64_t)n,
                               .channel = "email",
                               .planned_us = sent_us,
                               .next_us = sent_us,
                               .not_after_us = sent_us};
    const struct outbox_queue queue = {n, "email"};
    int64_t claim = 0;
    bool new, done;
    size_t k = 0;

    memcpy(m.who.bytes, &n, sizeof(n));
    if (outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err) != ERR_OK ||
        outbox_due(outbox, &queue, sent_us, &m, 1, &k, &err) != ERR_OK || k != 1)
        CHECK_MSG(false, "%s", err.msg);
    for (size_t i = 0; i + 1 < TM_COUNT(ways); i++) {
        const struct outbox_change c = {
            .id = m.id, .claim = claim, .from = ways[i], .to = ways[i + 1], .now_us = sent_us};

        if (outbox_change(outbox, &c, &done, &claim, &err) != ERR_OK || !done)
            CHECK_MSG(false, "%s", err.msg);
    }
    return m.id;
}

/* Whether all that came of it counts as people's, as machines', or as both. */
static void count(int64_t campaign, int64_t *out_people, int64_t *out_machines)
{
    struct campaign_health h;
    size_t n = 0;

    if (outbox_health(outbox, campaign, 0, &h, 1, &n, &err) != ERR_OK)
        CHECK_MSG(false, "%s", err.msg);
    *out_people = n ? h.n[RESPONSE_CLICK] + h.n[RESPONSE_OPEN] : 0;
    *out_machines = n ? h.machines[RESPONSE_CLICK] + h.machines[RESPONSE_OPEN] : 0;
}

static size_t choose(bool machine)
{
    int at = (int)draw(100);

    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        if (kinds[i].machine == machine && (at -= kinds[i].hundredths) < 0)
            return i;
    return 0;
}

int main(void)
{
    int machines = 0, told = 0, people = 0, wronged = 0, wrong_of[TM_COUNT(kinds)] = {0};
    struct store *store = NULL;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    CHECK_OK(outbox_begin(outbox, &err), err);
    for (int64_t n = 1; n <= SESSIONS; n++) {
        const size_t kind = choose(n % 2);
        struct visit v = {.sent_us = timestamp_now() - between_s(0, 86400)};
        int64_t as_person, as_machine;
        bool right;

        v.message = plan_one(n, v.sent_us);
        kinds[kind].visit(&v);
        count(n, &as_person, &as_machine);
        /* A session is told when nothing of it counts on the wrong side. */
        right = kinds[kind].machine ? as_person == 0 : as_machine == 0;
        wrong_of[kind] += !right;
        machines += kinds[kind].machine;
        people += !kinds[kind].machine;
        told += kinds[kind].machine && right;
        wronged += !kinds[kind].machine && !right;
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        printf("# %s: %d wrong\n", kinds[i].what, wrong_of[i]);
    CHECK_MSG(told * 100 >= machines * 95, "%d of %d machines are told", told, machines);
    CHECK_MSG(wronged * 100 <= people, "%d of %d people are taken for machines", wronged, people);
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}
