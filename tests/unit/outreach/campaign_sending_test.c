/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A campaign is launched, changed, paused, let go on, cancelled, its sender killed and its mail
 * server gone, in any order: each of its people gets it once or never, nothing leaves while it is
 * paused or after its end, and it is finished exactly when nothing is left. And what went wrong
 * elsewhere (never_NN), by the whole way from launch to a channel.
 *
 * 40 sequences of 30 steps; TIDEMARK_TEST_LONG: 2,000, TIDEMARK_TEST_SEQUENCES says how many. */
#include "outreach/fake_channel.h"
#include "outreach/campaign/life.h"
#include "outreach/campaign/plan.h"
#include "outreach/message/kept.h"
#include "outreach/sender/sender.h"
#include "tap.h"
#include "temp_dir.h"

#include <sys/wait.h>
#include <unistd.h>

enum { PEOPLE = 60, STEPS = 30, PLACES = 8 };

static struct err err = ERR_INIT;
static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % below;
}

/* ---- a channel ---------------------------------------------------------------------------- */

static struct {
    int got[PEOPLE]; /* how often each */
    bool down;       /* takes nothing */
    bool plain;      /* every answer is good */
    int refuses;     /* this one for good; -1: nobody */
} end_of_wire;

/* A message that is down the wire has come, whatever its answer is; mostly it is good. */
static void answer(const struct fake_message *m, struct channel_answer *out)
{
    const unsigned way = end_of_wire.plain ? 0 : draw(20);

    out->next_us = timestamp_now();
    if (end_of_wire.down || way == 19) {
        out->outcome = CLAIM_LATER;
    } else if (m->address == end_of_wire.refuses || way == 18) {
        out->outcome = CLAIM_FAILED;
    } else {
        end_of_wire.got[m->address] += way != 17 || draw(2);
        out->outcome = way == 17 ? CLAIM_UNCERTAIN : CLAIM_ACCEPTED;
    }
}

/* One for each sender that there is at a time. */
static struct fake_channel wires[2];

static int put_so_far(void)
{
    return wires[0].put + wires[1].put;
}

static void fall_silent(bool silent)
{
    wires[0].silent = wires[1].silent = silent;
}

/* The process dies: what is on its way has come, or has not. */
static void lose_all(void)
{
    struct fake_channel *w = &wires[0];

    while (w->n)
        end_of_wire.got[w->on_way[--w->n].address] += draw(2) && !end_of_wire.down;
}

/* ---- a shop ------------------------------------------------------------------------------- */

static struct shop {
    struct store *store;
    struct outbox *outbox;
    struct consents *consents;
    struct zone *zone;
    struct quiet *quiet;
    struct sender *sender;
    struct settings settings;
    char folder[64];
} shop;

#define TEXT(when)                                                                                 \
    "name: c\nto: {include: Buyers}\nsends:\n"                                                     \
    "  - {name: s, message: m, channel: email, when: at once}\n" when

static const char text[] = TEXT(""), other[] = TEXT("# changed\n");

static void address_of(int person, char *out, size_t size)
{
    snprintf(out, size, "p%d@d%d.example", person, person % 7);
}

static void open_sender(struct shop *s, struct fake_channel *wire, int64_t lease_us)
{
    const struct sender_settings how = {.store = s->store,
                                        .settings = &s->settings,
                                        .base = "https://shop.example",
                                        .words = {fake_words, NULL},
                                        .alone = wire == &wires[0],
                                        .lease_us = lease_us};
    const struct channel channel = {.name = "email", .self = wire, .calls = &fake_calls};

    CHECK_OK(sender_open(&how, &s->sender, &err), err);
    sender_add(s->sender, &channel);
}

static void open_shop(struct shop *s, const char *folder)
{
    s->settings = settings_default();
    s->settings.sending.caps_given = true;
    s->settings.sending.hours_count = 1;
    s->settings.sending.hours[0] = (struct sending_window){"email", 0, 0};
    s->settings.sending.same_after_days = 0;
    snprintf(s->folder, sizeof(s->folder), "%s", folder);
    CHECK_OK(store_open(temp_path(folder), &s->store, &err), err);
    CHECK_OK(outbox_open(s->store, &s->outbox, &err), err);
    CHECK_OK(consents_open(s->store, &s->consents, &err), err);
    CHECK_OK(zone_open("UTC", &s->zone, &err), err);
    s->quiet = quiet_new();
}

