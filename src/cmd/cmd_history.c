/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark history: the kept assessments of a workspace, and the past under another model. */
#include "cmd/cmd.h"

#include "base/json_write.h"
#include "cmd/past.h"

enum { OUTPUT_MAX = 64 << 20, RESTATED_MAX = 40, CHANGES_SHOWN = 6 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"restate", 0, NULL, N_("Judge the past again by the model as it is now, side by side.")},
    {"model", 0, "FILE", N_("Another maturity model (YAML).")},
    {"last", 0, "N", N_("Only the last N assessments.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
    {"csv", 0, NULL, N_("Print a table as CSV, one line an assessment.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* One rendering: the trend from `from` on, with each assessment judged again where wished. */
struct view {
    const struct past *past;
    const struct trend *trend;
    struct judged_again *again; /* per entry; NULL: as it was alone */
    size_t from;
    struct sheet sheet;
};

static void put(struct view *v, enum style style, const char *text)
{
    sheet_put(&v->sheet, style, text);
}

static void add_stage(struct view *v, struct buf *out, int best, int confirmed, bool claimed,
                      const double p[4])
{
    double at_least = 0;

    for (int s = 1; s <= 4; s++)
        at_least += s >= best ? p[s - 1] : 0;
    locale_add_int(v->past->locale, out, best);
    buf_addz(out, " (");
    locale_add_percent(v->past->locale, out, at_least, 0);
    buf_addf(out, ") %s", claimed ? _("claimed") : confirmed == best ? _("confirmed") : "");
}

static void add_index(struct view *v, struct buf *out, double mid, double low, double high)
{
    if (!isnan(mid)) {
        locale_add_number(v->past->locale, out, mid, 0);
        if (lround(low) == lround(high)) /* nothing is open */
            return;
        buf_addc(out, ' ');
    }
    buf_addc(out, '(');
    locale_add_number(v->past->locale, out, low, 0);
    buf_addz(out, "–");
    locale_add_number(v->past->locale, out, high, 0);
    buf_addc(out, ')');
}

static void cell(struct view *v, enum style style, struct buf *text, size_t width)
{
    sheet_cell(&v->sheet, style, buf_cstr(text), width, false);
    buf_release(text);
}

/* What the other columns of a narrow terminal leave. */
static size_t bar_width(const struct view *v)
{
    enum { OTHERS = 68, LEAST = 8, MOST = 24 };
    size_t left = v->sheet.width > OTHERS ? v->sheet.width - OTHERS : 0;

    return left < LEAST ? LEAST : left > MOST ? MOST : left;
}

/* What is sure, what may be, and the rest of a hundred. */
static void bar(struct view *v, double low, double high)
{
    size_t all = bar_width(v);
    size_t sure = (size_t)lround(fmin(fmax(low, 0), 100) / 100 * (double)all);
    size_t may = (size_t)lround(fmin(fmax(high, 0), 100) / 100 * (double)all);

    may = may < sure ? sure : may;
    sheet_repeat(&v->sheet, STYLE_ACCENT, "█", sure);
    sheet_repeat(&v->sheet, STYLE_ACCENT, "▒", may - sure);
    sheet_repeat(&v->sheet, STYLE_DIM, "·", all - may);
}

static void change_list(struct view *v, enum style style, const char *label,
                        const struct trend_change *list, size_t n)
{
    struct buf text = BUF_INIT(4096);

    if (!n)
        return;
    for (size_t i = 0; i < n && i < CHANGES_SHOWN; i++)
        buf_addf(&text, "%s%s %d%s%d", i ? layout_comma(i18n_current()) : "", list[i].practice,
                 list[i].from, layout_arrow(i18n_current()), list[i].to);
    if (n > CHANGES_SHOWN)
        buf_addf(&text, "%s… +%s", layout_comma(i18n_current()),
                 cmd_number((int64_t)(n - CHANGES_SHOWN)).text);
    sheet_to(&v->sheet, 6);
    put(v, style, label);
    put(v, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_PLAIN, buf_cstr(&text), 8);
    buf_release(&text);
}

static TM_PRINTF(2, 3) void note(struct view *v, const char *fmt, ...)
{
    char text[600];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    sheet_to(&v->sheet, 6);
    sheet_wrap(&v->sheet, STYLE_DIM, text, 6);
}

static void show_changes(struct view *v, const struct trend_point *p)
{
    if (p->model_changed) {
        struct buf version = BUF_INIT(200);

        cmd_add_outside(&version, p->model_version);
        note(v, _("Judged by another model: %s %s. Compare with care."), p->model,
             buf_cstr(&version));
        buf_release(&version);
    }
    change_list(v, STYLE_GOOD, _("Better:"), p->up, p->up_count);
    change_list(v, STYLE_WARN, _("Worse:"), p->down, p->down_count);
    if (p->known)
        note(v, _("Practices that became known: %s"), cmd_number((int64_t)p->known).text);
    if (p->lost)
        note(v, _("Practices no longer known: %s"), cmd_number((int64_t)p->lost).text);
}

static void show_losses(struct view *v, const struct evidence_kept *kept)
{
    struct buf text = BUF_INIT(8192);

    for (size_t i = 0; i < kept->loss_count; i++)
        buf_addf(&text, "%s%s", i ? layout_comma(i18n_current()) : "", kept->losses[i].practice);
    if (kept->loss_count)
        note(v, _("Not carried over, because the model looks at something else there: %s"),
             buf_cstr(&text));
    if (kept->fresh)
        note(v, _("New in the model and not known then: %s"),
             cmd_number((int64_t)kept->fresh).text);
    buf_release(&text);
}

/* The same day judged by the model as it is now. */
static void show_again(struct view *v, const struct judged_again *j)
{
    const struct assessment *a = j->assessment;
    struct buf stage = BUF_INIT(200), index = BUF_INIT(200);

    add_stage(v, &stage, a->stage_best, a->stage_confirmed, a->stage_claimed, a->stage_p);
    add_index(v, &index, a->index, a->index_low, a->index_high);
    sheet_to(&v->sheet, 6);
    sheet_cell(&v->sheet, STYLE_DIM, _("restated"), 16, false);
    cell(v, STYLE_BOLD, &stage, 22);
    cell(v, STYLE_BOLD, &index, 15);
    bar(v, a->index_low, a->index_high);
    sheet_end_line(&v->sheet);
    show_losses(v, &j->kept);
}

static void show_point(struct view *v, size_t i)
{
    const struct trend_point *p = &v->trend->points[i];
    struct buf day = BUF_INIT(200), stage = BUF_INIT(200), index = BUF_INIT(200);
    struct buf id = BUF_INIT(40), known = BUF_INIT(40);
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, p->id);
    cmd_add_outside(&id, number); /* "tidemark prove" takes it so */
    locale_add_date(v->past->locale, &day, p->as_of);
    add_stage(v, &stage, p->stage_best, p->stage_confirmed, p->stage_claimed, p->stage_p);
    add_index(v, &index, p->index, p->index_low, p->index_high);
    locale_add_percent(v->past->locale, &known, p->coverage, 0);
    put(v, STYLE_PLAIN, " ");
    cell(v, STYLE_DIM, &id, 5);
    cell(v, STYLE_BOLD, &day, 16);
    cell(v, STYLE_PLAIN, &stage, 22);
    cell(v, STYLE_PLAIN, &index, 15);
    bar(v, p->index_low, p->index_high);
    put(v, STYLE_PLAIN, " ");
    cell(v, STYLE_DIM, &known, 8);
    sheet_end_line(&v->sheet);
    if (v->again)
        show_again(v, &v->again[i]);
    else if (i > v->from)
        show_changes(v, p);
}

static void show_head(struct view *v)
{
    const char *const titles[] = {_("No."), _("Day"), _("Stage"), _("Index"), "", _("Known")};
    const size_t widths[] = {5, 16, 22, 15, bar_width(v) + 1, 8};

    put(v, STYLE_PLAIN, " ");
    for (size_t i = 0; i < TM_COUNT(titles); i++)
        sheet_cell(&v->sheet, STYLE_DIM, titles[i], widths[i], false);
    sheet_end_line(&v->sheet);
}

/* The middle of what the index may be, each as one of eight heights. */
static void sparkline(struct view *v)
{
    static const char *const heights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

    if (v->trend->count < v->from + 2)
        return;
    sheet_end_line(&v->sheet);
    put(v, STYLE_PLAIN, " ");
    put(v, STYLE_DIM, _("Index over time:"));
    put(v, STYLE_PLAIN, " ");
    for (size_t i = v->from; i < v->trend->count; i++) {
        const struct trend_point *p = &v->trend->points[i];
        double mid = isnan(p->index) ? (p->index_low + p->index_high) / 2 : p->index;
        int height = (int)(fmin(fmax(mid, 0), 99.9) / 100 * 8);

        put(v, STYLE_ACCENT, heights[height]);
    }
    sheet_end_line(&v->sheet);
}

static enum err_code as_text(struct view *v, struct buf *out, struct err *err)
{
    v->sheet = cmd_sheet(out);
    if (v->trend->count == 0) {
        buf_addz(out, _("Nothing is kept yet. \"tidemark assess --workspace DIR\" keeps what it "
                        "finds.\n"));
        return buf_check(out, err);
    }
    show_head(v);
    for (size_t i = v->from; i < v->trend->count; i++)
        show_point(v, i);
    sparkline(v);
    return buf_check(out, err);
}

static void json_mark(struct json_writer *w, int best, int confirmed, bool claimed,
                      const double p[4], const double index[3], double coverage)
{
    json_key(w, "stage");
    json_begin_object(w);
    json_key_int(w, "best", best);
    json_key_int(w, "confirmed", confirmed);
    json_key_bool(w, "claimed", claimed);
    json_key(w, "probabilities");
    json_begin_array(w);
    for (int s = 0; s < 4; s++)
        json_double(w, p[s]);
    json_end_array(w);
    json_end_object(w);
    json_key(w, "index");
    json_begin_object(w);
    json_key_double(w, "value", index[0]);
    json_key_double(w, "low", index[1]);
    json_key_double(w, "high", index[2]);
    json_end_object(w);
    json_key_double(w, "coverage", coverage);
}

static void json_changes(struct json_writer *w, const char *key, const struct trend_change *list,
                         size_t n)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "practice", list[i].practice);
        json_key_int(w, "from", list[i].from);
        json_key_int(w, "to", list[i].to);
        json_key_double(w, "continuous_from", list[i].c_from);
        json_key_double(w, "continuous_to", list[i].c_to);
        json_end_object(w);
    }
    json_end_array(w);
}

