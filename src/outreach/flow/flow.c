/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/flow/flow.h"

#include "base/i18n.h"
#include "outreach/flow/read_parts.h"

void flow_free(struct flow *flow)
{
    struct arena *memory = flow ? flow->memory : NULL;

    if (!memory)
        return;
    arena_release(memory); /* the flow is in it */
    free(memory);
}

void flow_freep(struct flow **flow)
{
    flow_free(*flow);
    *flow = NULL;
}

size_t flow_step_of(const struct flow *flow, int64_t id)
{
    size_t i = 0;

    while (i < flow->step_count && flow->steps[i].id != id)
        i++;
    return i;
}

/* ---- what it names ------------------------------------------------------------------------ */

/* The texts that `of` tells of the places 0 to count - 1, each once, "" left out. */
static const char *nth_text(const struct flow *flow, size_t i, size_t count,
                            const char *(*of)(const struct flow *flow, size_t place))
{
    for (size_t k = 0; k < count; k++) {
        const char *text = of(flow, k);
        bool told = !*text;

        for (size_t before = 0; before < k && !told; before++)
            told = strcmp(of(flow, before), text) == 0;
        if (!told && i-- == 0)
            return text;
    }
    return NULL;
}

static const char *condition_at(const struct flow *flow, size_t place)
{
    const char *text = place == 0   ? flow->where
                       : place == 1 ? flow->only_while
                                    : flow->steps[place - 2].condition;

    return text ? text : "";
}

const char *flow_condition(const struct flow *flow, size_t i)
{
    return nth_text(flow, i, flow->step_count + 2, condition_at);
}

static const char *message_at(const struct flow *flow, size_t place)
{
    return flow->steps[place].message ? flow->steps[place].message : "";
}

const char *flow_message(const struct flow *flow, size_t i)
{
    return nth_text(flow, i, flow->step_count, message_at);
}

/* ---- starters ----------------------------------------------------------------------------- */

static const struct flow_starter starters[] = {
#define STARTER(code, name, about, text) {code, name, about, text},
#include "outreach/flow/starters.def"
};

const struct flow_starter *flow_starter(size_t i)
{
    return i < TM_COUNT(starters) ? &starters[i] : NULL;
}

void flow_starter_write(const struct flow_starter *starter, struct buf *out)
{
    buf_addf(out, "name: \"%s\"\nabout: \"%s\"\n%s", i18n_text(starter->name),
             i18n_text(starter->about), starter->text);
}

/* ---- durations ---------------------------------------------------------------------------- */

static const struct {
    const char *word;
    int64_t us;
} units[] = {
    {"m", 60 * US_PER_SECOND},
    {"min", 60 * US_PER_SECOND},
    {"minute", 60 * US_PER_SECOND},
    {"minutes", 60 * US_PER_SECOND},
    {"h", US_PER_HOUR},
    {"hour", US_PER_HOUR},
    {"hours", US_PER_HOUR},
    {"d", US_PER_DAY},
    {"day", US_PER_DAY},
    {"days", US_PER_DAY},
    {"w", 7 * US_PER_DAY},
    {"week", 7 * US_PER_DAY},
    {"weeks", 7 * US_PER_DAY},
};

enum err_code flow_duration(struct str text, int64_t *out_us, struct err *err)
{
    struct str s = str_trim(text);
    size_t digits = 0;
    int64_t n = 0;

    while (digits < s.n && digits < 6 && s.p[digits] >= '0' && s.p[digits] <= '9')
        n = n * 10 + (s.p[digits++] - '0');
    for (size_t i = 0; digits && n > 0 && i < TM_COUNT(units); i++) {
        if (!str_ieqz(str_trim((struct str){s.p + digits, s.n - digits}), units[i].word))
            continue;
        if (n > FLOW_WAIT_MAX_US / units[i].us)
            return err_set(err, ERR_INVALID, "\"%.*s\" is longer than 366 days",
                           (int)(s.n < 40 ? s.n : 40), s.p);
        *out_us = n * units[i].us;
        return ERR_OK;
    }
    err_set(err, ERR_INVALID, "\"%.*s\" is no length of time", (int)(s.n < 40 ? s.n : 40), s.p);
    err_hint(err, "write a number with minutes, hours, days or weeks: 90 minutes, 3 days");
    return ERR_INVALID;
}

/* ---- as JSON ------------------------------------------------------------------------------ */

static void write_place(struct json_writer *w, const struct flow *flow, const char *key, size_t to)
{
    json_key_stringz(w, key, to < flow->step_count ? flow->steps[to].name : "end");
}

static void write_two(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    write_place(w, flow, "then", s->then);
    write_place(w, flow, "else", s->otherwise);
}

static void write_wait(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    (void)flow;
    json_key_int(w, "seconds", s->wait_us / US_PER_SECOND);
}