static void close_shop(struct shop *s)
{
    sender_close(s->sender);
    quiet_free(s->quiet);
    zone_close(s->zone);
    consents_close(s->consents);
    outbox_close(s->outbox);
    store_close(s->store);
    *s = (struct shop){.store = NULL};
}

static void allow_all(struct shop *s)
{
    enum err_code rc = ERR_OK;

    CHECK_OK(consents_begin(s->consents, &err), err);
    for (int i = 0; rc == ERR_OK && i < PEOPLE; i++) {
        char address[64];
        struct consent_fact fact = {.kind = IDENTIFIER_EMAIL,
                                    .channel = STR_LIT("email"),
                                    .state = CONSENT_GRANTED,
                                    .when_us = timestamp_now() - US_PER_DAY,
                                    .source = STR_LIT("shop"),
                                    .method = STR_LIT("form")};
        bool new;

        address_of(i, address, sizeof(address));
        fact.address = str_of(address);
        rc = consents_add(s->consents, &fact, &new, &err);
    }
    CHECK_OK(consents_end(s->consents, rc, &err), err);
    CHECK_OK(outbox_begin(s->outbox, &err), err);
    CHECK_OK(outbox_end(s->outbox, outbox_arm(s->outbox, &err), &err), err);
}

static enum err_code put_text(const char *what)
{
    struct campaign *c = NULL;
    enum err_code rc;
    int64_t id;

    err = ERR_INIT;
    rc = campaign_read(str_of(what), NULL, NULL, &c, &err);
    if (rc == ERR_OK)
        rc = campaign_put(shop.store, c, str_of(what), 0, "ann", &id, &err);
    campaign_free(c);
    return rc;
}

static void make_shop(const char *folder)
{
    int64_t id;

    memset(&end_of_wire, 0, sizeof(end_of_wire));
    end_of_wire.refuses = -1;
    for (size_t i = 0; i < TM_COUNT(wires); i++)
        wires[i] = (struct fake_channel){.places = PLACES, .answer = answer};
    open_shop(&shop, folder);
    allow_all(&shop);
    CHECK_OK(kept_message_set(shop.store, 0,
                              STR_LIT("name: m\ntext: \"Hello. Reply STOP to end.\"\n"), "ann", &id,
                              &err),
             err);
    CHECK(put_text(text) == ERR_OK);
    open_sender(&shop, &wires[0], 0);
}

/* ---- its people --------------------------------------------------------------------------- */

static enum err_code crowd(void *ctx, const struct campaign *campaign, struct crowd *out,
                           struct err *none)
{
    (void)ctx, (void)campaign, (void)none;
    *out = (struct crowd){.people = xcalloc(PEOPLE, sizeof(uint64_t)), .n = PEOPLE};
    for (size_t i = 0; i < PEOPLE; i++)
        out->people[i] = i + 1;
    return ERR_OK;
}

static enum err_code reach(void *ctx, struct outbox_message *io, bool *out_found, size_t n,
                           struct err *none)
{
    (void)ctx, (void)none;
    for (size_t i = 0; i < n; i++) {
        address_of((int)io[i].person - 1, io[i].address, sizeof(io[i].address));
        snprintf(io[i].zone, sizeof(io[i].zone), "UTC");
        out_found[i] =
            pseudonym_email(consents_keys(shop.consents), str_of(io[i].address), &io[i].who);
    }
    return ERR_OK;
}

static enum err_code ordered(void *ctx, const uint64_t *people, size_t n, int64_t *out_us,
                             struct err *none)
{
    (void)ctx, (void)people, (void)none;
    for (size_t i = 0; i < n; i++)
        out_us[i] = TIME_NONE;
    return ERR_OK;
}

/* The process ends now and then in the midst of planning. */
static bool stops(void *ctx)
{
    (void)ctx;
    return draw(4) == 0;
}

static const struct campaign_world world = {
    .crowd = crowd, .reach = reach, .ordered = ordered, .stops = stops};

/* ---- steps -------------------------------------------------------------------------------- */

struct open {
    struct buf text;
    struct campaign_file file;
};

