/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark flow: what happens to a person after something happened, by a text. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "cmd/flow_view.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"
#include "outreach/acting/flows.h"

enum { OUTPUT_MAX = 16 << 20, FAULTS_MAX = 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
    {"stop", 0, NULL, N_("With \"off\": stop who is on the way, too.")},
};

struct flow_cmd {
    const char *name; /* what stands after the verb; NULL */
    struct store *store;
    struct outbox *outbox; /* NULL: nothing was ever planned */
    struct buf text;       /* of the flow */
    struct flow *flow;
    struct buf out;
    struct json_writer w;
    bool json, stop;
};

static void show(struct flow_cmd *c)
{
    if (c->json)
        flow_write_json(c->flow, &c->w);
    else
        flow_view(&c->out, c->flow, NULL);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* All mistakes, one a line; the last is the error. */
static enum err_code read_flow(struct flow_cmd *c, const char *name, struct err *err)
{
    struct err *list = xcalloc(FAULTS_MAX, sizeof(*list));
    struct yaml_faults faults = {.items = list, .cap = FAULTS_MAX};
    enum err_code rc = flow_read(buf_str(&c->text), name, &faults, &c->flow, err);

    if (rc != ERR_OK)
        faults_tell(&faults, err);
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

/* ---- verbs -------------------------------------------------------------------------------- */

static enum err_code run_check(struct flow_cmd *c, struct err *err)
{
    TRY(read_file(c, err));
    if (c->store)
        TRY(flow_segments_exist(c->store, c->flow, err));
    show(c);
    return ERR_OK;
}

static enum err_code run_set(struct flow_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf was = BUF_INIT(FLOW_TEXT_MAX);
    struct named kept = {.id = 0};
    struct err none = ERR_INIT;
    int64_t id = 0;

    TRY(read_file(c, err));
    if (store_named_find(c->store, NAMED_FLOW, c->flow->name, &kept, &was, &none) == ERR_OK)
        id = kept.id;
    else if (none.code != ERR_NOT_FOUND)
        return *err = none, none.code;
    TRY(flow_keep(c->store, buf_str(&c->text), c->name, id, "command line", NULL, &id, err));
    if (c->json) {
        json_begin_object(&c->w);
        json_key_int(&c->w, "id", id);
        json_end_object(&c->w);
    } else {
        buf_addf(&c->out, _("The flow \"%s\" is kept.\n"), c->flow->name);
    }
    return ERR_OK;
}

static enum err_code read_numbers(struct flow_cmd *c, int64_t id, struct flow_numbers *out,
                                  struct err *err)
{
    *out = (struct flow_numbers){.step_count = 0};
    return c->outbox ? flow_numbers_read(c->outbox, id, out, err) : ERR_OK;
}

static void put_named(struct flow_cmd *c, const struct named *named)
{
    named_members(&c->w, named);
    json_key_stringz(&c->w, "state", flow_state_name(named->state));
}

static enum err_code list_one(void *ctx, const struct named *named, struct err *err)
{
    struct flow_cmd *c = ctx;
    struct flow_numbers numbers;

    TRY(read_numbers(c, named->id, &numbers, err));
    if (!c->json) {
        named_print(&c->out, named->name, flow_state_text(named->state), named->about);
        if (numbers.people.started + numbers.held_out.started)
            flow_view_people(&c->out, &numbers);
        return ERR_OK;
    }
    json_begin_object(&c->w);
    put_named(c, named);
    json_key_string(&c->w, "text", named->text);
    json_key_int(&c->w, "started", numbers.people.started);
    json_key_int(&c->w, "going", numbers.people.by_outcome[RUN_GOING]);
    json_key_int(&c->w, "goal", numbers.people.by_outcome[RUN_GOAL]);
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
    struct flow_numbers numbers;
    struct named named;

    TRY(find(c, &named, err));
    TRY(read_flow(c, NULL, err));
    TRY(read_numbers(c, named.id, &numbers, err));
    if (c->json) {
        json_begin_object(&c->w);
        put_named(c, &named);
        json_key(&c->w, "flow");
        flow_write_json(c->flow, &c->w);
        json_key(&c->w, "numbers");
        flow_numbers_json(&numbers, c->flow, &c->w);
        json_end_object(&c->w);
        return ERR_OK;
    }
    flow_view(&c->out, c->flow, &numbers);
    buf_addf(&c->out, _("  switched: %s\n"), flow_state_text(named.state));
    flow_view_people(&c->out, &numbers);
    return ERR_OK;
}

static enum err_code run_on(struct flow_cmd *c, struct err *err)
{
    struct named named;

    TRY(find(c, &named, err));
    TRY(read_flow(c, NULL, err));
    TRY(flow_may_be_on(c->store, c->flow, err));
    TRY(flow_is_alone(c->store, c->flow, named.id, err));
    TRY(store_named_switch(c->store, NAMED_FLOW, named.id, NAMED_ON, "command line", err));
    if (!c->json)
        buf_addf(&c->out, _("The flow \"%s\" is on.\n"), named.name);
    return ERR_OK;
}

static enum err_code run_off(struct flow_cmd *c, struct err *err)
{
    const enum named_state state = c->stop ? NAMED_ENDED : NAMED_OFF;
    struct named named;

    TRY(find(c, &named, err));
    TRY(store_named_switch(c->store, NAMED_FLOW, named.id, state, "command line", err));
    if (c->stop && c->outbox)
        TRY(flow_end_all(c->outbox, named.id, timestamp_now(), err));
    if (!c->json)
        buf_addf(&c->out,
                 c->stop ? _("The flow \"%s\" is off, and nobody is on the way any more.\n")
                         : _("The flow \"%s\" is off. Who is on the way goes on to the end.\n"),
                 named.name);
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
    if (c->outbox)
        TRY(flow_end_all(c->outbox, named.id, timestamp_now(), err));
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
        if (c->json)
            starter_json(&c->w, s->code, _(s->name), _(s->about));
        else
            starter_print(&c->out, s->code, _(s->name), _(s->about));
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
    {"on", run_on, SHOP},
    {"off", run_off, SHOP},
    {"remove", run_remove, SHOP},
    {"starters", run_starters, NO_SHOP},
};

static enum err_code run_verb(struct flow_cmd *c, const struct options *options, struct err *err)
{
    const char *dir = option_value(rows, TM_COUNT(rows), options, "workspace");
    size_t v;

    TRY(VERB_FIND(verbs, options, &v, err));
    if (verbs[v].shop == SHOP)
        dir = workspace_named(dir);
    if (verbs[v].shop == SHOP && !dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    if (verbs[v].shop != NO_SHOP && dir)
        TRY(workspace_open_beside(dir, &c->store, err));
    if (c->store)
        TRY(outbox_open_kept(c->store, &c->outbox, err));
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
    c.stop = option_value(rows, TM_COUNT(rows), &options, "stop") != NULL;
    c.name = verb_operand(&options);
    rc = run_verb(&c, &options, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&c.out, err);
    flow_free(c.flow);
    outbox_close(c.outbox);
    store_close(c.store);
    buf_release(&c.text);
    buf_release(&c.out);
    return rc;
}

const struct command command_flow = {
    .name = "flow",
    .usage = N_("check FILE|set FILE|list|show NAME|text NAME|on NAME|off NAME|remove NAME|"
                "starters [CODE] [--workspace DIR] [OPTIONS]"),
    .summary = N_("What is sent to people after something happened, step by step."),
    .text = N_("A flow is a text of what starts it and of its steps (docs/flows.md). \"check\" "
               "reads one, tells all its\nmistakes, circles and dead ends, and shows the way; with "
               "a workspace it looks up the segments, too. \"set\"\nkeeps it under its name, "
               "\"on\" lets people start, \"off\" lets nobody start any more. \"text\" prints it "
               "as it was kept. \"starters\" lists flows to begin with; with a\n"
               "code it prints that one's text.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
