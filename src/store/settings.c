/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/settings.h"

#include "base/file.h"
#include "base/parse.h"
#include "base/yaml_edit.h"
#include "base/yaml_place.h"
#include "store/hand.h"

#include <unistd.h>

enum { SETTINGS_MEMORY_MAX = 1 << 20, SETTINGS_KEEP_LEAST = 31, SETTINGS_TEXT_MAX = 32768 };

static const char *const week_starts[] = {
    [WEEK_MONDAY] = "monday", [WEEK_SUNDAY] = "sunday", [WEEK_SATURDAY] = "saturday", NULL};

static const char *const erase_words[] = {
    [ERASE_IN_TIME] = "in_time", [ERASE_AT_ONCE] = "at_once", [ERASE_BY_HAND] = "by_hand", NULL};

struct settings settings_default(void)
{
    return (struct settings){
        .time_zone = "UTC", .margin = (double)NAN, .sending = sending_default()};
}

/* Into an array of *arg + 1 bytes. */
static enum err_code read_chars(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    const char *text = "";

    TRY(yaml_read_optional_text(r, node, &text, arg));
    snprintf(out, *(const size_t *)arg + 1, "%s", text);
    return ERR_OK;
}

static enum err_code read_currency(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    struct settings *s = out;
    const char *code = "";

    TRY(yaml_read_currency(r, node, &code, arg));
    snprintf(s->currency, sizeof(s->currency), "%s", code);
    return ERR_OK;
}

static enum err_code read_country(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    struct settings *s = out;
    const char *code = "";

    TRY(yaml_read_country(r, node, &code, arg));
    snprintf(s->country, sizeof(s->country), "%s", code);
    return ERR_OK;
}

static enum err_code read_time_zone(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    struct settings *s = out;
    const char *name = "";

    TRY(yaml_read_time_zone(r, node, &name, arg));
    if (name[0])
        snprintf(s->time_zone, sizeof(s->time_zone), "%s", name);
    return ERR_OK;
}

static enum err_code read_week_start(struct yaml_reader *r, yaml_node_t *node, void *out,
                                     const void *arg)
{
    struct settings *s = out;
    int day = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_word(r, node, &day, arg));
    s->week_start = (enum week_start)day;
    return ERR_OK;
}

static enum err_code read_calendar(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    struct settings *s = out;
    int word = CALENDAR_GREGORIAN;

    if (!yaml_is_null(node))
        TRY(yaml_read_word(r, node, &word, arg));
    s->ways.calendar = (enum calendar)word;
    return ERR_OK;
}

static enum err_code read_digits(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct settings *s = out;
    int word = DIGITS_LATIN;

    if (!yaml_is_null(node))
        TRY(yaml_read_word(r, node, &word, arg));
    s->ways.digits = (enum digits)word;
    return ERR_OK;
}

static enum err_code read_erase(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct settings *s = out;
    int word = ERASE_IN_TIME;

    if (!yaml_is_null(node))
        TRY(yaml_read_word(r, node, &word, arg));
    s->erase_on_request = (enum erase_on_request)word;
    return ERR_OK;
}

static enum err_code read_margin(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    enum err_code rc;

    if (yaml_is_null(node))
        return ERR_OK;
    rc = yaml_read_number(r, node, out, arg);
    if (rc != ERR_OK)
        err_hint(r->err, "write the share of a sale that remains after goods, shipping and fees: "
                         "0.35 for 35 percent");
    return rc;
}

static enum err_code read_goal(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    double units = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_number(r, node, &units, arg));
    *(int64_t *)out = llround(units);
    return ERR_OK;
}

static enum err_code read_opened(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct read_style style = {0};
    const char *text = "";

    TRY(yaml_read_optional_text(r, node, &text, arg));
    if (parse_day(str_of(text), &style, out, NULL) != ERR_OK)
        return yaml_fail(r, node, "must be a day such as 2023-05-17, is \"%.40s\"", text);
    return ERR_OK;
}

