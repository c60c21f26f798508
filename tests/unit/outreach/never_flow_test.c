/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What went wrong with people's ways through flows elsewhere, and must not here: by number
 * (never_7, never_8, never_9, never_15, never_17; docs/proofs.md). */
#include "outreach/flow/drive.h"
#include "outreach/reached.h"
#include "tap.h"
#include "temp_dir.h"

#include <sys/wait.h>

#define START (civil_to_utc(&(struct civil){2026, 3, 20, 6, 0, 0, 0}))

enum { FLOW = 7, PEOPLE = 200, PROCESSES = 4 };

static struct err err = ERR_INIT;

static void must(enum err_code rc)
{
    must_not_fail(rc, &err);
}

/* ---- a world in which everybody is reached ------------------------------------------------- */

static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *e)
{
    (void)ctx, (void)person, (void)condition, (void)e;
    *out = true;
    return ERR_OK;
}

static enum err_code zone_of(void *ctx, uint64_t person, char *out, size_t size, struct err *e)
{
    (void)ctx, (void)person, (void)e;
    snprintf(out, size, "Asia/Bangkok");
    return ERR_OK;
}

struct desk {
    struct store *store;
    struct flow *flow;
    struct flow_driver d;
    struct flow_live live;
    struct flow_counts counts;
};

/* `beside`: another process has the folder. */
static void open_desk(struct desk *desk, const char *folder, const char *again, bool beside)
{
    char text[400];

    *desk = (struct desk){0};
    snprintf(text, sizeof(text),
             "name: x\nstart: {event: cart_add}\ngoal: order_complete\nagain: %s\nsteps:\n"
             "  - {name: w, wait: 1 day}\n  - {name: s, send: m, channel: email}\n"
             "  - {name: v, wait: 1 day}\n  - {name: t, send: n, channel: email}\n",
             again);
    must(flow_read(str_of(text), NULL, NULL, &desk->flow, &err));
    must(beside ? store_open_beside(temp_path(folder), &desk->store, &err)
                : store_open(temp_path(folder), &desk->store, &err));
    must(outbox_open(desk->store, &desk->d.outbox, &err));
    must(zone_open("Europe/Berlin", &desk->d.zone, &err));
    desk->live = (struct flow_live){.id = FLOW, .flow = desk->flow};
    desk->d.flows = &desk->live;
    desk->d.count = 1;
    desk->d.quiet = quiet_new();
    desk->d.holds = holds;
    desk->d.reach = everybody_reached;
    desk->d.zone_of = zone_of;
}

static void close_desk(struct desk *desk)
{
    outbox_close(desk->d.outbox);
    zone_close(desk->d.zone);
    quiet_free(desk->d.quiet);
    store_close(desk->store);
    flow_free(desk->flow);
}

static enum err_code tell(struct desk *desk, int64_t now_us, const char *event, uint64_t person,
                          int64_t key)
{
    const struct flow_happening h = cart_event(event, person, key);

    return flow_happened(&desk->d, now_us, &h, &desk->counts, &err);
}

static void happens(struct desk *desk, int64_t now_us, const char *event, uint64_t person,
                    int64_t key)
{
    must(outbox_begin(desk->d.outbox, &err));
    must(outbox_end(desk->d.outbox, tell(desk, now_us, event, person, key), &err));
}

static void wake(struct desk *desk, int64_t now_us, size_t most)
{
    size_t n = most;

    while (n == most) {
        must(outbox_begin(desk->d.outbox, &err));
        must(outbox_end(desk->d.outbox, flow_wake(&desk->d, now_us, most, &n, &desk->counts, &err),
                        &err));
    }
}

static int64_t counted(struct desk *desk, enum run_outcome outcome)
{
    struct run_count counts[64];
    int64_t sum = 0;
    size_t n;

    must(run_counts(desk->d.outbox, FLOW, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++)
        if (!counts[i].step && counts[i].outcome == outcome)
            sum += counts[i].n;
    return sum;
}

/* Messages that were ever planned. */
static int64_t planned(struct desk *desk)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    int64_t sum = 0;
    size_t n;

    must(outbox_counts(desk->d.outbox, FLOW, counts, TM_COUNT(counts), &n, &err));
    for (size_t i = 0; i < n; i++)
        sum += counts[i].n;
    return sum;
}

