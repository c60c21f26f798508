/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words for states, classes of evidence and sources of cuts, as tables. */
#include "report/words.h"

static const struct {
    const char *name, *explained;
} states[] = {
    [STATE_MEASURED] = {N_("measured"), N_("Measured from the shop's own records.")},
    [STATE_OBSERVED] = {N_("observed"), N_("Seen in an export or in the set-up of a tool.")},
    [STATE_ATTESTED] = {N_("answered with evidence"),
                        N_("Answered, with dated evidence attached. It counts up to level 3.")},
    [STATE_CLAIMED] = {N_("answered"),
                       N_("Answered without evidence. It counts with a discount, up to level 3, "
                          "until data shows it.")},
    [STATE_STALE] = {N_("out of date"),
                     N_("The newest record is too old to tell about today. Bring a new export.")},
    [STATE_THIN] = {N_("few cases"),
                    N_("Measured, but from few cases: the range is wide and the level may move.")},
    [STATE_UNKNOWN] = {N_("not known"),
                       N_("Nothing is known about it. This is not the same as level 1.")},
    [STATE_NOT_APPLICABLE] = {N_("does not apply"),
                              N_("It does not apply to this shop and is left out of the sums.")},
    [STATE_CONFLICT] = {N_("answer and data differ"),
                        N_("The answer and the data differ by a level or more. The data counts.")},
};

static const char *const classes[] = {
    [CLASS_NONE] = N_("none"),
    [CLASS_MEASURED] = N_("measured from records (M)"),
    [CLASS_OBSERVED] = N_("observed in the set-up (C)"),
    [CLASS_ATTESTED] = N_("answered with evidence (A)"),
    [CLASS_CLAIMED] = N_("answered only (S)"),
};

const char *const words_class_letters[] = {
    [CLASS_NONE] = NULL,    [CLASS_MEASURED] = "M", [CLASS_OBSERVED] = "C",
    [CLASS_ATTESTED] = "A", [CLASS_CLAIMED] = "S",
};

/* Of a cut: its basis and the mark of its source (docs/method.md). */
static const struct {
    const char *id, *text;
} bases[] =
    {
        {"pub", N_("a published figure")},
        {"int", N_("our own step between published figures")},
        {"own", N_("relative to the shop's own economics")},
        {"presence", N_("a plain fact: there or not there")},
        {"coverage", N_("our own cut on how much is covered")},
},
  marks[] = {
      {"V1", N_("primary source seen")},
      {"V2", N_("quoted from a second source that names the first")},
      {"V3", N_("a vendor's claim")},
      {"P", N_("computed by us on open data")},
      {"U", N_("not verified")},
};

/* Of the method; the same on every page. */
const struct term words_terms[] = {
    {N_("Practice and level"),
     N_("A practice is one thing that good marketing does. Each stands at a level from 1 to 4, "
        "found by holding a measured figure against published or stated cuts.")},
    {N_("Range"), N_("From a sample only a range can be known. Nine times out of ten the true "
                     "value lies in the 90% range; few cases make it wide.")},
    {N_("Confirmed and likely"),
     /* xgettext:no-c-format */
     N_("A level is confirmed when it is reached with 90% probability, and likely from 50% on. A "
        "stage is confirmed from 80% on, and only when enough of the evidence is data.")},
    {N_("Stage"),
     N_("A stage needs three things: every practice it requires is at its level; enough of all "
        "practices by weight are; and no dimension is two levels behind. As each figure is known "
        "only within a range, 20,000 combinations that fit the ranges are tried: the probability "
        "of a stage is the part of them in which it is reached.")},
    {N_("Not known"), N_("What is not known is never counted as bad. It widens the possible range "
                         "until data or an answer settles it.")},
    {N_("Answers"),
     N_("Answers count less than data, never above level 3, and cannot confirm a stage above the "
        "first on their own. Where both exist the data counts.")},
    {N_("Age"), N_("Evidence fades: after its half-life it counts half, after three it is out of "
                   "date and can no longer carry a required practice.")},
    {N_("Index"),
     /* xgettext:no-c-format */
     N_("From 0 to 100: 70% the average of the dimensions and 30% the weakest one. "
        "The stage never follows from the index.")},
    {NULL, NULL},
};

const char *words_state(enum state state)
{
    return _(states[state].name);
}

const char *words_state_explained(enum state state)
{
    return _(states[state].explained);
}

const char *words_class(enum evidence_class class_)
{
    return _(classes[class_]);
}

/* An unknown basis stands for itself: other models may have their own. */
static const char *lookup_basis(const char *id)
{
    for (size_t i = 0; i < TM_COUNT(bases); i++)
        if (strcmp(bases[i].id, id) == 0)
            return _(bases[i].text);
    return id;
}

static const char *lookup_mark(const char *id)
{
    for (size_t i = 0; i < TM_COUNT(marks); i++)
        if (strcmp(marks[i].id, id) == 0)
            return _(marks[i].text);
    return "";
}

const char *words_citation(struct page *page, const struct citation *citation)
{
    const char *text = citation->basis ? lookup_basis(citation->basis) : "";
    const char *mark = citation->mark ? lookup_mark(citation->mark) : "";
    const char *source = citation->source ? citation->source : "";

    if (*mark)
        text = page_printf(page, "%s (%s: %s)", text, citation->mark, mark);
    if (*source && citation->year)
        return page_printf(page, "%s. %s, %s.", text, page_isolate(page, source),
                           page_year(page, citation->year));
    if (*source)
        return page_printf(page, "%s. %s.", text, page_isolate(page, source));
    return page_printf(page, "%s.", text);
}
