/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/model_diff.h"

#include "base/buf.h"
#include "maturity/model_read.h"

enum { DIFF_BYTES_MAX = 16 << 20, TEXT_MAX = 64 << 10 };

static void add_three(struct buf *b, const double x[3], const bool strict[3])
{
    for (int i = 0; i < 3; i++) {
        buf_addz(b, i ? ", " : "");
        if (isnan(x[i]))
            buf_addc(b, '~');
        else
            buf_addf(b, "%s%.10g", strict && strict[i] ? ">" : "", x[i]);
    }
}

static void dimension_text(struct buf *b, const struct model *m, const struct practice *p)
{
    buf_addz(b, m->dimensions[p->dimension].id);
}

static void essential_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addf(b, "%d", p->essential);
}

static void weight_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addf(b, "%.10g", p->weight);
}

static void classes_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addf(b, "%s%s%s", p->classes & CLASS_BIT_M ? "M" : "", p->classes & CLASS_BIT_C ? "C" : "",
             p->classes & CLASS_BIT_Q ? "Q" : "");
}

static void applies_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addz(b, p->applies_if);
}

static void days_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addf(b, "%d, %d, %.10g", p->window_days, p->ttl_days, p->n_min);
}

static void prerequisites_text(struct buf *b, const struct model *m, const struct practice *p)
{
    for (size_t i = 0; i < p->prerequisite_count; i++)
        buf_addf(b, "%s%s", i ? ", " : "", m->practices[p->prerequisites[i]].id);
}

static void measures_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    for (size_t i = 0; i < p->indicator_count; i++)
        buf_addf(b, "%s%s (%s%s)", i ? ", " : "", p->indicators[i].measure,
                 indicator_form_words[p->indicators[i].form],
                 p->indicators[i].lower_is_better ? ", lower" : "");
}

static void cuts_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    for (size_t i = 0; i < p->indicator_count; i++) {
        const struct indicator *in = &p->indicators[i];

        buf_addz(b, i ? "; " : "");
        add_three(b, in->cuts, in->strict);
        if (!isnan(in->upper[0]) || !isnan(in->upper[1]) || !isnan(in->upper[2])) {
            buf_addz(b, " <= ");
            add_three(b, in->upper, NULL);
        }
        if (in->multiplier)
            buf_addf(b, " x %s", in->multiplier);
    }
}

static void effort_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    add_three(b, p->effort_hours, NULL);
}

static void lever_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    buf_addz(b, p->lever);
}

static void add_texts(struct buf *b, const struct text3 *text)
{
    for (int l = 0; l < LANG_COUNT; l++)
        buf_addf(b, "%s\n", text->in[l] ? text->in[l] : "");
}

static void words_text(struct buf *b, const struct model *m, const struct practice *p)
{
    (void)m;
    add_texts(b, &p->title);
    add_texts(b, &p->what);
    add_texts(b, &p->why);
    add_texts(b, &p->how);
    add_texts(b, &p->question);
    for (size_t i = 0; i < p->choice_count; i++)
        add_texts(b, &p->choices[i].text);
}

static const struct {
    const char *name;
    void (*text)(struct buf *b, const struct model *m, const struct practice *p);
    bool scores;
    bool long_text; /* that it differs is told, not how */
} fields[] = {
    {"dimension", dimension_text, true, false},
    {"essential", essential_text, true, false},
    {"weight", weight_text, true, false},
    {"classes", classes_text, true, false},
    {"applies_if", applies_text, true, false},
    {"window_days, ttl_days, n_min", days_text, true, false},
    {"prerequisites", prerequisites_text, true, false},
    {"measures", measures_text, true, false},
    {"cuts", cuts_text, true, false},
    {"effort_hours", effort_text, false, false},
    {"lever", lever_text, false, false},
    {"texts", words_text, false, true},
};

struct diffing {
    struct model_diff *diff;
    size_t cap;
    struct buf a, b;
};

static void add_change(struct diffing *d, const char *practice, const char *field, bool scores,
                       const char *before, const char *after)
{
    struct model_diff *diff = d->diff;

    if (diff->count == d->cap)
        return;
    diff->changes[diff->count++] =
        (struct model_change){.practice = arena_strdup(&diff->arena, str_of(practice)),
                              .field = field,
                              .before = arena_strdup(&diff->arena, str_of(before)),
                              .after = arena_strdup(&diff->arena, str_of(after)),
                              .scores = scores};
}

