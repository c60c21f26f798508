/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark sources: who may send live messages, and what became of them. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "base/timestamp.h"
#include "cmd/forget.h"
#include "cmd/source_duties.h"
#include "cmd/sources_show.h"
#include "cmd/workspace.h"
#include "intake/live/hook.h"
#include "store/journal.h"
#include "store/settings.h"
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
    {"done", 0, "NUMBER", N_("duties: this one was done, or seen to, otherwise.")},
    {"dry-run", 0, NULL, N_("forget: only tell how much there is.")},
    {"yes", 0, NULL, N_("forget: without asking.")},
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

/* How the store's sources do, by the shop's own day. */
static enum err_code read_told(struct sources_run *run, struct sources_told *out, struct err *err)
{
    struct settings settings;
    char path[2048];

    TRY(store_path(run->store, "tidemark.yaml", path, sizeof(path), err));
    TRY(settings_read(path, &settings, err));
    return sources_told_read(run->store, run->journal, settings.time_zone, out, err);
}

static enum err_code show(struct sources_run *run, const struct source_entry *source,
                          struct err *err)
{
    struct sources_told told = {0};
    enum err_code rc = read_told(run, &told, err);

    for (size_t i = 0; i < told.n && rc == ERR_OK; i++)
        if (told.list[i].id == source->id && run->json)
            source_told_json(&told.list[i], &told.pulses[i], &run->w);
        else if (told.list[i].id == source->id)
            source_told_text(&told.list[i], &told.pulses[i], &run->out);
    sources_told_release(&told);
    return rc;
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
    struct sources_told told = {0};
    enum err_code rc = read_told(run, &told, err);

    if (rc == ERR_OK && run->json) {
        json_begin_object(&run->w);
        sources_told_json(&told, &run->w);
        json_end_object(&run->w);
    } else if (rc == ERR_OK) {
        sources_told_text(&told, &run->out);
    }
    sources_told_release(&told);
    return rc;
}

static enum err_code number_named(const struct options *options, int64_t *out, struct err *err)
{
    const char *text = options->operand_count > 1 ? options->operands[1] : "";
    char *end;

    *out = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end)
        return err_set(err, ERR_USAGE, "name the source by its number, as \"list\" shows it");
    return ERR_OK;
}

static enum err_code source_named(struct sources_run *run, struct source_entry *out,
                                  struct err *err)
{
    int64_t id = 0;

    TRY(number_named(run->options, &id, err));
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

static const struct {
    const char *name;
    enum err_code (*run)(struct sources_run *run, struct err *err);
} verbs[] = {
    {"add", run_add},       {"list", run_list},       {"revoke", run_revoke},
    {"secret", run_secret}, {"refused", run_refused},
};

static enum err_code act(struct sources_run *run, struct err *err)
{
    const char *verb = run->options->operand_count ? run->options->operands[0] : "list";

    for (size_t i = 0; i < TM_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, verb) == 0)
            return verbs[i].run(run, err);
    return err_set(err, ERR_USAGE,
                   "say what to do: add, list, revoke, secret, refused, duties or forget");
}

/* The engine's records are part of it: the whole workspace is opened. */
static enum err_code run_forget(const char *dir, const struct options *options, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    struct forget_wish wish = {.dry_run = value(options, "dry-run") != NULL,
                               .yes = value(options, "yes") != NULL,
                               .json = value(options, "json") != NULL};

    enum err_code rc;

    TRY(number_named(options, &wish.source, err));
    rc = forget_source(dir, &wish, &out, err);
    if (rc == ERR_BUSY)
        err_hint(err,
                 "If that is \"tidemark serve\", forget it there: with "
                 "POST /api/v1/sources/%" PRId64 "/forget.",
                 wish.source);
    if (rc == ERR_OK)
        rc = (wish.json ? cmd_print : cmd_print_words)(&out, err);
    return rc;
}

/* Also while a server has the workspace. */
static enum err_code run_duties(const char *dir, const struct options *options, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    const struct duties_wish wish = {.done = value(options, "done"),
                                     .json = value(options, "json") != NULL};

    TRY(source_duties(dir, &wish, &out, err));
    return (wish.json ? cmd_print : cmd_print_words)(&out, err);
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
    if (options.operand_count && strcmp(options.operands[0], "forget") == 0)
        return run_forget(dir, &options, err);
    if (options.operand_count && strcmp(options.operands[0], "duties") == 0)
        return run_duties(dir, &options, err);
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
        rc = (run.json ? cmd_print : cmd_print_words)(&run.out, err);
    buf_release(&run.out);
    return rc;
}

const struct command command_sources = {
    .name = "sources",
    .usage = N_("[add | list | revoke N | secret N | refused N | duties | forget N] --workspace "
                "DIR [OPTIONS]"),
    .summary = N_("Write keys of sites and apps that send live data, and what became of it."),
    .text =
        N_("\"add\" makes a write key: it lets messages in and nothing out, and may stand in a "
           "page. With\n--protocol shopify or woocommerce it connects a shop, whose webhooks go to "
           "/hooks/KEY and are signed with\nthe secret of --secret-file; \"secret\" changes that. "
           "\"list\" shows\nall, with how much was stored, sent again and refused; \"refused\" "
           "what was refused and why; \"duties\" whom "
           "shops' systems asked\nto erase or inform, until when, and what became of it; "
           "\"revoke\"\ntakes "
           "a key out of use; \"forget\" takes out everything that came by a source. \"tidemark "
           "serve\" "
           "receives the messages (docs/live.md); while it runs, its\npage and API do the "
           "same.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
