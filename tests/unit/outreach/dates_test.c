/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Flows that start by a date of people: at their own clock's hour, once for each date, after a
 * night without the server as without one, and not at all when it is too late. */
#include "audience/dated.h"
#include "outreach/acting/acting.h"

#include "outreach/reached.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err = ERR_INIT;

static void must(enum err_code rc)
{
    must_not_fail(rc, &err);
}

/* ---- a world ------------------------------------------------------------------------------ */

/* A person is in the segment of that text. */
struct entry {
    uint64_t person;
    const char *text, *zone, *country;
};

struct world {
    struct entry people[400];
    size_t n;
    uint64_t turn, became; /* `became`: who person 1 is by now; 0: the same */
    bool away, unwanted;   /* the engine; nobody is in any `where` */
    uint64_t moved;        /* whose date is another one by what came since the figures */
    int asked;
};

static bool no_source(void *ctx, int64_t id, struct source_entry *out)
{
    (void)ctx, (void)id, (void)out;
    return false;
}

static bool ready(void *ctx)
{
    (void)ctx;
    return true;
}

static void nobodys(void *ctx, int64_t seq, struct live_whose *out)
{
    (void)ctx, (void)seq;
    *out = (struct live_whose){.state = WHOSE_NOBODY};
}

static uint64_t person_now(void *ctx, uint64_t number)
{
    const struct world *w = ctx;

    return number == 1 && w->became ? w->became : number;
}

static uint64_t turn(void *ctx)
{
    return ((struct world *)ctx)->turn;
}

static bool who(void *ctx, uint64_t person, struct pseudonym *out)
{
    (void)ctx;
    *out = (struct pseudonym){{0}};
    memcpy(out->bytes, &person, sizeof(person));
    return true;
}

static enum err_code holds(void *ctx, uint64_t person, const char *condition, bool *out,
                           struct err *e)
{
    const struct world *w = ctx;
    const bool of_date = strstr(condition, "birthday") || strstr(condition, "order_date");

    (void)e;
    *out = of_date ? person != w->moved : !w->unwanted;
    return ERR_OK;
}

static enum err_code zone_of(void *ctx, uint64_t person, char *out, size_t size, struct err *e)
{
    (void)ctx, (void)person, (void)e;
    snprintf(out, size, "Europe/Berlin");
    return ERR_OK;
}

static enum err_code everybody(void *ctx, const char *condition, acting_person_fn *each,
                               void *each_ctx, struct err *e)
{
    struct world *w = ctx;

    w->asked++;
    if (w->away)
        return err_set(e, ERR_UNAVAILABLE, "the engine is away");
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->people[i].text, condition) == 0)
            each(each_ctx, w->people[i].person, w->people[i].zone, w->people[i].country);
    return ERR_OK;
}

static void expect(void *ctx, uint64_t person)
{
    (void)ctx, (void)person;
}

static bool lacks(void *ctx)
{
    (void)ctx;
    return false;
}

static enum err_code fetch(void *ctx, struct err *e)
{
    (void)ctx, (void)e;
    return ERR_OK;
}

static void done(void *ctx)
{
    (void)ctx;
}

/* ---- a shop ------------------------------------------------------------------------------- */

static struct desk {
    struct world world;
    struct store *store;
    struct journal *journal;
    struct acting *acting;
    struct acting_done last;
} desk;

static void open_again(const char *folder)
{
    struct settings settings = settings_default();
    const struct acting_world world = {.source = no_source,
                                       .ready = ready,
                                       .whose = nobodys,
                                       .person = person_now,
                                       .turn = turn,
                                       .who = who,
                                       .holds = holds,
                                       .reach = everybody_reached,
                                       .zone_of = zone_of,
                                       .everybody = everybody,
                                       .expect = expect,
                                       .lacks = lacks,
                                       .fetch = fetch,
                                       .done = done,
                                       .ctx = &desk.world};

    snprintf(settings.time_zone, sizeof(settings.time_zone), "Europe/Berlin");
    must(store_open(temp_path(folder), &desk.store, &err));
    must(journal_open(temp_path(folder), &desk.journal, &err));
    must(acting_open(desk.store, desk.journal, &settings, &world, &desk.acting, &err));
}

