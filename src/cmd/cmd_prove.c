/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark prove: what was promised, what came of it, and whether a change is real. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "cmd/past.h"
#include "maturity/prove.h"

enum { OUTPUT_MAX = 16 << 20, CHANGES_SHOWN = 12 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"model", 0, "FILE", N_("Another maturity model (YAML).")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

struct view {
    const struct past *past;
    size_t before, after;
    const struct proof *proof;
    struct sheet sheet;
};

struct promises {
    struct kept_step *items;
    size_t n, cap;
};

static enum err_code collect(void *ctx, const struct kept_step *step, struct err *err)
{
    struct promises *all = ctx;

    (void)err;
    if (all->n == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 32;
        all->items = xrealloc(all->items, all->cap * sizeof(*all->items));
    }
    all->items[all->n++] = *step;
    return ERR_OK;
}

static const struct practice *practice_of(const struct view *v, const struct proof_row *row)
{
    return &v->past->model->practices[row->practice];
}

static const char *title_of(const struct practice *p)
{
    const char *text = p->title.in[i18n_current()];

    return text && text[0] ? text : p->title.in[LANG_EN];
}

static void add_value(struct view *v, struct buf *out, const struct indicator *in, double x)
{
    if (strcmp(in->unit, "percent") == 0)
        locale_add_percent(v->past->locale, out, x, 1);
    else
        locale_add_number(v->past->locale, out, x, 2);
}

/* Of draws, which are too few for a 0 or a 100. */
static const char *percent(struct view *v, double p, struct buf *work)
{
    struct buf number = BUF_INIT(64);

    buf_reset(work);
    locale_add_percent(v->past->locale, &number, fmin(fmax(p, .01), .99), 0);
    if (p < .01)
        buf_addf(work, _("below %s"), buf_cstr(&number));
    else if (p > .99)
        buf_addf(work, _("above %s"), buf_cstr(&number));
    else
        buf_adds(work, buf_str(&number));
    buf_release(&number);
    return buf_cstr(work);
}

static void line(struct view *v, enum style style, const char *text)
{
    sheet_to(&v->sheet, 5);
    sheet_wrap(&v->sheet, style, text, 5);
}

static void show_values(struct view *v, const struct proof_row *row)
{
    const struct indicator *in = &practice_of(v, row)->indicators[row->indicator];
    struct buf a = BUF_INIT(64), b = BUF_INIT(64), text = BUF_INIT(400);

    if (!isnan(row->value_a) && !isnan(row->value_b)) {
        add_value(v, &a, in, row->value_a);
        add_value(v, &b, in, row->value_b);
        buf_addf(&text, _("From %s to %s."), buf_cstr(&a), buf_cstr(&b));
        buf_addc(&text, ' ');
    }
    buf_reset(&a);
    if (row->change == CHANGE_UNKNOWN) {
        buf_addz(&text, _("It was not measured at both times, so nothing is proven."));
    } else if (row->change == CHANGE_OTHER) {
        buf_addz(&text, _("It is measured by other rules than before: the two do not compare."));
    } else {
        buf_addf(&text,
                 row->change == CHANGE_BETTER  ? _("A real change for the better: probability %s.")
                 : row->change == CHANGE_WORSE ? _("A real change for the worse: better with a "
                                                   "probability of only %s.")
                                               : _("This may be chance: better with a "
                                                   "probability of %s."),
                 percent(v, row->p_better, &a));
    }
    line(v, STYLE_PLAIN, buf_cstr(&text));
    buf_release(&a);
    buf_release(&b);
    buf_release(&text);
}

static const struct {
    const char *word;
    enum style style;
} verdicts[] = {
    [STEP_UNDECIDED] = {N_("open"), STYLE_DIM},
    [STEP_PASSED] = {N_("passed"), STYLE_GOOD},
    [STEP_FAILED] = {N_("failed"), STYLE_WARN},
};

static void show_step(struct view *v, const struct proof_row *row)
{
    const struct practice *p = practice_of(v, row);
    struct buf day = BUF_INIT(64), met = BUF_INIT(64), text = BUF_INIT(1000);

    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_put(&v->sheet, verdicts[row->verdict].style, _(verdicts[row->verdict].word));
    sheet_put(&v->sheet, STYLE_PLAIN, "  ");
    buf_addf(&text, "%s %s: %d%s%d", p->id, title_of(p), row->step->from,
             layout_arrow(i18n_current()), row->to);
    sheet_wrap(&v->sheet, STYLE_BOLD, buf_cstr(&text), 5);
    buf_reset(&text);
    locale_add_day(v->past->locale, &day, row->step->due_day);
    if (isnan(row->p_met))
        buf_addf(&text, _("Check on %s: nothing is known of it now."), buf_cstr(&day));
    else
        buf_addf(&text, _("Check on %s: level %d is reached with a probability of %s."),
                 buf_cstr(&day), row->to, percent(v, row->p_met, &met));
    if (!row->due && row->verdict == STEP_UNDECIDED)
        buf_addf(&text, " %s", _("Its day has not come."));
    line(v, STYLE_PLAIN, buf_cstr(&text));
    buf_release(&day);
    buf_release(&met);
    buf_release(&text);
    show_values(v, row);
}

static bool real(const struct proof_row *row)
{
    return row->change == CHANGE_BETTER || row->change == CHANGE_WORSE;
}

static void show_change(struct view *v, const struct proof_row *row)
{
    const struct practice *p = practice_of(v, row);
    struct buf text = BUF_INIT(1000);

    buf_addf(&text, "%s %s: %d%s%d", p->id, title_of(p), row->level_a, layout_arrow(i18n_current()),
             row->level_b);
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_put(&v->sheet, row->change == CHANGE_BETTER ? STYLE_GOOD : STYLE_WARN,
              row->change == CHANGE_BETTER ? "▲" : "▼");
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_BOLD, buf_cstr(&text), 5);
    buf_release(&text);
    show_values(v, row);
}

