/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmd.h - the front of src/cmd: the command line, one file a command.
 *
 * A command parses its options by a table (options.h), does its work through the rooms above and
 * prints its result to standard output; progress and notes go to standard error. It returns an
 * error code, which main() reports once and turns into the exit code.
 */
#ifndef TM_CMD_CMD_H
#define TM_CMD_CMD_H

#include "base/buf.h"
#include "base/i18n.h"
#include "cmd/options.h"
#include "report/layout.h"

#include <signal.h>

struct command {
    const char *name;
    const char *usage;   /* after "tidemark NAME", marked for translation by N_() */
    const char *summary; /* one line, marked */
    const char *text;    /* paragraphs of help, marked; "" for none */
    const struct option_row *options;
    size_t option_count;
    enum err_code (*run)(int argc, char **argv, struct err *err);
};

extern const struct command command_init, command_import, command_assess, command_questions,
    command_simulate, command_history, command_prove, command_peers, command_model, command_roadmap,
    command_serve, command_show, command_people, command_doctor, command_sources, command_consent,
    command_suppression, command_retain, command_template, command_segment, command_flow,
    command_message, command_campaign, command_ads, command_send, command_tasks;

/* Not 0 once the user pressed Ctrl-C or the system asked to end. */
extern volatile sig_atomic_t cmd_cancelled;

struct engine;
/* While an engine works, a signal also ends its statement. NULL: none. */
void cmd_engine_working(struct engine *engine);

/* True when standard error (progress) or standard output (colour) is a terminal for people:
 * NO_COLOR and TERM=dumb are respected. */
bool cmd_shows_progress(void);
/* Whether standard output is a terminal at all. */
bool cmd_on_terminal(void);
bool cmd_shows_colour(void);
int cmd_terminal_width(void);
/* Lines for the terminal into `out`, in the language of the thread. */
struct sheet cmd_sheet(struct buf *out);
/* What a person types or what came from outside, for a sheet: it keeps its digits and its
 * direction. */
void cmd_add_outside(struct buf *out, const char *text);

/* A line on standard error that is rewritten in place; nothing unless cmd_shows_progress(). */
void progress_show(const char *label, double done);
void progress_clear(void);
/* Tells `watch` of this thread's progress in place of the line. NULL: the line again. */
void progress_watch(void (*watch)(void *ctx, const char *label, double done), void *ctx);

/* What makes a line begin at the right although a Latin name stands first; "" in the languages
 * that begin at the left. */
const char *cmd_line_start(void);

/* A count for a sentence, as the language writes it: cmd_number(n).text. */
struct number {
    char text[48];
};
struct number cmd_number(int64_t n);
/* A length of time of whole minutes, for a sentence: cmd_length(us).text. */
struct length {
    char text[64];
};
struct length cmd_length(int64_t us);

/* A step that cannot be taken back, asked for where a person sits at both ends. */
struct cmd_question {
    const char *word;              /* to be typed */
    const char *prompt;            /* with the word in it; marked, as the errors: */
    const char *unasked, *refused; /* nobody sits there; something else was typed */
};
/* Tells what is at stake and asks. ERR_USAGE, ERR_CANCELLED. */
TM_MUST_CHECK enum err_code cmd_confirm(const struct cmd_question *question, struct buf *told,
                                        struct err *err);

/* Writes all of `b` to standard output; a closed pipe is no error. */
TM_MUST_CHECK enum err_code cmd_print(const struct buf *b, struct err *err);
/* The same for sentences and lists, which are broken at the edge of a terminal (sheet_reflow()). */
TM_MUST_CHECK enum err_code cmd_print_words(const struct buf *b, struct err *err);
/* Sentences to standard error, likewise. */
void cmd_say(const struct buf *b);

struct settings;
struct outbox_switch;
/* Whether what is planned leaves, and what to do where it does not (cmd_send.c). */
const char *cmd_sending_text(const struct settings *settings, const struct outbox_switch *shop);

#endif
