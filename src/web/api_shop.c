/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_shop.c - what the shop tells: answers, settings; and its marks over time. */
#include "base/i18n.h"
#include "maturity/answers.h"
#include "store/settings.h"
#include "web/edits.h"
#include "web/planner.h"

static const char *const answer_names[] = {"none", "level", "dont_know", "not_applicable", "later"};

static enum err_code parse_answers(struct web *web, struct str text, struct answers **out,
                                   struct err *err)
{
    if (text.n)
        return answers_parse(text, hand_names[HAND_ANSWERS], web->options->model, out, err);
    *out = answers_new(web->options->model);
    return ERR_OK;
}

/* Names one answer: whoever changes another one of the file is in nobody's way. */
static void version_of_answer(const struct answer *a, char out[EDITS_VERSION])
{
    char text[2400];

    snprintf(text, sizeof(text), "%d %d %d %" PRId64 " %" PRId64 " %.1000s %.1000s", a->kind,
             a->level, a->attested, a->answered_at, a->until, a->evidence, a->reason);
    edits_version_of(str_of(text), out);
}

static void show_answer(const struct answer *a, struct json_writer *w)
{
    char version[EDITS_VERSION];

    version_of_answer(a, version);
    json_begin_object(w);
    json_key_stringz(w, "kind", answer_names[a->kind]);
    json_key(w, "level");
    if (a->kind == ANSWER_LEVEL)
        json_int(w, a->level);
    else
        json_null(w);
    json_key_stringz(w, "evidence", a->evidence);
    json_key_stringz(w, "reason", a->reason);
    json_key_time(w, "answered_at", a->answered_at);
    json_key_time(w, "until", a->until);
    json_key_stringz(w, "version", version);
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

/* What the answer would tell, as far as a mark says so. */
struct telling {
    double bits, share, worth; /* NAN: not known */
    enum state state;
};

static void show_question(const struct practice *p, const struct answer *a,
                          const struct telling *tells, struct json_writer *w)
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
    json_key_stringz(w, "state", tells ? state_name(tells->state) : NULL);
    json_key(w, "tells");
    if (tells) {
        json_begin_object(w);
        json_key_double(w, "bits", tells->bits);
        json_key_double(w, "share", tells->share);
        json_key_double(w, "worth_minor_a_year", tells->worth);
        json_end_object(w);
    } else {
        json_null(w);
    }
    json_end_object(w);
}

/* A practice's place in the order of questions. */
struct asked {
    size_t practice;
    double bits;   /* 0 where nothing is known of it */
    int essential; /* the stage that requires it; 5: none */
    double weight;
};

/* What tells most first (maturity.md 6.9, 6); then, and without a mark, what is required soonest.
 */
static int compare_asked(const void *x, const void *y)
{
    const struct asked *a = x, *b = y;

    if (fabs(a->bits - b->bits) > 1e-9)
        return a->bits > b->bits ? -1 : 1;
    if (a->essential != b->essential)
        return a->essential < b->essential ? -1 : 1;
    if (fabs(a->weight - b->weight) > 1e-9)
        return a->weight > b->weight ? -1 : 1;
    return a->practice < b->practice ? -1 : a->practice > b->practice;
}

static size_t order_questions(const struct model *model, const struct telling *tells,
                              struct asked *out)
{
    size_t n = 0;

    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];

        if (p->choice_count)
            out[n++] = (struct asked){.practice = i,
                                      .bits = tells && tells[i].bits > 0 ? tells[i].bits : 0,
                                      .essential = p->essential ? p->essential : 5,
                                      .weight = p->weight};
    }
    if (n)
        qsort(out, n, sizeof(*out), compare_asked);
    return n;
}

/* Of the newest mark; *out stays NULL without one. */
static enum err_code what_tells(struct web *web, struct telling **out, char currency[4],
                                int *decimals, struct err *err)
{
    const struct model *model = web->options->model;
    const struct basis *basis;
    enum err_code rc = planner_hold(web, &basis, err);

    if (rc != ERR_OK)
        return rc == ERR_NOT_FOUND ? ERR_OK : rc;
    *out = xcalloc(model->practice_count + 1, sizeof(**out));
    memcpy(currency, basis->economics.currency, 4);
    *decimals = basis->economics.decimals;
    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice_sensitivity *s =
            basis->sensitivity ? &basis->sensitivity->practices[i] : NULL;

        (*out)[i] = (struct telling){
            s ? s->information_bits : (double)NAN, s ? s->information_share : (double)NAN,
            s ? s->information_worth : (double)NAN, basis->assessment->practices[i].state};
    }
    planner_release(web);
    return ERR_OK;
}

static enum err_code answers_now(struct web *web, struct answers **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    bool there;

    TRY(hand_text(web->store, HAND_ANSWERS, &text, &there, err));
    return parse_answers(web, buf_str(&text), out, err);
}

enum err_code do_questions(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);
    struct telling *tells = NULL;
    struct asked *order;
    char currency[4] = "";
    int decimals = 2;
    size_t n;

    TRY(answers_now(web, &answers, err));
    TRY(what_tells(web, &tells, currency, &decimals, err));
    order = xcalloc(model->practice_count + 1, sizeof(*order));
    n = order_questions(model, tells, order);
    json_begin_object(&w);
    json_key_stringz(&w, "currency", currency[0] ? currency : NULL);
    json_key_int(&w, "decimals", decimals);
    json_key(&w, "questions");
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        size_t at = order[i].practice;

        show_question(&model->practices[at], &answers->items[at], tells ? &tells[at] : NULL, &w);
    }
    json_end_array(&w);
    json_end_object(&w);
    free(order);
    free(tells);
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

