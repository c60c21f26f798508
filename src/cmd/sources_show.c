/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/sources_show.h"

#include "base/timestamp.h"
#include "cmd/cmd.h"
#include "intake/live/door.h"
#include "intake/live/live.h"

enum { INDENT = 5 };

enum err_code sources_told_read(struct store *store, struct journal *journal, const char *time_zone,
                                struct sources_told *out, struct err *err)
{
    const struct pulse_now now = pulse_now(time_zone);

    *out = (struct sources_told){.list = xcalloc(STORE_SOURCES_MAX, sizeof(*out->list)),
                                 .pulses = xcalloc(STORE_SOURCES_MAX, sizeof(*out->pulses))};
    TRY(store_sources_list(store, 0, out->list, STORE_SOURCES_MAX, &out->n, err));
    TRY(pulse_read(store, journal, out->list, out->n, &now, out->pulses, err));
    return pulse_strangers(store, &now, &out->strangers, err);
}

void sources_told_release(struct sources_told *told)
{
    free(told->list);
    free(told->pulses);
    *told = (struct sources_told){0};
}

/* ---- JSON --------------------------------------------------------------------------------- */

void source_told_json(const struct source_entry *source, const struct pulse *pulse,
                      struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", source->id);
    json_key_stringz(w, "protocol", source->protocol);
    json_key_stringz(w, "name", source->name);
    json_key_stringz(w, "key", source->key);
    json_key_bool(w, "ledger", source->ledger);
    json_key_time(w, "created_at", source->created_us);
    json_key_time(w, "revoked_at", source->revoked_us);
    pulse_show(pulse, w);
    json_end_object(w);
}

void sources_told_json(const struct sources_told *told, struct json_writer *w)
{
    json_key(w, "sources");
    json_begin_array(w);
    for (size_t i = 0; i < told->n; i++)
        source_told_json(&told->list[i], &told->pulses[i], w);
    json_end_array(w);
    pulse_show_strangers(&told->strangers, w);
}

/* ---- text --------------------------------------------------------------------------------- */

static void indent(struct buf *out)
{
    buf_addf(out, "%s%*s", cmd_line_start(), INDENT, "");
}

static void add_when(struct buf *out, int64_t at_us)
{
    TM_CLEANUP(buf_release) struct buf at = BUF_INIT(64);

    timestamp_add_iso(&at, at_us);
    /* TRANSLATORS: follows a sentence; %s is a time */
    buf_addf(out, _(" (last: %s)"), buf_cstr(&at));
}

void source_told_counts(const struct pulse *pulse, struct buf *out)
{
    const struct journal_tally *tally = &pulse->tally;

    buf_addf(out, _("accepted: %s; stored: %s, repeated: %s, refused: %s"),
             cmd_number(tally->accepted).text, cmd_number(tally->stored).text,
             cmd_number(tally->repeated).text, cmd_number(tally->refused).text);
}

void source_told_quiet(const struct pulse *pulse, struct buf *out)
{
    if (pulse->state != PULSE_LATE_STATE && pulse->state != PULSE_SILENT_STATE)
        return;
    buf_addf(out, _("Nothing for %s hours; usually about %s come a day."),
             cmd_number(pulse->quiet_hours).text, cmd_number((int64_t)pulse->usual_a_day).text);
}

static void add_errors(const struct pulse_errors *errors, struct buf *out)
{
    for (size_t i = 0; i < errors->n; i++) {
        indent(out);
        /* TRANSLATORS: how many requests were turned away in 30 days, and why: a sentence */
        buf_addf(out, _("turned away: %s. %s"), cmd_number(errors->list[i].n).text,
                 door_text(errors->list[i].why));
        add_when(out, errors->list[i].last_us);
        buf_addc(out, '\n');
    }
}

static void add_stored(const struct pulse *pulse, struct buf *out)
{
    indent(out);
    source_told_counts(pulse, out);
    buf_addc(out, '\n');
    if (!pulse->tally.accepted)
        return;
    indent(out);
    buf_addf(out, _("in the journal: %s, in the analytics engine: %s, on their way there: %s"),
             cmd_number(pulse_held(pulse)).text, cmd_number(pulse_brought(pulse)).text,
             cmd_number(pulse->waiting).text);
    add_when(out, pulse->tally.last_us);
    buf_addc(out, '\n');
}

void source_told_text(const struct source_entry *source, const struct pulse *pulse, struct buf *out)
{
    buf_addf(out, "%3" PRId64 "  %s  %s%s%s%s\n", source->id, source->key, source->name,
             source->revoked_us ? "  (" : "", source->revoked_us ? _("revoked") : "",
             source->revoked_us ? ")" : "");
    add_stored(pulse, out);
    for (size_t i = 0; i < pulse->reason_count; i++) {
        indent(out);
        /* TRANSLATORS: how many messages were refused in 30 days, and why: a sentence */
        buf_addf(out, _("refused: %s. %s\n"), cmd_number(pulse->reasons[i].n).text,
                 live_reason_text(pulse->reasons[i].name));
    }
    add_errors(&pulse->errors, out);
    if (pulse->state == PULSE_LATE_STATE || pulse->state == PULSE_SILENT_STATE) {
        indent(out);
        source_told_quiet(pulse, out);
        buf_addc(out, '\n');
    }
}

void sources_told_text(const struct sources_told *told, struct buf *out)
{
    for (size_t i = 0; i < told->n; i++)
        source_told_text(&told->list[i], &told->pulses[i], out);
    if (!told->n)
        buf_addz(out, _("Nobody may send live data yet.\n"));
    if (!told->strangers.errors.n)
        return;
    buf_addf(out, "%s%s\n", cmd_line_start(), _("What belongs to no source:"));
    add_errors(&told->strangers.errors, out);
    for (size_t i = 0; i < told->strangers.n; i++) {
        indent(out);
        /* TRANSLATORS: the first %s is a short hash of a key that is not known */
        buf_addf(out, _("key %s: %s"), told->strangers.last[i].key,
                 cmd_number(told->strangers.last[i].n).text);
        add_when(out, told->strangers.last[i].last_us);
        buf_addc(out, '\n');
    }
}
