/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark message: what is said to people, in each one's language. */
#include "cmd/message.h"

#include "base/file.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"

enum { DATA_MAX = 16 << 20, OUTPUT_MAX = 8 << 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR",
     N_("The workspace whose message is named; without it check and render name a file.")},
    {"person", 0, "WHO",
     N_("render: as this person of the workspace gets it: an address, phone or number.")},
    {"data", 'd', "FILE", N_("render: what the message may print, as JSON.")},
    {"language", 0, "CODE", N_("render: the reader's language, such as ar.")},
    {"part", 'p', "PART", N_("render: subject, preheader, html, text or short; html unless told.")},
    {"unsubscribe", 'u', "URL", N_("render: the reader's link to unsubscribe.")},
    {"currency", 'c', "CODE", N_("render: the currency of amounts, such as EUR.")},
    {"zone", 'z', "ZONE", N_("render: the time zone of dates, such as Asia/Bangkok; UTC else.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

const char *message_cmd_value(const struct message_cmd *c, const char *name)
{
    return option_value(rows, TM_COUNT(rows), c->options, name);
}

enum err_code message_cmd_read(struct message_cmd *c, bool strict, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    int64_t id;

    if (!c->name)
        return err_set(err, ERR_USAGE, "name the message's file");
    if (c->store)
        TRY(kept_message_text(c->store, c->name, &id, &text, err));
    else
        TRY(file_read(c->name, MESSAGE_TEXT_MAX, &text, err));
    return message_read(buf_str(&text), c->name, strict, &c->message, err);
}

/* ---- check -------------------------------------------------------------------------------- */

/* What it asks its data for, over all parts, each once. */
static bool asked_before(const struct message *m, int part, size_t i, const char *name)
{
    const char *other;

    for (int p = 0; p <= part; p++)
        for (size_t k = 0; m->parts[p] && (other = liquid_name(m->parts[p], k)); k++) {
            if (p == part && k == i)
                return false;
            if (strcmp(other, name) == 0)
                return true;
        }
    return false;
}

static void add_names(struct message_cmd *c, struct buf *list)
{
    const char *name;
    size_t n = 0;

    for (int part = 0; part < MESSAGE_PARTS; part++)
        for (size_t i = 0;
             c->message->parts[part] && (name = liquid_name(c->message->parts[part], i)); i++) {
            if (message_gives(name) || asked_before(c->message, part, i, name))
                continue;
            if (c->json)
                json_stringz(&c->w, name);
            else
                buf_addf(list, "%s%s", n++ ? ", " : "", name);
        }
}

static enum err_code run_check(struct message_cmd *c, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf list = BUF_INIT(OUTPUT_MAX);

    TRY(message_cmd_read(c, true, err));
    if (c->json) {
        json_begin_object(&c->w);
        json_key_stringz(&c->w, "name", c->message->name);
        json_key(&c->w, "languages");
        json_begin_array(&c->w);
        for (size_t i = 0; i < c->message->language_count; i++)
            if (*c->message->languages[i].code)
                json_stringz(&c->w, c->message->languages[i].code);
        json_end_array(&c->w);
        json_key(&c->w, "names");
        json_begin_array(&c->w);
        add_names(c, NULL);
        json_end_array(&c->w);
        json_key(&c->w, "findings");
        json_begin_array(&c->w);
        TRY(message_cmd_findings(c, err));
        json_end_array(&c->w);
        json_end_object(&c->w);
        return ERR_OK;
    }
    buf_addf(&c->out, _("%s is in order.\n"), c->name);
    add_names(c, &list);
    buf_addf(&c->out, _("It asks for: %s\n"), buf_cstr(&list));
    return message_cmd_findings(c, err);
}

/* ---- render ------------------------------------------------------------------------------- */

enum err_code message_cmd_part(const struct message_cmd *c, int *out, struct err *err)
{
    const char *name = message_cmd_value(c, "part");

    *out = c->message->parts[MESSAGE_HTML] ? MESSAGE_HTML : MESSAGE_TEXT;
    for (int part = 0; name && part < MESSAGE_PARTS; part++) {
        if (strcmp(name, message_part_names[part]) == 0) {
            *out = part;
            return ERR_OK;
        }
    }
    return name ? err_set(err, ERR_USAGE, "--part must be subject, preheader, html, text or short")
                : ERR_OK;
}

static enum err_code read_data(const struct message_cmd *c, struct json_parser *parser,
                               struct arena *arena, struct value *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(DATA_MAX);
    const char *path = message_cmd_value(c, "data");
    struct json_value json;

    *out = value_map(NULL, 0);
    if (!path)
        return ERR_OK;
    TRY(file_read(path, DATA_MAX, &text, err));
    if (json_parse(parser, buf_str(&text), &json, err) != ERR_OK ||
        value_from_json(json, 0, arena, out, err) != ERR_OK) {
        err_context(err, "reading \"%s\"", path);
        return err->code;
    }
    return out->type == VALUE_MAP ? ERR_OK
                                  : err_set(err, ERR_INVALID, "the data must be a JSON object");
}

void message_cmd_show(struct message_cmd *c, const struct composed *composed, int part)
{
    if (!c->json) {
        buf_adds(&c->out, buf_str(&composed->parts[part]));
        if (c->out.n && c->out.p[c->out.n - 1] != '\n')
            buf_addc(&c->out, '\n');
        return;
    }
    json_begin_object(&c->w);
    json_key_stringz(&c->w, "language", composed->language);
    for (int p = 0; p < MESSAGE_PARTS; p++)
        json_key_string(&c->w, message_part_names[p], buf_str(&composed->parts[p]));
    json_end_object(&c->w);
}

static enum err_code compose(struct message_cmd *c, struct message_for *to, struct arena *arena,
                             struct composed *composed, struct err *err)
{
    struct locale *locales[LANG_COUNT] = {NULL};
    enum err_code rc = ERR_OK;
    int part;

    TRY(message_cmd_part(c, &part, err));
    for (int l = 0; rc == ERR_OK && l < LANG_COUNT; l++)
        rc = locale_open((enum language)l, &locales[l], err);
    to->locales = locales;
    if (rc == ERR_OK && message_cmd_value(c, "zone"))
        rc = zone_open(message_cmd_value(c, "zone"), &to->zone, err);
    if (rc == ERR_OK)
        rc = message_compose(c->message, to, arena, composed, err);
    if (rc == ERR_OK)
        message_cmd_show(c, composed, part);
    zone_close(to->zone);
    for (int l = 0; l < LANG_COUNT; l++)
        locale_close(locales[l]);
    return rc;
}

static enum err_code run_render(struct message_cmd *c, struct err *err)
{
    const char *url = message_cmd_value(c, "unsubscribe"),
               *language = message_cmd_value(c, "language");
    struct message_for to = {.language = language ? language : "",
                             .shops_language = language_codes[i18n_current()],
                             .medium = MESSAGE_EVERY,
                             .unsubscribe_url = url ? url : "",
                             .now_us = timestamp_now(),
                             .currency = message_cmd_value(c, "currency")};
    struct json_parser *parser = json_parser_new(DATA_MAX);
    struct arena arena = ARENA_INIT(64 << 20);
    struct composed composed;
    enum err_code rc;

    composed_init(&composed);
    rc = message_cmd_read(c, false, err);
    if (rc == ERR_OK)
        rc = read_data(c, parser, &arena, &to.data, err);
    if (rc == ERR_OK)
        rc = compose(c, &to, &arena, &composed, err);
    composed_release(&composed);
    arena_release(&arena);
    json_parser_free(parser);
    return rc;
}

/* ---- starters ----------------------------------------------------------------------------- */

static enum err_code run_starters(struct message_cmd *c, struct err *err)
{
    const struct message_starter *s;

    if (c->json)
        json_begin_array(&c->w);
    for (size_t i = 0; (s = message_starter(i)); i++) {
        if (c->name && strcmp(s->name, c->name) == 0) {
            buf_reset(&c->out);
            buf_adds(&c->out, s->text);
            c->json = false;
            return ERR_OK;
        }
        if (c->json)
            json_stringz(&c->w, s->name);
        else
            buf_addf(&c->out, "%s\n", s->name);
    }
    if (c->json)
        json_end_array(&c->w);
    return c->name ? err_set(err, ERR_NOT_FOUND, "there is no starter \"%s\"", c->name) : ERR_OK;
}

static enum err_code run_render_either(struct message_cmd *c, struct err *err)
{
    if (!c->store && message_cmd_value(c, "person"))
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    return (c->store ? message_cmd_preview : run_render)(c, err);
}

/* Whether a workspace is looked into. */
enum where { NOWHERE, IF_NAMED, ALWAYS };

static const struct {
    const char *name;
    enum err_code (*run)(struct message_cmd *c, struct err *err);
    enum where where;
} verbs[] = {
    {"check", run_check, IF_NAMED},      {"render", run_render_either, IF_NAMED},
    {"starters", run_starters, NOWHERE}, {"set", message_cmd_set, ALWAYS},
    {"list", message_cmd_list, ALWAYS},  {"show", message_cmd_show_kept, ALWAYS},
    {"text", message_cmd_text, ALWAYS},  {"remove", message_cmd_remove, ALWAYS},
};

static enum err_code run_verb(struct message_cmd *c, size_t v, struct err *err)
{
    enum err_code rc;

    c->dir = verbs[v].where == NOWHERE ? NULL : message_cmd_value(c, "workspace");
    if (verbs[v].where == ALWAYS)
        c->dir = workspace_named(c->dir);
    if (verbs[v].where == ALWAYS && !c->dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    if (c->dir)
        TRY(workspace_open_beside(c->dir, &c->store, err));
    rc = verbs[v].run(c, err);
    store_close(c->store);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct message_cmd c = {.options = &options, .out = BUF_INIT(OUTPUT_MAX)};
    enum err_code rc;
    size_t v;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    TRY(VERB_FIND(verbs, &options, &v, err));
    c.w = (struct json_writer)JSON_WRITER(&c.out);
    c.json = message_cmd_value(&c, "json") != NULL;
    c.name = verb_operand(&options);
    rc = run_verb(&c, v, err);
    if (c.json && c.out.n)
        buf_addc(&c.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&c.out, err);
    message_free(c.message);
    buf_release(&c.out);
    return rc;
}

const struct command command_message = {
    .name = "message",
    .usage = N_("check FILE|render FILE|starters [NAME]|set FILE|list|show NAME|text NAME|remove "
                "NAME [--workspace DIR] [OPTIONS]"),
    .summary = N_("What is said to people, in each one's language."),
    .text = N_("A message is a text with a subject, HTML and translations (docs/templates.md). "
               "\"check\" reads one and tells\nits first mistake, or what it asks its data for, "
               "what stands against sending it as marketing and what is\nnot translated; "
               "\"render\" shows a part of it as a reader would get it. With a workspace both "
               "take the name\nof a message that is kept there, and \"render --person\" shows it "
               "as that person gets it. \"set\" keeps a\nfile's message under the name in it, "
               "\"list\", \"show\", \"text\" and \"remove\" are of those that are "
               "kept.\n\"starters\" lists messages to begin with, those that the starters of "
               "flows send; with a name it prints\nthat one's text. A kept message of that name "
               "takes its place.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
