/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/doctor.h"

#include "base/file.h"
#include "base/input.h"
#include "cmd/again.h"
#include "cmd/cmd.h"
#include "cmd/doctor_parts.h"
#include "cmd/records.h"
#include "intake/consents.h"
#include "intake/live/drain.h"
#include "maturity/hand_check.h"
#include "outreach/results/sent.h"
#include "privacy/erase.h"
#include "privacy/filed.h"

#include <sys/stat.h>
#include <unistd.h>

void findings_release(struct findings *findings)
{
    free(findings->list);
    sources_told_release(&findings->sources);
    *findings = (struct findings){0};
}

const char *finding_state_name(enum finding_state state)
{
    static const char *const names[] = {"fine", "note", "mended", "wrong"};

    return names[state];
}

struct finding *doctor_find(struct visit *v, const char *about, enum finding_state state)
{
    struct findings *f = v->out;

    f->list = xrealloc(f->list, (f->n + 1) * sizeof(*f->list));
    f->list[f->n] = (struct finding){.about = about, .state = state};
    f->wrong |= state == FINDING_WRONG;
    return &f->list[f->n++];
}

/* ---- store and journal -------------------------------------------------------------------- */

/* A copy that is brought back is to know by itself whom to erase again. */
static void look_at_filed(struct visit *v)
{
    struct err why = ERR_INIT;
    enum filed_state state;
    struct finding *f;

    if (filed_look(v->ws.store, &v->ws.settings, &state, &why) != ERR_OK) {
        f = doctor_find(v, "erasures", FINDING_WRONG);
        SAY(f, _("The file of erasures cannot be used: %s"), why.msg);
        ADVISE(f, why.hint);
    } else if (state == FILED_OTHER) {
        f = doctor_find(v, "erasures", FINDING_NOTE);
        SAY(f, _("The file of erasures, %s, is not as this workspace wrote it."),
            v->ws.settings.erasures_file);
        ADVISE(f, _("The next other command, and the server before it answers, erases again who is "
                    "in it and not on record here."));
    } else if (state == FILED_MISSING) {
        f = doctor_find(v, "erasures", FINDING_NOTE);
        SAY(f, _("The file of erasures, %s, is not there."), v->ws.settings.erasures_file);
        ADVISE(f, _("The next other command writes it. If this folder was brought back, put the "
                    "file back first."));
    }
}

static enum err_code look_at_store(struct visit *v, struct err *err)
{
    struct finding *f;
    char problem[256];

    TRY(store_check(v->ws.store, problem, sizeof(problem), err));
    f = doctor_find(v, "store", problem[0] ? FINDING_WRONG : FINDING_FINE);
    if (!problem[0]) {
        SAY(f, "%s", _("The settings can be read, and the store is whole."));
        look_at_filed(v);
        if (v->ws.moved) {
            f = doctor_find(v, "erasures", FINDING_NOTE);
            SAY(f, "%s", again_notice());
            ADVISE(f, again_advice());
        }
        return ERR_OK;
    }
    SAY(f, _("The store (store.db) is damaged: %s"), problem);
    ADVISE(f, _("Copy the workspace's folder away first, then put store.db back from a backup."));
    return ERR_OK;
}

/* Settings that are wrong keep the workspace from being opened. */
static enum err_code look_at_files(struct visit *v, struct err *err)
{
    TM_CLEANUP(model_freep) struct model *model = NULL;

    TRY(model_load(NULL, &model, err));
    for (int file = HAND_ANSWERS; file <= HAND_PLAN; file++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
        struct err why = ERR_INIT;
        struct finding *f;
        bool there;
        enum err_code rc = hand_text(v->ws.store, (enum hand_file)file, &text, &there, &why);

        if (rc == ERR_OK && there)
            rc = hand_check((enum hand_file)file, buf_str(&text), model, &why);
        if (rc == ERR_OK)
            continue;
        f = doctor_find(v, "files", FINDING_WRONG);
        SAY(f, _("What was written by hand cannot be used: %s"), why.msg);
        ADVISE(f, why.hint[0] ? why.hint : _("Mend that line."));
    }
    return ERR_OK;
}

