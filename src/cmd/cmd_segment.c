/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark segment: groups of people, by a text. */
#include "cmd/cmd.h"

#include "audience/members.h"
#include "audience/shelf.h"
#include "base/json_write.h"
#include "cmd/records.h"
#include "cmd/verbs.h"
#include "cmd/workspace.h"

enum { OUTPUT_MAX = 64 << 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"about", 0, "TEXT", N_("set: what the segment is for.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct segment_run {
    const struct options *options;
    struct store *store;
    struct workspace ws; /* where the verb asks the engine */
    struct audience_now now;
    struct audience_shelf shelf;
    struct buf out;
    struct json_writer w;
    bool json;
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* The i-th thing named after the verb. */
static const char *operand(const struct segment_run *run, size_t i)
{
    return i + 1 < run->options->operand_count ? run->options->operands[i + 1] : NULL;
}

static void write_problem(struct segment_run *run, const struct audience_segment *s)
{
    if (run->json) {
        json_key(&run->w, "problem");
        if (s->err.code == ERR_OK)
            json_null(&run->w);
        else
            json_stringz(&run->w, s->err.msg);
    } else if (s->err.code != ERR_OK) {
        buf_addf(&run->out, _("  broken: %s\n"), s->err.msg);
    }
}

static void write_segment(struct segment_run *run, size_t i, bool tree)
{
    const struct named *e = &run->shelf.entries[i];
    const struct audience_segment *s = &run->shelf.set.segments[i];

    if (!run->json) {
        buf_addf(&run->out, "%s%s\n  %.*s\n", cmd_line_start(), e->name, (int)e->text.n, e->text.p);
        if (e->about[0])
            buf_addf(&run->out, "  %s\n", e->about);
        write_problem(run, s);
        return;
    }
    json_begin_object(&run->w);
    named_members(&run->w, e);
    json_key_string(&run->w, "text", e->text);
    write_problem(run, s);
    if (tree && s->tree) {
        json_key(&run->w, "tree");
        audience_write_json(s->tree, &run->w);
    }
    json_end_object(&run->w);
}

static enum err_code run_list(struct segment_run *run, struct err *err)
{
    TRY(audience_shelf_open(run->store, NULL, NULL, &run->shelf, err));
    if (run->json)
        json_begin_array(&run->w);
    for (size_t i = 0; i < run->shelf.set.n; i++)
        write_segment(run, i, false);
    if (run->json)
        json_end_array(&run->w);
    else if (!run->shelf.set.n)
        buf_addz(&run->out, _("There are no segments yet: \"tidemark segment starters\" shows some "
                              "to begin with.\n"));
    return ERR_OK;
}

static enum err_code run_show(struct segment_run *run, struct err *err)
{
    size_t i;

    if (!operand(run, 0))
        return err_set(err, ERR_USAGE, "name a segment");
    TRY(audience_shelf_open(run->store, NULL, NULL, &run->shelf, err));
    TRY(audience_shelf_find(&run->shelf, operand(run, 0), &i, err));
    write_segment(run, i, true);
    return ERR_OK;
}

static enum err_code run_starters(struct segment_run *run, struct err *err)
{
    const struct audience_starter *s;

    (void)err;
    if (run->json)
        json_begin_array(&run->w);
    for (size_t i = 0; (s = audience_starter(i)); i++) {
        if (!run->json) {
            buf_addf(&run->out, "%s%s\n  %s\n  %s\n", cmd_line_start(), _(s->name), _(s->about),
                     s->text);
            continue;
        }
        json_begin_object(&run->w);
        json_key_stringz(&run->w, "code", s->code);
        json_key_stringz(&run->w, "name", _(s->name));
        json_key_stringz(&run->w, "about", _(s->about));
        json_key_stringz(&run->w, "text", s->text);
        json_end_object(&run->w);
    }
    if (run->json)
        json_end_array(&run->w);
    return ERR_OK;
}

static enum err_code run_words(struct segment_run *run, struct err *err)
{
    (void)err;
    run->json = true; /* there is no other form */
    audience_write_words(&run->w);
    return ERR_OK;
}

/* The text after a name, or a starter's when none is given and the name is its code. */
static enum err_code run_set(struct segment_run *run, struct err *err)
{
    const char *name = operand(run, 0), *text = operand(run, 1), *about;
    const struct audience_starter *s = NULL;
    struct audience_draft draft = {0};
    size_t i;
    int64_t id;

    if (!name)
        return err_set(err, ERR_USAGE, "name a segment and its text");
    about = value(run->options, "about");
    for (i = 0; !text && (s = audience_starter(i)) && strcmp(s->code, name) != 0;)
        i++;
    if (!text && !s)
        return err_set(err, ERR_USAGE, "name a segment and its text");
    TRY(audience_shelf_open(run->store, NULL, NULL, &run->shelf, err));
    draft.name = s ? _(s->name) : name;
    draft.text = str_of(s ? s->text : text);
    if (audience_shelf_find(&run->shelf, draft.name, &i, NULL) == ERR_OK) {
        draft.id = run->shelf.entries[i].id;
        draft.name = run->shelf.entries[i].name;
        about = about ? about : run->shelf.entries[i].about;
    }
    TRY(audience_shelf_put(run->store, &draft,
                           about ? about
                           : s   ? _(s->about)
                                 : "",
                           "command line", &id, err));
    if (run->json) {
        json_begin_object(&run->w);
        json_key_int(&run->w, "id", id);
        json_end_object(&run->w);
    } else {
        buf_addf(&run->out, _("The segment \"%s\" is kept.\n"), draft.name);
    }
    return ERR_OK;
}

static enum err_code run_remove(struct segment_run *run, struct err *err)
{
    size_t i;

    if (!operand(run, 0))
        return err_set(err, ERR_USAGE, "name a segment");
    TRY(audience_shelf_open(run->store, NULL, NULL, &run->shelf, err));
    TRY(audience_shelf_find(&run->shelf, operand(run, 0), &i, err));
    TRY(store_named_remove(run->store, NAMED_SEGMENT, run->shelf.entries[i].id, err));
    if (!run->json)
        buf_addf(&run->out, _("The segment \"%s\" is gone.\n"), run->shelf.entries[i].name);
    return ERR_OK;
}

/* ---- with the engine ----------------------------------------------------------------------- */

static enum err_code count(struct segment_run *run, size_t only, struct err *err)
{
    int64_t *counts = xcalloc(run->shelf.set.n + 1, sizeof(*counts)), people = 0;
    enum err_code rc;

    rc = audience_count(run->ws.engine, &run->shelf.set, &run->now, only, counts, &people, err);
    for (size_t i = 0; rc == ERR_OK && i < run->shelf.set.n; i++) {
        const struct audience_segment *s = &run->shelf.set.segments[i];

        if (only != AUDIENCE_ALL && i != only)
            continue;
        if (run->json) {
            json_begin_object(&run->w);
            json_key_int(&run->w, "id", s->id);
            json_key_stringz(&run->w, "name", s->name);
            json_key(&run->w, "members");
            if (counts[i] < 0)
                json_null(&run->w);
            else
                json_int(&run->w, counts[i]);
            json_key_int(&run->w, "people", people);
            write_problem(run, s);
            json_end_object(&run->w);
        } else if (counts[i] < 0) {
            buf_addf(&run->out, "%s\n", s->name);
            write_problem(run, s);
        } else {
            /* TRANSLATORS: a segment's name, how many of how many people */
            buf_addf(&run->out, _("%s: %s of %s people\n"), s->name, cmd_number(counts[i]).text,
                     cmd_number(people).text);
        }
    }
    free(counts);
    return rc;
}

static enum err_code run_count(struct segment_run *run, struct err *err)
{
    size_t only = AUDIENCE_ALL;
    enum err_code rc;

    TRY(audience_shelf_open(run->store, &run->now, NULL, &run->shelf, err));
    if (operand(run, 0))
        TRY(audience_shelf_find(&run->shelf, operand(run, 0), &only, err));
    if (run->json)
        json_begin_array(&run->w);
    rc = count(run, only, err);
    if (run->json)
        json_end_array(&run->w);
    return rc;
}

/* A text that is not kept: what it is in its own form, and how many it has. */
static enum err_code run_check(struct segment_run *run, struct err *err)
{
    struct audience_draft draft = {.name = ""};
    const struct audience_segment *own;

    if (!operand(run, 0))
        return err_set(err, ERR_USAGE, "name the text to be checked");
    draft.text = str_of(operand(run, 0));
    draft.name = _("Draft");
    TRY(audience_shelf_open(run->store, &run->now, &draft, &run->shelf, err));
    own = &run->shelf.set.segments[run->shelf.set.n - 1];
    if (own->err.code != ERR_OK) {
        *err = own->err;
        return own->err.code;
    }
    if (run->json)
        return count(run, run->shelf.set.n - 1, err);
    audience_print(own->tree, &run->out);
    buf_addc(&run->out, '\n');
    return count(run, run->shelf.set.n - 1, err);
}

static enum err_code run_explain(struct segment_run *run, struct err *err)
{
    TM_CLEANUP(audience_facts_freep) struct audience_facts *facts = NULL;
    const char *number = operand(run, 1);
    uint64_t person = 0;
    char *end = NULL;
    size_t i;

    if (!number)
        return err_set(err, ERR_USAGE, "name a segment and a person's number");
    errno = 0;
    if (isdigit((unsigned char)number[0]))
        person = strtoull(number, &end, 10);
    if (!person || *end || errno) {
        err_set(err, ERR_USAGE, "\"%s\" is no person's number", number);
        err_hint(err, "\"tidemark show search --q NAME\" tells people's numbers.");
        return ERR_USAGE;
    }
    TRY(audience_shelf_open(run->store, &run->now, NULL, &run->shelf, err));
    TRY(audience_shelf_find(&run->shelf, operand(run, 0), &i, err));
    if (!run->shelf.set.segments[i].tree) {
        *err = run->shelf.set.segments[i].err;
        return err->code;
    }
    TRY(audience_load(run->ws.engine, person, &facts, err));
    if (run->json)
        audience_explain_json(&run->shelf.set, i, facts, &run->now, &run->w);
    else
        audience_explain(&run->shelf.set, i, facts, &run->now, &run->out);
    return ERR_OK;
}

static const struct {
    const char *name;
    enum err_code (*run)(struct segment_run *run, struct err *err);
    bool asks; /* people: the engine, with the records up to date */
} verbs[] = {
    {"list", run_list, false},     {"show", run_show, false},         {"check", run_check, true},
    {"count", run_count, true},    {"explain", run_explain, true},    {"set", run_set, false},
    {"remove", run_remove, false}, {"starters", run_starters, false}, {"words", run_words, false},
};

static enum err_code run_asking(struct segment_run *run, const char *dir, size_t verb,
                                struct err *err)
{
    struct view_context context;
    enum err_code rc;

    TRY(workspace_open(dir, &run->ws, err));
    run->store = run->ws.store;
    cmd_engine_working(run->ws.engine);
    rc = records_make_fresh(&run->ws, NULL, &context, err);
    if (rc == ERR_OK)
        rc = audience_prepare(run->ws.engine, err);
    if (rc == ERR_OK)
        rc = audience_now_read(run->ws.engine, &run->now, err);
    if (rc == ERR_OK)
        rc = verbs[verb].run(run, err);
    cmd_engine_working(NULL);
    audience_shelf_close(&run->shelf);
    workspace_close(&run->ws);
    return rc;
}

static enum err_code run_keeping(struct segment_run *run, const char *dir, size_t verb,
                                 struct err *err)
{
    enum err_code rc;

    TRY(workspace_open_beside(dir, &run->store, err));
    rc = verbs[verb].run(run, err);
    audience_shelf_close(&run->shelf);
    store_close(run->store);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct segment_run run = {.options = &options, .out = BUF_INIT(OUTPUT_MAX)};
    size_t verb = 0;
    const char *dir;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    TRY(VERB_FIND(verbs, &options, &verb, err));
    run.w = (struct json_writer)JSON_WRITER(&run.out);
    run.json = value(&options, "json") != NULL;
    dir = workspace_named(value(&options, "workspace"));
    if (verbs[verb].run == run_starters || verbs[verb].run == run_words)
        rc = verbs[verb].run(&run, err);
    else if (!dir)
        rc = err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    else
        rc = (verbs[verb].asks ? run_asking : run_keeping)(&run, dir, verb, err);
    if (run.json && run.out.n)
        buf_addc(&run.out, '\n');
    if (rc == ERR_OK)
        rc =
            (run.json || verbs[verb].run == run_words ? cmd_print : cmd_print_words)(&run.out, err);
    buf_release(&run.out);
    return rc;
}

const struct command command_segment = {
    .name = "segment",
    .usage = N_("list|show NAME|check TEXT|count [NAME]|explain NAME PERSON|set NAME TEXT|remove "
                "NAME|starters|words --workspace DIR [OPTIONS]"),
    .summary = N_("Groups of people by what they are and do."),
    .text = N_("A segment is a text such as \"number_of_orders >= 2 AND last_order_date < -90d\" "
               "(docs/segments.md);\n\"words\" prints all that can be asked, as JSON. \"check\" "
               "reads a text and counts its people without\nkeeping it, \"set\" keeps it under a "
               "name, \"count\" counts all or one. \"explain\" tells why a person,\nby number, is "
               "in or out. \"starters\" shows segments to begin with; \"set CODE\" keeps one of "
               "them.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
