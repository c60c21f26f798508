/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark sources: who may send live messages, and what became of them. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "base/timestamp.h"
#include "cmd/workspace.h"
#include "intake/live/hook.h"
#include "store/journal.h"
#include "store/sources.h"

#include <sodium.h>
#include <termios.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4 << 20, REFUSED_SHOWN = 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"name", 0, "NAME", N_("add: what it is called, for people.")},
    {"protocol", 0, "NAME", N_("add: how it speaks; segment unless told.")},
    {"ledger", 0, NULL, N_("add: its orders are the shop's own, no copies of another ledger's.")},
    {"secret-file", 0, "FILE",
     N_("add, secret: what a shop signs its webhooks with stands in this file; - asks for it.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

struct sources_run {
    const struct options *options;
    struct store *store;
    struct journal *journal;
    struct buf out;
    struct json_writer w;
    bool json;
};

/* ---- showing ------------------------------------------------------------------------------ */

struct counting {
    int64_t source;
    struct journal_tally tally;
};

static enum err_code count_one(void *ctx, const struct journal_tally *tally, struct err *err)
{
    struct counting *counting = ctx;

    (void)err;
    if (tally->source == counting->source)
        counting->tally = *tally;
    return ERR_OK;
}

static void show_json(struct sources_run *run, const struct source_entry *source,
                      const struct journal_tally *tally)
{
    json_begin_object(&run->w);
    json_key_int(&run->w, "id", source->id);
    json_key_stringz(&run->w, "protocol", source->protocol);
    json_key_stringz(&run->w, "name", source->name);
    json_key_stringz(&run->w, "key", source->key);
    json_key_bool(&run->w, "ledger", source->ledger);
    json_key_time(&run->w, "created_at", source->created_us);
    json_key_time(&run->w, "revoked_at", source->revoked_us);
    json_key_int(&run->w, "stored", tally->stored);
    json_key_int(&run->w, "repeated", tally->repeated);
    json_key_int(&run->w, "refused", tally->refused);
    json_key_time(&run->w, "last_at", tally->last_us);
    json_end_object(&run->w);
}

static void show_text(struct sources_run *run, const struct source_entry *source,
                      const struct journal_tally *tally)
{
    buf_addf(&run->out, "%3" PRId64 "  %s  %s%s%s%s\n", source->id, source->key, source->name,
             source->revoked_us ? "  (" : "", source->revoked_us ? _("revoked") : "",
             source->revoked_us ? ")" : "");
    buf_addz(&run->out, "     ");
    buf_addf(&run->out, _("stored: %s, repeated: %s, refused: %s"), cmd_number(tally->stored).text,
             cmd_number(tally->repeated).text, cmd_number(tally->refused).text);
    if (tally->last_us != TIME_NONE) {
        TM_CLEANUP(buf_release) struct buf at = BUF_INIT(64);

        timestamp_add_iso(&at, tally->last_us);
        /* TRANSLATORS: follows "stored: 5, repeated: 0, refused: 1" */
        buf_addf(&run->out, _("; the last one came at %s"), buf_cstr(&at));
    }
    buf_addc(&run->out, '\n');
}

static enum err_code show(struct sources_run *run, const struct source_entry *source,
                          struct err *err)
{
    struct counting counting = {.source = source->id};

    TRY(journal_tallies(run->journal, count_one, &counting, err));
    if (run->json)
        show_json(run, source, &counting.tally);
    else
        show_text(run, source, &counting.tally);
    return ERR_OK;
}

/* ---- verbs -------------------------------------------------------------------------------- */

/* A line of the standard input, unseen where that is a terminal. */
static enum err_code ask_secret(char out[SOURCE_SECRET_MAX + 2], struct err *err)
{
    struct termios before, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    char *line;

    if (terminal) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        fputs(_("Secret: "), stderr);
    }
    line = fgets(out, SOURCE_SECRET_MAX + 2, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return line ? ERR_OK : err_set(err, ERR_USAGE, "there is no secret to read");
}

/* Never an argument: those are for all to see who see the machine's processes. */
static enum err_code read_secret(struct sources_run *run, char out[SOURCE_SECRET_MAX + 2],
                                 struct str *out_secret, struct err *err)
{
    const char *path = value(run->options, "secret-file");
    FILE *f;

    if (!path)
        return err_set(err, ERR_USAGE, "name a file with the secret with --secret-file");
    if (strcmp(path, "-") == 0) {
        TRY(ask_secret(out, err));
    } else {
        f = fopen(path, "re");
        if (!f)
            return err_errno(err, "reading \"%s\"", path);
        out[fread(out, 1, SOURCE_SECRET_MAX + 1, f)] = '\0';
        fclose(f);
    }
    *out_secret = str_trim(str_of(out));
    if (!out_secret->n || out_secret->n > SOURCE_SECRET_MAX)
        return err_set(err, ERR_USAGE, "a secret has 1 to %d bytes", SOURCE_SECRET_MAX);
    return ERR_OK;
}

static enum err_code run_add(struct sources_run *run, struct err *err)
{
    char text[SOURCE_SECRET_MAX + 2] = "";
    struct str secret = STR_NONE;
    struct source_entry source = {.ledger = value(run->options, "ledger") != NULL};
    const char *name = value(run->options, "name"), *protocol = value(run->options, "protocol");

    protocol = protocol ? protocol : "segment";
    if (!live_protocol_find(protocol))
        return err_set(err, ERR_USAGE, "live messages of \"%s\" are not known here", protocol);
    if (!name || !*name || strlen(name) >= sizeof(source.name))
        return err_set(err, ERR_USAGE, "give it a name with --name");
    snprintf(source.protocol, sizeof(source.protocol), "%s", protocol);
    snprintf(source.name, sizeof(source.name), "%s", name);
    if (hook_system_find(protocol))
        TRY(read_secret(run, text, &secret, err));
    TRY(store_source_add(run->store, &source, err));
    if (secret.n)
        TRY(store_source_secret_put(run->store, source.id, secret, err));
    sodium_memzero(text, sizeof(text));
    return show(run, &source, err);
}

static enum err_code run_list(struct sources_run *run, struct err *err)
{
    struct source_entry *sources = xcalloc(STORE_SOURCES_MAX, sizeof(*sources));
    enum err_code rc;
    size_t n = 0;

    rc = store_sources_list(run->store, 0, sources, STORE_SOURCES_MAX, &n, err);
    if (run->json)
        json_begin_array(&run->w);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = show(run, &sources[i], err);
    if (run->json && rc == ERR_OK)
        json_end_array(&run->w);
    if (!run->json && !n)
        buf_addz(&run->out, _("Nobody may send live data yet.\n"));
    free(sources);
    return rc;
}

static enum err_code source_named(struct sources_run *run, struct source_entry *out,
                                  struct err *err)
{
    const char *text = run->options->operand_count > 1 ? run->options->operands[1] : "";
    char *end;
    long long id = strtoll(text, &end, 10);

    if (!isdigit((unsigned char)*text) || *end)
        return err_set(err, ERR_USAGE, "name the source by its number, as \"list\" shows it");
    return store_source_get(run->store, id, out, err);
}

/* Several lines are several secrets, any of which counts: the old one and the new. */
static enum err_code run_secret(struct sources_run *run, struct err *err)
{
    char text[SOURCE_SECRET_MAX + 2] = "";
    struct source_entry source;
    struct str secret;

    TRY(source_named(run, &source, err));
    if (!hook_system_find(source.protocol))
        return err_set(err, ERR_USAGE, "the messages of \"%s\" are not signed", source.name);
    TRY(read_secret(run, text, &secret, err));
    TRY(store_source_secret_put(run->store, source.id, secret, err));
    sodium_memzero(text, sizeof(text));
    return show(run, &source, err);
}

static enum err_code run_revoke(struct sources_run *run, struct err *err)
{
    struct source_entry source;

    TRY(source_named(run, &source, err));
    TRY(store_source_revoke(run->store, source.id, err));
    TRY(store_source_get(run->store, source.id, &source, err));
    return show(run, &source, err);
}

static enum err_code refusal(void *ctx, const struct journal_refusal *one, struct err *err)
{
    struct sources_run *run = ctx;
    TM_CLEANUP(buf_release) struct buf at = BUF_INIT(64), reason = BUF_INIT(256);

    (void)err;
    timestamp_add_iso(&at, one->received_us);
    buf_adds(&reason, one->reason);
    if (!run->json) {
        buf_addf(&run->out, "%s  %s  %.*s\n", buf_cstr(&at), live_reason_text(buf_cstr(&reason)),
                 (int)one->body.n, one->body.p);
        return ERR_OK;
    }
    json_begin_object(&run->w);
    json_key_stringz(&run->w, "at", buf_cstr(&at));
    json_key_string(&run->w, "message", one->id);
    json_key_stringz(&run->w, "reason", buf_cstr(&reason));
    json_key_string(&run->w, "said", one->body);
    json_end_object(&run->w);
    return ERR_OK;
}

static enum err_code run_refused(struct sources_run *run, struct err *err)
{
    struct source_entry source;

    TRY(source_named(run, &source, err));
    if (run->json)
        json_begin_array(&run->w);
    TRY(journal_refused(run->journal, source.id, REFUSED_SHOWN, refusal, run, err));
    if (run->json)
        json_end_array(&run->w);
    else if (!run->out.n)
        buf_addz(&run->out, _("Nothing of it was refused.\n"));
    return ERR_OK;
}

/* ---- what the law asks -------------------------------------------------------------------- */

static const char *const duty_texts[] = {
    [HOOK_DATA_REQUEST] = N_("somebody asks what the shop has of them"),
    [HOOK_ERASE_PERSON] = N_("a person is to be erased"),
    [HOOK_ERASE_SHOP] = N_("all of the shop is to be erased"),
};

struct duties {
    struct sources_run *run;
    struct source_entry *sources;
    size_t n;
    struct json_parser *parser;
};

static void show_duty(struct sources_run *run, const struct journal_entry *entry,
                      enum hook_duty duty, struct json_value root)
{
    TM_CLEANUP(buf_release) struct buf due = BUF_INIT(64);
    struct json_value payload = json_get(root, "payload");
    int64_t customer = json_integer(json_get(json_get(payload, "customer"), "id"), 0);

    timestamp_add_date(&due, entry->received_us + HOOK_DUTY_DAYS * INT64_C(86400000000));
    if (run->json) {
        json_begin_object(&run->w);
        json_key_string(&run->w, "topic", json_text(json_get(root, "topic"), STR_NONE));
        json_key_int(&run->w, "source", entry->source);
        json_key_int(&run->w, "customer", customer);
        json_key_stringz(&run->w, "due", buf_cstr(&due));
        json_end_object(&run->w);
        return;
    }
    buf_addf(&run->out, "%s  %s", buf_cstr(&due), _(duty_texts[duty]));
    if (customer)
        buf_addf(&run->out, "  %" PRId64, customer);
    buf_addc(&run->out, '\n');
}

static enum err_code look_at(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct duties *d = ctx;
    const struct hook_system *system = NULL;
    struct json_value root;
    struct err why = ERR_INIT;
    enum hook_duty duty;

    (void)err;
    for (size_t i = 0; i < d->n; i++)
        if (d->sources[i].id == entry->source)
            system = hook_system_find(d->sources[i].protocol);
    if (!system || entry->damaged || json_parse(d->parser, entry->body, &root, &why) != ERR_OK)
        return ERR_OK;
    duty = hook_duty_of(system, json_text(json_get(root, "topic"), STR_NONE));
    if (duty != HOOK_NO_DUTY)
        show_duty(d->run, entry, duty, root);
    return ERR_OK;
}

static enum err_code run_duties(struct sources_run *run, struct err *err)
{
    struct duties d = {.run = run,
                       .sources = xcalloc(STORE_SOURCES_MAX, sizeof(*d.sources)),
                       .parser = json_parser_new(LIVE_BODY_MAX)};
    enum err_code rc = store_sources_list(run->store, 0, d.sources, STORE_SOURCES_MAX, &d.n, err);

    if (run->json)
        json_begin_array(&run->w);
    if (rc == ERR_OK)
        rc = journal_each(run->journal, 1, INT64_MAX, INT64_MAX, look_at, &d, err);
    if (run->json && rc == ERR_OK)
        json_end_array(&run->w);
    else if (rc == ERR_OK && !run->out.n)
        buf_addz(&run->out, _("No shop has told of a request by law.\n"));
    json_parser_free(d.parser);
    free(d.sources);
    return rc;
}

static const struct {
    const char *name;
    enum err_code (*run)(struct sources_run *run, struct err *err);
} verbs[] = {
    {"add", run_add},       {"list", run_list},     {"revoke", run_revoke},
    {"secret", run_secret}, {"duties", run_duties}, {"refused", run_refused},
};

static enum err_code act(struct sources_run *run, struct err *err)
{
    const char *verb = run->options->operand_count ? run->options->operands[0] : "list";

    for (size_t i = 0; i < TM_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, verb) == 0)
            return verbs[i].run(run, err);
    return err_set(err, ERR_USAGE, "say what to do: add, list, revoke, secret, refused or duties");
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    struct options options;
    struct sources_run run = {.options = &options, .out = BUF_INIT(OUTPUT_MAX)};
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open_store(dir, &store, err));
    TRY(journal_open(dir, &journal, err));
    run.store = store;
    run.journal = journal;
    run.json = value(&options, "json") != NULL;
    run.w = JSON_WRITER(&run.out);
    rc = act(&run, err);
    if (rc == ERR_OK && run.json)
        buf_addc(&run.out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&run.out, err);
    buf_release(&run.out);
    return rc;
}

const struct command command_sources = {
    .name = "sources",
    .usage =
        N_("[add | list | revoke N | secret N | refused N | duties] --workspace DIR [OPTIONS]"),
    .summary = N_("Write keys of sites and apps that send live data, and what became of it."),
    .text =
        N_("\"add\" makes a write key: it lets messages in and nothing out, and may stand in a "
           "page. With\n--protocol shopify or woocommerce it connects a shop, whose webhooks go to "
           "/hooks/KEY and are signed with\nthe secret of --secret-file; \"secret\" changes that. "
           "\"list\" shows\nall, with how much was stored, sent again and refused; \"refused\" "
           "what was refused and why; \"duties\" which people "
           "shops asked\nto erase or inform in the last 30 days, and until when; \"revoke\"\ntakes "
           "a key out of use. \"tidemark serve\" "
           "receives the messages (docs/live.md); while it runs, its\npage and API do the "
           "same.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
