/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/settings.h"

#include "tap.h"
#include "temp_dir.h"

static void defaults(void)
{
    struct err err = ERR_INIT;
    struct settings s;

    CHECK_OK(settings_read(temp_path("absent.yaml"), &s, &err), err);
    CHECK_STR(s.currency, "");
    CHECK_STR(s.time_zone, "UTC");
    CHECK(isnan(s.margin));
    temp_writez("empty.yaml", "# nothing yet\n");
    CHECK_OK(settings_read(temp_path("empty.yaml"), &s, &err), err);
    CHECK(s.week_start == WEEK_MONDAY);
}

static void round_trip(void)
{
    struct err err = ERR_INIT;
    struct settings s, t;

    temp_writez("a.yaml", "shop: Blue \"Hat\"\ncurrency: eur\ncountry: de\n"
                          "time_zone: Europe/Berlin\nweek_start: sunday\nmargin: 0.35\n"
                          "vertical: apparel\nopened: 2023-05-17\nrates: rates.csv\n"
                          "memory_mib: 512\n");
    CHECK_OK(settings_read(temp_path("a.yaml"), &s, &err), err);
    CHECK_STR(s.currency, "EUR");
    CHECK_STR(s.country, "DE");
    CHECK_NEAR(s.margin, 0.35, 1e-7);
    CHECK_INT(s.opened_day, civil_to_days(2023, 5, 17));
    CHECK_INT(s.memory_bytes, 512 << 20);
    CHECK_OK(settings_write(temp_path("b.yaml"), &s, &err), err);
    CHECK_OK(settings_read(temp_path("b.yaml"), &t, &err), err);
    CHECK_STR(t.shop, "Blue \"Hat\"");
    CHECK_STR(t.time_zone, "Europe/Berlin");
    CHECK(t.week_start == WEEK_SUNDAY);
    CHECK_NEAR(t.margin, s.margin, 1e-9);
    CHECK_INT(t.opened_day, s.opened_day);
    CHECK_STR(t.rates, "rates.csv");
}

static void errors(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"currency: EURO\n", "line 1"},
        {"currency: XQZ\n", "currency \"XQZ\" is not an ISO 4217 code"},
        {"shop: a\nmargn: 0.3\n", "margn"},
        {"shop: a\nmargin: lots\n", "line 2"},
        {"margin: 35\n", "margin 35 is not between 0 and 1"},
        {"time_zone: Mars/Olympus\n", "\"Mars/Olympus\" is not a time zone"},
        {"country: D1\n", "country \"D1\" is not an ISO 3166 code"},
        {"week_start: friday\n", "line 1"},
        {"shop: [a, b]\n", "line 1"},
        {"shop: \"a\n", "bad.yaml"},
    };
    struct settings s;

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct err err = ERR_INIT;

        temp_writez("bad.yaml", cases[i].text);
        CHECK(settings_read(temp_path("bad.yaml"), &s, &err) == ERR_INVALID);
        CHECK_MSG(strstr(err.msg, cases[i].message), "the error for case %zu says \"%s\": %s", i,
                  cases[i].message, err.msg);
    }
}

int main(void)
{
    temp_dir_make();
    defaults();
    round_trip();
    errors();
    return tap_done();
}