static enum err_code read_memory(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    int mib = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_int(r, node, &mib, arg));
    *(uint64_t *)out = (uint64_t)mib << 20;
    return ERR_OK;
}

/* Fewer days than the journal knows repetitions would take messages twice. */
static enum err_code read_days(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    int days = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_int(r, node, &days, arg));
    if (days > 0 && days < SETTINGS_KEEP_LEAST)
        return yaml_fail(r, node, "must be %d days or more, or 0 for ever", SETTINGS_KEEP_LEAST);
    *(int *)out = days;
    return ERR_OK;
}

static enum err_code read_settings(struct yaml_reader *r, struct settings *out)
{
#define AT(member) offsetof(struct settings, member)
#define LONGEST(member) (&(const size_t){sizeof(out->member) - 1})
    static const struct yaml_range share = {0, 1, false};
    static const struct yaml_range goals = {0, 1e14, false}; /* exact in a double */
    static const struct yaml_range days = {0, 36500, false};
    static const struct yaml_range mib = {0, 1 << 24, false};
    const struct yaml_field fields[] = {
        {"shop", AT(shop), read_chars, LONGEST(shop), true},
        {"currency", 0, read_currency, NULL, true},
        {"country", 0, read_country, NULL, true},
        {"time_zone", 0, read_time_zone, NULL, true},
        {"week_start", 0, read_week_start, week_starts, true},
        {"margin", AT(margin), read_margin, &share, true},
        {"goal", AT(goal), read_goal, &goals, true},
        {"vertical", AT(vertical), read_chars, LONGEST(vertical), true},
        {"opened", AT(opened_day), read_opened, NULL, true},
        {"rates", AT(rates), read_chars, LONGEST(rates), true},
        {"calendar", 0, read_calendar, calendar_words, true},
        {"digits", 0, read_digits, digits_words, true},
        {"keep_events", AT(keep_events), read_days, &days, true},
        {"keep_messages", AT(keep_messages), read_days, &days, true},
        {"keep_live", AT(keep_live), read_days, &days, true},
        {"keep_reasons", AT(keep_reasons), read_days, &days, true},
        {"keep_marks", AT(keep_marks), read_days, &days, true},
        {"keep_audit", AT(keep_audit), read_days, &days, true},
        {"keep_erasures", AT(keep_erasures), read_days, &days, true},
        {"erase_on_request", 0, read_erase, erase_words, true},
        {"keep_people", AT(keep_people), read_days, &days, true},
        {"erasures_file", AT(erasures_file), read_chars, LONGEST(erasures_file), true},
        {"memory_mib", AT(memory_bytes), read_memory, &mib, true},
        {"sending", AT(sending), sending_read, NULL, true},
    };
#undef LONGEST
#undef AT

    return yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), out);
}

/* What is deleted can tell of nobody's activity any more. */
static enum err_code check_people(const struct settings *s, struct err *err)
{
    const struct {
        const char *name;
        int days;
    } signs[] = {{"keep_events", s->keep_events}, {"keep_messages", s->keep_messages}};

    for (size_t i = 0; i < TM_COUNT(signs); i++)
        if (s->keep_people && signs[i].days && signs[i].days < s->keep_people)
            return err_set(err, ERR_INVALID,
                           "keep_people: must not be more than %s (%d days), by which it is known "
                           "who was there",
                           signs[i].name, signs[i].days);
    return ERR_OK;
}

enum err_code settings_parse(const char *name, struct str text, struct settings *out,
                             struct err *err)
{
    struct arena arena = ARENA_INIT(SETTINGS_MEMORY_MAX);
    struct yaml_reader r = {.name = name, .arena = &arena, .err = err, .may_be_empty = true};
    struct settings s = settings_default();
    enum err_code rc = yaml_reader_open(&r, text);

    if (rc == ERR_OK && yaml_root(&r))
        rc = read_settings(&r, &s);
    if (rc == ERR_OK)
        rc = check_people(&s, err);
    yaml_reader_close(&r);
    arena_release(&arena);
    if (rc == ERR_OK)
        *out = s;
    return rc;
}