static void json_again(struct json_writer *w, const struct judged_again *j)
{
    static const char *const whys[] = {[LOSS_PRACTICE] = "no such practice",
                                       [LOSS_INDICATOR] = "other measure",
                                       [LOSS_QUESTION] = "other question"};
    const struct assessment *a = j->assessment;
    const double index[] = {a->index, a->index_low, a->index_high};

    json_key(w, "restated");
    json_begin_object(w);
    json_key_stringz(w, "model", j->set->model->id);
    json_key_stringz(w, "model_version", j->set->model->version);
    json_mark(w, a->stage_best, a->stage_confirmed, a->stage_claimed, a->stage_p, index,
              a->coverage);
    json_key_stringz(w, "result_hash", a->result_hash);
    json_key(w, "not_carried_over");
    json_begin_array(w);
    for (size_t i = 0; i < j->kept.loss_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "practice", j->kept.losses[i].practice);
        json_key_stringz(w, "why", whys[j->kept.losses[i].why]);
        json_end_object(w);
    }
    json_end_array(w);
    json_key_int(w, "new_practices", (int64_t)j->kept.fresh);
    json_end_object(w);
}

static void json_point(struct json_writer *w, const struct view *v, size_t i)
{
    const struct trend_point *p = &v->trend->points[i];
    const struct assessment_entry *e = &v->past->entries[i];
    const double index[] = {p->index, p->index_low, p->index_high};

    json_begin_object(w);
    json_key_int(w, "id", p->id);
    json_key_time(w, "as_of", p->as_of);
    json_key_time(w, "made_at", e->made_us);
    json_key_int(w, "seen", e->seen);
    json_key_stringz(w, "model", p->model);
    json_key_stringz(w, "model_version", p->model_version);
    json_key_stringz(w, "scoring_hash", e->scoring_hash);
    json_key_stringz(w, "input_hash", e->input_hash);
    json_key_stringz(w, "result_hash", e->result_hash);
    json_mark(w, p->stage_best, p->stage_confirmed, p->stage_claimed, p->stage_p, index,
              p->coverage);
    json_key(w, "dimensions");
    json_begin_object(w);
    for (size_t d = 0; d < v->trend->dimension_count; d++)
        json_key_double(w, v->trend->dimension_ids[d], p->dimensions[d]);
    json_end_object(w);
    json_key_bool(w, "model_changed", p->model_changed);
    json_changes(w, "better", p->up, p->up_count);
    json_changes(w, "worse", p->down, p->down_count);
    json_key_int(w, "became_known", (int64_t)p->known);
    json_key_int(w, "no_longer_known", (int64_t)p->lost);
    if (v->again)
        json_again(w, &v->again[i]);
    json_end_object(w);
}

