/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_work.c - assessments, jobs and imports. */
#include "base/i18n.h"
#include "base/money.h"
#include "store/marks.h"
#include "web/request.h"

static const struct {
    const char *name, *type;
} forms[] = {
    {"json", "application/json"},
    {"html", "text/html; charset=utf-8"},
    {"pdf", "application/pdf"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"csv", "text/csv; charset=utf-8"},
    {"ics", "text/calendar; charset=utf-8"},
};

static enum err_code not_assessed(struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "nothing was assessed here yet");
    err_hint(err, "Start an assessment: POST /api/v1/assessments.");
    return ERR_NOT_FOUND;
}

static enum err_code wrong_choice(const char *name, const char *choices, struct err *err)
{
    err_set(err, ERR_INVALID, "the parameter \"%s\" cannot be that", name);
    snprintf(err->hint, sizeof(err->hint), "%s: %s", name, choices);
    return ERR_INVALID;
}

/* The language that was asked for, or the reader's. */
static enum err_code take_language(const struct request *q, enum language *out, struct err *err)
{
    const char *lang = request_query(q, "lang");

    *out = lang ? language_of(lang) : i18n_current();
    return *out == LANG_COUNT ? wrong_choice("lang", "en, ar, th", err) : ERR_OK;
}

/* A part of the newest mark: `stem`, the language where it has any, and one of `choices`, which
 * begin with the one that is meant when none is asked for. */
static enum err_code give_part(struct web *web, struct request *q, const char *stem,
                               const char *choices, struct err *err)
{
    const char *format = request_query(q, "format");
    size_t n = strcspn(choices, ","), i = 0;
    enum language language;
    char first[16], name[48];
    bool found;

    snprintf(first, sizeof(first), "%.*s", (int)n, choices);
    format = format ? format : first;
    while (i < TM_COUNT(forms) &&
           (strcmp(forms[i].name, format) != 0 || !strstr(choices, forms[i].name)))
        i++;
    if (i == TM_COUNT(forms))
        return wrong_choice("format", choices, err);
    TRY(take_language(q, &language, err));
    if (i == 0) {
        snprintf(name, sizeof(name), "%s.json", stem);
    } else {
        snprintf(name, sizeof(name), "%s.%s.%s", stem, language_codes[language], format);
        snprintf(q->attachment, sizeof(q->attachment), "%s", name);
    }
    TRY(store_mark_get(web->store, name, &q->out, &found, err));
    q->type = forms[i].type;
    return found ? ERR_OK : not_assessed(err);
}

/* Answers or settings are others by now; of a mark of an earlier version nobody knows. */
static enum err_code is_stale(struct web *web, bool *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf then = BUF_INIT(DIGEST_HEX);
    char now[DIGEST_HEX];
    bool known;

    TRY(store_mark_get(web->store, MARK_RESTS_ON, &then, &known, err));
    TRY(store_mark_rests_on(web->store, now, err));
    *out = known && !str_eqz(buf_str(&then), now);
    return ERR_OK;
}

enum err_code do_assessment(struct web *web, struct request *q, struct err *err)
{
    TRY(give_part(web, q, "assessment", "json", err));
    return is_stale(web, &q->stale, err);
}

enum err_code do_report(struct web *web, struct request *q, struct err *err)
{
    return give_part(web, q, "report", "html, pdf, xlsx, csv", err);
}

enum err_code do_assess(struct web *web, struct request *q, struct err *err)
{
    const struct job_wish wish = {.kind = JOB_ASSESS, .path = "", .dir = "", .object = ""};

    return request_job(web, q, &wish, err);
}

static void key_cursor(struct json_writer *w, int64_t next)
{
    char cursor[32];

    snprintf(cursor, sizeof(cursor), "%" PRId64, next);
    json_key_stringz(w, "next_cursor", next ? cursor : NULL);
}

enum err_code do_jobs(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t next;

    json_begin_object(&w);
    json_key(&w, "jobs");
    TRY(jobs_list(web->jobs, request_number(q, "cursor", 0), (size_t)request_number(q, "limit", 50),
                  &w, &next, err));
    key_cursor(&w, next);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_job(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(request_id(q, &id, err));
    return jobs_show(web->jobs, id, &w) ? ERR_OK : not_here(q, q->arg, err);
}

enum err_code do_job_events(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(request_id(q, &id, err));
    if (!jobs_show(web->jobs, id, &w))
        return not_here(q, q->arg, err);
    q->streams = true;
    q->events_job = id;
    return ERR_OK;
}

enum err_code do_job_cancel(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    if (jobs_stage(web->jobs, id) == STAGE_FIRM) {
        err_set(err, ERR_BUSY, "an erasure that has begun cannot be cancelled");
        err_hint(err, "It goes on by itself until nothing of the person is left.");
        return ERR_BUSY;
    }
    if (!jobs_cancel(web->jobs, id))
        return not_here(q, q->arg, err);
    return do_job(web, q, err);
}

/* The newest of those before `before`, by a ring: the store gives the oldest first. */
struct listed {
    struct import_entry *entries;
    size_t cap, n;
    int64_t before;
};

static enum err_code take_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct listed *all = ctx;

    (void)err;
    if (all->before == 0 || entry->id < all->before)
        all->entries[all->n++ % all->cap] = *entry;
    return ERR_OK;
}