static void write_until(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    (void)flow;
    json_key_int(w, "minute_of_day", s->minute);
    json_key(w, "weekdays");
    json_begin_array(w);
    for (int day = 0; day < 7; day++)
        if (s->weekdays >> day & 1)
            json_int(w, day + 1);
    json_end_array(w);
}

static void write_wait_for(struct json_writer *w, const struct flow *flow,
                           const struct flow_step *s)
{
    json_key_stringz(w, "event", s->event);
    write_wait(w, flow, s);
    write_two(w, flow, s);
}

static void write_if(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    json_key_stringz(w, "condition", s->condition);
    write_two(w, flow, s);
}

static void write_split(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    json_key(w, "ways");
    json_begin_array(w);
    for (size_t i = 0; i < s->way_count; i++) {
        json_begin_object(w);
        json_key_double(w, "share", s->ways[i].share);
        write_place(w, flow, "then", s->ways[i].to);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_send(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    (void)flow;
    json_key_stringz(w, "message", s->message);
    json_key_stringz(w, "channel", s->channels[0]);
    json_key(w, "channels");
    json_begin_array(w);
    for (size_t i = 0; i < s->channel_count; i++)
        json_stringz(w, s->channels[i]);
    json_end_array(w);
    json_key_stringz(w, "purpose", s->purpose);
    json_key_bool(w, "transactional", s->transactional);
    json_key_int(w, "not_after_seconds", s->not_after_us / US_PER_SECOND);
}

static void write_ask(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    (void)flow;
    json_key_stringz(w, "task", s->task);
    json_key_stringz(w, "assignee", s->assignee);
    json_key_int(w, "due_seconds", s->due_us / US_PER_SECOND);
}

static void write_webhook(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    (void)flow;
    json_key_stringz(w, "url", s->url);
    json_key_int(w, "not_after_seconds", s->not_after_us / US_PER_SECOND);
}

static void (*const write_kind[FLOW_STEP_KINDS])(struct json_writer *w, const struct flow *flow,
                                                 const struct flow_step *s) = {
    [FLOW_WAIT] = write_wait, [FLOW_UNTIL] = write_until,     [FLOW_WAIT_FOR] = write_wait_for,
    [FLOW_IF] = write_if,     [FLOW_SPLIT] = write_split,     [FLOW_SEND] = write_send,
    [FLOW_ASK] = write_ask,   [FLOW_WEBHOOK] = write_webhook,
};

static void write_step(struct json_writer *w, const struct flow *flow, const struct flow_step *s)
{
    json_begin_object(w);
    json_key_stringz(w, "name", s->name);
    json_key_stringz(w, "kind", flow_step_word(s->kind));
    json_key_int(w, "line", (int64_t)s->line);
    write_kind[s->kind](w, flow, s);
    if (s->kind != FLOW_IF && s->kind != FLOW_WAIT_FOR && s->kind != FLOW_SPLIT)
        write_place(w, flow, "next", s->next);
    json_end_object(w);
}

static void write_again(struct json_writer *w, const struct flow *flow)
{
    json_key(w, "again_seconds");
    if (flow->again_us < 0)
        json_null(w);
    else
        json_int(w, flow->again_us / US_PER_SECOND);
}

static void write_start(struct json_writer *w, const struct flow *flow)
{
    static const char *const starts[FLOW_START_KINDS] = {[FLOW_ON_EVENT] = "event",
                                                         [FLOW_ON_ENTERS] = "enters",
                                                         [FLOW_ON_LEAVES] = "leaves",
                                                         [FLOW_ON_DATE] = "date"};

    json_begin_object(w);
    json_key_stringz(w, flow->every_year ? "every_year" : starts[flow->start], flow->start_name);
    if (flow->start == FLOW_ON_DATE) {
        json_key_int(w, "days", flow->days);
        json_key_int(w, "at_minute", flow->minute);
        json_key_int(w, "not_after_seconds", flow->late_us / US_PER_SECOND);
    }
    json_key_stringz(w, "where", flow->where);
    json_end_object(w);
}

void flow_write_json(const struct flow *flow, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "name", flow->name);
    json_key_stringz(w, "about", flow->about);
    json_key_stringz(w, "practice", flow->practice);
    json_key(w, "start");
    write_start(w, flow);
    write_again(w, flow);
    json_key_double(w, "holdout_percent", flow->holdout);
    json_key_stringz(w, "goal", flow->goal);
    json_key(w, "leave");
    json_begin_array(w);
    for (size_t i = 0; i < flow->leave_count; i++)
        json_stringz(w, flow->leaves[i]);
    json_end_array(w);
    json_key_stringz(w, "while", flow->only_while);
    json_key(w, "steps");
    json_begin_array(w);
    for (size_t i = 0; i < flow->step_count; i++)
        write_step(w, flow, &flow->steps[i]);
    json_end_array(w);
    json_end_object(w);
}