static void close_desk(void)
{
    acting_close(desk.acting);
    journal_close(desk.journal);
    store_close(desk.store);
}

static void begin_shop(const char *folder, const char *text)
{
    struct named named = {.kind = NAMED_FLOW, .text = str_of(text), .actor = "test"};
    int64_t id = 0;

    desk = (struct desk){.world = {.turn = 1}};
    open_again(folder);
    snprintf(named.name, sizeof(named.name), "Birthday");
    must(store_named_put(desk.store, &named, &id, &err));
    must(store_named_switch(desk.store, NAMED_FLOW, id, NAMED_ON, "test", &err));
}

static void add(uint64_t person, const char *text, const char *zone, const char *country)
{
    desk.world.people[desk.world.n++] = (struct entry){person, text, zone, country};
}

/* Flows are switched on by the machine's clock: what happens here is to come. */
static int year_of(int which)
{
    struct civil now = civil_from_utc(timestamp_now());

    return now.year / 4 * 4 + 4 + which; /* 0: a leap year until 2096 */
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return civil_to_utc(&(struct civil){year, month, day, hour, minute, 0, 0});
}

static int64_t started;

static void run(int64_t now_us)
{
    do {
        must(acting_step(desk.acting, now_us, &desk.last, &err));
        started += desk.last.counts.started;
    } while (desk.last.more);
}

/* How many start in a step at that time. */
static int64_t starts(int64_t now_us)
{
    started = 0;
    run(now_us);
    return started;
}

#define BIRTHDAY                                                                                   \
    "name: Birthday\n"                                                                             \
    "start: {every_year: birthday, at: \"09:00\", not_after: 6 hours}\n"                           \
    "steps:\n"                                                                                     \
    "  - {name: wish, send: birthday-1, channel: email}\n"

/* ---- the tests ---------------------------------------------------------------------------- */

static const char *text_of(const char *date, bool every_year, int year, int month, int day)
{
    static char kept[4096];
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(kept) - 1);

    audience_dated_text(date, every_year, civil_to_days(year, month, day), &b);
    snprintf(kept, sizeof(kept), "%s", buf_cstr(&b));
    return kept;
}

static void dates_are_asked_as_segments(void)
{
    const char *last;
    TM_CLEANUP(audience_freep) struct audience *tree = NULL;

    CHECK_STR(text_of("last_order_date", false, 2027, 3, 1), "last_order_date = 2027-03-01");
    CHECK_STR(text_of("birthday", true, 2027, 3, 1), "birthday_month = 3 AND birthday_day = 1");
    CHECK_STR(text_of("birthday", true, 2028, 2, 28), "birthday_month = 2 AND birthday_day = 28");
    CHECK_STR(text_of("birthday", true, 2028, 2, 29), "birthday_month = 2 AND birthday_day = 29");
    CHECK_STR(text_of("birthday", true, 2027, 2, 28),
              "birthday_month = 2 AND birthday_day IN (29, 28)");
    last = text_of("first_order_date", true, 2027, 2, 28);
    CHECK(strstr(last, "first_order_date IN (2026-02-28, 2025-02-28, 2024-02-28, 2024-02-29, ") ==
          last);
    CHECK_OK(audience_parse(str_of(last), &tree, &err), err);
    CHECK_STR(strrchr(text_of("first_order_date", true, 2028, 2, 29), ' '), " 1968-02-29)");
    CHECK_INT(audience_dated_check("birthday", true, NULL), ERR_OK);
    CHECK_INT(audience_dated_check("birthday", false, NULL), ERR_INVALID);
    CHECK_INT(audience_dated_check("number_of_orders", false, NULL), ERR_INVALID);
    CHECK_INT(audience_dated_check("predicted_next_order_date", false, NULL), ERR_INVALID);
}

