/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark consent and tidemark suppression: who allowed what, provably, and who must not be
 * written to. */
#include "cmd/again.h"
#include "cmd/cmd.h"

#include "base/timestamp.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"
#include "intake/consents.h"

enum { OUTPUT_MAX = 4 << 20, EXPORT_PIECE = 1000 };

static const struct option_row consent_rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"channel", 0, "NAME", N_("add: email, sms, whatsapp, push, post or ads.")},
    {"state", 0, "STATE", N_("add: granted or withdrawn.")},
    {"proof", 0, "TEXT", N_("add: what proves it; needed for granted.")},
    {"wording", 0, "TEXT", N_("add: which version of the text was agreed to.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const struct option_row suppression_rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"channel", 0, "NAME",
     N_("email, sms, whatsapp, push, post or ads; add: all of them unless told.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct consent_run {
    const struct option_row *rows;
    size_t row_count;
    struct options options;
    struct workspace ws;
    struct consents *ledger;
    struct buf out;
    struct json_writer w;
    bool json;
};

static const char *value(const struct consent_run *run, const char *name)
{
    return option_value(run->rows, run->row_count, &run->options, name);
}

static struct str text_of(const struct consent_run *run, const char *name)
{
    const char *text = value(run, name);

    return text ? str_of(text) : STR_NONE;
}

static enum err_code need_who(const struct consent_run *run, struct str *out, struct err *err)
{
    *out = run->options.operand_count > 1 ? str_of(run->options.operands[1]) : STR_NONE;
    return out->n ? ERR_OK
                  : err_set(err, ERR_USAGE,
                            "say whose: an e-mail address, a phone or "
                            "SOURCE:NUMBER of a customer");
}

static void add_time(struct buf *out, int64_t at_us)
{
    if (at_us == TIME_NONE)
        buf_addz(out, "-                   ");
    else
        timestamp_add_iso(out, at_us - at_us % US_PER_SECOND);
}

/* ---- consent ------------------------------------------------------------------------------ */

static const char *const state_words[CONSENT_STATES] = {
    [CONSENT_GRANTED] = N_("granted"),         [CONSENT_PENDING] = N_("pending"),
    [CONSENT_DENIED] = N_("not given"),        [CONSENT_WITHDRAWN] = N_("withdrawn"),
    [CONSENT_UNREACHABLE] = N_("unreachable"),
};

static const char *const reason_words[SUPPRESSION_REASONS] = {
    [SUPPRESSED_NOT] = "",
    [SUPPRESSED_UNSUBSCRIBED] = N_("unsubscribed"),
    [SUPPRESSED_COMPLAINT] = N_("complained"),
    [SUPPRESSED_BOUNCED] = N_("mail comes back"),
    [SUPPRESSED_ERASED] = N_("was erased"),
    [SUPPRESSED_BY_HAND] = N_("by hand"),
};

static enum err_code show_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    const struct consent_fact *f = &entry->fact;
    struct consent_run *run = ctx;

    (void)err;
    add_time(&run->out, f->when_us);
    buf_addf(&run->out, "  %.*s  %s  %.*s", (int)f->channel.n, f->channel.p,
             _(state_words[f->state]), (int)f->source.n, f->source.p);
    if (f->method.n)
        buf_addf(&run->out, "  %.*s", (int)f->method.n, f->method.p);
    if (f->proof.n)
        buf_addf(&run->out, "  %.*s", (int)f->proof.n, f->proof.p);
    buf_addc(&run->out, '\n');
    return ERR_OK;
}

static enum err_code show_suppression(void *ctx, const struct suppression *s, struct err *err)
{
    struct consent_run *run = ctx;

    (void)err;
    if (!s->stands)
        return ERR_OK;
    add_time(&run->out, s->since_us);
    buf_addz(&run->out, "  ");
    /* TRANSLATORS: channel ("email"), reason ("unsubscribed") */
    buf_addf(&run->out, _("must not be written to: %s, %s"),
             strcmp(s->channel, SUPPRESSION_ALL) == 0 ? _("every channel") : s->channel,
             _(reason_words[s->reason]));
    buf_addc(&run->out, '\n');
    return ERR_OK;
}

static enum err_code run_show(struct consent_run *run, struct err *err)
{
    struct pseudonym who;
    struct str typed;

    TRY(need_who(run, &typed, err));
    if (!consents_who(consents_keys(run->ledger), typed, run->ws.settings.country, &who))
        return err_set(err, ERR_USAGE,
                       "\"%.*s\" is no e-mail address, phone or number of a customer",
                       (int)(typed.n < 100 ? typed.n : 100), typed.p);
    if (run->json)
        return consents_person_json(run->ledger, &who, &run->w, err);
    TRY(consents_of(run->ledger, &who, show_entry, run, err));
    TRY(suppression_of(run->ledger, &who, show_suppression, run, err));
    if (!run->out.n)
        buf_addz(&run->out, _("Nothing is known of this address.\n"));
    return ERR_OK;
}

static enum err_code run_note(struct consent_run *run, struct err *err)
{
    struct consent_word word = {.channel = text_of(run, "channel"),
                                .state = text_of(run, "state"),
                                .wording = text_of(run, "wording"),
                                .proof = text_of(run, "proof"),
                                .country = run->ws.settings.country};

    TRY(need_who(run, &word.who, err));
    TRY(consents_note(run->ledger, &word, err));
    return run_show(run, err);
}

static enum err_code unsound(const struct consent_health *h, struct err *err)
{
    if (h->problem[0])
        err_set(err, ERR_STORE, "the ledger of consent (consent.db) is damaged: %s", h->problem);
    else if (h->first_wrong)
        err_set(err, ERR_STORE, "entry %s of the ledger of consent is not as it was written",
                cmd_number(h->first_wrong).text);
    else if (h->end_missing)
        err_set(err, ERR_STORE, "the end of the ledger of consent is not the one that was written");
    else
        err_set(err, ERR_STORE, "%s withdrawals in the ledger are not suppressed",
                cmd_number(h->unsuppressed).text);
    err_hint(err, "Copy the workspace's folder away, then put consent.db back from a backup.");
    return ERR_STORE;
}

static enum err_code run_verify(struct consent_run *run, struct err *err)
{
    struct consent_health health;

    TRY(consents_verify(run->ledger, &health, err));
    if (run->json)
        consent_health_json(&health, &run->w);
    if (!consent_is_sound(&health))
        return unsound(&health, err);
    if (!run->json)
        buf_addf(&run->out,
                 _("The ledger holds %s entries (%s of erased people), each as it was written.\n"
                   "Its end is %s: who keeps this apart can prove later that nothing before it "
                   "was changed.\n"),
                 cmd_number(health.entries).text, cmd_number(health.erased).text,
                 health.head[0] ? health.head : "-");
    return ERR_OK;
}

struct exporting {
    struct consent_run *run;
    int64_t last;
    bool any;
};

static enum err_code export_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct exporting *e = ctx;
    struct json_writer w = JSON_WRITER(&e->run->out);

    (void)err;
    buf_addz(&e->run->out, e->last ? ",\n" : "[\n");
    consent_entry_json(entry, &w);
    e->last = entry->seq;
    e->any = true;
    return ERR_OK;
}