enum err_code settings_read(const char *path, struct settings *out_settings, struct err *err)
{
    struct buf text = BUF_INIT(0);
    enum err_code rc;

    if (access(path, F_OK) != 0 && errno == ENOENT) {
        *out_settings = settings_default();
        return ERR_OK;
    }
    rc = file_read(path, YAML_FILE_MAX, &text, err);
    if (rc == ERR_OK)
        rc = settings_parse(path, buf_str(&text), out_settings, err);
    buf_release(&text);
    return rc;
}

enum err_code settings_of(const struct store *store, struct settings *out_settings, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    char path[2048];
    bool there;

    TRY(store_path(store, hand_names[HAND_SETTINGS], path, sizeof(path), err));
    TRY(hand_text(store, HAND_SETTINGS, &text, &there, err));
    return settings_parse(path, buf_str(&text), out_settings, err);
}

struct locale_ways settings_ways(const struct settings *settings)
{
    struct locale_ways ways = settings->ways;

    snprintf(ways.zone, sizeof(ways.zone), "%s", settings->time_zone);
    return ways;
}

/* A text between double quotes; JSON's strings are YAML's. */
static void add_text(struct buf *b, const char *key, const char *value)
{
    if (!value[0])
        return;
    buf_addf(b, "%s: ", key);
    buf_add_json(b, str_of(value));
    buf_addc(b, '\n');
}

static void add_days(struct buf *b, const char *key, int days)
{
    if (days)
        buf_addf(b, "%s: %d\n", key, days);
}

/* On one line; line breaks within texts are escaped in JSON. */
static void add_sending(struct buf *b, const struct sending *sending)
{
    TM_CLEANUP(buf_release) struct buf json = BUF_INIT(SETTINGS_TEXT_MAX);
    struct json_writer w = JSON_WRITER(&json);

    if (!sending->given)
        return;
    sending_write(&w, sending);
    buf_addz(b, "sending: ");
    for (size_t i = 0; i < json.n; i++) {
        buf_addc(b, json.p[i] == '\n' ? ' ' : json.p[i]);
        while (json.p[i] == '\n' && i + 1 < json.n && json.p[i + 1] == ' ')
            i++;
    }
    buf_addc(b, '\n');
}

static void add_settings(struct buf *b, const struct settings *s)
{
    add_text(b, "shop", s->shop);
    add_text(b, "currency", s->currency);
    add_text(b, "country", s->country);
    add_text(b, "time_zone", s->time_zone);
    buf_addf(b, "week_start: %s\n", week_starts[s->week_start]);
    if (!isnan(s->margin))
        buf_addf(b, "margin: %.6g\n", s->margin);
    if (s->goal)
        buf_addf(b, "goal: %" PRId64 "\n", s->goal);
    add_text(b, "vertical", s->vertical);
    if (s->opened_day) {
        buf_addz(b, "opened: ");
        timestamp_add_date(b, s->opened_day * US_PER_DAY);
        buf_addc(b, '\n');
    }
    add_text(b, "rates", s->rates);
    if (s->ways.calendar != CALENDAR_GREGORIAN)
        buf_addf(b, "calendar: %s\n", calendar_words[s->ways.calendar]);
    if (s->ways.digits != DIGITS_LATIN)
        buf_addf(b, "digits: %s\n", digits_words[s->ways.digits]);
    add_days(b, "keep_events", s->keep_events);
    add_days(b, "keep_messages", s->keep_messages);
    add_days(b, "keep_live", s->keep_live);
    add_days(b, "keep_reasons", s->keep_reasons);
    add_days(b, "keep_marks", s->keep_marks);
    add_days(b, "keep_audit", s->keep_audit);
    add_days(b, "keep_erasures", s->keep_erasures);
    if (s->erase_on_request != ERASE_IN_TIME)
        buf_addf(b, "erase_on_request: %s\n", erase_words[s->erase_on_request]);
    add_days(b, "keep_people", s->keep_people);
    add_text(b, "erasures_file", s->erasures_file);
    if (s->memory_bytes)
        buf_addf(b, "memory_mib: %" PRIu64 "\n", s->memory_bytes >> 20);
    add_sending(b, &s->sending);
}