static void show_changes(struct view *v)
{
    size_t changes = 0, shown = 0;
    struct buf text = BUF_INIT(600);

    for (size_t i = 0; i < v->proof->count; i++)
        changes += real(&v->proof->rows[i]);
    for (size_t i = 0; i < v->proof->count && shown < CHANGES_SHOWN; i++) {
        if (!real(&v->proof->rows[i]))
            continue;
        show_change(v, &v->proof->rows[i]);
        shown++;
    }
    sheet_end_line(&v->sheet);
    buf_addf(&text,
             _("Real changes: %s of %s practices known at both times. The rest may be chance "
               "or cannot be compared."),
             cmd_number((int64_t)changes).text, cmd_number((int64_t)v->proof->count).text);
    buf_addc(&text, ' ');
    buf_addz(&text, _("No road map was saved, so no promise is checked: \"tidemark roadmap\"."));
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_DIM, buf_cstr(&text), 1);
    buf_release(&text);
}

static void show_steps(struct view *v)
{
    struct buf text = BUF_INIT(600);

    for (size_t i = 0; i < v->proof->count; i++)
        show_step(v, &v->proof->rows[i]);
    sheet_end_line(&v->sheet);
    buf_addf(&text, _("Steps passed: %s, failed: %s, open: %s."),
             cmd_number((int64_t)v->proof->passed).text, cmd_number((int64_t)v->proof->failed).text,
             cmd_number((int64_t)v->proof->open).text);
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_BOLD, buf_cstr(&text), 1);
    buf_release(&text);
}

static enum err_code as_text(struct view *v, struct buf *out, struct err *err)
{
    struct buf a = BUF_INIT(64), b = BUF_INIT(64), text = BUF_INIT(400);

    v->sheet = cmd_sheet(out);
    locale_add_date(v->past->locale, &a, v->past->entries[v->before].as_of);
    locale_add_date(v->past->locale, &b, v->past->entries[v->after].as_of);
    buf_addf(&text, _("What came of it, from %s to %s"), buf_cstr(&a), buf_cstr(&b));
    sheet_heading(&v->sheet, buf_cstr(&text));
    if (v->proof->promised)
        show_steps(v);
    else
        show_changes(v);
    buf_release(&a);
    buf_release(&b);
    buf_release(&text);
    return buf_check(out, err);
}

static void json_side(struct json_writer *w, const char *key, const struct assessment_entry *e)
{
    struct buf at = BUF_INIT(64);

    timestamp_add_iso(&at, e->as_of);
    json_key(w, key);
    json_begin_object(w);
    json_key_int(w, "id", e->id);
    json_key_string(w, "as_of", buf_str(&at));
    json_end_object(w);
    buf_release(&at);
}

static void json_row(struct json_writer *w, const struct view *v, const struct proof_row *row)
{
    static const char *const changes[] = {[CHANGE_UNKNOWN] = "unknown",
                                          [CHANGE_OTHER] = "not comparable",
                                          [CHANGE_NOISE] = "may be chance",
                                          [CHANGE_BETTER] = "better",
                                          [CHANGE_WORSE] = "worse"};
    const struct practice *p = practice_of(v, row);

    json_begin_object(w);
    json_key_stringz(w, "practice", p->id);
    json_key_stringz(w, "title", title_of(p));
    json_key_stringz(w, "measure", p->indicators[row->indicator].measure);
    json_key_int(w, "level_before", row->level_a);
    json_key_int(w, "level_now", row->level_b);
    json_key_double(w, "value_before", row->value_a);
    json_key_double(w, "value_now", row->value_b);
    json_key_double(w, "p_better", row->p_better);
    json_key_stringz(w, "change", changes[row->change]);
    if (row->step) {
        struct buf day = BUF_INIT(32);

        timestamp_add_date(&day, row->step->due_day * US_PER_DAY);
        json_key(w, "step");
        json_begin_object(w);
        json_key_int(w, "id", row->step->id);
        json_key_int(w, "from", row->step->from);
        json_key_int(w, "to", row->to);
        json_key_string(w, "due", buf_str(&day));
        json_key_bool(w, "due_now", row->due);
        json_key_double(w, "p_met", row->p_met);
        json_key_stringz(w, "verdict",
                         row->verdict == STEP_PASSED   ? "passed"
                         : row->verdict == STEP_FAILED ? "failed"
                                                       : "open");
        json_end_object(w);
        buf_release(&day);
    }
    json_end_object(w);
}

