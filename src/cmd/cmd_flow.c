/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark flow: what happens to a person after something happened, by a text. */
#include "cmd/cmd.h"

#include "audience/shelf.h"
#include "base/file.h"
#include "cmd/workspace.h"
#include "outreach/flow/flow.h"

enum { OUTPUT_MAX = 16 << 20, FAULTS_MAX = 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct flow_cmd {
    const char *name; /* what stands after the verb; NULL */
    struct store *store;
    struct buf text; /* of the flow */
    struct flow *flow;
    struct buf out;
    struct json_writer w;
    bool json;
};

/* ---- as people read it -------------------------------------------------------------------- */

static void print_place(struct buf *out, const struct flow *flow, const char *when, size_t to,
                        size_t below)
{
    if (to == below)
        return;
    buf_addf(out, "      %s -> %s\n", when,
             to < flow->step_count ? flow->steps[to].name : _("end"));
}

static void print_what(struct buf *out, const struct flow_step *s)
{
    switch (s->kind) {
    case FLOW_WAIT:
        buf_addf(out, _("waits %s"), cmd_length(s->wait_us).text);
        break;
    case FLOW_UNTIL:
        buf_addf(out, _("waits until %02d:%02d"), s->minute / 60, s->minute % 60);
        break;
    case FLOW_WAIT_FOR:
        buf_addf(out, _("waits for \"%s\", at most %s"), s->event, cmd_length(s->wait_us).text);
        break;
    case FLOW_IF:
        buf_addf(out, _("asks: %s"), s->condition);
        break;
    case FLOW_SPLIT:
        buf_addz(out, _("draws a lot"));
        break;
    case FLOW_SEND:
        buf_addf(out, _("sends \"%s\" by %s"), s->message, s->channel);
        break;
    case FLOW_ASK:
        buf_addf(out, _("asks the team, within %s: %s"), cmd_length(s->due_us).text, s->task);
        break;
    case FLOW_STEP_KINDS:
        break;
    }
    buf_addc(out, '\n');
}

static void print_step(struct buf *out, const struct flow *flow, size_t i)
{
    const struct flow_step *s = &flow->steps[i];

    buf_addf(out, "  %2zu  %s: ", i + 1, s->name);
    print_what(out, s);
    if (s->kind == FLOW_IF || s->kind == FLOW_WAIT_FOR) {
        print_place(out, flow, s->kind == FLOW_IF ? _("yes") : _("it came"), s->then, SIZE_MAX);
        print_place(out, flow, s->kind == FLOW_IF ? _("no") : _("it did not"), s->otherwise,
                    SIZE_MAX);
    } else if (s->kind != FLOW_SPLIT) {
        print_place(out, flow, _("then"), s->next, i + 1);
    }
    for (size_t k = 0; k < s->way_count; k++) {
        char share[24];

        snprintf(share, sizeof(share), "%g %%", s->ways[k].share);
        print_place(out, flow, share, s->ways[k].to, SIZE_MAX);
    }
}

static void print_flow(struct buf *out, const struct flow *flow)
{
    buf_addf(out, "%s%s\n", cmd_line_start(), flow->name);
    if (*flow->about)
        buf_addf(out, "  %s\n", flow->about);
    buf_addf(out,
             flow->start == FLOW_ON_EVENT    ? _("  starts with the event \"%s\"\n")
             : flow->start == FLOW_ON_ENTERS ? _("  starts when somebody comes into \"%s\"\n")
                                             : _("  starts when somebody leaves \"%s\"\n"),
             flow->start_name);
    if (flow->holdout > 0)
        buf_addf(out, _("  %g %% of people get nothing, to measure what it brings\n"),
                 flow->holdout);
    for (size_t i = 0; i < flow->step_count; i++)
        print_step(out, flow, i);
}

static void show(struct flow_cmd *c)
{
    if (c->json)
        flow_write_json(c->flow, &c->w);
    else
        print_flow(&c->out, c->flow);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* All mistakes, one a line; the last is the error. */
static enum err_code read_flow(struct flow_cmd *c, const char *name, struct err *err)
{
    struct err *list = xcalloc(FAULTS_MAX, sizeof(*list));
    struct yaml_faults faults = {.items = list, .cap = FAULTS_MAX};
    enum err_code rc = flow_read(buf_str(&c->text), name, &faults, &c->flow, err);

    for (size_t i = 0; rc != ERR_OK && i + 1 < faults.n; i++)
        fprintf(stderr, "%s\n", list[i].msg);
    if (rc != ERR_OK && faults.n)
        *err = list[faults.n - 1];
    free(list);
    return rc;
}

static enum err_code read_file(struct flow_cmd *c, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name the flow's file");
    TRY(file_read(c->name, FLOW_TEXT_MAX, &c->text, err));
    return read_flow(c, c->name, err);
}

/* Whether the shop has the segments that it speaks of. */
static enum err_code check_segments(struct flow_cmd *c, struct err *err)
{
    struct audience_shelf shelf;
    const char *text;
    size_t at;

    if (c->flow->start != FLOW_ON_EVENT) {
        enum err_code rc;

        TRY(audience_shelf_open(c->store, NULL, NULL, &shelf, err));
        rc = audience_shelf_find(&shelf, c->flow->start_name, &at, err);
        audience_shelf_close(&shelf);
        TRY(rc);
    }
    for (size_t i = 0; (text = flow_condition(c->flow, i)); i++) {
        const struct audience_draft draft = {.name = "", .text = str_of(text)};
        enum err_code rc;

        TRY(audience_shelf_open(c->store, NULL, &draft, &shelf, err));
        rc = shelf.set.segments[shelf.set.n - 1].err.code;
        if (rc != ERR_OK)
            *err = shelf.set.segments[shelf.set.n - 1].err;
        audience_shelf_close(&shelf);
        TRY(rc);
    }
    return ERR_OK;
}

/* ---- verbs -------------------------------------------------------------------------------- */

static enum err_code run_check(struct flow_cmd *c, struct err *err)
{
    TRY(read_file(c, err));
    if (c->store)
        TRY(check_segments(c, err));
    show(c);
    return ERR_OK;
}

static enum err_code run_set(struct flow_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf was = BUF_INIT(FLOW_TEXT_MAX);
    struct named kept = {.id = 0}, named = {.kind = NAMED_FLOW, .actor = "command line"};
    struct err none = ERR_INIT;
    int64_t id;

    TRY(read_file(c, err));
    TRY(check_segments(c, err));
    if (store_named_find(c->store, NAMED_FLOW, c->flow->name, &kept, &was, &none) == ERR_OK)
        named.id = kept.id;
    else if (none.code != ERR_NOT_FOUND)
        return *err = none, none.code;
    snprintf(named.name, sizeof(named.name), "%s", c->flow->name);
    snprintf(named.about, sizeof(named.about), "%s", c->flow->about);
    named.text = buf_str(&c->text);
    TRY(store_named_put(c->store, &named, &id, err));
    if (c->json) {
        json_begin_object(&c->w);
        json_key_int(&c->w, "id", id);
        json_end_object(&c->w);
    } else {
        buf_addf(&c->out, _("The flow \"%s\" is kept.\n"), c->flow->name);
    }
    return ERR_OK;
}

static enum err_code list_one(void *ctx, const struct named *named, struct err *err)
{
    struct flow_cmd *c = ctx;

    (void)err;
    if (!c->json) {
        buf_addf(&c->out, "%s%s\n", cmd_line_start(), named->name);
        if (named->about[0])
            buf_addf(&c->out, "  %s\n", named->about);
        return ERR_OK;
    }
    json_begin_object(&c->w);
    json_key_int(&c->w, "id", named->id);
    json_key_stringz(&c->w, "name", named->name);
    json_key_stringz(&c->w, "about", named->about);
    json_key_string(&c->w, "text", named->text);
    json_key_time(&c->w, "changed_at", named->changed_us);
    json_end_object(&c->w);
    return ERR_OK;
}

static enum err_code run_list(struct flow_cmd *c, struct err *err)
{
    if (c->json)
        json_begin_array(&c->w);
    TRY(store_named_each(c->store, NAMED_FLOW, list_one, c, err));
    if (c->json)
        json_end_array(&c->w);
    else if (!c->out.n)
        buf_addz(&c->out, _("There are no flows yet: \"tidemark flow starters\" shows some to "
                            "begin with.\n"));
    return ERR_OK;
}

static enum err_code find(struct flow_cmd *c, struct named *out, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name a flow");
    return store_named_find(c->store, NAMED_FLOW, c->name, out, &c->text, err);
}

static enum err_code run_show(struct flow_cmd *c, struct err *err)
{
    struct named named;

    TRY(find(c, &named, err));
    TRY(read_flow(c, NULL, err));
    show(c);
    return ERR_OK;
}

static enum err_code run_text(struct flow_cmd *c, struct err *err)
{
    struct named named;

    TRY(find(c, &named, err));
    c->json = false; /* there is no other form */
    buf_adds(&c->out, buf_str(&c->text));
    return ERR_OK;
}

static enum err_code run_remove(struct flow_cmd *c, struct err *err)
{
    struct named named;

    TRY(find(c, &named, err));
    TRY(store_named_remove(c->store, NAMED_FLOW, named.id, err));
    if (!c->json)
        buf_addf(&c->out, _("The flow \"%s\" is gone.\n"), named.name);
    return ERR_OK;
}

/* All of them in short, or the text of one, to be changed and set. */
static enum err_code run_starters(struct flow_cmd *c, struct err *err)
{
    const struct flow_starter *s;
    size_t i = 0;

    if (c->name) {
        while ((s = flow_starter(i)) && strcmp(s->code, c->name) != 0)
            i++;
        if (!s)
            return err_set(err, ERR_NOT_FOUND, "there is no starter \"%s\"", c->name);
        c->json = false;
        flow_starter_write(s, &c->out);
        return ERR_OK;
    }
    if (c->json)
        json_begin_array(&c->w);
    for (; (s = flow_starter(i)); i++) {
        if (!c->json) {
            buf_addf(&c->out, "%s%s: %s\n  %s\n", cmd_line_start(), s->code, _(s->name),
                     _(s->about));
            continue;
        }
        json_begin_object(&c->w);
        json_key_stringz(&c->w, "code", s->code);
        json_key_stringz(&c->w, "name", _(s->name));
        json_key_stringz(&c->w, "about", _(s->about));
        json_end_object(&c->w);
    }
    if (c->json)
        json_end_array(&c->w);
    return ERR_OK;
}

static const struct {
    const char *name;
    enum err_code (*run)(struct flow_cmd *c, struct err *err);
    enum { NO_SHOP, MAY_SHOP, SHOP } shop; /* whether it takes a workspace */
} verbs[] = {
    {"check", run_check, MAY_SHOP},
    {"set", run_set, SHOP},
    {"list", run_list, SHOP},
    {"show", run_show, SHOP},
    {"text", run_text, SHOP},
    {"remove", run_remove, SHOP},
    {"starters", run_starters, NO_SHOP},
};

static enum err_code run_verb(struct flow_cmd *c, const struct options *options, struct err *err)
{
    const char *dir = option_value(rows, TM_COUNT(rows), options, "workspace");
    size_t v = 0;

    while (v < TM_COUNT(verbs) &&
           (!options->operand_count || strcmp(options->operands[0], verbs[v].name) != 0))
        v++;
    if (v == TM_COUNT(verbs))
        return err_set(err, ERR_USAGE,
                       "say what to do: check, set, list, show, text, remove or starters");
    if (verbs[v].shop == SHOP)
        dir = workspace_named(dir);
    if (verbs[v].shop == SHOP && !dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    if (verbs[v].shop != NO_SHOP && dir)
        TRY(workspace_open_store(dir, &c->store, err));
    return verbs[v].run(c, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct flow_cmd c = {.text = BUF_INIT(FLOW_TEXT_MAX), .out = BUF_INIT(OUTPUT_MAX)};
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    c.w = (struct json_writer)JSON_WRITER(&c.out);
    c.json = option_value(rows, TM_COUNT(rows), &options, "json") != NULL;
    c.name = options.operand_count > 1 ? options.operands[1] : NULL;
    rc = run_verb(&c, &options, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&c.out, err);
    flow_free(c.flow);
    store_close(c.store);
    buf_release(&c.text);
    buf_release(&c.out);
    return rc;
}

const struct command command_flow = {
    .name = "flow",
    .usage = N_("check FILE|set FILE|list|show NAME|text NAME|remove NAME|starters [CODE] "
                "[--workspace DIR] [OPTIONS]"),
    .summary = N_("What is sent to people after something happened, step by step."),
    .text = N_("A flow is a text of what starts it and of its steps (docs/flows.md). \"check\" "
               "reads one, tells all its\nmistakes, circles and dead ends, and shows the way; with "
               "a workspace it looks up the segments, too. \"set\"\nkeeps it under its name, "
               "\"text\" prints it as it was kept. \"starters\" lists flows to begin with; with a\n"
               "code it prints that one's text.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