static enum err_code as_json(struct view *v, struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key(&w, "assessments");
    json_begin_array(&w);
    for (size_t i = v->from; i < v->trend->count; i++)
        json_point(&w, v, i);
    json_end_array(&w);
    json_end_object(&w);
    buf_addc(out, '\n');
    return buf_check(out, err);
}

static void csv_number(struct buf *out, double x)
{
    buf_addc(out, ',');
    if (!isnan(x))
        buf_addf(out, "%.6g", x);
}

static void csv_mark(struct buf *out, int best, int confirmed, const double p[4], double mid,
                     double low, double high, double coverage)
{
    const double numbers[] = {p[0], p[1], p[2], p[3], mid, low, high, coverage};

    buf_addf(out, ",%d,%d", best, confirmed);
    for (size_t i = 0; i < TM_COUNT(numbers); i++)
        csv_number(out, numbers[i]);
}

static void csv_point(struct view *v, struct buf *out, size_t i)
{
    const struct trend_point *p = &v->trend->points[i];

    buf_addf(out, "%" PRId64 ",", p->id);
    timestamp_add_iso(out, p->as_of);
    buf_addc(out, ',');
    buf_add_csv(out, str_of(p->model));
    buf_addf(out, ",%s", p->model_version);
    csv_mark(out, p->stage_best, p->stage_confirmed, p->stage_p, p->index, p->index_low,
             p->index_high, p->coverage);
    for (size_t d = 0; d < v->trend->dimension_count; d++)
        csv_number(out, p->dimensions[d]);
    if (v->again) {
        const struct assessment *a = v->again[i].assessment;

        buf_addf(out, ",%s", v->again[i].set->model->version);
        csv_mark(out, a->stage_best, a->stage_confirmed, a->stage_p, a->index, a->index_low,
                 a->index_high, a->coverage);
    }
    buf_addz(out, "\r\n");
}