static void at_their_own_hour(void)
{
    const int y = year_of(1);

    begin_shop("hours", BIRTHDAY);
    add(1, "birthday_month = 5 AND birthday_day = 4", "Europe/Berlin", "DE");
    add(2, "birthday_month = 5 AND birthday_day = 4", "Asia/Bangkok", "TH");
    add(3, "birthday_month = 5 AND birthday_day = 4", "Pacific/Honolulu", "US");
    add(4, "birthday_month = 5 AND birthday_day = 4", "", "US"); /* the latest of its zones */
    add(5, "birthday_month = 5 AND birthday_day = 4", "", "");   /* the shop's */
    add(6, "birthday_month = 5 AND birthday_day = 5", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 5, 4, 0, 30)), 0);
    CHECK(desk.last.until_us > at(y, 5, 4, 0, 30) && desk.last.until_us <= at(y, 5, 4, 2, 0));
    CHECK_INT(starts(at(y, 5, 4, 1, 59)), 0);
    CHECK_INT(starts(at(y, 5, 4, 2, 0)), 1); /* Bangkok's */
    CHECK_INT(starts(at(y, 5, 4, 6, 59)), 0);
    CHECK_INT(starts(at(y, 5, 4, 7, 0)), 2); /* Berlin's summer, and the shop's */
    CHECK_INT(starts(at(y, 5, 4, 18, 59)), 0);
    CHECK_INT(starts(at(y, 5, 4, 19, 0)), 2); /* Honolulu's, and so all of their country's */
    CHECK_INT(starts(at(y, 5, 5, 7, 0)), 1);
    CHECK_INT(starts(at(y, 5, 5, 12, 0)), 0);
    close_desk();
}

static void whose_date_moved_meanwhile(void)
{
    const int y = year_of(1);

    begin_shop("moved", "name: Birthday\n"
                        "start: {date: last_order_date, days: 30, at: \"09:00\"}\n"
                        "steps:\n"
                        "  - {name: wish, send: birthday-1, channel: email}\n");
    add(1, text_of("last_order_date", false, y, 4, 4), "Europe/Berlin", "DE");
    desk.world.people[0].text = xstrdup(desk.world.people[0].text);
    add(2, desk.world.people[0].text, "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 5, 4, 3, 0)), 0); /* both were found */
    desk.world.moved = 1;                    /* and the first one has ordered since */
    CHECK_INT(starts(at(y, 5, 4, 7, 0)), 1);
    desk.world.moved = 0;
    free((char *)(uintptr_t)desk.world.people[0].text);
    close_desk();
}

static void once_a_year_whatever_is_forgotten(void)
{
    const int y = year_of(1);

    begin_shop("once", BIRTHDAY);
    add(1, "birthday_month = 5 AND birthday_day = 4", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 5, 4, 7, 0)), 1);
    close_desk();
    open_again("once");
    CHECK_INT(starts(at(y, 5, 4, 7, 30)), 0);
    desk.world.turn++; /* new figures, and a day that was put right: it was this year already */
    desk.world.people[0].text = "birthday_month = 5 AND birthday_day = 9";
    CHECK_INT(starts(at(y, 5, 9, 7, 0)), 0);
    CHECK_INT(starts(at(y + 1, 5, 9, 7, 0)), 1);
    close_desk();
}