static enum err_code add_tally(void *ctx, const struct journal_tally *tally, struct err *err)
{
    struct journal_tally *sum = ctx;

    (void)err;
    sum->stored += tally->stored;
    sum->repeated += tally->repeated;
    sum->refused += tally->refused;
    return ERR_OK;
}

static void tell_damage(struct visit *v, const struct journal_health *health)
{
    struct finding *f = doctor_find(v, "journal", FINDING_WRONG);

    if (health->problem[0])
        SAY(f, _("The journal (journal.db) is damaged: %s"), health->problem);
    else
        SAY(f, _("%s of the journal's %s messages are not as they were written; the first is %s."),
            cmd_number(health->damaged).text, cmd_number(health->records).text,
            cmd_number(health->first_damaged).text);
    ADVISE(f, _("Look at the disk. Copy the workspace's folder away, then put journal.db back from "
                "a backup, or go on without these messages: they are never used."));
}

static enum err_code look_at_journal(struct visit *v, struct err *err)
{
    struct journal_tally sum = {0};
    struct journal_health health;
    struct finding *f;

    if (!v->journal) {
        SAY(doctor_find(v, "journal", FINDING_FINE), "%s", _("Nothing has come live yet."));
        return ERR_OK;
    }
    TRY(journal_check(v->journal, &health, err));
    if (health.problem[0] || health.damaged) {
        tell_damage(v, &health);
        return ERR_OK;
    }
    TRY(journal_tallies(v->journal, add_tally, &sum, err));
    if (health.records > sum.stored) {
        f = doctor_find(v, "journal", FINDING_WRONG);
        SAY(f, _("The journal holds %s messages and has counted %s."),
            cmd_number(health.records).text, cmd_number(sum.stored).text);
        ADVISE(f, _("Please report this: it should never happen."));
        return ERR_OK;
    }
    SAY(doctor_find(v, "journal", FINDING_FINE),
        _("The journal holds %s live messages, each as it was written; %s came again, %s were "
          "refused."),
        cmd_number(health.records).text, cmd_number(sum.repeated).text,
        cmd_number(sum.refused).text);
    return ERR_OK;
}

/* ---- consent ------------------------------------------------------------------------------ */

static void tell_tampering(struct visit *v, const struct consent_health *h)
{
    struct finding *f = doctor_find(v, "consent", FINDING_WRONG);

    if (h->problem[0])
        SAY(f, _("The ledger of consent (consent.db) is damaged: %s"), h->problem);
    else if (h->first_wrong)
        SAY(f, _("Entry %s of the ledger of consent is not as it was written."),
            cmd_number(h->first_wrong).text);
    else if (h->end_missing)
        SAY(f, "%s", _("The end of the ledger of consent is not the one that was written."));
    else
        SAY(f, _("%s withdrawals in the ledger of consent are not suppressed."),
            cmd_number(h->unsuppressed).text);
    ADVISE(f, _("Copy the workspace's folder away first, then put consent.db back from a backup."));
}

static enum err_code look_at_consent(struct visit *v, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    struct consent_health health;
    int64_t waiting = 0;

    TRY(consents_open_kept(v->ws.store, &ledger, err));
    if (!ledger)
        return ERR_OK;
    TRY(consents_verify(ledger, &health, err));
    if (!consent_is_sound(&health)) {
        tell_tampering(v, &health);
        return ERR_OK;
    }
    TRY(consents_waiting(v->ws.store, v->ws.engine, ledger, &waiting, err));
    SAY(doctor_find(v, "consent", FINDING_FINE),
        _("The ledger of consent holds %s entries, each as it was written."),
        cmd_number(health.entries).text);
    if (waiting)
        SAY(doctor_find(v, "consent", FINDING_NOTE),
            _("What %s imports say of consent is not in its ledger yet; the next import or live "
              "message brings it in."),
            cmd_number(waiting).text);
    return ERR_OK;
}