/* What cannot be read back never becomes the file. */
static enum err_code keep_answers(struct request *q, const struct answers *answers, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    TM_CLEANUP(answers_freep) struct answers *again = NULL;

    answers_write_template(q->web->options->model, i18n_current(), answers, &text);
    TRY(buf_check(&text, err));
    TRY(parse_answers(q->web, buf_str(&text), &again, err));
    return edits_save(q, HAND_ANSWERS, buf_str(&text), err);
}

enum err_code do_answer(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    const struct model *model = web->options->model;
    struct json_writer w = JSON_WRITER(&q->out);
    size_t at = model_practice(model, q->arg);
    char version[EDITS_VERSION];
    struct json_value body;
    struct answer answer;

    if (at == SIZE_MAX || !model->practices[at].choice_count)
        return not_here(q, q->arg, err);
    TRY(request_json(q, &body, err));
    TRY(edits_text(q, HAND_ANSWERS, &text, version, err));
    TRY(parse_answers(web, buf_str(&text), &answers, err));
    version_of_answer(&answers->items[at], version);
    TRY(edits_match(q, version, model->practices[at].id, err));
    TRY(read_answer(body, &answers->arena, &answer, err));
    answers->items[at] = answer;
    TRY(keep_answers(q, answers, err));
    snprintf(q->object, sizeof(q->object), "%s", model->practices[at].id);
    show_answer(&answer, &w);
    return ERR_OK;
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

/* For how many days what is kept; 0: for ever. */
static const struct {
    const char *name;
    size_t offset;
} setting_days[] = {
#define DAYS(field)                                                                                \
    {                                                                                              \
#field, offsetof(struct settings, field)                                                   \
    }
    DAYS(keep_events),  DAYS(keep_messages), DAYS(keep_live),     DAYS(keep_people),
    DAYS(keep_reasons), DAYS(keep_marks),    DAYS(keep_erasures), DAYS(keep_audit),
#undef DAYS
};
static const char *const erase_names[] = {
    [ERASE_IN_TIME] = "in_time", [ERASE_AT_ONCE] = "at_once", [ERASE_BY_HAND] = "by_hand"};

static int *days_of(struct settings *settings, size_t i)
{
    return (int *)(void *)((char *)settings + setting_days[i].offset);
}

enum err_code do_settings(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct settings settings;

    TRY(settings_of(web->store, &settings, err));
    edits_version(web->edits, HAND_SETTINGS, q->version);
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
    json_key_time(&w, "opened", settings.opened_day * US_PER_DAY);
    for (size_t i = 0; i < TM_COUNT(setting_days); i++)
        json_key_int(&w, setting_days[i].name, *days_of(&settings, i));
    json_key_stringz(&w, "erase_on_request", erase_names[settings.erase_on_request]);
    json_key(&w, "sending");
    if (settings.sending.given)
        sending_write(&w, &settings.sending);
    else
        json_null(&w);
    json_key_stringz(&w, "version", q->version);
    json_end_object(&w);
    return ERR_OK;
}

/* What is too few or too many is told by settings_check(). *out_taken: it is one of these. */
static enum err_code take_keeping(struct settings *settings, const char *name,
                                  struct json_value value, bool *out_taken, struct err *err)
{
    struct str text = json_text(value, STR_NONE);

    *out_taken = true;
    for (size_t i = 0; i < TM_COUNT(setting_days); i++) {
        const int64_t days = json_type_of(value) == JSON_INT ? json_integer(value, -1) : -1;

        if (strcmp(name, setting_days[i].name) != 0)
            continue;
        if (days < 0 || days > INT32_MAX)
            return field_wrong(name, err);
        *days_of(settings, i) = (int)days;
        return ERR_OK;
    }
    *out_taken = strcmp(name, "erase_on_request") == 0;
    for (size_t i = 0; *out_taken && i < TM_COUNT(erase_names); i++)
        if (str_eqz(text, erase_names[i])) {
            settings->erase_on_request = (enum erase_on_request)i;
            return ERR_OK;
        }
    return *out_taken ? field_wrong(name, err) : ERR_OK;
}

static enum err_code take_setting(struct settings *settings, struct str key,
                                  struct json_value value, struct err *err)
{
    struct str text = json_text(value, STR_NONE);
    bool taken = false;
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
    TRY(take_keeping(settings, name, value, &taken, err));
    if (taken)
        return ERR_OK;
    for (size_t i = 0; strcmp(name, "week_start") == 0 && i < TM_COUNT(week_names); i++)
        if (str_eqz(text, week_names[i])) {
            settings->week_start = (enum week_start)i;
            return ERR_OK;
        }
    return field_wrong(name, err);
}

enum err_code do_settings_put(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(4 << 20);
    struct settings before, settings;
    char version[EDITS_VERSION];
    struct json_value body;

    TRY(request_json(q, &body, err));
    TRY(edits_text(q, HAND_SETTINGS, &text, version, err));
    TRY(edits_match(q, version, hand_names[HAND_SETTINGS], err));
    TRY(settings_parse(hand_names[HAND_SETTINGS], buf_str(&text), &before, err));
    settings = before;
    for (struct json_iter it = json_iter(body); json_iter_next(&it);)
        TRY(take_setting(&settings, it.key, it.value, err));
    TRY(settings_edit(&text, &before, &settings, err));
    TRY(edits_save(q, HAND_SETTINGS, buf_str(&text), err));
    return do_settings(web, q, err);
}

/* Of the files that people write by hand, those that are not in force as they stand. */
enum err_code do_files(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);

    (void)err;
    json_begin_object(&w);
    json_key(&w, "wrong");
    edits_show(web->edits, &w);
    json_end_object(&w);
    return ERR_OK;
}