static enum err_code run_export(struct consent_run *run, struct err *err)
{
    struct exporting e = {.run = run};

    do {
        e.any = false;
        TRY(consents_each(run->ledger, e.last, EXPORT_PIECE, export_entry, &e, err));
        TRY(cmd_print(&run->out, err));
        buf_reset(&run->out);
    } while (e.any);
    buf_addz(&run->out, e.last ? "\n]\n" : "[]\n");
    return ERR_OK;
}

/* ---- suppression -------------------------------------------------------------------------- */

static enum err_code run_list(struct consent_run *run, struct err *err)
{
    struct suppression_count counts[SUPPRESSION_COUNTS_MAX];
    size_t n = 0;

    if (run->json)
        return suppression_counts_json(run->ledger, &run->w, err);
    TRY(suppression_counts(run->ledger, counts, TM_COUNT(counts), &n, err));
    for (size_t i = 0; i < n; i++)
        buf_addf(&run->out, "%12s  %s  %s\n", cmd_number(counts[i].n).text,
                 strcmp(counts[i].channel, SUPPRESSION_ALL) == 0 ? _("every channel")
                                                                 : counts[i].channel,
                 _(reason_words[counts[i].reason]));
    if (!n)
        buf_addz(&run->out, _("Nobody is suppressed.\n"));
    return ERR_OK;
}

static enum err_code run_check(struct consent_run *run, struct err *err)
{
    const char *channel = value(run, "channel");
    enum suppression_reason reason;
    struct str who;

    TRY(need_who(run, &who, err));
    if (!channel)
        return err_set(err, ERR_USAGE, "name the channel with --channel, such as --channel email");
    TRY(suppression_check(run->ledger, channel, who, run->ws.settings.country, &reason, err));
    if (run->json) {
        json_begin_object(&run->w);
        json_key_bool(&run->w, "suppressed", reason != SUPPRESSED_NOT);
        json_key_stringz(&run->w, "reason",
                         reason == SUPPRESSED_NOT ? NULL : suppression_reason_name(reason));
        json_end_object(&run->w);
    } else if (reason == SUPPRESSED_NOT) {
        buf_addz(&run->out, _("Nothing stands against writing to this address.\n"));
    } else {
        buf_addf(&run->out, _("This address must not be written to: %s.\n"),
                 _(reason_words[reason]));
    }
    return ERR_OK;
}