/* ---- what the engine should hold ---------------------------------------------------------- */

static void keep(struct import_entry **list, size_t *n, const struct import_entry *entry)
{
    if ((*n & (*n - 1)) == 0)
        *list = xrealloc(*list, (*n ? 2 * *n : 1) * sizeof(**list));
    (*list)[(*n)++] = *entry;
}

static enum err_code keep_import(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct visit *v = ctx;

    (void)err;
    keep(&v->imports, &v->import_count, entry);
    return ERR_OK;
}

/* Cut off, or not begun anew yet: its records are known all the same. */
static enum err_code keep_sent(void *ctx, const struct import_entry *entry, struct err *err)
{
    if (entry->status == IMPORT_DONE || strcmp(entry->format, STORE_FORMAT_SENT) != 0)
        return ERR_OK;
    return keep_import(ctx, entry, err);
}

static enum err_code keep_again(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct visit *v = ctx;

    (void)err;
    keep(&v->again, &v->again_count, entry);
    return ERR_OK;
}

enum err_code doctor_read_state(struct visit *v, struct err *err)
{
    v->import_count = v->again_count = 0;
    holdings_release(&v->holdings);
    TRY(store_import_each(v->ws.store, IMPORT_DONE, keep_import, v, err));
    TRY(store_import_each(v->ws.store, -1, keep_sent, v, err));
    TRY(store_import_each(v->ws.store, IMPORT_AGAIN, keep_again, v, err));
    if (!v->ranges)
        v->ranges = xcalloc(RANGES_MAX, sizeof(*v->ranges));
    TRY(store_ranges(v->ws.store, v->ranges, RANGES_MAX, &v->range_count, err));
    return v->ws.engine ? holdings_read(v->ws.engine, &v->holdings, err) : ERR_OK;
}

/* NULL: an import of a file. */
const struct range *doctor_range_of(const struct visit *v, uint32_t import_id)
{
    for (size_t i = 0; i < v->range_count; i++)
        if (v->ranges[i].import_id == import_id)
            return &v->ranges[i];
    return NULL;
}

/* A batch of live messages, or a block of what was sent, was cut off on its way in; the next
 * command finishes it. */
static bool is_under_way(const struct visit *v, const struct import_entry *entry)
{
    const struct range *range = doctor_range_of(v, entry->id);

    return entry->status != IMPORT_DONE || (range && range->batch.last != 0);
}

/* Records that the engine has too few of (or too many: below 0). */
int64_t doctor_lacks(const struct visit *v, const struct import_entry *entry)
{
    struct holding has = holdings_of(&v->holdings, entry->id);
    int64_t missing = 0;

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        int64_t n = entry->records[kind] - has.records[kind];

        if (n != 0 && (missing == 0 || n > 0))
            missing = missing > 0 ? missing + n : n;
    }
    return missing;
}

static void tell_import(struct visit *v, const struct import_entry *entry, int64_t missing)
{
    struct finding *f = doctor_find(v, "engine", FINDING_WRONG);

    if (missing > 0)
        SAY(f, _("The analytics engine lacks %s records of \"%s\" (import %s)."),
            cmd_number(missing).text, entry->name, cmd_number(entry->id).text);
    else
        SAY(f, _("The analytics engine has %s records too many of \"%s\" (import %s)."),
            cmd_number(-missing).text, entry->name, cmd_number(entry->id).text);
    ADVISE(f,
           strcmp(entry->format, STORE_FORMAT_SENT) == 0
               ? _("The next command that reads the workspace puts them there again from the "
                   "outbox.")
           : doctor_range_of(v, entry->id)
               ? _("The next command that reads the workspace reads them again from the journal.")
               : _("Run: tidemark doctor --rebuild. It reads the file again when it is still "
                   "where it was, and else says which file to import again."));
}

