/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A campaign from its draft to its end: whose word counts for which text, and what is refused. */
#include "outreach/campaign/life.h"

#include "outreach/message/kept.h"
#include "tap.h"
#include "temp_dir.h"

#define NOW (civil_to_utc(&(struct civil){2026, 11, 20, 8, 0, 0, 0}))

static struct err err = ERR_INIT;
static struct store *store;
static struct outbox *outbox;
static struct zone *zone;

static const char text[] = "name: c\nto: {include: Buyers}\nneeds_approval: yes\nsends:\n"
                           "  - {name: s, message: m, channel: email, when: 2026-11-27 09:00}\n";

/* ERR_OK, or why not. */
static enum err_code put(const char *what, const char *by)
{
    struct campaign *c = NULL;
    enum err_code rc;
    int64_t id;

    err = ERR_INIT;
    rc = campaign_read(str_of(what), NULL, NULL, &c, &err);
    if (rc == ERR_OK)
        rc = campaign_put(store, c, str_of(what), 0, by, &id, &err);
    campaign_free(c);
    return rc;
}

struct open {
    struct buf text;
    struct campaign_file file;
};

static void look(struct open *o)
{
    o->text = (struct buf)BUF_INIT(CAMPAIGN_TEXT_MAX);
    CHECK_OK(campaign_file_open(store, "C", &o->text, &o->file, &err), err);
}

static void leave(struct open *o)
{
    campaign_file_close(&o->file);
    buf_release(&o->text);
}

static const char *status(void)
{
    enum campaign_state state = CAMPAIGN_RUNNING;
    const char *word;
    struct open o;

    look(&o);
    CHECK_OK(outbox_campaign(outbox, o.file.named.id, &state, &err), err);
    word = campaign_status_word(campaign_status(&o.file, state, false));
    leave(&o);
    return word;
}

static enum err_code launch(int64_t now_us)
{
    enum err_code rc;
    struct open o;

    look(&o);
    err = ERR_INIT;
    rc = campaign_launch(store, &o.file, zone, "boss", now_us, &err);
    leave(&o);
    return rc;
}

static enum err_code approve(const char *by)
{
    enum err_code rc;
    struct open o;

    look(&o);
    err = ERR_INIT;
    rc = campaign_approve(store, &o.file, by, NOW, &err);
    leave(&o);
    return rc;
}

static void see(int64_t people)
{
    struct open o;

    look(&o);
    CHECK_OK(campaign_seen(store, &o.file, people, NOW, &err), err);
    leave(&o);
}

static void keep_message(const char *says)
{
    char message[200];
    int64_t id;

    snprintf(message, sizeof(message), "name: m\ntext: \"%s\"\n", says);
    CHECK_OK(kept_message_set(store, 0, str_of(message), "ann", &id, &err), err);
}

static void to_launch(void)
{
    CHECK(put(text, "ann") == ERR_OK);
    CHECK_STR(status(), "draft");
    CHECK(launch(NOW) == ERR_INVALID && strstr(err.msg, "was not counted"));
    CHECK(approve("bob") == ERR_INVALID && strstr(err.msg, "was not counted"));
    see(0);
    CHECK(launch(NOW) == ERR_INVALID && strstr(err.msg, "for nobody")); /* never_21 */
    see(1000);
    CHECK(launch(NOW) == ERR_INVALID && strstr(err.msg, "somebody else"));
    CHECK(approve("ann") == ERR_DENIED);
    CHECK(approve("bob") == ERR_OK);
    CHECK_STR(status(), "approved");
    CHECK(put("name: c\nto: {include: Everybody}\nneeds_approval: yes\nsends:\n"
              "  - {name: s, message: m, channel: email, when: 2026-11-27 09:00}\n",
              "bob") == ERR_OK);
    CHECK_STR(status(), "draft"); /* another text: nobody approved it */
    CHECK(launch(NOW) == ERR_INVALID);
    see(900);
    CHECK(approve("bob") == ERR_DENIED && approve("ann") == ERR_OK);
    CHECK(launch(NOW + 8 * US_PER_DAY) == ERR_INVALID && strstr(err.msg, "is over"));
    CHECK(launch(NOW) == ERR_NOT_FOUND && strstr(err.msg, "no message \"m\""));
    keep_message("Hello"); /* nobody could leave it */
    CHECK(launch(NOW) == ERR_INVALID && strstr(err.msg, "may not be sent as marketing"));
    keep_message("Hello. Reply STOP to end.");
    CHECK(launch(NOW) == ERR_OK);
    CHECK_STR(status(), "scheduled");
    CHECK(launch(NOW) == ERR_EXISTS);
}

static void on_its_way(void)
{
    struct open o;

    CHECK(put(text, "ann") == ERR_EXISTS);
    look(&o);
    CHECK_INT(o.file.kept.expected, 900);
    CHECK(o.file.named.state == NAMED_ON);
    CHECK(campaign_remove(store, o.file.named.id, &err) == ERR_EXISTS);
    CHECK_OK(campaign_pause(outbox, &o.file, true, "ann", NOW, &err), err);
    CHECK_STR(status(), "paused");
    CHECK_OK(campaign_pause(outbox, &o.file, false, "ann", NOW, &err), err);
    CHECK_STR(status(), "scheduled");
    CHECK(campaign_confirm(store, &o.file, &err) == ERR_INVALID);
    CHECK_OK(campaign_hold(store, &o.file, "more people", 2000, &err), err);
    CHECK_STR(status(), "held");
    CHECK_OK(campaign_confirm(store, &o.file, &err), err);
    CHECK_INT(o.file.kept.expected, 2000);
    CHECK_STR(status(), "scheduled");
    leave(&o);
}