static enum err_code as_csv(struct view *v, struct buf *out, struct err *err)
{
    static const char mark[] = "stage,confirmed,p1,p2,p3,p4,index,index_low,index_high,coverage";

    buf_addf(out, "id,as_of,model,model_version,%s", mark);
    for (size_t d = 0; d < v->trend->dimension_count; d++)
        buf_addf(out, ",%s", v->trend->dimension_ids[d]);
    if (v->again)
        buf_addz(out, ",restated_version,restated_stage,restated_confirmed,restated_p1,restated_p2,"
                      "restated_p3,restated_p4,restated_index,restated_index_low,"
                      "restated_index_high,restated_coverage");
    buf_addz(out, "\r\n");
    for (size_t i = v->from; i < v->trend->count; i++)
        csv_point(v, out, i);
    return buf_check(out, err);
}

static enum err_code print(struct view *v, const struct options *options, struct err *err)
{
    struct buf out = BUF_INIT(OUTPUT_MAX);
    enum err_code rc = value(options, "json")  ? as_json(v, &out, err)
                       : value(options, "csv") ? as_csv(v, &out, err)
                                               : as_text(v, &out, err);

    if (rc == ERR_OK)
        rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code judge_again(struct view *v, struct err *err)
{
    enum err_code rc = ERR_OK;

    v->again = xcalloc(v->past->count, sizeof(*v->again));
    for (size_t i = v->from; i < v->past->count && rc == ERR_OK; i++) {
        progress_show(_("judging again"),
                      (double)(i - v->from) / (double)(v->past->count - v->from));
        rc = past_judge(v->past, i, v->past->model, &v->again[i], err);
        if (rc == ERR_OK && cmd_cancelled)
            rc = ERR_CANCELLED;
    }
    progress_clear();
    return rc;
}

static enum err_code take_last(const struct options *options, size_t count, size_t *out_from,
                               struct err *err)
{
    const char *last = value(options, "last");
    size_t most = value(options, "restate") ? RESTATED_MAX : count;
    char *end = NULL;

    if (last) {
        long n = strtol(last, &end, 10);

        if (end == last || *end || n < 1)
            return err_set(err, ERR_USAGE, "--last must be a whole number above 0");
        most = (size_t)n < most ? (size_t)n : most;
    }
    *out_from = count > most ? count - most : 0;
    return ERR_OK;
}

static enum err_code show(const struct past *past, const struct options *options, struct err *err)
{
    TM_CLEANUP(trend_freep) struct trend *trend = NULL;
    struct view v = {.past = past};
    enum err_code rc = ERR_OK;

    TRY(take_last(options, past->count, &v.from, err));
    TRY(trend_make(past->entries, past->count, NULL, &trend, err));
    v.trend = trend;
    if (value(options, "restate"))
        rc = judge_again(&v, err);
    if (rc == ERR_OK)
        rc = print(&v, options, err);
    for (size_t i = 0; v.again && i < past->count; i++)
        judged_again_release(&v.again[i]);
    free(v.again);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct past past;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count)
        return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", options.operands[0]);
    rc = past_open(value(&options, "workspace"), value(&options, "model"), &past, err);
    if (rc == ERR_OK)
        rc = show(&past, &options, err);
    past_close(&past);
    return rc;
}

const struct command command_history = {
    .name = "history",
    .usage = N_("--workspace DIR [OPTIONS]"),
    .summary = N_("Show how the mark moved over time: what got better, what got worse."),
    .text = N_("Every assessment of a workspace is kept with its evidence. --restate judges the "
               "past again by\nthe model as it is now, or by another one: what the model looks at "
               "in the same way is carried over,\nall else is unknown, and told.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
