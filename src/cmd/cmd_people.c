/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark people: who may be one person, and what the shop's people decide on it. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "base/locale.h"
#include "cmd/again.h"
#include "cmd/person.h"
#include "cmd/records.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"
#include "report/layout.h"
#include "store/people.h"

enum { OUTPUT_MAX = 64 << 20, SHOWN_DEFAULT = 50 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"least", 0, "SHARE", N_("suggest: the least probability, 0.01 to 1; 0.9 unless told.")},
    {"limit", 0, "N", N_("suggest: how many pairs at most; 50 unless told.")},
    {"out", 'o', "DIR",
     N_("export: the folder for the files; a name that ends in .json, or -, is "
        "for the JSON document alone.")},
    {"dry-run", 0, NULL, N_("erase, erasures --apply: only tell what would go.")},
    {"yes", 0, NULL, N_("erase: do not ask.")},
    {"export", 0, "FILE", N_("erasures: write them to a file that names nobody.")},
    {"apply", 0, "FILE",
     N_("erasures: erase again in this copy of the workspace who is in such a file.")},
    {"none-since", 0, NULL,
     N_("erasures: nobody was erased since this copy of the workspace was made.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

struct people_run {
    const struct options *options;
    struct workspace ws;
    struct buf out;
};

/* ---- suggest ------------------------------------------------------------------------------ */

static const char *const level_words[SUGGEST_LEVEL_COUNT] = {
    N_("different"),
    N_("alike"),
    N_("nearly the same"),
    N_("the same"),
};

static const char *const field_labels[SUGGEST_FIELD_COUNT] = {
    N_("first name"),  N_("last name"), N_("date of birth"), N_("number"),
    N_("e-mail name"), N_("phone"),     N_("house number"),  N_("street"),
    N_("building"),    N_("town"),      N_("postcode"),      N_("region"),
};

static void add_named(struct buf *out, const struct pair_person *one)
{
    buf_addf(out, "  %-20" PRIu64 "  %s", one->person, one->name);
    if (one->email[0])
        buf_addf(out, " <%s>", one->email);
    buf_addc(out, '\n');
}

static void add_text(struct buf *out, const struct pairs *pairs, struct locale *locale,
                     const struct suggestion *one)
{
    struct buf share = BUF_INIT(64);
    bool first = true;

    locale_add_percent(locale, &share, one->probability < .999 ? one->probability : .999, 1);
    buf_addf(out, _("One person with a probability of %s:\n"), buf_cstr(&share));
    add_named(out, pairs_person(pairs, one->a));
    add_named(out, pairs_person(pairs, one->b));
    buf_addz(out, "  ");
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        if (one->levels[f] == SUGGEST_MISSING)
            continue;
        /* TRANSLATORS: "postcode: the same" */
        buf_addf(out, "%s%s: %s", first ? "" : "; ", _(field_labels[f]),
                 _(level_words[one->levels[f]]));
        first = false;
    }
    buf_addz(out, "\n\n");
    buf_release(&share);
}

static enum err_code write_suggestions(struct people_run *run, const struct pairs *pairs,
                                       size_t limit, struct err *err)
{
    TM_CLEANUP(locale_closep) struct locale *locale = NULL;
    size_t shown = pairs->count < limit ? pairs->count : limit;
    struct json_writer w = JSON_WRITER(&run->out);

    if (value(run->options, "json")) {
        pairs_json(pairs, shown, &w);
        buf_addc(&run->out, '\n');
        return ERR_OK;
    }
    TRY(locale_open(i18n_current(), &locale, err));
    for (size_t i = 0; i < shown; i++)
        add_text(&run->out, pairs, locale, &pairs->found[i]);
    if (!pairs->count)
        buf_addf(&run->out, _("Among %s people with a name there are no two that look like one.\n"),
                 cmd_number((int64_t)pairs->summary.records).text);
    else
        buf_addf(&run->out,
                 _("Pairs found: %s; shown: %s. Nothing was joined: \"tidemark people same A B\" "
                   "does, \"tidemark people apart A B\" keeps two apart.\n"),
                 cmd_number((int64_t)pairs->count).text, cmd_number((int64_t)shown).text);
    return ERR_OK;
}

static enum err_code read_number(const struct options *options, const char *name, double low,
                                 double high, double preset, double *out, struct err *err)
{
    const char *text = value(options, name);
    char *end;

    *out = preset;
    if (!text)
        return ERR_OK;
    *out = strtod(text, &end);
    if (end == text || *end || !(*out >= low && *out <= high))
        return err_set(err, ERR_USAGE, "--%s must be a number from %g to %g", name, low, high);
    return ERR_OK;
}

static enum err_code run_suggest(struct people_run *run, struct err *err)
{
    TM_CLEANUP(pairs_release) struct pairs pairs = {0};
    double least, limit;

    TRY(read_number(run->options, "least", .01, 1, PAIRS_LIKELY, &least, err));
    TRY(read_number(run->options, "limit", 1, 100000, SHOWN_DEFAULT, &limit, err));
    TRY(workspace_pairs(run->ws.store, run->ws.engine, least, &pairs, err));
    return write_suggestions(run, &pairs, (size_t)limit, err);
}

/* ---- decide ------------------------------------------------------------------------------- */

static enum err_code read_id(struct people_run *run, const char *text, uint64_t *out,
                             struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    uint64_t known = 0;
    char *end;

    errno = 0;
    *out = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    if (!*out || *end || errno) {
        err_set(err, ERR_USAGE, "\"%s\" is no person's number", text);
        err_hint(err, "\"tidemark show search --q NAME\" tells people's numbers.");
        return ERR_USAGE;
    }
    TRY(engine_query(run->ws.engine, "identity/known",
                     (const struct param[]){PARAM_STRZ("id", text)}, 1, &res, err));
    while (result_next(res))
        known = result_uint(res, 0);
    TRY(result_status(res, err));
    if (known)
        return ERR_OK;
    err_set(err, ERR_NOT_FOUND, "nobody here has the number %s", text);
    err_hint(err, "\"tidemark show search --q NAME\" tells people's numbers.");
    return ERR_NOT_FOUND;
}

static enum err_code decide(struct people_run *run, bool apart, struct err *err)
{
    struct people_decision decision = {.apart = apart, .actor = "command line"};
    struct json_writer w = JSON_WRITER(&run->out);
    int64_t id = 0;

    if (run->options->operand_count != 3)
        return err_set(err, ERR_USAGE, "name two people by their numbers");
    TRY(read_id(run, run->options->operands[1], &decision.a, err));
    TRY(read_id(run, run->options->operands[2], &decision.b, err));
    TRY(store_people_decide(run->ws.store, &decision, &id, err));
    TRY(workspace_sync_decisions(run->ws.store, run->ws.engine, err));
    if (!value(run->options, "json")) {
        buf_addf(&run->out,
                 apart ? _("Kept as decision %s: they are two people, whatever the records say.\n")
                       : _("Kept as decision %s: they are one person.\n"),
                 cmd_number(id).text);
        return ERR_OK;
    }
    json_begin_object(&w);
    json_key_int(&w, "decision", id);
    json_end_object(&w);
    buf_addc(&run->out, '\n');
    return ERR_OK;
}

static enum err_code run_same(struct people_run *run, struct err *err)
{
    return decide(run, false, err);
}

static enum err_code run_apart(struct people_run *run, struct err *err)
{
    return decide(run, true, err);
}

static enum err_code run_undo(struct people_run *run, struct err *err)
{
    const char *text = run->options->operand_count == 2 ? run->options->operands[1] : "";
    char *end;
    int64_t id = strtoll(text, &end, 10);

    if (end == text || *end)
        return err_set(err, ERR_USAGE, "name a decision by its number");
    TRY(store_people_undo(run->ws.store, id, err));
    TRY(workspace_sync_decisions(run->ws.store, run->ws.engine, err));
    buf_addf(&run->out, _("Decision %s is taken back.\n"), cmd_number(id).text);
    return ERR_OK;
}

struct listing {
    struct buf *out;
    struct json_writer w;
    bool json;
    int64_t count;
};

static enum err_code list_one(void *ctx, const struct people_decision *one, struct err *err)
{
    struct listing *list = ctx;
    char a[24], b[24];

    (void)err;
    list->count++;
    snprintf(a, sizeof(a), "%" PRIu64, one->a);
    snprintf(b, sizeof(b), "%" PRIu64, one->b);
    if (!list->json) {
        buf_addf(list->out, "%4" PRId64 "  %-20s  %-20s  %s", one->id, a, b,
                 one->apart ? _("two people") : _("one person"));
        if (!one->stands)
            buf_addf(list->out, "  (%s)", one->undone_us ? _("taken back") : _("replaced"));
        buf_addc(list->out, '\n');
        return ERR_OK;
    }
    json_begin_object(&list->w);
    json_key_int(&list->w, "decision", one->id);
    json_key_stringz(&list->w, "a", a);
    json_key_stringz(&list->w, "b", b);
    json_key_stringz(&list->w, "kind", one->apart ? "apart" : "same");
    json_key_bool(&list->w, "stands", one->stands);
    json_key_stringz(&list->w, "actor", one->actor);
    json_end_object(&list->w);
    return ERR_OK;
}

static enum err_code run_decisions(struct people_run *run, struct err *err)
{
    struct listing list = {&run->out, JSON_WRITER(&run->out), value(run->options, "json") != NULL,
                           0};

    if (list.json)
        json_begin_array(&list.w);
    TRY(store_people_each(run->ws.store, list_one, &list, err));
    if (list.json) {
        json_end_array(&list.w);
        buf_addc(&run->out, '\n');
    } else if (!list.count) {
        buf_addz(&run->out, _("Nothing was decided on people yet.\n"));
    }
    return ERR_OK;
}

/* ---- what there is of one, and taking it away ---------------------------------------------- */

static enum err_code person_wish_of(struct people_run *run, struct person_wish *out,
                                    struct err *err)
{
    if (run->options->operand_count != 2)
        return err_set(err, ERR_USAGE, "name one person");
    *out = (struct person_wish){.who = run->options->operands[1],
                                .out = value(run->options, "out"),
                                .dry_run = value(run->options, "dry-run") != NULL,
                                .yes = value(run->options, "yes") != NULL,
                                .json = value(run->options, "json") != NULL};
    return ERR_OK;
}

static enum err_code run_export(struct people_run *run, struct err *err)
{
    struct person_wish wish;

    TRY(person_wish_of(run, &wish, err));
    return person_export_to(&run->ws, &wish, &run->out, err);
}

static enum err_code run_erase(struct people_run *run, struct err *err)
{
    struct person_wish wish;

    TRY(person_wish_of(run, &wish, err));
    return person_erase(&run->ws, &wish, &run->out, err);
}

static enum err_code run_erasures(struct people_run *run, struct err *err)
{
    const struct again_wish wish = {.out = value(run->options, "export"),
                                    .in = value(run->options, "apply"),
                                    .none_since = value(run->options, "none-since") != NULL,
                                    .dry_run = value(run->options, "dry-run") != NULL,
                                    .json = value(run->options, "json") != NULL};

    if ((wish.out != NULL) + (wish.in != NULL) + wish.none_since > 1)
        return err_set(err, ERR_USAGE, "say one of --export, --apply and --none-since");
    if (wish.out)
        return again_export(&run->ws, &wish, &run->out, err);
    if (wish.in || wish.none_since)
        return again_run(&run->ws, &wish, &run->out, err);
    return person_erasures(&run->ws, wish.json, &run->out, err);
}

static const struct {
    const char *name;
    enum err_code (*run)(struct people_run *run, struct err *err);
    bool resolved; /* reads who is who: the records must be up to date */
} verbs[] = {
    {"suggest", run_suggest, true},      {"same", run_same, true},
    {"apart", run_apart, true},          {"undo", run_undo, false},
    {"decisions", run_decisions, false}, {"export", run_export, true},
    {"erase", run_erase, true},          {"erasures", run_erasures, false},
};

/* What is done with one person is done by the server where one runs. */
static enum err_code open_workspace(const char *dir, const char *verb, struct workspace *out,
                                    struct err *err)
{
    enum err_code rc = workspace_open(dir, out, err);

    if (rc != ERR_BUSY)
        return rc;
    if (strcmp(verb, "export") == 0)
        err_hint(err, "If that is \"tidemark serve\", export the person there: on the person's "
                      "page under Customers, or with POST /api/v1/people/export.");
    if (strcmp(verb, "erase") == 0)
        err_hint(err, "If that is \"tidemark serve\", erase the person there: on the person's page "
                      "under Customers, or with POST /api/v1/people/erase.");
    if (strcmp(verb, "erasures") == 0)
        err_hint(err, "If that is \"tidemark serve\", look there: on the page Settings, or with "
                      "GET /api/v1/people/erasures.");
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct people_run run = {.options = &options, .out = BUF_INIT(OUTPUT_MAX)};
    struct view_context context;
    size_t verb = 0;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    TRY(VERB_FIND(verbs, &options, &verb, err));
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(open_workspace(dir, verbs[verb].name, &run.ws, err));
    rc = verbs[verb].resolved ? records_make_fresh(&run.ws, NULL, &context, err) : ERR_OK;
    if (rc == ERR_NOT_FOUND) /* no dated record: nobody is joined yet */
        rc = ERR_OK;
    if (rc == ERR_OK)
        rc = verbs[verb].run(&run, err);
    if (rc == ERR_OK)
        rc = (value(&options, "json") ? cmd_print : cmd_print_words)(&run.out, err);
    workspace_close(&run.ws);
    buf_release(&run.out);
    return rc;
}

const struct command command_people = {
    .name = "people",
    .usage = N_("suggest|same A B|apart A B|undo N|decisions|export WHO|erase WHO|erasures "
                "--workspace DIR [OPTIONS]"),
    .summary = N_("Who is one person; everything kept of one, and its erasure."),
    .text =
        N_("\"suggest\" compares names, addresses and what stands before the @, and lists pairs "
           "that look\nlike one person. It joins nobody. \"same\" makes two one, \"apart\" keeps "
           "two apart whatever the\nrecords say, \"undo\" takes a decision back, \"decisions\" "
           "lists them. Why records are one person:\n\"tidemark show person_links --person "
           "NUMBER\".\n\n"
           "\"export\" writes everything that is kept of one person, over all joined "
           "identifiers. WHO is an e-mail\naddress, a phone number, a customer number, a log-in, "
           "or a person's number. \"erase\" takes the\nperson out of everything, searches all "
           "files afterwards, and keeps what is old from coming back;\norders stay for the books "
           "without the person. \"erasures\" lists what was erased, naming nobody.\nIn a copy that "
           "was brought back \"erasures --apply\" erases again who was erased since: the file is\n"
           "written by \"erasures --export\" where that was done.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