static void look(struct open *o)
{
    o->text = (struct buf)BUF_INIT(CAMPAIGN_TEXT_MAX);
    if (campaign_file_open(shop.store, "c", &o->text, &o->file, &err) != ERR_OK)
        CHECK_MSG(false, "the campaign is there: %s", err.msg);
}

static void leave(struct open *o)
{
    campaign_file_close(&o->file);
    buf_release(&o->text);
}

/* As the server does, every while. */
static void plan(void)
{
    struct open o;

    look(&o);
    if (o.file.kept.stage == CAMPAIGN_LAUNCHED) {
        struct campaign_planner p = {
            .outbox = shop.outbox, .quiet = shop.quiet, .zone = shop.zone, .world = &world};
        const struct campaign_live live = {.id = o.file.named.id,
                                           .campaign = o.file.campaign,
                                           .launched_us = o.file.kept.launched_us,
                                           .expected = o.file.kept.expected};
        struct campaign_planned got;

        if (campaign_plan(&p, &live, timestamp_now(), &got, &err) != ERR_OK)
            CHECK_MSG(false, "planning: %s", err.msg);
        if (got.finished && campaign_finish(shop.store, &o.file, timestamp_now(), &err) != ERR_OK)
            CHECK_MSG(false, "finishing: %s", err.msg);
    }
    leave(&o);
}

static void turn(int times)
{
    for (int i = 0; i < times; i++) {
        bool busy;

        if (sender_turn(shop.sender, 0, &busy, &err) != ERR_OK)
            CHECK_MSG(false, "a turn: %s", err.msg);
    }
}

static void start_again(void)
{
    if (draw(2)) {
        bool silent = wires[0].silent;

        CHECK_MSG(sender_end(shop.sender, &err) == ERR_OK, "an end in order: %s", err.msg);
        fall_silent(silent);
    }
    sender_close(shop.sender);
    lose_all();
    open_sender(&shop, &wires[0], 0);
}

enum model { DRAFT, GOING, PAUSED, CANCELLED };

static bool launch(void)
{
    enum err_code rc;
    struct open o;

    look(&o);
    rc = campaign_seen(shop.store, &o.file, PEOPLE, timestamp_now(), &err);
    leave(&o);
    look(&o);
    if (rc == ERR_OK)
        rc = campaign_launch(shop.store, &o.file, shop.zone, "ann", timestamp_now() - US_PER_HOUR,
                             &err);
    leave(&o);
    return rc == ERR_OK;
}

static bool halt(bool paused)
{
    enum err_code rc;
    struct open o;

    look(&o);
    rc = campaign_pause(shop.outbox, &o.file, paused, "ann", timestamp_now(), &err);
    leave(&o);
    return rc == ERR_OK;
}

static bool cancel(void)
{
    enum err_code rc;
    struct open o;

    look(&o);
    rc = campaign_cancel(shop.store, shop.outbox, &o.file, "ann", timestamp_now(), &err);
    leave(&o);
    return rc == ERR_OK;
}

static bool is_finished(void)
{
    bool is;
    struct open o;

    look(&o);
    is = o.file.kept.stage == CAMPAIGN_FINISHED;
    leave(&o);
    return is;
}

static int64_t in_states(enum outbox_state from, enum outbox_state to)
{
    struct outbox_count counts[OUTBOX_COUNTS_MAX];
    int64_t n = 0;
    size_t k;

    if (outbox_counts(shop.outbox, 0, counts, TM_COUNT(counts), &k, &err) != ERR_OK)
        CHECK_MSG(false, "counts: %s", err.msg);
    for (size_t i = 0; i < k; i++)
        if (counts[i].state >= from && counts[i].state <= to)
            n += counts[i].n;
    return n;
}

/* One step; what is refused must be what the model does not allow. */
static void step(enum model *io)
{
    const enum model was = *io;
    const bool over = is_finished();
    const bool on = (was == GOING || was == PAUSED) && !over;
    bool done = true, allowed = true;

    switch (draw(10)) {
    case 0:
        done = launch();
        allowed = was == DRAFT;
        *io = done ? GOING : was;
        break;
    case 1:
        done = halt(true);
        allowed = on;
        *io = done ? PAUSED : was;
        break;
    case 2:
        done = halt(false);
        allowed = on;
        *io = done ? GOING : was;
        break;
    case 3:
        if (draw(4))
            break;
        done = cancel();
        allowed = on;
        *io = done ? CANCELLED : was;
        break;
    case 4:
        done = put_text(draw(2) ? text : other) == ERR_OK;
        allowed = was == DRAFT;
        break;
    case 5:
        start_again();
        break;
    case 6:
        end_of_wire.down = draw(2);
        fall_silent(!draw(4));
        break;
    case 7:
        plan();
        break;
    default:
        turn(1 + (int)draw(3));
    }
    if (done != allowed)
        CHECK_MSG(false, "the model %d says %d, it was %d: %s", was, allowed, done, err.msg);
}

