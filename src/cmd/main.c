/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/nearest.h"
#include "cmd/language.h"
#include "engine/engine.h"

#include <sodium.h>

static const struct command *const commands[] = {
    &command_ads,     &command_assess,   &command_campaign,  &command_consent,
    &command_doctor,  &command_flow,     &command_history,   &command_import,
    &command_init,    &command_message,  &command_model,     &command_peers,
    &command_people,  &command_prove,    &command_questions, &command_retain,
    &command_roadmap, &command_segment,  &command_send,      &command_serve,
    &command_show,    &command_simulate, &command_sources,   &command_suppression,
    &command_tasks,   &command_template,
};

volatile sig_atomic_t cmd_cancelled;
static struct engine *volatile working;

static void on_signal(int number)
{
    (void)number;
    if (cmd_cancelled) /* the second time: at once */
        _Exit(130);
    cmd_cancelled = 1;
    if (working)
        engine_cancel(working);
}

void cmd_engine_working(struct engine *engine)
{
    working = engine;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is seen as EPIPE by the write */
}

static void add_general_help(struct buf *out)
{
    buf_addz(out, _("Tidemark measures where a shop's marketing stands, from the shop's own data.\n"
                    "Know your mark. Close the gap. Prove it.\n\n"
                    "Usage: tidemark COMMAND [OPTIONS] ...\n\nCommands:\n"));
    for (size_t i = 0; i < TM_COUNT(commands); i++)
        buf_addf(out, "  %-12s %s\n", commands[i]->name, _(commands[i]->summary));
    buf_addz(out,
             _("\nStart with the exports of your shop in one folder:\n"
               "  tidemark assess FOLDER\n\n"
               "Or see what it does with a made-up shop:\n"
               "  tidemark simulate --stage 2 demo && tidemark assess demo\n\n"
               "\"tidemark help COMMAND\" tells the options of a command.\n"
               "--lang en, ar or th chooses the language: English, Arabic or Thai. Without it the\n"
               "environment variable LANG does.\n"));
}

static void add_command_help(const struct command *command, struct buf *out)
{
    buf_addf(out, "%s\n\n", _(command->summary));
    buf_addf(out, _("Usage: tidemark %s %s\n"), command->name, _(command->usage));
    if (command->text[0])
        buf_addf(out, "\n%s", _(command->text));
    buf_addz(out, _("\nOptions:\n"));
    options_add_help(command->options, command->option_count, out);
    language_add_help(out);
    buf_addf(out, "  %-26s  %s\n", "-h, --help", _("Show this help."));
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < TM_COUNT(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static enum err_code unknown_command(const char *name, struct err *err)
{
    struct nearest near = nearest_to(str_of(name));

    for (size_t i = 0; i < TM_COUNT(commands); i++)
        nearest_consider(&near, commands[i]->name);
    err_set(err, ERR_USAGE, "there is no command \"%s\"", name);
    if (near.best)
        err_hint(err, "Did you mean \"tidemark %s\"? \"tidemark help\" lists the commands.",
                 near.best);
    else
        err_hint(err, "\"tidemark help\" lists the commands.");
    return ERR_USAGE;
}

static enum err_code print_help(const char *name, struct err *err)
{
    struct buf out = BUF_INIT(65536);
    const struct command *command = name ? find_command(name) : NULL;
    enum err_code rc = ERR_OK;

    if (name && !command)
        return unknown_command(name, err);
    if (command)
        add_command_help(command, &out);
    else
        add_general_help(&out);
    rc = cmd_print_words(&out, err);
    buf_release(&out);
    return rc;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    const struct command *command;
    const char *name;

    TRY(language_take_options(&argc, argv, err));
    name = argc > 1 ? argv[1] : NULL;
    if (!name || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return print_help(NULL, err);
    if (strcmp(name, "help") == 0)
        return print_help(argc > 2 ? argv[2] : NULL, err);
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        printf("tidemark %s\n", TIDEMARK_VERSION);
        return ERR_OK;
    }
    command = find_command(name);
    if (!command)
        return unknown_command(name, err);
    if (asks_help(argc - 2, argv + 2))
        return print_help(name, err);
    return command->run(argc - 2, argv + 2, err);
}

static void report_error(const struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(65536);

    progress_clear();
    buf_addf(&text, "%stidemark: %s: %s\n", cmd_line_start(), _("error"), err->msg);
    if (err->context[0])
        buf_addf(&text, "  %s: %s\n", _("while"), err->context);
    if (err->hint[0])
        buf_addf(&text, "  %s: %s\n", _("hint"), err->hint);
    cmd_say(&text);
}

/* What commands printed without looking at the outcome, such as "is ready". */
static enum err_code check_output(struct err *err)
{
    errno = 0;
    if (fflush(stdout) == 0 || errno == EPIPE)
        return ERR_OK;
    return err_errno(err, "writing to standard output");
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    enum err_code rc;

    i18n_use(language_of_environment());
    watch_signals();
    if (sodium_init() < 0) {
        fprintf(stderr, "tidemark: %s\n", _("the cryptographic library cannot be started"));
        return 70;
    }
    rc = run(argc, argv, &err);
    if (rc == ERR_OK)
        rc = check_output(&err);
    if (rc != ERR_OK && cmd_cancelled)
        rc = err_set(&err, ERR_CANCELLED, "stopped; nothing was left half done");
    if (rc != ERR_OK)
        report_error(&err);
    return err_exit_code(rc);
}
