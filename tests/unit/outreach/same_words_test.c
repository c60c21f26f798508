/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Nobody is told the same twice within the days of the settings, whatever it is sent by: what is
 * compared is what was put together, without the link to leave, which each message has of its own.
 */
#include "outreach/fake_channel.h"
#include "outreach/sender/sender.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err;
static struct store *store;
static struct outbox *outbox;
static struct consents *consents;
static struct settings settings;

static struct fake_channel fake;

/* The words are the message's data. */
static enum err_code say_data(void *ctx, const struct outbox_message *m, struct str data,
                              const char *url, int64_t now_us, struct composed *out,
                              struct err *none)
{
    (void)ctx, (void)m, (void)now_us, (void)none;
    buf_adds(&out->parts[MESSAGE_TEXT], data);
    buf_addf(&out->parts[MESSAGE_HTML], "<a href='%s'>leave</a> or <a href='%s'>stay</a>", url,
             url);
    return ERR_OK;
}

/* ---- one message after the other ------------------------------------------------------------ */

static int64_t plan(int64_t campaign, const char *address, bool transactional, const char *data)
{
    const int64_t now = timestamp_now();
    struct outbox_message m = {.campaign = campaign,
                               .person = (uint64_t)address[0],
                               .channel = "email",
                               .purpose = "marketing",
                               .transactional = transactional,
                               .zone = "UTC",
                               .planned_us = now,
                               .next_us = now,
                               .not_after_us = now + US_PER_DAY};
    static int64_t last;
    bool new;

    snprintf(m.address, sizeof(m.address), "%s", address);
    CHECK(pseudonym_email(consents_keys(consents), str_of(address), &m.who));
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_plan(outbox, &m, str_of(data), &new, &err), &err), err);
    CHECK(new);
    return ++last;
}

static struct outbox_message sent(int64_t id)
{
    const struct channel channel = {.name = "email", .self = &fake, .calls = &fake_calls};
    struct sender_settings how = {.settings = &settings,
                                  .store = store,
                                  .base = "https://shop.example",
                                  .words = {say_data, NULL},
                                  .alone = true};
    struct outbox_message m = {.id = 0};
    struct sender *sender = NULL;
    bool busy = true, found = false;

    CHECK_OK(sender_open(&how, &sender, &err), err);
    sender_add(sender, &channel);
    for (int i = 0; i < 100 && busy; i++)
        CHECK_OK(sender_turn(sender, 10, &busy, &err), err);
    CHECK_OK(sender_end(sender, &err), err);
    sender_close(sender);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_find(outbox, id, &m, NULL, &found, &err), &err), err);
    CHECK(found);
    return m;
}

static bool goes(int64_t campaign, const char *address, bool transactional, const char *data)
{
    struct outbox_message m = sent(plan(campaign, address, transactional, data));

    CHECK_MSG(m.state == OUTBOX_ACCEPTED ||
                  (m.state == OUTBOX_SKIPPED && m.reason == GATE_DUPLICATE),
              "%s to %s is %s: %s", data, address, outbox_state_name(m.state),
              gate_reason_word(m.reason));
    return m.state == OUTBOX_ACCEPTED;
}

static void allow(const char *address)
{
    struct consent_fact fact = {.kind = IDENTIFIER_EMAIL,
                                .address = str_of(address),
                                .channel = STR_LIT("email"),
                                .state = CONSENT_GRANTED,
                                .when_us = timestamp_now() - US_PER_DAY,
                                .source = STR_LIT("shop"),
                                .method = STR_LIT("form")};
    bool new;

    CHECK_OK(consents_begin(consents, &err), err);
    CHECK_OK(consents_end(consents, consents_add(consents, &fact, &new, &err), &err), err);
}

/* Two of the same that wait together: one of them goes. */
static void both_at_once(void)
{
    int64_t a = plan(20, "a@mail.example", false, "{\"n\":9}");
    int64_t b = plan(21, "a@mail.example", false, "{\"n\":9}");
    enum outbox_state first, second;

    second = sent(b).state;
    first = sent(a).state;
    CHECK_MSG((first == OUTBOX_ACCEPTED) + (second == OUTBOX_ACCEPTED) == 1 &&
                  (first == OUTBOX_SKIPPED) + (second == OUTBOX_SKIPPED) == 1,
              "%s and %s", outbox_state_name(first), outbox_state_name(second));
}

int main(void)
{
    settings = settings_default();
    settings.sending.caps_given = true; /* none */
    settings.sending.hours_count = 1;
    settings.sending.hours[0] = (struct sending_window){.channel = "email"}; /* at any time */
    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    CHECK_OK(consents_open(store, &consents, &err), err);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_arm(outbox, &err), &err), err);
    allow("a@mail.example");
    allow("b@mail.example");
    CHECK(goes(1, "a@mail.example", false, "{\"n\":1}"));
    CHECK(!goes(2, "a@mail.example", false, "{\"n\":1}"));
    CHECK(goes(3, "a@mail.example", false, "{\"n\":2}"));
    CHECK(goes(2, "b@mail.example", false, "{\"n\":1}"));
    CHECK(goes(4, "a@mail.example", true,
               "{\"n\":3}")); /* what an order asks for, as often as it does */
    CHECK(goes(5, "a@mail.example", true, "{\"n\":3}"));
    both_at_once();
    settings.sending.same_after_days = 0;
    CHECK(goes(6, "a@mail.example", false, "{\"n\":1}"));
    consents_close(consents);
    outbox_close(outbox);
    store_close(store);
    return tap_done();
}
