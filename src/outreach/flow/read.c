/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* read.c - a flow out of its text: fields and values. */
#include "outreach/flow/flow.h"

#include "audience/dated.h"
#include "outreach/flow/read_parts.h"
#include "outreach/values.h"
#include "shop/event.h"

enum {
    MEMORY_MAX = 4 << 20,
    TASK_MAX = 1000,
    ABOUT_MAX = 1000,
    PRACTICE_MAX = 12,
    WEBHOOK_DAYS = 4, /* all tries of webhook_judge() */
    DATE_DAYS_MAX = 3650,
    LATE_HOURS = 12,
    LATE_DAYS_MAX = 7
};
static const int64_t again_unsaid = -2;

static const size_t name_max = FLOW_NAME_MAX, task_max = TASK_MAX, about_max = ABOUT_MAX,
                    practice_max = PRACTICE_MAX, message_max = FLOW_NAME_MAX,
                    purpose_max = OUTBOX_WORD_MAX, url_max = OUTBOX_ADDRESS_MAX;

/* ---- values ------------------------------------------------------------------------------- */

/* "never" -1, "always" 0, else a duration. */
static enum err_code read_again(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct str s = yaml_scalar(node);

    if (str_ieqz(s, "never") || str_ieqz(s, "always")) {
        *(int64_t *)out = str_ieqz(s, "never") ? -1 : 0;
        return ERR_OK;
    }
    return value_duration(r, node, out, arg);
}

/* "09:30" */
static enum err_code read_clock(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct str s = yaml_scalar(node);
    int hour, minute;

    (void)arg;
    if (s.n != 5 || s.p[2] != ':' || strspn(s.p, "0123456789") < 2 ||
        strspn(s.p + 3, "0123456789") < 2)
        return yaml_fail(r, node, "must be a time of day such as \"09:30\"");
    hour = (s.p[0] - '0') * 10 + s.p[1] - '0';
    minute = (s.p[3] - '0') * 10 + s.p[4] - '0';
    if (hour > 23 || minute > 59)
        return yaml_fail(r, node, "must be a time of day such as \"09:30\"");
    *(int *)out = hour * 60 + minute;
    return ERR_OK;
}

static enum err_code read_weekdays(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    NULL};
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 1, 7, &n));
    for (size_t i = 0; i < n; i++) {
        int day = 0;

        TRY(yaml_read_word(r, yaml_item(r, node, i), &day, days));
        *(unsigned *)out |= 1U << day;
    }
    return ERR_OK;
}

static enum err_code read_event(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    char name[EVENT_NAME_MAX];
    const char *raw = NULL;

    TRY(yaml_read_string(r, node, &raw, arg ? arg : &name_max));
    *(const char **)out = arena_strdup(r->arena, event_canonical(str_of(raw), name));
    return arena_check(r->arena, r->err);
}

static enum err_code read_leaves(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct flow *flow = out;

    (void)arg;
    TRY(yaml_list(r, node, 1, FLOW_LEAVES_MAX, &flow->leave_count));
    flow->leaves = arena_alloc(r->arena, flow->leave_count * sizeof(*flow->leaves));
    TRY(arena_check(r->arena, r->err));
    for (size_t i = 0; i < flow->leave_count; i++)
        TRY(read_event(r, yaml_item(r, node, i), &flow->leaves[i], NULL));
    return ERR_OK;
}

/* ---- how it starts ------------------------------------------------------------------------ */

#define AT(type, member) offsetof(struct type, member)

struct start {
    const char *event, *enters, *leaves, *every_year, *date, *where;
    int64_t late_us;
    int days, minute;
};

static const struct yaml_range days_range = {-DATE_DAYS_MAX, DATE_DAYS_MAX, false};

static const struct yaml_field start_fields[] = {
    {"event", AT(start, event), read_event, NULL, true},
    {"enters", AT(start, enters), yaml_read_string, NULL, true},
    {"leaves", AT(start, leaves), yaml_read_string, NULL, true},
    {"every_year", AT(start, every_year), yaml_read_string, NULL, true},
    {"date", AT(start, date), yaml_read_string, NULL, true},
    {"days", AT(start, days), yaml_read_int, &days_range, true},
    {"at", AT(start, minute), read_clock, NULL, true},
    {"not_after", AT(start, late_us), value_duration, NULL, true},
    {"where", AT(start, where), value_condition, NULL, true},
};

