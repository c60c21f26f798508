/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/timestamp.h"

#include "base/money.h"
#include "tap.h"

static const char *iso(int64_t at_us)
{
    static struct buf b = BUF_INIT(64);

    buf_reset(&b);
    timestamp_add_iso(&b, at_us);
    return buf_cstr(&b);
}

static void civil_days(void)
{
    int y, m, d;
    bool same = true;

    CHECK_INT(civil_to_days(1970, 1, 1), 0);
    CHECK_INT(civil_to_days(2000, 3, 1), 11017);
    for (int64_t day = -719162; day < 2932896; day += 97) { /* years 1 to 9999 */
        civil_from_days(day, &y, &m, &d);
        same = same && civil_to_days(y, m, d) == day;
    }
    CHECK_MSG(same, "days and civil dates are each other's inverse over years 1 to 9999");
    CHECK(!civil_valid(&(struct civil){2023, 2, 29, 0, 0, 0, 0}));
    CHECK(civil_valid(&(struct civil){2024, 2, 29, 0, 0, 0, 0}));
    CHECK_STR(iso(civil_to_utc(&(struct civil){2011, 12, 9, 12, 50, 0, 0})),
              "2011-12-09T12:50:00Z");
}

static void zones(void)
{
    struct zone *zone = NULL;
    struct err err = ERR_INIT;

    CHECK(zone_open("Mars/Olympus", &zone, &err) == ERR_INVALID);
    CHECK_STR(err.msg, "\"Mars/Olympus\" is not a time zone");
    CHECK_OK(zone_open("America/New_York", &zone, &err), err);
    CHECK_STR(iso(zone_to_utc(zone, &(struct civil){2026, 1, 15, 12, 0, 0, 0})),
              "2026-01-15T17:00:00Z");
    /* 02:30 on 2026-03-08 does not exist there; 01:30 on 2026-11-01 exists twice. */
    CHECK_STR(iso(zone_to_utc(zone, &(struct civil){2026, 3, 8, 2, 30, 0, 0})),
              "2026-03-08T07:30:00Z");
    CHECK_STR(iso(zone_to_utc(zone, &(struct civil){2026, 11, 1, 1, 30, 0, 0})),
              "2026-11-01T05:30:00Z");
    CHECK_INT(zone_from_utc(zone, INT64_C(1768500000) * US_PER_SECOND).hour, 13);
    zone_close(zone);
}

static const char *plain(int64_t minor, int decimals)
{
    static struct buf b = BUF_INIT(64);

    buf_reset(&b);
    money_add_plain(&b, minor, decimals);
    return buf_cstr(&b);
}

static void money(void)
{
    CHECK_INT(currency_decimals(STR_LIT("EUR")), 2);
    CHECK_INT(currency_decimals(STR_LIT("jpy")), 0);
    CHECK_INT(currency_decimals(STR_LIT("KWD")), 3);
    CHECK_INT(currency_decimals(STR_LIT("XQZ")), -1);
    CHECK_INT(money_from_micros(1005000, 2), 101);
    CHECK_INT(money_from_micros(-1005000, 2), -101);
    CHECK_INT(money_from_micros(1499999, 0), 1);
    CHECK_INT(money_from_micros(AMOUNT_NONE, 2), AMOUNT_NONE);
    CHECK_STR(plain(-5, 2), "-0.05");
    CHECK_STR(plain(INT64_MIN + 1, 3), "-9223372036854775.807");
    CHECK_STR(plain(1234, 0), "1234");
}

int main(void)
{
    civil_days();
    zones();
    money();
    return tap_done();
}
