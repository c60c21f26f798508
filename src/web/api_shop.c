/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_shop.c - what the shop tells: answers, plan, settings; and its marks over time. */
#include "base/file.h"
#include "base/i18n.h"
#include "maturity/answers.h"
#include "maturity/plan.h"
#include "store/settings.h"
#include "web/desk.h"
#include "web/request.h"

#include <unistd.h>

static const char *const answer_names[] = {"none", "level", "dont_know", "not_applicable", "later"};

static enum err_code read_answers(struct web *web, char *path, size_t size,
                                  struct answers **out_answers, struct err *err)
{
    TRY(store_path(web->store, "answers.yaml", path, size, err));
    if (access(path, F_OK) == 0)
        return answers_read(path, web->options->model, out_answers, err);
    *out_answers = answers_new(web->options->model);
    return ERR_OK;
}

static void show_answer(const struct answer *a, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "kind", answer_names[a->kind]);
    json_key(w, "level");
    if (a->kind == ANSWER_LEVEL)
        json_int(w, a->level);
    else
        json_null(w);
    json_key_stringz(w, "evidence", a->evidence);
    json_key_stringz(w, "reason", a->reason);
    web_key_time(w, "answered_at", a->answered_at);
    web_key_time(w, "until", a->until);
    json_end_object(w);
}

static void show_text3(struct json_writer *w, const char *key, const struct text3 *text)
{
    json_key(w, key);
    json_begin_object(w);
    for (size_t l = 0; l < LANG_COUNT; l++)
        json_key_stringz(w, language_codes[l], text->in[l]);
    json_end_object(w);
}

static void show_question(const struct practice *p, const struct answer *a, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "practice", p->id);
    show_text3(w, "title", &p->title);
    show_text3(w, "question", &p->question);
    json_key_int(w, "essential", p->essential);
    json_key(w, "choices");
    json_begin_array(w);
    for (size_t i = 0; i < p->choice_count; i++) {
        json_begin_object(w);
        json_key_int(w, "level", p->choices[i].level);
        show_text3(w, "text", &p->choices[i].text);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "answer");
    show_answer(a, w);
    json_end_object(w);
}