static enum err_code check_date(struct yaml_reader *r, yaml_node_t *node, const struct start *start,
                                struct flow *flow)
{
    static const char *const of_dates[] = {"days", "at", "not_after"};
    struct err wrong = ERR_INIT;

    for (size_t i = 0; flow->start != FLOW_ON_DATE && i < TM_COUNT(of_dates); i++)
        if (yaml_get(r, node, of_dates[i]))
            return yaml_fail(r, node, "\"%s\" has no meaning without a date", of_dates[i]);
    if (flow->start != FLOW_ON_DATE)
        return ERR_OK;
    if (!yaml_get(r, node, "at"))
        return yaml_fail(r, node, "\"%s\" is missing", "at");
    flow->every_year = start->every_year != NULL;
    flow->days = start->days;
    flow->minute = start->minute;
    flow->late_us = start->late_us ? start->late_us : LATE_HOURS * US_PER_HOUR;
    if (flow->late_us > LATE_DAYS_MAX * US_PER_DAY)
        return yaml_fail(r, yaml_get(r, node, "not_after"), "is %d days at most", LATE_DAYS_MAX);
    if (audience_dated_check(flow->start_name, flow->every_year, &wrong) == ERR_OK)
        return ERR_OK;
    return yaml_fail(r, yaml_get(r, node, flow->every_year ? "every_year" : "date"), "%s",
                     wrong.msg);
}

static enum err_code read_start(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct start start = {0};
    struct flow *flow = out;

    (void)arg;
    TRY(yaml_read_map(r, node, start_fields, TM_COUNT(start_fields), &start));
    const struct {
        const char *name;
        enum flow_start_kind kind;
    } given[] = {{start.event, FLOW_ON_EVENT},
                 {start.enters, FLOW_ON_ENTERS},
                 {start.leaves, FLOW_ON_LEAVES},
                 {start.every_year, FLOW_ON_DATE},
                 {start.date, FLOW_ON_DATE}};
    int n = 0;

    for (size_t i = 0; i < TM_COUNT(given); i++) {
        if (!given[i].name)
            continue;
        n++;
        flow->start = given[i].kind;
        flow->start_name = given[i].name;
    }
    if (n != 1)
        return yaml_fail(r, node, "name one of event, enters, leaves, every_year or date");
    flow->where = start.where ? start.where : "";
    return check_date(r, node, &start, flow);
}

/* ---- steps -------------------------------------------------------------------------------- */

static const struct yaml_range share_range = {0, 100, true}, holdout_range = {0, 50, false};

static const struct yaml_field way_fields[] = {
    {"share", AT(flow_way, share), yaml_read_number, &share_range, false},
    {"then", AT(flow_way, to_name), yaml_read_string, &name_max, false},
};

static enum err_code read_split(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct flow_step *step = out;
    double sum = 0;

    (void)arg;
    TRY(yaml_list(r, node, 2, FLOW_WAYS_MAX, &step->way_count));
    step->ways = arena_alloc(r->arena, step->way_count * sizeof(*step->ways));
    TRY(arena_check(r->arena, r->err));
    for (size_t i = 0; i < step->way_count; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i);

        step->ways[i] = (struct flow_way){0};
        TRY(yaml_read_map(r, yaml_item(r, node, i), way_fields, TM_COUNT(way_fields),
                          &step->ways[i]));
        sum += step->ways[i].share;
        yaml_leave(r, mark);
    }
    if (fabs(sum - 100) > 1e-6)
        return yaml_fail(r, node, "the shares come to %g, not to 100", sum);
    return ERR_OK;
}

static enum err_code add_channel(struct yaml_reader *r, yaml_node_t *node, struct flow_step *step)
{
    const char *channel = NULL;

