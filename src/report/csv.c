/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The practices as CSV, one a line, for other programs (docs/report.md has the columns). With a
 * byte order mark, so that spreadsheets see UTF-8; no cell is ever run as a formula. */
#include "report/report.h"

#include "base/money.h"
#include "report/words_peers.h"

struct row {
    struct buf *out; /* borrowed */
    struct page *page;
    const struct practice_result *result;
    size_t practice;
};

static void number(struct buf *out, double v, int digits)
{
    if (isfinite(v))
        buf_addf(out, "%.*g", digits, v);
}

static void cell_id(struct row *row)
{
    buf_add_csv(row->out, str_of(row->result->practice->id));
}

static void cell_title(struct row *row)
{
    buf_add_csv(row->out, str_of(page_text(row->page, &row->result->practice->title)));
}

static void cell_dimension(struct row *row)
{
    buf_add_csv(row->out,
                str_of(row->page->model->dimensions[row->result->practice->dimension].id));
}

static void cell_weight(struct row *row)
{
    number(row->out, row->result->practice->weight, 15);
}

static void cell_essential(struct row *row)
{
    if (row->result->practice->essential)
        buf_addf(row->out, "%d", row->result->practice->essential);
}

static void cell_state(struct row *row)
{
    buf_add_csv(row->out, str_of(state_name(row->result->state)));
}

static void cell_class(struct row *row)
{
    const char *letter = words_class_letters[page_class(row->result)];

    buf_addz(row->out, letter ? letter : "");
}

static void level(struct row *row, int level)
{
    if (level)
        buf_addf(row->out, "%d", level);
}

static void cell_level(struct row *row)
{
    level(row, row->result->level_best);
}

static void cell_confirmed(struct row *row)
{
    level(row, row->result->level_best ? row->result->level_confirmed : 0);
}

static void cell_answer(struct row *row)
{
    level(row, row->result->claimed_level);
}

static void cell_continuous(struct row *row)
{
    number(row->out, row->result->level_best ? row->result->continuous : (double)NAN, 15);
}

static void cell_p1(struct row *row)
{
    number(row->out, row->result->p[0], 6);
}

static void cell_p2(struct row *row)
{
    number(row->out, row->result->p[1], 6);
}

static void cell_p3(struct row *row)
{
    number(row->out, row->result->p[2], 6);
}

static void cell_p4(struct row *row)
{
    number(row->out, row->result->p[3], 6);
}

/* The first indicator and what was found, or NULL. */
static const struct indicator *first(const struct row *row)
{
    return row->result->practice->indicator_count ? &row->result->practice->indicators[0] : NULL;
}

static const struct finding *found(const struct row *row)
{
    const struct finding *f = &row->result->evidence->findings[0];

    return first(row) && f->known ? f : NULL;
}

static void cell_measure(struct row *row)
{
    if (first(row))
        buf_add_csv(row->out, str_of(first(row)->measure));
}

static void cell_unit(struct row *row)
{
    if (first(row) && first(row)->unit)
        buf_add_csv(row->out, str_of(first(row)->unit));
}

static void cell_value(struct row *row)
{
    number(row->out, found(row) ? row->result->value[0].mid : (double)NAN, 15);
}

static void cell_low(struct row *row)
{
    number(row->out, found(row) ? row->result->value[0].low : (double)NAN, 15);
}

static void cell_high(struct row *row)
{
    number(row->out, found(row) ? row->result->value[0].high : (double)NAN, 15);
}

static void cell_cut(struct row *row, int level)
{
    number(row->out, first(row) ? page_cut_value(row->page, first(row), level) : (double)NAN, 15);
}

static void cell_cut2(struct row *row)
{
    cell_cut(row, 2);
}

static void cell_cut3(struct row *row)
{
    cell_cut(row, 3);
}

static void cell_cut4(struct row *row)
{
    cell_cut(row, 4);
}

static void cell_gap(struct row *row)
{
    const struct gap *gap = page_gap(row->page, row->practice);

    if (gap)
        buf_addf(row->out, "%d", gap->target);
}

static const struct practice_money *worth(const struct row *row)
{
    const struct money *money = row->page->options->money;

    return money && money->practices[row->practice].known ? &money->practices[row->practice] : NULL;
}