/* The two texts in d->a and d->b, when they differ. */
static void add_if_other(struct diffing *d, const char *practice, const char *field, bool scores,
                         bool long_text)
{
    if (!str_eq(buf_str(&d->a), buf_str(&d->b)))
        add_change(d, practice, field, scores, long_text ? "" : buf_cstr(&d->a),
                   long_text ? "" : buf_cstr(&d->b));
    buf_reset(&d->a);
    buf_reset(&d->b);
}

static void diff_practice(struct diffing *d, const struct model *before, const struct practice *old,
                          const struct model *after, const struct practice *new)
{
    for (size_t i = 0; i < TM_COUNT(fields); i++) {
        fields[i].text(&d->a, before, old);
        fields[i].text(&d->b, after, new);
        add_if_other(d, new->id, fields[i].name, fields[i].scores, fields[i].long_text);
    }
}

static void dimensions_of(struct buf *b, const struct model *m)
{
    for (size_t i = 0; i < m->dimension_count; i++)
        buf_addf(b, "%s%s %.10g", i ? ", " : "", m->dimensions[i].id, m->dimensions[i].weight);
}

static void verticals_of(struct buf *b, const struct model *m)
{
    buf_addf(b, "%.10g", m->vertical_repeat_median);
    for (size_t i = 0; i < m->vertical_count; i++)
        buf_addf(b, ", %s %.10g", m->verticals[i].id, m->verticals[i].repeat_median);
}

static void diff_head(struct diffing *d, const struct model *before, const struct model *after)
{
    buf_addf(&d->a, "%s %s", before->id, before->version);
    buf_addf(&d->b, "%s %s", after->id, after->version);
    add_if_other(d, "", "version", false, false);
    add_three(&d->a, before->quorum, NULL);
    add_three(&d->b, after->quorum, NULL);
    add_if_other(d, "", "quorum", true, false);
    add_three(&d->a, before->evidence_floor, NULL);
    add_three(&d->b, after->evidence_floor, NULL);
    add_if_other(d, "", "evidence_floors", true, false);
    dimensions_of(&d->a, before);
    dimensions_of(&d->b, after);
    add_if_other(d, "", "dimensions", true, false);
    verticals_of(&d->a, before);
    verticals_of(&d->b, after);
    add_if_other(d, "", "verticals", true, false);
}

static void diff_all(struct diffing *d, const struct model *before, const struct model *after)
{
    diff_head(d, before, after);
    for (size_t i = 0; i < after->practice_count; i++) {
        const struct practice *p = &after->practices[i];
        size_t at = model_practice(before, p->id);

        if (at != SIZE_MAX) {
            diff_practice(d, before, &before->practices[at], after, p);
            continue;
        }
        add_change(d, p->id, "practice", true, "", p->title.in[i18n_current()]);
        d->diff->added++;
    }
    for (size_t i = 0; i < before->practice_count; i++) {
        const struct practice *p = &before->practices[i];

        if (model_practice(after, p->id) != SIZE_MAX)
            continue;
        add_change(d, p->id, "practice", true, p->title.in[i18n_current()], "");
        d->diff->removed++;
    }
}

enum err_code model_diff(const struct model *before, const struct model *after,
                         struct model_diff **out_diff, struct err *err)
{
    TM_CLEANUP(model_diff_freep) struct model_diff *diff = xcalloc(1, sizeof(*diff));
    struct diffing d = {.diff = diff, .a = BUF_INIT(TEXT_MAX), .b = BUF_INIT(TEXT_MAX)};

    diff->arena = ARENA_INIT(DIFF_BYTES_MAX);
    d.cap = 5 + (before->practice_count + after->practice_count) * TM_COUNT(fields);
    diff->changes = arena_alloc(&diff->arena, d.cap * sizeof(*diff->changes));
    TRY(arena_check(&diff->arena, err));
    diff_all(&d, before, after);
    buf_release(&d.a);
    buf_release(&d.b);
    TRY(arena_check(&diff->arena, err));
    *out_diff = diff;
    diff = NULL;
    return ERR_OK;
}

void model_diff_free(struct model_diff *diff)
{
    if (!diff)
        return;
    arena_release(&diff->arena);
    free(diff);
}

void model_diff_freep(struct model_diff **diff)
{
    model_diff_free(*diff);
}