static int64_t planned(int64_t campaign, int64_t step, int64_t next_us)
{
    static uint64_t people;
    struct outbox_message m = {.campaign = campaign,
                               .step = step,
                               .person = ++people,
                               .channel = "email",
                               .next_us = next_us,
                               .not_after_us = next_us + US_PER_DAY};
    bool new;

    memcpy(m.who.bytes, &people, sizeof(people));
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err), &err), err);
    return (int64_t)people; /* the outbox numbers them in turn */
}

static int64_t due(int64_t id)
{
    struct outbox_message m = {.next_us = 0};
    bool found = false;

    CHECK_OK(outbox_find(outbox, id, &m, NULL, &found, &err), err);
    CHECK(found);
    return m.next_us;
}

/* What was due in the pause goes out as far apart as it was planned, not all at once. */
static void after_a_pause(void)
{
    const int64_t later = NOW + US_PER_HOUR, minute = 60 * US_PER_SECOND;
    int64_t ids[4];
    struct open o;

    look(&o);
    for (int i = 0; i < 3; i++)
        ids[i] = planned(o.file.named.id, 1, NOW + i * minute);
    ids[3] = planned(o.file.named.id, 2, NOW + 3 * US_PER_DAY);
    CHECK_OK(campaign_pause(outbox, &o.file, true, "ann", NOW, &err), err);
    CHECK_OK(campaign_pause(outbox, &o.file, false, "ann", later, &err), err);
    CHECK_MSG(due(ids[1]) == NOW + minute, "without a throttle at once");
    o.file.campaign->per_hour = 60;
    CHECK_OK(campaign_pause(outbox, &o.file, true, "ann", later, &err), err);
    CHECK_OK(campaign_pause(outbox, &o.file, false, "ann", later, &err), err);
    for (int i = 0; i < 3; i++)
        CHECK_INT(due(ids[i]), later + i * minute);
    CHECK_INT(due(ids[3]), NOW + 3 * US_PER_DAY);
    leave(&o);
}

/* Two who act on the same state: the second is told. */
static void at_the_same_time(void)
{
    struct open a, b;

    look(&a);
    look(&b);
    CHECK_OK(campaign_hold(store, &a.file, "x", 1, &err), err);
    CHECK(campaign_hold(store, &b.file, "y", 2, &err) == ERR_EXISTS);
    CHECK_OK(campaign_confirm(store, &a.file, &err), err);
    leave(&a);
    leave(&b);
}

static void ends(void)
{
    struct open o;

    look(&o);
    CHECK_OK(campaign_cancel(store, outbox, &o.file, "ann", NOW, &err), err);
    CHECK_STR(status(), "cancelled");
    leave(&o);
    look(&o);
    CHECK(o.file.named.state == NAMED_ENDED);
    CHECK(campaign_pause(outbox, &o.file, false, "ann", NOW, &err) == ERR_INVALID);
    CHECK(campaign_cancel(store, outbox, &o.file, "ann", NOW, &err) == ERR_INVALID);
    CHECK(put(text, "ann") == ERR_EXISTS);
    CHECK_OK(campaign_remove(store, o.file.named.id, &err), err);
    leave(&o);
    CHECK(put(text, "ann") == ERR_OK);
    CHECK_STR(status(), "draft"); /* another number, nothing of the old one */
}

static void a_second_word(void)
{
    struct campaign campaign = {.needs_second = false};
    struct campaign_file f = {.campaign = &campaign, .digest = "x", .kept = {.seen_people = 499}};

    snprintf(f.kept.seen, sizeof(f.kept.seen), "x");
    CHECK(!campaign_needs_second(&f));
    f.approval_from = 500;
    CHECK(!campaign_needs_second(&f));
    f.kept.seen_people = 500;
    CHECK(campaign_needs_second(&f));
    snprintf(f.kept.seen, sizeof(f.kept.seen), "y"); /* that was another text */
    CHECK(!campaign_needs_second(&f));
    f.approval_from = 1;
    CHECK(campaign_needs_second(&f));
    f.approval_from = 0;
    campaign.needs_second = true;
    CHECK(campaign_needs_second(&f));
}

int main(void)
{
    temp_dir_make();
    if (store_open(temp_path("shop"), &store, &err) != ERR_OK ||
        outbox_open(store, &outbox, &err) != ERR_OK ||
        zone_open("Europe/Berlin", &zone, &err) != ERR_OK) {
        CHECK_MSG(false, "the shop opens: %s", err.msg);
        return tap_done();
    }
    a_second_word();
    to_launch();
    on_its_way();
    after_a_pause();
    at_the_same_time();
    ends();
    zone_close(zone);
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}
