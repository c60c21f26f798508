/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/locale.h"
#include "base/timestamp.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_CELLS = 24, LABEL_BYTES = 80 };

static bool drawn;

static bool dumb(void)
{
    const char *term = getenv("TERM");

    return !term || strcmp(term, "dumb") == 0;
}

bool cmd_shows_progress(void)
{
    return isatty(STDERR_FILENO) && !dumb();
}

bool cmd_on_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

bool cmd_shows_colour(void)
{
    const char *no = getenv("NO_COLOR");

    return cmd_on_terminal() && !dumb() && !(no && no[0]);
}

static int width_of(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

int cmd_terminal_width(void)
{
    return width_of(STDOUT_FILENO);
}

/* For the terminal at `fd`; anything else gets the lines as they are. */
static void reflow(int fd, const struct buf *b, struct buf *out)
{
    struct sheet sheet = {.out = out, .width = (size_t)width_of(fd), .language = i18n_current()};

    if (isatty(fd))
        sheet_reflow(&sheet, buf_str(b));
    else
        buf_adds(out, buf_str(b));
}

struct sheet cmd_sheet(struct buf *out)
{
    return (struct sheet){.out = out,
                          .width = (size_t)cmd_terminal_width(),
                          .colour = cmd_shows_colour(),
                          .language = i18n_current()};
}

void cmd_add_outside(struct buf *out, const char *text)
{
    bool isolated = language_is_rtl(i18n_current());

    buf_addf(out, "%s%s%s", isolated ? FIRST_STRONG_ISOLATE : "", text,
             isolated ? POP_DIRECTIONAL_ISOLATE : "");
}

/* A server works for several shops at once, each on a thread. */
static _Thread_local void (*watcher)(void *ctx, const char *label, double done);
static _Thread_local void *watcher_ctx;

void progress_watch(void (*watch)(void *ctx, const char *label, double done), void *ctx)
{
    watcher = watch;
    watcher_ctx = ctx;
}

void progress_show(const char *label, double done)
{
    int full = (int)(done * BAR_CELLS + 0.5);

    if (watcher) {
        watcher(watcher_ctx, label, done);
        return;
    }
    if (!cmd_shows_progress())
        return;
    if (full < 0)
        full = 0;
    if (full > BAR_CELLS)
        full = BAR_CELLS;
    fprintf(stderr, "\r\033[K");
    for (int i = 0; i < BAR_CELLS; i++)
        fputs(i < full ? "█" : "░", stderr);
    fprintf(stderr, " %3d%%  %.*s", (int)(done * 100), LABEL_BYTES, label);
    fflush(stderr);
    drawn = true;
}

void progress_clear(void)
{
    if (!drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    drawn = false;
}

const char *cmd_line_start(void)
{
    return language_is_rtl(i18n_current()) ? "\u200F" : "";
}

struct length cmd_length(int64_t us)
{
    uint64_t minutes = (uint64_t)us / (60 * US_PER_SECOND);
    struct length l;

    if (minutes % 1440 == 0)
        snprintf(l.text, sizeof(l.text), P_("%d day", "%d days", minutes / 1440),
                 (int)(minutes / 1440));
    else if (minutes % 60 == 0)
        snprintf(l.text, sizeof(l.text), P_("%d hour", "%d hours", minutes / 60),
                 (int)(minutes / 60));
    else
        snprintf(l.text, sizeof(l.text), P_("%d minute", "%d minutes", minutes), (int)minutes);
    return l;
}

struct number cmd_number(int64_t n)
{
    TM_CLEANUP(locale_closep) struct locale *locale = NULL;
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(struct number));
    struct number out;

    if (locale_open(i18n_current(), &locale, NULL) == ERR_OK)
        locale_add_int(locale, &b, n);
    else
        buf_addf(&b, "%" PRId64, n);
    snprintf(out.text, sizeof(out.text), "%s", buf_cstr(&b));
    return out;
}

enum err_code cmd_print(const struct buf *b, struct err *err)
{
    TRY(buf_check(b, err));
    if (b->n && (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0)) {
        if (errno == EPIPE)
            return ERR_OK;
        return err_errno(err, "writing to standard output");
    }
    return ERR_OK;
}

enum err_code cmd_print_words(const struct buf *b, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(16 << 20);

    TRY(buf_check(b, err));
    reflow(STDOUT_FILENO, b, &out);
    return cmd_print(&out, err);
}

void cmd_say(const struct buf *b)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);

    reflow(STDERR_FILENO, b, &out);
    fputs(buf_cstr(&out), stderr);
}

enum err_code cmd_confirm(const struct cmd_question *question, struct buf *told, struct err *err)
{
    size_t n = strlen(question->word);
    char line[16] = "";

    assert(n < sizeof(line));
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return err_set(err, ERR_USAGE, "%s", _(question->unasked));
    progress_clear();
    cmd_say(told);
    fputs(_(question->prompt), stderr);
    if (fgets(line, sizeof(line), stdin) && strncmp(line, question->word, n) == 0 &&
        (line[n] == '\n' || line[n] == '\0'))
        return ERR_OK;
    return err_set(err, ERR_CANCELLED, "%s", _(question->refused));
}