    TRY(value_channel(r, node, &channel, NULL));
    for (size_t i = 0; i < step->channel_count; i++)
        if (strcmp(step->channels[i], channel) == 0)
            return yaml_fail(r, node, "\"%s\" is named twice", channel);
    step->channels[step->channel_count++] = channel;
    return ERR_OK;
}

static enum err_code read_channel(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    (void)arg;
    return add_channel(r, node, out);
}

static enum err_code read_channels(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    struct flow_step *step = out;
    size_t n;

    (void)arg;
    if (step->channel_count)
        return yaml_fail(r, node, "name either \"channel\" or \"channels\"");
    TRY(yaml_list(r, node, 1, FLOW_CHANNELS_MAX, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_channel(r, yaml_item(r, node, i), step));
    return ERR_OK;
}

static const struct yaml_field step_fields[] = {
    {"name", AT(flow_step, name), yaml_read_string, &name_max, false},
    {"wait", AT(flow_step, wait_us), value_duration, NULL, true},
    {"until", AT(flow_step, minute), read_clock, NULL, true},
    {"on", AT(flow_step, weekdays), read_weekdays, NULL, true},
    {"wait_for", AT(flow_step, event), read_event, NULL, true},
    {"at_most", AT(flow_step, wait_us), value_duration, NULL, true},
    {"if", AT(flow_step, condition), value_condition, NULL, true},
    {"split", 0, read_split, NULL, true},
    {"send", AT(flow_step, message), yaml_read_string, &message_max, true},
    {"channel", 0, read_channel, NULL, true},
    {"channels", 0, read_channels, NULL, true},
    {"purpose", AT(flow_step, purpose), yaml_read_string, &purpose_max, true},
    {"transactional", AT(flow_step, transactional), yaml_read_flag, NULL, true},
    {"not_after", AT(flow_step, not_after_us), value_duration, NULL, true},
    {"ask", AT(flow_step, task), yaml_read_string, &task_max, true},
    {"assignee", AT(flow_step, assignee), yaml_read_string, &name_max, true},
    {"due", AT(flow_step, due_us), value_duration, NULL, true},
    {"webhook", AT(flow_step, url), value_url, &url_max, true},
    {"then", AT(flow_step, then_name), yaml_read_string, &name_max, true},
    {"else", AT(flow_step, else_name), yaml_read_string, &name_max, true},
    {"next", AT(flow_step, next_name), yaml_read_string, &name_max, true},
};

/* Which key makes a step what it is, and what may stand beside it. */
static const struct {
    const char *key;
    const char *beside[8], *needed;
} kinds[FLOW_STEP_KINDS] = {
    [FLOW_WAIT] = {"wait", {"next"}, NULL},
    [FLOW_UNTIL] = {"until", {"on", "next"}, NULL},
    [FLOW_WAIT_FOR] = {"wait_for", {"at_most", "then", "else"}, "at_most"},
    [FLOW_IF] = {"if", {"then", "else"}, NULL},
    [FLOW_SPLIT] = {"split", {NULL}, NULL},
    [FLOW_SEND] = {"send",
                   {"channel", "channels", "purpose", "transactional", "not_after", "next"},
                   NULL},
    [FLOW_ASK] = {"ask", {"assignee", "due", "next"}, "due"},
    [FLOW_WEBHOOK] = {"webhook", {"not_after", "next"}, NULL},
};

const char *flow_step_word(enum flow_step_kind kind)
{
    return kinds[kind].key;
}

static enum err_code choose_kind(struct yaml_reader *r, yaml_node_t *node, struct flow_step *step)
{
    int n = 0;

    for (int kind = 0; kind < FLOW_STEP_KINDS; kind++) {
        if (yaml_get(r, node, kinds[kind].key)) {
            step->kind = (enum flow_step_kind)kind;
            n++;
        }
    }
    if (n == 1)
        return ERR_OK;
    return yaml_fail(r, node,
                     "a step is one of wait, until, wait_for, if, split, send, ask or webhook");
}

static enum err_code check_beside(struct yaml_reader *r, yaml_node_t *node,
                                  const struct flow_step *step)
{
    const char *own = kinds[step->kind].key, *needed = kinds[step->kind].needed;
    yaml_node_t *key, *value;

    for (size_t i = 0; yaml_pair(r, node, i, &key, &value); i++) {
        struct str s = yaml_scalar(key);
        bool fits = str_eqz(s, own) || str_eqz(s, "name");

        for (size_t k = 0; kinds[step->kind].beside[k] && !fits; k++)
            fits = str_eqz(s, kinds[step->kind].beside[k]);
        if (!fits)
            return yaml_fail(r, key, "\"%.*s\" has no meaning beside \"%s\"", (int)s.n, s.p, own);
    }
    if (step->kind == FLOW_SEND && !step->channel_count)
        return yaml_fail(r, node, "\"%s\" is missing", "channel");
    if (needed && !yaml_get(r, node, needed))
        return yaml_fail(r, node, "\"%s\" is missing", needed);
    return ERR_OK;
}

static enum err_code read_step(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct flow_step *step = out;

    (void)arg;
    *step = (struct flow_step){.purpose = "marketing", .assignee = "", .line = yaml_line(node)};
    TRY(yaml_read_map(r, node, step_fields, TM_COUNT(step_fields), step));
    TRY(choose_kind(r, node, step));
    if (strcmp(step->name, "end") == 0)
        return yaml_fail(r, node, "\"end\" is below the last step: give this one another name");
    step->id = value_id(step->name);
    if (!step->not_after_us)
        step->not_after_us = step->kind == FLOW_WEBHOOK ? WEBHOOK_DAYS * US_PER_DAY : US_PER_DAY;
    return check_beside(r, node, step);
}

static const struct yaml_list step_list = {1, FLOW_STEPS_MAX, sizeof(struct flow_step), read_step,
                                           NULL};

static enum err_code read_steps(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    struct flow *flow = out;
    struct yaml_items items = {0};

    (void)arg;
    TRY(yaml_read_list(r, node, &items, &step_list));
    flow->steps = items.p;
    flow->step_count = items.n;
    return flow_connect(r, node, flow);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static const struct yaml_field flow_fields[] = {
    {"name", AT(flow, name), yaml_read_string, &name_max, false},
    {"about", AT(flow, about), yaml_read_optional_text, &about_max, true},
    {"practice", AT(flow, practice), yaml_read_optional_text, &practice_max, true},
    {"start", 0, read_start, NULL, false},
    {"again", AT(flow, again_us), read_again, NULL, true},
    {"holdout", AT(flow, holdout), yaml_read_number, &holdout_range, true},
    {"goal", AT(flow, goal), read_event, NULL, true},
    {"leave", 0, read_leaves, NULL, true},
    {"while", AT(flow, only_while), value_condition, NULL, true},
    {"steps", 0, read_steps, NULL, false},
};

enum err_code flow_read(struct str text, const char *name, struct yaml_faults *faults,
                        struct flow **out_flow, struct err *err)
{
    struct arena *memory = xcalloc(1, sizeof(*memory));
    struct yaml_reader r = {
        .name = name ? name : "flow", .arena = memory, .err = err, .faults = faults};
    struct flow *flow;
    enum err_code rc;

    *memory = ARENA_INIT(MEMORY_MAX);
    *out_flow = NULL;
    flow = arena_alloc(memory, sizeof(*flow));
    *flow = (struct flow){.about = "",
                          .practice = "",
                          .where = "",
                          .goal = "",
                          .only_while = "",
                          .again_us = again_unsaid,
                          .memory = memory};
    rc = text.n > FLOW_TEXT_MAX
             ? err_set(err, ERR_TOO_LARGE, "a flow has at most %d bytes", FLOW_TEXT_MAX)
             : yaml_reader_open(&r, text);
    if (rc == ERR_OK)
        rc = yaml_read_map(&r, yaml_root(&r), flow_fields, TM_COUNT(flow_fields), flow);
    yaml_reader_close(&r);
    if (flow->again_us == again_unsaid) /* a date comes once for each of its days anyway */
        flow->again_us = flow->start == FLOW_ON_DATE ? 0 : -1;
    if (rc != ERR_OK && faults && faults->n)
        *err = faults->items[0];
    if (rc == ERR_OK)
        *out_flow = flow;
    else
        flow_free(flow);
    return rc;
}
