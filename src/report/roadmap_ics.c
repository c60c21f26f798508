/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* iCalendar, RFC 5545: lines of 75 bytes at most (3.1), TEXT escaped (3.3.11), all-day events
 * whose end is the day after the last one (3.6.1). */
#include "report/roadmap.h"

#include "base/timestamp.h"
#include "report/roadmap_words.h"

enum { LINE_BYTES = 75 };

struct ics {
    struct buf *out;
    struct page *page;
    const struct roadmap *map;
};

/* One content line, folded between characters of UTF-8. */
static void line(struct ics *c, const char *name, const char *value)
{
    size_t used = strlen(name);

    buf_addz(c->out, name);
    for (const char *p = value; *p;) {
        size_t n = 1;

        while (((unsigned char)p[n] & 0xC0) == 0x80)
            n++;
        if (used + n > LINE_BYTES) {
            buf_addz(c->out, "\r\n ");
            used = 1;
        }
        buf_add(c->out, p, n);
        used += n;
        p += n;
    }
    buf_addz(c->out, "\r\n");
}

static void text_line(struct ics *c, const char *name, const char *text)
{
    struct buf b = BUF_INIT(1 << 16);

    for (const char *p = text; *p; p++) {
        if (*p == '\n') {
            buf_addz(&b, "\\n");
            continue;
        }
        if (*p == '\\' || *p == ';' || *p == ',')
            buf_addc(&b, '\\');
        if ((unsigned char)*p >= 0x20)
            buf_addc(&b, *p);
    }
    c->out->failed = c->out->failed || b.failed;
    line(c, name, buf_cstr(&b));
    buf_release(&b);
}

static void day_line(struct ics *c, const char *name, int64_t day)
{
    int year, month, of_month;

    civil_from_days(day, &year, &month, &of_month);
    buf_addf(c->out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, year, month, of_month);
}

/* The moment of the assessment: the same plan gives the same file. */
static void stamp_line(struct ics *c)
{
    struct civil at = civil_from_utc(c->page->a->evidence->as_of);

    buf_addf(c->out, "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\n", at.year, at.month, at.day, at.hour,
             at.minute, at.second);
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
    text_line(c, "SUMMARY:",
              page_printf(page, _("%s: level %s to %s"), title, page_int(page, step->from),
                          page_int(page, step->to)));
    text_line(c, "DESCRIPTION:",
              page_printf(page, "%s · %s\n%s\n%s\n%s", road_who(page, c->map, step),
                          road_hours(page, step->hours), road_reason(page, c->map, step),
                          page_text(page, &practice->how), road_check_text(page, step)));
    buf_addz(c->out, "END:VEVENT\r\n");
    begin(c, step, "check", step->check.day, step->check.day + 1);
    text_line(c, "SUMMARY:", page_printf(page, _("Check: %s"), title));
    text_line(c, "DESCRIPTION:", road_check_text(page, step));
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
    text_line(&c, "X-WR-CALNAME:",
              page_printf(&page, _("Road map to stage %s"), page_int(&page, map->target)));
    for (size_t i = 0; i < map->step_count; i++)
        event(&c, &map->steps[i]);
    buf_addz(out, "END:VCALENDAR\r\n");
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}