static void check_people(const char *when)
{
    for (int i = 0; i < PEOPLE; i++)
        if (end_of_wire.got[i] > 1)
            CHECK_MSG(false, "%s: %d got it %d times", when, i, end_of_wire.got[i]);
    if (is_finished() && in_states(OUTBOX_PLANNED, OUTBOX_HANDED_OVER))
        CHECK_MSG(false, "%s: finished, and something is left", when);
}

/* Everything works again, and goes on: then it comes to its end. */
static void to_the_end(enum model model)
{
    end_of_wire.down = false;
    fall_silent(false);
    if (model == DRAFT && !launch())
        CHECK_MSG(false, "launch: %s", err.msg);
    if (model == PAUSED && !is_finished() && !halt(false))
        CHECK_MSG(false, "it goes on: %s", err.msg);
    for (int i = 0; i < 400 && !is_finished() && model != CANCELLED; i++) {
        plan();
        turn(2);
    }
    turn(20);
    check_people("in the end");
    if (model != CANCELLED &&
        (!is_finished() || in_states(OUTBOX_ACCEPTED, OUTBOX_SKIPPED) != PEOPLE))
        CHECK_MSG(false, "model %d: finished %d, %" PRId64 " of %d are settled", model,
                  is_finished(), in_states(OUTBOX_ACCEPTED, OUTBOX_SKIPPED), PEOPLE);
    if (in_states(OUTBOX_PLANNED, OUTBOX_HANDED_OVER))
        CHECK_MSG(false, "something is left in the end");
}

/* never_10, never_11, never_12, in any order. */
static void sequence(int number)
{
    enum model model = DRAFT;
    char folder[32];

    random_state = 88172645463325252U + (uint64_t)number * 7919;
    snprintf(folder, sizeof(folder), "s%d", number);
    make_shop(folder);
    for (int i = 0; i < STEPS; i++) {
        const enum model was = model;
        int before = put_so_far();

        step(&model);
        if ((was == PAUSED || was == CANCELLED || was == DRAFT) && model == was &&
            put_so_far() != before)
            CHECK_MSG(false, "something left although the campaign is %d", was);
        check_people("on the way");
    }
    to_the_end(model);
    close_shop(&shop);
    folder_remove(temp_path(folder));
}

static void sequences(void)
{
    const char *asked = getenv("TIDEMARK_TEST_SEQUENCES");
    int n = asked ? (int)strtol(asked, NULL, 10) : getenv("TIDEMARK_TEST_LONG") ? 2000 : 40;
    int before = tap_failed;

    for (int i = 0; i < n && tap_failed == before; i++)
        sequence(i);
    CHECK_MSG(tap_failed == before, "%d sequences of %d steps", n, STEPS);
}

/* ---- what went wrong elsewhere -------------------------------------------------------------- */

static void launched(const char *folder)
{
    random_state = 12345;
    make_shop(folder);
    end_of_wire.plain = true;
    CHECK(launch());
    for (int i = 0; i < 20 && in_states(OUTBOX_PLANNED, OUTBOX_PLANNED) < PEOPLE; i++)
        plan();
    CHECK_INT(in_states(OUTBOX_PLANNED, OUTBOX_PLANNED), PEOPLE);
}

static int people_with(int times)
{
    int n = 0;

    for (int i = 0; i < PEOPLE; i++)
        n += end_of_wire.got[i] == times;
    return n;
}

