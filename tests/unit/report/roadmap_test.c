/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A road map written by hand, as text, CSV, calendar and JSON: see golden_test.c for golden/. */
#include "fake.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "report/layout.h"
#include "report/page.h"
#include "report/roadmap.h"
#include "tap.h"

enum { STEPS = 3 };

static struct model model;
static struct roadmap map;
static struct road_step steps[STEPS];
static struct road_left left;
static struct road_load loads[2];
static struct road_demand demands[] = {
    {.kind = DEMAND_HOURS, .quarter = 1, .role = 1, .amount = 39.2},
    {.kind = DEMAND_BUDGET, .quarter = 0, .amount = 120},
};
static struct role roles[] = {
    {.id = "owner", .title = {{"Owner", "صاحب المتجر", "เจ้าของร้าน"}}, .hours = 60},
    {.id = "marketer", .title = {{"Marketer", "مسؤول التسويق", "ผู้ทำการตลาด"}}, .hours = 120},
};

static void make_step(size_t i, int quarter, int64_t start, int64_t end)
{
    steps[i] = (struct road_step){.practice = i,
                                  .from = 1,
                                  .to = 2,
                                  .quarter = quarter,
                                  .last = quarter,
                                  .role = i % 2,
                                  .owner = i ? "" : "=Kim; \"Z\", x",
                                  .start_day = start,
                                  .end_day = end,
                                  .hours = 7.5 * (double)(i + 1),
                                  .cost = i == 1 ? 60 : 0,
                                  .gain = {(double)NAN, (double)NAN, (double)NAN},
                                  .p_success = .5,
                                  .opens = SIZE_MAX,
                                  .waits_for = SIZE_MAX};
    steps[i].check = (struct road_check){.measure = "m",
                                         .cut = model.practices[i].indicators[0].cuts[0],
                                         .day = end + 91,
                                         .sample = i ? (double)NAN : 120,
                                         .now = i ? (double)NAN : .125};
}

/* The fake assessment's model with roles, and three of its practices planned. */
static void make_map(const struct assessment *a)
{
    int64_t first = civil_to_days(2026, 10, 1);

    model = *a->evidence->model;
    model.roles = roles;
    model.role_count = TM_COUNT(roles);
    make_step(0, 0, first, first + 8);
    make_step(1, 0, first + 11, first + 20);
    make_step(2, 1, first + 92, first + 92);
    steps[0].why = ROAD_OPENS;
    steps[0].opens = 1;
    steps[0].gain = (struct estimate){120000, 240000, 410000};
    steps[0].quick_win = true;
    steps[1].why = ROAD_STAGE;
    steps[1].hold = HOLD_NOTHING;
    steps[2].why = ROAD_PINNED;
    steps[2].hold = HOLD_WAITS;
    steps[2].waits_for = 1;
    steps[2].unknown = true;
    left = (struct road_left){.practice = 1, .from = 2, .to = 3, .hours = 30, .why = LEFT_HOURS};
    for (int r = 0; r < 2; r++)
        for (int q = 0; q < 2; q++) {
            loads[r].have[q] = roles[r].hours;
            loads[r].used[q] = 30;
        }
    map = (struct roadmap){.model = &model,
                           .target = 3,
                           .quarters = 2,
                           .quarter_days = {first, first + 92, first + 182},
                           .steps = steps,
                           .step_count = STEPS,
                           .left = &left,
                           .left_count = 1,
                           .reached = -1,
                           .to_reach = {.items = demands, .n = 2, .possible = true},
                           .feasible = true,
                           .roles = loads,
                           .currency = "EUR",
                           .gain_currency = "EUR",
                           .gap = .004};
    map.budget.used[0] = map.budget.used[1] = 60;
    map.budget.have[0] = 100;
    map.budget.have[1] = (double)NAN;
}

typedef enum err_code (*report_fn)(const struct assessment *, const struct roadmap *,
                                   const struct report_options *, struct buf *, struct err *);

static void compare(const char *name, const struct buf *got)
{
    struct buf want = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", getenv("TIDEMARK_GOLDEN"), name);
    if (getenv("TIDEMARK_GOLDEN_UPDATE")) {
        CHECK_OK(file_replace(path, buf_str(got), &err), err);
        return;
    }
    CHECK_OK(file_read(path, 1 << 20, &want, &err), err);
    CHECK_MSG(str_eq(buf_str(&want), buf_str(got)), "%s is as it was", name);
    buf_release(&want);
}

