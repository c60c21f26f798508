/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The road map as iCalendar: all-day events whose end is the day after the last one (3.6.1). */
#include "report/roadmap.h"

#include "base/timestamp.h"
#include "report/ics.h"
#include "report/roadmap_words.h"

struct ics {
    struct buf *out;
    struct page *page;
    const struct roadmap *map;
};

static void day_line(struct ics *c, const char *name, int64_t day)
{
    int year, month, of_month;

    civil_from_days(day, &year, &month, &of_month);
    buf_addf(c->out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, year, month, of_month);
}

/* The moment of the assessment: the same plan gives the same file. */
static void stamp_line(struct ics *c)
{
    ics_time(c->out, "DTSTAMP", c->page->a->evidence->as_of);
}

static void begin(struct ics *c, const struct road_step *step, const char *kind, int64_t first,
                  int64_t past)
{
    buf_addz(c->out, "BEGIN:VEVENT\r\n");
    buf_addf(c->out, "UID:%s-%d-%s@tidemark.example.com\r\n",
             c->map->model->practices[step->practice].id, step->to, kind);
    stamp_line(c);
    day_line(c, "DTSTART", first);
    day_line(c, "DTEND", past);
    buf_addz(c->out, "TRANSP:TRANSPARENT\r\n");
}

static void event(struct ics *c, const struct road_step *step)
{
    struct page *page = c->page;
    const char *title = road_title(page, step->practice);
    const struct practice *practice = &c->map->model->practices[step->practice];

    begin(c, step, "step", step->start_day, step->end_day + 1);
    ics_text(c->out, "SUMMARY:",
             page_printf(page, _("%s: level %s to %s"), title, page_int(page, step->from),
                         page_int(page, step->to)));
    ics_text(c->out, "DESCRIPTION:",
             page_printf(page, "%s · %s\n%s\n%s\n%s", road_who(page, c->map, step),
                         road_hours(page, step->hours), road_reason(page, c->map, step),
                         page_text(page, &practice->how), road_check_text(page, step)));
    buf_addz(c->out, "END:VEVENT\r\n");
    begin(c, step, "check", step->check.day, step->check.day + 1);
    ics_text(c->out, "SUMMARY:", page_printf(page, _("Check: %s"), title));
    ics_text(c->out, "DESCRIPTION:", road_check_text(page, step));
    buf_addz(c->out, "END:VEVENT\r\n");
}

enum err_code report_roadmap_ics(const struct assessment *a, const struct roadmap *map,
                                 const struct report_options *options, struct buf *out,
                                 struct err *err)
{
    struct page page;
    struct ics c = {.out = out, .page = &page, .map = map};
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    buf_addz(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tidemark//road map//EN\r\n"
                  "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    ics_text(out, "X-WR-CALNAME:",
             page_printf(&page, _("Road map to stage %s"), page_int(&page, map->target)));
    for (size_t i = 0; i < map->step_count; i++)
        event(&c, &map->steps[i]);
    buf_addz(out, "END:VCALENDAR\r\n");
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}
