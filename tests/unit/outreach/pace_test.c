/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A day of sending in simulated time, and what servers' numbers mean. */
#include "outreach/mail/pace.h"
#include "outreach/mail/smtp.h"
#include "outreach/mail/status.h"
#include "tap.h"

static const int64_t day_us = US_PER_DAY, tick_us = 20000;
static const int64_t start_us = INT64_C(1795425300) * US_PER_SECOND;

static uint64_t chance = 1;

static int below(int n)
{
    chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (int)((chance >> 33) % (uint64_t)n);
}

/* Sends as much as it may for a day; no sixty seconds, whenever they begin, have more than the
 * limit, and the day has nearly all that the limit allows (never_14: listmonk e7b09fd0 counted
 * a window wrongly). */
static void a_day(int per_minute)
{
    struct pace_rules rules = {.per_minute = per_minute, .start = 2, .most = 1000};
    struct pace pace;
    int64_t *sent = xcalloc((size_t)per_minute + 1, sizeof(*sent)); /* the last ones, in a ring */
    int64_t n = 0, at_us, over = 0;

    pace_init(&pace, &rules);
    for (int64_t now = start_us; now < start_us + day_us; now += tick_us + below(1000)) {
        /* Now and then nothing is there to be sent, and the bucket fills. */
        if (now / (600 * US_PER_SECOND) % 3 == 2)
            continue;
        while (pace_may(&pace, &rules, now, &at_us)) {
            pace_begin(&pace, &rules, now);
            pace_end(&pace, &rules, now, PACE_TAKEN);
            if (n >= per_minute && now - sent[n % per_minute] < 60 * US_PER_SECOND)
                over++;
            sent[n++ % per_minute] = now;
        }
    }
    CHECK_INT(over, 0);
    CHECK_MSG(n > (int64_t)per_minute * 960 * 9 / 10, "%" PRId64 " of %d a minute in 960 minutes",
              n, per_minute);
    free(sent);
}

static void test_slow_start(void)
{
    struct pace_rules rules = {.start = 2, .most = 5};
    struct pace pace;
    int64_t at_us;

    pace_init(&pace, &rules);
    for (int i = 0; i < 2; i++) {
        CHECK(pace_may(&pace, &rules, start_us, &at_us));
        pace_begin(&pace, &rules, start_us);
    }
    CHECK(!pace_may(&pace, &rules, start_us, &at_us) && at_us == TIME_NONE);
    pace_end(&pace, &rules, start_us, PACE_TAKEN);
    pace_end(&pace, &rules, start_us, PACE_TAKEN);
    for (int i = 0; i < 4; i++) {
        CHECK(pace_may(&pace, &rules, start_us, &at_us));
        pace_begin(&pace, &rules, start_us);
    }
    CHECK(!pace_may(&pace, &rules, start_us, &at_us));
    for (int i = 0; i < 4; i++)
        pace_end(&pace, &rules, start_us, PACE_LOST);
    CHECK(!pace.proven);
    pace_begin(&pace, &rules, start_us);
    CHECK_MSG(!pace_may(&pace, &rules, start_us, &at_us), "one at a time after silence");
}

/* Asked for less, it is half as fast at once, whether it had a limit or not, and at most a tenth
 * faster every ten minutes. */
static void test_slower(int per_minute)
{
    struct pace_rules rules = {.per_minute = per_minute, .start = 1000, .most = 1000};
    struct pace pace;
    double before, rate;
    int64_t at_us, now = start_us, counted[60] = {0};

    pace_init(&pace, &rules);
    for (; now < start_us + 120 * US_PER_SECOND; now += 100000) /* 600 a minute */
        if (pace_may(&pace, &rules, now, &at_us)) {
            pace_begin(&pace, &rules, now);
            pace_end(&pace, &rules, now, PACE_TAKEN);
        }
    before = per_minute ? per_minute : 600;
    pace_begin(&pace, &rules, now);
    pace_begin(&pace, &rules, now);
    pace_end(&pace, &rules, now, PACE_SLOWER);
    pace_end(&pace, &rules, now + US_PER_SECOND, PACE_SLOWER);
    rate = pace_rate(&pace, &rules);
    CHECK_MSG(rate <= before / 2 * 1.02 && rate >= before / 2 * 0.98, "%g a minute after %g", rate,
              before);
    for (int64_t began = now; now < began + 3600 * US_PER_SECOND; now += 20000)
        if (pace_may(&pace, &rules, now, &at_us)) {
            pace_begin(&pace, &rules, now);
            pace_end(&pace, &rules, now, PACE_TAKEN);
            counted[(now - began) / (60 * US_PER_SECOND)]++;
        }
    for (int i = 0; i + 10 < 60; i += 10) {
        int64_t these = 0, next = 0;

        for (int k = 0; k < 10; k++) {
            these += counted[i + k];
            next += counted[i + k + 10];
        }
        CHECK_MSG(next > these && (double)next <= 1.12 * (double)these,
                  "%" PRId64 " in ten minutes after %" PRId64, next, these);
    }
}

static void test_status(void)
{
    static const struct {
        const char *text;
        int kind, subject, detail;
        bool dead, slower;
    } cases[] = {
        {"5.1.1 no such user", 5, 1, 1, true, false},
        {"5.1.10", 5, 1, 10, true, false},
        {"5.1.8 bad sender", 5, 1, 8, false, false},
        {"5.2.2 full", 5, 2, 2, false, false},
        {"4.7.28 rate", 4, 7, 28, false, true},
        {"5.7.28 rate", 5, 7, 28, false, false},
        {"2.0.0", 2, 0, 0, false, false},
        {"5.1", 0, 0, 0, false, false},
        {"5.1.", 0, 0, 0, false, false},
        {"3.1.1", 0, 0, 0, false, false},
        {"5.1.1111", 0, 0, 0, false, false},
        {"user", 0, 0, 0, false, false},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct mail_status status = {0};
        bool read = mail_status_read(str_of(cases[i].text), &status);

        CHECK_MSG(read == (cases[i].kind > 0) && status.kind == cases[i].kind &&
                      status.subject == cases[i].subject && status.detail == cases[i].detail &&
                      mail_status_dead(&status) == cases[i].dead &&
                      mail_status_slower(&status) == cases[i].slower,
                  "%s", cases[i].text);
    }
    CHECK(mail_text_dead(STR_LIT("550 User Unknown in table")));
    CHECK(!mail_text_dead(STR_LIT("550 blocked by policy")));
}

static void test_again(void)
{
    static const int minutes[] = {5, 15, 30, 60, 120, 240, 240, 240};

    for (int i = 0; i < (int)TM_COUNT(minutes); i++)
        for (int64_t tag = 0; tag < 50; tag++) {
            double wait = (double)(smtp_again_us(start_us, i, tag) - start_us) / 60e6;

            if (fabs(wait - minutes[i]) > 0.101 * minutes[i])
                CHECK_MSG(false, "try %d waits %g minutes", i, wait);
        }
    CHECK(smtp_again_us(start_us, 0, 1) != smtp_again_us(start_us, 0, 2));
}

int main(void)
{
    a_day(1);
    a_day(7);
    a_day(60);
    a_day(600);
    a_day(5000);
    test_slow_start();
    test_slower(0);
    test_slower(300);
    test_status();
    test_again();
    return tap_done();
}