static void late_and_too_late(void)
{
    const int y = year_of(1);

    begin_shop("late", BIRTHDAY);
    add(1, "birthday_month = 5 AND birthday_day = 4", "Europe/Berlin", "DE");
    add(2, "birthday_month = 5 AND birthday_day = 6", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 5, 1, 7, 0)), 0);
    close_desk();
    open_again("late"); /* off over the fourth */
    CHECK_INT(starts(at(y, 5, 5, 7, 0)), 0);
    CHECK_INT(starts(at(y, 5, 6, 12, 30)), 1); /* off in the morning of the sixth */
    add(3, "birthday_month = 5 AND birthday_day = 6", "Europe/Berlin", "DE");
    desk.world.turn++; /* told on the day itself, after its hour */
    CHECK_INT(starts(at(y, 5, 6, 12, 40)), 1);
    close_desk();
}

static void the_29th_of_february(void)
{
    const int leap = year_of(0);

    begin_shop("leap", BIRTHDAY);
    add(1, "birthday_month = 2 AND birthday_day = 29", "Europe/Berlin", "DE");
    add(1, "birthday_month = 2 AND birthday_day IN (29, 28)", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(leap, 2, 28, 9, 0)), 0);
    CHECK_INT(starts(at(leap, 2, 29, 9, 0)), 1);
    CHECK_INT(starts(at(leap + 1, 2, 28, 9, 0)), 1);
    CHECK_INT(starts(at(leap + 1, 3, 1, 9, 0)), 0);
    close_desk();
}

static void so_many_days_before_and_after(void)
{
    const int y = year_of(1);

    begin_shop("before", "name: Birthday\n"
                         "start: {every_year: birthday, days: -3, at: \"08:00\"}\n"
                         "steps: [{name: wish, send: birthday-1, channel: email}]\n");
    add(1, "birthday_month = 1 AND birthday_day = 2", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 12, 30, 7, 0)), 1); /* of the coming year's birthday */
    CHECK_INT(starts(at(y + 1, 12, 30, 7, 0)), 1);
    close_desk();
}

static void whom_it_is_for_and_what_is_away(void)
{
    const int y = year_of(1);
    char text[64];

    begin_shop("where", "name: Birthday\n"
                        "start: {date: last_order_date, days: 30, at: \"08:00\","
                        " where: number_of_orders > 1}\n"
                        "steps: [{name: again, send: reorder-1, channel: email}]\n");
    snprintf(text, sizeof(text), "last_order_date = %d-05-04", y);
    add(1, text, "Europe/Berlin", "DE");
    desk.world.unwanted = true;
    CHECK_INT(starts(at(y, 6, 3, 7, 0)), 0);
    desk.world.unwanted = false;
    desk.world.away = true;
    desk.world.turn++;
    CHECK_INT(starts(at(y, 6, 3, 7, 10)), 0);
    CHECK_STR(desk.last.held.msg, "the engine is away");
    desk.world.away = false;
    desk.world.became = 7; /* two turned out to be one */
    desk.world.turn++;
    CHECK_INT(starts(at(y, 6, 3, 7, 20)), 1);
    desk.world.people[0].person = 7;
    desk.world.turn++;
    CHECK_INT(starts(at(y, 6, 3, 7, 30)), 0);
    close_desk();
}

static void many_of_one_hour(void)
{
    const int y = year_of(1);

    begin_shop("many", BIRTHDAY);
    for (uint64_t p = 1; p <= 350; p++)
        add(p, "birthday_month = 5 AND birthday_day = 4", "Europe/Berlin", "DE");
    CHECK_INT(starts(at(y, 5, 4, 7, 0)), 350);
    CHECK(desk.world.asked < 8); /* a day each */
    desk.world.asked = 0;
    CHECK_INT(starts(at(y, 5, 4, 7, 1)), 0);
    CHECK_INT(desk.world.asked, 0);
    close_desk();
}

int main(void)
{
    temp_dir_make();
    dates_are_asked_as_segments();
    at_their_own_hour();
    whose_date_moved_meanwhile();
    once_a_year_whatever_is_forgotten();
    late_and_too_late();
    the_29th_of_february();
    so_many_days_before_and_after();
    whom_it_is_for_and_what_is_away();
    many_of_one_hour();
    return tap_done();
}