static void show_facts(const struct import_entry *e, struct json_writer *w)
{
    json_key_int(w, "id", e->id);
    json_key_stringz(w, "name", e->name);
    json_key_stringz(w, "format", e->format);
    json_key_stringz(w, "source", e->source);
    json_key_int(w, "size", e->size);
    json_key_int(w, "rows", e->rows);
    json_key_int(w, "stored", e->stored);
    json_key_int(w, "merged", e->merged);
    json_key_int(w, "rejected", e->rejected);
    json_key_int(w, "skipped", e->skipped);
    json_key_time(w, "newest", e->newest_us);
    json_key_time(w, "imported_at", e->ended_us);
}

static void show_import(const struct import_entry *e, struct json_writer *w)
{
    json_begin_object(w);
    show_facts(e, w);
    json_end_object(w);
}

static enum err_code show_reject(void *ctx, int64_t line, struct str reason, struct err *err)
{
    struct json_writer *w = ctx;

    (void)err;
    json_begin_object(w);
    json_key_int(w, "line", line);
    json_key_string(w, "reason", reason);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_imports(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t limit = request_number(q, "limit", 50);
    struct listed all = {.cap = limit < 1     ? 1
                                : limit > 200 ? 200
                                              : (size_t)limit,
                         .before = request_number(q, "cursor", 0)};
    enum err_code rc;
    size_t shown;

    all.entries = xcalloc(all.cap, sizeof(*all.entries));
    rc = store_import_each(web->store, IMPORT_DONE, take_import, &all, err);
    shown = all.n < all.cap ? all.n : all.cap;
    json_begin_object(&w);
    json_key(&w, "imports");
    json_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        show_import(&all.entries[(all.n - 1 - i) % all.cap], &w);
    json_end_array(&w);
    key_cursor(&w, all.n > all.cap ? all.entries[all.n % all.cap].id : 0);
    json_end_object(&w);
    free(all.entries);
    return rc;
}

/* Which of `names` the query's `name` is, from 1 on; 0 when it is not given. */
static enum err_code take_choice(const struct request *q, const char *name,
                                 const char *const names[2], int *out, struct err *err)
{
    const char *given = request_query(q, name);

    *out = 0;
    for (int i = 0; given && i < 2; i++)
        if (strcmp(given, names[i]) == 0)
            *out = i + 1;
    return !given || *out ? ERR_OK : field_wrong(name, err);
}

static enum err_code take_reading(const struct request *q, struct web_reading *out, struct err *err)
{
    static const char *const orders[2] = {"dmy", "mdy"}, *const marks[2] = {"point", "comma"};
    const char *currency = request_query(q, "currency");
    int dates, decimals;

    *out = (struct web_reading){0};
    TRY(take_choice(q, "dates", orders, &dates, err));
    TRY(take_choice(q, "decimals", marks, &decimals, err));
    if (currency && currency_decimals(str_of(currency)) < 0)
        return field_wrong("currency", err);
    snprintf(out->currency, sizeof(out->currency), "%.3s", currency ? currency : "");
    out->dates = dates == 1 ? DATES_DMY : dates == 2 ? DATES_MDY : DATES_UNKNOWN;
    out->decimals = decimals == 1   ? DECIMALS_POINT
                    : decimals == 2 ? DECIMALS_COMMA
                                    : DECIMALS_UNKNOWN;
    return ERR_OK;
}

enum err_code do_import(struct web *web, struct request *q, struct err *err)
{
    const char *name = strrchr(q->upload_path, '/');
    struct job_wish wish = {.kind = JOB_IMPORT,
                            .path = q->upload_path,
                            .dir = q->upload_dir,
                            .object = name ? name + 1 : ""};

    TRY(take_reading(q, &wish.reading, err));
    TRY(request_job(web, q, &wish, err));
    q->upload_dir[0] = '\0'; /* the job removes it */
    return ERR_OK;
}

static enum err_code seek_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct import_entry *wanted = ctx;

    (void)err;
    if (entry->id == wanted->id)
        *wanted = *entry;
    return ERR_OK;
}

static enum err_code find_import(struct web *web, struct request *q, struct import_entry *out,
                                 struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    *out = (struct import_entry){.id = id <= UINT32_MAX ? (uint32_t)id : 0};
    TRY(store_import_each(web->store, IMPORT_DONE, seek_import, out, err));
    return out->name[0] ? ERR_OK : not_here(q, q->arg, err);
}

enum err_code do_import_one(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf report = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&q->out);
    struct import_entry entry;
    bool found;

    TRY(find_import(web, q, &entry, err));
    TRY(store_import_report_get(web->store, entry.id, &report, &found, err));
    json_begin_object(&w);
    show_facts(&entry, &w);
    json_key_stringz(&w, "sha256", entry.digest);
    json_key_stringz(&w, "encoding", entry.encoding);
    json_key_stringz(&w, "style", entry.style);
    json_key(&w, "rejects"); /* the first of them */
    json_begin_array(&w);
    TRY(store_rejects_each(web->store, entry.id, show_reject, &w, err));
    json_end_array(&w);
    json_key(&w, "report");
    if (found)
        json_raw(&w, buf_str(&report));
    else
        json_null(&w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_import_undo(struct web *web, struct request *q, struct err *err)
{
    struct job_wish wish = {.kind = JOB_UNDO, .path = "", .dir = "", .object = ""};
    struct import_entry entry;

    TRY(find_import(web, q, &entry, err));
    wish.object = entry.name;
    wish.subject = entry.id;
    return request_job(web, q, &wish, err);
}
