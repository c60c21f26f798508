/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark campaign: one plan over several channels to people of segments, by a text. */
#include "cmd/campaign.h"

#include "base/file.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"

enum { OUTPUT_MAX = 16 << 20, FAULTS_MAX = 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"to", 0, "ADDRESS",
     N_("test: an address of your own, to which each of its messages is sent.")},
    {"anyway", 0, NULL,
     N_("launch: although the DNS says that mailboxes will refuse its e-mails.")},
    {"month", 0, "MONTH", N_("calendar: of that month, such as 2026-11.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

/* ---- as people read it -------------------------------------------------------------------- */

static void print_groups(struct buf *out, const char *title, const struct campaign_groups *groups)
{
    for (size_t i = 0; i < groups->n; i++) {
        const struct campaign_group *g = &groups->list[i];

        buf_addf(out, "  %s %s\n", title, g->segment ? g->segment : g->where);
    }
}

static void print_time(struct buf *out, const struct campaign_send *s)
{
    char at[17];

    campaign_at_text(&s->at, at);
    if (s->time == CAMPAIGN_AT_ONCE)
        buf_addz(out, _("at once"));
    else if (s->time == CAMPAIGN_AFTER)
        buf_addf(out, _("%s after the first"), cmd_length(s->after_us).text);
    else if (s->persons_clock)
        buf_addf(out, _("on %s by each person's clock"), at);
    else
        buf_addf(out, _("on %s"), at);
}

static void print_send(struct buf *out, const struct campaign_send *s)
{
    buf_addf(out, "  %s: ", s->name);
    print_time(out, s);
    buf_addc(out, '\n');
    if (s->only == CAMPAIGN_ORDERED)
        buf_addz(out, _("      to those who ordered since the first\n"));
    if (s->only == CAMPAIGN_NOT_ORDERED)
        buf_addz(out, _("      to those who did not order since the first\n"));
    for (size_t i = 0; i < s->channel_count; i++)
        buf_addf(out, "%s%s", i ? ", " : "      ", s->channels[i]);
    buf_addc(out, '\n');
    for (size_t i = 0; i < s->variant_count; i++) {
        const struct campaign_variant *v = &s->variants[i];

        if (s->variant_count == 1)
            buf_addf(out, "      \"%s\"\n", v->message);
        else
            buf_addf(out, "      %s: \"%s\", %g %%\n", v->name, v->message, v->share);
    }
    if (s->has_winner)
        buf_addf(out,
                 s->winner_by == CAMPAIGN_BY_CLICKS
                     ? _("      tried out on %g %%; after %s the rest gets the one with the most "
                         "clicks\n")
                     : _("      tried out on %g %%; after %s the rest gets the one with the most "
                         "orders\n"),
                 s->test, cmd_length(s->winner_after_us).text);
}

static void print_campaign(struct buf *out, const struct campaign *c)
{
    buf_addf(out, "%s%s\n", cmd_line_start(), c->name);
    if (*c->about)
        buf_addf(out, "  %s\n", c->about);
    print_groups(out, _("to:"), &c->include);
    print_groups(out, _("not to:"), &c->exclude);
    if (c->holdout > 0)
        buf_addf(out, _("  %g %% of people get nothing, to measure what it brings\n"), c->holdout);
    if (c->per_hour)
        buf_addf(out, _("  at most %s an hour\n"), cmd_number(c->per_hour).text);
    if (c->needs_second)
        buf_addz(out, _("  somebody else than who wrote it must approve it\n"));
    for (size_t i = 0; i < c->send_count; i++)
        print_send(out, &c->sends[i]);
}

static void show(struct campaign_cmd *c, const struct campaign *campaign)
{
    if (c->json)
        campaign_write_json(campaign, &c->w);
    else
        print_campaign(&c->out, campaign);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* All mistakes, one a line; the last is the error. */
static enum err_code read_campaign(struct campaign_cmd *c, const char *name, struct err *err)
{
    struct err *list = xcalloc(FAULTS_MAX, sizeof(*list));
    struct yaml_faults faults = {.items = list, .cap = FAULTS_MAX};
    enum err_code rc = campaign_read(buf_str(&c->text), name, &faults, &c->campaign, err);

    if (rc != ERR_OK)
        faults_tell(&faults, err);
    free(list);
    return rc;
}

static enum err_code read_file(struct campaign_cmd *c, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name the campaign's file");
    TRY(file_read(c->name, CAMPAIGN_TEXT_MAX, &c->text, err));
    return read_campaign(c, c->name, err);
}

enum err_code campaign_cmd_find(struct campaign_cmd *c, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name a campaign");
    TRY(campaign_file_open(c->store, c->name, &c->text, &c->file, err));
    return c->file.campaign ? ERR_OK : read_campaign(c, NULL, err);
}

/* ---- verbs -------------------------------------------------------------------------------- */

static enum err_code run_check(struct campaign_cmd *c, struct err *err)
{
    TRY(read_file(c, err));
    if (c->store)
        TRY(crowd_check(c->store, c->campaign, err));
    show(c, c->campaign);
    return ERR_OK;
}

static enum err_code run_set(struct campaign_cmd *c, struct err *err)
{
    int64_t id;

    TRY(read_file(c, err));
    TRY(crowd_check(c->store, c->campaign, err));
    TRY(campaign_put(c->store, c->campaign, buf_str(&c->text), 0, "command line", &id, err));
    if (c->json) {
        json_begin_object(&c->w);
        json_key_int(&c->w, "id", id);
        json_end_object(&c->w);
    } else {
        buf_addf(&c->out, _("The campaign \"%s\" is kept.\n"), c->campaign->name);
    }
    return ERR_OK;
}

static enum err_code list_one(void *ctx, const struct named *named, struct err *err)
{
    struct campaign_cmd *c = ctx;

    (void)err;
    if (!c->json) {
        named_print(&c->out, named->name, "", named->about);
        return ERR_OK;
    }
    json_begin_object(&c->w);
    named_members(&c->w, named);
    json_key_string(&c->w, "text", named->text);
    json_end_object(&c->w);
    return ERR_OK;
}

static enum err_code run_list(struct campaign_cmd *c, struct err *err)
{
    if (c->json)
        json_begin_array(&c->w);
    TRY(store_named_each(c->store, NAMED_CAMPAIGN, list_one, c, err));
    if (c->json)
        json_end_array(&c->w);
    else if (!c->out.n)
        buf_addz(&c->out, _("There are no campaigns yet: \"tidemark campaign starters\" shows some "
                            "to begin with.\n"));
    return ERR_OK;
}

static enum err_code run_show(struct campaign_cmd *c, struct err *err)
{
    TRY(campaign_cmd_find(c, err));
    show(c, c->file.campaign);
    return ERR_OK;
}

static enum err_code run_text(struct campaign_cmd *c, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name a campaign");
    TRY(campaign_file_open(c->store, c->name, &c->text, &c->file, err));
    c->json = false; /* there is no other form */
    buf_adds(&c->out, buf_str(&c->text));
    return ERR_OK;
}

static enum err_code run_remove(struct campaign_cmd *c, struct err *err)
{
    if (!c->name)
        return err_set(err, ERR_USAGE, "name a campaign");
    TRY(campaign_file_open(c->store, c->name, &c->text, &c->file, err));
    TRY(campaign_remove(c->store, c->file.named.id, err));
    if (!c->json)
        buf_addf(&c->out, _("The campaign \"%s\" is gone.\n"), c->file.named.name);
    return ERR_OK;
}

static void list_starters(struct campaign_cmd *c)
{
    const struct campaign_starter *s;

    if (c->json)
        json_begin_array(&c->w);
    for (size_t i = 0; (s = campaign_starter(i)); i++) {
        if (c->json)
            starter_json(&c->w, s->code, _(s->name), _(s->about));
        else
            starter_print(&c->out, s->code, _(s->name), _(s->about));
    }
    if (c->json)
        json_end_array(&c->w);
}

/* All of them in short, or the text of one, to be changed and set. */
static enum err_code run_starters(struct campaign_cmd *c, struct err *err)
{
    const struct campaign_starter *s;
    size_t i = 0;

    if (!c->name)
        return list_starters(c), ERR_OK;
    while ((s = campaign_starter(i)) && strcmp(s->code, c->name) != 0)
        i++;
    if (!s)
        return err_set(err, ERR_NOT_FOUND, "there is no starter \"%s\"", c->name);
    c->json = false;
    campaign_starter_write(s, &c->out);
    return ERR_OK;
}

static const struct {
    const char *name;
    enum err_code (*run)(struct campaign_cmd *c, struct err *err);
    enum { NO_SHOP, MAY_SHOP, SHOP, PEOPLE } shop; /* whether it takes a workspace, and asks it */
} verbs[] = {
    {"check", run_check, MAY_SHOP},
    {"set", run_set, SHOP},
    {"list", run_list, SHOP},
    {"show", run_show, SHOP},
    {"text", run_text, SHOP},
    {"preview", campaign_cmd_preview, PEOPLE},
    {"test", campaign_cmd_test, SHOP},
    {"approve", campaign_cmd_approve, SHOP},
    {"launch", campaign_cmd_launch, SHOP},
    {"status", campaign_cmd_status, SHOP},
    {"pause", campaign_cmd_pause, SHOP},
    {"resume", campaign_cmd_resume, SHOP},
    {"confirm", campaign_cmd_confirm, SHOP},
    {"cancel", campaign_cmd_cancel, SHOP},
    {"calendar", campaign_cmd_calendar, SHOP},
    {"remove", run_remove, SHOP},
    {"starters", run_starters, NO_SHOP},
};

/* With the shop's engine. */
static enum err_code run_asking(struct campaign_cmd *c, const char *dir,
                                enum err_code (*verb)(struct campaign_cmd *c, struct err *err),
                                struct err *err)
{
    enum err_code rc;

    TRY(workspace_open(dir, &c->ws, err));
    c->store = c->ws.store;
    cmd_engine_working(c->ws.engine);
    rc = verb(c, err);
    cmd_engine_working(NULL);
    c->store = NULL;
    workspace_close(&c->ws);
    return rc;
}

static enum err_code run_verb(struct campaign_cmd *c, const struct options *options,
                              struct err *err)
{
    const char *dir = option_value(rows, TM_COUNT(rows), options, "workspace");
    size_t v;

    TRY(VERB_FIND(verbs, options, &v, err));
    if (verbs[v].shop >= SHOP)
        dir = workspace_named(dir);
    if (verbs[v].shop >= SHOP && !dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    if (verbs[v].shop == PEOPLE)
        return run_asking(c, dir, verbs[v].run, err);
    if (verbs[v].shop != NO_SHOP && dir)
        TRY(workspace_open_beside(dir, &c->store, err));
    return verbs[v].run(c, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct campaign_cmd c = {.text = BUF_INIT(CAMPAIGN_TEXT_MAX), .out = BUF_INIT(OUTPUT_MAX)};
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    c.w = (struct json_writer)JSON_WRITER(&c.out);
    c.json = option_value(rows, TM_COUNT(rows), &options, "json") != NULL;
    c.to = option_value(rows, TM_COUNT(rows), &options, "to");
    c.anyway = option_value(rows, TM_COUNT(rows), &options, "anyway") != NULL;
    c.month = option_value(rows, TM_COUNT(rows), &options, "month");
    c.name = verb_operand(&options);
    rc = run_verb(&c, &options, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&c.out, err);
    campaign_free(c.campaign);
    campaign_file_close(&c.file);
    outbox_close(c.outbox);
    store_close(c.store);
    buf_release(&c.text);
    buf_release(&c.out);
    return rc;
}

const struct command command_campaign = {
    .name = "campaign",
    .usage = N_(
        "check FILE|set FILE|list|show NAME|text NAME|preview NAME|test NAME|approve NAME|launch "
        "NAME|status NAME|pause NAME|resume NAME|confirm NAME|cancel NAME|calendar|remove "
        "NAME|starters [CODE] [--workspace DIR] [OPTIONS]"),
    .summary = N_("One plan over several channels to people of segments, once."),
    .text = N_("A campaign is a text of whom it is for and of its messages with their times "
               "(docs/campaigns.md). \"check\"\nreads one and tells all its mistakes; with a "
               "workspace it looks up the segments, too. \"set\" keeps it under\nits name, "
               "\"text\" prints it as it was kept. \"starters\" lists campaigns to begin with; "
               "with a code it prints that\none's text.\n"
               "\"preview\" counts whom it reaches, \"launch\" sends it on its way when the "
               "server runs; \"confirm\" lets one\ngo on that waits for a word. \"status\" tells "
               "what became of its messages.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
