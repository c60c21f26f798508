/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doctor_sources.c - each source of live data: accepted = stored + repeated + refused, and the
 * journal holds what was stored. */
#include "cmd/doctor_parts.h"

#include "intake/live/door.h"

struct counting {
    const struct sources_told *told;
    int64_t held[STORE_SOURCES_MAX]; /* counted in the file */
    int64_t unknown;                 /* messages of sources that the store does not have */
};

static enum err_code count_held(void *ctx, int64_t source, int64_t n, struct err *err)
{
    struct counting *c = ctx;
    size_t i = 0;

    (void)err;
    while (i < c->told->n && c->told->list[i].id != source)
        i++;
    if (i < c->told->n)
        c->held[i] = n;
    else
        c->unknown += n;
    return ERR_OK;
}

static void report(struct finding *f)
{
    ADVISE(f, _("Please report this: it should never happen."));
}

/* False: they do not add up, which is told. */
static bool adds_up(struct visit *v, const struct source_entry *source, const struct pulse *pulse,
                    int64_t held)
{
    const struct journal_tally *t = &pulse->tally;
    struct finding *f;

    if (t->accepted != t->stored + t->repeated + t->refused) {
        f = doctor_find(v, "sources", FINDING_WRONG);
        SAY(f, _("Of \"%s\" %s messages were accepted, and %s stored, %s repeated, %s refused."),
            source->name, cmd_number(t->accepted).text, cmd_number(t->stored).text,
            cmd_number(t->repeated).text, cmd_number(t->refused).text);
        report(f);
        return false;
    }
    if (held != pulse_held(pulse)) {
        f = doctor_find(v, "sources", FINDING_WRONG);
        SAY(f, _("Of \"%s\" the journal should hold %s messages and holds %s."), source->name,
            cmd_number(pulse_held(pulse)).text, cmd_number(held).text);
        report(f);
        return false;
    }
    return true;
}

static void tell_counts(struct visit *v, const struct source_entry *source,
                        const struct pulse *pulse)
{
    TM_CLEANUP(buf_release) struct buf counts = BUF_INIT(1024);

    source_told_counts(pulse, &counts);
    /* TRANSLATORS: a source's name; "accepted: 6; stored: 5, ..." */
    SAY(doctor_find(v, "sources", FINDING_FINE),
        _("\"%s\": %s; in the journal: %s, in the analytics engine: %s."), source->name,
        buf_cstr(&counts), cmd_number(pulse_held(pulse)).text,
        cmd_number(pulse_brought(pulse)).text);
}

/* Of the last day: older ones stand in the list of the sources. */
static void tell_errors(struct visit *v, const char *name, const struct pulse_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++) {
        struct finding *f;

        if (!errors->list[i].day)
            continue;
        f = doctor_find(v, "sources", FINDING_NOTE);
        if (name)
            SAY(f, _("\"%s\": %s requests were turned away in the last 24 hours. %s"), name,
                cmd_number(errors->list[i].day).text, door_text(errors->list[i].why));
        else
            SAY(f, _("%s requests of no source were turned away in the last 24 hours. %s"),
                cmd_number(errors->list[i].day).text, door_text(errors->list[i].why));
    }
}

static void tell_quiet(struct visit *v, const struct source_entry *source,
                       const struct pulse *pulse)
{
    TM_CLEANUP(buf_release) struct buf quiet = BUF_INIT(1024);

    source_told_quiet(pulse, &quiet);
    if (quiet.n)
        SAY(doctor_find(v, "sources", FINDING_NOTE), "\"%s\": %s", source->name, buf_cstr(&quiet));
}

static void tell_all(struct visit *v, const struct counting *c)
{
    for (size_t i = 0; i < c->told->n; i++) {
        const struct source_entry *source = &c->told->list[i];
        const struct pulse *pulse = &c->told->pulses[i];

        if (adds_up(v, source, pulse, c->held[i]) && pulse->tally.accepted)
            tell_counts(v, source, pulse);
        tell_quiet(v, source, pulse);
        tell_errors(v, source->name, &pulse->errors);
    }
    tell_errors(v, NULL, &c->told->strangers.errors);
    if (c->unknown) {
        struct finding *f = doctor_find(v, "sources", FINDING_WRONG);

        SAY(f, _("%s messages of the journal are of sources that the store does not know."),
            cmd_number(c->unknown).text);
        ADVISE(f, _("store.db may be older than journal.db: put both back from the same backup."));
    }
}

enum err_code doctor_look_at_sources(struct visit *v, struct err *err)
{
    struct counting *c = xcalloc(1, sizeof(*c));
    enum err_code rc =
        sources_told_read(v->ws.store, v->journal, v->ws.settings.time_zone, &v->out->sources, err);

    c->told = &v->out->sources;
    if (rc == ERR_OK && v->journal)
        rc = journal_after(v->journal, 0, count_held, c, err);
    if (rc == ERR_OK)
        tell_all(v, c);
    free(c);
    return rc;
}