bool doctor_knows(const struct visit *v, uint32_t import_id)
{
    for (size_t i = 0; i < v->import_count; i++)
        if (v->imports[i].id == import_id)
            return true;
    return false;
}

static void look_at_engine(struct visit *v)
{
    int64_t records = 0, wrong = 0;

    for (size_t i = 0; i < v->import_count; i++) {
        int64_t missing = is_under_way(v, &v->imports[i]) ? 0 : doctor_lacks(v, &v->imports[i]);

        for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
            records += v->imports[i].records[kind];
        if (missing)
            tell_import(v, &v->imports[i], missing);
        wrong += missing != 0;
    }
    for (size_t i = 0; i < v->again_count; i++, wrong++) {
        struct finding *f = doctor_find(v, "engine", FINDING_WRONG);

        SAY(f, _("\"%s\" was to be read again, and that was cut off."), v->again[i].name);
        ADVISE(f, _("Run: tidemark doctor --rebuild. It goes on with it."));
    }
    for (size_t i = 0; i < v->holdings.n; i++) {
        uint32_t id = v->holdings.list[i].import_id;

        if (doctor_knows(v, id))
            continue;
        wrong++;
        SAY(doctor_find(v, "engine", FINDING_WRONG),
            _("The analytics engine has records of an import that the store does not know: %s."),
            cmd_number(id).text);
    }
    if (!wrong)
        SAY(doctor_find(v, "engine", FINDING_FINE),
            _("The analytics engine holds every record of every import (%s)."),
            cmd_number(records).text);
}

/* The journal against what was brought in. */
static enum err_code look_at_live(struct visit *v, struct err *err)
{
    struct drain_state state;

    if (!v->journal)
        return ERR_OK;
    for (size_t i = 0; i < v->range_count; i++) {
        const struct range *r = &v->ranges[i];
        struct journal_span span;
        struct finding *f;

        TRY(journal_span(v->journal, r->first, r->done.last, &span, err));
        if (span.n == r->done.messages)
            continue;
        f = doctor_find(v, "live", span.n > r->done.messages ? FINDING_WRONG : FINDING_NOTE);
        SAY(f, _("Of the messages %s to %s the journal holds %s, and %s were brought in."),
            cmd_number(r->first).text, cmd_number(r->done.last).text, cmd_number(span.n).text,
            cmd_number(r->done.messages).text);
        if (span.n > r->done.messages)
            ADVISE(f, _("Run: tidemark doctor --rebuild."));
    }
    TRY(drain_state(v->ws.store, v->journal, &state, err));
    if (state.waiting)
        SAY(doctor_find(v, "live", FINDING_NOTE),
            _("%s live messages wait to be brought into the analytics engine; the next command "
              "that reads the workspace does it."),
            cmd_number(state.waiting).text);
    else
        SAY(doctor_find(v, "live", FINDING_FINE), "%s",
            _("Every live message is in the analytics engine."));
    return ERR_OK;
}

/* The outbox against what was brought in. */
static enum err_code look_at_sent(struct visit *v, struct err *err)
{
    int64_t waiting, all;

    TRY(sent_waiting(v->ws.store, &waiting, &all, err));
    if (waiting)
        SAY(doctor_find(v, "sent", FINDING_NOTE), "%s",
            _("Of the messages that were sent from here not all is among the records yet; the next "
              "command that reads the workspace puts it there."));
    else if (all)
        SAY(doctor_find(v, "sent", FINDING_FINE), "%s",
            _("Every message that was sent from here is among the records."));
    return ERR_OK;
}