static enum err_code as_json(struct view *v, struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_side(&w, "before", &v->past->entries[v->before]);
    json_side(&w, "after", &v->past->entries[v->after]);
    json_key_bool(&w, "promised", v->proof->promised);
    json_key_int(&w, "passed", (int64_t)v->proof->passed);
    json_key_int(&w, "failed", (int64_t)v->proof->failed);
    json_key_int(&w, "open", (int64_t)v->proof->open);
    json_key(&w, "rows");
    json_begin_array(&w);
    for (size_t i = 0; i < v->proof->count; i++)
        json_row(&w, v, &v->proof->rows[i]);
    json_end_array(&w);
    json_end_object(&w);
    buf_addc(out, '\n');
    return buf_check(out, err);
}

/* A step that came out is decided once and for all, and its practice's chance follows. */
static enum err_code decide(const struct view *v, struct err *err)
{
    for (size_t i = 0; i < v->proof->count; i++) {
        const struct proof_row *row = &v->proof->rows[i];

        if (!row->step || row->step->verdict != STEP_UNDECIDED || row->verdict == STEP_UNDECIDED)
            continue;
        TRY(store_step_decide(v->past->store, row->step->id, row->verdict, row->p_met,
                              v->past->entries[v->after].id, err));
    }
    return ERR_OK;
}

static enum err_code print(struct view *v, bool json, struct err *err)
{
    struct buf out = BUF_INIT(OUTPUT_MAX);
    enum err_code rc = json ? as_json(v, &out, err) : as_text(v, &out, err);

    if (rc == ERR_OK)
        rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code choose(const struct options *options, struct view *v, struct err *err)
{
    const struct past *past = v->past;

    if (past->count < 2) {
        err_set(err, ERR_NOT_FOUND, "two assessments are needed, the workspace keeps %zu",
                past->count);
        err_hint(err, "Each \"tidemark assess --workspace DIR\" with new data keeps one.");
        return ERR_NOT_FOUND;
    }
    v->before = past->count - 2;
    v->after = past->count - 1;
    if (options->operand_count > 2)
        return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", options->operands[2]);
    if (options->operand_count >= 1)
        TRY(past_find(past, options->operands[0], &v->before, err));
    if (options->operand_count == 2)
        TRY(past_find(past, options->operands[1], &v->after, err));
    if (v->before >= v->after) {
        err_set(err, ERR_USAGE, "the first assessment must be older than the second");
        err_hint(err, "\"tidemark history\" lists them, the oldest first.");
        return ERR_USAGE;
    }
    return ERR_OK;
}

static enum err_code compare(struct view *v, const struct promises *promised,
                             const struct options *options, struct err *err)
{
    struct judged_again before = {0}, after = {0};
    struct proof *proof = NULL;
    enum err_code rc = past_judge(v->past, v->before, v->past->model, &before, err);

    if (rc == ERR_OK)
        rc = past_judge(v->past, v->after, v->past->model, &after, err);
    if (rc == ERR_OK)
        rc = prove(before.assessment, after.assessment, promised->items, promised->n, &proof, err);
    v->proof = proof;
    if (rc == ERR_OK)
        rc = decide(v, err);
    if (rc == ERR_OK)
        rc = print(v, value(options, "json") != NULL, err);
    proof_free(proof);
    judged_again_release(&after);
    judged_again_release(&before);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct promises promised = {0};
    struct options options;
    struct past past;
    struct view v = {.past = &past};
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    rc = past_open(value(&options, "workspace"), value(&options, "model"), &past, err);
    if (rc == ERR_OK)
        rc = choose(&options, &v, err);
    if (rc == ERR_OK)
        rc = store_steps_each(past.store, collect, &promised, err);
    if (rc == ERR_OK)
        rc = compare(&v, &promised, &options, err);
    free(promised.items);
    past_close(&past);
    return rc;
}

const struct command command_prove = {
    .name = "prove",
    .usage = N_("--workspace DIR [OPTIONS] [BEFORE [AFTER]]"),
    .summary = N_("Compare two assessments: which promises were kept, which changes are real."),
    /* xgettext:no-c-format */
    .text = N_("BEFORE and AFTER are numbers or days of \"tidemark history\"; the last two unless "
               "given.\nA step of the saved road map has passed when its level is reached with a "
               "probability of 80% on\nthe day of its check or later, and failed when it is below "
               "50%. Without a saved road map every\npractice is compared.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
