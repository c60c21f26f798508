/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark template: checks and renders messages written in Liquid, and puts others into it. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/json_write.h"
#include "outreach/liquid/liquid.h"
#include "outreach/text/text.h"
#include "outreach/translate/translate.h"

enum { SOURCE_MAX = 2 << 20, DATA_MAX = 16 << 20, OUTPUT_MAX = 4 << 20, PARTIALS_MAX = 32 };

static const struct option_row rows[] = {
    {"data", 'd', "FILE", N_("What the message may print, as JSON.")},
    {"partial", 'p', "NAME=FILE", N_("A partial for render and include; may be given again.")},
    {"kind", 'k', "KIND",
     N_("html, text or header; without it the file's name tells: .html, else text.")},
    {"currency", 'c', "CODE", N_("render: the currency of amounts, such as EUR.")},
    {"zone", 'z', "ZONE", N_("render: the time zone of dates, such as Asia/Bangkok; UTC else.")},
    {"text", 't', NULL, N_("render: the plain text of an HTML message.")},
    {"from", 0, "TOOL", N_("translate: whose tags they are: mailchimp, klaviyo or springbot.")},
    {"strict", 0, NULL, N_("render: what is not in the data is an error.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* All that a run reads. */
struct template_run {
    const struct options *options;
    const char *path;
    bool json;
    enum liquid_kind kind;
    struct liquid_text texts[PARTIALS_MAX + 1];
    struct buf sources[PARTIALS_MAX + 1];
    char names[PARTIALS_MAX][64];
    size_t n_texts;
    struct json_parser *parser;
    struct arena arena; /* of the data and of rendering */
    struct liquid *liquid;
    struct liquid_place place;
    struct buf out;
};

static enum err_code choose_kind(struct template_run *run, struct err *err)
{
    static const char *const kinds[] = {
        [LIQUID_TEXT] = "text", [LIQUID_HTML] = "html", [LIQUID_HEADER] = "header"};
    const char *kind = value(run->options, "kind");

    run->kind = strstr(run->path, ".html") || strstr(run->path, ".htm") ? LIQUID_HTML : LIQUID_TEXT;
    for (size_t i = 0; kind && i < TM_COUNT(kinds); i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            run->kind = (enum liquid_kind)i;
            return ERR_OK;
        }
    }
    return kind ? err_set(err, ERR_USAGE, "--kind must be html, text or header") : ERR_OK;
}

static enum err_code add_text(struct template_run *run, const char *name, const char *path,
                              struct err *err)
{
    struct buf *source = &run->sources[run->n_texts];

    TRY(file_read(path, SOURCE_MAX, source, err));
    run->texts[run->n_texts++] = (struct liquid_text){name, buf_str(source)};
    return ERR_OK;
}

static enum err_code read_texts(struct template_run *run, struct err *err)
{
    const char *given;

    TRY(add_text(run, "", run->path, err));
    for (size_t i = 0; (given = option_nth(rows, run->options, "partial", i)); i++) {
        const char *equals = strchr(given, '=');

        if (!equals || equals == given || i == PARTIALS_MAX ||
            (size_t)(equals - given) >= sizeof(run->names[0]))
            return err_set(err, ERR_USAGE, "--partial takes a name and a file: NAME=FILE");
        snprintf(run->names[i], sizeof(run->names[0]), "%.*s", (int)(equals - given), given);
        TRY(add_text(run, run->names[i], equals + 1, err));
    }
    return ERR_OK;
}

/* An empty map without --data. */
static enum err_code read_data(struct template_run *run, struct value *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(DATA_MAX);
    const char *path = value(run->options, "data");
    struct json_value json;

    *out = value_map(NULL, 0);
    if (!path)
        return ERR_OK;
    TRY(file_read(path, DATA_MAX, &text, err));
    if (json_parse(run->parser, buf_str(&text), &json, err) != ERR_OK ||
        value_from_json(json, 0, &run->arena, out, err) != ERR_OK) {
        err_context(err, "reading \"%s\"", path);
        return err->code;
    }
    if (out->type != VALUE_MAP)
        return err_set(err, ERR_INVALID, "the data must be a JSON object");
    return ERR_OK;
}

static enum err_code compile(struct template_run *run, bool strict, struct err *err)
{
    enum err_code code =
        liquid_compile(run->texts, run->n_texts, run->kind, strict, &run->liquid, &run->place, err);

    if (code != ERR_OK)
        err_context(err, "reading \"%s\"", run->path);
    return code;
}

/* ---- check -------------------------------------------------------------------------------- */

static void problem_json(struct json_writer *w, const struct liquid_place *place, const char *text,
                         const char *hint)
{
    json_begin_object(w);
    json_key_stringz(w, "partial", place->name);
    json_key_int(w, "line", (int64_t)place->line);
    json_key_int(w, "column", (int64_t)place->column);
    json_key_stringz(w, "message", text);
    json_key_stringz(w, "hint", hint);
    json_end_object(w);
}

static bool is_given(struct value data, const char *name)
{
    struct value found;
    bool known = false;
    struct str key = str_of(name);

    return value_member(data, key, str_hash(key), NULL, &found, &known, NULL) == ERR_OK && known;
}

/* How many names the data do not have; each is told. */
static size_t report_names(struct template_run *run, struct value data, struct json_writer *w)
{
    bool compare = value(run->options, "data");
    const char *name;
    size_t lacking = 0;

    for (size_t i = 0; (name = liquid_name(run->liquid, i)); i++) {
        struct liquid_place place = liquid_name_place(run->liquid, i);
        bool lacks = compare && !is_given(data, name);

        lacking += lacks;
        if (w) {
            json_begin_object(w);
            json_key_stringz(w, "name", name);
            json_key_stringz(w, "partial", place.name);
            json_key_int(w, "line", (int64_t)place.line);
            json_key_int(w, "column", (int64_t)place.column);
            if (compare)
                json_key_bool(w, "given", !lacks);
            json_end_object(w);
        } else if (lacks) {
            buf_addf(&run->out, _("%s is not in the data: line %zu, column %zu\n"), name,
                     place.line, place.column);
        }
    }
    return lacking;
}

static enum err_code check_json(struct template_run *run, struct value data, struct err *err)
{
    struct json_writer w = JSON_WRITER(&run->out);
    struct err found = ERR_INIT;
    enum err_code code = compile(run, true, &found);
    size_t lacking = 0;

    json_begin_object(&w);
    json_key(&w, "problems");
    json_begin_array(&w);
    if (code != ERR_OK)
        problem_json(&w, &run->place, found.msg, found.hint);
    json_end_array(&w);
    json_key(&w, "names");
    json_begin_array(&w);
    if (code == ERR_OK)
        lacking = report_names(run, data, &w);
    json_end_array(&w);
    json_end_object(&w);
    buf_addc(&run->out, '\n');
    TRY(cmd_print(&run->out, err));
    if (code != ERR_OK && err)
        *err = found;
    if (code == ERR_OK && lacking)
        return err_set(err, ERR_INVALID, "the message asks for what is not in the data");
    return code;
}

static enum err_code run_check(struct template_run *run, struct err *err)
{
    struct value data;

    TRY(read_data(run, &data, err));
    if (run->json)
        return check_json(run, data, err);
    TRY(compile(run, true, err));
    if (report_names(run, data, NULL)) {
        TRY(cmd_print(&run->out, err));
        return err_set(err, ERR_INVALID, "the message asks for what is not in the data");
    }
    buf_addf(&run->out, _("%s is in order.\n"), run->path);
    return cmd_print(&run->out, err);
}

/* ---- render ------------------------------------------------------------------------------- */

static enum err_code show(struct template_run *run, struct buf *message, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(OUTPUT_MAX);
    struct json_writer w = JSON_WRITER(&run->out);

    if (value(run->options, "text") && run->kind == LIQUID_HTML)
        TRY(text_from_html(buf_str(message), &text, err));
    else
        buf_adds(&text, buf_str(message));
    if (run->json) {
        json_begin_object(&w);
        json_key_string(&w, "message", buf_str(&text));
        json_end_object(&w);
    } else {
        buf_adds(&run->out, buf_str(&text));
    }
    if (run->out.n && run->out.p[run->out.n - 1] != '\n')
        buf_addc(&run->out, '\n');
    return cmd_print(&run->out, err);
}

static enum err_code run_render(struct template_run *run, struct err *err)
{
    TM_CLEANUP(locale_closep) struct locale *locale = NULL;
    TM_CLEANUP(buf_release) struct buf message = BUF_INIT(OUTPUT_MAX);
    struct liquid_settings settings = {.now_us = timestamp_now(),
                                       .language = i18n_current(),
                                       .currency = value(run->options, "currency"),
                                       .limits = liquid_limits_usual};
    const char *zone = value(run->options, "zone");
    enum err_code code;

    TRY(read_data(run, &settings.data, err));
    TRY(compile(run, value(run->options, "strict"), err));
    TRY(locale_open(settings.language, &locale, err));
    settings.locale = locale;
    if (zone)
        TRY(zone_open(zone, &settings.zone, err));
    code = liquid_render(run->liquid, &settings, &run->arena, &message, &run->place, err);
    zone_close(settings.zone);
    if (code != ERR_OK) {
        err_context(err, "rendering \"%s\"", run->path);
        return code;
    }
    return show(run, &message, err);
}

/* ---- translate ---------------------------------------------------------------------------- */

static void tell_left(void *ctx, struct str tag, size_t line)
{
    size_t *n = ctx;

    ++*n;
    fprintf(stderr, _("line %zu: %.*s was not translated\n"), line, (int)(tag.n < 80 ? tag.n : 80),
            tag.p);
}

/* To standard output; what is left goes to standard error, and is an error. */
static enum err_code run_translate(struct template_run *run, struct err *err)
{
    const char *from = value(run->options, "from");
    size_t which = 0, n_left = 0;

    while (from && which < FROM_COUNT && strcmp(from, translate_names[which]) != 0)
        which++;
    if (!from || which == FROM_COUNT)
        return err_set(err, ERR_USAGE, "--from must be mailchimp, klaviyo or springbot");
    TRY(translate_to_liquid((enum translate_from)which, run->texts[0].text, &run->out, tell_left,
                            &n_left, err));
    TRY(cmd_print(&run->out, err));
    if (n_left == 0)
        return ERR_OK;
    err_set(err, ERR_INVALID, "some of it has no counterpart in Liquid");
    err_hint(err, "It stands in the message as it was: replace it or take it out.");
    return ERR_INVALID;
}

/* ---- the command -------------------------------------------------------------------------- */

static enum err_code run_verb(struct template_run *run, const char *verb, struct err *err)
{
    TRY(choose_kind(run, err));
    TRY(read_texts(run, err));
    if (strcmp(verb, "check") == 0)
        return run_check(run, err);
    if (strcmp(verb, "render") == 0)
        return run_render(run, err);
    if (strcmp(verb, "translate") == 0)
        return run_translate(run, err);
    err_set(err, ERR_USAGE, "templates know no \"%s\"", verb);
    err_hint(err, "Say check, render or translate.");
    return ERR_USAGE;
}

static enum err_code run_template(int argc, char **argv, struct err *err)
{
    struct options *options = xcalloc(1, sizeof(*options));
    struct template_run *run = xcalloc(1, sizeof(*run));
    enum err_code rc = options_parse(rows, TM_COUNT(rows), argc, argv, options, err);

    run->options = options;
    run->arena = ARENA_INIT(64 << 20);
    run->out = BUF_INIT(OUTPUT_MAX);
    run->parser = json_parser_new(DATA_MAX);
    if (rc == ERR_OK && options->operand_count != 2)
        rc = err_set(err, ERR_USAGE,
                     "name what to do, and the file: check FILE, render FILE or translate FILE");
    if (rc == ERR_OK) {
        run->path = options->operands[1];
        run->json = value(options, "json");
        rc = run_verb(run, options->operands[0], err);
    }
    liquid_free(run->liquid);
    json_parser_free(run->parser);
    arena_release(&run->arena);
    buf_release(&run->out);
    for (size_t i = 0; i < TM_COUNT(run->sources); i++)
        buf_release(&run->sources[i]);
    free(run);
    free(options);
    return rc;
}

const struct command command_template = {
    .name = "template",
    .usage = N_("check|render|translate FILE [OPTIONS]"),
    .summary = N_("Check a message written in Liquid, or see it with data."),
    .text = N_(
        "check tells the first mistake with its line, and with --data what the message asks for\n"
        "and the data do not have. render prints the message: in HTML everything that comes\n"
        "from the data is escaped, a header takes no line break. translate puts a message of\n"
        "Mailchimp, Klaviyo or Springbot into Liquid, and tells what has no counterpart.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run_template,
};
