/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/source_duties.h"

#include "base/timestamp.h"
#include "cmd/cmd.h"
#include "cmd/workspace.h"
#include "intake/live/urgent.h"
#include "privacy/duty.h"

#include <unistd.h>

static const char *const kind_texts[] = {
    [DUTY_TELL] = N_("somebody asks what the shop has of them"),
    [DUTY_ERASE_PERSON] = N_("a person is to be erased"),
    [DUTY_ERASE_SHOP] = N_("all of the shop is to be erased"),
};

/* ---- showing ------------------------------------------------------------------------------ */

static void add_state(const struct duty *duty, struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf day = BUF_INIT(64);

    timestamp_add_date(&day, duty->done_us);
    switch (duty->state) {
    case DUTY_WORKING:
        buf_addz(out, _("is being done"));
        break;
    case DUTY_READY:
        buf_addz(out, _("the file waits to be handed over: on the page Connect"));
        break;
    case DUTY_FAILED:
        buf_addf(out, _("failed: %s"), duty->problem);
        break;
    case DUTY_DONE:
        buf_addf(out, duty->nothing ? _("done on %s: nothing was kept") : _("done on %s"),
                 buf_cstr(&day));
        break;
    case DUTY_NEW:
        buf_addz(out, _("has come"));
        break;
    case DUTY_OPEN:
    case DUTY_STATES:
        buf_addz(out, duty_is_late(duty) ? _("late, and waits for a word: on the page Connect")
                                         : _("waits for a word: on the page Connect"));
        break;
    }
}

static void show_text(const struct duty *duty, const struct who *named, struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf due = BUF_INIT(64);

    timestamp_add_date(&due, duty->due_us);
    buf_addf(out, "%3" PRId64 "  %s  %s\n     ", duty->id, buf_cstr(&due),
             _(kind_texts[duty->kind]));
    add_state(duty, out);
    for (size_t i = 0; i < named->n; i++)
        buf_addf(out, "%s%.*s", i ? ", " : "\n     ", (int)named->ids[i].value.n,
                 named->ids[i].value.p);
    buf_addc(out, '\n');
}

static void file_of(const struct store *store, const struct duty *duty, char *out, size_t size)
{
    snprintf(out, size, "%s/exports/%" PRId64 ".zip", store_dir(store), duty->job);
}

static enum err_code show(struct store *store, const struct duty *duty, struct json_writer *w,
                          struct buf *print, struct err *err)
{
    TM_CLEANUP(who_release) struct who named = WHO_INIT;
    char file[1200];

    TRY(duty_named(store, duty->id, &named, err));
    file_of(store, duty, file, sizeof(file));
    if (w)
        duty_json(duty, &named, duty->state == DUTY_READY && access(file, F_OK) == 0, w);
    else
        show_text(duty, &named, print);
    return ERR_OK;
}

static enum err_code show_all(struct store *store, bool json, struct buf *print, struct err *err)
{
    struct duty *duties = xcalloc(DUTIES_LISTED, sizeof(*duties));
    struct json_writer w = JSON_WRITER(print);
    size_t n = 0;
    enum err_code rc = store_duties_list(store, duties, DUTIES_LISTED, &n, err);

    if (json)
        json_begin_array(&w);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = show(store, &duties[i], json ? &w : NULL, print, err);
    if (json && rc == ERR_OK) {
        json_end_array(&w);
        buf_addc(print, '\n');
    }
    if (!json && !n)
        buf_addz(print, _("No shop has told of a request by law.\n"));
    free(duties);
    return rc;
}

/* ---- marking ------------------------------------------------------------------------------ */

static enum err_code mark(struct store *store, const char *number, struct err *err)
{
    const unsigned from = 1U << DUTY_NEW | 1U << DUTY_OPEN | 1U << DUTY_READY | 1U << DUTY_FAILED;
    char *end, file[1200];
    int64_t id = strtoll(number, &end, 10);
    struct duty duty;
    bool taken;

    if (!isdigit((unsigned char)*number) || *end)
        return err_set(err, ERR_USAGE, "name the request by its number, as \"duties\" shows it");
    TRY(store_duty_get(store, id, &duty, err));
    TRY(store_duty_take(store, id, from, DUTY_DONE, "command line", &taken, err));
    if (!taken)
        return err_set(err, ERR_EXISTS, "the request is under way or done already");
    file_of(store, &duty, file, sizeof(file));
    if (duty.kind == DUTY_TELL && duty.job && unlink(file) != 0 && errno != ENOENT)
        return err_errno(err, "removing \"%s\"", file);
    return ERR_OK;
}

/* What came to a server that has ended before it was noted. */
static enum err_code note(struct store *store, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = NULL;
    struct settings settings;
    int64_t seq = 0, n = 0;

    TRY(settings_of(store, &settings, err));
    TRY(journal_open_kept(store, &journal, err));
    if (journal)
        TRY(urgent_note(store, journal, &settings, &seq, &n, err));
    return duties_settle(store, err);
}

enum err_code source_duties(const char *dir, const struct duties_wish *wish, struct buf *print,
                            struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    struct err busy = ERR_INIT;
    enum err_code rc = workspace_open_store(dir, &store, &busy);

    if (rc == ERR_BUSY) { /* a server notes by itself */
        TRY(store_open_beside(dir, &store, err));
    } else if (rc != ERR_OK) {
        *err = busy;
        return rc;
    } else {
        TRY(note(store, err));
    }
    if (wish->done)
        TRY(mark(store, wish->done, err));
    return show_all(store, wish->json, print, err);
}