static void amount(struct row *row, double minor)
{
    if (isfinite(minor))
        money_add_plain(row->out, (int64_t)llround(minor), row->page->options->money->decimals);
}

static void cell_gain_low(struct row *row)
{
    if (worth(row))
        amount(row, worth(row)->gain.low);
}

static void cell_gain(struct row *row)
{
    if (worth(row))
        amount(row, worth(row)->gain.median);
}

static void cell_gain_high(struct row *row)
{
    if (worth(row))
        amount(row, worth(row)->gain.high);
}

static void cell_at_stake(struct row *row)
{
    if (worth(row))
        amount(row, worth(row)->at_stake);
}

static void cell_currency(struct row *row)
{
    if (worth(row))
        buf_add_csv(row->out, str_of(row->page->options->money->currency));
}

/* Where its first figure stands among other shops; NULL when that is not told. */
static const struct peer_standing *standing(const struct row *row)
{
    const struct peers *peers = row->page->options->peers;

    for (size_t i = 0; peers && i < peers->count; i++)
        if (peers->items[i].practice == row->practice && peers->items[i].indicator == 0)
            return peer_told(&peers->items[i]) ? &peers->items[i] : NULL;
    return NULL;
}

static void cell_peers(struct row *row)
{
    if (standing(row))
        buf_addf(row->out, "%zu", standing(row)->shops);
}

static void cell_better_low(struct row *row)
{
    number(row->out, standing(row) ? standing(row)->worse.low : (double)NAN, 6);
}

static void cell_better_high(struct row *row)
{
    number(row->out, standing(row) ? standing(row)->worse.high : (double)NAN, 6);
}

static void cell_peers_median(struct row *row)
{
    number(row->out, standing(row) ? standing(row)->median : (double)NAN, 15);
}

static void cell_newest(struct row *row)
{
    if (row->result->evidence->newest_at != TIME_NONE)
        timestamp_add_iso(row->out, row->result->evidence->newest_at);
}

static void cell_sources(struct row *row)
{
    buf_add_csv(row->out, str_of(row->result->evidence->sources));
}

static const struct {
    const char *name;
    void (*write)(struct row *row);
} columns[] = {
    {"practice", cell_id},
    {"title", cell_title},
    {"dimension", cell_dimension},
    {"weight", cell_weight},
    {"essential_for_stage", cell_essential},
    {"state", cell_state},
    {"evidence_class", cell_class},
    {"level", cell_level},
    {"level_confirmed", cell_confirmed},
    {"level_answered", cell_answer},
    {"level_continuous", cell_continuous},
    {"p_level_1", cell_p1},
    {"p_level_2", cell_p2},
    {"p_level_3", cell_p3},
    {"p_level_4", cell_p4},
    {"measure", cell_measure},
    {"unit", cell_unit},
    {"value", cell_value},
    {"value_low", cell_low},
    {"value_high", cell_high},
    {"cut_2", cell_cut2},
    {"cut_3", cell_cut3},
    {"cut_4", cell_cut4},
    {"gap_to_level", cell_gap},
    {"gain_low", cell_gain_low},
    {"gain_median", cell_gain},
    {"gain_high", cell_gain_high},
    {"at_stake", cell_at_stake},
    {"currency", cell_currency},
    {"newest_record", cell_newest},
    {"sources", cell_sources},
    {"peers", cell_peers},
    {"better_than_low", cell_better_low},
    {"better_than_high", cell_better_high},
    {"peers_median", cell_peers_median},
};

enum err_code report_csv(const struct assessment *a, const struct report_options *options,
                         struct buf *out, struct err *err)
{
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    buf_addz(out, "\xEF\xBB\xBF");
    for (size_t c = 0; c < TM_COUNT(columns); c++)
        buf_addf(out, "%s%s", c ? "," : "", columns[c].name);
    for (size_t i = 0; i < page.model->practice_count; i++) {
        struct row row = {out, &page, &a->practices[i], i};

        for (size_t c = 0; c < TM_COUNT(columns); c++) {
            buf_addz(out, c ? "," : "\r\n");
            columns[c].write(&row);
        }
    }
    buf_addz(out, "\r\n");
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}