/* Two processes read one spool, and both send it (mautic #2215, #12315, #3669). */
static void never_2(void)
{
    struct shop second;

    launched("never2");
    second = shop;
    second.sender = NULL;
    CHECK_OK(store_again(shop.store, &second.store, &err), err);
    open_sender(&second, &wires[1], 0);
    for (int i = 0; i < 200 && in_states(OUTBOX_PLANNED, OUTBOX_HANDED_OVER); i++) {
        bool busy;

        turn(1);
        CHECK_MSG(sender_turn(second.sender, 0, &busy, &err) == ERR_OK, "%s", err.msg);
    }
    CHECK_INT(people_with(1), PEOPLE);
    sender_close(second.sender);
    store_close(second.store);
    close_shop(&shop);
}

/* One is refused for good, and the others get theirs again and again (mautic #7226); so does
 * everybody once a minute (never_5: mautic #8802). */
static void never_4(void)
{
    launched("never4");
    end_of_wire.refuses = 7;
    turn(60);
    CHECK_INT(people_with(1), PEOPLE - 1);
    CHECK(end_of_wire.got[7] == 0 && put_so_far() == PEOPLE);
    for (int i = 0; i < 5; i++)
        plan();
    turn(60);
    CHECK_MSG(put_so_far() == PEOPLE, "nothing follows");
    CHECK(is_finished() && in_states(OUTBOX_FAILED, OUTBOX_FAILED) == 1);
    close_shop(&shop);
}

static void copy_folder(const char *from, const char *to)
{
    char a[1100], b[1100];
    int status = 1;
    pid_t pid;

    snprintf(a, sizeof(a), "%s", temp_path(from));
    snprintf(b, sizeof(b), "%s", temp_path(to));
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        execlp("cp", "cp", "-r", a, b, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    CHECK_INT(status, 0);
}

/* A copy that is brought back elsewhere sends the campaign again (listmonk #1801). */
static void never_13(void)
{
    int sent;

    launched("never13");
    turn(3);
    close_shop(&shop);
    lose_all();
    sent = people_with(1);
    CHECK_MSG(sent > 0 && sent < PEOPLE, "%d have it when the copy is made", sent);
    copy_folder("never13", "copy13");

    open_shop(&shop, "copy13");
    open_sender(&shop, &wires[0], 0);
    plan();
    turn(100);
    CHECK_MSG(people_with(1) == sent, "the copy sends nothing by itself");
    close_shop(&shop);

    open_shop(&shop, "never13");
    open_sender(&shop, &wires[0], 0);
    for (int i = 0; i < 100 && !is_finished(); i++) {
        plan();
        turn(2);
    }
    CHECK_MSG(is_finished() && people_with(0) + people_with(1) == PEOPLE,
              "the original goes on, and nobody gets it twice");
    CHECK_INT(in_states(OUTBOX_ACCEPTED, OUTBOX_UNCERTAIN), PEOPLE);
    close_shop(&shop);
}

/* A queue gives a message to another because its holder is slow, not dead (symfony #49394). */
static void never_18(void)
{
    const int64_t lease_us = 300000, until_us = timestamp_now() + 4 * lease_us;
    struct shop second;
    bool busy;
    int put;

    launched("never18");
    sender_close(shop.sender);
    open_sender(&shop, &wires[0], lease_us);
    second = shop;
    second.sender = NULL;
    CHECK_OK(store_again(shop.store, &second.store, &err), err);
    fall_silent(true);
    turn(3);
    put = put_so_far();
    CHECK(put > 0);
    open_sender(&second, &wires[1], lease_us);
    while (timestamp_now() < until_us) {
        turn(1);
        if (sender_turn(second.sender, 0, &busy, &err) != ERR_OK || put_so_far() > put + PLACES)
            CHECK_MSG(false, "what is held is sent by another");
        usleep(20000);
    }
    fall_silent(false);
    for (int i = 0; i < 100 && in_states(OUTBOX_PLANNED, OUTBOX_HANDED_OVER); i++) {
        turn(1);
        CHECK_MSG(sender_turn(second.sender, 0, &busy, &err) == ERR_OK, "%s", err.msg);
    }
    CHECK_INT(people_with(1), PEOPLE);
    CHECK_INT(in_states(OUTBOX_ACCEPTED, OUTBOX_ACCEPTED), PEOPLE);
    sender_close(second.sender);
    store_close(second.store);
    close_shop(&shop);
}

int main(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    temp_dir_make();
    never_2();
    never_4();
    never_13();
    never_18();
    sequences();
    return tap_done();
}
