/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark model: check, show and compare maturity models. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "base/locale.h"
#include "cmd/past.h"
#include "cmd/workspace.h"
#include "maturity/model_diff.h"

enum { OUTPUT_MAX = 16 << 20 };

static const struct option_row rows[] = {
    {"model", 0, "FILE", N_("show: this model instead of the built-in one.")},
    {"workspace", 'w', "DIR", N_("diff: which marks would change on this workspace.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static const char *text_of(const struct text3 *text)
{
    const char *own = text->in[i18n_current()];

    return own && own[0] ? own : text->in[LANG_EN] ? text->in[LANG_EN] : "";
}

struct output {
    struct buf out;
    struct sheet sheet;
    struct json_writer w;
    bool json;
};

static void output_begin(struct output *o, const struct options *options)
{
    *o = (struct output){.out = BUF_INIT(OUTPUT_MAX), .json = value(options, "json") != NULL};
    o->sheet = cmd_sheet(&o->out);
    o->w = JSON_WRITER(&o->out);
}

static enum err_code output_end(struct output *o, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK && o->json)
        buf_addc(&o->out, '\n');
    if (rc == ERR_OK)
        rc = cmd_print(&o->out, err);
    buf_release(&o->out);
    return rc;
}

static TM_PRINTF(4, 5) void line(struct output *o, enum style style, size_t indent, const char *fmt,
                                 ...)
{
    struct buf text = BUF_INIT(16384);
    va_list ap;
    char piece[4096];

    va_start(ap, fmt);
    vsnprintf(piece, sizeof(piece), fmt, ap);
    va_end(ap);
    buf_addz(&text, piece);
    sheet_to(&o->sheet, indent);
    sheet_wrap(&o->sheet, style, buf_cstr(&text), indent);
    buf_release(&text);
}

/* check */

static void say_doubt(const struct model_doubt *d, char *out, size_t size)
{
    switch (d->kind) {
    case DOUBT_MEASURE:
        snprintf(out, size,
                 _("%s: there is no measure \"%s\" here; only an answer can show this practice"),
                 d->practice, d->measure);
        break;
    case DOUBT_LANGUAGE:
        snprintf(out, size, _("Texts missing in %s: %s; English stands in"),
                 language_codes[d->language], cmd_number((int64_t)d->texts).text);
        break;
    case DOUBT_ESSENTIAL:
        snprintf(out, size,
                 _("%s: stage %d needs it, but what can show it never suffices for that stage"),
                 d->practice, d->stage);
        break;
    case DOUBT_QUORUM:
        snprintf(out, size,
                 _("Stage %d cannot be reached: only %d%% of the weight can come to its level"),
                 d->stage, (int)lround(100 * d->share));
        break;
    }
}

static void check_text(struct output *o, const struct model_check *check, const char *path)
{
    char said[600];

    for (size_t i = 0; i < check->mistake_count; i++) {
        line(o, STYLE_WARN, 0, "%s", check->mistakes[i].msg);
        if (check->mistakes[i].hint[0])
            line(o, STYLE_DIM, 4, "%s", check->mistakes[i].hint);
    }
    if (check->mistake_count == 0) {
        const struct model *m = check->model;

        line(o, STYLE_GOOD, 0, _("\"%s\" is a valid model: %s %s"), path, m->id, m->version);
        line(o, STYLE_PLAIN, 0,
             _("Areas: %s. Practices: %s. Essential for stage 2: %s, 3: %s, 4: "
               "%s."),
             cmd_number((int64_t)m->dimension_count).text,
             cmd_number((int64_t)m->practice_count).text,
             cmd_number((int64_t)check->essential[0]).text,
             cmd_number((int64_t)check->essential[1]).text,
             cmd_number((int64_t)check->essential[2]).text);
    }
    for (size_t i = 0; i < check->doubt_count; i++) {
        say_doubt(&check->doubts[i], said, sizeof(said));
        sheet_put(&o->sheet, STYLE_WARN, _("warning:"));
        sheet_put(&o->sheet, STYLE_PLAIN, " ");
        sheet_wrap(&o->sheet, STYLE_PLAIN, said, 4);
    }
}

static void check_json(struct output *o, const struct model_check *check)
{
    struct json_writer *w = &o->w;
    char said[600];

    json_begin_object(w);
    json_key_bool(w, "valid", check->mistake_count == 0);
    json_key(w, "mistakes");
    json_begin_array(w);
    for (size_t i = 0; i < check->mistake_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "message", check->mistakes[i].msg);
        json_key_stringz(w, "hint", check->mistakes[i].hint);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "warnings");
    json_begin_array(w);
    for (size_t i = 0; i < check->doubt_count; i++) {
        say_doubt(&check->doubts[i], said, sizeof(said));
        json_stringz(w, said);
    }
    json_end_array(w);
    if (check->model) {
        json_key_stringz(w, "id", check->model->id);
        json_key_stringz(w, "version", check->model->version);
        json_key_stringz(w, "content_hash", check->model->content_hash);
        json_key_stringz(w, "scoring_hash", check->model->scoring_hash);
        json_key_int(w, "dimensions", (int64_t)check->model->dimension_count);
        json_key_int(w, "practices", (int64_t)check->model->practice_count);
        json_key(w, "essential");
        json_begin_array(w);
        for (int s = 0; s < 3; s++)
            json_int(w, (int64_t)check->essential[s]);
        json_end_array(w);
    }
    json_end_object(w);
}

static enum err_code run_check(const struct options *options, struct err *err)
{
    TM_CLEANUP(model_check_freep) struct model_check *check = NULL;
    struct output o;
    size_t mistakes;

    if (options->operand_count != 2)
        return err_set(err, ERR_USAGE, "name one file: tidemark model check FILE");
    TRY(model_check(options->operands[1], &check, err));
    output_begin(&o, options);
    if (o.json)
        check_json(&o, check);
    else
        check_text(&o, check, options->operands[1]);
    TRY(output_end(&o, ERR_OK, err));
    mistakes = check->mistake_count;
    if (!mistakes)
        return ERR_OK;
    err_set(err, ERR_INVALID, "the model has %zu mistakes", mistakes);
    err_hint(err, "docs/model.md describes every field.");
    return ERR_INVALID;
}

/* show */

static void add_cuts(struct buf *out, const struct indicator *in)
{
    for (int i = 0; i < 3; i++) {
        buf_addz(out, i ? ", " : "");
        if (isnan(in->cuts[i])) {
            buf_addz(out, "–");
            continue;
        }
        buf_addz(out, in->strict[i]         ? (in->lower_is_better ? "<" : ">")
                      : in->lower_is_better ? "≤"
                                            : "≥");
        if (strcmp(in->unit, "percent") == 0)
            buf_addf(out, "%.10g%%", in->cuts[i] * 100);
        else
            buf_addf(out, "%.10g", in->cuts[i]);
        if (!isnan(in->upper[i]))
            buf_addf(out, "…%.10g%s", in->upper[i] * (strcmp(in->unit, "percent") == 0 ? 100 : 1),
                     strcmp(in->unit, "percent") == 0 ? "%" : "");
    }
    if (in->multiplier)
        buf_addf(out, " × %s", in->multiplier);
}

static void show_practice(struct output *o, const struct model *m, const struct practice *p)
{
    line(o, STYLE_BOLD, 0, "%s %s", p->id, text_of(&p->title));
    line(o, STYLE_DIM, 2, "%s %s", m->dimensions[p->dimension].id,
         text_of(&m->dimensions[p->dimension].title));
    line(o, STYLE_PLAIN, 2, "%s", text_of(&p->what));
    line(o, STYLE_PLAIN, 2, "%s", text_of(&p->why));
    line(o, STYLE_PLAIN, 2, "%s", text_of(&p->how));
    if (p->essential)
        line(o, STYLE_ACCENT, 2, _("Stage %d cannot be reached without it."), p->essential);
    for (size_t i = 0; i < p->indicator_count; i++) {
        struct buf cuts = BUF_INIT(400);

        add_cuts(&cuts, &p->indicators[i]);
        line(o, STYLE_PLAIN, 2, _("Levels 2, 3 and 4 ask of %s: %s"), p->indicators[i].measure,
             buf_cstr(&cuts));
        buf_release(&cuts);
    }
    line(o, STYLE_DIM, 2, _("Where the marks come from: %s %s"), p->citation.mark,
         p->citation.source ? p->citation.source : "");
    for (size_t i = 0; i < p->prerequisite_count; i++)
        line(o, STYLE_PLAIN, 2, _("Comes after: %s"), m->practices[p->prerequisites[i]].id);
    if (p->choice_count)
        line(o, STYLE_PLAIN, 2, "%s", text_of(&p->question));
    for (size_t i = 0; i < p->choice_count; i++)
        line(o, STYLE_PLAIN, 4, "%d: %s", p->choices[i].level, text_of(&p->choices[i].text));
}

static void show_all(struct output *o, const struct model *m)
{
    line(o, STYLE_BOLD, 0, "%s %s", m->id, m->version);
    for (size_t d = 0; d < m->dimension_count; d++) {
        sheet_heading(&o->sheet, text_of(&m->dimensions[d].title));
        for (size_t i = 0; i < m->practice_count; i++) {
            const struct practice *p = &m->practices[i];
            struct buf cuts = BUF_INIT(400);

            if (p->dimension != d)
                continue;
            add_cuts(&cuts, &p->indicators[0]);
            sheet_put(&o->sheet, STYLE_PLAIN, " ");
            sheet_cell(&o->sheet, STYLE_DIM, p->id, 8, false);
            sheet_cell(&o->sheet, STYLE_PLAIN, text_of(&p->title), 42, false);
            sheet_put(&o->sheet, STYLE_PLAIN, " ");
            sheet_cell(&o->sheet, STYLE_ACCENT,
                       p->essential == 2   ? "E2"
                       : p->essential == 3 ? "E3"
                       : p->essential == 4 ? "E4"
                                           : "",
                       4, false);
            sheet_wrap(&o->sheet, STYLE_DIM, buf_cstr(&cuts), 56);
            buf_release(&cuts);
        }
    }
}

static void json_practice(struct json_writer *w, const struct model *m, const struct practice *p)
{
    json_begin_object(w);
    json_key_stringz(w, "id", p->id);
    json_key_stringz(w, "dimension", m->dimensions[p->dimension].id);
    json_key_stringz(w, "title", text_of(&p->title));
    json_key_stringz(w, "what", text_of(&p->what));
    json_key_stringz(w, "why", text_of(&p->why));
    json_key_stringz(w, "how", text_of(&p->how));
    json_key_int(w, "essential", p->essential);
    json_key_double(w, "weight", p->weight);
    json_key(w, "indicators");
    json_begin_array(w);
    for (size_t i = 0; i < p->indicator_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "measure", p->indicators[i].measure);
        json_key_stringz(w, "unit", p->indicators[i].unit);
        json_key_bool(w, "lower_is_better", p->indicators[i].lower_is_better);
        json_key_stringz(w, "multiplier", p->indicators[i].multiplier);
        json_key(w, "cuts");
        json_begin_array(w);
        for (int l = 0; l < 3; l++)
            json_double(w, p->indicators[i].cuts[l]);
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
    json_key_stringz(w, "mark", p->citation.mark);
    json_key_stringz(w, "source", p->citation.source);
    json_end_object(w);
}

static void show_json(struct output *o, const struct model *m, size_t only)
{
    struct json_writer *w = &o->w;

    json_begin_object(w);
    json_key_stringz(w, "id", m->id);
    json_key_stringz(w, "version", m->version);
    json_key_stringz(w, "content_hash", m->content_hash);
    json_key_stringz(w, "scoring_hash", m->scoring_hash);
    json_key(w, "practices");
    json_begin_array(w);
    for (size_t i = 0; i < m->practice_count; i++)
        if (only == SIZE_MAX || only == i)
            json_practice(w, m, &m->practices[i]);
    json_end_array(w);
    json_end_object(w);
}

static enum err_code run_show(const struct options *options, struct err *err)
{
    TM_CLEANUP(model_freep) struct model *m = NULL;
    size_t only = SIZE_MAX;
    struct output o;

    if (options->operand_count > 2)
        return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", options->operands[2]);
    TRY(model_load(value(options, "model"), &m, err));
    if (options->operand_count == 2) {
        only = model_practice(m, options->operands[1]);
        if (only == SIZE_MAX) {
            err_set(err, ERR_NOT_FOUND, "the model has no practice \"%s\"", options->operands[1]);
            err_hint(err, "\"tidemark model show\" lists them all.");
            return ERR_NOT_FOUND;
        }
    }
    output_begin(&o, options);
    if (o.json)
        show_json(&o, m, only);
    else if (only != SIZE_MAX)
        show_practice(&o, m, &m->practices[only]);
    else
        show_all(&o, m);
    return output_end(&o, ERR_OK, err);
}

/* diff */

/* The newest evidence of a workspace, judged by both models. */
struct both {
    struct model *before, *after;
    struct judged_again old, new;
    bool judged;
};

static const struct practice_result *result_of(const struct judged_again *j, const char *id)
{
    size_t at = model_practice(j->set->model, id);

    return at == SIZE_MAX ? NULL : &j->assessment->practices[at];
}

static int level_of(const struct practice_result *r)
{
    return r ? r->level_best : 0;
}

static void diff_marks_text(struct output *o, const struct both *b)
{
    const struct assessment *x = b->old.assessment, *y = b->new.assessment;
    size_t n = 0;

    sheet_heading(&o->sheet, _("On this workspace"));
    line(o, STYLE_BOLD, 0, _("Stage: %d, then %d. Index: %d–%d, then %d–%d."), x->stage_best,
         y->stage_best, (int)lround(x->index_low), (int)lround(x->index_high),
         (int)lround(y->index_low), (int)lround(y->index_high));
    for (size_t i = 0; i < b->after->practice_count; i++) {
        const char *id = b->after->practices[i].id;
        int then = level_of(result_of(&b->old, id)), now = level_of(result_of(&b->new, id));

        if (then == now || model_practice(b->before, id) == SIZE_MAX)
            continue;
        line(o, now > then ? STYLE_GOOD : STYLE_WARN, 2, "%s %s: %d%s%d", id,
             text_of(&b->after->practices[i].title), then, layout_arrow(i18n_current()), now);
        n++;
    }
    line(o, STYLE_DIM, 0, _("Practices whose level would change: %s. Level 0: not known."),
         cmd_number((int64_t)n).text);
}

static void diff_text(struct output *o, const struct model_diff *diff, const struct both *b)
{
    const char *last = NULL;

    if (diff->count == 0)
        line(o, STYLE_PLAIN, 0, "%s", _("The two models are the same."));
    for (size_t i = 0; i < diff->count; i++) {
        const struct model_change *c = &diff->changes[i];

        if (!last || strcmp(last, c->practice) != 0)
            line(o, STYLE_BOLD, 0, "%s", c->practice[0] ? c->practice : _("The model"));
        last = c->practice;
        if (strcmp(c->field, "practice") == 0)
            line(o, c->after[0] ? STYLE_GOOD : STYLE_WARN, 2,
                 c->after[0] ? _("new: %s") : _("gone: %s"), c->after[0] ? c->after : c->before);
        else if (!c->before[0] && !c->after[0])
            line(o, STYLE_PLAIN, 2, _("%s: other words"), c->field);
        else
            line(o, c->scores ? STYLE_PLAIN : STYLE_DIM, 2, "%s: %s %s %s", c->field,
                 c->before[0] ? c->before : "–", layout_arrow(i18n_current()),
                 c->after[0] ? c->after : "–");
    }
    if (b->judged)
        diff_marks_text(o, b);
}

static void json_marks(struct json_writer *w, const struct both *b)
{
    const struct assessment *const sides[] = {b->old.assessment, b->new.assessment};
    static const char *const keys[] = {"before", "after"};

    json_key(w, "marks");
    json_begin_object(w);
    for (int i = 0; i < 2; i++) {
        json_key(w, keys[i]);
        json_begin_object(w);
        json_key_int(w, "stage", sides[i]->stage_best);
        json_key_double(w, "index", sides[i]->index);
        json_key_double(w, "index_low", sides[i]->index_low);
        json_key_double(w, "index_high", sides[i]->index_high);
        json_end_object(w);
    }
    json_key(w, "levels");
    json_begin_array(w);
    for (size_t i = 0; i < b->after->practice_count; i++) {
        const char *id = b->after->practices[i].id;
        int then = level_of(result_of(&b->old, id)), now = level_of(result_of(&b->new, id));

        if (then == now)
            continue;
        json_begin_object(w);
        json_key_stringz(w, "practice", id);
        json_key_int(w, "before", then);
        json_key_int(w, "after", now);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void diff_json(struct output *o, const struct model_diff *diff, const struct both *b)
{
    struct json_writer *w = &o->w;

    json_begin_object(w);
    json_key_int(w, "added", (int64_t)diff->added);
    json_key_int(w, "removed", (int64_t)diff->removed);
    json_key(w, "changes");
    json_begin_array(w);
    for (size_t i = 0; i < diff->count; i++) {
        const struct model_change *c = &diff->changes[i];

        json_begin_object(w);
        json_key_stringz(w, "practice", c->practice);
        json_key_stringz(w, "field", c->field);
        json_key_stringz(w, "before", c->before);
        json_key_stringz(w, "after", c->after);
        json_key_bool(w, "scores", c->scores);
        json_end_object(w);
    }
    json_end_array(w);
    if (b->judged)
        json_marks(w, b);
    json_end_object(w);
}

/* "built-in" names the model that is part of the program. */
static enum err_code load(const char *name, struct model **out_model, struct err *err)
{
    return model_load(strcmp(name, "built-in") == 0 ? NULL : name, out_model, err);
}

static enum err_code judge_both(const char *workspace, struct both *b, struct err *err)
{
    struct past past;
    enum err_code rc = past_open(workspace, NULL, &past, err);

    if (rc == ERR_OK && past.count == 0)
        rc = err_set(err, ERR_NOT_FOUND, "the workspace keeps no assessment yet");
    if (rc == ERR_OK)
        rc = past_judge(&past, past.count - 1, b->before, &b->old, err);
    if (rc == ERR_OK)
        rc = past_judge(&past, past.count - 1, b->after, &b->new, err);
    b->judged = rc == ERR_OK;
    past_close(&past);
    return rc;
}

static enum err_code run_both(const struct options *options, struct both *b, struct err *err)
{
    TM_CLEANUP(model_diff_freep) struct model_diff *diff = NULL;
    struct output o;

    TRY(load(options->operands[1], &b->before, err));
    TRY(load(options->operands[2], &b->after, err));
    TRY(model_diff(b->before, b->after, &diff, err));
    if (workspace_named(value(options, "workspace")))
        TRY(judge_both(value(options, "workspace"), b, err));
    output_begin(&o, options);
    if (o.json)
        diff_json(&o, diff, b);
    else
        diff_text(&o, diff, b);
    return output_end(&o, ERR_OK, err);
}

static enum err_code run_diff(const struct options *options, struct err *err)
{
    struct both b = {0};
    enum err_code rc;

    if (options->operand_count != 3) {
        err_set(err, ERR_USAGE, "name two models: tidemark model diff A B");
        err_hint(err, "\"built-in\" is the model that is part of this program.");
        return ERR_USAGE;
    }
    rc = run_both(options, &b, err);
    judged_again_release(&b.new);
    judged_again_release(&b.old);
    model_free(b.after);
    model_free(b.before);
    return rc;
}

static const struct {
    const char *name;
    enum err_code (*run)(const struct options *options, struct err *err);
} actions[] = {{"check", run_check}, {"show", run_show}, {"diff", run_diff}};

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    for (size_t i = 0; options.operand_count && i < TM_COUNT(actions); i++)
        if (strcmp(actions[i].name, options.operands[0]) == 0)
            return actions[i].run(&options, err);
    err_set(err, ERR_USAGE, "say what to do with a model");
    err_hint(err, "Use check FILE, show [PRACTICE] or diff A B.");
    return ERR_USAGE;
}

const struct command command_model = {
    .name = "model",
    .usage = N_("[OPTIONS] check FILE | show [PRACTICE] | diff A B"),
    .summary = N_("Check, read and compare maturity models, one's own or the built-in one."),
    .text = N_("check tells every mistake of a model file with line and field. show prints what a "
               "model looks at.\ndiff tells how two models differ; \"built-in\" names the one of "
               "this program. With --workspace it\nalso tells which marks would change: the newest "
               "kept evidence is judged by both.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