enum err_code do_questions(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);
    char path[2048];

    TRY(read_answers(web, path, sizeof(path), &answers, err));
    json_begin_object(&w);
    json_key(&w, "questions");
    json_begin_array(&w);
    for (size_t i = 0; i < model->practice_count; i++)
        if (model->practices[i].choice_count)
            show_question(&model->practices[i], &answers->items[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

static enum err_code read_kind(struct json_value body, struct answer *a, struct err *err)
{
    struct json_value given = json_get(body, "answer");
    int64_t level = json_integer(given, 0);

    if (level >= 1 && level <= 4) {
        a->kind = ANSWER_LEVEL;
        a->level = (int)level;
        return ERR_OK;
    }
    for (size_t i = 0; i < TM_COUNT(answer_names); i++)
        if (i != ANSWER_LEVEL && str_eqz(json_text(given, STR_NONE), answer_names[i])) {
            a->kind = (enum answer_kind)i;
            return ERR_OK;
        }
    return field_wrong("answer", err);
}

static const char *line_of(struct json_value body, const char *key, struct arena *arena)
{
    struct str text = json_text(json_get(body, key), STR_NONE);

    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ')
            return "";
    text.n = text.n > 500 ? 500 : text.n;
    return arena_strdup(arena, text);
}

static enum err_code read_answer(struct json_value body, struct arena *arena, struct answer *a,
                                 struct err *err)
{
    struct str until = json_text(json_get(body, "until"), STR_NONE);
    struct civil c = {0};
    char day[16];

    *a = (struct answer){.answered_at = timestamp_now() / US_PER_DAY * US_PER_DAY};
    TRY(read_kind(body, a, err));
    a->evidence = line_of(body, "evidence", arena);
    a->reason = line_of(body, "reason", arena);
    a->attested = a->kind == ANSWER_LEVEL && a->evidence[0];
    if (a->kind == ANSWER_NOT_APPLICABLE && !a->reason[0])
        return field_wrong("reason", err);
    if (!until.n)
        return ERR_OK;
    snprintf(day, sizeof(day), "%.*s", (int)(until.n < 15 ? until.n : 15), until.p);
    if (sscanf(day, "%4d-%2d-%2d", &c.year, &c.month, &c.day) != 3 || !civil_valid(&c))
        return field_wrong("until", err);
    a->until = civil_to_utc(&c);
    return ERR_OK;
}

/* Written beside it and read back first: what cannot be read back never becomes the file. */
static enum err_code replace_checked(const char *path, struct str text,
                                     enum err_code (*check)(const char *, const struct model *,
                                                            struct err *),
                                     const struct model *model, struct err *err)
{
    char beside[2100];
    enum err_code rc;

    snprintf(beside, sizeof(beside), "%s.new", path);
    TRY(file_replace(beside, text, err));
    rc = check(beside, model, err);
    unlink(beside);
    return rc == ERR_OK ? file_replace(path, text, err) : rc;
}

static enum err_code check_answers(const char *path, const struct model *model, struct err *err)
{
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;

    return answers_read(path, model, &answers, err);
}

static enum err_code check_plan(const char *path, const struct model *model, struct err *err)
{
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;

    return plan_read(path, model, &plan, err);
}

enum err_code do_answer(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);
    size_t at = model_practice(model, q->arg);
    struct json_value body;
    struct answer answer;
    char path[2048];

    if (at == SIZE_MAX || !model->practices[at].choice_count)
        return not_here(q, q->arg, err);
    TRY(request_json(q, &body, err));
    TRY(read_answers(web, path, sizeof(path), &answers, err));
    TRY(read_answer(body, &answers->arena, &answer, err));
    answers->items[at] = answer;
    answers_write_template(model, i18n_current(), answers, &text);
    TRY(buf_check(&text, err));
    TRY(replace_checked(path, buf_str(&text), check_answers, model, err));
    snprintf(q->object, sizeof(q->object), "%s", model->practices[at].id);
    show_answer(&answer, &w);
    return ERR_OK;
}

enum err_code do_plan(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&q->out);
    char path[2048];

    TRY(store_path(web->store, "plan.yaml", path, sizeof(path), err));
    if (access(path, F_OK) == 0)
        TRY(file_read(path, 1 << 20, &text, err));
    else
        plan_write_template(web->options->model, i18n_current(), &text);
    json_begin_object(&w);
    json_key_string(&w, "plan", buf_str(&text));
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_plan_put(struct web *web, struct request *q, struct err *err)
{
    struct json_value body;
    char path[2048];
    struct str text;

    TRY(request_json(q, &body, err));
    text = json_text(json_get(body, "plan"), STR_NONE);
    if (!text.n)
        return field_wrong("plan", err);
    TRY(store_path(web->store, "plan.yaml", path, sizeof(path), err));
    TRY(replace_checked(path, text, check_plan, web->options->model, err));
    return do_plan(web, q, err);
}

static const char *const week_names[] = {"monday", "sunday", "saturday"};

/* Texts of the settings that may be read and changed over the web. */
static const struct {
    const char *name;
    size_t offset, size;
} setting_texts[] = {
#define TEXT(field)                                                                                \
    {                                                                                              \
#field, offsetof(struct settings, field), sizeof(((struct settings *)0)->field)            \
    }
    TEXT(shop), TEXT(currency), TEXT(country), TEXT(time_zone), TEXT(vertical),
#undef TEXT
};

static enum err_code load_settings(struct web *web, char *path, size_t size, struct settings *out,
                                   struct err *err)
{
    TRY(store_path(web->store, "tidemark.yaml", path, size, err));
    return settings_read(path, out, err);
}

enum err_code do_settings(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct settings settings;
    char path[2048];

    TRY(load_settings(web, path, sizeof(path), &settings, err));
    json_begin_object(&w);
    for (size_t i = 0; i < TM_COUNT(setting_texts); i++)
        json_key_stringz(&w, setting_texts[i].name,
                         (const char *)&settings + setting_texts[i].offset);
    json_key_double(&w, "margin", settings.margin);
    json_key(&w, "goal");
    if (settings.goal)
        json_int(&w, settings.goal);
    else
        json_null(&w);
    json_key_stringz(&w, "week_start", week_names[settings.week_start]);
    web_key_time(&w, "opened", settings.opened_day * US_PER_DAY);
    json_end_object(&w);
    return ERR_OK;
}

static enum err_code take_setting(struct settings *settings, struct str key,
                                  struct json_value value, struct err *err)
{
    struct str text = json_text(value, STR_NONE);
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)(key.n < 63 ? key.n : 63), key.p);
    for (size_t i = 0; i < TM_COUNT(setting_texts); i++) {
        if (strcmp(name, setting_texts[i].name) != 0)
            continue;
        if (json_type_of(value) != JSON_STRING || text.n >= setting_texts[i].size)
            return field_wrong(name, err);
        snprintf((char *)settings + setting_texts[i].offset, setting_texts[i].size, "%.*s",
                 (int)text.n, text.p);
        return ERR_OK;
    }
    if (strcmp(name, "margin") == 0) {
        settings->margin = json_real(value, NAN);
        return isnan(settings->margin) && json_type_of(value) != JSON_NULL ? field_wrong(name, err)
                                                                           : ERR_OK;
    }
    if (strcmp(name, "goal") == 0) { /* null: none */
        settings->goal = json_integer(value, json_type_of(value) == JSON_NULL ? 0 : -1);
        return settings->goal < 0 ? field_wrong(name, err) : ERR_OK;
    }
    for (size_t i = 0; strcmp(name, "week_start") == 0 && i < TM_COUNT(week_names); i++)
        if (str_eqz(text, week_names[i])) {
            settings->week_start = (enum week_start)i;
            return ERR_OK;
        }
    return field_wrong(name, err);
}

enum err_code do_settings_put(struct web *web, struct request *q, struct err *err)
{
    struct settings settings;
    struct json_value body;
    char path[2048];

    TRY(request_json(q, &body, err));
    TRY(load_settings(web, path, sizeof(path), &settings, err));
    for (struct json_iter it = json_iter(body); json_iter_next(&it);)
        TRY(take_setting(&settings, it.key, it.value, err));
    TRY(settings_check(&settings, err));
    TRY(settings_write(path, &settings, err));
    desk_doubt(web->desk);
    jobs_want_resolve(web->jobs, true);
    return do_settings(web, q, err);
}