/* ---- one by one ---------------------------------------------------------------------------- */

/* Somebody begins anew while on the way: an error, and the whole batch stands (mautic #7953). */
static void never_7(void)
{
    struct desk desk;

    open_desk(&desk, "never7", "always", false);
    happens(&desk, START, "cart_add", 1, 1);
    must(outbox_begin(desk.d.outbox, &err));
    for (uint64_t person = 1; person <= PEOPLE; person++)
        CHECK_MSG(tell(&desk, START + 1, "cart_add", person, 2) == ERR_OK, "person %d of a batch",
                  (int)person);
    must(outbox_end(desk.d.outbox, ERR_OK, &err));
    CHECK_INT(counted(&desk, RUN_GOING), PEOPLE);
    for (int day = 1; day <= 3; day++)
        wake(&desk, START + day * US_PER_DAY + 1, 7);
    CHECK_INT(counted(&desk, RUN_DONE), PEOPLE);
    CHECK_INT(planned(&desk), 2 * PEOPLE);
    close_desk(&desk);
}

/* Two jobs over the same people at once take them out, or what was to come (mautic #2004). */
static void never_8(void)
{
    struct desk one, other;

    open_desk(&one, "never8", "never", false);
    open_desk(&other, "never8", "never", true);
    for (uint64_t person = 1; person <= PEOPLE; person++)
        happens(person % 2 ? &one : &other, START, "cart_add", person, (int64_t)person);
    for (int hour = 0; hour <= 72; hour++)
        wake(hour % 2 ? &one : &other, START + hour * US_PER_HOUR, 3 + (size_t)hour % 5);
    CHECK_INT(counted(&one, RUN_DONE), PEOPLE);
    CHECK_INT(counted(&one, RUN_GOING), 0);
    CHECK_INT(planned(&one), 2 * PEOPLE);
    close_desk(&other);
    close_desk(&one);
}

/* A setting lets people begin anew for ever (mautic, 2024-07): each start needs something that
 * happened since. */
static void never_9(void)
{
    struct desk desk;

    open_desk(&desk, "never9", "always", false);
    happens(&desk, START, "cart_add", 1, 1);
    for (int day = 0; day < 3650; day++) {
        happens(&desk, START + day * US_PER_DAY, "cart_add", 1, 1); /* told again */
        wake(&desk, START + day * US_PER_DAY, 100);
    }
    CHECK_MSG(planned(&desk) == 2 && counted(&desk, RUN_DONE) == 1,
              "one happening leads through the flow once, in ten years");
    close_desk(&desk);
}

/* The same way twice at once for one person (limeJourney PR #40), by processes that were all told
 * of the same. */
static void never_17(void)
{
    struct desk desk;

    open_desk(&desk, "never17", "always", false);
    close_desk(&desk);
    fflush(stdout);
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            open_desk(&desk, "never17", "always", true);
            for (uint64_t k = 0; k < PEOPLE; k++)
                happens(&desk, START, "cart_add", 1 + (k + (uint64_t)i * 3) % PEOPLE, i);
            wake(&desk, START + US_PER_DAY, 5);
            close_desk(&desk);
            _exit(0);
        }
    for (int i = 0, status; i < PROCESSES; i++) {
        wait(&status);
        CHECK_INT(status, 0);
    }
    open_desk(&desk, "never17", "always", false);
    wake(&desk, START + US_PER_DAY, 100);
    CHECK_INT(counted(&desk, RUN_GOING), PEOPLE);
    CHECK_INT(planned(&desk), PEOPLE);
    close_desk(&desk);
}

/* ---- who may begin anew, by a second reckoning (dittofeed, wrong three times) ---------------- */