/* The figures against the records. */
static enum err_code look_at_figures(struct visit *v, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct view_context context;
    struct finding *f;
    int64_t n[4] = {0};

    TRY(records_context(&v->ws, &context, err));
    if (!context.fresh) {
        SAY(doctor_find(v, "figures", FINDING_NOTE), "%s",
            _("Records came after the figures were made; they are made anew when next asked for."));
        return ERR_OK;
    }
    const struct param params[] = {PARAM_STRZ("currency", context.currency)};

    TRY(engine_query(v->ws.engine, "insight/proof", params, TM_COUNT(params), &res, err));
    while (result_next(res))
        for (size_t i = 0; i < TM_COUNT(n); i++)
            n[i] = result_int(res, i);
    TRY(result_status(res, err));
    f = doctor_find(v, "figures", n[0] == n[1] && n[2] == n[3] ? FINDING_FINE : FINDING_WRONG);
    if (f->state == FINDING_FINE) {
        SAY(f, _("The figures rest on all %s orders, and their money adds up."),
            cmd_number(n[0]).text);
        return ERR_OK;
    }
    SAY(f, _("The records have %s orders, the figures %s, or their money differs."),
        cmd_number(n[0]).text, cmd_number(n[1]).text);
    ADVISE(f, _("Please report this: it should never happen."));
    return ERR_OK;
}

/* ---- who was erased ----------------------------------------------------------------------- */

static enum err_code look_at_erasures(struct visit *v, struct err *err)
{
    const struct erase_ctx ctx = {
        .store = v->ws.store, .engine = v->ws.engine, .settings = &v->ws.settings};
    struct erasure *open = xcalloc(1, sizeof(*open));
    int64_t erased = 0, found = 0;
    bool under_way = false;
    struct finding *f;
    enum err_code rc = erase_recheck(&ctx, &erased, &found, err);

    if (rc == ERR_OK)
        rc = store_erasure_open(v->ws.store, open, &under_way, err);
    free(open);
    if (rc != ERR_OK || !erased)
        return rc;
    f = doctor_find(v, "erasures", under_way || found ? FINDING_WRONG : FINDING_FINE);
    if (under_way) {
        SAY(f, "%s", _("An erasure is not finished."));
        ADVISE(f, _("\"tidemark people erasures\" tells where it stands; every command goes on "
                    "with it."));
    } else if (found) {
        SAY(f, _("%s records or messages of people who were erased are there."),
            cmd_number(found).text);
        ADVISE(f, _("Erase these people again: tidemark people erase WHO."));
    } else {
        SAY(f, _("Of all who were erased (%s) nothing is there from before."),
            cmd_number(erased).text);
    }
    return ERR_OK;
}

/* ---- doors -------------------------------------------------------------------------------- */

static enum err_code recover(struct visit *v, struct err *err)
{
    const struct target target = engine_target_door(v->ws.target);

    return import_recover(v->ws.store, &target, err);
}

static enum err_code look(struct visit *v, const char *dir, struct err *err)
{
    const bool again = v->wish.rebuild;

    TRY(workspace_open_asleep(dir, &v->ws, err));
    TRY(journal_open_kept(v->ws.store, &v->journal, err));
    TRY(look_at_store(v, err));
    TRY(look_at_files(v, err));
    TRY(look_at_journal(v, err));
    TRY(doctor_look_at_sources(v, err));
    TRY(doctor_wake(v, err));
    if (!v->ws.engine)
        return ERR_OK;
    cmd_engine_working(v->ws.engine);
    TRY(recover(v, err));
    if (again)
        TRY(doctor_rebuild(v, err));
    TRY(doctor_read_state(v, err));
    look_at_engine(v);
    TRY(look_at_live(v, err));
    TRY(look_at_sent(v, err));
    TRY(look_at_consent(v, err));
    TRY(look_at_erasures(v, err));
    return look_at_figures(v, err);
}

enum err_code doctor_look(const char *dir, const struct doctor_wish *wish, struct findings *out,
                          struct err *err)
{
    struct visit v = {.out = out, .wish = *wish};
    enum err_code rc;

    *out = (struct findings){0};
    rc = look(&v, dir, err);
    holdings_release(&v.holdings);
    free(v.imports);
    free(v.again);
    free(v.ranges);
    journal_close(v.journal);
    if (v.ws.store)
        workspace_close(&v.ws);
    return rc;
}