/* What could not be read again is not written. */
static enum err_code write_text(const struct settings *settings, struct buf *b, struct err *err)
{
    struct settings again;

    add_settings(b, settings);
    TRY(buf_check(b, err));
    return settings_parse(NULL, buf_str(b), &again, err);
}

int settings_first_weekday(const struct settings *settings)
{
    return settings->week_start == WEEK_SUNDAY ? 7 : settings->week_start == WEEK_SATURDAY ? 6 : 1;
}

enum err_code settings_check(const struct settings *settings, struct err *err)
{
    struct buf b = BUF_INIT(SETTINGS_TEXT_MAX);
    enum err_code rc = write_text(settings, &b, err);

    buf_release(&b);
    return rc;
}

enum err_code settings_write(const char *path, const struct settings *settings, struct err *err)
{
    struct buf b = BUF_INIT(SETTINGS_TEXT_MAX);
    enum err_code rc = write_text(settings, &b, err);

    if (rc == ERR_OK)
        rc = file_replace(path, buf_str(&b), err);
    buf_release(&b);
    return rc;
}

/* ---- changing some of it ------------------------------------------------------------------ */

/* The next of the lines that add_settings() writes. */
static bool next_line(struct str *rest, char key[32], struct str *out_value)
{
    size_t n = 0, colon = 0;

    while (n < rest->n && rest->p[n] != '\n')
        n++;
    while (colon < n && rest->p[colon] != ':')
        colon++;
    if (!rest->n)
        return false;
    assert(colon < 31 && n >= colon + 2);
    snprintf(key, 32, "%.*s", (int)colon, rest->p);
    *out_value = (struct str){rest->p + colon + 2, n - colon - 2};
    *rest = (struct str){rest->p + n + 1, rest->n - n - 1};
    return true;
}

static bool find_line(struct str lines, const char *key, struct str *out_value)
{
    char one[32];

    while (next_line(&lines, one, out_value))
        if (strcmp(one, key) == 0)
            return true;
    return false;
}

/* What of `from` is not so in `to`; `gone`: what of it is not in there at all. */
static enum err_code edit_lines(struct buf *text, struct str from, struct str to, bool gone,
                                struct err *err)
{
    struct str value, other;
    char key[32];

    while (next_line(&from, key, &value)) {
        const char *path[] = {key};
        bool found = find_line(to, key, &other);
        char line[SETTINGS_TEXT_MAX];

        if (gone ? found : found && str_eq(value, other))
            continue;
        if (value.n >= sizeof(line))
            return err_set(err, ERR_INVALID, "%s: is too long", key);
        snprintf(line, sizeof(line), "%.*s", (int)value.n, value.p);
        TRY(yaml_edit(text, path, 1, gone ? NULL : line, err));
    }
    return ERR_OK;
}

static bool is_blank(const struct buf *text)
{
    for (size_t i = 0; i < text->n; i++)
        if (!isspace((unsigned char)text->p[i]))
            return false;
    return true;
}

enum err_code settings_edit(struct buf *text, const struct settings *before,
                            const struct settings *after, struct err *err)
{
    TM_CLEANUP(buf_release)
    struct buf was = BUF_INIT(SETTINGS_TEXT_MAX), is = BUF_INIT(SETTINGS_TEXT_MAX);
    struct settings again;

    add_settings(&was, before);
    TRY(write_text(after, &is, err));
    if (is_blank(text)) {
        buf_adds(text, buf_str(&is));
    } else {
        TRY(edit_lines(text, buf_str(&is), buf_str(&was), false, err));
        TRY(edit_lines(text, buf_str(&was), buf_str(&is), true, err));
    }
    TRY(buf_check(text, err));
    return settings_parse(hand_names[HAND_SETTINGS], buf_str(text), &again, err);
}