static enum err_code run_add(struct consent_run *run, struct err *err)
{
    const char *channel = value(run, "channel") ? value(run, "channel") : SUPPRESSION_ALL;
    struct str who;

    TRY(need_who(run, &who, err));
    TRY(consents_suppress(run->ledger, who, channel, run->ws.settings.country, err));
    if (run->json)
        return suppression_counts_json(run->ledger, &run->w, err);
    buf_addz(&run->out, _("Kept: this address is not written to any more.\n"));
    return ERR_OK;
}

/* ---- doors -------------------------------------------------------------------------------- */

struct verb {
    const char *name;
    enum err_code (*run)(struct consent_run *run, struct err *err);
};

static const struct verb consent_verbs[] = {
    {"show", run_show}, {"add", run_note}, {"verify", run_verify}, {"export", run_export}};
static const struct verb suppression_verbs[] = {
    {"list", run_list}, {"check", run_check}, {"add", run_add}};

static enum err_code act(struct consent_run *run, const struct verb *verb, struct err *err)
{
    const char *dir = workspace_named(value(run, "workspace"));
    enum err_code rc;

    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(workspace_open_asleep(dir, &run->ws, err));
    rc = again_by_itself(&run->ws, err);
    if (rc == ERR_OK)
        rc = workspace_note_urgent(&run->ws, err);
    if (rc == ERR_OK)
        rc = consents_open(run->ws.store, &run->ledger, err);
    if (rc == ERR_OK)
        rc = verb->run(run, err);
    if (run->json && run->out.n && verb->run != run_export)
        buf_addc(&run->out, '\n');
    if ((rc == ERR_OK || run->json) && run->out.n) {
        bool data = run->json || verb->run == run_export;
        enum err_code printed =
            (data ? cmd_print : cmd_print_words)(&run->out, rc == ERR_OK ? err : NULL);

        rc = rc == ERR_OK ? printed : rc;
    }
    consents_close(run->ledger);
    workspace_close(&run->ws);
    buf_release(&run->out);
    return rc;
}

static enum err_code start(struct consent_run *run, const struct verb *verbs, size_t n, int argc,
                           char **argv, struct err *err)
{
    size_t v;

    TRY(options_parse(run->rows, run->row_count, argc, argv, &run->options, err));
    TRY(verb_find(&verbs->name, sizeof(*verbs), n, &run->options, &v, err));
    run->json = value(run, "json") != NULL;
    run->out = BUF_INIT(OUTPUT_MAX);
    run->w = JSON_WRITER(&run->out);
    return act(run, &verbs[v], err);
}

static enum err_code run_consent(int argc, char **argv, struct err *err)
{
    struct consent_run run = {.rows = consent_rows, .row_count = TM_COUNT(consent_rows)};

    return start(&run, consent_verbs, TM_COUNT(consent_verbs), argc, argv, err);
}

static enum err_code run_suppression(int argc, char **argv, struct err *err)
{
    struct consent_run run = {.rows = suppression_rows, .row_count = TM_COUNT(suppression_rows)};

    return start(&run, suppression_verbs, TM_COUNT(suppression_verbs), argc, argv, err);
}

const struct command command_consent = {
    .name = "consent",
    .usage = N_("show WHO | add WHO | verify | export --workspace DIR [OPTIONS]"),
    .summary = N_("Who allowed or forbade to be written to, and how that is known."),
    .text = N_("\"show\" tells what is known of an e-mail address, a phone or a customer "
               "(shopify:1001), the\noldest first. \"add\" keeps a word that came by letter or "
               "call; with --state granted it lifts\nwhat the person withdrew before. \"verify\" "
               "reads the whole ledger and finds any entry that was\nchanged, removed or added "
               "behind its back. \"export\" prints every entry as JSON\n"
               "(docs/privacy.md).\n"),
    .options = consent_rows,
    .option_count = TM_COUNT(consent_rows),
    .run = run_consent,
};

const struct command command_suppression = {
    .name = "suppression",
    .usage = N_("list | check WHO | add WHO --workspace DIR [OPTIONS]"),
    .summary = N_("Addresses that must not be written to."),
    .text = N_("Addresses are known by keyed hashes alone, so \"list\" tells numbers: by channel "
               "and reason.\n\"check\" tells whether anything stands against writing to an "
               "address, \"add\" keeps one by hand.\nNo import, merge or rebuild lifts it; a newer "
               "subscription with its proof does, for one by hand\n\"tidemark consent add\" "
               "(docs/privacy.md).\n"),
    .options = suppression_rows,
    .option_count = TM_COUNT(suppression_rows),
    .run = run_suppression,
};