static void golden(report_fn report, const char *name, enum language language,
                   void (*look)(const char *text))
{
    const struct assessment *a = fake_assessment(FAKE_STAGE_2);
    struct report_options options = fake_options(FAKE_STAGE_2, language);
    struct buf out = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    make_map(a);
    options.all = true;
    CHECK_OK(report(a, &map, &options, &out, &err), err);
    compare(name, &out);
    if (look)
        look(out.p);
    buf_release(&out);
}

/* RFC 5545: no line is longer than 75 bytes, every line ends with CR LF, quoted characters. */
static void look_ics(const char *text)
{
    bool short_lines = true, ended = true;

    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");

        short_lines = short_lines && n <= 76; /* with the CR */
        ended = ended && n > 0 && p[n] == '\n' && p[n - 1] == '\r';
        p += n + (p[n] == '\n');
    }
    CHECK(short_lines);
    CHECK(ended);
    CHECK(strstr(text, "=Kim\\; \"Z\"\\, x") != NULL);
    CHECK(strstr(text, "DTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261010") != NULL);
}

static void look_csv(const char *text)
{
    CHECK(strncmp(text, "\xEF\xBB\xBF", 3) == 0);
    CHECK(strstr(text, "\"'=Kim; \"\"Z\"\", x\"") != NULL); /* no formula */
    CHECK(strstr(text, ",1200,2400,4100,EUR,") != NULL);
}

static void look_text(const char *text)
{
    CHECK(strstr(text, "40 hours more of Marketer in quarter 2") != NULL);
    CHECK(strstr(text, "It opens the way for") != NULL);
    for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
        if (layout_width((struct str){p, strcspn(p, "\n")}) > 100)
            CHECK(false);
}

static const char *cut_of(enum indicator_form form, const char *unit, bool lower, bool strict,
                          double cut)
{
    static char text[64];
    struct indicator indicator = {.form = form, .unit = unit, .lower_is_better = lower};
    struct report_options options = fake_options(FAKE_STAGE_2, LANG_EN);
    struct page page;
    struct err err = ERR_INIT;

    for (size_t i = 0; i < TM_COUNT(indicator.cuts); i++) {
        indicator.cuts[i] = cut;
        indicator.upper[i] = (double)NAN;
        indicator.strict[i] = strict;
    }
    CHECK_OK(page_open(fake_assessment(FAKE_STAGE_2), &options, &page, &err), err);
    snprintf(text, sizeof(text), "%s", page_cut(&page, &indicator, 2));
    page_close(&page);
    return text;
}

/* A bound that bounds nothing is not told. */
static void cuts_that_take_any(void)
{
    static const char any[] = "any value that is known";

    CHECK_STR(cut_of(FORM_VALUE, "count", false, false, 0), any);
    CHECK_STR(cut_of(FORM_VALUE, "count", false, true, 0), "more than 0");
    CHECK_STR(cut_of(FORM_VALUE, "count", false, false, 2), "at least 2");
    CHECK_STR(cut_of(FORM_RATIO, "times", true, false, 1e6), any);
    CHECK_STR(cut_of(FORM_RATIO, "times", true, false, 1.3), "at most 1.3×");
    CHECK_STR(cut_of(FORM_SHARE, "percent", false, false, 0), "at least 0%");
}

int main(void)
{
    cuts_that_take_any();
    golden(report_roadmap_text, "roadmap.en.txt", LANG_EN, look_text);
    golden(report_roadmap_text, "roadmap.ar.txt", LANG_AR, NULL);
    golden(report_roadmap_text, "roadmap.th.txt", LANG_TH, NULL);
    golden(report_roadmap_csv, "roadmap.en.csv", LANG_EN, look_csv);
    golden(report_roadmap_csv, "roadmap.th.csv", LANG_TH, NULL);
    golden(report_roadmap_ics, "roadmap.en.ics", LANG_EN, look_ics);
    golden(report_roadmap_ics, "roadmap.ar.ics", LANG_AR, NULL);
    golden(report_roadmap_json, "roadmap.json", LANG_EN, NULL);
    return tap_done();
}