enum { MODEL_PEOPLE = 3, KEYS = 40, STEPS = 60 };

static const struct {
    const char *text;
    int64_t after_us; /* -1: never */
} agains[] = {{"never", -1}, {"always", 0}, {"3 days", 3 * US_PER_DAY}, {"1 day", US_PER_DAY}};

struct model {
    int64_t began_us, waits_us; /* of the newest start; since when it waits */
    bool going, keys[KEYS];
    int64_t starts, messages, goals;
    bool sent;
};

static uint64_t random_state;

static int draw(int n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)(random_state % (uint64_t)n);
}

/* Each wait begins when the one before was over. */
static void time_passes(struct model *m, int64_t now_us)
{
    if (!m->going || now_us < m->waits_us + US_PER_DAY)
        return;
    m->waits_us = now_us;
    m->messages++;
    m->going = !m->sent;
    m->sent = true;
}

static void adds(struct model *m, int64_t now_us, int key, int64_t after_us)
{
    if (m->going || m->keys[key] ||
        (m->starts && (after_us < 0 || now_us < m->began_us + after_us)))
        return;
    *m = (struct model){.began_us = now_us,
                        .waits_us = now_us,
                        .going = true,
                        .starts = m->starts + 1,
                        .messages = m->messages,
                        .goals = m->goals,
                        .keys = {0}};
}

static bool sequence(int number)
{
    const int which = number % (int)TM_COUNT(agains);
    struct model people[MODEL_PEOPLE] = {0};
    bool used[MODEL_PEOPLE][KEYS] = {0};
    int64_t now_us = START, starts = 0, messages = 0, goals = 0;
    struct desk desk;
    char folder[32];
    bool right;

    random_state = 88172645463325252U + (uint64_t)number * 7919;
    snprintf(folder, sizeof(folder), "n15-%d", number);
    open_desk(&desk, folder, agains[which].text, false);
    for (int i = 0; i < STEPS; i++) {
        const int p = draw(MODEL_PEOPLE), key = draw(KEYS), what = draw(12);
        struct model *m = &people[p];

        now_us += draw(20) * US_PER_HOUR;
        wake(&desk, now_us, 2);
        for (int k = 0; k < MODEL_PEOPLE; k++)
            time_passes(&people[k], now_us);
        if (what == 0) {
            m->goals += m->going;
            m->going = false;
            happens(&desk, now_us, "order_complete", 1 + (uint64_t)p, 1000 + i);
        } else if (what == 1) {
            close_desk(&desk);
            open_desk(&desk, folder, agains[which].text, false);
        } else {
            const int64_t before = m->starts;

            m->keys[key] = used[p][key];
            adds(m, now_us, key, agains[which].after_us);
            used[p][key] = used[p][key] || m->starts > before;
            happens(&desk, now_us, "cart_add", 1 + (uint64_t)p, key);
        }
    }
    for (int k = 0; k < MODEL_PEOPLE; k++) {
        starts += people[k].starts;
        messages += people[k].messages;
        goals += people[k].goals;
    }
    right = planned(&desk) == messages && counted(&desk, RUN_GOAL) == goals &&
            counted(&desk, RUN_GOING) + counted(&desk, RUN_DONE) + goals == starts;
    if (!right)
        printf("# sequence %d (%s): %" PRId64 " messages of %" PRId64 ", %" PRId64 " starts\n",
               number, agains[which].text, planned(&desk), messages, starts);
    close_desk(&desk);
    folder_remove(temp_path(folder));
    return right;
}

static void never_15(void)
{
    const int n = getenv("TIDEMARK_TEST_LONG") ? 10000 : 100;
    int wrong = 0;

    for (int i = 0; i < n && wrong < 3; i++)
        wrong += !sequence(i);
    CHECK_MSG(wrong == 0, "%d sequences of %d happenings: each begins when it may", n, STEPS);
}

int main(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    temp_dir_make();
    never_7();
    never_8();
    never_9();
    never_17();
    never_15();
    return tap_done();
}
