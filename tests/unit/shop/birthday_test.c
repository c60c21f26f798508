/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/birthday.h"

#include "tap.h"

static const struct {
    const char *said;
    enum date_order order;
    const char *day; /* "": not known */
} cases[] = {
    {"1985-04-09", DATES_UNKNOWN, "04-09"},
    {" 1985-04-09T00:00:00Z", DATES_UNKNOWN, "04-09"},
    {"1985-04-09 00:00:00", DATES_UNKNOWN, "04-09"},
    {"1985/4/9", DATES_MDY, "04-09"},
    {"--04-09", DATES_UNKNOWN, "04-09"},
    {"04-09", DATES_DMY, "04-09"},
    {"09.04.1985", DATES_MDY, "04-09"}, /* points: the day first, everywhere */
    {"9.4.", DATES_UNKNOWN, "04-09"},
    {"04/09", DATES_MDY, "04-09"},
    {"04/09", DATES_DMY, "09-04"},
    {"04/09/1985", DATES_UNKNOWN, ""}, /* two ways */
    {"04/19/1985", DATES_UNKNOWN, "04-19"},
    {"19/04/1985", DATES_UNKNOWN, "04-19"},
    {"07/07/1985", DATES_UNKNOWN, "07-07"},
    {"19/04", DATES_MDY, ""},
    {"2000-02-29", DATES_UNKNOWN, "02-29"},
    {"02/29", DATES_MDY, "02-29"},
    {"1999-02-29", DATES_UNKNOWN, ""},
    {"1900-01-01", DATES_UNKNOWN, ""}, /* what systems write for "unknown" */
    {"1970-01-01", DATES_UNKNOWN, ""},
    {"1971-01-01", DATES_UNKNOWN, "01-01"},
    {"0000-00-00", DATES_UNKNOWN, ""},
    {"1985-13-09", DATES_UNKNOWN, ""},
    {"04/09/85", DATES_MDY, ""},
    {"1985-04", DATES_UNKNOWN, ""},
    {"1985-04/09", DATES_UNKNOWN, ""},
    {"--1985-04-09", DATES_UNKNOWN, ""},
    {"123456789012", DATES_UNKNOWN, ""},
    {"1985-04-09-01", DATES_UNKNOWN, ""},
    {"April", DATES_UNKNOWN, ""},
    {"-", DATES_UNKNOWN, ""},
    {"", DATES_UNKNOWN, ""},
};

static void what_sources_write(void)
{
    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        char day[BIRTHDAY_SIZE] = "?";
        bool known = birthday_of(str_of(cases[i].said), cases[i].order, day);

        CHECK_MSG(strcmp(day, cases[i].day) == 0 && known == (*cases[i].day != '\0'),
                  "\"%s\" is \"%s\", not \"%s\"", cases[i].said, day, cases[i].day);
    }
}

static void month_and_day(void)
{
    int month = 0, day = 0;

    CHECK(birthday_parts(STR_LIT("02-29"), &month, &day));
    CHECK_INT(month, 2);
    CHECK_INT(day, 29);
    CHECK(!birthday_parts(STR_LIT("2-29"), &month, &day));
    CHECK(!birthday_parts(STR_LIT("02-30"), &month, &day));
    CHECK(!birthday_parts(STR_NONE, &month, &day));
}

int main(void)
{
    what_sources_write();
    month_and_day();
    return tap_done();
}
